/* newspace.c - bumping past the end of a page, flipping and growing the semispaces. */
#include "heap/newspace.h"
#include "heap/figures.h"

bool new_space_bump_slow(struct heap *h, uint64_t units)
{
    struct new_space *n = &h->young_space;
    if (n->page + 1 >= n->capacity || units > n->usable)
        return false;
    if (n->top < n->usable)
        tell(h, FILLER, NONE, n->page, (uint64_t)n->top * UNIT, (uint64_t)(n->usable - n->top) * UNIT);
    n->page++;
    n->top = (uint32_t)units;
    return true;
}

void new_space_flip(struct heap *h)
{
    struct new_space *n = &h->young_space;
    uint32_t *data = h->from.data;
    size_t cap = h->from.cap;
    h->from.data = h->young.data, h->from.cap = h->young.cap, h->from.len = h->young.len;
    h->young.data = data, h->young.cap = cap, h->young.len = 0;
    n->parity ^= OBJECT_PARITY;
    n->page = n->top = 0;
    h->spaces[SPACE_NEW].used = 0;
    h->spaces[SPACE_NEW].objects = 0;
    tell(h, FLIP, NONE, n->parity != 0, n->capacity);
}

void new_space_grow(struct heap *h)
{
    struct new_space *n = &h->young_space;
    if (n->capacity >= n->maximum || n->survived <= new_space_capacity(h))
        return;
    uint64_t survived = n->survived;
    n->capacity = n->capacity > n->maximum / 2 ? n->maximum : n->capacity * 2;
    n->survived = 0;
    h->spaces[SPACE_NEW].pages = n->capacity;
    h->spaces[SPACE_NEW].committed = 2 * new_space_capacity(h);
    tell(h, GROW, NONE, n->capacity, new_space_capacity(h), survived);
}

uint64_t new_space_wasted(const struct heap *h)
{
    return new_space_size(h) - h->spaces[SPACE_NEW].used;
}
