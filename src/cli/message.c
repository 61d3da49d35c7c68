/* message.c - prints errors on standard error. */
#include "cli/message.h"

#include "cli/commands.h"
#include "formats/format.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static void say(const char *format, va_list args)
{
    fputs("heapreel: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
}

static void hint(const char *command)
{
    fprintf(stderr, "Try 'heapreel %s%s--help'.\n", command == NULL ? "" : command, command == NULL ? "" : " ");
}

void complain(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say(format, args);
    va_end(args);
}

int complain_usage(const char *command, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say(format, args);
    va_end(args);
    hint(command);
    return STATUS_ERROR;
}

/*
 * A trace that goes wrong at its first line may be no trace. What the file is, if that is known: a better message than
 * what is wrong with it as a trace; or NULL.
 */
static const char *hint_of(const char *path, const struct error *error)
{
    static char text[4096];
    FILE *file = path == NULL || error->kind != ERROR_INPUT || error->line != 1 || strcmp(path, "-") == 0
                     ? NULL
                     : fopen(path, "rb");
    if (file == NULL)
        return NULL;
    size_t len = fread(text, 1, sizeof text, file);
    fclose(file);
    return format_hint(text, len);
}

int complain_error(const char *command, const char *path, struct error *error)
{
    bool imports = command != NULL && strcmp(command, commands[COMMAND_import].name) == 0; /* it knows what it reads */
    const char *foreign = imports ? NULL : hint_of(path, error);
    if (foreign != NULL) {
        complain("%s: %s", path, foreign);
        error_clear(error);
        return STATUS_ERROR;
    }
    fputs("heapreel: ", stderr);
    /* A misuse is not the trace's fault, unless it has a place in the trace. */
    if (path != NULL && (error->kind != ERROR_USAGE || error->line != 0)) {
        fputs(path, stderr);
        if (error->line != 0)
            fprintf(stderr, ":%" PRIu64, error->line);
        if (error->line != 0 && error->column != 0)
            fprintf(stderr, ":%" PRIu64, error->column);
        fputs(": ", stderr);
    }
    fprintf(stderr, "%s\n", error_text(error));
    if (error->kind == ERROR_USAGE)
        hint(command);
    error_clear(error);
    return STATUS_ERROR;
}
