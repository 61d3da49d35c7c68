/*
 * sites.h - allocation sites: who allocated how much, and whose objects were forgotten (heapreel-model(7), "Leak
 * analysis").
 *
 * A site is the @SITE of an alloc line, else the name of the innermost scope. Each object knows the name of its site;
 * the table knows what a site has allocated in all. Another allocation by the same site costs one comparison
 * (heap.site_run): the sum is the difference of the heap's counters, taken when another site follows.
 *
 * The table is bounded, so that scopes with a new name for each request do not fill memory: when it is full, a major
 * collection forgets the sites that have no objects left, and until then new ones are counted together (SITE_OTHER).
 *
 * An object is stale once it has survived STALE_AFTER majors since an event named it.
 */
#ifndef HEAPREEL_HEAP_SITES_H
#define HEAPREEL_HEAP_SITES_H

#include "heap/heap.h"

#define SITES_MOST 65536u
enum { SITE_TOP, SITE_OTHER, SITES_FIXED }; /* the first two: no name, "(top)"; those not distinguished, "(other)" */

#define SITE_UNKNOWN (NAME_NONE - 1) /* no name, as site_run.given */

#define SITE_LATE 1u  /* an object of it was stale after a major, and has been released since */
#define SITE_ALIVE 2u /* scratch of sites_forget */

#define STALE_AFTER 5u /* majors that an object has survived without being named */

/* Makes the table of an empty heap. 0, or -1 without memory. */
int sites_init(struct heap *heap);

/* The next allocation may come from another site; use sites_enter. 0, or -1 without memory. */
int sites_switch(struct heap *heap, uint32_t given);

/*
 * Sets the site of the next allocation, before its record is made: the given name, or for NAME_NONE that of the
 * innermost scope; heap.site_run.name is the result. 0, or -1 without memory.
 */
static inline int sites_enter(struct heap *h, uint32_t given)
{
    return __builtin_expect(given == h->site_run.given, 1) ? 0 : sites_switch(h, given);
}

/* Gives the new object its site. */
static inline void sites_label(struct heap *h, uint32_t object)
{
    if (h->sited)
        h->cold.data[object].site = h->site_run.name;
}

/* The innermost scope has changed. */
static inline void sites_scope(struct heap *h)
{
    h->site_run.given = SITE_UNKNOWN;
}

/*
 * The index in heap.sites of a name; SITE_TOP for NAME_NONE, SITE_OTHER for one that is not in the table, or no longer.
 */
uint32_t sites_find(const struct heap *heap, uint32_t name);

/* What a site has allocated so far, including the current run. */
static inline uint64_t site_allocated(const struct heap *h, uint32_t site)
{
    return h->sites.data[site].allocated +
           (site == h->site_run.site ? h->counters.allocated - h->site_run.allocated : 0);
}
static inline uint64_t site_bytes(const struct heap *h, uint32_t site)
{
    return h->sites.data[site].bytes + (site == h->site_run.site ? h->counters.allocated_bytes - h->site_run.bytes : 0);
}

/* An object that was stale is dying. */
void sites_late(struct heap *heap, uint32_t object);

/*
 * If the table is full, forgets the sites without a marked object and without SITE_LATE, adding them to SITE_OTHER.
 * After marking.
 */
void sites_forget(struct heap *heap);

/* Majors that an object has survived since an event named it, at most 7. */
static inline uint32_t object_idle(const struct object *o)
{
    return (o->bits & OBJECT_UNTOUCHED) >> OBJECT_IDLE_SHIFT;
}

#endif
