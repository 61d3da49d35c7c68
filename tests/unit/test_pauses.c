/* test_pauses.c - the store of pauses: percentiles, the histogram that follows, minimum mutator utilization. */
#include "report/pause_figures.h"
#include "report/report.h"
#include "runs.h"

#include "checks.h"
#include "heap/figures.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void add(struct pause_store *store, enum pause_kind kind, uint64_t start, uint64_t length)
{
    ck_assert_int_eq(pause_store_add(store, kind, start, length), 0);
}

static uint64_t next_random(uint64_t *random)
{
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    return *random;
}

/* ---- statistics ---- */

START_TEST(statistics_by_kind)
{
    struct pause_store store;
    struct pause_statistics s;
    pause_store_init(&store, true);
    ck_assert_int_eq(pause_store_statistics(&store, PAUSES_ALL, &s), 0);
    ck_assert(s.count == 0 && s.min_ns == 0 && s.p50_ns == 0 && s.total_ns == 0);
    static const uint64_t lengths[] = {5, 1, 4, 2, 3, 100, 50, 7};
    for (unsigned i = 0; i < 8; i++)
        add(&store, i < 5 ? PAUSE_SCAVENGE : (enum pause_kind)(i - 4), i * 1000, lengths[i]);
    ck_assert_int_eq(pause_store_statistics(&store, PAUSES_MINOR, &s), 0);
    ck_assert(s.count == 5 && s.min_ns == 1 && s.mean_ns == 3 && s.p50_ns == 3 && s.p95_ns == 5 && s.max_ns == 5);
    ck_assert_int_eq(pause_store_statistics(&store, PAUSES_MINOR | PAUSES_TOTALS, &s), 0);
    ck_assert(s.count == 5 && s.min_ns == 1 && s.mean_ns == 3 && s.max_ns == 5 && s.total_ns == 15 && s.p50_ns == 0);
    ck_assert_int_eq(pause_store_statistics(&store, PAUSES_MAJOR, &s), 0);
    ck_assert(s.count == 2 && s.min_ns == 50 && s.mean_ns == 75 && s.p50_ns == 50 && s.p99_ns == 100);
    ck_assert_int_eq(pause_store_statistics(&store, PAUSES_ALL | 1u << PAUSE_STEP, &s), 0);
    ck_assert(s.count == 8 && s.total_ns == 172 && s.mean_ns == 22 && s.p50_ns == 4 && s.max_ns == 100); /* 21.5 */
    pause_store_free(&store);
}
END_TEST

START_TEST(bins_are_fine_enough)
{
    uint64_t random = 88172645463325252u, last = 0;
    for (uint64_t length = 0; length < 2048; length++)
        ck_assert_uint_eq(pause_bin_middle(pause_bin(length)), length);
    for (uint64_t length = 2040; length < 200000; length++) { /* no bin is left out, none comes twice */
        ck_assert_uint_le(pause_bin(length) - last, length == 2040 ? 2040 : 1);
        last = pause_bin(length);
    }
    for (unsigned i = 0; i < 100000; i++) {
        uint64_t length = next_random(&random) >> (i % 62 + 2);
        uint64_t middle = pause_bin_middle(pause_bin(length)),
                 off = middle > length ? middle - length : length - middle;
        ck_assert_uint_le(off, length / 2048);
        ck_assert_uint_eq(pause_bin(middle), pause_bin(length));
    }
}
END_TEST

/* 37, 74, 111 ... in some order, one in four a major: exact for 2^20 of them, then within 0.1 %. */
START_TEST(exact_up_to_a_million)
{
    struct pause_store store;
    struct pause_statistics s;
    pause_store_init(&store, false);
    for (uint64_t i = 0; i < PAUSES_EXACT; i++) {
        uint64_t place = (i * 611953 + 7) % PAUSES_EXACT + 1; /* an odd factor: each place once */
        add(&store, i % 4 == 3 ? PAUSE_MARK_SWEEP : PAUSE_SCAVENGE, i * 100000000, place * 37);
    }
    ck_assert(!store.histogram);
    ck_assert_int_eq(pause_store_statistics(&store, PAUSES_ALL, &s), 0);
    ck_assert_uint_eq(s.count, 1048576);
    ck_assert_uint_eq(s.p50_ns, 524288 * 37);
    ck_assert_uint_eq(s.p95_ns, 996148 * 37);  /* ceil(996147.2) */
    ck_assert_uint_eq(s.p99_ns, 1038091 * 37); /* ceil(1038090.24) */
    ck_assert_int_eq(pause_store_statistics(&store, PAUSES_MAJOR, &s), 0);
    ck_assert_uint_eq(s.count, 262144);
    uint64_t exact = s.p50_ns, total = s.total_ns;
    add(&store, PAUSE_SCAVENGE, UINT64_C(1) << 60, 1048577 * 37);
    ck_assert(store.histogram && store.lengths.len == 0);
    ck_assert_int_eq(pause_store_statistics(&store, PAUSES_MAJOR, &s), 0);
    ck_assert(s.count == 262144 && s.total_ns == total);
    ck_assert_uint_le(s.p50_ns > exact ? s.p50_ns - exact : exact - s.p50_ns, exact / 1000);
    ck_assert_int_eq(pause_store_statistics(&store, PAUSES_ALL, &s), 0);
    ck_assert(s.count == 1048577 && s.min_ns == 37 && s.max_ns == 1048577 * 37 && s.mean_ns == 524289 * 37);
    ck_assert_uint_ge(s.p99_ns, (uint64_t)1038091 * 37 / 1000 * 999);
    ck_assert_uint_le(s.p99_ns, (uint64_t)1038091 * 37 / 1000 * 1001);
    ck_assert_uint_lt(store.recent.len, 100); /* what lies before the longest window is forgotten */
    pause_store_free(&store);
}
END_TEST

/* One length only: the middle of its bin may not leave what has been seen. */
START_TEST(a_histogram_keeps_to_its_extremes)
{
    struct pause_store store;
    struct pause_statistics s;
    pause_store_init(&store, false);
    for (uint64_t i = 0; i <= PAUSES_EXACT; i++)
        add(&store, PAUSE_STEP, i * 10000000, 1000000);
    ck_assert_int_eq(pause_store_statistics(&store, 1u << PAUSE_STEP, &s), 0);
    ck_assert(store.histogram && s.p50_ns == 1000000 && s.p99_ns == 1000000 && s.mean_ns == 1000000);
    pause_store_free(&store);
}
END_TEST

/* ---- minimum mutator utilization ---- */

/*
 * [600, 1000), [1600, 2000) and [2100, 2500) of 9500: 800 of the microsecond that ends at 2500; longer windows are the
 * whole run, 1200 of 9500.
 */
START_TEST(utilization_by_hand)
{
    struct pause_store store;
    pause_store_init(&store, true);
    for (unsigned w = 0; w < MMU_WINDOWS; w++) {
        ck_assert_uint_eq(pause_store_utilization(&store, w, 0), 1000000);
        ck_assert_uint_eq(pause_store_utilization(&store, w, 123456), 1000000);
    }
    add(&store, PAUSE_SCAVENGE, 600, 400);
    ck_assert_uint_eq(pause_store_utilization(&store, 0, 1000), 600000);
    add(&store, PAUSE_MARK_SWEEP, 1600, 400);
    ck_assert_uint_eq(pause_store_utilization(&store, 0, 2000), 600000);
    add(&store, PAUSE_STEP, 2100, 400);
    ck_assert_uint_eq(pause_store_utilization(&store, 0, 9500), 200000);
    ck_assert_uint_eq(pause_store_utilization(&store, 1, 9500), 873684); /* 0.8736842 */
    ck_assert_uint_eq(pause_store_utilization(&store, 1, 10000), 880000);
    ck_assert_uint_eq(pause_store_utilization(&store, 3, 1200), 0);
    add(&store, PAUSE_SCAVENGE, 50000, 1000);
    ck_assert_uint_eq(pause_store_utilization(&store, 0, 51000), 0);
    ck_assert_uint_eq(pause_store_utilization(&store, 1, 51000), 880000); /* the first window is the worst */
    ck_assert_uint_eq(pause_store_utilization(&store, 2, 51000), 956863); /* 2200 of 51000 */
    pause_store_free(&store);
}
END_TEST

/* A pause longer than the window, and a run that is one pause. */
START_TEST(utilization_at_the_edges)
{
    struct pause_store store;
    pause_store_init(&store, true);
    add(&store, PAUSE_MARK_SWEEP, 0, 2500);
    ck_assert_uint_eq(pause_store_utilization(&store, 0, 2500), 0);
    ck_assert_uint_eq(pause_store_utilization(&store, 1, 2500), 0);
    ck_assert_uint_eq(pause_store_utilization(&store, 1, 5000), 500000);
    ck_assert_uint_eq(pause_store_utilization(&store, 1, 10000), 750000);
    add(&store, PAUSE_SCAVENGE, 2500, 0);
    add(&store, PAUSE_SCAVENGE, 9999, 2);
    ck_assert_uint_eq(pause_store_utilization(&store, 1, 10001), 749900); /* the first: 2501 of 10000 */
    pause_store_free(&store);
}
END_TEST

enum { LONGEST_RUN = 150000 };

/* By the definition, at every nanosecond. before[t] is the pause time before t. */
static uint64_t naive_utilization(const uint32_t *before, uint64_t run, uint64_t window)
{
    uint64_t worst = 0, length = run < window ? run : window;
    for (uint64_t t = 0; t + length <= run; t++) {
        uint64_t within = before[t + length] - before[t];
        worst = within > worst ? within : worst;
    }
    return length == 0 ? 1000000 : ((length - worst) * 2000000 + length) / (2 * length);
}

START_TEST(utilization_is_the_definition)
{
    uint64_t random = 88172645463325252u + (uint64_t)_i * 7919;
    uint64_t gap = UINT64_C(1) << (_i % 13 + 1), most = UINT64_C(1) << (_i % 11 + 1), now = 0;
    struct pause_store store;
    uint32_t *before = calloc(LONGEST_RUN + 1, sizeof *before);
    ck_assert_ptr_nonnull(before);
    pause_store_init(&store, true);
    for (;;) {
        uint64_t work = next_random(&random) % gap, pause = next_random(&random) % most;
        if (now + work + pause > LONGEST_RUN)
            break;
        add(&store, PAUSE_SCAVENGE, now + work, pause);
        for (uint64_t end = now + work; now < end; now++)
            before[now + 1] = before[now];
        for (uint64_t end = now + pause; now < end; now++)
            before[now + 1] = before[now] + 1;
        if (next_random(&random) % (1 + LONGEST_RUN / (gap + most)) == 0) /* looked at on the way, too */
            for (unsigned w = 0; w < MMU_WINDOWS; w++)
                ck_assert_uint_eq(pause_store_utilization(&store, w, now),
                                  naive_utilization(before, now, store.windows[w].length));
    }
    for (; now < LONGEST_RUN; now++)
        before[now + 1] = before[now];
    for (unsigned w = 0; w < MMU_WINDOWS; w++)
        ck_assert_uint_eq(pause_store_utilization(&store, w, now),
                          naive_utilization(before, now, store.windows[w].length));
    free(before);
    pause_store_free(&store);
}
END_TEST

/* ---- in a run ---- */

/*
 * The run of utilization_by_hand: only scavenges cost time. In a full-sized geometry all of it is a thousand times so
 * long, and so are the windows.
 */
static const char by_hand[] = "set cost-event 0\nset cost-alloc-byte 0\nset cost-root 0\nset cost-scavenge 400us\n"
                              "work 600%s\ngc minor\nwork 600%s\ngc minor\nwork 100%s\ngc minor\nwork 7000%s\n";

static void play_by_hand(struct run *run, const char *profile, const char *unit)
{
    char body[256], text[320];
    snprintf(body, sizeof body, by_hand, unit, unit, unit, unit);
    snprintf(text, sizeof text, "set profile %s\n%s", profile, body);
    runs_text(run, text, NULL);
}

static void ratio_is(const struct run *run, const char *path, uint64_t expected)
{
    uint64_t value = 4711;
    bool ratio = false;
    ck_assert_msg(report_figure(NULL, run, path, strlen(path), &value, &ratio) == 0, "%s", path);
    ck_assert_msg(ratio && value == expected, "%s is %" PRIu64, path, value);
}

START_TEST(utilization_of_a_run)
{
    struct run run;
    play_by_hand(&run, _i ? "node6" : "classroom", _i ? "us" : "ns");
    ck_assert_uint_eq(heap_now(&run.current->heap), _i ? 9500000 : 9500);
    ratio_is(&run, "mmu.0.utilization", 200000);
    ratio_is(&run, "mmu.1.utilization", 873684);
    ratio_is(&run, _i ? "mmu.1ms.utilization" : "mmu.1us.utilization", 200000);
    ratio_is(&run, _i ? "mmu.1s.utilization" : "mmu.1ms.utilization", 873684);
    char *json = runs_written(report_write_json, &run), *summary = runs_written(report_write_summary, &run);
    const char *at = strstr(json, "  \"mmu\": [\n");
    const char *text = _i ? "  \"mmu\": [\n"
                            "    {\"window_ns\": 1000000, \"utilization\": 0.200000},\n"
                            "    {\"window_ns\": 10000000, \"utilization\": 0.873684},\n"
                            "    {\"window_ns\": 100000000, \"utilization\": 0.873684},\n"
                            "    {\"window_ns\": 1000000000, \"utilization\": 0.873684}\n"
                            "  ],\n  \"memoryUsage\""
                          : "  \"mmu\": [\n"
                            "    {\"window_ns\": 1000, \"utilization\": 0.200000},\n"
                            "    {\"window_ns\": 10000, \"utilization\": 0.873684},\n"
                            "    {\"window_ns\": 100000, \"utilization\": 0.873684},\n"
                            "    {\"window_ns\": 1000000, \"utilization\": 0.873684}\n"
                            "  ],\n  \"memoryUsage\"";
    ck_assert_ptr_nonnull(at);
    ck_assert_msg(strncmp(at, text, strlen(text)) == 0, "%.300s", at);
    ck_assert_ptr_nonnull(
        strstr(summary, _i ? "\nMMU             1 ms: 20.0 %, 10 ms: 87.4 %, 100 ms: 87.4 %, 1 s: 87.4 %\n"
                           : "\nMMU             1 us: 20.0 %, 10 us: 87.4 %, 100 us: 87.4 %, 1 ms: 87.4 %\n"));
    free(json);
    free(summary);
    run_close(&run);
}
END_TEST

/* Four collections and two steps, of which one collection only is recorded: all count.. */
START_TEST(all_pauses_count)
{
    static const char text[] =
        "set cost-root 10us\nset cost-mark-byte 1ns\nset cost-scavenge 1ms\nset cost-major 2ms\n"
        "set cost-copy-byte 0\nset cost-sweep-byte 0\nset cost-evacuate-byte 0\nset cost-slot 0\n"
        "alloc a 1000 code\ngc minor\ngc minor\ngc start\ngc step 1000\ngc finish\ngc minor\n";
    struct run_options options = {.max_collections = 1};
    struct run run;
    struct pauses p;
    runs_text(&run, text, &options);
    ck_assert_uint_eq(run.current->heap.collections.len, 1);
    ck_assert_int_eq(pauses_of(&run.current->heap, PAUSES_MINOR, &p), 0);
    ck_assert(p.is.count == 3 && p.is.min_ns == 11000 && p.is.max_ns == 11000 && !p.histogram);
    ck_assert_int_eq(pauses_of(&run.current->heap, PAUSES_MAJOR, &p), 0);
    ck_assert(p.is.count == 1 && p.is.p50_ns == 2000 + 10000);
    ck_assert_int_eq(pauses_of(&run.current->heap, PAUSES_STEPS, &p), 0);
    ck_assert(p.is.count == 2 && p.is.min_ns == 1000 && p.is.max_ns == 10000);
    ck_assert_int_eq(pauses_of(&run.current->heap, PAUSES_ALL, &p), 0);
    ck_assert(p.is.count == 6 && p.is.total_ns == run.current->heap.counters.gc_ns);
    struct heap copy;
    struct mmu mmu[2][MMU_WINDOWS];
    ck_assert_int_eq(heap_copy(&copy, &run.current->heap), 0);
    mmu_of(&run.current->heap, mmu[0]);
    mmu_of(&copy, mmu[1]);
    for (unsigned w = 0; w < MMU_WINDOWS; w++)
        ck_assert_uint_eq(mmu[0][w].utilization, mmu[1][w].utilization);
    ck_assert(copy.pauses.lengths.len == 6 && copy.pauses.lengths.data != run.current->heap.pauses.lengths.data);
    heap_free(&copy);
    run_close(&run);
}
END_TEST

START_TEST(a_run_without_a_pause)
{
    struct run run;
    runs_text(&run, "alloc a 16\n", NULL);
    ratio_is(&run, "mmu.0.utilization", 1000000);
    ratio_is(&run, "mmu.1ms.utilization", 1000000);
    char *summary = runs_written(report_write_summary, &run);
    ck_assert_ptr_null(strstr(summary, "MMU"));
    free(summary);
    run_close(&run);
}
END_TEST

Suite *suite_pauses(void);
Suite *suite_pauses(void)
{
    Suite *suite = suite_create("pauses");
    TCase *statistics = tcase_create("statistics"), *utilization = tcase_create("utilization"),
          *run = tcase_create("run");
    tcase_set_timeout(statistics, 60);
    tcase_add_test(statistics, statistics_by_kind);
    tcase_add_test(statistics, bins_are_fine_enough);
    tcase_add_test(statistics, exact_up_to_a_million);
    tcase_add_test(statistics, a_histogram_keeps_to_its_extremes);
    tcase_add_test(utilization, utilization_by_hand);
    tcase_add_test(utilization, utilization_at_the_edges);
    tcase_add_loop_test(utilization, utilization_is_the_definition, 0, 40);
    tcase_add_loop_test(run, utilization_of_a_run, 0, 2);
    tcase_add_test(run, all_pauses_count);
    tcase_add_test(run, a_run_without_a_pause);
    suite_add_tcase(suite, statistics);
    suite_add_tcase(suite, utilization);
    suite_add_tcase(suite, run);
    return suite;
}
