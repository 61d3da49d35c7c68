/* pause_figures.h - how long the program was stopped: statistics of a heap's pauses. */
#ifndef HEAPREEL_REPORT_PAUSE_FIGURES_H
#define HEAPREEL_REPORT_PAUSE_FIGURES_H

#include "heap/heap.h"

/* Which pauses: bits 1 << enum pause_kind. */
#define PAUSES_MINOR (1u << PAUSE_SCAVENGE)
#define PAUSES_MAJOR (1u << PAUSE_MARK_SWEEP | 1u << PAUSE_MARK_COMPACT)
#define PAUSES_STEPS (1u << PAUSE_STEP)
#define PAUSES_ALL (PAUSES_MINOR | PAUSES_MAJOR | PAUSES_STEPS)

struct pauses {
    struct pause_statistics is;
    bool histogram; /* the percentiles come from bins of 0.1 % */
};

/* Fills *pauses for the pauses of kinds. 0, or -1 without memory. */
int pauses_of(const struct heap *heap, unsigned kinds, struct pauses *pauses);

/* The sum of all pauses, and the longest, in nanoseconds. */
void pauses_sum(const struct heap *heap, uint64_t *total_ns, uint64_t *longest_ns);

/* Minimum mutator utilization by window. */
struct mmu {
    uint64_t window_ns;
    uint64_t utilization; /* millionths */
    const char *name;     /* the window without a blank: "10ms" */
};
void mmu_of(const struct heap *heap, struct mmu mmu[MMU_WINDOWS]);

#endif
