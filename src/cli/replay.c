/* replay.c - see replay.h. */
#include "cli/replay.h"

#include "cli/commands.h"
#include "cli/message.h"
#include "cli/traces.h"
#include "report/report.h"

#include <inttypes.h>
#include <stdlib.h>

/* Lines applied between two looks at the clock: about a millisecond's worth. */
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
    if (failed) {
        complain_error(command, path, &error);
    }
    free(path);
    return failed;
}

/* The words of a run out of memory that no line expected. */
static int tell_oom(const struct run *run)
{
    char *words = report_oom_words(run);
    if (words == NULL) {
        complain("%s: out of memory", run->path);
        return STATUS_ERROR;
    }
    fprintf(stderr, "heapreel: %s:%" PRIu64 ": the simulated heap is out of memory\n", run->path, run->current->heap.line);
    fputs(words, stderr);
    free(words);
    return STATUS_NO;
}

int replay_finish(struct replay *replay)
{
    struct run *run = &replay->run;
    struct error error = {0};
    enum run_state state;
    progress_begin(&replay->progress);
    while ((state = run_advance(run, SLICE, &error)) == RUN_MORE) {
        progress_show(&replay->progress, run);
        if (replay->watch != NULL && ferror(replay->watch)) {
            break; /* nobody can read the rest: the owner of the output tells why */
        }
    }
    progress_erase(&replay->progress);
    if (state == RUN_FAILED) {
        return complain_error(replay->command, run->path, &error);
    }
    if (run->current->heap.out_of_memory && !run->current->oom_expected) {
        return tell_oom(run);
    }
    return run->failed > 0 ? STATUS_NO : STATUS_OK;
}

void replay_close(struct replay *replay)
{
    run_close(&replay->run);
}
