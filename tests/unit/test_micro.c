/*
 * test_micro.c - micro-steps: each moves one object or sweeps one page. A run that is stopped behind every one of them
 * comes to the same heap, the same report and the same stream of happenings as one that is not; and a heap that is
 * copied in the middle goes on as if it were not.
 */
#include "heap/figures.h"
#include "randtrace.h"
#include "report/report.h"
#include "runs.h"
#include "seeds.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Suite *suite_micro(void);

/* What a run came to. */
struct result {
    uint64_t hash;
    char *json, *events;
};

static void free_result(struct result *r)
{
    free(r->json);
    free(r->events);
}

static void same_result(const struct result *a, const struct result *b, const char *what)
{
    ck_assert_msg(a->hash == b->hash, "%s: another hash", what);
    ck_assert_msg(strcmp(a->json, b->json) == 0, "%s: another report\n%s\n%s", what, a->json, b->json);
    for (size_t i = 0; a->events[i] || b->events[i]; i++) {
        size_t from = i > 200 ? i - 200 : 0;
        ck_assert_msg(a->events[i] == b->events[i], "%s: other happenings\n%.400s\n----\n%.400s", what,
                      a->events + from, b->events + from);
    }
}

static void print_json(const struct run *run, char **text)
{
    size_t len;
    FILE *out = open_memstream(text, &len);
    ck_assert_int_eq(report_write_json(run, out), 0);
    fclose(out);
}

/* Puts a copy in the place of the run's heap. */
static void replace_heap(struct run *run, bool saved)
{
    struct heap *heap = &run->current->heap, copy;
    uint64_t hash = heap_hash(heap), bytes;
    if (saved) {
        struct heap fresh = {.names = heap->names, .listeners = heap->listeners, .listening = heap->listening};
        ck_assert_int_eq(heap_save(&copy, heap, &bytes), 0);
        ck_assert_int_eq(heap_restore(&fresh, &copy, heap->collections.data), 0);
        heap_free(&copy);
        heap_free(heap);
        *heap = fresh;
    } else {
        ck_assert_int_eq(heap_copy(&copy, heap), 0);
        copy.listeners = heap->listeners;
        copy.listening = heap->listening;
        heap_free(heap);
        *heap = copy;
    }
    ck_assert_uint_eq(heap_hash(heap), hash);
}

/* Counts what a micro-step may do one of: an object moved, a page swept. */
static void count_work(void *self, const struct heap *heap, const struct happening *what)
{
    (void)heap, (void)what;
    ++*(unsigned *)self;
}

#define WORK                                                                                                           \
    (UINT64_C(1) << HAPPENING_MOVE | UINT64_C(1) << HAPPENING_PROMOTE | UINT64_C(1) << HAPPENING_EVACUATE |            \
     UINT64_C(1) << HAPPENING_SWEEP)

enum way { WHOLE, MICRO, COPIED, SAVED, SLICES, WAYS };

static struct result result_of(const char *text, enum way way)
{
    struct result result = {0};
    struct run run;
    struct error error = {0};
    struct event_stream stream;
    struct run_options options = {.verify = true, .hooks = {.figure = report_figure}};
    size_t len;
    ck_assert_int_eq(run_open_memory(&run, "micro.trace", text, strlen(text), &options, &error), 0);
    FILE *out = open_memstream(&result.events, &len);
    event_stream_init(&stream, out);
    run_listen(&run, &stream.listener);
    unsigned work = 0;
    struct listener counter = {.mask = WORK, .hear = count_work, .self = &work};
    run_listen(&run, &counter);
    enum run_state state = RUN_MORE;
    uint64_t steps = 0, micro = 0;
    for (uint64_t n = 0; state == RUN_MORE; n++) {
        uint64_t budget = way == WHOLE ? UINT64_MAX : way == SLICES ? 1 + n % 29 : 1;
        work = 0;
        state = run_go(&run, 0, &budget, &error);
        ck_assert_msg(way != MICRO || work <= 1, "%u at once at %" PRIu64, work, run.line);
        if (way == MICRO && state == RUN_MORE) { /* each step goes on by one, and no further */
            bool on = run.steps == steps && run_micro(&run) == micro + 1;
            ck_assert_msg(on || (run.steps == steps + 1 && run_micro(&run) == 0),
                          "from %" PRIu64 ":%" PRIu64 " to %" PRIu64 ":%" PRIu64, steps, micro, run.steps,
                          run_micro(&run));
            ck_assert(on || run.last_micro == (micro == 0 ? run.last_micro : micro + 1));
            steps = run.steps;
            micro = run_micro(&run);
        }
        if (way == MICRO && run.current->ready)
            ck_assert_msg(heap_verify_step(&run.current->heap, &error) == 0, "%" PRIu64 ":%" PRIu64 ": %s", run.steps,
                          run_micro(&run), error_text(&error));
        if ((way == COPIED || way == SAVED) && run.current->ready &&
            (n % 400 == 0 || (run_micro(&run) > 0 && n % 41 == 0)))
            replace_heap(&run, way == SAVED);
    }
    ck_assert_msg(state == RUN_ENDED, "line %" PRIu64 ": %s", error.line, error_text(&error));
    fclose(out);
    result.hash = heap_hash(&run.current->heap);
    print_json(&run, &result.json);
    run_close(&run);
    return result;
}

static void same_all_ways(const char *text, const char *what)
{
    static const char *const words[] = {"whole", "micro", "copied", "saved", "slices"};
    struct result whole = result_of(text, WHOLE);
    for (enum way way = MICRO; way < WAYS; way++) {
        char name[80];
        struct result other = result_of(text, way);
        snprintf(name, sizeof name, "%s, %s", what, words[way]);
        same_result(&whole, &other, name);
        free_result(&other);
    }
    free_result(&whole);
}

static void check_seed(uint64_t seed)
{
    size_t len;
    char *text = randtrace(seed, &len), what[32];
    snprintf(what, sizeof what, "seed %" PRIu64, seed);
    same_all_ways(text, what);
    free(text);
}

START_TEST(random_traces_by_micro_steps)
{
    seeds_each(_i, 1, check_seed);
}
END_TEST

START_TEST(a_medley_by_micro_steps)
{
    char *text = runs_medley(era_at(_i));
    same_all_ways(text, era_at(_i));
    free(text);
}
END_TEST

/* Everything that may happen in one event: a cycle is finished, two collections follow, memory runs out. */
START_TEST(collections_in_a_row_by_micro_steps)
{
    char text[2000];
    snprintf(text, sizeof text,
             "set era %s\nset max-old-space-size 24k\n"
             "alloc list 2k array\nrepeat 20 as I\nalloc a$I 64 in list.$I\nalloc b$I 96\nrelease b$I\nend\n"
             "gc start\ngc step 200\ngc major\n"
             "gc start\nrepeat 8 as I\nunref list.$I\nend\ngc compact\n"
             "gc start\ngc step 100k\nalloc x 48\nidle 1ms\n"
             "repeat 2000 as I\nalloc c$I 200 in list.${I}\nend\nexpect oom\n",
             era_at(_i));
    same_all_ways(text, era_at(_i));
}
END_TEST

/* Off-heap bytes that make a collection due: of a living object, and of one that dies in that very collection. */
START_TEST(external_bytes_by_micro_steps)
{
    char text[1000];
    snprintf(text, sizeof text,
             "set era %s\nset max-old-space-size 48k\n"
             "alloc a 96 buffer\nexternal a 8k\nalloc b 16 buffer\nexternal b 40k\nexternal a 0\ngc\n"
             "gc minor\ngc minor\nexternal b 0\nrelease b\nexternal b 40k\n"
             "alloc c 16 buffer\nexternal c 100k\nalloc d 16 buffer\nexternal d 200k\n",
             era_at(_i));
    same_all_ways(text, era_at(_i));
}
END_TEST

/* Five pages wait to be swept when idle time comes: each is a step of its own. */
START_TEST(idle_time_by_micro_steps)
{
    char text[1000];
    snprintf(text, sizeof text,
             "set era %s\nset initial-old-space-size 5k\nset marking-start-min 0\nenter\n"
             "repeat 25 as i\nalloc k$i 192\nend\ngc\ngc\ngc\nidle 1ms\n",
             era_at(_i));
    same_all_ways(text, era_at(_i));
    struct run run;
    struct error error = {0};
    struct run_options options = {.verify = true};
    ck_assert_int_eq(run_open_memory(&run, "idle.trace", text, strlen(text), &options, &error), 0);
    enum run_state state = RUN_MORE;
    uint64_t pages = 0;
    while (state == RUN_MORE) {
        uint64_t budget = 1, swept = run.current->heap.counters.swept[SWEEPER_BACKGROUND];
        state = run_go(&run, 0, &budget, &error);
        ck_assert_uint_le(run.current->heap.counters.swept[SWEEPER_BACKGROUND], swept + 1);
        pages += run.current->heap.counters.swept[SWEEPER_BACKGROUND] - swept;
    }
    ck_assert_int_eq(state, RUN_ENDED);
    ck_assert_uint_eq(pages, 5);
    run_close(&run);
}
END_TEST

/* The check of a heap within a collection can fail. */
START_TEST(a_broken_heap_is_found_out)
{
    static const char text[] = "alloc a 48\nalloc b 48\nref a.1 b\nref b.1 a\ngc major\nalloc c 48\nref c.1 c\n";
    struct run run;
    struct error error = {0};
    runs_text(&run, text, NULL);
    struct heap *h = &run.current->heap;
    uint32_t a = heap_find(h, names_find(&run.names, "a", 1)), c = heap_find(h, names_find(&run.names, "c", 1));
    struct object was = h->objects.data[_i == 0 ? a : c];
    struct object *o = &h->objects.data[_i == 0 ? a : c];
    ck_assert_int_eq(heap_verify_step(h, &error), 0);
    for (unsigned way = 0; way < 5; way++) {
        uint64_t live = h->live;
        o->page += way == 0 ? 1000 : 0;
        o->offset += way == 1 ? 1 : 0;
        o->name = way == 2 ? h->objects.data[_i == 0 ? c : a].name : o->name;
        o->bits |= way == 3 ? OBJECT_FREE : 0;
        h->live += way == 4;
        bool shifted = _i == 1 && way == 1; /* a lonely young object may lie anywhere */
        ck_assert_msg(heap_verify_step(h, &error) == (shifted ? 0 : -1), "way %u", way);
        error_clear(&error);
        h->live = live;
        *o = was;
    }
    run_close(&run);
}
END_TEST

Suite *suite_micro(void)
{
    Suite *suite = suite_create("micro");
    TCase *tests = tcase_create("micro-steps");
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, a_medley_by_micro_steps, 0, ERA_COUNT);
    tcase_add_loop_test(tests, collections_in_a_row_by_micro_steps, 0, ERA_COUNT);
    tcase_add_loop_test(tests, external_bytes_by_micro_steps, 0, ERA_COUNT);
    tcase_add_loop_test(tests, idle_time_by_micro_steps, 0, ERA_COUNT);
    tcase_add_loop_test(tests, a_broken_heap_is_found_out, 0, 2);
    suite_add_tcase(suite, tests);
    seeds_case(suite, random_traces_by_micro_steps);
    return suite;
}
