#!/bin/bash
# run.sh - runs the tests of a build side by side, and counts them: tests/run.sh BUILD [PART...]
#
#   seeds   the unit tests of random traces, against the naive model (tests/model) among others; seeds:2/4 is a quarter
#   unit    the other unit tests (libcheck); unit:NAME is the suite of tests/unit/test_NAME.c
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
#   edge    the program at the limits of lines, numbers, files and disks
#   fidelity  heapreel beside recorded figures of real Nodes, by era (tests/fidelity)
#   gclog   programs made from logs of V8's collector, beside what the real ones did under other flags (tests/gclog)
#   layers  includes and symbols hold to the architecture
#   install what is installed works, and is uninstalled
#   film    films in players of others, fetched by npm (tests/film); only if asked for, or with LONG=1
#   threads what runs in several threads (all that a build with ThreadSanitizer runs)
#
# Of what could be tried for hours, each round tries some: 100 of 5 000 seeds, every 7th allocation. The round is the
# number of the day, or ROUND. LONG=1 tries it all. HEAPREEL_SEED and HEAPREEL_SEEDS (tests/support/seeds.h) choose
# other seeds; JOBS is how many parts run at a time.
# REWRITE=1 writes what cli, golden and screen tests expect anew; look at the difference before you commit it.
set -u
cd "$(dirname "$0")/.." || exit 2
BUILD=${1:?usage: tests/run.sh BUILD [PART...]}
shift
REWRITE=${REWRITE:-}
PROGRAM=$PWD/$BUILD/heapreel
WORK=$(mktemp -d "${TMPDIR:-/tmp}/heapreel-test.XXXXXX") || exit 2
trap 'kill $(jobs -p) 2> /dev/null; rm -rf "$WORK"' EXIT
trap 'exit 130' INT TERM HUP
export LC_ALL=C.UTF-8 PATH="$PWD/$BUILD:$PATH" ASAN_OPTIONS="${ASAN_OPTIONS:-}" UBSAN_OPTIONS=print_stacktrace=1
unset HEAPREEL_TRACES NO_COLOR MAKEFLAGS MFLAGS MAKELEVEL

# ---- how much ----

everything=(seeds unit fault traces cli pty fidelity gclog edge bad mutation layers screen manual golden corpus install)
case $BUILD in # sanitizers look at the C: what is about words and files is tested once
*asan*) everything=(seeds unit fault traces cli edge bad corpus) slow=1 ;;
*tsan*) everything=(threads) slow=1 ;;
*) slow= ;;
esac
[ -z "${LONG:-}" ] || [ -n "$slow" ] || everything+=(film)
[ $# -gt 0 ] || set -- "${everything[@]}"

export ROUND="${ROUND:-$(($(date +%s) / 86400))}" LONG="${LONG:-}"
export HEAPREEL_TEST_SLOW="${HEAPREEL_TEST_SLOW:-$slow}" HEAPREEL_LONG="$LONG"
if [ -n "$LONG" ]; then
    every=1 count=5000 first=0
else
    every=$((slow ? 49 : 7)) count=$((slow ? 20 : 100)) first=$((ROUND % 50 * 100))
fi
export HEAPREEL_SEED="${HEAPREEL_SEED:-$first}" HEAPREEL_SEEDS="${HEAPREEL_SEEDS:-$count}"

# A test that hangs ends; one that is slow, on a machine that is busy, does not.
export CK_DEFAULT_TIMEOUT="${CK_DEFAULT_TIMEOUT:-120}" CK_TIMEOUT_MULTIPLIER="${CK_TIMEOUT_MULTIPLIER:-${LONG:+1000}}"
[ -n "$CK_TIMEOUT_MULTIPLIER" ] || unset CK_TIMEOUT_MULTIPLIER
PART_TIMEOUT=${PART_TIMEOUT:-${LONG:+1d}}
PART_TIMEOUT=${PART_TIMEOUT:-30m}

# ---- counting ----

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

# counts FILE: what its last line, "N passed, N failed[, N skipped]" or "unit: N tests, N failed", says, as "N N N"
counts() {
    local last
    last=$(tail -n 1 "$1")
    if [[ $last =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed(,\ ([0-9]+)\ skipped)?$ ]]; then
        echo "${BASH_REMATCH[1]} ${BASH_REMATCH[2]} ${BASH_REMATCH[4]:-0}"
    elif [[ $last =~ :\ ([0-9]+)\ tests,\ ([0-9]+)\ failed$ ]]; then
        echo "$((BASH_REMATCH[1] - BASH_REMATCH[2])) ${BASH_REMATCH[2]} 0"
    else
        return 1
    fi
}

# add NAME FILE STATUS: the counts of a program that has ended with STATUS and printed FILE
add() {
    local counts p f s
    if counts=$(counts "$2"); then
        read -r p f s <<< "$counts"
        passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
        [ "$f" -ne 0 ] || [ "$3" -eq 0 ] || fail "$1: status $3" "$2"
    else
        tail -n 40 "$2" > "$2.end"
        fail "$1: ended with status $3" "$2.end"
    fi
}

# counted NAME COMMAND...: a part's own program that counts
counted() {
    local name=$1 before=$failed
    shift
    "$@" > "$WORK/counted" 2>&1
    add "$name" "$WORK/counted" $?
    [ "$failed" -eq "$before" ] || sed '$d' "$WORK/counted" | head -n 100
}

# ---- parts ----

# part_unit [SUITE]
part_unit() {
    counted "unit" env CK_EXCLUDE_TAGS=seeds "$BUILD/unit" "$@"
}

# part_seeds [K/N]: the K-th of N parts of the seeds
part_seeds() {
    local share=${1:-1/1} k n from to
    k=${share%/*} n=${share#*/}
    from=$((HEAPREEL_SEEDS * (k - 1) / n)) to=$((HEAPREEL_SEEDS * k / n))
    [ "$to" -gt "$from" ] || return 0
    counted "seeds" env CK_INCLUDE_TAGS=seeds HEAPREEL_SEED=$((HEAPREEL_SEED + from)) HEAPREEL_SEEDS=$((to - from)) \
        "$BUILD/unit"
}

part_film() {
    counted film tests/film/run.sh "$BUILD"
}

part_mutation() {
    local era
    local HEAPREEL_SEED=0 HEAPREEL_SEEDS=100
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
    local trace options
    while IFS= read -r trace; do
        options='--strict --verify'
        [ -z "$slow" ] || options=--strict
        ! grep -q '^# Full size' "$trace" || options=
        # shellcheck disable=SC2086 # two options
        expect "check $trace" "$PROGRAM" check $options "$trace"
        [[ $trace != traces/[0-9]* ]] || expect "lesson $trace" lesson_is_whole "$trace"
    done < <(find traces -name '*.trace' | sort)
    [ -n "$slow" ] || expect "check traces, in ten seconds" whole_course
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
    [ ! -x "$BUILD/fault" ] || counted fault "$BUILD/fault" "$every" $((ROUND % every))
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

# part_fidelity [ERA]
part_fidelity() {
    local era
    for era in "${@:-}"; do
        # shellcheck disable=SC2086 # no era is all of them
        expect "fidelity $era" tests/fidelity/fidelity.sh "$BUILD" recorded $era
    done
}

part_gclog() {
    counted "gclog" tests/gclog/run.sh "$PROGRAM"
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
    expect "installed completions" test -f "$root/usr/share/bash-completion/completions/heapreel" -a \
        -f "$root/usr/share/zsh/site-functions/_heapreel" -a -f "$root/usr/share/fish/vendor_completions.d/heapreel.fish"
    expect "make uninstall" "${make[@]}" uninstall
    expect "nothing is left" test -z "$(installed_files "$root")"
}

# Sweeps and comparisons have a thread a processor, and nothing else has threads. On some kernels ThreadSanitizer runs
# only where addresses are not random.
part_threads() {
    local dir
    if ! "$PROGRAM" --version > /dev/null 2>&1; then
        if setarch -R "$PROGRAM" --version > /dev/null 2>&1; then
            counted threads setarch -R tests/run.sh "$BUILD" threads
            return
        fi
        skip "threads (ThreadSanitizer does not run here)"
        return
    fi
    for dir in tests/cli/*/; do
        ! grep -qE 'heapreel (sweep|compare)' "$dir/cmd" || cli_test "${dir%/}"
    done
}

# ---- all of it ----

# The jobs of a part: one, or those that it falls into. Those that take long come first.
jobs_of() {
    case $1 in
    seeds) echo seeds:1/4 seeds:2/4 seeds:3/4 seeds:4/4 ;;
    unit)
        echo unit:travel unit:heap
        for suite in tests/unit/test_*.c; do
            suite=${suite#tests/unit/test_} suite=${suite%.c}
            [[ " travel heap property " = *" $suite "* ]] || echo "unit:$suite" # property has nothing but seeds
        done
        ;;
    fidelity) awk '!/^#/ { print "fidelity:" $1 }' tests/fidelity/floors ;;
    *) echo "$1" ;;
    esac
}

# line NAME PASSED FAILED SKIPPED SECONDS
line() {
    printf '%-19s %5d tests, %d failed %4d s\n' "$1" $(($2 + $3 + $4)) "$3" "$5"
}

# Here and now: "unit:travel" is part_unit travel.
run_job() {
    local start=$SECONDS argument=
    [[ $1 != *:* ]] || argument=${1#*:}
    "part_${1%%:*}" ${argument:+"$argument"}
    line "$1" $passed $failed $skipped $((SECONDS - start))
}

# As a process of its own, which leaves what it prints in NUMBER.out, and its status in NUMBER.status.
start_job() {
    timeout -k 10 "$PART_TIMEOUT" tests/run.sh "$BUILD" "$2" > "$WORK/$1.out" 2>&1 &
    # shellcheck disable=SC2064 # this one
    trap "kill $!" TERM
    wait $!
    echo $? > "$WORK/$1.new" && mv "$WORK/$1.new" "$WORK/$1.status"
}

# Prints and counts what has ended.
finish_jobs() {
    local file out status number
    for file in "$WORK"/*.status; do
        [ -e "$file" ] || continue
        read -r status < "$file"
        rm -f "$file"
        number=$(basename "$file" .status)
        out=$WORK/$number.out
        ! counts "$out" > /dev/null || sed '$d' "$out"
        add "${jobs[number]}" "$out" "$status"
    done
}

mapfile -t jobs < <(for part; do jobs_of "$part" | tr ' ' '\n'; done)
if [ ${#jobs[@]} -eq 1 ]; then
    run_job "${jobs[0]}"
else
    echo "round $ROUND: seeds $HEAPREEL_SEED to $((HEAPREEL_SEED + HEAPREEL_SEEDS - 1)), one in $every allocations" \
        "fails (ROUND=$ROUND runs the same again)"
    JOBS=${JOBS:-$(($(nproc) + 1))} # some of them wait
    for number in "${!jobs[@]}"; do
        while [ "$(jobs -rp | wc -l)" -ge "$JOBS" ]; do
            wait -n
            finish_jobs
        done
        start_job "$number" "${jobs[number]}" &
    done
    while [ -n "$(jobs -rp)" ]; do
        wait -n
        finish_jobs
    done
    finish_jobs
fi
if [ $skipped -gt 0 ]; then
    echo "$passed passed, $failed failed, $skipped skipped"
else
    echo "$passed passed, $failed failed"
fi
[ $failed -eq 0 ]
