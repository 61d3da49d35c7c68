/*
 * arena.h - variable-sized arrays inside the flat heap state: blocks of 2^n
 * units of 8 bytes, named by the index of their first unit.
 */
#ifndef HEAPREEL_HEAP_ARENA_H
#define HEAPREEL_HEAP_ARENA_H

#include "heap/heap.h"

#define ARENA_SLACK 4u /* units after the last block that can be read */

/* A block of 2^log units, contents undefined: its index, or NONE without memory. Moves heap.arena.data. */
uint32_t arena_take(struct heap *heap, unsigned log);
/* Returns a block. */
static inline void arena_give(struct heap *h, uint32_t block, unsigned log)
{
    h->arena.data[block] = h->arena_free[log];
    h->arena_free[log] = block;
}

/* The block (not NONE) as an array: valid until the next arena_take. */
static inline void *arena_at(const struct heap *heap, uint32_t block)
{
    return heap->arena.data + block;
}

/* The smallest n with 2^n >= count (count >= 1). */
static inline unsigned log_ceil(uint64_t count)
{
    return count <= 1 ? 0 : 64 - (unsigned)__builtin_clzll(count - 1);
}

#endif
