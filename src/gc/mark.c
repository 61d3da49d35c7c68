/*
 * mark.c - tri-color marking (heapreel-model(7), "Marking"). Ephemerons take linear time: a value whose key is white
 * waits in a chain attached to the key, and marking the key releases the chain.
 */
#include "gc/internal.h"

/* Marking reaches an object, whose slots will be read soon. */
static inline int meet(struct heap *h, uint32_t object)
{
    struct object *o = &h->objects.data[object];
    if (o->bits & OBJECT_COLOR)
        return 0;
    prefetch_slots(h, o);
    return mark_grey(h, object);
}

int mark_object(struct heap *h, uint32_t object)
{
    return meet(h, object);
}

/*
 * Values that wait for a key form a chain in the key's handle field, which is free: the roots have been marked, so a
 * white object has no handle. Links are pairs in heap.scratch: value, next.
 */
static int wait_for_key(struct heap *h, uint32_t key, uint32_t value)
{
    struct object *k = &h->objects.data[key];
    if (vec_reserve(&h->scratch, 2))
        return -1;
    uint32_t link = (uint32_t)h->scratch.len;
    h->scratch.data[link] = value;
    h->scratch.data[link + 1] = k->bits & OBJECT_EPHEMERON ? k->handle : NONE;
    h->scratch.len += 2;
    k->handle = link;
    k->bits |= OBJECT_EPHEMERON;
    return 0;
}

static int release_chain(struct heap *h, struct object *key)
{
    uint32_t link = key->handle;
    key->handle = NONE;
    key->bits &= ~OBJECT_EPHEMERON;
    for (; link != NONE; link = h->scratch.data[link + 1])
        if (mark_object(h, h->scratch.data[link]))
            return -1;
    return 0;
}

uint32_t mark_next(struct heap *h)
{
    if (h->worklist.len > 0)
        return h->worklist.data[--h->worklist.len];
    if (h->marking.again_next < h->again.len)
        return h->again.data[h->marking.again_next++];
    return NONE;
}

/*
 * Marks what a few strong slots hold, which nobody listens to: what is white cannot be foreseen, and no branch depends
 * on it. The worklist has room for all.
 */
static inline void meet_few(struct heap *h, const struct slot *slots, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        struct object *o = &h->objects.data[slots[i].target];
        uint32_t white = !(o->bits & OBJECT_COLOR);
        o->bits |= white << OBJECT_COLOR_SHIFT; /* COLOR_GREY */
        h->worklist.data[h->worklist.len] = slots[i].target;
        h->worklist.len += white;
        prefetch_write(&h->arena.data[o->slots]); /* where its slots are, if it has some and no table */
    }
}

/* Are these slots strong, and full? */
static inline bool all_strong(const struct slot *slots, uint32_t count)
{
    bool strong = true;
    for (uint32_t i = 0; i < count; i++)
        strong &= (slots[i].target != NONE) & !(slots[i].key & SLOT_WEAK);
    return strong;
}

/* Marks everything that an object holds strongly. *weak: does it hold something weakly? */
static inline int mark_held(struct heap *h, const struct object *o, bool *weak)
{
    const struct slot *slots = slots_array(h, o), *end = slots + o->nslots;
    prefetch_targets(h, slots, o->nslots);
    if (o->nslots <= 4 && !heap_hears(h, HAPPENING_MARK) && all_strong(slots, o->nslots)) {
        if (vec_reserve(&h->worklist, o->nslots))
            return -1;
        meet_few(h, slots, o->nslots);
        return 0;
    }
    for (; slots < end; slots++) {
        if (slots->target == NONE)
            continue;
        if (slots->key & SLOT_WEAK)
            *weak = true;
        else if (meet(h, slots->target))
            return -1;
    }
    return 0;
}

static inline __attribute__((always_inline)) int scan(struct heap *h, uint32_t object)
{
    struct object *o = &h->objects.data[object];
    object_set_color(o, COLOR_BLACK);
    h->marking.scanned += object_bytes(o);
    if ((o->bits & OBJECT_EPHEMERON) && release_chain(h, o))
        return -1;
    bool weak = false;
    if (o->nslots > 0 && mark_held(h, o, &weak))
        return -1;
    tell(h, MARK, object, object_space(o), object_bytes(o), COLOR_BLACK);
    if (weak && vec_push(&h->weak_hosts, object))
        return -1;
    if (object_ephemeron_table(o) && entries_of(h, object) != NONE && vec_push(&h->ephemeron_tables, object))
        return -1;
    return 0;
}

int mark_scan(struct heap *h, uint32_t object)
{
    return scan(h, object);
}

/* Prefetches, step by step, what the objects lead to that are taken off the worklist soon. */
static inline void prefetch_worklist(const struct heap *h)
{
    const uint32_t *top = h->worklist.data + h->worklist.len;
    if (h->worklist.len < 12)
        return;
    prefetch_object(h, top[-12]);
    prefetch_slots(h, &h->objects.data[top[-8]]);
    const struct object *o = &h->objects.data[top[-4]];
    prefetch_targets(h, slots_array(h, o), o->nslots);
}

int mark_scan_paid(struct heap *h, uint64_t pay, uint64_t *used, uint64_t *budget)
{
    while (h->worklist.len > 0 && *budget > 0) {
        uint32_t object = h->worklist.data[h->worklist.len - 1];
        uint64_t bytes = object_bytes(&h->objects.data[object]);
        if (*used >= pay || bytes > pay - *used)
            break;
        h->worklist.len--;
        *used += bytes;
        prefetch_worklist(h);
        if (scan(h, object))
            return -1;
        spend(h, budget);
    }
    return 0;
}

int mark_ephemerons(struct heap *h, bool *found)
{
    *found = false;
    while (h->gc.cursor < h->ephemeron_tables.len) {
        uint32_t table = entries_of(h, h->ephemeron_tables.data[h->gc.cursor++]);
        for (uint32_t i = 0; i < h->tables.data[table].len; i++) {
            const struct entry *entry = &entries_array(h, table)[i];
            uint32_t key = entry_key(entry), value = entry_value(entry);
            if (key == NONE || value == NONE || marked(h, value))
                continue;
            if (marked(h, key)) {
                *found = true;
                if (mark_object(h, value))
                    return -1;
            } else if (wait_for_key(h, key, value)) {
                return -1;
            }
        }
        if (*found)
            break;
    }
    return 0;
}

void mark_ephemerons_finish(struct heap *h)
{
    for (size_t i = 0; i < h->ephemeron_tables.len; i++) {
        uint32_t table = entries_of(h, h->ephemeron_tables.data[i]);
        for (uint32_t p = 0; p < h->tables.data[table].len; p++) {
            uint32_t key = entry_key(&entries_array(h, table)[p]);
            if (key == NONE || !(h->objects.data[key].bits & OBJECT_EPHEMERON))
                continue;
            h->objects.data[key].handle = NONE;
            h->objects.data[key].bits &= ~OBJECT_EPHEMERON;
        }
    }
    h->scratch.len = 0;
}

/* ---- the worklist after a scavenge ---- */

/* Drops the elements from `from` on that have been freed. */
static void keep_living(const struct heap *h, uint32_t *data, size_t from, size_t *len)
{
    size_t kept = from;
    for (size_t i = from; i < *len; i++)
        if (!(h->objects.data[data[i]].bits & OBJECT_FREE))
            data[kept++] = data[i];
    *len = kept;
}

/* Keeps the first of equal elements. */
static void keep_once(struct heap *h, uint32_t *data, size_t *len)
{
    size_t kept = 0;
    for (size_t i = 0; i < *len; i++) {
        struct object *o = &h->objects.data[data[i]];
        if (o->bits & OBJECT_SEEN)
            continue;
        o->bits |= OBJECT_SEEN;
        data[kept++] = data[i];
    }
    *len = kept;
    for (size_t i = 0; i < kept; i++)
        h->objects.data[data[i]].bits &= ~OBJECT_SEEN;
}

void marking_keep_once(struct heap *h)
{
    keep_once(h, h->weak_hosts.data, &h->weak_hosts.len);
    keep_once(h, h->ephemeron_tables.data, &h->ephemeron_tables.len);
}

void marking_drop_dead(struct heap *h)
{
    struct marking *m = &h->marking;
    keep_living(h, h->worklist.data, 0, &h->worklist.len);
    keep_living(h, h->again.data, m->again_next, &h->again.len);
    keep_living(h, h->weak_hosts.data, 0, &h->weak_hosts.len);
    keep_living(h, h->ephemeron_tables.data, 0, &h->ephemeron_tables.len);
    if (m->object != NONE && (h->objects.data[m->object].bits & OBJECT_FREE))
        m->object = NONE;
    m->done = m->object == NONE && !mark_any(h);
}
