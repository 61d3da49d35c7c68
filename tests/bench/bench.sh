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

ours=() theirs=()
for ((i = 0; i < rounds; i++)); do
    theirs+=("$(millis mawk '{s+=$2}END{print s}' "$trace")")
    ours+=("$(millis "$build/heapreel" run --quiet --json "$work/report.json" "$trace")")
done
us=$(printf '%s\n' "${ours[@]}" | least)
them=$(printf '%s\n' "${theirs[@]}" | least)
lines=$(wc -l <"$trace")
printf 'trace      %s lines, %s bytes\n' "$lines" "$(stat -c %s "$trace")"
printf 'mawk       %6d ms   %s\n' "$them" "${theirs[*]}"
printf 'heapreel   %6d ms   %s\n' "$us" "${ours[*]}"
printf 'rate       %6d thousand events a second\n' $((lines / us))
printf 'ratio      %6s times as fast as mawk\n' "$(awk -v a="$them" -v b="$us" 'BEGIN { printf "%.2f", a / b }')"

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
