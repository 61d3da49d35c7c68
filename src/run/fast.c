/*
 * fast.c - the three events that traces are made of, when nothing is unusual: no listener, no
 * collection, no error. Whatever is unusual is left, untouched, to apply.c. What is done
 * is the same, by the same inline functions of the heap; only the detours are missing.
 *
 * What the lines to come will touch is fetched into the cache while earlier ones are applied. What nothing looks at in
 * between (how many objects live, bytes in new space, events) is counted once a batch.
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
    struct id_bucket *bucket = ids_bucket(h, name);
    if (!ids_lacks(h, bucket, name) || !ids_room(h) || !roots_room(h))
        return false; /* handles move when room is made for one: not before a collection that the object may need */
    if (sites_enter(h, line->third))
        return false;
    uint32_t units, object = allocate_fast(h, line->kind, line->numbers[1], &units);
    if (object == NONE)
        return false;
    h->objects.data[object].name = name;
    ids_insert_at(h, bucket, name, object);
    sites_label(h, object);
    roots_add(h, object);
    tally->newest = object;
    tally->units += units;
    tally->allocs++;
    return true;
}

/* The object that a name names: the one at the place that has been looked up, or wherever it is. */
static inline uint32_t object_of(const struct heap *h, uint32_t name, uint32_t likely)
{
    return __builtin_expect(h->objects.data[likely].name == name, 1) ? likely : ids_find(h, name);
}

static inline bool fast_ref(struct heap *h, const struct trace_plain *line, uint32_t likely, struct tally *tally)
{
    uint32_t src = object_of(h, line->numbers[0], likely);
    /* Programs mostly store what they have just made, so that is looked at first. */
    uint32_t dst = tally->newest;
    if (h->objects.data[dst].name != line->numbers[1])
        dst = ids_find(h, line->numbers[1]);
    if (src == NONE || dst == NONE || !object_pointers(&h->objects.data[src]))
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
 * From a name it is three steps to what an event changes: the place in the table of IDs that the name likes, the record of
 * the object there, and that object's slots or handle. Each is fetched a block of lines before it is read for the next
 * step, so that none is waited for. No branch depends on what is read, and nothing is mispredicted.
 */
enum { BLOCK = 64 };

/* Some of the lines of a batch. */
struct part {
    int from, to;
};

/* The block that begins at a line, which may lie before the first line or behind the last of count. */
static inline struct part block(int at, int count)
{
    int end = at + BLOCK;
    return (struct part){at < 0 ? 0 : at, end < count ? end : count};
}

static inline void fetch_places(const struct heap *h, const struct trace_plain *lines, struct part part)
{
    for (int i = part.from; i < part.to; i++)
        prefetch_read(ids_likely(h, lines[i].numbers[0]));
}

/* likely: the objects at those places, which are mostly those that the lines name. */
static inline void fetch_objects(const struct heap *h, const struct trace_plain *lines, uint32_t *likely, struct part part)
{
    for (int i = part.from; i < part.to; i++) {
        likely[i] = *ids_likely(h, lines[i].numbers[0]);
        prefetch_write(&h->objects.data[likely[i]]);
    }
}

/* Addresses as numbers: an object without slots or handle, or a guess gone wrong, leads anywhere. */
static inline void fetch_contents(const struct heap *h, const struct trace_plain *lines, const uint32_t *likely,
                                  struct part part)
{
    for (int i = part.from; i < part.to; i++) {
        const struct object *o = &h->objects.data[likely[i]];
        uintptr_t slots = (uintptr_t)h->arena.data + (uintptr_t)o->slots * sizeof *h->arena.data;
        uintptr_t handle = (uintptr_t)h->handles.data + (uintptr_t)o->handle * sizeof *h->handles.data;
        uintptr_t release = -(uintptr_t)(lines[i].op == TRACE_RELEASE); /* all bits, or none */
        prefetch_write((const void *)(slots ^ ((slots ^ handle) & release)));
    }
}

/* Applies lines until one is unusual: false. */
static inline bool apply(struct heap *h, const struct trace_plain *lines, const uint32_t *likely, struct part part,
                         struct tally *tally)
{
    for (int i = part.from; i < part.to; i++) {
        const struct trace_plain *line = &lines[i];
        if (line->op == TRACE_REF) {
            if (!fast_ref(h, line, likely[i], tally))
                return false;
        } else if (line->op == TRACE_ALLOC) {
            if (!fast_alloc(h, line, tally))
                return false;
        } else if (!fast_release(h, line, likely[i], tally)) {
            return false;
        }
    }
    return true;
}

int fast_lines(struct run *run, const struct trace_plain *lines, int count)
{
    struct tally tally = {0};
    struct heap *h = &run->current->heap;
    uint32_t likely[FAST_LINES];
    bool usual = true;
    for (int at = -3 * BLOCK; at < count && usual; at += BLOCK) {
        fetch_places(h, lines, block(at + 3 * BLOCK, count));
        fetch_objects(h, lines, likely, block(at + 2 * BLOCK, count));
        fetch_contents(h, lines, likely, block(at + BLOCK, count));
        usual = apply(h, lines, likely, block(at, count), &tally);
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
    struct trace_plain lines[FAST_EVENTS];
    int plain = 0;
    while (plain < count && plain < FAST_EVENTS && plain_event(&events[plain], &lines[plain]))
        plain++;
    return plain > 0 ? fast_lines(run, lines, plain) : 0;
}
