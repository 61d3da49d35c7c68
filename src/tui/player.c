/*
 * player.c - playing a run: what is due when, and listening to what happens.
 */
#include "tui/player.h"

#include "report/report.h"
#include "tui/notes.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SECOND UINT64_C(1000000000)
#define SLICE_NS (SECOND / 40)              /* a slice of work ends after this long, so that keys are heard */
#define CHUNK 512                           /* lines applied between two looks at the clock */
#define TAIL 32                             /* the last lines of a fast slice are told in full */
#define LAG_NS (SECOND / 4)                 /* play that is later than this lets the time go */
#define PREAMBLE_LINES 64                   /* comments and blank lines that are looked over for one more setting */
#define SLOW 20                             /* up to so many events per second, play waits after */
#define HOLD_COLLECTION_NS (SECOND * 5 / 4) /* a collection, and after */
#define HOLD_NOTE_NS (SECOND * 2)           /* a note */

/* Events per second; 0 = as fast as possible. */
static const uint64_t speeds[] = {1,    2,    5,     10,    20,    50,     100,    200,    500,     1000,
                                  2000, 5000, 10000, 20000, 50000, 100000, 200000, 500000, 1000000, 0};
#define SPEEDS ((unsigned)(sizeof speeds / sizeof *speeds))
#define FIRST_SPEED 2

/* ---- listening ---- */

static void hear(void *self, const struct heap *heap, const struct happening *happening)
{
    struct player *p = self;
    if (happened_hear(&p->happened, heap, happening))
        p->no_memory = true;
    if ((happening->kind == HAPPENING_GC_BEGIN || happening->kind == HAPPENING_GC_END) && film_take(&p->film, heap))
        p->no_memory = true;
    if (happening->kind != HAPPENING_GC_END)
        return;
    const struct collection *c = &heap->gc.now;
    size_t kept = heap->collections.len;
    if (kept > 0 && heap->collections.data[kept - 1].index == happening->value[0])
        c = &heap->collections.data[kept - 1];
    p->recent[p->heard_collections++ % PLAYER_COLLECTIONS] = *c;
    p->collection_event = heap->event;
    p->collection_type = (enum collection_type)happening->value[1];
    p->totals.copied += happening->value[2];
    p->totals.promoted += happening->value[3];
    p->totals.dead += happening->value[4];
    p->totals.pause_ns += happening->value[5];
    if (happening->value[5] > p->totals.longest_ns)
        p->totals.longest_ns = happening->value[5];
}

/* Hears the kinds of mask from now on. */
static void attend(struct player *p, uint64_t mask)
{
    if (p->listener.mask == mask)
        return;
    run_unlisten(&p->run, &p->listener);
    p->listener.mask = mask;
    run_listen(&p->run, &p->listener);
}

/* Replaces an owned text by text[0..len) without the blanks around it. */
static void keep_text(struct player *p, char **to, const char *text, size_t len)
{
    while (len > 0 && (*text == ' ' || *text == '\t')) {
        text++;
        len--;
    }
    while (len > 0 && (text[len - 1] == ' ' || text[len - 1] == '\t'))
        len--;
    char *copy = malloc(len + 1);
    free(*to);
    *to = copy;
    if (!copy) {
        p->no_memory = true;
        return;
    }
    memcpy(copy, text, len);
    copy[len] = '\0';
}

static void drop_text(char **text)
{
    free(*text);
    *text = NULL;
}

/* Room is kept for the longest note. */
static void keep_longest(struct player *p)
{
    char *whole = notes_join(p->note, p->answer);
    if (!whole)
        p->no_memory = true;
    if (!whole || (p->longest && notes_room(whole) <= notes_room(p->longest))) {
        free(whole);
        return;
    }
    free(p->longest);
    p->longest = whole;
}

static void said(void *self, const struct run *run, const struct trace_event *event)
{
    struct player *p = self;
    (void)run;
    if (event->op == TRACE_TITLE)
        return;
    p->told = true;
    p->asked = event->op == TRACE_ASK;
    drop_text(&p->answer);
    if (event->op == TRACE_CHAPTER) {
        drop_text(&p->note);
        keep_text(p, &p->chapter, event->text, event->text_len);
        return;
    }
    const char *bar = p->asked ? memchr(event->text, '|', event->text_len) : NULL;
    size_t len = bar ? (size_t)(bar - event->text) : event->text_len;
    keep_text(p, &p->note, event->text, len);
    if (bar)
        keep_text(p, &p->answer, bar + 1, event->text_len - len - 1);
    keep_longest(p);
}

static void expected(void *self, const struct run *run, const struct expectation *expectation)
{
    struct player *p = self;
    (void)run;
    if (expectation->passed)
        return;
    const char *condition = expectation->condition ? expectation->condition : "";
    const char *found = expectation->found ? expectation->found : "it does not hold";
    int len = snprintf(NULL, 0, "line %llu: expected %s: %s", (unsigned long long)expectation->line, condition, found);
    char *text = len < 0 ? NULL : malloc((size_t)len + 1);
    if (!text) {
        p->no_memory = true;
        return;
    }
    snprintf(text, (size_t)len + 1, "line %llu: expected %s: %s", (unsigned long long)expectation->line, condition,
             found);
    if (happened_say(&p->happened, expectation->event, text, (size_t)len))
        p->no_memory = true;
    free(text);
}

/* ---- applying lines ---- */

/* The line that has just been applied, for the listing of a pipe. */
static void remember(struct player *p)
{
    if (p->run.batch && p->run.batch_next > 0 && p->run.batch_next <= p->run.batch_len) {
        const struct trace_event *event = &p->run.batch[p->run.batch_next - 1];
        if (event->source && listing_remember(&p->listing, event->line, event->source, event->source_len))
            p->no_memory = true;
    }
}

/* V8's fatal words, without its list of the last collections: the log shows them. */
static void tell_oom(struct player *p)
{
    char *words = report_oom_words(&p->run.current->heap), *line = words ? strstr(words, "FATAL") : NULL;
    if (!words)
        p->no_memory = true;
    p->oom_told = true;
    line = line ? line : words; /* a worker's end is no fatal error */
    while (line && *line) {
        size_t len = strcspn(line, "\n");
        if (len > 0 && happened_say(&p->happened, run_events(&p->run), line, len))
            p->no_memory = true;
        line += line[len] ? len + 1 : len;
    }
    free(words);
}

/* Applies up to max lines. */
static void advance_by(struct player *p, uint64_t max)
{
    if (p->state != RUN_MORE)
        return;
    p->state = run_advance(&p->run, max, &p->error);
    p->moved++;
    if (p->run.current->ready && film_take(&p->film, &p->run.current->heap))
        p->no_memory = true;
    if (p->given_up) { /* that the trace could not be read on is no failure then */
        error_clear(&p->error);
        p->state = RUN_ENDED;
    }
    remember(p);
    if (p->run.current->ready && p->run.current->heap.out_of_memory && !p->oom_told)
        tell_oom(p);
    if (p->no_memory && p->state != RUN_FAILED) {
        error_memory(&p->error);
        p->state = RUN_FAILED;
    }
    if (p->state == RUN_FAILED)
        happened_say(&p->happened, run_events(&p->run), error_text(&p->error), strlen(error_text(&p->error)));
    if (p->state != RUN_MORE) {
        p->playing = false;
        p->goal = GOAL_NONE;
    }
}

/* Applies one line. */
static void advance(struct player *p)
{
    advance_by(p, 1);
}

/* Applies lines until an event or a line for people has been. A question that was open is answered. */
static void tick(struct player *p)
{
    uint64_t event = run_events(&p->run), failed = p->run.failed;
    p->told = false;
    do {
        advance(p);
    } while (p->state == RUN_MORE && run_events(&p->run) == event && !p->told && p->run.failed == failed);
    if (p->asked && !p->told)
        p->asked = false;
}

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
    if (listing_read(&p->listing, p->run.line, 1, PREAMBLE_LINES))
        p->no_memory = true;
    for (size_t i = 0; p->listing.fd >= 0 && i < p->listing.lines.len; i++) {
        const struct listing_line *line = &p->listing.lines.data[i];
        if (line->line > p->run.line && !begins_with(&p->listing, line, ""))
            return begins_with(&p->listing, line, "set") || begins_with(&p->listing, line, "title");
    }
    return false;
}

/* What stands before the first event: title and settings. */
static void preamble(struct player *p)
{
    do
        advance(p);
    while (p->state == RUN_MORE && run_events(&p->run) == 0 && !p->told && preamble_follows(p));
}

/* The heap that the settings ask for, before there is one. */
static void preview(struct player *p)
{
    struct config config;
    struct error ignored = {0}; /* the run will find the same, and tell it with its place */
    if (!p->run.current->ready && settings_resolve(&p->run.current->settings, &config, &ignored) == 0 &&
        heap_init(&p->preview, &config, &p->run.names, &ignored) == 0)
        p->previewed = true;
    error_clear(&ignored);
}

/* Whether a slice that began at start, and has applied lines since, has lasted long enough. */
static bool late(const struct player *p, uint64_t start, uint64_t lines)
{
    return p->hurry && lines % CHUNK == 0 && player_now(p) - start >= SLICE_NS;
}

/* After a tick: slow play waits for its spectators, and stops at a question. */
static void hold(struct player *p, uint64_t collections)
{
    bool slow = player_speed(p) > 0 && player_speed(p) <= SLOW;
    uint64_t wait = !slow                                 ? 0
                    : p->told && p->note                  ? HOLD_NOTE_NS
                    : p->heard_collections != collections ? HOLD_COLLECTION_NS
                                                          : 0;
    if (p->asked && p->told)
        p->playing = false;
    if (wait > 0) {
        p->hold_ns = player_now(p) + wait;
        p->credit = 0;
    }
}

/* Applies n events, the last ones told in full. */
static void play_events(struct player *p, uint64_t n)
{
    uint64_t start = player_now(p), end = run_events(&p->run) + n, lines = 0;
    p->told = p->asked = false;
    attend(p, HEAR_GC);
    while (p->state == RUN_MORE && p->playing && run_events(&p->run) + TAIL < end && !late(p, start, ++lines)) {
        advance(p);
        p->playing = p->playing && !p->asked;
    }
    attend(p, HEAR_SLOW);
    uint64_t last = run_events(&p->run) + TAIL;
    while (p->state == RUN_MORE && p->playing && p->hold_ns <= player_now(p) &&
           run_events(&p->run) < (end < last ? end : last)) {
        uint64_t collections = p->heard_collections;
        tick(p);
        hold(p, collections);
    }
}

/* Plays on towards the goal for a moment. */
static void play_goal(struct player *p)
{
    uint64_t start = player_now(p), heard = p->heard_collections, lines = 0;
    p->asked = false;
    attend(p, p->goal == GOAL_END ? HEAR_GC : HEAR_COLLECTION);
    while (p->state == RUN_MORE && p->goal != GOAL_NONE && !late(p, start, lines++)) {
        if (p->goal == GOAL_END && p->listing.fd >= 0) {
            advance_by(p, CHUNK);
            lines = 0; /* look at the clock again */
        } else { /* of a pipe each line is remembered, and the next one may be long in coming */
            advance(p);
        }
        if (p->goal == GOAL_COLLECTION && p->heard_collections != heard)
            p->goal = GOAL_NONE;
    }
}

/* ---- what the outside asks for ---- */

static uint64_t system_clock(void *self)
{
    struct timespec now = {0, 0};
    (void)self;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * SECOND + (uint64_t)now.tv_nsec;
}

int player_open(struct player *player, const struct play_options *options, uint64_t (*clock)(void *), void *clock_self,
                struct error *error)
{
    *player = (struct player){
        .speed = FIRST_SPEED, .clock = clock ? clock : system_clock, .clock_self = clock_self, .hurry = clock == NULL};
    player->listener = (struct listener){.mask = HEAR_SLOW, .hear = hear, .self = player};
    struct run_options run_options = {
        .settings = options->settings,
        .hooks = {.self = player, .figure = report_figure, .said = said, .expected = expected}};
    listing_open(&player->listing, options->path);
    player->longest = notes_foresee(player->listing.fd);
    player->opened = true;
    if (run_open(&player->run, options->path, &run_options, error))
        return -1;
    run_listen(&player->run, &player->listener);
    trace_on_wait(player->run.reader, player_wait, player);
    preamble(player);
    if (player->state == RUN_FAILED) { /* nothing has been seen yet: the caller's to tell */
        *error = player->error;
        player->error = (struct error){0};
        return -1;
    }
    preview(player);
    happened_end(&player->happened);
    return 0;
}

void player_close(struct player *player)
{
    if (player->opened)
        run_close(&player->run);
    if (player->previewed)
        heap_free(&player->preview);
    listing_close(&player->listing);
    happened_free(&player->happened);
    film_free(&player->film);
    error_clear(&player->error);
    drop_text(&player->note);
    drop_text(&player->answer);
    drop_text(&player->chapter);
    drop_text(&player->longest);
    player->opened = player->previewed = false;
}

const struct heap *player_heap(const struct player *player)
{
    return player->run.current->ready ? &player->run.current->heap : player->previewed ? &player->preview : NULL;
}

bool player_ended(const struct player *player)
{
    return player->state != RUN_MORE;
}

static void begin(struct player *player)
{
    happened_begin(&player->happened);
}

static void finish(struct player *player)
{
    if (happened_end(&player->happened))
        player->no_memory = true;
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

void player_step(struct player *player)
{
    player->playing = false;
    player->goal = GOAL_NONE;
    if (player->waiting)
        return;
    begin(player);
    attend(player, HEAR_SLOW);
    tick(player);
    finish(player);
    player->moved++;
}

void player_toggle(struct player *player)
{
    bool run = !player->playing && player->goal == GOAL_NONE && !player_ended(player);
    player->goal = GOAL_NONE;
    player->playing = run;
    player->last_ns = player_now(player);
    player->hold_ns = 0;
    player->credit = SECOND; /* the first event at once */
    player->moved++;
}

void player_seek(struct player *player, enum player_goal goal)
{
    player->playing = false;
    player->goal = player_ended(player) ? GOAL_NONE : goal;
    player->moved++;
}

void player_change_speed(struct player *player, int steps)
{
    int speed = (int)player->speed + steps;
    player->speed = speed < 0 ? 0 : speed >= (int)SPEEDS ? SPEEDS - 1 : (unsigned)speed;
    player->moved++;
}

void player_run(struct player *player)
{
    uint64_t now = player_now(player);
    if (player->waiting)
        return;
    if (player->goal != GOAL_NONE) {
        begin(player);
        play_goal(player);
        finish(player);
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
    if (n > 0) {
        begin(player);
        play_events(player, n);
        finish(player);
    }
}

uint64_t player_due(const struct player *player)
{
    uint64_t rate = player_speed(player);
    if (player->goal != GOAL_NONE)
        return 0;
    if (!player->playing)
        return UINT64_MAX;
    uint64_t now = player_now(player), passed = now - player->last_ns;
    if (now < player->hold_ns)
        return player->hold_ns - now;
    uint64_t wait = rate == 0 || player->credit >= SECOND ? 0 : (SECOND - player->credit + rate - 1) / rate;
    return wait > passed ? wait - passed : 0;
}

uint64_t player_speed(const struct player *player)
{
    return speeds[player->speed];
}

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
    if (player->run.failed > 0)
        return 1;
    return run_outcome(&player->run) == OUTCOME_OUT_OF_MEMORY && !player->run.current->oom_expected ? 1 : 0;
}
