/*
 * living.h - which edges of a snapshot keep their targets alive, and what can be reached by them from node 0.
 *
 * Weak edges do not, nor do shortcuts (except those of node 0): they repeat what other edges say. V8 writes an entry of
 * a WeakMap as an internal edge from the key to the value, and another from the table, with a name that says so. The
 * value lives if the table and the key do: the table's edge does not count, and the key's counts if the table is alive
 * (as DevTools has it).
 */
#ifndef HEAPREEL_SNAPSHOT_LIVING_H
#define HEAPREEL_SNAPSHOT_LIVING_H

#include "graph/graph.h"
#include "snapshot/snapshot.h"

/* An edge that counts only if the table is alive. */
struct living_entry {
    uint32_t edge, table; /* NO_NODE: no node has the table's id */
    uint32_t next;        /* of the same table: index + 1, 0 = none */
};

struct living {
    uint8_t *counts; /* of each edge, whether it keeps alive */
    /* After living_walk: */
    uint32_t *distance; /* of each node, edges from node 0; NO_NODE: it cannot be reached */
    uint32_t *from;     /* of each node that can be reached, the edge of a shortest way to it; of node 0, NO_NODE */
    VEC(struct living_entry) entries; /* in the order of their edges */
};

/* Finds the edges that count. 0, or -1 without memory. living_free is needed in both cases. */
int living_make(struct living *living, const struct snapshot *snapshot);
void living_free(struct living *living);

/* Walks breadth first, and notes shortest ways: apart, since its memory is not needed while dominators are found. */
int living_walk(struct living *living, const struct snapshot *snapshot);

/* The graph of the edges that count. 0, or -1 without memory. */
int living_graph(const struct living *living, const struct snapshot *snapshot, struct graph *graph);

/* The entry that an edge from a key to its value belongs to, or NULL. */
const struct living_entry *living_entry_of(const struct living *living, uint32_t edge);

/* The node that owns an edge. */
uint32_t snapshot_owner(const struct snapshot *snapshot, uint32_t edge);

#endif
