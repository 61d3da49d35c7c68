/*
 * message.h - what the program says on standard error: "heapreel: FILE:LINE:COL: text", lower case, no full stop.
 */
#ifndef HEAPREEL_CLI_MESSAGE_H
#define HEAPREEL_CLI_MESSAGE_H

#include "base/error.h"

/* Prints "heapreel: " and the formatted text as a line. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * Prints error, which concerns the trace or file at path (NULL: none; "-": standard input), with its place; a misuse
 * of command (NULL: of the program) ends with a hint at its help. Clears error. Returns the exit status.
 */
int complain_error(const char *command, const char *path, struct error *error);

/* Prints a misuse of command (NULL: of the program) and the hint at its help. Returns the exit status. */
int complain_usage(const char *command, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
