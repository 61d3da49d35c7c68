/*
 * allocate.h - allocation by the program, with the collections that it may need
 * (heap model, sections 3, 4 and 9). A step machine: a collection in the middle can be stopped and gone on with.
 */
#ifndef HEAPREEL_GC_ALLOCATE_H
#define HEAPREEL_GC_ALLOCATE_H

#include "gc/gc.h"

enum allocate_result {
    ALLOCATE_DONE,   /* the object stands in heap.allocation.object: no name, no slots, no handle yet */
    ALLOCATE_MORE,   /* the budget is used up */
    ALLOCATE_OOM,    /* heap.out_of_memory is set */
    ALLOCATE_FAILED  /* the host has no memory left */
};

/* Begins to allocate an object; size in bytes, not rounded yet. No collection and no allocation may be going on. */
void allocate_begin(struct heap *heap, enum object_kind kind, uint64_t size);

/*
 * The common case, whole: a young object that fits where top stands. The object, or NONE: then nothing
 * has happened, and allocate_begin is the way.
 */
uint32_t allocate_fast(struct heap *heap, enum object_kind kind, uint64_t size);

/* Goes on until the object is there; collections take their micro-steps off *budget. */
enum allocate_result allocate_step(struct heap *heap, uint64_t *budget);

/* Bits of an object of that kind: kind, pointers, weak collection. */
uint32_t object_kind_bits(enum object_kind kind);

#endif
