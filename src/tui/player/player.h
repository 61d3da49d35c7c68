/*
 * player.h - playing a trace: speed, steps, places to go.
 *
 * The player owns a travel through a run, listens to it, and keeps what a screen shows besides the heap: the last
 * happenings in words, trails of moved objects, the last collections, what the trace has said. Real time only enters
 * here, through a clock that a script replaces by its own.
 */
#ifndef HEAPREEL_TUI_PLAYER_PLAYER_H
#define HEAPREEL_TUI_PLAYER_PLAYER_H

#include "travel/travel.h"
#include "tui/player/captions.h"
#include "tui/player/film.h"
#include "tui/player/listing.h"
#include "tui/player/options.h"
#include "tui/player/recent.h"

/* Sums over all collections so far. */
struct player_totals {
    uint64_t copied, promoted, dead;
};

#define PLAYER_COLLECTIONS 128 /* collections in the log */

/* A pace line of the trace: what a stretch after that step takes at most. */
struct pace_line {
    uint64_t step, ns;
};

struct player {
    struct travel *travel; /* owned */
    const struct run *run; /* the travel's run: borrowed, the same for the player's life */
    struct play_options options;
    char *text; /* owned: the trace, if it is not a file; else NULL */
    size_t text_len;
    struct heap preview; /* replaces the run's heap before its first event */
    bool previewed;
    uint64_t preamble; /* steps before the first event: title and settings */
    struct listener listener, recorder;
    struct listing listing;
    struct recent_events recent_events;
    struct captions captions;
    VEC(struct film) films;    /* of each heap of the run */
    enum run_state state;      /* of the current place */
    struct error error;        /* why the trace could not be applied, if so */
    uint64_t failed_step;      /* the step of that */
    bool going;                /* moving to a goal */
    enum travel_goal goal;     /* which one */
    enum travel_state arrived; /* how the last motion ended */
    bool playing;
    bool one;                    /* only to the next stop */
    bool still;                  /* collections are not walked through */
    bool automatic;              /* the speed follows from the pace; otherwise it is */
    uint64_t speed;              /* events a second, or 0: as fast as possible */
    VEC(struct pace_line) paces; /* of the trace, up to the frontier, by step */
    uint64_t stretch_ns;         /* the time that a stretch without lines for people takes at most */
    struct pace {
        uint64_t from, to;  /* the steps of the stretch that it is a plan of; to 0: none */
        uint64_t began_ns;  /* when play came to it */
        uint64_t rate;      /* events a second */
        uint64_t walk_most; /* ns of a walk, if there is less room than usual; else 0 */
        bool all;           /* each collection is walked through, not only the first of each kind */
        unsigned walked;    /* the kinds that have been, as bits */
        uint64_t passed;    /* collections that were not */
    } pace;
    struct walk {          /* of > 0: play is within a collection that it walks through */
        uint64_t at, of;   /* collector steps done, and all; equal if that is not known yet */
        uint64_t together; /* so many are shown at once, */
        uint64_t step_ns;  /* for so long */
        size_t episode;    /* its index + 1 */
    } walk;
    uint64_t last_ns; /* when play was last brought up to date */
    uint64_t credit;  /* events due, in billionths */
    uint64_t (*clock)(void *self);
    void *clock_self;
    uint64_t hold_ns;                    /* slow play waits until then, so that what has just happened can be seen */
    bool hurry;                          /* slices of work end after a while, so that keys are handled */
    const char *note, *answer, *chapter; /* what the trace said last; or NULL. Borrowed */
    char *longest; /* owned: the note that needs most room, among those near the file's beginning and those reached;
                      NULL: none */
    bool asked;    /* note is a question, and its answer is not shown yet */
    bool revealed; /* the question here has been answered by a key */
    bool told;     /* the current place is directly after a line for people */
    uint64_t revealed_ns;            /* and when */
    uint64_t ask_step;               /* the first question that play passed; 0: none */
    bool oom_told;                   /* the heap's fatal message is among what happened */
    bool ahead_failed;               /* running ahead: memory ran out */
    bool no_memory;                  /* the host's memory ran out while listening */
    int (*wait)(void *self, int fd); /* see player_on_wait */
    void *wait_self;
    bool waiting;               /* waiting for more of the trace, in the middle of a line */
    uint64_t line;              /* that was gone to last, as it was asked for */
    bool given_up;              /* nobody wants the trace any more */
    uint64_t moved;             /* counts every change, for comparison */
    uint64_t heard_collections; /* collections up to here */
    uint64_t collection_event;  /* event of the last collection, 0: none yet */
    enum collection_type collection_type;
    struct player_totals totals;    /* up to here */
    VEC(struct player_totals) sums; /* after each collection of a run without workers, up to the frontier */
    struct collection recent[PLAYER_COLLECTIONS]; /* ring: the newest at (heard_collections - 1) % ... */
    bool recent_stale;
    uint64_t summed;               /* collections that totals includes */
    uint32_t worker;               /* the heap that all of this is about: its index in the run */
    uint32_t heard_worker;         /* the heap that the trails and counts of happened are about */
    char *stay;                    /* owned: the name of the selected heap; NULL: the running one is shown */
    uint32_t stay_index;           /* its index in the run; NONE: there is none with that name (yet) */
    struct life {                  /* the life of the selected object */
        uint32_t worker, object;   /* whose life */
        struct travel_position at; /* the place for which it was found; other places have other lives */
        bool known, vain;          /* it was found; it was searched for in vain */
        struct travel_history history;
    } life;
    char *hit; /* owned: what the last breakpoint stopped at, or NULL */
};

/* ---- player.c: opening and closing, waiting, the current place ---- */

/*
 * Opens the trace and applies the lines before its first event. The options are copied; what they point to is borrowed.
 * The player must not be moved in memory afterwards. clock NULL: the system's monotonic clock. 0, or -1 after filling
 * error; player_close is needed in both cases.
 */
int player_open(struct player *player, const struct play_options *options, uint64_t (*clock)(void *), void *clock_self,
                struct error *error);
/* The same for a trace in memory: text is from malloc, and is the player's from now on in any case. */
int player_open_text(struct player *player, const struct play_options *options, char *text, size_t len,
                     uint64_t (*clock)(void *), void *clock_self, struct error *error);
/* Closes the trace and frees what the player owns, but not the player itself. */
void player_close(struct player *player);

/*
 * From now on the function that applies events calls wait(self, fd) when the trace has nothing to read yet; wait
 * returns 0 once reading fd does not block, or -1 to end the run there. Meanwhile the player can be read, drawn, and
 * told to play or to stop; steps and runs do nothing.
 */
void player_on_wait(struct player *player, int (*wait)(void *self, int fd), void *self);

/* The reader of a player's trace calls this before it reads from fd. 0, or -1: stop reading. */
int player_wait(void *player, int fd);

/*
 * The current state of the shown heap: borrowed. NULL only if its configuration contradicts itself. Before its first
 * event another one replaces it: see player_shown()->ready.
 */
const struct heap *player_heap(const struct player *player);

/* Events applied, and those of the whole trace; *all is false while its end is unknown. */
uint64_t player_event(const struct player *player);
uint64_t player_events(const struct player *player, bool *all);

/* Has the trace ended, or can it not continue? */
bool player_ended(const struct player *player);

/* The clock: nanoseconds from some moment on. */
uint64_t player_now(const struct player *player);

/* ---- rest.c: why it stands still, if it does; answers ---- */

/* What a player is doing, or why it does nothing: what Space does follows from it. */
enum player_rest {
    PLAYER_PLAYS,   /* Space pauses */
    PLAYER_GOES,    /* to a goal: Space stops it on the way */
    PLAYER_WAITS,   /* for more of the trace: it can be told to play on when that has come */
    PLAYER_ASKS,    /* a question is open: Space shows the answer */
    PLAYER_PAUSED,  /* Space plays */
    PLAYER_AT_END,  /* of the trace: there is nothing to play */
    PLAYER_AT_ERROR /* in the trace: there is no way on */
};
enum player_rest player_rest(const struct player *player);

/* Shows the answer of the question here. False if there is none to show. */
bool player_reveal(struct player *player);

/* ---- heard.c: what is remembered of the run ---- */

/* The film of the shown heap: borrowed, empty before its first frame. */
const struct film *player_film(const struct player *player);

/* The i-th newest collection (0: the last), or NULL. Borrowed: until the player moves. */
const struct collection *player_collection(const struct player *player, uint64_t i);

/* ---- selected_heap.c: which of the run's heaps is shown ---- */

/*
 * The running heap, or the one that the user has selected by name, wherever we travel. If there is none with that name,
 * the running one. Borrowed.
 */
const struct worker *player_shown(const struct player *player);
/* Is that the selected one? */
bool player_stays(const struct player *player);
/* Selects the heap with this name, which is copied; NULL: follows the running one. 0, or -1 without memory. */
int player_stay(struct player *player, const char *name, size_t len);
/* The name of the heap after the shown one, going round: borrowed. */
const char *player_next_heap(const struct player *player);
/* Is there a heap with this name? */
bool player_has_heap(const struct player *player, const char *name, size_t len);

/* ---- motion.c: going ---- */

/*
 * Stops playing and goes to a goal, for a moment; player_run continues a longer motion. number is as in travel_begin.
 * arrived says how it ended, and error why if the trace could not be applied.
 */
void player_go(struct player *player, enum travel_goal goal, uint64_t number);
/*
 * Goes to where a line of the trace has just been applied, forward or back; repeated calls reach its earlier places.
 * From a line that is not applied, to the next one that is. arrived is TRAVEL_NOT_FOUND, and nothing has moved, if the
 * trace ends before.
 */
void player_go_line(struct player *player, uint64_t line);
/* Stops the motion. */
void player_stop(struct player *player);
/* Applies one event; a note, chapter or question is one too. */
void player_step(struct player *player);
/*
 * The life of an object up to here, by its index in the shown heap; searches for it unless the player is busy.
 * Borrowed, until another is searched for; NULL: it was not found, or not yet.
 */
const struct travel_history *player_life(struct player *player, uint32_t object);

/*
 * Runs ahead for a moment, while nothing is due: so the length of the trace, its film, and what is to come in it are
 * known before it is played. The place that is shown stays. False: there is no more to do, or not now; pipes are not
 * waited for, and of traces of many million events the rest stays unknown.
 */
bool player_ahead(struct player *player);
/* Is there anything left for it? */
bool player_ahead_due(const struct player *player);

/* ---- play.c: speed, playing ---- */

/* Starts or stops playing. */
void player_toggle(struct player *player);
/*
 * Plays one stop: an event, a note, chapter or question. If that is a collection, it is walked through, unless the
 * player has been told not to; called again meanwhile, goes to its end.
 */
void player_forward(struct player *player);

/* The speed in events per second; 0: as fast as possible. */
uint64_t player_speed(const struct player *player);
/* Changes the speed by steps of 1, 2 and 5 times the powers of ten; after a million: as fast as possible. */
void player_change_speed(struct player *player, int steps);
/* Sets the speed in events per second; 0 or over a million: as fast as possible. */
void player_set_speed(struct player *player, uint64_t per_second);
/* From now on the speed follows from the pace of the trace. */
void player_pace_speed(struct player *player);

/* Applies what is due now; for a short time at most, if the clock is the system's. */
void player_run(struct player *player);
/* The time that a text takes its readers, for which slow play stays. */
uint64_t player_reading_ns(const char *text);
/* Nanoseconds until something is due: 0 at once, UINT64_MAX never. */
uint64_t player_due(const struct player *player);

#endif
