/*
 * test_snapshot.c - heap snapshots: what is exported of a simulated heap is read back with the same retained sizes; and
 * the texts of JSON strings.
 */
#include "formats/snapshot_export.h"
#include "formats/snapshot_import.h"
#include "graph/heap_graph.h"
#include "heap/figures.h"
#include "heap/objects.h"
#include "randtrace.h"
#include "report/heap_ids.h"
#include "report/report.h"
#include "runs.h"
#include "seeds.h"
#include "snapshot/analysis.h"
#include "snapshot/jscan.h"

#include "checks.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

Suite *suite_snapshot(void);

/* The analysis of a heap's export, by way of a file. */
static struct analysis exported(const struct heap *h)
{
    char path[] = "/tmp/test-snapshot-XXXXXX";
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    FILE *out = fdopen(fd, "w");
    ck_assert_int_eq(snapshot_export(h, out), 0);
    fclose(out);
    struct analysis analysis;
    struct error error = {0};
    int failed = analysis_open(&analysis, path, NULL, &error);
    unlink(path);
    ck_assert_msg(failed == 0, "%s", error_text(&error));
    return analysis;
}

static void compare(const struct heap *h, uint64_t seed)
{
    struct analysis a = exported(h);
    struct heap_retained r;
    struct heap_ids ids;
    ck_assert_int_eq(heap_retained_make(&r, h), 0);
    ck_assert_int_eq(heap_ids_make(&ids, h), 0);
    ck_assert_uint_eq(a.snapshot.said_nodes, a.snapshot.nodes);
    ck_assert_uint_eq(a.snapshot.said_edges, a.snapshot.edges);
    for (size_t i = 0; i < ids.list.objects.len; i++) {
        uint32_t object = ids.list.objects.data[i], place = heap_retained_place(&r, object);
        uint32_t node = snapshot_find(&a.snapshot, 2 * (i + 1) + 3);
        ck_assert_uint_ne(node, NO_NODE);
        uint64_t expected = place == NO_NODE ? 0 : r.bytes[place] + (r.external == NULL ? 0 : r.external[place]);
        ck_assert_uint_eq(snapshot_size(&a.snapshot, node), object_bytes(&h->objects.data[object]));
        ck_assert_msg(analysis_retained(&a, node) == expected,
                      "seed %" PRIu64 ": id %zu retains %" PRIu64 ", not %" PRIu64, seed, i + 1,
                      analysis_retained(&a, node), expected);
    }
    heap_ids_free(&ids);
    heap_retained_free(&r);
    analysis_close(&a);
}

static void check_seed(uint64_t seed)
{
    size_t len;
    char *text = randtrace(seed, &len);
    struct run run;
    struct error error = {0};
    ck_assert_int_eq(run_open_memory(&run, "random.trace", text, len, &(struct run_options){0}, &error), 0);
    while (run_advance(&run, 300, &error) == RUN_MORE)
        compare(&run.current->heap, seed);
    ck_assert_msg(error.kind == ERROR_NONE, "seed %" PRIu64 ": %s", seed, error_text(&error));
    compare(&run.current->heap, seed);
    run_close(&run);
    free(text);
}

START_TEST(exports_are_read_back)
{
    seeds_each(_i, 4, check_seed);
}
END_TEST

START_TEST(medleys_are_read_back)
{
    struct run run;
    char *text = runs_medley(era_at(_i));
    runs_text(&run, text, NULL);
    compare(&run.current->heap, (uint64_t)_i);
    run_close(&run);
    free(text);
}
END_TEST

/* Bytes of nodes that lie in the heap, of those that can be reached: all but native ones. */
static uint64_t heap_bytes(const struct analysis *a)
{
    uint64_t sum = 0;
    for (uint32_t p = 0; p < a->tree.places; p++)
        if (a->snapshot.type[a->tree.node[p]] != NODE_NATIVE)
            sum += snapshot_size(&a->snapshot, a->tree.node[p]);
    return sum;
}

/* The trace made of an export builds a heap with as many objects, whose sizes add up; its own expectation holds. */
static void check_import(const struct heap *h, uint64_t seed)
{
    struct analysis a = exported(h);
    struct snapshot_import options = {.slots = seed % 2 == 0, .path = "export"};
    struct error error = {0};
    struct run run;
    char *text = NULL;
    size_t len;
    FILE *out = open_memstream(&text, &len);
    ck_assert_int_eq(snapshot_import(&a.snapshot, &a.living, &options, out, &error), 0);
    fclose(out);
    struct run_options run_options = {.verify = true, .hooks = {.figure = report_figure}};
    ck_assert_int_eq(run_open_memory(&run, "import", text, len, &run_options, &error), 0);
    ck_assert_msg(run_advance(&run, 0, &error) == RUN_ENDED, "seed %" PRIu64 ": line %" PRIu64 ": %s", seed, error.line,
                  error_text(&error));
    ck_assert_uint_eq(run.failed, 0);
    ck_assert_uint_eq(run.passed, 1);
    ck_assert_uint_eq(run.current->heap.live, a.tree.places);
    ck_assert_uint_eq(run.current->heap.external, a.retained[0] - heap_bytes(&a));
    run_close(&run);
    free(text);
    analysis_close(&a);
}

static void check_import_seed(uint64_t seed)
{
    size_t len;
    char *text = randtrace(seed, &len);
    struct run run;
    struct error error = {0};
    ck_assert_int_eq(run_open_memory(&run, "random.trace", text, len, &(struct run_options){0}, &error), 0);
    ck_assert_int_eq(run_advance(&run, 0, &error), RUN_ENDED);
    check_import(&run.current->heap, seed);
    run_close(&run);
    free(text);
}

START_TEST(exports_are_imported)
{
    seeds_each(_i, 2, check_import_seed);
}
END_TEST

START_TEST(strings_are_decoded)
{
    static const char *const pairs[][2] = {
        {"plain", "plain"},
        {"\\\"\\\\\\/\\b\\f\\n\\r\\t", "\"\\/\b\f\n\r\t"},
        {"\\u4f60\\u597d", "你好"},
        {"\\ud83d\\ude00!", "😀!"},
        {"\\ud83d!", "\xEF\xBF\xBD!"},
        {"\\ude00\\ud83d", "\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"\\u12", "\xEF\xBF\xBD"
                  "12"},
        {"\xFF\xE4\xBD", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},
        {"é你", "é你"},
        {"\\", "\xEF\xBF\xBD"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        char out[256];
        size_t len = jscan_decode(pairs[i][0], strlen(pairs[i][0]), out);
        ck_assert_uint_le(len, 3 * strlen(pairs[i][0]));
        ck_assert_uint_eq(len, strlen(pairs[i][1]));
        ck_assert_mem_eq(out, pairs[i][1], len);
    }
}
END_TEST

Suite *suite_snapshot(void)
{
    Suite *suite = suite_create("snapshot");
    TCase *tc = tcase_create("snapshot");
    tcase_add_loop_test(tc, medleys_are_read_back, 0, ERA_COUNT);
    tcase_add_test(tc, strings_are_decoded);
    suite_add_tcase(suite, tc);
    seeds_case(suite, exports_are_read_back);
    seeds_case(suite, exports_are_imported);
    return suite;
}
