/*
 * groups.h - what the members of a group (a class, a site, a kind) retain together.
 *
 * The retained sizes of members can lie in each other: a list's first node retains the second. So a group's is the sum
 * over its topmost members, those that no other member dominates, as DevTools counts a class.
 */
#ifndef HEAPREEL_GRAPH_GROUPS_H
#define HEAPREEL_GRAPH_GROUPS_H

#include "graph/dominators.h"

#define NO_GROUP UINT32_MAX

/*
 * Sets top[p] to whether the node at place p is a topmost member of its group. group: of each place, a number below
 * groups, or NO_GROUP. One walk over the dominator tree, without a stack. 0, or -1 without memory.
 */
int groups_topmost(const struct dominators *dominators, const uint32_t *group, uint32_t groups, bool *top);

#endif
