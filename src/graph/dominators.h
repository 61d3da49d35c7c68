/*
 * dominators.h - the dominator tree of a graph, and retained sizes.
 *
 * A node a dominates b if each way from the root to b goes through a. Each node that can be reached, but the root, has
 * one immediate dominator; these make a tree, and what a node retains is its subtree: what would go if it were gone.
 *
 * The algorithm is Semi-NCA (L. Georgiadis, "Linear-Time Algorithms for Dominators and Related Problems", Princeton
 * 2005, section 2.3; semidominators as by Lengauer and Tarjan, TOPLAS 1979): a depth-first walk numbers the nodes, then
 * one pass from the last number down finds semidominators, with compressed paths in the forest of the numbers passed,
 * and one pass up goes from each node's parent up to the first dominator that is no later than its semidominator. Near
 * linear in practice, n^2 at worst. Nothing recurs, and no stack is kept: the walk turns pointers round on its way down
 * (Schorr and Waite, CACM 1967), and paths are halved on the way up (as in union-find), which needs no way back.
 *
 * It works in steps, so that a screen can show how far it is.
 *
 * Numbers of the walk are called places: 0 is the root, and a node's immediate dominator has a lower place.
 */
#ifndef HEAPREEL_GRAPH_DOMINATORS_H
#define HEAPREEL_GRAPH_DOMINATORS_H

#include "base/vec.h"
#include "graph/graph.h"

#include <stdbool.h>

enum dominators_phase { DOMINATORS_WALK, DOMINATORS_SEMI, DOMINATORS_CLIMB, DOMINATORS_DONE };

/* An edge from a later place to an earlier one. */
struct dominators_edge {
    uint32_t from, to;
};
struct dominators_link; /* of a place, in the forest */

struct dominators {
    /* The result: */
    uint32_t nodes;  /* of the graph */
    uint32_t places; /* nodes that can be reached, the root included */
    uint32_t *place; /* of each node, or NO_NODE if it cannot be reached */
    uint32_t *node;  /* of each place */
    uint32_t *idom;  /* of each place, the place of its immediate dominator; of the root's, 0 */
    /* While it is made: */
    enum dominators_phase phase;
    uint32_t edges;      /* of the graph */
    uint32_t at, parent; /* the record being walked, and the one that led to it; later at is the next place */
    uint64_t done;       /* nodes and edges that the passes have gone through; see dominators_progress */
    uint32_t *records;   /* of the nodes, each followed by its edges: see dominators.c */
    uint32_t *semi;      /* of each place, its semidominator so far */
    uint32_t *first;     /* of each place, how many edges in back lead to it; later where its list in from ends */
    VEC(struct dominators_edge) back;
    uint32_t *from; /* the same by the place that they lead to */
    struct dominators_link *link;
};

/*
 * Begins with a graph, which is taken over: *graph is empty afterwards. 0, or -1 without memory. dominators_free is
 * needed in both cases.
 */
int dominators_begin(struct dominators *dominators, struct graph *graph);
/*
 * Goes on for about budget nodes and edges (at least 1). 1: it is done; 0: there is more to do; -1 without memory, and
 * only dominators_free is allowed then.
 */
int dominators_step(struct dominators *dominators, uint64_t budget);
/* How much of the work is done, in thousandths; 1000 only at the end. */
unsigned dominators_progress(const struct dominators *dominators);
/* All of it at once: 0, or -1 without memory. */
int dominators_make(struct dominators *dominators, struct graph *graph);
void dominators_free(struct dominators *dominators);

/*
 * Adds to each place's size those of all the places that it dominates: sizes of places become retained sizes. They must
 * have no more than 2^64 - 1 together.
 */
void dominators_retain(const struct dominators *dominators, uint64_t *sizes);

#endif
