/*
 * test_workers.c - several heaps in one trace.
 *
 * The property: of k random traces shuffled into one, a worker each, every worker comes to what its trace alone does.
 */
#include "randtrace.h"
#include "report/report.h"
#include "runs.h"
#include "schema.h"
#include "seeds.h"

#include <inttypes.h>
#include <stdlib.h>

Suite *suite_workers(void);

/* The report as a tree; it must hold to the schema. */
static json_t *report_of(const struct run *run)
{
    const char *directory = getenv("UNIT_DIR");
    char path[512], message[512] = "";
    snprintf(path, sizeof path, "%s/../src/report/report.schema.json", directory ? directory : "tests");
    json_t *schema = json_load_file(path, 0, NULL), *report = report_json(run);
    ck_assert_ptr_nonnull(schema);
    ck_assert_ptr_nonnull(report);
    ck_assert_msg(schema_check(schema, report, message, sizeof message), "%s", message);
    json_decref(schema);
    return report;
}

/* The number at a path of keys and indexes, "workers/1/objects/live"; fails the test if there is none. */
static json_int_t number(json_t *report, const char *path)
{
    json_t *at = report;
    char part[64];
    for (const char *p = path; *p != '\0';) {
        size_t len = strcspn(p, "/");
        snprintf(part, sizeof part, "%.*s", (int)len, p);
        at = json_is_array(at) ? json_array_get(at, strtoul(part, NULL, 10)) : json_object_get(at, part);
        p += len + (p[len] == '/');
    }
    ck_assert_msg(json_is_number(at), "%s", path);
    return json_is_integer(at) ? json_integer_value(at) : (json_int_t)(json_real_value(at) * 1e6 + 0.5);
}

/* The error of a trace that cannot be run, as "LINE:COLUMN: text": new. */
static char *error_of(const char *text)
{
    struct run run;
    struct error error = {0};
    struct run_options options = {.hooks = {.figure = report_figure}};
    char *told = NULL;
    size_t len;
    FILE *out = open_memstream(&told, &len);
    ck_assert_int_eq(run_open_memory(&run, "test.trace", text, strlen(text), &options, &error), 0);
    ck_assert_int_eq(run_advance(&run, 0, &error), RUN_FAILED);
    fprintf(out, "%" PRIu64 ":%" PRIu64 ": %s", error.line, error.column, error_text(&error));
    fclose(out);
    error_clear(&error);
    run_close(&run);
    return told;
}

static void fails(const char *text, const char *expected)
{
    char *told = error_of(text);
    ck_assert_str_eq(told, expected);
    free(told);
}

/* ---- heaps of their own ---- */

START_TEST(names_scopes_and_handles_are_their_own)
{
    struct run run;
    runs_text(&run,
              "alloc x 40\nenter outer\nalloc y 24\n"
              "worker w\nalloc x 80\nalloc z 8 in x.f\nenter\nleave\n"
              "worker main\nleave\ngc minor\nexpect dead y\nexpect live x\n"
              "worker w\nexpect live z\nexpect collections.scavenges = 0\nexpect objects.live = 2\n",
              &(struct run_options){.verify = true});
    ck_assert_uint_eq(run.passed, 5);
    ck_assert_uint_eq(run.failed, 0);
    ck_assert_uint_eq(run_workers(&run), 2);
    ck_assert_str_eq(worker_name(run_worker(&run, 0)), "main");
    ck_assert_str_eq(worker_name(run_worker(&run, 1)), "w");
    ck_assert_uint_eq(run_worker(&run, 0)->passed, 2);
    ck_assert_uint_eq(run_worker(&run, 1)->passed, 3);
    ck_assert_uint_eq(run_events(&run), 9);
    run_close(&run);
    fails("alloc x 40\nworker w\nuse x\n", "3:5: unknown object \"x\": never allocated");
    fails("enter\nworker w\nleave\n", "3:1: leave without enter: only the global scope is open");
    fails("alloc x 40\nworker w\nexpect live x\n", "3:13: unknown object \"x\": never allocated");
    fails("worker w\nalloc x 8\nrelease x\ngc minor\nworker v\ngc minor\nworker w\nuse x\n",
          "8:5: object \"x\" has been collected: collection 1, at event 3, took it, for it was unreachable then");
}
END_TEST

START_TEST(configurations_are_their_own)
{
    struct run run;
    runs_text(&run,
              "set profile classroom\nset page-size 2k\n"
              "worker w\nset era node20\nset promotion-threshold 0\nalloc a 8\n"
              "worker v\nset page-size 4k\n"
              "worker main\nset promotion-threshold 50\nalloc a 8\n",
              NULL);
    const struct config *main = &run_worker(&run, 0)->heap.config, *w = &run_worker(&run, 1)->heap.config,
                        *v = &run_worker(&run, 2)->heap.config;
    ck_assert_uint_eq(main->page_size, 2048);
    ck_assert_uint_eq(main->promotion_threshold, 50);
    ck_assert_int_eq(main->era, ERA_BOOK);
    ck_assert_uint_eq(w->page_size, 2048);
    ck_assert_uint_eq(w->promotion_threshold, 0);
    ck_assert_int_eq(w->era, ERA_NODE20);
    ck_assert_uint_eq(v->page_size, 4096);
    ck_assert_uint_eq(v->promotion_threshold, 25);
    run_close(&run);
    fails("alloc a 8\nworker w\nset page-size 2k\nalloc a 8\nset era node6\n",
          "5:1: set behind the first event, expected it before (or behind a worker's first worker line)");
    fails("expect objects.live = 0\nset era node6\n", "2:1: set behind the first expectation, expected it before");
    fails("alloc a 8\nworker w\nset min-semi-space-size 8k\nset max-semi-space-size 4k\nalloc a 8\n",
          "4:25: worker \"w\": min-semi-space-size 8k is larger than max-semi-space-size 4k");
}
END_TEST

/* main is there once it has been used, or named. */
START_TEST(a_main_heap_that_nothing_uses)
{
    struct run run;
    runs_text(&run, "title t\nset era node6\nworker w\nalloc a 8\n", NULL);
    ck_assert(!run_worker(&run, 0)->ready);
    json_t *report = report_of(&run);
    ck_assert_uint_eq(json_array_size(json_object_get(report, "workers")), 1);
    ck_assert_str_eq(json_string_value(json_object_get(json_object_get(report, "config"), "era")), "node6");
    json_decref(report);
    run_close(&run);
    runs_text(&run, "worker w\nalloc a 8\nworker main\n", NULL);
    ck_assert(run_worker(&run, 0)->ready);
    run_close(&run);
    runs_text(&run, "worker w\n", NULL); /* a worker is there once it has been named */
    ck_assert(run_worker(&run, 1)->ready);
    run_close(&run);
    runs_text(&run, "worker main\nalloc a 8\n", NULL);
    ck_assert(!run_has_workers(&run));
    report = report_of(&run);
    ck_assert_ptr_null(json_object_get(report, "workers"));
    json_decref(report);
    run_close(&run);
}
END_TEST

/* ---- totals ---- */

START_TEST(totals_are_sums_and_the_longest_times)
{
    struct run run;
    runs_text(&run,
              "alloc a 400\nexternal a 1000\nwork 5us\ngc\n"
              "worker w\nset era node20\nalloc a 40\nalloc lost 64\nrelease lost\ngc minor\nwork 9us\ngc minor\n"
              "worker main\ngc minor\nexpect live a\n",
              NULL);
    json_t *report = report_of(&run);
    static const char *const sums[] = {"memoryUsage/rss",
                                       "memoryUsage/heapTotal",
                                       "memoryUsage/heapUsed",
                                       "memoryUsage/external",
                                       "peak/heapUsed",
                                       "objects/allocated",
                                       "objects/live",
                                       "objects/collected",
                                       "objects/peak_live",
                                       "events/alloc",
                                       "events/gc",
                                       "collections/scavenges",
                                       "collections/mark_sweeps",
                                       "pauses/minor/count",
                                       "pauses/all/total_ns",
                                       "promotion/by_age",
                                       "survival/0",
                                       "expectations/passed",
                                       "spaces/0/space_used_size",
                                       "spaces/0/pages"};
    static const char *const longest[] = {"time/total_ns", "time/mutator_ns", "time/gc_ns", "pauses/all/max_ns",
                                          "pauses/minor/max_ns"};
    char one[64], other[64];
    for (size_t i = 0; i < sizeof sums / sizeof *sums; i++) {
        snprintf(one, sizeof one, "workers/0/%s", sums[i]);
        snprintf(other, sizeof other, "workers/1/%s", sums[i]);
        ck_assert_msg(number(report, sums[i]) == number(report, one) + number(report, other), "%s", sums[i]);
    }
    for (size_t i = 0; i < sizeof longest / sizeof *longest; i++) {
        snprintf(one, sizeof one, "workers/0/%s", longest[i]);
        snprintf(other, sizeof other, "workers/1/%s", longest[i]);
        json_int_t a = number(report, one), b = number(report, other);
        ck_assert_msg(number(report, longest[i]) == (a > b ? a : b), "%s", longest[i]);
    }
    ck_assert_int_eq(number(report, "memoryUsage/external"), 1000);
    ck_assert_int_eq(number(report, "trace/events"), 11);
    ck_assert_int_eq(number(report, "collections/scavenges"), 3);
    /* in the order of their events */
    json_t *list = json_object_get(json_object_get(report, "collections"), "list");
    static const char *const whose[] = {"main", "w", "w", "main"};
    static const int events[] = {4, 8, 10, 11};
    ck_assert_uint_eq(json_array_size(list), 4);
    for (size_t i = 0; i < 4; i++) {
        json_t *c = json_array_get(list, i);
        ck_assert_str_eq(json_string_value(json_object_get(c, "worker")), whose[i]);
        ck_assert_int_eq(json_integer_value(json_object_get(c, "event")), events[i]);
    }
    json_decref(report);
    run_close(&run);
}
END_TEST

/* The spaces of several eras stand beside each other: "old-pointer" is the book's alone. */
START_TEST(spaces_of_several_eras)
{
    struct run run;
    runs_text(&run,
              "alloc a 40\ngc\nworker w\nset era node20\nalloc a 64\ngc\nworker v\nset era node20\nalloc a 32\ngc\n",
              NULL);
    json_t *report = report_of(&run), *spaces = json_object_get(report, "spaces"), *space;
    size_t i, found = 0;
    json_array_foreach(spaces, i, space)
    {
        const char *name = json_string_value(json_object_get(space, "space_name"));
        json_int_t used = json_integer_value(json_object_get(space, "space_used_size"));
        if (strcmp(name, "old-pointer") == 0 || strcmp(name, "old") == 0) {
            ck_assert_int_eq(used, strcmp(name, "old") == 0 ? 96 : 40);
            found++;
        }
    }
    ck_assert_uint_eq(found, 2);
    json_decref(report);
    run_close(&run);
}
END_TEST

START_TEST(expectations_are_of_the_current_worker)
{
    struct run run;
    runs_text(&run,
              "alloc a 40\nalloc b 40\n"
              "worker w.1\nalloc a 80\n"
              "worker 0\nalloc c 160\n"
              "expect memoryUsage.heapUsed = 160\n"
              "expect workers.main.memoryUsage.heapUsed = 80\n"
              "expect workers.0.memoryUsage.heapUsed = 160\n"
              "expect workers.0.spaces.new.used = 160\n"
              "expect totals.memoryUsage.heapUsed = 320\n"
              "expect totals.spaces.new.used = 320\n"
              "expect totals.spaces.0.used = 320\n"
              "expect totals.objects.allocated = 4\n"
              "expect totals.survival.0 = 4\n"
              "expect totals.survival.7 = 0\n"
              "expect workers.main.survival.7 = 0\n"
              "expect totals.expectations.passed = 11\n"
              "expect trace.events = 4\n",
              NULL);
    ck_assert_uint_eq(run.passed, 13);
    ck_assert_uint_eq(run.failed, 0);
    run_close(&run);
    fails("alloc a 8\nworker w\nexpect workers.v.objects.live = 0\n",
          "3:8: the report has no figure \"workers.v.objects.live\"");
    fails("alloc a 8\nexpect totals.objects.live = 1\n", "2:8: the report has no figure \"totals.objects.live\"");
    runs_text(&run, "alloc a 8\nworker w\nexpect objects.live = 1\n", NULL);
    ck_assert_int_eq(run_outcome(&run), OUTCOME_EXPECTATION_FAILED);
    ck_assert_int_eq(worker_outcome(run_worker(&run, 0)), OUTCOME_COMPLETED);
    ck_assert_int_eq(worker_outcome(run_worker(&run, 1)), OUTCOME_EXPECTATION_FAILED);
    run_close(&run);
}
END_TEST

/* ---- out of memory ---- */

static void ends(const char *text, const char *outcomes, uint64_t events)
{
    char found[64] = "";
    for (uint64_t batch = 0; batch < 4; batch++) {
        struct run run;
        struct error error = {0};
        struct run_options options = {.verify = true, .hooks = {.figure = report_figure}};
        enum run_state state;
        ck_assert_int_eq(run_open_memory(&run, "test.trace", text, strlen(text), &options, &error), 0);
        do {
            state = run_advance(&run, batch, &error);
        } while (state == RUN_MORE);
        ck_assert_msg(state == RUN_ENDED, "%s%s", text, error_text(&error));
        found[0] = '\0';
        for (size_t i = 0; i < run_workers(&run); i++) {
            const struct worker *it = run_worker(&run, i);
            strcat(found, !it->ready ? "-" : !it->heap.out_of_memory ? "." : it->oom_expected ? "x" : "!");
        }
        ck_assert_msg(strcmp(found, outcomes) == 0, "%s%s, expected %s", text, found, outcomes);
        ck_assert_msg(run_events(&run) == events, "%s%" PRIu64 " events", text, run_events(&run));
        ck_assert_uint_eq(run.failed, 0);
        ck_assert_int_eq(run_outcome(&run), strpbrk(outcomes, "x!") ? OUTCOME_OUT_OF_MEMORY : OUTCOME_COMPLETED);
        run_close(&run);
    }
}

START_TEST(a_worker_runs_out_alone)
{
    /* expected at once, or when the worker's turn comes again */
    ends("alloc a 8\nworker w\nalloc b 1G\nexpect oom\nworker main\nalloc c 8\nexpect live a\n", ".x", 3);
    ends("worker w\nalloc b 1G\nworker v\nalloc b 8\nworker w\nexpect oom\nworker v\nalloc c 8\n", "-x.", 3);
    ends("alloc a 1G\nexpect oom\nworker w\nalloc a 8\n", "x.", 2);
    /* not expected: what follows in the worker is not looked at, not even wrong lines */
    ends("worker w\nalloc b 1G\nalloc c 8\nfrob\nnote n\nexpect oom\nworker v\nalloc a 8\n", "-!.", 2);
    ends("alloc a 1G\nuse nothing\nrepeat x\nend\nend\nfrob\n# x\n\n  worker v\nalloc a 8\n", "!", 1);
    ends("alloc a 1G\nuse nothing\nrepeat 3\nfrob\nend\nend\nfrob\n# x\n\n  worker v\nalloc a 8\n", "!.", 2);
    ends("alloc a 1G\nuse nothing\nworker v\nalloc a 8\nworker main\nalloc b 8\nworker v\nalloc c 8\n", "!.", 3);
    ends("alloc a 1G\nuse nothing\nfrob\n", "!", 1);
    /* nor where the repeat of a worker is that has ended */
    ends("alloc a 1G\nuse b\nrepeat 2\nalloc b 8\nend\nrepeat 2 as i\nworker w$i\nalloc c 8\nend\n", "!..", 3);
    fails("worker w\nalloc b 1G\nexpect oom\nworker main\nalloc a 8\nworker w\nalloc b 8\n",
          "7:1: nothing but comments may follow \"expect oom\"");
    fails("worker w\nalloc b 1G\nexpect oom\nexpect oom\n", "4:1: nothing but comments may follow \"expect oom\"");
    fails(
        "worker w\nalloc b 1G\nworker v\nalloc b 8\nfrob\n",
        "5:1: unknown event \"frob\", expected one of alloc, ref, unref, weak, entry, unentry, root, release, enter, "
        "leave, external, finalize, use, work, idle, gc, set, title, chapter, note, ask, pace, expect, worker, end, repeat");
}
END_TEST

START_TEST(repeats_that_switch_workers)
{
    struct run run;
    runs_text(&run, "repeat 3 as i\nworker w$i\nrepeat 2 as k\nalloc o$k 8\nend\nend\nworker main\nalloc a 8\n", NULL);
    ck_assert_uint_eq(run_workers(&run), 4);
    ck_assert_uint_eq(run_events(&run), 7);
    for (size_t i = 1; i < 4; i++)
        ck_assert_uint_eq(run_worker(&run, i)->heap.live, 2);
    run_close(&run);
    /* the others' events of that repeat go on */
    ends("repeat 3 as i\nworker w\nalloc a$i 1G\nworker v\nalloc a$i 8\nend\nworker w\nexpect oom\n", "-x.", 4);
    ends("repeat 99 as i\nworker w\nalloc a$i 1G\nworker v\nalloc a$i 8\nend\nalloc b 8\nworker w\nexpect oom\n", "-x.",
         101);
    ends("repeat 2 as i\nworker w$i\nrepeat 99\nalloc a 1G\nend\nexpect oom\nend\n", "-xx", 2);
    ends("repeat 2 as i\nworker w$i\nalloc a 1G\nend\nexpect oom\nworker w0\nexpect oom\n", "-xx", 2);
    ends("repeat 2 as i\nworker w$i\nalloc a 1G\nend\nworker w0\nalloc b 8\nexpect oom\n", "-!!", 2);
    /* one without a worker line is skipped, a later one is too late */
    ends("worker w\nrepeat 999\nalloc a 1G\nend\nexpect oom\nworker v\nalloc a 8\n", "-x.", 2);
    ends("worker w\nrepeat 2\nalloc a 1G\nend\nrepeat 2\nalloc b 8\nend\nexpect oom\nworker v\nalloc a 8\n", "-!.", 2);
    fails("repeat 2 as i\nworker w\nalloc a 1G\nexpect oom\nend\n",
          "3:1: nothing but comments may follow \"expect oom\"");
}
END_TEST

/* ---- the rest ---- */

START_TEST(many_workers)
{
    struct run run;
    runs_text(&run, "repeat 1000 as i\nworker w$i\nenter\nend\n", NULL);
    ck_assert_uint_eq(run_workers(&run), 1001);
    run_close(&run);
    fails("alloc a 8\nrepeat 1001 as i\nworker w$i\nend\n", "3:8: too many workers, expected at most 1000");
}
END_TEST

START_TEST(until_counts_all_events)
{
    struct run run;
    runs_text(&run, "alloc a 8\nworker w\nalloc b 8\nalloc c 8\nworker main\nalloc d 8\n",
              &(struct run_options){.until = 3});
    ck_assert_uint_eq(run_events(&run), 3);
    ck_assert_uint_eq(run_worker(&run, 0)->heap.live, 1);
    ck_assert_uint_eq(run_worker(&run, 1)->heap.live, 2);
    run_close(&run);
}
END_TEST

static void hear(void *self, const struct heap *heap, const struct happening *happening)
{
    char *text = self;
    (void)happening;
    strcat(text, heap->worker.name ? heap->worker.name : "-");
}

START_TEST(listeners_hear_all_heaps)
{
    char heard[64] = "";
    static const char text[] = "alloc a 8\nworker w\nalloc b 8\nworker main\nalloc c 8\nworker v\nalloc d 8\n";
    struct run run;
    struct error error = {0};
    struct listener listener = {.mask = UINT64_C(1) << HAPPENING_ALLOC, .hear = hear, .self = heard};
    ck_assert_int_eq(run_open_memory(&run, "t", text, strlen(text), &(struct run_options){0}, &error), 0);
    run_listen(&run, &listener);
    ck_assert_int_eq(run_advance(&run, 5, &error), RUN_MORE);
    ck_assert_str_eq(heard, "-w-");
    run_unlisten(&run, &listener);
    ck_assert_int_eq(run_advance(&run, 0, &error), RUN_ENDED);
    ck_assert_str_eq(heard, "-w-");
    run_close(&run);
}
END_TEST

/* Names that only one worker uses survive the sweeps that another's names cause. */
START_TEST(names_of_all_workers_are_kept)
{
    struct run run;
    runs_text(&run,
              "worker keeper\nalloc kept 8\nenter scope\n"
              "worker churner\nrepeat 200000 as i\nenter\nalloc name$i 8\nleave\nend\n"
              "worker keeper\nleave\nexpect live kept\nuse kept\nrelease kept\ngc\nexpect dead kept\n",
              NULL);
    ck_assert_uint_eq(run.passed, 2);
    ck_assert_str_eq(worker_name(run_worker(&run, 1)), "keeper");
    run_close(&run);
}
END_TEST

/* ---- shuffled ---- */

/* splitmix64 */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

#define MOST 5

/* Copies up to lines lines of *text to out, a repeat as a whole; moves *text behind them. */
static void copy_lines(FILE *out, const char **text, uint64_t lines)
{
    unsigned depth = 0;
    for (uint64_t n = 0; **text != '\0' && (n < lines || depth > 0); n++) {
        size_t len = strcspn(*text, "\n"), blanks = strspn(*text, " \t");
        depth += strncmp(*text + blanks, "repeat", 6) == 0;
        depth -= strncmp(*text + blanks, "end", 3) == 0 && depth > 0;
        fprintf(out, "%.*s\n", (int)len, *text);
        *text += len + ((*text)[len] == '\n');
    }
}

/* Shuffles k traces, piece by piece; new. */
static char *shuffle(char *const *traces, unsigned k, uint64_t *random)
{
    char *text = NULL;
    size_t len;
    const char *rest[MOST];
    unsigned left = 0;
    FILE *out = open_memstream(&text, &len);
    /* settings stand behind the first worker line: so the first piece has them all */
    for (unsigned i = 0; i < k; i++) {
        fprintf(out, "worker w%u\n", i);
        rest[i] = traces[i];
        copy_lines(out, &rest[i], 40);
        left += *rest[i] != '\0';
    }
    while (left > 0) {
        unsigned i = (unsigned)(next_random(random) % k);
        if (*rest[i] == '\0')
            continue;
        fprintf(out, "worker w%u\n", i);
        copy_lines(out, &rest[i], 1 + next_random(random) % 20);
        left -= *rest[i] == '\0';
    }
    fclose(out);
    return text;
}

/* Takes out what depends on where in the file the trace stands. */
static void forget_places(json_t *heap)
{
    json_t *lists[] = {json_object_get(json_object_get(heap, "collections"), "list"),
                       json_object_get(json_object_get(heap, "expectations"), "list")},
           *item;
    size_t i;
    for (size_t l = 0; l < 2; l++) {
        json_array_foreach(lists[l], i, item)
        {
            json_object_del(item, "event");
            json_object_del(item, "line");
        }
    }
    static const char *const heads[] = {"schema", "heapreel", "trace", "name"};
    for (size_t h = 0; h < sizeof heads / sizeof *heads; h++)
        json_object_del(heap, heads[h]);
}

static void check_worker(const struct run *all, unsigned i, json_t *report, const char *trace, uint64_t seed)
{
    struct run alone;
    runs_text(&alone, trace, NULL);
    const struct worker *worker = run_worker(all, i + 1);
    json_t *expected = report_json(&alone), *found = json_array_get(json_object_get(report, "workers"), i);
    forget_places(expected);
    forget_places(found);
    ck_assert_msg(heap_hash(&worker->heap) == heap_hash(&alone.current->heap), "seed %" PRIu64 ", worker %u", seed, i);
    ck_assert_msg(json_equal(expected, found), "seed %" PRIu64 ", worker %u: another report", seed, i);
    json_decref(expected);
    run_close(&alone);
}

static void check_seed(uint64_t seed)
{
    uint64_t random = seed;
    unsigned k = 2 + (unsigned)(next_random(&random) % (MOST - 1));
    char *traces[MOST], *text;
    size_t len;
    for (unsigned i = 0; i < k; i++) {
        traces[i] = randtrace(seed * MOST + i, &len);
        *traces[i] = '#'; /* its version: only the first line may say that */
    }
    text = shuffle(traces, k, &random);
    struct run run;
    runs_text(&run, text, &(struct run_options){.verify = seed % 4 == 0});
    ck_assert_uint_eq(run_workers(&run), k + 1);
    json_t *report = report_of(&run);
    for (unsigned i = 0; i < k; i++) {
        check_worker(&run, i, report, traces[i], seed);
        free(traces[i]);
    }
    json_decref(report);
    run_close(&run);
    free(text);
}

START_TEST(workers_are_as_alone)
{
    seeds_each(_i, 5, check_seed);
}
END_TEST

Suite *suite_workers(void)
{
    const TTest *const tests[] = {names_scopes_and_handles_are_their_own,
                                  configurations_are_their_own,
                                  a_main_heap_that_nothing_uses,
                                  totals_are_sums_and_the_longest_times,
                                  spaces_of_several_eras,
                                  expectations_are_of_the_current_worker,
                                  a_worker_runs_out_alone,
                                  repeats_that_switch_workers,
                                  many_workers,
                                  until_counts_all_events,
                                  listeners_hear_all_heaps,
                                  names_of_all_workers_are_kept};
    Suite *suite = suite_create("workers");
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
        TCase *tc = tcase_create(tests[i]->name);
        tcase_set_timeout(tc, 120);
        tcase_add_test(tc, tests[i]);
        suite_add_tcase(suite, tc);
    }
    seeds_case(suite, workers_are_as_alone);
    return suite;
}
