/* gen.c - "heapreel gen": made-up programs, as traces. */
#include "formats/gen.h"

#include "cli/commands.h"
#include "cli/message.h"
#include "cli/options.h"
#include "cli/output.h"

#include <string.h>

#define OUTPUT GEN_OPTION_COUNT /* the command's own option, after those of the program */

static const struct option_spec specs[GEN_OPTION_COUNT + 1] = {
#define X(symbol, name, argument, initial, help) [GEN_OPTION_##symbol] = {name, argument, help},
    GEN_OPTIONS(X)
#undef X
        [OUTPUT] = {"output", "FILE", "write it there, not to standard output"},
};

_Static_assert(GEN_OPTION_COUNT == 16, "the letters of command_gen stand behind as many blanks");

struct gen_command {
    struct gen gen;
    struct settings settings;
    const char *path;
};

static int take(void *self, int index, const char *value, struct error *error)
{
    struct gen_command *c = self;
    if (index == OUTPUT) {
        c->path = value;
        return 0;
    }
    return gen_set(&c->gen, (enum gen_option)index, value, error);
}

/* Returns the exit status. */
static int write_program(const struct gen_command *c)
{
    struct error error = {0};
    struct config config;
    struct output out;
    if (settings_resolve(&c->settings, &config, &error) != 0 ||
        output_open(&out, c->path == NULL ? "-" : c->path, &error) != 0) {
        return complain_error("gen", NULL, &error);
    }
    if (gen_write(&c->gen, &c->settings, out.file, &error) != 0 && error.kind != ERROR_NONE) {
        output_discard(&out);
        return complain_error("gen", NULL, &error);
    }
    return output_commit(&out, &error) != 0 ? complain_error("gen", NULL, &error) : STATUS_OK;
}

/* Appends a line of a list to a text of at most room bytes. */
static void add_line(char *text, size_t room, const char *word, const char *help)
{
    size_t len = strlen(text);
    snprintf(text + len, room - len, "  %-19s%s\n", word, help);
}

/* Makes the paragraph of the help from the words of the tables. */
static void explain(char *text, size_t room)
{
    snprintf(text, room,
             "Each object has a lifetime, counted in allocations; then the program lets go of\n"
             "it. The same options make the same trace on every machine. DIST is one of\n");
#define X(symbol, word, syntax, help) add_line(text, room, syntax, help);
    DRAW_SHAPES(X)
#undef X
    add_line(text, room, "WEIGHT*DIST,...", "a mixture, such as 9*exponential:50,1*uniform:1k:64k");
    size_t len = strlen(text);
    snprintf(text + len, room - len, "SHAPE tells how the program holds its objects:\n");
#define X(symbol, word, help) add_line(text, room, word, help);
    GEN_GRAPHS(X)
#undef X
    len = strlen(text);
    snprintf(text + len, room - len, "MIX is [WEIGHT*]KIND,... The configuration is written into the trace.");
}

int command_gen(int argc, char **argv)
{
    struct gen_command c = {0};
    char text[2048];
    explain(text, sizeof text);
    struct usage usage = {
        .command = COMMAND_gen,
        .text = text,
        .specs = specs,
        .count = GEN_OPTION_COUNT + 1,
        .letters = "                o", /* as many blanks as GEN_OPTIONS */
        .take = take,
        .self = &c,
        .settings = &c.settings,
    };
    struct error error = {0};
    if (gen_init(&c.gen, &error) != 0) {
        gen_free(&c.gen);
        return complain_error("gen", NULL, &error);
    }
    int status = STATUS_ERROR;
    enum options_result parsed = options_parse(&usage, &argc, &argv);
    if (parsed != OPTIONS_GO)
        status = parsed == OPTIONS_HELP ? STATUS_OK : STATUS_ERROR;
    else if (argc > 0)
        status = complain_usage("gen", "gen takes no arguments but options");
    else
        status = write_program(&c);
    gen_free(&c.gen);
    return status;
}
