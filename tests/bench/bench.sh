#!/usr/bin/env bash
# Benchmarks: heapreel beside a yardstick run on the same file, in turn, the least of several rounds.
# usage: bench.sh [BUILD]. From the environment:
#   SHAPES    parts to run, all by default (see below)         ROUNDS    how often, 7
#   EVENTS    of a trace, 5000000                              BASELINE  another heapreel, measured in the same rounds
# Prints times and ratios; no test depends on them.
set -euo pipefail
build=${1:-build/release}
events=${EVENTS:-5000000}
rounds=${ROUNDS:-7}
shapes=${SHAPES:-numeric sites holders scopes lists words collectors marking small memory travel retain}
work=$build/bench
mkdir -p "$work"
command -v mawk >/dev/null || { echo "bench: mawk is the yardstick, and is not installed" >&2; exit 1; }
${CC:-cc} -std=c17 -O2 -o "$work/gen" tests/bench/gen.c

# trace_of SHAPE: makes the file of a shape in $trace, unless it is there
trace_of() {
    local shape=$1 count=$events
    case $shape in
        collectors) count=3000000 ;;
        small) shape=numeric ;;
        marking) # the numeric shape, with marking that starts after a fifth and, slower than the program stores, never ends
            trace_of numeric
            local plain=$trace
            trace=$work/marking-$count.trace
            [ "$trace" -nt "$plain" ] || sed "$((count / 5))a gc start" "$plain" >"$trace"
            return ;;
    esac
    trace=$work/$shape-$count.trace
    [ "$trace" -nt tests/bench/gen.c ] || { "$work/gen" "$shape" "$count" >"$trace.part" && mv "$trace.part" "$trace"; }
}

# Milliseconds of a command: of the processors, user and system, all threads; and of the clock.
TIMEFORMAT='%U %S %R'
timed() {
    { time "$@" >/dev/null; } 2>&1 | awk '{ printf "%.0f %.0f\n", ($1 + $2) * 1000, $3 * 1000 }'
}

declare -A cpu wall
# measure WHO COMMAND...: once more, keeping the least
measure() {
    local who=$1 c w
    shift
    read -r c w < <(timed "$@")
    [ "$c" -ge "${cpu[$who]:-999999999}" ] || cpu[$who]=$c
    [ "$w" -ge "${wall[$who]:-999999999}" ] || wall[$who]=$w
}
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", b ? a / b : 0 }'; }
figure() { grep -m 1 -oE "\"$1\": [0-9]+" "$work/out.json" | grep -oE '[0-9]+$'; }

# run_shape SHAPE OPTIONS...: whole runs, from text to report
run_shape() {
    local shape=$1 lines
    shift
    trace_of "$shape"
    cpu=() wall=()
    for ((i = 0; i < rounds; i++)); do
        measure mawk mawk '{s+=$2}END{print s}' "$trace"
        [ -z "${BASELINE:-}" ] || measure baseline "$BASELINE" run --quiet --json /dev/null "$@" "$trace"
        measure ours "$build/heapreel" run --quiet --json "$work/out.json" "$@" "$trace"
    done
    lines=$(wc -l <"$trace")
    printf '%-10s %6d %6d %8s %7s | %6d %6d %8s' "$shape" "${cpu[mawk]}" "${cpu[ours]}" \
        "$(ratio "${cpu[ours]}000000" "$lines")" "$(ratio "${cpu[mawk]}" "${cpu[ours]}")" \
        "${wall[mawk]}" "${wall[ours]}" "$(ratio "${wall[mawk]}" "${wall[ours]}")"
    [ -z "${BASELINE:-}" ] || printf ' | %6d %8s' "${cpu[baseline]}" "$(ratio "${cpu[baseline]}" "${cpu[ours]}")"
    printf '   %s+%s collections, %s live\n' "$(figure scavenges)" "$(figure mark_sweeps)" "$(figure live)"
}

# A million objects that all live, against an empty run; 8 bytes each for two slots more.
memory() {
    kib() { command time -f %M "$build/heapreel" run --quiet - 2>&1 >/dev/null; }
    command time -f %M true 2>/dev/null || return 0
    local empty full
    empty=$(kib </dev/null)
    full=$(printf '%s\n' 'set profile node20' 'set max-old-space-size 64G' 'repeat 1000000 as i' 'alloc $i 64' end | kib)
    printf 'memory     %6s bytes a live object, handle (8 bytes) included\n' "$(ratio $(((full - empty) * 1024)) 1000000)"
}

# Time travel: a million events, a hundred thousand objects that live.
travel() {
    local trace=$work/travel-book.trace
    [ -s "$trace" ] || "$build/heapreel" gen --objects=260000 --graph=random --lifetime=exponential:3000 --survival=30 \
        --old-lifetime=exponential:130000 --gc=40000 --profile=book --set max-semi-space-size=1M -o "$trace"
    # shellcheck disable=SC2046
    ${CC:-cc} -std=c17 -O2 -D_XOPEN_SOURCE=700 -Isrc -o "$work/travel" tests/bench/travel.c "$build/libheapreel.a" \
        $(pkg-config --libs jansson)
    "$work/travel" "$trace"
}

# Dominators and retained sizes, beside a major collection of the same heap in the same run.
retain() {
    local form
    # shellcheck disable=SC2046
    ${CC:-cc} -std=c17 -O2 -D_XOPEN_SOURCE=700 -D_DEFAULT_SOURCE -Isrc -o "$work/retain" tests/bench/retain.c \
        "$build/libheapreel.a" $(pkg-config --libs jansson)
    for form in random records tree list; do
        "$work/retain" "$form" $((2 * events))
    done
}

# Spaces so small that objects are promoted all the time, and that marking starts by itself, again and again.
small=(--set max-semi-space-size=6M --set initial-old-space-size=1M --set limit-min-step=256k --set marking-start-min=0)

printf '%-10s %6s %6s %8s %7s | %6s %6s %8s%s\n' 'cpu, wall' mawk ours 'ns/line' times mawk ours times \
    "${BASELINE:+ | before    times}"
for shape in $shapes; do
    case $shape in
        memory | travel | retain) "$shape" ;;
        small) run_shape small "${small[@]}" ;;
        *) run_shape "$shape" ;;
    esac
done
