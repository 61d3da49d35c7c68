/* run.c - reads a trace and applies its lines: batches, out of memory, stops, and positions within a line. */
#include "run/internal.h"

#include "gc/gc.h"

#include <stdlib.h>

static void verify_after(void *self, const struct heap *heap, const struct happening *happening)
{
    struct run *run = self;
    if (run->options.verify_every > 1 && happening->value[GC_END_index] % run->options.verify_every != 0)
        return;
    if (run->verify_error.kind == ERROR_NONE && !heap->out_of_memory)
        heap_verify(heap, &run->verify_error);
}

static int open_common(struct run *run, const char *path, const struct run_options *options, struct error *error)
{
    memset(run, 0, sizeof *run);
    names_init(&run->names);
    run->options = *options;
    if (run->options.max_collections == 0)
        run->options.max_collections = 100000;
    run->path = strdup(path);
    run->batch = malloc(APPLY_BLOCK * sizeof *run->batch);
    run->hints = malloc(APPLY_BLOCK * sizeof *run->hints);
    if (!run->path || !run->batch || !run->hints)
        return error_memory(error);
    if (run->options.verify) {
        run->verifier = (struct listener){.mask = UINT64_C(1) << HAPPENING_GC_END, .hear = verify_after, .self = run};
        run_listen(run, &run->verifier);
    }
    return workers_init(run, error);
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
    workers_free(run);
    for (size_t i = 0; i < run->expectations.len; i++) {
        free(run->expectations.data[i].condition);
        free(run->expectations.data[i].found);
    }
    vec_free(&run->expectations);
    error_clear(&run->verify_error);
    free(run->batch);
    free(run->hints);
    free(run->path);
    free(run->title);
    names_free(&run->names);
    memset(run, 0, sizeof *run);
}

/* ---- lines that do not act on the heap ---- */

/* Splits "KEY VALUE"; the reader has checked that there are two fields. */
static int apply_set(struct run *run, const struct trace_event *ev, struct error *error)
{
    size_t at = 0;
    struct text_word key = text_next(ev->text, ev->text_len, &at), value = text_trim(ev->text + at, ev->text_len - at);
    struct error wrong = {0};
    if (run->current->ready) { /* the reader has seen no event, but there was an expectation */
        fail_at(ev, 0, error, "set behind the first expectation, expected it before");
        return -1;
    }
    run->current->settings.here = (struct setting_place){ev->line, trace_column(ev, 2, 0)};
    if (settings_set(&run->current->settings, SETTING_TRACE, key.text, key.len, value.text, value.len, &wrong) == 0)
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

/* The outermost repeat is over: from here on "expect oom" follows its end. */
static void repeat_over(struct run *run)
{
    for (size_t i = 0; i < run->workers.len; i++)
        run->workers.data[i]->oom_repeat = false;
}

static int apply_quiet_line(struct run *run, const struct trace_event *ev, struct error *error)
{
    run->current->counts[ev->op]++;
    switch ((enum trace_op)ev->op) {
    case TRACE_SET: return apply_set(run, ev, error);
    case TRACE_EXPECT: return workers_ready(run, error) ? -1 : expect_line(run, ev, error);
    case TRACE_WORKER: return workers_switch(run, ev, error);
    case TRACE_END: repeat_over(run); return 0;
    case TRACE_TITLE:
        if (apply_title(run, ev, error))
            return -1;
        break;
    default: break;
    }
    if (run->options.hooks.said)
        run->options.hooks.said(run->options.hooks.self, run, ev);
    return 0;
}

/* ---- out of memory ---- */

/*
 * A line for a heap that has run out of memory: "expect oom", at once or directly after the "end" of the repeat in
 * which it ran out. All other lines are ignored: only a worker line can continue, or an end finish a repeat.
 */
static int line_after_oom(struct run *run, const struct trace_event *ev, struct error *error)
{
    struct worker *dead = run->current;
    if (ev->op == TRACE_WORKER || ev->op == TRACE_END)
        return apply_quiet_line(run, ev, error);
    if (dead->oom_expected) {
        fail_at(ev, 0, error, "nothing but comments may follow \"expect oom\"");
        return -1;
    }
    if (ev->op == TRACE_EXPECT && expect_is_oom(ev) && !dead->oom_late) {
        dead->oom_expected = true;
        dead->counts[TRACE_EXPECT]++;
        return expect_record(run, ev, NULL, error);
    }
    dead->oom_late |= !(dead->oom_repeat && ev->flags & EVENT_REPEAT);
    return 0;
}

/* Skips lines for a heap that has ended, up to the next worker line. True if the batch is empty. */
static bool drop_lines(struct run *run)
{
    if (!run->current->oom_late)
        return false;
    for (; run->batch_next < run->batch_len && run->batch[run->batch_next].op != TRACE_WORKER; run->batch_next++)
        if (run->batch[run->batch_next].op == TRACE_END)
            repeat_over(run);
    return run->batch_next == run->batch_len;
}

/*
 * The heap ran out of memory in the event before batch_next. If that was in a repeat, its other rounds are skipped: the
 * rest of them can be in the batch, with the "end" after them, or must be skipped by the reader. But if other workers
 * have lines in that repeat, it continues for them.
 */
static void out_of_memory(struct run *run)
{
    const struct trace_event *batch = run->batch;
    if (!(batch[run->batch_next - 1].flags & EVENT_REPEAT))
        return;
    int next = run->batch_next;
    while (next < run->batch_len && batch[next].op != TRACE_END && batch[next].op != TRACE_WORKER)
        next++;
    bool switches = next < run->batch_len ? batch[next].op == TRACE_WORKER : trace_repeat_switches(run->reader);
    if (switches) {
        run->current->oom_repeat = true;
        return;
    }
    run->batch_next = next;
    if (next == run->batch_len) {
        trace_skip_repeat(run->reader);
    } else {
        run->batch_next++;
        repeat_over(run);
    }
}

/* ---- applying ---- */

/* Drops the names that nothing uses any more, when the table has doubled. */
static int sweep_names(struct run *run, struct error *error)
{
    if (!names_full(&run->names))
        return 0;
    workers_mark_names(run);
    trace_mark_names(run->reader);
    if (run->mark_names)
        run->mark_names(run->mark_self);
    return names_sweep(&run->names) ? error_memory(error) : 0;
}

static int fill_batch(struct run *run, int max, struct error *error)
{
    if (sweep_names(run, error))
        return -1;
    run->batch_next = run->batch_len = run->batch_hinted = 0;
    if (run->current->oom_late) {
        int found = trace_skip_to_worker(run->reader, error);
        if (found <= 0)
            return found;
    }
    int got = trace_read(run->reader, run->batch, max, error);
    if (got > 0)
        run->batch_len = got;
    return got;
}

static enum run_state end_run(struct run *run, struct error *error)
{
    run->ended = true;
    if (workers_finish(run, error))
        return RUN_FAILED;
    for (size_t i = 0; i < run->workers.len; i++) {
        struct worker *worker = run->workers.data[i];
        if (!worker->ready)
            continue;
        gc_note_peaks(&worker->heap);
        if (run->options.verify && !worker->heap.out_of_memory && heap_verify(&worker->heap, error))
            return RUN_FAILED;
    }
    return RUN_ENDED;
}

uint64_t run_all_micro_steps(const struct run *run)
{
    return run->other_micro_steps + run->current->heap.micro_steps;
}

/* Does a reader of the trace stop after a line of that sort? */
static bool is_stop(uint8_t op)
{
    return op <= TRACE_GC || op == TRACE_NOTE || op == TRACE_CHAPTER || op == TRACE_ASK;
}

/* The line before batch_next has been applied, by micro_now micro-steps of the run's collectors. */
static void count_line(struct run *run, uint8_t op, uint64_t failed)
{
    uint64_t now = run_all_micro_steps(run);
    bool title = op == TRACE_SET || op == TRACE_TITLE;
    if (run->preamble == run->steps && title)
        run->preamble++;
    run->steps++;
    run->last_micro = now - run->micro_steps;
    run->micro_steps = now;
    if (is_stop(op) || run->failed > failed)
        run->stops++;
}

/* Applies an event, or continues it. 1 if it is not finished, 0, or -1 after filling error. */
static int apply_event_line(struct run *run, const struct trace_event *ev, uint64_t *budget, struct error *error)
{
    if (workers_ready(run, error))
        return -1;
    if (run->options.strict && run->stage == 0 && strict_before(run, ev, error))
        return -1;
    run->budget = budget;
    enum apply_result result = apply_event(run, ev, budget, error);
    run->budget = NULL;
    if (result == APPLY_MORE)
        return 1;
    run->batch_next++;
    if (run->options.strict && result == APPLY_DONE && strict_after(run, ev, error))
        return -1;
    if (result == APPLY_OOM)
        out_of_memory(run);
    if (run->verify_error.kind == ERROR_MEMORY)
        return error_memory(error);
    if (run->verify_error.kind != ERROR_NONE)
        return error_set(error, ERROR_INPUT, ev->line, 0, "%s", error_text(&run->verify_error));
    return result == APPLY_FAILED ? -1 : 0;
}

/* Applies the next line of the batch, or continues it. 1 if it is not finished, 0, or -1 after filling error. */
static int apply_line(struct run *run, uint64_t *budget, struct error *error)
{
    const struct trace_event *ev = &run->batch[run->batch_next];
    uint8_t op = ev->op;
    uint64_t failed = run->failed;
    int result;
    run->line = ev->line;
    if (run->current->heap.out_of_memory) {
        run->batch_next++;
        result = line_after_oom(run, ev, error);
    } else if (op > TRACE_GC) {
        run->batch_next++;
        result = apply_quiet_line(run, ev, error);
    } else {
        result = apply_event_line(run, ev, budget, error);
    }
    if (result == 0)
        count_line(run, op, failed);
    return result;
}

/* Happenings of events that are applied quickly: a block reports them late, or not at all. */
#define BIT(kind) (UINT64_C(1) << HAPPENING_##kind)
#define TOLD_SLOWLY                                                                                                    \
    (BIT(ALLOC) | BIT(STORE) | BIT(CLEAR) | BIT(ENTRY) | BIT(UNENTRY) | BIT(BARRIER) | BIT(MARK) | BIT(FILLER) |       \
     BIT(EXTERNAL))

/* The number of events of the batch, from the next on, that act on the current heap. */
static int acting_events(const struct run *run)
{
    int at = run->batch_next;
    while (at < run->batch_len && run->batch[at].op <= TRACE_GC)
        at++;
    return at - run->batch_next;
}

/* How many of the next events, at most max, can be applied as a block: none while somebody watches each. */
static int block_events(struct run *run, uint64_t max)
{
    const struct heap *h = &run->current->heap;
    if (!run->current->ready || (h->listening & TOLD_SLOWLY) || h->marking.done || run->options.strict ||
        run->stage != 0 || h->out_of_memory)
        return 0;
    if (run->batch_next >= run->batch_hinted) {
        int count = acting_events(run);
        run->batch_hinted = run->batch_next + count;
        apply_fetch(run, run->batch + run->batch_next, run->hints + run->batch_next, count);
    }
    uint64_t count = (uint64_t)(run->batch_hinted - run->batch_next);
    if (run->options.until && run->options.until - h->event <= count)
        return 0;
    return (int)(max < count ? max : count);
}

/*
 * Applies the next events of the batch, at most max, as long as nothing is unusual. Returns how many; -1 after filling
 * error.
 */
static int apply_batch(struct run *run, uint64_t max, struct error *error)
{
    int count = block_events(run, max), at = run->batch_next;
    int done = count > 0 ? apply_block(run, run->batch + at, run->hints + at, count, error) : 0;
    if (done <= 0)
        return done;
    run->batch_next += done;
    run->line = run->batch[run->batch_next - 1].line;
    run->steps += (uint64_t)done;
    run->stops += (uint64_t)done;
    run->last_micro = 0;
    return done;
}

enum run_state run_go(struct run *run, uint64_t max, uint64_t *budget, struct error *error)
{
    uint64_t end = max == 0 ? UINT64_MAX : run->steps + max;
    run->interrupted = false;
    while (!run->ended && run->steps<end && * budget> 0 && !run->interrupted) {
        uint64_t left = end - run->steps < *budget ? end - run->steps : *budget;
        if (run->batch_next == run->batch_len) {
            int got = fill_batch(run, left > APPLY_BLOCK ? APPLY_BLOCK : (int)left, error);
            if (got < 0)
                return RUN_FAILED;
            if (got == 0)
                return end_run(run, error);
        }
        int done = apply_batch(run, left, error);
        if (done < 0)
            return RUN_FAILED;
        *budget -= (uint64_t)done;
        if (done > 0)
            continue;
        if (drop_lines(run))
            continue;
        int result = apply_line(run, budget, error);
        if (result < 0)
            return RUN_FAILED;
        if (result == 0 && *budget > 0)
            --*budget;
        if (run->options.until && run->stage == 0 && run_events(run) >= run->options.until)
            return end_run(run, error);
    }
    return run->ended ? end_run(run, error) : RUN_MORE;
}

enum run_state run_advance(struct run *run, uint64_t max, struct error *error)
{
    uint64_t budget = GC_UNLIMITED;
    return run_go(run, max, &budget, error);
}

enum run_state run_micro_step(struct run *run, struct error *error)
{
    uint64_t budget = 1;
    return run_go(run, 1, &budget, error);
}

uint64_t run_micro(const struct run *run)
{
    return run->stage == 0 ? 0 : run_all_micro_steps(run) - run->micro_steps;
}

void run_interrupt(struct run *run)
{
    const struct heap *h = &run->current->heap;
    run->interrupted = true;
    if (run->budget && gc_working(h)) /* the first micro-step of a line is done before the run can stop in it */
        *run->budget = run_all_micro_steps(run) == run->micro_steps;
}

enum outcome run_outcome(const struct run *run)
{
    enum outcome worst = OUTCOME_COMPLETED;
    for (size_t i = 0; i < run->workers.len; i++) {
        enum outcome one = worker_outcome(run->workers.data[i]);
        worst = one > worst ? one : worst;
    }
    return worst;
}

const char *outcome_word(enum outcome outcome)
{
    static const char *const words[] = {"completed", "out-of-memory", "expectation-failed"};
    return words[outcome];
}

int run_status(const struct run *run)
{
    bool bad = run->failed > 0;
    for (size_t i = 0; i < run->workers.len; i++)
        bad = bad || worker_lost(run->workers.data[i]);
    return bad;
}
