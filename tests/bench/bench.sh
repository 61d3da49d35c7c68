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

# The same events with incremental marking on: it starts after a fifth of them and goes on to the end, since it marks no
# faster than the program stores.
marking=$work/bench-$events-marking.trace
[ -s "$marking" ] || { sed "$((events / 5))a gc start" "$trace" >"$marking.part" && mv "$marking.part" "$marking"; }

# Spaces so small that objects are promoted all the time, and that marking starts by itself, again and again.
small=(--set max-semi-space-size=6M --set initial-old-space-size=1M --set limit-min-step=256k --set marking-start-min=0)

# ours NAME TRACE OPTIONS...: how long a run takes
ours() {
    local name=$1 file=$2
    shift 2
    millis "$build/heapreel" run --quiet --json "$work/$name.json" "$@" "$file"
}
declare -A times
for ((i = 0; i < rounds; i++)); do
    times[mawk]+=" $(millis mawk '{s+=$2}END{print s}' "$trace")"
    times[heapreel]+=" $(ours heapreel "$trace")"
    times[marking]+=" $(ours marking "$marking")"
    times[small]+=" $(ours small "$trace" "${small[@]}")"
done
lines=$(wc -l <"$trace")

least() { printf '%s\n' ${times[$1]} | sort -n | head -n 1; }
figure() { grep -m 1 -oE "\"$2\": [0-9]+" "$work/$1.json" | grep -oE '[0-9]+$'; }
# verdict NAME: the least of its times, as a rate and beside the yardstick's
verdict() {
    printf '%-10s %6d ms  %s\n' "$1" "$(least "$1")" "${times[$1]}"
    printf '           %6d thousand events a second, ' $((lines / $(least "$1")))
    awk -v a="$(least mawk)" -v b="$(least "$1")" 'BEGIN { printf "%.2f times as fast as mawk\n", a / b }'
    printf '           %s scavenges, %s objects promoted by age, %s steps of marking, %s major collections\n' \
        "$(figure "$1" scavenges)" "$(figure "$1" by_age)" "$(figure "$1" incremental_steps)" "$(figure "$1" mark_sweeps)"
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
