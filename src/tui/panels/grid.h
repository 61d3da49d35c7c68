/*
 * grid.h - pages as blocks of cells: the scale, the places, and what a cell shows.
 *
 * A cell stands for a fixed number of bytes of a page's usable area, or, if there are many pages, for whole pages. It
 * shows exactly how full it is, and its color shows what most of it is.
 */
#ifndef HEAPREEL_TUI_PANELS_GRID_H
#define HEAPREEL_TUI_PANELS_GRID_H

#include "base/vec.h"
#include "heap/heap.h"
#include "tui/term/canvas.h"

struct grid {
    uint64_t usable;         /* bytes of a page */
    uint64_t pages;          /* drawn */
    uint64_t cell;           /* bytes of a cell */
    uint64_t pages_per_cell; /* 1, unless cell covers whole pages */
    uint64_t cells_per_page; /* 1, if pages_per_cell is above 1 */
    int across;              /* cells in a row of a page; the rest wraps to more rows */
    int rows_per_page;
    int pages_per_row;
    int gap;      /* blank columns between the pages of a row */
    int pitch;    /* lines from one row of cells to the next: 2 leaves a line for markers */
    int page_gap; /* blank lines between pages of several rows */
    int height;   /* lines in total */
};

/* What a cell can contain, the most important first. */
enum content {
    CONTENT_POINTER,
    CONTENT_DATA,
    CONTENT_WEAK,
    CONTENT_CODE,
    CONTENT_GARBAGE,
    CONTENT_FLOATING, /* garbage that marking has reached before it became garbage: it stays */
    CONTENT_WHITE,
    CONTENT_GREY, /* always shown: the wavefront */
    CONTENT_BLACK,
    CONTENT_OBJECTS, /* the above are objects */
    CONTENT_WASTED = CONTENT_OBJECTS,
    CONTENT_UNSWEPT,
    CONTENT_FREE,
    CONTENT_COUNT
};

struct shade {
    uint64_t bytes[CONTENT_COUNT];
    uint64_t largest; /* bytes of the object that covers most of it, and */
    uint32_t object;  /* that object, or NONE */
    bool odd;         /* does that object have the other shade? */
    bool moved;       /* something has just arrived in it */
    bool trail;       /* something has just left it, and */
    bool leaving;     /* is what is moving now */
    bool gone;        /* its page has been given back: blank */
};

struct shades {
    VEC(struct shade) cells;
};

/*
 * The finest scale at which pages of usable bytes fit in w x h, each page on one row if possible. spacious: leaves
 * lines for markers between the rows if there is room. False if nothing fits.
 */
bool grid_fit(struct grid *grid, uint64_t usable, uint64_t pages, int w, int h, bool spacious);

/* Makes the cells of a grid that fits w columns finer (steps > 0) or coarser, whatever its height becomes. */
void grid_rescale(struct grid *grid, int steps, int w);

/* The number of cells. */
uint64_t grid_cells(const struct grid *grid);

/* The place of the cell that contains this byte, relative to the grid's corner. */
void grid_place(const struct grid *grid, uint64_t page, uint64_t offset, int *x, int *y);

/* The place of a cell, relative to the grid's corner. */
void grid_cell_place(const struct grid *grid, uint64_t index, int *x, int *y);

/* Makes one empty shade a cell. 0, or -1 without memory. */
int grid_begin(const struct grid *grid, struct shades *shades);

/* Adds size bytes of content at a place. object: whose bytes they are (odd: its shade), or NONE. */
void grid_add(const struct grid *grid, struct shades *shades, uint64_t page, uint64_t offset, uint64_t size,
              enum content content, uint32_t object, bool odd);

/* What happened at a place: something has arrived, is leaving now, or has left. */
enum touch { TOUCH_CAME, TOUCH_LEAVES, TOUCH_LEFT };
void grid_touch(const struct grid *grid, struct shades *shades, uint64_t page, uint64_t offset, uint64_t size,
                enum touch touch);

/* Shows a page that is no more as a gap. */
void grid_gap(const struct grid *grid, struct shades *shades, uint64_t page);

/* Fills the rest of a page's cells with content: bytes that are neither an object nor known to be free. */
void grid_rest(const struct grid *grid, struct shades *shades, uint64_t page, enum content content);

/* Draws the cells with the grid's corner at (x, y). */
void grid_draw(const struct grid *grid, const struct shades *shades, struct canvas *canvas, struct rect clip, int x,
               int y);

/* The style of a content, and its other shade. */
enum style content_style(enum content content);
enum style content_odd_style(enum content content);

/* The glyph for an object's content if it says more than how full a cell is; else GLYPH_COUNT. */
enum glyph telling_glyph(enum content content);

/*
 * The content of an object: its kind, or its color during marking; garbage (which nothing reaches) is shown as such all
 * the time until its bytes are gone, since only the collector does not know it yet.
 */
enum content object_content(const struct object *object, bool garbage, bool marking);

#endif
