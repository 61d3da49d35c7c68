/*
 * error.h - one error, with its place, owned by the caller.
 *
 * Every fallible function of the library returns 0 on success and a negative
 * value on failure, after filling a struct error that its caller passed in.
 * The first error wins: setting an error that is already set changes nothing,
 * so that cleaning up cannot hide the cause.
 */
#ifndef HEAPREEL_BASE_ERROR_H
#define HEAPREEL_BASE_ERROR_H

#include <stdint.h>

enum error_kind {
    ERROR_NONE = 0,
    ERROR_USAGE,  /* the command line is wrong */
    ERROR_INPUT,  /* a trace or other input is malformed or impossible */
    ERROR_SYSTEM, /* a file could not be read or written */
    ERROR_MEMORY  /* the host has no memory left */
};

struct error {
    enum error_kind kind;
    uint64_t line;   /* 1-based; 0 = no line */
    uint64_t column; /* 1-based, in bytes; 0 = no column */
    char *text;      /* owned; NULL for ERROR_MEMORY, see error_text */
};

/*
 * Sets e, unless it is set already, to kind at line:column with a formatted
 * text: lower case, no full stop, what is wrong and what was expected.
 * Returns -1, so that a function can end in "return error_set(...)".
 */
int error_set(struct error *e, enum error_kind kind, uint64_t line, uint64_t column, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* Sets e to ERROR_MEMORY unless it is set already; allocates nothing. Returns -1. */
int error_memory(struct error *e);

/* The text of e, never NULL: borrowed, valid until e is cleared. */
const char *error_text(const struct error *e);

/* Frees what e owns and makes it ERROR_NONE. */
void error_clear(struct error *e);

#endif
