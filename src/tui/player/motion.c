/*
 * motion.c - moving a player through its run: to a goal, stop by stop, and at a speed.
 *
 * Work is done in slices: each ends after a short time, so that keys are handled, and the next continues.
 */
#include "report/report.h"
#include "tui/player/internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLICE_NS (SECOND / 40)              /* the length of a slice of work, after which keys are handled */
#define WORK 20000                          /* units of work between two checks of the clock: about 2 ms */
#define STOPS 512                           /* stops of fast play between two checks of the clock */
#define AHEAD_WORK 100000                   /* units of work of a slice of running ahead: about 10 ms */
#define AHEAD_EVENTS UINT64_C(5000000)      /* and how far that goes */
#define LINES 512                           /* of the trace, that are looked at together */
#define TAIL 32                             /* the last stops of a fast slice are reported in full */
#define LAG_NS (SECOND / 4)                 /* play that lags more than this does not catch up */
#define SLOW 20                             /* up to this many events per second, play waits after */
#define HOLD_COLLECTION_NS (SECOND * 5 / 4) /* a collection, and after */
#define HOLD_NOTE_NS (SECOND * 2)           /* a note, longer for a long one: */
#define HOLD_LETTER_NS (SECOND / 20)        /* readers take about 20 letters a second */
#define HOLD_LONGEST_NS (SECOND * 9)

/* The speeds that one key steps through, in events per second; after the last comes 0, as fast as possible. */
static const uint64_t speeds[] = {1,    2,    5,     10,    20,    50,     100,    200,    500,    1000,
                                  2000, 5000, 10000, 20000, 50000, 100000, 200000, 500000, 1000000};
#define SPEEDS ((int)(sizeof speeds / sizeof *speeds))

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
static void arrive(struct player *p, enum travel_state state, struct error *error)
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
static bool late(const struct player *p, uint64_t start)
{
    return p->hurry && player_now(p) - start >= SLICE_NS;
}

static void begin(struct player *p)
{
    free(p->hit);
    p->hit = NULL;
    p->revealed = false;
    p->ask_step = 0;
    recent_begin(&p->recent_events);
}

static void finish(struct player *p)
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
static void go_on(struct player *p)
{
    struct error error = {0};
    uint64_t start = player_now(p);
    enum travel_state state;
    bool moves = p->goal != TRAVEL_HISTORY; /* otherwise it returns to the same place, and shows nothing new */
    if (moves)
        begin(p);
    p->going = true;
    do
        state = travel_go(p->travel, p->hurry ? WORK : 0, &error);
    while (state == TRAVEL_MORE && p->going && !late(p, start)); /* stopped while it waited for the trace */
    p->going = p->going && state == TRAVEL_MORE;
    if (moves) {
        finish(p);
        keep_last_step(p);
    }
    arrive(p, state, &error);
}

void player_go(struct player *player, enum travel_goal goal, uint64_t number)
{
    player->playing = player->going = false;
    if (player->waiting)
        return;
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
    go_on(player);
    if (!player->going && travel_here(player->travel).step < player->preamble) {
        enum travel_state arrived = player->arrived;
        travel_begin(player->travel, TRAVEL_STEP, player->preamble);
        go_on(player);
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
    go_on(player);
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
    player->playing = player->going = false;
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

/* ---- speed ---- */

uint64_t player_speed(const struct player *player)
{
    return player->speed;
}

void player_change_speed(struct player *player, int steps)
{
    int at = 0; /* the first speed that is not slower */
    while (at < SPEEDS && (player->speed == 0 || speeds[at] < player->speed))
        at++;
    if (steps > 0 && at < SPEEDS && speeds[at] != player->speed)
        steps--; /* the next one is a step from between two */
    at += steps;
    player->speed = at < 0 ? speeds[0] : at >= SPEEDS ? 0 : speeds[at];
    player->moved++;
}

void player_set_speed(struct player *player, uint64_t per_second)
{
    player->speed = per_second <= speeds[SPEEDS - 1] ? per_second : 0;
    player->moved++;
}

/* ---- playing ---- */

/* Is play slow enough to wait for who reads? */
static bool slow(const struct player *p)
{
    return player_speed(p) > 0 && player_speed(p) <= SLOW;
}

/* The time that a text takes its readers. */
static uint64_t reading_ns(const char *text)
{
    uint64_t ns = strlen(text) * HOLD_LETTER_NS;
    return ns < HOLD_NOTE_NS ? HOLD_NOTE_NS : ns > HOLD_LONGEST_NS ? HOLD_LONGEST_NS : ns;
}

/* How long slow play waits after what has just happened. */
static uint64_t hold_time(const struct player *p, uint64_t collections)
{
    if (!slow(p))
        return 0;
    if (p->told && p->note)
        return reading_ns(p->note);
    return p->heard_collections != collections ? HOLD_COLLECTION_NS : 0;
}

/* Plays one stop, reporting everything. False if play must not continue at once. */
static bool play_stop(struct player *p)
{
    struct error error = {0};
    uint64_t collections = p->heard_collections;
    enum travel_state state;
    while ((state = travel_play(p->travel, 1, 0, &error)) == TRAVEL_MORE)
        continue;
    arrive(p, state, &error);
    if (p->asked)
        p->playing = false;
    uint64_t hold = hold_time(p, collections);
    if (hold > 0) {
        p->hold_ns = player_now(p) + hold;
        p->credit = 0;
    }
    return p->playing && hold == 0;
}

/* Fast: up to n stops, of which only the number is reported. */
static void play_fast(struct player *p, uint64_t n)
{
    struct error error = {0};
    uint64_t start = player_now(p), first = player_event(p), left = n;
    enum travel_state state = TRAVEL_THERE;
    player_attend(p, 0);
    while (left > 0 && state == TRAVEL_THERE && p->ask_step == 0 && !late(p, start)) {
        uint64_t stops = left < STOPS ? left : STOPS;
        while ((state = travel_play(p->travel, stops, 0, &error)) == TRAVEL_MORE)
            continue;
        left -= stops;
    }
    player_attend(p, HEAR_SLOW);
    if (p->ask_step > 0 && travel_here(p->travel).step > p->ask_step) { /* the question came first */
        error_clear(&error);
        travel_begin(p->travel, TRAVEL_STEP, p->ask_step);
        state = travel_go(p->travel, 0, &error);
    } else if (player_event(p) > first) {
        player_say(p, player_event(p), "%" PRIu64 " events went by too fast to tell", player_event(p) - first);
    }
    arrive(p, state, &error);
    if (p->asked)
        p->playing = false;
}

/* Applies n events. */
static void play_events(struct player *p, uint64_t n)
{
    begin(p);
    if (n > TAIL)
        play_fast(p, n - TAIL);
    uint64_t stops = n < TAIL ? n : TAIL;
    p->ask_step = 0;
    while (p->playing && stops-- > 0 && play_stop(p))
        continue;
    finish(p);
}

void player_toggle(struct player *player)
{
    bool run = !player->playing && !player->going && !player_ended(player);
    player->going = false;
    player->playing = run;
    player->last_ns = player_now(player);
    /* an answer stays as long as a note; otherwise the first event comes at once */
    player->hold_ns = player->revealed && slow(player) ? player->revealed_ns + reading_ns(player->answer) : 0;
    player->credit = SECOND;
    player->moved++;
}

void player_run(struct player *player)
{
    uint64_t now = player_now(player);
    if (player->waiting)
        return;
    if (player->going) {
        go_on(player);
        return;
    }
    if (!player->playing)
        return;
    if (now < player->hold_ns) {
        player->last_ns = now;
        return;
    }
    uint64_t rate = player_speed(player), passed = now - player->last_ns, n = UINT64_MAX / 4;
    player->last_ns = now;
    if (rate > 0) {
        if (player->hurry && passed > LAG_NS)
            passed = LAG_NS;
        player->credit += passed * rate;
        n = player->credit / SECOND;
        player->credit %= SECOND;
    }
    if (n > 0)
        play_events(player, n);
}

uint64_t player_due(const struct player *player)
{
    uint64_t rate = player_speed(player);
    if (player->going)
        return 0;
    if (!player->playing)
        return UINT64_MAX;
    uint64_t now = player_now(player), passed = now - player->last_ns;
    if (now < player->hold_ns)
        return player->hold_ns - now;
    uint64_t wait = rate == 0 || player->credit >= SECOND ? 0 : (SECOND - player->credit + rate - 1) / rate;
    return wait > passed ? wait - passed : 0;
}
