/*
 * area.c - the linear allocation area of a paged space: bumping it, returning its rest to the free list, and replacing
 * it by a free block or a new page (heapreel-model(7), "Old spaces").
 */
#include "heap/pages.h"

int old_space_retire_area(struct heap *h, enum space_id id)
{
    struct space *space = &h->spaces[id];
    uint32_t page = space->area_page, top = space->area_top, limit = space->area_limit;
    if (page == NONE)
        return 0;
    if (top < limit && page_free_block(h, page, top, limit - top))
        return -1;
    space->area_page = NONE;
    space->area_top = space->area_limit = 0;
    return 0;
}

int old_space_add_page(struct heap *h, enum space_id id)
{
    if (old_space_retire_area(h, id))
        return -1;
    uint32_t page = page_make(h, id, h->config.page_size);
    if (page == NONE)
        return -1;
    struct space *space = &h->spaces[id];
    space->area_page = page;
    space->area_top = 0;
    space->area_limit = h->young_space.usable;
    return 0;
}

bool old_space_take(struct heap *h, enum space_id id, uint64_t units, struct place *place)
{
    struct space *space = &h->spaces[id];
    struct free_block block;
    if (old_space_bump(h, id, units, place))
        return true;
    if (!free_list_take(h, id, units, &block))
        return false;
    /* Its record has just been freed, so this needs no memory. */
    (void)old_space_retire_area(h, id);
    space->area_page = block.page;
    space->area_top = block.offset;
    space->area_limit = block.offset + block.size;
    return old_space_bump(h, id, units, place);
}
