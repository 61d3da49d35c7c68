#!/bin/bash
# screenshots.sh - the screens of README.md: tests/screen/screenshots.sh [--check] [BUILD]
#
# tests/screen/shots/list has a line a screen: NAME SIZE TRACE KEY... . Each is played without a terminal; what the screen then
# shows is written to tests/screen/shots/NAME.txt, with its colors to tests/screen/shots/NAME.svg (where termtosvg is installed), and
# into README.md: into the block of code behind a line "<!-- screen: NAME -->".
#
# tests/screen/shots/scavenge.svg, which moves, is filmed in the same way.
#
# --check writes nothing: it fails if a text differs from what the program shows now.
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

# cast SIZE: a recording in the form of asciinema of the one screen on standard input.
cast() {
    printf '{"version": 2, "width": %d, "height": %d}\n[0.1, "o", "' "${1%x*}" "${1#*x}"
    sed 's/\\/\\\\/g; s/"/\\"/g; s/\x1b/\\u001b/g' | awk 'NR > 1 { printf "\\r\\n" } { printf "%s", $0 }'
    printf '"]\n[1.0, "o", ""]\n'
}

# shoot NAME SIZE TRACE KEY...
shoot() {
    local name=$1 size=$2 trace=$3
    shift 3
    {
        printf '%s\n' "$@"
        printf 'dump %s\ncolors256 %s\n' "$work/$name.txt" "$work/$name.ansi"
    } > "$work/keys"
    "$program" play --script "$work/keys" --size "$size" "$trace"
    put "tests/screen/shots/$name.txt" "$work/$name.txt"
    if [ -z "$check" ] && command -v termtosvg > /dev/null; then
        cast "$size" < "$work/$name.ansi" > "$work/$name.cast"
        termtosvg render "$work/$name.cast" "$work/$name" -s -t gjm8 > /dev/null 2>&1
        put "tests/screen/shots/$name.svg" "$work/$name/termtosvg_00001.svg"
    fi
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
