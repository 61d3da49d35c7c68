/*
 * tui.h - the dashboard: a trace played on a terminal, or as text without one.
 *
 * The only entry from outside this directory. Views draw on a canvas of cells (canvas.h); one file (terminal.c) puts a
 * canvas on a terminal.
 */
#ifndef HEAPREEL_TUI_TUI_H
#define HEAPREEL_TUI_TUI_H

#include "tui/player/options.h"

#include <stdbool.h>

/*
 * Plays the trace until the user quits, or until the script ends. Uses no terminal if script, dump or film is given
 * (with dump alone, plays to the end). The caller has called setlocale(LC_ALL, ""). Returns the exit status: 0 all is
 * well, 1 a failed expectation or unexpectedly out of memory; or -1 after filling error (its kind says which status;
 * line and column are in the trace if the trace is wrong). *of_trace: the error is the trace's, not the terminal's or a
 * script's.
 */
int tui_play(const struct play_options *options, struct error *error, bool *of_trace);

#endif
