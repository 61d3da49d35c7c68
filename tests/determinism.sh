#!/bin/bash
# determinism.sh - the same bytes from every compiler: tests/determinism.sh [TRACE...]
#
# Builds the program with gcc -O0, -O2 (the release build) and -O3, and clang -O2 (variants of their own below build/),
# and compares what they make of each trace: report, events, heap and hash.
# Without arguments: every trace that ships, of tests/golden and of tests/exact, and a long random one.
# Ends in "N passed, N failed".
set -u
cd "$(dirname "$0")/.." || exit 2
WORK=$(mktemp -d "${TMPDIR:-/tmp}/heapreel-determinism.XXXXXX") || exit 2
trap 'rm -rf "$WORK"' EXIT
export LC_ALL=C.UTF-8
unset MAKEFLAGS MFLAGS MAKELEVEL
passed=0 failed=0
processors=$(nproc)

# build NAME [MAKE-VARIABLE...]
variants=()
build() {
    local name=$1
    shift
    if make -s -j"$processors" "V=$name" "$@" > "$WORK/make" 2>&1; then
        variants+=("$name")
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAIL determinism: $name: it is not built"
        tail -n 20 "$WORK/make" | sed 's/^/    /'
    fi
}
build release
build same-O0 CC=gcc CFLAGS=-O0 WERROR= # what gcc takes for wrong at -O3 is not always so
build same-O3 CC=gcc "CFLAGS=-O3 -fwrapv -fno-strict-aliasing" WERROR=
! command -v clang > /dev/null || build same-clang CC=clang CFLAGS=-O2

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

# digest VARIANT TRACE: of all that it makes of the trace, in the directory $out
digest() {
    rm -f "$out/json" "$out/events" "$out/heap"
    "build/$1/heapreel" run --hash --json "$out/json" --events "$out/events" --heap "$out/heap" "$2" \
        > "$out/stdout" 2> "$out/stderr"
    echo "status $?" >> "$out/stderr"
    cat "$out/stdout" "$out/stderr" "$out/json" "$out/events" "$out/heap" 2> /dev/null | sha256sum
}

# compare K: every trace whose number leaves the remainder K, so that each processor has its share
compare() {
    local out=$WORK/$1 i variant first passed=0 failed=0
    mkdir "$out"
    for ((i = $1; i < ${#traces[@]}; i += processors)); do
        first=$(digest "${variants[0]}" "${traces[i]}")
        if ! grep -q "status [01]" "$out/stderr"; then
            failed=$((failed + 1))
            echo "FAIL determinism: ${traces[i]} does not run"
        fi
        for variant in "${variants[@]}"; do # the first once more: two runs
            if [ "$(digest "$variant" "${traces[i]}")" = "$first" ]; then
                passed=$((passed + 1))
            else
                failed=$((failed + 1))
                echo "FAIL determinism: ${traces[i]}: $variant makes other bytes than ${variants[0]}"
            fi
        done
    done
    echo "$passed $failed" > "$out/counts"
}

for ((k = 0; k < processors; k++)); do
    compare "$k" &
done
wait
for ((k = 0; k < processors; k++)); do
    read -r p f < "$WORK/$k/counts" || { p=0 f=1; echo "FAIL determinism: not all traces were run"; }
    passed=$((passed + p)) failed=$((failed + f))
done

# Programs made from logs, by least squares in floating point.
for log in tests/gclog/*.log; do
    [ $# -eq 0 ] || break
    first=
    for variant in "${variants[@]}"; do
        sum=$("build/$variant/heapreel" import gclog "$log" 2>&1 | sha256sum)
        if [ "${first:=$sum}" = "$sum" ]; then
            passed=$((passed + 1))
        else
            failed=$((failed + 1))
            echo "FAIL determinism: import gclog $log: $variant makes another program than ${variants[0]}"
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
