/*
 * experiment_files.h - what a trace came to under many configurations, for programs: JSON with the report of each run
 * as "heapreel run --json" writes it, byte for byte; CSV with a line for each.
 */
#ifndef HEAPREEL_CLI_EXPERIMENT_FILES_H
#define HEAPREEL_CLI_EXPERIMENT_FILES_H

#include "cli/experiment.h"

#include <stdio.h>

/* The beginning of the JSON, one cell after the other (first: it is the first one), and the end. */
void json_begin(FILE *file, const char *path);
void json_cell(FILE *file, const struct cell *cell, bool first);
void json_end(FILE *file);

/*
 * The headings of the CSV, and a line of it. keys: the key of each of count choices that every cell has, a column each;
 * NULL: one column has all that a cell chooses.
 */
void csv_begin(FILE *file, const char *const *keys, size_t count);
void csv_cell(FILE *file, const struct cell *cell, bool columns);

/* What a cell chooses, as KEY=VALUE,...; "baseline" if that is nothing: new, or NULL without memory. */
char *cell_label(const struct cell *cell);

#endif
