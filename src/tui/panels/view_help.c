/* view_help.c - the keys and the cells, drawn over the panels from the tables. */
#include "tui/panels/views.h"

#include "base/text.h"
#include "tui/term/keys.h"

#include <string.h>

#define LEGEND(X)                                                                                                      \
    X(POINTER, FULL, "holds pointers")                                                                                 \
    X(DATA, FULL, "data")                                                                                              \
    X(WEAK, FULL, "weak collection")                                                                                   \
    X(CODE, FULL, "code, map, cell")                                                                                   \
    X(MOVED, FULL, "has just moved")                                                                                   \
    X(TRAIL, TRAIL, "has just left")                                                                                   \
    X(GARBAGE, GARBAGE, "unreachable")                                                                                 \
    X(WASTED, WASTED, "filler, wasted")                                                                                \
    X(POINTER, PART4, "partly full")                                                                                   \
    X(FAINT, FREE, "free")                                                                                             \
    X(POINTER_ODD, FULL_ODD, "its neighbour")                                                                          \
    X(UNSWEPT, UNSWEPT, "not swept yet")                                                                               \
    X(CANDIDATE, CANDIDATE, "page to be evacuated")                                                                    \
    X(WHITE, WHITE, "marking: white")                                                                                  \
    X(GREY, GREY, "marking: grey")                                                                                     \
    X(BLACK, BLACK, "marking: black")                                                                                  \
    X(GARBAGE, BLACK, "black, yet unreachable")                                                                        \
    X(MARKER, AGE_MARK, "age mark")                                                                                    \
    X(MARKER, SCAN, "scan pointer")                                                                                    \
    X(MARKER, TOP, "top: the next object")

static const struct {
    enum style style;
    enum glyph glyph;
    const char *words;
} legend[] = {
#define X(style, glyph, words) {STYLE_##style, GLYPH_##glyph, words},
    LEGEND(X)
#undef X
};

enum { LEGENDS = sizeof legend / sizeof *legend };

#define KEYS_WIDTH 8    /* columns for the names of the keys */
#define LEAST_COLUMN 28 /* screen columns of a column of the list */
#define MOST_COLUMN 38

/* The actions that have keys, in the order of the table. Returns how many. */
static int listed_actions(enum action out[ACTION_COUNT])
{
    char words[KEY_WORDS_ROOM];
    int n = 0;
    for (int action = ACTION_NONE + 1; action < ACTION_COUNT; action++)
        if (*key_words((enum action)action, words) != '\0')
            out[n++] = (enum action)action;
    return n;
}

static void draw_keys(struct scene *scene, struct rect room, int columns, int rows)
{
    struct canvas *c = scene->canvas;
    enum action actions[ACTION_COUNT];
    char words[KEY_WORDS_ROOM];
    int n = listed_actions(actions), width = room.w / columns;
    for (int i = 0; i < n; i++) {
        int left = room.x + i / rows * width, y = room.y + i % rows;
        int x = canvas_string(c, room, left, y, STYLE_ACCENT, key_words(actions[i], words));
        x = x < left + KEYS_WIDTH ? left + KEYS_WIDTH : x + 1;
        const char *help = action_info_of(actions[i])->help;
        canvas_fit(c, room, x, y, left + width - 1 - x, STYLE_NORMAL, help, strlen(help));
    }
}

/* Is a sign in one of the panels that show cells, which are still on the canvas? */
static bool on_screen(const struct scene *scene, enum style style, enum glyph glyph)
{
    static const enum view_id views[] = {VIEW_NEW, VIEW_OLD, VIEW_LARGE};
    const struct canvas *c = scene->canvas;
    const char *text = glyph_text(glyph, c->ascii);
    uint32_t point = 0; /* a glyph is one character */
    text_decode(text, strlen(text), &point);
    for (size_t i = 0; i < sizeof views / sizeof *views; i++) {
        struct rect r = scene->place[views[i]];
        for (int y = r.y; y < r.y + r.h; y++)
            for (int x = r.x; x < r.x + r.w; x++)
                if (canvas_at(c, x, y)->style == style && canvas_at(c, x, y)->point[0] == point)
                    return true;
    }
    return false;
}

/* now: which signs are on the screen; the others are dim. */
static void draw_legend(struct scene *scene, struct rect room, int columns, int rows, const bool now[LEGENDS])
{
    struct canvas *c = scene->canvas;
    int width = room.w / columns;
    for (int i = 0; i < LEGENDS; i++) {
        int x = room.x + i / rows * width, y = room.y + i % rows;
        canvas_glyph(c, room, x, y, legend[i].style, legend[i].glyph);
        canvas_string(c, room, x + 3, y, now[i] ? STYLE_TITLE : STYLE_DIM, legend[i].words);
    }
}

/* How the help is laid out on a screen. */
struct sheet {
    int columns, rows, cells; /* columns; rows of keys and of cells in each */
    bool both;                /* keys and cells fit at once */
};

static struct sheet sheet_of(struct rect rect)
{
    enum action actions[ACTION_COUNT];
    struct sheet s = {.columns = rect.w / LEAST_COLUMN > 3 ? 3 : rect.w / LEAST_COLUMN};
    s.columns = s.columns < 1 ? 1 : s.columns;
    s.rows = (listed_actions(actions) + s.columns - 1) / s.columns;
    s.cells = (LEGENDS + s.columns - 1) / s.columns;
    s.both = s.rows + s.cells + 3 <= rect.h;
    return s;
}

bool view_help_goes_on(const struct scene *scene)
{
    return scene->help && !scene->help_cells && !sheet_of(canvas_all(scene->canvas)).both;
}

void view_help_draw(struct scene *scene, struct rect rect)
{
    struct canvas *c = scene->canvas;
    struct sheet s = sheet_of(rect);
    bool keys = s.both || !scene->help_cells, cells = s.both || scene->help_cells;
    int h = 1 + (keys ? 1 + s.rows : 0) + (cells ? 1 + s.cells : 0);
    int w = rect.w > s.columns * MOST_COLUMN + 4 ? s.columns * MOST_COLUMN + 4 : rect.w;
    struct rect box = {rect.x + (rect.w - w) / 2, rect.y + (rect.h - h) / 2, w, h};
    if (box.y < rect.y)
        box.y = rect.y;
    int y = box.y;
    bool now[LEGENDS];
    for (int i = 0; i < LEGENDS; i++)
        now[i] = on_screen(scene, legend[i].style, legend[i].glyph);
    canvas_fill(c, box, STYLE_NORMAL);
    if (keys) {
        view_heading(scene, (struct rect){box.x, y, w, 1}, "keys", view_help_goes_on(scene) ? "? goes on" : "? closes");
        draw_keys(scene, (struct rect){box.x + 2, y + 1, w - 3, s.rows}, s.columns, s.rows);
        y += 1 + s.rows;
    }
    if (cells) {
        view_heading(scene, (struct rect){box.x, y, w, 1}, "cells: bright are those on the screen now",
                     keys ? NULL : "? closes");
        draw_legend(scene, (struct rect){box.x + 2, y + 1, w - 3, s.cells}, s.columns, s.cells, now);
    }
    canvas_repeat(c, box, box.x, box.y + h - 1, STYLE_FAINT, GLYPH_RULE, w);
}
