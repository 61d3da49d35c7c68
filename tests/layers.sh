#!/bin/bash
# layers.sh - includes and symbols hold to the architecture: calls go down only, and the library is a library.
# tests/layers.sh BUILD; ends in "N passed, N failed".
set -u
cd "$(dirname "$0")/.." || exit 2
BUILD=${1:?usage: tests/layers.sh BUILD}
passed=0 failed=0

# What each directory may use, itself included. The trace stands beside the heap, which shares its words for kinds.
declare -A below=(
    [base]="base"
    [trace]="trace base"
    [heap]="heap trace base"
    [gc]="gc heap trace base"
    [run]="run graph gc heap trace base"
    [travel]="travel run graph gc heap trace base"
    [graph]="graph heap trace base"
    [report]="report graph run gc heap trace base"
    [formats]="formats snapshot report graph run gc heap trace base"
    [snapshot]="snapshot report graph run gc heap trace base"
    [tui/term]="tui/term base"
    [tui/browse]="tui/browse tui/term graph base"
    [tui/reel]="tui/reel tui/term base"
    [tui/player]="tui/player tui/term report graph travel run gc heap trace base"
    [tui/panels]="tui/panels tui/player tui/term report graph travel run gc heap trace base"
    [tui]="tui tui/reel tui/panels tui/player tui/term report formats snapshot graph travel run gc heap trace base"
    [cli]="cli tui tui/browse tui/term report formats snapshot graph travel run gc heap trace base"
)
library="base trace heap gc run travel graph report formats snapshot"

# Functions and variables of the C library that a library must not use: it never prints to a standard stream, exits,
# reads a clock, asks about the terminal or the environment, or keeps state behind the caller's back.
forbidden="printf|vprintf|puts|putchar|putchar_unlocked|perror|stdout|stderr|__printf_chk|__vprintf_chk|exit|_exit\
|_Exit|quick_exit|abort|atexit|time|clock|clock_gettime|gettimeofday|localtime|gmtime|isatty|ttyname|getenv|setenv\
|signal|sigaction|raise|system|rand|srand|random|setlocale|strtok"

verdict() {
    if [ -z "$2" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'FAIL layers: %s\n%s\n' "$1" "$2"
    fi
}

objects_of() {
    find "$BUILD/src/$1" -maxdepth 1 -name '*.o' 2> /dev/null | sort | while IFS= read -r object; do
        source=${object#"$BUILD"/}
        [ ! -e "${source%.o}.c" ] || echo "$object" # not what is left of a file that is gone
    done
}

# ---- includes ----

for directory in "${!below[@]}"; do
    allowed=$(echo "${below[$directory]}" | tr ' ' '|')
    verdict "src/$directory includes what is not below it" \
        "$(grep -nE '^ *# *include *"' "src/$directory"/*.[ch] /dev/null 2> /dev/null | grep -vE "\"($allowed)/[^\"/]+\"")"
done

curses=$(grep -lE '^ *# *include *<(ncursesw?/)?n?curses\.h>' -r src | sort)
verdict "more than one file includes curses, or one outside of src/tui" \
    "$(echo "$curses" | grep -v '^src/tui/.*\.c$' | grep .; echo "$curses" | tail -n +2)"

# ---- symbols ----

# "DIRECTORY SYMBOL" of every external symbol that is defined
definitions=$(for directory in "${!below[@]}"; do
    objects=$(objects_of "$directory")
    # shellcheck disable=SC2086
    [ -z "$objects" ] || nm -A -P -g --defined-only $objects | sed -nE "s|^[^ ]*: ([^ ]+) [A-TV-Z] .*|$directory \1|p"
done)

for directory in "${!below[@]}"; do
    objects=$(objects_of "$directory")
    [ -n "$objects" ] || continue
    # shellcheck disable=SC2086
    wrong=$(nm -A -P -u $objects | sed -E 's/^([^ ]*): ([^ ]+) .*/\2 \1/' | sort -u |
        join - <(echo "$definitions" | awk '{print $2, $1}' | sort) |
        awk -v allowed=" ${below[$directory]} " 'index(allowed, " " $3 " ") == 0 { print "    " $2 " uses " $1 " of " $3 }')
    verdict "src/$directory uses what is not below it" "$wrong"
done

# Inside a directory too, files call down only. Files that use nothing of what is left of the others, or that nothing
# left uses, are taken away until none such is left: what remains calls each other in a circle. Its calls are printed.
circles() {
    awk '{ sub(/^.*\//, "", $1); sub(/\.o:$/, ".c", $1); left[$1] }
        $3 == "U" { used[$1, $2] } $3 != "U" { from[$2] = $1 }
        END {
            for (use in used) {
                split(use, part, SUBSEP)
                if (part[2] in from && from[part[2]] != part[1])
                    calls[part[1], from[part[2]]] = calls[part[1], from[part[2]]] " " part[2]
            }
            do {
                gone = split("", below) + split("", above)
                for (call in calls) {
                    split(call, part, SUBSEP)
                    if (part[1] in left && part[2] in left) { below[part[1]]; above[part[2]] }
                }
                for (file in left)
                    if (!(file in below) || !(file in above)) { delete left[file]; gone = 1 }
            } while (gone)
            for (call in calls) {
                split(call, part, SUBSEP)
                if (part[1] in left && part[2] in left)
                    print "    " part[1] " uses" calls[call] " of " part[2]
            }
        }' | sort
}

for directory in "${!below[@]}"; do
    objects=$(objects_of "$directory")
    [ -n "$objects" ] || continue
    # shellcheck disable=SC2086
    verdict "files of src/$directory call each other in a circle" "$(nm -A -P -g $objects | circles)"
done

for directory in $library; do
    objects=$(objects_of "$directory")
    [ -n "$objects" ] || continue
    # shellcheck disable=SC2086
    verdict "src/$directory uses what a library must not" \
        "$(nm -A -P -u $objects | sed -E 's/^([^ ]*): ([^ ]+) .*/\1 \2/' | grep -E " ($forbidden)(@.*)?$" |
            sed 's/^/    /')"
    # Writable variables: those that are not in read-only sections (tables of words are, once they are relocated).
    # The sanitizers add their own.
    verdict "src/$directory keeps global state" "$(for object in $objects; do
        objdump -t "$object" | awk -v object="$object" '
            $3 == "O" || $2 == "O" { section = $2 == "O" ? $3 : $4 }
            / O / && section ~ /^(\.data|\.bss|\.tdata|\.tbss|\*COM\*)/ && section !~ /^\.data\.rel\.ro/ &&
                $NF !~ /san|odr|Lub|LASAN/ { print "    " object " " $NF }'
    done)"
done

# ---- eras ----

# What depends on the era is a row of heap/era.c; nothing compares eras.
verdict "an era is asked for by name" \
    "$(grep -nE '[!=]= *ERA_|case ERA_' -r src --include='*.[ch]' | grep -v '^src/heap/era\.')"

# A row without one of its fields must not compile (the first of each third line is tried), nor a key without a default for each profile.
read -ra compiler <<< "${CC:-gcc}" # CC may have a word before it, as in "ccache gcc"
compiles() {
    "${compiler[@]}" -std=c17 -D_DEFAULT_SOURCE -Isrc -fsyntax-only -x c - 2> /dev/null
}

verdict "a row of heap/era.c that lacks a field compiles" "$(
    compiles < src/heap/era.c || echo '    the whole file does not'
    grep -n '^    IS(' src/heap/era.c | grep -v 'IS(spaces' | awk 'NR % 3 == 1' | while IFS=: read -r line fields; do
        sed -E "$line s/IS\\([a-z_]+, ([^()]|\\([^()]*\\))*\\)//" src/heap/era.c | compiles && echo "    line $line: $fields"
    done
    sed 's/EACH(\([^,]*\), [^,]*,/EACH(\1,/' src/heap/config.c | compiles && echo '    heap/config.c'
)"

# ---- fetching ahead ----

# A compiler may take a function that only prefetches for one without effect (base/prefetch.h): at least what is written
# must be in what was built. Counted where all of it is inlined, on a processor whose instructions are known.
declare -A fetches=([run/apply]=5 [gc/promote]=3 [gc/scavenge]=8 [gc/sweep]=1 [gc/mark]=2)
if [ "$BUILD" = build/release ] && [ "$(uname -m)" = x86_64 ]; then
    for file in "${!fetches[@]}"; do
        found=$(objdump -d "$BUILD/src/$file.o" | grep -c -w 'prefetch[a-z0-9]*')
        verdict "src/$file.c has lost prefetches" \
            "$([ "$found" -ge "${fetches[$file]}" ] || echo "    $found of ${fetches[$file]}")"
    done
fi

# ---- layout ----

if command -v clang-format-16 > /dev/null && git rev-parse --git-dir > /dev/null 2>&1; then
    # shellcheck disable=SC2046
    verdict "code is not laid out by .clang-format (make format)" \
        "$(clang-format-16 --dry-run $(git ls-files 'src/*.[ch]' 'tests/*.[ch]') 2>&1 | grep 'warning:' | head -n 20)"
fi

# check.h's own assertions write to a file each time: minutes in all.
verdict "a test includes check.h, not support/checks.h" "$(grep -rlF '<check.h>' tests --include='*.[ch]' |
    grep -vxF tests/support/checks.h)"

# The top level of the repository is fixed.
verdict "the top level holds what it should not" "$(git ls-files 2> /dev/null | sed 's|/.*||' | sort -u |
    grep -v -x -E 'Makefile|src|traces|tests|man|findings|README(\.[A-Za-z-]+)?\.md|LICENSE|\..*' | sed 's/^/    /')"

echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
