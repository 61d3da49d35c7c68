/*
 * heap_graph.h - the graph of a simulated heap, and what its objects retain (heapreel-model(7), "Retained sizes").
 *
 * Node 0 is the root, node i + 1 the object record i (records that are free are nodes without edges). The root leads to
 * each object with a handle, an object to what its strong slots hold, and the key of an entry of a weak collection that
 * is kept to the entry's value: nothing leads from the collection to its keys or values.
 */
#ifndef HEAPREEL_GRAPH_HEAP_GRAPH_H
#define HEAPREEL_GRAPH_HEAP_GRAPH_H

#include "graph/dominators.h"
#include "heap/heap.h"

/* Makes the graph of a heap. 0, or -1 without memory (or with more than 2^32 - 1 edges); nothing needs freeing then. */
int heap_graph_make(const struct heap *heap, struct graph *graph);

/* What the objects of a heap retain. Bytes by place in the dominator tree; the root's are those of all that is kept. */
struct heap_retained {
    struct dominators tree;
    uint64_t *bytes;    /* in the heap */
    uint64_t *external; /* off-heap; NULL if no object has any */
};

/* The object at a place (not 0), and the place of an object, or NO_NODE if a major collection would not keep it. */
static inline uint32_t heap_retained_object(const struct heap_retained *r, uint32_t place)
{
    return r->tree.node[place] - 1;
}
static inline uint32_t heap_retained_place(const struct heap_retained *r, uint32_t object)
{
    return r->tree.place[object + 1];
}

/* Fills bytes and external from the tree of the heap, which is done. 0, or -1 without memory. */
int heap_retained_sum(struct heap_retained *retained, const struct heap *heap);
/* All of it: 0, or -1 without memory. heap_retained_free is needed in both cases. */
int heap_retained_make(struct heap_retained *retained, const struct heap *heap);
void heap_retained_free(struct heap_retained *retained);

#endif
