/*
 * spool.h - a trace that can be run more than once, several times at once: what comes through a pipe is kept.
 */
#ifndef HEAPREEL_CLI_SPOOL_H
#define HEAPREEL_CLI_SPOOL_H

#include "run/run.h"

struct spool {
    const char *path; /* borrowed */
    bool kept;        /* it came through a pipe, and stands in a temporary file, mapped at: */
    char *text;       /* NULL if it is empty */
    size_t len;
};

/* Reads what is at path ("-": standard input), if it is no regular file. 0, or -1 after filling error. */
int spool_open(struct spool *spool, const char *path, struct error *error);
void spool_close(struct spool *spool);

/* As run_open, on the trace; may be called by several threads at once. */
int spool_run(const struct spool *spool, struct run *run, const struct run_options *options, struct error *error);

#endif
