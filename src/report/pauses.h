/*
 * pauses.h - how long the program stood still: statistics of a heap's pauses.
 */
#ifndef HEAPREEL_REPORT_PAUSES_H
#define HEAPREEL_REPORT_PAUSES_H

#include "heap/heap.h"
#include "report/pausestore.h"

/* Which pauses: bits 1 << enum pause_kind. */
#define PAUSES_MINOR (1u << PAUSE_SCAVENGE)
#define PAUSES_MAJOR (1u << PAUSE_MARK_SWEEP | 1u << PAUSE_MARK_COMPACT)
#define PAUSES_ALL (PAUSES_MINOR | PAUSES_MAJOR)

struct pauses {
    uint64_t count;    /* pauses in all */
    uint64_t recorded; /* those that still have a record; what follows is about these */
    bool histogram;    /* percentiles are those of bins of 0.1 % */
    uint64_t min_ns, mean_ns, p50_ns, p95_ns, p99_ns, max_ns, total_ns; /* 0 if there are none */
};

/* Fills *pauses for the pauses of kinds. 0, or -1 without memory. */
int pauses_of(const struct heap *heap, unsigned kinds, struct pauses *pauses);

/* Minimum mutator utilization by window. */
struct mmu {
    uint64_t window_ns;
    uint64_t utilization; /* millionths */
    const char *name;     /* the window without a blank: "10ms" */
};
/* 0, or -1 without memory. */
int mmu_of(const struct heap *heap, struct mmu mmu[MMU_WINDOWS]);

#endif
