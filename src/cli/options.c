/* options.c - parses a command's options with getopt_long, and prints the command's help. */
#include "cli/options.h"

#include "base/nearest.h"
#include "base/text.h"
#include "cli/message.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COMMON_PROFILE, COMMON_ERA, COMMON_SET, COMMON_MAX_OLD, COMMON_MAX_SEMI, COMMON_MIN_SEMI, COMMON_COUNT };

#define X(symbol, word, before) before word
static const struct option_spec common[COMMON_COUNT] = {
    [COMMON_PROFILE] = {"profile", "NAME", "classroom (default), book, node6 or node20"},
    [COMMON_ERA] = {"era", "NAME", ERAS(X) ": the rules, not the geometry"},
    [COMMON_SET] = {"set", "KEY=VALUE", "set a key (heapreel config); wins over the trace"},
    [COMMON_MAX_OLD] = {"max-old-space-size", "MB", "as node's flag"},
    [COMMON_MAX_SEMI] = {"max-semi-space-size", "MB", "as node's flag"},
    [COMMON_MIN_SEMI] = {"min-semi-space-size", "MB", "as node's flag"},
};
#undef X
_Static_assert(PROFILE_COUNT == 4, "the help of --profile names them all");

static const struct option_spec help_spec = {"help", NULL, "show this help"};

/* Values for getopt_long: the command's options from SPECS on, the common ones from COMMON on. */
enum { VALUE_HELP = 0x100, VALUE_COMMON = 0x200, VALUE_SPECS = 0x300 };

int option_number(const char *name, const char *value, uint64_t *number, struct error *error)
{
    struct text_quoted quoted;
    size_t len = strlen(value);
    if (text_number(value, len, number) != TEXT_OK || *number == 0) {
        return error_set(error, ERROR_USAGE, 0, 0, "--%s must be a number from 1 on, not \"%s\"", name,
                         text_quote(&quoted, value, len));
    }
    return 0;
}

/* --set KEY=VALUE */
static int take_set(struct settings *settings, const char *value, struct error *error)
{
    const char *equals = strchr(value, '=');
    if (equals == NULL) {
        struct text_quoted quoted;
        return error_set(error, ERROR_USAGE, 0, 0, "--set needs KEY=VALUE, not \"%s\"",
                         text_quote(&quoted, value, strlen(value)));
    }
    return settings_set(settings, SETTING_OPTION, value, (size_t)(equals - value), equals + 1, strlen(equals + 1),
                        error);
}

/* A flag of V8 in V8's unit, megabytes. */
static int take_megabytes(struct settings *settings, const char *name, const char *value, struct error *error)
{
    struct text_quoted quoted;
    char text[TEXT_NUMBER_ROOM + 1];
    uint64_t number;
    size_t len = strlen(value);
    if (text_number(value, len, &number) != TEXT_OK) {
        return error_set(error, ERROR_USAGE, 0, 0, "--%s must be a number of megabytes, not \"%s\"", name,
                         text_quote(&quoted, value, len));
    }
    len = text_print_number(text, number);
    text[len] = 'M';
    return settings_set(settings, SETTING_OPTION, name, strlen(name), text, len + 1, error);
}

static int take_common(struct settings *settings, int index, const char *value, struct error *error)
{
    const char *name = common[index].name;
    switch (index) {
    case COMMON_SET: return take_set(settings, value, error);
    case COMMON_PROFILE:
    case COMMON_ERA: return settings_set(settings, SETTING_OPTION, name, strlen(name), value, strlen(value), error);
    default: return take_megabytes(settings, name, value, error);
    }
}

/* Replaces the underscores of long option names by dashes. */
static void dash_names(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strncmp(argv[i], "--", 2) != 0)
            continue;
        for (char *c = argv[i]; *c != '\0' && *c != '='; c++)
            if (*c == '_')
                *c = '-';
    }
}

static struct option to_option(const struct option_spec *spec, int value)
{
    return (struct option){spec->name, spec->argument == NULL ? no_argument : required_argument, NULL, value};
}

/* The table for getopt_long: new, or NULL without memory. */
static struct option *make_table(const struct usage *usage)
{
    struct option *table = calloc((size_t)usage->count + COMMON_COUNT + 2, sizeof *table);
    if (table == NULL)
        return NULL;
    int n = 0;
    for (int i = 0; i < usage->count; i++)
        table[n++] = to_option(&usage->specs[i], VALUE_SPECS + i);
    for (int i = 0; i < COMMON_COUNT && usage->settings != NULL; i++)
        table[n++] = to_option(&common[i], VALUE_COMMON + i);
    table[n] = to_option(&help_spec, VALUE_HELP);
    return table;
}

/* The letters for getopt_long: new, or NULL without memory. */
static char *make_letters(const struct usage *usage)
{
    size_t count = usage->letters == NULL ? 0 : strlen(usage->letters), n = 0;
    char *letters = malloc(2 * count + 3);
    if (letters == NULL)
        return NULL;
    letters[n++] = ':';
    letters[n++] = 'h';
    for (size_t i = 0; i < count; i++) {
        if (usage->letters[i] != ' ') {
            letters[n++] = usage->letters[i];
            if (usage->specs[i].argument != NULL)
                letters[n++] = ':';
        }
    }
    letters[n] = '\0';
    return letters;
}

/* The i-th long option of a table: what an option can be mistaken for. */
static const char *nth_option(void *table, size_t i)
{
    return ((const struct option *)table)[i].name;
}

/* Reports an option that getopt_long refused. */
static int bad_option(const char *command, int code, char **argv, struct option *table)
{
    struct text_quoted quoted;
    /* A short option is shown by its letter, since it can be one of several; a long one by its argument. */
    if (optopt > 0 && optopt < VALUE_HELP) {
        char letter = (char)optopt;
        return complain_usage(command, code == ':' ? "option -%s needs a value" : "unknown option -%s",
                              text_quote(&quoted, &letter, 1));
    }
    const char *word = argv[optind - 1];
    size_t len = strcspn(word, "=");
    const char *text = text_quote(&quoted, word, len);
    if (code == ':')
        return complain_usage(command, "option %s needs a value", text);
    if (optopt != 0)
        return complain_usage(command, "option %s takes no value", text);
    size_t dashes = strspn(word, "-");
    const char *nearest = nearest_word(word + dashes, len - dashes, nth_option, table);
    return nearest ? complain_usage(command, "unknown option %s: did you mean --%s?", text, nearest)
                   : complain_usage(command, "unknown option %s", text);
}

static int take_option(const struct usage *usage, int code, struct error *error)
{
    if (code >= VALUE_COMMON && code < VALUE_SPECS)
        return take_common(usage->settings, code - VALUE_COMMON, optarg, error);
    int index = code >= VALUE_SPECS ? code - VALUE_SPECS : (int)(strchr(usage->letters, code) - usage->letters);
    return usage->take(usage->self, index, optarg, error);
}

static struct {
    void (*take)(void *self, const struct usage *usage);
    void *self;
} diversion;

void options_divert(void (*take)(void *self, const struct usage *usage), void *self)
{
    diversion.take = take;
    diversion.self = self;
}

enum options_result options_parse(const struct usage *usage, int *argc, char ***argv)
{
    if (diversion.take != NULL) {
        diversion.take(diversion.self, usage);
        return OPTIONS_HELP;
    }
    const char *command = commands[usage->command].name;
    struct option *table = make_table(usage);
    char *letters = make_letters(usage);
    struct error error = {0};
    enum options_result result = OPTIONS_GO;
    if (table == NULL || letters == NULL) {
        free(table);
        free(letters);
        error_memory(&error);
        complain_error(command, NULL, &error);
        return OPTIONS_BAD;
    }
    dash_names(*argc, *argv);
    opterr = 0;
    optind = 1;
    for (int code; result == OPTIONS_GO && (code = getopt_long(*argc, *argv, letters, table, NULL)) != -1;) {
        if (code == 'h' || code == VALUE_HELP) {
            options_help(usage);
            result = OPTIONS_HELP;
        } else if (code == '?' || code == ':') {
            bad_option(command, code, *argv, table);
            result = OPTIONS_BAD;
        } else if (take_option(usage, code, &error) != 0) {
            complain_error(command, NULL, &error);
            result = OPTIONS_BAD;
        }
    }
    free(table);
    free(letters);
    *argc -= optind;
    *argv += optind;
    return result;
}

/* ---- help ---- */

const struct option_spec *options_nth(const struct usage *usage, int i, char *letter)
{
    *letter = i >= usage->count || usage->letters == NULL ? ' ' : usage->letters[i];
    if (i < usage->count)
        return &usage->specs[i];
    i -= usage->count;
    if (i == 0)
        return &help_spec;
    return usage->settings != NULL && i <= COMMON_COUNT ? &common[i - 1] : NULL;
}

#define HELP_COLUMN 28

static void help_line(const struct option_spec *spec, char letter)
{
    int width = letter == ' ' ? printf("  ") : printf("  -%c, ", letter);
    width +=
        printf("--%s%s%s", spec->name, spec->argument == NULL ? "" : "=", spec->argument == NULL ? "" : spec->argument);
    if (width >= HELP_COLUMN - 1) {
        putchar('\n');
        width = 0;
    }
    printf("%*s%s\n", HELP_COLUMN - width, "", spec->help);
}

void options_help(const struct usage *usage)
{
    const struct command *command = &commands[usage->command];
    printf("usage: heapreel %s [OPTION...]%s%s\n%s\n", command->name, *command->arguments == '\0' ? "" : " ",
           command->arguments, command->help);
    if (usage->text != NULL)
        printf("\n%s\n", usage->text);
    puts("\noptions:");
    char letter;
    const struct option_spec *spec;
    for (int i = 0; (spec = options_nth(usage, i, &letter)) != NULL; i++) {
        if (i == usage->count + 1)
            puts("\nconfiguration:");
        help_line(spec, letter);
    }
}
