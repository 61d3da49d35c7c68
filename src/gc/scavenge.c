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

static enum moved start(struct heap *h)
{
    new_space_grow(h);
    h->gc.now.semispace_capacity = new_space_capacity(h);
    h->gc.now.remembered_visited = h->remembered.len;
    h->gc.mark_page = h->young_space.mark_page;
    h->gc.mark_offset = h->young_space.mark_offset;
    new_space_flip(h);
    h->ephemeral.len = 0;
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

/* Prefetches what the next objects to be scanned hold, unless the current one is half done. */
static inline void prefetch_next(const struct heap *h, const uint32_t *objects, size_t len, size_t at)
{
    if (h->gc.slot == 0)
        prefetch_held(h, objects, len, at);
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

static enum moved remembered(struct heap *h)
{
    while (h->gc.cursor < h->gc.now.remembered_visited) {
        uint32_t *word, flag;
        prefetch_record(h);
        uint32_t target = record_target(h, &h->remembered.data[h->gc.cursor], &word, &flag);
        enum moved moved = target == NONE ? MOVED_NOT : young_visit(h, target);
        h->gc.cursor += moved != MOVED_SWEPT;
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
 * Visits what an object holds, from gc.slot on (slots, then two words for each entry); records where a promoted object
 * holds young pointers. MOVED_NOT when the object is done.
 */
static enum moved scan_object(struct heap *h, uint32_t object, bool record)
{
    struct gc_state *gc = &h->gc;
    uint32_t nslots = h->objects.data[object].nslots;
    for (; gc->slot < nslots;) {
        uint32_t position = gc->slot;
        uint32_t target = slots_array(h, &h->objects.data[object])[position].target;
        enum moved moved = target == NONE ? MOVED_NOT : young_visit(h, target);
        if (moved == MOVED_SWEPT)
            return moved;
        gc->slot++;
        if (moved == MOVED_FAILED || moved == MOVED_OOM || (record && record_promoted_slot(h, object, position)))
            return moved == MOVED_OOM ? MOVED_OOM : MOVED_FAILED;
        if (moved == MOVED)
            return MOVED;
    }
    uint32_t table = entries_of(h, object);
    if (table == NONE)
        return MOVED_NOT;
    for (; gc->slot < nslots + 2 * h->tables.data[table].len;) {
        uint32_t word = gc->slot - nslots;
        enum moved moved = visit_entry(h, &entries_array(h, table)[word / 2], word % 2 == 0);
        if (moved == MOVED_SWEPT)
            return moved;
        gc->slot++;
        if (moved == MOVED_FAILED || moved == MOVED_OOM)
            return moved;
        if (record && word % 2 == 1 && record_promoted_entry(h, object, word / 2))
            return MOVED_FAILED;
        if (moved == MOVED)
            return MOVED;
    }
    return MOVED_NOT;
}

/* One object has been scanned; where young keys die, the entries of surviving collections are looked through at last.
 */
static enum moved scanned(struct heap *h, uint32_t object)
{
    h->gc.slot = 0;
    tell(h, SCAN, object, object_space(&h->objects.data[object]));
    if (h->rules->young_keys_die && entries_of(h, object) != NONE && vec_push(&h->ephemeral, object))
        return MOVED_FAILED;
    return MOVED;
}

static enum moved scan(struct heap *h)
{
    struct gc_state *gc = &h->gc;
    if (gc->scan == h->young.len) {
        next_phase(h, gc->queue < h->promoted.len ? PROMOTED : EPHEMERONS);
        return MOVED_NOT;
    }
    uint32_t object = h->young.data[gc->scan];
    prefetch_next(h, h->young.data, h->young.len, gc->scan);
    enum moved moved = scan_object(h, object, false);
    if (moved != MOVED_NOT)
        return moved;
    gc->scan++;
    return scanned(h, object);
}

static enum moved drain_promoted(struct heap *h)
{
    struct gc_state *gc = &h->gc;
    if (gc->queue == h->promoted.len) {
        next_phase(h, SCAN);
        return MOVED_NOT;
    }
    uint32_t object = h->promoted.data[gc->queue];
    prefetch_next(h, h->promoted.data, h->promoted.len, gc->queue);
    enum moved moved = scan_object(h, object, true);
    if (moved != MOVED_NOT)
        return moved;
    gc->queue++;
    return scanned(h, object);
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

static enum moved step(struct heap *h)
{
    switch ((enum phase)h->gc.phase) {
    case SWEEP: return sweep(h);
    case START: return start(h);
    case ROOTS: return roots(h);
    case REMEMBERED: return remembered(h);
    case FINALIZERS: return finalizers(h);
    case SCAN: return scan(h);
    case PROMOTED: return drain_promoted(h);
    case EPHEMERONS: return ephemerons(h);
    case DEAD: next_phase(h, END); return young_free_dead(h) ? MOVED_FAILED : MOVED;
    case END: break;
    }
    return MOVED_NOT;
}

enum gc_result scavenge_step(struct heap *h, uint64_t *budget)
{
    while (*budget && h->gc.phase != END) {
        switch (step(h)) {
        case MOVED:
        case MOVED_SWEPT: spend(h, budget); break;
        case MOVED_NOT: break;
        case MOVED_FAILED: return GC_FAILED;
        case MOVED_OOM: h->out_of_memory = true; return GC_DONE;
        }
    }
    return h->gc.phase == END ? GC_DONE : GC_MORE;
}
