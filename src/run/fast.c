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
    uint64_t room;   /* allocations for which there are records, names and handles */
    uint32_t newest; /* the last object allocated, or 0: record 0 always exists */
    bool no_memory;  /* a store has been done, but the host had no memory left for its barrier */
};

/* The way from a name to its object: the place that the name likes in the table of IDs, and the object named there. */
struct way {
    const uint32_t *place;
    uint32_t likely; /* mostly the one: its record exists in any case */
};

static inline uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* How many allocations need no array to grow. Handles may move when room is made for one. */
static uint64_t alloc_room(const struct heap *h)
{
    uint64_t names = h->id_count < h->id_room ? h->id_room - h->id_count : 0;
    uint64_t handles = least(h->handle_room, h->handles.cap);
    handles = h->handles.len < handles ? handles - h->handles.len : 0;
    return least(least(names, handles), allocate_room(h));
}

/* An object of the program's, plain, with a fresh ID and a handle. */
static inline bool fast_alloc(struct heap *h, const struct trace_plain *line, struct way way, struct tally *tally)
{
    /* An allocation that makes a marking step or the sweeper's next page due is left to apply.c. */
    if (tally->allocs >= tally->room || h->counters.allocated_bytes + line->numbers[1] + UNIT > h->due_at)
        return false;
    uint32_t name = line->numbers[0];
    struct id_bucket *bucket = ids_bucket_around(way.place, name);
    if (!ids_lacks(h, bucket, name) || sites_enter(h, line->third))
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

/* Finds the object that a name names, if it is not the likely one. False if there is none. */
static inline bool find(const struct heap *h, uint32_t name, uint32_t *object)
{
    if (__builtin_expect(h->objects.data[*object].name == name, 1))
        return true;
    *object = ids_find(h, name);
    return *object != NONE;
}

static inline bool fast_ref(struct heap *h, const struct trace_plain *line, struct way way, struct tally *tally)
{
    /* Programs mostly store what they have just made. */
    uint32_t src = way.likely, dst = tally->newest;
    if (!find(h, line->numbers[0], &src) || !find(h, line->numbers[1], &dst))
        return false;
    struct object *s = &h->objects.data[src], *d = &h->objects.data[dst];
    if (!object_pointers(s))
        return false;
    if (__builtin_expect((s->bits | d->bits) & OBJECT_UNTOUCHED, 0)) {
        object_named(s);
        object_named(d);
    }
    uint32_t position = line->third == SLOT_ANONYMOUS ? NONE : slots_put(h, src, line->third, dst);
    if (position == NONE && (position = store_place(h, src, line->third, dst, false)) == NONE)
        return false;
    tally->refs++;
    tally->no_memory = store_barriers(h, src, position, dst, false) != 0;
    return !tally->no_memory;
}

static inline bool fast_release(struct heap *h, const struct trace_plain *line, struct way way, struct tally *tally)
{
    uint32_t object = way.likely;
    if (!find(h, line->numbers[0], &object) || h->objects.data[object].handle == NONE)
        return false;
    object_named(&h->objects.data[object]);
    roots_drop(h, object);
    tally->releases++;
    return true;
}

static int count_events(struct run *run, const struct tally *tally)
{
    struct worker *worker = run->current;
    run->no_memory |= tally->no_memory;
    uint64_t done = tally->allocs + tally->refs + tally->releases;
    worker->counts[TRACE_ALLOC] += tally->allocs;
    worker->counts[TRACE_REF] += tally->refs;
    worker->counts[TRACE_RELEASE] += tally->releases;
    worker->heap.event += done;
    worker->heap.counters.events += done;
    allocate_count_young(&worker->heap, tally->allocs, tally->units);
    return (int)done;
}

/*
 * From a name it is three steps to what an event changes: the place in the table of IDs that the name likes, the record
 * of the object there, and that object's slots or handle. Each is fetched a block of lines before it is read for the
 * next step, so that none is waited for. No branch depends on what is read, and nothing is mispredicted. A block is as
 * long as it takes to fetch something; longer ones would only be fetched in vain when a line in the middle needs a
 * collection.
 */
enum { BLOCK = 16, WAYS = 4 * BLOCK };

/* Some of the lines of a batch, and the ways from what they name. */
struct part {
    const struct trace_plain *lines;
    struct way *ways;
    int count;
};

/* The block that begins at a line; an empty one before the first line, and behind the last of count. */
static inline struct part block(const struct trace_plain *lines, int count, struct way *ways, int at)
{
    if (at < 0 || at >= count)
        return (struct part){lines, ways, 0};
    return (struct part){lines + at, ways + at % WAYS, count - at < BLOCK ? count - at : BLOCK};
}

static inline void fetch_places(const struct heap *h, struct part part)
{
    for (int i = 0; i < part.count; i++) {
        part.ways[i].place = ids_likely(h, part.lines[i].numbers[0]);
        prefetch_read(part.ways[i].place);
    }
}

static inline void fetch_objects(const struct heap *h, struct part part)
{
    for (int i = 0; i < part.count; i++) {
        part.ways[i].likely = *part.ways[i].place;
        prefetch_write(&h->objects.data[part.ways[i].likely]);
    }
}

/*
 * Fetches an object's handle if that is what the event changes, else its slots. An object without them, or a guess gone
 * wrong, leads anywhere: addresses are numbers here. Which of the two is chosen without a branch, for nothing tells a
 * processor beforehand what the next line is.
 */
static inline void fetch_content(const struct heap *h, uint32_t object, uint8_t op)
{
    const struct object *o = &h->objects.data[object];
    uintptr_t slots = (uintptr_t)h->arena.data + o->slots * sizeof *h->arena.data;
    uintptr_t handle = (uintptr_t)h->handles.data + o->handle * sizeof *h->handles.data;
    uintptr_t release = -(uintptr_t)(op == TRACE_RELEASE); /* all bits, or none */
    prefetch_write((const void *)(slots ^ ((slots ^ handle) & release)));
}

static inline void fetch_contents(const struct heap *h, struct part part)
{
    for (int i = 0; i < part.count; i++)
        fetch_content(h, part.ways[i].likely, part.lines[i].op);
}

/* Applies lines until one is unusual: false. */
static inline bool apply(struct heap *h, struct part part, struct tally *tally)
{
    for (int i = 0; i < part.count; i++) {
        const struct trace_plain *line = &part.lines[i];
        if (line->op == TRACE_REF) {
            if (!fast_ref(h, line, part.ways[i], tally))
                return false;
        } else if (line->op == TRACE_ALLOC) {
            if (!fast_alloc(h, line, part.ways[i], tally))
                return false;
        } else if (!fast_release(h, line, part.ways[i], tally)) {
            return false;
        }
    }
    return true;
}

int fast_lines(struct run *run, const struct trace_plain *lines, int count)
{
    struct heap *h = &run->current->heap;
    struct tally tally = {.room = alloc_room(h)};
    struct way ways[WAYS];
    bool usual = true;
    for (int at = -3 * BLOCK; at < count && usual; at += BLOCK) {
        fetch_places(h, block(lines, count, ways, at + 3 * BLOCK));
        fetch_objects(h, block(lines, count, ways, at + 2 * BLOCK));
        fetch_contents(h, block(lines, count, ways, at + BLOCK));
        usual = apply(h, block(lines, count, ways, at), &tally);
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

/* ---- events of all kinds ---- */

/* The object whose slots, or handle, an event changes: by its name. */
static inline uint32_t changed(const struct trace_event *ev)
{
    return ev->op == TRACE_ALLOC ? ev->b : ev->a; /* NAME_NONE, if there is none: a name like others */
}

void fast_fetch(const struct run *run, const struct trace_event *events, int count)
{
    const struct heap *h = &run->current->heap;
    if (!run->current->ready)
        return;
    for (int i = 0; i < count; i++) {
        prefetch_read(ids_likely(h, events[i].a));
        prefetch_read(ids_likely(h, events[i].b));
    }
    for (int i = 0; i < count; i++)
        prefetch_write(&h->objects.data[*ids_likely(h, changed(&events[i]))]);
    for (int i = 0; i < count; i++)
        fetch_content(h, *ids_likely(h, changed(&events[i])), events[i].op);
}

int fast_events(struct run *run, const struct trace_event *events, int count)
{
    struct trace_plain lines[FAST_EVENTS];
    int plain = 0;
    while (plain < count && plain < FAST_EVENTS && plain_event(&events[plain], &lines[plain]))
        plain++;
    return plain > 0 ? fast_lines(run, lines, plain) : 0;
}
