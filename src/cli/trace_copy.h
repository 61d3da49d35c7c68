/*
 * trace_copy.h - a trace that can be run several times, even at the same time: one that comes through a pipe is copied.
 */
#ifndef HEAPREEL_CLI_TRACE_COPY_H
#define HEAPREEL_CLI_TRACE_COPY_H

#include "run/run.h"

struct trace_copy {
    const char *path; /* borrowed */
    bool kept;        /* it came through a pipe, and is in a temporary file, mapped at text */
    char *text;       /* NULL if it is empty */
    size_t len;
};

/* Copies what is at path ("-": standard input), unless it is a regular file. 0, or -1 after filling error. */
int trace_copy_open(struct trace_copy *trace_copy, const char *path, struct error *error);
void trace_copy_close(struct trace_copy *trace_copy);

/* Like run_open, on the trace; several threads can call it at once. */
int trace_copy_run(const struct trace_copy *trace_copy, struct run *run, const struct run_options *options,
                   struct error *error);

#endif
