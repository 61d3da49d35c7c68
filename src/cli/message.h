/* message.h - the program's messages on standard error: "heapreel: FILE:LINE:COL: text", lower case, no full stop. */
#ifndef HEAPREEL_CLI_MESSAGE_H
#define HEAPREEL_CLI_MESSAGE_H

#include "base/error.h"

/* Prints "heapreel: " and the formatted text as one line. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * Prints error with its place; path is the trace or file that it concerns (NULL: none; "-": standard input). A misuse
 * of command (NULL: of the program) ends with a hint at its help. Clears error. Returns the exit status.
 */
int complain_error(const char *command, const char *path, struct error *error);

/* Prints a misuse of command (NULL: of the program) and a hint at its help. Returns the exit status. */
int complain_usage(const char *command, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
