#!/bin/bash
# scale.sh - does anything that a user can make large cost more for each item the more there are?
#
#   tests/scale.sh BUILD [NAME...]     all cases, or those whose names begin so
#
# Each case makes a trace (or keys, or files) of N items, for N = 10^3 to 10^6, and measures processor time and memory of
# one run of the program. For each size it prints what an item costs, in ns and in bytes, and by what factor that is
# more than for a tenth of the items. FACTOR (4) is allowed, since more items miss the caches more; below LEAST (0.1) s
# nothing is judged. A case whose next size would take over LIMIT (60) s stops there. Needs GNU time.
# Exit status 1: something grows.
set -u
BUILD=${1:?usage: tests/scale.sh BUILD [NAME...]}
SELF=$(readlink -f "$0")
PROGRAM=$(readlink -f "$BUILD/heapreel")
shift
WANTED=${*:-}
FACTOR=${FACTOR:-4}
LEAST=${LEAST:-0.1}
LIMIT=${LIMIT:-60}
WORK=$(mktemp -d "${TMPDIR:-/tmp}/scale.XXXXXX")
trap 'rm -rf "$WORK"' EXIT
cd "$WORK" || exit 2
status=0
N=0

# The cases: a function NAME makes t.trace (its standard output) for N items, and may set `run`, the command.
each() { # each LINE...: N rounds of the lines
    printf 'repeat %d as i\n' "$N"
    printf '%s\n' "$@" end
}
node20() { printf '%s\n' 'set profile node20' "$@"; }
keys() { # play with these keys
    printf '%s\n' "$@" > keys
    run=(play --script=keys --size=80x24 t.trace)
}
numbered() { # numbered FORMAT: N lines, each with its number
    awk -v n="$N" -v format="$1\n" 'BEGIN { for (i = 0; i < n; i++) printf format, i, i }'
}

events() { node20; each 'alloc $i 16' 'release $i'; }
lines_plain() { node20; numbered 'alloc %d 16\nrelease %d'; }
comments() { numbered '# %d'; }
blank() { numbered ''; }
titles() { numbered 'title %d'; }
sets() { numbered 'set page-size 1k # %d'; }
live() { node20; each 'alloc $i 16'; }
words() { node20; each 'alloc a$i 16'; }
words_dead() { node20; each 'alloc a$i 16' 'release a$i'; }
words_long() { node20; each "alloc $(printf 'x%.0s' {1..240})\$i 16" "release $(printf 'x%.0s' {1..240})\$i"; }
same_name() { node20; each 'alloc a 16' 'release a'; }
rebound() { node20 'alloc h 16'; each 'alloc a 16 in h'; }
large() { node20 'set max-old-space-size 100G'; each 'alloc $i 200k' 'release $i'; }
kinds() { node20; each 'alloc a$i 16 string' 'alloc b$i 16 code' 'alloc c$i - map'; }
scopes() { node20; each enter; each leave; }
scopes_named() { node20; each 'enter f$i'; each leave; }
scopes_release() { node20; each enter; each 'alloc $i 16' 'release $i'; }
scopes_alloc() { node20; each enter 'alloc $i 16'; each leave; }
scopes_gc() { node20; printf 'repeat %d\nenter\nend\n' "$N"; each 'alloc $i 64k' 'release $i'; }
handles() { node20 'alloc a 16'; each 'root a'; each 'release a'; }
handles_old() { node20; each 'alloc $i 16'; each 'release $i'; }
roots_held() { node20; each 'alloc $i 16'; each 'root $i' 'release $i'; }
slots_numbered() { node20 'alloc a 16' 'alloc b 16'; each 'ref a.$i b'; each 'unref a.$i'; }
slots_named() { node20 'alloc a 16' 'alloc b 16'; each 'ref a.f$i b'; each 'unref a.f$i'; }
slots_anonymous() { node20 'alloc a 16' 'alloc b 16'; each 'ref a b'; each 'unref a b'; }
slots_targets() { node20 'alloc a 16'; each 'alloc $i 16' 'ref a $i'; each 'unref a $i'; }
slots_back() { node20 'alloc a 16'; each 'alloc $i 16' 'ref a.x$i $i' 'ref $i.up a'; each 'unref a.x$i'; }
slot_overwritten() { node20 'alloc a 16' 'alloc b 16'; each 'ref a.x b'; }
slot_names() { node20 'alloc b 16'; each 'alloc $i 16' 'ref $i.f$i b' 'release $i'; }
weak_slots() { node20 'alloc a 16'; each 'alloc $i 16' 'weak a.$i $i' 'release $i'; echo gc; }
weak_holders() { node20; each 'alloc $i 16' 'weak $i.x $i'; printf 'gc\ngc\n'; }
entries() { node20 'alloc m 16 weakmap'; each 'alloc $i 16' 'entry m $i $i'; each 'unentry m $i'; }
entries_dead() { node20 'alloc m 16 weakmap'; each 'alloc $i 16' 'entry m $i $i' 'release $i'; printf 'gc\ngc\n'; }
entries_one_key() { node20 'alloc k 16'; each 'alloc $i 16 weakmap' 'entry $i k k'; printf 'gc\ngc\n'; }
entries_chain() { node20 'alloc m 16 weakmap' 'alloc 0 16'; each 'alloc ${i+1} 16' 'entry m $i ${i+1}' 'release ${i+1}'; printf 'gc\ngc\n'; }
entries_chain_back() { node20 'alloc m 16 weakmap'; each 'alloc $i 16'; each "entry m \${i+1} \$i" | sed "s/^repeat .*/repeat $((N - 1)) as i/"; each 'release $i' | sed "s/^repeat .*/repeat $((N - 1)) as i/"; printf 'gc\ngc\n'; }
entries_chain_minor() { entries_chain | sed 's/^gc$/gc minor/'; }
lists() { node20 'alloc 0 16'; each 'alloc ${i+1} 16 in $i.next'; printf 'gc\ngc\n'; }
lists_dead() { node20 'alloc 0 16'; each 'alloc ${i+1} 16 in $i.next'; printf 'release 0\ngc\ngc\n'; }
queue() { node20 'alloc q 16' 'alloc 0 16 in q.head' 'ref q.tail 0'; each 'alloc ${i+1} 16 in $i.next' 'ref q.tail ${i+1}' 'ref q.head ${i+1}'; }
finalizers() { node20; each 'alloc $i 16' 'finalize $i' 'release $i'; printf 'gc\ngc\n'; }
finalizers_live() { node20 'set min-semi-space-size 1M' 'set max-semi-space-size 1M'; each 'alloc $i 16' 'finalize $i'; }
externals() { node20; each 'alloc $i 16 buffer' 'external $i 100' 'release $i'; }
external_one() { node20 'alloc a 16 buffer'; each 'external a $i'; }
sites() { node20; each 'alloc $i 16 @s$i' 'release $i'; }
sites_json() { sites; run=(run --quiet --json=/dev/null t.trace); }
sites_leaking() { node20; each 'alloc $i 16 @s$i'; printf 'gc\ngc\ngc\n'; }
site_one() { node20; each 'alloc $i 16 @s' 'release $i'; }
sites_scopes() { node20; each 'enter s$i' 'alloc $i 16' leave; }
use_one() { node20 'alloc a 16'; each 'use a'; }
use_deep() { node20 'alloc 0 16'; each 'alloc ${i+1} 16 in $i.next'; echo use 0 deep; }
work() { node20; each 'work 1ns' 'idle 1ns'; }
minors() { node20 'alloc a 16'; each 'gc minor'; }
minors_classroom() { each 'alloc $i 64' 'release $i' 'gc minor'; }
minors_json() { each 'gc minor'; run=(run --quiet --json=/dev/null t.trace); }
minors_log() { each 'gc minor'; run=(run --quiet --trace-gc --trace-gc-verbose t.trace); }
minors_kept() { each 'gc minor'; run=(run --quiet --max-collections=1000000 --json=/dev/null t.trace); }
majors() { each 'alloc $i 64' 'release $i' gc; }
majors_compact() { each 'alloc $i 64' 'release $i' 'gc compact'; }
marking_steps() { node20 'alloc 0 16'; each 'alloc ${i+1} 16 in $i.next'; echo gc start; each 'gc step 16'; }
marking_cycles() { each 'gc start' 'gc finish'; }
remembered() { node20; each 'alloc $i 16'; printf 'gc\ngc\nalloc y 16\n'; each 'ref $i.x y'; printf 'gc minor\ngc minor\n'; }
remembered_one() { node20 'alloc a 16' 'gc' 'gc'; each 'alloc $i 16 in a.$i'; }
expect_live() { node20 'alloc a 16'; each 'expect live a'; }
expect_dead_far() { node20; printf 'repeat 60000 as i\nalloc $i 16\nrelease $i\nend\ngc\ngc\n'; each 'expect dead 1'; }
expect_garbage() { node20; each 'alloc ${i+1} 16'; printf 'alloc a 16\nrelease a\n'; each 'expect garbage a'; }
expect_age() { node20 'alloc a 16'; each 'expect age a 0' 'expect space a new' 'expect color a white'; }
expect_retained() { node20 'alloc a 16'; each 'expect retained a 16'; }
expect_leak() { node20; each 'alloc $i 16 @s'; printf 'gc\ngc\n'; each 'expect leak s none'; }
expect_leak_sites() { node20; each 'alloc $i 16 @s$i'; printf 'gc\ngc\n'; (N=$((N < 60000 ? N : 60000)); each 'expect leak s$i none'); }
expect_objects() { node20; each 'alloc $i 16'; each 'expect objects.live > 0'; }
expect_survival() { node20; each 'alloc $i 16'; each 'expect survival.0 > 0'; }
expect_space() { node20; each 'alloc $i 16'; echo gc; each 'expect spaces.old.used > 0' 'expect spaces.old.fragmentation >= 0' 'expect memoryUsage.heapUsed > 0'; }
expect_pauses() { each 'gc minor'; each 'expect pauses.minor.p95_ns >= 0'; }
expect_pauses_all() { each 'gc minor' 'expect pauses.all.p50_ns >= 0'; }
expect_mmu() { each 'gc minor'; each 'expect mmu.0.utilization >= 0'; }
expect_peak() { node20; each 'alloc $i 16'; each 'expect peak.heapUsed > 0'; }
expect_failing() { node20 'alloc a 16'; each 'expect dead a'; run=(run --quiet t.trace); }
expect_json() { node20 'alloc a 16'; each 'expect live a'; run=(run --quiet --json=/dev/null t.trace); }
workers() { each 'worker w$i' 'alloc a 16'; }
workers_totals() { each 'worker w$i' 'alloc a 16'; each 'expect totals.objects.live > 0'; }
workers_switch() { each 'worker a' 'alloc $i 16' 'release $i' 'worker b' 'alloc $i 16' 'release $i'; }
workers_repeats() { printf 'repeat 1000 as i\nworker w$i\nalloc a 16\nend\n'; numbered 'repeat 1 # %d\nend'; }
workers_expect() { printf 'repeat 1000 as i\nworker w$i\nalloc a 16\nend\n'; each 'expect totals.objects.live > 0'; }
workers_pauses() { printf 'repeat 1000 as i\nworker w$i\nalloc a 16\ngc\nend\n'; each 'expect totals.pauses.all.p50_ns >= 0'; }
workers_json() { each 'worker w$i' 'alloc a 16'; run=(run --quiet --json=/dev/null t.trace); }
repeats() { node20; numbered 'repeat 1\nalloc %d 16\nrelease %d\nend'; }
repeats_nested() { awk -v n="$N" 'BEGIN { for (i = 0; i < n; i++) print "repeat 1"; print "alloc a 16"; for (i = 0; i < n; i++) print "end" }'; }
repeats_body() { node20; echo repeat 2; numbered 'alloc %d 16\nrelease %d'; echo end; }
oom() { each 'alloc $i 4096 array'; echo expect oom; }
json() { node20; each 'alloc $i 16'; run=(run --quiet --json=/dev/null t.trace); }
events_out() { node20; each 'alloc $i 16' 'release $i'; run=(run --quiet --events=/dev/null t.trace); }
heap_out() { node20; each 'alloc $i 16' 'ref $i.x $i'; run=(run --quiet --heap=/dev/null t.trace); }
heap_out_slots() { node20 'alloc a 16' 'alloc m 16 weakmap'; each 'alloc $i 16' 'ref a.f$i $i' 'entry m $i a'; run=(run --quiet --heap=/dev/null t.trace); }
hash_out() { node20; each 'alloc $i 16' 'ref $i.x $i'; run=(run --quiet --hash t.trace); }
verify() { node20; each 'alloc $i 16' 'ref $i.x $i'; run=(run --quiet --verify t.trace); }
verify_slots() { node20 'alloc a 16' 'alloc m 16 weakmap'; each 'alloc $i 16' 'ref a.f$i $i' 'entry m $i a'; echo gc; run=(run --quiet --verify t.trace); }
verify_chain() { entries_chain; run=(run --quiet --verify t.trace); }
strict_live() { node20; each 'alloc $i 16' 'ref $i.x $i'; run=(check --strict t.trace); }
strict_list() { node20 'alloc 0 16'; each 'alloc ${i+1} 16 in $i.next' 'use ${i+1}'; each 'use $i'; run=(check --strict t.trace); }
strict_queue() { queue; run=(check --strict t.trace); }
strict_star() { node20 'alloc h 16'; each 'alloc $i 16 in h.$i'; each 'use $i' 'unref h.$i'; run=(check --strict t.trace); }
strict_shared() { node20 'alloc h 16' 'alloc k 16'; each 'alloc $i 16 in h.$i' 'ref k.$i $i'; each 'unref h.$i' 'use $i'; run=(check --strict t.trace); }
strict_hub() { node20 'alloc h 16' 'alloc o 16 in h.o'; each 'alloc $i 16 in h.$i' 'ref $i.o o' 'ref o.$i $i'; echo unref h.o; each 'use o' 'unref h.$i'; run=(check --strict t.trace); }
strict_doubly() { node20 'alloc q 16' 'alloc 0 16 in q.head'; each 'alloc ${i+1} 16 in $i.next' 'ref ${i+1}.prev $i'; each 'ref q.head ${i+1}' 'unref $i.next' 'unref ${i+1}.prev'; run=(check --strict t.trace); }
strict_far() { node20 'alloc q 16' 'alloc 0 16 in q.head'; each 'alloc ${i+1} 16 in $i.next'; each "use $N" 'ref q.head ${i+1}'; run=(check --strict t.trace); }
strict_entries() { node20 'alloc m 16 weakmap'; each 'alloc $i 16' 'alloc v$i 16' 'entry m $i v$i' 'release v$i'; each 'use v$i' 'unentry m $i'; run=(check --strict t.trace); }
strict_rewritten() { node20 'alloc a 16' 'alloc b 16 in a.y' 'alloc c 16 in a.z'; each 'ref a.x b' 'ref a.x c'; run=(check --strict t.trace); }
strict_churn() { node20 'alloc h 16'; each 'alloc x$i 16 in h.x' 'use x$i'; run=(check --strict t.trace); }
strict_scopes() { node20; each enter 'alloc $i 16' 'alloc b$i 16 in $i.x' 'use b$i' leave; run=(check --strict t.trace); }
compare() { events; run=(compare --with=profile=node6 t.trace); }
compare_columns() { echo alloc a 16; run=(compare); for ((i = 0; i < N; i++)); do run+=(--with=page-size=2k); done; run+=(t.trace); }
sweep_runs() { echo alloc a 16; run=(sweep --jobs=1 "--vary=external-limit=1..$N+1" t.trace); }
directory() { mkdir -p d; for ((i = 0; i < N; i++)); do echo alloc a 16 > d/$i.trace; done; run=(check d); }
directories() { rm -rf d; mkdir d; for ((i = 0; i < N; i++)); do mkdir d/$i; ln -s ../$((i + 1)) d/$i/l; done; echo alloc a 16 > d/0/a.trace; run=(check d); }
arguments() { echo alloc a 16; run=(check); for ((i = 0; i < N; i++)); do run+=(t.trace); done; }
gen_flat() { :; run=(gen --objects=$N --output=/dev/null); }
gen_list() { :; run=(gen --objects=$N --graph=list --output=/dev/null); }
gen_tree() { :; run=(gen --objects=$N --graph=tree --output=/dev/null); }
gen_star() { :; run=(gen --objects=$N --graph=star --output=/dev/null); }
gen_random() { :; run=(gen --objects=$N --graph=random --refs=3 --output=/dev/null); }
gen_leaking() { :; run=(gen --objects=$N --leak=100 --graph=random --output=/dev/null); }
gen_sites() { :; run=(gen --objects=100000 --sites=$N --output=/dev/null); }
gen_mixture() { :; local mix; mix=$(awk -v n="$N" 'BEGIN { for (i = 1; i < n; i++) printf "constant:%d,", i; printf "constant:9" }'); run=(gen --objects=100000 "--size=$mix" --output=/dev/null); }
play_events() { node20; each 'alloc $i 16' 'release $i'; keys End Home End; }
play_live() { node20; each 'alloc $i 16'; keys End Home End left left left; }
play_notes() { numbered 'note n%d\nwork %dns'; keys End Home End; }
play_chapters() { numbered 'chapter c%d\nwork %dns'; keys End Home End '[' '[' ']'; }
play_chapters_next() { (N=50000; numbered 'chapter c%d'); for ((i = 0; i < N; i++)); do printf '] '; done > keys; run=(play --script=keys t.trace); }
play_chapters_back() { (N=50000; numbered 'chapter c%d'); { echo End; for ((i = 0; i < N; i++)); do printf '[ '; done; } > keys; run=(play --script=keys t.trace); }
play_asks() { numbered 'ask q%d | a\nwork %dns'; keys End Home End; }
play_failing() { echo alloc a 16; each 'expect dead a'; keys End Home End; }
play_collections() { each 'gc minor'; keys End Home End p p p n; }
play_collections_back() { each 'gc minor'; { echo End; for ((i = 0; i < N; i++)); do printf 'p '; done; } > keys; run=(play --script=keys t.trace); }
play_forward() { each 'alloc $i 16' 'release $i'; for ((i = 0; i < N; i++)); do printf 'right '; done > keys; run=(play --script=keys t.trace); }
play_back() { (N=50000; each 'alloc $i 16' 'release $i'); { echo End; for ((i = 0; i < N; i++)); do printf 'left '; done; } > keys; run=(play --script=keys t.trace); }
play_breaks() { each 'alloc $i 16' 'release $i'; { for ((i = 0; i < N; i++)); do printf ': "break line %d" Enter ' "$i"; done; echo End; } > keys; run=(play --script=keys t.trace); }
play_breaks_events() { each 'alloc $i 16' 'release $i'; { for ((i = 0; i < N; i++)); do printf ': "break event %d" Enter ' $((i * 3000000)); done; echo '}'; } > keys; run=(play --script=keys t.trace); }
play_go() { each 'alloc $i 16' 'release $i'; { for ((i = 0; i < N; i++)); do printf ': "go %d" Enter ' "$i"; done; } > keys; run=(play --script=keys t.trace); }
play_find() { numbered 'chapter c%d\nwork %dns'; keys End '/' '"c1"' Enter '/' '"c2"' Enter; }
play_find_chapter() { numbered 'chapter c%d'; { for ((i = 0; i < 1000; i++)); do printf ': "go c%d" Enter ' $((N - 1 - i % N)); done; } > keys; run=(play --script=keys t.trace); }
play_inspect() { node20; each 'alloc $i 16 in h.$i' | sed '1i alloc h 16'; { echo End; for ((i = 0; i < 100; i++)); do echo ': "inspect h" Enter : "inspect 5" Enter w Esc'; done; } > keys; run=(play --script=keys t.trace); }
play_frames() { node20; each 'alloc $i 16'; { echo End; for ((i = 0; i < 1000; i++)); do echo 'Tab down'; done; } > keys; run=(play --script=keys t.trace); }
play_frames_collections() { each 'gc minor'; { echo End; for ((i = 0; i < 1000; i++)); do echo 'Tab down'; done; } > keys; run=(play --script=keys t.trace); }
play_frames_chapters() { numbered 'chapter c%d'; { echo End; for ((i = 0; i < 1000; i++)); do echo 'Tab down'; done; } > keys; run=(play --script=keys t.trace); }
play_frames_large() { node20 'set max-old-space-size 200G'; each 'alloc $i 150000'; { echo End; for ((i = 0; i < 100; i++)); do echo 'Tab down'; done; } > keys; run=(play --script=keys t.trace); }
play_frames_sites() { node20; each 'alloc $i 16 @s$i'; { echo End; for ((i = 0; i < 1000; i++)); do echo 'Tab down'; done; } > keys; run=(play --script=keys t.trace); }
play_micro() { node20; each 'alloc $i 16'; echo gc; { echo ': "go line 4"' Enter; for ((i = 0; i < 1000; i++)); do echo .; done; } > keys; run=(play --script=keys t.trace); }
play_workers() { each 'worker w$i' 'alloc a 16'; keys End Home End v v v; }
play_workers_switch() { each 'worker a' 'alloc $i 16' 'release $i' 'worker b' 'alloc $i 16' 'release $i'; keys End Home End; }
play_commands() { echo alloc a 16; { for ((i = 0; i < N; i++)); do printf ': "speed %d" Enter ' $((i + 1)); done; } > keys; run=(play --script=keys t.trace); }
play_scopes() { node20; each 'enter s$i' 'alloc $i 16'; { echo End; for ((i = 0; i < 1000; i++)); do echo 'Tab down'; done; } > keys; run=(play --script=keys t.trace); }
play_branch() { each 'alloc $i 16' 'release $i'; { echo End; for ((i = 0; i < N; i++)); do printf ': "alloc b%d 16" Enter : "release b%d" Enter ' "$i" "$i"; done; } > keys; run=(play --script=keys t.trace); }

# How far a case goes, if not to 10^6: what a process can take as arguments, or the program at all.
most() {
    case $1 in
    workers | workers_totals | workers_json | play_workers) echo 1000 ;;
    sweep_runs | compare_columns | repeats_nested) echo 10000 ;;
    directory | directories | arguments | play_breaks | play_commands | play_go | play_forward) echo 100000 ;;
    gen_mixture | play_back | play_breaks_events | play_branch | play_chapters_next | play_chapters_back | play_collections_back) echo 10000 ;;
    *) echo 1000000 ;;
    esac
}

# Runs `run` and prints: exit status, processor time (s), memory (KiB).
measure() {
    local code
    timeout $((LIMIT * 3)) env time -f '%U %S %M' -o cost "$PROGRAM" "${run[@]}" > out 2> err < /dev/null
    code=$?
    tail -n 1 cost | awk -v code=$code '{ print code, $1 + $2, $3 }'
}

printf 'alloc a 16\n' > empty.trace
run=(check empty.trace)
read -r _ _ BASE < <(measure)

measure_case() {
    local name=$1 most code seconds memory last=0 last_n=0 verdict
    most=$(most "$name")
    for N in 1000 10000 100000 1000000; do
        [ "$N" -le "$most" ] || break
        if awk "BEGIN { exit !($last * $N / ($last_n + 1e-9) > $LIMIT && $last > 0) }"; then
            printf '%-24s %8d  not tried: it would take over %d s\n' "$name" "$N" "$LIMIT"
            break
        fi
        run=(check t.trace)
        "$name" > t.trace
        read -r code seconds memory < <(measure)
        awk -v name="$name" -v n="$N" -v s="$seconds" -v m="$memory" -v base="$BASE" -v last="$last" -v last_n="$last_n" \
            -v factor="$FACTOR" -v least="$LEAST" -v code="$code" 'BEGIN {
            bytes = (m - base) * 1024 / n; ns = s * 1e9 / n
            grows = last_n ? ns / ((last > 0.01 ? last : 0.01) * 1e9 / last_n) : 0
            bad = s >= least && grows > factor
            printf "%-24s %8d %8.2f s %9.0f ns %9.0f bytes  x %-5.1f %s%s\n", name, n, s, ns, (bytes > 0 ? bytes : 0), grows,
                (bad ? "GROWS" : ""), (code > 1 ? " status " code : "")
            exit bad }' || status=1
        [ "$code" -le 1 ] || head -n 1 err | cut -c1-120
        last=$seconds
        last_n=$N
    done
}

wanted() {
    local prefix
    [ -n "$WANTED" ] || return 0
    for prefix in $WANTED; do [[ $1 != "$prefix"* ]] || return 0; done
    return 1
}

for name in $(sed -n 's/^\([a-z_0-9]*\)() { .*; }$/\1/p' "$SELF" | grep -v node20); do
    if wanted "$name"; then measure_case "$name"; fi
done
exit $status
