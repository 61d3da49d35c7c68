/*
 * sweep.c - pages of the old generation: frees the dead, finds free blocks, releases empty pages (heapreel-model(7),
 * "Sweeping"; V8 3.14 spaces.cc AdvanceSweeper, V8 5.1 and 11.3 mark-compact.cc and sweeper.cc).
 *
 * The dead go in the pause, and their bytes count as dead until the page is swept; only then does the free list get its
 * blocks. The free blocks of a page are the runs of zeros in a bitmap of its live units, so that objects need not be
 * kept in address order.
 */
#include "gc/internal.h"

#include "heap/ids.h"

void sweep_fetch(const struct heap *h, const uint32_t *pages, unsigned count)
{
    uint32_t at[SWEEP_FETCH];
    for (unsigned i = 0; i < count; i++)
        at[i] = h->pages.data[pages[i]].objects;
    for (unsigned left = count; left > 0;) {
        left = 0;
        for (unsigned i = 0; i < count; i++) {
            if (at[i] == NONE)
                continue;
            const struct object *o = &h->objects.data[at[i]];
            if (!(o->bits & OBJECT_COLOR) && o->name != NAME_NONE)
                prefetch_write(ids_bucket(h, o->name));
            at[i] = h->cold.data[at[i]].next;
            left++;
        }
    }
}

/* Frees the dead objects of a page; the living become white. */
static void free_dead_objects(struct heap *h, uint32_t page)
{
    struct page *p = &h->pages.data[page];
    struct space *space = &h->spaces[p->space];
    uint32_t *link = &p->objects;
    while (*link != NONE) {
        uint32_t object = *link;
        struct object *o = &h->objects.data[object];
        if (o->bits & OBJECT_COLOR) {
            object_set_color(o, COLOR_WHITE);
            link = &h->cold.data[object].next;
            continue;
        }
        *link = h->cold.data[object].next;
        uint64_t bytes = object_bytes(o);
        p->used -= bytes;
        p->count--;
        space->used -= bytes;
        space->objects--;
        free_dead(h, object);
    }
}

static void set_bits(uint32_t *words, uint32_t from, uint32_t count)
{
    while (count > 0) {
        uint32_t bit = from % 32, n = 32 - bit < count ? 32 - bit : count;
        uint32_t ones = n == 32 ? UINT32_MAX : ((1u << n) - 1) << bit;
        words[from / 32] |= ones;
        from += n;
        count -= n;
    }
}

/* The first unit from `from` on whose bit is value, or limit. */
static uint32_t find_bit(const uint32_t *words, uint32_t from, uint32_t limit, bool value)
{
    while (from < limit) {
        uint32_t word = (value ? words[from / 32] : ~words[from / 32]) >> from % 32;
        if (word) {
            from += (uint32_t)__builtin_ctz(word);
            return from < limit ? from : limit;
        }
        from += 32 - from % 32;
    }
    return limit;
}

/* Makes the free blocks of a page from the places of its objects. */
static int make_blocks(struct heap *h, uint32_t page)
{
    uint32_t usable = h->young_space.usable, words = (usable + 31) / 32;
    page_drop_blocks(h, page);
    h->scratch.len = 0;
    if (vec_reserve(&h->scratch, words))
        return -1;
    uint32_t *live = h->scratch.data;
    memset(live, 0, words * sizeof *live);
    for (uint32_t o = h->pages.data[page].objects; o != NONE; o = h->cold.data[o].next)
        set_bits(live, h->objects.data[o].offset, h->objects.data[o].size);
    for (uint32_t at = 0; (at = find_bit(live, at, usable, false)) < usable;) {
        uint32_t end = find_bit(live, at, usable, true);
        if (page_free_block(h, page, at, end - at))
            return -1;
        at = end;
    }
    return 0;
}

/* Bytes of a page that could hold objects and do not. */
static uint64_t unused(const struct heap *h, const struct page *p)
{
    return config_usable(&h->config) - p->used;
}

/* Pages of equal cells and of code are swept in the pause. */
static bool swept_in_pause(enum space_id space)
{
    return space != SPACE_OLD && space != SPACE_OLD_DATA;
}

/* Adds a page to those that wait to be swept, in the order of the pages. */
static void leave_unswept(struct heap *h, uint32_t page)
{
    struct page *p = &h->pages.data[page];
    struct space *space = &h->spaces[p->space];
    page_drop_blocks(h, page);
    p->flags |= PAGE_UNSWEPT;
    p->dead = unused(h, p);
    space->dead += p->dead;
    if (space->unswept_pages++ == 0)
        space->unswept = page;
    tell(h, UNSWEPT, NONE, p->space, page, p->used, p->dead);
}

int sweep_settle(struct heap *h, uint32_t page)
{
    free_dead_objects(h, page);
    struct page *p = &h->pages.data[page];
    if (p->flags & PAGE_CANDIDATE) {
        h->spaces[p->space].withheld += unused(h, p) - p->dead;
        p->dead = unused(h, p);
        return 0;
    }
    if (swept_in_pause(p->space))
        return sweep_page(h, page, SWEEPER_PAUSE);
    leave_unswept(h, page);
    return 0;
}

int sweep_page(struct heap *h, uint32_t page, enum sweeper sweeper)
{
    struct page *p = &h->pages.data[page];
    page_swept(h, page);
    if (make_blocks(h, page))
        return -1;
    h->counters.swept[sweeper]++;
    if (sweeper == SWEEPER_PAUSE)
        h->gc.swept_bytes += config_usable(&h->config);
    tell(h, SWEEP, NONE, p->space, page, p->used, p->available, p->wasted, sweeper);
    return 0;
}

int sweep_one(struct heap *h, enum space_id space, enum sweeper sweeper, uint64_t *freed)
{
    uint32_t page = h->spaces[space].unswept;
    if (page == NONE)
        return 0;
    if (sweep_page(h, page, sweeper))
        return -1;
    *freed += h->pages.data[page].available;
    return 1;
}

int sweep_any(struct heap *h, enum sweeper sweeper)
{
    uint64_t freed = 0;
    for (enum space_id space = SPACE_OLD; space <= SPACE_OLD_DATA; space++)
        if (h->spaces[space].unswept != NONE)
            return sweep_one(h, space, sweeper, &freed);
    return 0;
}

bool sweep_pending(const struct heap *h)
{
    return h->spaces[SPACE_OLD].unswept_pages + h->spaces[SPACE_OLD_DATA].unswept_pages > 0;
}

void sweep_large(struct heap *h)
{
    static const enum space_id spaces[] = {SPACE_LARGE, SPACE_CODE_LARGE};
    for (unsigned i = 0; i < sizeof spaces / sizeof *spaces; i++) {
        for (uint32_t page = h->spaces[spaces[i]].first, next; page != NONE; page = next) {
            next = h->pages.data[page].next;
            free_dead_objects(h, page);
            if (h->pages.data[page].count == 0) {
                h->gc.now.released_pages++;
                page_release(h, page);
            }
        }
    }
}

void sweep_release(struct heap *h, enum space_id space)
{
    bool kept = false;
    for (uint32_t page = h->spaces[space].first, next; page != NONE; page = next) {
        next = h->pages.data[page].next;
        if (h->pages.data[page].count > 0)
            continue;
        if (!kept || h->spaces[space].area_page == page) {
            kept = true;
            continue;
        }
        page_drop_blocks(h, page);
        h->gc.now.released_pages++;
        page_release(h, page);
    }
}
