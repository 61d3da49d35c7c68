/* player.c - opening a trace, waiting for one that is still being written, closing; and the current place. */
#include "report/report.h"
#include "tui/player/internal.h"
#include "tui/player/notes.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PREAMBLE_LINES 64 /* comments and blank lines that are skipped to find another setting */

/* ---- opening ---- */

/* Is the next line a title or a setting? Asks the file, since the run reads no further than it must. */
static bool preamble_follows(struct player *p)
{
    if (listing_read(&p->listing, p->run->line, 1, PREAMBLE_LINES))
        p->no_memory = true;
    for (size_t i = 0; p->listing.fd >= 0 && i < p->listing.lines.len; i++) {
        const struct listing_line *line = &p->listing.lines.data[i];
        if (line->line > p->run->line && listing_acts(&p->listing, line))
            return listing_begins(&p->listing, line, "set") || listing_begins(&p->listing, line, "title");
    }
    return false;
}

/* Applies the title and settings before the first event. 0, or -1 after filling error. */
static int preamble(struct player *p, struct error *error)
{
    struct error failed = {0};
    while (preamble_follows(p)) {
        travel_begin(p->travel, TRAVEL_STEP, travel_here(p->travel).step + 1);
        enum travel_state state = travel_go(p->travel, 0, &failed);
        if (state == TRAVEL_FAILED) {
            *error = failed; /* nothing has been shown yet: the caller reports it */
            return -1;
        }
        if (state != TRAVEL_THERE)
            break;
    }
    p->preamble = travel_here(p->travel).step;
    return 0;
}

/* Makes the heap that the settings describe, before the run has one. */
static void preview(struct player *p)
{
    struct config config;
    struct error ignored = {0}; /* the run will find the same error, and report it with its place */
    if (!player_live_heap(p) && settings_resolve(&p->run->current->settings, &config, &ignored) == 0 &&
        heap_init(&p->preview, &config, (struct names *)&p->run->names, &ignored) == 0)
        p->previewed = true;
    error_clear(&ignored);
}

static uint64_t system_clock(void *self)
{
    struct timespec now = {0, 0};
    (void)self;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * SECOND + (uint64_t)now.tv_nsec;
}

/* Makes the player; returns what to open the travel with. */
static struct travel_options prepare(struct player *player, const struct play_options *options,
                                     uint64_t (*clock)(void *), void *clock_self)
{
    *player = (struct player){.options = *options,
                              .speed = PLAYER_FIRST_SPEED,
                              .automatic = true,
                              .pace = {.rate = PLAYER_FIRST_SPEED},
                              .clock = clock ? clock : system_clock,
                              .clock_self = clock_self,
                              .hurry = clock == NULL,
                              .stay_index = NONE,
                              .listing = {.fd = -1}};
    return (struct travel_options){
        .run = {.settings = options->settings, .hooks = {.self = player, .figure = report_figure}},
        .hooks = player_listeners(player),
        .budget = options->budget,
        .spool = getenv("TMPDIR")};
}

static int open_common(struct player *p, struct error *error)
{
    p->run = travel_run(p->travel);
    p->longest = notes_foresee(p->listing.fd);
    travel_listen_first(p->travel, &p->recorder);
    travel_on_wait(p->travel, player_wait, p);
    player_attend(p, HEAR_SLOW);
    if (preamble(p, error))
        return -1;
    preview(p);
    player_locate(p);
    return 0;
}

int player_open(struct player *player, const struct play_options *options, uint64_t (*clock)(void *), void *clock_self,
                struct error *error)
{
    struct travel_options travel = prepare(player, options, clock, clock_self);
    listing_open(&player->listing, options->path);
    if (travel_open(&player->travel, options->path, &travel, error))
        return -1;
    listing_follow(&player->listing, trace_spool(travel_run(player->travel)->reader));
    return open_common(player, error);
}

int player_open_text(struct player *player, const struct play_options *options, char *text, size_t len,
                     uint64_t (*clock)(void *), void *clock_self, struct error *error)
{
    struct travel_options travel = prepare(player, options, clock, clock_self);
    player->text = text;
    player->text_len = len;
    if (listing_open_text(&player->listing, travel.spool, text, len, error) ||
        travel_open_memory(&player->travel, options->path, text, len, &travel, error))
        return -1;
    return open_common(player, error);
}

void player_close(struct player *player)
{
    if (player->travel)
        travel_close(player->travel);
    if (player->previewed)
        heap_free(&player->preview);
    listing_close(&player->listing);
    recent_free(&player->recent_events);
    captions_free(&player->captions);
    for (size_t i = 0; i < player->films.len; i++)
        film_free(&player->films.data[i]);
    vec_free(&player->films);
    free(player->stay);
    vec_free(&player->sums);
    vec_free(&player->paces);
    error_clear(&player->error);
    free(player->longest);
    free(player->hit);
    free(player->text);
    travel_history_free(&player->life.history);
    *player = (struct player){.listing = {.fd = -1}};
}

/* ---- waiting for more of the trace ---- */

void player_on_wait(struct player *player, int (*wait)(void *self, int fd), void *self)
{
    player->wait = wait;
    player->wait_self = self;
}

int player_wait(void *self, int fd)
{
    struct player *player = self;
    struct pollfd input = {.fd = fd, .events = POLLIN};
    if (!player->wait || poll(&input, 1, 0) != 0)
        return 0;
    player->waiting = true;
    player->moved++;
    int result = player->wait(player->wait_self, fd);
    player->waiting = false;
    player->given_up = result != 0;
    player->last_ns = player_now(player); /* play continues from here, without catching up */
    player->moved++;
    return result;
}

/* ---- the current place ---- */

/* Shows the heap with this name from now on; NULL: the running one. Takes over name. */
static void choose(struct player *player, char *name)
{
    uint32_t before = player_shown(player)->index;
    free(player->stay);
    player->stay = name;
    player->stay_index = NONE;
    player_find_stayed(player);
    if (player_shown(player)->index != before)
        player_other_heap(player);
    player->moved++;
}

int player_stay(struct player *player, const char *name, size_t len)
{
    char *copy = name ? strndup(name, len) : NULL;
    if (name && !copy)
        return -1;
    choose(player, copy);
    return 0;
}

const struct heap *player_heap(const struct player *player)
{
    const struct heap *heap = player_live_heap(player);
    return heap ? heap : player->previewed ? &player->preview : NULL;
}

uint64_t player_event(const struct player *player)
{
    return run_events(player->run);
}

uint64_t player_events(const struct player *player, bool *all)
{
    uint64_t events, steps;
    *all = travel_end(player->travel, &events, &steps);
    uint64_t frontier = travel_frontier_event(player->travel), here = run_events(player->run);
    return *all ? events : frontier > here ? frontier : here; /* the frontier moves when a line has ended */
}

bool player_ended(const struct player *player)
{
    return player->state != RUN_MORE;
}

uint64_t player_now(const struct player *player)
{
    return player->clock(player->clock_self);
}
