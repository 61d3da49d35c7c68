/* test_report.c - the JSON report: its schema, its text, single figures, pauses. */
#include "heap/leaks.h"
#include "report/pause_figures.h"
#include "report/query.h"
#include "report/report.h"
#include "runs.h"
#include "schema.h"

#include "checks.h"
#include "heap/figures.h"
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the schema ---- */

static json_t *load_schema(void)
{
    json_error_t error;
    json_t *schema = json_load_file("src/report/report.schema.json", 0, &error);
    ck_assert_msg(schema != NULL, "%s", error.text);
    return schema;
}

static void check_schema(const json_t *report)
{
    char message[512] = "";
    json_t *schema = load_schema();
    ck_assert_msg(schema_check(schema, report, message, sizeof message), "%s", message);
    json_decref(schema);
}

static json_t *report_of(const char *text, const struct run_options *options)
{
    struct run run;
    runs_text(&run, text, options);
    json_t *report = report_json(&run);
    ck_assert_ptr_nonnull(report);
    run_close(&run);
    return report;
}

START_TEST(reports_hold_to_the_schema)
{
    char *text = runs_medley(era_at(_i));
    json_t *report = report_of(text, NULL);
    check_schema(report);
    free(text);
    json_decref(report);
}
END_TEST

START_TEST(small_reports_hold_to_the_schema)
{
    static const char *const traces[] = {"",
                                         "title only\n",
                                         "set era node6\n",
                                         "alloc a 16\n",
                                         "expect collections.scavenges = 0\n",
                                         "gc\ngc minor\ngc compact\n"};
    for (size_t i = 0; i < sizeof traces / sizeof *traces; i++) {
        json_t *report = report_of(traces[i], NULL);
        check_schema(report);
        json_decref(report);
    }
    struct run_options options = {.until = 2, .max_collections = 1};
    json_t *report = report_of("alloc a 16\ngc\ngc\ngc\n", &options);
    check_schema(report);
    json_decref(report);
}
END_TEST

START_TEST(out_of_memory_holds_to_the_schema)
{
    json_t *report = report_of("alloc a 64 array\nrepeat 9999\nalloc b 200 in a\nend\nexpect oom\n", NULL);
    check_schema(report);
    ck_assert_str_eq(json_string_value(json_object_get(report, "outcome")), "out-of-memory");
    json_decref(report);
}
END_TEST

START_TEST(golden_reports_hold_to_the_schema)
{
    glob_t found;
    ck_assert_int_eq(glob("tests/golden/*.json", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        json_error_t error;
        json_t *report = json_load_file(found.gl_pathv[i], 0, &error);
        ck_assert_msg(report != NULL, "%s: %s", found.gl_pathv[i], error.text);
        check_schema(report);
        json_decref(report);
    }
    globfree(&found);
}
END_TEST

/* Every key that the schema allows is required, too, but these. */
START_TEST(the_schema_is_strict)
{
    static const char *const optional[] = {"resolution", "found", "path", "path_length", "worker"};
    json_t *schema = load_schema(), *definitions = json_object_get(schema, "$defs"), *definition;
    const char *name, *key;
    json_object_foreach(definitions, name, definition)
    {
        json_t *properties = json_object_get(definition, "properties"), *required, *property;
        if (properties == NULL)
            continue;
        required = json_object_get(definition, "required");
        ck_assert_msg(json_is_false(json_object_get(definition, "additionalProperties")), "%s", name);
        json_object_foreach(properties, key, property)
        {
            size_t i;
            json_t *word;
            bool there = false;
            for (size_t o = 0; o < sizeof optional / sizeof *optional; o++)
                there |= strcmp(key, optional[o]) == 0;
            json_array_foreach(required, i, word)
            {
                there |= strcmp(json_string_value(word), key) == 0;
            }
            ck_assert_msg(there, "%s.%s is not required", name, key);
        }
    }
    json_decref(schema);
}
END_TEST

/* Does the array of the schema at $defs.definition.properties.key.enum hold the word? */
static bool schema_lists(const json_t *schema, const char *definition, const char *key, const char *word)
{
    const json_t *at = json_object_get(json_object_get(schema, "$defs"), definition);
    at = json_object_get(json_object_get(json_object_get(at, "properties"), key), "enum");
    size_t i;
    json_t *value;
    json_array_foreach(at, i, value)
    {
        if (strcmp(json_string_value(value), word) == 0)
            return true;
    }
    return false;
}

START_TEST(the_schema_knows_every_word)
{
    json_t *schema = load_schema();
    for (unsigned r = 0; r < REASON_COUNT; r++)
        ck_assert_msg(schema_lists(schema, "collection", "reason", reason_words((enum reason)r)), "%s",
                      reason_words((enum reason)r));
    for (unsigned t = 0; t < COLLECTION_TYPES; t++)
        ck_assert(schema_lists(schema, "collection", "type", collection_type_word((enum collection_type)t)));
    for (unsigned v = 0; v < VERDICT_COUNT; v++)
        ck_assert(schema_lists(schema, "leaks", "verdict", leak_verdict_word((enum leak_verdict)v)));
    for (unsigned c = 0; c < LEAK_CLASS_COUNT; c++)
        ck_assert(schema_lists(schema, "leak_site", "class", leak_class_word((enum leak_class)c)));
    for (unsigned k = 0; k < KIND_COUNT; k++)
        ck_assert(schema_lists(schema, "path_step", "kind", object_kind_word((enum object_kind)k)));
    for (unsigned p = 0; p < PROFILE_COUNT; p++)
        ck_assert(schema_lists(schema, "config", "profile", profile_word((enum profile)p)));
    for (unsigned e = 0; e < ERA_COUNT; e++) {
        ck_assert(schema_lists(schema, "config", "era", era_word((enum era)e)));
        for (unsigned s = 0; s < SPACE_COUNT; s++)
            if (era_has_space((enum era)e, (enum space_id)s))
                ck_assert(schema_lists(schema, "space", "space_name", space_name((enum era)e, (enum space_id)s)));
    }
    json_decref(schema);
}
END_TEST

/* The validator itself: values that it must refuse, each with its reason. */
START_TEST(the_validator_refuses)
{
    static const struct {
        const char *schema, *value, *message;
    } cases[] = {
        {"{\"type\": \"integer\"}", "1.5", "/: is no integer"},
        {"{\"type\": [\"string\", \"null\"]}", "1", "/: is of none of the types"},
        {"{\"items\": {\"minimum\": 0}}", "[0, -1]", "/1: -1 is less than 0"},
        {"{\"maximum\": 1}", "1.5", "/: 1.5 is more than 1"},
        {"{\"required\": [\"a\"]}", "{}", "/: lacks \"a\""},
        {"{\"properties\": {\"a\": {\"const\": 1}}}", "{\"a\": 2}", "/a: is not the one value allowed"},
        {"{\"additionalProperties\": false}", "{\"a\": 2}", "/: has an unknown key \"a\""},
        {"{\"enum\": [\"a\"]}", "\"b\"", "/: \"b\" is none of the values"},
        {"{\"minItems\": 1}", "[]", "/: has too few items"},
        {"{\"maxItems\": 1}", "[1, 2]", "/: has too many items"},
        {"{\"$ref\": \"#/$defs/a\", \"$defs\": {\"a\": {\"type\": \"null\"}}}", "1", "/: is no null"},
        {"{\"$ref\": \"#/$defs/b\"}", "1", "/: no #/$defs/b in the schema"},
        {"{\"items\": {\"pattern\": \"x\"}}", "1", "/: unknown keyword \"pattern\""},
        {"{\"additionalProperties\": true}", "1", "/: additionalProperties may only be false"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char message[256] = "";
        json_t *schema = json_loads(cases[i].schema, 0, NULL),
               *value = json_loads(cases[i].value, JSON_DECODE_ANY, NULL);
        ck_assert_ptr_nonnull(schema);
        ck_assert(!schema_check(schema, value, message, sizeof message));
        ck_assert_str_eq(message, cases[i].message);
        json_decref(schema);
        json_decref(value);
    }
}
END_TEST

/* ---- the text ---- */

START_TEST(the_text_is_the_tree)
{
    struct run run;
    char *trace = runs_medley(era_at(_i));
    runs_text(&run, trace, NULL);
    char *text = runs_written(report_write_json, &run);
    json_t *tree = report_json(&run), *read = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    ck_assert_ptr_nonnull(read);
    ck_assert(json_equal(tree, read));
    ck_assert_ptr_nonnull(strstr(text, "\"title\": \"A \\\"medley\\\", \xE5\xA0\x86\""));
    ck_assert(text[strlen(text) - 1] == '\n' && text[strlen(text) - 2] == '}');
    json_decref(tree);
    json_decref(read);
    free(text);
    free(trace);
    run_close(&run);
}
END_TEST

START_TEST(keys_stand_in_their_order)
{
    static const char *const keys[] = {"schema",   "heapreel", "trace",       "config",       "outcome",
                                       "events",   "time",     "pauses",      "mmu",          "memoryUsage",
                                       "peak",     "spaces",   "collections", "barriers",     "promotion",
                                       "survival", "objects",  "finalized",   "weak_cleared", "expectations"};
    struct run run;
    runs_text(&run, "alloc a 16\n", NULL);
    char *text = runs_written(report_write_json, &run);
    const char *at = text;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        char line[64];
        snprintf(line, sizeof line, "\n  \"%s\": ", keys[i]);
        const char *next = strstr(at, line);
        ck_assert_msg(next != NULL, "%s", keys[i]);
        at = next + 1;
    }
    free(text);
    run_close(&run);
}
END_TEST

/* Every number with a point has six digits behind it, and at least one is there. */
START_TEST(ratios_have_six_decimals)
{
    struct run run;
    char *trace = runs_medley("book");
    runs_text(&run, trace, NULL);
    char *text = runs_written(report_write_json, &run);
    size_t ratios = 0;
    for (const char *at = text; (at = strstr(at, "\"fragmentation")) != NULL; ratios++) {
        at = strstr(at, "\": ") + 3;
        ck_assert_uint_eq(strspn(at, "01"), 1);
        ck_assert(at[1] == '.');
        ck_assert_uint_eq(strspn(at + 2, "0123456789"), 6);
    }
    ck_assert_uint_gt(ratios, 10);
    free(text);
    free(trace);
    run_close(&run);
}
END_TEST

START_TEST(a_path_of_any_bytes)
{
    struct run run;
    runs_text(&run, "alloc a 16\n", NULL);
    free(run.path);
    run.path = strdup("a\xFF\"\x01\xC2\x85\xE5\xA0");
    char *text = runs_written(report_write_json, &run);
    ck_assert_ptr_nonnull(strstr(text, "\"path\": \"a\xEF\xBF\xBD\\\"\\u0001\\u0085\xEF\xBF\xBD\xEF\xBF\xBD\""));
    json_t *read = json_loads(text, 0, NULL), *tree = report_json(&run);
    ck_assert(json_equal(read, tree));
    json_decref(read);
    json_decref(tree);
    free(text);
    run_close(&run);
}
END_TEST

START_TEST(a_full_disk_is_told)
{
    struct run run;
    char *trace = runs_medley("book");
    runs_text(&run, trace, NULL);
    FILE *full = fopen("/dev/full", "w");
    ck_assert_ptr_nonnull(full);
    ck_assert_int_eq(report_write_json(&run, full), -1);
    ck_assert_int_eq(report_write_summary(&run, full), -1);
    ck_assert_int_eq(report_write_heap(&run.current->heap, full), -1);
    fclose(full);
    free(trace);
    run_close(&run);
}
END_TEST

/* Every allocation of jansson fails once. */
static long allocations_left;
static long allocated;

static void *failing_malloc(size_t size)
{
    if (allocations_left-- == 0)
        return NULL;
    void *block = malloc(size);
    allocated += block != NULL;
    return block;
}

static void counting_free(void *block)
{
    allocated -= block != NULL;
    free(block);
}

START_TEST(no_memory_for_the_tree)
{
    struct run run;
    long k = 0;
    json_t *tree = NULL;
    runs_text(&run, "alloc a 16\ngc\nexpect live a\nexpect dead a\n", NULL);
    json_set_alloc_funcs(failing_malloc, counting_free);
    for (; tree == NULL && k < 100000; k++) {
        allocations_left = k;
        tree = report_json(&run);
        ck_assert(tree != NULL || allocated == 0);
    }
    allocations_left = -1;
    ck_assert_int_gt(k, 100);
    json_decref(tree);
    ck_assert_int_eq(allocated, 0);
    json_set_alloc_funcs(malloc, free);
    run_close(&run);
}
END_TEST

/* ---- figures ---- */

static void figure_is(const struct run *run, const char *path, uint64_t expected)
{
    uint64_t value = 4711;
    bool ratio = true;
    ck_assert_msg(report_figure(NULL, run, path, strlen(path), &value, &ratio) == 0, "%s", path);
    ck_assert_msg(value == expected && !ratio, "%s is %llu", path, (unsigned long long)value);
}

/* Every number in the tree is a figure with that value; nothing else is a figure. Returns how many there are. */
static unsigned compare_figures(const struct run *run, const json_t *tree, char *path, size_t room)
{
    size_t len = strlen(path), i;
    unsigned n = 0;
    const char *key;
    json_t *value;
    uint64_t found;
    bool ratio;
    json_object_foreach((json_t *)tree, key, value)
    {
        snprintf(path + len, room - len, "%s%s", len ? "." : "", key);
        n += compare_figures(run, value, path, room);
    }
    json_array_foreach(tree, i, value)
    {
        snprintf(path + len, room - len, ".%zu", i);
        n += compare_figures(run, value, path, room);
    }
    path[len] = '\0';
    bool is = report_figure(NULL, run, path, len, &found, &ratio) == 0;
    ck_assert_msg(is == json_is_number(tree), "%s", path);
    if (json_is_integer(tree)) {
        ck_assert_msg(!ratio && found == (uint64_t)json_integer_value(tree), "%s", path);
    } else if (json_is_real(tree)) {
        ck_assert_msg(ratio && (double)found / 1e6 >= json_real_value(tree) &&
                          (double)found / 1e6 <= json_real_value(tree),
                      "%s", path);
    }
    return n + is;
}

START_TEST(figures_are_the_tree)
{
    struct run run;
    char path[256] = "", *trace = runs_medley(era_at(_i));
    runs_text(&run, trace, NULL);
    json_t *tree = report_json(&run);
    ck_assert_uint_gt(compare_figures(&run, tree, path, sizeof path), 200);
    json_decref(tree);
    free(trace);
    run_close(&run);
}
END_TEST

START_TEST(figures_of_a_space_by_name)
{
    struct run run;
    char *trace = runs_medley("book");
    runs_text(&run, trace, NULL);
    struct space_figures f = heap_space_figures(&run.current->heap, SPACE_OLD_DATA);
    figure_is(&run, "spaces.old-data.used", f.used);
    figure_is(&run, "spaces.old-data.space_used_size", f.used);
    figure_is(&run, "spaces.old-data.size", f.size);
    figure_is(&run, "spaces.old-data.available", f.available);
    figure_is(&run, "spaces.old-data.physical", f.physical);
    figure_is(&run, "spaces.old-data.wasted", f.wasted);
    figure_is(&run, "spaces.old-data.objects", f.objects);
    figure_is(&run, "spaces.old-data.pages", f.pages);
    figure_is(&run, "spaces.2.used", f.used);
    figure_is(&run, "config.page-size", 1024);
    figure_is(&run, "events.alloc", run.current->counts[TRACE_ALLOC]);
    figure_is(&run, "collections.list.0.index", 1);
    figure_is(&run, "survival.9999", 0);
    free(trace);
    run_close(&run);
}
END_TEST

START_TEST(what_is_no_figure)
{
    static const char *const hints[][2] = {
        {"heapUsed",
         "unknown figure \"heapUsed\", known are schema, heapreel, trace, config, outcome, events, time, pauses, "
         "mmu, memoryUsage, peak, spaces, collections, barriers, promotion, survival, objects, finalized, "
         "weak_cleared, leaks, expectations"},
        {"memoryUsage.heapused",
         "unknown figure \"heapused\" in \"memoryUsage\", known are rss, heapTotal, heapUsed, external"},
        {"memoryUsage", "\"memoryUsage\" is no figure but a group: add rss, heapTotal, heapUsed, external"},
        {"survival", "\"survival\" is no figure but a list: add an index"},
        {"survival.x", "unknown figure \"x\" in \"survival\""},
        {"survival.01", "unknown figure \"01\" in \"survival\""},
        {"spaces.old.used",
         "unknown figure \"old\" in \"spaces\", known are new, old-pointer, old-data, code, map, cell, "
         "property-cell, large"},
        {"spaces.new",
         "\"spaces.new\" is no figure but a group: add space_name, space_size, space_used_size, "
         "space_available_size, physical_space_size, wasted, unswept, unswept_pages, withheld, objects, pages, occupancy, fragmentation, largest_free, free_list"},
        {"spaces.99.used",
         "unknown figure \"99\" in \"spaces\", known are new, old-pointer, old-data, code, map, cell, "
         "property-cell, large"},
        {"barriers.sweeping",
         "unknown figure \"sweeping\" in \"barriers\", known are generational, marking, remembered_set_peak"},
    };
    static const char *const others[] = {"",
                                         ".",
                                         "outcome",
                                         "trace.title",
                                         "memoryUsage.",
                                         ".memoryUsage",
                                         "objects.live.x",
                                         "collections.list.0",
                                         "collections.list.99.index",
                                         "collections.used",
                                         "expectations.list.0.passed",
                                         "surviva.1",
                                         "survival.1.2",
                                         "peak.1"};
    struct run run;
    uint64_t value;
    bool ratio;
    runs_text(&run, "alloc a 16\ngc minor\nexpect live a\n", NULL);
    for (size_t i = 0; i < sizeof hints / sizeof *hints; i++) {
        ck_assert_int_eq(report_figure(NULL, &run, hints[i][0], strlen(hints[i][0]), &value, &ratio), -1);
        char *hint = report_figure_hint(&run, hints[i][0], strlen(hints[i][0]));
        ck_assert_pstr_eq(hint, hints[i][1]);
        free(hint);
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        char *exact = strdup(others[i]); /* so that a sanitizer sees a look past its end */
        size_t len = strlen(exact);
        char *cut = memcpy(malloc(len + 1), exact, len);
        ck_assert_msg(report_figure(NULL, &run, cut, len, &value, &ratio) == -1, "%s", exact);
        char *hint = report_figure_hint(&run, cut, len);
        ck_assert_ptr_nonnull(hint);
        free(hint);
        free(cut);
        free(exact);
    }
    run_close(&run);
}
END_TEST

/* ---- pauses ---- */

static int ascending(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* By the definition: the smallest value such that at least percent % of all are at or below it. */
static uint64_t naive_percentile(const uint64_t *values, size_t n, unsigned percent)
{
    uint64_t best = UINT64_MAX;
    for (size_t i = 0; i < n; i++) {
        size_t below = 0;
        for (size_t k = 0; k < n; k++)
            below += values[k] <= values[i];
        if (below * 100 >= n * percent && values[i] < best)
            best = values[i];
    }
    return best;
}

START_TEST(percentiles_are_nearest_rank)
{
    uint64_t values[120], random = 88172645463325252u;
    for (size_t n = 1; n <= 120; n++) {
        for (size_t i = 0; i < n; i++) {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            values[i] = random % (n % 3 == 0 ? 7 : 1000000);
        }
        qsort(values, n, sizeof *values, ascending);
        for (unsigned percent = 1; percent <= 100; percent++)
            ck_assert_uint_eq(percentile(values, n, percent), naive_percentile(values, n, percent));
    }
}
END_TEST

Suite *suite_report(void);
Suite *suite_report(void)
{
    Suite *suite = suite_create("report");
    TCase *schema = tcase_create("schema"), *text = tcase_create("text"), *figure = tcase_create("figure"),
          *pauses = tcase_create("pauses");
    tcase_add_loop_test(schema, reports_hold_to_the_schema, 0, ERA_COUNT);
    tcase_add_test(schema, small_reports_hold_to_the_schema);
    tcase_add_test(schema, golden_reports_hold_to_the_schema);
    tcase_add_test(schema, out_of_memory_holds_to_the_schema);
    tcase_add_test(schema, the_schema_is_strict);
    tcase_add_test(schema, the_schema_knows_every_word);
    tcase_add_test(schema, the_validator_refuses);
    tcase_add_loop_test(text, the_text_is_the_tree, 0, ERA_COUNT);
    tcase_add_test(text, keys_stand_in_their_order);
    tcase_add_test(text, ratios_have_six_decimals);
    tcase_add_test(text, a_path_of_any_bytes);
    tcase_add_test(text, a_full_disk_is_told);
    tcase_add_test(text, no_memory_for_the_tree);
    tcase_add_loop_test(figure, figures_are_the_tree, 0, ERA_COUNT);
    tcase_add_test(figure, figures_of_a_space_by_name);
    tcase_add_test(figure, what_is_no_figure);
    tcase_add_test(pauses, percentiles_are_nearest_rank);
    suite_add_tcase(suite, schema);
    suite_add_tcase(suite, text);
    suite_add_tcase(suite, figure);
    suite_add_tcase(suite, pauses);
    return suite;
}
