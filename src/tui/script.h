/*
 * script.h - a session without a terminal: keys from a file, screens as text.
 *
 * A script is words apart by blanks and newlines; "#" starts a comment. A word
 * is a key (as keys.h names it), or one of
 *   resize WxH      the screen's size from now on
 *   wait DURATION   time passes, for what is playing
 *   dump FILE       write the screen as text ("-": standard output)
 *   styles FILE     write the style plane
 *   colors256 FILE  write the screen with its colors, for a terminal of 256; likewise colors8, and colors0: none
 *   press, drag, release, wheel-up, wheel-down X,Y
 *                   the mouse does that at column X of row Y, from 0
 * or a text in double quotes (without such a mark within), which is typed.
 */
#ifndef HEAPREEL_TUI_SCRIPT_H
#define HEAPREEL_TUI_SCRIPT_H

#include "tui/tui.h"

/* Plays options->script (NULL: one that runs to the end), then writes options->dump. As tui_play. */
int script_play(const struct play_options *options, bool ascii, struct error *error, bool *of_trace);

#endif
