#!/bin/bash
# run.sh - golden screens: tests/screen/run.sh [BUILD]
#
# NAME/ holds a session: trace, script (keys, see src/tui/script.h), sizes (one WxH a line), args (optional: more
# options of "heapreel play"). At the end of the script the screen must look like NAME/WxH.txt: first as text,
# then its styles, a letter a cell (src/tui/theme.h). REWRITE=1 writes the expected screens anew: look at the difference.
# Ends with "N passed, N failed".
set -u
cd "$(dirname "$0")" || exit 2
BUILD=$(cd ../.. && cd "${1:-build/release}" && pwd) || exit 2
REWRITE=${REWRITE:-}
WORK=$(mktemp -d "${TMPDIR:-/tmp}/heapreel-screen.XXXXXX") || exit 2
trap 'rm -rf "$WORK"' EXIT
export LC_ALL=C.UTF-8
unset NO_COLOR
passed=0 failed=0

# session NAME SIZE: the screen at the end, to $WORK/out
session() {
    local name=$1 size=$2 args=()
    [ ! -f "$name/args" ] || read -ra args < "$name/args"
    { cat "$name/script"; printf '\ndump - styles -\n'; } > "$WORK/script"
    (cd "$name" && "$BUILD/heapreel" play "${args[@]}" --script "$WORK/script" --size "$size" trace) \
        > "$WORK/out" 2> "$WORK/err"
    local status=$?
    [ ! -s "$WORK/err" ] || sed 's/^/stderr: /' "$WORK/err" >> "$WORK/out"
    [ $status -eq 0 ] || echo "status: $status" >> "$WORK/out"
}

for script in */script; do
    name=${script%/script}
    while read -r size; do
        expected=$name/$size.txt
        session "$name" "$size"
        if [ -n "$REWRITE" ]; then
            cp "$WORK/out" "$expected"
        fi
        if diff -u "$expected" "$WORK/out" > "$WORK/diff" 2>&1; then
            passed=$((passed + 1))
        else
            failed=$((failed + 1))
            echo "FAIL screen $name $size"
            head -n 40 "$WORK/diff" | sed 's/^/    /'
        fi
    done < "$name/sizes"
done
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
