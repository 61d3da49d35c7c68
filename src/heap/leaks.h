/*
 * leaks.h - leak analysis (heapreel-model(7), "Leak analysis").
 *
 * A leak in a collected heap is what is reachable and forgotten. An object is stale if it is reachable and no event has
 * named it during the last five major collections. The heap is only read: what a "gc major" would keep now is exactly
 * what a walk from the roots reaches.
 */
#ifndef HEAPREEL_HEAP_LEAKS_H
#define HEAPREEL_HEAP_LEAKS_H

#include "heap/retainers.h"
#include "heap/sites.h"

/* The rule of growth. X(symbol, word) */
#define LEAK_VERDICTS(X)                                                                                               \
    X(UNKNOWN, "unknown") /* fewer than six majors */                                                                  \
    X(STEADY, "steady")                                                                                                \
    X(GROWING, "growing") /* each of the last five left more than the one before it */
enum leak_verdict {
#define X(symbol, word) VERDICT_##symbol,
    LEAK_VERDICTS(X)
#undef X
        VERDICT_COUNT
};

/* The behaviour of a site. X(symbol, word) */
#define LEAK_CLASSES(X)                                                                                                \
    X(NONE, "none")                                                                                                    \
    X(FREQUENT, "frequent")     /* every one of its allocations, at least two, is stale */                             \
    X(OCCASIONAL, "occasional") /* some are */                                                                         \
    X(ONE_TIME, "one-time")     /* it allocated once, and that is stale */                                             \
    X(IMPLICIT, "implicit")     /* none is stale now, but some were after an earlier major, and were released late */
enum leak_class {
#define X(symbol, word) LEAK_##symbol,
    LEAK_CLASSES(X)
#undef X
        LEAK_CLASS_COUNT
};

struct leak_site {
    uint32_t name; /* or NAME_NONE: see leak_site_word */
    enum leak_class class;
    uint64_t allocations, bytes; /* in the whole run */
    uint64_t live, live_bytes;   /* reachable */
    uint64_t stale, stale_bytes;
    uint32_t nearest; /* the stale object nearest to a root, or NONE */
};

struct leaks {
    enum leak_verdict verdict;
    unsigned majors;                /* figures in series */
    uint64_t series[GROWTH_MAJORS]; /* heapUsed that the last majors left, the oldest first */
    unsigned rises;                 /* how many of them in a row, up to the last, exceed the one before */
    uint64_t stale, stale_bytes;    /* of all sites */
    VEC(struct leak_site) sites;    /* by the index of heap.sites; those that allocated nothing have 0 allocations */
    struct path_tree paths;         /* from the roots, to what is reachable; without paths if nothing is stale */
};

/* Fills in only the verdict, the series and the rises, at no cost. */
void leaks_growth(const struct heap *heap, struct leaks *leaks);

/*
 * Analyses the heap, which is only read, at any point of a run: one walk from the roots and one pass over the objects.
 * 0, or -1 without memory (*leaks is empty then). The result owns memory, and is valid until the heap changes.
 */
int leaks_find(const struct heap *heap, struct leaks *leaks);
void leaks_free(struct leaks *leaks);

/* Is the object, a record in use, stale? */
static inline bool leaks_stale(const struct leaks *leaks, const struct heap *h, uint32_t object)
{
    return object_idle(&h->objects.data[object]) >= STALE_AFTER && path_tree_reaches(&leaks->paths, object);
}

/* The site that has allocated an object (borrowed). */
static inline const struct leak_site *leaks_site_of(const struct leaks *leaks, const struct heap *h, uint32_t object)
{
    return &leaks->sites.data[sites_find(h, h->cold.data[object].site)];
}

/* The site of that name (borrowed), or NULL if none that allocated is known. */
const struct leak_site *leaks_site(const struct leaks *leaks, const struct heap *heap, uint32_t name);

/*
 * The sites that have allocated, by their stale bytes, largest first, then in the order of leaks.sites, which is that
 * of their first allocation except for SITE_TOP and SITE_OTHER: indices, appended to *out. 0, or -1 without memory.
 */
struct site_list {
    VEC(uint32_t) sites;
};
int leaks_ranking(const struct leaks *leaks, struct site_list *out);

/* "(top)" or "(other)" for a site without a name (an index in leaks.sites); else NULL. */
const char *leak_site_word(uint32_t site);

const char *leak_verdict_word(enum leak_verdict verdict);
const char *leak_class_word(enum leak_class class);
/* The class of a word, or LEAK_CLASS_COUNT. */
enum leak_class leak_class_by_word(const char *word, size_t len);

#endif
