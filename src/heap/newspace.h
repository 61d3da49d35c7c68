/* newspace.h - the two semispaces: bump allocation over pages (heapreel-model(7), "New space"). */
#ifndef HEAPREEL_HEAP_NEWSPACE_H
#define HEAPREEL_HEAP_NEWSPACE_H

#include "heap/heap.h"

/*
 * Bumps top by units in to-space. If an object does not fit in the rest of the page, the rest becomes a filler, and the
 * object goes to the start of the next page. False if there is no next page; nothing changes then.
 */
bool new_space_bump_slow(struct heap *heap, uint64_t units);

static inline bool new_space_bump(struct heap *h, uint64_t units)
{
    if (__builtin_expect(units <= h->young_space.usable - h->young_space.top, 1)) {
        h->young_space.top += (uint32_t)units;
        return true;
    }
    return new_space_bump_slow(h, units);
}

/*
 * Flips the semispaces: to-space becomes from-space (its objects go to heap.from), and the other one an empty to-space.
 */
void new_space_flip(struct heap *heap);

/* The first act of every collection: doubles the semispaces if enough has survived. */
void new_space_grow(struct heap *heap);

/* Bytes of fillers in to-space. */
uint64_t new_space_wasted(const struct heap *heap);

#endif
