/* test_leaks.c - leak analysis (heap/leaks.h, heap/sites.h): classes, staleness, growth, the bounded table of sites. */
#include "gc/gc.h"
#include "heap/leaks.h"
#include "randtrace.h"
#include "report/report.h"
#include "runs.h"

#include "checks.h"
#include "heap/figures.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

Suite *suite_leaks(void);

/* Runs a trace all of whose expectations must hold, verified after each collection; returns how many there were. */
static uint64_t holds(const char *text)
{
    struct run run;
    struct run_options options = {.verify = true};
    runs_text(&run, text, &options);
    for (size_t i = 0; i < run.expectations.len; i++) {
        const struct expectation *e = &run.expectations.data[i];
        ck_assert_msg(e->passed, "line %" PRIu64 ": expect %s: found %s\nin\n%s", e->line, e->condition, e->found,
                      text);
    }
    uint64_t passed = run.passed;
    run_close(&run);
    return passed;
}

START_TEST(an_object_is_stale_from_the_fifth_major_on)
{
    ck_assert_uint_eq(holds("alloc a 48 @s\ngc\ngc\ngc\ngc\nexpect leak s none\ngc\nexpect leak s one-time\ngc\n"
                            "gc\ngc\ngc\ngc\nexpect leak s one-time\n"),
                      3);
    /* scavenges do not count; every sort of major does */
    holds("alloc a 48 @s\ngc minor\ngc minor\ngc minor\ngc minor\ngc minor\ngc\ngc compact\ngc start\ngc finish\ngc\n"
          "expect leak s none\ngc start\ngc finish\nexpect leak s one-time\n");
    /* the fifth major of the run does not make stale what is younger */
    holds("alloc a 48 @old\ngc\nalloc b 48 @new\ngc\ngc\ngc\ngc\nexpect leak old one-time\nexpect leak new none\n");
}
END_TEST

/* Every event that names the object says that it is not forgotten; the analysis itself says nothing. */
START_TEST(every_event_that_names_an_object_uses_it)
{
    static const char *const uses[] = {
        "use x",           "root x",     "release x",    "ref x.1 y",   "ref y.1 x",    "ref y x",
        "weak x.w y",      "weak y.w x", "unref y.held", "unref y x",   "external x 8", "finalize x",
        "alloc z 48 in x", "entry m x",  "entry m y x",  "entry m k x", "unentry m x",  "use y deep",
    };
    static const char *const no_uses[] = {"use y",     "use m deep", "expect live x", "expect color x white",
                                          "ref y.2 k", "work 1us",   "idle 1us",      "unref y.held"};
    const char *frame = "alloc y 48 @other\nalloc x 48 @s\nalloc m 48 weakmap @other\nalloc k 48 @other\nref y.held x\n"
                        "ref y x\nroot x\nentry m x k\ngc\ngc\ngc\ngc\n%s\ngc\nexpect leak s %s\n";
    char text[512];
    for (size_t i = 0; i < sizeof uses / sizeof *uses; i++) {
        bool clears = strcmp(uses[i], "unref y.held") == 0; /* names the holder only */
        snprintf(text, sizeof text, frame, uses[i], clears ? "one-time" : "none");
        ck_assert_uint_eq(holds(text), 1);
    }
    for (size_t i = 0; i < sizeof no_uses / sizeof *no_uses; i++) {
        snprintf(text, sizeof text, frame, no_uses[i], "one-time");
        holds(text);
    }
}
END_TEST

START_TEST(what_is_not_reachable_is_not_stale)
{
    holds(
        "alloc a 48 @a\nalloc b 48 in a.1 @s\ngc\ngc\ngc\ngc\nunref a.1\nexpect leak s none\ngc\nexpect leak s none\n");
    /* what was stale has been released late, collected or not yet */
    holds("alloc a 48 @a\nalloc b 48 in a.1 @s\ngc\ngc\ngc\ngc\ngc\nexpect leak s one-time\nunref a.1\n"
          "expect leak s implicit\ngc\nexpect leak s implicit\nexpect dead b\n");
    /* weak slots and entries without their key hold nothing */
    holds("alloc m 48 weakmap\nalloc k 48\nalloc v 48 @s\nentry m k v\nrelease v\nweak m.w v\ngc\ngc\ngc\ngc\ngc\n"
          "expect leak s one-time\nrelease k\nexpect leak s implicit\n");
}
END_TEST

START_TEST(each_class_is_told)
{
    holds(
        "repeat 2 as i\n alloc f$i 48 @frequent\n alloc o$i 48 @occasional\nend\nalloc n 48 @none\nalloc t 48 @one-time\n"
        "alloc i 48 @implicit\nalloc u 48 @used-again\n"
        "gc\ngc\ngc\ngc\nuse o0\nuse n\ngc\n"
        "expect leak frequent frequent\nexpect leak occasional occasional\nexpect leak one-time one-time\n"
        "expect leak none none\nexpect leak implicit one-time\nexpect leak used-again one-time\n"
        "release i\nuse u\nuse n\ngc\n"
        "expect leak implicit implicit\nexpect leak used-again none\nexpect leak @none none\n"
        "alloc f2 48 @frequent\nexpect leak frequent occasional\n");
    /* some were late, but some are stale now: the present counts */
    holds("alloc a 48 @s\nalloc b 48 @s\ngc\ngc\ngc\ngc\ngc\nrelease a\ngc\nexpect leak s occasional\n"
          "release b\nexpect leak s implicit\n");
}
END_TEST

START_TEST(a_site_is_the_site_or_the_scope)
{
    holds(
        "alloc a 48\nenter\nalloc b 48\nleave\nenter f\nalloc c 48\nroot c\nalloc d 48 @s\nroot d\nenter\n"
        "alloc e 48\nleave\nleave\nalloc g 48 @f\ngc\ngc\ngc\ngc\ngc\nexpect leak (top) occasional\nexpect leak f occasional\n"
        "expect leak s none\n");
    struct run run;
    struct leaks leaks;
    runs_text(&run,
              "enter f\nalloc a 48\nenter f\nalloc b 100 @7\nalloc c 48\nleave\nleave\nalloc d 48 @7\nalloc e 8\n",
              NULL);
    const struct heap *h = &run.current->heap;
    ck_assert_int_eq(leaks_find(h, &leaks), 0);
    const struct leak_site *f = leaks_site(&leaks, h, names_find(&run.names, "f", 1)),
                           *seven = leaks_site(&leaks, h, 7);
    ck_assert_uint_eq(f->allocations, 2);
    ck_assert_uint_eq(f->bytes, 96);
    ck_assert_uint_eq(f->live, 0);
    ck_assert_uint_eq(seven->allocations, 2);
    ck_assert_uint_eq(seven->bytes, 152);
    ck_assert_uint_eq(seven->live, 1);
    ck_assert_uint_eq(seven->live_bytes, 48);
    ck_assert_uint_eq(leaks_site(&leaks, h, NAME_NONE)->bytes, 8);
    ck_assert_ptr_null(leaks_site(&leaks, h, 8));
    leaks_free(&leaks);
    run_close(&run);
}
END_TEST

static struct leaks growth_of(const char *text)
{
    struct run run;
    struct leaks leaks = {0};
    runs_text(&run, text, NULL);
    leaks_growth(&run.current->heap, &leaks);
    run_close(&run);
    return leaks;
}

static void growth_is(const char *text, enum leak_verdict verdict, unsigned majors, unsigned rises)
{
    struct leaks leaks = growth_of(text);
    ck_assert_msg(leaks.verdict == verdict && leaks.majors == majors && leaks.rises == rises,
                  "%s, %u majors, %u rises:\n%s", leak_verdict_word(leaks.verdict), leaks.majors, leaks.rises, text);
}

START_TEST(five_rises_in_a_row_are_growth)
{
    growth_is("alloc a 48\n", VERDICT_UNKNOWN, 0, 0);
    growth_is("alloc a 48\ngc\n", VERDICT_UNKNOWN, 1, 0);
    growth_is("repeat 5 as i\nalloc $i 48\ngc\ngc minor\nend\n", VERDICT_UNKNOWN, 5, 4);
    growth_is("repeat 6 as i\nalloc $i 48\ngc\nend\n", VERDICT_GROWING, 6, 5);
    growth_is("repeat 6 as i\nalloc $i 48\ngc\nend\ngc\n", VERDICT_STEADY, 6, 0);
    growth_is("gc\ngc\nrepeat 6 as i\nalloc $i 48\ngc\nend\n", VERDICT_GROWING, 6, 5);
    growth_is("gc\ngc\nrepeat 4 as i\nalloc $i 48\ngc\nend\n", VERDICT_STEADY, 6, 4);
    /* the one that the last five began from may have fallen, none of the five */
    growth_is("alloc x 480\ngc\nrelease x\nrepeat 6 as i\nalloc $i 48\ngc\nend\n", VERDICT_GROWING, 6, 5);
    growth_is("alloc x 480\ngc\nrelease x\nrepeat 5 as i\nalloc $i 48\ngc\nend\n", VERDICT_STEADY, 6, 4);
    /* what counts is what a major leaves, of whatever sort */
    growth_is(
        "alloc a 48\ngc\nalloc b 48\ngc compact\nalloc c 48\ngc start\ngc finish\nalloc d 48\ngc\nalloc e 48\ngc\n"
        "alloc f 48\nalloc g 480\nrelease g\ngc\nalloc h 4800\n",
        VERDICT_GROWING, 6, 5);
    struct leaks leaks = growth_of("gc\nrepeat 6 as i\nalloc $i 48\ngc\nend\n");
    for (unsigned i = 0; i < 6; i++)
        ck_assert_uint_eq(leaks.series[i], 48 * (i + 1));
}
END_TEST

/* The nearest stale object of a site, among several. */
START_TEST(the_nearest_stale_object_is_found)
{
    struct run run;
    struct leaks leaks;
    runs_text(&run,
              "alloc a 48 @hold\nalloc b 48 in a.1 @hold\nalloc far 48 in b.1 @s\nalloc near 48 in a.2 @s\n"
              "alloc used 48 @s\ngc\ngc\ngc\ngc\ngc\nuse used\nuse a\nuse b\n",
              NULL);
    const struct heap *h = &run.current->heap;
    ck_assert_int_eq(leaks_find(h, &leaks), 0);
    const struct leak_site *s = leaks_site(&leaks, h, names_find(&run.names, "s", 1));
    uint32_t near = heap_find(h, names_find(&run.names, "near", 4)),
             far = heap_find(h, names_find(&run.names, "far", 3));
    ck_assert_uint_eq(s->stale, 2);
    ck_assert_uint_eq(s->nearest, near);
    ck_assert(leaks_stale(&leaks, h, far));
    ck_assert(!leaks_stale(&leaks, h, heap_find(h, names_find(&run.names, "used", 4))));
    ck_assert_ptr_eq(leaks_site_of(&leaks, h, far), s);
    ck_assert_uint_eq(leaks.stale, 2);
    ck_assert_uint_eq(leaks.stale_bytes, 96);
    struct site_list list = {{0}};
    ck_assert_int_eq(leaks_ranking(&leaks, &list), 0);
    ck_assert_uint_eq(list.sites.len, 2);
    ck_assert_ptr_eq(&leaks.sites.data[list.sites.data[0]], s);
    vec_free(&list.sites);
    leaks_free(&leaks);
    run_close(&run);
}
END_TEST

/* The medley in an era with a line more in many places, where a repeat is not open: new. */
static char *medley_with(const char *era, const char *line)
{
    char *plain = runs_medley(era), *text = NULL;
    size_t len, depth = 0, lines = 0;
    FILE *out = open_memstream(&text, &len);
    for (const char *at = plain; *at != '\0';) {
        int n = (int)strcspn(at, "\n");
        depth += strncmp(at, "repeat", 6) == 0;
        depth -= strncmp(at, "end", 3) == 0;
        fprintf(out, "%.*s\n", n, at);
        if (depth == 0 && lines++ % 7 == 3)
            fprintf(out, "%s\n", line);
        at += n + (at[n] == '\n');
    }
    fclose(out);
    free(plain);
    return text;
}

/* What a run tells and comes to, but for its expectations. */
struct told {
    uint64_t hash, asked;
    char *json, *events;
};

static struct told run_and_listen(const char *text)
{
    struct told told = {0};
    struct run run;
    struct run_options options = {.hooks.figure = report_figure};
    struct error error = {0};
    struct event_stream stream;
    size_t len;
    FILE *out = open_memstream(&told.events, &len);
    ck_assert_int_eq(run_open_memory(&run, "medley", text, strlen(text), &options, &error), 0);
    event_stream_init(&stream, out);
    run_listen(&run, &stream.listener);
    while (run_advance(&run, 0, &error) == RUN_MORE) {
    }
    ck_assert_msg(error.kind == ERROR_NONE, "%s", error_text(&error));
    fclose(out);
    json_t *report = report_json(&run);
    json_object_del(report, "expectations");
    json_object_del(report, "outcome");
    told.json = json_dumps(report, 0);
    json_decref(report);
    told.hash = heap_hash(&run.current->heap);
    told.asked = run.passed + run.failed;
    run_close(&run);
    return told;
}

START_TEST(asking_changes_nothing)
{
    char *quiet = medley_with(era_at(_i), "# nothing"), *asking = medley_with(era_at(_i), "expect leak (top) none");
    struct told one = run_and_listen(quiet), other = run_and_listen(asking);
    ck_assert_uint_gt(other.asked, one.asked + 3);
    ck_assert(one.hash == other.hash);
    ck_assert_str_eq(one.json, other.json);
    ck_assert_str_eq(one.events, other.events);
    free(one.json);
    free(one.events);
    free(other.json);
    free(other.events);
    free(quiet);
    free(asking);
}
END_TEST

/* What the walk reaches is what a major now would keep: so no copy of the heap has to be collected for the analysis. */
START_TEST(reachable_is_what_a_major_would_keep)
{
    for (uint64_t seed = 0; seed < 30; seed++) {
        struct run run;
        struct leaks before, after;
        struct heap copy;
        uint64_t budget = GC_UNLIMITED;
        size_t len;
        char *text = randtrace(seed, &len);
        runs_text(&run, text, NULL);
        ck_assert_int_eq(leaks_find(&run.current->heap, &before), 0);
        ck_assert_int_eq(heap_copy(&copy, &run.current->heap), 0);
        gc_begin(&copy, COLLECTION_MARK_SWEEP, REASON_TESTING, true, false);
        ck_assert_int_eq(gc_step(&copy, &budget), GC_DONE);
        ck_assert_uint_eq(copy.live, before.paths.order.len);
        for (size_t i = 0; i < before.paths.order.len; i++)
            ck_assert(!(copy.objects.data[before.paths.order.data[i]].bits & OBJECT_FREE));
        ck_assert_int_eq(leaks_find(&copy, &after), 0);
        ck_assert_uint_eq(after.sites.len, before.sites.len);
        for (size_t i = 0; i < after.sites.len; i++) {
            ck_assert_uint_eq(after.sites.data[i].live, before.sites.data[i].live);
            ck_assert(before.sites.data[i].class != LEAK_IMPLICIT || after.sites.data[i].class != LEAK_NONE);
        }
        leaks_free(&before);
        leaks_free(&after);
        heap_free(&copy);
        run_close(&run);
        free(text);
    }
}
END_TEST

/* Sites that take turns are told apart on the fast path, which counts by batches, as on the slow one. */
START_TEST(the_fast_path_counts_the_same)
{
    const char *text =
        "set profile node20\nalloc first 48 @a\nenter f\nrepeat 300 as i\nalloc x$i 24 @a\nalloc y$i 40 @b\n"
        "release x$i\nalloc z$i 8\nalloc v$i 16\nref y$i.a z$i\nend\nleave\nalloc last 80\n";
    static const uint64_t allocations[] = {301, 300, 600, 1}, bytes[] = {48 + 300 * 24, 300 * 40, 300 * 24, 80};
    for (int slowly = 0; slowly < 2; slowly++) {
        struct run run;
        struct leaks leaks;
        struct run_options options = {.verify = slowly != 0};
        runs_text(&run, text, &options);
        ck_assert_int_eq(leaks_find(&run.current->heap, &leaks), 0);
        for (unsigned i = 0; i < 4; i++) {
            uint32_t name = i == 3 ? NAME_NONE : names_find(&run.names, &"abf"[i], 1);
            const struct leak_site *site = leaks_site(&leaks, &run.current->heap, name);
            ck_assert_uint_eq(site->allocations, allocations[i]);
            ck_assert_uint_eq(site->bytes, bytes[i]);
        }
        leaks_free(&leaks);
        run_close(&run);
    }
}
END_TEST

/* A scope with a new name for each request: the table stays bounded, and no allocation is lost. */
START_TEST(the_table_of_sites_is_bounded)
{
    struct run run;
    struct leaks leaks;
    struct run_options options = {.verify = true};
    runs_text(
        &run,
        "alloc kept 48 @kept\nalloc gone 48 @gone\nrelease gone\n"
        "repeat 70000 as i\nenter $i\nalloc x 8\nleave\nend\nalloc late 48 @late\n"
        "gc\nalloc after 48 @after\ngc\nrepeat 70000 as i\nenter r$i\nalloc x 8\nleave\nend\nalloc y 48 @kept\ngc\n",
        &options);
    const struct heap *h = &run.current->heap;
    uint64_t sum = 0;
    ck_assert_uint_le(h->sites.len, SITES_MOST);
    ck_assert_int_eq(leaks_find(h, &leaks), 0);
    for (size_t i = 0; i < leaks.sites.len; i++)
        sum += leaks.sites.data[i].allocations;
    ck_assert_uint_eq(sum, 140000 + 5);
    ck_assert_uint_eq(leaks_site(&leaks, h, names_find(&run.names, "kept", 4))->allocations, 2);
    ck_assert_uint_eq(leaks_site(&leaks, h, names_find(&run.names, "after", 5))->live, 1);
    ck_assert_ptr_null(leaks_site(&leaks, h, names_find(&run.names, "gone", 4)));
    ck_assert_ptr_null(leaks_site(&leaks, h, names_find(&run.names, "late", 4))); /* the table was full then */
    ck_assert_uint_eq(leaks.sites.data[SITE_OTHER].live, 1);
    ck_assert_str_eq(leak_site_word(SITE_OTHER), "(other)");
    leaks_free(&leaks);
    run_close(&run);
}
END_TEST

Suite *suite_leaks(void)
{
    const TTest *const tests[] = {
        an_object_is_stale_from_the_fifth_major_on,
        every_event_that_names_an_object_uses_it,
        what_is_not_reachable_is_not_stale,
        each_class_is_told,
        a_site_is_the_site_or_the_scope,
        five_rises_in_a_row_are_growth,
        the_nearest_stale_object_is_found,
        reachable_is_what_a_major_would_keep,
        the_fast_path_counts_the_same,
        the_table_of_sites_is_bounded,
    };
    Suite *suite = suite_create("leaks");
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
        TCase *tc = tcase_create(tests[i]->name);
        tcase_add_test(tc, tests[i]);
        suite_add_tcase(suite, tc);
    }
    TCase *asking = tcase_create("asking");
    tcase_add_loop_test(asking, asking_changes_nothing, 0, ERA_COUNT);
    suite_add_tcase(suite, asking);
    return suite;
}
