/*
 * view_footer.c - the last lines of the screen: the keys of the moment, or what is typed, or a message. A message takes
 * as many lines as it needs, and the panels give them up: it covers nothing.
 */
#include "gc/gc.h"
#include "tui/panels/views.h"
#include "tui/term/keys.h"

#include <string.h>

#define HEADED 20 /* from this many lines of the screen on, the keys have a line of their own */

/* ---- the keys of the moment ---- */

struct hint {
    enum action action;
    const char *words;
};

#define HINTS 5 /* as many as one sees at a glance */

/* What the keys do now, the most important first. */
static const struct hint *hints_now(const struct scene *scene)
{
    static const struct hint help[HINTS] = {{ACTION_HELP, "on"}, {ACTION_CLOSE, "close"}, {ACTION_QUIT, "quit"}};
    static const struct hint note[HINTS] = {{ACTION_NOTE, "on"}, {ACTION_CLOSE, "close"}, {ACTION_PLAY, "play"}};
    static const struct hint goes[HINTS] = {{ACTION_CLOSE, "stop"}};
    static const struct hint asks[HINTS] = {{ACTION_PLAY, "the answer"},
                                            {ACTION_BACK, "back"},
                                            {ACTION_NOTE, "whole note"},
                                            {ACTION_FIND, "find"},
                                            {ACTION_HELP, "help"}};
    static const struct hint plays[HINTS] = {{ACTION_PLAY, "pause"},
                                             {ACTION_FASTER, "faster"},
                                             {ACTION_SLOWER, "slower"},
                                             {ACTION_NEXT, "next collection"},
                                             {ACTION_HELP, "help"}};
    static const struct hint ends[HINTS] = {{ACTION_START, "beginning"},
                                            {ACTION_BACK, "back"},
                                            {ACTION_FIND, "find"},
                                            {ACTION_HELP, "help"},
                                            {ACTION_QUIT, "quit"}};
    static const struct hint collects[HINTS] = {{ACTION_PLAY, "play"},
                                                {ACTION_STEP, "collector step"},
                                                {ACTION_UNSTEP, "step back"},
                                                {ACTION_FORWARD, "next event"},
                                                {ACTION_HELP, "help"}};
    static const struct hint chosen[HINTS] = {{ACTION_PLAY, "play"},
                                              {ACTION_WHY, "why alive?"},
                                              {ACTION_ZOOM, "panel alone"},
                                              {ACTION_CLOSE, "close"},
                                              {ACTION_HELP, "help"}};
    static const struct hint pauses[HINTS] = {{ACTION_PLAY, "play"},
                                              {ACTION_FORWARD, "next event"},
                                              {ACTION_NEXT, "next collection"},
                                              {ACTION_FIND, "find"},
                                              {ACTION_HELP, "help"}};
    static const struct hint presents[HINTS] = {
        {ACTION_PLAY, "next"}, {ACTION_BACK, "back"}, {ACTION_PRESENT, "all panels"}, {ACTION_QUIT, "quit"}};
    if (scene->help)
        return help;
    if (scene->note_page > 0)
        return note;
    if (scene->presenting)
        return presents;
    switch (player_rest(scene->player)) {
    case PLAYER_GOES: return goes;
    case PLAYER_ASKS: return asks;
    case PLAYER_PLAYS: return plays;
    case PLAYER_AT_END:
    case PLAYER_AT_ERROR: return ends;
    case PLAYER_WAITS:
    case PLAYER_PAUSED: break;
    }
    if (scene->heap && gc_running(scene->heap))
        return collects;
    return scene->chosen ? chosen : pauses;
}

static void draw_keys(struct scene *scene, struct rect line)
{
    struct canvas *c = scene->canvas;
    const struct hint *hints = hints_now(scene);
    int x = line.x + 1;
    for (int i = 0; i < HINTS && hints[i].words; i++) {
        char keys[KEY_WORDS_ROOM];
        key_words(hints[i].action, keys);
        keys[strcspn(keys, " ")] = '\0';
        int end = x + (int)(strlen(keys) + strlen(hints[i].words)) + 1;
        if (end > line.x + line.w)
            return;
        x = canvas_string(c, line, x, line.y, STYLE_HEADING, keys) + 1;
        canvas_string(c, line, x, line.y, STYLE_DIM, hints[i].words);
        x = end + 3;
    }
}

/* ---- messages ---- */

/* Rows that a message may take at once. */
static int most_rows(int height)
{
    return height / 3 > 1 ? height / 3 : 1;
}

int footer_rows(const struct scene *scene, int width, int height)
{
    if (!scene->prompt)
        return height >= HEADED;
    if (scene->prompt_cursor >= 0)
        return 1;
    int rows = canvas_rows(scene->canvas, scene->prompt, width - 2), most = most_rows(height);
    return rows > most ? most : rows > 0 ? rows : 1;
}

/* Draws the message from its row prompt_first on, and whether there is more. */
static void draw_message(struct scene *scene, struct rect rect)
{
    struct canvas *c = scene->canvas;
    const char *text = scene->prompt;
    size_t len = strlen(text);
    int all = canvas_rows(c, text, rect.w - 2);
    bool longer = all > rect.h;
    int room = rect.h - longer, last = all > room ? all - room : 0, *first = &scene->prompt_first;
    *first = *first < 0 || room < 1 ? 0 : *first > last ? last : *first;
    for (int row = -*first; len > 0 && row < room; row++) {
        size_t n = canvas_wrap(c, text, len, rect.w - 2);
        if (row >= 0)
            canvas_text(c, rect, rect.x + 1, rect.y + row, STYLE_TITLE, text, n);
        text += n;
        len -= n;
    }
    if (longer)
        canvas_format(c, rect, rect.x + 1, rect.y + rect.h - 1, STYLE_ACCENT, "%s%d of %d rows: up, down",
                      len > 0 ? "more: " : "", *first + room, all);
}

bool footer_scrolls(const struct scene *scene)
{
    const struct canvas *c = scene->canvas;
    return scene->prompt && scene->prompt_cursor < 0 && c->width > 2 &&
           canvas_rows(c, scene->prompt, c->width - 2) > most_rows(c->height);
}

void view_footer_draw(struct scene *scene, struct rect rect)
{
    struct canvas *c = scene->canvas;
    if (rect.h < 1)
        return;
    canvas_fill(c, rect, STYLE_NORMAL);
    if (!scene->prompt) {
        draw_keys(scene, rect);
    } else if (scene->prompt_cursor < 0) {
        draw_message(scene, rect);
    } else {
        canvas_string(c, rect, rect.x + 1, rect.y, STYLE_TITLE, scene->prompt);
        canvas_restyle(c, rect.x + 1 + canvas_columns(c, scene->prompt, (size_t)scene->prompt_cursor), rect.y,
                       STYLE_CURSOR);
    }
}
