/*
 * internal.h - the parts of a travel. Private to src/travel.
 *
 *   hearing.c           what the travel hears of its run and passes on; the current place
 *   motion.c            moving: forward, and back to checkpoints; keeping checkpoints
 *   breakpoint_watch.c  breakpoints during motion
 *   seek.c              going to a goal, piece by piece
 *   ahead.c             running ahead of the shown place
 *   history.c           the life of an object
 *   goals.c             setting goals, and playing
 *   travel.c            opening and closing, what is known of the trace
 */
#ifndef HEAPREEL_TRAVEL_INTERNAL_H
#define HEAPREEL_TRAVEL_INTERNAL_H

#include "run/internal.h"
#include "travel/checkpoint.h"
#include "travel/travel.h"

/* What a search counts; each grows by at most one with every line. */
enum counter { COUNT_STEPS, COUNT_EVENTS, COUNT_STOPS };

/* What a seek is doing. */
enum phase {
    PHASE_NONE,  /* there is no goal */
    PHASE_COUNT, /* to where counter has value, then micro micro-steps further; reports the tail */
    PHASE_TIME,  /* searches for the step at which the clock shows number */
    PHASE_TIME_STEPS,
    PHASE_SCAN,  /* continues silently to an interrupt, or to the end */
    PHASE_MICRO, /* forward by number micro-steps */
    PHASE_WATCH, /* forward to a breakpoint, or to a line */
    PHASE_WATCH_BACK,
    PHASE_LIFE,    /* history: searches backwards for the object's allocation */
    PHASE_GARBAGE, /* history: searches for the step at which it became unreachable */
    PHASE_RETURN   /* returns to origin, silently; then result */
};

struct seek {
    enum travel_goal goal;
    enum phase phase;
    enum counter counter;
    uint64_t value, micro;         /* PHASE_COUNT */
    uint64_t number;               /* as given to travel_begin, or what is left of it */
    struct travel_position origin; /* where the seek began */
    uint64_t origin_work;
    uint64_t from;              /* counter or step where the seek began, for the progress */
    enum travel_state result;   /* of PHASE_RETURN, and of a PHASE_COUNT that has arrived */
    bool was_told;              /* what had been reported led to origin */
    size_t interval;            /* backwards: the checkpoint whose interval is being searched, + 1; 0: none yet */
    bool in_interval;           /* its beginning has been reached */
    struct travel_position end; /* of the interval */
    uint64_t low, high;         /* PHASE_GARBAGE: reachable, unreachable steps; PHASE_TIME: before, after */
};

/* The history that is sought. */
struct life {
    struct listener listener;
    struct travel_history *history; /* borrowed */
    struct travel_history part;     /* of the interval */
    uint32_t worker, object;        /* whose heap, and which there */
    bool born, garbage;
};

/* Breakpoints during motion: the last results of their conditions. */
struct watch {
    struct listener listener; /* its mask: the happenings that they need */
    bool on;
    bool forward;         /* stop at a hit */
    bool for_line;        /* it waits for the line that the seek has for its number, and for no breakpoint */
    bool lines;           /* some need a check after each line */
    uint64_t event;       /* the last one whose end has been checked */
    uint64_t looked;      /* steps at which the conditions were last checked */
    VEC(bool) held;       /* by the place in the list: the condition was true */
    bool hit, hit_before; /* of this motion: the last hit, and the last one at another place before it */
    struct breakpoint_hit what, what_before;
    struct travel_position at, at_before; /* after a line's last micro-step: that, or the line's end */
};

/* When a listener hears: of what is new, of what is reported; while breakpoints, a history or a scan need it. */
enum when { WHEN_FIRST, WHEN_TOLD, WHEN_WATCHED, WHEN_SOUGHT, WHEN_SCANNING, WHEN_COUNT };
#define BIT(kind) (UINT64_C(1) << HAPPENING_##kind)

struct travel {
    struct run run;
    struct travel_options options;
    VEC(struct checkpoint *) checkpoints; /* by steps; the first is the beginning */
    struct archive archive;
    uint64_t bytes, budget, tail;
    uint64_t preamble; /* steps: title and set lines at the beginning of the trace, as far as known */
    VEC(struct travel_chapter) chapters;
    VEC(struct travel_collection) collections;
    VEC(struct travel_episode) episodes;
    VEC(uint64_t) questions; /* steps after their lines, up to the frontier */
    struct travel_position frontier;
    uint64_t frontier_event, frontier_ns;
    bool at_end; /* the shown state is the end */
    bool end_known;
    bool away; /* running ahead: the shown place is elsewhere, after home_work */
    uint64_t home_work;
    bool lost; /* going back has failed halfway: the state must be restored before anything else */
    uint64_t end_step, end_events;
    bool first;      /* the frontier is being moved */
    bool telling;    /* happenings are reported */
    bool contiguous; /* what has been reported leads to here */
    bool no_memory;  /* something that was first heard could not be stored */
    bool scanning;   /* an interrupt is wanted at the goal's kind of happening */
    struct listener relay, index, scan;
    bool relayed;
    struct listener *listeners[WHEN_COUNT];
    struct seek seek;
    struct life life;
    struct watch watch;
    struct breakpoints breakpoints;
};

/* ---- hearing.c ---- */

/* Listens to what is needed now; call it after a change of first, telling, scanning, or the watch. */
void travel_attend(struct travel *t);
/* Adds a listener, at the end of those of its time. */
void hearing_add(struct travel *t, enum when when, struct listener *listener);
/* Keeps the index; interrupts a scan: each a listener. */
void index_hear(void *self, const struct heap *heap, const struct happening *happening);
void scan_hear(void *self, const struct heap *heap, const struct happening *happening);
/* What the run asks and says. */
struct run_hooks hearing_hooks(struct travel *t);
/* The frontier has moved to here. */
void travel_note_frontier(struct travel *t);

/* ---- motion.c ---- */

#define RESTORE_BYTES 400 /* bytes that are restored in the time of a unit of work */

/* The value of a counter here. */
uint64_t motion_count(const struct travel *t, enum counter counter);

/*
 * Goes forward until `limit` steps are applied, from between two lines or from within one; stops after an interrupt,
 * too. THERE, MORE (work is used up), ENDED or FAILED.
 */
enum travel_state motion_advance(struct travel *t, uint64_t limit, uint64_t *work, struct error *error);
/* Goes forward by exactly that many micro-steps within the next line, or to its end. Returns the same. */
enum travel_state motion_micro(struct travel *t, uint64_t count, uint64_t *work, struct error *error);

/* Goes silently to a checkpoint, back or forward. 0, or -1 after filling error. */
int motion_restore(struct travel *t, size_t checkpoint, struct error *error);
/* The last checkpoint at which the counter is at most value. */
size_t motion_checkpoint(const struct travel *t, enum counter counter, uint64_t value);
/*
 * Brings the counter to at most value by going back, or closer to it from below by going forward, if a checkpoint
 * helps.
 */
enum travel_state motion_near(struct travel *t, enum counter counter, uint64_t value, struct error *error);
/* Goes silently to a position. Returns the same as motion_advance. */
enum travel_state motion_walk(struct travel *t, struct travel_position to, uint64_t *work, struct error *error);

/* Can a checkpoint be made here? Between two lines, when the run has read no further than it has applied. */
bool motion_can_keep(const struct travel *t);
/* Makes a checkpoint here, if there is memory for it. */
void motion_keep(struct travel *t);
void motion_free(struct travel *t);

/* ---- breakpoint_watch.c ---- */

/* Begins to watch from here; forward: each hit interrupts. 0, or -1 without memory. */
int watch_begin(struct travel *t, bool forward);
void watch_end(struct travel *t);
/* Hears a happening that a breakpoint may wait for. */
void watch_hear(void *self, const struct heap *heap, const struct happening *happening);
/* A line (or several, if no breakpoint looks at lines) has been applied. 0, or -1 without memory. */
int watch_line(struct travel *t);

/* ---- history.c ---- */

void history_hear(void *self, const struct heap *heap, const struct happening *happening);
enum travel_state history_go(struct travel *t, uint64_t *work, struct error *error);

/* ---- seek.c ---- */

static inline uint64_t subtract(uint64_t from, uint64_t what)
{
    return from > what ? from - what : 0;
}

/* Goes on with the phase: its result, or SEEK_ON. */
enum travel_state seek_go(struct travel *t, uint64_t *work, struct error *error);
/* Begins to go to where the counter has value, reporting the tail; then result. */
void seek_count(struct travel *t, enum counter counter, uint64_t value, uint64_t micro, enum travel_state result);

/*
 * Backwards through history: goes to the beginning of the stretch between two checkpoints that ends where the last one
 * began (the first time: where the seek began); seek.end is its end. False if there is none left, or *failed.
 */
bool seek_interval(struct travel *t, struct error *error, bool *failed);
/* Goes to the end of the stretch: THERE, MORE, or FAILED without memory. */
enum travel_state seek_through(struct travel *t, uint64_t *work, struct error *error);
/* Makes the seek return to where it began, with that result. */
void seek_turn_back(struct travel *t, enum travel_state result);
enum travel_state seek_finish(struct travel *t, enum travel_state state);
/* Returned by a part of a seek that is not finished and has work left. */
#define SEEK_ON ((enum travel_state)(TRAVEL_FAILED + 1))

#endif
