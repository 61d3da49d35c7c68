/* diff.c - "heapreel diff": the heap of a trace at two moments. */
#include "report/diff.h"

#include "cli/commands.h"
#include "cli/message.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/replay.h"

#include <string.h>

#define TOP 20 /* rows for people */

/* X(symbol, name, argument, help); the outputs first */
#define DIFF_OPTIONS(X)                                                                                                \
    X(JSON, "json", "FILE", "write the difference as JSON, all rows")                                                  \
    X(CSV, "csv", "FILE", "write the groups as CSV, all rows")                                                         \
    X(AT, "at", "N", "a moment, after event N: given once or twice")                                                   \
    X(BY, "by", "WHAT", "group by name, kind or site (name)")                                                          \
    X(TOP, "top", "N", "only the first N rows of a list (20; files: all)")

enum diff_option {
#define X(symbol, name, argument, help) DIFF_##symbol,
    DIFF_OPTIONS(X)
#undef X
        DIFF_OPTION_COUNT
};
#define OUTPUTS 2

static const struct option_spec specs[DIFF_OPTION_COUNT] = {
#define X(symbol, name, argument, help) [DIFF_##symbol] = {name, argument, help},
    DIFF_OPTIONS(X)
#undef X
};

struct diff_command {
    struct run_options options;
    enum heap_by by;
    uint64_t at[2], top;
    unsigned moments;
    const char *paths[OUTPUTS];
    struct output outputs[OUTPUTS];
    struct output text; /* for people, on standard output */
    struct diff diff;
};

static int take_by(struct diff_command *c, const char *value, struct error *error)
{
    c->by = heap_by_named(value);
    if (c->by != HEAP_BY_COUNT && c->by != HEAP_BY_OBJECT)
        return 0;
    return error_set(error, ERROR_USAGE, 0, 0, "--by %s: expected name, kind or site", value);
}

static int take(void *self, int index, const char *value, struct error *error)
{
    struct diff_command *c = self;
    switch ((enum diff_option)index) {
    case DIFF_AT:
        if (c->moments == 2)
            return error_set(error, ERROR_USAGE, 0, 0, "--at is given more than twice");
        return option_number("at", value, &c->at[c->moments++], error);
    case DIFF_BY: return take_by(c, value, error);
    case DIFF_TOP: return option_number("top", value, &c->top, error);
    default: c->paths[index] = value; return 0;
    }
}

/* Opens the outputs: the files, or standard output for people. Returns the exit status. */
static int open_outputs(struct diff_command *c, const char *trace)
{
    struct error error = {0};
    const char *json = c->paths[DIFF_JSON], *csv = c->paths[DIFF_CSV];
    if (json != NULL && csv != NULL && output_same(json, csv))
        return complain_usage("diff", "--json and --csv would write the same file, %s", csv);
    for (int i = 0; i < OUTPUTS; i++) {
        if (c->paths[i] == NULL)
            continue;
        if (output_same(trace, c->paths[i]))
            return complain_usage("diff", "--%s would replace the trace, %s", specs[i].name, trace);
        if (output_open(&c->outputs[i], c->paths[i], &error) != 0)
            return complain_error("diff", NULL, &error);
    }
    if (c->outputs[DIFF_JSON].standard && c->outputs[DIFF_CSV].standard)
        return complain_usage("diff", "--json and --csv cannot both go to standard output");
    bool people = !c->outputs[DIFF_JSON].standard && !c->outputs[DIFF_CSV].standard;
    if (people && output_open(&c->text, "-", &error) != 0)
        return complain_error("diff", NULL, &error);
    return STATUS_OK;
}

static int commit(struct output *output, int failed)
{
    struct error error = {0};
    if (failed && !ferror(output->file)) {
        complain("out of memory");
        return STATUS_ERROR;
    }
    return output_commit(output, &error) != 0 ? complain_error("diff", NULL, &error) : STATUS_OK;
}

static int write_outputs(struct diff_command *c, const struct run *run)
{
    int status = STATUS_OK;
    struct diff_report report = {.run = run, .diff = &c->diff, .top = c->top}, people = report;
    people.top = people.top == 0 ? TOP : people.top;
    if (c->outputs[DIFF_JSON].file != NULL)
        status = commit(&c->outputs[DIFF_JSON], diff_write_json(&report, c->outputs[DIFF_JSON].file));
    if (status == STATUS_OK && c->outputs[DIFF_CSV].file != NULL)
        status = commit(&c->outputs[DIFF_CSV], diff_write_csv(&report, c->outputs[DIFF_CSV].file));
    if (status == STATUS_OK && c->text.file != NULL)
        status = commit(&c->text, diff_write_text(&people, c->text.file));
    return status;
}

/* Goes to the first moment: a line is one event at most, so as many lines as events are missing do not go too far. */
static enum run_state go_to(struct run *run, uint64_t event, struct error *error)
{
    enum run_state state = RUN_MORE;
    while (state == RUN_MORE && run_events(run) < event)
        state = run_advance(run, event - run_events(run), error);
    return state;
}

static int diff_trace(struct diff_command *c, const char *argument)
{
    struct replay replay;
    struct error error = {0};
    int status = STATUS_ERROR;
    if (replay_open(&replay, "diff", argument, &c->options) != 0)
        goto done;
    enum run_state state = go_to(&replay.run, c->at[0], &error);
    if (state == RUN_FAILED) {
        complain_error("diff", replay.run.path, &error);
        goto done;
    }
    if (run_events(&replay.run) < c->at[0]) {
        complain("%s ends at event %llu, before the first moment", replay.run.path,
                 (unsigned long long)run_events(&replay.run));
        goto done;
    }
    if (diff_begin(&c->diff, &replay.run, c->by) != 0) {
        complain("out of memory");
        goto done;
    }
    status = replay_finish(&replay);
    if (status != STATUS_ERROR && write_outputs(c, &replay.run) != STATUS_OK)
        status = STATUS_ERROR;
done:
    replay_close(&replay);
    diff_free(&c->diff);
    return status;
}

int command_diff(int argc, char **argv)
{
    struct diff_command c = {.by = HEAP_BY_NAME};
    struct usage usage = {
        .command = COMMAND_diff,
        .text = "TRACE is a file, - for standard input, or lesson:NAME. Without a second --at,\n"
                "the other moment is its end. FILE may be - for standard output. Status as for\n"
                "run; 2 also if the trace ends before the first moment.",
        .specs = specs,
        .count = DIFF_OPTION_COUNT,
        .take = take,
        .self = &c,
        .settings = &c.options.settings,
    };
    enum options_result parsed = options_parse(&usage, &argc, &argv);
    if (parsed != OPTIONS_GO)
        return parsed == OPTIONS_HELP ? STATUS_OK : STATUS_ERROR;
    if (argc != 1)
        return complain_usage("diff", argc == 0 ? "no trace given" : "one trace at a time");
    if (c.moments == 0)
        return complain_usage("diff", "no moment given: --at=N, after event N");
    if (c.moments == 2 && c.at[1] <= c.at[0])
        return complain_usage("diff", "the second moment must be later than the first");
    c.options.until = c.moments == 2 ? c.at[1] : 0;
    int status = open_outputs(&c, argv[0]);
    if (status == STATUS_OK)
        status = diff_trace(&c, argv[0]);
    for (int i = 0; i < OUTPUTS; i++)
        output_discard(&c.outputs[i]);
    output_discard(&c.text);
    return status;
}
