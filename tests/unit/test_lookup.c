/* test_lookup.c - what expectations look for is kept, and found as if it were looked for each time (run/lookup.h). */
#include "heap/figures.h"
#include "run/lookup.h"
#include "runs.h"

#include "checks.h"

Suite *suite_lookup(void);

static void compare(struct run *run, uint32_t step)
{
    struct worker *w = run->current;
    for (uint32_t name = 0; name < 300000; name += step)
        ck_assert_int_eq(lookup_dead(&w->lookup, &w->heap, name), heap_find_dead(&w->heap, name) != NULL);
}

/* Names die, are bound anew and die again, until the ring that remembers them has gone round twice. */
START_TEST(dead_names)
{
    static const char text[] = "repeat 100000 as i\nalloc ${i+150000} 16\nrelease ${i+150000}\nend\n"
                               "repeat 200000 as i\nalloc $i 16\nrelease $i\nend\ngc\n";
    struct run run;
    struct error error = {0};
    struct run_options options = {0};
    ck_assert_int_eq(run_open_memory(&run, "t.trace", text, strlen(text), &options, &error), 0);
    uint64_t lines = 1;
    while (run_advance(&run, lines, &error) == RUN_MORE) {
        lines = lines * 3 / 2 + 10;
        if (run.current->ready)
            compare(&run, 997);
    }
    ck_assert_uint_gt(run.current->heap.dead_name_count, 2 * DEAD_NAMES);
    compare(&run, 97);
    run_close(&run);
}
END_TEST

/* Nothing is looked for twice while nothing happens, and anew when something has. */
START_TEST(kept_until_something_happens)
{
    struct run run;
    struct error error = {0};
    struct run_options options = {0};
    static const char text[] = "alloc a 16\nalloc b 16 in a.x\nexpect live b\nexpect garbage b\nunref a.x\n"
                               "expect garbage b\ngc\nexpect dead b\n";
    ck_assert_int_eq(run_open_memory(&run, "t.trace", text, strlen(text), &options, &error), 0);
    ck_assert_int_eq(run_advance(&run, 4, &error), RUN_MORE);
    struct worker *w = run.current;
    const uint64_t *reached = lookup_reached(&w->lookup, &w->heap)->reached.data;
    const struct leak_site *sites = lookup_leaks(&w->lookup, &w->heap)->sites.data;
    uint64_t at = w->lookup.reached_at;
    ck_assert_ptr_eq(lookup_reached(&w->lookup, &w->heap)->reached.data, reached);
    ck_assert_ptr_eq(lookup_leaks(&w->lookup, &w->heap)->sites.data, sites);
    ck_assert_uint_eq(w->lookup.reached_at, at);
    while (run_advance(&run, 0, &error) == RUN_MORE)
        ;
    ck_assert_uint_gt(w->lookup.reached_at, at);
    ck_assert_uint_eq(run.failed, 1);
    run_close(&run);
}
END_TEST

Suite *suite_lookup(void)
{
    Suite *suite = suite_create("lookup");
    TCase *tests = tcase_create("lookup");
    tcase_add_test(tests, dead_names);
    tcase_add_test(tests, kept_until_something_happens);
    suite_add_tcase(suite, tests);
    return suite;
}
