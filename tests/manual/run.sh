#!/bin/bash
# run.sh - executes the examples of the manual pages: tests/manual/run.sh [PAGE...]
#
# The program under test is $HEAPREEL, build/release/heapreel if unset. An example is a literal block (.Bd -literal to
# .Ed) behind a marker comment:
#
#   .\" trace: NAME    a trace: written to NAME, must pass "heapreel check --strict"
#   .\" fails: NAME    a trace with an error: written to NAME, must end with status 2
#   .\" run: [STATUS]  a session: lines "$ COMMAND", each followed by what it prints on both streams; the last command
#                      ends with STATUS (0). A line "..." stands for any number of lines, "..." at a line's end for any
#                      rest of that line.
#
# What stands between the comments "begin era table" and "end era table" must be the table of "heapreel config --eras";
# REWRITE=1 writes it anew.
#
# The examples of a page run in order, in one temporary directory; any other literal block is a failure. Without PAGE,
# the comments of the source are checked too: a section that they cite, as in heapreel-model(7), "Limits", must exist,
# and each file begins with its name and what it is for.
# The last line says "N passed, N failed"; status 1 if one failed.
set -u
cd "$(dirname "$0")/../.." || exit 2
HEAPREEL=$(realpath -- "${HEAPREEL:-build/release/heapreel}") || exit 2
if [ ! -x "$HEAPREEL" ]; then
    echo "run.sh: $HEAPREEL: no such program" >&2
    exit 2
fi
comments=
if [ $# -eq 0 ]; then
    set -- man/*.[1-8]
    comments=yes
fi
HERE=$PWD
WORK=$(mktemp -d "${TMPDIR:-/tmp}/heapreel-manual.XXXXXX") || exit 2
trap 'rm -rf "$WORK"' EXIT
mkdir "$WORK/bin"
ln -s "$HEAPREEL" "$WORK/bin/heapreel"
export PATH="$WORK/bin:$PATH" HEAPREEL_TRACES="$HERE/traces" LC_ALL=C.UTF-8
unset NO_COLOR

passed=0 failed=0

pass() {
    passed=$((passed + 1))
}

# fail NAME: standard input says why
fail() {
    failed=$((failed + 1))
    echo "FAIL $1"
    sed 's/^/    /'
}

# extract PAGE DIRECTORY: writes each block to DIRECTORY/N.text and its marker to DIRECTORY/N.marker ("LINE MARKER"),
# as the page shows it: without comments and with mdoc's escapes undone.
extract() {
    awk -v directory="$2" '
        function undo(line) {
            sub(/^\\&/, "", line)
            gsub(/\\\(aq/, "\047", line)
            gsub(/\\\(dq/, "\"", line)
            gsub(/\\\(ha/, "^", line)
            gsub(/\\\(ti/, "~", line)
            gsub(/\\\(ga/, "`", line)
            gsub(/\\\(Do/, "$", line)
            gsub(/\\-/, "-", line)
            gsub(/\\e/, "\\", line)
            return line
        }
        /^\.\\" (trace|fails|run):/ { marker = substr($0, 5); next }
        /^\.Bd -literal/ {
            file = sprintf("%s/%03d", directory, ++n)
            print FNR, (marker == "" ? "none" : marker) > (file ".marker")
            printf "" > (file ".text")
            marker = ""
            inside = 1
            next
        }
        /^\.Ed/ { inside = 0; next }
        inside && !/^\.\\"/ { print undo($0) > (file ".text") }
        !inside && !/^\.\\"/ && !/^\.Pp/ { marker = "" }
    ' "$1"
}

# same EXPECTED ACTUAL: compares two files; in EXPECTED, "..." is a wildcard as said above.
same() {
    awk '
        # Does the text of line b match that of line a?
        function like(a, b) {
            if (a ~ /\.\.\.$/) {
                a = substr(a, 1, length(a) - 3)
                return substr(b, 1, length(a)) == a
            }
            return a == b
        }
        NR == FNR { expected[++n] = $0; next }
        { actual[++m] = $0 }
        END {
            # The usual two pointers: star is the last "..." line, back the line that it reaches to.
            i = j = 1
            star = 0
            while (j <= m) {
                if (i <= n && expected[i] == "...") {
                    star = i++
                    back = j
                } else if (i <= n && like(expected[i], actual[j])) {
                    i++
                    j++
                } else if (star) {
                    i = star + 1
                    j = ++back
                } else {
                    exit 1
                }
            }
            while (i <= n && expected[i] == "...")
                i++
            exit i <= n
        }
    ' "$1" "$2"
}

# session FILE STATUS: runs the commands of a block. Prints what is wrong; fails if anything is.
# A here-document of a command is the lines up to its end word; a command goes on behind a backslash at a line's end.
session() {
    local line command="" end="" status=0 wrong=0
    : > "$WORK/expected"
    exec 3< "$1"
    while IFS= read -r line <&3; do
        if [ -n "$end" ]; then
            command+=$'\n'$line
            [ "$line" != "$end" ] || end=""
        elif [[ $command == *\\ && ! -s $WORK/expected ]]; then
            command+=$'\n'$line
        elif [[ $line == "\$ "* ]]; then
            [ -z "$command" ] || run_command "$command" || wrong=1
            command=${line#"\$ "}
            : > "$WORK/expected"
            [[ ! $command =~ \<\<\ \\?([A-Za-z]+)$ ]] || end=${BASH_REMATCH[1]}
        else
            printf '%s\n' "$line" >> "$WORK/expected"
        fi
    done
    exec 3<&-
    run_command "$command" || wrong=1
    if [ "$status" -ne "$2" ]; then
        echo "status $status, expected $2"
        wrong=1
    fi
    return $wrong
}

# Runs one command, whose output must be that in $WORK/expected; sets status (of the caller).
run_command() {
    bash -c "$1" < /dev/null > "$WORK/actual" 2>&1
    status=$?
    same "$WORK/expected" "$WORK/actual" && return 0
    echo "\$ $1"
    diff -u --label "the page" --label "the program" "$WORK/expected" "$WORK/actual"
    return 1
}

# example NAME MARKER ARGUMENT TEXT: runs one example
example() {
    local name=$1 status
    case $2 in
    trace:)
        cp "$4" "$3"
        if heapreel check --strict --verify "$3" > "$WORK/out" 2>&1; then pass; else fail "$name" < "$WORK/out"; fi
        ;;
    fails:)
        cp "$4" "$3"
        heapreel check "$3" > "$WORK/out" 2>&1
        status=$?
        if [ $status -eq 2 ]; then pass; else fail "$name: status $status, expected 2" < "$WORK/out"; fi
        ;;
    run:)
        if session "$4" "${3:-0}" > "$WORK/out"; then pass; else fail "$name" < "$WORK/out"; fi
        ;;
    *)
        fail "$name" <<< 'a literal block without a marker comment (see the head of tests/manual/run.sh)'
        ;;
    esac
}

# The table of how the eras differ, as a list of columns.
era_table() {
    heapreel config --eras | awk -F '   *' '
        { for (i = 1; i <= NF; i++) { cell[NR, i] = $i; if (length($i) > length(widest[i])) widest[i] = $i } }
        END {
            printf ".Bl -column"
            for (i = 1; i <= NF; i++)
                printf " \"%s\"", widest[i]
            for (row = 1; row <= NR; row++) {
                printf "\n.It "
                for (i = 1; i <= NF; i++)
                    printf "%s", (i == 1 ? "" : " Ta ") (row == 1 ? "Sy " : "") (cell[row, i] == "-" ? "\\-" : cell[row, i])
            }
            print "\n.El"
        }'
}

# check_eras PAGE: the table in it is that of the program.
check_eras() {
    grep -q '^\.\\" begin era table' "$1" || return
    era_table > "$WORK/eras"
    awk -v table="$WORK/eras" '
        /^\.\\" end era table/ { inside = 0 }
        !inside { print }
        /^\.\\" begin era table/ { inside = 1; while ((getline line < table) > 0) print line }' "$1" > "$WORK/page"
    if [ -n "${REWRITE:-}" ]; then
        cmp -s "$1" "$WORK/page" || cp "$WORK/page" "$1"
    elif diff -u --label "${1#"$HERE/"}" --label "heapreel config --eras" "$1" "$WORK/page" > "$WORK/out"; then
        pass
    else
        fail "${1#"$HERE/"}: the table of eras (REWRITE=1 writes it)" < "$WORK/out"
    fi
}

for page; do
    page=$(realpath -- "$page")
    check_eras "$page"
    name=${page##*/}
    mkdir -p "$WORK/$name.blocks" "$WORK/$name.files"
    extract "$page" "$WORK/$name.blocks"
    cd "$WORK/$name.files" || exit 2
    for text in "$WORK/$name.blocks"/*.text; do
        [ -e "$text" ] || continue
        read -r line marker argument < "${text%.text}.marker"
        example "${page#"$HERE/"}:$line" "$marker" "$argument" "$text"
    done
    cd "$HERE" || exit 2
done
# Prints "PAGE: TITLE" for each section that a comment cites.
citations() {
    find src tests -name '*.[ch]' -exec cat {} + | sed 's/^ *\* *//' | tr '\n' ' ' |
        grep -oE 'heapreel(-[a-z]+)?\([1-8]\), "[^"]*"((,| and) "[^"]*")*' | while IFS= read -r citation; do
        page=${citation%%)*}
        grep -oE '"[^"]*"' <<< "$citation" | sed "s/\"//g; s/^/man\/${page/(/.}: /"
    done | sort -u
}

if [ -n "$comments" ]; then
    citations > "$WORK/citations"
    [ -s "$WORK/citations" ] || fail "comments" <<< 'no comment cites a section of the manual'
    while IFS= read -r citation; do
        if grep -qixE "\.S[hs] ${citation#*: }" "${citation%%: *}"; then
            pass
        else
            fail "comments" <<< "no such section: $citation"
        fi
    done < "$WORK/citations"
    find src -name '*.[ch]' | while IFS= read -r file; do
        head -n 2 "$file" | grep -E "^(/\*| \*) ${file##*/} - .{8}" | grep -qv ' - see ' || echo "$file"
    done > "$WORK/heads"
    if [ -s "$WORK/heads" ]; then fail "files that do not say what they are for" < "$WORK/heads"; else pass; fi
fi
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
