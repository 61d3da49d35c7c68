/*
 * compact.c - evacuation of candidate pages into the free room of others (heapreel-model(7), "Compaction"; V8 3.14
 * mark-compact.cc EvacuateLiveObjectsFromPage).
 */
#include "gc/internal.h"
#include "gc/policy.h"

#include <stdlib.h>

static bool compactable(enum space_id space)
{
    return space == SPACE_OLD || space == SPACE_OLD_DATA || space == SPACE_CODE;
}

/* A page that can be evacuated: bytes, and its place in the order of its space. */
struct choice {
    uint64_t live, free_bytes;
    uint32_t order, page;
};

static int fewest_live_first(const void *a, const void *b)
{
    const struct choice *x = a, *y = b;
    if (x->live != y->live)
        return x->live < y->live ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

/* Makes the page a candidate: nothing is allocated on it from now on. */
static void take(struct heap *h, const struct choice *choice)
{
    uint32_t page = choice->page;
    struct page *p = &h->pages.data[page];
    page_swept(h, page);
    page_drop_blocks(h, page);
    p->flags |= PAGE_CANDIDATE;
    p->dead = config_usable(&h->config) - p->used;
    h->spaces[p->space].withheld += p->dead;
    tell(h, CANDIDATE, NONE, p->space, page, choice->live, choice->free_bytes);
}

/* ---- candidates of every major collection ---- */

/* Is the page fragmented enough, by the free bytes that the last sweep found and allocation has left? */
static bool qualifies(const struct heap *h, uint64_t free_bytes)
{
    uint64_t target = h->limits.reduce ? 20 : h->config.compaction_target;
    return free_bytes * 100 >= config_usable(&h->config) * target;
}

/* Collects the pages of a space that are fragmented enough, fewest live bytes first. Returns their number. */
static size_t collect_choices(const struct heap *h, enum space_id space, struct choice *choices)
{
    size_t count = 0;
    uint32_t order = 0;
    for (uint32_t page = h->spaces[space].first; page != NONE; page = h->pages.data[page].next, order++) {
        const struct page *p = &h->pages.data[page];
        uint64_t free_bytes = p->available + p->wasted;
        bool spared = page == h->spaces[space].area_page || (order == 0 && h->rules->spares_first_page);
        if (spared || p->count == 0 || !qualifies(h, free_bytes))
            continue;
        choices[count++] = (struct choice){config_usable(&h->config) - free_bytes, free_bytes, order, page};
    }
    qsort(choices, count, sizeof *choices, fewest_live_first);
    return count;
}

static uint64_t square_root(uint64_t n)
{
    uint64_t root = 0;
    while ((root + 1) * (root + 1) <= n)
        root++;
    return root;
}

/*
 * How many of them are taken: by the number of the space's pages if there is no limit in bytes (V8 3.14
 * mark-compact.cc, CollectEvacuationCandidates), else by live bytes, and none if no page would be released (V8 5.1,
 * EvacuationCandidate selection, estimated_released_pages).
 */
static size_t limit_choices(const struct heap *h, enum space_id space, const struct choice *choices, size_t count)
{
    uint64_t most = h->config.compaction_max_bytes * (h->limits.reduce ? 3 : 1), live = 0,
             usable = config_usable(&h->config);
    uint64_t pages = most == 0 ? square_root(h->spaces[space].pages / 2) + 1 : UINT64_MAX;
    size_t taken = 0;
    while (taken < count && taken < pages && (most == 0 || live + choices[taken].live <= most))
        live += choices[taken++].live;
    return taken > (live + usable - 1) / usable ? taken : 0;
}

/* Chooses candidates in a space by the free bytes that the last sweep found. 0, or -1 without memory. */
static int compact_choose(struct heap *h, enum space_id space)
{
    if (!compactable(space) || h->spaces[space].pages < 2)
        return 0;
    struct choice *choices = malloc(h->spaces[space].pages * sizeof *choices);
    if (!choices)
        return -1;
    size_t count = limit_choices(h, space, choices, collect_choices(h, space, choices));
    for (size_t i = 0; i < count; i++)
        take(h, &choices[i]);
    free(choices);
    return 0;
}

int marking_choose(struct heap *h)
{
    for (enum space_id space = SPACE_OLD; space <= SPACE_CODE; space++)
        if (compact_choose(h, space))
            return -1;
    return 0;
}

/* ---- gc compact and the last resort ---- */

/* Takes, fewest live bytes first, the pages whose live bytes fit in the free room of the others. */
static void take_what_fits(struct heap *h, struct choice *choices, size_t count, uint64_t free_bytes)
{
    uint64_t moving = 0;
    qsort(choices, count, sizeof *choices, fewest_live_first);
    for (size_t i = 0; i < count; i++) {
        if (choices[i].free_bytes == 0 || moving + choices[i].live > free_bytes - choices[i].free_bytes)
            break;
        moving += choices[i].live;
        free_bytes -= choices[i].free_bytes;
        take(h, &choices[i]);
    }
}

int compact_choose_all(struct heap *h, enum space_id space)
{
    if (!compactable(space) || h->spaces[space].pages < 2)
        return 0;
    struct choice *choices = malloc(h->spaces[space].pages * sizeof *choices);
    if (!choices)
        return -1;
    size_t count = 0;
    uint64_t free_bytes = 0;
    for (uint32_t page = h->spaces[space].first; page != NONE; page = h->pages.data[page].next) {
        const struct page *p = &h->pages.data[page];
        uint64_t page_free = config_usable(&h->config) - p->used;
        free_bytes += page_free;
        if (p->count == 0)
            continue; /* nothing to move: it will be released, or provides room */
        choices[count] = (struct choice){p->used, page_free, (uint32_t)count, page};
        count++;
    }
    take_what_fits(h, choices, count, free_bytes);
    free(choices);
    return 0;
}

/* ---- evacuation ---- */

/* qsort has no context argument in C17, so keys carry page, offset and object. */
struct key {
    uint64_t place;
    uint32_t object;
};

static int by_place(const void *a, const void *b)
{
    uint64_t x = ((const struct key *)a)->place, y = ((const struct key *)b)->place;
    return (x > y) - (x < y);
}

/* Sorts objects by page and offset. 0, or -1 without memory. */
static int sort_by_place(const struct heap *h, uint32_t *objects, size_t len)
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

/* Puts the objects of a page in address order. */
static int sort_page(struct heap *h, uint32_t page)
{
    struct page *p = &h->pages.data[page];
    size_t count = p->count;
    h->worklist.len = 0; /* empty after marking: room for the page's objects */
    if (vec_reserve(&h->worklist, count))
        return -1;
    uint32_t *objects = h->worklist.data;
    for (uint32_t o = p->objects, i = 0; o != NONE; o = h->cold.data[o].next)
        objects[i++] = o;
    if (sort_by_place(h, objects, count))
        return -1;
    p->objects = NONE;
    for (size_t i = count; i-- > 0;) {
        h->cold.data[objects[i]].next = p->objects;
        p->objects = objects[i];
    }
    return 0;
}

/* Finds room in another page of the space; may sweep one page per call, and adds none. */
static enum old_result find_room(struct heap *h, enum space_id space, uint64_t units, struct place *place)
{
    uint64_t freed = 0;
    if (old_leave_area(h, space, units) < 0)
        return OLD_FAILED;
    if (old_space_take(h, space, units, place))
        return OLD_FOUND;
    int swept = sweep_one(h, space, SWEEPER_PAUSE, &freed);
    return swept < 0 ? OLD_FAILED : swept > 0 ? OLD_SWEPT : OLD_FULL;
}

/* Moves the first object of a candidate. OLD_FULL: no other page has room. */
static enum old_result evacuate(struct heap *h, uint32_t page)
{
    uint32_t object = h->pages.data[page].objects;
    struct object *o = &h->objects.data[object];
    uint32_t from_offset = o->offset;
    enum space_id space = object_space(o);
    uint64_t bytes = object_bytes(o);
    struct place place;
    enum old_result found = find_room(h, space, object_units(o), &place);
    if (found != OLD_FOUND)
        return found;
    struct page *from = &h->pages.data[page];
    from->objects = h->cold.data[object].next;
    from->used -= bytes;
    from->dead += bytes;
    from->count--;
    h->spaces[space].used -= bytes;
    h->spaces[space].objects--;
    h->spaces[space].withheld += bytes;
    page_place(h, object, place);
    o->bits |= OBJECT_SEEN; /* until compact_update_slots */
    h->gc.evacuated_bytes += bytes;
    tell(h, EVACUATE, object, bytes, space, page, (uint64_t)from_offset * UNIT, place.page,
         (uint64_t)place.offset * UNIT);
    return OLD_FOUND;
}

int compact_step(struct heap *h)
{
    uint32_t page = h->gc.page;
    if (h->gc.slot == 0 && sort_page(h, page))
        return -1;
    if (h->gc.slot == 0)
        h->gc.slot = 1; /* the page is in address order */
    enum old_result moved = h->pages.data[page].objects == NONE ? OLD_FULL : evacuate(h, page);
    if (moved == OLD_FOUND)
        h->gc.slot = 2; /* something has left it */
    if (moved != OLD_FULL)
        return moved == OLD_FAILED ? -1 : 1;
    const struct page *p = &h->pages.data[page];
    bool evacuated = h->gc.slot == 2;
    h->gc.slot = 0;
    if (p->count == 0) {
        h->gc.now.evacuated_pages += evacuated; /* otherwise all its objects were dead */
        h->gc.now.released_pages++;
        page_release(h, page);
        return 0;
    }
    /* No room: the page stays, and is swept. */
    tell(h, ABORT, NONE, p->space, page, p->count);
    return sweep_page(h, page, SWEEPER_PAUSE);
}

void compact_update_slots(struct heap *h)
{
    for (uint32_t i = 0; i < h->objects.len; i++) {
        if (h->objects.data[i].bits & OBJECT_FREE)
            continue;
        uint32_t count;
        const struct slot *slots = object_slots(h, i, &count);
        for (uint32_t s = 0; s < count; s++)
            if (slots[s].target != NONE && (h->objects.data[slots[s].target].bits & OBJECT_SEEN))
                h->gc.now.slots_updated++;
        const struct entry *entries = object_entries(h, i, &count);
        for (uint32_t e = 0; e < count; e++) {
            uint32_t key = entry_key(&entries[e]), value = entry_value(&entries[e]);
            h->gc.now.slots_updated += key != NONE && (h->objects.data[key].bits & OBJECT_SEEN);
            h->gc.now.slots_updated += value != NONE && (h->objects.data[value].bits & OBJECT_SEEN);
        }
    }
    for (uint32_t i = 0; i < h->objects.len; i++)
        h->objects.data[i].bits &= ~OBJECT_SEEN;
}
