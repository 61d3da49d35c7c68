/*
 * slots.h - the slots of objects and the entries of weak collections.
 *
 * Up to SLOTS_SMALL slots are kept in a small array and searched one by one; more get a table with an index, so that a
 * store is O(1) in a holder with a million slots. Positions are in the order in which slots were first stored to. A
 * slot that is cleared keeps its place; an anonymous one becomes a hole. Holes are squeezed out when half of the places
 * are holes; the remembered set's records of the holder move along.
 *
 * These functions know no barriers: gc/barrier.h calls them.
 */
#ifndef HEAPREEL_HEAP_SLOTS_H
#define HEAPREEL_HEAP_SLOTS_H

#include "heap/arena.h"
#include "heap/heap.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define SLOT_KEY (SLOT_TYPE | SLOT_VALUE) /* what identifies a slot; the other bits are flags */

/* How the slots of an object are kept: 0 none, 1..5 an array of 2^(n-1), SLOTS_TABLE. */
static inline unsigned object_slots_class(const struct object *o)
{
    return (o->bits & OBJECT_SLOTS) >> OBJECT_SLOTS_SHIFT;
}

/* The slots of an object as an array of o->nslots, NULL if there are none: valid until the next store that adds one. */
static inline struct slot *slots_array(const struct heap *h, const struct object *o)
{
    unsigned class = object_slots_class(o);
    if (class == SLOTS_TABLE)
        return arena_at(h, h->tables.data[o->slots].array);
    return class == 0 ? NULL : arena_at(h, o->slots);
}

/* The rare cases of the functions below: a table, or an array that is full. */
uint32_t slots_find_indexed(const struct heap *heap, const struct object *o, uint32_t key);
uint32_t slots_append_slowly(struct heap *heap, uint32_t object, uint32_t key, uint32_t target);
void slots_store_indexed(struct heap *heap, uint32_t object, uint32_t position, uint32_t target, bool weak);

/* Bit i: the i-th of these four slots has that key. All four are read, in use or not: see ARENA_SLACK. */
static inline unsigned slots_match(const struct slot *slots, uint32_t key)
{
#ifdef __SSE2__
    __m128 low = _mm_loadu_ps((const float *)(const void *)&slots[0]);
    __m128 high = _mm_loadu_ps((const float *)(const void *)&slots[2]);
    __m128i keys = _mm_castps_si128(_mm_shuffle_ps(low, high, _MM_SHUFFLE(2, 0, 2, 0)));
    __m128i same = _mm_cmpeq_epi32(_mm_and_si128(keys, _mm_set1_epi32((int)SLOT_KEY)), _mm_set1_epi32((int)key));
    return (unsigned)_mm_movemask_ps(_mm_castsi128_ps(same));
#else
    unsigned found = 0;
    for (unsigned i = 0; i < 4; i++)
        found |= (unsigned)((slots[i].key & SLOT_KEY) == key) << i;
    return found;
#endif
}

/* The position of a key in a small array of n slots, or NONE: four at a time, since its place is unpredictable. */
static inline uint32_t slots_search(const struct slot *slots, uint32_t n, uint32_t key)
{
    for (uint32_t i = 0; i < n; i += 4) {
        unsigned found = slots_match(slots + i, key) & (n - i >= 4 ? 15u : (1u << (n - i)) - 1);
        if (found)
            return i + (uint32_t)__builtin_ctz(found);
    }
    return NONE;
}

/* The position of the slot with that key (SLOT_TYPE and SLOT_VALUE, not anonymous), or NONE. */
static inline uint32_t slots_find(const struct heap *h, uint32_t object, uint32_t key)
{
    const struct object *o = &h->objects.data[object];
    unsigned class = object_slots_class(o);
    if (__builtin_expect(class == SLOTS_TABLE, 0))
        return slots_find_indexed(h, o, key);
    if (class == 0)
        return NONE;
    return slots_search(arena_at(h, o->slots), o->nslots, key);
}

/*
 * Appends a slot (its key must not be there, unless anonymous) that holds target. Returns its
 * position, or NONE without memory.
 */
static inline uint32_t slots_append(struct heap *h, uint32_t object, uint32_t key, uint32_t target)
{
    struct object *o = &h->objects.data[object];
    unsigned class = object_slots_class(o);
    if (class == 0 || class == SLOTS_TABLE || o->nslots == 1u << (class - 1))
        return slots_append_slowly(h, object, key, target);
    struct slot *slots = arena_at(h, o->slots);
    slots[o->nslots] = (struct slot){key, target};
    return o->nslots++;
}

/* Stores target (or NONE) at a position; key's SLOT_WEAK flag becomes weak. */
static inline void slots_store(struct heap *h, uint32_t object, uint32_t position, uint32_t target, bool weak)
{
    const struct object *o = &h->objects.data[object];
    if (__builtin_expect(object_slots_class(o) == SLOTS_TABLE, 0)) {
        slots_store_indexed(h, object, position, target, weak);
        return;
    }
    struct slot *slots = arena_at(h, o->slots);
    slots[position].key = (slots[position].key & ~SLOT_WEAK) | (weak ? SLOT_WEAK : 0);
    slots[position].target = target;
}

/*
 * Stores target strongly in the slot with that key (not anonymous) if that is simple: the object has an array for at
 * most four slots, and the slot exists or there is room for it. Whether it exists is unpredictable too, so no branch
 * depends on it. Returns the position, or NONE: then nothing has happened.
 */
static inline __attribute__((always_inline)) uint32_t slots_put(struct heap *h, uint32_t object, uint32_t key,
                                                                uint32_t target)
{
    struct object *o = &h->objects.data[object];
    unsigned class = object_slots_class(o), n = o->nslots;
    if (class - 1 >= SLOTS_KEPT) /* none, or more than four */
        return NONE;
    struct slot *slots = arena_at(h, o->slots);
    unsigned position = (unsigned)__builtin_ctz(slots_match(slots, key) | 1u << n);
    if (position == 1u << (class - 1))
        return NONE;
    uint32_t flags = slots[position].key & (position < n ? SLOT_REMEMBERED : 0);
    slots[position] = (struct slot){key | flags, target};
    o->nslots = n + (position == n);
    return position;
}

/* Clears the slot at position; an anonymous one becomes a hole. 0, or -1 without memory. */
int slots_clear(struct heap *heap, uint32_t object, uint32_t position);

/* The first position whose slot holds target, strongly or weakly, or NONE; -1 in *failed without memory. */
uint32_t slots_find_target(struct heap *heap, uint32_t object, uint32_t target, int *failed);

/* Frees the slots of an object that has a table of them. */
void slots_free_table(struct heap *heap, uint32_t object);

/* ---- entries ---- */

/* The entry table of a weak collection, made if it has none: index in heap.tables, or NONE without memory. */
uint32_t entries_table(struct heap *heap, uint32_t collection);
/* The entry table, or NONE. */
static inline uint32_t entries_of(const struct heap *h, uint32_t collection)
{
    if (!(h->objects.data[collection].bits & OBJECT_EXTRA))
        return NONE;
    return h->extras.data[h->cold.data[collection].more].entries;
}
static inline struct entry *entries_array(const struct heap *h, uint32_t table)
{
    return arena_at(h, h->tables.data[table].array);
}
/* The object in a word of an entry, or NONE. */
static inline uint32_t entry_object(uint32_t word)
{
    return (word & ENTRY_NONE) == ENTRY_NONE ? NONE : word & ENTRY_NONE;
}
static inline uint32_t entry_key(const struct entry *e)
{
    return entry_object(e->key);
}
static inline uint32_t entry_value(const struct entry *e)
{
    return entry_object(e->value);
}
/* Stores an object (or NONE) in a word of an entry, keeping its flag. */
static inline void entry_put(uint32_t *word, uint32_t object)
{
    *word = (*word & ENTRY_REMEMBERED) | (object & ENTRY_NONE);
}
/* The position of the entry for key, or NONE. */
uint32_t entries_find(const struct heap *heap, uint32_t table, uint32_t key);
/* Appends an entry for a key that has none. Returns its position, or NONE without memory. */
uint32_t entries_append(struct heap *heap, uint32_t collection, uint32_t key, uint32_t value);
/* Makes the entry at position a hole. */
void entries_remove(struct heap *heap, uint32_t table, uint32_t position);

/* Frees a table of either sort. */
void table_free(struct heap *heap, uint32_t table);

#endif
