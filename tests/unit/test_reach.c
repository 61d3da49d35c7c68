/* test_reach.c - what is reachable, kept up to date event by event (run/reach.h, run/forest.h), against a walk. */
#include "heap/figures.h"
#include "randtrace.h"
#include "run/forest.h"
#include "run/reach.h"
#include "runs.h"
#include "seeds.h"

#include "checks.h"
#include <inttypes.h>
#include <stdlib.h>

Suite *suite_reach(void);

static uint64_t next(uint64_t *random)
{
    *random = *random * UINT64_C(6364136223846793005) + 1;
    return *random >> 33;
}

enum { NODES = 300 };

/* Links and cuts at random: tops are what following the parents finds. */
START_TEST(tops_are_found)
{
    struct forest forest = {{0}};
    uint32_t parent[NODES];
    uint64_t random = 1;
    for (uint32_t i = 0; i < NODES; i++) {
        ck_assert_int_eq(forest_add(&forest), 0);
        parent[i] = FOREST_NONE;
    }
    for (int step = 0; step < 20000; step++) {
        uint32_t a = (uint32_t)next(&random) % NODES, b = (uint32_t)next(&random) % NODES, top = b, below = FOREST_NONE;
        while (parent[top] != FOREST_NONE) {
            below = top;
            top = parent[top];
        }
        ck_assert_uint_eq(forest_top(&forest, b), top);
        if (top != b)
            ck_assert_uint_eq(forest_below_top(&forest, b), below);
        if (parent[a] != FOREST_NONE && next(&random) % 4 == 0) {
            forest_cut(&forest, a);
            parent[a] = FOREST_NONE;
        } else if (parent[a] == FOREST_NONE && top != a) {
            forest_link(&forest, a, b);
            parent[a] = b;
        }
    }
    vec_free(&forest.nodes);
}
END_TEST

/* Asks about some of the objects, since each answer repairs something. */
static void compare(const struct run *run, uint64_t seed, uint64_t *random)
{
    struct worker *w = run->current;
    uint8_t *map = calloc(w->heap.objects.len + 1, 1);
    ck_assert_int_eq(runs_reachable(&w->heap, map), 0);
    for (uint32_t i = 0; i < w->heap.objects.len; i++) {
        if (w->heap.objects.data[i].bits & OBJECT_FREE || next(random) % 8 != 0)
            continue;
        int found = reach_finds(w->reach, &w->heap, i);
        ck_assert_msg(found == map[i], "seed %" PRIu64 ", line %" PRIu64 ": object %" PRIu32 " is %d", seed, run->line,
                      i, map[i]);
    }
    free(map);
}

static void check_seed(uint64_t seed)
{
    size_t len;
    char *text = randtrace(seed, &len);
    struct run run;
    struct error error = {0};
    struct run_options options = {.strict = true};
    uint64_t random = seed;
    ck_assert_int_eq(run_open_memory(&run, "random.trace", text, len, &options, &error), 0);
    while (run_advance(&run, 1, &error) == RUN_MORE)
        if (run.current->reach)
            compare(&run, seed, &random);
    ck_assert_msg(error.kind == ERROR_NONE, "seed %" PRIu64 ": %s", seed, error_text(&error));
    run_close(&run);
    free(text);
}

START_TEST(as_a_walk_finds)
{
    seeds_each(_i, 2, check_seed);
}
END_TEST

static void ends(const char *text, uint64_t line)
{
    struct run run;
    struct error error = {0};
    struct run_options options = {.strict = true};
    ck_assert_int_eq(run_open_memory(&run, "t.trace", text, strlen(text), &options, &error), 0);
    enum run_state state;
    while ((state = run_advance(&run, 0, &error)) == RUN_MORE)
        ;
    ck_assert_uint_eq(state == RUN_FAILED ? error.line : 0, line);
    error_clear(&error);
    run_close(&run);
}

START_TEST(what_loses_its_proof)
{
    /* a list whose head moves on, one held at both ends in turn, and one turned round */
    ends("alloc q 16\nalloc a 16 in q.h\nalloc b 16 in a.n\nalloc c 16 in b.n\nref q.h b\nuse c\nuse a\n", 7);
    ends("alloc p 16\nalloc q 16\nalloc a 16 in p.h\nalloc b 16 in a.n\nref b.p a\nref q.h b\nunref p.h\nuse a\n"
         "ref p.h a\nunref q.h\nuse b\nunref p.h\nuse a\n",
         13);
    /* an object inside a tree gets a handle, and holds what was above it */
    ends("alloc a 16\nalloc b 16 in a.x\nroot b\nref b.y a\nrelease a\nref a.y a\nrelease b\nuse b\n", 8);
    /* "alloc ... in" takes the place of another */
    ends("alloc a 16\nalloc b 16 in a.x\nalloc c 16 in a.x\nuse c\nuse b\n", 5);
    ends("alloc r 16\nalloc a 16 in r.x\nalloc a 16 in a.y\nuse a\nunref r.x\nuse a\n", 6);
    /* the record of a dead holder is taken over by another object */
    ends(
        "alloc r 16\nalloc a 16 in r.x\nalloc b 16 in a.x\nref r.y b\nunref r.x\ngc\ngc\nalloc c 16\nuse b\nunref r.y\n"
        "use b\n",
        11);
    /* slots that turn weak */
    ends("alloc a 16\nalloc b 16 in a.x\nalloc c 16 in b.x\nweak a.x b\nuse c\n", 5);
    ends("alloc a 16\nalloc b 16\nref a b\nweak a.x b\nrelease b\nuse b\nunref a b\nuse b\n", 8);
}
END_TEST

START_TEST(values_of_entries)
{
    ends("alloc m 16 weakmap\nalloc k 16\nalloc v 16\nentry m k v\nrelease v\nalloc w 16 in v.x\nuse w\nunentry m k\n"
         "use w\n",
         9);
    /* an entry that keeps its own key, or its own collection */
    ends("alloc m 16 weakmap\nalloc k 16\nalloc v 16\nref v.k k\nentry m k v\nrelease v\nuse v\nrelease k\nuse k\n", 9);
    ends("alloc m 16 weakmap\nalloc k 16\nalloc v 16\nref v.m m\nentry m k v\nrelease v\nuse v\nrelease m\nuse m\n", 9);
    /* long chains: each value is the key of the next */
    ends("alloc m 16 weakmap\nalloc 0 16\nrepeat 40 as i\nalloc ${i+1} 16\nentry m $i ${i+1}\nrelease ${i+1}\nend\n"
         "use 40\nuse 17\nunentry m 20\nuse 20\nuse 21\n",
         12);
}
END_TEST

/* A long list is popped, and used far from there: it would take minutes if each event looked at all of it. */
START_TEST(long_lists_are_quickly_proved)
{
    ends("set profile node20\nalloc q 16\nalloc 0 16 in q.h\nrepeat 100000 as i\nalloc ${i+1} 16 in $i.n\nend\n"
         "repeat 100000 as i\nuse 100000\nref q.h ${i+1}\nend\nuse 0\n",
         11);
    ends("alloc a 16\nalloc b 16 in a.b\nalloc c 16 in a.c\nrepeat 200000\nref a.x b\nref a.x c\nend\nuse b\n", 0);
}
END_TEST

Suite *suite_reach(void)
{
    Suite *suite = suite_create("reach");
    TCase *tests = tcase_create("reach");
    tcase_add_test(tests, tops_are_found);
    tcase_add_test(tests, what_loses_its_proof);
    tcase_add_test(tests, values_of_entries);
    tcase_add_test(tests, long_lists_are_quickly_proved);
    suite_add_tcase(suite, tests);
    seeds_case(suite, as_a_walk_finds);
    return suite;
}
