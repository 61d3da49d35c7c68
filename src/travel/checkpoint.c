/* checkpoint.c - takes and restores the state of a run. */
#include "travel/checkpoint.h"

#include "run/internal.h"

#include <stdlib.h>

static void free_expectation(struct expectation *e)
{
    free(e->condition);
    free(e->found);
}

/* Makes a deep copy. 0, or -1 without memory (nothing needs freeing then). */
static int copy_expectation(struct expectation *to, const struct expectation *from)
{
    *to = *from;
    to->condition = strdup(from->condition);
    to->found = from->found ? strdup(from->found) : NULL;
    if (to->condition && (to->found || !from->found))
        return 0;
    free_expectation(to);
    return -1;
}

void archive_free(struct archive *archive)
{
    for (size_t i = 0; i < archive->expectations.len; i++)
        free_expectation(&archive->expectations.data[i]);
    vec_free(&archive->expectations);
    for (size_t i = 0; i < archive->heaps.len; i++)
        vec_free(&archive->heaps.data[i].records);
    vec_free(&archive->heaps);
}

/* Adds the records of a heap that are new to the archive. 0, or -1 without memory. */
static int archive_heap(struct archive *archive, size_t index, const struct heap *heap)
{
    while (archive->heaps.len <= index)
        if (vec_push(&archive->heaps, (struct archive_heap){0}))
            return -1;
    struct archive_heap *kept = &archive->heaps.data[index];
    if (kept->records.len >= heap->collections.len)
        return 0;
    size_t more = heap->collections.len - kept->records.len;
    if (vec_reserve(&kept->records, more))
        return -1;
    memcpy(kept->records.data + kept->records.len, heap->collections.data + kept->records.len,
           more * sizeof *kept->records.data);
    kept->records.len += more;
    return 0;
}

/* Adds the results of expectations that are new to the archive. 0, or -1 without memory. */
static int archive_expectations(struct archive *archive, const struct run *run)
{
    while (archive->expectations.len < run->expectations.len) {
        struct expectation copy;
        if (vec_reserve(&archive->expectations, 1) ||
            copy_expectation(&copy, &run->expectations.data[archive->expectations.len]))
            return -1;
        archive->expectations.data[archive->expectations.len++] = copy;
    }
    return 0;
}

/* ---- taking ---- */

/*
 * Copies a worker into *to, which the checkpoint's list has room for; its label is copied too. 0, or -1 without memory
 * (*to owns nothing then).
 */
static int take_worker(struct worker *to, const struct worker *from, uint64_t *bytes)
{
    uint64_t heap_bytes = 0;
    *to = *from;
    to->lookup = (struct lookup){0}; /* what the worker has looked up stays with it */
    if (from->label && (to->label = strdup(from->label)) == NULL)
        return -1;
    if (from->ready && heap_save(&to->heap, &from->heap, &heap_bytes)) {
        free(to->label);
        return -1;
    }
    *bytes += sizeof *to + heap_bytes;
    return 0;
}

static int take_workers(struct checkpoint *c, const struct run *run, struct archive *archive)
{
    if (vec_reserve(&c->workers, run->workers.len))
        return -1;
    for (size_t i = 0; i < run->workers.len; i++) {
        const struct worker *from = run->workers.data[i];
        if (from == run->current)
            c->current = i;
        if ((from->ready && archive_heap(archive, i, &from->heap)) || take_worker(&c->workers.data[i], from, &c->bytes))
            return -1;
        c->workers.len++;
    }
    return 0;
}

int checkpoint_take(struct checkpoint *c, const struct run *run, struct archive *archive)
{
    *c = (struct checkpoint){
        .steps = run->steps,
        .work = run_work(run),
        .event = run_events(run),
        .now_ns = run_now(run),
        .bytes = sizeof *c,
        .expectations = run->expectations.len,
        .line = run->line,
        .preamble = run->preamble,
        .stops = run->stops,
        .micro_steps = run->micro_steps,
        .last_micro = run->last_micro,
        .passed = run->passed,
        .failed = run->failed,
        .ended = run->ended,
    };
    bool failed =
        trace_save(run->reader, &c->place) || archive_expectations(archive, run) || take_workers(c, run, archive);
    if (!failed && run->title)
        failed = (c->title = strdup(run->title)) == NULL;
    if (failed)
        checkpoint_free(c);
    return failed ? -1 : 0;
}

void checkpoint_free(struct checkpoint *c)
{
    for (size_t i = 0; i < c->workers.len; i++) {
        if (c->workers.data[i].ready)
            heap_free(&c->workers.data[i].heap);
        free(c->workers.data[i].label);
    }
    vec_free(&c->workers);
    trace_place_free(&c->place);
    free(c->title);
}

void checkpoint_mark_names(struct checkpoint *c)
{
    for (size_t i = 0; i < c->workers.len; i++)
        if (c->workers.data[i].ready)
            heap_mark_names(&c->workers.data[i].heap);
}

/* ---- restoring ---- */

/* Restores a heap of the run. 0, or -1 without memory. */
static int restore_worker(const struct run *run, struct worker *to, const struct worker *saved,
                          const struct archive_heap *kept)
{
    if (saved->ready && heap_restore(&to->heap, &saved->heap, kept->records.data))
        return -1;
    if (to->ready && !saved->ready)
        heap_free(&to->heap);
    struct heap heap = saved->ready ? to->heap : saved->heap;
    char *label = to->label;
    lookup_free(&to->lookup);
    *to = *saved;
    to->label = label;
    to->heap = heap;
    to->heap.worker.name = label;
    to->heap.listeners = run->listeners;
    to->heap.listening = run->listening;
    return 0;
}

static int restore_workers(const struct checkpoint *c, struct run *run, const struct archive *archive)
{
    static const struct archive_heap none;
    if (workers_restore(run, c->workers.data, c->workers.len))
        return -1;
    for (size_t i = 0; i < c->workers.len; i++)
        if (restore_worker(run, run->workers.data[i], &c->workers.data[i],
                           i < archive->heaps.len ? &archive->heaps.data[i] : &none))
            return -1;
    workers_select(run, run->workers.data[c->current]);
    return 0;
}

static int restore_title(const struct checkpoint *c, struct run *run)
{
    char *title = c->title ? strdup(c->title) : NULL;
    if (c->title && !title)
        return -1;
    free(run->title);
    run->title = title;
    return 0;
}

/* Forgets results after the checkpoint, which will come again. Results that the run lacks are in the archive. */
static int restore_expectations(const struct checkpoint *c, struct run *run, const struct archive *archive)
{
    while (run->expectations.len > c->expectations)
        free_expectation(&run->expectations.data[--run->expectations.len]);
    while (run->expectations.len < c->expectations) {
        struct expectation copy;
        if (copy_expectation(&copy, &archive->expectations.data[run->expectations.len]))
            return -1;
        if (vec_push(&run->expectations, copy)) {
            free_expectation(&copy);
            return -1;
        }
    }
    return 0;
}

int checkpoint_restore(const struct checkpoint *c, struct run *run, const struct archive *archive, struct error *error)
{
    run->batch_len = run->batch_next = run->batch_hinted = 0;
    run->stage = 0;
    if (restore_title(c, run) || restore_workers(c, run, archive) || restore_expectations(c, run, archive))
        return error_memory(error);
    run->line = c->line;
    run->steps = c->steps;
    run->preamble = c->preamble;
    run->stops = c->stops;
    run->micro_steps = c->micro_steps;
    run->last_micro = c->last_micro;
    run->passed = c->passed;
    run->failed = c->failed;
    run->ended = c->ended;
    error_clear(&run->verify_error);
    return trace_restore(run->reader, &c->place, error);
}
