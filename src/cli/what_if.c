/*
 * what_if.c - "heapreel what-if": from the log of a program that ran, what other flags would have done to it: a program
 * is made up from the log, tried under the log's own flags, and run under all combinations of the values given.
 */
#include "base/writer.h"
#include "cli/axes.h"
#include "cli/commands.h"
#include "cli/experiment_command.h"
#include "cli/experiment_table.h"
#include "cli/gclog_run.h"
#include "cli/message.h"

#include <stdlib.h>
#include <string.h>

/* V8's flags for which a list of values can be given, in V8's units. X(symbol, name, unit, help) */
#define WHAT_IF_FLAGS(X)                                                                                               \
    X(MAX_SEMI, "max-semi-space-size", "M", "largest semispaces to try, MB")                                           \
    X(MIN_SEMI, "min-semi-space-size", "M", "first semispaces to try, MB")                                             \
    X(MAX_OLD, "max-old-space-size", "M", "largest old generations to try, MB")                                        \
    X(GROWTH, "semi-space-growth-factor", "", "growth factors of semispaces to try")

enum {
#define X(symbol, name, unit, help) WHAT_IF_##symbol,
    WHAT_IF_FLAGS(X)
#undef X
        WHAT_IF_VARY,
    WHAT_IF_STRICT,
    WHAT_IF_SHARED /* where the shared options begin */
};

static const struct {
    const char *key, *unit;
} flags[] = {
#define X(symbol, name, unit, help) {name, unit},
    WHAT_IF_FLAGS(X)
#undef X
};

static const struct option_spec specs[WHAT_IF_SHARED + COMPARISON_OPTION_COUNT] = {
#define X(symbol, name, unit, help) [WHAT_IF_##symbol] = {name, "N,N...", help},
    WHAT_IF_FLAGS(X)
#undef X
        [WHAT_IF_VARY] = {"vary", "KEY=VALUE,...", "any key and its values, as for sweep"},
    [WHAT_IF_STRICT] = {"strict", NULL, "status 1 if the answer is not to be trusted"},
#define X(symbol, name, argument, help, letter) [WHAT_IF_SHARED + COMPARISON_##symbol] = {name, argument, help},
    COMPARISON_OPTIONS(X)
#undef X
};
static const char letters[] = {' ',
                               ' ',
                               ' ',
                               ' ',
                               ' ',
                               ' ',
#define X(symbol, name, argument, help, letter) letter,
                               COMPARISON_OPTIONS(X)
#undef X
                                   '\0'};

#define RUNS_MOST 1000

struct what_if_command {
    struct comparison comparison; /* first: see write */
    struct axes axes;
    const char *log;
    bool strict;
};

/* N,N of a flag becomes KEY=NM,NM. */
static int add_flag(struct what_if_command *c, int flag, const char *value, struct error *error)
{
    struct out out;
    out_to_memory(&out);
    out_words(&out, flags[flag].key);
    out_char(&out, '=');
    for (; *value != '\0'; value++) {
        if (*value == ',')
            out_words(&out, flags[flag].unit);
        out_char(&out, *value);
    }
    out_words(&out, flags[flag].unit);
    char *text = out_take(&out);
    int failed = text == NULL ? error_memory(error) : axes_add(&c->axes, "a list for", text, error);
    free(text);
    return failed;
}

static int take(void *self, int index, const char *value, struct error *error)
{
    struct what_if_command *c = self;
    if (index >= WHAT_IF_SHARED)
        return comparison_take(&c->comparison, (enum comparison_option)(index - WHAT_IF_SHARED), value, error);
    if (index == WHAT_IF_STRICT)
        c->strict = true;
    else
        return index == WHAT_IF_VARY ? axes_add(&c->axes, "a list for", value, error)
                                     : add_flag(c, index, value, error);
    return 0;
}

static int write(const struct comparison *c, FILE *file)
{
    const char *log = ((const struct what_if_command *)c)->log; /* its first member */
    if (experiment_table_sweep(&c->cells, log, c->keys, c->key_count, file))
        return -1;
    fputs("\nScavenges, and what they copy, are near those of the real program (within a tenth\n"
          "in most trials). Full collections are a rough figure, and times are simulated:\n"
          "compare them with each other, not with the log.\n",
          file);
    return ferror(file) ? -1 : 0;
}

/* Returns the exit status. */
static int run_all(struct what_if_command *c)
{
    struct gclog_run it;
    int status = gclog_run_open(&it, "what-if", c->log, c->log), trusted = STATUS_OK;
    if (status == STATUS_OK)
        trusted = gclog_run_make(&it, "what-if", &c->comparison.cells.settings);
    if (trusted == STATUS_ERROR)
        status = STATUS_ERROR;
    if (status == STATUS_OK && axes_cells(&c->axes, &c->comparison.cells) != 0) {
        complain("out of memory");
        status = STATUS_ERROR;
    }
    if (status == STATUS_OK) {
        c->comparison.argument = it.path;
        c->comparison.keys = c->axes.keys;
        c->comparison.key_count = c->axes.list.len;
        c->comparison.refusals = true;
        status = comparison_run(&c->comparison, write);
    }
    gclog_run_close(&it);
    return status == STATUS_OK && c->strict ? trusted : status;
}

static int what_if(struct what_if_command *c, int argc, char **argv)
{
    if (argc != 1)
        return complain_usage("what-if", argc == 0 ? "no log given" : "one log at a time");
    if (c->axes.list.len == 0)
        return complain_usage("what-if", "no values to try: give --max-semi-space-size=16,32,64, for example");
    if (axes_combinations(&c->axes, RUNS_MOST) > RUNS_MOST)
        return complain_usage("what-if", "more than %d combinations", RUNS_MOST);
    c->log = argv[0];
    return run_all(c);
}

int command_what_if(int argc, char **argv)
{
    struct what_if_command c = {.comparison = {.command = COMMAND_what_if}};
    struct usage usage = {
        .command = COMMAND_what_if,
        .text = "LOG is what node --trace-gc-nvp app.js printed, or the JSON of v8.GCProfiler. A\n"
                "program with the same collections is made up from it, and run under each\n"
                "combination of the values. Flags of the log's own run are given as --set.\n"
                "Status 2: the log cannot be read, or says too little.",
        .specs = specs,
        .count = (int)(sizeof specs / sizeof specs[0]),
        .letters = letters,
        .take = take,
        .self = &c,
        .settings = &c.comparison.cells.settings,
    };
    enum options_result parsed = options_parse(&usage, &argc, &argv);
    int status = parsed == OPTIONS_GO ? what_if(&c, argc, argv) : parsed == OPTIONS_HELP ? STATUS_OK : STATUS_ERROR;
    comparison_free(&c.comparison);
    axes_free(&c.axes);
    return status;
}
