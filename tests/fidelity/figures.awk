# figures.awk - the figures of a run, from what --trace-gc-nvp and --trace-gc-verbose print, of Node or of heapreel.
# The first two full collections are the head's: what is there after them is Node's own, and is taken off.

function value(key,    s) {
    if (match($0, "\"" key "\":\"?[^,}\"]*") == 0 && match($0, "[ \t]" key "=[^ ]*") == 0)
        return ""
    s = substr($0, RSTART, RLENGTH)
    sub(/^.*[=:]"?/, "", s)
    return s
}
function first(a, b) { return a != "" ? a : b }
function kilobytes(what,    s) {
    s = $0
    sub(".*" what ":?\\*? *", "", s)
    sub(/ .*/, "", s)
    return s * 1024
}

/pause=|"pause":/ {
    kind = value("gc")
    minor = kind == "s"
    live = first(value("total_size_after"), value("end_object_size"))
    copied = first(value("new_space_survived"), value("semi_space_copied"))
    promoted = value("promoted")
    if (bases < 2) {
        bases += !minor
        base = live
        started = bases == 2
        next
    }
    started = 0
    collections++
    scavenges += minor
    majors += !minor
    copies += copied
    promotions += minor ? promoted : 0
    promotions_major += minor ? 0 : promoted
    lives += live - base
    last = live - base
}
/New space, / && bases == 2 { semispace = kilobytes("used") + kilobytes("available") }
/All spaces, / && bases == 2 {
    if (started)
        committed_base = kilobytes("committed")
    else if (collections > 0)
        commits += kilobytes("committed") - committed_base
}
/FATAL ERROR|out of memory:/ && end == "" {
    end = $0
    sub(/.*FATAL ERROR: */, "", end)
    sub(/ - JavaScript heap.*| Allocation failed.*/, "", end)
    gsub(/ /, "-", end)
}
END {
    # usable bytes are a little less than a power of two
    for (capacity = 1048576; capacity < semispace; capacity *= 2) {
    }
    died = end != ""
    printf "scavenges %d\nmajors %d\ncopied %d\npromoted %d\npromoted-in-majors %d\n", scavenges, majors, copies, promotions,
        promotions_major
    printf "live %d\ncommitted %d\n", collections ? lives / collections : 0, collections ? commits / collections : 0
    printf "semispace %d\nend %s\n", capacity, died ? end : "completed"
    if (died)
        printf "live-at-end %d\n", last
}
