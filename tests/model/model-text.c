#include "model-text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *checked(void *p)
{
    if (p == NULL) {
        fputs("model: out of memory\n", stderr);
        abort();
    }
    return p;
}

void *txt_alloc(size_t count, size_t size)
{
    return checked(calloc(count ? count : 1, size ? size : 1));
}

void *txt_realloc(void *old, size_t count, size_t size)
{
    if (size != 0 && count > (size_t)-1 / size)
        checked(NULL);
    size_t bytes = count * size;
    return checked(realloc(old, bytes ? bytes : 1));
}

char *txt_copy(const char *s, size_t len)
{
    char *copy = txt_alloc(len + 1, 1);
    if (len > 0)
        memcpy(copy, s, len);
    return copy;
}

/* Make room for `more` bytes and the final NUL. */
static void reserve(text *t, size_t more)
{
    if (t->room - t->len > more)
        return;
    size_t room = t->room ? t->room : 64;
    while (room - t->len <= more)
        room *= 2;
    t->data = txt_realloc(t->data, room, 1);
    t->room = room;
}

void txt_add(text *t, const char *s, size_t len)
{
    reserve(t, len);
    if (len > 0)
        memcpy(t->data + t->len, s, len);
    t->len += len;
    t->data[t->len] = '\0';
}

void txt_addv(text *t, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int need = vsnprintf(NULL, 0, format, args);
    if (need < 0)
        checked(NULL);
    reserve(t, (size_t)need);
    vsnprintf(t->data + t->len, (size_t)need + 1, format, again);
    va_end(again);
    t->len += (size_t)need;
}

void txt_addf(text *t, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    txt_addv(t, format, args);
    va_end(args);
}

void txt_free(text *t)
{
    free(t->data);
    *t = (text){0};
}
