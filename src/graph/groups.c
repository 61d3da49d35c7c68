/* groups.c - a walk down and up the dominator tree that counts how many members of each group are above. */
#include "graph/groups.h"

#include <stdlib.h>

/* The tree by its children: the first of each place, and the next with the same dominator; 0 = none. */
struct family {
    uint32_t *child, *sibling;
    uint32_t *above; /* of each group, its members above the place that the walk is at */
};

static int family_make(struct family *f, const struct dominators *d, uint32_t groups)
{
    f->child = calloc(d->places, sizeof *f->child);
    f->sibling = calloc(d->places, sizeof *f->sibling);
    f->above = calloc((size_t)groups + 1, sizeof *f->above);
    if (f->child == NULL || f->sibling == NULL || f->above == NULL)
        return -1;
    for (uint32_t p = d->places; p-- > 1;) {
        f->sibling[p] = f->child[d->idom[p]];
        f->child[d->idom[p]] = p;
    }
    return 0;
}

static void walk(const struct family *f, const struct dominators *d, const uint32_t *group, bool *top)
{
    uint32_t at = 0;
    bool down = true;
    do {
        uint32_t g = group[at];
        if (down && g != NO_GROUP)
            top[at] = f->above[g]++ == 0;
        else if (down)
            top[at] = false;
        if (down && f->child[at] != 0) {
            at = f->child[at];
            continue;
        }
        if (g != NO_GROUP)
            f->above[g]--;
        down = f->sibling[at] != 0;
        at = down ? f->sibling[at] : d->idom[at];
    } while (at != 0);
}

int groups_topmost(const struct dominators *d, const uint32_t *group, uint32_t groups, bool *top)
{
    struct family f = {0};
    int failed = family_make(&f, d, groups);
    if (!failed)
        walk(&f, d, group, top);
    free(f.child);
    free(f.sibling);
    free(f.above);
    return failed;
}
