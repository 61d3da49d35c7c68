/*
 * apply.c - what each event does to the heap: a block of events at a time, or one event in micro-steps.
 *
 * Each event has one function, which is compiled twice (apply.h). apply_block applies events quickly, one after
 * another, as long as nothing is unusual and nobody listens; what must be checked for each line is checked once for the
 * block. apply_event handles all others. It is a step machine, since one "alloc" can scavenge, mark, sweep and compact:
 * run.stage is its state. Names are resolved before a collection and again after it, since it may have taken the
 * objects that they named.
 */
#include "run/apply.h"

#include "gc/allocate.h"
#include "gc/barrier.h"
#include "gc/incremental.h"
#include "heap/roots.h"
#include "heap/sites.h"

/* ---- alloc ---- */

/* SRC of a store must be able to hold pointers. */
INLINE bool holds_pointers(const struct act *x, uint32_t object, unsigned field)
{
    const struct object *o = &x->heap->objects.data[object];
    if (__builtin_expect(object_pointers(o), 1))
        return true;
    struct text_quoted quoted;
    if (!x->quick)
        fail_at(x->ev, field == FIELD_HOLDER ? holder_field(x->ev) : field, x->error,
                "\"%s\" is of kind %s, which holds no pointers", quote_name(x->run, o->name, &quoted),
                object_kind_word(object_kind(o)));
    return false;
}

/* The object that an ID names before it is bound to another, or NONE. */
static inline uint32_t named_before(const struct heap *h, const struct id_bucket *bucket, uint32_t name)
{
    return __builtin_expect(ids_absent(bucket, name), 1) ? NONE : ids_search(h, name);
}

/* Binds an ID to the new object; the object that it named before (or NONE) lives on, unnamed. */
static inline int bind(struct heap *h, struct id_bucket *bucket, uint32_t name, uint32_t named, uint32_t object)
{
    h->objects.data[object].name = name;
    if (__builtin_expect(named != NONE, 0)) {
        h->objects.data[named].name = NAME_NONE;
        ids_rebind(h, name, named, object);
        return 0;
    }
    if (__builtin_expect(!ids_room(h), 0)) {
        if (ids_grow(h))
            return -1;
        bucket = ids_bucket(h, name);
    }
    ids_insert_at(h, bucket, name, object);
    return 0;
}

/* Names the object that has been made, and roots it or stores it. */
INLINE enum apply_result finish_alloc(const struct act *x, uint32_t object, uint32_t holder, uint32_t named)
{
    struct heap *h = x->heap;
    const struct trace_event *ev = x->ev;
    if (bind(h, ids_bucket(h, ev->a), ev->a, named, object))
        return no_memory(x);
    sites_label(h, object);
    tell(h, ALLOC, object, object_bytes(&h->objects.data[object]), ev->kind, object_space(&h->objects.data[object]),
         h->objects.data[object].page, (uint64_t)h->objects.data[object].offset * UNIT);
    if (object_color(&h->objects.data[object]) == COLOR_BLACK) /* marking_allocated_old */
        tell(h, MARK, object, object_space(&h->objects.data[object]), object_bytes(&h->objects.data[object]),
             COLOR_BLACK);
    if (ev->flags & EVENT_IN) {
        uint32_t key = ev->flags & EVENT_SLOT ? ev->slot : SLOT_ANONYMOUS;
        return store_slot(h, holder, key, object, false) ? no_memory(x) : APPLY_DONE;
    }
    if (roots_reserve(h))
        return no_memory(x);
    roots_add(h, object);
    return APPLY_DONE;
}

/* The object needs a collection, or is not an ordinary young one: continues the step machine of allocation. */
static enum apply_result alloc_slowly(const struct act *x)
{
    switch (allocate_step(x->heap, x->budget)) {
    case ALLOCATE_DONE: break;
    case ALLOCATE_MORE: return APPLY_MORE;
    case ALLOCATE_OOM: return APPLY_OOM;
    case ALLOCATE_FAILED: return no_memory(x);
    }
    /* A collection may have taken the holder, and the object that the ID named. */
    uint32_t holder = NONE;
    if (x->ev->flags & EVENT_IN && (holder = resolve(x, x->ev->b, x->hint.b, FIELD_HOLDER)) == NONE)
        return APPLY_FAILED;
    return finish_alloc(x, x->heap->allocation.object, holder, ids_find(x->heap, x->ev->a));
}

/*
 * Checks that the object that the ID named has no handle, and that the holder can hold pointers; then allocates. The
 * quick version allocates nothing that would make a marking step or the sweeper's next page due.
 */
INLINE enum apply_result apply_alloc(const struct act *x)
{
    struct heap *h = x->heap;
    const struct trace_event *ev = x->ev;
    uint32_t holder = NONE, units;
    if (x->quick && h->counters.allocated_bytes + ev->number + UNIT > h->due_at)
        return APPLY_LATER;
    if (ev->flags & EVENT_IN) {
        holder = resolve(x, ev->b, x->hint.b, FIELD_HOLDER);
        if (holder == NONE || !holds_pointers(x, holder, FIELD_HOLDER))
            return unresolved(x);
    }
    uint32_t named = named_before(h, ids_bucket(h, ev->a), ev->a);
    struct text_quoted quoted;
    if (named != NONE && h->objects.data[named].handle != NONE)
        return REFUSE(x, 1, "object \"%s\" still has a handle: release it before its ID is used again",
                      quote_name(x->run, ev->a, &quoted));
    if (sites_enter(h, ev->site) || allocate_reserve(h))
        return no_memory(x);
    uint32_t object = allocate_fast(h, ev->kind, ev->number, &units);
    if (object != NONE) {
        allocate_count_young(h, 1, units);
        *x->newest = object;
        return finish_alloc(x, object, holder, named);
    }
    if (x->quick)
        return APPLY_LATER;
    allocate_begin(h, ev->kind, ev->number);
    x->run->stage = COLLECTING;
    return alloc_slowly(x);
}

/* ---- stores ---- */

/* ref, weak */
INLINE enum apply_result apply_ref(const struct act *x)
{
    const struct trace_event *ev = x->ev;
    uint32_t src = resolve(x, ev->a, x->hint.a, 1);
    if (src == NONE || !holds_pointers(x, src, 1))
        return unresolved(x);
    /* Programs mostly store objects that they have just made. */
    bool newest = x->quick && x->heap->objects.data[*x->newest].name == ev->b;
    uint32_t dst = resolve(x, ev->b, newest ? *x->newest : x->hint.b, 2);
    if (dst == NONE)
        return unresolved(x);
    uint32_t key = ev->flags & EVENT_SLOT ? ev->slot : SLOT_ANONYMOUS;
    return store_slot(x->heap, src, key, dst, ev->op == TRACE_WEAK) ? no_memory(x) : APPLY_DONE;
}

INLINE enum apply_result apply_unref(const struct act *x)
{
    const struct trace_event *ev = x->ev;
    struct text_quoted quoted, other;
    uint32_t src = resolve(x, ev->a, x->hint.a, 1);
    if (src == NONE)
        return unresolved(x);
    enum store_result result;
    if (ev->flags & EVENT_SLOT) {
        result = clear_slot(x->heap, src, ev->slot);
        if (result == STORE_MISSING)
            return REFUSE(x, 1, "\"%s\" has no such slot: nothing was ever stored there",
                          quote_name(x->run, ev->a, &quoted));
    } else {
        uint32_t dst = resolve(x, ev->b, x->hint.b, 2);
        if (dst == NONE)
            return unresolved(x);
        result = clear_target(x->heap, src, dst);
        if (result == STORE_MISSING)
            return REFUSE(x, 2, "no slot of \"%s\" points to \"%s\"", quote_name(x->run, ev->a, &quoted),
                          quote_name(x->run, ev->b, &other));
    }
    return result == STORE_FAILED ? no_memory(x) : APPLY_DONE;
}

/* MAP of an entry must be a weak collection. NONE: it is not. */
INLINE uint32_t resolve_collection(const struct act *x)
{
    uint32_t map = resolve(x, x->ev->a, x->hint.a, 1);
    if (map == NONE)
        return NONE;
    const struct object *o = &x->heap->objects.data[map];
    if (object_ephemeron_table(o))
        return map;
    struct text_quoted quoted;
    if (!x->quick)
        fail_at(x->ev, 1, x->error, "\"%s\" is of kind %s, expected weakmap or weakset",
                quote_name(x->run, x->ev->a, &quoted), object_kind_word(object_kind(o)));
    return NONE;
}

INLINE enum apply_result apply_entry(const struct act *x)
{
    const struct trace_event *ev = x->ev;
    uint32_t map = resolve_collection(x), value = NONE;
    if (map == NONE)
        return unresolved(x);
    struct text_quoted quoted;
    if (ev->flags & EVENT_VALUE && object_kind(&x->heap->objects.data[map]) == KIND_WEAKSET)
        return REFUSE(x, 3, "\"%s\" is a weakset: its entries have no value", quote_name(x->run, ev->a, &quoted));
    uint32_t key = resolve(x, ev->b, x->hint.b, 2);
    if (key == NONE || (ev->flags & EVENT_VALUE && (value = resolve(x, ev->c, 0, 3)) == NONE))
        return unresolved(x);
    return store_entry(x->heap, map, key, value) ? no_memory(x) : APPLY_DONE;
}

INLINE enum apply_result apply_unentry(const struct act *x)
{
    const struct trace_event *ev = x->ev;
    uint32_t map = resolve_collection(x);
    uint32_t key = map == NONE ? NONE : resolve(x, ev->b, x->hint.b, 2);
    if (key == NONE)
        return unresolved(x);
    struct text_quoted quoted, other;
    if (clear_entry(x->heap, map, key) == STORE_DONE)
        return APPLY_DONE;
    return REFUSE(x, 2, "\"%s\" has no entry for \"%s\"", quote_name(x->run, ev->a, &quoted),
                  quote_name(x->run, ev->b, &other));
}

/* ---- roots ---- */

INLINE enum apply_result apply_root(const struct act *x)
{
    uint32_t object = resolve(x, x->ev->a, x->hint.a, 1);
    if (object == NONE)
        return unresolved(x);
    if (roots_reserve(x->heap))
        return no_memory(x);
    roots_add(x->heap, object);
    return APPLY_DONE;
}

INLINE enum apply_result apply_release(const struct act *x)
{
    struct text_quoted quoted;
    uint32_t object = resolve(x, x->ev->a, x->hint.a, 1);
    if (object == NONE)
        return unresolved(x);
    if (__builtin_expect(x->heap->objects.data[object].handle == NONE, 0))
        return REFUSE(x, 1, "no scope holds \"%s\": there is nothing to release",
                      quote_name(x->run, x->ev->a, &quoted));
    roots_drop(x->heap, object);
    return APPLY_DONE;
}

INLINE enum apply_result apply_leave(const struct act *x)
{
    if (roots_depth(x->heap) == 0)
        return REFUSE(x, 0, "leave without enter: only the global scope is open");
    roots_leave(x->heap);
    return APPLY_DONE;
}

/* ---- finalizers, use ---- */

INLINE enum apply_result apply_finalize(const struct act *x)
{
    struct heap *h = x->heap;
    uint32_t object = resolve(x, x->ev->a, x->hint.a, 1);
    if (object == NONE)
        return unresolved(x);
    struct object *o = &h->objects.data[object];
    if (o->bits & OBJECT_FINALIZE)
        return APPLY_DONE;
    if (vec_push(&h->finalizers, object))
        return no_memory(x);
    o->bits |= OBJECT_FINALIZE;
    return APPLY_DONE;
}

/* Names everything that object reaches strongly. scratch is the list of objects seen, and the queue. */
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

INLINE enum apply_result apply_use(const struct act *x)
{
    uint32_t object = resolve(x, x->ev->a, x->hint.a, 1);
    if (object == NONE)
        return unresolved(x);
    return x->ev->flags & EVENT_DEEP && name_all(x->heap, object) ? no_memory(x) : APPLY_DONE;
}

/* ---- a block of events ---- */

INLINE enum apply_result apply(const struct act *x)
{
    const struct trace_event *ev = x->ev;
    switch ((enum trace_op)ev->op) {
    case TRACE_ALLOC: return apply_alloc(x);
    case TRACE_REF:
    case TRACE_WEAK: return apply_ref(x);
    case TRACE_UNREF: return apply_unref(x);
    case TRACE_ENTRY: return apply_entry(x);
    case TRACE_UNENTRY: return apply_unentry(x);
    case TRACE_ROOT: return apply_root(x);
    case TRACE_RELEASE: return apply_release(x);
    case TRACE_ENTER:
        return roots_enter(x->heap, ev->flags & EVENT_NAME ? ev->a : NAME_NONE) ? no_memory(x) : APPLY_DONE;
    case TRACE_LEAVE: return apply_leave(x);
    case TRACE_FINALIZE: return apply_finalize(x);
    case TRACE_USE: return apply_use(x);
    default: return APPLY_LATER;
    }
}

int apply_block(struct run *run, const struct trace_event *events, const struct hint *hints, int count,
                struct error *error)
{
    struct heap *h = &run->current->heap;
    enum apply_result result = APPLY_DONE;
    uint32_t newest = 0;
    int done = 0;
    for (; done < count; done++) {
        const struct trace_event *ev = &events[done];
        const struct act act = {
            .run = run, .heap = h, .ev = ev, .hint = hints[done], .quick = true, .newest = &newest, .error = error};
        result = apply(&act);
        if (__builtin_expect(result != APPLY_DONE, 0))
            break;
        run->current->counts[ev->op]++;
    }
    h->event += (uint64_t)done;
    h->counters.events += (uint64_t)done;
    return result == APPLY_FAILED ? -1 : done;
}

/*
 * Prefetches an object's handle if the event changes that, else its slots. For an object without them, or after a wrong
 * guess, the address is arbitrary: it is only a number here. The choice has no branch, since a processor cannot predict
 * what the next line is.
 */
static inline void fetch_content(const struct heap *h, uint32_t object, uint8_t op)
{
    const struct object *o = &h->objects.data[object];
    uintptr_t slots = (uintptr_t)h->arena.data + o->slots * sizeof *h->arena.data;
    uintptr_t handle = (uintptr_t)h->handles.data + o->handle * sizeof *h->handles.data;
    uintptr_t release = -(uintptr_t)(op == TRACE_RELEASE); /* all bits, or none */
    prefetch_write((const void *)(slots ^ ((slots ^ handle) & release)));
}

/*
 * It is three steps from a name to what an event changes: the preferred place in the table of IDs, the record of the
 * object there, and that object's slots or handle. Each is prefetched for the whole block before it is read for the
 * next step, so that nothing waits. No branch depends on what is read, so nothing is mispredicted.
 */
void apply_fetch(const struct run *run, const struct trace_event *events, struct hint *hints, int count)
{
    const struct heap *h = &run->current->heap;
    const uint32_t *places[APPLY_BLOCK][2];
    uint32_t newest = NAME_NONE;
    for (int i = 0; i < count; i++) {
        const struct trace_event *ev = &events[i];
        places[i][0] = places[i][1] = ids_likely(h, ev->a);
        prefetch_read(places[i][0]);
        /* There is no more to fetch without a second name, or for that of the object just made, as in most stores. */
        if (ev->b != NAME_NONE && ev->b != newest) {
            places[i][1] = ids_likely(h, ev->b);
            prefetch_read(places[i][1]);
        }
        newest = ev->op == TRACE_ALLOC ? ev->a : newest;
    }
    for (int i = 0; i < count; i++) {
        hints[i] = (struct hint){*places[i][0], *places[i][1]};
        prefetch_write(&h->objects.data[hints[i].a]);
        prefetch_write(&h->objects.data[hints[i].b]);
    }
    for (int i = 0; i < count; i++) /* an alloc changes the slots of its holder */
        fetch_content(h, events[i].op == TRACE_ALLOC ? hints[i].b : hints[i].a, events[i].op);
}

/* ---- one event ---- */

/* The same as apply, but not quick. */
static enum apply_result apply_slowly(const struct act *x)
{
    switch ((enum trace_op)x->ev->op) {
    case TRACE_ALLOC: return x->run->stage == BEGIN ? apply_alloc(x) : alloc_slowly(x);
    case TRACE_EXTERNAL: return apply_external(x);
    case TRACE_WORK: return let_pass(x, x->ev->number);
    case TRACE_IDLE: return apply_idle(x);
    case TRACE_GC: return apply_gc(x);
    default: return apply(x);
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

/* The event is done: continues with what it has made due. */
static enum apply_result after(const struct act *x)
{
    x->run->stage = AFTER;
    switch (marking_after_event(x->heap, x->budget)) {
    case GC_DONE: return APPLY_DONE;
    case GC_MORE: return APPLY_MORE;
    case GC_FAILED: break;
    }
    return no_memory(x);
}

enum apply_result apply_event(struct run *run, const struct trace_event *ev, uint64_t *budget, struct error *error)
{
    struct heap *h = &run->current->heap;
    uint32_t newest = 0;
    const struct act act = {.run = run,
                            .heap = h,
                            .ev = ev,
                            .hint = {*ids_likely(h, ev->a), *ids_likely(h, ev->b)},
                            .newest = &newest,
                            .budget = budget,
                            .error = error};
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
        result = collect(&act);
        if (result == APPLY_DONE)
            run->stage = BEGIN;
        satisfied = ev->op == TRACE_GC && ev->kind == TRACE_GC_STEP; /* there was nothing left to mark */
    }
    if (result == APPLY_DONE && !satisfied && run->stage != AFTER)
        result = apply_slowly(&act);
    if (result == APPLY_DONE)
        result = after(&act);
    if (result != APPLY_MORE)
        run->stage = BEGIN;
    return result;
}
