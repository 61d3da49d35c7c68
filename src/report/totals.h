/*
 * totals.h - figures of several heaps together: those of one worker, or of all.
 *
 * Each worker has its own clock, so totals are sums of bytes and counts and the maximum of times. The peak of several
 * heaps is the sum of their peaks, even if these came at different times.
 */
#ifndef HEAPREEL_REPORT_TOTALS_H
#define HEAPREEL_REPORT_TOTALS_H

#include "heap/figures.h"
#include "report/pause_figures.h"
#include "run/run.h"

/* The heaps first to end - 1 of a run, if they exist yet. */
struct heaps {
    const struct run *run;
    size_t first, end;
};

/* All heaps; the current one. */
struct heaps heaps_all(const struct run *run);
struct heaps heaps_current(const struct run *run);

/* The next heap at or after *at, which moves past it; NULL: no more. */
const struct worker *heaps_next(const struct heaps *heaps, size_t *at);
/* Loops over the heaps: it is a struct worker pointer, at a size_t. */
#define HEAPS_EACH(heaps, at, it) for (at = (heaps)->first; (it = heaps_next((heaps), &at)) != NULL;)

struct totals {
    uint64_t total_ns, mutator_ns, gc_ns; /* the longest of each */
    struct memory_usage now, peak;
    uint64_t live, peak_live;
    uint64_t counts[TRACE_OP_COUNT]; /* lines of each kind */
    uint64_t passed, failed;         /* expectations */
    uint64_t collections;            /* whose records are kept */
    struct counters counters;        /* sums */
    enum outcome outcome;            /* the worst */
};
struct totals totals_of(const struct heaps *heaps);

/*
 * A space can have several names, for heaps of several eras: returns the name after last, or NULL; last NULL: the
 * first.
 */
const char *totals_space_name(enum space_id space, const char *last);

/* The sum keeps the name of the era's space: old of node6 is not old-pointer of book. False: no heap has it. */
bool totals_space(const struct heaps *heaps, enum space_id space, const char *name, struct space_figures *sum);

/* The free list's categories of such a space, ascending, appended to *out. 0, or -1 without memory. */
struct category {
    uint64_t min, count, bytes;
};
struct category_list {
    VEC(struct category) categories;
};
int totals_free_list(const struct heaps *heaps, enum space_id space, const char *name, struct category_list *out);

/* Like heap_survival. */
int totals_survival(const struct heaps *heaps, struct survival_list *out);

/* Like pauses_of, for all heaps. */
int totals_pauses(const struct heaps *heaps, unsigned kinds, struct pauses *pauses);

/* Like mmu_of: for each window that a heap has, ascending, the smallest. Returns how many. */
#define TOTALS_WINDOWS (2 * MMU_WINDOWS)
unsigned totals_mmu(const struct heaps *heaps, struct mmu mmu[TOTALS_WINDOWS]);

/* The collections of several heaps, in the order of their events. */
struct collection_merge {
    const struct heaps *heaps;
    VEC(size_t) next; /* of each heap's records */
};
/* 0, or -1 without memory; ends with vec_free(&merge->next). */
int collections_begin(struct collection_merge *merge, const struct heaps *heaps);
/* The next collection, and its heap; NULL: no more. */
const struct collection *collections_next(struct collection_merge *merge, const struct worker **whose);

#endif
