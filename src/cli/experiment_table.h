/* experiment_table.h - the results of an experiment for people: a table in which the best figures are marked. */
#ifndef HEAPREEL_CLI_EXPERIMENT_TABLE_H
#define HEAPREEL_CLI_EXPERIMENT_TABLE_H

#include "cli/experiment.h"

#include <stdio.h>

/* One column for each cell, one row for each figure. 0, or -1 without memory or after a write error (see ferror). */
int experiment_table_compare(const struct cells *cells, const char *path, FILE *file);

/*
 * One row for each cell, one column for each figure; all cells choose values for the same count keys. Returns the same.
 */
int experiment_table_sweep(const struct cells *cells, const char *path, const char *const *keys, size_t count,
                           FILE *file);

#endif
