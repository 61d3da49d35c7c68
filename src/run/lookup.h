/*
 * lookup.h - what expectations look for in a heap: found once, and kept until the heap changes.
 *
 * A trace may have a hundred thousand "expect garbage" in a row, or "expect dead": each would look at the whole heap.
 */
#ifndef HEAPREEL_RUN_LOOKUP_H
#define HEAPREEL_RUN_LOOKUP_H

#include "graph/heap_graph.h"
#include "heap/leaks.h"

/* Zeroed: nothing has been found. */
struct lookup {
    struct path_tree reached; /* without paths */
    struct leaks leaks;
    struct heap_retained retained;
    uint64_t reached_at, leaks_at, retained_at; /* the moments of those */
    VEC(uint32_t) heads, older;                 /* dead names by their hash, newest first: places in the ring + 1 */
    uint64_t dead;                              /* of heap.dead_name_count, those that they have */
};

void lookup_free(struct lookup *lookup);

/* What the handles reach; the leak analysis; what objects retain. NULL without memory. */
const struct path_tree *lookup_reached(struct lookup *lookup, const struct heap *heap);
const struct leaks *lookup_leaks(struct lookup *lookup, const struct heap *heap);
const struct heap_retained *lookup_retained(struct lookup *lookup, const struct heap *heap);
/* Is it remembered that an object of that name has been collected? 1 or 0; -1 without memory. */
int lookup_dead(struct lookup *lookup, const struct heap *heap, uint32_t name);

#endif
