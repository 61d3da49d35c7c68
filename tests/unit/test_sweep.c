/*
 * test_sweep.c - sweeping on whose time, evacuation candidates and their limits, and whole runs of random
 * programs whose old generation collects by itself: nothing reachable is lost, and every sum holds after each event.
 */
#include "gc/gc.h"
#include "heap/figures.h"
#include "randtrace.h"
#include "run/run.h"
#include "runs.h"
#include "seeds.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

Suite *suite_sweep(void);

/*
 * Pages of the classroom have 960 usable bytes. Each round fills a page with twenty objects of 48 bytes, of which one
 * in four is kept, and makes it old. The book's promotions look for room on full pages before they take a new one: that
 * sweeps a page in the second round and two in the third.
 */
#define FILL(pages)                                                                                                    \
    "alloc table 496 array\nenter\nrepeat " #pages " as p\nrepeat 5 as i\nalloc k$p-$i 48 in table.$p-$i\n"            \
    "alloc a$p-$i 48\nalloc b$p-$i 48\nalloc c$p-$i 48\nend\ngc\nend\nleave\n"

static void check_run(const char *text)
{
    struct run run;
    runs_text(&run, text, &(struct run_options){.verify = true});
    for (size_t i = 0; i < run.expectations.len; i++) {
        const struct expectation *e = &run.expectations.data[i];
        ck_assert_msg(e->passed, "line %" PRIu64 ": %s, found %s", e->line, e->condition, e->found);
    }
    run_close(&run);
}

START_TEST(the_pause_leaves_pages_unswept)
{
    check_run(FILL(3) "gc\n"
                      "expect spaces.old-pointer.unswept_pages = 3\n"
                      "expect spaces.old-pointer.unswept = 2160\n" /* 3 * (960 - 5 * 48) */
                      "expect spaces.old-pointer.available = 0\n"
                      "expect spaces.old-pointer.used = 720\n");
    /* Code is swept in the pause. */
    check_run(
        "alloc c 64 code\nrelease c\ngc\nexpect spaces.code.unswept_pages = 0\nexpect spaces.code.available = 960\n"
        "expect collections.swept_pages.pause = 1\n");
}
END_TEST

START_TEST(the_book_sweeps_before_a_scavenge)
{
    /* New space holds one object of 64: a page of the old-pointer space has more than that free. */
    check_run(FILL(3) "gc\nalloc x 64\ngc minor\n"
                      "expect spaces.old-pointer.unswept_pages = 2\nexpect collections.swept_pages.pause = 4\n"
                      "expect collections.swept_pages.program = 0\n");
    /* It holds 1000 bytes: two pages have to be swept for it. */
    check_run(FILL(3) "gc\nrepeat 5\nalloc x 200\nrelease x\nend\ngc minor\n"
                      "expect collections.swept_pages.pause = 5\n");
}
END_TEST

START_TEST(the_modern_program_helps_by_a_page)
{
    /* Cells are old from birth: the first one sweeps a page, and lies on it. */
    check_run("set era node20\nset max-semi-space-size 16k\nset min-semi-space-size 16k\n" FILL(
        3) "gc\n"
           "expect spaces.old.unswept_pages = 3\nexpect collections.swept_pages.program = 0\n"
           "alloc c - cell\nexpect collections.swept_pages.program = 1\nexpect spaces.old.pages = 3\n"
           "expect time.mutator_ns > 0\n");
}
END_TEST

START_TEST(a_background_sweeper_goes_with_allocation)
{
    /* A page for each quarter of a page that the program allocates: 256 bytes. */
    check_run("set era node20\nset max-semi-space-size 16k\nset min-semi-space-size 16k\n" FILL(
        3) "gc\nalloc x 248\nexpect collections.swept_pages.background = 0\n"
           "alloc y 8\nexpect collections.swept_pages.background = 1\n"
           "alloc z 248\nalloc u 248\nexpect collections.swept_pages.background = 2\n"
           "alloc v 248\nalloc w 248\nalloc q 248\nexpect collections.swept_pages.background = 3\n"
           "expect spaces.old.unswept_pages = 0\n");
}
END_TEST

/* Three pages, which is all there may be: the holes of the first are too small, those of the second are not. */
START_TEST(a_space_that_cannot_grow_is_swept_whole)
{
    check_run("set era node6\nset max-old-space-size 3k\nset initial-old-space-size 3k\n"
              "repeat 30 as i\nalloc a$i - cell\nalloc b$i - cell\nend\n"
              "repeat 30 as i\nalloc c$i - propcell\nalloc d$i - propcell\nend\n"
              "repeat 30 as i\nrelease b$i\nrelease d$i\nend\ngc\n"
              "expect spaces.old.pages = 3\nexpect spaces.old.unswept_pages = 3\n"
              "alloc p - propcell\n"
              "expect spaces.old.unswept_pages = 0\nexpect spaces.old.pages = 3\nexpect collections.mark_sweeps = 1\n");
}
END_TEST

/* 160 bytes are left of the one page there may be: the area is given up when 240 find no room. */
START_TEST(an_area_that_is_too_small_goes_to_the_free_list)
{
    struct run run;
    runs_text(&run,
              "set max-old-space-size 1k\nset initial-old-space-size 1k\nset promotion-threshold 0\n"
              "repeat 4 as i\nalloc a$i 200\nend\ngc minor\ngc minor\nalloc b 240\ngc minor\ngc minor\n"
              "expect space b new\n",
              &(struct run_options){.verify = true});
    const struct space *old = &run.current->heap.spaces[SPACE_OLD];
    ck_assert_uint_eq(run.failed, 0);
    ck_assert_uint_eq(old->used, 800);
    ck_assert(old->area_page == NONE);
    ck_assert_uint_eq(old->available, 160);
    run_close(&run);
}
END_TEST

static uint32_t page_of(const struct run *run, const char *name)
{
    const struct heap *h = &run->current->heap;
    return h->objects.data[heap_find(h, names_find(&run->names, name, strlen(name)))].page;
}

/*
 * Two full pages of cells with holes: 48 bytes on the first; 32, and 16 behind them, on the second. p leaves 16 of the
 * first hole, which are in the free list before q has the second page swept: the newer block comes first.
 */
START_TEST(the_rest_of_an_area_is_older_than_what_is_swept_for_its_successor)
{
    struct run run;
    runs_text(&run,
              "set era node6\nrepeat 120 as i\nalloc c$i - cell\nend\n"
              "release c10\nrelease c11\nrelease c12\nrelease c70\nrelease c71\nrelease c80\ngc\n"
              "alloc p - propcell\nexpect spaces.old.unswept_pages = 1\n"
              "alloc q - propcell\nexpect spaces.old.unswept_pages = 0\nalloc c - cell\n",
              &(struct run_options){.verify = true});
    ck_assert_uint_eq(run.failed, 0);
    ck_assert_uint_eq(page_of(&run, "p"), page_of(&run, "c0"));
    ck_assert_uint_eq(page_of(&run, "q"), page_of(&run, "c60"));
    ck_assert_uint_eq(page_of(&run, "c"), page_of(&run, "c60"));
    run_close(&run);
}
END_TEST

START_TEST(idle_time_sweeps)
{
    /* A page of 960 bytes at 50 ps: 48 ns. */
    check_run(FILL(3) "gc\nidle 100ns\nexpect spaces.old-pointer.unswept_pages = 1\n"
                      "idle 47ns\nexpect spaces.old-pointer.unswept_pages = 1\n"
                      "idle 48ns\nexpect spaces.old-pointer.unswept_pages = 0\n"
                      "expect spaces.old-pointer.available = 2160\n");
}
END_TEST

START_TEST(a_cycle_begins_with_everything_swept)
{
    check_run("set compaction-target 100\n" FILL(
        3) "gc\nexpect spaces.old-pointer.unswept_pages = 3\n"
           "gc start\nexpect spaces.old-pointer.unswept_pages = 0\nexpect collections.swept_pages.pause = 6\n");
    check_run("set compaction-target 100\n" FILL(
        3) "gc\ngc\nexpect collections.swept_pages.pause = 6\nexpect spaces.old-pointer.unswept_pages = 3\n");
}
END_TEST

/* ---- candidates ---- */

START_TEST(the_first_cycle_after_the_damage_compacts_nothing)
{
    check_run(FILL(4) "expect spaces.old-pointer.pages = 4\n"
                      "gc start\ngc finish\nexpect collections.mark_compacts = 0\n"
                      "gc start\ngc finish\nexpect collections.mark_compacts = 1\n"
                      /* floor(sqrt(4 / 2)) + 1 pages: the first page, and that of the allocation area, are spared. */
                      "expect collections.list.5.evacuated_pages = 2\nexpect collections.list.5.slots_updated = 10\n"
                      "expect spaces.old-pointer.used = 960\nexpect spaces.old-pointer.pages = 2\n");
}
END_TEST

/* By what the first one's sweep has found. */
START_TEST(the_second_forced_collection_compacts)
{
    check_run(FILL(4) "gc\nexpect collections.mark_compacts = 0\nexpect spaces.old-pointer.pages = 4\n"
                      "gc\nexpect collections.mark_compacts = 1\nexpect spaces.old-pointer.pages = 2\n");
}
END_TEST

START_TEST(pages_that_are_full_enough_stay)
{
    /* 75 % of each page are free: a target of 76 % is missed by all. */
    check_run("set compaction-target 76\n" FILL(4) "gc start\ngc finish\ngc start\ngc finish\n"
                                                   "expect collections.mark_compacts = 0\n");
    check_run("set compaction-target 75\n" FILL(4) "gc start\ngc finish\ngc start\ngc finish\n"
                                                   "expect collections.mark_compacts = 1\n");
}
END_TEST

START_TEST(live_bytes_bound_the_pages)
{
    /* node6: no page is spared but that of the allocation area. 240 live bytes a page. */
    check_run("set era node6\nset compaction-target 50\nset compaction-max-bytes 500\n" FILL(
        6) "idle 1ms\ngc start\ngc finish\nexpect collections.mark_compacts = 0\n"
           "idle 1ms\ngc start\ngc finish\nexpect collections.mark_compacts = 1\n");
    /* One page alone would need one to go to. */
    check_run("set era node6\nset compaction-target 50\nset compaction-max-bytes 250\n" FILL(
        6) "idle 1ms\ngc start\ngc finish\nidle 1ms\ngc start\ngc finish\nexpect collections.mark_compacts = 0\n");
}
END_TEST

START_TEST(nothing_is_allocated_on_a_candidate)
{
    struct run run;
    runs_text(&run, FILL(4) "gc start\ngc finish\nidle 1ms\ngc start\n", &(struct run_options){.verify = true});
    const struct heap *h = &run.current->heap;
    uint64_t candidates = 0;
    for (uint32_t page = h->spaces[SPACE_OLD].first; page != NONE; page = h->pages.data[page].next) {
        const struct page *p = &h->pages.data[page];
        candidates += (p->flags & PAGE_CANDIDATE) != 0;
        ck_assert(!(p->flags & PAGE_CANDIDATE) || (p->available == 0 && p->dead == 960 - p->used));
    }
    ck_assert_uint_eq(candidates, 2);
    ck_assert_uint_eq(h->spaces[SPACE_OLD].withheld, 2 * (960 - 240));
    run_close(&run);
    /* The report's figures add up: headers, used, available, wasted, unswept, withheld. */
    check_run(FILL(4) "gc start\ngc finish\nidle 1ms\ngc start\nexpect spaces.old-pointer.withheld = 1440\n"
                      "expect spaces.old-pointer.available = 1440\nexpect spaces.old-pointer.used = 960\n"
                      "expect spaces.old-pointer.wasted = 0\nexpect spaces.old-pointer.unswept = 0\n"
                      "expect spaces.old-pointer.size = 4096\n"
                      "gc finish\nexpect spaces.old-pointer.withheld = 0\n");
}
END_TEST

START_TEST(a_page_without_room_is_given_up)
{
    /* Four pages with an object of 500 bytes each: no two of them fit together, but by their free bytes they would. */
    check_run("set large-object-size 900\nalloc table 960 array\nenter\nrepeat 4 as p\nalloc k$p 504 in table.$p\n"
              "alloc a$p 456\ngc\nend\nleave\ngc compact\n"
              "expect collections.list.4.evacuated_pages = 0\nexpect spaces.old-pointer.pages = 4\n"
              "expect spaces.old-pointer.used = 2016\n");
}
END_TEST

/* x goes to a hole of 208 bytes, k0 finds none: the 8 bytes behind x are wasted, no matter that nothing is found. */
START_TEST(an_aborted_evacuation_gives_the_area_up)
{
    check_run("set large-object-size 900\nalloc table 960 array\nenter\n"
              "alloc x 200 in table.x\nalloc k0 504 in table.0\nalloc a0 256\ngc\n"
              "repeat 4 as p\nalloc k${p+1} 752 in table.${p+1}\nalloc a${p+1} 208\ngc\nend\nleave\n"
              "expect spaces.old-pointer.pages = 5\ngc compact\n"
              "expect collections.list.5.evacuated_pages = 0\nexpect collections.list.5.slots_updated = 1\n"
              "expect spaces.old-pointer.wasted = 8\nexpect spaces.old-pointer.available = 1080\n");
}
END_TEST

/* ---- random programs ---- */

static void set(struct run_options *options, const char *key, const char *value)
{
    struct error error = {0};
    ck_assert_int_eq(settings_set(&options->settings, SETTING_OPTION, key, strlen(key), value, strlen(value), &error),
                     0);
}

/* Collects for good: what is left is what is reachable. */
static uint64_t live_in_the_end(struct heap *h)
{
    for (int i = 0; i < 2; i++) {
        uint64_t budget = GC_UNLIMITED;
        gc_begin(h, COLLECTION_MARK_SWEEP, REASON_TESTING, true, false);
        ck_assert_int_eq(gc_step(h, &budget), GC_DONE);
    }
    return h->live;
}

struct totals {
    uint64_t cycles, compacted, background, program, steps;
};

static uint64_t run_checked(uint64_t seed, const char *text, size_t len, bool automatic, struct totals *totals)
{
    struct run run;
    struct error error = {0};
    struct run_options options = {.verify = true};
    if (automatic) {
        set(&options, "initial-old-space-size", "4k");
        set(&options, "limit-min-step", "1k");
        set(&options, "marking-start-min", "512");
        set(&options, "compaction-target", "20");
        set(&options, "max-old-space-size", "64M");
    }
    ck_assert_int_eq(run_open_memory(&run, "random", text, len, &options, &error), 0);
    enum run_state state = RUN_MORE;
    while (state == RUN_MORE) {
        state = run_advance(&run, 1, &error);
        ck_assert_msg(state != RUN_FAILED, "seed %" PRIu64 ": %s", seed, error_text(&error));
        if (run.current->ready)
            ck_assert_msg(heap_verify(&run.current->heap, &error) == 0, "seed %" PRIu64 ", event %" PRIu64 ": %s", seed,
                          run.current->heap.event, error_text(&error));
    }
    const struct counters *n = &run.current->heap.counters;
    totals->cycles += n->mark_sweeps;
    totals->compacted += n->mark_compacts;
    totals->steps += n->incremental_steps;
    totals->background += n->swept[SWEEPER_BACKGROUND];
    totals->program += n->swept[SWEEPER_PROGRAM];
    uint64_t live = live_in_the_end(&run.current->heap);
    run_close(&run);
    return live;
}

START_TEST(automatic_cycles_lose_nothing)
{
    struct totals plain = {0}, automatic = {0};
    for (uint64_t seed = seeds_first(); seed < seeds_first() + seeds_count(); seed++) {
        size_t len;
        char *text = randtrace(seed, &len);
        ck_assert_ptr_nonnull(text);
        uint64_t expected = run_checked(seed, text, len, false, &plain);
        uint64_t live = run_checked(seed, text, len, true, &automatic);
        ck_assert_msg(live == expected, "seed %" PRIu64 ": %" PRIu64 " objects live, expected %" PRIu64, seed, live,
                      expected);
        free(text);
    }
    if (seeds_count() == 1)
        return;
    /* The test has met what it is for. */
    ck_assert_uint_gt(automatic.cycles, plain.cycles);
    ck_assert_uint_gt(automatic.compacted, plain.compacted);
    ck_assert_uint_gt(automatic.steps, 0);
    ck_assert_uint_gt(automatic.background, 0);
    if (seeds_count() >= 100) /* few programs allocate old objects right then */
        ck_assert_uint_gt(automatic.program, 0);
}
END_TEST

Suite *suite_sweep(void)
{
    Suite *suite = suite_create("sweep");
    TCase *tests = tcase_create("sweep");
    tcase_set_timeout(tests, 300);
    tcase_add_test(tests, the_pause_leaves_pages_unswept);
    tcase_add_test(tests, the_book_sweeps_before_a_scavenge);
    tcase_add_test(tests, the_modern_program_helps_by_a_page);
    tcase_add_test(tests, a_background_sweeper_goes_with_allocation);
    tcase_add_test(tests, a_space_that_cannot_grow_is_swept_whole);
    tcase_add_test(tests, an_area_that_is_too_small_goes_to_the_free_list);
    tcase_add_test(tests, the_rest_of_an_area_is_older_than_what_is_swept_for_its_successor);
    tcase_add_test(tests, idle_time_sweeps);
    tcase_add_test(tests, a_cycle_begins_with_everything_swept);
    tcase_add_test(tests, the_first_cycle_after_the_damage_compacts_nothing);
    tcase_add_test(tests, the_second_forced_collection_compacts);
    tcase_add_test(tests, pages_that_are_full_enough_stay);
    tcase_add_test(tests, live_bytes_bound_the_pages);
    tcase_add_test(tests, nothing_is_allocated_on_a_candidate);
    tcase_add_test(tests, a_page_without_room_is_given_up);
    tcase_add_test(tests, an_aborted_evacuation_gives_the_area_up);
    tcase_add_test(tests, automatic_cycles_lose_nothing);
    suite_add_tcase(suite, tests);
    return suite;
}
