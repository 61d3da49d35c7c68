/*
 * options.h - the command line: a table of options for each command, from which parsing and help are made, and the
 * options that every command has.
 *
 * Long option names can be written with underscores, as node accepts them: --max_old_space_size=64.
 */
#ifndef HEAPREEL_CLI_OPTIONS_H
#define HEAPREEL_CLI_OPTIONS_H

#include "base/error.h"
#include "cli/commands.h"
#include "heap/config.h"

#include <stdbool.h>

struct option_spec {
    const char *name;     /* without the dashes */
    const char *argument; /* its name in the help, or NULL: none */
    const char *help;
};

/* How a command is used. */
struct usage {
    enum command_id command;
    const char *text; /* a paragraph for the help, or NULL */
    const struct option_spec *specs;
    int count;
    const char *letters; /* the letter of each option, ' ' for those without; NULL: none has one */
    /* Takes option number index of specs. 0, or -1 after filling error. */
    int (*take)(void *self, int index, const char *value, struct error *error);
    void *self;
    struct settings
        *settings; /* where --profile, --era, --set and V8's flags go; NULL: the command does not have them */
};

enum options_result {
    OPTIONS_GO,   /* continue: *argc and *argv are the operands */
    OPTIONS_HELP, /* the help has been printed: end with status 0 */
    OPTIONS_BAD   /* a misuse has been reported: end with status 2 */
};

/* Parses the options of a command, whose word is argv[0], and leaves the operands in *argc and *argv. */
enum options_result options_parse(const struct usage *usage, int *argc, char ***argv);

/* Prints the help of a command to standard output. */
void options_help(const struct usage *usage);

/*
 * The i-th option that the help of a command lists, and its letter (' ' for none); NULL after the last. The common ones
 * come last.
 */
const struct option_spec *options_nth(const struct usage *usage, int i, char *letter);

/*
 * From now on options_parse parses nothing: it calls take(self, usage), and answers OPTIONS_HELP. So the options of a
 * command are known without running it (complete.c).
 */
void options_divert(void (*take)(void *self, const struct usage *usage), void *self);

/* Reads value, a number of at least 1, for the option name. 0, or -1 after filling error. */
int option_number(const char *name, const char *value, uint64_t *number, struct error *error);

#endif
