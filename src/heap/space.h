/*
 * space.h - pages, free blocks and spaces: how the memory of a heap is divided.
 *
 * The equation of every paged space, checked by heap_verify:
 *   headers + used + available + wasted + dead = committed
 * where dead is what only sweeping gives back: the unused bytes of pages that wait to be swept, and of evacuation
 * candidates. Their free blocks are in no list.
 */
#ifndef HEAPREEL_HEAP_SPACE_H
#define HEAPREEL_HEAP_SPACE_H

#include "heap/era.h"

#include <stdint.h>

/* A page of a paged old-generation space, or the region of a large object. */
enum {
    PAGE_FREE = 1,
    PAGE_UNSWEPT = 2,
    PAGE_CANDIDATE = 4,
    PAGE_STALE = 8 /* its free blocks have changed: it is in heap.stale_pages */
};
struct page {
    uint64_t base;           /* simulated address */
    uint64_t size;           /* committed bytes */
    uint64_t used;           /* bytes of live objects */
    uint64_t dead;           /* bytes that only sweeping gives back: all that is not used, until the page is swept */
    uint64_t available;      /* bytes in free blocks */
    uint64_t wasted;         /* bytes in blocks too small for the free list */
    uint64_t largest_wasted; /* bytes of the largest of those */
    uint32_t objects;        /* first object, linked by object_cold.next */
    uint32_t count;          /* objects */
    uint32_t blocks;         /* first free block, linked by free_block.page_next */
    uint32_t next, previous; /* pages of the same space, in the order in which they were made */
    uint64_t largest;        /* bytes of its largest free or wasted block, as included in space.largest_sum */
    uint8_t space;           /* enum space_id */
    uint8_t flags;           /* PAGE_... */
};

/* A block of a free list. */
struct free_block {
    uint32_t page, offset, size; /* offset and size in units */
    uint32_t next, previous;     /* in its category, newest first; free records: next free one */
    uint32_t page_next, page_previous;
};

struct space {
    uint32_t first, last; /* pages, or NONE */
    uint32_t pages;
    uint64_t committed; /* bytes */
    uint64_t used;      /* bytes of objects (new: of to-space) */
    uint64_t objects;
    uint64_t dead;      /* of page.dead: on pages that wait to be swept */
    uint64_t withheld;  /* of page.dead: on evacuation candidates */
    uint64_t available; /* bytes in free blocks (without the allocation area) */
    uint64_t wasted;
    uint64_t largest_sum; /* of page.largest; see pages_refresh */
    uint32_t unswept;     /* the first page that waits to be swept, or NONE */
    uint32_t unswept_pages;
    uint32_t area_page;                   /* linear allocation area: page or NONE */
    uint32_t area_top, area_limit;        /* units */
    uint32_t categories[FREE_CATEGORIES]; /* newest free block of each, or NONE */
    uint32_t largest[FREE_CATEGORIES];    /* no block of the category is larger (units): bounds first-fit searches */
};

/* The two semispaces. */
struct new_space {
    uint32_t parity;                 /* 0 or OBJECT_PARITY */
    uint32_t capacity;               /* pages of each semispace */
    uint32_t maximum;                /* pages */
    uint32_t page, top;              /* current page, units in it */
    uint32_t usable;                 /* units of a page */
    uint32_t mark_page, mark_offset; /* the age mark */
    uint64_t survived;               /* bytes since the last growth */
    uint64_t base[2];                /* simulated addresses of the two semispaces */
};

#endif
