/*
 * apply.c - what each event does to the heap.
 *
 * Applying an event is a step machine, since one "alloc" can scavenge, mark, sweep
 * and compact: run.stage says how far it is. Names are resolved before a collection
 * and again after one, since it may have taken what they named.
 */
#include "run/internal.h"

#include "gc/allocate.h"
#include "gc/barrier.h"
#include "gc/incremental.h"
#include "gc/policy.h"
#include "heap/ids.h"
#include "heap/objects.h"
#include "heap/roots.h"
#include "heap/sites.h"

#include <inttypes.h>

/*
 * FINISHING: the pause that finishes an incremental cycle, before the event; AGAIN: a second collection, or a job of
 * marking, is to follow, or does; AFTER: the event is done, and what it has made due between events follows.
 */
enum stage { BEGIN, FINISHING, COLLECTING, AGAIN, AFTER };

/* Instead of a field's number: where the holder of an alloc stands, which is looked for only when there is an error. */
enum { FIELD_HOLDER = 0 };

static enum apply_result no_memory(struct error *error)
{
    error_memory(error);
    return APPLY_FAILED;
}

const char *quote_name(const struct run *run, uint32_t name, struct text_quoted *quoted)
{
    char digits[NAME_DIGITS];
    size_t len;
    const char *text = names_text(&run->names, name, digits, &len);
    return text_quote(quoted, text, len);
}

unsigned holder_field(const struct trace_event *ev)
{
    for (unsigned field = 3; field <= 4; field++) {
        const char *word = ev->source + trace_column(ev, field, 0) - 1, *end = ev->source + ev->source_len;
        if (end - word > 2 && memcmp(word, "in", 2) == 0 && (word[2] == ' ' || word[2] == '\t'))
            return field + 1;
    }
    return 1; /* there is no "in": not reached for an event with EVENT_IN */
}

static unsigned field_of(const struct trace_event *ev, unsigned field)
{
    return field == FIELD_HOLDER ? holder_field(ev) : field;
}

/* Why a name names nothing. */
static __attribute__((noinline, cold)) void explain_unknown(struct run *run, const struct trace_event *ev,
                                                            uint32_t name, unsigned field, struct error *error)
{
    struct text_quoted quoted;
    const char *text = quote_name(run, name, &quoted);
    field = field_of(ev, field);
    const struct dead_name *dead = heap_find_dead(&run->current->heap, name);
    if (dead)
        fail_at(ev, field, error,
                "object \"%s\" has been collected: collection %" PRIu32 ", at event %" PRIu64
                ", took it, for it was unreachable then",
                text, dead->collection, heap_collection_event(&run->current->heap, dead->collection));
    else if (run->current->heap.dead_name_count > DEAD_NAMES)
        fail_at(ev, field, error, "unknown object \"%s\": never allocated, or collected long ago", text);
    else
        fail_at(ev, field, error, "unknown object \"%s\": never allocated", text);
}

/*
 * The object that a name names. NONE after filling error: never seen, or collected (by which collection,
 * at which event). field says where the name stands.
 */
static inline uint32_t resolve(struct run *run, const struct trace_event *ev, uint32_t name, unsigned field,
                               struct error *error)
{
    uint32_t object = ids_find(&run->current->heap, name);
    if (__builtin_expect(object == NONE, 0)) {
        explain_unknown(run, ev, name, field, error);
        return NONE;
    }
    object_named(&run->current->heap.objects.data[object]);
    return object;
}

/* Goes on with the collection that runs. APPLY_DONE when it is over. */
static enum apply_result collect(struct run *run, uint64_t *budget, struct error *error)
{
    switch (gc_step(&run->current->heap, budget)) {
    case GC_DONE: return run->current->heap.out_of_memory ? APPLY_OOM : APPLY_DONE;
    case GC_MORE: return APPLY_MORE;
    case GC_FAILED: break;
    }
    return no_memory(error);
}

/* ---- alloc ---- */

/* SRC of a store must be able to hold pointers. */
static bool holds_pointers(struct run *run, const struct trace_event *ev, uint32_t object, unsigned field,
                           struct error *error)
{
    const struct object *o = &run->current->heap.objects.data[object];
    if (__builtin_expect(object_pointers(o), 1))
        return true;
    struct text_quoted quoted;
    fail_at(ev, field_of(ev, field), error, "\"%s\" is of kind %s, which holds no pointers",
            quote_name(run, o->name, &quoted), object_kind_word(object_kind(o)));
    return false;
}

/*
 * Checks what must hold before the object is made: what the ID named until now (*named, or NONE) has no handle, the
 * holder (NONE: no "in") can hold pointers.
 */
static inline enum apply_result check_alloc(struct run *run, const struct trace_event *ev, uint32_t *holder,
                                            uint32_t *named, struct error *error)
{
    struct heap *h = &run->current->heap;
    if (ev->flags & EVENT_IN) {
        *holder = resolve(run, ev, ev->b, FIELD_HOLDER, error);
        if (*holder == NONE || !holds_pointers(run, ev, *holder, FIELD_HOLDER, error))
            return APPLY_FAILED;
    }
    *named = ids_find(h, ev->a);
    if (*named != NONE && h->objects.data[*named].handle != NONE) {
        struct text_quoted quoted;
        return fail_at(ev, 1, error, "object \"%s\" still has a handle: release it before its ID is used again",
                       quote_name(run, ev->a, &quoted));
    }
    return APPLY_DONE;
}

/* Binds the ID to the new object; what it named until now (or NONE) lives on, unnamed. */
static inline int bind(struct heap *h, uint32_t name, uint32_t named, uint32_t object)
{
    if (__builtin_expect(named != NONE, 0)) {
        h->objects.data[named].name = NAME_NONE;
        h->objects.data[object].name = name;
        ids_rebind(h, name, named, object);
        return 0;
    }
    if (ids_reserve(h))
        return -1;
    h->objects.data[object].name = name;
    ids_insert(h, name, object);
    return 0;
}

/* Names the object that has been made, and roots it or stores it. */
static inline enum apply_result finish_alloc(struct run *run, const struct trace_event *ev, uint32_t object,
                                             uint32_t holder, uint32_t named, struct error *error)
{
    struct heap *h = &run->current->heap;
    if (bind(h, ev->a, named, object))
        return no_memory(error);
    sites_label(h, object);
    tell(h, ALLOC, object, object_bytes(&h->objects.data[object]), ev->kind, object_space(&h->objects.data[object]),
         h->objects.data[object].page, (uint64_t)h->objects.data[object].offset * UNIT);
    if (object_color(&h->objects.data[object]) == COLOR_BLACK) /* marking_allocated_old */
        tell(h, MARK, object, object_space(&h->objects.data[object]), object_bytes(&h->objects.data[object]),
             COLOR_BLACK);
    if (ev->flags & EVENT_IN) {
        uint32_t key = ev->flags & EVENT_SLOT ? ev->slot : SLOT_ANONYMOUS;
        return store_slot(h, holder, key, object, false) ? no_memory(error) : APPLY_DONE;
    }
    if (roots_reserve(h))
        return no_memory(error);
    roots_add(h, object);
    return APPLY_DONE;
}

/* The object needs a collection, or is no ordinary young one: goes on with the step machine of allocation. */
static enum apply_result alloc_slowly(struct run *run, const struct trace_event *ev, uint64_t *budget,
                                      struct error *error)
{
    struct heap *h = &run->current->heap;
    switch (allocate_step(h, budget)) {
    case ALLOCATE_DONE: break;
    case ALLOCATE_MORE: return APPLY_MORE;
    case ALLOCATE_OOM: return APPLY_OOM;
    case ALLOCATE_FAILED: return no_memory(error);
    }
    /* A collection may have taken the holder, and what the ID named. */
    uint32_t holder = NONE;
    if (ev->flags & EVENT_IN && (holder = resolve(run, ev, ev->b, FIELD_HOLDER, error)) == NONE)
        return APPLY_FAILED;
    return finish_alloc(run, ev, h->allocation.object, holder, ids_find(h, ev->a), error);
}

static enum apply_result apply_alloc(struct run *run, const struct trace_event *ev, uint64_t *budget,
                                     struct error *error)
{
    if (run->stage != BEGIN)
        return alloc_slowly(run, ev, budget, error);
    uint32_t holder = NONE, named;
    if (check_alloc(run, ev, &holder, &named, error) != APPLY_DONE)
        return APPLY_FAILED;
    if (sites_enter(&run->current->heap, ev->site) || allocate_reserve(&run->current->heap))
        return no_memory(error);
    uint32_t units, object = allocate_fast(&run->current->heap, ev->kind, ev->number, &units);
    if (object != NONE) {
        allocate_count_young(&run->current->heap, 1, units);
        return finish_alloc(run, ev, object, holder, named, error);
    }
    allocate_begin(&run->current->heap, ev->kind, ev->number);
    run->stage = COLLECTING;
    return alloc_slowly(run, ev, budget, error);
}

/* ---- stores ---- */

static enum apply_result apply_ref(struct run *run, const struct trace_event *ev, struct error *error)
{
    uint32_t src = resolve(run, ev, ev->a, 1, error);
    if (src == NONE || !holds_pointers(run, ev, src, 1, error))
        return APPLY_FAILED;
    uint32_t dst = resolve(run, ev, ev->b, 2, error);
    if (dst == NONE)
        return APPLY_FAILED;
    uint32_t key = ev->flags & EVENT_SLOT ? ev->slot : SLOT_ANONYMOUS;
    return store_slot(&run->current->heap, src, key, dst, ev->op == TRACE_WEAK) ? no_memory(error) : APPLY_DONE;
}

static enum apply_result apply_unref(struct run *run, const struct trace_event *ev, struct error *error)
{
    struct text_quoted quoted, other;
    uint32_t src = resolve(run, ev, ev->a, 1, error);
    if (src == NONE)
        return APPLY_FAILED;
    enum store_result result;
    if (ev->flags & EVENT_SLOT) {
        result = clear_slot(&run->current->heap, src, ev->slot);
        if (result == STORE_MISSING)
            return fail_at(ev, 1, error, "\"%s\" has no such slot: nothing was ever stored there",
                           quote_name(run, ev->a, &quoted));
    } else {
        uint32_t dst = resolve(run, ev, ev->b, 2, error);
        if (dst == NONE)
            return APPLY_FAILED;
        result = clear_target(&run->current->heap, src, dst);
        if (result == STORE_MISSING)
            return fail_at(ev, 2, error, "no slot of \"%s\" points to \"%s\"", quote_name(run, ev->a, &quoted),
                           quote_name(run, ev->b, &other));
    }
    return result == STORE_FAILED ? no_memory(error) : APPLY_DONE;
}

/* MAP of an entry must be a weak collection. */
static uint32_t resolve_collection(struct run *run, const struct trace_event *ev, struct error *error)
{
    uint32_t map = resolve(run, ev, ev->a, 1, error);
    if (map == NONE)
        return NONE;
    const struct object *o = &run->current->heap.objects.data[map];
    if (object_ephemeron_table(o))
        return map;
    struct text_quoted quoted;
    fail_at(ev, 1, error, "\"%s\" is of kind %s, expected weakmap or weakset", quote_name(run, ev->a, &quoted),
            object_kind_word(object_kind(o)));
    return NONE;
}

static enum apply_result apply_entry(struct run *run, const struct trace_event *ev, struct error *error)
{
    uint32_t map = resolve_collection(run, ev, error), value = NONE;
    if (map == NONE)
        return APPLY_FAILED;
    if (ev->flags & EVENT_VALUE && object_kind(&run->current->heap.objects.data[map]) == KIND_WEAKSET) {
        struct text_quoted quoted;
        return fail_at(ev, 3, error, "\"%s\" is a weakset: its entries have no value", quote_name(run, ev->a, &quoted));
    }
    uint32_t key = resolve(run, ev, ev->b, 2, error);
    if (key == NONE)
        return APPLY_FAILED;
    if (ev->flags & EVENT_VALUE && (value = resolve(run, ev, ev->c, 3, error)) == NONE)
        return APPLY_FAILED;
    return store_entry(&run->current->heap, map, key, value) ? no_memory(error) : APPLY_DONE;
}

static enum apply_result apply_unentry(struct run *run, const struct trace_event *ev, struct error *error)
{
    uint32_t map = resolve_collection(run, ev, error);
    if (map == NONE)
        return APPLY_FAILED;
    uint32_t key = resolve(run, ev, ev->b, 2, error);
    if (key == NONE)
        return APPLY_FAILED;
    if (clear_entry(&run->current->heap, map, key) == STORE_DONE)
        return APPLY_DONE;
    struct text_quoted quoted, other;
    return fail_at(ev, 2, error, "\"%s\" has no entry for \"%s\"", quote_name(run, ev->a, &quoted),
                   quote_name(run, ev->b, &other));
}

/* ---- roots ---- */

static enum apply_result apply_root(struct run *run, const struct trace_event *ev, struct error *error)
{
    uint32_t object = resolve(run, ev, ev->a, 1, error);
    if (object == NONE)
        return APPLY_FAILED;
    if (roots_reserve(&run->current->heap))
        return no_memory(error);
    roots_add(&run->current->heap, object);
    return APPLY_DONE;
}

static enum apply_result apply_release(struct run *run, const struct trace_event *ev, struct error *error)
{
    uint32_t object = resolve(run, ev, ev->a, 1, error);
    if (object == NONE)
        return APPLY_FAILED;
    if (__builtin_expect(run->current->heap.objects.data[object].handle == NONE, 0)) {
        struct text_quoted quoted;
        return fail_at(ev, 1, error, "no scope holds \"%s\": there is nothing to release",
                       quote_name(run, ev->a, &quoted));
    }
    roots_drop(&run->current->heap, object);
    return APPLY_DONE;
}

static enum apply_result apply_leave(struct run *run, const struct trace_event *ev, struct error *error)
{
    if (roots_depth(&run->current->heap) == 0)
        return fail_at(ev, 0, error, "leave without enter: only the global scope is open");
    roots_leave(&run->current->heap);
    return APPLY_DONE;
}

/* ---- off-heap memory, finalizers, use ---- */

static enum apply_result apply_external(struct run *run, const struct trace_event *ev, uint64_t *budget,
                                        struct error *error)
{
    struct heap *h = &run->current->heap;
    uint32_t object = NONE;
    if (run->stage == BEGIN) {
        if ((object = resolve(run, ev, ev->a, 1, error)) == NONE)
            return APPLY_FAILED;
        if (ev->number > object_external(h, object) && object_young(&h->objects.data[object]) &&
            policy_young_external_full(h)) {
            gc_begin(h, COLLECTION_SCAVENGE, REASON_EXTERNAL_PRESSURE, false, false);
            run->stage = COLLECTING;
        }
    }
    if (run->stage != BEGIN) { /* the object is not looked at while a collection runs: it may be dead */
        enum apply_result collected = collect(run, budget, error);
        if (collected != APPLY_DONE || run->stage == AGAIN) /* that was the major which follows, below */
            return collected;
        if ((object = resolve(run, ev, ev->a, 1, error)) == NONE)
            return APPLY_FAILED;
    }
    bool grows = ev->number > object_external(h, object);
    if (store_external(h, object, ev->number))
        return no_memory(error);
    if (grows && !policy_external_major(h)) {
        marking_external(h);
        return APPLY_DONE;
    }
    if (!grows)
        return APPLY_DONE;
    gc_begin(h, COLLECTION_MARK_SWEEP, REASON_EXTERNAL_PRESSURE, false, false);
    run->stage = AGAIN;
    return collect(run, budget, error);
}

static enum apply_result apply_finalize(struct run *run, const struct trace_event *ev, struct error *error)
{
    struct heap *h = &run->current->heap;
    uint32_t object = resolve(run, ev, ev->a, 1, error);
    if (object == NONE)
        return APPLY_FAILED;
    struct object *o = &h->objects.data[object];
    if (o->bits & OBJECT_FINALIZE)
        return APPLY_DONE;
    if (vec_push(&h->finalizers, object))
        return no_memory(error);
    o->bits |= OBJECT_FINALIZE;
    return APPLY_DONE;
}

/* Names everything that object reaches strongly. scratch is the list of what has been seen, and the queue. */
static int name_all(struct heap *h, uint32_t object)
{
    h->scratch.len = 0;
    h->objects.data[object].bits |= OBJECT_SEEN;
    int failed = vec_push(&h->scratch, object);
    for (size_t at = 0; at < h->scratch.len && !failed; at++) {
        uint32_t count;
        const struct slot *slots = object_slots(h, h->scratch.data[at], &count);
        for (uint32_t i = 0; i < count && !failed; i++) {
            if (slots[i].target == NONE || (slots[i].key & SLOT_WEAK))
                continue;
            struct object *o = &h->objects.data[slots[i].target];
            if (o->bits & OBJECT_SEEN)
                continue;
            failed = vec_push(&h->scratch, slots[i].target);
            if (!failed)
                o->bits |= OBJECT_SEEN;
        }
    }
    for (size_t i = 0; i < h->scratch.len; i++)
        h->objects.data[h->scratch.data[i]].bits &= ~(OBJECT_SEEN | OBJECT_UNTOUCHED);
    h->scratch.len = 0;
    return failed;
}

static enum apply_result apply_use(struct run *run, const struct trace_event *ev, struct error *error)
{
    uint32_t object = resolve(run, ev, ev->a, 1, error);
    if (object == NONE)
        return APPLY_FAILED;
    return ev->flags & EVENT_DEEP && name_all(&run->current->heap, object) ? no_memory(error) : APPLY_DONE;
}

/* ---- time and forced collections ---- */

/* Lets simulated time pass, as long as it can be counted. */
static enum apply_result let_pass(struct run *run, const struct trace_event *ev, uint64_t ns, struct error *error)
{
    const uint64_t most = UINT64_C(1) << 62; /* 146 years */
    if (ns > most || run->current->heap.counters.work_ns > most - ns)
        return fail_at(ev, 1, error, "simulated time would pass 146 years");
    run->current->heap.counters.work_ns += ns;
    return APPLY_DONE;
}

/* Simulated time passes: the larger of the duration and what the collector used of it. */
static enum apply_result apply_idle(struct run *run, const struct trace_event *ev, uint64_t *budget,
                                    struct error *error)
{
    struct heap *h = &run->current->heap;
    if (run->stage == BEGIN) {
        run->clock_before = h->counters.gc_ns;
        if (policy_idle_scavenge(h))
            gc_begin(h, COLLECTION_SCAVENGE, REASON_TASK, false, false);
        run->stage = COLLECTING;
    }
    if (run->stage == COLLECTING) {
        enum apply_result collected = collect(run, budget, error);
        if (collected != APPLY_DONE)
            return collected;
        uint64_t left = h->counters.gc_ns - run->clock_before;
        marking_idle(h, left < ev->number ? ev->number - left : 0);
        run->stage = AGAIN;
    }
    enum gc_result marked = marking_go(h, budget);
    if (marked != GC_DONE)
        return marked == GC_MORE ? APPLY_MORE : no_memory(error);
    uint64_t used = h->counters.gc_ns - run->clock_before;
    if (used < ev->number)
        return let_pass(run, ev, ev->number - used, error);
    return APPLY_DONE;
}

/* gc start and gc step: no collection. */
static enum apply_result apply_marking(struct run *run, const struct trace_event *ev, struct error *error)
{
    struct heap *h = &run->current->heap;
    if (ev->kind == TRACE_GC_START) {
        if (h->marking.active)
            return fail_at(ev, 1, error, "marking is running already: finish it before the next cycle is started");
        marking_start(h, true);
        return APPLY_DONE;
    }
    if (!h->marking.active)
        return fail_at(ev, 1, error, "no marking is running: \"gc start\" starts it");
    marking_step(h, ev->number);
    return APPLY_DONE;
}

/* Begins the collection of a gc event, which finishes a cycle that is running first. */
static void begin_forced(struct heap *h, enum trace_gc kind)
{
    if (kind == TRACE_GC_MINOR)
        gc_begin(h, COLLECTION_SCAVENGE, REASON_TESTING, true, false);
    else if (kind == TRACE_GC_COMPACT && !h->marking.active)
        gc_begin(h, COLLECTION_MARK_COMPACT, REASON_TESTING, true, true);
    else
        gc_begin(h, COLLECTION_MARK_SWEEP, REASON_TESTING, true, false);
}

static enum apply_result apply_gc(struct run *run, const struct trace_event *ev, uint64_t *budget, struct error *error)
{
    struct heap *h = &run->current->heap;
    enum trace_gc kind = (enum trace_gc)ev->kind;
    if (kind == TRACE_GC_START || kind == TRACE_GC_STEP)
        return apply_marking(run, ev, error);
    if (run->stage == BEGIN) {
        if (kind == TRACE_GC_FINISH && !h->marking.active)
            return fail_at(ev, 1, error, "no marking is running: \"gc start\" starts it");
        /* As V8's gc(): a cycle that runs is finished, and a fresh collection follows. */
        bool again = h->marking.active && (kind == TRACE_GC_MAJOR || kind == TRACE_GC_COMPACT);
        begin_forced(h, kind);
        run->stage = again ? AGAIN : COLLECTING;
    }
    enum apply_result collected = collect(run, budget, error);
    if (collected != APPLY_DONE || run->stage != AGAIN)
        return collected;
    begin_forced(h, kind);
    run->stage = COLLECTING;
    return collect(run, budget, error);
}

static enum apply_result apply(struct run *run, const struct trace_event *ev, uint64_t *budget, struct error *error)
{
    switch ((enum trace_op)ev->op) {
    case TRACE_ALLOC: return apply_alloc(run, ev, budget, error);
    case TRACE_REF:
    case TRACE_WEAK: return apply_ref(run, ev, error);
    case TRACE_UNREF: return apply_unref(run, ev, error);
    case TRACE_ENTRY: return apply_entry(run, ev, error);
    case TRACE_UNENTRY: return apply_unentry(run, ev, error);
    case TRACE_ROOT: return apply_root(run, ev, error);
    case TRACE_RELEASE: return apply_release(run, ev, error);
    case TRACE_ENTER:
        return roots_enter(&run->current->heap, ev->flags & EVENT_NAME ? ev->a : NAME_NONE) ? no_memory(error)
                                                                                            : APPLY_DONE;
    case TRACE_LEAVE: return apply_leave(run, ev, error);
    case TRACE_EXTERNAL: return apply_external(run, ev, budget, error);
    case TRACE_FINALIZE: return apply_finalize(run, ev, error);
    case TRACE_USE: return apply_use(run, ev, error);
    case TRACE_WORK: return let_pass(run, ev, ev->number, error);
    case TRACE_IDLE: return apply_idle(run, ev, budget, error);
    case TRACE_GC: return apply_gc(run, ev, budget, error);
    default: return APPLY_DONE;
    }
}

/*
 * When nothing is grey any more, the next event begins with the pause that finishes the cycle, unless it is one
 * that finishes it itself.
 */
static bool finishes_first(const struct heap *h, const struct trace_event *ev)
{
    bool itself = ev->op == TRACE_GC &&
                  (ev->kind == TRACE_GC_FINISH || ev->kind == TRACE_GC_MAJOR || ev->kind == TRACE_GC_COMPACT);
    return h->marking.active && h->marking.done && !itself;
}

/* The event is done: goes on with what it has made due. */
static enum apply_result after(struct run *run, uint64_t *budget, struct error *error)
{
    run->stage = AFTER;
    switch (marking_after_event(&run->current->heap, budget)) {
    case GC_DONE: return APPLY_DONE;
    case GC_MORE: return APPLY_MORE;
    case GC_FAILED: break;
    }
    return no_memory(error);
}

enum apply_result apply_event(struct run *run, const struct trace_event *ev, uint64_t *budget, struct error *error)
{
    struct heap *h = &run->current->heap;
    enum apply_result result = APPLY_DONE;
    bool satisfied = false;
    if (run->stage == BEGIN) {
        h->event++;
        h->line = ev->line;
        h->counters.events++;
        run->current->counts[ev->op]++;
        if (finishes_first(h, ev)) {
            marking_finish(h, REASON_FINALIZE_MARKING, false);
            run->stage = FINISHING;
        }
    }
    if (run->stage == FINISHING) {
        result = collect(run, budget, error);
        if (result == APPLY_DONE)
            run->stage = BEGIN;
        satisfied = ev->op == TRACE_GC && ev->kind == TRACE_GC_STEP; /* there was nothing left to mark */
    }
    if (result == APPLY_DONE && !satisfied && run->stage != AFTER)
        result = apply(run, ev, budget, error);
    if (result == APPLY_DONE)
        result = after(run, budget, error);
    if (result != APPLY_MORE)
        run->stage = BEGIN;
    return result;
}
