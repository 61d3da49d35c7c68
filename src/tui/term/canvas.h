/*
 * canvas.h - the screen as cells: what views draw on, knowing no terminal.
 *
 * A cell holds one grapheme (a base character and its combining marks, one or two columns wide) and a style. Drawing
 * clips to a rectangle, measures text as the terminal will, and makes control characters harmless. terminal.c puts a
 * canvas on a terminal; canvas_write writes it as text.
 */
#ifndef HEAPREEL_TUI_TERM_CANVAS_H
#define HEAPREEL_TUI_TERM_CANVAS_H

#include "tui/term/theme.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define CELL_POINTS 4 /* code points that a cell holds; more combining marks than that are dropped */

struct cell {
    uint32_t point[CELL_POINTS]; /* base, marks; unused ones are 0 */
    uint8_t width;               /* 1 or 2; 0: the right half of the wide cell before it */
    uint8_t style;               /* enum style */
    uint8_t ground;              /* enum style whose foreground is this cell's background, or STYLE_NORMAL: none */
};

struct canvas {
    int width, height;
    struct cell *cells; /* owned: row by row */
    bool ascii;         /* glyphs and text are drawn in ASCII */
    enum theme theme;   /* the colors that its styles have on a terminal */
    bool failed;        /* the host had no memory for something: sticky until canvas_clear */
};

struct rect {
    int x, y, w, h;
};

/* Makes *canvas an empty canvas of 0 x 0. */
void canvas_init(struct canvas *canvas, bool ascii);
void canvas_free(struct canvas *canvas);

/* Makes the canvas width x height and clears it. 0, or -1 without memory (nothing changes then). */
int canvas_resize(struct canvas *canvas, int width, int height);

/* Fills the canvas with blanks and forgets a failure. */
void canvas_clear(struct canvas *canvas);

/* The whole canvas as a rectangle. */
struct rect canvas_all(const struct canvas *canvas);

/* The cell at column x of row y, both in range: borrowed. */
const struct cell *canvas_at(const struct canvas *canvas, int x, int y);

/* ---- drawing: everything outside of clip or of the canvas is cut off ---- */

/* Draws UTF-8 text from column x of row y. Returns the column after it (which can be outside of clip). */
int canvas_text(struct canvas *canvas, struct rect clip, int x, int y, enum style style, const char *text, size_t len);

/* The same for a NUL-terminated text. */
int canvas_string(struct canvas *canvas, struct rect clip, int x, int y, enum style style, const char *text);

/* Draws text in at most room columns; if it is longer, the last one is an ellipsis. Returns the column after it. */
int canvas_fit(struct canvas *canvas, struct rect clip, int x, int y, int room, enum style style, const char *text,
               size_t len);

/* Formats and draws; for numbers and words of the program. Returns the column after it. */
int canvas_format(struct canvas *canvas, struct rect clip, int x, int y, enum style style, const char *format, ...)
    __attribute__((format(printf, 6, 7)));

/* Draws one glyph of the theme's table. Returns the column after it. */
int canvas_glyph(struct canvas *canvas, struct rect clip, int x, int y, enum style style, enum glyph glyph);

/* Draws a glyph with another style's foreground as its background. */
void canvas_glyph_on(struct canvas *canvas, struct rect clip, int x, int y, enum style style, enum style ground,
                     enum glyph glyph);

/* Draws the glyph count times. Returns the column after it. */
int canvas_repeat(struct canvas *canvas, struct rect clip, int x, int y, enum style style, enum glyph glyph, int count);

/* Blanks a rectangle. */
void canvas_fill(struct canvas *canvas, struct rect rect, enum style style);

/* Changes the style of the cell at (x, y), if it is on the canvas; its text stays. */
void canvas_restyle(struct canvas *canvas, int x, int y, enum style style);

/* Columns that a text takes. */
int canvas_columns(const struct canvas *canvas, const char *text, size_t len);

/*
 * How many bytes of text make a line of room columns, for wrapping. A line ends between words, between wide characters
 * (unless they cling to each other), else anywhere; "1 536" is one word. Blanks after the last word belong to the line,
 * and can be outside of its room. At least one character unless text is empty.
 */
size_t canvas_wrap(const struct canvas *canvas, const char *text, size_t len, int room);
/* The lines that text makes so. */
int canvas_rows(const struct canvas *canvas, const char *text, int room);

/* ---- reading ---- */

/* Writes the canvas as text, one line per row without trailing blanks. 0, or -1 if it cannot be written. */
int canvas_write(const struct canvas *canvas, FILE *out);

/* Writes the style plane: one letter per cell (theme.h), blanks where the style is normal. 0 or -1. */
int canvas_write_styles(const struct canvas *canvas, FILE *out);

/* Writes the canvas with its colors as control sequences, for a terminal of depth (256, 8 or 0) colors. 0 or -1. */
int canvas_write_colors(const struct canvas *canvas, int depth, FILE *out);

#endif
