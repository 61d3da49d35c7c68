/*
 * pauses.h - every pause of a run, in bounded memory: percentiles and minimum mutator utilization.
 *
 * The lengths of the first PAUSES_EXACT pauses are kept. With one more, all go to a histogram whose bins are at most
 * 1/1024 of their values wide; counts, sums and extremes stay exact.
 *
 * The minimum mutator utilization of a window is 1 - (the most pause time in any window of that length within the run)
 * / length. Only windows that end where a pause ends, and the first one of the run, matter: as a window slides on, its
 * pause time can only begin to fall when its end leaves a pause. So each pause is added to, and removed from, a running
 * sum for each window once, and pauses before the longest window are forgotten.
 *
 * This file knows no heap; pauses come in order and do not overlap.
 */
#ifndef HEAPREEL_HEAP_PAUSES_H
#define HEAPREEL_HEAP_PAUSES_H

#include "base/vec.h"

#include <stdbool.h>
#include <stdint.h>

#define PAUSES_EXACT (1u << 20)

/* The first three in the order of enum collection_type. */
enum pause_kind { PAUSE_SCAVENGE, PAUSE_MARK_SWEEP, PAUSE_MARK_COMPACT, PAUSE_STEP, PAUSE_KINDS };

struct pause_totals {
    uint64_t count, min_ns, max_ns, total_ns;
};

struct pause_span {
    uint64_t start, length; /* ns */
};

#define MMU_WINDOWS 4
struct mmu_window {
    uint64_t length; /* ns */
    uint64_t head;   /* position in recent of the first pause that can still be in it */
    uint64_t sum;    /* of the pauses from there on */
    uint64_t worst;  /* most pause time of a window that ended with a pause */
    uint64_t first;  /* pause time of the run's first window */
};

struct pause_store {
    VEC(uint64_t) lengths;         /* length << PAUSE_KIND_BITS | kind, in order; empty once there is a histogram */
    VEC(uint64_t) bins;            /* pauses by bin * PAUSE_KINDS + kind */
    VEC(struct pause_span) recent; /* pauses that can be in the longest window */
    struct pause_totals totals[PAUSE_KINDS];
    struct mmu_window windows[MMU_WINDOWS];
    bool histogram;
};
#define PAUSE_KIND_BITS 2

/* Makes an empty store. toy: its windows are a thousandth of 1, 10, 100 ms and 1 s. */
void pause_store_init(struct pause_store *store, bool toy);
void pause_store_free(struct pause_store *store);
/* Copies *from into the uninitialised *to, which must be freed in any case. 0, or -1 without memory. */
int pause_store_copy(struct pause_store *to, const struct pause_store *from);

/* Adds a pause. 0, or -1 without memory. */
int pause_store_add(struct pause_store *store, enum pause_kind kind, uint64_t start_ns, uint64_t length_ns);

/* Adds the pauses of another store, for statistics of both, but not for windows. 0, or -1 without memory. */
int pause_store_join(struct pause_store *to, const struct pause_store *from);

/*
 * The statistics of the kinds whose bits (1 << kind) are in mask; all 0 without a pause. With PAUSES_TOTALS in mask the
 * percentiles are 0, and the time does not depend on the number of pauses.
 */
#define PAUSES_TOTALS (1u << PAUSE_KINDS)
struct pause_statistics {
    uint64_t count, min_ns, mean_ns, p50_ns, p95_ns, p99_ns, max_ns, total_ns;
};
/* 0, or -1 without memory. */
int pause_store_statistics(const struct pause_store *store, unsigned mask, struct pause_statistics *statistics);

/*
 * Minimum mutator utilization of a window in millionths, half up, for a run that has lasted that long; over the whole
 * run if that is no longer than the window.
 */
uint64_t pause_store_utilization(const struct pause_store *store, unsigned window, uint64_t run_ns);

/*
 * The nearest-rank percentile (1 to 100) of n >= 1 ascending values: the smallest with at least that percentage at or
 * below it.
 */
uint64_t percentile(const uint64_t *ascending, size_t n, unsigned percent);

/* The bin of a length, and the middle of a bin's lengths. */
uint64_t pause_bin(uint64_t length);
uint64_t pause_bin_middle(uint64_t bin);

#endif
