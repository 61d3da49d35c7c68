/*
 * heard.c - what a player remembers of its run: recent happenings, what the trace has said, sums.
 *
 * What was heard while the run moved is adjusted to the new place after each motion: after a jump most of it was not
 * heard, and comes from the heap's records.
 */
#include "base/text.h"
#include "report/report.h"
#include "tui/player/internal.h"
#include "tui/player/notes.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- listening to what happens now ---- */

void player_say(struct player *player, uint64_t event, const char *format, ...)
{
    va_list args;
    size_t len;
    va_start(args, format);
    char *text = text_format(&len, format, args);
    va_end(args);
    if (!text || recent_say(&player->recent_events, event, text, len))
        player->no_memory = true;
    free(text);
}

/* What was heard of one heap is not visible in another; its words stay, so the name of the next heap is reported. */
static void hear_another(struct player *p, const struct heap *heap)
{
    if (recent_end(&p->recent_events))
        p->no_memory = true;
    player_say(p, heap->event, "worker %s", worker_name(run_worker(p->run, heap->worker.index)));
    p->heard_worker = heap->worker.index;
    p->recent_events.trails.len = 0;
    p->recent_events.flip = (struct instant){0};
}

static void hear(void *self, const struct heap *heap, const struct happening *happening)
{
    struct player *p = self;
    if (heap->worker.index != player_shown(p)->index)
        return;
    if (heap->worker.index != p->heard_worker)
        hear_another(p, heap);
    if (recent_hear(&p->recent_events, heap, happening))
        p->no_memory = true;
    if (happening->kind != HAPPENING_GC_END)
        return;
    const struct collection *c = &heap->gc.now;
    size_t kept = heap->collections.len;
    if (kept > 0 && heap->collections.data[kept - 1].index == happening->value[GC_END_index])
        c = &heap->collections.data[kept - 1];
    if (happening->value[GC_END_index] > 0)
        p->recent[(happening->value[GC_END_index] - 1) % PLAYER_COLLECTIONS] = *c;
}

void player_attend(struct player *player, uint64_t mask)
{
    if (player->listener.mask == mask)
        return;
    if (player->listener.mask != 0)
        travel_unlisten(player->travel, &player->listener);
    player->listener.mask = mask;
    if (mask != 0)
        travel_listen(player->travel, &player->listener);
}

static void expected(void *self, const struct run *run, const struct expectation *expectation)
{
    struct player *p = self;
    (void)run;
    if (expectation->passed)
        return;
    const char *condition = expectation->condition ? expectation->condition : "";
    const char *found = expectation->found ? expectation->found : "it does not hold";
    player_say(p, expectation->event, "line %" PRIu64 ": expected %s: %s", expectation->line, condition, found);
}

/* What has been heard does not lead to the next place. */
static void forget(void *self, const struct run *run)
{
    struct player *p = self;
    (void)run;
    recent_free(&p->recent_events);
    recent_begin(&p->recent_events);
    p->oom_told = false;
    p->recent_stale = true;
}

/* ---- recording the whole run ---- */

/* The sums over the collections of both. */
static struct player_totals add_totals(struct player_totals sum, struct player_totals more)
{
    sum.copied += more.copied;
    sum.promoted += more.promoted;
    sum.dead += more.dead;
    return sum;
}

/* Adds the current state of a heap to its film. */
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
    const struct player_totals its = {.copied = happening->value[GC_END_copied],
                                      .promoted = happening->value[GC_END_promoted],
                                      .dead = happening->value[GC_END_dead]};
    if (vec_push(&p->sums, add_totals(sum, its)))
        p->no_memory = true;
}

/* Keeps the longest note, to reserve room for it. */
static void keep_longest(struct player *p, const struct caption *line)
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
    size_t before = p->captions.lines.len;
    if (event->op == TRACE_PACE &&
        vec_push(&p->paces, ((struct pace_line){travel_here(p->travel).step + 1, event->number})))
        p->no_memory = true;
    if (captions_add(&p->captions, travel_here(p->travel).step + 1, run_events(run), event))
        p->no_memory = true;
    else if (p->captions.lines.len != before)
        keep_longest(p, &p->captions.lines.data[p->captions.lines.len - 1]);
}

static void first_seen(void *self, const struct run *run)
{
    struct player *p = self;
    if (run->current->ready)
        take_frame(p, &run->current->heap);
}

/* Fast play looks for the first line that it must not pass: a question, or at the pace of the trace any for people. */
static void captions_now(void *self, const struct run *run, const struct trace_event *event)
{
    struct player *p = self;
    (void)run;
    bool stops = event->op == TRACE_ASK || (p->automatic && (event->op == TRACE_NOTE || event->op == TRACE_CHAPTER));
    if (stops && p->ask_step == 0)
        p->ask_step = travel_here(p->travel).step + 1;
}

struct travel_hooks player_listeners(struct player *player)
{
    player->listener = (struct listener){.hear = hear, .self = player};
    player->recorder = (struct listener){.mask = BIT(GC_BEGIN) | BIT(GC_END), .hear = record, .self = player};
    return (struct travel_hooks){.self = player,
                                 .said = captions_now,
                                 .expected = expected,
                                 .forget = forget,
                                 .first_said = first_said,
                                 .first_seen = first_seen};
}

const struct film *player_film(const struct player *player)
{
    static const struct film none = {.stride = 0};
    uint32_t i = player_shown(player)->index;
    return i < player->films.len ? &player->films.data[i] : &none;
}

/* ---- after a motion ---- */

/* Reports V8's fatal message, without the list of the last collections, which the log shows. */
static void tell_oom(struct player *p)
{
    char *words = report_oom_words(player_live_heap(p)), *line = words ? strstr(words, "FATAL") : NULL;
    if (!words)
        p->no_memory = true;
    p->oom_told = true;
    line = line ? line : words; /* a worker's end is not a fatal error */
    while (line && *line) {
        size_t len = strcspn(line, "\n");
        if (len > 0 && recent_say(&p->recent_events, run_events(p->run), line, len))
            p->no_memory = true;
        line += line[len] ? len + 1 : len;
    }
    free(words);
}

/* Finds what the trace said last. */
static void locate_said(struct player *p)
{
    struct travel_position here = travel_here(p->travel);
    const struct caption *line = captions_at(&p->captions, here.step);
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

/* Those of one collection. */
static struct player_totals totals_of(const struct collection *c)
{
    return (struct player_totals){.copied = c->copied_bytes, .promoted = c->promoted_bytes, .dead = c->dead_bytes};
}

/* The sums over the first count collections of the heap: from its records, or, beyond those, from ours. */
static void sum_up(struct player *p, const struct heap *h, uint64_t count)
{
    if (count < p->summed || p->recent_stale) {
        p->summed = 0;
        p->totals = (struct player_totals){0};
    }
    for (; h && p->summed < count && p->summed < h->collections.len; p->summed++)
        p->totals = add_totals(p->totals, totals_of(&h->collections.data[p->summed]));
    if (p->summed < count && count <= p->sums.len && !run_has_workers(p->run)) {
        p->totals = p->sums.data[count - 1];
        p->summed = count;
    }
}

/* Finds the last collections, and the sums over all of them. */
static void locate_collections(struct player *p)
{
    const struct heap *h = player_live_heap(p);
    uint64_t count = h ? h->counters.scavenges + h->counters.mark_sweeps + h->counters.mark_compacts : 0;
    size_t kept = h ? h->collections.len : 0;
    if (player_shown(p)->index != p->worker) { /* another heap, with other collections */
        p->worker = player_shown(p)->index;
        p->recent_stale = true;
    }
    sum_up(p, h, count);
    uint64_t from = p->recent_stale || count < p->heard_collections ? 0 : p->heard_collections;
    if (kept > PLAYER_COLLECTIONS && from < kept - PLAYER_COLLECTIONS)
        from = kept - PLAYER_COLLECTIONS;
    for (uint64_t i = from; i < kept; i++) /* some of them may not have been heard */
        p->recent[i % PLAYER_COLLECTIONS] = h->collections.data[i];
    p->recent_stale = false;
    p->heard_collections = count;
    const struct collection *last = player_collection(p, 0);
    p->collection_event = last ? last->event : 0;
    p->collection_type = last ? (enum collection_type)last->type : (enum collection_type)0;
}

void player_locate(struct player *player)
{
    player->moved++;
    player_find_stayed(player);
    locate_said(player);
    locate_collections(player);
    if (!player_live_heap(player) || !player_live_heap(player)->out_of_memory)
        player->oom_told = false;
    else if (!player->oom_told)
        tell_oom(player);
    bool failed = player->error.kind != ERROR_NONE && travel_here(player->travel).step >= player->failed_step;
    player->state = failed ? RUN_FAILED : travel_ended(player->travel) ? RUN_ENDED : RUN_MORE;
}

void player_other_heap(struct player *player)
{
    recent_free(&player->recent_events);
    locate_collections(player);
    player->oom_told = player_live_heap(player) && player_live_heap(player)->out_of_memory;
}

const struct collection *player_collection(const struct player *player, uint64_t i)
{
    uint64_t have = player->heard_collections < PLAYER_COLLECTIONS ? player->heard_collections : PLAYER_COLLECTIONS;
    return i < have ? &player->recent[(player->heard_collections - 1 - i) % PLAYER_COLLECTIONS] : NULL;
}
