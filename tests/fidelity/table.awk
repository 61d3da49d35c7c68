# table.awk - real figures beside simulated ones: ratios, departures, and a total for each era.
# usage: awk -v mode=MODE -v eras=... -v pairs=... -f table.awk floors real simulated

BEGIN {
    counts = "scavenges majors"
    split("scavenges majors copied promoted promoted-in-majors live committed semispace live-at-end end", order)
    # What Node does on its own, compiling for instance, is in its figures; as many bytes as these never count as a departure.
    own["copied"] = own["promoted"] = own["promoted-in-majors"] = 65536
    own["live"] = own["live-at-end"] = 786432
    own["committed"] = 1048576 # a page of Node 6, four of the others
    numberOfEras = split(eras, era)
    numberOfPairs = split(pairs, pair)
}
FILENAME ~ /floors$/ {
    if ($0 !~ /^#/)
        floor[$1] = $2
    next
}
FILENAME ~ /simulated$/ { simulated[$1, $2, $3] = $4; next }
!/^#/ {
    real[$1, $2, $3] = middle()
    hangs[$1, $2, $3] = spread() # on the clock: its own runs are further apart than heapreel may be
}

function middle(    a, b, c, t) {
    if (NF < 6 || $3 == "end")
        return $4
    a = $4 + 0; b = $5 + 0; c = $6 + 0
    if (a > b) { t = a; a = b; b = t }
    if (b > c) { t = b; b = c; c = t }
    return a > b ? a : b
}
function spread(    i, j) {
    for (i = 4; i <= NF; i++)
        for (j = 4; j <= NF; j++)
            if (!near($3, $i, $j))
                return 1
    return 0
}
# Whether b agrees with a, which is the real one: counts within the larger of 1 and 10 %, bytes within 10 %.
function near(figure, a, b,    off, bound) {
    if (figure == "end" || figure == "semispace")
        return a == b
    off = a > b ? a - b : b - a
    bound = a / 10
    if (index(counts, figure) && bound < 1)
        bound = 1
    if (own[figure] > bound)
        bound = own[figure]
    return off <= bound
}
function ratio(a, b) {
    return a == b ? "1.00" : a == 0 ? "-" : sprintf("%.2f", b / a)
}

END {
    failed = 0
    for (e = 1; e <= numberOfEras; e++) {
        printf "%s%s: heapreel / Node (* apart, ~ hangs on V8's clock: not counted)\n", (e == 1 ? "" : "\n"), era[e]
        printf "%-18s %6s %6s %7s %7s %7s %7s %7s %7s %7s  %s\n", "", "scav", "major", "copied", "promot", "in maj", "live",
            "commit", "semi", "at end", "end"
        held = compared = clocked = 0
        apart = ""
        for (p = 1; p <= numberOfPairs; p++) {
            line = sprintf("%-18s", pair[p])
            for (f = 1; f <= 10; f++) {
                a = real[era[e], pair[p], order[f]]
                b = simulated[era[e], pair[p], order[f]]
                if (a == "" && b == "") {
                    line = line sprintf(" %7s", "")
                    continue
                }
                mark = " "
                if (hangs[era[e], pair[p], order[f]]) {
                    mark = "~"
                    clocked++
                } else {
                    compared++
                    if (a != "" && b != "" && near(order[f], a, b)) {
                        held++
                    } else {
                        mark = "*"
                        apart = apart sprintf("  %-18s %-18s Node %s, heapreel %s\n", pair[p], order[f], a == "" ? "-" : a, b == "" ? "-" : b)
                    }
                }
                shown = order[f] == "end" ? " " b : ratio(a, b)
                line = line sprintf(f <= 2 ? " %5s%s" : f == 10 ? "%s%s" : " %6s%s", shown, mark)
            }
            print line
        }
        if (apart != "")
            printf "apart:\n%s", apart
        percent = compared ? 100 * held / compared : 0
        printf "%s: %d of %d figures within the tolerances, %.1f %% (floor %s); %d hang on the clock\n", era[e], held, compared,
            percent, floor[era[e]] == "" ? "none" : floor[era[e]] " %", clocked
        if (mode == "recorded" && int(percent * 10) / 10 < floor[era[e]]) {
            printf "%s: below its floor\n", era[e]
            failed = 1
        }
    }
    exit failed
}
