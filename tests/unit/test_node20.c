/* test_node20.c - steps of marking, their schedule, and the limit as the V8 of Node 20 has them. */
#include "gc/policy.h"
#include "run/run.h"
#include "runs.h"

#include "checks.h"
#include <stdio.h>

Suite *suite_node20(void);

#define CLASS "set era node20\n"

/* In the classroom a step is 256 bytes, and larger objects are large. */
static struct marking marking_after(const char *text)
{
    struct run run;
    runs_text(&run, text, &(struct run_options){.verify = true});
    struct marking marking = run.current->heap.marking;
    run_close(&run);
    return marking;
}

START_TEST(a_step_ends_with_the_object_that_uses_it_up)
{
    struct marking m = marking_after(CLASS "alloc k 200 code\nalloc l 200 code\nalloc m 200\ngc start\nalloc x 256\n");
    ck_assert_uint_eq(m.steps, 1);
    ck_assert_uint_eq(m.marked, 400);
    /* A large object is scanned by chunks of 256. */
    m = marking_after(CLASS "alloc k 2000 code\ngc start\nalloc x 256\n");
    ck_assert_uint_eq(m.marked, 256);
    ck_assert_uint_eq(m.paid, 256);
    m = marking_after(CLASS
                      "set min-semi-space-size 8k\nalloc k 2000 code\ngc start\nrepeat 7 as i\nalloc x$i 256\nend\n");
    ck_assert_uint_eq(m.marked, 7 * 256);
    ck_assert(!m.done);
    m = marking_after(CLASS
                      "set min-semi-space-size 8k\nalloc k 2000 code\ngc start\nrepeat 8 as i\nalloc x$i 256\nend\n");
    ck_assert(m.done);
}
END_TEST

START_TEST(each_space_counts_for_itself)
{
    static const char start[] = CLASS "set max-old-space-size 1M\nset initial-old-space-size 1M\n"
                                      "set marking-start-min 1M\nalloc k 10000 code\ngc start\n";
    static const struct {
        const char *text;
        uint64_t steps;
    } cases[] = {
        {"alloc a 248\n", 0},
        {"alloc a 248\nalloc b 8\n", 1},
        {"repeat 3 as i\nalloc a$i 256 code\nend\nalloc b 80 map\nalloc c 168\n", 0},
        {"repeat 4 as i\nalloc a$i 256 code\nend\n", 1},
        {"repeat 3 as i\nalloc a$i 256 code\nend\nrepeat 3 as i\nalloc m$i - map\nend\nalloc b 248\n", 0},
        {"alloc a 1016\n", 0},
        {"alloc a 1024\n", 1},
        {"alloc b 248\nalloc a 1024\nalloc c 8\n", 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[512];
        snprintf(text, sizeof text, "%s%s", start, cases[i].text);
        ck_assert_msg(marking_after(text).steps == cases[i].steps, "%s", text);
    }
}
END_TEST

START_TEST(what_dies_in_a_scavenge_leaves_the_schedule)
{
    static const char start[] = CLASS "alloc k 4000 code\ngc start\n";
    char text[512];
    snprintf(text, sizeof text, "%srepeat 3 as i\nalloc a$i 256\nend\ngc minor\n", start);
    ck_assert_uint_eq(marking_after(text).marked, 3 * 256);
    snprintf(text, sizeof text, "%srepeat 3 as i\nalloc a$i 256\nend\nrelease a1\ngc minor\n", start);
    ck_assert_uint_eq(marking_after(text).marked, 2 * 256);
    /* Fillers count: a page has 960 bytes, three times 256 and a rest of 192. */
    snprintf(text, sizeof text, "%srepeat 4 as i\nalloc a$i 256\nend\ngc minor\n", start);
    ck_assert_uint_eq(marking_after(text).marked, 4 * 256 - 192);
}
END_TEST

/* The limit is 12 KiB, a page 1 KiB; it lets the old generation grow, and marking starts. */
START_TEST(the_limit_yields)
{
    struct run run;
    runs_text(&run, CLASS "repeat 42 as i\nalloc a$i 256 code\nend\n", &(struct run_options){.verify = true});
    ck_assert(!run.current->heap.marking.active);
    run_close(&run);
    runs_text(&run, CLASS "repeat 49 as i\nalloc a$i 256 code\nend\n", &(struct run_options){.verify = true});
    ck_assert(run.current->heap.marking.active);
    ck_assert_uint_eq(run.current->heap.counters.mark_sweeps, 0);
    run_close(&run);
    runs_text(&run, "set era node6\nrepeat 49 as i\nalloc a$i 256 code\nend\n", &(struct run_options){.verify = true});
    ck_assert_uint_ge(run.current->heap.counters.mark_sweeps, 1);
    run_close(&run);
    /* But not where marking may not start. */
    runs_text(&run, CLASS "set marking-start-min 60k\nrepeat 49 as i\nalloc a$i 256 code\nend\n",
              &(struct run_options){.verify = true});
    ck_assert_uint_ge(run.current->heap.counters.mark_sweeps, 1);
    ck_assert(!run.current->heap.marking.active);
    run_close(&run);
}
END_TEST

/* The first scavenge of which all survives lowers nothing, so that none does afterwards. */
START_TEST(the_first_limit_is_lowered_until_that_changes_nothing)
{
    static const char *const eras[] = {"node6", "node20"};
    for (int i = 0; i < 2; i++) {
        char text[256];
        struct run run;
        snprintf(text, sizeof text,
                 "set era %s\nset initial-old-space-size 40k\nalloc a 64\ngc minor\nrelease a\ngc minor\ngc minor\n",
                 eras[i]);
        runs_text(&run, text, &(struct run_options){.verify = true});
        ck_assert_int_eq(run.current->heap.limits.old < 40 << 10, i == 0);
        run_close(&run);
    }
}
END_TEST

/* A value that is entered while marking is on becomes grey, a key does not. */
START_TEST(a_value_that_is_entered_becomes_grey)
{
    static const struct {
        const char *era, *color;
        uint64_t hits;
    } cases[] = {{"node20", "grey", 1}, {"node6", "white", 0}};
    for (int i = 0; i < 2; i++) {
        char text[512];
        struct run run;
        snprintf(text, sizeof text,
                 "set era %s\nalloc m 16 weakmap\ngc start\nalloc k 16\nalloc v 16\nentry m k v\nentry m k v\n"
                 "expect color k white\nexpect color v %s\n",
                 cases[i].era, cases[i].color);
        runs_text(&run, text, &(struct run_options){.verify = true});
        ck_assert_uint_eq(run.failed, 0);
        ck_assert_uint_eq(run.current->heap.counters.barriers_marking, cases[i].hits);
        run_close(&run);
    }
}
END_TEST

Suite *suite_node20(void)
{
    Suite *suite = suite_create("node20");
    TCase *tests = tcase_create("node20");
    tcase_add_test(tests, a_step_ends_with_the_object_that_uses_it_up);
    tcase_add_test(tests, each_space_counts_for_itself);
    tcase_add_test(tests, what_dies_in_a_scavenge_leaves_the_schedule);
    tcase_add_test(tests, the_limit_yields);
    tcase_add_test(tests, the_first_limit_is_lowered_until_that_changes_nothing);
    tcase_add_test(tests, a_value_that_is_entered_becomes_grey);
    suite_add_tcase(suite, tests);
    return suite;
}
