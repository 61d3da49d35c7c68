/*
 * forest.h - a forest in which the top of a node's tree is found in O(log n), however deep it is.
 *
 * Nodes are numbers, from 0 on. A node without a parent is a top. The paths are kept as splay trees (link-cut trees: D.
 * D. Sleator, R. E. Tarjan: A Data Structure for Dynamic Trees, Journal of Computer and System Sciences 26, 1983), so
 * that costs are amortized.
 */
#ifndef HEAPREEL_RUN_FOREST_H
#define HEAPREEL_RUN_FOREST_H

#include "base/vec.h"

#include <stdbool.h>

#define FOREST_NONE UINT32_MAX

/* In the splay tree of its path: left is nearer to the top. A splay tree's root has the path's parent, if any. */
struct forest_node {
    uint32_t left, right, parent;
};

/* Zeroed: empty. Freed with vec_free(&forest->nodes). */
struct forest {
    VEC(struct forest_node) nodes;
};

/* Adds a node, which is a top: its number is the one before nodes.len. 0, or -1 without memory. */
int forest_add(struct forest *forest);
/* The top of the tree that node is in. */
uint32_t forest_top(struct forest *forest, uint32_t node);
/* The node below the top on the path to node, which must not be a top itself. */
uint32_t forest_below_top(struct forest *forest, uint32_t node);
/* Puts a top below node, which must not be in its tree. */
void forest_link(struct forest *forest, uint32_t top, uint32_t node);
/* Makes node a top. */
void forest_cut(struct forest *forest, uint32_t node);

#endif
