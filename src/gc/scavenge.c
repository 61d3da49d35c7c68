/*
 * scavenge.c - Cheney's algorithm over the two semispaces (heapreel-model(7), "Scavenges"; C. J. Cheney: A nonrecursive
 * list compacting algorithm, CACM 13, 1970; V8 3.14 heap.cc Scavenge, DoScavenge).
 *
 * heap.young is filled in the order of copying, so that the scan pointer is an index into it; heap.promoted is the
 * promotion queue.
 */
#include "gc/internal.h"

#include "heap/newspace.h"
#include "heap/remembered.h"

enum phase { SWEEP, START, ROOTS, REMEMBERED, FINALIZERS, SCAN, PROMOTED, EPHEMERONS, DEAD, END };

static void next_phase(struct heap *h, enum phase phase)
{
    h->gc.phase = (uint8_t)phase;
    h->gc.cursor = h->gc.kept = 0;
}

/*
 * Lazy sweeping: in each of the two old spaces, until as many bytes are free as new space holds (V8 3.14 heap.cc
 * Scavenge, AdvanceSweepers). gc.cursor counts the spaces done, gc.kept the bytes.
 */
static enum moved sweep(struct heap *h)
{
    while (h->config.sweeping == SWEEPING_LAZY && h->gc.cursor < 2) {
        enum space_id space = h->gc.cursor == 0 ? SPACE_OLD : SPACE_OLD_DATA;
        int swept = h->gc.kept < new_space_size(h) ? sweep_one(h, space, SWEEPER_PAUSE, &h->gc.kept) : 0;
        if (swept != 0)
            return swept < 0 ? MOVED_FAILED : MOVED;
        h->gc.cursor++;
        h->gc.kept = 0;
    }
    next_phase(h, START);
    return MOVED_NOT;
}

/*
 * V8 meets the entries of a table in the order of their hashes: of n of them the k-th to be met is the one with number
 * k * step mod n, step being the least number from 618 n / 1000 on that has no common divisor with n.
 */
static uint64_t scatter_step(uint64_t n)
{
    uint64_t step = n * 618 / 1000;
    for (step += step == 0;; step++) {
        uint64_t a = n, b = step;
        while (b != 0) {
            uint64_t rest = a % b;
            a = b;
            b = rest;
        }
        if (a == 1)
            return step;
    }
}

static bool value_record(const struct record *record)
{
    return (record->place & RECORD_KIND) == RECORD_VALUE || record->place == RECORD_STALE_VALUE;
}

/* Lists where the records of entries' values are: without weak collections there are none. 0, or -1 without memory. */
static int order_value_records(struct heap *h)
{
    h->order.len = 0;
    for (size_t i = 0; h->tables.len > 0 && i < h->remembered.len; i++)
        if (value_record(&h->remembered.data[i]) && vec_push(&h->order, (uint32_t)i))
            return -1;
    h->gc.scatter = scatter_step(h->order.len);
    return 0;
}

/* Lists where the entries of a table are, unless it has no holes. 0, or -1 without memory. */
static int order_entries(struct heap *h, uint32_t table)
{
    const struct table *t = &h->tables.data[table];
    const struct entry *entries = entries_array(h, table);
    h->order.len = 0;
    h->gc.scatter = scatter_step(t->live);
    for (uint32_t i = 0; t->live < t->len && i < t->len; i++)
        if (entry_key(&entries[i]) != NONE && vec_push(&h->order, i))
            return -1;
    return 0;
}

static enum moved start(struct heap *h)
{
    new_space_grow(h);
    h->gc.now.semispace_capacity = new_space_capacity(h);
    h->gc.now.remembered_visited = h->remembered.len;
    h->gc.mark_page = h->young_space.mark_page;
    h->gc.mark_offset = h->young_space.mark_offset;
    new_space_flip(h);
    h->ephemeral.len = 0;
    if (h->rules->scatters_entries && order_value_records(h))
        return MOVED_FAILED;
    next_phase(h, ROOTS);
    h->gc.now.roots_visited = h->handles.len - h->handle_holes;
    h->gc.cursor = h->gc.kept = h->old_handles;
    return young_reserve(h) ? MOVED_FAILED : MOVED;
}

/* How far ahead to prefetch what will be visited (records; handles, most of which are holes). */
enum { AHEAD = 8, HANDLES_AHEAD = 64 };

static inline void prefetch_root(const struct heap *h)
{
    if (h->gc.cursor + HANDLES_AHEAD < h->handles.len) {
        uint32_t object = h->handles.data[h->gc.cursor + HANDLES_AHEAD].object;
        prefetch_object(h, object == NONE ? 0 : object);
    }
}

/*
 * A record leads to its host, the host to its slots, and a slot to its target: each is prefetched when the one before
 * has arrived.
 */
static inline void prefetch_record(const struct heap *h)
{
    const struct record *records = &h->remembered.data[h->gc.cursor];
    if (h->gc.cursor + 3 * AHEAD >= h->gc.now.remembered_visited)
        return;
    prefetch_write(&h->objects.data[records[3 * AHEAD].host]);
    prefetch_slots(h, &h->objects.data[records[2 * AHEAD].host]);
    const struct object *host = &h->objects.data[records[AHEAD].host];
    uint32_t position = records[AHEAD].place; /* of a slot: RECORD_SLOT is 0 */
    if (position < host->nslots) {
        uint32_t target = slots_array(h, host)[position].target;
        prefetch_object(h, target == NONE ? 0 : target);
    }
}

/* Prefetches, step by step, what the objects to be scanned hold. */
static inline void prefetch_next(const struct heap *h, const uint32_t *objects, size_t len, size_t at)
{
    if (at + 3 * AHEAD < len) {
        prefetch_object(h, objects[at + 3 * AHEAD]);
        prefetch_slots(h, &h->objects.data[objects[at + 2 * AHEAD]]);
    }
    if (at + AHEAD >= len)
        return;
    const struct object *o = &h->objects.data[objects[at + AHEAD]];
    const struct slot *slots = slots_array(h, o);
    for (uint32_t i = 0; i < o->nslots && i < 4; i++) {
        uint32_t target = slots[i].target == NONE ? 0 : slots[i].target;
        prefetch_object(h, target);
        prefetch_write(&h->cold.data[target]); /* where it is linked to its new page */
    }
}

/* Takes a micro-step off the budget; true if that is used up. */
static inline bool spent(struct heap *h, uint64_t *budget)
{
    spend(h, budget);
    return *budget == 0;
}

/*
 * Visits all roots. Handles known to be on old objects need no look; their number grows as long as no handle on an
 * object that stays young has been met (gc.kept).
 */
static enum moved roots(struct heap *h)
{
    while (h->gc.cursor < h->handles.len) {
        prefetch_root(h);
        uint32_t object = h->handles.data[h->gc.cursor].object;
        enum moved moved = object == NONE ? MOVED_NOT : young_visit(h, object);
        if (moved == MOVED_SWEPT)
            return moved;
        if (h->gc.kept == h->gc.cursor && (object == NONE || !object_young(&h->objects.data[object])))
            h->gc.kept++;
        h->gc.cursor++;
        if (moved != MOVED_NOT)
            return moved;
    }
    h->old_handles = h->gc.kept;
    next_phase(h, REMEMBERED);
    return MOVED_NOT;
}

/* The record that is met at gc.cursor; gc.kept counts those of values, which have changed places among themselves. */
static const struct record *record_met(const struct heap *h)
{
    const struct record *record = &h->remembered.data[h->gc.cursor];
    if (h->order.len == 0 || !value_record(record))
        return record;
    return &h->remembered.data[h->order.data[h->gc.kept * h->gc.scatter % h->order.len]];
}

static enum moved remembered(struct heap *h)
{
    while (h->gc.cursor < h->gc.now.remembered_visited) {
        uint32_t *word, flag;
        prefetch_record(h);
        uint32_t target = record_target(h, record_met(h), &word, &flag);
        enum moved moved = target == NONE ? MOVED_NOT : young_visit(h, target);
        if (moved != MOVED_SWEPT) {
            h->gc.kept += h->order.len > 0 && value_record(&h->remembered.data[h->gc.cursor]);
            h->gc.cursor++;
        }
        if (moved != MOVED_NOT)
            return moved;
    }
    /* Their targets have moved by now: drops the records that hold no young pointer any more. */
    records_prune(h, false);
    next_phase(h, FINALIZERS);
    return MOVED_NOT;
}

static enum moved finalizers(struct heap *h)
{
    while (h->gc.cursor < h->finalizers.len) {
        enum moved moved = young_visit(h, h->finalizers.data[h->gc.cursor]);
        h->gc.cursor += moved != MOVED_SWEPT;
        if (moved != MOVED_NOT)
            return moved;
    }
    next_phase(h, SCAN);
    return MOVED_NOT;
}

/* Visits the word of an entry; where young keys die, values only. */
static enum moved visit_entry(struct heap *h, const struct entry *entry, bool key)
{
    uint32_t object = key ? entry_key(entry) : entry_value(entry);
    if (object == NONE || (key && h->rules->young_keys_die) || entry_key(entry) == NONE)
        return MOVED_NOT;
    return young_visit(h, object);
}

/*
 * Visits what the slots of an object hold, from gc.slot on; records where a promoted object holds young pointers.
 * MOVED_NOT when the slots are done, MOVED when the budget is used up.
 */
static inline enum moved scan_slots(struct heap *h, uint32_t object, bool record, uint64_t *budget)
{
    struct gc_state *gc = &h->gc;
    const struct object *o = &h->objects.data[object];
    const struct slot *slots = slots_array(h, o);
    while (gc->slot < o->nslots) {
        uint32_t position = gc->slot, target = slots[position].target;
        const struct object *t = &h->objects.data[target == NONE ? 0 : target];
        bool visit = target != NONE && object_in_from_space(h, t);
        enum moved moved = visit ? young_visit(h, target) : MOVED_NOT;
        if (moved == MOVED_SWEPT)
            return moved;
        gc->slot++;
        if (moved == MOVED_FAILED || moved == MOVED_OOM)
            return moved;
        if (record && target != NONE && object_young(t) && record_promoted_slot(h, object, position))
            return MOVED_FAILED;
        if (visit && spent(h, budget))
            return MOVED;
    }
    return MOVED_NOT;
}

/* Does the same with the entries of a weak collection, two words each, whose numbers follow those of the slots. */
static enum moved scan_entries(struct heap *h, uint32_t object, bool record, uint64_t *budget)
{
    struct gc_state *gc = &h->gc;
    uint32_t table = entries_of(h, object), nslots = h->objects.data[object].nslots;
    while (gc->slot < nslots + 2 * h->tables.data[table].len) {
        uint32_t word = gc->slot - nslots;
        enum moved moved = visit_entry(h, &entries_array(h, table)[word / 2], word % 2 == 0);
        if (moved == MOVED_SWEPT)
            return moved;
        gc->slot++;
        if (moved == MOVED_FAILED || moved == MOVED_OOM)
            return moved;
        if (record && word % 2 == 1 && record_promoted_entry(h, object, word / 2))
            return MOVED_FAILED;
        if (moved == MOVED && spent(h, budget))
            return MOVED;
    }
    return MOVED_NOT;
}

/* The same where they are met scattered: values only, whose numbers follow those of the slots. */
static enum moved scan_scattered(struct heap *h, uint32_t object, bool record, uint64_t *budget)
{
    struct gc_state *gc = &h->gc;
    uint32_t table = entries_of(h, object), nslots = h->objects.data[object].nslots;
    uint32_t n = h->tables.data[table].live;
    if (gc->slot == nslots && order_entries(h, table))
        return MOVED_FAILED;
    while (gc->slot < nslots + n) {
        uint32_t position = (uint32_t)((gc->slot - nslots) * gc->scatter % n);
        position = h->order.len > 0 ? h->order.data[position] : position;
        enum moved moved = visit_entry(h, &entries_array(h, table)[position], false);
        if (moved == MOVED_SWEPT)
            return moved;
        gc->slot++;
        if (moved == MOVED_FAILED || moved == MOVED_OOM)
            return moved;
        if (record && record_promoted_entry(h, object, position))
            return MOVED_FAILED;
        if (moved == MOVED && spent(h, budget))
            return MOVED;
    }
    return MOVED_NOT;
}

/* Scans an object. Where young keys die, the entries of surviving collections are looked through at last. */
static inline enum moved scan_object(struct heap *h, uint32_t object, bool record, uint64_t *budget)
{
    enum moved moved = scan_slots(h, object, record, budget);
    bool entries = entries_of(h, object) != NONE;
    if (moved == MOVED_NOT && entries)
        moved = h->rules->scatters_entries ? scan_scattered(h, object, record, budget)
                                           : scan_entries(h, object, record, budget);
    if (moved != MOVED_NOT)
        return moved;
    h->gc.slot = 0;
    tell(h, SCAN, object, object_space(&h->objects.data[object]));
    return entries && h->rules->young_keys_die && vec_push(&h->ephemeral, object) ? MOVED_FAILED : MOVED_NOT;
}

/*
 * Scans the objects of a list from *at on, as far as the budget goes. MOVED_NOT when they are all scanned, MOVED when
 * the budget is used up.
 */
static inline enum moved scan_list(struct heap *h, const uint32_t *objects, const size_t *len, uint64_t *at,
                                   bool record, uint64_t *budget)
{
    while (*at < *len) {
        uint32_t object = objects[*at];
        if (h->gc.slot == 0)
            prefetch_next(h, objects, *len, *at);
        enum moved moved = scan_object(h, object, record, budget);
        if (moved != MOVED_NOT)
            return moved;
        ++*at;
        if (spent(h, budget))
            return MOVED;
    }
    return MOVED_NOT;
}

/* The lists have room for all that can come (young_reserve): they do not move. */
static enum moved scan(struct heap *h, uint64_t *budget)
{
    struct gc_state *gc = &h->gc;
    enum moved moved = scan_list(h, h->young.data, &h->young.len, &gc->scan, false, budget);
    if (moved == MOVED_NOT)
        next_phase(h, gc->queue < h->promoted.len ? PROMOTED : EPHEMERONS);
    return moved == MOVED ? MOVED_NOT : moved;
}

static enum moved drain_promoted(struct heap *h, uint64_t *budget)
{
    enum moved moved = scan_list(h, h->promoted.data, &h->promoted.len, &h->gc.queue, true, budget);
    if (moved == MOVED_NOT)
        next_phase(h, SCAN);
    return moved == MOVED ? MOVED_NOT : moved;
}

/* Removes an entry whose key has not been visited; true if so. */
static bool remove_dead_key(struct heap *h, uint32_t host, uint32_t table, uint32_t position)
{
    uint32_t key = entry_key(&entries_array(h, table)[position]);
    if (key == NONE || !object_in_from_space(h, &h->objects.data[key]))
        return false;
    tell(h, WEAK_CLEAR, host, NONE, key, true);
    entries_remove(h, table, position);
    h->gc.now.weak_cleared++;
    h->counters.weak_cleared++;
    return true;
}

/*
 * Where young keys die: entries whose key is young and was not visited. Their values have been kept alive by this
 * scavenge.
 */
static enum moved ephemerons(struct heap *h)
{
    if (h->rules->young_keys_die) {
        for (size_t i = 0; i < h->young_keys.len; i++) {
            const struct record *record = &h->young_keys.data[i];
            if ((record->place & RECORD_KIND) != RECORD_STALE)
                remove_dead_key(h, record->host, entries_of(h, record->host), record->place & RECORD_POSITION);
        }
        for (size_t i = 0; i < h->ephemeral.len; i++) {
            uint32_t table = entries_of(h, h->ephemeral.data[i]);
            for (uint32_t p = 0; p < h->tables.data[table].len; p++)
                remove_dead_key(h, h->ephemeral.data[i], table, p);
        }
        records_prune_gone(h);
        young_keys_prune(h, false);
    }
    if (young_finish(h))
        return MOVED_FAILED;
    next_phase(h, DEAD);
    return MOVED;
}

/* A micro-step, or several that have been taken off the budget already: then MOVED_NOT. */
static enum moved step(struct heap *h, uint64_t *budget)
{
    switch ((enum phase)h->gc.phase) {
    case SWEEP: return sweep(h);
    case START: return start(h);
    case ROOTS: return roots(h);
    case REMEMBERED: return remembered(h);
    case FINALIZERS: return finalizers(h);
    case SCAN: return scan(h, budget);
    case PROMOTED: return drain_promoted(h, budget);
    case EPHEMERONS: return ephemerons(h);
    case DEAD: next_phase(h, END); return young_free_dead(h) ? MOVED_FAILED : MOVED;
    case END: break;
    }
    return MOVED_NOT;
}

enum gc_result scavenge_step(struct heap *h, uint64_t *budget)
{
    while (*budget && h->gc.phase != END) {
        switch (step(h, budget)) {
        case MOVED:
        case MOVED_SWEPT: spend(h, budget); break;
        case MOVED_NOT: break;
        case MOVED_FAILED: return GC_FAILED;
        case MOVED_OOM: h->out_of_memory = true; return GC_DONE;
        }
    }
    return h->gc.phase == END ? GC_DONE : GC_MORE;
}
