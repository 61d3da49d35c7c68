/*
 * reel.h - a film of screens: what was on the canvas when, kept by rows, and written in formats that others show.
 *
 * A row that looks like an earlier one is kept once. A row consists of runs of cells of one look; colors are those of a
 * terminal with 256, so a film knows no themes. Its text is UTF-8. Times are in nanoseconds from the film's beginning.
 * The writers know nothing but this: reel_write_cast, _svg and _html, a file each.
 */
#ifndef HEAPREEL_TUI_REEL_REEL_H
#define HEAPREEL_TUI_REEL_REEL_H

#include "base/vec.h"
#include "base/writer.h"
#include "tui/term/canvas.h"

/* Cells of one look: its attributes, and colors of 0 to 255 or -1 for the viewer's own. */
struct reel_look {
    int16_t fore, ground;
    uint8_t look; /* LOOK_... */
};

struct reel_run {
    uint32_t text, len;  /* UTF-8, in the reel's text */
    uint16_t x, columns; /* where it stands */
    uint16_t look;       /* in the reel's looks */
    uint16_t wide;       /* its cells: 1 or 2 columns each */
    bool simple;         /* each cell holds one character */
};

struct reel_row {
    uint32_t run, runs; /* in the reel's runs */
    uint32_t hash;
};

/* What changes in a frame: row y of the screen becomes a row of the reel. */
struct reel_change {
    uint32_t row;
    uint16_t y;
};

struct reel_frame {
    uint64_t ns;     /* when it begins */
    uint32_t change; /* its first change; they end where those of the next frame begin */
};

/* A chapter begins. */
struct reel_mark {
    uint64_t ns;
    char *text; /* owned */
};

struct reel {
    int width, height;
    char *title;     /* owned; NULL: none */
    uint64_t end_ns; /* when the last frame ends */
    bool light;      /* the viewer's own colors should be dark on light */
    VEC(struct reel_look) looks;
    VEC(struct reel_run) runs;
    VEC(char) text;
    VEC(struct reel_row) rows;
    VEC(struct reel_change) changes;
    VEC(struct reel_frame) frames;
    VEC(struct reel_mark) marks;
    VEC(uint32_t) shown; /* the row at each y in the last frame */
    VEC(uint32_t) slots; /* hash table of rows: index + 1, or 0; a power of two */
};

/* Makes *reel an empty film of this size, each at least 1. */
void reel_init(struct reel *reel, int width, int height);
void reel_free(struct reel *reel);

/* The film's title: copied. 0, or -1 without memory. */
int reel_title(struct reel *reel, const char *title);

/*
 * From ns on, which is not before the last frame, this canvas (of the film's size) is shown. Nothing is added if it
 * looks like the last frame; a frame of the same moment is replaced. colors: false if it has none. 0, or -1 without
 * memory.
 */
int reel_add(struct reel *reel, const struct canvas *canvas, bool colors, uint64_t ns);

/* A chapter begins at ns; its text is copied. 0, or -1 without memory. */
int reel_mark(struct reel *reel, const char *text, uint64_t ns);

/* The end of a frame's changes, as an index. */
size_t reel_changes_end(const struct reel *reel, size_t frame);

/* ---- writing: failures are remembered by out ---- */

/* An asciicast, version 2: a line of JSON for each frame, control sequences for a terminal. */
void reel_write_cast(const struct reel *reel, struct out *out);
/* One SVG that moves by itself, round and round, without a script. */
void reel_write_svg(const struct reel *reel, struct out *out);
/* One HTML page with a player in it, which loads nothing. */
void reel_write_html(const struct reel *reel, struct out *out);

/* ---- reel_draw.c: for SVG and HTML ---- */

#define REEL_CELL_W 8 /* a cell, in units of the picture */
#define REEL_CELL_H 17

/* The style sheet of the film's looks. */
void reel_draw_styles(const struct reel *reel, struct out *out);
/* Every row of the film as a group named r0, r1, ..., for <defs>. */
void reel_draw_rows(const struct reel *reel, struct out *out);
/* Text for XML: markup and control characters are escaped. */
void reel_draw_text(struct out *out, const char *text, size_t len);

#endif
