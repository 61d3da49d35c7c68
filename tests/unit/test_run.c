/*
 * test_run.c - runs: errors that only the run can see (tests/bad/run-*), expectations, out of memory, --until,
 * --strict, and what is told to the owner. UNIT_DIR names the folder tests/ if it is not in the current one.
 */
#include "gc/gc.h"
#include "report/report.h"
#include "run/run.h"
#include "runs.h"

#include "checks.h"
#include <dirent.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Suite *suite_run(void);

/* ---- helpers ---- */

/* Formatted text: new. */
__attribute__((format(printf, 1, 2))) static char *format(const char *form, ...)
{
    char *text = NULL;
    size_t len;
    va_list args;
    FILE *out = open_memstream(&text, &len);
    va_start(args, form);
    vfprintf(out, form, args);
    va_end(args);
    fclose(out);
    return text;
}

/* How a run of the trace ends: "ended", or "LINE:COLUMN: text", or "text" if the error has no place: new. */
static char *outcome_of(const char *text, size_t len, const struct run_options *options, uint64_t batch)
{
    struct run run;
    struct error error = {0};
    struct run_options chosen = options ? *options : (struct run_options){.verify = true};
    chosen.hooks.figure = report_figure;
    ck_assert_int_eq(run_open_memory(&run, "test.trace", text, len, &chosen, &error), 0);
    enum run_state state;
    do {
        state = run_advance(&run, batch, &error);
    } while (state == RUN_MORE);
    char *outcome;
    if (state == RUN_ENDED)
        outcome = format("ended");
    else if (error.line == 0)
        outcome = format("%s", error_text(&error));
    else
        outcome = format("%" PRIu64 ":%" PRIu64 ": %s", error.line, error.column, error_text(&error));
    run_close(&run);
    error_clear(&error);
    return outcome;
}

static void check_outcome(const char *text, const char *expected)
{
    char *outcome = outcome_of(text, strlen(text), NULL, 0);
    ck_assert_str_eq(outcome, expected);
    free(outcome);
}

/* ---- errors ---- */

static char *read_file(const char *root, const char *name, size_t *len)
{
    char *path = format("%s/bad/%s", root, name), *text = NULL;
    FILE *in = fopen(path, "rb"), *copy = open_memstream(&text, len);
    ck_assert_msg(in != NULL, "%s cannot be read", path);
    for (int c = getc(in); c != EOF; c = getc(in))
        putc(c, copy);
    fclose(in);
    fclose(copy);
    free(path);
    return text;
}

START_TEST(errors_of_runs)
{
    const char *root = getenv("UNIT_DIR") ? getenv("UNIT_DIR") : "tests";
    char *folder = format("%s/bad", root);
    DIR *dir = opendir(folder);
    ck_assert_msg(dir != NULL, "no folder %s", folder);
    int count = 0;
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        const char *dot = strstr(entry->d_name, ".trace");
        if (dot == NULL || strncmp(entry->d_name, "run-", 4) != 0)
            continue;
        size_t len, unused;
        char *name = format("%.*s.error", (int)(dot - entry->d_name), entry->d_name);
        char *text = read_file(root, entry->d_name, &len), *expected = read_file(root, name, &unused);
        expected[strcspn(expected, "\n")] = '\0';
        for (uint64_t batch = 0; batch < 2; batch++) {
            char *outcome = outcome_of(text, len, NULL, batch);
            const char *want = expected + (*expected == ' '); /* without a place, the program puts a blank there */
            ck_assert_msg(strcmp(outcome, want) == 0, "%s: expected %s, found %s", entry->d_name, want, outcome);
            free(outcome);
        }
        free(name);
        free(text);
        free(expected);
        count++;
    }
    closedir(dir);
    free(folder);
    ck_assert_int_ge(count, 90);
}
END_TEST

/* The last 65 536 collected names are remembered, with the collection and the event that it happened in. */
START_TEST(collected_names_are_remembered)
{
    static const char *const ends[] = {
        "root old\n",
        "8:6: object \"old\" has been collected: collection 1, at event 3, took it, for it was unreachable then",
        "root g0\n",
        "8:6: object \"g0\" has been collected: collection 2, at event 131074, took it, for it was unreachable then",
        "root g65534\n",
        "8:6: object \"g65534\" has been collected: collection 2, at event 131074, took it, for it was unreachable then",
        "root other\n",
        "8:6: unknown object \"other\": never allocated",
    };
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i += 2) {
        char *text = format("set profile node20\nalloc old 16\nrelease old\ngc\nrepeat 65535 as i\nalloc g$i 8\n"
                            "release g$i\nend\ngc\n%s",
                            ends[i]);
        char *expected = format("10%s", ends[i + 1] + 1);
        check_outcome(text, expected);
        free(text);
        free(expected);
    }
}
END_TEST

/* An error leaves the heap as the lines before it have made it. */
START_TEST(errors_change_nothing)
{
    static const char *const lines[] = {"alloc a 16\n", "alloc b 16 in s.x\n", "ref s.x a\n",     "unref a.q\n",
                                        "unref a s\n",  "entry a a\n",         "unentry m a\n",   "leave\n",
                                        "release d\n",  "root zz\n",           "external zz 5\n", "entry w a a\n"};
    static const char start[] = "alloc a 16\nalloc s 16 string\nalloc m 48 weakmap\nalloc w 48 weakset\n"
                                "alloc d 16 in a.d\nref a a\n";
    struct run_options options = {.verify = true};
    struct run before;
    runs_text(&before, start, &options);
    char *expected_heap = NULL;
    size_t expected_len;
    FILE *out = open_memstream(&expected_heap, &expected_len);
    report_write_heap(&before.current->heap, out);
    fclose(out);
    run_close(&before);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        char *text = format("%s%s", start, lines[i]), *heap = NULL;
        size_t len;
        struct run run;
        struct error error = {0};
        ck_assert_int_eq(run_open_memory(&run, "t", text, strlen(text), &options, &error), 0);
        ck_assert_int_eq(run_advance(&run, 0, &error), RUN_FAILED);
        ck_assert_uint_eq(error.line, 7);
        ck_assert_int_eq(heap_verify(&run.current->heap, &(struct error){0}), 0);
        out = open_memstream(&heap, &len);
        report_write_heap(&run.current->heap, out);
        fclose(out);
        ck_assert_msg(strcmp(heap, expected_heap) == 0, "%s has changed the heap", lines[i]);
        free(heap);
        free(text);
        error_clear(&error);
        run_close(&run);
    }
    free(expected_heap);
}
END_TEST

/* What is wrong in a repeat that is not carried out is not looked at; in the third round it is found there. */
START_TEST(lines_are_checked_when_reached)
{
    check_outcome("repeat 0\nroot zz\nend\n", "ended");
    check_outcome("alloc a0 16\nalloc a1 16\nrepeat 3 as i\nroot a$i\nend\n",
                  "4:6: unknown object \"a2\": never allocated");
    check_outcome("set era node8\n", "1:9: unknown era \"node8\" (book, node6 or node20)");
    check_outcome("set page-size 4k\nset page-header 8k\nalloc a 16\n",
                  "2:17: page-header 8k leaves less than 80 bytes of a page of 4k, and a map needs as many");
}
END_TEST

/* ---- expectations ---- */

/* Each condition holds after this, in the era book. */
static const char world[] = "set max-old-space-size 1M\n"
                            "alloc a 16\n"
                            "gc minor\n"
                            "alloc b 24 string in a.b\n"
                            "alloc old 48 array\n"
                            "alloc dead 32\n"
                            "release dead\n"
                            "alloc code 64 code\n"
                            "alloc map - map\n"
                            "alloc big 5000\n"
                            "gc\n"
                            "alloc garbage 16\n"
                            "release garbage\n"
                            "external a 3k\n"
                            "work 3ms\n";

static const struct {
    const char *condition;
    const char *found; /* NULL: it holds */
} conditions[] = {
    {"live a", NULL},
    {"live garbage", NULL},
    {"live dead", "it has been collected"},
    {"dead dead", NULL},
    {"dead a", "it is in the heap"},
    {"dead garbage", "it is in the heap"},
    {"garbage garbage", NULL},
    {"garbage a", "it is reachable"},
    {"garbage b", "it is reachable"},
    {"garbage dead", "it has been collected"},
    {"space a old-pointer", NULL},
    {"space b old-data", NULL},
    {"space garbage new", NULL},
    {"space code code", NULL},
    {"space map map", NULL},
    {"space big large", NULL},
    {"space a new", "old-pointer"},
    {"space a old", "old-pointer"}, /* another era's: it fails, but is no error */
    {"space big new-large", "large"},
    {"space dead new", "it has been collected"},
    {"age a 1", NULL},
    {"age b 0", NULL},
    {"age a 2", "age 1"},
    {"age dead 0", "it has been collected"},
    {"color a white", NULL},
    {"color a black", "white"},
    {"color a grey", "white"},
    {"color dead white", "it has been collected"},
    {"objects.allocated = 8", NULL},
    {"objects.allocated != 8", "8"},
    {"objects.allocated < 9", NULL},
    {"objects.allocated < 8", "8"},
    {"objects.allocated <= 8", NULL},
    {"objects.allocated <= 7", "8"},
    {"objects.allocated > 7", NULL},
    {"objects.allocated > 8", "8"},
    {"objects.allocated >= 8", NULL},
    {"objects.allocated >= 9", "8"},
    {"objects.live = 7", NULL},
    {"objects.peak_live = 7", NULL},
    {"collections.scavenges = 1", NULL},
    {"collections.mark_sweeps = 1", NULL},
    {"memoryUsage.external = 3k", NULL},
    {"memoryUsage.external = 3072", NULL},
    {"memoryUsage.external = 3000", "3072"},
    {"spaces.old-data.used = 24", NULL},
    {"spaces.old-data.size = 1k", NULL},
    {"spaces.large.used = 5000", NULL},
    {"spaces.large.space_used_size = 5000", NULL},
    {"time.mutator_ns > 3ms", NULL},
    {"time.mutator_ns < 3ms", "*"}, /* whatever it is */
    {"survival.0 = 7", NULL},
    {"survival.1 = 2", "1"},
    {"survival.9 = 0", NULL},
    {"promotion.by_major = 3", NULL},
    {"events.alloc = 8", NULL},
    {"spaces.code.fragmentation = 0", NULL},
    {"spaces.code.fragmentation = 0.5", "0.000000"},
    {"oom", "the run has not run out of memory"},
};

START_TEST(expectations_hold_or_not)
{
    const char *expected = conditions[_i].found;
    char *text = format("%sexpect %s\n", world, conditions[_i].condition);
    struct run run;
    struct run_options options = {.verify = true, .hooks = {.figure = report_figure}};
    struct error error = {0};
    ck_assert_int_eq(run_open_memory(&run, "t", text, strlen(text), &options, &error), 0);
    ck_assert_msg(run_advance(&run, 0, &error) == RUN_ENDED, "%s: %s", conditions[_i].condition, error_text(&error));
    ck_assert_uint_eq(run.expectations.len, 1);
    const struct expectation *e = &run.expectations.data[0];
    ck_assert_str_eq(e->condition, conditions[_i].condition);
    ck_assert_uint_eq(e->line, 16);
    ck_assert_uint_eq(e->event, 14);
    ck_assert_msg(e->passed == (expected == NULL), "expect %s: found %s", conditions[_i].condition,
                  e->found ? e->found : "that it holds");
    if (expected != NULL && strcmp(expected, "*") != 0)
        ck_assert_str_eq(e->found, expected);
    ck_assert_uint_eq(run.passed, e->passed);
    ck_assert_uint_eq(run.failed, !e->passed);
    ck_assert_int_eq(run_outcome(&run), e->passed ? OUTCOME_COMPLETED : OUTCOME_EXPECTATION_FAILED);
    run_close(&run);
    free(text);
}
END_TEST

/* The run goes on after a failed expectation, and all are told in order. */
struct told {
    unsigned expected, passed, captions;
    char words[200];
};

static void hear_expected(void *self, const struct run *run, const struct expectation *e)
{
    struct told *told = self;
    (void)run;
    told->expected++;
    told->passed += e->passed;
}

static void hear_said(void *self, const struct run *run, const struct trace_event *event)
{
    struct told *told = self;
    (void)run;
    told->captions++;
    strncat(told->words, trace_op_word(event->op), 20);
    strncat(told->words, ":", 2);
    strncat(told->words, event->text, event->text_len < 30 ? event->text_len : 30);
    strncat(told->words, ";", 2);
}

START_TEST(the_owner_is_told)
{
    struct told told = {0};
    struct run run;
    struct run_options options = {.hooks = {.self = &told, .expected = hear_expected, .said = hear_said}};
    runs_text(&run,
              "title T\nalloc a 16\nnote one # two\nexpect dead a\nexpect live a\nchapter C\n"
              "repeat 2 as i\nnote r$i\nend\nask why? | because\nexpect garbage a\n",
              &options);
    ck_assert_uint_eq(told.expected, 3);
    ck_assert_uint_eq(told.passed, 1);
    ck_assert_str_eq(told.words, "title:T;note:one # two;chapter:C;note:r0;note:r1;ask:why? | because;");
    ck_assert_str_eq(run.title, "T");
    ck_assert_uint_eq(run.failed, 2);
    ck_assert_uint_eq(run_events(&run), 1);
    run_close(&run);
}
END_TEST

/* Without anyone who knows figures, a figure is unknown; conditions on objects are not. */
START_TEST(figures_need_a_hook)
{
    struct run run;
    struct run_options options = {0};
    struct error error = {0};
    const char *text = "alloc a 16\nexpect live a\nexpect objects.live = 1\n";
    ck_assert_int_eq(run_open_memory(&run, "t", text, strlen(text), &options, &error), 0);
    ck_assert_int_eq(run_advance(&run, 0, &error), RUN_FAILED);
    ck_assert_uint_eq(error.line, 3);
    ck_assert_uint_eq(run.passed, 1);
    run_close(&run);
    error_clear(&error);
}
END_TEST

/* ---- out of memory ---- */

/* Runs out: in the event before, in a repeat, in a nested repeat; and then nothing but comments. */
START_TEST(out_of_memory_is_expected)
{
    static const char *const traces[] = {
        "set era %s\nalloc a 1G\nexpect oom\n",
        "set era %s\nalloc a 1024G code\nexpect oom\n# a comment\n\n   # another\n",
        "set era %s\nalloc l 16 array\nrepeat 4000 as i\nalloc n 256 in l.$i\nend\nexpect oom\n",
        ("set era %s\nalloc l 16 array\nrepeat 40 as i\nrepeat 100 as j\nalloc n 256 in l.${i}_$j\nuse n\nend\nwork 1us\n"
         "end\nexpect oom\n"),
    };
    char *text = format(traces[_i / ERA_COUNT], era_at(_i % ERA_COUNT));
    struct run run;
    struct run_options options = {.verify = true, .hooks = {.figure = report_figure}};
    struct error error = {0};
    for (uint64_t batch = 0; batch < 2; batch++) {
        ck_assert_int_eq(run_open_memory(&run, "t", text, strlen(text), &options, &error), 0);
        enum run_state state;
        do {
            state = run_advance(&run, batch, &error);
        } while (state == RUN_MORE);
        ck_assert_msg(state == RUN_ENDED, "%s%s", text, error_text(&error));
        ck_assert(run.current->heap.out_of_memory);
        ck_assert_uint_eq(run.passed, 1);
        ck_assert_uint_eq(run.failed, 0);
        ck_assert_int_eq(run_outcome(&run), OUTCOME_OUT_OF_MEMORY);
        ck_assert_str_eq(outcome_word(run_outcome(&run)), "out-of-memory");
        ck_assert(run.current->oom_expected);
        run_close(&run);
    }
    free(text);
}
END_TEST

/* Where nothing expects it, the run ends at once: what follows is not looked at, not even wrong lines. */
START_TEST(out_of_memory_ends_the_run)
{
    struct run run;
    runs_text(&run, "alloc a 1G\nalloc b 16\nalloc b 16\n", NULL);
    ck_assert_int_eq(run_outcome(&run), OUTCOME_OUT_OF_MEMORY);
    ck_assert(!run.current->oom_expected);
    ck_assert_uint_eq(run_events(&run), 1);
    run_close(&run);
    runs_text(&run, "repeat 9\nalloc a 1G\nend\nalloc b 16\nexpect oom\n", NULL);
    ck_assert_int_eq(run_outcome(&run), OUTCOME_OUT_OF_MEMORY);
    ck_assert(!run.current->oom_expected);
    ck_assert_uint_eq(run_events(&run), 1);
    run_close(&run);
}
END_TEST

/* ---- --until ---- */

START_TEST(until_stops_after_an_event)
{
    const char *text = "alloc a 16\nrepeat 3 as i\nalloc b$i 16\nnote n\nend\nexpect live a\ngc\nexpect live b1\n";
    static const uint64_t lines[] = {8, 1, 3, 3, 3, 7, 8};
    for (uint64_t until = 0; until <= 6; until++) {
        struct run run;
        struct run_options options = {.until = until, .verify = true};
        runs_text(&run, text, &options);
        ck_assert_uint_eq(run_events(&run), until == 0 || until > 5 ? 5 : until);
        ck_assert_uint_eq(run.line, lines[until]);
        ck_assert_uint_eq(run.current->heap.counters.mark_sweeps, until == 0 || until >= 5);
        ck_assert_uint_eq(run.passed, until == 0 || until == 6 ? 2 : until == 5 ? 1 : 0);
        run_close(&run);
    }
}
END_TEST

/* ---- --strict ---- */

static void check_strict(const char *text, const char *expected)
{
    struct run_options options = {.strict = true};
    char *lax = outcome_of(text, strlen(text), NULL, 0), *strict = outcome_of(text, strlen(text), &options, 0);
    ck_assert_msg(strcmp(lax, "ended") == 0, "without --strict: %s", lax);
    ck_assert_str_eq(strict, expected);
    free(lax);
    free(strict);
}

#define GONE "object \"b\" is unreachable: a program could not name it any more"

START_TEST(strict_finds_what_is_unreachable)
{
    static const struct {
        const char *line, *place;
    } cases[] = {
        {"root b", "4:6"},           {"use b", "4:5"},
        {"ref b.x a", "4:5"},        {"ref a.x b", "4:9"},
        {"ref a b", "4:7"},          {"weak a.x b", "4:10"},
        {"weak b.x a", "4:6"},       {"external b 5", "4:10"},
        {"finalize b", "4:10"},      {"unref b.x", "4:7"},
        {"entry m b", "4:9"},        {"entry m a b", "4:11"},
        {"alloc c 16 in b", "4:15"}, {"alloc c 16 array in b.x @s", "4:21"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *text = format("alloc a 16\nalloc m 48 weakmap\nenter\nalloc b 16\nref b.x b\nleave\n%s\n", cases[i].line);
        char *expected = format("7%s: " GONE, cases[i].place + 1);
        check_strict(text, expected);
        free(text);
        free(expected);
    }
}
END_TEST

START_TEST(strict_knows_what_is_reachable)
{
    /* through slots, entries and values, scopes, cycles */
    check_strict("alloc a 16\nalloc b 16 in a.x\nuse b\n", "ended");
    check_strict("alloc a 16\nalloc b 16\nref b.a a\nref a.b b\nrelease b\nuse b\nroot b\n", "ended");
    check_strict("alloc m 48 weakmap\nalloc k 16\nalloc b 16 in k.x\nunref k.x\nuse k\n", "ended");
    check_strict("alloc m 48 weakmap\nalloc k 16\nalloc b 16\nentry m k b\nrelease b\nuse b\n", "ended");
    check_strict("alloc m 48 weakmap\nalloc k 16\nalloc b 16\nentry m k b\nrelease b\nrelease k\nuse b\n",
                 "7:5: " GONE);
    check_strict("alloc a 16\nalloc b 16\nweak a.x b\nrelease b\nuse b\n", "5:5: " GONE);
    check_strict("alloc b 16\nfinalize b\nrelease b\nuse b\n", "4:5: " GONE);
    check_strict("alloc b 16\nref b.b b\nrelease b\nuse b\n", "4:5: " GONE);
    /* an expectation may name anything, and an ID may be bound anew */
    check_strict("alloc b 16\nrelease b\nexpect live b\nexpect garbage b\nalloc b 16\nuse b\n", "ended");
}
END_TEST

/* ---- other things that runs do ---- */

START_TEST(empty_traces)
{
    static const char *const traces[] = {"", "\n", "# nothing\n", "heapreel-trace 1\n", "title x", "repeat 0\nend\n"};
    for (size_t i = 0; i < sizeof traces / sizeof *traces; i++) {
        struct run run;
        runs_text(&run, traces[i], NULL);
        ck_assert(run.current->ready);
        ck_assert_uint_eq(run_events(&run), 0);
        ck_assert_int_eq(run_outcome(&run), OUTCOME_COMPLETED);
        ck_assert_int_eq(heap_verify(&run.current->heap, &(struct error){0}), 0);
        run_close(&run);
    }
}
END_TEST

/* An event is a line that acts on the heap; a collection bears the number of the event that caused it. */
START_TEST(events_are_counted)
{
    struct run run;
    runs_text(&run,
              "title t\nset era node6\nalloc a 16\nnote n\nrepeat 3\nuse a\nend\nenter\nleave\nwork 1ns\nidle 1ns\ngc\n"
              "expect live a\ngc minor\n",
              NULL);
    ck_assert_uint_eq(run_events(&run), 10);
    ck_assert_uint_eq(run.current->counts[TRACE_USE], 3);
    ck_assert_uint_eq(run.current->counts[TRACE_NOTE], 1);
    ck_assert_uint_eq(run.current->counts[TRACE_EXPECT], 1);
    ck_assert_uint_eq(run.current->heap.collections.len, 2);
    ck_assert_uint_eq(run.current->heap.collections.data[0].event, 9);
    ck_assert_uint_eq(run.current->heap.collections.data[0].line, 12);
    ck_assert_uint_eq(run.current->heap.collections.data[1].event, 10);
    ck_assert_uint_eq(run.current->heap.collections.data[1].line, 14);
    run_close(&run);
}
END_TEST

/* Command-line settings win over the trace's, whatever the order. */
START_TEST(options_win_over_the_trace)
{
    struct run_options options = {0};
    struct error error = {0};
    struct run run;
    ck_assert_int_eq(settings_set(&options.settings, SETTING_OPTION, "era", 3, "node20", 6, &error), 0);
    ck_assert_int_eq(settings_set(&options.settings, SETTING_OPTION, "page-size", 9, "2k", 2, &error), 0);
    runs_text(&run, "set era book\nset page-size 4k\nset page-header 128\nalloc a 16\n", &options);
    ck_assert_int_eq(run.current->heap.config.era, ERA_NODE20);
    ck_assert_uint_eq(run.current->heap.config.page_size, 2048);
    ck_assert_uint_eq(run.current->heap.config.page_header, 128);
    run_close(&run);
}
END_TEST

/* Names of objects that are gone do not pile up: the table follows the names in use. */
START_TEST(names_follow_the_live_heap)
{
    struct run run;
    runs_text(&run,
              "set profile node20\nset max-semi-space-size 1M\nrepeat 400000 as i\nalloc name-number-$i 16\n"
              "release name-number-$i\nend\n",
              NULL);
    /* 65 536 collected ones are remembered, and some 60 000 lie in new space; the table is swept when it has doubled */
    ck_assert_uint_lt(run.names.used, 400000 - 50000);
    ck_assert_uint_lt(run.current->heap.objects.len, 200000);
    ck_assert_int_eq(heap_verify(&run.current->heap, &(struct error){0}), 0);
    run_close(&run);
}
END_TEST

/* The list of collections is bounded, the totals are exact. */
START_TEST(collections_are_bounded)
{
    struct run run;
    struct run_options options = {.max_collections = 3};
    runs_text(&run, "alloc a 16\nrepeat 10\ngc minor\nend\ngc\n", &options);
    ck_assert_uint_eq(run.current->heap.collections.len, 3);
    ck_assert_uint_eq(run.current->heap.counters.scavenges, 10);
    ck_assert_uint_eq(run.current->heap.counters.mark_sweeps, 1);
    run_close(&run);
}
END_TEST

Suite *suite_run(void)
{
    Suite *suite = suite_create("run");
    TCase *tc = tcase_create("errors");
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, errors_of_runs);
    tcase_add_test(tc, errors_change_nothing);
    tcase_add_test(tc, lines_are_checked_when_reached);
    tcase_add_test(tc, collected_names_are_remembered);
    suite_add_tcase(suite, tc);
    tc = tcase_create("expectations");
    tcase_add_loop_test(tc, expectations_hold_or_not, 0, (int)(sizeof conditions / sizeof *conditions));
    tcase_add_test(tc, the_owner_is_told);
    tcase_add_test(tc, figures_need_a_hook);
    suite_add_tcase(suite, tc);
    tc = tcase_create("out of memory");
    tcase_add_loop_test(tc, out_of_memory_is_expected, 0, 12);
    tcase_add_test(tc, out_of_memory_ends_the_run);
    suite_add_tcase(suite, tc);
    tc = tcase_create("run");
    tcase_set_timeout(tc, 30);
    tcase_add_test(tc, until_stops_after_an_event);
    tcase_add_test(tc, strict_finds_what_is_unreachable);
    tcase_add_test(tc, strict_knows_what_is_reachable);
    tcase_add_test(tc, empty_traces);
    tcase_add_test(tc, events_are_counted);
    tcase_add_test(tc, options_win_over_the_trace);
    tcase_add_test(tc, names_follow_the_live_heap);
    tcase_add_test(tc, collections_are_bounded);
    suite_add_tcase(suite, tc);
    return suite;
}
