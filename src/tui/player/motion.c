/*
 * motion.c - moving a player through its run to a goal, and running ahead.
 *
 * Work is done in slices: each ends after a short time, so that keys are handled, and the next continues.
 */
#include "report/report.h"
#include "tui/player/internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLICE_NS (SECOND / 40)         /* the length of a slice of work, after which keys are handled */
#define WORK 20000                     /* units of work between two checks of the clock: about 2 ms */
#define AHEAD_WORK 100000              /* units of work of a slice of running ahead: about 10 ms */
#define AHEAD_EVENTS UINT64_C(5000000) /* and how far that goes */
#define LINES 512                      /* of the trace, that are looked at together */

/* ---- slices of a motion ---- */

/* The run could not continue; error has the reason. */
static void fail(struct player *p, struct error *error)
{
    if (p->given_up) { /* that the trace could not be read any further is no failure then */
        error_clear(error);
        return;
    }
    error_clear(&p->error);
    p->error = *error;
    p->failed_step = travel_here(p->travel).step;
    recent_say(&p->recent_events, run_events(p->run), error_text(&p->error), strlen(error_text(&p->error)));
}

/* Describes what a breakpoint stopped at: the breakpoint as written, and what happened. */
static void keep_hit(struct player *p)
{
    const struct breakpoint_hit *hit = travel_hit(p->travel);
    const struct breakpoint *b = hit ? breakpoints_find(travel_breakpoints(p->travel), hit->id) : NULL;
    if (!b)
        return;
    char *what = hit->happened ? happening_narrate(&p->run->current->heap, &hit->happening) : NULL;
    size_t room = strlen(b->text) + (what ? strlen(what) : 0) + 48;
    p->hit = malloc(room);
    if (p->hit)
        snprintf(p->hit, room, "breakpoint %" PRIu32 " (%s)%s%s", b->id, b->text, what ? ": " : "", what ? what : "");
    else
        p->no_memory = true;
    free(what);
}

/* Handles how a piece of the motion ended. */
void player_arrive(struct player *p, enum travel_state state, struct error *error)
{
    p->arrived = state;
    if (state != TRAVEL_MORE && p->goal == TRAVEL_HISTORY) {
        p->life.known = state == TRAVEL_THERE;
        p->life.vain = !p->life.known;
    }
    if (state != TRAVEL_MORE && state != TRAVEL_THERE)
        p->playing = false;
    if (state == TRAVEL_STOPPED)
        keep_hit(p);
    if (state == TRAVEL_FAILED)
        fail(p, error);
    if (p->no_memory && p->error.kind == ERROR_NONE) {
        error_memory(&p->error);
        p->failed_step = travel_here(p->travel).step;
        p->playing = p->going = false;
    }
    player_locate(p);
    if (p->state != RUN_MORE)
        p->playing = false;
}

/* Has a slice that began at start lasted long enough? */
bool player_late(const struct player *p, uint64_t start)
{
    return p->hurry && player_now(p) - start >= SLICE_NS;
}

void player_slice_begin(struct player *p)
{
    free(p->hit);
    p->hit = NULL;
    p->revealed = false;
    p->ask_step = 0;
    recent_begin(&p->recent_events);
}

void player_slice_end(struct player *p)
{
    if (recent_end(&p->recent_events))
        p->no_memory = true;
}

/* ---- going to a goal ---- */

/*
 * Of what was reported on the way, only the last step has just happened; if the motion ends within an event, the last
 * micro-step.
 */
static void keep_last_step(struct player *p)
{
    const struct worker *shown = player_shown(p);
    bool micro = p->goal == TRAVEL_MICRO_BACK || travel_here(p->travel).micro > 0;
    uint64_t steps = shown->ready ? shown->heap.micro_steps : 0;
    recent_last(&p->recent_events, run_events(p->run), micro && steps > 0 ? steps - 1 : 0);
}

/* Moves towards the goal for a moment. */
void player_go_on(struct player *p)
{
    struct error error = {0};
    uint64_t start = player_now(p);
    enum travel_state state;
    bool moves = p->goal != TRAVEL_HISTORY; /* otherwise it returns to the same place, and shows nothing new */
    if (moves)
        player_slice_begin(p);
    p->going = true;
    do
        state = travel_go(p->travel, p->hurry ? WORK : 0, &error);
    while (state == TRAVEL_MORE && p->going && !player_late(p, start)); /* stopped while it waited for the trace */
    p->going = p->going && state == TRAVEL_MORE;
    if (moves) {
        player_slice_end(p);
        keep_last_step(p);
    }
    player_arrive(p, state, &error);
}

void player_go(struct player *player, enum travel_goal goal, uint64_t number)
{
    player->playing = player->going = player->one = false;
    if (player->waiting)
        return;
    player->walk = (struct walk){0};
    /* the lines before the first event are not a place */
    bool start = goal == TRAVEL_START || (goal == TRAVEL_EVENT && number == 0);
    if (start || (goal == TRAVEL_STEP && number < player->preamble)) {
        goal = TRAVEL_STEP;
        number = player->preamble;
    }
    bool in_front = travel_here(player->travel).step <= player->preamble && travel_here(player->travel).micro == 0;
    if (in_front && (goal == TRAVEL_BACK || goal == TRAVEL_MICRO_BACK || goal == TRAVEL_PREVIOUS_CHAPTER ||
                     goal == TRAVEL_PREVIOUS_COLLECTION || goal == TRAVEL_BREAK_BACK || goal == TRAVEL_LINE_BACK)) {
        player->goal = goal;
        player->arrived = TRAVEL_NOT_FOUND;
        return;
    }
    player_attend(player, HEAR_SLOW);
    player->goal = goal;
    travel_begin(player->travel, goal, number);
    player_go_on(player);
    if (!player->going && travel_here(player->travel).step < player->preamble) {
        enum travel_state arrived = player->arrived;
        travel_begin(player->travel, TRAVEL_STEP, player->preamble);
        player_go_on(player);
        player->arrived = arrived;
    }
}

const struct travel_history *player_life(struct player *player, uint32_t object)
{
    struct life *life = &player->life;
    if (player->going || player->playing || player->waiting)
        return NULL;
    struct travel_position here = travel_here(player->travel);
    uint32_t worker = player_shown(player)->index;
    bool same = life->worker == worker && life->object == object && travel_order(life->at, here) == 0;
    if (same && life->known)
        return &life->history;
    if (same && life->vain)
        return NULL;
    *life = (struct life){.worker = worker, .object = object, .at = here, .history = life->history};
    player->goal = TRAVEL_HISTORY;
    travel_begin_history(player->travel, worker, object, &life->history);
    player_go_on(player);
    return life->known ? &life->history : NULL;
}

/* The first line from that one on that a run applies; 0: the file has none. */
static uint64_t next_acting(struct player *p, uint64_t line)
{
    for (;; line += LINES) {
        if (listing_read(&p->listing, line, 1, LINES - 1))
            p->no_memory = true;
        for (size_t i = 0; i < p->listing.lines.len; i++)
            if (p->listing.lines.data[i].line >= line && listing_acts(&p->listing, &p->listing.lines.data[i]))
                return p->listing.lines.data[i].line;
        if (p->listing.lines.len < LINES)
            return p->listing.grows || p->listing.fd < 0 ? line : 0; /* what has not been read yet may have one */
    }
}

void player_go_line(struct player *player, uint64_t line)
{
    if (player->waiting)
        return;
    uint64_t to = next_acting(player, line > 0 ? line : 1);
    player->line = line;
    if (to > 0) {
        player_go(player, to > player->run->line ? TRAVEL_LINE : TRAVEL_LINE_BACK, to);
        return;
    }
    player->playing = player->going = false;
    player->goal = TRAVEL_LINE;
    player->arrived = TRAVEL_NOT_FOUND;
}

void player_stop(struct player *player)
{
    player->playing = player->going = player->one = false;
    player->moved++;
}

void player_step(struct player *player)
{
    player_go(player, TRAVEL_FORWARD, 1);
}

/* ---- running ahead ---- */

bool player_ahead_due(const struct player *player)
{
    uint64_t events, steps;
    return !player->going && !player->waiting && !player->ahead_failed && player->listing.fd >= 0 &&
           !player->listing.grows && !travel_end(player->travel, &events, &steps) &&
           travel_frontier_event(player->travel) < AHEAD_EVENTS;
}

bool player_ahead(struct player *player)
{
    struct error error = {0};
    if (!player_ahead_due(player))
        return false;
    enum travel_state state = travel_ahead(player->travel, AHEAD_WORK, &error);
    player->ahead_failed = state == TRAVEL_FAILED; /* what is shown has not changed: play may still go on */
    error_clear(&error);
    player->moved++;
    return state == TRAVEL_MORE;
}
