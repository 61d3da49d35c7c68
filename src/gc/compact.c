/*
 * compact.c - evacuation of candidate pages into the free room of others
 * (heap model, section 8; V8 3.14 mark-compact.cc EvacuateLiveObjectsFromPage).
 */
#include "gc/internal.h"

#include <stdlib.h>

static bool compactable(enum space_id space)
{
    return space == SPACE_OLD || space == SPACE_OLD_DATA || space == SPACE_CODE;
}

struct choice {
    uint64_t live;
    uint32_t order, page;
};

static int fewest_live_first(const void *a, const void *b)
{
    const struct choice *x = a, *y = b;
    if (x->live != y->live)
        return x->live < y->live ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

/* Marks as candidates, fewest live bytes first, the pages whose live bytes fit into the free room of the rest. */
static void choose(struct heap *h, struct choice *choices, size_t count, uint64_t free_bytes)
{
    uint64_t moving = 0;
    qsort(choices, count, sizeof *choices, fewest_live_first);
    for (size_t i = 0; i < count; i++) {
        struct page *p = &h->pages.data[choices[i].page];
        uint64_t page_free = p->available + p->wasted;
        if (page_free == 0 || moving + p->used > free_bytes - page_free)
            break;
        moving += p->used;
        free_bytes -= page_free;
        p->flags |= PAGE_CANDIDATE;
        page_drop_blocks(h, choices[i].page);
    }
}

int compact_choose(struct heap *h, enum space_id space)
{
    if (!compactable(space) || h->spaces[space].pages < 2)
        return 0;
    struct choice *choices = malloc(h->spaces[space].pages * sizeof *choices);
    if (!choices)
        return -1;
    size_t count = 0;
    for (uint32_t page = h->spaces[space].first; page != NONE; page = h->pages.data[page].next) {
        if (h->pages.data[page].count == 0)
            continue; /* nothing to move: it is released, or gives room */
        choices[count] = (struct choice){h->pages.data[page].used, (uint32_t)count, page};
        count++;
    }
    choose(h, choices, count, h->spaces[space].available + h->spaces[space].wasted);
    free(choices);
    return 0;
}

/* Moves one object. False if no other page has room. */
static bool evacuate(struct heap *h, uint32_t object)
{
    struct object *o = &h->objects.data[object];
    uint32_t from_page = o->page, from_offset = o->offset;
    enum space_id space = object_space(o);
    uint64_t bytes = object_bytes(o);
    struct place place;
    if (!old_space_take(h, space, object_units(o), &place))
        return false;
    struct page *from = &h->pages.data[from_page];
    from->used -= bytes;
    from->count--;
    h->spaces[space].used -= bytes;
    h->spaces[space].objects--;
    page_place(h, object, place);
    o->bits |= OBJECT_SEEN; /* until compact_update_slots */
    h->gc.evacuated_bytes += bytes;
    tell(h, EVACUATE, object, bytes, space, from_page, (uint64_t)from_offset * UNIT, place.page,
         (uint64_t)place.offset * UNIT);
    return true;
}

int compact_page(struct heap *h, uint32_t page)
{
    struct page *p = &h->pages.data[page];
    p->flags &= (uint8_t)~PAGE_CANDIDATE;
    size_t count = p->count, moved = 0;
    h->worklist.len = 0; /* empty after marking: room for the page's objects */
    if (vec_reserve(&h->worklist, count))
        return -1;
    uint32_t *objects = h->worklist.data;
    for (uint32_t o = p->objects, i = 0; o != NONE; o = h->cold.data[o].next)
        objects[i++] = o;
    if (sort_by_place(h, objects, count))
        return -1;
    p->objects = NONE;
    while (moved < count && evacuate(h, objects[moved]))
        moved++;
    p = &h->pages.data[page];
    if (moved == count) {
        h->gc.now.evacuated_pages++;
        h->gc.now.released_pages++;
        page_release(h, page);
        return 0;
    }
    /* No room: the page is left as it is, and swept. */
    for (size_t i = count; i-- > moved;) {
        h->cold.data[objects[i]].next = p->objects;
        p->objects = objects[i];
    }
    tell(h, ABORT, NONE, p->space, page, count - moved);
    for (uint32_t o = p->objects; o != NONE; o = h->cold.data[o].next)
        object_set_color(&h->objects.data[o], COLOR_BLACK); /* sweeping frees what is white */
    return sweep_page(h, page);
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
