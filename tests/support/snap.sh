# snap.sh - makes small heap snapshots, for tests that source it.
#
# snap FILE NODES EDGES STRINGS: a snapshot with Node 20's layout; without it, on standard output, if FILE is -
snap_meta='"meta":{"node_fields":["type","name","id","self_size","edge_count","trace_node_id","detachedness"],"node_types":[["hidden","array","string","object","code","closure","regexp","number","native","synthetic","concatenated string","sliced string","symbol","bigint","object shape","wasm object"],"string","number","number","number","number","number"],"edge_fields":["type","name_or_index","to_node"],"edge_types":[["context","element","property","internal","hidden","shortcut","weak"],"string_or_number","node"]}'
snap() {
    printf '{"snapshot":{%s,"node_count":3,"edge_count":2},\n"nodes":[%s],\n"edges":[%s],\n"strings":[%s]}\n' "$snap_meta" "$2" "$3" "$4" > "$1"
}
