/*
 * test_real.c - the real heap (traces/node-program.trace) in a small old generation that collects by itself: at each of
 * the twelve looks its live set holds what V8 had kept, and is just that after a forced major collection.
 */
#include "gc/gc.h"
#include "report/report.h"
#include "run/run.h"
#include "runs.h"

#include "checks.h"
#include "heap/figures.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Suite *suite_real(void);

/* The trace; without its gc lines if told so. New, free() it. */
static char *trace_text(bool forced, size_t *len)
{
    const char *folder = getenv("UNIT_DIR");
    char path[4096];
    snprintf(path, sizeof path, "%s/../traces/node-program.trace", folder != NULL ? folder : "tests");
    FILE *in = fopen(path, "rb");
    ck_assert_msg(in != NULL, "%s cannot be read", path);
    char *text = NULL, *line = NULL;
    size_t room = 0;
    FILE *out = open_memstream(&text, len);
    while (getline(&line, &room, in) > 0)
        if (forced || strncmp(line, "gc", 2) != 0)
            fputs(line, out);
    free(line);
    fclose(in);
    fclose(out);
    return text;
}

static void set(struct run_options *options, const char *key, const char *value)
{
    struct error error = {0};
    ck_assert_int_eq(settings_set(&options->settings, SETTING_OPTION, key, strlen(key), value, strlen(value), &error),
                     0);
}

/* The small heap: pages of 4 KiB, limits of some hundred KiB. */
static struct run_options small(const char *era)
{
    struct run_options options = {.verify = true, .hooks.figure = report_figure};
    set(&options, "profile", "classroom");
    set(&options, "era", era);
    set(&options, "page-size", "4k");
    set(&options, "large-object-size", "2k");
    set(&options, "max-semi-space-size", "16k");
    set(&options, "max-old-space-size", "512k");
    set(&options, "initial-old-space-size", "64k");
    return options;
}

/* Advances to the next look: behind the next expectation. False at the end. */
static bool to_next_look(struct run *run)
{
    struct error error = {0};
    for (uint64_t before = run->passed + run->failed; run->passed + run->failed == before;) {
        enum run_state state = run_advance(run, 1, &error);
        ck_assert_msg(state != RUN_FAILED, "%s", error_text(&error));
        if (state == RUN_ENDED)
            return false;
    }
    return true;
}

/* Every ID of the one heap is in the other; how many there are. */
static uint64_t same_ids(const struct heap *h, const struct heap *in, const char *era)
{
    uint64_t count = 0;
    for (uint32_t i = 0; i < h->objects.len; i++) {
        const struct object *o = &h->objects.data[i];
        if (o->bits & OBJECT_FREE)
            continue;
        count++;
        ck_assert_msg(heap_find(in, o->name) != NONE, "%s: object %" PRIu32 " is gone at event %" PRIu64, era, o->name,
                      in->event);
    }
    return count;
}

/* A forced major on a copy leaves just what V8 had kept. */
static void compare_after_major(const struct heap *kept, const struct heap *small_heap, const char *era)
{
    struct heap copy;
    uint64_t budget = GC_UNLIMITED;
    ck_assert_int_eq(heap_copy(&copy, small_heap), 0);
    for (int i = 0; i < 2; i++) { /* a cycle that runs is finished first */
        gc_begin(&copy, COLLECTION_MARK_SWEEP, REASON_TESTING, true, false);
        ck_assert_int_eq(gc_step(&copy, &budget), GC_DONE);
    }
    ck_assert_uint_eq(same_ids(kept, &copy, era), copy.live);
    heap_free(&copy);
}

START_TEST(the_real_heap_in_a_small_one)
{
    const char *era = era_at(_i);
    size_t len, automatic_len;
    char *text = trace_text(true, &len), *automatic_text = trace_text(false, &automatic_len);
    struct run forced, automatic;
    struct run_options plain = {.hooks.figure = report_figure}, options = small(era);
    struct error error = {0};
    ck_assert_int_eq(run_open_memory(&forced, "forced", text, len, &plain, &error), 0);
    ck_assert_int_eq(run_open_memory(&automatic, "automatic", automatic_text, automatic_len, &options, &error), 0);
    int looks = 0;
    for (; to_next_look(&forced); looks++) {
        ck_assert(to_next_look(&automatic));
        const struct heap *kept = &forced.current->heap, *h = &automatic.current->heap;
        uint64_t expected = same_ids(kept, h, era);
        ck_assert_uint_eq(expected, kept->live);
        ck_assert_uint_ge(h->live, expected);
        compare_after_major(kept, h, era);
    }
    ck_assert_int_eq(looks, 12);
    const struct counters *n = &automatic.current->heap.counters;
    ck_assert_uint_gt(n->mark_sweeps + n->mark_compacts, 0);
    ck_assert_uint_gt(n->incremental_steps, 0);
    run_close(&forced);
    run_close(&automatic);
    free(text);
    free(automatic_text);
}
END_TEST

Suite *suite_real(void)
{
    Suite *suite = suite_create("real");
    TCase *tests = tcase_create("real");
    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, the_real_heap_in_a_small_one, 0, ERA_COUNT);
    suite_add_tcase(suite, tests);
    return suite;
}
