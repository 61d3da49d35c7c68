/*
 * experiment_command.h - what "compare" and "sweep" share: options, output files, running the configurations of a
 * trace.
 */
#ifndef HEAPREEL_CLI_EXPERIMENT_COMMAND_H
#define HEAPREEL_CLI_EXPERIMENT_COMMAND_H

#include "cli/commands.h"
#include "cli/experiment.h"
#include "cli/options.h"
#include "cli/output.h"

/* X(symbol, name, argument, help, letter): outputs first. */
#define COMPARISON_OPTIONS(X)                                                                                          \
    X(JSON, "json", "FILE", "write the report of each run as JSON", ' ')                                               \
    X(CSV, "csv", "FILE", "write the figures as CSV, a line for each run", ' ')                                        \
    X(JOBS, "jobs", "N", "run N at a time (all cores)", 'j')                                                           \
    X(MAX_COLLECTIONS, "max-collections", "N", "list at most N collections (100000)", ' ')

enum comparison_option {
#define X(symbol, name, argument, help, letter) COMPARISON_##symbol,
    COMPARISON_OPTIONS(X)
#undef X
        COMPARISON_OPTION_COUNT
};
#define COMPARISON_OUTPUTS 2

struct comparison {
    enum command_id command;
    const char *argument;    /* the trace, as given */
    const char *const *keys; /* borrowed: the key of each choice; NULL: each cell has its own keys */
    size_t key_count;
    bool refusals; /* a configuration that contradicts itself is not an error */
    struct cells cells;
    char *path; /* owned: the path that argument stands for */
    const char *paths[COMPARISON_OUTPUTS];
    struct output outputs[COMPARISON_OUTPUTS];
    size_t told;
};

/* Takes an option of the table. 0, or -1 after filling error. */
int comparison_take(struct comparison *c, enum comparison_option option, const char *value, struct error *error);

/*
 * Runs every cell, writes the files, and then the table, by write(c, file), unless a file uses standard output. Returns
 * the exit status after reporting what is wrong.
 */
int comparison_run(struct comparison *c, int (*write)(const struct comparison *c, FILE *file));
void comparison_free(struct comparison *c);

#endif
