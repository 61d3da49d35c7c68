/*
 * sweep.c - pages of the old generation: the dead are freed, free blocks found, empty pages released.
 *
 * The free blocks of a page are the runs of zeros in a bitmap of its live units,
 * so that objects need not be kept in address order.
 */
#include "gc/internal.h"

/* Takes the dead objects off a page; the living become white. */
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

/* Makes the free blocks of a page from where its objects lie. */
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

int sweep_page(struct heap *h, uint32_t page)
{
    free_dead_objects(h, page);
    if (make_blocks(h, page))
        return -1;
    struct page *p = &h->pages.data[page];
    h->gc.swept_bytes += config_usable(&h->config);
    tell(h, SWEEP, NONE, p->space, page, p->used, p->available, p->wasted);
    return 0;
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

int sweep_release(struct heap *h, enum space_id space)
{
    bool kept = false;
    if (old_space_retire_area(h, space))
        return -1;
    for (uint32_t page = h->spaces[space].first, next; page != NONE; page = next) {
        next = h->pages.data[page].next;
        if (h->pages.data[page].count > 0)
            continue;
        if (!kept) {
            kept = true;
            continue;
        }
        page_drop_blocks(h, page);
        h->gc.now.released_pages++;
        page_release(h, page);
    }
    return 0;
}
