/* snapshot_trace.h - a heap snapshot where a trace is expected: made into one. */
#ifndef HEAPREEL_CLI_SNAPSHOT_TRACE_H
#define HEAPREEL_CLI_SNAPSHOT_TRACE_H

#include "base/error.h"

#include <stdbool.h>
#include <stdio.h>

/* Writes the trace of the snapshot at path. 0, or -1 after filling error (ERROR_NONE: out could not be written). */
int snapshot_write_trace(const char *path, bool slots, FILE *out, struct error *error);

/* Does the file begin as a heap snapshot does? */
bool snapshot_looks_like(const char *path);

/*
 * The path of a file with the trace of the snapshot, which is there as long as the program runs: new, or NULL after
 * filling error.
 */
char *snapshot_trace_path(const char *path, struct error *error);

#endif
