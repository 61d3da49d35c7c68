/* internal.h - the parts of a run. Private to src/run. */
#ifndef HEAPREEL_RUN_INTERNAL_H
#define HEAPREEL_RUN_INTERNAL_H

#include "heap/figures.h"
#include "run/run.h"

#include "base/text.h"

/* Fills error at a field of the event's line. Its value is -1, that is APPLY_FAILED. */
#define fail_at(event, field, error, ...)                                                                              \
    error_set((error), ERROR_INPUT, (event)->line, trace_column((event), (field), 0), __VA_ARGS__)

/* ---- workers.c ---- */

/* Adds the main heap to a run that has none. 0, or -1 after filling error. */
int workers_init(struct run *run, struct error *error);
void workers_free(struct run *run);
/* Makes the heap of a worker line the current one. 0, or -1 after filling error. */
int workers_switch(struct run *run, const struct trace_event *event, struct error *error);
/*
 * Resolves the configuration of the current heap and makes the heap, unless it is ready. 0, or -1 after filling error.
 */
int workers_ready(struct run *run, struct error *error);
/* The same for each heap that the trace has named or used. */
int workers_finish(struct run *run, struct error *error);
/* Gives the run as many workers as saved, with the same names, to be restored. 0, or -1 without memory. */
int workers_restore(struct run *run, const struct worker *saved, size_t count);
/* Makes it the current worker, after the workers have changed. */
void workers_select(struct run *run, struct worker *worker);
/* Marks every name that a heap or a worker has. */
void workers_mark_names(struct run *run);

/* ---- expect.c ---- */

/* Checks the expectation of a line. 0, or -1 after filling error (malformed, unknown ID, no memory). */
int expect_line(struct run *run, const struct trace_event *event, struct error *error);
/*
 * Does a condition, as after "expect", hold? A malformed one, or one about something that does not exist, does not.
 * Reports nothing.
 */
bool expect_holds(struct run *run, const char *condition, size_t len);
/* Is it "expect oom"? */
bool expect_is_oom(const struct trace_event *event);
/* Records an expectation's result. condition and found are copied; found NULL: passed. 0 or -1. */
int expect_record(struct run *run, const struct trace_event *event, const char *found, struct error *error);

/* ---- strict.c ---- */

/*
 * --strict: before an event begins, does it name an object that is in the heap but unreachable? And after it is done.
 * 0, or -1 after filling error.
 */
int strict_before(struct run *run, const struct trace_event *event, struct error *error);
int strict_after(struct run *run, const struct trace_event *event, struct error *error);

/* ---- apply_slow.c ---- */

/* The number of the field after "in" of an alloc line that has one. */
unsigned holder_field(const struct trace_event *event);

/* A name made safe for a message. */
const char *quote_name(const struct run *run, uint32_t name, struct text_quoted *quoted);

/* ---- apply.c ---- */

enum apply_result {
    APPLY_FAILED = -1, /* error is filled */
    APPLY_DONE,
    APPLY_MORE, /* the budget is used up in the middle of the event */
    APPLY_OOM,  /* the simulated heap has run out of memory */
    APPLY_LATER /* nothing has been done: the event cannot be applied quickly (apply.h) */
};

/* For a coming event: the objects that its names a and b probably name; their records always exist. */
struct hint {
    uint32_t a, b;
};

enum {
    APPLY_BLOCK = 64 /* events that are applied together; they, and what they change, fit in the first-level cache */
};

/* Prefetches what coming events, at most APPLY_BLOCK, will change, and fills their hints. */
void apply_fetch(const struct run *run, const struct trace_event *events, struct hint *hints, int count);

/*
 * Applies events, which have been prefetched, as long as nothing is unusual: no collection, no error. Nobody may listen
 * to what they do. Returns how many were applied, or -1 after filling error.
 */
int apply_block(struct run *run, const struct trace_event *events, const struct hint *hints, int count,
                struct error *error);

/* Applies an event that acts on the heap. */
enum apply_result apply_event(struct run *run, const struct trace_event *event, uint64_t *budget, struct error *error);

/* ---- run.c ---- */

/* Micro-steps that all collectors of the run have done. */
uint64_t run_all_micro_steps(const struct run *run);

#endif
