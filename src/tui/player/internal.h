/*
 * internal.h - the parts of a player. Private to them.
 *
 *   player.c         opening a trace, waiting for one that is still being written, closing; the current place
 *   heard.c          what is remembered: heard on the way, recorded of the whole run, said by the trace, summed up
 *   rest.c           why it stands still; answers
 *   motion.c         going to places
 *   pace.c           how fast a stretch is played, and which collections are walked through
 *   play.c           speed, playing
 *   selected_heap.c  which of the run's heaps is shown
 */
#ifndef HEAPREEL_TUI_PLAYER_INTERNAL_H
#define HEAPREEL_TUI_PLAYER_INTERNAL_H

#include "tui/player/player.h"

#define SECOND UINT64_C(1000000000) /* in nanoseconds, as all times of the clock are */
#define PLAYER_FIRST_SPEED 5        /* events a second: what a player begins with */

/* ---- heard.c ---- */

/*
 * Makes the two listeners that a player has, what it hears now and what it records of the whole run, and returns the
 * hooks to open its travel with. Neither listens before it is given to the travel. They borrow the player.
 */
struct travel_hooks player_listeners(struct player *player);

/* Hears the happenings in mask, a set of BIT(kind), from now on, and no others; 0: none. */
void player_attend(struct player *player, uint64_t mask);

/* Adds a line of words, about an event, to what happened. Without memory player->no_memory is set. */
void player_say(struct player *player, uint64_t event, const char *format, ...) __attribute__((format(printf, 3, 4)));

/*
 * After each motion: brings what is remembered in step with the place where the travel is now, and sets player->state.
 * Without memory player->no_memory is set.
 */
void player_locate(struct player *player);

/* Another heap is shown from now on: forgets what was heard of the previous one. */
void player_other_heap(struct player *player);

/* ---- motion.c ---- */

/* A slice, what the user sees happen at once, begins and ends. */
void player_slice_begin(struct player *player);
void player_slice_end(struct player *player);
/* Handles how a piece of a motion ended; clears error. */
void player_arrive(struct player *player, enum travel_state state, struct error *error);
/* Has a slice that began at start lasted long enough? */
bool player_late(const struct player *player, uint64_t start);
/* Moves towards the goal for a moment. */
void player_go_on(struct player *player);

/* ---- pace.c ---- */

#define PACE_SLOW 20                  /* up to this many events per second, play walks through collections and waits */
#define PACE_REST_NS (SECOND * 3 / 4) /* a walk is followed by such a wait */
#define PACE_STRETCH_NS (SECOND * 10) /* what a stretch takes at most, unless the trace says otherwise */

/* Makes the plan of the stretch that is played now, if there is none yet or more of the trace is known. */
void pace_plan(struct player *player);
/* The next plan is of what follows here. */
void pace_forget(struct player *player);
/*
 * Play has come to a place within a line: fills player->walk, and returns true, if the episode is walked through.
 * Otherwise it is counted.
 */
bool pace_walk(struct player *player);
/* At the end of a stretch: tells how many were counted. */
void pace_tell(struct player *player);
/* The step at which fast play must stop, since the next one is walked through; UINT64_MAX: none. */
uint64_t pace_barrier(const struct player *player);

/* ---- selected_heap.c ---- */

/* The shown heap, borrowed; NULL: it has had no event yet, and player_heap shows another one instead. */
const struct heap *player_live_heap(const struct player *player);

/* Looks up the index of the selected heap: the run may have made it, or returned to before its beginning. */
void player_find_stayed(struct player *player);

#endif
