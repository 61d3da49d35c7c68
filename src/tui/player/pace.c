/*
 * pace.c - how fast a stretch of the trace is played, and which of its collections are walked through.
 *
 * A stretch is what lies between two lines for people: notes, questions, chapters. It takes its time at most, however
 * long it is. If there is room, each collection in it is walked through, collector step by collector step; otherwise
 * the first of each kind is, the others are seen in passing, and counted.
 */
#include "tui/player/internal.h"

#include <inttypes.h>

#define STEP_NS (SECOND / 8)        /* a collector step, if there are few */
#define FRAME_STEP_NS (SECOND / 15) /* and at least, if there are many */
#define WALK_LEAST_NS SECOND
#define WALK_MOST_NS (SECOND * 4)
#define UNKNOWN (COLLECTION_TYPES + 1) /* the kind of an episode that the frontier has not passed yet */

/* ---- the episodes ahead ---- */

/* The index of the first episode that ends after a position. */
static size_t episode_after(const struct player *p, struct travel_position at)
{
    const struct travel_episode *list;
    size_t low = 0, high = travel_episodes(p->travel, &list);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        bool before =
            list[middle].step <= at.step || (list[middle].step == at.step + 1 && list[middle].micro < at.micro);
        if (before)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The micro-steps of an episode: where it begins in its step, and how many. */
static uint64_t length_of(const struct travel_episode *list, size_t i, uint64_t *begin)
{
    *begin = i > 0 && list[i - 1].step == list[i].step ? list[i - 1].micro : 0;
    return list[i].micro > *begin ? list[i].micro - *begin : 1;
}

static uint64_t walk_ns(const struct player *p, uint64_t steps)
{
    uint64_t most = p->pace.walk_most > 0 && !p->one ? p->pace.walk_most : WALK_MOST_NS;
    uint64_t ns = steps > WALK_MOST_NS / STEP_NS ? WALK_MOST_NS : steps * STEP_NS;
    ns = ns > most ? most : ns;
    return ns < WALK_LEAST_NS ? WALK_LEAST_NS : ns;
}

/* ---- the plan of a stretch ---- */

/* Where the stretch that here lies in ends: its step and event. */
static uint64_t stretch_end(const struct player *p, uint64_t here, uint64_t *event)
{
    uint64_t steps;
    const struct caption *next = captions_after(&p->captions, here);
    if (next) {
        *event = next->event;
        return next->step;
    }
    if (travel_end(p->travel, event, &steps))
        return steps;
    *event = travel_frontier_event(p->travel);
    return travel_frontier(p->travel).step;
}

/* How long it takes to walk through the episodes up to a step; first: through the first of each kind only. */
static uint64_t walks_ns(const struct player *p, uint64_t until, bool first)
{
    const struct travel_episode *list;
    size_t n = travel_episodes(p->travel, &list);
    uint64_t sum = 0, begin;
    unsigned walked = p->pace.walked;
    for (size_t i = episode_after(p, travel_here(p->travel)); i < n && list[i].step <= until; i++) {
        if (first && (walked & 1u << list[i].kind))
            continue;
        walked |= 1u << list[i].kind;
        sum += walk_ns(p, length_of(list, i, &begin)) + PACE_REST_NS;
        if (!first && sum > p->stretch_ns)
            break; /* too much, however much */
    }
    return sum;
}

static uint64_t rate_for(uint64_t events, uint64_t ns)
{
    uint64_t us = ns / 1000 > 0 ? ns / 1000 : 1, most = UINT64_MAX / (SECOND / 1000);
    uint64_t rate = (events < most ? events : most) * (SECOND / 1000) / us;
    return rate < PLAYER_FIRST_SPEED ? PLAYER_FIRST_SPEED : rate + 1;
}

void pace_forget(struct player *player)
{
    player->pace.to = 0;
    player->pace.rate = PLAYER_FIRST_SPEED;
    player->pace.passed = 0;
}

/* What the stretch from a step on takes at most: as the last pace line says. */
static uint64_t stretch_most(const struct player *p, uint64_t step)
{
    size_t i;
    vec_count_while(&p->paces, i, p->paces.data[i].step <= step);
    uint64_t ns = i > 0 ? p->paces.data[i - 1].ns : PACE_STRETCH_NS;
    return ns > SECOND ? ns : SECOND;
}

void pace_plan(struct player *player)
{
    struct pace *pace = &player->pace;
    uint64_t here = travel_here(player->travel).step, event, to = stretch_end(player, here, &event);
    uint64_t now = player_now(player), most;
    if (!player->automatic || player->one || run_micro(player->run) > 0)
        return;
    if (here >= pace->to || here < pace->from)
        *pace = (struct pace){.began_ns = now};
    else if (to == pace->to)
        return;
    player->stretch_ns = stretch_most(player, to - 1);
    most = player->stretch_ns - player->stretch_ns / 8; /* the rest is lost between frames */
    pace->from = here;
    pace->to = to;
    uint64_t left = now - pace->began_ns < most * 7 / 8 ? most - (now - pace->began_ns) : most / 8;
    uint64_t events = event > player_event(player) ? event - player_event(player) : 0;
    pace->walk_most = 0;
    uint64_t walks = walks_ns(player, to, false);
    pace->all = walks <= left / 2 || walks + events * SECOND / PLAYER_FIRST_SPEED <= left;
    if (!pace->all) {
        walks = walks_ns(player, to, true);
        if (walks > left / 2) /* of several kinds */
            pace->walk_most = left / 8;
        if (left / 2 < WALK_LEAST_NS + PACE_REST_NS)
            pace->walked = ~0u; /* not even one has room */
        walks = walks > left / 2 ? left / 2 : walks;
    }
    pace->rate = rate_for(events, left - walks);
}

/* ---- walking through ---- */

/* Is this episode walked through? */
static bool walks(struct player *p, size_t episode, unsigned kind)
{
    if (p->one || !p->automatic || p->pace.all || p->walk.episode == episode + 1)
        return true;
    return (p->pace.walked & 1u << kind) == 0;
}

/* Without knowing how many steps there will be: ever more together. */
static void walk_blindly(struct player *p, uint64_t micro)
{
    p->walk = (struct walk){.at = micro,
                            .of = micro,
                            .together = micro < 8 ? 1 : micro / 8,
                            .step_ns = STEP_NS,
                            .episode = p->walk.episode};
}

bool pace_walk(struct player *player)
{
    const struct travel_episode *list;
    struct travel_position here = travel_here(player->travel);
    size_t n = travel_episodes(player->travel, &list), i = episode_after(player, here);
    bool known = i < n && list[i].step == here.step + 1;
    unsigned kind = known ? list[i].kind : UNKNOWN;
    if (!walks(player, known ? i : SIZE_MAX - 1, kind)) {
        player->pace.passed++;
        return false;
    }
    player->pace.walked |= 1u << kind;
    if (!known) {
        walk_blindly(player, here.micro);
        return true;
    }
    uint64_t begin, steps = length_of(list, i, &begin), ns = walk_ns(player, steps);
    uint64_t frames = ns / FRAME_STEP_NS, together = (steps + frames - 1) / frames;
    bool starts = player->walk.episode != i + 1;
    player->walk = (struct walk){.at = here.micro - begin,
                                 .of = steps,
                                 .together = together,
                                 .step_ns = ns / ((steps + together - 1) / together),
                                 .episode = i + 1};
    if (starts && together > 1)
        player_say(player, run_events(player->run), "%" PRIu64 " collector steps, %" PRIu64 " at a time", steps,
                   together);
    return true;
}

void pace_tell(struct player *player)
{
    uint64_t n = player->pace.passed;
    if (n > 0)
        player_say(player, player_event(player), "%" PRIu64 " collection%s seen in passing only", n,
                   n == 1 ? " was" : "s were");
    player->pace.passed = 0;
}

uint64_t pace_barrier(const struct player *player)
{
    const struct travel_episode *list;
    size_t n = travel_episodes(player->travel, &list);
    if (!player->automatic || player->still)
        return UINT64_MAX;
    for (size_t i = episode_after(player, travel_here(player->travel)); i < n && list[i].step <= player->pace.to; i++)
        if (player->pace.all || (player->pace.walked & 1u << list[i].kind) == 0)
            return list[i].step - 1;
    return UINT64_MAX;
}
