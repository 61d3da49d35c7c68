/*
 * player.h - a trace as something that is played: speed, steps, places to go.
 *
 * The player owns a travel through a run, listens to it, and remembers what a
 * screen shows besides the heap: the last happenings in words, where objects
 * have just moved from, the last collections, what the trace has said. Real time
 * enters only here, through a clock that a script replaces by its own.
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

#define PLAYER_COLLECTIONS 128 /* collections that the log remembers */

struct player {
    struct travel *travel; /* owned */
    const struct run *run; /* the travel's: borrowed, the same for the player's life */
    struct play_options options;
    char *text; /* owned: the trace, if it is no file; else NULL */
    size_t text_len;
    struct heap preview; /* stands for the run's heap before its first event */
    bool previewed;
    uint64_t preamble; /* steps that stand before the first event: title and settings */
    struct listener listener, recorder;
    struct listing listing;
    struct recent_events recent_events;
    struct captions captions;
    VEC(struct film) films;    /* of each heap of the run */
    enum run_state state;      /* of the place where we are */
    struct error error;        /* why the trace could not be applied, once it has been found */
    uint64_t failed_step;      /* where that was */
    bool going;                /* under way to a goal */
    enum travel_goal goal;     /* which */
    enum travel_state arrived; /* how the last way ended */
    bool playing;
    uint64_t speed;   /* events a second, or 0: as fast as possible */
    uint64_t last_ns; /* when play was last brought up to date */
    uint64_t credit;  /* events due, in billionths */
    uint64_t (*clock)(void *self);
    void *clock_self;
    uint64_t hold_ns;                    /* slow play waits until then, so that what has just happened can be seen */
    bool hurry;                          /* slices of work end after a while, so that keys are heard */
    const char *note, *answer, *chapter; /* what the trace has said last, here; or NULL. Borrowed */
    char *longest;                       /* owned: the note that needs most room, of the file's beginning and of those
                                            reached; NULL: there is none */
    bool asked;                          /* note is a question, and its answer is not shown yet */
    bool revealed;                       /* the question here has been answered by a key */
    bool told;                           /* we stand right behind a line for people */
    uint64_t ask_step;                   /* the first question that play came by; 0: none */
    bool oom_told;                       /* the heap's fatal words stand among what happened */
    bool no_memory;                      /* the host's memory ran out while listening */
    int (*wait)(void *self, int fd);     /* see player_on_wait */
    void *wait_self;
    bool waiting;               /* for more of the trace to come: the run is in the middle of a line */
    bool to_line;               /* the goal is a line, whatever breakpoints there are */
    bool given_up;              /* and nobody wants it any more */
    uint64_t moved;             /* counts every change: who draws compares it */
    uint64_t heard_collections; /* collections until here */
    uint64_t collection_event;  /* event of the last collection, 0: none yet */
    enum collection_type collection_type;
    struct player_totals totals;    /* until here */
    VEC(struct player_totals) sums; /* after each collection of a run without workers, as far as the frontier */
    struct collection recent[PLAYER_COLLECTIONS]; /* ring: the newest at (heard_collections - 1) % ... */
    bool recent_stale;
    uint64_t summed;       /* collections that totals takes in */
    uint32_t worker;       /* the heap that all of this is about: its index in the run */
    uint32_t heard_worker; /* the heap that the trails and counts of happened are about */
    char *stay;            /* owned: the name of the heap that is shown, whichever runs; NULL: the running one is */
    uint32_t stay_index;   /* its index in the run; NONE: there is none of that name (yet) */
    struct life {          /* what travel has found of the object looked at */
        uint32_t worker, object;   /* whose */
        struct travel_position at; /* found here; another place has another life */
        bool known, vain;          /* found; or looked for, and not found */
        struct travel_history history;
    } life;
    char *hit; /* owned: what the last breakpoint stopped at, NULL: none */
};

/* ---- player.c: opening and closing, waiting, where it stands ---- */

/*
 * Opens the trace and applies what stands before its first event. The options are copied, what they point to is
 * borrowed. The player must not be moved in memory afterwards. clock NULL: the system's monotonic clock.
 * 0, or -1 after filling error; player_close is needed in both cases.
 */
int player_open(struct player *player, const struct play_options *options, uint64_t (*clock)(void *), void *clock_self,
                struct error *error);
/* Likewise, a trace in memory: text is from malloc, and the player's from now on, in any case. */
int player_open_text(struct player *player, const struct play_options *options, char *text, size_t len,
                     uint64_t (*clock)(void *), void *clock_self, struct error *error);
/* Closes the trace and frees what the player owns; the player itself stays the caller's. */
void player_close(struct player *player);

/*
 * From now on wait(self, fd) is called when the trace has no more to read yet, by the function that applies events:
 * it returns 0 once reading fd does not block, or -1 to end the run there. Meanwhile the player may be asked, drawn,
 * and told to play or to stop; steps and runs do nothing.
 */
void player_on_wait(struct player *player, int (*wait)(void *self, int fd), void *self);

/* What the reader of a player's trace calls before it reads from fd. 0, or -1: it is not to be read any more. */
int player_wait(void *player, int fd);

/*
 * The heap that is shown, as it stands: borrowed. NULL only if its configuration contradicts itself. Before its first
 * event another stands for it: player_shown()->ready tells.
 */
const struct heap *player_heap(const struct player *player);

/* Events applied, and those of the whole trace; *all is false while its end is not known. */
uint64_t player_event(const struct player *player);
uint64_t player_events(const struct player *player, bool *all);

/* Nothing follows: the trace has ended, or cannot go on. */
bool player_ended(const struct player *player);

/* The clock: nanoseconds from some moment on. */
uint64_t player_now(const struct player *player);

/* The exit status that the run has earned here. */
int player_status(const struct player *player);

/* ---- heard.c: what is remembered of the run ---- */

/* The film of the heap that is shown: borrowed, empty before its first frame. */
const struct film *player_film(const struct player *player);

/* The i-th newest collection (0: the last), or NULL. Borrowed: until the player moves. */
const struct collection *player_collection(const struct player *player, uint64_t i);

/* Shows the answer of the question here. False if there is none to show. */
bool player_reveal(struct player *player);

/* ---- selected_heap.c: which of the run's heaps is shown ---- */

/*
 * The one that is running, unless the user stays with another: by its name, wherever we travel. Where there is none of
 * that name, the running one is shown. Borrowed.
 */
const struct worker *player_shown(const struct player *player);
/* Is that the one that the user stays with? */
bool player_stays(const struct player *player);
/* Stays with the heap of this name, copied; NULL: follows the running one. 0, or -1 without memory. */
int player_stay(struct player *player, const char *name, size_t len);
/* The name of the heap behind the one shown, round and round: borrowed. */
const char *player_next_heap(const struct player *player);
/* Is there a heap of this name here? */
bool player_has_heap(const struct player *player, const char *name, size_t len);

/* ---- motion.c: going, speed, playing ---- */

/*
 * Stops playing and goes to a goal, for a moment; a longer way goes on in player_run.
 * number is as travel_begin takes it. How it ended is told by arrived, and by error if the trace could not be applied.
 */
void player_go(struct player *player, enum travel_goal goal, uint64_t number);
/* Goes to where a line of the trace has just been applied, forward or back; its other places come by and by. */
void player_go_line(struct player *player, uint64_t line);
/* Stops on the way. */
void player_stop(struct player *player);
/* Applies one event; a note, chapter or question is one too. */
void player_step(struct player *player);
/* Starts or stops playing. */
void player_toggle(struct player *player);
/* Changes the speed by steps of 1, 2 and 5 times the powers of ten; behind a million: as fast as possible. */
void player_change_speed(struct player *player, int steps);
/* So many events per second; 0 or over a million: as fast as possible. */
void player_set_speed(struct player *player, uint64_t per_second);

/*
 * The life of an object, by its index in the heap shown, until here: looks for it unless the player is busy. Borrowed,
 * until another is looked for; NULL: it is not found, or not yet.
 */
const struct travel_history *player_life(struct player *player, uint32_t object);

/* Applies what is due now; at most for a moment, if the clock is the system's. */
void player_run(struct player *player);
/* Nanoseconds until something is due: 0 at once, UINT64_MAX never. */
uint64_t player_due(const struct player *player);

/* The speed in events per second; 0: as fast as possible. */
uint64_t player_speed(const struct player *player);

#endif
