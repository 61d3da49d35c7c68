/*
 * terminal.h - a canvas on a terminal, and keys from it.
 *
 * terminal.c is the one file that knows curses. There is one terminal at a
 * time: whatever ends the program, it leaves the screen as it was.
 */
#ifndef HEAPREEL_TUI_TERM_TERMINAL_H
#define HEAPREEL_TUI_TERM_TERMINAL_H

#include "base/error.h"
#include "tui/term/canvas.h"
#include "tui/term/keys.h"

/* Colors: as the terminal and NO_COLOR have it, always, never. */
enum color_mode { COLORS_AUTO, COLORS_ALWAYS, COLORS_NEVER };

struct terminal;

/* True if the locale's encoding is UTF-8; the caller has called setlocale. */
bool terminal_utf8(void);

/*
 * Takes the terminal over. keys_elsewhere: standard input is taken, keys come
 * from the controlling terminal. NULL after filling error.
 */
struct terminal *terminal_open(enum color_mode colors, bool keys_elsewhere, struct error *error);
/* Gives it back as it was. NULL is allowed. */
void terminal_close(struct terminal *terminal);

/* Its size now. */
void terminal_size(const struct terminal *terminal, int *width, int *height);

/* Shows the canvas: one update, only what has changed. Everything is written again after terminal_redraw. */
void terminal_draw(struct terminal *terminal, const struct canvas *canvas);
void terminal_redraw(struct terminal *terminal);

enum terminal_news {
    TERMINAL_NOTHING, /* the time is over */
    TERMINAL_KEYS,    /* there may be keys */
    TERMINAL_INPUT,   /* reading input would not block */
    TERMINAL_RESIZED, /* the size is another one, or the screen must be drawn again */
    TERMINAL_GONE     /* it has hung up */
};

/*
 * Waits for at most ns nanoseconds (UINT64_MAX: for ever), and for the file descriptor input, unless that is -1; keys
 * come first. Suspends the program if it was asked to.
 */
enum terminal_news terminal_wait(struct terminal *terminal, uint64_t ns, int input);

/* Takes the next key, or what the mouse did. False if nothing waits. */
bool terminal_input(struct terminal *terminal, struct input *input);

#endif
