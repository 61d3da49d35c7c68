/*
 * jscan.h - walking through JSON text where it lies: only what a heap snapshot is made of is understood, brackets,
 * strings and unsigned numbers; all else is passed over by its brackets, without recursion. The text ends in a NUL,
 * which no token matches, so no end is checked at each byte.
 */
#ifndef HEAPREEL_SNAPSHOT_JSCAN_H
#define HEAPREEL_SNAPSHOT_JSCAN_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct jscan {
    const char *text, *at, *end; /* *end is NUL */
    const char *part;            /* the top-level key whose value is being read, or NULL: for messages */
    struct error *error;
};

/* Sets the error "byte N: ..." for the place at hand; if that is the end, that the file is cut off. Returns -1. */
int jscan_fail(struct jscan *scan, const char *format, ...) __attribute__((format(printf, 2, 3)));

static inline void jscan_blanks(struct jscan *s)
{
    while (*s->at == ' ' || *s->at == '\n' || *s->at == '\t' || *s->at == '\r')
        s->at++;
}

/* Takes the character c, after blanks, if it comes next. */
static inline bool jscan_take(struct jscan *s, char c)
{
    jscan_blanks(s);
    if (*s->at != c)
        return false;
    s->at++;
    return true;
}

/* Takes an unsigned number. 0, or -1. */
static inline int jscan_number(struct jscan *s, uint64_t *number)
{
    if (*s->at < '0' || *s->at > '9')
        jscan_blanks(s);
    const char *p = s->at;
    unsigned digit = (unsigned)(unsigned char)*p - '0';
    if (digit > 9)
        return jscan_fail(s, "expected a number");
    uint64_t value = 0;
    do {
        value = value * 10 + digit;
        digit = (unsigned)(unsigned char)*++p - '0';
    } while (digit <= 9);
    if (p - s->at > 19 && (p - s->at > 20 || *s->at > '1' || value < UINT64_C(10000000000000000000)))
        return jscan_fail(s, "a number that 64 bits do not hold");
    s->at = p;
    *number = value;
    return 0;
}

/* Takes a string: what stands between its quotation marks, as it is written. 0, or -1. */
int jscan_string(struct jscan *s, const char **text, size_t *len);
/* Passes over a value of any sort. 0, or -1. */
int jscan_value(struct jscan *s);
/*
 * Goes on in a list: true if another item comes, which must be preceded by a comma unless it is the first. After the
 * last item, takes the bracket that closes the list. *failed is set if neither comes.
 */
bool jscan_item(struct jscan *s, char close, bool *begun, int *failed);

/*
 * What a JSON string says, as UTF-8 that is valid: escapes are decoded, lone surrogates and invalid bytes become
 * U+FFFD. Returns its length; out has room for 3 * len bytes (an invalid byte becomes three).
 */
size_t jscan_decode(const char *text, size_t len, char *out);

#endif
