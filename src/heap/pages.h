/*
 * pages.h - pages of the old generation, their free blocks, and the regions of large objects.
 *
 * A paged space allocates from its linear allocation area; the rest of the area goes back to the free list when a block
 * from there, or a new page, replaces it. gc/policy.h decides whether a page may be committed.
 */
#ifndef HEAPREEL_HEAP_PAGES_H
#define HEAPREEL_HEAP_PAGES_H

#include "heap/heap.h"

/* A place for an object. */
struct place {
    uint32_t page, offset; /* index in heap.pages; units */
};

/* ---- pages.c ---- */

/* Commits a page of size bytes at a fresh address (a multiple of page-size): the last of its space. NONE without
 * memory. */
uint32_t page_make(struct heap *heap, enum space_id space, uint64_t size);
/* Commits the region of a large object of units. Returns its page, or NONE without memory. */
uint32_t large_page_make(struct heap *heap, enum space_id space, uint64_t units);
/* Committed bytes of the region of a large object. */
uint64_t large_page_size(const struct heap *heap, uint64_t units);

/* Moves a large page, with its object, to the end of another large space. */
void large_page_move(struct heap *heap, uint32_t page, enum space_id to);

/* The page waits no longer to be swept or evacuated: its dead bytes become 0, and the caller accounts for them. */
void page_swept(struct heap *heap, uint32_t page);

/* Releases a page that holds no object and no free block. */
void page_release(struct heap *heap, uint32_t page);

/* Puts an object (whose size is set) in its place on a page and counts it; its space becomes the page's. */
void page_place(struct heap *heap, uint32_t object, struct place place);

/* The free or wasted blocks of a page have changed. */
void page_changed(struct heap *heap, uint32_t page);

/* Finds the largest free block of each changed page again, so that the sums of the spaces are true. */
void pages_refresh(struct heap *heap);

/*
 * The sum over the pages of a space of the page's largest free block, in bytes; the rest of the allocation area counts
 * as a block. Valid after pages_refresh.
 */
uint64_t space_largest_sum(const struct heap *heap, enum space_id space);

/* Fragmentation over all paged old spaces, in millionths, as far as pages are swept. */
uint64_t heap_fragmentation(struct heap *heap);

/* Bytes of the largest free block of a page; the rest of the allocation area and wasted blocks count as blocks. */
uint64_t page_largest_free(const struct heap *heap, uint32_t page);

/* ---- freelist.c ---- */

/* Fills category_min and category_count for the era and geometry (heapreel-model(7), "Old spaces"). */
void free_list_init(struct heap *heap);

/* Adds a block of free units to a page: to the free list, or to the wasted bytes if it is small. 0 or -1. */
int page_free_block(struct heap *heap, uint32_t page, uint32_t offset, uint32_t units);
/* Removes all blocks of a page from the free list; its available and wasted bytes become 0. */
void page_drop_blocks(struct heap *heap, uint32_t page);
/* Takes a block of at least units out of the free list of a space, and returns a copy of it. False if there is none. */
bool free_list_take(struct heap *heap, enum space_id space, uint64_t units, struct free_block *block);

/* ---- area.c ---- */

/* Takes units from the allocation area. False if that has no room. */
static inline bool old_space_bump(struct heap *h, enum space_id id, uint64_t units, struct place *place)
{
    struct space *space = &h->spaces[id];
    if (space->area_page == NONE || space->area_limit - space->area_top < units)
        return false;
    *place = (struct place){space->area_page, space->area_top};
    space->area_top += (uint32_t)units;
    return true;
}

/* Takes units from the allocation area or the free list of a paged space. False if neither has room. */
bool old_space_take(struct heap *heap, enum space_id space, uint64_t units, struct place *place);
/* Commits a page, which becomes the space's allocation area. 0, or -1 without memory. */
int old_space_add_page(struct heap *heap, enum space_id space);
/* Returns the rest of the allocation area to the free list. 0, or -1 without memory. */
int old_space_retire_area(struct heap *heap, enum space_id space);

#endif
