/*
 * checkpoint.h - the state of a run between two lines, saved so that the run can return to it. Private to src/travel.
 *
 * A copy of all flat state: the heaps, tightly packed, and the reader's position. What a run only appends to is not
 * copied: names stay in the run's table (a sweep must spare those that checkpoints use); expectations and the records
 * of collections are kept once, and a checkpoint has their number.
 */
#ifndef HEAPREEL_TRAVEL_CHECKPOINT_H
#define HEAPREEL_TRAVEL_CHECKPOINT_H

#include "run/run.h"

struct checkpoint {
    uint64_t steps, work;   /* lines applied; and the same with the micro-steps done in them */
    uint64_t event, now_ns; /* what searches look at */
    uint64_t bytes;         /* its size */
    struct trace_place place;
    VEC(struct worker) workers; /* their heaps are saved ones, if they exist yet */
    size_t current;             /* which of them */
    char *title;                /* owned, or NULL */
    size_t expectations;
    /* as in struct run */
    uint64_t line, preamble, stops, micro_steps, last_micro, passed, failed;
    bool ended;
};

/* What is only appended to, up to the furthest checkpoint: the records of collections, by heap. Zeroed: none. */
struct archive {
    VEC(struct expectation) expectations;
    VEC(struct archive_heap { VEC(struct collection) records; }) heaps;
};
void archive_free(struct archive *archive);

/* The work done so far: lines, and micro-steps of the collectors in them. */
static inline uint64_t run_work(const struct run *run)
{
    return run->steps + run->micro_steps;
}

/*
 * Saves in *checkpoint (uninitialised) the state of a run between two lines (run_micro is 0). 0, or -1 without memory
 * (nothing needs freeing then).
 */
int checkpoint_take(struct checkpoint *checkpoint, const struct run *run, struct archive *archive);
void checkpoint_free(struct checkpoint *checkpoint);

/* Restores the run to that state; it may have ended, failed, or be within a line. 0, or -1 after filling error. */
int checkpoint_restore(const struct checkpoint *checkpoint, struct run *run, const struct archive *archive,
                       struct error *error);

/* Marks the names that the checkpoint uses (base/names.h). */
void checkpoint_mark_names(struct checkpoint *checkpoint);

#endif
