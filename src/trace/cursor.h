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
    const char *at;    /* the next field */
    const char *block; /* 32 bytes of the line */
    uint64_t stops;    /* bit i of 32: block[i] is no digit, and was not passed */
};

/* Bit i: byte i of the next 32 is no digit. */
INLINE uint64_t find_stops(const char *p)
{
    return bits_no_digit(p) | bits_no_digit(p + 16) << 16;
}

INLINE struct cursor cursor_at(const char *field)
{
    return (struct cursor){field, field, find_stops(field)};
}

/* The next byte that is no digit: the newline, at last. */
INLINE const char *next_stop(struct cursor *c)
{
    while (__builtin_expect(c->stops == 0, 0)) {
        c->block += 32;
        c->stops = find_stops(c->block);
    }
    return c->block + __builtin_ctzll(c->stops);
}

/* Passes the next stop, and the field before it. */
INLINE void pass(struct cursor *c, const char *stop)
{
    c->stops &= c->stops - 1;
    c->at = stop + 1;
}

/* Makes stop, which is no digit and comes later, the next one. */
INLINE void pass_to(struct cursor *c, const char *stop)
{
    size_t passed = (size_t)(stop - c->block);
    if (passed < 32) {
        c->stops &= UINT64_MAX << passed;
    } else {
        c->block = stop;
        c->stops = find_stops(stop);
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
