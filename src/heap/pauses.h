/*
 * pauses.h - every pause of a run, in bounded memory: percentiles and minimum mutator utilization.
 *
 * The lengths of the first PAUSES_EXACT pauses are kept as they are. One more, and all of them go to a histogram whose
 * bins are at most 1/1024 of their values wide; counts, sums and extremes stay exact.
 *
 * The minimum mutator utilization of a window is 1 - (the longest time that any window of that length within the run
 * spends in pauses) / length. Of all windows only those that end where a pause ends, and the first of the run, need a
 * look: as a window slides on, its pauses' share can only begin to fall when its end leaves a pause. So each pause is
 * added to, and taken out of, a running sum for each of the windows once, and what lies before the longest window is
 * forgotten.
 *
 * Knows no heap; pauses come in order and do not overlap.
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
    uint64_t head;   /* position in recent of the first pause that may still lie in it */
    uint64_t sum;    /* of the pauses from there on */
    uint64_t worst;  /* most pause time of a window that ended with a pause */
    uint64_t first;  /* pause time of the run's first window */
};

struct pause_store {
    VEC(uint64_t) lengths;         /* length << PAUSE_KIND_BITS | kind, in order; empty once there is a histogram */
    VEC(uint64_t) bins;            /* pauses by bin * PAUSE_KINDS + kind */
    VEC(struct pause_span) recent; /* pauses that may lie in the longest window */
    struct pause_totals totals[PAUSE_KINDS];
    struct mmu_window windows[MMU_WINDOWS];
    bool histogram;
};
#define PAUSE_KIND_BITS 2

/* An empty store. toy: its windows are a thousandth of 1, 10, 100 ms and 1 s. */
void pause_store_init(struct pause_store *store, bool toy);
void pause_store_free(struct pause_store *store);
/* Copies *from into the uninitialised *to, which may be freed in any case. 0, or -1 without memory. */
int pause_store_copy(struct pause_store *to, const struct pause_store *from);

/* Adds a pause. 0, or -1 without memory. */
int pause_store_add(struct pause_store *store, enum pause_kind kind, uint64_t start_ns, uint64_t length_ns);

/* Adds the pauses of another store, for statistics of both: not for windows. 0, or -1 without memory. */
int pause_store_join(struct pause_store *to, const struct pause_store *from);

/*
 * Statistics of the kinds whose bits (1 << kind) are in mask; all 0 without a pause. With PAUSES_TOTALS in it the
 * percentiles are 0, and it takes the same short time however many pauses there were.
 */
#define PAUSES_TOTALS (1u << PAUSE_KINDS)
struct pause_statistics {
    uint64_t count, min_ns, mean_ns, p50_ns, p95_ns, p99_ns, max_ns, total_ns;
};
/* 0, or -1 without memory. */
int pause_store_statistics(const struct pause_store *store, unsigned mask, struct pause_statistics *statistics);

/*
 * Minimum mutator utilization of a window in millionths, half up, for a run that has lasted so long: over the whole run
 * if that is no longer than the window.
 */
uint64_t pause_store_utilization(const struct pause_store *store, unsigned window, uint64_t run_ns);

/*
 * The nearest-rank percentile (1 to 100) of n >= 1 ascending values: the smallest with at least so many % at or below.
 */
uint64_t percentile(const uint64_t *ascending, size_t n, unsigned percent);

/* The bin of a length, and the middle of a bin's lengths. */
uint64_t pause_bin(uint64_t length);
uint64_t pause_bin_middle(uint64_t bin);

#endif
