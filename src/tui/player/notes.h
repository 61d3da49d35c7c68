/* notes.h - the texts that a trace has for people, before they are reached: how much room they will need. */
#ifndef HEAPREEL_TUI_PLAYER_NOTES_H
#define HEAPREEL_TUI_PLAYER_NOTES_H

#include <stddef.h>

#define NOTES_ARROW " \xE2\x86\x92 " /* between a question and its answer */

/* A note, or a question and its answer (NULL: none), as one text: new, or NULL without memory. note NULL: "". */
char *notes_join(const char *note, const char *answer);

/* About as many columns as the text takes. */
size_t notes_room(const char *text);

/*
 * The longest note of the beginning of a file, without reading it all: new. "" if there are only chapters; NULL if it
 * has neither, if fd is -1, or without memory (it is for beauty only).
 */
char *notes_foresee(int fd);

#endif
