/*
 * isolates.c - the heaps of a run: the main one, and the workers'.
 *
 * Each is made at its first event. They share the table of names, in which the
 * same text has the same number for all, and the listeners; what a name names is
 * each heap's own.
 */
#include "run/internal.h"

#include <stdlib.h>

/* Adds a heap to come. NULL after filling error. */
static struct isolate *add(struct run *run, uint32_t name, struct error *error)
{
    struct isolate *isolate = calloc(1, sizeof *isolate);
    if (!isolate || vec_reserve(&run->isolate_names, 1) || vec_push(&run->isolates, isolate)) {
        free(isolate);
        error_memory(error);
        return NULL;
    }
    isolate->index = (uint32_t)run->isolate_names.len;
    run->isolate_names.data[run->isolate_names.len++] = name;
    return isolate;
}

int isolates_init(struct run *run, struct error *error)
{
    run->current = add(run, NAME_NONE, error);
    if (!run->current)
        return -1;
    run->current->settings = run->options.settings;
    return 0;
}

/* Takes away those behind the first count. */
static void keep_first(struct run *run, size_t count)
{
    while (run->isolates.len > count) {
        struct isolate *isolate = run->isolates.data[--run->isolates.len];
        run->isolate_names.len--;
        if (isolate->ready)
            heap_free(&isolate->heap);
        free(isolate->label);
        free(isolate);
    }
}

void isolates_free(struct run *run)
{
    keep_first(run, 0);
    vec_free(&run->isolates);
    vec_free(&run->isolate_names);
}

/* ---- making ---- */

/* A configuration that contradicts itself: says whose it is. */
static int explain_settings(const struct isolate *isolate, struct error *wrong, struct error *error)
{
    struct text_quoted quoted;
    if (wrong->kind == ERROR_MEMORY)
        error_memory(error);
    else if (isolate->label)
        error_set(error, wrong->kind, wrong->line, wrong->column, "worker \"%s\": %s",
                  text_quote(&quoted, isolate->label, strlen(isolate->label)), error_text(wrong));
    else
        error_set(error, wrong->kind, wrong->line, wrong->column, "%s", error_text(wrong));
    error_clear(wrong);
    return -1;
}

static int make_heap(struct run *run, struct isolate *isolate, struct error *error)
{
    struct config config;
    struct error wrong = {0};
    uint64_t event = isolate->heap.event;
    if (settings_resolve(&isolate->settings, &config, &wrong))
        return explain_settings(isolate, &wrong, error);
    if (heap_init(&isolate->heap, &config, &run->names, error))
        return -1;
    isolate->ready = true;
    isolate->heap.event = event;
    isolate->heap.max_collections = run->options.max_collections;
    isolate->heap.worker.name = isolate->label;
    isolate->heap.worker.index = isolate->index;
    isolate->heap.listeners = run->listeners;
    isolate->heap.listening = run->listening;
    return 0;
}

int isolates_ready(struct run *run, struct error *error)
{
    return run->current->ready ? 0 : make_heap(run, run->current, error);
}

int isolates_finish(struct run *run, struct error *error)
{
    for (size_t i = 0; i < run->isolates.len; i++) {
        struct isolate *isolate = run->isolates.data[i];
        bool used = isolate->named || !run_has_workers(run);
        if (!isolate->ready && used && make_heap(run, isolate, error))
            return -1;
    }
    return 0;
}

/* ---- switching ---- */

/* The one that a worker line names, or NULL. */
static struct isolate *find(const struct run *run, uint32_t name)
{
    const uint32_t *names = run->isolate_names.data;
    for (size_t i = 0; i < run->isolate_names.len; i++)
        if (names[i] == name)
            return run->isolates.data[i];
    return NULL;
}

/* A worker begins with the configuration that the trace has asked for so far. NULL after filling error. */
static struct isolate *add_worker(struct run *run, uint32_t name, const char *text, size_t len, struct error *error)
{
    char *label = strndup(text, len);
    struct isolate *isolate = label ? add(run, name, error) : NULL;
    if (!isolate) {
        free(label);
        error_memory(error);
        return NULL;
    }
    isolate->label = label;
    isolate->settings = run->isolates.data[0]->settings;
    return isolate;
}

/* The one that a worker line names, which may be its first. NULL after filling error. */
static struct isolate *worker_of(struct run *run, const struct trace_event *ev, struct error *error)
{
    char digits[NAME_DIGITS];
    size_t len;
    struct isolate *known = find(run, ev->a);
    if (known)
        return known;
    if (run->isolates.len >= ISOLATES_MOST) {
        fail_at(ev, 1, error, "too many workers, expected at most %u", ISOLATES_MOST - 1);
        return NULL;
    }
    const char *text = names_text(&run->names, ev->a, digits, &len);
    return add_worker(run, ev->a, text, len, error);
}

int isolates_switch(struct run *run, const struct trace_event *ev, struct error *error)
{
    uint32_t *main = &run->isolate_names.data[0];
    if (*main == NAME_NONE && (*main = names_intern(&run->names, "main", 4)) == NAME_NONE)
        return error_memory(error);
    struct isolate *to = worker_of(run, ev, error);
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

int isolates_restore(struct run *run, const struct isolate *saved, size_t count)
{
    struct error ignored = {0};
    size_t same = 1;
    while (same < count && same < run->isolates.len && strcmp(run->isolates.data[same]->label, saved[same].label) == 0)
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

void isolates_select(struct run *run, struct isolate *isolate)
{
    run->current = isolate;
    run->latest_ns = 0;
    run->other_micro_steps = 0;
    for (size_t i = 0; i < run->isolates.len; i++) {
        const struct isolate *it = run->isolates.data[i];
        if (it == isolate || !it->ready)
            continue;
        uint64_t now = heap_now(&it->heap);
        run->latest_ns = now > run->latest_ns ? now : run->latest_ns;
        run->other_micro_steps += it->heap.micro_steps;
    }
}

void isolates_mark_names(struct run *run)
{
    for (size_t i = 0; i < run->isolates.len; i++) {
        struct isolate *isolate = run->isolates.data[i];
        names_mark(&run->names, run->isolate_names.data[i]);
        if (isolate->ready)
            heap_mark_names(&isolate->heap);
    }
}

/* ---- listening ---- */

/* All heaps have the run's list. */
static void share_listeners(struct run *run)
{
    run->listening = 0;
    for (const struct listener *l = run->listeners; l; l = l->next)
        run->listening |= l->mask;
    for (size_t i = 0; i < run->isolates.len; i++) {
        run->isolates.data[i]->heap.listeners = run->listeners;
        run->isolates.data[i]->heap.listening = run->listening;
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
    return run->isolates.len > 1;
}

size_t run_isolates(const struct run *run)
{
    return run->isolates.len;
}

const struct isolate *run_isolate(const struct run *run, size_t index)
{
    return run->isolates.data[index];
}

const char *isolate_name(const struct isolate *isolate)
{
    return isolate->label ? isolate->label : "main";
}

enum outcome isolate_outcome(const struct isolate *isolate)
{
    if (isolate->failed > 0)
        return OUTCOME_EXPECTATION_FAILED;
    if (isolate->ready && isolate->heap.out_of_memory)
        return OUTCOME_OUT_OF_MEMORY;
    return OUTCOME_COMPLETED;
}
