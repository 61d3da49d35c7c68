#!/bin/bash
# edge.sh - the program at the edges: tests/edge.sh BUILD
#
# Lines and numbers as large as allowed and one more, inputs that are no traces, outputs that cannot be written:
# each gets its clear answer and its exit status. Ends in "N passed, N failed".
set -u
cd "$(dirname "$0")/.." || exit 2
BUILD=${1:?usage: tests/edge.sh BUILD}
PROGRAM=$PWD/$BUILD/heapreel
WORK=$(mktemp -d "${TMPDIR:-/tmp}/heapreel-edge.XXXXXX") || exit 2
MOUNTED=
trap 'rm -f "$WORK/disk/"* 2> /dev/null; [ -z "$MOUNTED" ] || umount "$MOUNTED"; rm -rf "$WORK"' EXIT
export LC_ALL=C.UTF-8
passed=0 failed=0

# check NAME STATUS MESSAGE: what the last "try" has left: its status, and all of stderr ($WORK in it is W; "*" at the
# end of MESSAGE stands for anything)
check() {
    local said
    said=$(sed "s|$WORK|W|g" "$WORK/stderr")
    if [ "$status" != "$2" ] || [[ $said != $3 ]]; then
        failed=$((failed + 1))
        echo "FAIL edge: $1: status $status, expected $2"
        printf '    said:     %s\n    expected: %s\n' "$(head -c 400 <<< "$said")" "$(head -c 400 <<< "$3")"
    else
        passed=$((passed + 1))
    fi
}

# ok NAME COMMAND...: passes if the command does
ok() {
    local name=$1
    shift
    if "$@" > "$WORK/ok" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL edge: $name"
        head -n 5 "$WORK/ok" | cut -c 1-200 | sed 's/^/    /'
    fi
}

# try ARGUMENT...: the program, its input from $WORK/in or nothing
try() {
    timeout 60 "$PROGRAM" "$@" > "$WORK/stdout" 2> "$WORK/stderr" < "${input:-/dev/null}"
    status=$?
}

letters() { head -c "$1" /dev/zero | tr '\0' "${2:-x}"; }
trace() { cat > "$WORK/t.trace"; }
T=$WORK/t.trace

# ---- lines ----

{ printf 'note '; letters $((65536 - 5)); printf '\nalloc a 16\n'; } | trace
try run --quiet "$T"
check "a line of 64 KiB" 0 ""
{ printf 'note '; letters $((65536 - 4)); printf '\nalloc a 16\n'; } | trace
try run --quiet "$T"
check "a line of 64 KiB and a byte" 2 "heapreel: W/t.trace:1:65537: line too long, expected at most 65536 bytes (64 KiB)"
{ printf '#'; letters $((65536 - 1)); } | trace
try run --quiet "$T"
check "a comment of 64 KiB without a newline" 0 ""
{ printf 'alloc a 16\r\n#'; letters 65536; } | trace
try run --quiet "$T"
check "a comment too long, without a newline" 2 "heapreel: W/t.trace:2:65537: line too long, expected at most 65536 bytes (64 KiB)"
{ printf '#'; letters 65535; printf '\r\nalloc a 16\r\n'; } | trace
try run --quiet "$T"
check "a line of 64 KiB and CRLF" 0 ""
{ printf 'alloc '; letters 255; printf ' 16\n'; } | trace
try run --quiet "$T"
check "an ID of 255 bytes" 0 ""
{ printf 'alloc '; letters 256; printf ' 16\n'; } | trace
try run --quiet "$T"
check "an ID of 256 bytes" 2 "heapreel: W/t.trace:1:7: *"
printf 'alloc a 16\r\nref a.x a\r\ngc\r\nexpect live a\r\n' | trace
try run --quiet "$T"
check "CRLF" 0 ""
printf 'alloc a 16' | trace
try run --quiet "$T"
check "no newline at the end" 0 ""

# ---- what is no trace ----

: | trace
try run --quiet "$T"
check "an empty file" 0 ""
try check "$T"
check "check of an empty file" 0 ""
try run --json "$WORK/empty.json" "$T"
check "the report of an empty file" 0 ""
ok "it is there" grep -q '"outcome": "completed"' "$WORK/empty.json"
letters 1000000 '\0' | trace
try run --quiet "$T"
check "a file of NULs" 2 "heapreel: W/t.trace:1:1: NUL byte, expected UTF-8 text"
printf '\n\nalloc a\00016\n' | trace
try run --quiet "$T"
check "a NUL in a line" 2 "heapreel: W/t.trace:3:8: NUL byte, expected UTF-8 text"
head -c 100000 "$PROGRAM" | trace
try run --quiet "$T"
check "a program" 2 "heapreel: W/t.trace:1:*"
try run --quiet "$WORK/missing.trace"
check "a missing file" 2 "heapreel: W/missing.trace: cannot open: No such file or directory"
try run --quiet "$WORK"
check "a directory" 2 "heapreel: W: cannot read: Is a directory"
try run --quiet "$T/below"
check "below a file" 2 "heapreel: W/t.trace/below: cannot open: Not a directory"
try run --quiet ''
check "an empty name" 2 "heapreel: *"
if [ "$(id -u)" != 0 ]; then
    chmod 0 "$T"
    try run --quiet "$T"
    check "a file without permission" 2 "heapreel: W/t.trace: cannot open: Permission denied"
    chmod 644 "$T"
fi

# ---- numbers ----

for era in book node6 node20; do
    printf 'set era %s\nalloc a 16\nalloc b 1024G\n' $era | trace
    try run --quiet "$T"
    check "1 TiB in $era" 1 $'heapreel: W/t.trace:3: the simulated heap is out of memory\n*FATAL ERROR: *Allocation failed - *'
    printf 'set era %s\nalloc a 1024G\nexpect oom\n' $era | trace
    try run --quiet "$T"
    check "1 TiB that is expected in $era" 0 ""
    try check "$T"
    check "1 TiB that is expected in $era: check" 0 ""
done
printf 'alloc b 1099511627777\n' | trace
try run --quiet "$T"
check "a byte more than 1 TiB" 2 "heapreel: W/t.trace:1:9: *1 TiB*"
printf 'alloc b 99999999999999999999999\n' | trace
try run --quiet "$T"
check "a number of 23 digits" 2 "heapreel: W/t.trace:1:9: *"
printf 'repeat 1099511627777\ngc\nend\n' | trace
try run --quiet "$T"
check "2^40 repeats and one" 2 "heapreel: W/t.trace:1:8: repeat of more than 2^40 events, expected at most 1099511627776"
printf 'repeat 1048577\nrepeat 1048577\ngc\nend\nend\n' | trace
try run --quiet "$T"
check "more than 2^40 events in two repeats" 2 "heapreel: W/t.trace:*: repeat of more than 2^40 events*"
printf 'repeat 1048576\nrepeat 1048576\nalloc a 16\nend\nend\n' | trace
try run --quiet "$T"
check "2^40 events are tried" 2 "heapreel: W/t.trace:3:7: object \"a\" still has a handle*"
printf 'repeat 1099511627776\nend\nalloc a 16\n' | trace
try run --quiet "$T"
check "2^40 times nothing" 0 ""
printf 'alloc a 16\nalloc a 16\n' | trace
try run --quiet --until 18446744073709551615 "$T"
check "--until as far as it goes" 2 "heapreel: W/t.trace:2:7: *"
try run --quiet --until 1 "$T"
check "--until before an error" 0 ""
try run --quiet --until 18446744073709551616 "$T"
check "--until too far" 2 "heapreel: *"

# ---- standard input ----

printf 'alloc a 16\ngc\nexpect live a\n' | trace
input=$T
try run --quiet -
check "a trace from standard input" 0 ""
try check -
check "check of standard input" 0 ""
printf 'alloc a 16\nroot b\n' | trace
try run --quiet -
check "a wrong one" 2 'heapreel: -:2:6: unknown object "b": never allocated'
input=$WORK
try run --quiet -
check "a directory on standard input" 2 "heapreel: -: cannot read: Is a directory"
input=
"$PROGRAM" run --quiet - <&- > "$WORK/stdout" 2> "$WORK/stderr"
status=$?
check "closed standard input" 2 "heapreel: -: cannot read: Bad file descriptor"

# ---- outputs ----

printf 'alloc a 16\nrepeat 300 as i\nalloc b$i 16\nend\ngc\n' | trace
for option in json events heap; do
    try run --$option /dev/full "$T"
    check "--$option on a full disk" 2 "heapreel: /dev/full: cannot write: No space left on device"
done
try run --json "$WORK/missing/a.json" "$T"
check "--json into a missing folder" 2 "heapreel: W/missing/a.json: cannot *: No such file or directory"
try run --json "$WORK" "$T"
check "--json onto a directory" 2 "heapreel: W: *: Is a directory"
"$PROGRAM" run "$T" > /dev/full 2> "$WORK/stderr"
status=$?
check "the summary on a full disk" 2 "heapreel: *: No space left on device"
"$PROGRAM" run --json - "$T" > /dev/full 2> "$WORK/stderr"
status=$?
check "--json - on a full disk" 2 "heapreel: *: No space left on device"
"$PROGRAM" run --json - "$T" >&- 2> "$WORK/stderr"
status=$?
check "--json - and closed standard output" 2 "heapreel: *: Bad file descriptor"

# A closed pipe ends the program as it ends others: by SIGPIPE, without words.
"$PROGRAM" run --json - "$T" 2> "$WORK/stderr" | head -c 10 > "$WORK/stdout"
status=${PIPESTATUS[0]}
check "a pipe that is closed early" "$([ "$status" = 0 ] && echo 0 || echo 141)" ""

# What is there already is not touched by a run that fails.
echo precious > "$WORK/old.json"
printf 'alloc a 16\nroot b\n' > "$WORK/bad.trace"
try run --json "$WORK/old.json" "$WORK/bad.trace"
check "a wrong trace and an old report" 2 "heapreel: W/bad.trace:2:6: *"
ok "the old report is kept" test "$(cat "$WORK/old.json")" = precious
try run --json "$WORK/new.json" "$WORK/bad.trace"
check "a wrong trace and a new report" 2 "heapreel: W/bad.trace:2:6: *"
ok "no new report is made" test ! -e "$WORK/new.json"
try run --json "$WORK/old.json" "$T"
check "an old report is replaced" 0 ""
ok "by a whole one" grep -q '"outcome": "completed"' "$WORK/old.json"
mkdir "$WORK/disk"
if [ "$(id -u)" = 0 ] && mount -t tmpfs -o size=16k none "$WORK/disk" 2> /dev/null; then
    MOUNTED=$WORK/disk
    echo precious > "$WORK/disk/a.json"
    printf 'repeat 300\ngc\nend\n' > "$WORK/long.trace"
    try run --json "$WORK/disk/a.json" "$WORK/long.trace"
    check "a small disk" 2 "heapreel: W/disk/a.json: cannot write: No space left on device"
    ok "the old report is kept there" test "$(cat "$WORK/disk/a.json")" = precious
    ok "and nothing else is left" test "$(ls -A "$WORK/disk")" = a.json
fi

# Memory follows the living: three million objects, one after another, in 60 MB of address space.
printf 'set profile node20\nset max-semi-space-size 1M\nrepeat 3000000 as i\nalloc $i 64\nrelease $i\nend\n' | trace
# shellcheck disable=SC2016
[[ $BUILD == */asan ]] || ok "three million objects in 60 MB" bash -c 'ulimit -v 60000; exec "$0" run --quiet "$1"' "$PROGRAM" "$T"
# and one that does need more says so
printf 'set profile node20\nset max-old-space-size 100G\nset initial-old-space-size 100G\nset marking-start-min 100G\nset limit-min-step 100G\nrepeat 3000000 as i\nalloc $i 64\nend\n' | trace
if [[ $BUILD != */asan ]]; then
    # shellcheck disable=SC2016
    bash -c 'ulimit -v 60000; exec "$0" run --quiet "$1"' "$PROGRAM" "$T" > /dev/null 2> "$WORK/stderr"
    status=$?
    check "the host's memory runs out" 2 "heapreel: W/t.trace: out of memory"
fi

echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
