/* progress.c - see progress.h. */
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

/* The part of the input that has been read, and from it the time left. */
static void draw_rest(const struct run *run, double seconds)
{
    uint64_t total = 0;
    uint64_t bytes = trace_bytes(run->reader, &total);
    double part = total == 0 ? 0 : (double)bytes / (double)total;
    if (total == 0) {
        return; /* a pipe */
    }
    fprintf(stderr, "   %.0f %%", part * 100);
    if (part >= 0.01 && part < 1) {
        double left = seconds / part * (1 - part);
        if (left < 90) {
            fprintf(stderr, "   %.0f s left", left);
        } else {
            fprintf(stderr, "   %.0f min left", left / 60);
        }
    }
}

void progress_show(struct progress *progress, const struct run *run)
{
    if (!progress->enabled) {
        return;
    }
    uint64_t time = now();
    if (time - progress->started < SECOND || time - progress->drawn < SECOND / 10) {
        return;
    }
    progress->drawn = time;
    progress->shown = true;
    double seconds = (double)(time - progress->started) / (double)SECOND;
    fprintf(stderr, ERASE "%" PRIu64 " events   %.1f M/s", run_events(run), (double)run_events(run) / seconds / 1e6);
    draw_rest(run, seconds);
    fflush(stderr);
}
