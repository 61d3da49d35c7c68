/* heap.c - "heapreel heap": what fills the heap of a real program, from a snapshot of it; or from two, what changed. */
#include "snapshot/print.h"

#include "cli/commands.h"
#include "cli/heap_browse.h"
#include "cli/message.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/screen_options.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TOP 20

/* X(symbol, name, argument, help) */
#define HEAP_OPTIONS(X)                                                                                                \
    X(JSON, "json", "FILE", "write sums, classes and largest objects as JSON")                                         \
    X(BY, "by", "WHAT", "order classes by retained, self or count (retained)")                                         \
    X(TOP, "top", "N", "rows of a list (20)")                                                                          \
    X(CLASS, "class", "NAME", "list the largest objects of a class")                                                   \
    X(WHY, "why", "ID", "show what keeps a node alive")                                                                \
    X(DUPLICATES, "duplicates", NULL, "list texts that several strings have")                                          \
    X(BATCH, "batch", NULL, "print, also on a terminal")                                                               \
    X(ASCII, "ascii", NULL, "browse with ASCII characters only")                                                       \
    X(COLOR, "color", "WHEN", "auto (default), always or never")                                                       \
    X(THEME, "theme", "NAME", "dark (default), light, safe or none")                                                   \
    X(KEYS, "keys", "KEYS", "browse by these keys, and print the last screen")                                         \
    X(SIZE, "size", "WxH", "size of that screen (80x24)")

enum heap_option {
#define X(symbol, name, argument, help) HEAP_##symbol,
    HEAP_OPTIONS(X)
#undef X
        HEAP_OPTION_COUNT
};

static const struct option_spec specs[HEAP_OPTION_COUNT] = {
#define X(symbol, name, argument, help) [HEAP_##symbol] = {name, argument, help},
    HEAP_OPTIONS(X)
#undef X
};

struct heap_command {
    struct heap_options options;
    const char *json, *class;
    uint64_t why;
    bool asks_why, duplicates, batch;
    struct play_options screen; /* how it is drawn */
    const char *keys;
    struct analysis analysis[2];
    struct output output;
};

static int take_by(struct heap_command *c, const char *value, struct error *error)
{
    static const char *const words[] = {
        [CLASSES_BY_RETAINED] = "retained", [CLASSES_BY_SELF] = "self", [CLASSES_BY_COUNT] = "count"};
    for (unsigned by = 0; by < sizeof words / sizeof words[0]; by++) {
        if (strcmp(value, words[by]) == 0) {
            c->options.by = (enum class_order)by;
            return 0;
        }
    }
    return error_set(error, ERROR_USAGE, 0, 0, "--by %s: expected retained, self or count", value);
}

static int take(void *self, int index, const char *value, struct error *error)
{
    struct heap_command *c = self;
    switch ((enum heap_option)index) {
    case HEAP_JSON: c->json = value; return 0;
    case HEAP_BY: return take_by(c, value, error);
    case HEAP_TOP: return option_number("top", value, &c->options.top, error);
    case HEAP_CLASS: c->class = value; return 0;
    case HEAP_WHY:
        c->asks_why = true;
        value += *value == '@';
        if (text_number(value, strlen(value), &c->why) == TEXT_OK)
            return 0;
        return error_set(error, ERROR_USAGE, 0, 0, "--why must be the id of a node, not \"%s\"", value);
    case HEAP_DUPLICATES: c->duplicates = true; return 0;
    case HEAP_ASCII: c->screen.ascii = true; return 0;
    case HEAP_COLOR: return screen_take_color(&c->screen, value, error);
    case HEAP_THEME: return screen_take_theme(&c->screen, value, error);
    case HEAP_KEYS: c->keys = value; return 0;
    case HEAP_SIZE: return screen_take_size(&c->screen, value, error);
    default: c->batch = true; return 0;
    }
}

/* Writes the parts that are asked for. 0 or -1; *status becomes 1 if something asked for is not there. */
static int write_parts(struct heap_command *c, FILE *out, int *status)
{
    const struct analysis *a = &c->analysis[0];
    if (c->asks_why) {
        uint32_t node = snapshot_find(&a->snapshot, c->why);
        if (node != NO_NODE)
            return heap_print_why(a, node, &c->options, out);
        complain("%s: no node has the id %" PRIu64, c->options.path, c->why);
        *status = STATUS_NO;
        return 0;
    }
    if (c->class != NULL) {
        uint32_t class = analysis_find_class(a, c->class);
        if (class != NO_CLASS)
            return heap_print_class(a, class, &c->options, out);
        complain("%s: no class \"%s\"", c->options.path, c->class);
        *status = STATUS_NO;
        return 0;
    }
    return c->duplicates ? heap_print_duplicates(a, &c->options, out) : heap_print(a, &c->options, out);
}

/* Is the user there to browse? Asking for something in particular, or for JSON, is no browsing. */
static bool browses(const struct heap_command *c, int files)
{
    bool asked = c->asks_why || c->class != NULL || c->duplicates || c->json != NULL || c->batch || files == 2;
    return c->keys != NULL || (!asked && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO));
}

static int browse(struct heap_command *c, FILE *out, struct error *error)
{
    struct browse_options options = browse_options_of(&c->screen, c->keys, out);
    return heap_browse_snapshot(&c->analysis[0], c->options.path, &options, error);
}

static int write_comparison(struct heap_command *c, FILE *out)
{
    struct changes changes;
    int failed =
        changes_make(&changes, &c->analysis[0], &c->analysis[1]) || heap_print_changes(&changes, &c->options, out);
    changes_free(&changes);
    return failed ? -1 : 0;
}

/* Returns the exit status. */
static int write_output(struct heap_command *c, int files)
{
    struct error error = {0};
    int status = STATUS_OK;
    FILE *out = c->output.file;
    if (browses(c, files) && browse(c, out, &error) != 0)
        return complain_error("heap", NULL, &error);
    if (browses(c, files))
        return output_commit(&c->output, &error) != 0 ? complain_error("heap", NULL, &error) : status;
    int failed = files == 2        ? write_comparison(c, out)
                 : c->json != NULL ? heap_write_json(&c->analysis[0], &c->options, out)
                                   : write_parts(c, out, &status);
    if (failed && !ferror(out)) {
        complain("out of memory");
        return STATUS_ERROR;
    }
    return output_commit(&c->output, &error) != 0 ? complain_error("heap", NULL, &error) : status;
}

static int analyse(struct heap_command *c, int files, char **paths)
{
    struct error error = {0};
    if (c->json != NULL)
        for (int i = 0; i < files; i++)
            if (output_same(paths[i], c->json))
                return complain_usage("heap", "--json would replace the snapshot, %s", paths[i]);
    if (output_open(&c->output, c->json != NULL ? c->json : "-", &error) != 0)
        return complain_error("heap", NULL, &error);
    for (int i = 0; i < files; i++)
        if (analysis_open(&c->analysis[i], paths[i], getenv("TMPDIR"), &error) != 0)
            return complain_error("heap", paths[i], &error);
    return write_output(c, files);
}

int command_heap(int argc, char **argv)
{
    struct heap_command c = {.options = {.top = TOP}};
    struct usage usage = {
        .command = COMMAND_heap,
        .text = "FILE is a heap snapshot (.heapsnapshot), - for standard input; it can be\n"
                "compressed by gzip or zstd. Two files of one process are compared. On a\n"
                "terminal, one file is browsed, unless something in particular is asked for.\n"
                "Status 1: no such node or class.",
        .specs = specs,
        .count = HEAP_OPTION_COUNT,
        .take = take,
        .self = &c,
    };
    enum options_result parsed = options_parse(&usage, &argc, &argv);
    if (parsed != OPTIONS_GO)
        return parsed == OPTIONS_HELP ? STATUS_OK : STATUS_ERROR;
    if (argc != 1 && argc != 2)
        return complain_usage("heap", argc == 0 ? "no snapshot given" : "two snapshots at most");
    c.options.path = argv[0];
    int asked = c.asks_why + (c.class != NULL) + c.duplicates + (c.json != NULL);
    if (asked > 1 || (argc == 2 && asked > 0))
        return complain_usage("heap", "--json, --class, --why and --duplicates are for one snapshot, and not together");
    int status = analyse(&c, argc, argv);
    output_discard(&c.output);
    for (int i = 0; i < argc; i++)
        analysis_close(&c.analysis[i]);
    return status;
}
