#!/bin/bash
# determinism.sh - the same bytes from every compiler: tests/determinism.sh [TRACE...]
#
# Builds the program with gcc -O0, -O2 and -O3, and clang -O2
# (variants of their own below build/), and compares what they make of each trace: report, events, heap and hash.
# Without arguments: every trace that ships, of tests/golden and of tests/exact, and a long random one.
# Ends in "N passed, N failed".
set -u
cd "$(dirname "$0")/.." || exit 2
WORK=$(mktemp -d "${TMPDIR:-/tmp}/heapreel-determinism.XXXXXX") || exit 2
trap 'rm -rf "$WORK"' EXIT
export LC_ALL=C.UTF-8
unset MAKEFLAGS MFLAGS MAKELEVEL
passed=0 failed=0

# build NAME CC CFLAGS
variants=()
build() {
    command -v "$2" > /dev/null || return 0
    if make -s -j"$(nproc)" "V=$1" "CC=$2" "CFLAGS=$3" > "$WORK/make" 2>&1; then
        variants+=("$1")
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL determinism: $2 $3 does not build it"
        tail -n 20 "$WORK/make" | sed 's/^/    /'
    fi
}
build same-O0 gcc "-O0"
build same-O2 gcc "-O2"
build same-O3 gcc "-O3 -fwrapv -fno-strict-aliasing"
build same-clang clang "-O2"

# A program with a bit of everything, in each era, that is long enough for many collections.
if [ $# -eq 0 ]; then
    for era in book node6 node20; do
        cat > "$WORK/long-$era.trace" << END
set era $era
set max-old-space-size 4M
set initial-old-space-size 2M
alloc root 64 array
alloc map 48 weakmap in root.map
repeat 20000 as i
  enter f
  alloc n\$i 48 array @loop
  alloc v\$i 24 string in n\$i.value
  alloc w\$i 400 in n\$i.large
  entry map n\$i v\$i
  ref root.\$i n\$i
  weak root.w n\$i
  finalize v\$i
  external v\$i 100
  leave
  work 1us
end
repeat 15000 as i
  unref root.\${i+1000}
  alloc t 200
  release t
end
gc minor
gc
gc compact
END
    done
    # The events of the lessons of full size would fill the disk; nothing happens in them that does not in the others.
    mapfile -t traces < <(find traces tests/golden tests/exact -name '*.trace' -exec grep -L '^# Full size' {} + \
        2> /dev/null | sort; ls "$WORK"/*.trace)
else
    traces=("$@")
fi

# digest VARIANT TRACE: of all that it makes of the trace
digest() {
    rm -f "$WORK/json" "$WORK/events" "$WORK/heap"
    "build/$1/heapreel" run --hash --json "$WORK/json" --events "$WORK/events" --heap "$WORK/heap" "$2" \
        > "$WORK/stdout" 2> "$WORK/stderr"
    echo "status $?" >> "$WORK/stderr"
    cat "$WORK/stdout" "$WORK/stderr" "$WORK/json" "$WORK/events" "$WORK/heap" 2> /dev/null | sha256sum
}

for trace in "${traces[@]}"; do
    first=$(digest "${variants[0]}" "$trace")
    grep -q 'status [01]' "$WORK/stderr" || { failed=$((failed + 1)); echo "FAIL determinism: $trace does not run"; }
    for variant in "${variants[0]}" "${variants[@]:1}"; do # the first once more: two runs
        if [ "$(digest "$variant" "$trace")" = "$first" ]; then
            passed=$((passed + 1))
        else
            failed=$((failed + 1))
            echo "FAIL determinism: $trace: $variant makes other bytes than ${variants[0]}"
        fi
    done
done

# Made-up programs: each variant's own.
for options in "--graph=tree --refs=2 --leak=1.5" "--size=pareto:16:1.2 --lifetime=weibull:300:0.4" \
    "--lifetime=9*exponential:123456789,1*uniform:1:4G --kinds=object,string,buffer --external=exponential:1M"; do
    first=
    for variant in "${variants[@]}"; do
        # shellcheck disable=SC2086
        sum=$("build/$variant/heapreel" gen --objects=100000 $options | sha256sum)
        if [ "${first:=$sum}" = "$sum" ]; then
            passed=$((passed + 1))
        else
            failed=$((failed + 1))
            echo "FAIL determinism: gen $options: $variant makes another program than ${variants[0]}"
        fi
    done
done

echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
