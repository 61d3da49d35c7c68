/*
 * player.c - playing a run: what is due when, and keeping what a screen shows in step with the place we are at.
 */
#include "tui/player.h"

#include "report/report.h"
#include "tui/notes.h"

#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SECOND UINT64_C(1000000000)
#define SLICE_NS (SECOND / 40)              /* a slice of work ends after this long, so that keys are heard */
#define WORK 20000                          /* units of work between two looks at the clock: about 2 ms */
#define STOPS 512                           /* stops of fast play between two looks at the clock */
#define TAIL 32                             /* the last stops of a fast slice are told in full */
#define LAG_NS (SECOND / 4)                 /* play that is later than this lets the time go */
#define PREAMBLE_LINES 64                   /* comments and blank lines that are looked over for one more setting */
#define SLOW 20                             /* up to so many events per second, play waits after */
#define HOLD_COLLECTION_NS (SECOND * 5 / 4) /* a collection, and after */
#define HOLD_NOTE_NS (SECOND * 2)           /* a note, and longer after a long one: */
#define HOLD_LETTER_NS (SECOND / 20)        /* a reader takes about 20 letters a second */
#define HOLD_LONGEST_NS (SECOND * 9)

/* Events per second; 0 = as fast as possible. */
static const uint64_t speeds[] = {1,    2,    5,     10,    20,    50,     100,    200,    500,     1000,
                                  2000, 5000, 10000, 20000, 50000, 100000, 200000, 500000, 1000000, 0};
#define SPEEDS ((unsigned)(sizeof speeds / sizeof *speeds))
#define FIRST_SPEED 2

/* ---- listening to what happens now ---- */

/* Adds a line of words to what happened. */
__attribute__((format(printf, 3, 4))) static void say(struct player *p, uint64_t event, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *text = len < 0 ? NULL : malloc((size_t)len + 1);
    if (text)
        vsnprintf(text, (size_t)len + 1, format, again);
    va_end(again);
    if (!text || happened_say(&p->happened, event, text, (size_t)len))
        p->no_memory = true;
    free(text);
}

/* What was heard of one heap is not seen in another; its words stay, so it is told whose the next ones are. */
static void hear_another(struct player *p, const struct heap *heap)
{
    if (happened_end(&p->happened))
        p->no_memory = true;
    say(p, heap->event, "worker %s", isolate_name(run_isolate(p->run, heap->worker.index)));
    p->heard_worker = heap->worker.index;
    p->happened.trails.len = 0;
    memset(p->happened.heard, 0, sizeof p->happened.heard);
}

static void hear(void *self, const struct heap *heap, const struct happening *happening)
{
    struct player *p = self;
    if (heap->worker.index != player_shown(p)->index)
        return;
    if (heap->worker.index != p->heard_worker)
        hear_another(p, heap);
    if (happened_hear(&p->happened, heap, happening))
        p->no_memory = true;
    if (happening->kind != HAPPENING_GC_END)
        return;
    const struct collection *c = &heap->gc.now;
    size_t kept = heap->collections.len;
    if (kept > 0 && heap->collections.data[kept - 1].index == happening->value[0])
        c = &heap->collections.data[kept - 1];
    if (happening->value[0] > 0)
        p->recent[(happening->value[0] - 1) % PLAYER_COLLECTIONS] = *c;
}

/* Hears the kinds of mask from now on. */
static void attend(struct player *p, uint64_t mask)
{
    if (p->listener.mask == mask)
        return;
    if (p->listener.mask != 0)
        travel_unlisten(p->travel, &p->listener);
    p->listener.mask = mask;
    if (mask != 0)
        travel_listen(p->travel, &p->listener);
}

static void expected(void *self, const struct run *run, const struct expectation *expectation)
{
    struct player *p = self;
    (void)run;
    if (expectation->passed)
        return;
    const char *condition = expectation->condition ? expectation->condition : "";
    const char *found = expectation->found ? expectation->found : "it does not hold";
    say(p, expectation->event, "line %" PRIu64 ": expected %s: %s", expectation->line, condition, found);
}

/* What has been heard is not what lies before the place that we go to. */
static void forget(void *self, const struct run *run)
{
    struct player *p = self;
    (void)run;
    happened_free(&p->happened);
    p->oom_told = false;
    p->recent_stale = true;
}

/* ---- recording the whole run ---- */

/* Takes a heap into its film. */
static void take_frame(struct player *p, const struct heap *heap)
{
    size_t i = heap->worker.index;
    while (p->films.len <= i)
        if (vec_push(&p->films, (struct film){.stride = 0})) {
            p->no_memory = true;
            return;
        }
    if (film_take(&p->films.data[i], heap))
        p->no_memory = true;
}

static void record(void *self, const struct heap *heap, const struct happening *happening)
{
    struct player *p = self;
    struct player_totals sum = p->sums.len > 0 ? p->sums.data[p->sums.len - 1] : (struct player_totals){0};
    take_frame(p, heap);
    if (happening->kind != HAPPENING_GC_END)
        return;
    sum.copied += happening->value[2];
    sum.promoted += happening->value[3];
    sum.dead += happening->value[4];
    sum.pause_ns += happening->value[5];
    if (happening->value[5] > sum.longest_ns)
        sum.longest_ns = happening->value[5];
    if (vec_push(&p->sums, sum))
        p->no_memory = true;
}

/* Room is kept for the longest note. */
static void keep_longest(struct player *p, const struct said_line *line)
{
    char *whole = line->op == TRACE_CHAPTER ? notes_join("", NULL) : notes_join(line->text, line->answer);
    if (!whole)
        p->no_memory = true;
    if (!whole || (p->longest && notes_room(whole) <= notes_room(p->longest))) {
        free(whole);
        return;
    }
    free(p->longest);
    p->longest = whole;
}

static void first_said(void *self, const struct run *run, const struct trace_event *event)
{
    struct player *p = self;
    size_t before = p->said.lines.len;
    if (said_add(&p->said, travel_here(p->travel).step + 1, run_events(run), event))
        p->no_memory = true;
    else if (p->said.lines.len != before)
        keep_longest(p, &p->said.lines.data[p->said.lines.len - 1]);
}

static void first_seen(void *self, const struct run *run)
{
    struct player *p = self;
    if (run->current->ready)
        take_frame(p, &run->current->heap);
}

/* Fast play looks for the first question on its way. */
static void said_now(void *self, const struct run *run, const struct trace_event *event)
{
    struct player *p = self;
    (void)run;
    if (event->op == TRACE_ASK && p->ask_step == 0)
        p->ask_step = travel_here(p->travel).step + 1;
}

/* ---- in step with the place ---- */

/* The heap that is shown, or NULL: there is none yet. */
static const struct heap *live_heap(const struct player *p)
{
    const struct isolate *isolate = player_shown(p);
    return isolate->ready ? &isolate->heap : NULL;
}

/* V8's fatal words, without its list of the last collections: the log shows them. */
static void tell_oom(struct player *p)
{
    char *words = report_oom_words(live_heap(p)), *line = words ? strstr(words, "FATAL") : NULL;
    if (!words)
        p->no_memory = true;
    p->oom_told = true;
    line = line ? line : words; /* a worker's end is no fatal error */
    while (line && *line) {
        size_t len = strcspn(line, "\n");
        if (len > 0 && happened_say(&p->happened, run_events(p->run), line, len))
            p->no_memory = true;
        line += line[len] ? len + 1 : len;
    }
    free(words);
}

/* What the trace has said last. */
static void locate_said(struct player *p)
{
    struct travel_position here = travel_here(p->travel);
    const struct said_line *line = said_at(&p->said, here.step);
    p->note = p->answer = p->chapter = NULL;
    p->told = line && line->step == here.step && here.micro == 0;
    p->asked = p->told && line->op == TRACE_ASK && !p->revealed;
    if (!line)
        return;
    p->chapter = line->chapter;
    if (line->op != TRACE_CHAPTER) {
        p->note = line->text;
        p->answer = line->answer;
    }
}

static struct player_totals add_collection(struct player_totals sum, const struct collection *c)
{
    sum.copied += c->copied_bytes;
    sum.promoted += c->promoted_bytes;
    sum.dead += c->dead_bytes;
    sum.pause_ns += c->pause_ns;
    if (c->pause_ns > sum.longest_ns)
        sum.longest_ns = c->pause_ns;
    return sum;
}

/* The sums over the first count collections of the heap: from its records, or, where those have ended, from ours. */
static void sum_up(struct player *p, const struct heap *h, uint64_t count)
{
    if (count < p->summed || p->recent_stale) {
        p->summed = 0;
        p->totals = (struct player_totals){0};
    }
    for (; h && p->summed < count && p->summed < h->collections.len; p->summed++)
        p->totals = add_collection(p->totals, &h->collections.data[p->summed]);
    if (p->summed < count && count <= p->sums.len && !run_has_workers(p->run)) {
        p->totals = p->sums.data[count - 1];
        p->summed = count;
    }
}

/* The last collections, and the sums over all of them. */
static void locate_collections(struct player *p)
{
    const struct heap *h = live_heap(p);
    uint64_t count = h ? h->counters.scavenges + h->counters.mark_sweeps + h->counters.mark_compacts : 0;
    size_t kept = h ? h->collections.len : 0;
    if (player_shown(p)->index != p->worker) { /* another heap, with collections of its own */
        p->worker = player_shown(p)->index;
        p->recent_stale = true;
    }
    sum_up(p, h, count);
    uint64_t from = p->recent_stale || count < p->heard_collections ? 0 : p->heard_collections;
    if (kept > PLAYER_COLLECTIONS && from < kept - PLAYER_COLLECTIONS)
        from = kept - PLAYER_COLLECTIONS;
    for (uint64_t i = from; i < kept; i++) /* some of them may have passed unheard */
        p->recent[i % PLAYER_COLLECTIONS] = h->collections.data[i];
    p->recent_stale = false;
    p->heard_collections = count;
    const struct collection *last = player_collection(p, 0);
    p->collection_event = last ? last->event : 0;
    p->collection_type = last ? (enum collection_type)last->type : (enum collection_type)0;
}

/* After each motion. */
static void locate(struct player *p)
{
    p->moved++;
    player_find_stayed(p);
    locate_said(p);
    locate_collections(p);
    if (!live_heap(p) || !live_heap(p)->out_of_memory)
        p->oom_told = false;
    else if (!p->oom_told)
        tell_oom(p);
    bool failed = p->error.kind != ERROR_NONE && travel_here(p->travel).step >= p->failed_step;
    p->state = failed ? RUN_FAILED : travel_ended(p->travel) ? RUN_ENDED : RUN_MORE;
}

void player_other_heap(struct player *player)
{
    happened_free(&player->happened);
    locate_collections(player);
    player->oom_told = live_heap(player) && live_heap(player)->out_of_memory;
}

/* The run could not go on: error says why. */
static void fail(struct player *p, struct error *error)
{
    if (p->given_up) { /* that the trace could not be read on is no failure then */
        error_clear(error);
        return;
    }
    error_clear(&p->error);
    p->error = *error;
    p->failed_step = travel_here(p->travel).step;
    happened_say(&p->happened, run_events(p->run), error_text(&p->error), strlen(error_text(&p->error)));
}

/* What a breakpoint stopped at, in words: the breakpoint as it was written, and what happened. */
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

/* The way to a line has ended, or is not wanted any more: its breakpoint goes. */
static void drop_line_break(struct player *p)
{
    if (p->line_break != 0)
        breakpoints_remove(travel_breakpoints(p->travel), p->line_break);
    p->line_break = 0;
}

/* Takes in how a piece of the way ended. */
static void arrive(struct player *p, enum travel_state state, struct error *error)
{
    p->arrived = state;
    if (state != TRAVEL_MORE && p->goal == TRAVEL_HISTORY) {
        p->life.known = state == TRAVEL_THERE;
        p->life.vain = !p->life.known;
    }
    if (state != TRAVEL_MORE && state != TRAVEL_THERE)
        p->playing = false;
    if (state == TRAVEL_STOPPED && travel_hit(p->travel)->id != p->line_break)
        keep_hit(p);
    if (state != TRAVEL_MORE)
        drop_line_break(p);
    if (state == TRAVEL_FAILED)
        fail(p, error);
    if (p->no_memory && p->error.kind == ERROR_NONE) {
        error_memory(&p->error);
        p->failed_step = travel_here(p->travel).step;
        p->playing = p->going = false;
    }
    locate(p);
    if (p->state != RUN_MORE)
        p->playing = false;
}

/* Whether a slice that began at start has lasted long enough. */
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
    happened_begin(&p->happened);
}

static void finish(struct player *p)
{
    if (happened_end(&p->happened))
        p->no_memory = true;
}

/* Goes on towards the goal for a moment. */
static void go_on(struct player *p)
{
    struct error error = {0};
    uint64_t start = player_now(p);
    enum travel_state state;
    bool moves = p->goal != TRAVEL_HISTORY; /* else we come back to where we are: nothing new is seen */
    if (moves)
        begin(p);
    do
        state = travel_go(p->travel, p->hurry ? WORK : 0, &error);
    while (state == TRAVEL_MORE && !late(p, start));
    p->going = state == TRAVEL_MORE;
    if (moves)
        finish(p);
    arrive(p, state, &error);
}

/* ---- opening ---- */

/* Whether a line of the listing, which may be blank or a comment, begins with a word. */
static bool begins_with(const struct listing *listing, const struct listing_line *line, const char *word)
{
    const char *text = listing->text.data + line->at;
    size_t len = line->len, n = strlen(word);
    while (len > 0 && (*text == ' ' || *text == '\t')) {
        text++;
        len--;
    }
    if (n == 0)
        return len == 0 || *text == '#';
    return len > n && memcmp(text, word, n) == 0 && (text[n] == ' ' || text[n] == '\t');
}

/* Whether the next line is a title or a setting: by the file, since the run reads no further than it must. */
static bool preamble_follows(struct player *p)
{
    if (listing_read(&p->listing, p->run->line, 1, PREAMBLE_LINES))
        p->no_memory = true;
    for (size_t i = 0; p->listing.fd >= 0 && i < p->listing.lines.len; i++) {
        const struct listing_line *line = &p->listing.lines.data[i];
        if (line->line > p->run->line && !begins_with(&p->listing, line, "") &&
            !begins_with(&p->listing, line, "heapreel-trace"))
            return begins_with(&p->listing, line, "set") || begins_with(&p->listing, line, "title");
    }
    return false;
}

/* What stands before the first event: title and settings. 0, or -1 after filling error. */
static int preamble(struct player *p, struct error *error)
{
    struct error failed = {0};
    while (preamble_follows(p)) {
        travel_begin(p->travel, TRAVEL_STEP, travel_here(p->travel).step + 1);
        enum travel_state state = travel_go(p->travel, 0, &failed);
        if (state == TRAVEL_FAILED) {
            *error = failed; /* nothing has been seen yet: the caller's to tell */
            return -1;
        }
        if (state != TRAVEL_THERE)
            break;
    }
    p->preamble = travel_here(p->travel).step;
    return 0;
}

/* The heap that the settings ask for, before there is one. */
static void preview(struct player *p)
{
    struct config config;
    struct error ignored = {0}; /* the run will find the same, and tell it with its place */
    if (!live_heap(p) && settings_resolve(&p->run->current->settings, &config, &ignored) == 0 &&
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
                              .speed = FIRST_SPEED,
                              .clock = clock ? clock : system_clock,
                              .clock_self = clock_self,
                              .hurry = clock == NULL,
                              .stay_index = NONE,
                              .listing = {.fd = -1}};
    player->listener = (struct listener){.hear = hear, .self = player};
    player->recorder = (struct listener){.mask = BIT(GC_BEGIN) | BIT(GC_END), .hear = record, .self = player};
    return (struct travel_options){.run = {.settings = options->settings,
                                           .hooks = {.self = player, .figure = report_figure}},
                                   .hooks = {.self = player,
                                             .said = said_now,
                                             .expected = expected,
                                             .forget = forget,
                                             .first_said = first_said,
                                             .first_seen = first_seen},
                                   .budget = options->budget};
}

static int open_common(struct player *p, struct error *error)
{
    p->run = travel_run(p->travel);
    p->longest = notes_foresee(p->listing.fd);
    travel_listen_first(p->travel, &p->recorder);
    travel_on_wait(p->travel, player_wait, p);
    attend(p, HEAR_SLOW);
    if (preamble(p, error))
        return -1;
    preview(p);
    locate(p);
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
    if (listing_open_text(&player->listing, text, len))
        return error_set(error, ERROR_SYSTEM, 0, 0, "cannot make a temporary file");
    if (travel_open_memory(&player->travel, options->path, text, len, &travel, error))
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
    happened_free(&player->happened);
    said_free(&player->said);
    for (size_t i = 0; i < player->films.len; i++)
        film_free(&player->films.data[i]);
    vec_free(&player->films);
    free(player->stay);
    vec_free(&player->sums);
    error_clear(&player->error);
    free(player->longest);
    free(player->hit);
    free(player->text);
    travel_history_free(&player->life.history);
    *player = (struct player){.listing = {.fd = -1}};
}

/* ---- what the outside asks for ---- */

const struct heap *player_heap(const struct player *player)
{
    const struct heap *heap = live_heap(player);
    return heap ? heap : player->previewed ? &player->preview : NULL;
}

const struct film *player_film(const struct player *player)
{
    static const struct film none = {.stride = 0};
    uint32_t i = player_shown(player)->index;
    return i < player->films.len ? &player->films.data[i] : &none;
}

uint64_t player_event(const struct player *player)
{
    return run_events(player->run);
}

uint64_t player_events(const struct player *player, bool *all)
{
    uint64_t events, steps;
    *all = travel_end(player->travel, &events, &steps);
    return *all ? events : travel_frontier_event(player->travel);
}

bool player_ended(const struct player *player)
{
    return player->state != RUN_MORE;
}

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
    player->last_ns = player_now(player); /* play goes on from here, and makes up for nothing */
    player->moved++;
    return result;
}

void player_go(struct player *player, enum travel_goal goal, uint64_t number)
{
    if (player->going)
        drop_line_break(player);
    player->playing = player->going = false;
    if (player->waiting)
        return;
    /* the lines before the first event are no place to be */
    bool start = goal == TRAVEL_START || (goal == TRAVEL_EVENT && number == 0);
    if (start || (goal == TRAVEL_STEP && number < player->preamble)) {
        goal = TRAVEL_STEP;
        number = player->preamble;
    }
    bool in_front = travel_here(player->travel).step <= player->preamble && travel_here(player->travel).micro == 0;
    if (in_front && (goal == TRAVEL_BACK || goal == TRAVEL_MICRO_BACK || goal == TRAVEL_PREVIOUS_CHAPTER ||
                     goal == TRAVEL_PREVIOUS_COLLECTION || goal == TRAVEL_BREAK_BACK)) {
        player->arrived = TRAVEL_NOT_FOUND;
        return;
    }
    attend(player, HEAR_SLOW);
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

void player_go_line(struct player *player, uint64_t line)
{
    char text[32];
    struct error error = {0};
    int len = snprintf(text, sizeof text, "line %" PRIu64, line);
    drop_line_break(player);
    size_t before = travel_breakpoints(player->travel)->list.len;
    uint32_t id = breakpoints_add(travel_breakpoints(player->travel), text, (size_t)len, &error);
    error_clear(&error);
    if (travel_breakpoints(player->travel)->list.len > before) /* else the user has it there */
        player->line_break = id;
    player_go(player, line > player->run->line ? TRAVEL_BREAK_FORWARD : TRAVEL_BREAK_BACK, 0);
    if (!player->going)
        drop_line_break(player);
}

void player_stop(struct player *player)
{
    player->playing = player->going = false;
    drop_line_break(player);
    player->moved++;
}

void player_step(struct player *player)
{
    player_go(player, TRAVEL_FORWARD, 1);
}

void player_toggle(struct player *player)
{
    bool run = !player->playing && !player->going && !player_ended(player);
    player->going = false;
    player->playing = run;
    player->last_ns = player_now(player);
    player->hold_ns = 0;
    player->credit = SECOND; /* the first event at once */
    player->moved++;
}

bool player_reveal(struct player *player)
{
    if (!player->asked || !player->answer)
        return false;
    player->revealed = true;
    locate_said(player);
    player->moved++;
    return true;
}

/* ---- speed ---- */

uint64_t player_speed(const struct player *player)
{
    return speeds[player->speed];
}

void player_change_speed(struct player *player, int steps)
{
    int speed = (int)player->speed + steps;
    player->speed = speed < 0 ? 0 : speed >= (int)SPEEDS ? SPEEDS - 1 : (unsigned)speed;
    player->moved++;
}

void player_set_speed(struct player *player, uint64_t per_second)
{
    player->speed = SPEEDS - 1;
    for (unsigned i = SPEEDS - 1; per_second > 0 && i-- > 0;)
        if (speeds[i] >= per_second)
            player->speed = i;
    player->moved++;
}

/* ---- playing ---- */

/* How long slow play waits after what has just been. */
static uint64_t hold_time(const struct player *p, uint64_t collections)
{
    if (player_speed(p) == 0 || player_speed(p) > SLOW)
        return 0;
    if (p->told && p->note) {
        uint64_t ns = strlen(p->note) * HOLD_LETTER_NS;
        return ns < HOLD_NOTE_NS ? HOLD_NOTE_NS : ns > HOLD_LONGEST_NS ? HOLD_LONGEST_NS : ns;
    }
    return p->heard_collections != collections ? HOLD_COLLECTION_NS : 0;
}

/* One stop forward, told in full. False if play must not go on at once. */
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

/* Fast: up to n stops of which nothing is told but how many they were. */
static void play_fast(struct player *p, uint64_t n)
{
    struct error error = {0};
    uint64_t start = player_now(p), first = player_event(p), left = n;
    enum travel_state state = TRAVEL_THERE;
    attend(p, 0);
    while (left > 0 && state == TRAVEL_THERE && p->ask_step == 0 && !late(p, start)) {
        uint64_t stops = left < STOPS ? left : STOPS;
        while ((state = travel_play(p->travel, stops, 0, &error)) == TRAVEL_MORE)
            continue;
        left -= stops;
    }
    attend(p, HEAR_SLOW);
    if (p->ask_step > 0 && travel_here(p->travel).step > p->ask_step) { /* the question came first */
        error_clear(&error);
        travel_begin(p->travel, TRAVEL_STEP, p->ask_step);
        state = travel_go(p->travel, 0, &error);
    } else if (player_event(p) > first) {
        say(p, player_event(p), "%" PRIu64 " events went by too fast to tell", player_event(p) - first);
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

/* ---- what is known ---- */

const struct collection *player_collection(const struct player *player, uint64_t i)
{
    uint64_t have = player->heard_collections < PLAYER_COLLECTIONS ? player->heard_collections : PLAYER_COLLECTIONS;
    return i < have ? &player->recent[(player->heard_collections - 1 - i) % PLAYER_COLLECTIONS] : NULL;
}

uint64_t player_now(const struct player *player)
{
    return player->clock(player->clock_self);
}

int player_status(const struct player *player)
{
    if (player->run->failed > 0)
        return 1;
    return run_outcome(player->run) == OUTCOME_OUT_OF_MEMORY && !player->run->current->oom_expected ? 1 : 0;
}
