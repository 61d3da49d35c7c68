/*
 * travel.h - moving through a run of a trace, forward and back.
 *
 * Going back is replay: the engine is deterministic, so an earlier state is made again from a checkpoint, a copy of the
 * flat state, and is identical to the byte. Checkpoints are dense near the current position and thin out with distance,
 * within a budget of memory. A trace that comes through a pipe is spooled, so that it can be read again.
 *
 * Glossary
 *   step      a line of the trace applied: an event, or a line for people (note, expect ...), each round of a repeat
 *   position  steps applied, and micro-steps of the collector done within the next one; micro 0 between two steps
 *   stop      a step that a reader of the trace stops at: an event, a note, chapter or question, a failed expectation
 *   frontier  the furthest position reached; everything before it has already been reported
 *
 * There are two sorts of listeners:
 *   told      a screen's memory of what has just happened. It hears forward motion; a jump is silent, except for the
 *             last `tail` steps before the goal, which are reported again after a call of `forget`.
 *   first     a record of the whole run (film, index). It hears each thing exactly once, when the frontier passes it,
 *             however fast, and nothing of a replay.
 */
#ifndef HEAPREEL_TRAVEL_TRAVEL_H
#define HEAPREEL_TRAVEL_TRAVEL_H

#include "run/run.h"
#include "travel/breakpoint.h"

#define TRAVEL_BUDGET (UINT64_C(256) << 20) /* bytes of checkpoints, unless the options set another number */
#define TRAVEL_TAIL 256 /* steps reported again before a goal, unless the options set another number */

struct travel;

/* All can be NULL except self. Called while the travel moves; they can read, but not move. */
struct travel_hooks {
    void *self;
    /* As in run_hooks: for forward motion and for the tail of a jump. */
    void (*said)(void *self, const struct run *run, const struct trace_event *event);
    void (*expected)(void *self, const struct run *run, const struct expectation *expectation);
    /* What has been reported so far does not lead to the state that follows: forget it, the tail comes next. */
    void (*forget)(void *self, const struct run *run);
    /* Like said, but once for each line, when the frontier passes it. */
    void (*first_said)(void *self, const struct run *run, const struct trace_event *event);
    /*
     * The frontier has moved: after each of the first thousand steps, then less often, up to every few hundred steps.
     */
    void (*first_seen)(void *self, const struct run *run);
};

struct travel_options {
    struct run_options run; /* its hooks: only figure is used; said and expected are those below */
    struct travel_hooks hooks;
    uint64_t budget;   /* bytes for checkpoints; 0 = TRAVEL_BUDGET */
    uint64_t tail;     /* steps reported again before a goal; 0 = TRAVEL_TAIL */
    const char *spool; /* directory of the temporary file for a pipe; NULL or "": /tmp. Borrowed */
};

struct travel_position {
    uint64_t step;  /* steps applied */
    uint64_t micro; /* micro-steps of the collector done in the next one, 0 between two steps */
};

/* Is a before, at or after b: -1, 0, 1. */
static inline int travel_order(struct travel_position a, struct travel_position b)
{
    if (a.step != b.step)
        return a.step < b.step ? -1 : 1;
    return (a.micro > b.micro) - (a.micro < b.micro);
}

/*
 * Opens a trace ("-" = standard input) at its beginning, with nothing applied yet. 0 with *travel filled, or -1 after
 * filling error (*travel is NULL then). The options are copied; what they point to is borrowed.
 */
int travel_open(struct travel **travel, const char *path, const struct travel_options *options, struct error *error);
int travel_open_memory(struct travel **travel, const char *path, const char *text, size_t len,
                       const struct travel_options *options, struct error *error);
void travel_close(struct travel *travel);

/* The run in its current state: borrowed, the same pointer for the travel's life, read only. */
const struct run *travel_run(const struct travel *travel);

/*
 * Adds a listener to forward motion and the tails of jumps (see above). Borrowed until travel_close or travel_unlisten.
 */
void travel_listen(struct travel *travel, struct listener *listener);
/* Removes the listener. To change its mask, remove it, change it, add it again. */
void travel_unlisten(struct travel *travel, struct listener *listener);
/* Adds a listener that hears each thing once, when the frontier passes it. */
void travel_listen_first(struct travel *travel, struct listener *listener);

/* Called before each read that can block: see trace_on_wait. */
void travel_on_wait(struct travel *travel, int (*wait)(void *self, int fd), void *self);

/* ---- where we are ---- */

struct travel_position travel_here(const struct travel *travel);
struct travel_position travel_frontier(const struct travel *travel);
/* Is what is reported now history, reported before? Also true in the tails of jumps into the past. */
bool travel_in_history(const struct travel *travel);
/* The events and steps of the whole trace, once its end has been reached; false before ("n+"). */
bool travel_end(const struct travel *travel, uint64_t *events, uint64_t *steps);
/* Events and simulated time at the frontier. */
uint64_t travel_frontier_event(const struct travel *travel);
uint64_t travel_frontier_ns(const struct travel *travel);

/* The number of checkpoints kept, and their bytes. */
size_t travel_checkpoints(const struct travel *travel, uint64_t *bytes);

/* A named place of the trace, up to the frontier, in the order of the trace. */
struct travel_chapter {
    uint64_t step; /* after its line */
    uint64_t event, line;
    char *text; /* owned by the travel */
};
size_t travel_chapters(const struct travel *travel, const struct travel_chapter **chapters);

/* A collection, up to the frontier. */
struct travel_collection {
    uint64_t step; /* the step during which it happened: after it is step, before it step - 1 */
    uint64_t event;
    uint64_t start_ns, pause_ns;
    uint32_t worker; /* the index of its heap in the run */
    uint8_t type;    /* enum collection_type */
};
size_t travel_collections(const struct travel *travel, const struct travel_collection **collections);

/*
 * Work of a collector that belongs together, up to the frontier: a collection, a step of marking, or what starts that.
 * Its micro-steps end at `micro` of the step, and begin where the episode before it in the same step ends.
 */
struct travel_episode {
    uint64_t step; /* the step during which it happened, as in struct travel_collection */
    uint64_t micro;
    uint8_t kind; /* enum collection_type, or COLLECTION_TYPES: marking */
};
size_t travel_episodes(const struct travel *travel, const struct travel_episode **episodes);

/* ---- moving ---- */

/* X(symbol, what "number" is): where travel_begin goes. */
#define TRAVEL_GOALS(X)                                                                                                \
    X(STEP, "steps applied")                                                                                           \
    X(EVENT, "events applied; 0: the beginning")                                                                       \
    X(TIME, "simulated time in ns: after the first step that reaches it")                                              \
    X(FORWARD, "stops")                                                                                                \
    X(BACK, "stops; from within a step, its beginning is the first")                                                   \
    X(MICRO_FORWARD, "micro-steps; a step without a collection counts one")                                            \
    X(MICRO_BACK, "micro-steps; a step without a collection counts one")                                               \
    X(NEXT_COLLECTION, "unused: after the step of the next collection, or at a question before it")                    \
    X(PREVIOUS_COLLECTION, "unused: the same for the last one before here; without one, the beginning")                \
    X(NEXT_CHAPTER, "unused: after the next chapter line, or at a question before it")                                 \
    X(PREVIOUS_CHAPTER, "unused: after the last chapter line before here; without one, the beginning")                 \
    X(START, "unused: the beginning")                                                                                  \
    X(END, "unused: the end of the trace")                                                                             \
    X(BREAK_FORWARD, "unused: the next breakpoint hit, or the end")                                                    \
    X(BREAK_BACK, "unused: the last breakpoint hit before here; without one, here")                                    \
    X(LINE, "a line of the trace: forward to the first place that comes after it or after one further down")           \
    X(LINE_BACK, "a line of the trace: back to the last place before here that comes after it")                        \
    X(HISTORY, "not for travel_begin: travel_begin_history uses it")

enum travel_goal {
#define X(symbol, number) TRAVEL_##symbol,
    TRAVEL_GOALS(X)
#undef X
        TRAVEL_GOAL_COUNT
};

enum travel_state {
    TRAVEL_MORE,      /* under way: the shown state is somewhere between */
    TRAVEL_THERE,     /* at the goal */
    TRAVEL_STOPPED,   /* at a breakpoint: see travel_hit */
    TRAVEL_NOT_FOUND, /* there is no such place; nothing has moved */
    TRAVEL_ENDED,     /* the trace has ended, before or at the goal */
    TRAVEL_FAILED     /* error is filled: a line could not be applied, or the host has no memory */
};

/* Sets a goal, and forgets the previous one. Nothing moves until travel_go. */
void travel_begin(struct travel *travel, enum travel_goal goal, uint64_t number);

/*
 * Moves towards the goal, by about that much work (0 = all the way): a unit is a line applied or a micro-step of a
 * collection, about 0.1 microseconds. After TRAVEL_FAILED the state is that in which the line failed; going back is
 * possible. Without a goal: TRAVEL_THERE.
 */
enum travel_state travel_go(struct travel *travel, uint64_t work, struct error *error);

/* The progress towards the goal: *done of *total units; *total 0 if it is unknown. */
void travel_progress(const struct travel *travel, uint64_t *done, uint64_t *total);

/*
 * Plays: goes forward by up to `stops` stops and about `work` units, reporting everything, and stops at breakpoints.
 * TRAVEL_MORE: the work is used up; TRAVEL_THERE: the stops are.
 */
enum travel_state travel_play(struct travel *travel, uint64_t stops, uint64_t work, struct error *error);

/*
 * Runs ahead: moves the frontier on by about that much work, more if the heap is large, and returns silently to here.
 * What the listeners of the frontier hear, and the end once it is reached, becomes known; nothing else changes. Gives
 * up the goal. TRAVEL_MORE: there is more; TRAVEL_ENDED: the whole trace is known; TRAVEL_NOT_FOUND: impossible from
 * here, far within a step; TRAVEL_FAILED after filling error: no memory. A trace that has to be waited for is waited
 * for.
 */
enum travel_state travel_ahead(struct travel *travel, uint64_t work, struct error *error);

/* Is the shown state the end? (The trace ended, ran out of memory, or failed.) */
bool travel_ended(const struct travel *travel);

/* ---- breakpoints ---- */

/* The breakpoints at which play and the BREAK goals stop: owned by the travel; they can be changed between calls. */
struct breakpoints *travel_breakpoints(struct travel *travel);
/* The breakpoint that the last TRAVEL_STOPPED stopped at, and what it hit. */
const struct breakpoint_hit *travel_hit(const struct travel *travel);

/* ---- the history of an object ---- */

/* X(symbol, word): what can happen to an object in its life */
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
    uint64_t step; /* after the line in which it happened */
    uint64_t event, line;
    uint64_t value[HAPPENING_FIELDS]; /* of the happening (alloc, move, promote, evacuate); unused when unreachable */
};

/* The life of one object up to here, in order. Moments are valid until the next call with the same history. */
struct travel_history {
    VEC(struct travel_moment) moments;
};
void travel_history_free(struct travel_history *history);

/*
 * Begins to search for the life of an object (its index in the heap with this index in the run): where it was allocated
 * and moved, and, if it is unreachable now, since when. Continue with travel_go; at TRAVEL_THERE the history is filled
 * and the travel is where it was. history is borrowed until then, or until the next travel_begin.
 */
void travel_begin_history(struct travel *travel, uint32_t worker, uint32_t object, struct travel_history *history);

const char *travel_moment_word(enum travel_moment_kind kind);

#endif
