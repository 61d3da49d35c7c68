/* check.c - "heapreel check": replays traces and reports for each whether its expectations hold. */
#include "cli/commands.h"
#include "cli/message.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/replay.h"
#include "cli/traces.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct option_spec specs[] = {
    {"strict", NULL, "also find uses of unreachable objects"},
    {"verify", NULL, "check the heap's invariants after each collection"},
};

static int take(void *self, int index, const char *value, struct error *error)
{
    struct run_options *options = self;
    (void)value;
    (void)error;
    if (index == 0)
        options->strict = true;
    else
        options->verify = true;
    return 0;
}

static const char *plural(uint64_t n)
{
    return n == 1 ? "" : "s";
}

/* Checks one trace: prints its line on standard output, and details of failures on standard error. */
static int check_trace(const char *argument, const struct run_options *options)
{
    struct replay replay;
    int status = STATUS_ERROR;
    if (replay_open(&replay, "check", argument, options) == 0)
        status = replay_finish(&replay);
    const struct run *run = &replay.run;
    uint64_t checked = run->passed + run->failed, events = run_events(run);
    if (status == STATUS_OK) {
        printf("ok  %s  %" PRIu64 " expectation%s, %" PRIu64 " event%s\n", argument, checked, plural(checked), events,
               plural(events));
    } else if (status == STATUS_NO && run->failed > 0) {
        printf("FAIL  %s  %" PRIu64 " of %" PRIu64 " expectation%s\n", argument, run->failed, checked, plural(checked));
    } else {
        printf("FAIL  %s  %s\n", argument, status == STATUS_NO ? "out of memory" : "could not be run");
    }
    replay_close(&replay);
    /* So that the line comes after its details if both go to one place. */
    struct error error = {0};
    return output_flush_standard(&error) != 0 ? complain_error("check", NULL, &error) : status;
}

/* Checks a trace, or the traces of a directory. */
static int check_argument(const char *argument, const struct run_options *options)
{
    if (!trace_is_directory(argument))
        return check_trace(argument, options);
    struct error error = {0};
    struct trace_list list = {0};
    int status = STATUS_OK;
    if (trace_list_add(&list, argument, &error) != 0) {
        status = complain_error("check", NULL, &error);
    } else if (list.paths.len == 0) {
        complain("%s: no traces in this directory", argument);
        status = STATUS_ERROR;
    }
    for (size_t i = 0; i < list.paths.len && !ferror(stdout); i++) {
        int one = check_trace(list.paths.data[i], options);
        status = one > status ? one : status;
    }
    trace_list_free(&list);
    return status;
}

int command_check(int argc, char **argv)
{
    struct run_options options = {0};
    struct usage usage = {
        .command = COMMAND_check,
        .text = "TRACE is a file, - for standard input, lesson:NAME, or a directory: every\n"
                "*.trace file below it. Status 0: every expectation holds; 1: one does not; 2: a\n"
                "trace is wrong or cannot be read.",
        .specs = specs,
        .count = (int)(sizeof specs / sizeof specs[0]),
        .take = take,
        .self = &options,
        .settings = &options.settings,
    };
    enum options_result parsed = options_parse(&usage, &argc, &argv);
    if (parsed != OPTIONS_GO)
        return parsed == OPTIONS_HELP ? STATUS_OK : STATUS_ERROR;
    if (argc == 0)
        return complain_usage("check", "no trace given");
    int status = STATUS_OK;
    for (int i = 0; i < argc && !ferror(stdout); i++) {
        int one = check_argument(argv[i], &options);
        status = one > status ? one : status;
    }
    return status;
}
