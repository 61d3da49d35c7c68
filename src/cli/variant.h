/*
 * variant.h - the configurations to try, from the command line: KEY=VALUE,KEY=VALUE of "compare", KEY=V1,V2 of "sweep".
 */
#ifndef HEAPREEL_CLI_VARIANT_H
#define HEAPREEL_CLI_VARIANT_H

#include "base/text.h"
#include "base/vec.h"
#include "heap/config.h"

/* A key and a value that settings_set accepts; the value is written in the form of text_print_size and the like. */
struct variant {
    const char *key; /* of the table: borrowed */
    char value[TEXT_NUMBER_ROOM];
};

struct variants {
    VEC(struct variant) list;
};

/* A key and its values. */
struct axis {
    const char *key;
    struct variants values; /* each with that key */
};

#define AXIS_VALUES_MOST 10000

/* KEY=VALUE,KEY=VALUE,... 0, or -1 after filling error (ERROR_USAGE). choices_free in both cases. */
int choices_parse(struct variants *variants, const char *text, struct error *error);
void choices_free(struct variants *variants);

/*
 * KEY=VALUE,VALUE,...; instead of a value, LOW..HIGH*FACTOR means LOW, LOW x FACTOR and so on up to HIGH, and
 * LOW..HIGH+STEP likewise. 0, or -1 after filling error (ERROR_USAGE); axis_free in both cases.
 */
int axis_parse(struct axis *axis, const char *text, struct error *error);
void axis_free(struct axis *axis);

/* Adds choices to settings, as options. 0, or -1 after filling error. */
int choices_apply(const struct variant *variants, size_t count, struct settings *settings, struct error *error);

#endif
