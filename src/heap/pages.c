/* pages.c - adds, releases and fills pages, and keeps their largest free blocks. */
#include "heap/pages.h"

#include "heap/figures.h"
#include "heap/objects.h"

static uint32_t take_record(struct heap *h)
{
    uint32_t p = h->free_page;
    if (p != NONE) {
        h->free_page = h->pages.data[p].next;
    } else {
        if (h->pages.len >= NONE - 1 || vec_reserve(&h->pages, 1) ||
            (h->stale_pages.cap < 2 * h->pages.cap && vec_reserve(&h->stale_pages, 2 * h->pages.cap)))
            return NONE;
        p = (uint32_t)h->pages.len++;
    }
    return p;
}

static void link_page(struct heap *h, uint32_t page, enum space_id id)
{
    struct space *space = &h->spaces[id];
    struct page *p = &h->pages.data[page];
    p->space = (uint8_t)id;
    p->previous = space->last;
    p->next = NONE;
    if (space->last != NONE)
        h->pages.data[space->last].next = page;
    else
        space->first = page;
    space->last = page;
    space->pages++;
    space->committed += p->size;
}

static void unlink_page(struct heap *h, uint32_t page)
{
    const struct page *p = &h->pages.data[page];
    struct space *space = &h->spaces[p->space];
    if (p->previous != NONE)
        h->pages.data[p->previous].next = p->next;
    else
        space->first = p->next;
    if (p->next != NONE)
        h->pages.data[p->next].previous = p->previous;
    else
        space->last = p->previous;
    space->pages--;
    space->committed -= p->size;
}

uint32_t page_make(struct heap *h, enum space_id space, uint64_t size)
{
    uint32_t page = take_record(h);
    if (page == NONE)
        return NONE;
    uint64_t align = h->config.page_size;
    h->pages.data[page] = (struct page){.base = h->next_address, .size = size, .objects = NONE, .blocks = NONE};
    h->next_address += (size + align - 1) / align * align;
    link_page(h, page, space);
    tell(h, PAGE, NONE, space, page, size);
    return page;
}

uint64_t large_page_size(const struct heap *h, uint64_t units)
{
    uint64_t grain = h->config.page_size < 4096 ? UNIT : 4096;
    return (units * UNIT + grain - 1) / grain * grain;
}

uint32_t large_page_make(struct heap *h, enum space_id space, uint64_t units)
{
    return page_make(h, space, large_page_size(h, units));
}

/* Moves the figures of a page's objects from one space to another. */
static void move_figures(struct heap *h, const struct page *p, enum space_id to)
{
    h->spaces[p->space].used -= p->used;
    h->spaces[p->space].objects -= p->count;
    h->spaces[to].used += p->used;
    h->spaces[to].objects += p->count;
}

void large_page_move(struct heap *h, uint32_t page, enum space_id to)
{
    move_figures(h, &h->pages.data[page], to);
    unlink_page(h, page);
    link_page(h, page, to);
    object_set_space(&h->objects.data[h->pages.data[page].objects], to);
}

void page_swept(struct heap *h, uint32_t page)
{
    struct page *p = &h->pages.data[page];
    struct space *space = &h->spaces[p->space];
    if (p->flags & PAGE_CANDIDATE) {
        space->withheld -= p->dead;
    } else if (p->flags & PAGE_UNSWEPT) {
        space->dead -= p->dead;
        space->unswept_pages--;
        if (space->unswept == page) {
            uint32_t next = p->next;
            while (next != NONE && !(h->pages.data[next].flags & PAGE_UNSWEPT))
                next = h->pages.data[next].next;
            space->unswept = next;
        }
    }
    p->dead = 0;
    p->flags &= (uint8_t) ~(PAGE_UNSWEPT | PAGE_CANDIDATE);
}

void page_release(struct heap *h, uint32_t page)
{
    struct page *p = &h->pages.data[page];
    tell(h, RELEASE, NONE, p->space, page, p->size);
    page_swept(h, page);
    unlink_page(h, page);
    h->spaces[p->space].largest_sum -= p->largest;
    *p = (struct page){.flags = PAGE_FREE, .next = h->free_page, .objects = NONE, .blocks = NONE};
    h->free_page = page;
}

void page_place(struct heap *h, uint32_t object, struct place place)
{
    struct object *o = &h->objects.data[object];
    struct page *p = &h->pages.data[place.page];
    struct space *space = &h->spaces[p->space];
    o->page = place.page;
    o->offset = place.offset;
    object_set_space(o, p->space);
    h->cold.data[object].next = p->objects;
    p->objects = object;
    p->count++;
    p->used += object_bytes(o);
    space->used += object_bytes(o);
    space->objects++;
}

/* Bytes of the largest free or wasted block. */
static uint64_t find_largest(const struct heap *h, const struct page *p)
{
    uint32_t largest = 0;
    for (uint32_t b = p->blocks; b != NONE; b = h->blocks.data[b].page_next)
        if (h->blocks.data[b].size > largest)
            largest = h->blocks.data[b].size;
    uint64_t bytes = (uint64_t)largest * UNIT;
    return bytes > p->largest_wasted ? bytes : p->largest_wasted;
}

void page_changed(struct heap *h, uint32_t page)
{
    struct page *p = &h->pages.data[page];
    if (p->flags & PAGE_STALE)
        return;
    p->flags |= PAGE_STALE;
    h->stale_pages.data[h->stale_pages.len++] = page; /* there is room for every page: see take_record */
}

void pages_refresh(struct heap *h)
{
    for (size_t i = 0; i < h->stale_pages.len; i++) {
        struct page *p = &h->pages.data[h->stale_pages.data[i]];
        if (!(p->flags & PAGE_STALE))
            continue; /* released meanwhile */
        struct space *space = &h->spaces[p->space];
        space->largest_sum -= p->largest;
        p->largest = find_largest(h, p);
        space->largest_sum += p->largest;
        p->flags &= (uint8_t)~PAGE_STALE;
    }
    h->stale_pages.len = 0;
}

/* What the allocation area adds to the largest block of its page. */
static uint64_t area_excess(const struct space *space, uint64_t largest)
{
    uint64_t area = (uint64_t)(space->area_limit - space->area_top) * UNIT;
    return area > largest ? area - largest : 0;
}

uint64_t space_largest_sum(const struct heap *h, enum space_id id)
{
    const struct space *space = &h->spaces[id];
    uint64_t sum = space->largest_sum;
    return space->area_page == NONE ? sum : sum + area_excess(space, h->pages.data[space->area_page].largest);
}

uint64_t page_largest_free(const struct heap *h, uint32_t page)
{
    const struct page *p = &h->pages.data[page];
    const struct space *space = &h->spaces[p->space];
    uint64_t largest = p->flags & PAGE_STALE ? find_largest(h, p) : p->largest;
    return space->area_page == page ? largest + area_excess(space, largest) : largest;
}

uint64_t heap_fragmentation(struct heap *h)
{
    uint64_t free_bytes = 0, largest = 0;
    pages_refresh(h);
    for (enum space_id id = SPACE_OLD; id <= SPACE_PROPERTY_CELL; id++) {
        const struct space *space = &h->spaces[id];
        free_bytes += space->available + space->wasted + (uint64_t)(space->area_limit - space->area_top) * UNIT;
        largest += space_largest_sum(h, id);
    }
    return millionths(free_bytes - largest, free_bytes);
}
