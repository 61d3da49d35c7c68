#!/bin/bash
# run.sh - films in programs that others wrote: tests/film/run.sh BUILD; ends in "N passed, N failed, N skipped".
#
# An asciicast is played by asciinema-player, and the page by a browser's model of it (jsdom); both are fetched from npm
# into a directory of this test alone. The moving picture is read by an XML parser in tests/cli.
set -u
cd "$(dirname "$0")/../.." || exit 2
BUILD=${1:?usage: tests/film/run.sh BUILD}
program=$PWD/$BUILD/heapreel
work=$(mktemp -d "${TMPDIR:-/tmp}/heapreel-film.XXXXXX") || exit 2
trap 'rm -rf "$work"' EXIT
export LC_ALL=C.UTF-8
unset NO_COLOR
passed=0 failed=0

if ! command -v node > /dev/null || ! command -v npm > /dev/null; then
    echo "SKIP films in asciinema-player (no node with npm)"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
fi
cp tests/film/*.js "$work"
if ! (cd "$work" && timeout 120 npm install --no-audit --no-fund --no-save asciinema-player@3 jsdom@22) > "$work/npm.log" 2>&1; then
    echo "SKIP films in asciinema-player (npm is out of reach)"
    echo "0 passed, 0 failed, 1 skipped"
    exit 0
fi

# expect NAME COMMAND...
expect() {
    local name=$1
    shift
    if timeout 60 "$@" > "$work/out" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL $name"
        cut -c 1-160 "$work/out" | head -n 40
    fi
}

# film TRACE SIZE KEY...: the player shows at the film's end what the screen shows then
film() {
    local trace=$1 size=$2
    shift 2
    printf '%s\n' "$@" "dump $work/screen.txt" > "$work/keys"
    expect "film $trace $size" "$program" film --script "$work/keys" --size "$size" -o "$work/film.cast" "$trace"
    expect "asciinema-player: $trace $size" node "$work/cast.js" "$work/film.cast" "$work/screen.txt"
}

film traces/205-promotion-at-25-percent.trace 80x24 n right right 'wait 20s' right
film traces/401-incremental-marking.trace 120x40 n n 'wait 1s' '?'
film tests/film/wide.trace 80x24 right right right right 'wait 1s'
"$program" film traces/205-promotion-at-25-percent.trace -o "$work/film.html"
expect "the page's player" node "$work/page.js" "$work/film.html"
echo "$passed passed, $failed failed"
