/* replay.c - opens a run with its options and applies the trace in slices, showing progress. */
#include "cli/replay.h"

#include "base/text.h"
#include "cli/commands.h"
#include "cli/message.h"
#include "cli/traces.h"
#include "report/report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Lines applied between two checks of the clock: about a millisecond. */
#define SLICE 16384

static void tell_failed(void *self, const struct run *run, const struct expectation *expectation)
{
    struct replay *replay = self;
    if (!expectation->passed) {
        progress_erase(&replay->progress);
        complain("%s:%" PRIu64 ": expected %s, found %s", run->path, expectation->line, expectation->condition,
                 expectation->found == NULL ? "otherwise" : expectation->found);
    }
}

int replay_open(struct replay *replay, const char *command, const char *argument, const struct run_options *options)
{
    *replay = (struct replay){.command = command};
    struct run_options own = *options;
    own.hooks = (struct run_hooks){.self = replay, .figure = report_figure, .expected = tell_failed};
    struct error error = {0};
    char *path = trace_resolve(argument, &error);
    if (path == NULL) {
        complain_error(command, NULL, &error);
        return -1;
    }
    int failed = run_open(&replay->run, path, &own, &error);
    if (failed)
        complain_error(command, path, &error);
    free(path);
    return failed;
}

/* Prints the fatal message of a heap that ran out of memory unexpectedly. 0, or -1 without memory for it. */
static int tell_oom(const struct run *run, const struct worker *dead)
{
    char *words = report_oom_words(&dead->heap);
    if (words == NULL) {
        complain("%s: out of memory", run->path);
        return -1;
    }
    struct text_quoted quoted;
    const char *name = worker_name(dead);
    if (run_has_workers(run))
        complain("%s:%" PRIu64 ": the simulated heap of worker \"%s\" is out of memory", run->path, dead->heap.line,
                 text_quote(&quoted, name, strlen(name)));
    else
        complain("%s:%" PRIu64 ": the simulated heap is out of memory", run->path, dead->heap.line);
    fputs(words, stderr);
    free(words);
    return 0;
}

/* Reports why a run that has ended has failed; returns its exit status. */
static int status_of(const struct run *run)
{
    int status = run_status(run);
    for (size_t i = 0; i < run_workers(run); i++)
        if (worker_lost(run_worker(run, i)) && tell_oom(run, run_worker(run, i)) != 0)
            status = STATUS_ERROR;
    return status;
}

int replay_finish(struct replay *replay)
{
    struct run *run = &replay->run;
    struct error error = {0};
    enum run_state state;
    progress_begin(&replay->progress);
    while ((state = run_advance(run, SLICE, &error)) == RUN_MORE) {
        progress_show(&replay->progress, run);
        if (replay->watch != NULL && ferror(replay->watch))
            break; /* the rest would be useless; the owner of the output reports why */
    }
    progress_erase(&replay->progress);
    if (state == RUN_FAILED)
        return complain_error(replay->command, run->path, &error);
    return status_of(run);
}

void replay_close(struct replay *replay)
{
    run_close(&replay->run);
}
