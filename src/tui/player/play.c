/*
 * play.c - playing: at a speed that the user sets, or one that follows from the pace of the trace (pace.c).
 *
 * Slow play waits for who reads and looks: at notes, at answers, and collector step by collector step in collections.
 */
#include "tui/player/internal.h"

#include <inttypes.h>
#include <string.h>

#define STOPS 512                           /* stops of fast play between two checks of the clock */
#define TAIL 32                             /* the last stops of a fast slice are reported in full */
#define LAG_NS (SECOND / 4)                 /* play that lags more than this does not catch up */
#define HOLD_COLLECTION_NS (SECOND * 5 / 4) /* slow play without motion waits after a collection, and after */
#define HOLD_NOTE_NS (SECOND * 2)           /* a note, longer for a long one: */
#define HOLD_LETTER_NS (SECOND / 20)        /* readers take about 20 letters a second */
#define HOLD_LONGEST_NS (SECOND * 9)

/* The speeds that one key steps through, in events per second; after the last comes 0, as fast as possible. */
static const uint64_t speeds[] = {1,    2,    5,     10,    20,    50,     100,    200,    500,    1000,
                                  2000, 5000, 10000, 20000, 50000, 100000, 200000, 500000, 1000000};
#define SPEEDS ((int)(sizeof speeds / sizeof *speeds))

/* ---- speed ---- */

uint64_t player_speed(const struct player *player)
{
    return player->automatic ? player->pace.rate : player->speed;
}

void player_change_speed(struct player *player, int steps)
{
    uint64_t speed = player_speed(player);
    int at = 0; /* the first speed that is not slower */
    while (at < SPEEDS && (speed == 0 || speeds[at] < speed))
        at++;
    if (steps > 0 && at < SPEEDS && speeds[at] != speed)
        steps--; /* the next one is a step from between two */
    at += steps;
    player->speed = at < 0 ? speeds[0] : at >= SPEEDS ? 0 : speeds[at];
    player->automatic = false;
    player->moved++;
}

void player_set_speed(struct player *player, uint64_t per_second)
{
    player->speed = per_second <= speeds[SPEEDS - 1] ? per_second : 0;
    player->automatic = false;
    player->moved++;
}

void player_pace_speed(struct player *player)
{
    player->automatic = true;
    pace_forget(player);
    player->moved++;
}

/* ---- waiting for the audience ---- */

/* Is play slow enough to wait for who reads? */
static bool slow(const struct player *p)
{
    return p->automatic || (p->speed > 0 && p->speed <= PACE_SLOW);
}

uint64_t player_reading_ns(const char *text)
{
    uint64_t ns = strlen(text) * HOLD_LETTER_NS;
    return ns < HOLD_NOTE_NS ? HOLD_NOTE_NS : ns > HOLD_LONGEST_NS ? HOLD_LONGEST_NS : ns;
}

/* How long slow play waits after what has just happened. */
static uint64_t hold_time(const struct player *p, uint64_t collections, bool walked)
{
    if (p->arrived == TRAVEL_MORE)
        return p->walk.step_ns;
    if (walked)
        return PACE_REST_NS;
    if (!slow(p))
        return 0;
    if (p->told && p->note)
        return player_reading_ns(p->note);
    return p->heard_collections != collections && !p->automatic ? HOLD_COLLECTION_NS : 0;
}

/* ---- stop by stop ---- */

/* Goes on to the end of the line, or to the next stop. */
static enum travel_state whole_stop(struct player *p, struct error *error)
{
    enum travel_state state;
    while ((state = travel_play(p->travel, 1, 0, error)) == TRAVEL_MORE)
        continue;
    return state;
}

/* Goes on to the next stop; TRAVEL_MORE: within a collection that is walked through, by some of its steps. */
static enum travel_state to_stop(struct player *p, struct error *error)
{
    if (p->still || !(slow(p) || p->one))
        return whole_stop(p, error);
    for (;;) {
        uint64_t steps = run_micro(p->run) > 0 ? p->walk.together : 1;
        enum travel_state state = travel_play(p->travel, 1, steps > 0 ? steps : 1, error);
        if (state != TRAVEL_MORE)
            return state;
        if (run_micro(p->run) > 0)
            return pace_walk(p) ? state : whole_stop(p, error);
        /* otherwise that was a line at which nobody stops */
    }
}

/* Plays one stop, reporting everything. False if play must not continue at once. */
static bool play_stop(struct player *p)
{
    struct error error = {0};
    uint64_t collections = p->heard_collections;
    bool walked = p->walk.of > 0;
    enum travel_state state = to_stop(p, &error);
    player_arrive(p, state, &error);
    if (state != TRAVEL_MORE) {
        p->walk = (struct walk){0};
        if (p->told || !p->playing)
            pace_tell(p);
        if (p->asked || p->one)
            p->playing = p->one = false;
    }
    uint64_t hold = hold_time(p, collections, walked);
    if (hold > 0) {
        p->hold_ns = player_now(p) + hold;
        p->credit = SECOND; /* then it goes on at once */
    }
    return p->playing && hold == 0;
}

/* Fast: up to n stops, of which only the number is reported. */
static void play_fast(struct player *p, uint64_t n)
{
    struct error error = {0};
    uint64_t start = player_now(p), first = player_event(p), left = n, barrier = pace_barrier(p);
    uint64_t collections = p->heard_collections;
    enum travel_state state = TRAVEL_THERE;
    player_attend(p, 0);
    while (left > 0 && state == TRAVEL_THERE && p->ask_step == 0 && !player_late(p, start) &&
           travel_here(p->travel).step < barrier) {
        uint64_t stops = left < STOPS ? left : STOPS, steps = barrier - travel_here(p->travel).step;
        stops = stops < steps ? stops : steps;
        while ((state = travel_play(p->travel, stops, 0, &error)) == TRAVEL_MORE)
            continue;
        left -= stops;
    }
    player_attend(p, HEAR_SLOW);
    if (p->ask_step > 0 && travel_here(p->travel).step > p->ask_step) { /* that line came first */
        error_clear(&error);
        travel_begin(p->travel, TRAVEL_STEP, p->ask_step);
        state = travel_go(p->travel, 0, &error);
    }
    if (player_event(p) > first)
        player_say(p, player_event(p), "%" PRIu64 " events went by too fast to tell", player_event(p) - first);
    player_arrive(p, state, &error);
    p->pace.passed += p->automatic && p->heard_collections > collections ? p->heard_collections - collections : 0;
    if (p->told || !p->playing)
        pace_tell(p);
    if (p->asked)
        p->playing = false;
}

/* Applies n events. */
static void play_events(struct player *p, uint64_t n)
{
    player_slice_begin(p);
    uint64_t stops = n < TAIL ? n : TAIL;
    if (n > TAIL && travel_here(p->travel).step < pace_barrier(p)) {
        play_fast(p, n - TAIL);
        uint64_t hold = slow(p) && p->told && p->note ? player_reading_ns(p->note) : 0;
        p->hold_ns = player_now(p) + hold;
        stops = hold > 0 ? 0 : stops;
    }
    p->ask_step = 0;
    while (p->playing && stops-- > 0 && play_stop(p))
        continue;
    player_slice_end(p);
}

/* ---- for keys ---- */

void player_toggle(struct player *player)
{
    bool run = !player->playing && !player->going && !player_ended(player);
    player->going = player->one = false;
    player->playing = run;
    player->last_ns = player_now(player);
    pace_forget(player);
    /* an answer stays as long as a note; otherwise the first event comes at once */
    player->hold_ns = player->revealed && slow(player) ? player->revealed_ns + player_reading_ns(player->answer) : 0;
    player->credit = SECOND;
    player->moved++;
}

void player_forward(struct player *player)
{
    bool hurry = player->one && player->playing; /* the second time: to the end of the collection */
    player->one = false;
    if (hurry || player->still || player->waiting || player_ended(player)) {
        player_go(player, TRAVEL_FORWARD, 1);
        return;
    }
    player->going = false;
    player->playing = player->one = true;
    player->last_ns = player_now(player);
    player->hold_ns = 0;
    pace_forget(player);
    play_events(player, 1);
}

/* ---- in time ---- */

/* Since when events have become due: what is waited for does not count. */
static uint64_t since(const struct player *p)
{
    return p->last_ns > p->hold_ns ? p->last_ns : p->hold_ns;
}

void player_run(struct player *player)
{
    uint64_t now = player_now(player);
    if (player->waiting)
        return;
    if (player->going) {
        player_go_on(player);
        return;
    }
    if (!player->playing)
        return;
    if (now < player->hold_ns)
        return;
    pace_plan(player);
    uint64_t rate = player_speed(player), passed = now - since(player), n = UINT64_MAX / 4;
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
    uint64_t now = player_now(player);
    if (now < player->hold_ns)
        return player->hold_ns - now;
    uint64_t passed = now - since(player);
    uint64_t wait = rate == 0 || player->credit >= SECOND ? 0 : (SECOND - player->credit + rate - 1) / rate;
    return wait > passed ? wait - passed : 0;
}
