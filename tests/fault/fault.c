/*
 * fault.c - makes every allocation of a run, and of what is written about it, fail in turn.
 *
 * Each job is done with the k-th allocation failing, for k = 1, 2, ... until it is done without a failure; then again
 * with all allocations from the k-th on failing. A job that has met a failure must either say so (ERROR_MEMORY, NULL,
 * -1: then nothing of its result may be used) or come to the same result as without it. Nothing may leak: the library's
 * blocks are counted. Prints "N passed, N failed"; a test is a job with a k.
 *
 * usage: fault [N [OFFSET]]: every N-th k only, from OFFSET + 1 on.
 *
 * Linked with --wrap=malloc,calloc,realloc,aligned_alloc,free,strdup,strndup: calls from the library come here first.
 */
#include "formats/gclog.h"
#include "formats/gen.h"
#include "formats/snapshot_export.h"
#include "formats/snapshot_import.h"
#include "formats/trace_events.h"
#include "gc/gc.h"
#include "heap/leaks.h"
#include "report/diff.h"
#include "report/heap_dot.h"
#include "report/metrics.h"
#include "report/report.h"
#include "run/run.h"
#include "snapshot/print.h"
#include "travel/travel.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- allocation ---- */

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
void __real_free(void *old);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
void __wrap_free(void *old);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t most);

static struct {
    uint64_t asked;   /* allocations so far */
    uint64_t fail_at; /* the one that fails, 0 = none */
    bool from_then;   /* and all later ones */
    uint64_t failed;  /* allocations that have failed */
    int64_t blocks;   /* blocks not freed yet */
} memory;

static bool fails(void)
{
    uint64_t number = ++memory.asked;
    bool fail = memory.fail_at != 0 && (number == memory.fail_at || (memory.from_then && number > memory.fail_at));
    memory.failed += fail;
    return fail;
}

static void *counted(void *block)
{
    memory.blocks += block != NULL;
    return block;
}

void *__wrap_malloc(size_t size)
{
    return fails() ? NULL : counted(__real_malloc(size));
}

void *__wrap_calloc(size_t count, size_t size)
{
    return fails() ? NULL : counted(__real_calloc(count, size));
}

void *__wrap_realloc(void *old, size_t size)
{
    if (fails())
        return NULL;
    void *block = __real_realloc(old, size);
    memory.blocks += old == NULL && block != NULL;
    return block;
}

void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
    return fails() ? NULL : counted(__real_aligned_alloc(alignment, size));
}

void __wrap_free(void *old)
{
    memory.blocks -= old != NULL;
    __real_free(old);
}

char *__wrap_strndup(const char *text, size_t most)
{
    size_t len = 0;
    while (len < most && text[len] != '\0')
        len++;
    char *copy = __wrap_malloc(len + 1);
    if (copy != NULL) {
        memcpy(copy, text, len);
        copy[len] = '\0';
    }
    return copy;
}

char *__wrap_strdup(const char *text)
{
    return __wrap_strndup(text, SIZE_MAX);
}

/* From here on the k-th allocation fails; k = 0: none. */
static void arm(uint64_t k, bool from_then)
{
    memory.asked = memory.failed = 0;
    memory.fail_at = k;
    memory.from_then = from_then;
}

/* ---- results ---- */

static unsigned passed, failed;
static uint64_t first_k = 1, step_k = 1;
static const char *job_name, *job_era;

__attribute__((format(printf, 1, 2))) static void complain(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    printf("FAIL fault %s %s, allocation %" PRIu64 "%s: ", job_name, job_era, memory.fail_at,
           memory.from_then ? " and all later ones" : "");
    vprintf(format, args);
    printf("\n");
    va_end(args);
}

enum answer {
    DONE, /* and *hash is the result's */
    REFUSED /* for want of memory, as it should */,
    WRONG /* told by complain */
};

/* FNV-1a of what stands in a file, from its beginning. */
static uint64_t hash_file(FILE *file)
{
    uint64_t hash = UINT64_C(0xCBF29CE484222325);
    rewind(file);
    for (int c = getc(file); c != EOF; c = getc(file))
        hash = (hash ^ (unsigned char)c) * UINT64_C(0x100000001B3);
    return hash;
}

/* ---- the trace ---- */

/* A bit of everything, with tiny pages so that little memory sees much; %s is the era, %d how often. */
static const char everything[] = "heapreel-trace 1\n"
                                 "set profile classroom\n"
                                 "set era %s\n"
                                 "set max-old-space-size 1M\n"
                                 "title fault injection\n"
                                 "note nothing\n"
                                 "alloc root 64 array\n"
                                 "alloc wide 200 array\n"
                                 "alloc map 48 weakmap in root.map\n"
                                 "alloc set 48 weakset in root.set\n"
                                 "alloc code 100 code\n"
                                 "alloc shape - map in code.shape\n"
                                 "alloc cell - cell in code.cell\n"
                                 "alloc pcell - propcell in code.pcell\n"
                                 "alloc huge 5000 array in root.huge\n"
                                 "alloc buffer 40 buffer @site\n"
                                 "external buffer 5k\n"
                                 "repeat %d as I\n"
                                 "  enter loop\n"
                                 "  alloc t$I 40 @loop\n"
                                 "  alloc v$I 24 string in t$I.value\n"
                                 "  ref wide.$I t$I\n"
                                 "  ref wide t$I\n"
                                 "  weak root.w t$I\n"
                                 "  entry map t$I v$I\n"
                                 "  entry set t$I\n"
                                 "  finalize v$I\n"
                                 "  leave\n"
                                 "end\n"
                                 "gc minor\n"
                                 "gc\n"
                                 "repeat 20 as I\n"
                                 "  unentry set t${I+20}\n"
                                 "  unref wide.${I+20}\n"
                                 "  unref wide t${I+20}\n"
                                 "end\n"
                                 "root wide\n"
                                 "release wide\n"
                                 "use root deep\n"
                                 "work 3us\n"
                                 "idle 1ms\n"
                                 "gc compact\n"
                                 "expect live root\n"
                                 "expect garbage root\n" /* fails: what was found is recorded */
                                 "expect space root new\n"
                                 "expect objects.live > 3\n"
                                 "expect spaces.new.used >= 0\n"
                                 "repeat %d as J\n"
                                 "  alloc x$J 16 in root.x\n"
                                 "end\n"
                                 "external buffer 0\n"
                                 "release code\n"
                                 "gc\n";

static const char too_much[] = "set profile classroom\n"
                               "set era %s\n"
                               "alloc list 16 array\n"
                               "repeat 4000 as I\n"
                               "  alloc n$I 256 in list.$I\n"
                               "end\n"
                               "expect oom\n";

static const char workers[] = "alloc list 64\n"
                              "gc\n"
                              "repeat 2 as w\n"
                              "  worker web$w\n"
                              "  set era %s\n"
                              "  alloc list 96\n"
                              "  repeat 40 as I\n"
                              "    alloc n$I 64 in list.$I\n"
                              "  end\n"
                              "  gc minor\n"
                              "end\n"
                              "worker main\n"
                              "gc minor\n"
                              "expect totals.objects.live > 80\n"
                              "worker web1\n"
                              "repeat 900 as I\n"
                              "  alloc big$I 600 in list.big$I\n"
                              "end\n"
                              "release list\n"
                              "worker main\n"
                              "gc compact\n";

/* Objects that nothing names for six majors. */
static const char stale[] = "alloc cache 64 array @cache\n"
                            "repeat 30 as I\n"
                            "  alloc n$I 64 in cache.n$I @request\n"
                            "  alloc v$I 24 string in n$I.value @value\n"
                            "end\n"
                            "repeat 6 as I\n"
                            "  alloc more$I 500 in cache.more$I @more\n"
                            "  gc\n"
                            "end\n"
                            "expect leak request frequent\n"
                            "expect leak more none\n" /* fails */
                            "expect leaks.rises >= 5\n";

static char trace[8192];
static size_t trace_len;

static void set_trace(int len)
{
    trace_len = len > 0 && (size_t)len < sizeof trace ? (size_t)len : 0;
}

/* ---- a whole run ---- */

struct ears {
    struct listener listener;
    unsigned lines;
    bool deaf; /* a line could not be made */
};

static void narrate(void *self, const struct heap *heap, const struct happening *happening)
{
    struct ears *ears = self;
    if (happening->kind != HAPPENING_ALLOC && ears->lines++ % 64 == 0) {
        char *line = happening_narrate(heap, happening);
        ears->deaf |= line == NULL;
        free(line);
    }
}

/* The error of a step that has failed must be that of memory. */
static enum answer refused(const struct error *error, const char *step)
{
    if (memory.failed > 0 && error->kind == ERROR_MEMORY)
        return REFUSED;
    complain("%s: kind %d, line %" PRIu64 ": %s", step, error->kind, error->line, error_text(error));
    return WRONG;
}

static enum answer run_it(struct run *run, struct error *error, bool strict, FILE *events, uint64_t *hash)
{
    struct run_options options = {.verify = true, .strict = strict, .hooks = {.figure = report_figure}};
    struct event_stream stream;
    struct ears ears = {.listener = {.mask = UINT64_MAX, .hear = narrate, .self = &ears}};
    if (run_open_memory(run, "fault.trace", trace, trace_len, &options, error))
        return refused(error, "run_open_memory");
    event_stream_init(&stream, events);
    run_listen(run, &stream.listener);
    run_listen(run, &ears.listener);
    enum run_state state = run_advance(run, 0, error);
    if (state != RUN_ENDED)
        return state == RUN_FAILED ? refused(error, "run_advance") : WRONG;
    if (stream.failed || ears.deaf) {
        if (memory.failed > 0)
            return REFUSED;
        complain("a listener failed without cause");
        return WRONG;
    }
    *hash = heap_hash(&run->current->heap) ^ hash_file(events) * 3 ^ (run->passed << 8) ^ run->failed;
    return DONE;
}

static enum answer job_run_as(bool strict, uint64_t *hash)
{
    static FILE *events;
    struct run run;
    struct error error = {0};
    if (events == NULL && (events = tmpfile()) == NULL) {
        complain("no temporary file");
        return WRONG;
    }
    rewind(events);
    if (ftruncate(fileno(events), 0) != 0)
        return WRONG;
    enum answer answer = run_it(&run, &error, strict, events, hash);
    run_close(&run);
    error_clear(&error);
    return answer;
}

static enum answer job_run(uint64_t *hash)
{
    return job_run_as(false, hash);
}

static enum answer job_strict(uint64_t *hash)
{
    return job_run_as(true, hash);
}

/* ---- what is written about a run ---- */

static struct run finished; /* a run at its end */

static enum answer written(int status, FILE *out, uint64_t *hash)
{
    if (status != 0) {
        if (memory.failed > 0)
            return REFUSED;
        complain("it failed without cause");
        return WRONG;
    }
    fflush(out);
    *hash = hash_file(out);
    return DONE;
}

static FILE *scratch(void)
{
    static FILE *file;
    if (file == NULL)
        file = tmpfile();
    if (file == NULL || ftruncate(fileno(file), 0) != 0) {
        printf("FAIL fault: no temporary file\n");
        exit(EXIT_FAILURE);
    }
    rewind(file);
    return file;
}

static enum answer job_write_json(uint64_t *hash)
{
    FILE *out = scratch();
    return written(report_write_json(&finished, out), out, hash);
}

static enum answer job_write_heap(uint64_t *hash)
{
    FILE *out = scratch();
    return written(report_write_heaps(&finished, out), out, hash);
}

static enum answer job_write_summary(uint64_t *hash)
{
    FILE *out = scratch();
    return written(report_write_summary(&finished, out), out, hash);
}

static enum answer job_oom_words(uint64_t *hash)
{
    char *words = report_oom_words(&finished.current->heap);
    FILE *out = scratch();
    fprintf(out, "%s", words ? words : "");
    enum answer answer = written(words ? 0 : -1, out, hash);
    free(words);
    return answer;
}

static enum answer job_json(uint64_t *hash)
{
    json_t *json = report_json(&finished);
    if (json == NULL)
        return written(-1, NULL, hash);
    bool armed_failure = memory.failed > 0;
    uint64_t k = memory.fail_at, asked = memory.asked, failures = memory.failed;
    bool from_then = memory.from_then;
    arm(0, false); /* writing it down is not what is tested */
    FILE *out = scratch();
    int status = json_dumpf(json, out, JSON_INDENT(1));
    json_decref(json);
    arm(k, from_then);
    memory.asked = asked;
    memory.failed = failures;
    if (status != 0) {
        complain("a report that cannot be written (failure met: %d)", armed_failure);
        return WRONG;
    }
    return written(0, out, hash);
}

static enum answer job_figures(uint64_t *hash)
{
    static const char *const paths[] = {"collections.scavenges", "spaces.new.used",  "survival.0",
                                        "pauses.all.p95_ns",     "promotion.by_age", "peak.heapUsed"};
    *hash = 0;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        uint64_t value = 0;
        bool ratio = false;
        if (report_figure(NULL, &finished, paths[i], strlen(paths[i]), &value, &ratio) != 0)
            return written(-1, NULL, hash);
        *hash = *hash * 31 + value;
    }
    return DONE;
}

static enum answer job_score(uint64_t *hash)
{
    struct metrics metrics;
    *hash = 0;
    if (metrics_of(&finished, &metrics) != 0)
        return written(-1, NULL, hash);
    for (unsigned i = 0; i < METRIC_COUNT; i++)
        *hash = *hash * 31 + metrics.value[i];
    return DONE;
}

static enum answer job_copy(uint64_t *hash)
{
    struct heap copy;
    struct error error = {0};
    if (heap_copy(&copy, &finished.current->heap) != 0)
        return written(-1, NULL, hash);
    enum answer answer = DONE;
    if (heap_verify(&copy, &error) != 0)
        answer = refused(&error, "heap_verify");
    *hash = heap_hash(&copy);
    heap_free(&copy);
    error_clear(&error);
    return answer;
}

/* The sites in the order of their leaks, and the way to each one's nearest stale object. */
static enum answer job_leaks(uint64_t *hash)
{
    struct leaks leaks;
    struct site_list ranking = {0};
    *hash = 0;
    if (leaks_find(&finished.current->heap, &leaks) != 0)
        return written(-1, NULL, hash);
    int status = leaks_ranking(&leaks, &ranking);
    for (size_t i = 0; status == 0 && i < ranking.sites.len; i++) {
        const struct leak_site *site = &leaks.sites.data[ranking.sites.data[i]];
        struct heap_path path = {0};
        *hash = (*hash * 31 + site->live_bytes) * 31 + site->stale;
        if (site->nearest != NONE) {
            status = path_tree_path(&leaks.paths, site->nearest, &path);
            *hash += path.steps.len;
            vec_free(&path.steps);
        }
    }
    vec_free(&ranking.sites);
    leaks_free(&leaks);
    return status == 0 ? DONE : written(-1, NULL, hash);
}

/* A collection of a copy, of each sort, its steps one by one. */
static enum answer job_collect(uint64_t *hash)
{
    struct heap copy;
    *hash = 0;
    for (int type = 0; type < COLLECTION_TYPES; type++) {
        if (heap_copy(&copy, &finished.current->heap) != 0)
            return written(-1, NULL, hash);
        gc_begin(&copy, (enum collection_type)type, REASON_TESTING, true, type == COLLECTION_MARK_COMPACT);
        enum gc_result result = GC_MORE;
        while (result == GC_MORE) {
            uint64_t budget = 1;
            result = gc_step(&copy, &budget);
        }
        *hash = *hash * 31 + heap_hash(&copy);
        heap_free(&copy);
        if (result == GC_FAILED)
            return written(-1, NULL, hash);
    }
    return DONE;
}

/* ---- time travel ---- */

static enum answer travel_it(struct travel *travel, struct error *error, uint64_t *hash)
{
    static const struct {
        enum travel_goal goal;
        uint64_t number;
    } goals[] = {
        {TRAVEL_EVENT, 60},     {TRAVEL_BACK, 3},       {TRAVEL_MICRO_FORWARD, 2},   {TRAVEL_END, 0},
        {TRAVEL_BREAK_BACK, 0}, {TRAVEL_MICRO_BACK, 1}, {TRAVEL_NEXT_COLLECTION, 0}, {TRAVEL_PREVIOUS_CHAPTER, 0},
        {TRAVEL_TIME, 9000}};
    struct travel_history history = {0};
    enum answer answer = DONE;
    *hash = 0;
    if (breakpoints_add(travel_breakpoints(travel), "promotion", 9, error) == 0)
        return refused(error, "breakpoints_add");
    for (size_t i = 0; i <= sizeof goals / sizeof *goals && answer == DONE; i++) {
        if (i < sizeof goals / sizeof *goals)
            travel_begin(travel, goals[i].goal, goals[i].number);
        else
            travel_begin_history(travel, 0, 0, &history);
        if (travel_go(travel, 0, error) == TRAVEL_FAILED)
            answer = refused(error, "travel_go");
        *hash = *hash * 31 + heap_hash(&travel_run(travel)->current->heap) + history.moments.len;
    }
    travel_history_free(&history);
    return answer;
}

static enum answer job_travel(uint64_t *hash)
{
    struct travel_options options = {.run = {.hooks = {.figure = report_figure}}};
    struct error error = {0};
    struct travel *travel;
    if (travel_open_memory(&travel, "fault.trace", trace, trace_len, &options, &error)) {
        enum answer answer = refused(&error, "travel_open_memory");
        error_clear(&error);
        return answer;
    }
    enum answer answer = travel_it(travel, &error, hash);
    travel_close(travel);
    error_clear(&error);
    return answer;
}

/* ---- made-up programs ---- */

static enum answer job_gen(uint64_t *hash)
{
    struct gen gen;
    struct settings settings = {0};
    struct error error = {0};
    FILE *out = scratch();
    int status = gen_init(&gen, &error);
    if (status == 0)
        status = gen_set(&gen, GEN_OPTION_GRAPH, "tree", &error);
    if (status == 0)
        status = gen_set(&gen, GEN_OPTION_SIZE, "3*pareto:16:1.5,uniform:8:64", &error);
    if (status == 0)
        status = gen_write(&gen, &settings, out, &error);
    gen_free(&gen);
    enum answer answer = status == 0 ? written(0, out, hash) : refused(&error, "gen");
    error_clear(&error);
    return answer;
}

/* ---- graphs, snapshots, logs ---- */

static enum answer job_retain(uint64_t *hash)
{
    FILE *out = scratch();
    struct retain_report report = {.run = &finished, .by = HEAP_BY_OBJECT, .top = 7};
    int status = retain_write_text(&report, out);
    report.by = HEAP_BY_NAME;
    if (status == 0)
        status = retain_write_json(&report, out);
    report.by = HEAP_BY_SITE;
    if (status == 0)
        status = retain_write_csv(&report, out);
    return written(status, out, hash);
}

static enum answer job_dot(uint64_t *hash)
{
    FILE *out = scratch();
    int status = heap_dot_write(&finished.current->heap, NONE, 0, out);
    if (status == 0)
        status = heap_dot_write(&finished.current->heap, 0, 2, out);
    return written(status, out, hash);
}

static enum answer job_export(uint64_t *hash)
{
    FILE *out = scratch();
    int status = snapshot_export(&finished.current->heap, out);
    if (status == 0)
        status = trace_events_write(&finished, out);
    return written(status, out, hash);
}

/* Nothing happens between the two moments: diff_begin only listens. */
static enum answer job_diff(uint64_t *hash)
{
    FILE *out = scratch();
    struct diff diff;
    struct diff_report report = {.run = &finished, .diff = &diff};
    int status = diff_begin(&diff, &finished, HEAP_BY_KIND);
    if (status == 0)
        status = diff_write_text(&report, out);
    if (status == 0)
        status = diff_write_json(&report, out);
    if (status == 0)
        status = diff_write_csv(&report, out);
    diff_free(&diff);
    finished.listeners = NULL; /* the run goes on without the one that is gone */
    for (size_t i = 0; i < run_workers(&finished); i++) {
        finished.workers.data[i]->heap.listeners = NULL;
        finished.workers.data[i]->heap.listening = 0;
    }
    return written(status, out, hash);
}

/* A snapshot in a file: made once, without failures. */
static const char *snapshot_file(void)
{
    static char path[] = "/tmp/fault-snapshot-XXXXXX";
    static bool made;
    if (made)
        return path;
    arm(0, false);
    set_trace(snprintf(trace, sizeof trace, everything, "node20", 40, 10));
    struct run_options options = {.hooks = {.figure = report_figure}};
    struct error error = {0};
    struct run run;
    int fd = mkstemp(path);
    FILE *out = fd < 0 ? NULL : fdopen(fd, "w");
    if (out == NULL || run_open_memory(&run, "fault.trace", trace, trace_len, &options, &error) ||
        run_advance(&run, 0, &error) != RUN_ENDED || snapshot_export(&run.current->heap, out))
        abort();
    fclose(out);
    run_close(&run);
    made = true;
    return path;
}

static enum answer job_snapshot(uint64_t *hash)
{
    FILE *out = scratch();
    struct analysis a;
    struct changes changes = {.before = NULL};
    struct error error = {0};
    struct heap_options options = {.path = "snapshot", .top = 5};
    struct snapshot_import import = {.slots = true, .path = "snapshot"};
    enum answer answer = REFUSED;
    json_set_alloc_funcs(__real_malloc, __real_free); /* without memory, jansson says that the text is wrong */
    int status = analysis_open(&a, snapshot_file(), NULL, &error);
    json_set_alloc_funcs(__wrap_malloc, __wrap_free);
    if (status == 0) {
        status = heap_print(&a, &options, out) || heap_print_why(&a, a.snapshot.nodes - 1, &options, out) ||
                 heap_print_duplicates(&a, &options, out) || heap_write_json(&a, &options, out) ||
                 changes_make(&changes, &a, &a) || heap_print_changes(&changes, &options, out);
        changes_free(&changes);
        if (status == 0)
            status = snapshot_import(&a.snapshot, &a.living, &import, out, &error);
        answer = written(status, out, hash);
    } else {
        answer = refused(&error, "analysis_open");
    }
    analysis_close(&a);
    error_clear(&error);
    return answer;
}

static enum answer job_gclog(uint64_t *hash)
{
    static const char line[] = "[1:0x2] %d ms: pause=1 mutator=2 gc=%s total_size_before=%d total_size_after=%d "
                               "allocated=100000 promoted=%d new_space_survived=20000 x=1\n";
    char text[4096];
    size_t len = 0;
    for (int i = 0; i < 9; i++)
        len += (size_t)snprintf(text + len, sizeof text - len, line, i, i == 5 ? "mc" : "s", 900000 + i * 10000,
                                820000 + i * 10000, i > 0 ? 9000 : 400000);
    FILE *out = scratch();
    struct gclog log;
    struct gclog_model model = {.phases = 0};
    struct error error = {0};
    enum answer answer;
    if (gclog_read(&log, text, len, &error))
        answer = refused(&error, "gclog_read");
    else
        answer = written(gclog_fit(&log, &model) || gclog_write(&log, &model, "log", 0, out) ? -1 : 0, out, hash);
    gclog_model_free(&model);
    gclog_free(&log);
    error_clear(&error);
    return answer;
}

/* ---- all of them ---- */

static void try_all(const char *name, enum answer (*job)(uint64_t *hash), bool from_then)
{
    uint64_t expected = 0, hash = 0;
    int64_t blocks = memory.blocks;
    unsigned failed_before = failed;
    job_name = name;
    arm(0, from_then);
    if (job(&expected) != DONE) {
        complain("it fails without a failing allocation");
        failed++;
        return;
    }
    for (uint64_t k = first_k;; k += step_k) {
        arm(k, from_then);
        enum answer answer = job(&hash);
        bool met = memory.failed > 0, good = answer != WRONG;
        if (answer == DONE && hash != expected) {
            complain("done, but with another result");
            good = false;
        }
        if (memory.blocks != blocks) {
            complain("%" PRId64 " blocks leak", memory.blocks - blocks);
            blocks = memory.blocks;
            good = false;
        }
        passed += good;
        failed += !good;
        if (!met || failed > failed_before + 20)
            break;
    }
    if (getenv("FAULT_VERBOSE") != NULL)
        printf("%s %s: %" PRIu64 " allocations\n", job_name, job_era, memory.asked);
    arm(0, false);
}

static const struct {
    const char *name;
    enum answer (*job)(uint64_t *hash);
} about[] = {
    {"copy", job_copy},
    {"collect", job_collect},
    {"figures", job_figures},
    {"score", job_score},
    {"leaks", job_leaks},
    {"json", job_json},
    {"write json", job_write_json},
    {"write heap", job_write_heap},
    {"summary", job_write_summary},
    {"oom words", job_oom_words},
    {"retain", job_retain},
    {"dot", job_dot},
    {"export", job_export},
    {"diff", job_diff},
};

static void try_about(bool from_then)
{
    struct run_options options = {.hooks = {.figure = report_figure}};
    struct error error = {0};
    arm(0, false);
    if (run_open_memory(&finished, "fault.trace", trace, trace_len, &options, &error) ||
        run_advance(&finished, 0, &error) != RUN_ENDED) {
        printf("FAIL fault: line %" PRIu64 ": %s\n", error.line, error_text(&error));
        failed++;
        run_close(&finished);
        error_clear(&error);
        return;
    }
    for (size_t i = 0; i < sizeof about / sizeof *about; i++)
        if (about[i].job != job_collect || !finished.current->heap.out_of_memory)
            try_all(about[i].name, about[i].job, from_then);
    run_close(&finished);
    error_clear(&error);
}

int main(int argc, char **argv)
{
    if (argc > 1)
        step_k = strtoull(argv[1], NULL, 10);
    if (argc > 2)
        first_k = strtoull(argv[2], NULL, 10) + 1;
    if (step_k == 0) {
        fprintf(stderr, "usage: fault [N [OFFSET]]\n");
        return 2;
    }
    json_set_alloc_funcs(__wrap_malloc, __wrap_free);
    for (enum era e = 0; e < ERA_COUNT; e++) {
        job_era = era_word(e);
        for (int from_then = 0; from_then < 2; from_then++) {
            set_trace(snprintf(trace, sizeof trace, everything, job_era, 40, 10));
            try_all("strict run", job_strict, from_then);
            try_all("travel", job_travel, from_then);
            try_about(from_then);
            set_trace(snprintf(trace, sizeof trace, everything, job_era, 150, 1000));
            try_all("run", job_run, from_then);
            set_trace(snprintf(trace, sizeof trace, too_much, job_era));
            try_all("run out of memory", job_run, from_then);
            try_about(from_then);
            if (e == 0) { /* its workers are of another era than main */
                set_trace(snprintf(trace, sizeof trace, workers, era_word(ERA_NODE20)));
                try_all("workers", job_run, from_then);
                try_all("travel through workers", job_travel, from_then);
                set_trace(snprintf(trace, sizeof trace, "%s", stale));
                try_all("run with leaks", job_run, from_then);
                try_about(from_then);
                try_about(from_then);
            }
        }
    }
    job_era = "";
    try_all("gen", job_gen, false);
    try_all("gen", job_gen, true);
    for (int from_then = 0; from_then < 2; from_then++) {
        snapshot_file();
        try_all("snapshot", job_snapshot, from_then);
        try_all("log of a collector", job_gclog, from_then);
    }
    unlink(snapshot_file());
    if (memory.blocks != 0) {
        printf("FAIL fault: %" PRId64 " blocks are left\n", memory.blocks);
        failed++;
    }
    printf("%u passed, %u failed\n", passed, failed);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
