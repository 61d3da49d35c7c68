/*
 * term.h - heapreel on a pty with a terminal emulator behind it (libvterm): what a user would see, cell by cell.
 *
 * The program runs as a job below a small parent of its own session, as below a shell, so that it can be stopped and
 * woken up. No sleeps: waiting goes on until the screen shows what is waited for, or the time is over.
 */
#ifndef HEAPREEL_TESTS_TERM_H
#define HEAPREEL_TESTS_TERM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/types.h>
#include <termios.h>
#include <vterm.h>

#define TERM_PATIENCE 15000 /* ms that a screen has to show what is waited for */

struct term {
    VTerm *vt;
    VTermScreen *screen;
    int master, reports; /* of the pty; of what becomes of the job */
    pid_t parent, job;
    int rows, cols;
    size_t bytes;           /* that the program has written */
    size_t rate;            /* bytes a second that the line carries; 0: no limit */
    uint64_t carried_at;    /* ns: until when it is busy */
    bool alternate, cursor; /* the alternate screen is shown; the cursor is seen */
    int mouse;              /* enum of VTERM_PROP_MOUSE */
    struct termios modes;   /* before the program was started */
    int status;             /* of waitpid, the last report */
    bool stopped, ended;
    bool drained; /* what it had written when it stopped or ended has come */
};

struct term_options {
    const char *const *args; /* ended by NULL; args[0] is the program's path */
    const char *const *env;  /* NAME=VALUE, or NAME: unset; ended by NULL; or NULL */
    const char *input;       /* file that becomes standard input; NULL: the terminal */
    int rows, cols;
    size_t rate;
    const struct winsize *claimed; /* the size that the line says it has, if it is not rows x cols; or NULL */
};

void term_start(struct term *term, const struct term_options *options);
/* Ends the program if it still runs, and frees everything. */
void term_end(struct term *term);

/* Takes what comes for ms milliseconds. */
void term_pump(struct term *term, int ms);

/* Waits until the screen shows text; false if it does not in time. */
bool term_shows(struct term *term, const char *text);
/* Waits until it does not any more. */
bool term_loses(struct term *term, const char *text);
/* Waits until the program has stopped, or ended, and all that it has written has come. */
bool term_stops(struct term *term);
bool term_ends(struct term *term);
/* Waits until nothing has come for so long. */
void term_settle(struct term *term, int ms);

/* Types characters; presses a key. */
void term_type(struct term *term, const char *text);
void term_key(struct term *term, VTermKey key);
/* Presses (and releases) the first button at a cell; turns the wheel. */
void term_click(struct term *term, int row, int col);
void term_drag(struct term *term, int row, int from, int to);
void term_wheel(struct term *term, int row, int col, bool up);

void term_resize(struct term *term, int rows, int cols);

/*
 * The screen as text, a line a row, in a static buffer. Its cell; where a text stands (row, column), false if nowhere.
 */
const char *term_text(const struct term *term);
VTermScreenCell term_cell(const struct term *term, int row, int col);
bool term_find(const struct term *term, const char *text, int *row, int *col);

/* Is the terminal as it was before the program came? Says what is not. */
bool term_restored(struct term *term);

uint64_t term_now(void);

#endif
