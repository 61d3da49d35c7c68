/* compare.c - "heapreel compare": a trace under several configurations, one column for each. */
#include "cli/commands.h"
#include "cli/experiment_command.h"
#include "cli/experiment_table.h"
#include "cli/message.h"

#include <stdlib.h>

#define WITH 0   /* the command's own option */
#define SHARED 1 /* where the shared options begin */

static const struct option_spec specs[COMPARISON_OPTION_COUNT + 1] = {
    [WITH] = {"with", "KEY=VALUE,...", "a configuration; may be given again and again"},
#define X(symbol, name, argument, help, letter) [SHARED + COMPARISON_##symbol] = {name, argument, help},
    COMPARISON_OPTIONS(X)
#undef X
};
static const char letters[] = {' ',
#define X(symbol, name, argument, help, letter) letter,
                               COMPARISON_OPTIONS(X)
#undef X
                                   '\0'};

struct compare_command {
    struct comparison comparison;
    VEC(struct variants) with;
};

static int take(void *self, int index, const char *value, struct error *error)
{
    struct compare_command *c = self;
    if (index != WITH)
        return comparison_take(&c->comparison, (enum comparison_option)(index - SHARED), value, error);
    if (vec_push(&c->with, ((struct variants){0})))
        return error_memory(error);
    return choices_parse(&c->with.data[c->with.len - 1], value, error);
}

static int write(const struct comparison *c, FILE *file)
{
    return experiment_table_compare(&c->cells, c->path, file);
}

/* Makes a cell for the configuration as it is, and one for each --with. 0, or -1 without memory. */
static int make_cells(struct compare_command *c)
{
    struct cells *cells = &c->comparison.cells;
    if (vec_push(&cells->list, ((struct cell){0})))
        return -1;
    for (size_t i = 0; i < c->with.len; i++) {
        const struct variants *with = &c->with.data[i];
        if (vec_push(&cells->list, ((struct cell){.variants = with->list.data, .variant_count = with->list.len})))
            return -1;
    }
    return 0;
}

static int compare(struct compare_command *c, int argc, char **argv)
{
    if (argc != 1)
        return complain_usage("compare", argc == 0 ? "no trace given" : "compare takes one trace");
    if (c->with.len == 0)
        return complain_usage("compare", "nothing to compare with: give --with=KEY=VALUE,...");
    if (make_cells(c) != 0) {
        complain("out of memory");
        return STATUS_ERROR;
    }
    c->comparison.argument = argv[0];
    return comparison_run(&c->comparison, write);
}

int command_compare(int argc, char **argv)
{
    struct compare_command c = {.comparison = {.command = COMMAND_compare}};
    struct usage usage = {
        .command = COMMAND_compare,
        .text = "The first column, A, is the trace as \"heapreel run\" has it; the others differ by\n"
                "what --with sets. Expectations of the trace are counted, not told. Status 0: all\n"
                "were run; 2: the trace or a configuration is wrong, or something cannot be read\n"
                "or written.",
        .specs = specs,
        .count = COMPARISON_OPTION_COUNT + 1,
        .letters = letters,
        .take = take,
        .self = &c,
        .settings = &c.comparison.cells.settings,
    };
    enum options_result parsed = options_parse(&usage, &argc, &argv);
    int status = parsed == OPTIONS_GO ? compare(&c, argc, argv) : parsed == OPTIONS_HELP ? STATUS_OK : STATUS_ERROR;
    comparison_free(&c.comparison);
    for (size_t i = 0; i < c.with.len; i++)
        choices_free(&c.with.data[i]);
    vec_free(&c.with);
    return status;
}
