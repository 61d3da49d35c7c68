/*
 * experiment_files.h - the results of an experiment for programs: JSON with each run's report, byte for byte that of
 * "heapreel run --json", and CSV with one line for each run.
 */
#ifndef HEAPREEL_CLI_EXPERIMENT_FILES_H
#define HEAPREEL_CLI_EXPERIMENT_FILES_H

#include "cli/experiment.h"

#include <stdio.h>

/* The beginning of the JSON, one cell after another (first: is it the first one?), and the end. */
void json_begin(FILE *file, const char *path);
void json_cell(FILE *file, const struct cell *cell, bool first);
void json_end(FILE *file);

/*
 * The CSV's headings, and one line. keys: the key of each of the count choices that every cell has, one column each;
 * NULL: one column has all choices of the cell.
 */
void csv_begin(FILE *file, const char *const *keys, size_t count);
void csv_cell(FILE *file, const struct cell *cell, bool columns);

/* The choices of a cell as KEY=VALUE,...; "baseline" if it has none: new, or NULL without memory. */
char *cell_label(const struct cell *cell);

#endif
