#!/usr/bin/env bash
# Benchmarks: heapreel beside a yardstick run on the same file, the best of several rounds taken in turn.
# usage: bench.sh [BUILD]; EVENTS and ROUNDS in the environment. Prints ratios; no test depends on them.
set -euo pipefail
build=${1:-build/release}
events=${EVENTS:-10000000}
rounds=${ROUNDS:-5}
work=$build/bench
mkdir -p "$work"
command -v mawk >/dev/null || { echo "bench: mawk is the yardstick, and is not installed" >&2; exit 1; }

${CC:-cc} -std=c17 -O2 -o "$work/gen" tests/bench/gen.c
trace=$work/bench-$events.trace
[ -s "$trace" ] || { "$work/gen" "$events" >"$trace.part" && mv "$trace.part" "$trace"; }

# Wall time of a command, in milliseconds.
millis() {
    local start end
    start=$(date +%s%N)
    "$@" >/dev/null
    end=$(date +%s%N)
    echo $(((end - start) / 1000000))
}
least() { sort -n | head -n 1; }

# Spaces so small that objects are promoted, and that marking starts again and again beside the program.
marking=(--set max-semi-space-size=6M --set initial-old-space-size=1M --set limit-min-step=256k --set marking-start-min=0)

ours=() theirs=() marked=()
for ((i = 0; i < rounds; i++)); do
    theirs+=("$(millis mawk '{s+=$2}END{print s}' "$trace")")
    ours+=("$(millis "$build/heapreel" run --quiet --json "$work/report.json" "$trace")")
    marked+=("$(millis "$build/heapreel" run --quiet --json "$work/marking.json" "${marking[@]}" "$trace")")
done
lines=$(wc -l <"$trace")
them=$(printf '%s\n' "${theirs[@]}" | least)

# NAME TIMES...: the least of the times, as a rate and beside the yardstick's.
verdict() {
    local name=$1 us
    shift
    us=$(printf '%s\n' "$@" | least)
    printf '%-10s %6d ms   %s\n' "$name" "$us" "$*"
    printf '           %6d thousand events a second, ' $((lines / us))
    awk -v a="$them" -v b="$us" 'BEGIN { printf "%.2f times as fast as mawk\n", a / b }'
}
figure() { grep -m 1 -oE "\"$1\": [0-9]+" "$work/marking.json" | grep -oE '[0-9]+$'; }
printf 'trace      %s lines, %s bytes\n' "$lines" "$(stat -c %s "$trace")"
printf 'mawk       %6d ms   %s\n' "$them" "${theirs[*]}"
verdict heapreel "${ours[@]}"
verdict marking "${marked[@]}"
printf '           with %s major collections, %s steps of marking, %s objects promoted by age\n' \
    "$(figure mark_sweeps)" "$(figure incremental_steps)" "$(figure by_age)"

# Memory: a million objects that all live, against an empty run; 8 bytes each for two slots more.
live() {
    printf 'set profile node20\nset max-old-space-size 64G\n'
    printf 'repeat 1000000 as i\nalloc $i 64\nend\n'
}
kib() { command time -f %M "$build/heapreel" run --quiet - 2>&1 >/dev/null; }
if command time -f %M true 2>/dev/null; then
    empty=$(kib </dev/null)
    full=$(live | kib)
    printf 'memory     %6d bytes a live object, handle (8 bytes) included\n' $(((full - empty) * 1024 / 1000000))
fi

# Time travel: a million events, a hundred thousand objects that live.
travel=$work/travel-book.trace
[ -s "$travel" ] || "$build/heapreel" gen --objects=260000 --graph=random --lifetime=exponential:3000 --survival=30 \
    --old-lifetime=exponential:130000 --gc=40000 --profile=book --set max-semi-space-size=1M -o "$travel"
${CC:-cc} -std=c17 -O2 -D_XOPEN_SOURCE=700 -Isrc -o "$work/travel" tests/bench/travel.c "$build/libheapreel.a" \
    $(pkg-config --libs jansson)
"$work/travel" "$travel"
