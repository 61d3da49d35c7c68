/* travel.c - opening and closing a travel, its listeners, and what is known of the trace. */
#include "travel/internal.h"

#include <stdlib.h>

#define BIT(kind) (UINT64_C(1) << HAPPENING_##kind)

/* ---- the index ---- */

static int add_chapter(struct travel *t, const struct trace_event *ev)
{
    size_t len = ev->text_len;
    const char *text = ev->text;
    while (len > 0 && (*text == ' ' || *text == '\t'))
        text++, len--;
    while (len > 0 && (text[len - 1] == ' ' || text[len - 1] == '\t'))
        len--;
    char *copy = strndup(text, len);
    struct travel_chapter chapter = {
        .step = t->run.steps + 1, .event = run_events(&t->run), .line = ev->line, .text = copy};
    if (!copy || vec_push(&t->chapters, chapter)) {
        free(copy);
        return -1;
    }
    return 0;
}

static int add_collection(struct travel *t, const struct heap *heap)
{
    const struct collection *now = &heap->gc.now;
    struct travel_collection collection = {.step = t->run.steps + 1,
                                           .event = heap->event,
                                           .start_ns = now->start_ns,
                                           .pause_ns = now->pause_ns,
                                           .worker = heap->worker.index,
                                           .type = now->type};
    return vec_push(&t->collections, collection);
}

/* ---- hearing ---- */

static void tell_list(struct listener *list, const struct heap *heap, const struct happening *happening)
{
    for (; list; list = list->next)
        if (list->mask & UINT64_C(1) << happening->kind)
            list->hear(list->self, heap, happening);
}

static void hear(void *self, const struct heap *heap, const struct happening *happening)
{
    struct travel *t = self;
    if (t->first) {
        if (happening->kind == HAPPENING_GC_END && add_collection(t, heap))
            t->no_memory = true;
        tell_list(t->firsts, heap, happening);
    }
    if (t->telling)
        tell_list(t->told, heap, happening);
    if (t->watch.on)
        watch_hear(t, heap, happening);
    if (t->life.history)
        history_hear(t, heap, happening);
    if (t->scanning && t->seek.goal == TRAVEL_NEXT_COLLECTION && happening->kind == HAPPENING_GC_END)
        run_interrupt(&t->run);
}

static void said(void *self, const struct run *run, const struct trace_event *ev)
{
    struct travel *t = self;
    if (t->first) {
        if (ev->op == TRACE_CHAPTER && add_chapter(t, ev))
            t->no_memory = true;
        if (t->options.hooks.first_said)
            t->options.hooks.first_said(t->options.hooks.self, run, ev);
    }
    if (t->telling && t->options.hooks.said)
        t->options.hooks.said(t->options.hooks.self, run, ev);
    if (t->scanning && t->seek.goal == TRAVEL_NEXT_CHAPTER && ev->op == TRACE_CHAPTER)
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

static uint64_t masks(const struct listener *list)
{
    uint64_t mask = 0;
    for (; list; list = list->next)
        mask |= list->mask;
    return mask;
}

void travel_attend(struct travel *t)
{
    uint64_t mask = 0;
    if (t->first)
        mask |= BIT(GC_END) | masks(t->firsts);
    if (t->telling)
        mask |= masks(t->told);
    if (t->watch.on)
        mask |= t->watch.mask;
    if (t->life.history)
        mask |= BIT(ALLOC) | BIT(MOVE) | BIT(PROMOTE) | BIT(EVACUATE);
    if (t->scanning)
        mask |= BIT(GC_END);
    if (t->relayed && mask == t->relay.mask)
        return;
    if (t->relayed)
        run_unlisten(&t->run, &t->relay);
    t->relay.mask = mask;
    t->relayed = mask != 0;
    if (t->relayed)
        run_listen(&t->run, &t->relay);
}

static void add_listener(struct listener **list, struct listener *listener)
{
    while (*list)
        list = &(*list)->next;
    listener->next = NULL;
    *list = listener;
}

void travel_listen(struct travel *t, struct listener *listener)
{
    add_listener(&t->told, listener);
    travel_attend(t);
}

void travel_unlisten(struct travel *t, struct listener *listener)
{
    for (struct listener **at = &t->told; *at; at = &(*at)->next) {
        if (*at == listener) {
            *at = listener->next;
            break;
        }
    }
    travel_attend(t);
}

void travel_listen_first(struct travel *t, struct listener *listener)
{
    add_listener(&t->firsts, listener);
    travel_attend(t);
}

void travel_on_wait(struct travel *t, int (*wait)(void *self, int fd), void *self)
{
    trace_on_wait(t->run.reader, wait, self);
}

/* ---- opening and closing ---- */

/* A sweep of the names spares those that checkpoints use. */
static void mark_names(void *self)
{
    struct travel *t = self;
    for (size_t i = 0; i < t->checkpoints.len; i++)
        checkpoint_mark_names(t->checkpoints.data[i]);
}

static struct travel *travel_new(const struct travel_options *options, struct error *error)
{
    struct travel *t = calloc(1, sizeof *t);
    if (!t) {
        error_memory(error);
        return NULL;
    }
    t->options = *options;
    t->budget = options->budget ? options->budget : TRAVEL_BUDGET;
    t->tail = options->tail ? options->tail : TRAVEL_TAIL;
    t->relay = (struct listener){.hear = hear, .self = t};
    t->contiguous = true;
    return t;
}

static struct run_options run_options_of(struct travel *t)
{
    struct run_options options = t->options.run;
    options.hooks = (struct run_hooks){.self = t, .figure = figure, .said = said, .expected = expected};
    return options;
}

/* What follows after the run was opened. */
static int begin(struct travel *t, struct error *error)
{
    if (trace_keep(t->run.reader, t->options.spool, error))
        return -1;
    t->run.mark_names = mark_names;
    t->run.mark_self = t;
    motion_keep(t);
    return t->checkpoints.len == 0 ? error_memory(error) : 0;
}

int travel_open(struct travel **travel, const char *path, const struct travel_options *options, struct error *error)
{
    struct travel *t = *travel = travel_new(options, error);
    if (!t)
        return -1;
    struct run_options chosen = run_options_of(t);
    if (run_open(&t->run, path, &chosen, error) == 0 && begin(t, error) == 0)
        return 0;
    travel_close(t);
    *travel = NULL;
    return -1;
}

int travel_open_memory(struct travel **travel, const char *path, const char *text, size_t len,
                       const struct travel_options *options, struct error *error)
{
    struct travel *t = *travel = travel_new(options, error);
    if (!t)
        return -1;
    struct run_options chosen = run_options_of(t);
    if (run_open_memory(&t->run, path, text, len, &chosen, error) == 0 && begin(t, error) == 0)
        return 0;
    travel_close(t);
    *travel = NULL;
    return -1;
}

void travel_close(struct travel *t)
{
    if (!t)
        return;
    run_close(&t->run);
    motion_free(t);
    archive_free(&t->archive);
    for (size_t i = 0; i < t->chapters.len; i++)
        free(t->chapters.data[i].text);
    vec_free(&t->chapters);
    vec_free(&t->collections);
    vec_free(&t->watch.held);
    travel_history_free(&t->life.part);
    breakpoints_free(&t->breakpoints);
    free(t);
}

/* ---- where we are ---- */

const struct run *travel_run(const struct travel *t)
{
    return &t->run;
}

struct travel_position travel_here(const struct travel *t)
{
    if (t->at_end)
        return (struct travel_position){t->end_step, 0};
    return (struct travel_position){t->run.steps, run_micro(&t->run)};
}

struct travel_position travel_frontier(const struct travel *t)
{
    return t->frontier;
}

bool travel_in_history(const struct travel *t)
{
    return !t->first && travel_order(travel_here(t), t->frontier) < 0;
}

bool travel_end(const struct travel *t, uint64_t *events, uint64_t *steps)
{
    *events = t->end_events;
    *steps = t->end_step;
    return t->end_known;
}

bool travel_ended(const struct travel *t)
{
    return t->at_end;
}

uint64_t travel_frontier_event(const struct travel *t)
{
    return t->frontier_event;
}

uint64_t travel_frontier_ns(const struct travel *t)
{
    return t->frontier_ns;
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

size_t travel_checkpoints(const struct travel *t, uint64_t *bytes)
{
    *bytes = t->bytes;
    return t->checkpoints.len;
}

size_t travel_chapters(const struct travel *t, const struct travel_chapter **chapters)
{
    *chapters = t->chapters.data;
    return t->chapters.len;
}

size_t travel_collections(const struct travel *t, const struct travel_collection **collections)
{
    *collections = t->collections.data;
    return t->collections.len;
}

struct breakpoints *travel_breakpoints(struct travel *t)
{
    return &t->breakpoints;
}

const struct breakpoint_hit *travel_hit(const struct travel *t)
{
    return &t->watch.what;
}
