/* axes.h - keys with several values each, and all combinations of them as cells of an experiment. */
#ifndef HEAPREEL_CLI_AXES_H
#define HEAPREEL_CLI_AXES_H

#include "cli/experiment.h"

struct axes {
    VEC(struct axis) list;
    const char **keys;        /* owned: of the axes, once cells are made */
    struct variant *variants; /* owned: of all cells */
};

/* Adds KEY=VALUE,VALUE,... (variant.h); option: by which it was given, for messages. 0, or -1 after filling error. */
int axes_add(struct axes *axes, const char *option, const char *text, struct error *error);
/* The number of combinations; more than most if there are too many. */
size_t axes_combinations(const struct axes *axes, size_t most);
/* Makes a cell for each of them; the values of the last key change first. 0, or -1 without memory. */
int axes_cells(struct axes *axes, struct cells *cells);
void axes_free(struct axes *axes);

#endif
