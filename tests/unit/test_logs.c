/* test_logs.c - V8's own logs, in the form of each era; every number is computed by hand. */
#include "report/v8log.h"
#include "runs.h"

#include "checks.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The log of a run: new. */
static char *log_of(const char *profile, const char *text, unsigned what)
{
    char trace[1024];
    struct run run;
    struct v8_log log;
    struct error error = {0};
    char *written = NULL;
    size_t len = 0;
    FILE *file = open_memstream(&written, &len);
    ck_assert_ptr_nonnull(file);
    ck_assert_int_lt(snprintf(trace, sizeof trace, "set profile %s\n%s", profile, text), (int)sizeof trace);
    ck_assert_int_eq(run_open_memory(&run, "test.trace", trace, strlen(trace), &(struct run_options){0}, &error), 0);
    v8_log_init(&log, file, what);
    run_listen(&run, &log.listener);
    ck_assert_msg(run_advance(&run, 0, &error) == RUN_ENDED, "%s", error_text(&error));
    ck_assert(!log.failed);
    v8_log_free(&log);
    run_close(&run);
    fclose(file);
    return written;
}

static void log_is(const char *profile, const char *text, unsigned what, const char *expected)
{
    char *written = log_of(profile, text, what);
    ck_assert_pstr_eq(written, expected);
    free(written);
}

/*
 * 640 KiB at 10 ms, of which 512 KiB survive: a scavenge of 1.234 ms, 8 roots of 10 us, 524288 bytes of 1 ns:
 * 1.838288 ms. At 19.838288 ms a major of 5 ms that marks and promotes them: 6.128576 ms, to 25.966864 ms. The book
 * promotes five of the eight in the scavenge, once to-space is 25 % full: its major takes 5.800896 ms.
 */
static const char two[] = "set cost-event 0\nset cost-alloc-byte 0\nset cost-copy-byte 1ns\nset cost-root 10us\n"
                          "set cost-mark-byte 1ns\nset cost-sweep-byte 0\nset cost-scavenge 1234us\n"
                          "set cost-major 5ms\nwork 10ms\nrepeat 8 as i\nalloc a$i 65536\nend\n"
                          "enter\nalloc b 65536\nalloc c 65536\nleave\ngc minor\nwork 8ms\ngc\n";

START_TEST(lines)
{
    static const char *const expected[] = {
        "[1]       12 ms: Scavenge 0.6 (2.0) -> 0.5 (3.0) MB, 1.8 ms "
        "[Isolate::RequestGarbageCollection].\n"
        "[1]       26 ms: Mark-sweep 0.5 (3.0) -> 0.5 (3.0) MB, 5.8 ms [Isolate::RequestGarbageCollection] "
        "[GC in old space requested].\n",
        "[1:0x1]       12 ms: Scavenge 0.6 (2.0) -> 0.5 (2.0) MB, 1.8 / 0.0 ms [Isolate::RequestGarbageCollection].\n"
        "[1:0x1]       26 ms: Mark-sweep 0.5 (2.0) -> 0.5 (3.0) MB, 6.1 / 0.0 ms [Isolate::RequestGarbageCollection] "
        "[GC in old space requested].\n",
        "[1:0x1]       12 ms: Scavenge 0.6 (2.0) -> 0.5 (2.0) MB, 1.84 / 0.00 ms  (average mu = 1.000, "
        "current mu = 1.000) testing; \n"
        "[1:0x1]       26 ms: Mark-Compact 0.5 (2.0) -> 0.5 (2.8) MB, 6.13 / 0.00 ms  (average mu = 1.000, "
        "current mu = 1.000) testing; GC in old space requested\n"};
    log_is(era_at(_i), two, V8_LOG_TRACE, expected[_i]);
}
END_TEST

START_TEST(names_and_values)
{
    static const char *const expected[] = {
        "[1]       12 ms: pause=1.8 mutator=10.0 gc=s mark=0.0 sweep=0.00 evacuate=0.0 compaction_ptrs=0.0 "
        "total_size_before=655360 total_size_after=524288 holes_size_before=0 holes_size_after=0 allocated=655360 "
        "promoted=327680 semi_space_copied=196608 promotion_rate=50.0% semi_space_copy_rate=30.0% steps_count=0 "
        "steps_took=0.0 \n"
        "[1]       26 ms: pause=5.8 mutator=8.0 gc=ms mark=0.6 sweep=0.00 evacuate=0.2 compaction_ptrs=0.0 "
        "total_size_before=524288 total_size_after=524288 holes_size_before=0 holes_size_after=0 allocated=0 "
        "promoted=196608 semi_space_copied=0 promotion_rate=100.0% semi_space_copy_rate=0.0% steps_count=0 "
        "steps_took=0.0 longest_step=0.0 \n",
        "[1:0x1]       12 ms: pause=1.8 mutator=10.0 gc=s reduce_memory=0 scavenge=1.84 old_new=0.00 roots=0.08 "
        "semispace=0.52 steps_count=0 steps_took=0.0 total_size_before=655360 total_size_after=524288 "
        "holes_size_before=0 holes_size_after=0 allocated=655360 promoted=0 semi_space_copied=524288 "
        "promotion_ratio=0.0% average_survival_ratio=80.0% promotion_rate=0.0% semi_space_copy_rate=80.0%\n"
        "[1:0x1]       26 ms: pause=6.1 mutator=8.0 gc=ms reduce_memory=0 evacuate=0.5 evacuate.copy=0.5 "
        "evacuate.update_pointers=0.0 mark=0.6 mark.roots=0.1 sweep=0.0 steps_count=0 steps_took=0.0 "
        "longest_step=0.0 total_size_before=524288 total_size_after=524288 holes_size_before=0 "
        "holes_size_after=0 allocated=0 promoted=524288 semi_space_copied=0 promotion_ratio=100.0% "
        "average_survival_ratio=80.0% promotion_rate=100.0% semi_space_copy_rate=0.0%\n",
        "[1:0x1]       12 ms: pause=1.8 mutator=10.0 gc=s reduce_memory=0 scavenge=1.84 scavenge.roots=0.08 "
        "incremental.steps_count=0 incremental.steps_took=0.0 total_size_before=655360 total_size_after=524288 "
        "holes_size_before=0 holes_size_after=0 allocated=655360 promoted=0 new_space_survived=524288 "
        "promotion_ratio=0.0% average_survival_ratio=80.0% promotion_rate=0.0% new_space_survive_rate_=80.0%\n"
        "[1:0x1]       26 ms: pause=6.1 mutator=8.0 gc=mc reduce_memory=0 evacuate=0.5 evacuate.copy=0.5 "
        "evacuate.update_pointers=0.0 mark=0.6 mark.roots=0.1 sweep=0.0 incremental=0.0 "
        "incremental_longest_step=0.0 incremental_steps_count=0 total_size_before=524288 total_size_after=524288 "
        "holes_size_before=0 holes_size_after=122224 allocated=0 promoted=524288 new_space_survived=0 "
        "promotion_ratio=100.0% average_survival_ratio=80.0% promotion_rate=100.0% new_space_survive_rate=0.0%\n"};
    /* A page of the old generation has 1031680 bytes, of node20 257720, of which 3 have 8 x 65536. */
    log_is(era_at(_i), two, V8_LOG_NVP, expected[_i]);
    log_is(era_at(_i), two, V8_LOG_NVP | V8_LOG_TRACE, expected[_i]); /* instead of the lines, as in V8 */
}
END_TEST

/* What stands for 1 is the process, for 0x1 the isolate; sizes are cut to whole KB. */
START_TEST(spaces)
{
    static const char *const expected[] = {
        "[1] Memory allocator,   used:   3072 KB, available: 1496064 KB\n" /* 1400 + 4 x 16 MB, less 3 */
        "[1] New space,          used:      0 KB, available:   1007 KB, committed:   2048 KB\n"
        "[1] Old pointers,       used:    512 KB, available:    495 KB, committed:   1024 KB\n"
        "[1] Old data space,     used:      0 KB, available:      0 KB, committed:      0 KB\n"
        "[1] Code space,         used:      0 KB, available:      0 KB, committed:      0 KB\n"
        "[1] Map space,          used:      0 KB, available:      0 KB, committed:      0 KB\n"
        "[1] Cell space,         used:      0 KB, available:      0 KB, committed:      0 KB\n"
        "[1] PropertyCell space, used:      0 KB, available:      0 KB, committed:      0 KB\n"
        "[1] Large object space, used:      0 KB, available: 1495023 KB, committed:      0 KB\n" /* 1040.5 less */
        "[1] All spaces,         used:    512 KB, available:   1503 KB, committed:   3072 KB\n" /* without large ones */
        "[1] External memory reported:      0 KB\n"
        "[1] Total time spent in GC  : 7.6 ms\n",
        "[1:0x1] Memory allocator,   used:   3072 KB, available: 1463296 KB\n" /* 1400 + 2 x 16 MB, less 3 */
        "[1:0x1] New space,          used:      0 KB, available:   1007 KB, committed:   2048 KB\n"
        "[1:0x1] Old space,          used:    512 KB, available:    495 KB, committed:   1024 KB\n"
        "[1:0x1] Code space,         used:      0 KB, available:      0 KB, committed:      0 KB\n"
        "[1:0x1] Map space,          used:      0 KB, available:      0 KB, committed:      0 KB\n"
        "[1:0x1] Large object space, used:      0 KB, available: 1462255 KB, committed:      0 KB\n"
        "[1:0x1] All spaces,         used:    512 KB, available: 1463758 KB, committed:   3072 KB\n"
        "[1:0x1] External memory reported:      0 KB\n"
        "[1:0x1] Total time spent in GC  : 8.0 ms\n",
        "[1:0x1] Memory allocator,       used:   2816 KB, available: 4240640 KB\n" /* 4096 + 3 x 16 MB, less 2.75 */
        "[1:0x1] New space,              used:      0 KB, available:   1006 KB, committed:   2048 KB\n"
        "[1:0x1] New large object space, used:      0 KB, available:   1024 KB, committed:      0 KB\n"
        "[1:0x1] Old space,              used:    512 KB, available:    243 KB, committed:    768 KB\n"
        "[1:0x1] Code space,             used:      0 KB, available:      0 KB, committed:      0 KB\n"
        "[1:0x1] Large object space,     used:      0 KB, available:      0 KB, committed:      0 KB\n"
        "[1:0x1] Code large object space,     used:      0 KB, available:      0 KB, committed:      0 KB\n"
        "[1:0x1] All spaces,             used:    512 KB, available: 4242913 KB, committed:   2816 KB\n"
        "[1:0x1] External memory reported:      0 KB\n"
        "[1:0x1] Total time spent in GC  : 8.0 ms\n"};
    char *written = log_of(era_at(_i), two, V8_LOG_VERBOSE);
    const char *last = NULL;
    for (const char *at = written; (at = strstr(at, "Memory allocator")) != NULL; at++)
        last = at;
    ck_assert_ptr_nonnull(last);
    while (last > written && last[-1] != '\n')
        last--;
    ck_assert_pstr_eq(last, expected[_i]);
    ck_assert_ptr_nonnull(strstr(written, _i ? " ms: Scavenge 0.6 (2.0) -> 0.5 (2.0) MB" /* the lines, too */
                                             : " ms: Scavenge 0.6 (2.0) -> 0.5 (3.0) MB"));
    free(written);
}
END_TEST

/*
 * 512 KB and the least step, 8192 KB, and what new space holds: a major tells it, before its line; 3.28 does not. The
 * collector has marked 524288 bytes in 6.128576 ms, the program allocated 655360 in 18.
 */
START_TEST(limits)
{
    static const char *const expected[] = {
        "",
        "[1:0x1] Heap growing factor 4.0 based on mu=0.970, speed_ratio=2 (gc=85548, mutator=36409)\n"
        "[1:0x1] Grow: old size: 512 KB, new limit: 9711 KB (4.0)\n[1:0x1]",
        "[1:0x1]       26 ms: [HeapController] factor 4.0 based on mu=0.970, speed_ratio=2 (gc=85548, mutator=36409)\n"
        "[1:0x1]       26 ms: [HeapController] Limit: old size: 512 KB, new limit: 9710 KB (4.0)\n[1:0x1]"};
    char *written = log_of(era_at(_i), two, V8_LOG_VERBOSE);
    unsigned n = 0;
    for (const char *at = written; (at = strstr(at, "new limit")) != NULL; at++)
        n++;
    ck_assert_uint_eq(n, _i == 0 ? 0 : 1);
    ck_assert_msg(strstr(written, expected[_i]) != NULL, "%s", written);
    free(written);
}
END_TEST

/*
 * Marking costs 100 ns a byte: a step of 6.5536 ms, a scavenge of 1 ms, a step of 13.1072 ms; then 327680 bytes are
 * left for the pause: 37.768 ms, from 20.6608 to 58.4288.
 */
static const char sliced[] = "set cost-event 0\nset cost-alloc-byte 0\nset cost-copy-byte 0\nset cost-root 0\n"
                             "set cost-mark-byte 100ns\nset cost-sweep-byte 0\nset cost-scavenge 1ms\n"
                             "set cost-major 5ms\nset cost-evacuate-byte 0\nset cost-slot 0\n"
                             "repeat 8 as i\nalloc a$i 65536\nend\n"
                             "gc start\ngc step 65536\ngc minor\ngc step 131072\ngc finish\ngc minor\n";

START_TEST(steps)
{
    static const char *const expected[] = {
        "[1]        8 ms: Scavenge 0.5 (2.0) -> 0.5 (3.0) MB, 1.0 ms (+ 6.6 ms in 1 steps since last GC) "
        "[Isolate::RequestGarbageCollection].\n"
        "[1]       58 ms: Mark-sweep 0.5 (3.0) -> 0.5 (3.0) MB, 37.8 ms (+ 19.7 ms in 2 steps since start of marking, "
        "biggest step 13.1 ms) [Isolate::RequestGarbageCollection] [GC in old space requested].\n"
        "[1]       59 ms: Scavenge 0.5 (3.0) -> 0.5 (3.0) MB, 1.0 ms [Isolate::RequestGarbageCollection].\n",
        "[1:0x1]        8 ms: Scavenge 0.5 (2.0) -> 0.5 (2.0) MB, 1.0 / 0.0 ms (+ 6.6 ms in 1 steps since last GC) "
        "[Isolate::RequestGarbageCollection].\n"
        "[1:0x1]       58 ms: Mark-sweep 0.5 (2.0) -> 0.5 (3.0) MB, 37.8 / 0.0 ms (+ 19.7 ms in 2 steps since start "
        "of marking, biggest step 13.1 ms) [Isolate::RequestGarbageCollection] [GC in old space requested].\n"
        "[1:0x1]       59 ms: Scavenge 0.5 (3.0) -> 0.5 (3.0) MB, 1.0 / 0.0 ms "
        "[Isolate::RequestGarbageCollection].\n",
        "[1:0x1]        8 ms: Scavenge 0.5 (2.0) -> 0.5 (2.0) MB, 1.00 / 0.00 ms  (average mu = 1.000, "
        "current mu = 1.000) testing; \n"
        "[1:0x1]       58 ms: Mark-Compact 0.5 (2.0) -> 0.5 (2.8) MB, 37.77 / 0.00 ms  (+ 19.7 ms in 2 steps since "
        "start of marking, biggest step 13.1 ms, walltime since start of marking 58 ms) (average mu = 1.000, "
        "current mu = 1.000) testing; GC in old space requested\n"
        "[1:0x1]       59 ms: Scavenge 0.5 (2.8) -> 0.5 (2.8) MB, 1.00 / 0.00 ms  (average mu = 1.000, "
        "current mu = 1.000) testing; \n"};
    log_is(era_at(_i), sliced, V8_LOG_TRACE, expected[_i]);
}
END_TEST

/* The first major has no other to be measured from; then 1 of 2, 3 of 4, 0 of 1, and means. */
START_TEST(program_share)
{
    struct v8_utilization u = {0};
    static const struct {
        uint64_t start, pause;
        unsigned current, average;
    } majors[] = {{100, 50, 0, 0}, {250, 100, 500, 500}, {650, 100, 750, 667}, {750, 100, 0, 500}};
    for (size_t i = 0; i < sizeof majors / sizeof *majors; i++) {
        struct collection c = {.start_ns = majors[i].start, .pause_ns = majors[i].pause};
        v8_utilization_add(&u, &c);
        ck_assert_uint_eq(u.current, majors[i].current);
        ck_assert_uint_eq(u.average, majors[i].average);
    }
}
END_TEST

START_TEST(steps_as_values)
{
    static const char *const minor[] = {" steps_count=1 steps_took=6.6 ", " steps_count=1 steps_took=6.6 ",
                                        " incremental.steps_count=1 incremental.steps_took=6.6 "};
    static const char *const major[] = {" steps_count=2 steps_took=19.7 longest_step=13.1 ",
                                        " steps_count=2 steps_took=19.7 longest_step=13.1 ",
                                        " incremental=19.7 incremental_longest_step=13.1 incremental_steps_count=2 "};
    char *written = log_of(era_at(_i), sliced, V8_LOG_NVP), *second = strchr(written, '\n') + 1;
    const char *in_first = strstr(written, minor[_i]), *in_second = strstr(second, major[_i]);
    ck_assert_msg(in_first != NULL && in_first < second, "%s", written);
    ck_assert_msg(in_second != NULL && strstr(second, " mark=32.8 ") != NULL, "%s", written);
    free(written);
}
END_TEST

/* In a toy geometry KB, us and B; the array is a large object. */
START_TEST(toys)
{
    static const char trace[] = "set cost-event 0\nset cost-alloc-byte 0\nset cost-copy-byte 0\nset cost-root 0\n"
                                "set cost-scavenge 1500us\nwork 10us\nalloc a 512 array\nalloc b 64\nrelease b\n"
                                "gc minor\n";
    log_is("classroom", trace, V8_LOG_TRACE,
           "[1]       12 us: Scavenge 0.6 (4.5) -> 0.5 (4.5) KB, 1.5 us "
           "[Isolate::RequestGarbageCollection].\n");
    log_is("classroom",
           "set era node6\nset cost-event 0\nset cost-alloc-byte 0\nset cost-scavenge 1500us\nwork 10us\n"
           "gc minor\n",
           V8_LOG_TRACE,
           "[1:0x1]       12 us: Scavenge 0.0 (4.0) -> 0.0 (4.0) KB, 1.5 / 0.0 us "
           "[Isolate::RequestGarbageCollection].\n");
    char *written = log_of("classroom", trace, V8_LOG_VERBOSE);
    ck_assert_msg(strstr(written, "[1] Memory allocator,   used:   4608 B, available:  93696 B\n") != NULL, "%s",
                  written);
    ck_assert_msg(
        strstr(written, "[1] Large object space, used:    512 B, available:  92608 B, committed:    512 B\n") != NULL,
        "%s", written);
    ck_assert_ptr_nonnull(strstr(written, "[1] Total time spent in GC  : 1.5 us\n"));
    free(written);
}
END_TEST

/* The words of V8 for each reason, era by era; of those that choose a major, too. */
START_TEST(reasons)
{
    static const struct {
        enum reason reason;
        bool major;
        const char *words[ERA_COUNT];
    } cases[] = {
        {REASON_ALLOCATION_FAILURE, false, {"[allocation failure].", "[allocation failure].", "allocation failure; "}},
        {REASON_PROMOTION_LIMIT,
         true,
         {"[allocation failure] [promotion limit reached].", "[allocation failure] [promotion limit reached].",
          "allocation failure; promotion limit reached"}},
        {REASON_OLD_EXHAUSTED,
         true,
         {"[allocation failure] [old generations exhausted].", "[allocation failure] [old generations exhausted].",
          "allocation failure; old generations exhausted"}},
        {REASON_SCAVENGE_MIGHT_FAIL,
         true,
         {"[allocation failure] [scavenge might not succeed].", "[allocation failure] [scavenge might not succeed].",
          "allocation failure; scavenge might not succeed"}},
        {REASON_OLD_REQUESTED,
         true,
         {"[allocation failure] [GC in old space requested].", "[allocation failure] [GC in old space requested].",
          "allocation failure; GC in old space requested"}},
        {REASON_EXTERNAL_PRESSURE,
         true,
         {"[external memory allocation limit reached] [GC in old space requested].",
          "[external memory allocation limit reached] [GC in old space requested].",
          "external memory pressure; GC in old space requested"}},
        {REASON_FINALIZE_MARKING,
         true,
         {"[GC interrupt] [GC in old space requested].", "[GC interrupt] [GC in old space requested].",
          "finalize incremental marking via stack guard; GC in old space requested"}},
        {REASON_LAST_RESORT,
         true,
         {"[last resort gc].", "[last resort gc].", "last resort; GC in old space requested"}},
        {REASON_TASK, false, {"[task].", "[task].", "task; "}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct config config = {.era = (enum era)_i, .page_size = 1 << 20};
        struct heap heap = {.config = config};
        struct v8_form form = v8_form_of(&heap);
        struct v8_utilization utilization = {0};
        struct out out;
        struct collection c = {.reason = (uint8_t)cases[i].reason,
                               .type = cases[i].major ? COLLECTION_MARK_COMPACT : COLLECTION_SCAVENGE};
        out_to_memory(&out);
        form.dialect->line(&out, &form, &c, &utilization, NULL);
        char *text = out_take(&out);
        const char *words = cases[i].words[_i];
        size_t len = strlen(text), tail = strlen(words) + 1;
        ck_assert_msg(len > tail && memcmp(text + len - tail, words, tail - 1) == 0, "%s", text);
        ck_assert_int_eq(strncmp(text, cases[i].major ? "Mark-" : "Scavenge ", 5), 0);
        free(text);
    }
}
END_TEST

START_TEST(a_major_that_reduces_memory)
{
    /* Seven eighths of 8 MiB are 7340032 bytes: seven objects of 1050000 take more, of 1040000 less. */
    static const char trace[] = "set max-old-space-size 8M\nset marking-start-min 8M\nrepeat 7 as i\n"
                                "alloc k$i %d code\nend\ngc start\ngc finish\n";
    for (int more = 0; more < 2; more++) {
        char text[256];
        snprintf(text, sizeof text, trace, more ? 1050000 : 1040000);
        char *line = log_of("node20", text, V8_LOG_TRACE), *values = log_of("node20", text, V8_LOG_NVP);
        ck_assert_int_eq(strstr(line, ": Mark-Compact (reduce) 7.0 (") != NULL, more);
        ck_assert_int_eq(strstr(values, " reduce_memory=1 ") != NULL, more);
        free(line);
        free(values);
    }
}
END_TEST

START_TEST(a_full_disk)
{
    struct run run;
    struct v8_log log;
    struct error error = {0};
    FILE *full = fopen("/dev/full", "w");
    ck_assert_ptr_nonnull(full);
    setvbuf(full, NULL, _IONBF, 0);
    ck_assert_int_eq(run_open_memory(&run, "test.trace", "gc\n", 3, &(struct run_options){0}, &error), 0);
    v8_log_init(&log, full, V8_LOG_TRACE);
    run_listen(&run, &log.listener);
    run_advance(&run, 0, &error);
    ck_assert(log.failed);
    v8_log_free(&log);
    run_close(&run);
    fclose(full);
}
END_TEST

Suite *suite_logs(void);
Suite *suite_logs(void)
{
    Suite *suite = suite_create("logs");
    TCase *logs = tcase_create("logs");
    tcase_add_loop_test(logs, lines, 0, ERA_COUNT);
    tcase_add_loop_test(logs, names_and_values, 0, ERA_COUNT);
    tcase_add_loop_test(logs, spaces, 0, ERA_COUNT);
    tcase_add_loop_test(logs, limits, 0, ERA_COUNT);
    tcase_add_loop_test(logs, steps, 0, ERA_COUNT);
    tcase_add_loop_test(logs, steps_as_values, 0, ERA_COUNT);
    tcase_add_loop_test(logs, reasons, 0, ERA_COUNT);
    tcase_add_test(logs, program_share);
    tcase_add_test(logs, toys);
    tcase_add_test(logs, a_major_that_reduces_memory);
    tcase_add_test(logs, a_full_disk);
    suite_add_tcase(suite, logs);
    return suite;
}
