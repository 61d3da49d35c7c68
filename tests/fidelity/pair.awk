# pair.awk - one program, as JavaScript or as a trace.
# usage: awk -v name=NAME -v era=ERA -v to=js|trace -f pair.awk pairs
# Prints nothing if that Node has not what the program needs.
#
# All that the program holds hangs on the old object g, whose slots are p0, p1 ... by phase. What is made is stored
# at once, so nothing stays in a register that the trace does not know of. The phases:
#   garbage N K          N objects of K fields, each taking the other's place in one slot
#   ring SLOTS N K       N objects of K fields, round and round in an array
#   list N K             a list of N objects of K fields, each new one the head
#   fill ROWS COLUMNS K  ROWS arrays of COLUMNS objects; the same slot for all phases "fill"
#   thin ROWS COLUMNS    all but the first object of each row is forgotten
#   layers N SLOTS       N times SLOTS: four short-lived objects, two that live a thousand rounds, one that lives SLOTS
#   large N LENGTH       N arrays of LENGTH, each taking the other's place
#   largering SLOTS N LENGTH
#   buffers N BYTES      N ArrayBuffers, each taking the other's place
#   bufferring SLOTS N BYTES
#   weakmap N K          a WeakMap of N entries, keys held by a list, values of K fields
#   weakset N K          N objects of K fields that only a WeakSet knows
#   weakrefs TURNS N K   in each turn of the event loop N objects of K fields, of each a WeakRef in an array of 4 N (not
#                        in Node 6, which has none); V8 holds what a WeakRef is made for to the end of the turn
#   gc                   gc()

function object(k) { return 24 + 8 * k }
function elements(n) { return 16 + 8 * n }
function js(line) { if (to == "js") print line }
function tr(line) { if (to == "trace") print line }

# an array of n elements in SLOT of HOLDER, under the names ID and ID_e
function array(id, n, where) {
    tr("alloc " id "_e " elements(n) " array")
    tr("alloc " id " 32 array in " where)
    tr("ref " id ".elements " id "_e")
    tr("release " id "_e")
}

function phase(number, w,    p, k, room) {
    p = "p" number
    if (w[1] == "garbage") {
        js("run(function (n) { for (var i = 0; i < n; i++) g." p " = new C" w[3] "(); }, " w[2] ");")
        tr("repeat " w[2] "\n  alloc t " object(w[3]) " in g." p "\nend")
    } else if (w[1] == "ring") {
        js("run(function (n, m) { var a = g." p " = Array(m); for (var r = 0; r < n; r++) for (var s = 0; s < m; s++)" \
           " a[s] = new C" w[4] "(); }, " int(w[3] / w[2]) ", " w[2] ");")
        array(p, w[2], "g." p)
        tr("repeat " int(w[3] / w[2]) "\n repeat " w[2] " as s\n  alloc t " object(w[4]) " in " p "_e.$s\n end\nend")
    } else if (w[1] == "list") {
        js("run(function (n) { for (var i = 0; i < n; i++) { var o = new C" w[3] "(); o.f0 = g." p "; g." p " = o; } }, " w[2] ");")
        tr("alloc " p "_0 " object(w[3]) " in g." p)
        tr("repeat " w[2] - 1 " as i\n  alloc " p "_${i+1} " object(w[3]) "\n  ref " p "_${i+1}.f0 " p "_$i\n  ref g." p " " \
           p "_${i+1}\n  release " p "_${i+1}\nend")
    } else if (w[1] == "fill") {
        js("run(function (n, m) { var a = g.fill = Array(n); for (var r = 0; r < n; r++) { var b = a[r] = Array(m);" \
           " for (var s = 0; s < m; s++) b[s] = new C" w[4] "(); } }, " w[2] ", " w[3] ");")
        array("fill", w[2], "g.fill")
        tr("repeat " w[2] " as r")
        array("row${r}", w[3], "fill_e.$r")
        tr(" repeat " w[3] " as s\n  alloc t " object(w[4]) " in row${r}_e.$s\n end\nend")
    } else if (w[1] == "thin") {
        js("run(function (n, m) { for (var r = 0; r < n; r++) { var b = g.fill[r]; for (var s = 1; s < m; s++)" \
           " b[s] = null; } }, " w[2] ", " w[3] ");")
        tr("repeat " w[2] " as r\n repeat " w[3] - 1 " as s\n  unref row${r}_e.${s+1}\n end\nend")
    } else if (w[1] == "layers") {
        js("run(function (n, m) { var b = g." p "b = Array(1000), a = g." p " = Array(m); for (var r = 0; r < n; r++)" \
           " for (var s = 0; s < m; s += 1000) for (var t = 0; t < 1000; t++) {" \
           " for (var u = 0; u < 4; u++) g." p "g = new C2(); b[t] = new C3(); b[t].f0 = new C1(); a[s + t] = new C4(); } }, " \
           w[2] ", " w[3] ");")
        array(p "b", 1000, "g." p "b")
        array(p, w[3], "g." p)
        tr("repeat " w[2])
        for (k = 0; k < w[3]; k += 1000)
            tr(" repeat 1000 as t\n  repeat 4\n   alloc t " object(2) " in g." p "g\n  end\n  alloc m " object(3) " in " p "b_e.$t\n" \
               "  alloc t " object(1) " in m.f0\n  alloc t " object(4) " in " p "_e.${t+" k "}\n end")
        tr("end")
    } else if (w[1] == "large") {
        js("run(function (n, m) { for (var i = 0; i < n; i++) g." p " = Array(m); }, " w[2] ", " w[3] ");")
        tr("repeat " w[2])
        array(p, w[3], "g." p)
        tr("end")
    } else if (w[1] == "largering") {
        js("run(function (n, m, l) { var a = g." p " = Array(m); for (var r = 0; r < n; r++) for (var s = 0; s < m; s++)" \
           " a[s] = Array(l); }, " int(w[3] / w[2]) ", " w[2] ", " w[4] ");")
        array(p, w[2], "g." p)
        tr("repeat " int(w[3] / w[2]) "\n repeat " w[2] " as s")
        array("t", w[4], p "_e.$s")
        tr(" end\nend")
    } else if (w[1] == "buffers") {
        js("run(function (n, m) { for (var i = 0; i < n; i++) g." p " = new ArrayBuffer(m); }, " w[2] ", " w[3] ");")
        tr("repeat " w[2] "\n  alloc t " buffer " buffer in g." p "\n  external t " w[3] "\nend")
    } else if (w[1] == "bufferring") {
        js("run(function (n, m, l) { var a = g." p " = Array(m); for (var r = 0; r < n; r++) for (var s = 0; s < m; s++)" \
           " a[s] = new ArrayBuffer(l); }, " int(w[3] / w[2]) ", " w[2] ", " w[4] ");")
        array(p, w[2], "g." p)
        tr("repeat " int(w[3] / w[2]) "\n repeat " w[2] " as s\n  alloc t " buffer " buffer in " p "_e.$s\n  external t " w[4] \
           "\n end\nend")
    } else if (w[1] == "weakmap") {
        js("run(function (n) { g." p "m = new WeakMap(); for (var i = 0; i < n; i++) { var o = new C1(); o.f0 = g." p "; g." p \
           " = o; g." p "m.set(o, new C" w[3] "()); } }, " w[2] ");")
        weak(p, w[2], "weakmap", w[3])
    } else if (w[1] == "weakset") {
        js("run(function (n) { g." p "m = new WeakSet(); for (var i = 0; i < n; i++) g." p "m.add(new C" w[3] "()); }, " w[2] ");")
        weak(p, w[2], "weakset", w[3])
    } else if (w[1] == "weakrefs") {
        js("run(function (n, m) { var a = g." p " = Array(4 * m), turn = 0; setImmediate(function next() {" \
           " for (var i = 0, at = turn % 4 * m; i < m; i++) a[at + i] = new WeakRef(new C" w[4] "());" \
           " if (++turn < n) setImmediate(next); }); }, " w[2] ", " w[3] ");")
        array(p, 4 * w[3], "g." p)
        tr("repeat " w[2] / 4)
        for (k = 0; k < 4; k++) {
            tr(" alloc keep " 40 + 20 * w[3] " array in g.keep")
            for (room = 4; room < w[3]; room *= 2)
                tr(" alloc t " 40 + 20 * room " array in keep.t")
            tr(" repeat " w[3] " as i\n  alloc o " object(w[4]) "\n  alloc r 32 in " p "_e.${i+" k * w[3] "}\n  weak r.target o\n" \
               "  ref keep.$i o\n  release o\n end\n unref g.keep\n idle 1us")
        }
        tr("end")
    } else if (w[1] == "gc") {
        js("gc();")
        tr("gc")
    } else {
        print "pair.awk: what is \"" w[1] "\"?" > "/dev/stderr"
        exit 1
    }
}

# A weak collection that n keys enter. Its table doubles when 1.5 times its entries are more than its room; V8 makes the
# new one in the old generation if it is not small and the one before is old. From Node 20 on a scavenge takes forgotten
# members out, so that the table of a set of these grows no more once scavenges come.
function weak(p, n, kind, k,    room, from, last, most) {
    most = kind == "weakset" && era != "node6" ? 32768 : 1073741824
    tr("alloc " p "m 32 " kind " in g." p "m")
    room = 4
    from = 0
    if (kind == "weakmap")
        tr("alloc " p "_0 " object(1) " in g." p)
    while (from < n) {
        last = from
        while (last < n && (room >= most || last + 1 + int((last + 1) / 2) <= room))
            last++
        tr("alloc t " 40 + 16 * room " " (room < 65536 ? "array" : "code") " in " p "m.table")
        if (last > from) {
            tr("repeat " last - from " as i")
            if (kind == "weakmap") {
                tr("  alloc " p "_${i+" from + 1 "} " object(1) "\n  ref " p "_${i+" from + 1 "}.f0 " p "_${i+" from "}\n  ref g." p " " p \
                   "_${i+" from + 1 "}\n  alloc v " object(k) "\n  entry " p "m " p "_${i+" from + 1 "} v\n  release v\n  release " p \
                   "_${i+" from + 1 "}")
            } else {
                tr("  alloc t " object(k) "\n  entry " p "m t\n  release t")
            }
            tr("end")
        }
        from = last
        room *= 2
    }
}

function head(    k, fields) {
    js("'use strict';")
    for (k = 1; k <= 20; k++) {
        fields = fields (k == 1 ? "this.f0 = null; " : "this.f" k - 1 " = " k - 1 "; ")
        js("function C" k "() { " fields "}")
    }
    js("var g = {};")
    js("function run(f, a, b, c) { f(a, b, c); }")
    js("gc(); gc();")
    tr("heapreel-trace 1")
    tr("title " name)
    tr("set profile " era)
    # What Node itself holds, in small objects, for marking ends its steps with an object; of Node 6 also what survives
    # while it starts, so that new space has grown once.
    base = era == "node6" ? 1880 : era == "node20" ? 2600 : 3800
    buffer = era == "node6" ? 64 : era == "node20" ? 88 : 96
    tr("alloc node 32k array\nrepeat " base " as i\n  alloc t 1k code in node.$i\nend\nalloc g 256")
    if (era == "node6")
        tr("repeat 10 as i\n  alloc start$i 62k string\nend\ngc minor")
    tr("gc\ngc")
}

/^#/ || NF == 0 || $1 != name { next }
{
    sub(/^[^:]*: */, "")
    if (era == "node6" && /weakrefs/)
        exit
    count = split($0, phases, / *; */)
    head()
    for (i = 1; i <= count; i++) {
        split(phases[i], words, " ")
        phase(i, words)
    }
}
