/*
 * scene.h - one frame being drawn: canvas, heap, and the user's selections.
 *
 * For each cell of the canvas the scene keeps what is there (an object, an event, a line), noted by the views as they
 * draw; so the mouse, the cursor and the inspector refer to exactly what is on the screen.
 */
#ifndef HEAPREEL_TUI_PANELS_SCENE_H
#define HEAPREEL_TUI_PANELS_SCENE_H

#include "heap/figures.h"
#include "heap/leaks.h"
#include "tui/panels/grid.h"
#include "tui/player/player.h"
#include "tui/term/canvas.h"

/* X(SYMBOL, name, title, least width, least height) */
#define VIEWS(X)                                                                                                       \
    X(TOP, top, "top line", 40, 1)                                                                                     \
    X(NEW, new, "new space", 30, 4)                                                                                    \
    X(OLD, old, "old generation", 30, 2)                                                                               \
    X(LARGE, large, "large objects", 24, 3)                                                                            \
    X(FREE, free, "free lists", 24, 3)                                                                                 \
    X(TRACE, trace, "trace", 24, 3)                                                                                    \
    X(HAPPENED, happened, "what happened", 24, 3)                                                                      \
    X(INSPECT, inspect, "inspector", 24, 3)                                                                            \
    X(LOG, log, "collections", 40, 3)                                                                                  \
    X(FIGURES, figures, "figures", 24, 1)                                                                              \
    X(FILM, film, "film", 40, 2)                                                                                       \
    X(NOTE, note, "note", 40, 1)                                                                                       \
    X(FOOTER, footer, "keys", 40, 1)

enum view_id {
#define X(symbol, name, title, w, h) VIEW_##symbol,
    VIEWS(X)
#undef X
        VIEW_COUNT
};

enum spot_kind { SPOT_NONE, SPOT_OBJECT, SPOT_EVENT, SPOT_LINE };

/* What is at a cell of the screen. */
struct spot {
    uint8_t kind;    /* enum spot_kind */
    uint8_t view;    /* enum view_id of the panel there; VIEW_COUNT: none */
    uint32_t object; /* SPOT_OBJECT: index in heap.objects */
    uint64_t number; /* SPOT_EVENT: the event; SPOT_LINE: the line of the trace */
};

/* An object or an entry that holds the selected object. */
struct holder {
    uint32_t from, key; /* key: of the slot */
    uint8_t link;       /* enum path_link */
};

/* What is known about the selected object that takes a walk through the heap. */
struct inspection {
    bool fresh;
    uint64_t at;     /* player.moved when it was computed */
    uint32_t object; /* for this object */
    bool searched;   /* the heap is small enough to search */
    uint64_t holder_count;
    VEC(struct holder) holders; /* the first ones */
    struct heap_path path;      /* why it is alive */
    bool analysed;              /* leak analysis was done: there were enough majors for something to be stale */
    struct leak_site site;      /* the site that allocated it */
    bool stale;                 /* is the object itself stale? */
    enum leak_verdict verdict;  /* for the whole heap */
    int rows;                   /* rows that all of it takes on the screen */
};

/* Everything that a frame is drawn from, and the scratch memory for drawing. */
struct scene {
    struct canvas *canvas;
    struct player *player;
    const struct heap *heap; /* NULL: there is none */
    /* what the user has asked for */
    bool presenting;                   /* only the heap and a sentence are shown */
    bool help;                         /* the help is over the panels, */
    bool help_cells;                   /* at its second page */
    int note_page;                     /* this page of the whole note is, from 1; 0: none */
    enum view_id focus;                /* the panel that keys act on; VIEW_COUNT: none */
    bool zoomed;                       /* it alone is shown */
    int cursor_x, cursor_y;            /* within the panel in focus */
    bool cursor;                       /* the cursor has been moved there */
    int scroll[VIEW_COUNT];            /* rows */
    int finer;                         /* steps of the scale from the one that fits; above 0: finer */
    bool chosen;                       /* an object is selected */
    uint32_t object;                   /* its record, */
    uint32_t object_worker;            /* in the heap with this index in the run */
    char *object_name;                 /* owned: its ID, NULL if it had none */
    const struct travel_history *life; /* borrowed: its life; NULL: unknown */
    const char *face;                  /* borrowed: of what differs from the trace; NULL: nothing */
    bool what_if;                      /* another configuration: its notes may no longer hold */
    const char *prompt;                /* borrowed: what is typed, or a message, in the last lines; NULL: none */
    int prompt_cursor;                 /* byte of the cursor in it; -1: a message */
    int prompt_first;                  /* the first row of a message that is shown */
    /* what is on the screen */
    struct rect place[VIEW_COUNT]; /* of the last frame */
    VEC(struct spot) spots;        /* one for each cell of the canvas */
    /* scratch of drawing */
    struct shades shades;
    VEC(uint32_t) order;
    struct kept_pages {
        uint64_t event;                   /* while it collects, and then, */
        uint32_t worker;                  /* in this heap, */
        VEC(uint32_t) order[SPACE_COUNT]; /* pages keep their places: those of each space since a collection was seen */
    } kept;
    struct path_tree reached; /* if garbage_known */
    size_t garbage_of;        /* records of objects then */
    bool garbage_known;
    bool garbage_fresh;
    uint64_t garbage_at; /* player.moved when that was computed */
    struct inspection inspection;
};

void scene_init(struct scene *scene, struct canvas *canvas, struct player *player);
void scene_free(struct scene *scene);

/*
 * The first and the last part of drawing a frame, also for callers that draw other panels: reads the current heap and
 * forgets what was at the cells (0, or -1 without memory); draws the cursor.
 */
int scene_begin(struct scene *scene);
void scene_draw_cursor(struct scene *scene);

/* Shows another player from now on: borrowed. */
void scene_play(struct scene *scene, struct player *player);

/* ---- the user's actions ---- */

/* What is at a cell of the last frame. */
struct spot scene_spot(const struct scene *scene, int x, int y);
/* What is under the cursor. */
struct spot scene_cursor(const struct scene *scene);
/* Puts the focus and the cursor at the cell (x, y). */
void scene_point(struct scene *scene, int x, int y);

/* Moves the focus to the next (1) or previous (-1) panel of the last frame; after the last one there is none. */
void scene_focus(struct scene *scene, int step);
/* Moves the cursor to the next thing in this direction; a panel without things scrolls. */
void scene_move(struct scene *scene, int dx, int dy);
/* Scrolls a panel by rows: down if rows > 0. */
void scene_scroll(struct scene *scene, enum view_id view, int rows);
/* Draws pages finer (1) or coarser (-1). */
void scene_scale(struct scene *scene, int step);
/* Selects the next theme. */
void scene_next_theme(struct scene *scene);
/* Selects an object (NONE: none). 0, or -1 without memory. */
int scene_choose(struct scene *scene, uint32_t object);
/* The record of the selected object, or NONE if there is none, or no more. */
uint32_t scene_chosen(const struct scene *scene);
/* Is the selected object in a heap that is not shown? */
bool scene_elsewhere(const struct scene *scene);

/* ---- for views ---- */

/* Notes what is at w cells from (x, y). */
void scene_mark(struct scene *scene, int x, int y, int w, struct spot spot);
void scene_mark_object(struct scene *scene, int x, int y, int w, uint32_t object);
void scene_mark_event(struct scene *scene, int x, int y, int w, uint64_t event);

/* Draws the cells of a grid from scene->shades with its corner at (x, y), and notes the objects in them. */
void scene_grid(struct scene *scene, const struct grid *grid, struct rect clip, int x, int y);

/* The first of rows to show, if room of them are visible: scroll[view], kept within bounds. */
int scene_first_row(struct scene *scene, enum view_id view, int rows, int room);

/* Is an object known to be garbage? */
bool scene_garbage(const struct scene *scene, uint32_t object);

/* Are objects shown by their color, because marking is running? */
bool scene_marking(const struct scene *scene);

/* Must trails of the collection that is running or has just ended be shown? *moving: is one moving now? */
bool scene_trails(const struct scene *scene);
bool scene_fresh(const struct scene *scene, const struct trail *trail);
/* Have the semispaces flipped in the last step? */
bool scene_flipped(const struct scene *scene);

/* Formats into new memory; without memory returns NULL, and the canvas has failed. */
char *view_text(struct scene *scene, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
