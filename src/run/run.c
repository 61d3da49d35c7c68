/* run.c - a run of a trace; see run.h. */
#include "run/internal.h"

#include "gc/gc.h"

#include <stdlib.h>

#define BATCH 64 /* events scanned at a time: they stay in the first-level cache */

/* Adds a heap to come. NULL without memory. */
static struct isolate *add_isolate(struct run *run)
{
    struct isolate *isolate = calloc(1, sizeof *isolate);
    if (!isolate || vec_push(&run->isolates, isolate)) {
        free(isolate);
        return NULL;
    }
    return isolate;
}

static void free_isolate(struct isolate *isolate)
{
    if (isolate->ready)
        heap_free(&isolate->heap);
    free(isolate);
}

static int open_common(struct run *run, const char *path, const struct run_options *options, struct error *error)
{
    memset(run, 0, sizeof *run);
    names_init(&run->names);
    run->options = *options;
    if (run->options.max_collections == 0)
        run->options.max_collections = 100000;
    run->path = strdup(path);
    run->batch = malloc(BATCH * sizeof *run->batch);
    run->current = add_isolate(run);
    if (!run->path || !run->batch || !run->current)
        return error_memory(error);
    run->current->settings = options->settings;
    return 0;
}

int run_open(struct run *run, const char *path, const struct run_options *options, struct error *error)
{
    if (open_common(run, path, options, error))
        return -1;
    run->reader = trace_open(path, &run->names, error);
    return run->reader ? 0 : -1;
}

int run_open_memory(struct run *run, const char *path, const char *text, size_t len, const struct run_options *options,
                    struct error *error)
{
    if (open_common(run, path, options, error))
        return -1;
    run->reader = trace_open_memory(text, len, &run->names, error);
    return run->reader ? 0 : -1;
}

void run_close(struct run *run)
{
    if (run->reader)
        trace_close(run->reader);
    for (size_t i = 0; i < run->isolates.len; i++)
        free_isolate(run->isolates.data[i]);
    vec_free(&run->isolates);
    for (size_t i = 0; i < run->expectations.len; i++) {
        free(run->expectations.data[i].condition);
        free(run->expectations.data[i].found);
    }
    vec_free(&run->expectations);
    error_clear(&run->verify_error);
    free(run->batch);
    free(run->path);
    free(run->title);
    names_free(&run->names);
    memset(run, 0, sizeof *run);
}

/* ---- the heap ---- */

static void verify_after(void *self, const struct heap *heap, const struct happening *happening)
{
    struct run *run = self;
    (void)happening;
    if (run->verify_error.kind == ERROR_NONE && !heap->out_of_memory)
        heap_verify(heap, &run->verify_error);
}

/* Resolves the configuration and makes the heap, at the first line that needs it. */
static int make_heap(struct run *run, struct error *error)
{
    struct config config;
    if (settings_resolve(&run->current->settings, &config, error) || heap_init(&run->current->heap, &config, &run->names, error))
        return -1;
    run->current->ready = true;
    run->current->heap.max_collections = run->options.max_collections;
    while (run->pending_listeners) {
        struct listener *next = run->pending_listeners->next;
        heap_listen(&run->current->heap, run->pending_listeners);
        run->pending_listeners = next;
    }
    if (run->options.verify) {
        run->verifier = (struct listener){.mask = UINT64_C(1) << HAPPENING_GC_END, .hear = verify_after, .self = run};
        heap_listen(&run->current->heap, &run->verifier);
    }
    return 0;
}

void run_listen(struct run *run, struct listener *listener)
{
    if (run->current->ready) {
        heap_listen(&run->current->heap, listener);
        return;
    }
    struct listener **end = &run->pending_listeners;
    while (*end)
        end = &(*end)->next;
    listener->next = NULL;
    *end = listener;
}

/* ---- lines that do not act on the heap ---- */

/* Splits "KEY VALUE"; the reader has made sure that there are two fields. */
static int apply_set(struct run *run, const struct trace_event *ev, struct error *error)
{
    size_t key_len = 0, value;
    while (key_len < ev->text_len && ev->text[key_len] != ' ' && ev->text[key_len] != '\t')
        key_len++;
    for (value = key_len; value < ev->text_len && (ev->text[value] == ' ' || ev->text[value] == '\t');)
        value++;
    struct error wrong = {0};
    if (settings_set(&run->current->settings, SETTING_TRACE, ev->text, key_len, ev->text + value, ev->text_len - value,
                     &wrong) == 0)
        return 0;
    if (wrong.kind == ERROR_MEMORY)
        error_memory(error);
    else
        fail_at(ev, wrong.column == 2 ? 2 : 1, error, "%s", error_text(&wrong));
    error_clear(&wrong);
    return -1;
}

static int apply_title(struct run *run, const struct trace_event *ev, struct error *error)
{
    char *title = strndup(ev->text, ev->text_len);
    if (!title)
        return error_memory(error);
    free(run->title);
    run->title = title;
    return 0;
}

static int apply_quiet_line(struct run *run, const struct trace_event *ev, struct error *error)
{
    run->current->counts[ev->op]++;
    switch ((enum trace_op)ev->op) {
    case TRACE_SET:
        return apply_set(run, ev, error);
    case TRACE_EXPECT:
        if (!run->current->ready && make_heap(run, error))
            return -1;
        return expect_line(run, ev, error);
    case TRACE_WORKER:
        fail_at(ev, 0, error, "workers are not yet simulated");
        return -1;
    case TRACE_TITLE:
        if (apply_title(run, ev, error))
            return -1;
        break;
    default:
        break;
    }
    if (run->options.hooks.said && ev->op != TRACE_END)
        run->options.hooks.said(run->options.hooks.self, run, ev);
    return 0;
}

/* ---- out of memory ---- */

/* After it only "expect oom" may follow: at once, or right behind the "end" of the repeat that ran out. */
static int line_after_oom(struct run *run, const struct trace_event *ev, struct error *error)
{
    if (ev->op == TRACE_EXPECT && expect_is_oom(ev) && !run->current->oom_expected) {
        run->current->oom_expected = true;
        run->current->counts[TRACE_EXPECT]++;
        return expect_record(run, ev, NULL, error);
    }
    if (run->current->oom_expected) {
        fail_at(ev, 0, error, "nothing but comments may follow \"expect oom\"");
        return -1;
    }
    run->ended = true;
    return 0;
}

/*
 * The heap ran out in the event before batch_next. If that was in a repeat, its other rounds are skipped: the rest of
 * them may stand in the batch, with the "end" behind them, or have to be skipped by the reader.
 */
static void out_of_memory(struct run *run)
{
    if (!(run->batch[run->batch_next - 1].flags & EVENT_REPEAT))
        return;
    while (run->batch_next < run->batch_len)
        if (run->batch[run->batch_next++].op == TRACE_END)
            return;
    trace_skip_repeat(run->reader);
}

/* ---- going on ---- */

/* Names that nothing uses any more are dropped when the table has doubled. */
static int sweep_names(struct run *run, struct error *error)
{
    if (!names_full(&run->names))
        return 0;
    if (run->current->ready)
        heap_mark_names(&run->current->heap);
    trace_mark_names(run->reader);
    return names_sweep(&run->names) ? error_memory(error) : 0;
}

static int fill_batch(struct run *run, int max, struct error *error)
{
    if (sweep_names(run, error))
        return -1;
    run->batch_next = run->batch_len = 0;
    int got = trace_read(run->reader, run->batch, max, error);
    if (got > 0)
        run->batch_len = got;
    return got;
}

static enum run_state end_run(struct run *run, struct error *error)
{
    run->ended = true;
    if (!run->current->ready && make_heap(run, error))
        return RUN_FAILED;
    gc_note_peaks(&run->current->heap);
    if (run->options.verify && !run->current->heap.out_of_memory && heap_verify(&run->current->heap, error))
        return RUN_FAILED;
    return RUN_ENDED;
}

/* Applies the next line of the batch. 0, or -1 after filling error. */
static int apply_line(struct run *run, struct error *error)
{
    const struct trace_event *ev = &run->batch[run->batch_next];
    uint64_t budget = GC_UNLIMITED;
    run->line = ev->line;
    if (run->current->heap.out_of_memory) {
        run->batch_next++;
        return line_after_oom(run, ev, error);
    }
    if (ev->op > TRACE_GC) {
        run->batch_next++;
        return apply_quiet_line(run, ev, error);
    }
    if (!run->current->ready && make_heap(run, error))
        return -1;
    if (run->options.strict && strict_check(run, ev, error))
        return -1;
    enum apply_result result = apply_event(run, ev, &budget, error);
    run->batch_next++;
    if (result == APPLY_OOM)
        out_of_memory(run);
    if (run->verify_error.kind == ERROR_MEMORY)
        return error_memory(error);
    if (run->verify_error.kind != ERROR_NONE)
        return error_set(error, ERROR_INPUT, ev->line, 0, "%s", error_text(&run->verify_error));
    return result == APPLY_FAILED ? -1 : 0;
}

/* How many of the next lines, at most max, the fast path may try: none while somebody watches each event. */
static int plain_events(const struct run *run, uint64_t max)
{
    const struct heap *h = &run->current->heap;
    if (!run->current->ready || h->listening || h->marking.done || run->options.strict || run->stage != 0 || h->out_of_memory)
        return 0;
    uint64_t count = (uint64_t)(run->batch_len - run->batch_next);
    if (run->options.until && run->options.until - h->event <= count)
        return 0;
    return (int)(max < count ? max : count);
}

enum run_state run_advance(struct run *run, uint64_t max, struct error *error)
{
    for (uint64_t done = 0; !run->ended && (max == 0 || done < max);) {
        uint64_t left = max == 0 ? UINT64_MAX : max - done;
        if (run->batch_next == run->batch_len) {
            int got = fill_batch(run, left > BATCH ? BATCH : (int)left, error);
            if (got < 0)
                return RUN_FAILED;
            if (got == 0)
                return end_run(run, error);
        }
        int plain = plain_events(run, left);
        if (plain > 0 && (plain = fast_events(run, run->batch + run->batch_next, plain)) > 0) {
            run->batch_next += plain;
            run->line = run->batch[run->batch_next - 1].line;
            done += (uint64_t)plain;
            continue;
        }
        if (apply_line(run, error))
            return RUN_FAILED;
        done++;
        if (run->options.until && run->current->ready && run->current->heap.event >= run->options.until)
            return end_run(run, error);
    }
    return run->ended ? end_run(run, error) : RUN_MORE;
}

enum outcome run_outcome(const struct run *run)
{
    if (run->failed > 0)
        return OUTCOME_EXPECTATION_FAILED;
    if (run->current->ready && run->current->heap.out_of_memory)
        return OUTCOME_OUT_OF_MEMORY;
    return OUTCOME_COMPLETED;
}

const char *outcome_word(enum outcome outcome)
{
    static const char *const words[] = {"completed", "out-of-memory", "expectation-failed"};
    return words[outcome];
}
