#!/usr/bin/env bash
# Reading heap snapshots, beside a bare scan of the same file, the least of several rounds.
# usage: heap.sh [BUILD]. From the environment:
#   SNAPSHOTS  files to read; without it, a program of Maps, classes, closures and a WeakMap is run by node (20 or later)
#              to write some of about 9, 65 and 500 MB, which are kept in BUILD/bench
#   ROUNDS     how often, 3          NPM=1  also memlab and DevTools' own code, fetched by npm (minutes)
# Prints processor time (user and system), ratios and memory beside the file; no test depends on it.
set -euo pipefail
build=${1:-build/release}
rounds=${ROUNDS:-3}
work=$build/bench
mkdir -p "$work"
${CC:-cc} -std=c17 -O2 -D_XOPEN_SOURCE=700 -o "$work/bare" tests/bench/bare.c

cat > "$work/program.js" <<'END'
const [rounds, file] = process.argv.slice(2);
class User {
  constructor(i) { this.id = i; this.name = 'user' + i; this.tags = ['a' + (i % 7), i]; this.when = new Date(i); }
}
const users = new Map(), weak = new WeakMap(), kept = [];
for (let i = 0; i < +rounds; i++) {
  const user = new User(i);
  users.set(user.name, user);
  weak.set(user, { extra: i, text: 'x'.repeat(20) + i });
  user.call = () => user.id + i;
  if (i % 50 === 0) kept.push(Buffer.alloc(100), new Set([user]));
}
Object.assign(globalThis, { users, weak, kept });
require('v8').writeHeapSnapshot(file);
END
if [ -z "${SNAPSHOTS:-}" ]; then
    command -v node > /dev/null || { echo "heap.sh: node writes the snapshots, and is not installed: give SNAPSHOTS" >&2; exit 1; }
    for count in 3000 45000 350000; do
        file=$work/$count.heapsnapshot
        [ -s "$file" ] || node --max-old-space-size=12000 "$work/program.js" "$count" "$file"
        SNAPSHOTS="${SNAPSHOTS:-} $file"
    done
fi

# Processor time of a command in milliseconds, the least of several rounds: user and system.
TIMEFORMAT='%U %S'
least() {
    local i best=999999999 t
    for ((i = 0; i < rounds; i++)); do
        t=$({ time "$@" > /dev/null 2>&1; } 2>&1 | awk '{ printf "%.0f", ($1 + $2) * 1000 }')
        [ "$t" -ge "$best" ] || best=$t
    done
    echo "$best"
}
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.1f", b ? a / b : 0 }'; }

printf '%10s %9s %10s %8s %8s %6s\n' 'file, MB' nodes edges 'bare, ms' 'ours, ms' times
for file in $SNAPSHOTS; do
    bare=$(least "$work/bare" "$file")
    ours=$(least "$build/heapreel" heap --batch "$file")
    counts=$("$build/heapreel" heap --batch --json - "$file" | sed -n 's/.*"edges": \([0-9]*\).*/\1/p; s/.*"nodes": {"count": \([0-9]*\).*/\1/p')
    # shellcheck disable=SC2086
    set -- $counts
    printf '%10d %9d %10d %8d %8d %6s\n' $(($(stat -c %s "$file") / 1000000)) "$2" "$1" "$bare" "$ours" "$(ratio "$ours" "$bare")"
    [ -n "${NPM:-}" ] || continue
    npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$work/npm" memlab@2.0.5 heap-snapshot-toolkit@1.1.3
    cat > "$work/npm/memlab.cjs" <<'END'
require('@memlab/heap-analysis').getFullHeapFromFile(process.argv[2]);
END
    cat > "$work/npm/devtools.mjs" <<'END'
import { createReadStream } from 'node:fs';
import { parse } from 'heap-snapshot-toolkit';
await parse(createReadStream(process.argv[2], 'utf-8'));
END
    for tool in memlab.cjs devtools.mjs; do
        theirs=$(rounds=1 least node --max-old-space-size=12000 "$work/npm/$tool" "$file")
        printf '%50s %s ms, %s times ours\n' "$tool" "$theirs" "$(ratio "$theirs" "$ours")"
    done
done
