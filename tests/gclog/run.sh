#!/bin/bash
# run.sh - what "heapreel what-if" says of programs that really ran under other flags: tests/gclog/run.sh PROGRAM
#
# Prints a table of scavenges, and counts those within a tenth (or one) of the real ones: at least 21 of 24 must be, and
# the order of a program's flags must be right where the real ones differ by more than a tenth. Ends in "N passed, N
# failed".
set -u
cd "$(dirname "$0")/../.." || exit 2
program=${1:?usage: tests/gclog/run.sh PROGRAM}
work=$(mktemp -d "${TMPDIR:-/tmp}/heapreel-gclog.XXXXXX") || exit 2
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

for log in tests/gclog/*.log; do
    name=$(basename "$log" .log)
    "$program" import gclog --strict "$log" -o "$work/$name.trace" 2> "$work/why" && passed=$((passed + 1)) && continue
    failed=$((failed + 1))
    cat "$work/why"
done

while IFS='|' read -r name flags real; do
    # shellcheck disable=SC2086
    ours=$("$program" run --quiet --json - --max-collections 1 $flags "$work/$name.trace" | grep -m 1 -o '"scavenges": [0-9]*')
    echo "$name|$flags|$real|${ours##* }"
done < tests/gclog/expected > "$work/table"
awk -F '|' '{ off = ($4 - $3) / $3 * 100; printf "%-7s %-49s real %4d, here %4d (%+.0f %%)\n", $1, $2, $3, $4, off }' "$work/table"
near=$(awk -F '|' '{ off = $4 > $3 ? $4 - $3 : $3 - $4; if (off <= 1 || off * 10 <= $3) n++ } END { print n + 0 }' "$work/table")
wrong=$(awk -F '|' '{ name[NR] = $1; real[NR] = $3; ours[NR] = $4 }
    END { for (i in name) for (k in name) if (name[i] == name[k] && real[i] > 1.1 * real[k] && ours[i] < ours[k]) n++; print n + 0 }' "$work/table")
echo "$near of $(wc -l < "$work/table") within a tenth; $wrong pairs of flags in the wrong order"
if [ "$near" -ge 21 ] && [ "$wrong" -eq 0 ]; then
    passed=$((passed + 1))
else
    failed=$((failed + 1))
fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
