/* browse_run.c - the browser on a terminal, and by a script of keys, for tests. */
#include "tui/browse/browse.h"

#include "tui/term/terminal.h"

#include <string.h>

static int draw(struct browse *b, struct canvas *canvas, struct terminal *terminal, struct error *error)
{
    int width, height;
    terminal_size(terminal, &width, &height);
    if (canvas_resize(canvas, width, height))
        return error_memory(error);
    browse_draw(b, canvas);
    terminal_draw(terminal, canvas);
    return 0;
}

static int on_terminal(struct browse *b, struct canvas *canvas, const struct browse_options *options,
                       struct error *error)
{
    struct terminal *terminal = terminal_open((enum color_mode)options->colors, false, error);
    if (terminal == NULL)
        return -1;
    int failed = draw(b, canvas, terminal, error);
    while (!failed && !b->quit) {
        enum terminal_news news = terminal_wait(terminal, UINT64_MAX, -1);
        if (news == TERMINAL_GONE)
            break;
        for (struct input input; !failed && !b->quit && terminal_input(terminal, &input);)
            failed = browse_key(b, input.key) ? error_memory(error) : 0;
        failed = failed ? failed : draw(b, canvas, terminal, error);
    }
    terminal_close(terminal);
    return failed;
}

/* A text in quotation marks is typed, any other word is a key. Returns what is left of the script, NULL after an error.
 */
static const char *take_word(struct browse *b, const char *at, struct error *error)
{
    if (*at == '"') {
        for (at++; *at != '\0' && *at != '"'; at++)
            if (browse_key(b, (unsigned char)*at))
                return error_memory(error), NULL;
        return *at == '"' ? at + 1 : at;
    }
    size_t len = strcspn(at, " \t\n");
    uint32_t key = key_by_word(at, len);
    if (key == KEYCODE_NONE)
        return error_set(error, ERROR_USAGE, 0, 0, "unknown key \"%.*s\"", (int)len, at), NULL;
    return browse_key(b, key) ? (error_memory(error), NULL) : at + len;
}

static int by_script(struct browse *b, struct canvas *canvas, const struct browse_options *options, struct error *error)
{
    const char *at = options->script;
    while (at != NULL && !b->quit && *(at += strspn(at, " \t\n")) != '\0') {
        /* How far a page goes depends on the screen. */
        if (canvas_resize(canvas, options->width, options->height))
            return error_memory(error);
        browse_draw(b, canvas);
        at = take_word(b, at, error);
    }
    if (at == NULL)
        return -1;
    if (canvas_resize(canvas, options->width, options->height))
        return error_memory(error);
    browse_draw(b, canvas);
    canvas_write(canvas, options->dump); /* its owner reports if it cannot be written */
    return 0;
}

int browse_run(const struct browse_source *source, const struct browse_options *options, struct error *error)
{
    struct browse browse;
    struct canvas canvas;
    canvas_init(&canvas, options->ascii || !terminal_utf8());
    canvas.theme = options->theme;
    int failed = browse_open(&browse, source);
    if (failed)
        error_memory(error);
    else
        failed = options->script != NULL ? by_script(&browse, &canvas, options, error)
                                         : on_terminal(&browse, &canvas, options, error);
    browse_close(&browse);
    canvas_free(&canvas);
    return failed;
}
