/*
 * tui.h - the dashboard: a trace played on a terminal, or as text without one.
 *
 * The only entry from outside of this directory. Views draw on a canvas of
 * cells (canvas.h); one file (terminal.c) puts a canvas on a terminal.
 */
#ifndef HEAPREEL_TUI_TUI_H
#define HEAPREEL_TUI_TUI_H

#include "base/error.h"
#include "base/output.h"
#include "heap/config.h"

#include <stdbool.h>

/* Colors: as the terminal and NO_COLOR have it, always, never. */
enum color_mode { COLORS_AUTO, COLORS_ALWAYS, COLORS_NEVER };

#define PLAY_WIDTH 80 /* the size of a screen without a terminal, unless options say another */
#define PLAY_HEIGHT 24

/* What "heapreel play" was asked for. Every string is borrowed. */
struct play_options {
    const char *path;         /* the trace; "-" = standard input (keys come from the controlling terminal) */
    struct settings settings; /* of the command line: win over the trace's */
    bool ascii;               /* ASCII only, whatever the locale */
    enum color_mode colors;
    uint64_t budget;             /* bytes for checkpoints; 0 = as travel.h has it */
    const struct settings *with; /* another configuration to compare with, or NULL */
    const char *script;          /* file of keys ("-" = standard input), played without a terminal; or NULL */
    const char *dump;        /* file for the last screen as text ("-" = standard output), without a terminal; or NULL */
    unsigned width, height;  /* size without a terminal; 0 = PLAY_WIDTH, PLAY_HEIGHT */
    struct outputs *outputs; /* lists the files being written, for who handles signals; or NULL */
};

/*
 * Plays the trace until the user quits, or until the script ends. Without a
 * terminal if script or dump is given (a dump alone plays to the end).
 * The caller has called setlocale(LC_ALL, "").
 * Returns the exit status: 0 all well, 1 a failed expectation or an unexpected
 * out of memory; or -1 after filling error (kind says which status, line and column
 * where in the trace if the trace is wrong). *of_trace: the error is the trace's, not the terminal's or a script's.
 */
int tui_play(const struct play_options *options, struct error *error, bool *of_trace);

#endif
