#!/usr/bin/env bash
# A long run: EVENTS events (100 million) through node20 in a heap so small that some thousand major collections
# follow each other, the invariants checked after every thousandth collection. Says how much memory it took, for a
# tenth of the events and for all: the two should not differ.
# usage: soak.sh [BUILD]
set -euo pipefail
build=${1:-build/release}
events=${EVENTS:-100000000}
work=$build/soak
mkdir -p "$work"
${CC:-cc} -std=c17 -O2 -DLONGEST=20000u -o "$work/gen" tests/bench/gen.c

set_up() {
    printf 'set profile node20\nset page-size 64k\nset page-header 4096\nset large-object-size 16k\n'
    printf 'set min-semi-space-size 64k\nset max-semi-space-size 64k\nset marking-step-allocated 16k\n'
    printf 'set marking-start-min 128k\nset limit-min-step 64k\n'
    printf 'set initial-old-space-size 512k\nset max-old-space-size 64M\n'
}

# soak EVENTS: one run; what it took goes to stderr
soak() {
    { set_up; "$work/gen" numeric "$1" | grep -v -e '^set ' -e '^heapreel-trace'; } |
        command time -f "$1 events: %M KiB at most, %e s" \
            "$build/heapreel" run --verify-every 1000 --max-collections 1000 --json "$work/$1.json" --hash -
}

soak $((events / 10))
soak "$events"
grep -E '"(scavenges|mark_sweeps|mark_compacts|incremental_steps)"' "$work/$events.json"
