/* barrier.c - keeps the remembered set complete and marking correct when the program stores. */
#include "gc/barrier.h"

#include "gc/gc.h"
#include "gc/internal.h"
#include "heap/remembered.h"

uint32_t store_place_slowly(struct heap *h, uint32_t host, uint32_t key, uint32_t target, bool weak)
{
    uint32_t position = key == SLOT_ANONYMOUS ? NONE : slots_find(h, host, key);
    if (position == NONE)
        return slots_append(h, host, key | (weak ? SLOT_WEAK : 0), target);
    slots_store(h, host, position, target, weak);
    return position;
}

static uint32_t key_at(const struct heap *h, uint32_t host, uint32_t position)
{
    return slots_array(h, &h->objects.data[host])[position].key & SLOT_KEY;
}

/* Counts every hit, whether or not the remembered set has the slot. */
int barrier_slot_hit(struct heap *h, uint32_t host, uint32_t position, uint32_t target)
{
    bool recorded;
    h->counters.barriers_generational++;
    if (remember_slot(h, host, position, &recorded))
        return -1;
    tell(h, BARRIER, host, key_at(h, host, position), target, true, recorded);
    return 0;
}

/*
 * Black hosts must not hold white pointers. Steele: the host becomes grey again, and is scanned last (G. L. Steele:
 * Multiprocessing compactifying garbage collection, CACM 18, 1975). Dijkstra: the value becomes grey (E. W. Dijkstra
 * and others: On-the-fly garbage collection, CACM 21, 1978). Any host: so it does, whatever the host's color.
 */
static int keep_invariant(struct heap *h, uint32_t host, uint32_t position, uint32_t target)
{
    struct object *o = &h->objects.data[host];
    if (marked(h, target) || (h->config.marking_barrier != BARRIER_ANY_HOST && object_color(o) != COLOR_BLACK))
        return 0;
    h->counters.barriers_marking++;
    h->marking.done = false;
    tell(h, BARRIER, host, key_at(h, host, position), target, false, false);
    if (h->config.marking_barrier != BARRIER_STEELE)
        return mark_grey(h, target);
    object_set_color(o, COLOR_GREY);
    tell(h, MARK, host, object_space(o), object_bytes(o), COLOR_GREY);
    return vec_push(&h->again, host);
}

/* More than twice as many as there are objects: some are listed more than once. */
static bool crowded(const struct heap *h, size_t listed)
{
    return listed > 2 * h->live + 64;
}

/* Marking does not follow weak slots, but the finishing pause must look through those of black hosts. */
static int note_weak_host(struct heap *h, uint32_t host)
{
    if (object_color(&h->objects.data[host]) != COLOR_BLACK)
        return 0;
    if (crowded(h, h->weak_hosts.len))
        marking_keep_once(h);
    return vec_push(&h->weak_hosts, host);
}

/* Entries are left to the finishing pause, which must know of a weak collection that was scanned before it had any. */
static int note_collection(struct heap *h, uint32_t host)
{
    if (!h->marking.active || object_color(&h->objects.data[host]) != COLOR_BLACK)
        return 0;
    if (crowded(h, h->ephemeron_tables.len))
        marking_keep_once(h);
    return vec_push(&h->ephemeron_tables, host);
}

/* Any store, with listeners informed. */
static __attribute__((noinline)) int barrier_marking_told(struct heap *h, uint32_t host, uint32_t position,
                                                          uint32_t target, bool weak)
{
    return weak ? note_weak_host(h, host) : keep_invariant(h, host, position, target);
}

int barrier_marking(struct heap *h, uint32_t host, uint32_t position, uint32_t target, bool weak)
{
    /* The last answer to the common store, when nobody listens: what a trace pays for most while marking is on. */
    if (!weak && h->config.marking_barrier == BARRIER_ANY_HOST && !marked(h, target) &&
        h->worklist.len < h->worklist.cap && !heap_hears(h, HAPPENING_BARRIER) && !heap_hears(h, HAPPENING_MARK)) {
        h->counters.barriers_marking++;
        h->marking.done = false;
        object_set_color(&h->objects.data[target], COLOR_GREY);
        h->worklist.data[h->worklist.len++] = target;
        return 0;
    }
    return barrier_marking_told(h, host, position, target, weak);
}

static enum store_result clear(struct heap *h, uint32_t host, uint32_t position)
{
    struct slot held = slots_array(h, &h->objects.data[host])[position];
    if (slots_clear(h, host, position))
        return STORE_FAILED;
    tell(h, CLEAR, host, held.key & SLOT_KEY, held.target);
    return STORE_DONE;
}

enum store_result clear_slot(struct heap *h, uint32_t host, uint32_t key)
{
    uint32_t position = slots_find(h, host, key);
    return position == NONE ? STORE_MISSING : clear(h, host, position);
}

enum store_result clear_target(struct heap *h, uint32_t host, uint32_t target)
{
    int failed = 0;
    uint32_t position = slots_find_target(h, host, target, &failed);
    if (failed)
        return STORE_FAILED;
    return position == NONE ? STORE_MISSING : clear(h, host, position);
}

/* The barrier of one word of an entry; young keys that may die are kept in a list that is no root. */
static int entry_barrier(struct heap *h, uint32_t host, uint32_t position, uint32_t kind, uint32_t target)
{
    bool recorded;
    if (target == NONE || !barrier_crosses(h, host, target))
        return 0;
    if (kind == RECORD_KEY && h->rules->young_keys_die)
        return remember_young_key(h, host, position);
    h->counters.barriers_generational++;
    if (remember_entry(h, host, position, kind, &recorded))
        return -1;
    tell(h, BARRIER, host, NONE, target, true, recorded);
    return 0;
}

/*
 * Marking leaves entries to the finishing pause; but where the barrier greys a value whatever its host, it greys one
 * that is entered too (never the key).
 */
static int grey_entered(struct heap *h, uint32_t host, uint32_t value)
{
    bool greys = h->marking.active && h->config.marking_barrier == BARRIER_ANY_HOST;
    if (!greys || value == NONE || marked(h, value))
        return 0;
    h->counters.barriers_marking++;
    h->marking.done = false;
    tell(h, BARRIER, host, NONE, value, false, false);
    return mark_grey(h, value);
}

int store_entry(struct heap *h, uint32_t host, uint32_t key, uint32_t value)
{
    uint32_t table = entries_table(h, host);
    if (table == NONE)
        return -1;
    uint32_t position = entries_find(h, table, key);
    if (position == NONE) {
        position = entries_append(h, host, key, value);
        if (position == NONE)
            return -1;
    } else {
        entry_put(&entries_array(h, table)[position].value, value);
    }
    tell(h, ENTRY, host, key, value);
    if (note_collection(h, host) || grey_entered(h, host, value) || entry_barrier(h, host, position, RECORD_KEY, key))
        return -1;
    return entry_barrier(h, host, position, RECORD_VALUE, value);
}

enum store_result clear_entry(struct heap *h, uint32_t host, uint32_t key)
{
    uint32_t table = entries_of(h, host);
    uint32_t position = table == NONE ? NONE : entries_find(h, table, key);
    if (position == NONE)
        return STORE_MISSING;
    entries_remove(h, table, position);
    tell(h, UNENTRY, host, key);
    return STORE_DONE;
}

int store_external(struct heap *h, uint32_t object, uint64_t bytes)
{
    struct extra *extra = object_extra(h, object);
    if (!extra)
        return -1;
    gc_note_peaks(h);
    h->external += bytes - extra->external;
    if (object_young(&h->objects.data[object]))
        h->young_external += bytes - extra->external;
    extra->external = bytes;
    if (h->external < h->limits.external_lowest)
        h->limits.external_lowest = h->external;
    tell(h, EXTERNAL, object, bytes, h->external);
    return 0;
}
