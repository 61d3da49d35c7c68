/*
 * trace_copy.h - a trace that can be run more than once, several times at once: what comes through a pipe is kept.
 */
#ifndef HEAPREEL_CLI_TRACE_COPY_H
#define HEAPREEL_CLI_TRACE_COPY_H

#include "run/run.h"

struct trace_copy {
    const char *path; /* borrowed */
    bool kept;        /* it came through a pipe, and stands in a temporary file, mapped at: */
    char *text;       /* NULL if it is empty */
    size_t len;
};

/* Reads what is at path ("-": standard input), if it is no regular file. 0, or -1 after filling error. */
int trace_copy_open(struct trace_copy *trace_copy, const char *path, struct error *error);
void trace_copy_close(struct trace_copy *trace_copy);

/* As run_open, on the trace; may be called by several threads at once. */
int trace_copy_run(const struct trace_copy *trace_copy, struct run *run, const struct run_options *options,
                   struct error *error);

#endif
