/*
 * internal.h - the parts of a travel. Private to src/travel.
 *
 *   travel.c    its life, who listens, what is known of the trace
 *   motion.c   moving: forwards, and back to checkpoints; keeping checkpoints
 *   seek.c      goals
 *   history.c   the life of an object
 *   breakpoint_watch.c     breakpoints on the way
 */
#ifndef HEAPREEL_TRAVEL_INTERNAL_H
#define HEAPREEL_TRAVEL_INTERNAL_H

#include "run/internal.h"
#include "travel/checkpoint.h"
#include "travel/travel.h"

/* What a search counts: all grow by at most one with each line. */
enum counter { COUNT_STEPS, COUNT_EVENTS, COUNT_STOPS };

/* What a seek is doing. */
enum phase {
    PHASE_NONE,  /* there is no goal */
    PHASE_COUNT, /* to where counter has value, then micro micro-steps on: the tail is told */
    PHASE_TIME,  /* looks for the step at which the clock shows number */
    PHASE_TIME_STEPS,
    PHASE_SCAN,  /* goes on silently until an interrupt, or the end */
    PHASE_MICRO, /* forward by number micro-steps */
    PHASE_WATCH, /* forward to a breakpoint */
    PHASE_WATCH_BACK,
    PHASE_LIFE,    /* history: looks for the object's allocation, backwards */
    PHASE_GARBAGE, /* history: looks for the step at which it became unreachable */
    PHASE_RETURN   /* goes back to origin, silently; then result */
};

struct seek {
    enum travel_goal goal;
    enum phase phase;
    enum counter counter;
    uint64_t value, micro;         /* PHASE_COUNT */
    uint64_t number;               /* as travel_begin was given it, or what is left of it */
    struct travel_position origin; /* where we set out */
    uint64_t origin_work;
    uint64_t from;              /* counter or step where we set out, for the progress */
    enum travel_state result;   /* of PHASE_RETURN, and of a PHASE_COUNT that is reached */
    bool was_told;              /* what had been told was what lies before origin */
    size_t interval;            /* backwards: the checkpoint whose interval is looked through, + 1; 0: none yet */
    bool in_interval;           /* it has been gone back to */
    struct travel_position end; /* of the interval */
    uint64_t low, high;         /* PHASE_GARBAGE: reachable, unreachable steps; PHASE_TIME: before, behind */
};

/* The history that is looked for. */
struct life {
    struct travel_history *history; /* borrowed */
    struct travel_history part;     /* of the interval */
    uint32_t worker, object;        /* whose heap, and which there */
    bool born, garbage;
};

/* Breakpoints on the way: what their conditions said last. */
struct watch {
    bool on;
    bool forward;         /* stop at a hit */
    uint64_t mask;        /* of the happenings that they need */
    bool lines;           /* some need a look after each line */
    uint64_t event;       /* the last one whose end has been looked at */
    uint64_t looked;      /* steps at which the conditions were looked at last */
    VEC(bool) held;       /* by the place in the list: the condition was true */
    bool hit, hit_before; /* the last hit, and the last one at another place before it */
    struct breakpoint_hit what, what_before;
    struct travel_position at, at_before; /* behind a line's last micro-step: that, or the line's end */
};

struct travel {
    struct run run;
    struct travel_options options;
    VEC(struct checkpoint *) checkpoints; /* by steps; the first is the beginning */
    struct archive archive;
    uint64_t bytes, budget, tail;
    uint64_t preamble; /* steps: title and set lines that the trace begins with, as far as it is known */
    VEC(struct travel_chapter) chapters;
    VEC(struct travel_collection) collections;
    struct travel_position frontier;
    uint64_t frontier_event, frontier_ns;
    bool at_end; /* the end has been reached, in the state shown */
    bool end_known;
    bool lost; /* going back has failed halfway: the state must be restored before anything is done with it */
    uint64_t end_step, end_events;
    bool first;      /* the frontier is being moved */
    bool telling;    /* what happens is told */
    bool contiguous; /* what has been told is what lies before here */
    bool no_memory;  /* what was first heard could not be kept */
    bool scanning;   /* an interrupt is wanted: at the goal's kind of thing */
    struct listener relay;
    bool relayed;
    struct listener *told, *firsts;
    struct seek seek;
    struct life life;
    struct watch watch;
    struct breakpoints breakpoints;
};

/* ---- travel.c ---- */

/* Listens to what is needed now: after a change of first, telling, scanning, or what watches. */
void travel_attend(struct travel *t);
/* The frontier has been moved to here. */
void travel_note_frontier(struct travel *t);

/* ---- motion.c ---- */

/* The value of a counter here. */
uint64_t motion_count(const struct travel *t, enum counter counter);

/*
 * Goes forward to where `limit` steps are applied, from between two lines or from within one; stops behind an
 * interrupt, too. THERE, MORE (work is used up), ENDED or FAILED.
 */
enum travel_state motion_advance(struct travel *t, uint64_t limit, uint64_t *work, struct error *error);
/* Goes on by exactly so many micro-steps within the next line, or to its end. As above. */
enum travel_state motion_micro(struct travel *t, uint64_t count, uint64_t *work, struct error *error);

/* Goes back (or on) to a checkpoint, silently. 0, or -1 after filling error. */
int motion_restore(struct travel *t, size_t checkpoint, struct error *error);
/* The last checkpoint at which the counter is at most value. */
size_t motion_checkpoint(const struct travel *t, enum counter counter, uint64_t value);
/* Brings the counter to at most value by going back, or nearer to it from below by going on, if a checkpoint helps. */
enum travel_state motion_near(struct travel *t, enum counter counter, uint64_t value, struct error *error);
/* Silently to a position. As passage_advance. */
enum travel_state motion_walk(struct travel *t, struct travel_position to, uint64_t *work, struct error *error);

/* Keeps a checkpoint of here. What has no memory is not kept. */
void motion_keep(struct travel *t);
void motion_free(struct travel *t);

/* ---- breakpoint_watch.c ---- */

/* Begins to watch from here on; forward: each hit interrupts. 0, or -1 without memory. */
int watch_begin(struct travel *t, bool forward);
void watch_end(struct travel *t);
/* A happening that a breakpoint may wait for. */
void watch_hear(struct travel *t, const struct heap *heap, const struct happening *happening);
/* A line (or, if no breakpoint looks at lines, several) has been applied. 0, or -1 without memory. */
int watch_line(struct travel *t);

/* ---- history.c ---- */

void history_hear(struct travel *t, const struct heap *heap, const struct happening *happening);
enum travel_state history_go(struct travel *t, uint64_t *work, struct error *error);

/* ---- seek.c ---- */

/* Begins to go to where the counter has value, telling the tail; then result. */
void seek_count(struct travel *t, enum counter counter, uint64_t value, uint64_t micro, enum travel_state result);

/*
 * Backwards through history: goes to the beginning of the stretch between two checkpoints that ends where the last one
 * began (the first time: where we set out); seek.end is its end. False if there is none any more, or *failed.
 */
bool seek_interval(struct travel *t, struct error *error, bool *failed);
/* Goes on to its end: THERE, MORE, or FAILED for want of memory. */
enum travel_state seek_through(struct travel *t, uint64_t *work, struct error *error);
/* Lets the seek end where it set out, with that result. */
void seek_turn_back(struct travel *t, enum travel_state result);
enum travel_state seek_finish(struct travel *t, enum travel_state state);
/* What comes of a part of a seek when it is not over, and has work left. */
#define SEEK_ON ((enum travel_state)(TRAVEL_FAILED + 1))

#endif
