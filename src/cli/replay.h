/*
 * replay.h - one trace run to its end, as "run" and "check" do it: progress, failed expectations and errors told.
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
 * Opens the trace that argument means (a path, "-", or lesson:NAME) with options, whose hooks are set here.
 * 0, or -1 after telling what is wrong; replay_close is needed in both cases.
 */
int replay_open(struct replay *replay, const char *command, const char *argument, const struct run_options *options);

/*
 * Runs it to the end. Tells on standard error what fails. Returns STATUS_OK, STATUS_NO (failed expectation, unexpected
 * out of memory) or STATUS_ERROR (told already; the run is in no state to be reported).
 */
int replay_finish(struct replay *replay);

void replay_close(struct replay *replay);

#endif
