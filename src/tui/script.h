/*
 * script.h - a session without a terminal: keys from a file, screens as text.
 *
 * A script consists of words separated by blanks and newlines; "#" starts a comment. A word is a key (with its name in
 * keys.h), or one of
 *   resize WxH      set the size of the screen
 *   wait DURATION   let time pass while playing
 *   dump FILE       write the screen as text ("-": standard output)
 *   styles FILE     write the style plane
 *   colors256 FILE  write the screen with its colors, for a terminal of 256; likewise colors8, and colors0: none
 *   press, drag, release, wheel-up, wheel-down X,Y
 *                   use the mouse at column X of row Y, counted from 0
 *   cut             a film begins here
 * or a text in double quotes (which contains none), which is typed.
 *
 * If a film is made, pictures are taken all the while, and a key is followed by a short pause; the size stays.
 */
#ifndef HEAPREEL_TUI_SCRIPT_H
#define HEAPREEL_TUI_SCRIPT_H

#include "tui/tui.h"

/*
 * Plays options->script (NULL: one that runs to the end, for a film as Space does), then writes options->dump and
 * options->film. Returns as tui_play does.
 */
int script_play(const struct play_options *options, bool ascii, struct error *error, bool *of_trace);

#endif
