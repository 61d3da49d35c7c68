/*
 * test_property.c - random traces: the engine against the naive model of tests/model, and against itself.
 *
 * Every random choice of a test follows from its seed (support/seeds.h).
 */
#include "compare.h"
#include "gc/gc.h"
#include "heap/figures.h"
#include "model.h"
#include "randtrace.h"
#include "report/report.h"
#include "run/run.h"
#include "seeds.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

Suite *suite_property(void);

/* A number below limit that follows from seed and salt (splitmix64). */
static uint64_t choose(uint64_t seed, uint64_t salt, uint64_t limit)
{
    uint64_t z = (seed + 1) * UINT64_C(0x9E3779B97F4A7C15) + salt * UINT64_C(0xD1B54A32D192ED03);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return (z ^ z >> 31) % limit;
}

/* ---- runs ---- */

struct trace {
    uint64_t seed;
    char *text;
    size_t len;
};

static struct trace trace_of(uint64_t seed)
{
    struct trace trace = {.seed = seed};
    trace.text = randtrace(seed, &trace.len);
    return trace;
}

static void open_run(struct run *run, const struct trace *trace, uint64_t until)
{
    struct run_options options = {.verify = true, .until = until};
    struct error error = {0};
    ck_assert_msg(run_open_memory(run, "random.trace", trace->text, trace->len, &options, &error) == 0,
                  "seed %" PRIu64 ": %s", trace->seed, error_text(&error));
}

/* Applies up to max lines; true while there may be more. */
static bool advance(struct run *run, const struct trace *trace, uint64_t max)
{
    struct error error = {0};
    enum run_state state = run_advance(run, max, &error);
    ck_assert_msg(state != RUN_FAILED, "seed %" PRIu64 ": line %" PRIu64 ": %s", trace->seed, error.line,
                  error_text(&error));
    return state == RUN_MORE;
}

static void finish(struct run *run, const struct trace *trace)
{
    while (advance(run, trace, 0)) {
    }
}

/* Number of events of the trace. */
static uint64_t events_of(const struct trace *trace)
{
    struct run run;
    open_run(&run, trace, 0);
    finish(&run, trace);
    uint64_t events = run_events(&run);
    run_close(&run);
    return events;
}

static char *json_text(const struct run *run)
{
    char *text = NULL;
    size_t len;
    FILE *out = open_memstream(&text, &len);
    ck_assert_int_eq(report_write_json(run, out), 0);
    fclose(out);
    return text;
}

static char *heap_text(const struct run *run)
{
    char *text = NULL;
    size_t len;
    FILE *out = open_memstream(&text, &len);
    ck_assert_int_eq(report_write_heap(&run->current->heap, out), 0);
    fclose(out);
    return text;
}

/* ---- against the model ---- */

/* Fails unless the run stands where the model does. */
static void same_as_model(const struct run *run, const struct trace *trace, const char *json, const char *heap)
{
    json_error_t wrong;
    json_t *expected = json_loads(json, 0, &wrong), *found = report_json(run);
    ck_assert_msg(expected != NULL, "seed %" PRIu64 ": the model's JSON: %s", trace->seed, wrong.text);
    char *found_heap = heap_text(run), *why = NULL;
    size_t len;
    FILE *out = open_memstream(&why, &len);
    int differences = compare_report(expected, found, out) + compare_heap(heap, found_heap, out);
    fclose(out);
    ck_assert_msg(differences == 0, "seed %" PRIu64 ": after event %" PRIu64 ": %d differences\n%.1500s", trace->seed,
                  run_events(run), differences, why);
    free(why);
    free(found_heap);
    json_decref(expected);
    json_decref(found);
}

struct watcher {
    const struct trace *trace;
    struct run run;     /* goes along with the model */
    uint64_t wanted[4]; /* events after which a run with options.until is compared; 0 = none */
    uint64_t seen;
};

static int wants(void *self, uint64_t event, int collected)
{
    const struct watcher *w = self;
    for (int i = 0; i < 4; i++)
        if (w->wanted[i] == event)
            return 1;
    return collected;
}

static void sees(void *self, uint64_t event, const char *json, const char *heap)
{
    struct watcher *w = self;
    w->seen++;
    while (run_events(&w->run) < event && advance(&w->run, w->trace, 1)) {
    }
    ck_assert_msg(run_events(&w->run) == event, "seed %" PRIu64 ": no event %" PRIu64, w->trace->seed, event);
    same_as_model(&w->run, w->trace, json, heap);
    for (int i = 0; i < 4; i++) {
        if (w->wanted[i] == event) {
            struct run stopped;
            open_run(&stopped, w->trace, event);
            finish(&stopped, w->trace);
            same_as_model(&stopped, w->trace, json, heap);
            run_close(&stopped);
            w->wanted[i] = 0;
        }
    }
}

/* After each collection, at some random events, and at the end. */
static void check_against_model(uint64_t seed)
{
    struct trace trace = trace_of(seed);
    struct watcher w = {.trace = &trace};
    uint64_t events = events_of(&trace);
    char *error = NULL, *json = NULL, *heap = NULL;
    size_t len;
    for (uint64_t i = 0; i < 4 && events > 0; i++)
        w.wanted[i] = 1 + choose(seed, i, events);
    open_run(&w.run, &trace, 0);
    int status =
        model_run_watched(trace.text, trace.len, &(model_watch){.self = &w, .wanted = wants, .seen = sees}, &error);
    ck_assert_msg(status == 0, "seed %" PRIu64 ": model: %s", seed, error);
    finish(&w.run, &trace);
    FILE *json_out = open_memstream(&json, &len), *heap_out = open_memstream(&heap, &len);
    ck_assert_int_eq(model_run(trace.text, trace.len, json_out, heap_out, &error), 0);
    fclose(json_out);
    fclose(heap_out);
    same_as_model(&w.run, &trace, json, heap);
    run_close(&w.run);
    free(json);
    free(heap);
    free(trace.text);
}

START_TEST(agrees_with_the_model)
{
    seeds_each(_i, 1, check_against_model);
}
END_TEST

/* ---- against itself ---- */

/* What a run came to, in bytes. */
struct result {
    uint64_t hash;
    char *json, *heap;
};

static struct result result_of(const struct run *run)
{
    return (struct result){heap_hash(&run->current->heap), json_text(run), heap_text(run)};
}

static void free_result(struct result *result)
{
    free(result->json);
    free(result->heap);
}

/* Fails unless the run has come to result; then closes it. */
static void same_result(struct run *run, const struct result *expected, uint64_t seed, const char *what)
{
    struct result found = result_of(run);
    ck_assert_msg(found.hash == expected->hash, "seed %" PRIu64 ": %s: another hash", seed, what);
    ck_assert_msg(strcmp(found.json, expected->json) == 0, "seed %" PRIu64 ": %s: another report", seed, what);
    ck_assert_msg(strcmp(found.heap, expected->heap) == 0, "seed %" PRIu64 ": %s: another heap", seed, what);
    free_result(&found);
    run_close(run);
}

static void check_batches(const struct trace *trace, const struct result *expected)
{
    struct run run;
    open_run(&run, trace, 0);
    finish(&run, trace);
    same_result(&run, expected, trace->seed, "run twice");
    open_run(&run, trace, 0);
    while (advance(&run, trace, 1)) {
    }
    same_result(&run, expected, trace->seed, "line by line");
    open_run(&run, trace, 0);
    for (uint64_t salt = 100; advance(&run, trace, 1 + choose(trace->seed, salt, 150)); salt++) {
    }
    same_result(&run, expected, trace->seed, "in batches");
}

/* Puts a copy of the heap of from in the place of the heap of to, which has come as far. */
static void replace_heap(struct run *to, const struct run *from)
{
    struct heap copy;
    ck_assert_int_eq(heap_copy(&copy, &from->current->heap), 0);
    heap_free(&to->current->heap);
    to->current->heap = copy;
    to->current->heap.names = &to->names;
}

/* A copy made in the middle goes on as the original does. */
static void check_copy(const struct trace *trace, const struct result *expected, uint64_t lines)
{
    struct run one, other;
    open_run(&one, trace, 0);
    open_run(&other, trace, 0);
    advance(&one, trace, lines);
    advance(&other, trace, lines);
    if (one.current->ready) {
        replace_heap(&other, &one);
        ck_assert_msg(heap_hash(&one.current->heap) == heap_hash(&other.current->heap),
                      "seed %" PRIu64 ": a copy has another hash", trace->seed);
    }
    finish(&one, trace);
    finish(&other, trace);
    same_result(&one, expected, trace->seed, "copied");
    same_result(&other, expected, trace->seed, "the copy");
}

static void step(struct heap *heap, uint64_t budget, enum gc_result wanted)
{
    uint64_t left = budget;
    enum gc_result result = gc_step(heap, &left);
    ck_assert(result == wanted || (wanted == GC_MORE && result == GC_DONE));
}

/* A collection in one go, in micro-steps, and gone on with by a copy made in its middle, leaves the same heap. */
static void check_steps(const struct heap *heap, enum collection_type type, uint64_t seed)
{
    struct heap whole, stepped, copy;
    struct error error = {0};
    bool copied = false;
    uint64_t steps = 0, middle = choose(seed, 70 + type, 200);
    ck_assert_int_eq(heap_copy(&whole, heap), 0);
    ck_assert_int_eq(heap_copy(&stepped, heap), 0);
    gc_begin(&whole, type, REASON_TESTING, true, type == COLLECTION_MARK_COMPACT);
    step(&whole, GC_UNLIMITED, GC_DONE);
    gc_begin(&stepped, type, REASON_TESTING, true, type == COLLECTION_MARK_COMPACT);
    while (gc_running(&stepped)) {
        step(&stepped, 1, GC_MORE);
        if (steps++ == middle) {
            ck_assert_int_eq(heap_copy(&copy, &stepped), 0);
            copied = true;
        }
        ck_assert_msg(steps < 1000000, "seed %" PRIu64 ": the collection does not end", seed);
    }
    ck_assert_msg(heap_verify(&whole, &error) == 0, "seed %" PRIu64 ": %s", seed, error_text(&error));
    ck_assert_msg(heap_hash(&whole) == heap_hash(&stepped), "seed %" PRIu64 ": micro-steps of a %s differ", seed,
                  collection_type_word(type));
    if (copied) {
        step(&copy, GC_UNLIMITED, GC_DONE);
        ck_assert_msg(heap_hash(&whole) == heap_hash(&copy), "seed %" PRIu64 ": copied in the middle of a %s", seed,
                      collection_type_word(type));
        heap_free(&copy);
    }
    heap_free(&whole);
    heap_free(&stepped);
}

static void check_collections_in_steps(const struct trace *trace, uint64_t lines)
{
    struct run run;
    open_run(&run, trace, 0);
    advance(&run, trace, lines);
    for (int type = 0; run.current->ready && type < COLLECTION_TYPES; type++)
        check_steps(&run.current->heap, (enum collection_type)type, trace->seed);
    run_close(&run);
}

static void check_deterministic(uint64_t seed)
{
    struct trace trace = trace_of(seed);
    struct run run;
    open_run(&run, &trace, 0);
    finish(&run, &trace);
    uint64_t lines = run.line;
    struct result expected = result_of(&run);
    run_close(&run);
    check_batches(&trace, &expected);
    check_copy(&trace, &expected, 1 + choose(seed, 50, lines));
    check_collections_in_steps(&trace, 1 + choose(seed, 51, lines));
    free_result(&expected);
    free(trace.text);
}

START_TEST(is_deterministic)
{
    seeds_each(_i, 1, check_deterministic);
}
END_TEST

/* ---- a trace from standard input ---- */

/*
 * Runs the trace from standard input, which gives most bytes at a time (a socket of packets: a read returns one of
 * them, whatever room there is).
 */
static void run_from_stdin(struct run *run, const struct trace *trace, size_t most)
{
    int ends[2], stdin_before = dup(STDIN_FILENO);
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
    fflush(NULL);
    pid_t writer = fork();
    ck_assert_int_ge(writer, 0);
    if (writer == 0) {
        close(ends[0]);
        for (size_t at = 0; at < trace->len;) {
            size_t n = trace->len - at < most ? trace->len - at : most;
            ssize_t sent = send(ends[1], trace->text + at, n, MSG_NOSIGNAL);
            at = sent < 0 ? trace->len : at + (size_t)sent;
        }
        _exit(0);
    }
    close(ends[1]);
    ck_assert_int_ge(dup2(ends[0], STDIN_FILENO), 0);
    close(ends[0]);
    struct run_options options = {.verify = true};
    struct error error = {0};
    ck_assert_int_eq(run_open(run, "-", &options, &error), 0);
    finish(run, trace);
    dup2(stdin_before, STDIN_FILENO);
    close(stdin_before);
    waitpid(writer, NULL, 0);
}

static void check_stdin_by(const struct trace *trace, size_t most)
{
    struct run from_memory, from_stdin;
    struct run_options options = {.verify = true};
    struct error error = {0};
    ck_assert_int_eq(run_open_memory(&from_memory, "-", trace->text, trace->len, &options, &error), 0);
    finish(&from_memory, trace);
    struct result expected = result_of(&from_memory);
    run_close(&from_memory);
    run_from_stdin(&from_stdin, trace, most);
    same_result(&from_stdin, &expected, trace->seed, "from a pipe");
    free_result(&expected);
}

static void check_stdin(uint64_t seed)
{
    struct trace trace = trace_of(seed);
    check_stdin_by(&trace, 1);
    check_stdin_by(&trace, 1 + choose(seed, 60, 100));
    free(trace.text);
}

START_TEST(pipes_make_no_difference)
{
    seeds_each(_i, 4, check_stdin);
}
END_TEST

Suite *suite_property(void)
{
    Suite *suite = suite_create("property");
    seeds_case(suite, agrees_with_the_model);
    seeds_case(suite, is_deterministic);
    seeds_case(suite, pipes_make_no_difference);
    return suite;
}
