#!/bin/bash
# screenshots.sh - the screens of README.md: tests/screen/screenshots.sh [--check] [BUILD]
#
# tests/screen/shots/list has a line a screen: NAME SIZE TRACE KEY... . Each is played without a terminal; what the screen then
# shows is written to tests/screen/shots/NAME.txt, with its colors to tests/screen/shots/NAME.svg, and into README.md: into the block
# of code after a line "<!-- screen: NAME -->".
#
# tests/screen/shots/scavenge.svg, which moves, is filmed in the same way.
#
# --check writes nothing: it fails if one differs from what the program shows now.
set -eu
cd "$(dirname "$0")/../.."
check=
if [ "${1:-}" = --check ]; then
    check=1
    shift
fi
program=$PWD/${1:-build/release}/heapreel
work=$(mktemp -d "${TMPDIR:-/tmp}/heapreel-screens.XXXXXX")
trap 'rm -rf "$work"' EXIT
export LC_ALL=C.UTF-8 HEAPREEL_TRACES="$PWD/traces"
unset NO_COLOR
failed=0

# put FILE NEW: replaces a file by the new one, or says that they differ.
put() {
    if cmp -s "$1" "$2"; then
        return
    elif [ -n "$check" ]; then
        echo "$1 is out of date: run make screenshots"
        diff -u "$1" "$2" | head -n 40 || true
        failed=1
    else
        cp "$2" "$1"
        echo "$1"
    fi
}

# shoot NAME SIZE TRACE KEY...
shoot() {
    local name=$1 size=$2 trace=$3
    shift 3
    printf '%s\n' "$@" cut "dump $work/$name.txt" > "$work/keys" # the film begins at its end: it stands still
    "$program" film --script "$work/keys" --size "$size" -o "$work/$name.svg" "$trace"
    put "tests/screen/shots/$name.txt" "$work/$name.txt"
    put "tests/screen/shots/$name.svg" "$work/$name.svg"
}

while read -r line; do
    case $line in
    '' | '#'*) ;;
    *)
        # shellcheck disable=SC2086
        shoot $line
        ;;
    esac
done < tests/screen/shots/list

# The film at the beginning of README.md: the scavenge of a lesson.
printf '%s ' n right cut wait 2s right wait 4s > "$work/keys"
"$program" film --script "$work/keys" -o "$work/scavenge.svg" lesson:205
put tests/screen/shots/scavenge.svg "$work/scavenge.svg"

awk -v directory="$work" '
    skipping && /^```$/ { skipping = 0 }
    skipping { next }
    { print }
    /^<!-- screen: [a-z0-9-]+ -->$/ { name = $3; next }
    name != "" && /^```$/ {
        while ((getline line < (directory "/" name ".txt")) > 0)
            print line
        name = ""
        skipping = 1
    }' README.md > "$work/README.md"
put README.md "$work/README.md"
exit $failed
