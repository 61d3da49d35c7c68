/* figures.h - reading a heap: figures, words, times, and walks over its objects. */
#ifndef HEAPREEL_HEAP_FIGURES_H
#define HEAPREEL_HEAP_FIGURES_H

#include "heap/heap.h"

/* Sizes of new space in bytes (heapreel-model(7), "New space"). */
static inline uint64_t new_space_size(const struct heap *h)
{
    return ((uint64_t)h->young_space.page * h->young_space.usable + h->young_space.top) * UNIT;
}
static inline uint64_t new_space_effective_capacity(const struct heap *h)
{
    return (uint64_t)h->young_space.capacity * h->young_space.usable * UNIT;
}
static inline uint64_t new_space_capacity(const struct heap *h)
{
    return h->young_space.capacity * h->config.page_size;
}

/* part / whole in millionths, half up; 0 if whole is 0. All ratios are reported this way. */
static inline uint64_t millionths(uint64_t part, uint64_t whole)
{
    __extension__ typedef unsigned __int128 wide;
    return whole == 0 ? 0 : (uint64_t)(((wide)part * 2000000 + whole) / ((wide)whole * 2));
}

/* Is it a paged old-generation space? */
static inline bool space_paged(enum space_id space)
{
    return space >= SPACE_OLD && space <= SPACE_PROPERTY_CELL;
}
static inline bool space_large(enum space_id space)
{
    return space >= SPACE_NEW_LARGE;
}

/* Does it have a handle? During marking, a key that an entry's value waits for uses the field otherwise. */
static inline bool object_rooted(const struct object *o)
{
    return o->handle != NONE && !(o->bits & OBJECT_EPHEMERON);
}

/* ---- figures.c ---- */

/* Simulated address of an object. */
uint64_t object_address(const struct heap *heap, uint32_t object);
/* Off-heap bytes of an object. */
uint64_t object_external(const struct heap *heap, uint32_t object);
/* The figures of process.memoryUsage() (heapreel-model(7), "Memory figures"). */
struct memory_usage heap_memory_usage(const struct heap *heap);
/* The highest figures so far, with the current ones; *live: of objects. (Counters have those that have passed.) */
struct memory_usage heap_peak(const struct heap *heap, uint64_t *live);
/* Figures of a space, in any era. */
struct space_figures {
    uint64_t size, used, available, physical, wasted, objects, pages;
    uint64_t unswept, unswept_pages; /* unused bytes on pages that wait to be swept; the number of those pages */
    uint64_t withheld;               /* unused bytes of evacuation candidates */
    uint64_t occupancy;              /* used / usable, millionths */
    uint64_t fragmentation;          /* millionths */
    uint64_t largest_free;           /* bytes */
    /* what the ratios are computed from, in bytes: */
    uint64_t usable;      /* occupancy = used / usable */
    uint64_t free;        /* paged spaces: fragmentation = (free - largest_sum) / free */
    uint64_t largest_sum; /* over the pages, of the largest free block of each */
};
struct space_figures heap_space_figures(const struct heap *heap, enum space_id space);
/* Adds the figures of another heap's space: sums, the ratios of the sums, the larger of largest_free. */
void space_figures_add(struct space_figures *sum, const struct space_figures *other);
/*
 * Adds the free bytes of a paged space, and of those the sum over its pages of the page's largest free block
 * (fragmentation is 1 - largest / free).
 */
void heap_free_bytes(const struct heap *heap, enum space_id space, uint64_t *free_bytes, uint64_t *largest);
/* Lower bounds (bytes) of the era's free-list categories; returns how many there are. */
unsigned heap_free_categories(const struct heap *heap, uint64_t min[FREE_CATEGORIES]);
/* Objects by scavenges survived, living ones too: appended to *out (len = highest age + 1). 0 or -1. */
struct survival_list {
    VEC(uint64_t) counts;
};
int heap_survival(const struct heap *heap, struct survival_list *out);
/* The object that a name names, or NONE. */
uint32_t heap_find(const struct heap *heap, uint32_t name);
/* The newest collected object with that name that is remembered, or NULL. */
const struct dead_name *heap_find_dead(const struct heap *heap, uint32_t name);
/* The event of one of the last DEAD_NAMES collections (1-based). */
uint64_t heap_collection_event(const struct heap *heap, uint64_t collection);
/* Reads slots and entries in order: the i-th place, including holes; see heap/slots.h for counts. */
const struct slot *object_slots(const struct heap *heap, uint32_t object, uint32_t *count);
const struct entry *object_entries(const struct heap *heap, uint32_t object, uint32_t *count);
/*
 * The objects of a space in layout order (page in the order of making, then offset; large ones in order of
 * making), appended to *out. 0, or -1 without memory.
 */
struct object_list {
    VEC(uint32_t) objects;
};
int heap_space_objects(const struct heap *heap, enum space_id space, struct object_list *out);

/* ---- names_of.c ---- */

const char *reason_words(enum reason reason);
const char *decision_words(enum decision decision);
const char *limit_rule_words(enum limit_rule rule);
const char *promotion_rule_word(enum promotion_rule rule);
const char *sweeper_word(enum sweeper sweeper);
const char *collection_type_word(enum collection_type type);

/* ---- clock.c ---- */

/* A sum of costs as a time in ns, 2^62 at most: 146 years. */
__extension__ typedef unsigned __int128 picoseconds;
uint64_t clock_ns(picoseconds sum);
/* Simulated time now, ns; and the program's part of it. */
uint64_t heap_now(const struct heap *heap);
uint64_t heap_mutator_ns(const struct heap *heap);
/* The cost so far of the collection that is running (heapreel-model(7), "Simulated time"). */
uint64_t heap_pause_ns(const struct heap *heap);

#endif
