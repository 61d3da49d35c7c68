/*
 * celltable.h - what a trace came to under many configurations, for people: a table whose best figures are marked.
 */
#ifndef HEAPREEL_CLI_CELLTABLE_H
#define HEAPREEL_CLI_CELLTABLE_H

#include "cli/cells.h"

#include <stdio.h>

/* A column for each cell, a row for each figure. 0, or -1 without memory, or after a write error (ferror tells). */
int celltable_compare(const struct cells *cells, const char *path, FILE *file);

/* A row for each cell, a column for each figure; every cell chooses values for the same count keys. Likewise. */
int celltable_sweep(const struct cells *cells, const char *path, const char *const *keys, size_t count, FILE *file);

#endif
