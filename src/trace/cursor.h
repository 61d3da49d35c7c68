/*
 * cursor.h - goes through the fields of a common line in the file; private to trace/.
 *
 * Where numbers end is found for 32 bytes at once, as bits (classifying first and reading afterwards: G. Langdale, D.
 * Lemire, Parsing gigabytes of JSON per second, VLDB Journal 28, 2019).
 */
#ifndef HEAPREEL_TRACE_CURSOR_H
#define HEAPREEL_TRACE_CURSOR_H

#include "trace/scan.h"

#define INLINE static inline __attribute__((always_inline))

/* A common line being read. */
struct cursor {
    const char *at, *end; /* the field; its end */
    const char *block;    /* 32 bytes of the line */
    uint64_t stops;       /* bit i of 32: block[i] is no digit, and was not passed */
};

/* Bit i: byte i of the next 32 is no digit. */
INLINE uint64_t find_stops(const char *p)
{
    return bits_no_digit(p) | bits_no_digit(p + 16) << 16;
}

/* The field must be ended by find_end or pass_to. */
INLINE struct cursor cursor_at(const char *field)
{
    return (struct cursor){field, field, field, find_stops(field)};
}

/* Ends the field at the next byte that is no digit: the newline, at last. */
INLINE void find_end(struct cursor *c)
{
    while (__builtin_expect(c->stops == 0, 0)) {
        c->block += 32;
        c->stops = find_stops(c->block);
    }
    c->end = c->block + __builtin_ctzll(c->stops);
}

/* Passes the field and its end, which it returns. */
INLINE char pass(struct cursor *c)
{
    c->stops &= c->stops - 1;
    c->at = c->end + 1;
    return *c->end;
}

/* Ends the field at a later byte that is no digit. */
INLINE void pass_to(struct cursor *c, const char *end)
{
    size_t passed = (size_t)(end - c->block);
    c->end = end;
    if (passed < 32) {
        c->stops &= UINT64_MAX << passed;
    } else {
        c->block = end;
        c->stops = find_stops(end);
    }
}

/*
 * The text at p up to a blank, the newline, a byte that a common line does not have, or the byte stop, which can be a
 * dot.
 */
INLINE struct scan_field word_at(const char *p, char stop)
{
    for (size_t at = 0;; at += 16) {
        unsigned bits = bits_stop(p + at) | bits_equal(p + at, stop);
        if (bits != 0)
            return (struct scan_field){p, at + (size_t)__builtin_ctz(bits)};
    }
}

#endif
