/* oldspace.c - allocation in the old generation (heapreel-model(7), "Old spaces"). */
#include "gc/internal.h"
#include "gc/policy.h"

enum space_id promotion_space(const struct heap *h, const struct object *o)
{
    return object_pointers(o) ? SPACE_OLD : (enum space_id)h->rules->data_space;
}

/* May the space grow by committed bytes that hold capacity bytes of objects? */
static bool may_grow(struct heap *h, uint64_t bytes, uint64_t capacity, enum old_asker asker)
{
    if (asker == ASK_PROGRAM && policy_limit_refuses(h, bytes))
        return false;
    return policy_may_commit(h, bytes, capacity, asker == ASK_COLLECTOR);
}

int old_leave_area(struct heap *h, enum space_id id, uint64_t units)
{
    const struct space *space = &h->spaces[id];
    if (space->area_page != NONE && space->area_limit - space->area_top >= units)
        return 0;
    return old_space_retire_area(h, id) ? -1 : 1;
}

/*
 * What an allocation does when there is no room. Pages are swept before the space grows: in book until as many bytes
 * are free as it needs (V8 3.14 spaces.cc PagedSpace::SlowAllocateRaw), in the others one page, since a thread does the
 * rest. If the space cannot grow, all its pages are swept before the free list is tried again (the same, "last ditch";
 * 5.1 EnsureSweepingCompleted).
 */
enum phase { TAKE, SWEEP_SOME, TAKE_SWEPT, SWEEP_ALL };

static enum old_result took(struct heap *h, enum space_id space, uint64_t units, struct place *place)
{
    h->search.phase = TAKE;
    return old_space_take(h, space, units, place) ? OLD_FOUND : OLD_FULL;
}

/* Sweeps one page, if one waits, and sets the next phase; OLD_FULL: none waits. */
static enum old_result swept(struct heap *h, enum space_id space, enum phase next)
{
    enum sweeper sweeper = h->gc.running ? SWEEPER_PAUSE : SWEEPER_PROGRAM;
    h->search.phase = (uint8_t)next; /* before the page is reported */
    if (h->spaces[space].unswept == NONE)
        return OLD_FULL;
    if (h->search.held)
        return OLD_SWEPT;
    return sweep_one(h, space, sweeper, &h->search.freed) < 0 ? OLD_FAILED : OLD_SWEPT;
}

static enum old_result sweep_some(struct heap *h, enum space_id space, uint64_t units)
{
    enum old_result result = swept(h, space, SWEEP_SOME);
    bool enough = h->config.sweeping != SWEEPING_LAZY || h->search.freed >= units * UNIT;
    if (result == OLD_FULL || (enough && !h->search.held))
        h->search.phase = TAKE_SWEPT;
    return result;
}

static enum old_result first_try(struct heap *h, enum space_id space, uint64_t units, struct place *place)
{
    int left = old_leave_area(h, space, units);
    if (left < 0)
        return OLD_FAILED;
    h->limits.consider |= left > 0; /* a slow allocation, after which marking may start */
    return took(h, space, units, place);
}

/* The swept pages of the space have no room: adds a page, or sweeps the others. */
static enum old_result grow(struct heap *h, enum space_id space, uint64_t units, enum old_asker asker,
                            struct place *place)
{
    if (!may_grow(h, h->config.page_size, config_usable(&h->config), asker)) {
        enum old_result result = swept(h, space, SWEEP_ALL);
        return result == OLD_FULL ? took(h, space, units, place) : result;
    }
    return old_space_add_page(h, space) ? OLD_FAILED : took(h, space, units, place);
}

enum old_result old_allocate(struct heap *h, enum space_id space, uint64_t units, enum old_asker asker,
                             struct place *place)
{
    enum old_result result;
    switch ((enum phase)h->search.phase) {
    case TAKE:
        result = first_try(h, space, units, place);
        if (result != OLD_FULL)
            return result;
        h->search.freed = 0;
        if (h->spaces[space].unswept == NONE)
            return grow(h, space, units, asker, place);
        return sweep_some(h, space, units);
    case SWEEP_SOME:
        result = sweep_some(h, space, units);
        if (result != OLD_FULL)
            return result;
        break;
    case TAKE_SWEPT: break;
    case SWEEP_ALL:
        result = swept(h, space, SWEEP_ALL);
        return result == OLD_FULL ? took(h, space, units, place) : result;
    }
    result = took(h, space, units, place);
    return result == OLD_FULL ? grow(h, space, units, asker, place) : result;
}

enum old_result large_allocate(struct heap *h, enum space_id space, uint64_t units, enum old_asker asker,
                               struct place *place)
{
    if (!may_grow(h, large_page_size(h, units), units * UNIT, asker))
        return OLD_FULL;
    uint32_t page = large_page_make(h, space, units);
    if (page == NONE)
        return OLD_FAILED;
    if (space != SPACE_NEW_LARGE)
        h->limits.consider = true;
    *place = (struct place){page, 0};
    return OLD_FOUND;
}
