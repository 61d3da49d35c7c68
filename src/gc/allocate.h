/*
 * allocate.h - allocation by the program, with the collections that it may need (heapreel-model(7), "New space" and
 * "Out of memory"). A step machine: it can be stopped in the middle of a collection and continued.
 */
#ifndef HEAPREEL_GC_ALLOCATE_H
#define HEAPREEL_GC_ALLOCATE_H

#include "gc/gc.h"
#include "heap/objects.h"

enum allocate_result {
    ALLOCATE_DONE,  /* the object is in heap.allocation.object; it has no name, no slots and no handle yet */
    ALLOCATE_MORE,  /* the budget is used up */
    ALLOCATE_OOM,   /* heap.out_of_memory is set */
    ALLOCATE_FAILED /* the host has no memory left */
};

/*
 * Begins to allocate an object; size in bytes, not rounded yet. No collection and no other allocation may be running.
 */
void allocate_begin(struct heap *heap, enum object_kind kind, uint64_t size);

/* Continues until the object exists; the micro-steps of collections are taken off *budget. */
enum allocate_result allocate_step(struct heap *heap, uint64_t *budget);

/* ---- the common case: inline, since every allocation passes here ---- */

/* Counts objects with units in all as living in new space. */
static inline void allocate_count_young(struct heap *h, uint64_t objects, uint64_t units)
{
    h->live += objects;
    h->spaces[SPACE_NEW].used += units * UNIT;
    h->spaces[SPACE_NEW].objects += objects;
}

/* Makes the record of an object; there must be room for it. The caller counts it as living. */
static inline uint32_t allocate_record(struct heap *h, uint32_t bits, uint64_t units, uint32_t page, uint32_t offset)
{
    uint32_t object = objects_take(h);
    struct object *o = &h->objects.data[object];
    *o = (struct object){
        .name = NAME_NONE,
        .page = page,
        .offset = offset,
        .size = (uint32_t)units,
        .bits = bits | (uint32_t)(units >> 32) << OBJECT_SIZE_SHIFT | (o->bits & OBJECT_SLOTS),
        .slots = o->slots,
        .handle = NONE,
    };
    h->counters.allocated++;
    h->counters.allocated_bytes += units * UNIT;
    return object;
}

/* Makes the record of a young object that was just bumped in new space. The caller counts it. */
static inline uint32_t allocate_young(struct heap *h, uint32_t bits, uint32_t units)
{
    const struct new_space *n = &h->young_space;
    uint32_t object = allocate_record(h, bits | OBJECT_YOUNG | n->parity, units, n->page, n->top - units); /* space 0 */
    h->young.data[h->young.len++] = object;
    return object;
}

/* Makes room for the record of one more young object, and in the list of young objects. 0, or -1 without memory. */
static inline int allocate_reserve(struct heap *h)
{
    return objects_reserve(h) || vec_reserve(&h->young, 1) ? -1 : 0;
}

/* The number of young objects that there is such room for. */
static inline uint64_t allocate_room(const struct heap *h)
{
    uint64_t records = h->objects.cap < h->cold.cap ? h->objects.cap : h->cold.cap;
    records = records < OBJECT_LIMIT ? records : OBJECT_LIMIT;
    records = h->free_objects.len + (records <= h->free_objects.cap ? records - h->objects.len : 0);
    uint64_t listed = h->young.cap - h->young.len;
    return records < listed ? records : listed;
}

/*
 * The common case, except for counting (allocate_count_young): a young object that fits at top; room (allocate_reserve)
 * must have been made. Returns the object, or NONE: then nothing has happened, and allocate_begin must be used.
 */
static inline __attribute__((always_inline)) uint32_t allocate_fast(struct heap *h, enum object_kind kind,
                                                                    uint64_t size, uint32_t *units)
{
    struct new_space *n = &h->young_space;
    uint64_t wanted = (size + UNIT - 1) / UNIT;
    if (kind >= KIND_CODE || wanted * UNIT > h->config.large_object_size || wanted > n->usable - n->top)
        return NONE;
    *units = (uint32_t)wanted;
    n->top += *units;
    return allocate_young(h, kind, *units);
}

#endif
