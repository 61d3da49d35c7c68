/* script.c - plays a script of keys. */
#include "tui/script.h"

#include "base/text.h"
#include "base/vec.h"
#include "tui/dashboard.h"
#include "tui/filming.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FRAME_NS UINT64_C(33333333)
#define SIZE_MOST 1000
#define KEY_NS UINT64_C(500000000)   /* in a film, a key is followed by a pause, */
#define LETTER_NS UINT64_C(80000000) /* and so is a typed letter */

struct script {
    const char *path;
    VEC(char) text;
    size_t at;
    unsigned line;
    int width, height;
    uint64_t now; /* the script's own clock */
    struct dashboard dashboard;
    struct filming *filming; /* takes pictures of all this: borrowed; or NULL */
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

/* How a screen is written: the words of a script for it. */
enum form { FORM_TEXT, FORM_STYLES, FORM_256, FORM_8, FORM_0 };

/* Draws the screen and writes it to path. */
static int write_screen(struct script *s, const char *path, enum form form, struct error *error)
{
    if (dashboard_draw(&s->dashboard, s->width, s->height))
        return error_memory(error);
    struct output out;
    if (dashboard_output(&s->dashboard, &out, path, error))
        return -1;
    const struct canvas *canvas = &s->dashboard.canvas;
    if (form == FORM_TEXT)
        canvas_write(canvas, out.file);
    else if (form == FORM_STYLES)
        canvas_write_styles(canvas, out.file);
    else
        canvas_write_colors(canvas, form == FORM_256 ? 256 : form == FORM_8 ? 8 : 0, out.file);
    return output_finish(&out, error); /* reports if it could not be written, and why */
}

/* ---- words ---- */

/* Skips blanks, newlines and comments. */
static void skip_blanks(struct script *s)
{
    const char *text = s->text.data;
    while (s->at < s->text.len) {
        if (text[s->at] == '#')
            while (s->at < s->text.len && text[s->at] != '\n')
                s->at++;
        else if (strchr(" \t\r\n", text[s->at]))
            s->line += text[s->at++] == '\n';
        else
            break;
    }
}

/* The next word of the script: borrowed; false at the end. A quoted text is one word, with its first quotation mark. */
static bool next_word(struct script *s, const char **word, size_t *len)
{
    const char *text = s->text.data;
    skip_blanks(s);
    size_t start = s->at;
    bool quoted = s->at < s->text.len && text[s->at] == '"';
    if (quoted)
        s->at++;
    while (s->at < s->text.len && text[s->at] != '\n' && (quoted ? text[s->at] != '"' : !strchr(" \t\r", text[s->at])))
        s->at++;
    *word = text + start;
    *len = s->at - start;
    s->at += quoted && s->at < s->text.len && text[s->at] == '"';
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
    if (s->filming)
        return wrong(s, error, "a film keeps its size, and cannot get that of", word, len);
    if (!x || text_number(word, (size_t)(x - word), &width) != TEXT_OK ||
        text_number(x + 1, len - (size_t)(x + 1 - word), &height) != TEXT_OK || width < 1 || height < 1 ||
        width > SIZE_MOST || height > SIZE_MOST)
        return wrong(s, error, "expected a size such as 120x40, not", word, len);
    s->width = (int)width;
    s->height = (int)height;
    return 0;
}

/* Goes all the way to where a key leads, and ahead as far as a session without haste would have done by then. */
static void settle(struct script *s)
{
    while (dashboard_going(&s->dashboard))
        dashboard_run(&s->dashboard);
    while (dashboard_ahead(&s->dashboard))
        continue;
    while (s->dashboard.player->playing && s->dashboard.player->one) { /* through a collection */
        s->now += FRAME_NS;
        dashboard_run(&s->dashboard);
        if (s->filming)
            filming_shot(s->filming, false);
    }
}

/* In a film, lets what a key has done be seen. */
static void pause_for(struct script *s, uint64_t ns)
{
    if (s->filming) {
        filming_shot(s->filming, true);
        filming_pass(s->filming, ns);
    }
}

/* Lets time pass, frame by frame. */
static int wait_for(struct script *s, const char *word, size_t len, struct error *error)
{
    uint64_t ns;
    if (text_duration(word, len, &ns) != TEXT_OK)
        return wrong(s, error, "expected a duration such as 500ms, not", word, len);
    uint64_t end = ns > UINT64_MAX - s->now ? UINT64_MAX : s->now + ns;
    dashboard_run(&s->dashboard);
    if (s->filming) {
        filming_pass(s->filming, ns);
        return 0;
    }
    while (s->now < end && s->dashboard.player->playing) {
        s->now += end - s->now < FRAME_NS ? end - s->now : FRAME_NS;
        dashboard_run(&s->dashboard);
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

/* Types a text, character by character. */
static void type(struct script *s, const char *text, size_t len)
{
    for (size_t i = 0, n; i<len; i += n> 0 ? n : 1) {
        uint32_t point = 0xFFFD; /* unless it is valid UTF-8 */
        n = text_decode(text + i, len - i, &point);
        dashboard_key(&s->dashboard, point);
        pause_for(s, LETTER_NS);
    }
}

/* A mouse action at "X,Y": column and row, from 0. */
static int point_at(struct script *s, enum mouse mouse, const char *word, size_t len, struct error *error)
{
    uint64_t x, y;
    const char *comma = memchr(word, ',', len);
    if (!comma || text_number(word, (size_t)(comma - word), &x) != TEXT_OK ||
        text_number(comma + 1, len - (size_t)(comma + 1 - word), &y) != TEXT_OK || x > SIZE_MOST || y > SIZE_MOST)
        return wrong(s, error, "expected a column and a row such as 10,3, not", word, len);
    if (dashboard_draw(&s->dashboard, s->width, s->height)) /* the last frame knows what is there */
        return error_memory(error);
    dashboard_input(&s->dashboard, &(struct input){.key = KEYCODE_MOUSE, .mouse = mouse, .x = (int)x, .y = (int)y});
    settle(s);
    pause_for(s, KEY_NS);
    return 0;
}

/* X(word, what it does with the word after it) */
#define VERBS(X)                                                                                                       \
    X("resize", resize(s, word, len, error))                                                                           \
    X("wait", wait_for(s, word, len, error))                                                                           \
    X("dump", write_named(s, word, len, FORM_TEXT, error))                                                             \
    X("styles", write_named(s, word, len, FORM_STYLES, error))                                                         \
    X("colors256", write_named(s, word, len, FORM_256, error))                                                         \
    X("colors8", write_named(s, word, len, FORM_8, error))                                                             \
    X("colors0", write_named(s, word, len, FORM_0, error))                                                             \
    X("press", point_at(s, MOUSE_PRESS, word, len, error))                                                             \
    X("drag", point_at(s, MOUSE_DRAG, word, len, error))                                                               \
    X("release", point_at(s, MOUSE_RELEASE, word, len, error))                                                         \
    X("wheel-up", point_at(s, MOUSE_WHEEL_UP, word, len, error))                                                       \
    X("wheel-down", point_at(s, MOUSE_WHEEL_DOWN, word, len, error))

enum { NO_VERB = -1 };

static int find_verb(const char *word, size_t len)
{
    static const char *const verbs[] = {
#define X(name, act) name,
        VERBS(X)
#undef X
    };
    for (int i = 0; i < (int)(sizeof verbs / sizeof *verbs); i++)
        if (is(word, len, verbs[i]))
            return i;
    return NO_VERB;
}

static int do_verb(struct script *s, int verb, const char *word, size_t len, struct error *error)
{
    int i = 0;
#define X(name, act)                                                                                                   \
    if (verb == i++)                                                                                                   \
        return act;
    VERBS(X)
#undef X
    return 0;
}

static int act(struct script *s, const char *word, size_t len, struct error *error)
{
    const char *argument;
    size_t argument_len;
    int verb = find_verb(word, len);
    if (*word == '"') {
        type(s, word + 1, len - 1);
        return 0;
    }
    if (is(word, len, "cut")) {
        if (s->filming)
            filming_cut(s->filming);
        return 0;
    }
    if (verb != NO_VERB) {
        if (!next_word(s, &argument, &argument_len))
            return wrong(s, error, "nothing follows", word, len);
        return do_verb(s, verb, argument, argument_len, error);
    }
    uint32_t key = key_by_word(word, len);
    if (key == KEYCODE_NONE)
        return wrong(s, error, "unknown key", word, len);
    if (dashboard_draw(&s->dashboard, s->width, s->height)) /* the cursor moves over the last frame */
        return error_memory(error);
    dashboard_key(&s->dashboard, key);
    settle(s);
    pause_for(s, KEY_NS);
    return 0;
}

/* Takes the keys, or those of a session without a script. */
static int take_keys(struct script *s, struct error *error)
{
    const char *word;
    size_t len;
    if (!s->path && s->filming) {
        filming_alone(s->filming);
    } else if (!s->path) {
        dashboard_key(&s->dashboard, KEYCODE_END);
        settle(s);
    }
    while (s->path && !s->dashboard.quit && next_word(s, &word, &len))
        if (act(s, word, len, error))
            return -1;
    return 0;
}

static int play(struct script *s, const struct play_options *options, bool ascii, struct error *error, bool *of_trace)
{
    if (s->path && read_script(s, error))
        return -1;
    *of_trace = true;
    if (dashboard_open(&s->dashboard, options, ascii, script_clock, s, error))
        return -1;
    *of_trace = false;
    settle(s);
    if (s->filming)
        filming_begin(s->filming, &s->dashboard, &s->now, options);
    if (take_keys(s, error))
        return -1;
    if (options->dump && write_screen(s, options->dump, FORM_TEXT, error))
        return -1;
    *of_trace = true;
    int status = dashboard_result(&s->dashboard, error);
    if (status < 0 || !s->filming)
        return status;
    *of_trace = false;
    return filming_end(s->filming, options, error) ? -1 : status;
}

int script_play(const struct play_options *options, bool ascii, struct error *error, bool *of_trace)
{
    *of_trace = false;
    struct filming filming = {0};
    struct script *s = calloc(1, sizeof *s);
    if (!s)
        return error_memory(error);
    s->path = options->script;
    s->line = 1;
    s->filming = options->film ? &filming : NULL;
    s->width = options->width > 0 && options->width <= SIZE_MOST ? (int)options->width : PLAY_WIDTH;
    s->height = options->height > 0 && options->height <= SIZE_MOST ? (int)options->height : PLAY_HEIGHT;
    int status = play(s, options, ascii, error, of_trace);
    filming_free(&filming);
    dashboard_close(&s->dashboard);
    vec_free(&s->text);
    free(s);
    return status;
}
