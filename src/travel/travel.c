/* travel.c - opening and closing a travel, and what is known of the trace. */
#include "travel/internal.h"

#include <stdlib.h>

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
    t->index = (struct listener){.mask = BIT(GC_END) | BIT(STEP) | BIT(MARKING_ROOTS), .hear = index_hear, .self = t};
    t->watch.listener = (struct listener){.hear = watch_hear, .self = t};
    t->life.listener = (struct listener){
        .mask = BIT(ALLOC) | BIT(MOVE) | BIT(PROMOTE) | BIT(EVACUATE), .hear = history_hear, .self = t};
    t->scan = (struct listener){.mask = BIT(GC_END), .hear = scan_hear, .self = t};
    hearing_add(t, WHEN_FIRST, &t->index);
    hearing_add(t, WHEN_WATCHED, &t->watch.listener);
    hearing_add(t, WHEN_SOUGHT, &t->life.listener);
    hearing_add(t, WHEN_SCANNING, &t->scan);
    t->contiguous = true;
    return t;
}

static struct run_options run_options_of(struct travel *t)
{
    struct run_options options = t->options.run;
    options.hooks = hearing_hooks(t);
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
    vec_free(&t->questions);
    vec_free(&t->episodes);
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

size_t travel_episodes(const struct travel *t, const struct travel_episode **episodes)
{
    *episodes = t->episodes.data;
    return t->episodes.len;
}

struct breakpoints *travel_breakpoints(struct travel *t)
{
    return &t->breakpoints;
}

const struct breakpoint_hit *travel_hit(const struct travel *t)
{
    return &t->watch.what;
}
