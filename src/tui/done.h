/*
 * done.h - which lessons have been done: a file below $XDG_STATE_HOME (~/.local/state), a name a line.
 *
 * It is a convenience: what cannot be read or written is left out silently.
 */
#ifndef HEAPREEL_TUI_DONE_H
#define HEAPREEL_TUI_DONE_H

#include <stddef.h>

/* The names, each followed by a newline: new; NULL if there is no such file. */
char *done_read(void);

/* Adds a name. */
void done_add(const char *name);

#endif
