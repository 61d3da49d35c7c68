/*
 * views.h - the panels of the dashboard: a table of operations that draw on a canvas.
 *
 * A view draws itself into the rectangle that the layout gives it, from the
 * state of the engine and the player's memory; it changes neither.
 */
#ifndef HEAPREEL_TUI_VIEWS_H
#define HEAPREEL_TUI_VIEWS_H

#include "tui/canvas.h"
#include "tui/grid.h"
#include "tui/player.h"

#define SCREEN_MIN_WIDTH 60
#define SCREEN_MIN_HEIGHT 16

/* Everything a frame is drawn from, and what drawing works with. */
struct scene {
    struct canvas *canvas;
    struct player *player;
    const struct heap *heap; /* NULL: there is none to draw */
    bool help;               /* the help lies over the panels */
    int note_page;           /* this page of the whole note does, from 1; 0: none */
    struct shades shades;    /* scratch */
    VEC(uint32_t) order;     /* scratch */
    VEC(uint8_t) reachable;  /* one byte an object, if garbage_known */
    bool garbage_known;
    bool garbage_fresh;
    uint64_t garbage_at; /* player.moved when reachable was computed */
};

/* X(SYMBOL, name, least width, least height) */
#define VIEWS(X)                                                                                                       \
    X(TOP, top, 40, 1)                                                                                                 \
    X(NEW, new, 30, 4)                                                                                                 \
    X(OLD, old, 30, 4)                                                                                                 \
    X(TRACE, trace, 24, 3)                                                                                             \
    X(HAPPENED, happened, 24, 3)                                                                                       \
    X(LOG, log, 40, 3)                                                                                                 \
    X(FIGURES, figures, 24, 1)                                                                                         \
    X(NOTE, note, 40, 1)

enum view_id {
#define X(symbol, name, w, h) VIEW_##symbol,
    VIEWS(X)
#undef X
        VIEW_COUNT
};

struct view {
    const char *name;
    int min_w, min_h;
    void (*draw)(struct scene *scene, struct rect rect);
};

const struct view *view_at(enum view_id id);

#define NOTE_MOST 5 /* rows that the note takes at most, its heading included */

/*
 * Where each view goes on a screen of this size; w = 0: not shown. note: the rows of the note.
 * False: the screen is too small for any.
 */
bool views_layout(int width, int height, int note, struct rect place[VIEW_COUNT]);

/* Draws a whole frame. 0, or -1 without memory. */
int scene_draw(struct scene *scene);

void scene_init(struct scene *scene, struct canvas *canvas, struct player *player);
void scene_free(struct scene *scene);

/* ---- for views ---- */

/* The heading of a panel: a rule with its title and, at the right, a text (NULL: none). Returns the room below it. */
struct rect view_heading(struct scene *scene, struct rect rect, const char *title, const char *right);

/* Profile and era: new, or NULL (the canvas has failed) without memory. The scene has a heap. */
char *profile_words(struct scene *scene);
/* Whether the top line of a screen has room for them besides the title; else new space's heading shows them. */
bool profile_in_top(const struct scene *scene, int width);

/* Whether an object is known to be garbage. */
bool scene_garbage(const struct scene *scene, uint32_t object);

/* A fresh trail is still to be seen. */
bool scene_trails(const struct scene *scene);

/* Formats into new memory; NULL, and the canvas has failed, without it. */
char *view_text(struct scene *scene, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define X(symbol, name, w, h) void view_##name##_draw(struct scene *scene, struct rect rect);
VIEWS(X)
#undef X
void view_help_draw(struct scene *scene, struct rect rect);

/* The rows that the note needs on a screen of this size: the same ones all along the trace, if its text is at hand. */
int note_rows(const struct scene *scene, int width, int height);
/* The pages of the whole note, at least 1, and the one of them that lies over the panels. */
int note_pages(const struct scene *scene);
void view_whole_note_draw(struct scene *scene, struct rect rect);

#endif
