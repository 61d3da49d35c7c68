/* test_score.c - the figures by which configurations are compared are those of the JSON report. */
#include "report/metrics.h"
#include "report/report.h"
#include "runs.h"

#include "checks.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A number of the report; a ratio in millionths. */
static uint64_t number(const json_t *value)
{
    ck_assert(json_is_number(value));
    return json_is_integer(value) ? (uint64_t)json_integer_value(value)
                                  : (uint64_t)llround(json_real_value(value) * 1e6);
}

static uint64_t sum(const json_t *list, const char *key)
{
    uint64_t total = 0;
    size_t i;
    const json_t *item;
    json_array_foreach(list, i, item)
    {
        total += number(json_object_get(item, key));
    }
    return total;
}

/* What the report says of a score, found another way. */
static uint64_t expected(const json_t *report, unsigned metrics)
{
    const json_t *collections = json_object_get(report, "collections");
    const json_t *list = json_object_get(collections, "list");
    const char *path = metric_rows[metrics].path;
    switch (metrics) {
    case METRIC_MAJORS:
        return number(json_object_get(collections, "mark_sweeps")) +
               number(json_object_get(collections, "mark_compacts"));
    case METRIC_COPIED:
    case METRIC_PROMOTED:
    case METRIC_FLOATING: return sum(list, strrchr(path, '.') + 1);
    case METRIC_FRAGMENTATION:
        return number(json_object_get(json_array_get(list, json_array_size(list) - 1), "fragmentation_after"));
    default: break;
    }
    const json_t *at = report;
    char copy[64];
    snprintf(copy, sizeof copy, "%s", path);
    for (const char *part = strtok(copy, "."); part != NULL; part = strtok(NULL, ".")) {
        at = json_is_array(at) ? json_array_get(at, (size_t)atoi(part)) : json_object_get(at, part);
        ck_assert_msg(at != NULL, "%s: no %s in the report", path, part);
    }
    return number(at);
}

START_TEST(scores_are_those_of_the_report)
{
    char *text = runs_medley(era_at(_i));
    struct run run;
    struct metrics metrics;
    runs_text(&run, text, NULL);
    json_t *report = report_json(&run);
    ck_assert_ptr_nonnull(report);
    ck_assert_int_eq(metrics_of(&run, &metrics), 0);
    for (unsigned i = 0; i < METRIC_COUNT; i++) {
        ck_assert_msg(metrics.known >> i & 1, "%s", metric_rows[i].path);
        ck_assert_msg(metrics.value[i] == expected(report, i), "%s: %llu, expected %llu", metric_rows[i].path,
                      (unsigned long long)metrics.value[i], (unsigned long long)expected(report, i));
    }
    ck_assert_uint_gt(metrics.value[METRIC_SCAVENGES], 1);
    ck_assert_uint_gt(metrics.value[METRIC_MAJORS], 1);
    ck_assert_uint_gt(metrics.value[METRIC_COPIED], 0);
    ck_assert_uint_gt(metrics.value[METRIC_WINDOW_0], 0);
    json_decref(report);
    run_close(&run);
    free(text);
}
END_TEST

START_TEST(sums_over_a_cut_list_are_not_known)
{
    const struct run_options options = {.max_collections = 1};
    char *text = runs_medley("book");
    struct run run;
    struct metrics metrics;
    runs_text(&run, text, &options);
    ck_assert_int_eq(metrics_of(&run, &metrics), 0);
    for (unsigned i = 0; i < METRIC_COUNT; i++) {
        bool listed = strncmp(metric_rows[i].path, "collections.list.", strlen("collections.list.")) == 0;
        ck_assert_int_eq(metrics.known >> i & 1, !listed);
    }
    run_close(&run);
    free(text);
}
END_TEST

START_TEST(a_run_without_collections_has_scores)
{
    struct run run;
    struct metrics metrics;
    runs_text(&run, "alloc a 16\n", NULL);
    ck_assert_int_eq(metrics_of(&run, &metrics), 0);
    ck_assert_uint_eq(metrics.known, (UINT64_C(1) << METRIC_COUNT) - 1);
    ck_assert_uint_eq(metrics.value[METRIC_COPIED], 0);
    ck_assert_uint_eq(metrics.value[METRIC_PEAK_USED], 16);
    ck_assert_uint_eq(metrics.value[METRIC_MMU_0], 1000000);
    run_close(&run);
}
END_TEST

Suite *suite_score(void);
Suite *suite_score(void)
{
    Suite *suite = suite_create("score");
    TCase *metrics = tcase_create("scores");
    tcase_add_loop_test(metrics, scores_are_those_of_the_report, 0, ERA_COUNT);
    tcase_add_test(metrics, sums_over_a_cut_list_are_not_known);
    tcase_add_test(metrics, a_run_without_collections_has_scores);
    suite_add_tcase(suite, metrics);
    return suite;
}
