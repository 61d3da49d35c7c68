/*
 * views.h - the panels of the dashboard: a table of operations that draw on a canvas.
 *
 * A view draws itself into the rectangle that the layout gives it, from the state of the engine and the player's
 * memory; it changes neither.
 */
#ifndef HEAPREEL_TUI_PANELS_VIEWS_H
#define HEAPREEL_TUI_PANELS_VIEWS_H

#include "tui/panels/scene.h"

#define SCREEN_MIN_WIDTH 60
#define SCREEN_MIN_HEIGHT 16

struct view {
    const char *name, *title;
    int min_w, min_h;
    void (*draw)(struct scene *scene, struct rect rect);
};

/* ---- frame.c ---- */

const struct view *view_at(enum view_id id);
/* Draws a whole frame. 0, or -1 without memory. */
int scene_draw(struct scene *scene);

/* ---- presenter.c ---- */

/* Draws the heap, large, and one sentence: all that a room can read. */
void presenter_draw(struct scene *scene, struct rect rect);

/* ---- layout.c ---- */

#define NOTE_MOST 5 /* most rows of the note, including its heading */

/* What the views need at the moment. */
struct wish {
    int note, footer; /* rows */
    bool inspect;     /* an object is selected */
    uint32_t folded;  /* a bit for each view that has nothing to show but its heading */
};

/* Places the views on a screen of this size; w = 0: not shown. False: the screen is too small. */
bool views_layout(int width, int height, const struct wish *wish, struct rect place[VIEW_COUNT]);

/* ---- fold.c ---- */

/* A bit for each view that has nothing to show but its heading. */
uint32_t views_folded(const struct scene *scene);

/* ---- heading.c ---- */

/* The heading of a panel: a rule with its title and, at the right, a text (NULL: none). Returns the room below it. */
struct rect view_heading(struct scene *scene, struct rect rect, const char *title, const char *right);
/* The same for a view, showing whether it has the focus. */
struct rect view_title(struct scene *scene, enum view_id id, struct rect rect, const char *title, const char *right);

/* ---- view_top.c ---- */

/* Profile and era: new, or NULL (the canvas has failed) without memory. The scene has a heap. */
char *profile_words(struct scene *scene);
/* Does the top line have room for them besides the title? If not, new space's heading shows them. */
bool profile_in_top(struct scene *scene, int width);

/* ---- view_footer.c ---- */

/* The rows of the last lines: keys, or what is typed, or a message. */
int footer_rows(const struct scene *scene, int width, int height);
/* Has a message more rows than are shown at once? scene->prompt_first chooses. */
bool footer_scrolls(const struct scene *scene);

/* ---- view_large.c ---- */

/* Are there any large objects? */
bool has_large(const struct heap *heap);
/* The number of large objects, in a few words: new, or NULL (the canvas has failed) without memory. */
char *large_words(struct scene *scene);

/* ---- a file each, but for view_large.c and view_lists.c, which draw several ---- */

#define X(symbol, name, title, w, h) void view_##name##_draw(struct scene *scene, struct rect rect);
VIEWS(X)
#undef X

/* ---- view_help.c ---- */

void view_help_draw(struct scene *scene, struct rect rect);
/* Is the help shown, with another page to come? */
bool view_help_goes_on(const struct scene *scene);

/* ---- view_note.c ---- */

/* The rows that the note needs on a screen of this size: the same all along the trace, if its text is known. */
int note_rows(const struct scene *scene, int width, int height);
/* The number of pages of the whole note, at least 1, and the one that is over the panels. */
int note_pages(const struct scene *scene);
void view_whole_note_draw(struct scene *scene, struct rect rect);

#endif
