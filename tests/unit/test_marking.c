/*
 * test_marking.c - incremental marking: random interleavings of steps, stores and scavenges keep the
 * invariant (heap_verify after every event) and lose nothing that is reachable; each write barrier, taken away, is
 * caught.
 */
#include "gc/gc.h"
#include "gc/incremental.h"
#include "randtrace.h"
#include "run/run.h"
#include "runs.h"
#include "seeds.h"

#include <inttypes.h>
#include <stdlib.h>

Suite *suite_marking(void);

static uint64_t mix(uint64_t z)
{
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

static void collect(struct heap *h)
{
    uint64_t budget = GC_UNLIMITED;
    ck_assert_int_eq(gc_step(h, &budget), GC_DONE);
}

/* Does the job that was begun. */
static void go(struct heap *h)
{
    uint64_t budget = GC_UNLIMITED;
    ck_assert_int_eq(marking_go(h, &budget), GC_DONE);
}

/* What is left after everything unreachable has been collected. */
static uint64_t live_in_the_end(struct heap *h)
{
    if (h->marking.active) {
        marking_finish(h, REASON_TESTING, true);
        collect(h);
    }
    gc_begin(h, COLLECTION_MARK_SWEEP, REASON_TESTING, true, false);
    collect(h);
    return h->live;
}

/* Before an event: begins a cycle, or does a step of it, or finishes it, as the random number says. */
static void meddle(struct heap *h, uint64_t random)
{
    if (!h->marking.active) {
        if (random % 8 == 0) {
            marking_start(h, true);
            go(h);
        }
    } else if (random % 3 != 0) {
        marking_step(h, 1 + random / 8 % 300);
        go(h);
    } else if (random % 17 == 0) {
        marking_finish(h, REASON_TESTING, true);
        collect(h);
    }
}

struct totals {
    uint64_t cycles, steps, barriers, floating;
};

/* Sets the choices of marking and sweeping, which every era must bear, for most of the seeds. */
static void choose(struct settings *settings, uint64_t seed)
{
    static const enum config_key keys[] = {KEY_marking_barrier, KEY_allocate_black, KEY_sweeping};
    uint64_t random = mix(seed);
    for (unsigned i = 0; i < 3; i++, random /= 16) {
        uint64_t min, max;
        config_key_range(keys[i], &min, &max);
        settings->value[keys[i]] = random % (max + 1);
        settings->origin[keys[i]] = random / (max + 1) % 4 != 0 ? SETTING_OPTION : SETTING_DEFAULT;
    }
}

static uint64_t run_meddled(uint64_t seed, const char *text, size_t len, struct totals *totals)
{
    struct run run;
    struct error error = {0};
    struct run_options options = {.verify = true};
    choose(&options.settings, seed);
    ck_assert_int_eq(run_open_memory(&run, "random", text, len, &options, &error), 0);
    enum run_state state = RUN_MORE;
    for (uint64_t event = 0; state == RUN_MORE; event++) {
        if (run.current->ready) {
            meddle(&run.current->heap, mix(seed * 1000003 + event));
            ck_assert_msg(heap_verify(&run.current->heap, &error) == 0, "seed %" PRIu64 ", event %" PRIu64 ": %s", seed,
                          run.current->heap.event, error_text(&error));
        }
        state = run_advance(&run, 1, &error);
    }
    ck_assert_msg(state == RUN_ENDED, "seed %" PRIu64 ": %s", seed, error_text(&error));
    uint64_t live = live_in_the_end(&run.current->heap);
    ck_assert_msg(heap_verify(&run.current->heap, &error) == 0, "seed %" PRIu64 ": %s", seed, error_text(&error));
    totals->cycles += run.current->heap.counters.mark_sweeps;
    totals->steps += run.current->heap.counters.incremental_steps;
    totals->barriers += run.current->heap.counters.barriers_marking;
    for (size_t i = 0; i < run.current->heap.collections.len; i++)
        totals->floating += run.current->heap.collections.data[i].floating_garbage_bytes;
    run_close(&run);
    return live;
}

START_TEST(nothing_reachable_is_lost)
{
    struct totals totals = {0};
    for (uint64_t seed = seeds_first(); seed < seeds_first() + seeds_count(); seed++) {
        size_t len;
        char *text = randtrace(seed, &len);
        ck_assert_ptr_nonnull(text);
        struct run plain;
        struct error error = {0};
        ck_assert_int_eq(run_open_memory(&plain, "random", text, len, &(struct run_options){0}, &error), 0);
        ck_assert_int_eq(run_advance(&plain, 0, &error), RUN_ENDED);
        uint64_t expected = live_in_the_end(&plain.current->heap);
        uint64_t live = run_meddled(seed, text, len, &totals);
        ck_assert_msg(live == expected, "seed %" PRIu64 ": %" PRIu64 " objects live, expected %" PRIu64, seed, live,
                      expected);
        run_close(&plain);
        free(text);
    }
    if (seeds_count() == 1)
        return;
    /* The test has met what it is for. */
    ck_assert_uint_gt(totals.steps, 100);
    ck_assert_uint_gt(totals.barriers, 10);
    ck_assert_uint_gt(totals.floating, 0);
}
END_TEST

/* ---- by hand ---- */

/*
 * The lost object: root a has been scanned when the only pointer to v moves from b, which is still grey, into it.
 * Without a barrier v would be freed.
 */
static const char lost[] = "alloc b 16\nalloc a 16\nalloc v 16 in b.x\ngc start\ngc step 16\n"
                           "expect color a black\nexpect color v white\nref a.x v\nunref b.x\n%s"
                           "gc finish\nexpect live v\nexpect color v white\n";

static void check_lost(const char *era, const char *colors)
{
    char text[1024];
    char middle[512];
    snprintf(middle, sizeof middle, lost, colors);
    ck_assert_int_lt(snprintf(text, sizeof text, "set era %s\n%s", era, middle), (int)sizeof text);
    struct run run;
    runs_text(&run, text, NULL);
    ck_assert_msg(run.failed == 0, "%s: %s, found %s", era, run.expectations.data[run.expectations.len - 1].condition,
                  run.expectations.data[run.expectations.len - 1].found);
    ck_assert_uint_eq(run.current->heap.counters.barriers_marking, 1);
    run_close(&run);
}

START_TEST(each_era_saves_the_lost_object)
{
    check_lost("book", "expect color a grey\nexpect color v white\n");  /* the host is scanned again */
    check_lost("node6", "expect color a black\nexpect color v grey\n"); /* the value is marked */
    check_lost("node20", "expect color a black\nexpect color v grey\n");
}
END_TEST

START_TEST(each_barrier_does_so_in_every_era)
{
    static const char *const colors[] = {"expect color a grey\nexpect color v white\n",
                                         "expect color a black\nexpect color v grey\n",
                                         "expect color a black\nexpect color v grey\n"};
    const char *const *barriers = config_key_choices(KEY_marking_barrier);
    for (unsigned i = 0; i < BARRIER_COUNT; i++) {
        char era[64];
        snprintf(era, sizeof era, "%s\nset marking-barrier %s", era_at(_i), barriers[i]);
        check_lost(era, colors[i]);
    }
}
END_TEST

START_TEST(hosts_that_are_not_black)
{
    /* node20 marks the value whatever the host's color; the others leave it to the scan of the host. */
    struct run run;
    runs_text(&run, "set era node20\nalloc h 16\nalloc v 16\ngc start\nalloc w 16\nref h.x w\nexpect color w grey\n",
              NULL);
    ck_assert_uint_eq(run.failed, 0);
    run_close(&run);
    runs_text(&run, "set era node6\nalloc h 16\nalloc v 16\ngc start\nalloc w 16\nref h.x w\nexpect color w white\n",
              NULL);
    ck_assert_uint_eq(run.failed, 0);
    run_close(&run);
}
END_TEST

START_TEST(floating_garbage_is_counted)
{
    struct run run;
    runs_text(&run,
              "alloc b 32\nalloc a 64\ngc start\ngc step 64\nrelease a\nexpect color a black\n"
              "gc step 1k\nwork 1us\n"
              "expect live a\nexpect garbage a\ngc\nexpect dead a\n",
              NULL);
    ck_assert_uint_eq(run.failed, 0);
    ck_assert_uint_eq(run.current->heap.collections.len, 2);
    ck_assert_uint_eq(run.current->heap.collections.data[0].floating_garbage_bytes, 64);
    ck_assert_int_eq(run.current->heap.collections.data[0].reason, REASON_FINALIZE_MARKING);
    ck_assert_uint_eq(run.current->heap.collections.data[0].marking_steps, 2);
    ck_assert_uint_eq(run.current->heap.collections.data[1].floating_garbage_bytes, 0);
    run_close(&run);
}
END_TEST

START_TEST(a_forced_major_finishes_the_cycle_first)
{
    struct run run;
    runs_text(&run, "alloc a 64\ngc start\ngc\n", NULL);
    ck_assert_uint_eq(run.current->heap.collections.len, 2);
    ck_assert_int_eq(run.current->heap.collections.data[0].reason, REASON_TESTING);
    ck_assert(!run.current->heap.marking.active);
    run_close(&run);
}
END_TEST

START_TEST(steps_stop_inside_a_large_object)
{
    struct run run;
    runs_text(&run,
              "alloc v 16\nalloc big 1000 array\nref big.0 v\nrelease v\ngc start\ngc step 500\n"
              "expect color big grey\nexpect color v white\ngc step 499\nexpect color v white\n"
              "gc step 1\nexpect color big black\nexpect color v grey\n",
              NULL);
    ck_assert_uint_eq(run.failed, 0);
    run_close(&run);
}
END_TEST

START_TEST(old_objects_are_born_black_but_in_the_book)
{
    static const struct {
        const char *era, *color;
    } eras[] = {{"book", "white"}, {"node6", "black"}, {"node20", "black"}};
    for (size_t i = 0; i < sizeof eras / sizeof *eras; i++) {
        char text[256];
        snprintf(
            text, sizeof text,
            "set era %s\nalloc a 64\ngc start\nalloc c 64 code\nexpect color c %s\nalloc n 64\nexpect color n white\n",
            eras[i].era, eras[i].color);
        struct run run;
        runs_text(&run, text, NULL);
        ck_assert_uint_eq(run.failed, 0);
        run_close(&run);
    }
}
END_TEST

/* book, node6: three bytes for one if more than 90 % survived the last scavenge, not a byte less. */
START_TEST(survival_sets_the_speed)
{
    static const struct {
        unsigned alive, dead;
        uint64_t speed;
    } cases[] = {{9000, 1000, 1000}, {9008, 992, 3000}, {9000, 992, 3000}, {8992, 1008, 1000}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct run run;
        char text[400];
        snprintf(text, sizeof text,
                 "set era node6\nset page-size 32k\nset min-semi-space-size 32k\nset large-object-size 10k\n"
                 "alloc a %u\nalloc d %u\nrelease d\ngc minor\ngc start\n",
                 cases[i].alive, cases[i].dead);
        runs_text(&run, text, NULL);
        ck_assert_msg(run.current->heap.marking.speed == cases[i].speed, "%u and %u: %" PRIu64, cases[i].alive,
                      cases[i].dead, run.current->heap.marking.speed);
        run_close(&run);
    }
}
END_TEST

/* Threads share the work on a byte: 1000 ns of three, at 700 ps a byte. */
START_TEST(idle_time_is_used_to_the_byte)
{
    struct run run;
    runs_text(&run, "set gc-threads 3\nset cost-mark-byte 700\nalloc a 8k code\ngc start\nidle 1us\n", NULL);
    ck_assert_uint_eq(run.current->heap.marking.marked, 1000 * 1000 * 3 / 700);
    run_close(&run);
}
END_TEST

/*
 * A black object that holds something weakly is told at each store, and stands in the lists once when they are gone
 * through.
 */
START_TEST(weak_holders_are_listed_once)
{
    struct run run;
    runs_text(
        &run,
        "set era node20\nset max-old-space-size 1M\nset initial-old-space-size 1M\nset max-semi-space-size 64k\n"
        "set min-semi-space-size 64k\n"
        "alloc later 200k array\nalloc w 64 array\nalloc m 64 weakmap\nalloc n 64 weakmap\ngc start\ngc step 192\n"
        "expect color w black\nexpect color m black\nexpect color n black\n"
        "repeat 1000\nweak w.x later\nentry m w\nend\n"
        "repeat 100 as i\nalloc k$i 8\nweak w.$i k$i\nentry m k$i\nentry n k$i\nend\n",
        NULL);
    struct heap *h = &run.current->heap;
    ck_assert_uint_eq(run.failed, 0);
    ck_assert_uint_lt(h->weak_hosts.len, 400);
    ck_assert_uint_lt(h->ephemeron_tables.len, 400);
    uint64_t budget = 1; /* the start of the pause */
    marking_finish(h, REASON_TESTING, true);
    ck_assert_int_eq(gc_step(h, &budget), GC_MORE);
    ck_assert_uint_eq(h->weak_hosts.len, 1);
    ck_assert_uint_eq(h->ephemeron_tables.len, 2);
    collect(h);
    ck_assert_uint_eq(h->counters.weak_cleared, 0);
    run_close(&run);
}
END_TEST

START_TEST(allocation_pays_for_steps)
{
    /* The classroom's step is 256 bytes: four allocations of 64 make one step, the fifth none. */
    struct run run;
    runs_text(&run,
              "set max-semi-space-size 8k\nset min-semi-space-size 8k\nrepeat 40 as i\nalloc k$i 64\nend\n"
              "gc start\nrepeat 5 as i\nalloc n$i 64\nend\n",
              NULL);
    ck_assert_uint_eq(run.current->heap.counters.incremental_steps, 1);
    ck_assert_uint_eq(run.current->heap.marking.scanned, 256);
    ck_assert_uint_eq(run.current->heap.counters.allocated_bytes - run.current->heap.marking.stepped_at, 64);
    run_close(&run);
}
END_TEST

/*
 * A slow allocation is one that the allocation area has no room for: marking may start after it even if the free list
 * serves it. Ten pages, a hole of 480 in each; the promotion limit is 4800 + 4096 + 1920 then, marking is due at 2048
 * less.
 */
START_TEST(slow_allocations_start_marking)
{
    struct run run;
    runs_text(
        &run,
        "set large-object-size 512\nrepeat 10 as i\nalloc a$i 480 code\nalloc b$i 480 code\nend\nrepeat 10 as i\nrelease b$i\nend\n"
        "gc\nrepeat 8 as i\nalloc c$i 480 code\nend\n",
        NULL);
    ck_assert(!run.current->heap.marking.active); /* 8640 */
    ck_assert_uint_eq(run.current->heap.spaces[SPACE_CODE].pages, 10);
    run_close(&run);
    runs_text(
        &run,
        "set large-object-size 512\nrepeat 10 as i\nalloc a$i 480 code\nalloc b$i 480 code\nend\nrepeat 10 as i\nrelease b$i\nend\n"
        "gc\nrepeat 9 as i\nalloc c$i 480 code\nend\n",
        NULL);
    ck_assert(run.current->heap.marking.active); /* 9120 >= 8768 */
    ck_assert_uint_eq(run.current->heap.spaces[SPACE_CODE].pages, 10);
    run_close(&run);
}
END_TEST

/*
 * Idle time starts marking in node20 only, a semispace before the limit; the others wait for the next slow allocation.
 */
START_TEST(idle_time_starts_marking)
{
    static const struct {
        const char *era;
        uint64_t old;
        bool starts;
    } cases[] = {
        {"node20", 12288 - 2048 - 8, false},
        {"node20", 12288 - 2048, true},
        {"book", 12288 - 2048, false},
        {"node6", 12288 - 2048, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct run run;
        char text[300];
        uint64_t rest = cases[i].old - 9600;
        /* Ten pages and some: the last is allocated on without leaving its area, in two steps. */
        snprintf(text, sizeof text,
                 "set era %s\nset large-object-size 960\nrepeat 10 as i\nalloc a$i 960 code\nend\n"
                 "alloc b 8 code\nalloc c %" PRIu64 " code\nidle 1ns\n",
                 cases[i].era, rest - 8);
        runs_text(&run, text, NULL);
        ck_assert_msg(run.current->heap.marking.active == cases[i].starts, "%s, %" PRIu64, cases[i].era, cases[i].old);
        run_close(&run);
    }
}
END_TEST

Suite *suite_marking(void)
{
    Suite *suite = suite_create("marking");
    TCase *tests = tcase_create("marking");
    tcase_set_timeout(tests, 300);
    tcase_add_test(tests, nothing_reachable_is_lost);
    tcase_add_test(tests, each_era_saves_the_lost_object);
    tcase_add_loop_test(tests, each_barrier_does_so_in_every_era, 0, ERA_COUNT);
    tcase_add_test(tests, hosts_that_are_not_black);
    tcase_add_test(tests, floating_garbage_is_counted);
    tcase_add_test(tests, a_forced_major_finishes_the_cycle_first);
    tcase_add_test(tests, steps_stop_inside_a_large_object);
    tcase_add_test(tests, old_objects_are_born_black_but_in_the_book);
    tcase_add_test(tests, survival_sets_the_speed);
    tcase_add_test(tests, idle_time_is_used_to_the_byte);
    tcase_add_test(tests, weak_holders_are_listed_once);
    tcase_add_test(tests, allocation_pays_for_steps);
    tcase_add_test(tests, slow_allocations_start_marking);
    tcase_add_test(tests, idle_time_starts_marking);
    suite_add_tcase(suite, tests);
    return suite;
}
