/*
 * newspace.h - the two semispaces: bump allocation over pages (heap model, section 4).
 */
#ifndef HEAPREEL_HEAP_NEWSPACE_H
#define HEAPREEL_HEAP_NEWSPACE_H

#include "heap/heap.h"

/*
 * Bumps top by units in to-space. An object that does not fit in the rest of
 * the page makes a filler of it and goes to the next page's start. False if there is no next page;
 * then nothing has changed.
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

/* Flips: from-space is what to-space was (its objects go to heap.from), to-space is empty. */
void new_space_flip(struct heap *heap);

/* The first act of every collection: grows the semispaces if enough has survived. */
void new_space_grow(struct heap *heap);

/* Bytes of to-space pages that are taken up by neither objects nor free room: fillers. */
uint64_t new_space_wasted(const struct heap *heap);

#endif
