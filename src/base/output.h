/*
 * output.h - an output file, written completely or not at all.
 *
 * A regular file is written under another name in its directory and renamed at the end, so that nothing is lost if the
 * disk is full or the trace is wrong. "-", devices, FIFOs, and a file that is also standard output are written
 * directly.
 */
#ifndef HEAPREEL_BASE_OUTPUT_H
#define HEAPREEL_BASE_OUTPUT_H

#include "base/error.h"

#include <stdbool.h>
#include <stdio.h>

struct output;

/* What the outputs of a program have in common; all zero at first. */
struct outputs {
    struct output *volatile unfinished; /* those with a temporary file, which a signal handler must remove */
    void (*reader_gone)(void);          /* called when nobody reads standard output any more; NULL: nothing */
};

struct output {
    FILE *file;          /* NULL: not open */
    const char *path;    /* as given: borrowed */
    char *target;        /* owned: temporary will be renamed to it; NULL if written directly */
    char *temporary;     /* owned */
    bool standard;       /* goes to standard output */
    int fd;              /* what file writes to */
    int code;            /* errno of the first write that failed, or 0 */
    struct outputs *all; /* the list that it is in, or NULL */
    struct output *next;
};

/*
 * Opens path for writing. all (borrowed, may be NULL) lists it while it has a temporary file; o must stay where it is
 * while open. Standard output is written beside stdout, which the caller flushes.
 * 0, or -1 after filling error (o is not open then).
 */
int output_start(struct output *o, struct outputs *all, const char *path, struct error *error);

/* Would a file written at one path replace the regular file, or the other output, at the other path? */
bool output_same(const char *one, const char *other);

/*
 * Ends the output: flushes, and moves the file to its place. 0, or -1 after filling error; the file is unchanged then.
 * Nothing to do if o is not open.
 */
int output_finish(struct output *o, struct error *error);

/* Closes o and removes its temporary file. Nothing to do if it is not open. */
void output_discard(struct output *o);

/* Removes the temporary files of all unfinished outputs. Can be called from a signal handler that ends the program. */
void outputs_remove(const struct outputs *all);

#endif
