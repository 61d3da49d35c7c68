/*
 * model-text.h - growable text and allocation for the tests' reference model.
 *
 * Test code has no use for running on without memory: every function here
 * ends the process when memory runs out, so callers never check for NULL.
 */
#ifndef MODEL_TEXT_H
#define MODEL_TEXT_H

#include <stdarg.h>
#include <stddef.h>

#if defined(__GNUC__)
#define TEXT_PRINTF(f, a) __attribute__((format(printf, f, a)))
#else
#define TEXT_PRINTF(f, a)
#endif

/*
 * A zero-initialized text is empty; data is NUL-terminated once anything has
 * been added, NULL before.
 */
typedef struct text {
    char *data;
    size_t len;
    size_t room;
} text;

/* Zeroed memory for `count` items of `size` bytes; the caller frees it. */
void *txt_alloc(size_t count, size_t size);
/* As realloc, for `count` items of `size` bytes. */
void *txt_realloc(void *old, size_t count, size_t size);
/* A NUL-terminated copy of the first `len` bytes of `s`; the caller frees it. */
char *txt_copy(const char *s, size_t len);

/* Append `len` bytes. */
void txt_add(text *t, const char *s, size_t len);
/* Append formatted text. */
void txt_addf(text *t, const char *format, ...) TEXT_PRINTF(2, 3);
void txt_addv(text *t, const char *format, va_list args) TEXT_PRINTF(2, 0);
/* Free the text's memory and make it empty. */
void txt_free(text *t);

#endif
