/*
 * graph.h - a directed graph as flat arrays: who refers to whom, in a simulated heap or in a snapshot of a real one.
 *
 * Nodes are numbered from 0, the root that stands before all. The edges of a node follow each other in one array, in
 * the order of the nodes.
 *
 * The files in the order to read them; each uses only files before it:
 *   graph            the arrays
 *   dominators       what must be gone through on each way from the root, and what that retains
 *   groups           the same for a class, a site or a kind of objects together
 *   heap_graph       the graph of a simulated heap
 */
#ifndef HEAPREEL_GRAPH_GRAPH_H
#define HEAPREEL_GRAPH_GRAPH_H

#include <stdint.h>

#define NO_NODE UINT32_MAX

struct graph {
    uint32_t nodes; /* 1 to 2^32 - 2 */
    uint32_t edges;
    uint32_t *first; /* of each node, the place of its first edge in to; first[nodes] is edges */
    uint32_t *to;    /* the node that each edge leads to; NO_NODE: a place for an edge that there is not */
};

/* Makes room for that many nodes and edges, not filled. 0, or -1 without memory (nothing needs freeing then). */
int graph_init(struct graph *graph, uint32_t nodes, uint32_t edges);
void graph_free(struct graph *graph);

/* A table of count elements of size bytes, not filled, that is free()d; NULL without memory. */
void *graph_table(uint64_t count, uint64_t size);

#endif
