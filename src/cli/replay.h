/*
 * replay.h - one trace run to its end, as "run" and "check" do it, with progress, failed expectations and errors
 * reported.
 */
#ifndef HEAPREEL_CLI_REPLAY_H
#define HEAPREEL_CLI_REPLAY_H

#include "cli/progress.h"
#include "run/run.h"

#include <stdio.h>

struct replay {
    const char *command;
    struct run run;
    struct progress progress;
    FILE *watch; /* output whose failure ends the run, or NULL */
};

/*
 * Opens the trace that argument means (a path, "-", or lesson:NAME) with options, whose hooks are set here. 0, or -1
 * after reporting what is wrong; replay_close is needed in both cases.
 */
int replay_open(struct replay *replay, const char *command, const char *argument, const struct run_options *options);

/*
 * Runs it to the end, and reports failures on standard error. Returns STATUS_OK, STATUS_NO (a failed expectation, or
 * unexpectedly out of memory) or STATUS_ERROR (already reported; there is no valid result).
 */
int replay_finish(struct replay *replay);

void replay_close(struct replay *replay);

#endif
