/*
 * output.h - the program's output files and standard output, and what signals and closed pipes do to them.
 *
 * base/output.h writes the files, completely or not at all.
 */
#ifndef HEAPREEL_CLI_OUTPUT_H
#define HEAPREEL_CLI_OUTPUT_H

#include "base/output.h"

/* Like output_start: adds o to the program's outputs, and flushes stdout before o is written. */
int output_open(struct output *o, const char *path, struct error *error);

/* Like output_finish; reports a failure of standard output only once. */
int output_commit(struct output *o, struct error *error);

/* The program's outputs, for parts that know nothing about signals. */
struct outputs *output_all(void);

/* Removes unfinished files when a signal or a closed pipe ends the program. */
void output_catch_signals(void);

/*
 * Flushes standard output. 0, or -1 after filling error (only the first time). If its reader is gone, the program ends
 * quietly here, by SIGPIPE, as others do (unless SIGPIPE was ignored when the program began).
 */
int output_flush_standard(struct error *error);

#endif
