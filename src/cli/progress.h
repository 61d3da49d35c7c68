/* progress.h - the progress of a long run on standard error, if that is a terminal: events, rate, time left. */
#ifndef HEAPREEL_CLI_PROGRESS_H
#define HEAPREEL_CLI_PROGRESS_H

#include "run/run.h"

struct progress {
    bool enabled;
    bool shown;       /* a line is on the screen */
    uint64_t started; /* ns of a steady clock */
    uint64_t drawn;   /* when it was last drawn */
};

void progress_begin(struct progress *progress);

/* Draws the line again if the run has taken a second and the last drawing is a tenth of a second old. */
void progress_show(struct progress *progress, const struct run *run);

/* The same for several runs at a time: how many of count are done, and the events of all so far. */
void progress_show_runs(struct progress *progress, uint64_t done, uint64_t count, uint64_t events);

/* Erases the line, so that something else can be printed. */
void progress_erase(struct progress *progress);

#endif
