/*
 * allocate.h - allocation by the program, with the collections that it may need
 * (heap model, sections 3, 4 and 9). A step machine: a collection in the middle can be stopped and gone on with.
 */
#ifndef HEAPREEL_GC_ALLOCATE_H
#define HEAPREEL_GC_ALLOCATE_H

#include "gc/gc.h"
#include "heap/objects.h"

enum allocate_result {
    ALLOCATE_DONE,   /* the object stands in heap.allocation.object: no name, no slots, no handle yet */
    ALLOCATE_MORE,   /* the budget is used up */
    ALLOCATE_OOM,    /* heap.out_of_memory is set */
    ALLOCATE_FAILED  /* the host has no memory left */
};

/* Begins to allocate an object; size in bytes, not rounded yet. No collection and no allocation may be going on. */
void allocate_begin(struct heap *heap, enum object_kind kind, uint64_t size);

/* Goes on until the object is there; collections take their micro-steps off *budget. */
enum allocate_result allocate_step(struct heap *heap, uint64_t *budget);

/* ---- the common case: inline, since every allocation passes here ---- */

/* Bits of an object of that kind: kind, pointers, weak collection. */
static inline uint32_t object_kind_bits(enum object_kind kind)
{
#define X(symbol, word, fixed, pointers, weak) (uint32_t)((pointers) != 0) << KIND_##symbol |
    const uint32_t holds = OBJECT_KINDS(X) 0;
#undef X
#define X(symbol, word, fixed, pointers, weak) (uint32_t)((weak) != 0) << KIND_##symbol |
    const uint32_t collection = OBJECT_KINDS(X) 0;
#undef X
    return kind | (holds >> kind & 1) * OBJECT_POINTERS | (collection >> kind & 1) * OBJECT_COLLECTION;
}

/* Makes the record of an object, for which room has been made; where it lies is the caller's to say. */
static inline uint32_t allocate_record(struct heap *h, uint32_t bits, uint64_t units)
{
    uint32_t object = objects_take(h);
    h->objects.data[object] = (struct object){
        .name = NAME_NONE,
        .size = (uint32_t)units,
        .bits = bits | (uint32_t)(units >> 32) << OBJECT_SIZE_SHIFT,
        .slots = NONE,
        .handle = NONE,
    };
    h->cold.data[object] = (struct object_cold){.next = NONE, .site = NAME_NONE};
    h->live++;
    h->counters.allocated++;
    h->counters.allocated_bytes += units * UNIT;
    return object;
}

/* The record of a young object that new space has just been bumped for. */
static inline uint32_t allocate_young(struct heap *h, uint32_t bits, uint64_t units)
{
    uint32_t object = allocate_record(h, bits | OBJECT_YOUNG | h->young_space.parity, units); /* space new is 0 */
    struct object *o = &h->objects.data[object];
    o->page = h->young_space.page;
    o->offset = h->young_space.top - (uint32_t)units;
    __builtin_prefetch(&h->young.data[h->young.len + 64], 1);
    h->young.data[h->young.len++] = object;
    h->spaces[SPACE_NEW].used += units * UNIT;
    h->spaces[SPACE_NEW].objects++;
    return object;
}

/*
 * The common case, whole: a young object that fits where top stands. The object, or NONE: then nothing
 * has happened, and allocate_begin is the way.
 */
static inline uint32_t allocate_fast(struct heap *h, enum object_kind kind, uint64_t size)
{
    uint64_t units = (size + UNIT - 1) / UNIT;
    if (kind >= KIND_CODE || units * UNIT > h->config.large_object_size ||
        units > h->young_space.usable - h->young_space.top || objects_reserve(h) || vec_reserve(&h->young, 1))
        return NONE;
    h->young_space.top += (uint32_t)units;
    return allocate_young(h, object_kind_bits(kind), units);
}

#endif
