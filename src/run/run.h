/*
 * run.h - a run of a trace: events applied to heaps.
 *
 * A run owns its names, its heaps (a trace with workers has several) and the trace that it reads. It prints nothing:
 * listeners attach to a heap (heap/happening.h) or to the run (struct run_hooks).
 */
#ifndef HEAPREEL_RUN_RUN_H
#define HEAPREEL_RUN_RUN_H

#include "base/error.h"
#include "heap/heap.h"
#include "run/lookup.h"
#include "trace/reader.h"

/* From best to worst. */
enum outcome { OUTCOME_COMPLETED, OUTCOME_OUT_OF_MEMORY, OUTCOME_EXPECTATION_FAILED };

#define EXPECTATIONS_KEPT 100000u /* results kept for the report; all are counted */

/* The result of one "expect" line. */
struct expectation {
    uint64_t line, event;
    uint32_t worker; /* index of the heap that it concerns */
    bool passed;
    char *condition; /* owned, as written */
    char *found;     /* owned: what was found instead; NULL if passed */
};

struct run;

enum { FIGURE_NO_MEMORY = -2 }; /* what run_hooks.figure returns without memory */

/*
 * What a run asks its owner, and reports to it. All can be NULL; self is passed back.
 *   figure   the value of the report's figure PATH (dotted), for "expect PATH OP VALUE":
 *            0 and *value, -1 if there is no such figure, or FIGURE_NO_MEMORY (the report's layer supplies it)
 *   said     a title, chapter, note or ask line was reached (event->text)
 *   expected an expectation was checked
 */
struct run_hooks {
    void *self;
    int (*figure)(void *self, const struct run *run, const char *path, size_t len, uint64_t *value, bool *ratio);
    void (*said)(void *self, const struct run *run, const struct trace_event *event);
    void (*expected)(void *self, const struct run *run, const struct expectation *expectation);
};

struct run_options {
    struct settings settings; /* of the command line: override the trace's */
    uint64_t until;           /* stop after this event; 0 = at the end */
    uint64_t max_collections; /* 0 = 100000 */
    bool verify;              /* heap_verify after collections and at the end */
    uint64_t verify_every;    /* after every such number of collections; 0 = 1 */
    bool strict;              /* find uses of unreachable objects */
    struct run_hooks hooks;
};

#define ISOLATES_MOST 1001u /* most heaps of a run: the main one and a thousand workers */

/*
 * A heap of the run and what belongs to it: the main one, or a worker's. Each has its own scopes, IDs, configuration
 * and clock. Workers are in the order of their first worker lines, the main one first.
 */
struct worker {
    struct heap heap;
    bool ready;     /* configuration resolved, heap made: at the first event, or at the end */
    bool named;     /* a worker line has named it; main may never be named, and have no event: then it does not exist */
    uint32_t index; /* in run.workers */
    char *label;    /* owned: its name; NULL: main */
    struct settings settings;
    uint64_t counts[TRACE_OP_COUNT]; /* lines of each kind applied to it */
    uint64_t passed, failed;         /* expectations */
    struct lookup lookup;            /* for its expectations */
    struct reach *reach;             /* owned: for options.strict, else NULL */
    uint32_t strict_holder;          /* ... what holds the object that is being allocated */
    /* after its heap has run out of memory: */
    bool oom_expected; /* a line has expected it */
    bool oom_late;     /* another line has followed: it is too late to expect it */
    bool oom_repeat;   /* it happened in a repeat that has not ended yet */
};

struct run {
    struct names names;           /* of all heaps */
    VEC(struct worker *) workers; /* owned, each; the first is "main" */
    VEC(uint32_t) worker_names;   /* their names; main has NAME_NONE before the first worker line */
    struct worker *current;       /* the one that the next line is for */
    struct trace_reader *reader;
    struct run_options options;
    char *path;    /* owned: as given */
    char *title;   /* owned, or NULL */
    uint64_t line; /* of the last event applied */
    VEC(struct expectation) expectations;
    uint64_t passed, failed; /* of all heaps */
    bool probing, probed;    /* an expectation is only evaluated; and its result */
    bool ended;              /* nothing follows */
    /* the position: see run_go */
    uint64_t steps;                 /* lines applied, each round of a repeat */
    uint64_t preamble;              /* of those: title and set lines at the beginning of the trace */
    uint64_t stops;                 /* of those: lines that a reader of the trace stops at */
    uint64_t micro_steps;           /* of all collectors, in all lines applied */
    uint64_t other_micro_steps;     /* of the collectors of all heaps but the current one */
    uint64_t latest_ns;             /* the latest clock of those */
    uint64_t last_micro;            /* ... in the last line */
    uint64_t *budget;               /* of the line being applied */
    bool interrupted;               /* see run_interrupt */
    void (*mark_names)(void *self); /* marks names that others use, before a sweep; or NULL */
    void *mark_self;
    /* the batch of events being applied, and the one being applied, or next */
    struct trace_event *batch; /* owned */
    struct hint *hints;        /* owned: of those, up to batch_hinted */
    int batch_len, batch_next, batch_hinted;
    /* the state of that event: private to apply.c, as is what it must remember across a collection */
    uint8_t stage;
    uint64_t clock_before;
    struct error verify_error;
    struct listener verifier;
    struct listener *listeners; /* of all heaps: borrowed */
    uint64_t listening;         /* union of their masks */
};

/* ---- run.c ---- */

/*
 * Opens the trace at path ("-" = standard input), or in memory (text borrowed, path is its name in messages).
 * 0, or -1 after filling error; run_close is needed in both cases.
 */
int run_open(struct run *run, const char *path, const struct run_options *options, struct error *error);
int run_open_memory(struct run *run, const char *path, const char *text, size_t len, const struct run_options *options,
                    struct error *error);
void run_close(struct run *run);

enum run_state {
    RUN_MORE,  /* there may be more events */
    RUN_ENDED, /* the end of the trace, --until, or out of memory with nothing for a worker to follow */
    RUN_FAILED /* error is filled: malformed or impossible line, host memory, failed verification */
};

/* Applies up to max lines (0 = no limit) of the trace. */
enum run_state run_advance(struct run *run, uint64_t max, struct error *error);

/*
 * Like run_advance, but also stops after about *budget units, and takes off *budget what it has used: a unit is a line
 * or a micro-step of the collector (gc/gc.h). It can stop in the middle of a line: see run_micro. Events, notes,
 * chapters, questions and failed expectations count as stops (run.stops).
 */
enum run_state run_go(struct run *run, uint64_t max, uint64_t *budget, struct error *error);

/*
 * Applies the next line up to the end of its first micro-step, or continues the line by one micro-step; a line without
 * a collection is applied completely.
 */
enum run_state run_micro_step(struct run *run, struct error *error);

/* Micro-steps done in the current line; 0: the run is between two lines. */
uint64_t run_micro(const struct run *run);

/* For listeners: makes run_go stop after the current micro-step, or after the line if there is none. */
void run_interrupt(struct run *run);

/* The outcome of the run, the worst of its heaps; final after RUN_ENDED. */
enum outcome run_outcome(const struct run *run);
const char *outcome_word(enum outcome outcome);

/* The exit status so far: 1 if an expectation has failed or a heap is lost, else 0. */
int run_status(const struct run *run);

/* Events that have acted on any heap. */
static inline uint64_t run_events(const struct run *run)
{
    return run->current ? run->current->heap.event : 0;
}

/* ---- workers.c ---- */

/*
 * Adds a listener (borrowed; must outlive the run) to all heaps of the run, now or when they are made: heap.worker says
 * which heap it hears.
 */
void run_listen(struct run *run, struct listener *listener);
/* Removes it. To change its mask, remove it first. */
void run_unlisten(struct run *run, struct listener *listener);

/* Has a worker line named another heap than main? */
bool run_has_workers(const struct run *run);
/*
 * The heaps, 0 to run_workers - 1. One that is not ready does not exist yet; at the end of the run only an unused main
 * heap is not ready. The name is never NULL.
 */
size_t run_workers(const struct run *run);
const struct worker *run_worker(const struct run *run, size_t index);
const char *worker_name(const struct worker *worker);
/* The outcome of one of them. */
enum outcome worker_outcome(const struct worker *worker);
/* Has the heap run out of memory without a line that expects it? */
bool worker_lost(const struct worker *worker);

/* Simulated time now, ns: the latest of the heaps' clocks; 0 before the first event. */
uint64_t run_now(const struct run *run);

#endif
