/*
 * fast.c - the three events that traces are made of, when nothing is unusual: no listener, no
 * collection, no error. Whatever is unusual is left, untouched, to apply.c. What is done
 * is the same, by the same inline functions of the heap; only the detours are missing.
 *
 * A batch is gone through twice: first what its names lead to is fetched into the cache, then the lines are applied.
 * What nothing looks at in between (how many objects live, bytes in new space, events) is counted once a batch.
 */
#include "run/internal.h"

#include "gc/allocate.h"
#include "gc/barrier.h"
#include "gc/incremental.h"
#include "heap/ids.h"
#include "heap/roots.h"
#include "heap/sites.h"

/* What a batch has done, to be counted at its end. */
struct tally {
    uint64_t allocs, refs, releases;
    uint64_t units;  /* of the objects allocated */
    uint32_t newest; /* the last object allocated, or 0: record 0 always exists */
    bool no_memory;  /* a store has been done, but the host had no memory left for its barrier */
};

/* An object of the program's, plain, with a fresh ID and a handle. */
static inline bool fast_alloc(struct heap *h, const struct trace_plain *line, struct tally *tally)
{
    /* An allocation that makes a marking step or the sweeper's next page due is left to apply.c. */
    if (h->counters.allocated_bytes + line->numbers[1] + UNIT > h->due_at)
        return false;
    uint32_t name = line->numbers[0];
    size_t buckets = h->ids.len;
    struct id_bucket *bucket = ids_bucket(h, name);
    if (!ids_lacks(h, bucket, name) || ids_reserve(h) || !roots_room(h))
        return false; /* handles move when room is made for one: not before a collection that the object may need */
    if (__builtin_expect(h->ids.len != buckets, 0))
        bucket = ids_bucket(h, name);
    if (sites_enter(h, line->third))
        return false;
    uint32_t units, object = allocate_fast(h, line->kind, line->numbers[1], &units);
    if (object == NONE)
        return false;
    h->objects.data[object].name = name;
    ids_insert_at(h, bucket, name, object);
    h->cold.data[object].site = h->site_run.name;
    roots_add(h, object);
    tally->newest = object;
    tally->units += units;
    tally->allocs++;
    return true;
}

/* The object that a name names: the one at the place that has been looked up, or wherever it is. */
static inline uint32_t object_of(const struct heap *h, uint32_t name, uint32_t likely)
{
    return __builtin_expect(h->objects.data[likely].name == name, 1) ? likely : ids_search(h, name);
}

static inline bool fast_ref(struct heap *h, const struct trace_plain *line, uint32_t likely, struct tally *tally)
{
    uint32_t src = object_of(h, line->numbers[0], likely);
    /* Programs mostly store what they have just made, so that is looked at first. */
    uint32_t dst = tally->newest;
    if (h->objects.data[dst].name != line->numbers[1])
        dst = ids_find(h, line->numbers[1]);
    if (src == NONE || dst == NONE || !(h->objects.data[src].bits & OBJECT_POINTERS))
        return false;
    object_named(&h->objects.data[src]);
    object_named(&h->objects.data[dst]);
    uint32_t position = store_place(h, src, line->third, dst, false);
    if (position == NONE)
        return false;
    tally->refs++;
    tally->no_memory = store_barriers(h, src, position, dst, false) != 0;
    return !tally->no_memory;
}

static inline bool fast_release(struct heap *h, const struct trace_plain *line, uint32_t likely, struct tally *tally)
{
    uint32_t object = object_of(h, line->numbers[0], likely);
    if (object == NONE || h->objects.data[object].handle == NONE)
        return false;
    object_named(&h->objects.data[object]);
    roots_drop(h, object);
    tally->releases++;
    return true;
}

static int count_events(struct run *run, const struct tally *tally)
{
    struct isolate *isolate = run->current;
    run->no_memory |= tally->no_memory;
    uint64_t done = tally->allocs + tally->refs + tally->releases;
    isolate->counts[TRACE_ALLOC] += tally->allocs;
    isolate->counts[TRACE_REF] += tally->refs;
    isolate->counts[TRACE_RELEASE] += tally->releases;
    isolate->heap.event += done;
    isolate->heap.counters.events += done;
    allocate_count_young(&isolate->heap, tally->allocs, tally->units);
    return (int)done;
}

/*
 * Where the objects of the lines are likely to be found, and what they lead to on the way into the cache: three
 * dependent loads for each line, here overlapping those of the other lines. No branch depends on what is read, so
 * that nothing is mispredicted and all of them are under way at once.
 */
static inline void look_up(const struct heap *h, const struct trace_plain *lines, uint32_t *likely, int count)
{
    const uint32_t *places[FAST_LINES];
    for (int i = 0; i < count; i++) {
        places[i] = ids_likely(h, lines[i].numbers[0]);
        __builtin_prefetch(places[i]);
    }
    for (int i = 0; i < count; i++) {
        likely[i] = *places[i];
        __builtin_prefetch(&h->objects.data[likely[i]], 1);
    }
    for (int i = 0; i < count; i++) {
        /* Addresses as numbers: an object without slots or handle, or a guess gone wrong, leads anywhere. */
        const struct object *o = &h->objects.data[likely[i]];
        uintptr_t slots = (uintptr_t)h->arena.data + (uintptr_t)o->slots * sizeof *h->arena.data;
        uintptr_t handle = (uintptr_t)h->handles.data + (uintptr_t)o->handle * sizeof *h->handles.data;
        uintptr_t release = -(uintptr_t)(lines[i].op == TRACE_RELEASE); /* all bits, or none */
        __builtin_prefetch((const void *)(slots ^ ((slots ^ handle) & release)), 1);
    }
}

int fast_lines(struct run *run, const struct trace_plain *lines, int count)
{
    struct tally tally = {0};
    struct heap *h = &run->current->heap;
    uint32_t likely[FAST_LINES];
    look_up(h, lines, likely, count);
    for (int i = 0; i < count; i++) {
        const struct trace_plain *line = &lines[i];
        if (line->op == TRACE_REF) {
            if (!fast_ref(h, line, likely[i], &tally))
                break;
        } else if (line->op == TRACE_ALLOC) {
            if (!fast_alloc(h, line, &tally))
                break;
        } else if (!fast_release(h, line, likely[i], &tally)) {
            break;
        }
    }
    return count_events(run, &tally);
}

/* The event as a plain line, if it is one. */
static inline bool plain_event(const struct trace_event *ev, struct trace_plain *line)
{
    *line = (struct trace_plain){.numbers = {ev->a, ev->b}, .op = ev->op, .kind = ev->kind};
    if (ev->op == TRACE_ALLOC) {
        line->numbers[1] = (uint32_t)ev->number;
        line->third = ev->site;
        return !(ev->flags & EVENT_IN) && ev->number <= UINT32_MAX;
    }
    line->third = ev->flags & EVENT_SLOT ? ev->slot : SLOT_ANONYMOUS;
    return ev->op == TRACE_REF || ev->op == TRACE_RELEASE;
}

int fast_events(struct run *run, const struct trace_event *events, int count)
{
    struct trace_plain lines[FAST_LINES];
    int plain = 0;
    while (plain < count && plain < FAST_LINES && plain_event(&events[plain], &lines[plain]))
        plain++;
    return plain > 0 ? fast_lines(run, lines, plain) : 0;
}
