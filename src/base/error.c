/* error.c - sets, reads and clears an error. */
#include "base/error.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

int error_set(struct error *e, enum error_kind kind, uint64_t line, uint64_t column, const char *format, ...)
{
    if (e->kind != ERROR_NONE)
        return -1;
    va_list args;
    size_t len;
    va_start(args, format);
    char *text = text_format(&len, format, args);
    va_end(args);
    if (text == NULL)
        return error_memory(e);
    *e = (struct error){.kind = kind, .line = line, .column = column, .text = text};
    return -1;
}

int error_memory(struct error *e)
{
    if (e->kind == ERROR_NONE)
        *e = (struct error){.kind = ERROR_MEMORY};
    return -1;
}

const char *error_text(const struct error *e)
{
    if (e->text != NULL)
        return e->text;
    return e->kind == ERROR_MEMORY ? "out of memory" : "no error";
}

void error_clear(struct error *e)
{
    free(e->text);
    *e = (struct error){0};
}
