/* sweep.c - "heapreel sweep": a trace under all combinations of values, one row for each. */
#include "cli/commands.h"
#include "cli/experiment_command.h"
#include "cli/experiment_table.h"
#include "cli/message.h"

#include <stdlib.h>
#include <string.h>

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
    VEC(struct axis) axes;
    const char **keys;        /* owned: of the axes */
    struct variant *variants; /* owned: of all cells */
};

static int take(void *self, int index, const char *value, struct error *error)
{
    struct sweep_command *c = self;
    if (index != VARY)
        return comparison_take(&c->comparison, (enum comparison_option)(index - SHARED), value, error);
    if (vec_push(&c->axes, ((struct axis){0})))
        return error_memory(error);
    struct axis *axis = &c->axes.data[c->axes.len - 1];
    if (axis_parse(axis, value, error) != 0)
        return -1;
    for (const struct axis *other = c->axes.data; other < axis; other++)
        if (strcmp(other->key, axis->key) == 0)
            return error_set(error, ERROR_USAGE, 0, 0, "--vary %s is given twice", axis->key);
    return 0;
}

static int write(const struct comparison *c, FILE *file)
{
    return experiment_table_sweep(&c->cells, c->path, c->keys, c->key_count, file);
}

/* The number of combinations; more than RUNS_MOST if there are too many. */
static size_t combinations(const struct sweep_command *c)
{
    size_t count = 1;
    for (size_t i = 0; i < c->axes.len && count <= RUNS_MOST; i++)
        count *= c->axes.data[i].values.list.len;
    return count;
}

/* Makes a cell for each of count combinations; the values of the last key change first. 0, or -1 without memory. */
static int make_cells(struct sweep_command *c, size_t count)
{
    struct cells *cells = &c->comparison.cells;
    size_t axes = c->axes.len;
    c->keys = calloc(axes, sizeof *c->keys);
    c->variants = calloc(count * axes, sizeof *c->variants);
    if (c->keys == NULL || c->variants == NULL || vec_reserve(&cells->list, count))
        return -1;
    for (size_t i = 0; i < count; i++) {
        struct variant *variants = &c->variants[i * axes];
        size_t rest = i;
        for (size_t k = axes; k-- > 0;) {
            const struct variants *values = &c->axes.data[k].values;
            variants[k] = values->list.data[rest % values->list.len];
            rest /= values->list.len;
        }
        cells->list.data[cells->list.len++] = (struct cell){.variants = variants, .variant_count = axes};
    }
    for (size_t k = 0; k < axes; k++)
        c->keys[k] = c->axes.data[k].key;
    return 0;
}

static int sweep(struct sweep_command *c, int argc, char **argv)
{
    if (argc != 1)
        return complain_usage("sweep", argc == 0 ? "no trace given" : "sweep takes one trace");
    if (c->axes.len == 0)
        return complain_usage("sweep", "nothing to vary: give --vary=KEY=VALUE,VALUE,...");
    size_t count = combinations(c);
    if (count > RUNS_MOST)
        return complain_usage("sweep", "more than %d combinations", RUNS_MOST);
    if (make_cells(c, count) != 0) {
        complain("out of memory");
        return STATUS_ERROR;
    }
    c->comparison.argument = argv[0];
    c->comparison.keys = c->keys;
    c->comparison.key_count = c->axes.len;
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
    for (size_t i = 0; i < c.axes.len; i++)
        axis_free(&c.axes.data[i]);
    vec_free(&c.axes);
    free(c.keys);
    free(c.variants);
    return status;
}
