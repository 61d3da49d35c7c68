/* play.c - "heapreel play": a trace on the terminal's screen. */
#include "base/text.h"
#include "cli/commands.h"
#include "cli/lesson_list.h"
#include "cli/message.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/screen_options.h"
#include "cli/traces.h"
#include "tui/tui.h"

#include <stdlib.h>
#include <string.h>

/* What is played if no trace is given. */
#define TOUR "lesson:tour"

/* X(member, option, argument, help) */
#define PLAY_OPTIONS(X)                                                                                                \
    X(ASCII, "ascii", NULL, "draw with ASCII characters only")                                                         \
    X(PRESENTER, "presenter", NULL, "begin with the screen for a room: heap and sentence")                             \
    X(COLOR, "color", "WHEN", "auto (default), always or never")                                                       \
    X(THEME, "theme", "NAME", "dark (default), light, safe or none")                                                   \
    X(SCRIPT, "script", "FILE", "take keys from a file, without a terminal")                                           \
    X(DUMP, "dump", "FILE", "write the last screen as text, without a terminal")                                       \
    X(SIZE, "size", "WxH", "size of the screen without a terminal (80x24)")                                            \
    X(WITH, "with", "KEY=VALUE,...", "the same trace beside it, with another configuration")                           \
    X(MEMORY, "memory", "SIZE", "memory for going back quickly (256M)")

enum play_option {
#define X(symbol, name, argument, help) PLAY_##symbol,
    PLAY_OPTIONS(X)
#undef X
        PLAY_OPTION_COUNT
};

static const struct option_spec specs[PLAY_OPTION_COUNT] = {
#define X(symbol, name, argument, help) [PLAY_##symbol] = {name, argument, help},
    PLAY_OPTIONS(X)
#undef X
};

/* Where the options are stored. */
struct play {
    struct play_options options;
    const char *with; /* KEY=VALUE,...: changes what the other options set, so it is read after them; or NULL */
    struct settings beside;
};

/* Reads KEY=VALUE,... into settings. */
static int take_with(struct settings *settings, const char *text, struct error *error)
{
    for (;;) {
        size_t len = strcspn(text, ",");
        const char *equals = memchr(text, '=', len);
        if (equals == NULL) {
            struct text_quoted quoted;
            return error_set(error, ERROR_USAGE, 0, 0, "--with needs KEY=VALUE, not \"%s\"",
                             text_quote(&quoted, text, len));
        }
        if (settings_set(settings, SETTING_OPTION, text, (size_t)(equals - text), equals + 1,
                         len - (size_t)(equals + 1 - text), error) != 0) {
            return -1;
        }
        if (text[len] == '\0')
            return 0;
        text += len + 1;
    }
}

static int take(void *self, int index, const char *value, struct error *error)
{
    struct play *play = self;
    struct play_options *options = &play->options;
    switch ((enum play_option)index) {
    case PLAY_ASCII: options->ascii = true; return 0;
    case PLAY_PRESENTER: options->presenter = true; return 0;
    case PLAY_COLOR: return screen_take_color(options, value, error);
    case PLAY_THEME: return screen_take_theme(options, value, error);
    case PLAY_SCRIPT: options->script = value; return 0;
    case PLAY_DUMP: options->dump = value; return 0;
    case PLAY_WITH: play->with = value; return 0;
    case PLAY_MEMORY: return screen_take_memory(options, value, error);
    default: return screen_take_size(options, value, error);
    }
}

/* Refuses a screen that would replace the trace, and two readers of standard input. Returns the exit status. */
static int check_files(const struct play_options *options)
{
    const char *script = options->script, *dump = options->dump;
    if (dump != NULL && output_same(options->path, dump))
        return complain_usage("play", "--dump would replace the trace, %s", options->path);
    if (dump != NULL && script != NULL && output_same(script, dump))
        return complain_usage("play", "--dump would replace the script, %s", script);
    if (script != NULL && strcmp(script, "-") == 0 && strcmp(options->path, "-") == 0)
        return complain_usage("play", "the script and the trace cannot both be standard input");
    return STATUS_OK;
}

int command_play(int argc, char **argv)
{
    struct play play = {.options = {.outputs = output_all(), .lessons = lesson_list_read}};
    struct play_options *options = &play.options;
    struct usage usage = {
        .command = COMMAND_play,
        .text = "TRACE is a file, - for standard input, or lesson:NAME; without it, " TOUR ".\n"
                "The key ? shows what the other keys do.",
        .specs = specs,
        .count = PLAY_OPTION_COUNT,
        .take = take,
        .self = &play,
        .settings = &options->settings,
    };
    enum options_result parsed = options_parse(&usage, &argc, &argv);
    if (parsed != OPTIONS_GO)
        return parsed == OPTIONS_HELP ? STATUS_OK : STATUS_ERROR;
    if (argc > 1)
        return complain_usage("play", "play takes one trace, not %d", argc);
    struct error error = {0};
    if (play.with != NULL) {
        play.beside = options->settings;
        options->with = &play.beside;
        if (take_with(&play.beside, play.with, &error) != 0)
            return complain_error("play", NULL, &error);
    }
    char *path = trace_resolve(argc == 1 ? argv[0] : TOUR, &error);
    if (path == NULL)
        return complain_error("play", NULL, &error);
    options->path = path;
    int status = check_files(options);
    bool of_trace = true;
    if (status == STATUS_OK && (status = tui_play(options, &error, &of_trace)) < 0)
        status = complain_error("play", of_trace ? path : NULL, &error);
    free(path);
    return status;
}
