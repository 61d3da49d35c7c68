/* old.c - allocation in the old generation (heap model, section 8). */
#include "gc/internal.h"
#include "gc/policy.h"

#include <stdlib.h>

enum space_id promotion_space(const struct heap *h, const struct object *o)
{
    return h->config.era == ERA_BOOK && !object_pointers(o) ? SPACE_OLD_DATA : SPACE_OLD;
}

/* May the space grow by committed bytes, capacity of which objects can have? */
static bool may_grow(struct heap *h, uint64_t bytes, uint64_t capacity, enum old_asker asker)
{
    if (asker == ASK_PROGRAM && policy_limit_reached(h, bytes))
        return false;
    return policy_may_commit(h, bytes, capacity, asker == ASK_COLLECTOR);
}

/*
 * Sweeps pages before the space grows: book until as many bytes are free as are asked for (V8 3.14 spaces.cc
 * PagedSpace::SlowAllocateRaw), the others one page, since a thread of its own does the rest. 0, or -1 without memory.
 */
static int sweep_some(struct heap *h, enum space_id space, uint64_t bytes, enum sweeper sweeper)
{
    uint64_t freed = 0;
    int swept;
    do
        swept = sweep_one(h, space, sweeper, &freed);
    while (swept > 0 && h->config.era == ERA_BOOK && freed < bytes);
    return swept < 0 ? -1 : 0;
}

/*
 * When the space cannot grow, all its pages are swept before the free list is asked again (V8 3.14 spaces.cc
 * PagedSpace::SlowAllocateRaw, "last ditch"; 5.1 EnsureSweepingCompleted): 1, 0, or -1 without memory.
 */
static int sweep_rest(struct heap *h, enum space_id space, uint64_t units, enum sweeper sweeper, struct place *place)
{
    uint64_t freed = 0;
    int swept;
    do
        swept = sweep_one(h, space, sweeper, &freed);
    while (swept > 0);
    if (swept < 0)
        return -1;
    return old_space_take(h, space, units, place) ? 1 : 0;
}

int old_leave_area(struct heap *h, enum space_id id, uint64_t units)
{
    const struct space *space = &h->spaces[id];
    if (space->area_page != NONE && space->area_limit - space->area_top >= units)
        return 0;
    return old_space_retire_area(h, id) ? -1 : 1;
}

int old_allocate(struct heap *h, enum space_id space, uint64_t units, enum old_asker asker, struct place *place)
{
    enum sweeper sweeper = h->gc.running ? SWEEPER_PAUSE : SWEEPER_PROGRAM;
    int left = old_leave_area(h, space, units);
    if (left < 0)
        return -1;
    h->limits.consider |= left > 0; /* a slow allocation, after which marking may start (section 7) */
    if (old_space_take(h, space, units, place))
        return 1;
    if (h->spaces[space].unswept != NONE) {
        if (sweep_some(h, space, units * UNIT, sweeper))
            return -1;
        if (old_space_take(h, space, units, place))
            return 1;
    }
    if (!may_grow(h, h->config.page_size, config_usable(&h->config), asker))
        return sweep_rest(h, space, units, sweeper, place);
    if (old_space_add_page(h, space))
        return -1;
    return old_space_take(h, space, units, place) ? 1 : 0;
}

int large_allocate(struct heap *h, enum space_id space, uint64_t units, enum old_asker asker, struct place *place)
{
    if (!may_grow(h, large_page_size(h, units), units * UNIT, asker))
        return 0;
    uint32_t page = large_page_make(h, space, units);
    if (page == NONE)
        return -1;
    if (space != SPACE_NEW_LARGE)
        h->limits.consider = true;
    *place = (struct place){page, 0};
    return 1;
}

/* qsort has no context argument in C17: keys carry page, offset and object. */
struct key {
    uint64_t place;
    uint32_t object;
};

static int by_place(const void *a, const void *b)
{
    uint64_t x = ((const struct key *)a)->place, y = ((const struct key *)b)->place;
    return (x > y) - (x < y);
}

int sort_by_place(const struct heap *h, uint32_t *objects, size_t len)
{
    struct key *keys = malloc((len + 1) * sizeof *keys);
    if (!keys)
        return -1;
    for (size_t i = 0; i < len; i++) {
        const struct object *o = &h->objects.data[objects[i]];
        keys[i] = (struct key){(uint64_t)o->page << 32 | o->offset, objects[i]};
    }
    qsort(keys, len, sizeof *keys, by_place);
    for (size_t i = 0; i < len; i++)
        objects[i] = keys[i].object;
    free(keys);
    return 0;
}
