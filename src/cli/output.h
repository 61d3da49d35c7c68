/*
 * output.h - an output file, written whole or not at all.
 *
 * A regular file is written under another name in its directory and renamed when all is well, so that nothing is lost
 * when the disk is full or the trace is wrong. "-", devices, FIFOs and whatever is the same file as standard output
 * are written directly.
 */
#ifndef HEAPREEL_CLI_OUTPUT_H
#define HEAPREEL_CLI_OUTPUT_H

#include "base/error.h"

#include <stdbool.h>
#include <stdio.h>

struct output {
    FILE *file;          /* NULL: not open */
    const char *path;    /* as given: borrowed */
    char *target;        /* owned: what temporary will be renamed to; NULL if written directly */
    char *temporary;     /* owned */
    bool standard;       /* goes to standard output */
    int fd;              /* what file writes to */
    int code;            /* errno of the first write that failed, or 0 */
    struct output *next; /* the list of those that a signal must clean up after */
};

/* Opens path for writing. o must stay where it is while open. 0, or -1 after filling error (o is not open then). */
int output_open(struct output *o, const char *path, struct error *error);

/*
 * Says that all has been written: flushes, and puts the file in its place. 0, or -1 after filling error, the file
 * being as it was before. Nothing to do if o is not open.
 */
int output_commit(struct output *o, struct error *error);

/* Closes o and leaves no trace of it. Nothing to do if it is not open. */
void output_discard(struct output *o);

/* Removes the unfinished files, if a signal or a closed pipe ends the program. */
void output_catch_signals(void);

/*
 * Flushes standard output. 0, or -1 after filling error (the first time only). If its reader is gone, the program ends quietly here, as
 * others do: by SIGPIPE (if that was not ignored when the program began).
 */
int output_flush_standard(struct error *error);

#endif
