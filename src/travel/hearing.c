/*
 * hearing.c - what a travel hears of its run, and passes on: to the index of chapters and collections, the listeners of
 * the screen, and the searching parts of the travel, each at its time.
 */
#include "travel/internal.h"

#include <stdlib.h>

/* ---- the index ---- */

static int add_chapter(struct travel *t, const struct trace_event *ev)
{
    struct text_word w = text_trim(ev->text, ev->text_len);
    char *copy = strndup(w.text, w.len);
    struct travel_chapter chapter = {
        .step = t->run.steps + 1, .event = run_events(&t->run), .line = ev->line, .text = copy};
    if (!copy || vec_push(&t->chapters, chapter)) {
        free(copy);
        return -1;
    }
    return 0;
}

/* An episode of the collector's work ends with what happens now. */
static int add_episode(struct travel *t, uint8_t kind)
{
    struct travel_episode episode = {
        .step = t->run.steps + 1, .micro = run_all_micro_steps(&t->run) - t->run.micro_steps, .kind = kind};
    return vec_push(&t->episodes, episode);
}

void index_hear(void *self, const struct heap *heap, const struct happening *happening)
{
    struct travel *t = self;
    const struct collection *now = &heap->gc.now;
    struct travel_collection collection = {.step = t->run.steps + 1,
                                           .event = heap->event,
                                           .start_ns = now->start_ns,
                                           .pause_ns = now->pause_ns,
                                           .worker = heap->worker.index,
                                           .type = now->type};
    bool ends = happening->kind == HAPPENING_GC_END;
    if (add_episode(t, ends ? now->type : COLLECTION_TYPES) || (ends && vec_push(&t->collections, collection)))
        t->no_memory = true;
}

/* ---- hearing ---- */

/* Is it these listeners' time? */
static bool heard(const struct travel *t, enum when when)
{
    switch (when) {
    case WHEN_FIRST: return t->first;
    case WHEN_TOLD: return t->telling;
    case WHEN_WATCHED: return t->watch.on;
    case WHEN_SOUGHT: return t->life.history != NULL;
    case WHEN_SCANNING: return t->scanning;
    case WHEN_COUNT: break;
    }
    return false;
}

static void hear(void *self, const struct heap *heap, const struct happening *happening)
{
    struct travel *t = self;
    for (enum when when = 0; when < WHEN_COUNT; when++)
        for (struct listener *l = heard(t, when) ? t->listeners[when] : NULL; l; l = l->next)
            if (l->mask & UINT64_C(1) << happening->kind)
                l->hear(l->self, heap, happening);
}

void travel_attend(struct travel *t)
{
    uint64_t mask = 0;
    for (enum when when = 0; when < WHEN_COUNT; when++)
        for (struct listener *l = heard(t, when) ? t->listeners[when] : NULL; l; l = l->next)
            mask |= l->mask;
    if (t->relayed && mask == t->relay.mask)
        return;
    if (t->relayed)
        run_unlisten(&t->run, &t->relay);
    t->relay = (struct listener){.mask = mask, .hear = hear, .self = t};
    t->relayed = mask != 0;
    if (t->relayed)
        run_listen(&t->run, &t->relay);
}

void hearing_add(struct travel *t, enum when when, struct listener *listener)
{
    struct listener **at = &t->listeners[when];
    while (*at)
        at = &(*at)->next;
    listener->next = NULL;
    *at = listener;
    travel_attend(t);
}

void travel_listen(struct travel *t, struct listener *listener)
{
    hearing_add(t, WHEN_TOLD, listener);
}

void travel_unlisten(struct travel *t, struct listener *listener)
{
    for (struct listener **at = &t->listeners[WHEN_TOLD]; *at; at = &(*at)->next) {
        if (*at == listener) {
            *at = listener->next;
            break;
        }
    }
    travel_attend(t);
}

void travel_listen_first(struct travel *t, struct listener *listener)
{
    hearing_add(t, WHEN_FIRST, listener);
}

void scan_hear(void *self, const struct heap *heap, const struct happening *happening)
{
    struct travel *t = self;
    (void)heap, (void)happening;
    if (t->seek.goal == TRAVEL_NEXT_COLLECTION)
        run_interrupt(&t->run);
}

/* ---- what is said ---- */

static void said(void *self, const struct run *run, const struct trace_event *ev)
{
    struct travel *t = self;
    if (t->first) {
        if ((ev->op == TRACE_CHAPTER && add_chapter(t, ev)) ||
            (ev->op == TRACE_ASK && vec_push(&t->questions, t->run.steps + 1)))
            t->no_memory = true;
        if (t->options.hooks.first_said)
            t->options.hooks.first_said(t->options.hooks.self, run, ev);
    }
    if (t->telling && t->options.hooks.said)
        t->options.hooks.said(t->options.hooks.self, run, ev);
    if (t->scanning && (ev->op == TRACE_ASK || (t->seek.goal == TRAVEL_NEXT_CHAPTER && ev->op == TRACE_CHAPTER)))
        run_interrupt(&t->run);
}

static void expected(void *self, const struct run *run, const struct expectation *expectation)
{
    struct travel *t = self;
    (void)run;
    if (t->telling && t->options.hooks.expected)
        t->options.hooks.expected(t->options.hooks.self, run, expectation);
}

static int figure(void *self, const struct run *run, const char *path, size_t len, uint64_t *value, bool *ratio)
{
    const struct run_hooks *hooks = &((struct travel *)self)->options.run.hooks;
    return hooks->figure ? hooks->figure(hooks->self, run, path, len, value, ratio) : -1;
}

struct run_hooks hearing_hooks(struct travel *t)
{
    return (struct run_hooks){.self = t, .figure = figure, .said = said, .expected = expected};
}

/* ---- where we are ---- */

struct travel_position travel_here(const struct travel *t)
{
    if (t->at_end)
        return (struct travel_position){t->end_step, 0};
    return (struct travel_position){t->run.steps, run_micro(&t->run)};
}

void travel_note_frontier(struct travel *t)
{
    struct travel_position here = travel_here(t);
    if (travel_order(here, t->frontier) <= 0)
        return;
    t->frontier = here;
    t->frontier_event = run_events(&t->run);
    t->frontier_ns = run_now(&t->run);
    if (t->options.hooks.first_seen)
        t->options.hooks.first_seen(t->options.hooks.self, &t->run);
}
