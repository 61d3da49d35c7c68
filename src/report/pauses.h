/*
 * pauses.h - how long the program stood still: statistics of pauses.
 */
#ifndef HEAPREEL_REPORT_PAUSES_H
#define HEAPREEL_REPORT_PAUSES_H

#include "heap/heap.h"

/* Which collections: bits 1 << enum collection_type. */
#define PAUSES_MINOR (1u << COLLECTION_SCAVENGE)
#define PAUSES_MAJOR (1u << COLLECTION_MARK_SWEEP | 1u << COLLECTION_MARK_COMPACT)
#define PAUSES_ALL (PAUSES_MINOR | PAUSES_MAJOR)

struct pauses {
    uint64_t count;    /* pauses in all */
    uint64_t recorded; /* those that still have a record; what follows is about these */
    uint64_t min_ns, mean_ns, p50_ns, p95_ns, p99_ns, max_ns, total_ns; /* 0 if there are none */
};

/* Fills *pauses for the collections of types. 0, or -1 without memory. */
int pauses_of(const struct heap *heap, unsigned types, struct pauses *pauses);

/* The nearest-rank percentile (1 to 100) of n >= 1 ascending values: the smallest with at least so many % at or below.
 */
uint64_t percentile(const uint64_t *ascending, size_t n, unsigned percent);

#endif
