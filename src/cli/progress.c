/* progress.c - draws and erases the line of progress. */
#include "cli/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SECOND UINT64_C(1000000000)
#define ERASE "\r\033[K"

static uint64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * SECOND + (uint64_t)t.tv_nsec;
}

void progress_begin(struct progress *progress)
{
    const char *terminal = getenv("TERM");
    *progress = (struct progress){.enabled = isatty(STDERR_FILENO) && terminal != NULL && strcmp(terminal, "dumb") != 0,
                                  .started = now()};
}

void progress_erase(struct progress *progress)
{
    if (progress->shown) {
        fputs(ERASE, stderr);
        progress->shown = false;
    }
}

static void draw_left(double seconds, double part)
{
    double left = seconds / part * (1 - part);
    if (left < 90)
        fprintf(stderr, "   %.0f s left", left);
    else
        fprintf(stderr, "   %.0f min left", left / 60);
}

/* Is it time to draw? *seconds: since the beginning. */
static bool due(struct progress *progress, double *seconds)
{
    uint64_t time = progress->enabled ? now() : 0;
    if (!progress->enabled || time - progress->started < SECOND || time - progress->drawn < SECOND / 10)
        return false;
    progress->drawn = time;
    progress->shown = true;
    *seconds = (double)(time - progress->started) / (double)SECOND;
    return true;
}

/* Draws the part of the input that has been read, and the time left. */
static void draw_rest(const struct run *run, double seconds)
{
    uint64_t total = 0;
    uint64_t bytes = trace_bytes(run->reader, &total);
    double part = total == 0 ? 0 : (double)bytes / (double)total;
    if (total == 0)
        return; /* a pipe */
    fprintf(stderr, "   %.0f %%", part * 100);
    if (part >= 0.01 && part < 1)
        draw_left(seconds, part);
}

void progress_show(struct progress *progress, const struct run *run)
{
    double seconds;
    if (!due(progress, &seconds))
        return;
    fprintf(stderr, ERASE "%" PRIu64 " events   %.1f M/s", run_events(run), (double)run_events(run) / seconds / 1e6);
    draw_rest(run, seconds);
    fflush(stderr);
}

void progress_show_runs(struct progress *progress, uint64_t done, uint64_t count, uint64_t events)
{
    double seconds;
    if (!due(progress, &seconds))
        return;
    fprintf(stderr, ERASE "%" PRIu64 " of %" PRIu64 " runs   %" PRIu64 " events   %.1f M/s", done, count, events,
            (double)events / seconds / 1e6);
    if (done > 0)
        draw_left(seconds, (double)done / (double)count);
    fflush(stderr);
}
