/*
 * test_screen_figures.c - the figures on the screen are those of the report at the same event: a dozen moments of a
 * dozen traces.
 */
#include "screens.h"

#include "report/report.h"
#include "tui/term/words.h"

#include <inttypes.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOMENTS 12
#define STEPS_MOST 4000 /* of a trace */

static const char *const traces[] = {
    "traces/102-executable-code.trace",
    "traces/110-external-memory.trace",
    "traces/202-cheney-step-by-step.trace",
    "traces/205-promotion-at-25-percent.trace",
    "traces/207-fillers.trace",
    "traces/208-semispace-growth.trace",
    "traces/211-young-large-node20.trace",
    "traces/302-holes-and-compaction.trace",
    "traces/401-incremental-marking.trace",
    "traces/404-lost-object-node20.trace",
    "traces/405-floating-garbage.trace",
    "traces/505-out-of-memory.trace",
    "traces/601-weakmap.trace",
    "traces/604-weakref-and-finalization.trace",
    "tests/golden/mixed-node6.trace",
    "tests/golden/mixed-node20.trace",
};

static const struct run *run_of(const struct dashboard *d)
{
    return d->player->run;
}

/* A file as text: the caller's. */
static char *file_text(const char *path)
{
    FILE *in = fopen(path, "r");
    ck_assert_msg(in != NULL, "%s", path);
    char *text = calloc(1, 1 << 20);
    ck_assert_ptr_nonnull(text);
    ck_assert_uint_lt(fread(text, 1, (1 << 20) - 1, in), (1 << 20) - 1);
    fclose(in);
    return text;
}

/* ---- the report ---- */

static uint64_t number(const json_t *json)
{
    ck_assert(json_is_integer(json));
    return (uint64_t)json_integer_value(json);
}

/* The number at a dotted path. */
static uint64_t at(const json_t *report, const char *path)
{
    char part[64];
    const json_t *json = report;
    for (const char *p = path; *p; p += strspn(p, ".")) {
        size_t n = strcspn(p, ".");
        snprintf(part, sizeof part, "%.*s", (int)n, p);
        json = json_is_array(json) ? json_array_get(json, (size_t)atoi(part)) : json_object_get(json, part);
        ck_assert_msg(json != NULL, "no %s", path);
        p += n;
    }
    if (json_is_real(json)) /* a ratio: in millionths */
        return (uint64_t)(json_real_value(json) * 1e6 + 0.5);
    return number(json);
}

/* The sum of a key over the collections. */
static uint64_t sum(const json_t *report, const char *key)
{
    uint64_t total = 0;
    size_t i;
    const json_t *g;
    json_array_foreach(json_object_get(json_object_get(report, "collections"), "list"), i, g) total +=
        number(json_object_get(g, key));
    return total;
}

/* ---- the screen ---- */

/* The value behind a name on the screen: the text up to two blanks. */
static const char *shown(const char *screen, const char *name)
{
    static char value[64];
    size_t len = strlen(name);
    for (const char *p = screen; (p = strstr(p, name)); p += len) {
        if (p == screen || p[-1] != ' ' || p[len] != ' ')
            continue;
        const char *v = p + len + strspn(p + len, " ");
        size_t n = 0;
        while (v[n] && v[n] != '\n' && !(v[n] == ' ' && (v[n + 1] == ' ' || v[n + 1] == '\n')))
            n++;
        snprintf(value, sizeof value, "%.*s", (int)n, v);
        return value;
    }
    return "(it is not there)";
}

/* X(name on the screen, how it is printed, value of the report) */
#define SHOWN(X)                                                                                                       \
    X("heapUsed", size, at(r, "memoryUsage.heapUsed"))                                                                 \
    X("heapTotal", size, at(r, "memoryUsage.heapTotal"))                                                               \
    X("external", size, at(r, "memoryUsage.external"))                                                                 \
    X("rss", size, at(r, "memoryUsage.rss"))                                                                           \
    X("live objects", count, at(r, "objects.live"))                                                                    \
    X("collected", count, at(r, "objects.collected"))                                                                  \
    X("allocated", count, at(r, "objects.allocated"))                                                                  \
    X("most objects", count, at(r, "objects.peak_live"))                                                               \
    X("most heapUsed", size, at(r, "peak.heapUsed"))                                                                   \
    X("scavenges", count, at(r, "collections.scavenges"))                                                              \
    X("majors", count, at(r, "collections.mark_sweeps") + at(r, "collections.mark_compacts"))                          \
    X("marking steps", count, at(r, "collections.incremental_steps"))                                                  \
    X("copied", size, sum(r, "copied_bytes"))                                                                          \
    X("promoted", size, sum(r, "promoted_bytes"))                                                                      \
    X("dead", size, sum(r, "dead_bytes"))                                                                              \
    X("in pauses", time, at(r, "pauses.all.total_ns"))                                                                 \
    X("longest", time, at(r, "pauses.all.max_ns"))                                                                     \
    X("pause p95", time, at(r, "pauses.all.p95_ns"))                                                                   \
    X("mutator", time, at(r, "time.mutator_ns"))                                                                       \
    X("by age", count, at(r, "promotion.by_age"))                                                                      \
    X("by threshold", count, at(r, "promotion.by_threshold"))                                                          \
    X("by overflow", count, at(r, "promotion.by_overflow"))                                                            \
    X("by major", count, at(r, "promotion.by_major"))                                                                  \
    X("large", count, at(r, "promotion.large"))                                                                        \
    X("barrier hits", count, at(r, "barriers.generational"))                                                           \
    X("marking barrier", count, at(r, "barriers.marking"))                                                             \
    X("remembered most", count, at(r, "barriers.remembered_set_peak"))                                                 \
    X("weak cleared", count, at(r, "weak_cleared"))                                                                    \
    X("finalized", count, at(r, "finalized"))

static void print_size(char out[WORDS_ROOM], uint64_t value)
{
    words_size(out, value);
}

static void print_count(char out[WORDS_ROOM], uint64_t value)
{
    words_count(out, value);
}

static void print_time(char out[WORDS_ROOM], uint64_t value)
{
    words_time(out, value, false);
}

static void compare_figures(const char *trace, uint64_t event, const char *screen, const json_t *r)
{
    char expected[WORDS_ROOM];
#define X(name, print, value)                                                                                          \
    print_##print(expected, value);                                                                                    \
    ck_assert_msg(strcmp(shown(screen, name), expected) == 0, "%s, event %" PRIu64 ": %s is %s, the report says %s",   \
                  trace, event, name, shown(screen, name), expected);
    SHOWN(X)
#undef X
}

/* The rows of the table of spaces: name, used, size, occupancy, fragmentation, wasted, objects, pages. */
static void compare_spaces(const char *trace, uint64_t event, const char *screen, const json_t *report)
{
    size_t i;
    const json_t *space;
    json_array_foreach(json_object_get(report, "spaces"), i, space)
    {
        char used[WORDS_ROOM], size[WORDS_ROOM], wasted[WORDS_ROOM], objects[WORDS_ROOM], pages[WORDS_ROOM],
            row[6 * WORDS_ROOM];
        words_size(used, at(space, "space_used_size"));
        words_size(size, at(space, "space_size"));
        words_size(wasted, at(space, "wasted"));
        words_count(objects, at(space, "objects"));
        words_count(pages, at(space, "pages"));
        snprintf(row, sizeof row, "  %-14s%8s%8s%4u %%%4u %%%9s%9s%7s\n",
                 json_string_value(json_object_get(space, "space_name")), used, size,
                 words_percent(at(space, "occupancy"), 1000000), words_percent(at(space, "fragmentation"), 1000000),
                 wasted, objects, pages);
        ck_assert_msg(strstr(screen, row) != NULL, "%s, event %" PRIu64 ": no row %s in\n%s", trace, event, row,
                      screen);
    }
}

/* "12    3": how many objects have survived how many scavenges. */
static void compare_survival(const char *trace, uint64_t event, const char *screen, const json_t *report)
{
    size_t i;
    const json_t *count;
    json_array_foreach(json_object_get(report, "survival"), i, count)
    {
        char text[WORDS_ROOM], row[2 * WORDS_ROOM];
        words_count(text, number(count));
        snprintf(row, sizeof row, "\n  %4zu%12s", i, text);
        ck_assert_msg(strstr(screen, row) != NULL, "%s, event %" PRIu64 ": no row %s in\n%s", trace, event, row,
                      screen);
    }
}

/* The top line's event and time, and what the headings of the panels say. */
static void compare_panels(const char *trace, uint64_t event, const char *screen, const json_t *r)
{
    char text[2 * WORDS_ROOM], number_text[WORDS_ROOM];
    snprintf(text, sizeof text, "event %s", words_count(number_text, at(r, "trace.events")));
    ck_assert_msg(strstr(screen, text) != NULL, "%s: no %s in\n%s", trace, text, screen);
    words_time(text, at(r, "time.total_ns"), false);
    ck_assert_msg(strstr(screen, text) != NULL, "%s, event %" PRIu64 ": no time %s", trace, event, text);
    uint64_t objects = at(r, "spaces.0.objects");
    snprintf(text, sizeof text, "%s object%s, cell", words_count(number_text, objects), objects == 1 ? "" : "s");
    ck_assert_msg(strstr(screen, text) != NULL, "%s, event %" PRIu64 ": no %s", trace, event, text);
    if (at(r, "spaces.1.pages") > 0) {
        snprintf(text, sizeof text, "%u %% used, %u %% fragmented", words_percent(at(r, "spaces.1.occupancy"), 1000000),
                 words_percent(at(r, "spaces.1.fragmentation"), 1000000));
        ck_assert_msg(strstr(screen, text) != NULL, "%s, event %" PRIu64 ": no %s in\n%s", trace, event, text, screen);
    }
    uint64_t collections =
        at(r, "collections.scavenges") + at(r, "collections.mark_sweeps") + at(r, "collections.mark_compacts");
    snprintf(text, sizeof text, "%s so far", words_count(number_text, collections));
    ck_assert_msg(strstr(screen, text) != NULL, "%s, event %" PRIu64 ": no %s", trace, event, text);
}

static void compare_moment(struct dashboard *d, const char *trace)
{
    json_t *report = report_json(run_of(d));
    uint64_t event = run_events(run_of(d));
    ck_assert_ptr_nonnull(report);
    d->scene.focus = VIEW_FIGURES;
    d->scene.zoomed = true;
    ck_assert_int_eq(dashboard_draw(d, 110, 60), 0);
    const char *screen = screens_text(&d->canvas);
    compare_figures(trace, event, strchr(screen, '\n'), report); /* not in the title */
    compare_spaces(trace, event, screen, report);
    compare_survival(trace, event, screen, report);
    d->scene.zoomed = false;
    ck_assert_int_eq(dashboard_draw(d, 200, 60), 0);
    compare_panels(trace, event, screens_text(&d->canvas), report);
    json_decref(report);
}

START_TEST(screen_has_the_reports_figures)
{
    const char *trace = traces[_i];
    char *text = file_text(trace);
    uint64_t steps = 0, done = 0;
    struct dashboard d;
    setlocale(LC_ALL, "C.UTF-8");
    screens_open(&d, text);
    for (; !player_ended(d.player) && steps < STEPS_MOST; steps++)
        dashboard_key(&d, 'l');
    dashboard_close(&d);
    screens_open(&d, text);
    unsigned moments = 0;
    for (uint64_t i = 1; i <= MOMENTS; i++) {
        for (; done < steps * i / MOMENTS; done++)
            dashboard_key(&d, 'l');
        if (run_of(&d)->current->ready) {
            compare_moment(&d, trace);
            moments++;
        }
    }
    ck_assert_uint_ge(moments, MOMENTS - 2);
    dashboard_close(&d);
    free(text);
}
END_TEST

Suite *suite_screen_figures(void)
{
    Suite *suite = suite_create("screen_figures");
    TCase *tcase = tcase_create("figures");
    tcase_add_loop_test(tcase, screen_has_the_reports_figures, 0, sizeof traces / sizeof *traces);
    tcase_set_timeout(tcase, 60);
    suite_add_tcase(suite, tcase);
    return suite;
}
