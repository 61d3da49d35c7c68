/*
 * workers.c - the heaps of a run: the main one, and the workers'.
 *
 * Each is made at its first event. They share the table of names, in which the same text has the same number for all,
 * and the listeners; what a name names is separate for each heap.
 */
#include "run/internal.h"

#include "run/reach.h"

#include <stdlib.h>

/* Adds a worker whose heap will be made later. NULL after filling error. */
static struct worker *add(struct run *run, uint32_t name, struct error *error)
{
    struct worker *worker = calloc(1, sizeof *worker);
    if (!worker || vec_reserve(&run->worker_names, 1) || vec_push(&run->workers, worker)) {
        free(worker);
        error_memory(error);
        return NULL;
    }
    worker->index = (uint32_t)run->worker_names.len;
    run->worker_names.data[run->worker_names.len++] = name;
    return worker;
}

int workers_init(struct run *run, struct error *error)
{
    run->current = add(run, NAME_NONE, error);
    if (!run->current)
        return -1;
    run->current->settings = run->options.settings;
    return 0;
}

/* Removes the workers after the first count. */
static void keep_first(struct run *run, size_t count)
{
    while (run->workers.len > count) {
        struct worker *worker = run->workers.data[--run->workers.len];
        run->worker_names.len--;
        if (worker->ready)
            heap_free(&worker->heap);
        lookup_free(&worker->lookup);
        reach_free(worker->reach);
        free(worker->label);
        free(worker);
    }
}

void workers_free(struct run *run)
{
    keep_first(run, 0);
    vec_free(&run->workers);
    vec_free(&run->worker_names);
}

/* ---- making ---- */

/* Reports a configuration that contradicts itself, and whose it is. */
static int explain_settings(const struct worker *worker, struct error *wrong, struct error *error)
{
    struct text_quoted quoted;
    if (wrong->kind == ERROR_MEMORY)
        error_memory(error);
    else if (worker->label)
        error_set(error, wrong->kind, wrong->line, wrong->column, "worker \"%s\": %s",
                  text_quote(&quoted, worker->label, strlen(worker->label)), error_text(wrong));
    else
        error_set(error, wrong->kind, wrong->line, wrong->column, "%s", error_text(wrong));
    error_clear(wrong);
    return -1;
}

static int make_heap(struct run *run, struct worker *worker, struct error *error)
{
    struct config config;
    struct error wrong = {0};
    uint64_t event = worker->heap.event;
    if (settings_resolve(&worker->settings, &config, &wrong))
        return explain_settings(worker, &wrong, error);
    if (heap_init(&worker->heap, &config, &run->names, error))
        return -1;
    worker->ready = true;
    worker->heap.event = event;
    worker->heap.max_collections = run->options.max_collections;
    worker->heap.worker.name = worker->label;
    worker->heap.worker.index = worker->index;
    worker->heap.listeners = run->listeners;
    worker->heap.listening = run->listening;
    return 0;
}

int workers_ready(struct run *run, struct error *error)
{
    return run->current->ready ? 0 : make_heap(run, run->current, error);
}

int workers_finish(struct run *run, struct error *error)
{
    for (size_t i = 0; i < run->workers.len; i++) {
        struct worker *worker = run->workers.data[i];
        bool used = worker->named || !run_has_workers(run);
        if (!worker->ready && used && make_heap(run, worker, error))
            return -1;
    }
    return 0;
}

/* ---- switching ---- */

/* The worker that a worker line names, or NULL. */
static struct worker *find(const struct run *run, uint32_t name)
{
    const uint32_t *names = run->worker_names.data;
    for (size_t i = 0; i < run->worker_names.len; i++)
        if (names[i] == name)
            return run->workers.data[i];
    return NULL;
}

/* A worker starts with the configuration that the trace has set so far. NULL after filling error. */
static struct worker *add_worker(struct run *run, uint32_t name, const char *text, size_t len, struct error *error)
{
    char *label = strndup(text, len);
    struct worker *worker = label ? add(run, name, error) : NULL;
    if (!worker) {
        free(label);
        error_memory(error);
        return NULL;
    }
    worker->label = label;
    worker->settings = run->workers.data[0]->settings;
    return worker;
}

/* The worker that a worker line names, made if this is its first. NULL after filling error. */
static struct worker *worker_of(struct run *run, const struct trace_event *ev, struct error *error)
{
    char digits[NAME_DIGITS];
    size_t len;
    struct worker *known = find(run, ev->a);
    if (known)
        return known;
    if (run->workers.len >= ISOLATES_MOST) {
        fail_at(ev, 1, error, "too many workers, expected at most %u", ISOLATES_MOST - 1);
        return NULL;
    }
    const char *text = names_text(&run->names, ev->a, digits, &len);
    return add_worker(run, ev->a, text, len, error);
}

int workers_switch(struct run *run, const struct trace_event *ev, struct error *error)
{
    uint32_t *main = &run->worker_names.data[0];
    if (*main == NAME_NONE && (*main = names_intern(&run->names, "main", 4)) == NAME_NONE)
        return error_memory(error);
    struct worker *to = worker_of(run, ev, error);
    if (!to)
        return -1;
    to->named = true;
    to->heap.event = run->current->heap.event;
    run->other_micro_steps += run->current->heap.micro_steps;
    run->other_micro_steps -= to->heap.micro_steps;
    run->latest_ns = run_now(run);
    run->current = to;
    return 0;
}

/* ---- going back ---- */

int workers_restore(struct run *run, const struct worker *saved, size_t count)
{
    struct error ignored = {0};
    size_t same = 1;
    while (same < count && same < run->workers.len && strcmp(run->workers.data[same]->label, saved[same].label) == 0)
        same++;
    keep_first(run, same);
    for (; same < count; same++) {
        size_t len = strlen(saved[same].label);
        uint32_t name = names_intern(&run->names, saved[same].label, len);
        if (name == NAME_NONE || !add_worker(run, name, saved[same].label, len, &ignored))
            return -1;
    }
    return 0;
}

void workers_select(struct run *run, struct worker *worker)
{
    run->current = worker;
    run->latest_ns = 0;
    run->other_micro_steps = 0;
    for (size_t i = 0; i < run->workers.len; i++) {
        const struct worker *it = run->workers.data[i];
        if (it == worker || !it->ready)
            continue;
        uint64_t now = heap_now(&it->heap);
        run->latest_ns = now > run->latest_ns ? now : run->latest_ns;
        run->other_micro_steps += it->heap.micro_steps;
    }
}

void workers_mark_names(struct run *run)
{
    for (size_t i = 0; i < run->workers.len; i++) {
        struct worker *worker = run->workers.data[i];
        names_mark(&run->names, run->worker_names.data[i]);
        if (worker->ready)
            heap_mark_names(&worker->heap);
    }
}

/* ---- listening ---- */

/* All heaps have the run's list. */
static void share_listeners(struct run *run)
{
    run->listening = 0;
    for (const struct listener *l = run->listeners; l; l = l->next)
        run->listening |= l->mask;
    for (size_t i = 0; i < run->workers.len; i++) {
        run->workers.data[i]->heap.listeners = run->listeners;
        run->workers.data[i]->heap.listening = run->listening;
    }
}

void run_listen(struct run *run, struct listener *listener)
{
    struct listener **end = &run->listeners;
    while (*end)
        end = &(*end)->next;
    listener->next = NULL;
    *end = listener;
    share_listeners(run);
}

void run_unlisten(struct run *run, struct listener *listener)
{
    for (struct listener **at = &run->listeners; *at;)
        if (*at == listener)
            *at = listener->next;
        else
            at = &(*at)->next;
    share_listeners(run);
}

/* ---- reading ---- */

bool run_has_workers(const struct run *run)
{
    return run->workers.len > 1;
}

size_t run_workers(const struct run *run)
{
    return run->workers.len;
}

const struct worker *run_worker(const struct run *run, size_t index)
{
    return run->workers.data[index];
}

const char *worker_name(const struct worker *worker)
{
    return worker->label ? worker->label : "main";
}

enum outcome worker_outcome(const struct worker *worker)
{
    if (worker->failed > 0)
        return OUTCOME_EXPECTATION_FAILED;
    if (worker->ready && worker->heap.out_of_memory)
        return OUTCOME_OUT_OF_MEMORY;
    return OUTCOME_COMPLETED;
}

bool worker_lost(const struct worker *worker)
{
    return worker->ready && worker->heap.out_of_memory && !worker->oom_expected;
}

uint64_t run_now(const struct run *run)
{
    uint64_t now = run->current->ready ? heap_now(&run->current->heap) : 0;
    return now > run->latest_ns ? now : run->latest_ns;
}
