/*
 * travel.c - how long time travel takes: usage: travel TRACE [JUMPS]
 * Goes to the end, steps back from there, jumps about and steps back from where it comes to. Milliseconds, of wall time
 * and (in brackets) of the processor.
 */
#include "travel/travel.h"
#include "report/report.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct taken {
    double wall, cpu;
};

static double clock_ms(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static struct taken now(void)
{
    return (struct taken){clock_ms(CLOCK_MONOTONIC), clock_ms(CLOCK_PROCESS_CPUTIME_ID)};
}

struct series {
    struct taken sum, worst;
    unsigned count;
};

static void go(struct travel *travel, enum travel_goal goal, uint64_t number, struct series *series)
{
    struct error error = {0};
    struct taken start = now();
    travel_begin(travel, goal, number);
    if (travel_go(travel, 0, &error) == TRAVEL_FAILED) {
        fprintf(stderr, "travel: line %llu: %s\n", (unsigned long long)error.line, error_text(&error));
        exit(1);
    }
    struct taken end = now();
    double wall = end.wall - start.wall, cpu = end.cpu - start.cpu;
    series->sum.wall += wall;
    series->sum.cpu += cpu;
    series->worst.wall = wall > series->worst.wall ? wall : series->worst.wall;
    series->worst.cpu = cpu > series->worst.cpu ? cpu : series->worst.cpu;
    series->count++;
}

static void print(const char *what, const struct series *s)
{
    printf("%-10s %8.2f ms (%.2f) on average, %.2f (%.2f) at most\n", what, s->sum.wall / s->count,
           s->sum.cpu / s->count, s->worst.wall, s->worst.cpu);
}

int main(int argc, char **argv)
{
    struct travel *travel;
    struct error error = {0};
    struct travel_options options = {.run = {.hooks = {.figure = report_figure}}};
    unsigned jumps = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 200;
    uint64_t events, steps, bytes, random = 88172645463325252u;
    struct series to_end = {0}, back = {0}, jump = {0}, back_there = {0};
    if (argc < 2 || travel_open(&travel, argv[1], &options, &error)) {
        fprintf(stderr, "travel: %s\n", argc < 2 ? "usage: travel TRACE [JUMPS]" : error_text(&error));
        return 1;
    }
    go(travel, TRAVEL_END, 0, &to_end);
    travel_end(travel, &events, &steps);
    printf("travel     %llu events, %llu objects live at the end\n", (unsigned long long)events,
           (unsigned long long)travel_run(travel)->current->heap.live);
    for (unsigned i = 0; i < jumps; i++)
        go(travel, TRAVEL_BACK, 1, &back);
    for (unsigned i = 0; i < jumps; i++) {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        go(travel, TRAVEL_EVENT, 1 + random % events, &jump);
        for (unsigned n = 0; n < 3; n++)
            go(travel, TRAVEL_BACK, 1, &back_there);
    }
    print("to the end", &to_end);
    print("step back", &back);
    print("jump", &jump);
    print("step back", &back_there);
    size_t checkpoints = travel_checkpoints(travel, &bytes);
    printf("checkpoints %zu, %llu MB\n", checkpoints, (unsigned long long)(bytes / 1000000));
    travel_close(travel);
    return 0;
}
