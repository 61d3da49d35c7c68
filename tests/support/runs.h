/*
 * runs.h - runs of traces in memory, for tests: what fails, fails the test.
 */
#ifndef HEAPREEL_TESTS_RUNS_H
#define HEAPREEL_TESTS_RUNS_H

#include "run/run.h"

#include <stdio.h>

/* The words of the eras, for loops over them. */
static inline const char *era_at(int i)
{
    return era_word((enum era)i);
}

/* Runs a trace to its end (or to options->until); options may be NULL. run_close is the caller's. */
void runs_text(struct run *run, const char *text, const struct run_options *options);

/* A trace that does a bit of everything, in an era: new, free() it. */
char *runs_medley(const char *era);

/* What write(run, file) writes, NUL-terminated: new, free() it. */
char *runs_written(int (*write)(const struct run *run, FILE *file), const struct run *run);

/*
 * Marks in reachable (one byte per record, the caller's, zeroed) what handles reach strongly, with ephemerons: another
 * walk than heap/retainers.h has, for comparison. 0, or -1 without memory.
 */
int runs_reachable(const struct heap *heap, uint8_t *reachable);

#endif
