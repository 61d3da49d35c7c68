/* forest.c - link-cut trees without weights. */
#include "run/forest.h"

static bool is_root(const struct forest_node *n, uint32_t x)
{
    uint32_t parent = n[x].parent;
    return parent == FOREST_NONE || (n[parent].left != x && n[parent].right != x);
}

static void rotate(struct forest_node *n, uint32_t x)
{
    uint32_t parent = n[x].parent, above = n[parent].parent, moved;
    bool root = is_root(n, parent);
    if (n[parent].left == x) {
        moved = n[parent].left = n[x].right;
        n[x].right = parent;
    } else {
        moved = n[parent].right = n[x].left;
        n[x].left = parent;
    }
    if (moved != FOREST_NONE)
        n[moved].parent = parent;
    n[parent].parent = x;
    n[x].parent = above;
    if (!root)
        *(n[above].left == parent ? &n[above].left : &n[above].right) = x;
}

static void splay(struct forest_node *n, uint32_t x)
{
    while (!is_root(n, x)) {
        uint32_t parent = n[x].parent;
        if (!is_root(n, parent)) {
            uint32_t above = n[parent].parent;
            rotate(n, (n[above].left == parent) == (n[parent].left == x) ? parent : x);
        }
        rotate(n, x);
    }
}

/* Makes the path from the top to x, and no farther, one splay tree with x at its root. */
static void expose(struct forest_node *n, uint32_t x)
{
    uint32_t below = FOREST_NONE;
    for (uint32_t at = x; at != FOREST_NONE; at = n[at].parent) {
        splay(n, at);
        n[at].right = below;
        below = at;
    }
    splay(n, x);
}

/* The leftmost node of a splay tree's part, made the tree's root. */
static uint32_t first(struct forest_node *n, uint32_t x)
{
    while (n[x].left != FOREST_NONE)
        x = n[x].left;
    splay(n, x);
    return x;
}

int forest_add(struct forest *forest)
{
    return vec_push(&forest->nodes, ((struct forest_node){FOREST_NONE, FOREST_NONE, FOREST_NONE}));
}

uint32_t forest_top(struct forest *forest, uint32_t node)
{
    expose(forest->nodes.data, node);
    return first(forest->nodes.data, node);
}

uint32_t forest_below_top(struct forest *forest, uint32_t node)
{
    uint32_t top = forest_top(forest, node);
    return first(forest->nodes.data, forest->nodes.data[top].right);
}

void forest_link(struct forest *forest, uint32_t top, uint32_t node)
{
    expose(forest->nodes.data, top);
    forest->nodes.data[top].parent = node;
}

void forest_cut(struct forest *forest, uint32_t node)
{
    struct forest_node *n = forest->nodes.data;
    expose(n, node);
    if (n[node].left != FOREST_NONE)
        n[n[node].left].parent = FOREST_NONE;
    n[node].left = FOREST_NONE;
}
