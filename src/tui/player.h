/*
 * player.h - a run of a trace as something that is played: speed, steps, goals.
 *
 * The player owns the run, listens to it, and remembers what a screen shows
 * besides the heap: the last happenings in words, where objects have just moved
 * from, the last collections, the note. Time enters only here, through a clock
 * that a script replaces by its own.
 */
#ifndef HEAPREEL_TUI_PLAYER_H
#define HEAPREEL_TUI_PLAYER_H

#include "run/run.h"
#include "tui/film.h"
#include "tui/happened.h"
#include "tui/listing.h"
#include "tui/tui.h"

enum player_goal {
    GOAL_NONE,
    GOAL_COLLECTION, /* play as fast as possible to the end of the next collection */
    GOAL_END         /* ... of the trace */
};

/* Sums over all collections so far. */
struct player_totals {
    uint64_t copied, promoted, dead, pause_ns, longest_ns;
};

#define PLAYER_COLLECTIONS 128 /* collections that the log remembers */

struct player {
    struct run run;
    bool opened;         /* run_close is needed */
    struct heap preview; /* stands for the run's heap before its first event */
    bool previewed;
    struct listener listener;
    struct listing listing;
    struct happened happened;
    struct film film;
    enum run_state state;
    struct error error; /* why state is RUN_FAILED */
    bool playing;
    enum player_goal goal;
    unsigned speed;   /* index in the table of speeds */
    uint64_t last_ns; /* when play was last brought up to date */
    uint64_t credit;  /* events due, in billionths */
    uint64_t (*clock)(void *self);
    void *clock_self;
    uint64_t hold_ns;              /* slow play waits until then, so that what has just happened can be seen */
    bool hurry;                    /* slices end after a while, so that keys are heard */
    char *note, *answer, *chapter; /* owned, or NULL: the last ones reached */
    char *longest;                 /* owned: the note that needs most room, of the file's beginning and of those
                                      reached; NULL: there is none */
    bool asked;                    /* note is a question */
    bool told;                     /* a line for people was reached since the tick began */
    bool oom_told;                 /* the heap's fatal words stand among what happened */
    bool no_memory;                /* the host's memory ran out while listening */
    int (*wait)(void *self, int fd); /* see player_on_wait */
    void *wait_self;
    bool waiting;                  /* for more of the trace to come: the run is in the middle of a line */
    bool given_up;                 /* and nobody wants it any more */
    uint64_t moved;                /* counts every change: who draws compares it */
    uint64_t heard_collections;
    uint64_t collection_event; /* event of the last collection, 0: none yet */
    enum collection_type collection_type;
    struct player_totals totals;
    struct collection recent[PLAYER_COLLECTIONS]; /* ring: the newest at (heard_collections - 1) % ... */
};

/*
 * Opens the trace and applies what stands before its first event. The player
 * must not be moved in memory afterwards. clock NULL: the system's monotonic clock.
 * 0, or -1 after filling error; player_close is needed in both cases.
 */
int player_open(struct player *player, const struct play_options *options, uint64_t (*clock)(void *), void *clock_self,
                struct error *error);
void player_close(struct player *player);

/* The heap as it stands: borrowed. NULL only if its configuration contradicts itself. */
const struct heap *player_heap(const struct player *player);

/* Nothing follows: the trace has ended, or cannot go on. */
bool player_ended(const struct player *player);

/* Applies one event; a note, chapter or question is one too. Stops playing. */
void player_step(struct player *player);
/* Starts or stops playing. */
void player_toggle(struct player *player);
/* Plays to a goal, as fast as possible. */
void player_seek(struct player *player, enum player_goal goal);
/* Changes the speed by steps of the table. */
void player_change_speed(struct player *player, int steps);

/* Applies what is due now; at most for a moment, if the clock is the system's. */
void player_run(struct player *player);
/* Nanoseconds until something is due: 0 at once, UINT64_MAX never. */
uint64_t player_due(const struct player *player);

/* The speed in events per second; 0: as fast as possible. */
uint64_t player_speed(const struct player *player);

/*
 * From now on wait(self, fd) is called when the trace has no more to read yet, by the function that applies events:
 * it returns 0 once reading fd does not block, or -1 to end the run there. Meanwhile the player may be asked, drawn,
 * and told to play or to stop; steps and runs do nothing.
 */
void player_on_wait(struct player *player, int (*wait)(void *self, int fd), void *self);

/* What the reader of a player's trace calls before it reads from fd. 0, or -1: it is not to be read any more. */
int player_wait(void *player, int fd);

/* The i-th newest collection (0: the last), or NULL. */
const struct collection *player_collection(const struct player *player, uint64_t i);

/* The clock. */
uint64_t player_now(const struct player *player);

/* The exit status that the run has earned so far. */
int player_status(const struct player *player);

#endif
