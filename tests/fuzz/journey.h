/*
 * journey.h - there and back in a trace: wherever travel stops, the heaps must be, to the hash, those that a run by
 * micro-steps had at that place.
 *
 * Where to go is drawn from the bytes of the trace, so that any corpus of traces is one of journeys too.
 */
#ifndef HEAPREEL_FUZZ_JOURNEY_H
#define HEAPREEL_FUZZ_JOURNEY_H

#include "report/report.h"
#include "travel/travel.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* A goal is given up behind so many pieces of work: repeats may be as good as endless. */
enum { JOURNEY_GOALS = 8, JOURNEY_PIECES = 60, JOURNEY_WORK = 400 };

/* Where travel has stopped, and what was there. */
struct journey_stop {
    struct travel_position at;
    uint64_t hash, event, line, collections;
    enum travel_goal goal;
    bool seen; /* by the run that goes forward only */
};

static uint64_t journey_random(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 33;
}

static void journey_broken(const char *text, size_t len, const struct journey_stop *stop, const char *what)
{
    fprintf(stderr, "journey: at %" PRIu64 ":%" PRIu64 " (goal %d): %s\n---- trace\n%.*s----\n", stop->at.step,
            stop->at.micro, (int)stop->goal, what, (int)len, text);
    abort();
}

static struct journey_stop journey_look(const struct run *run, struct travel_position at)
{
    struct journey_stop stop = {.at = at, .hash = run->current->index, .event = run_events(run), .line = run->line};
    for (size_t i = 0; i < run_workers(run); i++) {
        const struct worker *worker = run_worker(run, i);
        if (worker->ready) {
            stop.hash = stop.hash * 31 + heap_hash(&worker->heap);
            stop.collections += worker->heap.collections.len;
        }
    }
    return stop;
}

/* Sets out for a few goals; how many stops were made. */
static unsigned journey_go(const char *text, size_t len, uint64_t random, struct journey_stop *stops)
{
    static const enum travel_goal goals[] = {TRAVEL_STEP,
                                             TRAVEL_STEP,
                                             TRAVEL_EVENT,
                                             TRAVEL_TIME,
                                             TRAVEL_FORWARD,
                                             TRAVEL_BACK,
                                             TRAVEL_MICRO_FORWARD,
                                             TRAVEL_MICRO_BACK,
                                             TRAVEL_NEXT_COLLECTION,
                                             TRAVEL_PREVIOUS_COLLECTION,
                                             TRAVEL_END,
                                             TRAVEL_START};
    struct travel_options options = {.run = {.hooks = {.figure = report_figure}},
                                     .budget = random % 3 == 0 ? 1 : UINT64_C(1) << (14 + random % 12)};
    struct travel *travel;
    struct error error = {0};
    if (travel_open_memory(&travel, "fuzz.trace", text, len, &options, &error))
        abort();
    for (unsigned i = 0; i < JOURNEY_GOALS; i++) {
        enum travel_goal goal = goals[journey_random(&random) % (sizeof goals / sizeof *goals)];
        uint64_t most = travel_frontier(travel).step + 100, number = 1 + journey_random(&random) % most;
        number = goal == TRAVEL_TIME ? number * 50 : goal >= TRAVEL_FORWARD ? 1 + number % 40 : number;
        travel_begin(travel, goal, number);
        uint64_t work = 1 + journey_random(&random) % JOURNEY_WORK;
        for (unsigned piece = 0; piece < JOURNEY_PIECES && travel_go(travel, work, &error) == TRAVEL_MORE; piece++) {
        }
        error_clear(&error);
        stops[i] = journey_look(travel_run(travel), travel_here(travel));
        stops[i].goal = goal;
    }
    travel_close(travel);
    return JOURNEY_GOALS;
}

static void journey_compare(const char *text, size_t len, const struct run *run, struct travel_position at,
                            struct journey_stop *stops, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (travel_order(at, stops[i].at) != 0)
            continue;
        struct journey_stop here = journey_look(run, at);
        if (here.hash != stops[i].hash)
            journey_broken(text, len, &stops[i], "another heap");
        if (here.event != stops[i].event || here.line != stops[i].line || here.collections != stops[i].collections)
            journey_broken(text, len, &stops[i], "another line, or other counts");
        stops[i].seen = true;
    }
}

/* Goes about in a trace, and compares. */
static void journey(const char *text, size_t len)
{
    struct journey_stop stops[JOURNEY_GOALS];
    struct run_options options = {.hooks = {.figure = report_figure}};
    struct error error = {0};
    struct run run;
    enum run_state state;
    uint64_t random = len, last = 0;
    for (size_t i = 0; i < len; i++)
        random = (random ^ (unsigned char)text[i]) * UINT64_C(0x100000001B3);
    unsigned count = journey_go(text, len, random, stops);
    for (unsigned i = 0; i < count; i++)
        last = stops[i].at.step > last ? stops[i].at.step : last;
    if (run_open_memory(&run, "fuzz.trace", text, len, &options, &error))
        abort();
    do {
        journey_compare(text, len, &run, (struct travel_position){run.steps, run_micro(&run)}, stops, count);
        state = run_micro_step(&run, &error);
    } while (state == RUN_MORE && run.steps <= last);
    if (state != RUN_MORE) /* the end is a place of its own, behind the last step */
        journey_compare(text, len, &run, (struct travel_position){run.steps + 1, 0}, stops, count);
    for (unsigned i = 0; i < count; i++)
        if (!stops[i].seen)
            journey_broken(text, len, &stops[i], "no such place");
    run_close(&run);
    error_clear(&error);
}

#endif
