/*
 * travel.h - a run of a trace that is gone through forwards and backwards.
 *
 * Going back is replay: the engine is deterministic, so what lies behind is made again from a checkpoint, a copy of
 * the flat state, and is the same to the byte. Checkpoints lie densely near the place where we are and thin out with
 * distance, within a budget of memory. A trace that comes through a pipe is spooled, so that it can be read again.
 *
 * Glossary
 *   step      a line of the trace applied: an event, or a line for people (note, expect ...), each round of a repeat
 *   position  steps applied, and micro-steps of the collector done within the next one; micro 0 between two steps
 *   stop      a step that a reader of the trace stops at: an event, a note, chapter or question, a failed expectation
 *   frontier  the furthest position reached so far: what lies before it is history, and its replay is no news
 *
 * Who listens. Two ways, for two purposes:
 *   told      a screen's memory of what has just happened. It hears forward motion; a jump is silent, but for the
 *             last `tail` steps before the goal, which are told again behind a call of `forget`.
 *   first     a record of the whole run (film, index). It hears each thing exactly once, when the frontier passes it,
 *             however fast, and nothing of a replay.
 */
#ifndef HEAPREEL_TRAVEL_TRAVEL_H
#define HEAPREEL_TRAVEL_TRAVEL_H

#include "run/run.h"
#include "travel/breakpoint.h"

#define TRAVEL_BUDGET (UINT64_C(256) << 20) /* bytes of checkpoints, unless the options say otherwise */
#define TRAVEL_TAIL 256                     /* steps told again before a goal, unless they do */

struct travel;

/* All may be NULL but self. Called while the travel moves; they may read, but not move. */
struct travel_hooks {
    void *self;
    /* As run_hooks: of forward motion and of the tail of a jump. */
    void (*said)(void *self, const struct run *run, const struct trace_event *event);
    void (*expected)(void *self, const struct run *run, const struct expectation *expectation);
    /* What has been told so far is not what lies before the state that follows: forget it, the tail is told next. */
    void (*forget)(void *self, const struct run *run);
    /* As said, but once for each line, when the frontier passes it. */
    void (*first_said)(void *self, const struct run *run, const struct trace_event *event);
    /*
     * The frontier has moved on: after each of the first thousand steps, then more seldom, up to a few hundred steps.
     */
    void (*first_seen)(void *self, const struct run *run);
};

struct travel_options {
    struct run_options run; /* its hooks: only figure is used; said and expected are those below */
    struct travel_hooks hooks;
    uint64_t budget;   /* bytes for checkpoints; 0 = TRAVEL_BUDGET */
    uint64_t tail;     /* steps told again before a goal; 0 = TRAVEL_TAIL */
    const char *spool; /* directory of the temporary file for a pipe; NULL = /tmp. Borrowed */
};

struct travel_position {
    uint64_t step;  /* steps applied */
    uint64_t micro; /* micro-steps of the collector done in the next one, 0 between two steps */
};

/* Before, at or behind: -1, 0, 1. */
static inline int travel_order(struct travel_position a, struct travel_position b)
{
    if (a.step != b.step)
        return a.step < b.step ? -1 : 1;
    return (a.micro > b.micro) - (a.micro < b.micro);
}

/*
 * Opens a trace ("-" = standard input) at its beginning; nothing is applied yet. 0 with *travel filled, or -1 after
 * filling error (*travel is NULL then). The options are copied, what they point to is borrowed.
 */
int travel_open(struct travel **travel, const char *path, const struct travel_options *options, struct error *error);
int travel_open_memory(struct travel **travel, const char *path, const char *text, size_t len,
                       const struct travel_options *options, struct error *error);
void travel_close(struct travel *travel);

/* The run as it stands: borrowed, the same pointer for the travel's life. To be read only. */
const struct run *travel_run(const struct travel *travel);

/* Hears forward motion and the tails of jumps (see above). Borrowed until travel_close or travel_unlisten. */
void travel_listen(struct travel *travel, struct listener *listener);
/* Takes the listener away; to change its mask: take it away, change it, add it again. */
void travel_unlisten(struct travel *travel, struct listener *listener);
/* Hears each thing once, when the frontier passes it. */
void travel_listen_first(struct travel *travel, struct listener *listener);

/* Before each read that may block: see trace_on_wait. */
void travel_on_wait(struct travel *travel, int (*wait)(void *self, int fd), void *self);

/* ---- where we are ---- */

struct travel_position travel_here(const struct travel *travel);
struct travel_position travel_frontier(const struct travel *travel);
/* Is what is told now history: has it been told before? True in the tails of jumps into the past too. */
bool travel_in_history(const struct travel *travel);
/* The events of the whole trace and its steps, once the end has been reached; false before ("n+"). */
bool travel_end(const struct travel *travel, uint64_t *events, uint64_t *steps);
/* Events and simulated time at the frontier. */
uint64_t travel_frontier_event(const struct travel *travel);
uint64_t travel_frontier_ns(const struct travel *travel);

/* Checkpoints kept at present, and the bytes that they take. */
size_t travel_checkpoints(const struct travel *travel, uint64_t *bytes);

/* A named place of the trace, as far as the frontier has come: in the order of the trace. */
struct travel_chapter {
    uint64_t step; /* behind its line */
    uint64_t event, line;
    char *text; /* owned by the travel */
};
size_t travel_chapters(const struct travel *travel, const struct travel_chapter **chapters);

/* A collection, as far as the frontier has come. */
struct travel_collection {
    uint64_t step; /* the one during which it happened: behind it is step, before it step - 1 */
    uint64_t event;
    uint64_t start_ns, pause_ns;
    uint32_t worker; /* whose: the index of its heap in the run */
    uint8_t type;    /* enum collection_type */
};
size_t travel_collections(const struct travel *travel, const struct travel_collection **collections);

/* ---- going ---- */

/* X(symbol, what "number" is): where travel_begin goes. */
#define TRAVEL_GOALS(X)                                                                                                \
    X(STEP, "steps applied")                                                                                           \
    X(EVENT, "events applied; 0: the beginning")                                                                       \
    X(TIME, "simulated time in ns: behind the first step that reaches it")                                             \
    X(FORWARD, "stops")                                                                                                \
    X(BACK, "stops; from within a step, its beginning is the first")                                                   \
    X(MICRO_FORWARD, "micro-steps; a step without a collection counts one")                                            \
    X(MICRO_BACK, "micro-steps; a step without a collection counts one")                                               \
    X(NEXT_COLLECTION, "unused: behind the step of the next collection")                                               \
    X(PREVIOUS_COLLECTION, "unused: likewise, of the last one before here; without one, the beginning")                \
    X(NEXT_CHAPTER, "unused: behind the next chapter line")                                                            \
    X(PREVIOUS_CHAPTER, "unused: behind the last chapter line before here; without one, the beginning")                \
    X(START, "unused: the beginning")                                                                                  \
    X(END, "unused: the end of the trace")                                                                             \
    X(BREAK_FORWARD, "unused: the next breakpoint hit, or the end")                                                    \
    X(BREAK_BACK, "unused: the last breakpoint hit before here; without one, here")                                    \
    X(HISTORY, "not to be begun by travel_begin: travel_begin_history does")

enum travel_goal {
#define X(symbol, number) TRAVEL_##symbol,
    TRAVEL_GOALS(X)
#undef X
        TRAVEL_GOAL_COUNT
};

enum travel_state {
    TRAVEL_MORE,      /* under way: the state shown lies somewhere on the way */
    TRAVEL_THERE,     /* at the goal */
    TRAVEL_STOPPED,   /* at a breakpoint: travel_hit tells which */
    TRAVEL_NOT_FOUND, /* there is no such place: we are where we were */
    TRAVEL_ENDED,     /* the trace has ended, before or at the goal */
    TRAVEL_FAILED     /* error is filled: a line could not be applied, or the host's memory is used up */
};

/* Sets out for a goal, and forgets the one before it. Nothing moves until travel_go. */
void travel_begin(struct travel *travel, enum travel_goal goal, uint64_t number);

/*
 * Goes on towards the goal, by about so much work (0 = all the way): a unit is a line applied or a micro-step of a
 * collection, about 0.1 microseconds. Behind TRAVEL_FAILED the state stands as it was when the line failed; going back
 * is possible. With no goal: TRAVEL_THERE.
 */
enum travel_state travel_go(struct travel *travel, uint64_t work, struct error *error);

/* How far the way to the goal has come: *done of *total units; *total 0 if that is not known. */
void travel_progress(const struct travel *travel, uint64_t *done, uint64_t *total);

/*
 * Play: goes forward by up to `stops` stops and about `work` units, telling everything, and stops at breakpoints.
 * TRAVEL_MORE: the work is used up; TRAVEL_THERE: the stops are.
 */
enum travel_state travel_play(struct travel *travel, uint64_t stops, uint64_t work, struct error *error);

/* The end has been reached in the state shown (the trace ended, ran out of memory, or failed). */
bool travel_ended(const struct travel *travel);

/* ---- breakpoints ---- */

/* Those that play and the BREAK goals stop at: owned by the travel, to be changed between calls. */
struct breakpoints *travel_breakpoints(struct travel *travel);
/* The breakpoint that the last TRAVEL_STOPPED stopped at, and what it hit. */
const struct breakpoint_hit *travel_hit(const struct travel *travel);

/* ---- the history of an object ---- */

/* X(symbol, word): what may happen to an object in its life */
#define TRAVEL_MOMENTS(X)                                                                                              \
    X(ALLOCATED, "allocated")                                                                                          \
    X(COPIED, "copied")                                                                                                \
    X(PROMOTED, "promoted")                                                                                            \
    X(EVACUATED, "evacuated")                                                                                          \
    X(UNREACHABLE, "unreachable")

enum travel_moment_kind {
#define X(symbol, word) TRAVEL_MOMENT_##symbol,
    TRAVEL_MOMENTS(X)
#undef X
        TRAVEL_MOMENT_COUNT
};

struct travel_moment {
    enum travel_moment_kind kind;
    uint64_t step; /* behind the line in which it happened */
    uint64_t event, line;
    uint64_t value[HAPPENING_FIELDS]; /* of the happening (alloc, move, promote, evacuate); unused when unreachable */
};

/* The life of one object until here, in order. Moments are valid until the next call with the same history. */
struct travel_history {
    VEC(struct travel_moment) moments;
};
void travel_history_free(struct travel_history *history);

/*
 * Sets out to find the life of an object (its index in the heap of this index in the run): where it was allocated and
 * moved, and, if it is unreachable now, since when. Go on with travel_go; at TRAVEL_THERE the history is filled and we
 * are where we were. history is borrowed until then, or until the next travel_begin.
 */
void travel_begin_history(struct travel *travel, uint32_t worker, uint32_t object, struct travel_history *history);

const char *travel_moment_word(enum travel_moment_kind kind);

#endif
