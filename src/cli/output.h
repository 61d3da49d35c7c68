/*
 * output.h - the program's output files, and standard output: what signals and a reader that is gone do to them.
 *
 * base/output.h writes them, whole or not at all.
 */
#ifndef HEAPREEL_CLI_OUTPUT_H
#define HEAPREEL_CLI_OUTPUT_H

#include "base/output.h"

/* As output_start: o is listed among the program's outputs, and what stdout holds is written before it. */
int output_open(struct output *o, const char *path, struct error *error);

/* As output_finish; a failure of standard output is told only once. */
int output_commit(struct output *o, struct error *error);

/* The program's outputs, for those parts of it that know of no signals. */
struct outputs *output_all(void);

/* Removes the unfinished files, if a signal or a closed pipe ends the program. */
void output_catch_signals(void);

/*
 * Flushes standard output. 0, or -1 after filling error (the first time only). If its reader is gone, the program ends
 * quietly here, as others do: by SIGPIPE (if that was not ignored when the program began).
 */
int output_flush_standard(struct error *error);

#endif
