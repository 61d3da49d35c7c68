/*
 * retain.c - how long dominators and retained sizes take, beside an atomic major collection of the same heap.
 * usage: retain SHAPE [OBJECTS]   shapes: random, records, tree, list
 * Processor time in milliseconds, and the memory that the process needed at most beside the heap.
 */
#include "graph/heap_graph.h"
#include "run/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static uint64_t next(uint64_t *random, uint64_t below)
{
    *random = *random * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (*random >> 33) % below;
}

/* Two references for each object; object 0 has the only handle. Returns the number of lines. */
static uint64_t write_trace(FILE *out, const char *shape, uint64_t n)
{
    uint64_t random = 88172645463325252u, lines = 4;
    fputs("set profile node20\nset max-old-space-size 64G\nset initial-old-space-size 60G\nalloc 0 32\n", out);
    for (uint64_t i = 1; i < n; i++) {
        uint64_t holder = i - 1, other = next(&random, i);
        if (strcmp(shape, "random") == 0)
            holder = next(&random, i);
        else if (strcmp(shape, "records") == 0) /* a list of records with three fields each, and shared ones */
            holder = i % 4 == 0 ? (i >= 4 ? i - 4 : 0) : i - i % 4,
            other = i % 4 == 0 ? i - 1 : next(&random, 1000 < i ? 1000 : i);
        else if (strcmp(shape, "tree") == 0)
            holder = (i - 1) / 2, other = holder;
        fprintf(out, "alloc %llu 32 in %llu\nref %llu %llu\n", (unsigned long long)i, (unsigned long long)holder,
                (unsigned long long)i, (unsigned long long)other);
        lines += 2;
    }
    fputs("gc major\n", out);
    return lines;
}

static long resident(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

/* Milliseconds of the parts: graph, records, walk, semidominators, dominators, sums. */
struct measured {
    double part[6], all;
};

/* Does it once, and keeps the round that took least. 0, or -1 without memory. */
static int measure(const struct heap *heap, struct measured *least)
{
    struct heap_retained r = {0};
    struct graph graph;
    double t[7];
    unsigned n = 0;
    t[n++] = now();
    int failed = heap_graph_make(heap, &graph);
    t[n++] = now();
    failed = failed || dominators_begin(&r.tree, &graph);
    t[n++] = now();
    for (unsigned p = 0; !failed && p < DOMINATORS_DONE; p++) {
        while (!failed && r.tree.phase == p)
            failed = dominators_step(&r.tree, 1 << 20) < 0;
        t[n++] = now();
    }
    failed = failed || heap_retained_sum(&r, heap);
    if (!failed) {
        t[n] = now();
        if (least->all == 0 || t[6] - t[0] < least->all) {
            least->all = t[6] - t[0];
            for (unsigned i = 0; i < 6; i++)
                least->part[i] = t[i + 1] - t[i];
        }
    }
    heap_retained_free(&r);
    return failed ? -1 : 0;
}

int main(int argc, char **argv)
{
    const char *shape = argc > 1 ? argv[1] : "random";
    uint64_t n = argc > 2 ? strtoull(argv[2], NULL, 10) : 10000000;
    char path[] = "/tmp/retain-XXXXXX";
    int fd = mkstemp(path);
    FILE *out = fd < 0 ? NULL : fdopen(fd, "w");
    if (out == NULL)
        return 1;
    uint64_t lines = write_trace(out, shape, n);
    fclose(out);
    struct run run;
    struct error error = {0};
    if (run_open(&run, path, &(struct run_options){0}, &error) || run_advance(&run, lines, &error) == RUN_FAILED) {
        fprintf(stderr, "retain: line %llu: %s\n", (unsigned long long)error.line, error_text(&error));
        return 1;
    }
    unlink(path);
    if (run.current->heap.live != n) {
        fprintf(stderr, "retain: %llu objects are live\n", (unsigned long long)run.current->heap.live);
        return 1;
    }
    struct measured least = {0};
    long before = resident();
    /* Memory that the host has never given out costs more than all of this: the first rounds pay for it. */
    long after = before;
    for (int i = 0; i < 5; i++) {
        if (measure(&run.current->heap, &least))
            return 1;
        after = i == 0 ? resident() : after;
    }
    double t = now();
    if (run_advance(&run, 0, &error) != RUN_ENDED)
        return 1;
    double major = now() - t;
    printf("%-8s %llu objects: graph %.0f, records %.0f, walk %.0f, semi %.0f, climb %.0f, sum %.0f ms\n", shape,
           (unsigned long long)n, least.part[0], least.part[1], least.part[2], least.part[3], least.part[4],
           least.part[5]);
    printf("%-8s retained %.0f ms, major %.0f ms: %.2f times; %.1f bytes an object\n", shape, least.all, major,
           least.all / major, (double)(after - before) * 1024 / (double)n);
    run_close(&run);
    return 0;
}
