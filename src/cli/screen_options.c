/* screen_options.c - reads the options of the commands that draw the screen. */
#include "cli/screen_options.h"

#include "base/text.h"

#include <string.h>

int screen_take_color(struct play_options *options, const char *value, struct error *error)
{
    static const char *const words[] = {"auto", "always", "never"};
    for (unsigned i = 0; i < 3; i++) {
        if (strcmp(value, words[i]) == 0) {
            options->colors = (enum color_mode)i;
            return 0;
        }
    }
    struct text_quoted quoted;
    return error_set(error, ERROR_USAGE, 0, 0, "--color must be auto, always or never, not \"%s\"",
                     text_quote(&quoted, value, strlen(value)));
}

int screen_take_theme(struct play_options *options, const char *value, struct error *error)
{
    if (theme_named(value, strlen(value), &options->theme))
        return 0;
    struct text_quoted quoted;
    return error_set(error, ERROR_USAGE, 0, 0, "--theme must be dark, light, safe or none, not \"%s\"",
                     text_quote(&quoted, value, strlen(value)));
}

#define SIZE_MOST 1000

int screen_take_size(struct play_options *options, const char *value, struct error *error)
{
    const char *x = strchr(value, 'x');
    uint64_t width, height;
    if (x == NULL || text_number(value, (size_t)(x - value), &width) != TEXT_OK ||
        text_number(x + 1, strlen(x + 1), &height) != TEXT_OK || width == 0 || height == 0 || width > SIZE_MOST ||
        height > SIZE_MOST) {
        struct text_quoted quoted;
        return error_set(error, ERROR_USAGE, 0, 0, "--size must be WIDTHxHEIGHT, up to %dx%d, not \"%s\"", SIZE_MOST,
                         SIZE_MOST, text_quote(&quoted, value, strlen(value)));
    }
    options->width = (unsigned)width;
    options->height = (unsigned)height;
    return 0;
}

int screen_take_memory(struct play_options *options, const char *value, struct error *error)
{
    struct text_quoted quoted;
    if (text_size(value, strlen(value), &options->budget) != TEXT_OK || options->budget == 0) {
        return error_set(error, ERROR_USAGE, 0, 0, "--memory must be a size such as 256M, not \"%s\"",
                         text_quote(&quoted, value, strlen(value)));
    }
    return 0;
}
