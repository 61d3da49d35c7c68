/*
 * experiment_table.h - what a trace came to under many configurations, for people: a table whose best figures are
 * marked.
 */
#ifndef HEAPREEL_CLI_EXPERIMENT_TABLE_H
#define HEAPREEL_CLI_EXPERIMENT_TABLE_H

#include "cli/experiment.h"

#include <stdio.h>

/* A column for each cell, a row for each figure. 0, or -1 without memory, or after a write error (ferror tells). */
int experiment_table_compare(const struct cells *cells, const char *path, FILE *file);

/* A row for each cell, a column for each figure; every cell chooses values for the same count keys. Likewise. */
int experiment_table_sweep(const struct cells *cells, const char *path, const char *const *keys, size_t count,
                           FILE *file);

#endif
