/*
 * script.c - keys from a file.
 */
#include "tui/script.h"

#include "base/text.h"
#include "base/vec.h"
#include "tui/dashboard.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FRAME_NS UINT64_C(33333333)
#define SIZE_MOST 1000

struct script {
    const char *path;
    VEC(char) text;
    size_t at;
    unsigned line;
    int width, height;
    struct outputs *outputs;
    uint64_t now; /* the script's own clock */
    struct dashboard dashboard;
};

static uint64_t script_clock(void *self)
{
    return ((const struct script *)self)->now;
}

/* ---- files ---- */

static int cannot(struct error *error, const char *what, const char *path)
{
    return error_set(error, ERROR_SYSTEM, 0, 0, "cannot %s %s: %s", what, path, strerror(errno));
}

static int read_script(struct script *s, struct error *error)
{
    bool standard = strcmp(s->path, "-") == 0;
    FILE *in = standard ? stdin : fopen(s->path, "r");
    if (!in)
        return cannot(error, "open", s->path);
    int result = 0;
    size_t n = 1;
    while (n > 0 && result == 0) {
        if (vec_reserve(&s->text, 4096)) {
            result = error_memory(error);
            break;
        }
        n = fread(s->text.data + s->text.len, 1, 4096, in);
        s->text.len += n;
    }
    if (result == 0 && ferror(in))
        result = cannot(error, "read", s->path);
    if (!standard)
        fclose(in);
    return result;
}

/* How a screen is written: the words of a script that ask for it. */
enum form { FORM_TEXT, FORM_STYLES, FORM_256, FORM_8, FORM_0 };

/* Draws the screen and writes it to path. */
static int write_screen(struct script *s, const char *path, enum form form, struct error *error)
{
    if (dashboard_draw(&s->dashboard, s->width, s->height))
        return error_memory(error);
    struct output out;
    if (output_start(&out, s->outputs, path, error))
        return -1;
    const struct canvas *canvas = &s->dashboard.canvas;
    if (form == FORM_TEXT)
        canvas_write(canvas, out.file);
    else if (form == FORM_STYLES)
        canvas_write_styles(canvas, out.file);
    else
        canvas_write_colors(canvas, form == FORM_256 ? 256 : form == FORM_8 ? 8 : 0, out.file);
    return output_finish(&out, error); /* knows if it could not be written, and why */
}

/* ---- words ---- */

/* The next word of the script: borrowed; false at the end. */
static bool next_word(struct script *s, const char **word, size_t *len)
{
    const char *text = s->text.data;
    while (s->at < s->text.len) {
        if (text[s->at] == '#') {
            while (s->at < s->text.len && text[s->at] != '\n')
                s->at++;
        } else if (strchr(" \t\r\n", text[s->at])) {
            s->line += text[s->at++] == '\n';
        } else {
            break;
        }
    }
    size_t start = s->at;
    while (s->at < s->text.len && !strchr(" \t\r\n", text[s->at]))
        s->at++;
    *word = text + start;
    *len = s->at - start;
    return *len > 0;
}

static bool is(const char *word, size_t len, const char *name)
{
    return strlen(name) == len && memcmp(word, name, len) == 0;
}

static int wrong(const struct script *s, struct error *error, const char *what, const char *word, size_t len)
{
    struct text_quoted quoted;
    return error_set(error, ERROR_USAGE, 0, 0, "%s:%u: %s \"%s\"", s->path, s->line, what,
                     text_quote(&quoted, word, len));
}

/* "WxH" */
static int resize(struct script *s, const char *word, size_t len, struct error *error)
{
    uint64_t width, height;
    const char *x = memchr(word, 'x', len);
    if (!x || text_number(word, (size_t)(x - word), &width) != TEXT_OK ||
        text_number(x + 1, len - (size_t)(x + 1 - word), &height) != TEXT_OK || width < 1 || height < 1 ||
        width > SIZE_MOST || height > SIZE_MOST)
        return wrong(s, error, "expected a size such as 120x40, not", word, len);
    s->width = (int)width;
    s->height = (int)height;
    return 0;
}

/* Plays to the goal, if there is one. */
static void settle(struct script *s)
{
    while (s->dashboard.player.goal != GOAL_NONE)
        player_run(&s->dashboard.player);
}

/* Lets time pass, frame by frame. */
static int wait_for(struct script *s, const char *word, size_t len, struct error *error)
{
    uint64_t ns;
    if (text_duration(word, len, &ns) != TEXT_OK)
        return wrong(s, error, "expected a duration such as 500ms, not", word, len);
    uint64_t end = ns > UINT64_MAX - s->now ? UINT64_MAX : s->now + ns;
    player_run(&s->dashboard.player);
    while (s->now < end && s->dashboard.player.playing) {
        s->now += end - s->now < FRAME_NS ? end - s->now : FRAME_NS;
        player_run(&s->dashboard.player);
    }
    s->now = end;
    return 0;
}

static int write_named(struct script *s, const char *word, size_t len, enum form form, struct error *error)
{
    char *path = strndup(word, len);
    if (!path)
        return error_memory(error);
    int result = write_screen(s, path, form, error);
    free(path);
    return result;
}

static int act(struct script *s, const char *word, size_t len, struct error *error)
{
    static const char *const verbs[] = {"resize", "wait", "dump", "styles", "colors256", "colors8", "colors0"};
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        const char *argument;
        size_t argument_len;
        if (!is(word, len, verbs[i]))
            continue;
        if (!next_word(s, &argument, &argument_len))
            return wrong(s, error, "nothing follows", word, len);
        if (i == 0)
            return resize(s, argument, argument_len, error);
        if (i == 1)
            return wait_for(s, argument, argument_len, error);
        return write_named(s, argument, argument_len, (enum form)(i - 2), error);
    }
    uint32_t key = key_by_word(word, len);
    if (key == KEYCODE_NONE)
        return wrong(s, error, "unknown key", word, len);
    dashboard_key(&s->dashboard, key);
    settle(s);
    return 0;
}

static int play(struct script *s, const struct play_options *options, bool ascii, struct error *error)
{
    const char *word;
    size_t len;
    if (s->path && read_script(s, error))
        return -1;
    if (dashboard_open(&s->dashboard, options, ascii, script_clock, s, error))
        return -1;
    if (!s->path) {
        dashboard_key(&s->dashboard, KEYCODE_END);
        settle(s);
    }
    while (s->path && !s->dashboard.quit && next_word(s, &word, &len))
        if (act(s, word, len, error))
            return -1;
    if (options->dump && write_screen(s, options->dump, FORM_TEXT, error))
        return -1;
    return dashboard_result(&s->dashboard, error);
}

int script_play(const struct play_options *options, bool ascii, struct error *error)
{
    struct script *s = calloc(1, sizeof *s);
    if (!s)
        return error_memory(error);
    s->path = options->script;
    s->line = 1;
    s->outputs = options->outputs;
    s->width = options->width > 0 && options->width <= SIZE_MOST ? (int)options->width : PLAY_WIDTH;
    s->height = options->height > 0 && options->height <= SIZE_MOST ? (int)options->height : PLAY_HEIGHT;
    int status = play(s, options, ascii, error);
    dashboard_close(&s->dashboard);
    vec_free(&s->text);
    free(s);
    return status;
}
