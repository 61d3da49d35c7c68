#!/bin/bash
# run.sh - runs every test of a build and counts them: tests/run.sh BUILD [PART...]
#
#   unit    the unit tests (libcheck)
#   cli     tests/cli/NAME/: cmd, run by sh, must give stdout, stderr (both empty if missing) and exit (0 if missing);
#           status 77 skips it
#   golden  tests/golden/NAME.trace: "heapreel run --json -" must give NAME.json
#   bad     tests/bad/NAME.trace: the program must say what NAME.error says, with status 2
#   traces  every trace that ships must pass "heapreel check"
#   corpus  the inputs that fuzzing has found, replayed
#   fault   every allocation fails in turn
#   mutation  a write barrier that is switched off is found out by the property test of marking
#   screen  golden screens (tests/screen)
#   pty     the program on a terminal emulator (where libvterm is installed)
#   manual  manual pages are clean, and their examples true (tests/manual)
#   layers  includes and symbols hold to the architecture
#   install what is installed works, and is uninstalled
#
# REWRITE=1 writes what cli, golden and screen tests expect anew; look at the difference before you commit it.
set -u
cd "$(dirname "$0")/.." || exit 2
BUILD=${1:?usage: tests/run.sh BUILD [PART...]}
shift
PARTS=${*:-unit cli golden bad traces corpus fault mutation screen pty manual edge layers install}
REWRITE=${REWRITE:-}
PROGRAM=$PWD/$BUILD/heapreel
WORK=$(mktemp -d "${TMPDIR:-/tmp}/heapreel-test.XXXXXX") || exit 2
trap 'rm -rf "$WORK"' EXIT
export LC_ALL=C.UTF-8 PATH="$PWD/$BUILD:$PATH" ASAN_OPTIONS="${ASAN_OPTIONS:-}" UBSAN_OPTIONS=print_stacktrace=1
unset HEAPREEL_TRACES NO_COLOR MAKEFLAGS MFLAGS MAKELEVEL

passed=0 failed=0 skipped=0

pass() {
    passed=$((passed + 1))
}

# fail NAME [FILE]: FILE says why
fail() {
    failed=$((failed + 1))
    echo "FAIL $1"
    [ $# -lt 2 ] || head -n 40 "$2" | sed 's/^/    /'
}

skip() {
    skipped=$((skipped + 1))
    echo "SKIP $1"
}

# expect NAME COMMAND...: passes if the command does
expect() {
    local name=$1
    shift
    if "$@" > "$WORK/out" 2>&1; then
        pass
    else
        fail "$name" "$WORK/out"
    fi
}

# A part's own program that counts, and ends in "N passed, N failed[, N skipped]" or "NAME: N tests, N failed".
counted() {
    local name=$1 last p='' f s
    shift
    "$@" > "$WORK/counted" 2>&1
    local status=$?
    last=$(tail -n 1 "$WORK/counted")
    if [[ $last =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed(,\ ([0-9]+)\ skipped)?$ ]]; then
        p=${BASH_REMATCH[1]} f=${BASH_REMATCH[2]} s=${BASH_REMATCH[4]:-0}
    elif [[ $last =~ :\ ([0-9]+)\ tests,\ ([0-9]+)\ failed$ ]]; then
        p=$((BASH_REMATCH[1] - BASH_REMATCH[2])) f=${BASH_REMATCH[2]} s=0
    fi
    if [ -n "$p" ]; then
        passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
        [ "$f" -eq 0 ] || sed '$d' "$WORK/counted" | head -n 100
        [ "$f" -ne 0 ] || [ $status -eq 0 ] || fail "$name: status $status" "$WORK/counted"
    else
        fail "$name: ended with status $status" <(tail -n 40 "$WORK/counted")
    fi
}

# ---- parts ----

# A test that hangs ends; one that is slow, on a machine that is busy, does not.
export CK_DEFAULT_TIMEOUT="${CK_DEFAULT_TIMEOUT:-120}"

part_unit() {
    counted unit "$BUILD/unit"
}

part_mutation() {
    local era
    expect "mutation: no mutant" env HEAPREEL_MUTANT=none "$BUILD/mutant" marking
    for era in book node6 node20; do
        if HEAPREEL_MUTANT=$era "$BUILD/mutant" marking > "$WORK/out" 2>&1; then
            fail "mutation: the barrier of $era is off, and nothing has noticed"
        elif grep -q ':F:marking:nothing_reachable_is_lost:' "$WORK/out"; then
            pass
        else
            fail "mutation: the barrier of $era is off, and the property test has not noticed" "$WORK/out"
        fi
    done
}

# same NAME EXPECTED ACTUAL: compares, or rewrites EXPECTED (removing it if ACTUAL is what a missing file means)
same() {
    local name=$1 expected=$2 actual=$3 missing=${4:-}
    if [ -n "$REWRITE" ]; then
        if [ "$(cat "$actual"; echo x)" = "${missing}x" ]; then
            rm -f "$expected"
        elif ! cmp -s "$actual" "$expected"; then
            cp "$actual" "$expected"
        fi
        return 0
    fi
    if [ -e "$expected" ]; then
        diff -u --label "$expected" --label actual "$expected" "$actual"
    else
        diff -u --label "$name (missing)" --label actual <(printf '%s' "$missing") "$actual"
    fi
}

# A command line test. Its scratch directory is $T, and is called T in what it prints.
cli_test() {
    local dir=$1 name status
    name=$(basename "$dir")
    export T="$WORK/t"
    rm -rf "$T"
    mkdir "$T"
    timeout 120 sh "$dir/cmd" < /dev/null > "$WORK/stdout" 2> "$WORK/stderr"
    status=$?
    if [ $status -eq 77 ]; then # what it needs is not installed
        skip "cli/$name"
        return
    fi
    printf '%s\n' "$status" > "$WORK/exit"
    sed -i "s|$T|T|g" "$WORK/stdout" "$WORK/stderr"
    if { same "$name/exit" "$dir/exit" "$WORK/exit" $'0\n' &&
        same "$name/stdout" "$dir/stdout" "$WORK/stdout" &&
        same "$name/stderr" "$dir/stderr" "$WORK/stderr"; } > "$WORK/why" 2>&1; then
        pass
    else
        [ ! -s "$WORK/stderr" ] || sed 's/^/stderr: /' "$WORK/stderr" >> "$WORK/why"
        fail "cli/$name" "$WORK/why"
    fi
}

part_cli() {
    local dir
    for dir in tests/cli/*/; do
        [ ! -e "$dir/cmd" ] || cli_test "${dir%/}"
    done
}

part_golden() {
    local trace
    for trace in tests/golden/*.trace; do
        [ -e "$trace" ] || continue
        "$PROGRAM" run --json - "$trace" > "$WORK/json" 2> "$WORK/stderr"
        if same "$trace" "${trace%.trace}.json" "$WORK/json" > "$WORK/why" 2>&1; then
            pass
        else
            cat "$WORK/stderr" >> "$WORK/why"
            fail "$trace" "$WORK/why"
        fi
    done
}

# The first error that the program tells of a bad trace, as LINE:COL: text.
part_bad() {
    local trace status
    for trace in tests/bad/*.trace; do
        [ -e "${trace%.trace}.error" ] || continue
        timeout 60 "$PROGRAM" run --quiet "$trace" > "$WORK/stdout" 2> "$WORK/stderr"
        status=$?
        sed "s|^heapreel: $trace:||" "$WORK/stderr" > "$WORK/actual"
        diff -u "${trace%.trace}.error" "$WORK/actual" > "$WORK/why" || status="wrong words"
        if [ "$status" = 2 ]; then
            pass
        else
            echo "status: $status" >> "$WORK/why"
            fail "$trace" "$WORK/why"
        fi
    done
}

# Processor time is limited, not time: other work on the machine must not fail the test.
whole_course() {
    (ulimit -t 10 && "$PROGRAM" check traces)
}

# A lesson has all that a class needs, in the chapter of its number, short, and in texts that three rows of 80 hold.
lesson_is_whole() {
    awk -v digit="$(basename "$1" | cut -c 1)" '
        NR == 2 && index($0, "# Chapter " digit ": ") != 1 { print "line 2 is no \"# Chapter " digit ": ...\"" }
        { seen[$1]++ }
        $1 == "note" && length($0) > 5 + 230 || $1 == "ask" && length($0) > 4 + 236 { print NR ": too long for the screen" }
        END {
            if (seen["title"] != 1 || !seen["chapter"] || !seen["note"] || !seen["ask"] || !seen["expect"])
                print "title, chapter, note, ask or expect is missing"
            if (NR > 60) print "too long: " NR " lines"
        }' "$1" | { ! grep .; }
}

# --strict and --verify look at every object again and again: too slow where a trace says that it is of full size.
part_traces() {
    local trace slow
    while IFS= read -r trace; do
        slow='--strict --verify'
        ! grep -q '^# Full size' "$trace" || slow=
        # shellcheck disable=SC2086 # two options
        expect "check $trace" "$PROGRAM" check $slow "$trace"
        [[ $trace != traces/[0-9]* ]] || expect "lesson $trace" lesson_is_whole "$trace"
    done < <(find traces -name '*.trace' | sort)
    [[ $BUILD == *asan* ]] || expect "check traces, in ten seconds" whole_course
}

part_corpus() {
    local replayer target corpus
    for replayer in "$BUILD"/fuzz_*; do
        if [ ! -x "$replayer" ] || [[ $replayer == *.* ]]; then continue; fi
        target=${replayer##*/fuzz_}
        corpus=tests/fuzz/corpus/$target
        [ -d "$corpus" ] || continue
        counted "corpus of $target" "$replayer" "$corpus"/*
    done
}

part_fault() {
    [ ! -x "$BUILD/fault" ] || counted fault "$BUILD/fault"
}

part_screen() {
    [ ! -x tests/screen/run.sh ] || counted screen tests/screen/run.sh "$BUILD"
    expect "the screens of README.md" tests/screen/screenshots.sh --check "$BUILD"
}

part_pty() {
    if [ -x "$BUILD/pty" ]; then
        counted pty "$BUILD/pty" "$PROGRAM"
    else
        skip "pty (no libvterm)"
    fi
}

part_edge() {
    counted edge tests/edge.sh "$BUILD"
}

part_layers() {
    counted layers tests/layers.sh "$BUILD"
}

# What mandoc has to say of a page, but that of other pages, which may not be installed yet.
lint() {
    ! mandoc -Tlint "$1" 2>&1 | grep -vE 'referenced manual not found|outdated mandoc.db'
}

part_manual() {
    local page
    for page in man/*.[1-8]; do
        [ -e "$page" ] || continue
        if command -v mandoc > /dev/null; then
            expect "mandoc -Tlint $page" lint "$page"
        else
            skip "mandoc -Tlint $page (no mandoc)"
        fi
    done
    [ ! -x tests/manual/run.sh ] || HEAPREEL=$PROGRAM counted manual tests/manual/run.sh
}

installed_files() {
    (cd "$1" && find . -type f | sort)
}

part_install() {
    local root=$WORK/root variant=${BUILD#build/}
    local make=(make -s --no-print-directory "V=$variant" PREFIX=/usr "DESTDIR=$root")
    # What is installed now was built for another prefix: the same files, but for where the lessons are.
    expect "make install" "${make[@]}" -o "$BUILD/heapreel" install
    expect "installed program" "$root/usr/bin/heapreel" --version
    expect "installed traces" test "$(find traces -name '*.trace' | wc -l)" = \
        "$(find "$root/usr/share/heapreel/traces" -name '*.trace' 2> /dev/null | wc -l)"
    expect "installed pages" test "$(ls man | sort | xargs)" = \
        "$(find "$root/usr/share/man" -type f -printf '%f\n' | sort | xargs)"
    expect "installed lessons" env HEAPREEL_TRACES="$root/usr/share/heapreel/traces" "$root/usr/bin/heapreel" lessons
    expect "make uninstall" "${make[@]}" uninstall
    expect "nothing is left" test -z "$(installed_files "$root")"
}

# ---- all of it ----

for part in $PARTS; do
    before=$((passed + failed + skipped))
    before_failed=$failed
    "part_$part"
    printf '%-8s %4d tests, %d failed\n' "$part" $((passed + failed + skipped - before)) $((failed - before_failed))
done
if [ $skipped -gt 0 ]; then
    echo "$passed passed, $failed failed, $skipped skipped"
else
    echo "$passed passed, $failed failed"
fi
[ $failed -eq 0 ]
