#!/usr/bin/env bash
# Benchmarks: heapreel beside a yardstick run on the same file, the best of several rounds taken in turn.
# usage: bench.sh [BUILD]; EVENTS and ROUNDS in the environment. Prints ratios; no test depends on them.
set -euo pipefail
build=${1:-build/release}
events=${EVENTS:-10000000}
rounds=${ROUNDS:-11}
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

# An old generation so small that marking starts by itself; and a new space so small too that objects are promoted all the
# time, and it starts again.
marking=(--set initial-old-space-size=1M --set limit-min-step=256k --set marking-start-min=0)
small=("${marking[@]}" --set max-semi-space-size=6M)

# ours FILE OPTIONS...: how long a run takes
ours() {
    local report=$work/$1.json
    shift
    millis "$build/heapreel" run --quiet --json "$report" "$@" "$trace"
}
declare -A times
for ((i = 0; i < rounds; i++)); do
    times[mawk]+=" $(millis mawk '{s+=$2}END{print s}' "$trace")"
    times[heapreel]+=" $(ours heapreel)"
    times[marking]+=" $(ours marking "${marking[@]}")"
    times[small]+=" $(ours small "${small[@]}")"
done
lines=$(wc -l <"$trace")

least() { printf '%s\n' ${times[$1]} | sort -n | head -n 1; }
figure() { grep -m 1 -oE "\"$2\": [0-9]+" "$work/$1.json" | grep -oE '[0-9]+$'; }
# verdict NAME: the least of its times, as a rate and beside the yardstick's
verdict() {
    printf '%-10s %6d ms  %s\n' "$1" "$(least "$1")" "${times[$1]}"
    printf '           %6d thousand events a second, ' $((lines / $(least "$1")))
    awk -v a="$(least mawk)" -v b="$(least "$1")" 'BEGIN { printf "%.2f times as fast as mawk\n", a / b }'
    printf '           %s scavenges, %s objects promoted by age, %s major collections in %s steps\n' \
        "$(figure "$1" scavenges)" "$(figure "$1" by_age)" "$(figure "$1" mark_sweeps)" "$(figure "$1" incremental_steps)"
}
printf 'trace      %s lines, %s bytes\n' "$lines" "$(stat -c %s "$trace")"
printf 'mawk       %6d ms  %s\n' "$(least mawk)" "${times[mawk]}"
verdict heapreel
verdict marking
verdict small

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
