/* sweep.c - "heapreel sweep": a trace under all combinations of values, one row for each. */
#include "cli/axes.h"
#include "cli/commands.h"
#include "cli/experiment_command.h"
#include "cli/experiment_table.h"
#include "cli/message.h"

#define VARY 0   /* the command's own option */
#define SHARED 1 /* where the shared options begin */
#define RUNS_MOST 10000

static const struct option_spec specs[COMPARISON_OPTION_COUNT + 1] = {
    [VARY] = {"vary", "KEY=VALUE,...", "a key and its values; may be given again and again"},
#define X(symbol, name, argument, help, letter) [SHARED + COMPARISON_##symbol] = {name, argument, help},
    COMPARISON_OPTIONS(X)
#undef X
};
static const char letters[] = {' ',
#define X(symbol, name, argument, help, letter) letter,
                               COMPARISON_OPTIONS(X)
#undef X
                                   '\0'};

struct sweep_command {
    struct comparison comparison;
    struct axes axes;
};

static int take(void *self, int index, const char *value, struct error *error)
{
    struct sweep_command *c = self;
    if (index != VARY)
        return comparison_take(&c->comparison, (enum comparison_option)(index - SHARED), value, error);
    return axes_add(&c->axes, "--vary", value, error);
}

static int write(const struct comparison *c, FILE *file)
{
    return experiment_table_sweep(&c->cells, c->path, c->keys, c->key_count, file);
}

static int sweep(struct sweep_command *c, int argc, char **argv)
{
    if (argc != 1)
        return complain_usage("sweep", argc == 0 ? "no trace given" : "sweep takes one trace");
    if (c->axes.list.len == 0)
        return complain_usage("sweep", "nothing to vary: give --vary=KEY=VALUE,VALUE,...");
    if (axes_combinations(&c->axes, RUNS_MOST) > RUNS_MOST)
        return complain_usage("sweep", "more than %d combinations", RUNS_MOST);
    if (axes_cells(&c->axes, &c->comparison.cells) != 0) {
        complain("out of memory");
        return STATUS_ERROR;
    }
    c->comparison.argument = argv[0];
    c->comparison.keys = c->axes.keys;
    c->comparison.key_count = c->axes.list.len;
    c->comparison.refusals = true;
    return comparison_run(&c->comparison, write);
}

int command_sweep(int argc, char **argv)
{
    struct sweep_command c = {.comparison = {.command = COMMAND_sweep}};
    struct usage usage = {
        .command = COMMAND_sweep,
        .text = "Runs the trace under every combination, at most 10000. A value may be a range:\n"
                "LOW..HIGH*FACTOR or LOW..HIGH+STEP, such as 1M..16M*2. A combination that\n"
                "contradicts itself is shown as refused. Expectations of the trace are counted,\n"
                "not told. Status 0: all were run; 2: the trace or a key is wrong, every\n"
                "combination is refused, or something cannot be read or written.",
        .specs = specs,
        .count = COMPARISON_OPTION_COUNT + 1,
        .letters = letters,
        .take = take,
        .self = &c,
        .settings = &c.comparison.cells.settings,
    };
    enum options_result parsed = options_parse(&usage, &argc, &argv);
    int status = parsed == OPTIONS_GO ? sweep(&c, argc, argv) : parsed == OPTIONS_HELP ? STATUS_OK : STATUS_ERROR;
    comparison_free(&c.comparison);
    axes_free(&c.axes);
    return status;
}
