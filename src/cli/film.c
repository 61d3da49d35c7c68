/* film.c - "heapreel film": a trace as it is played, in a file for slides. */
#include "cli/commands.h"
#include "cli/message.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/screen_options.h"
#include "cli/traces.h"
#include "tui/filming.h"
#include "tui/tui.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

/* X(member, letter, option, argument, help) */
#define FILM_OPTIONS(X)                                                                                                \
    X(OUTPUT, "o", "output", "FILE", "the film: its name ends in .cast, .svg or .html")                                \
    X(SCRIPT, " ", "script", "FILE", "film what these keys do")                                                        \
    X(SIZE, " ", "size", "WxH", "columns and rows of the screen (80x24)")                                              \
    X(THEME, " ", "theme", "NAME", "dark (default), light, safe or none")                                              \
    X(ASCII, " ", "ascii", NULL, "draw with ASCII characters only")                                                    \
    X(COLOR, " ", "color", "WHEN", "auto (default), always or never")                                                  \
    X(MEMORY, " ", "memory", "SIZE", "memory for going back quickly (256M)")

enum film_option {
#define X(symbol, letter, name, argument, help) FILM_##symbol,
    FILM_OPTIONS(X)
#undef X
        FILM_OPTION_COUNT
};

static const struct option_spec specs[FILM_OPTION_COUNT] = {
#define X(symbol, letter, name, argument, help) [FILM_##symbol] = {name, argument, help},
    FILM_OPTIONS(X)
#undef X
};

#define X(symbol, letter, name, argument, help) letter
static const char letters[] = FILM_OPTIONS(X);
#undef X

static int take(void *self, int index, const char *value, struct error *error)
{
    struct play_options *options = self;
    switch ((enum film_option)index) {
    case FILM_OUTPUT: options->film = value; return 0;
    case FILM_SCRIPT: options->script = value; return 0;
    case FILM_SIZE: return screen_take_size(options, value, error);
    case FILM_THEME: return screen_take_theme(options, value, error);
    case FILM_ASCII: options->ascii = true; return 0;
    case FILM_COLOR: return screen_take_color(options, value, error);
    default: return screen_take_memory(options, value, error);
    }
}

/* Refuses what would replace the trace or the script, and two readers of standard input. Returns the exit status. */
static int check_files(const struct play_options *options)
{
    const char *script = options->script, *film = options->film;
    if (output_same(options->path, film))
        return complain_usage("film", "-o would replace the trace, %s", options->path);
    if (script != NULL && output_same(script, film))
        return complain_usage("film", "-o would replace the script, %s", script);
    if (script != NULL && strcmp(script, "-") == 0 && strcmp(options->path, "-") == 0)
        return complain_usage("film", "the script and the trace cannot both be standard input");
    return STATUS_OK;
}

/* Makes the film of the trace at path. Returns the exit status. */
static int make(struct play_options *options, char *path)
{
    struct error error = {0};
    bool of_trace = true;
    options->path = path;
    setlocale(LC_CTYPE,
              "C.UTF-8"); /* the widths of characters do not depend on who films; if there is no such: as is */
    int status = check_files(options);
    if (status == STATUS_OK && (status = tui_play(options, &error, &of_trace)) < 0)
        status = complain_error("film", of_trace ? path : NULL, &error);
    return status;
}

int command_film(int argc, char **argv)
{
    struct play_options options = {.outputs = output_all()};
    struct usage usage = {
        .command = COMMAND_film,
        .text = "TRACE is a file, - for standard input, or lesson:NAME. It is played as the space\n"
                "bar does; each question is answered when it has been read. No clock is asked:\n"
                "the same trace gives the same bytes everywhere.",
        .specs = specs,
        .count = FILM_OPTION_COUNT,
        .letters = letters,
        .take = take,
        .self = &options,
        .settings = &options.settings,
    };
    enum options_result parsed = options_parse(&usage, &argc, &argv);
    if (parsed != OPTIONS_GO)
        return parsed == OPTIONS_HELP ? STATUS_OK : STATUS_ERROR;
    if (argc != 1)
        return complain_usage("film", "film takes one trace, not %d", argc);
    if (options.film == NULL)
        return complain_usage("film", "film needs -o FILE");
    if (!filming_knows(options.film))
        return complain_usage("film", "the film's name must end in .cast, .svg or .html: %s", options.film);
    const char *no_color = getenv("NO_COLOR");
    if (options.colors == COLORS_AUTO && no_color != NULL && *no_color != '\0')
        options.colors = COLORS_NEVER;
    struct error error = {0};
    char *path = trace_resolve(argv[0], &error);
    if (path == NULL)
        return complain_error("film", NULL, &error);
    int status = make(&options, path);
    free(path);
    return status;
}
