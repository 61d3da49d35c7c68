/*
 * terminal.h - a canvas on a terminal, and keys from it.
 *
 * Only terminal.c knows curses. There is one terminal at a time; whatever ends the program, it restores the screen.
 */
#ifndef HEAPREEL_TUI_TERM_TERMINAL_H
#define HEAPREEL_TUI_TERM_TERMINAL_H

#include "base/error.h"
#include "tui/term/canvas.h"
#include "tui/term/keys.h"

/* Colors: as the terminal and NO_COLOR say, always, never. */
enum color_mode { COLORS_AUTO, COLORS_ALWAYS, COLORS_NEVER };

struct terminal;

/* Is the locale's encoding UTF-8? The caller has called setlocale. */
bool terminal_utf8(void);

/*
 * Takes over the terminal. keys_elsewhere: standard input is used otherwise, and keys come from the controlling
 * terminal. NULL after filling error.
 */
struct terminal *terminal_open(enum color_mode colors, bool keys_elsewhere, struct error *error);
/* Restores the terminal. NULL is allowed. */
void terminal_close(struct terminal *terminal);

/* Its size now. */
void terminal_size(const struct terminal *terminal, int *width, int *height);

/* Shows the canvas in one update, writing only what has changed; everything after terminal_redraw. */
void terminal_draw(struct terminal *terminal, const struct canvas *canvas);
void terminal_redraw(struct terminal *terminal);

enum terminal_news {
    TERMINAL_NOTHING, /* the time is over */
    TERMINAL_KEYS,    /* there can be keys */
    TERMINAL_INPUT,   /* reading input would not block */
    TERMINAL_RESIZED, /* the size has changed, or the screen must be drawn again */
    TERMINAL_GONE     /* it has hung up */
};

/*
 * Waits for at most ns nanoseconds (UINT64_MAX: without limit), and for the file descriptor input, unless that is -1;
 * keys come first. Suspends the program if it was asked to.
 */
enum terminal_news terminal_wait(struct terminal *terminal, uint64_t ns, int input);

/* Takes the next key or mouse action. False if none waits. */
bool terminal_input(struct terminal *terminal, struct input *input);

#endif
