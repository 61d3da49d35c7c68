/*
 * test_exact.c - the figures and heaps that a separate implementation made of 42 traces (tests/exact).
 * UNIT_DIR names the folder tests/ if it is not in the current one.
 */
#include "compare.h"
#include "report/report.h"
#include "run/run.h"
#include "runs.h"

#include "checks.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Suite *suite_exact(void);

static const char *const styles[] = {"cache", "churn", "large", "list", "mixed", "tree", "weak"};
static const char *const seeds[] = {"11", "12"};
enum { STYLES = 7, SEEDS = 2, TRACES = STYLES * ERA_COUNT * SEEDS };

/* All of the i-th trace's file with that ending, NUL-terminated: new. */
static char *read_file(int i, const char *ending, size_t *len)
{
    const char *root = getenv("UNIT_DIR");
    char *path = NULL, *text = NULL;
    size_t path_len = 0;
    FILE *name = open_memstream(&path, &path_len);
    fprintf(name, "%s/exact/%s-%s-%s.%s", root ? root : "tests", styles[i / (ERA_COUNT * SEEDS)],
            era_at(i / SEEDS % ERA_COUNT), seeds[i % SEEDS], ending);
    fclose(name);
    FILE *in = fopen(path, "rb"), *copy = open_memstream(&text, len);
    ck_assert_msg(in != NULL, "%s cannot be read", path);
    for (int c = getc(in); c != EOF; c = getc(in))
        putc(c, copy);
    fclose(in);
    fclose(copy);
    free(path);
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

START_TEST(exact_figures_and_places)
{
    size_t len, unused;
    char *trace = read_file(_i, "trace", &len);
    char *figures = read_file(_i, "json", &unused), *heap = read_file(_i, "heap", &unused);
    struct run_options options = {.verify = true};
    struct error error = {0};
    struct run run;
    json_error_t wrong;
    json_t *expected = json_loads(figures, 0, &wrong);
    ck_assert_msg(expected != NULL, "%s", wrong.text);
    ck_assert_msg(run_open_memory(&run, "exact.trace", trace, len, &options, &error) == 0, "%s", error_text(&error));
    ck_assert_msg(run_advance(&run, 0, &error) == RUN_ENDED, "line %d: %s", (int)error.line, error_text(&error));
    json_t *found = report_json(&run);
    char *found_heap = heap_text(&run), *why = NULL;
    size_t why_len;
    FILE *out = open_memstream(&why, &why_len);
    int differences = compare_report(expected, found, out) + compare_heap_unmarked(heap, found_heap, out);
    fclose(out);
    ck_assert_msg(differences == 0, "%s-%s-%s: %d differences\n%.1500s", styles[_i / (ERA_COUNT * SEEDS)],
                  era_at(_i / SEEDS % ERA_COUNT), seeds[_i % SEEDS], differences, why);
    run_close(&run);
    json_decref(expected);
    json_decref(found);
    free(why);
    free(found_heap);
    free(trace);
    free(figures);
    free(heap);
}
END_TEST

Suite *suite_exact(void)
{
    Suite *suite = suite_create("exact");
    TCase *tc = tcase_create("exact");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, exact_figures_and_places, 0, TRACES);
    suite_add_tcase(suite, tc);
    return suite;
}
