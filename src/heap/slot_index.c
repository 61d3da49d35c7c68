/*
 * slot_index.c - finds the first slot of a large holder that holds a given target.
 *
 * The slots that hold the same target form a pairing heap ordered by position (Fredman, Sedgewick, Sleator, Tarjan: The
 * pairing heap, Algorithmica 1, 1986), so that slots can be stored to in any order and the oldest is found at once. A
 * hash table leads from a target to the root of its tree. It is made when "unref SRC DST" first needs it. In links and
 * roots, positions are kept + 1, and 0 means none.
 */
#include "heap/table.h"

static struct target_link *links_of(const struct heap *h, const struct table *t)
{
    return arena_at(h, t->links);
}

static uint32_t *roots_of(const struct heap *h, const struct table *t)
{
    return arena_at(h, t->roots);
}

/* Units that the links of 2^log slots take: 12 bytes each, in a block of 2^(log + 1) units. */
static unsigned links_log(const struct table *t)
{
    return t->log + 1u;
}

static uint32_t target_at(const struct heap *h, const struct table *t, uint32_t position)
{
    const struct slot *slots = arena_at(h, t->array);
    return slots[position].target;
}

void targets_drop(struct heap *h, uint32_t table)
{
    struct table *t = &h->tables.data[table];
    if (t->links == NONE)
        return;
    arena_give(h, t->links, links_log(t));
    arena_give(h, t->roots, t->roots_log - 1u);
    t->links = NONE;
    t->roots = NONE;
    t->nroots = 0;
}

/* The place in roots of target's tree, or the empty one where it would go. target's tree is never empty. */
static uint32_t find_root(const struct heap *h, const struct table *t, uint32_t target)
{
    const uint32_t *roots = roots_of(h, t);
    uint32_t last = (1u << t->roots_log) - 1;
    uint32_t i = table_mix(target) & last;
    while (roots[i] && target_at(h, t, roots[i] - 1) != target)
        i = (i + 1) & last;
    return i;
}

/* Joins two trees: the root with the higher position becomes the first child of the other. */
static uint32_t meld(struct target_link *links, uint32_t a, uint32_t b)
{
    if (!a || !b)
        return a ? a : b;
    if (b < a) {
        uint32_t c = a;
        a = b;
        b = c;
    }
    struct target_link *parent = &links[a - 1], *child = &links[b - 1];
    child->sibling = parent->child;
    child->previous = a;
    if (parent->child)
        links[parent->child - 1].previous = b;
    parent->child = b;
    parent->sibling = 0;
    parent->previous = 0;
    return a;
}

/* Joins a list of siblings into one tree: pairs from left to right, then all from right to left. */
static uint32_t meld_all(struct target_link *links, uint32_t first)
{
    uint32_t stack = 0; /* melded pairs, newest first, linked by sibling */
    while (first) {
        uint32_t second = links[first - 1].sibling;
        uint32_t rest = second ? links[second - 1].sibling : 0;
        links[first - 1].sibling = 0;
        if (second)
            links[second - 1].sibling = 0;
        uint32_t pair = meld(links, first, second);
        links[pair - 1].sibling = stack;
        stack = pair;
        first = rest;
    }
    uint32_t root = 0;
    while (stack) {
        uint32_t next = links[stack - 1].sibling;
        links[stack - 1].sibling = 0;
        root = meld(links, root, stack);
        stack = next;
    }
    if (root)
        links[root - 1].previous = links[root - 1].sibling = 0;
    return root;
}

static void remove_root(struct heap *h, struct table *t, uint32_t hole)
{
    uint32_t *roots = roots_of(h, t);
    uint32_t last = (1u << t->roots_log) - 1;
    for (uint32_t i = (hole + 1) & last; roots[i]; i = (i + 1) & last) {
        uint32_t home = table_mix(target_at(h, t, roots[i] - 1)) & last;
        if (((i - home) & last) >= ((i - hole) & last)) {
            roots[hole] = roots[i];
            hole = i;
        }
    }
    roots[hole] = 0;
    t->nroots--;
}

static int grow_roots(struct heap *h, uint32_t table)
{
    const struct table *old = &h->tables.data[table];
    uint32_t block = arena_take(h, old->roots_log);
    if (block == NONE)
        return -1;
    struct table *t = &h->tables.data[table];
    uint32_t was = t->roots;
    unsigned log = t->roots_log;
    t->roots = block;
    t->roots_log = (uint8_t)(log + 1);
    memset(roots_of(h, t), 0, sizeof(uint32_t) << t->roots_log);
    const uint32_t *from = arena_at(h, was);
    for (uint32_t i = 0; i < 1u << log; i++)
        if (from[i])
            roots_of(h, t)[find_root(h, t, target_at(h, t, from[i] - 1))] = from[i];
    arena_give(h, was, log - 1);
    return 0;
}

void targets_add(struct heap *h, uint32_t table, uint32_t position, uint32_t target)
{
    struct table *t = &h->tables.data[table];
    if (t->links == NONE)
        return;
    if (t->nroots >= (1u << t->roots_log) / 4 * 3) {
        /* The slot at position must not be taken for a root of its target while the roots move: it is not one yet. */
        if (grow_roots(h, table)) {
            targets_drop(h, table);
            return;
        }
        t = &h->tables.data[table];
    }
    links_of(h, t)[position] = (struct target_link){0, 0, 0};
    uint32_t at = find_root(h, t, target);
    uint32_t *roots = roots_of(h, t);
    if (!roots[at])
        t->nroots++;
    roots[at] = meld(links_of(h, t), roots[at], position + 1);
}

void targets_remove(struct heap *h, uint32_t table, uint32_t position, uint32_t target)
{
    struct table *t = &h->tables.data[table];
    if (t->links == NONE)
        return;
    struct target_link *links = links_of(h, t);
    uint32_t at = find_root(h, t, target);
    uint32_t *roots = roots_of(h, t);
    struct target_link *gone = &links[position];
    uint32_t children = meld_all(links, gone->child);
    if (roots[at] == position + 1) {
        if (children)
            roots[at] = children;
        else
            remove_root(h, t, at);
        return;
    }
    /* Cut it out of its parent's list of children, then give its own children to the root. */
    struct target_link *before = &links[gone->previous - 1];
    if (before->child == position + 1)
        before->child = gone->sibling;
    else
        before->sibling = gone->sibling;
    if (gone->sibling)
        links[gone->sibling - 1].previous = gone->previous;
    roots[at] = meld(links, roots[at], children);
}

uint32_t targets_first(const struct heap *h, uint32_t table, uint32_t target)
{
    const struct table *t = &h->tables.data[table];
    return roots_of(h, t)[find_root(h, t, target)] - 1; /* 0 - 1 is NONE */
}

int targets_build(struct heap *h, uint32_t table)
{
    const struct table *old = &h->tables.data[table];
    unsigned log = old->log < 4 ? 4 : old->log; /* roots start with room for a target a place, and grow */
    uint32_t links = arena_take(h, links_log(old));
    uint32_t roots = links == NONE ? NONE : arena_take(h, log - 1);
    struct table *t = &h->tables.data[table];
    if (roots == NONE) {
        if (links != NONE)
            arena_give(h, links, links_log(t));
        return -1;
    }
    t->links = links;
    t->roots = roots;
    t->roots_log = (uint8_t)log;
    t->nroots = 0;
    memset(roots_of(h, t), 0, sizeof(uint32_t) << log);
    uint32_t len = t->len;
    for (uint32_t i = len; i-- > 0;) { /* newest first: then each tree is a chain-free star */
        uint32_t target = target_at(h, t, i);
        if (target != NONE)
            targets_add(h, table, i, target);
        t = &h->tables.data[table];
        if (t->links == NONE)
            return -1;
    }
    return 0;
}
