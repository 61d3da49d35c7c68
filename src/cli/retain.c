/* retain.c - "heapreel retain": what the objects of a heap retain, at the end of a trace or at an event. */
#include "report/retain.h"

#include "cli/commands.h"
#include "cli/heap_browse.h"
#include "cli/message.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/replay.h"
#include "cli/screen_options.h"

#include <string.h>

#define TOP 20 /* rows for people */

/* X(symbol, name, argument, help); the outputs first */
#define RETAIN_OPTIONS(X)                                                                                              \
    X(JSON, "json", "FILE", "write the table as JSON, all rows")                                                       \
    X(CSV, "csv", "FILE", "write the table as CSV, all rows")                                                          \
    X(UNTIL, "until", "N", "look at the heap after event N")                                                           \
    X(BY, "by", "WHAT", "a row is an object, name, kind or site (object)")                                             \
    X(TOP, "top", "N", "only the first N rows (20; files: all)")                                                       \
    X(BROWSE, "browse", NULL, "walk through what objects retain, on the terminal")                                     \
    X(ASCII, "ascii", NULL, "browse with ASCII characters only")                                                       \
    X(COLOR, "color", "WHEN", "auto (default), always or never")                                                       \
    X(THEME, "theme", "NAME", "dark (default), light, safe or none")                                                   \
    X(KEYS, "keys", "KEYS", "browse by these keys, and print the last screen")                                         \
    X(SIZE, "size", "WxH", "size of that screen (80x24)")

enum retain_option {
#define X(symbol, name, argument, help) RETAIN_##symbol,
    RETAIN_OPTIONS(X)
#undef X
        RETAIN_OPTION_COUNT
};
#define OUTPUTS 2

static const struct option_spec specs[RETAIN_OPTION_COUNT] = {
#define X(symbol, name, argument, help) [RETAIN_##symbol] = {name, argument, help},
    RETAIN_OPTIONS(X)
#undef X
};

struct retain_command {
    struct run_options options;
    struct retain_report report;
    const char *paths[OUTPUTS];
    struct output outputs[OUTPUTS];
    struct output text; /* for people, on standard output */
    bool browse;
    struct play_options screen; /* how it is drawn */
    const char *keys;
};

static int take_by(struct retain_command *c, const char *value, struct error *error)
{
    c->report.by = heap_by_named(value);
    if (c->report.by != HEAP_BY_COUNT)
        return 0;
    return error_set(error, ERROR_USAGE, 0, 0, "--by %s: expected object, name, kind or site", value);
}

static int take(void *self, int index, const char *value, struct error *error)
{
    struct retain_command *c = self;
    switch ((enum retain_option)index) {
    case RETAIN_UNTIL: return option_number("until", value, &c->options.until, error);
    case RETAIN_BY: return take_by(c, value, error);
    case RETAIN_TOP: return option_number("top", value, &c->report.top, error);
    case RETAIN_BROWSE: c->browse = true; return 0;
    case RETAIN_ASCII: c->screen.ascii = true; return 0;
    case RETAIN_COLOR: return screen_take_color(&c->screen, value, error);
    case RETAIN_THEME: return screen_take_theme(&c->screen, value, error);
    case RETAIN_KEYS: c->keys = value; return 0;
    case RETAIN_SIZE: return screen_take_size(&c->screen, value, error);
    default: c->paths[index] = value; return 0;
    }
}

/* Opens the outputs: the files, or standard output for people. Returns the exit status. */
static int open_outputs(struct retain_command *c, const char *trace)
{
    struct error error = {0};
    const char *json = c->paths[RETAIN_JSON], *csv = c->paths[RETAIN_CSV];
    if (json != NULL && csv != NULL && output_same(json, csv))
        return complain_usage("retain", "--json and --csv would write the same file, %s", csv);
    for (int i = 0; i < OUTPUTS; i++) {
        if (c->paths[i] == NULL)
            continue;
        if (output_same(trace, c->paths[i]))
            return complain_usage("retain", "--%s would replace the trace, %s", specs[i].name, trace);
        if (output_open(&c->outputs[i], c->paths[i], &error) != 0)
            return complain_error("retain", NULL, &error);
    }
    if (c->outputs[RETAIN_JSON].standard && c->outputs[RETAIN_CSV].standard)
        return complain_usage("retain", "--json and --csv cannot both go to standard output");
    bool people = !c->outputs[RETAIN_JSON].standard && !c->outputs[RETAIN_CSV].standard;
    if (people && output_open(&c->text, "-", &error) != 0)
        return complain_error("retain", NULL, &error);
    return STATUS_OK;
}

static int commit(struct output *output, int failed)
{
    struct error error = {0};
    if (failed && !ferror(output->file)) {
        complain("out of memory");
        return STATUS_ERROR;
    }
    return output_commit(output, &error) != 0 ? complain_error("retain", NULL, &error) : STATUS_OK;
}

/* Returns the exit status. */
static int write_outputs(struct retain_command *c)
{
    int status = STATUS_OK;
    struct retain_report people = c->report;
    people.top = people.top == 0 ? TOP : people.top;
    if (status == STATUS_OK && c->outputs[RETAIN_JSON].file != NULL)
        status = commit(&c->outputs[RETAIN_JSON], retain_write_json(&c->report, c->outputs[RETAIN_JSON].file));
    if (status == STATUS_OK && c->outputs[RETAIN_CSV].file != NULL)
        status = commit(&c->outputs[RETAIN_CSV], retain_write_csv(&c->report, c->outputs[RETAIN_CSV].file));
    if (status == STATUS_OK && c->text.file != NULL)
        status = commit(&c->text, retain_write_text(&people, c->text.file));
    return status;
}

/* Browses the heap of the current worker. Returns the exit status. */
static int browse(struct retain_command *c, const struct run *run)
{
    struct error error = {0};
    struct browse_options options = browse_options_of(&c->screen, c->keys, c->text.file);
    const char *title = run->title != NULL ? run->title : run->path;
    if (heap_browse_heap(&run->current->heap, title, &options, &error) != 0)
        return complain_error("retain", NULL, &error);
    return output_commit(&c->text, &error) != 0 ? complain_error("retain", NULL, &error) : STATUS_OK;
}

static int retain_trace(struct retain_command *c, const char *argument)
{
    struct replay replay;
    int status = STATUS_ERROR;
    if (replay_open(&replay, "retain", argument, &c->options) == 0)
        status = replay_finish(&replay);
    c->report.run = &replay.run;
    bool browses = c->browse || c->keys != NULL;
    if (status != STATUS_ERROR && (browses ? browse(c, &replay.run) : write_outputs(c)) != STATUS_OK)
        status = STATUS_ERROR;
    replay_close(&replay);
    return status;
}

int command_retain(int argc, char **argv)
{
    struct retain_command c = {0};
    struct usage usage = {
        .command = COMMAND_retain,
        .text = "TRACE is a file, - for standard input, or lesson:NAME. An object retains what\n"
                "would go with it: all that can only be reached through it. FILE may be - for\n"
                "standard output. Status as for run.",
        .specs = specs,
        .count = RETAIN_OPTION_COUNT,
        .take = take,
        .self = &c,
        .settings = &c.options.settings,
    };
    enum options_result parsed = options_parse(&usage, &argc, &argv);
    if (parsed != OPTIONS_GO)
        return parsed == OPTIONS_HELP ? STATUS_OK : STATUS_ERROR;
    if (argc != 1)
        return complain_usage("retain", argc == 0 ? "no trace given" : "one trace at a time");
    if ((c.browse || c.keys != NULL) && (c.paths[RETAIN_JSON] != NULL || c.paths[RETAIN_CSV] != NULL))
        return complain_usage("retain", "--browse and --keys write no files");
    int status = open_outputs(&c, argv[0]);
    if (status == STATUS_OK)
        status = retain_trace(&c, argv[0]);
    for (int i = 0; i < OUTPUTS; i++)
        output_discard(&c.outputs[i]);
    output_discard(&c.text);
    return status;
}
