/* digits.h - words and decimal numbers in eight bytes of text at once (little-endian machines); private to trace/. */
#ifndef HEAPREEL_TRACE_DIGITS_H
#define HEAPREEL_TRACE_DIGITS_H

#include "trace/bytes.h"
#include "trace/event.h"

/* Up to 8 characters as the number that load8 gives for them, and the mask of that many bytes. */
#define CHAR(s, i) ((uint64_t)(unsigned char)((i) < sizeof(s) - 1 ? (s)[(i) < sizeof(s) ? (i) : 0] : 0) << (8 * (i)))
#define WORD(s) (CHAR(s, 0) | CHAR(s, 1) | CHAR(s, 2) | CHAR(s, 3) | CHAR(s, 4) | CHAR(s, 5) | CHAR(s, 6) | CHAR(s, 7))
#define MASK(n) (UINT64_MAX >> (64 - 8 * (n)))
#define BEGINS(v, s) (((v)&MASK(sizeof(s) - 1)) == WORD(s))

/*
 * The value of eight digits (0 to 9 each, the first in the lowest byte): three multiplications add up neighbours, which
 * are digits, pairs, and fours.
 */
static inline uint64_t digits_value(uint64_t t)
{
    t = t * 10 + (t >> 8);
    return (((t & UINT64_C(0x000000FF000000FF)) * (100 + (UINT64_C(1000000) << 32))) +
            (((t >> 16) & UINT64_C(0x000000FF000000FF)) * (1 + (UINT64_C(10000) << 32)))) >>
           32;
}

/* The high bit of each byte of t (text ^ BYTES('0')) that is no digit; exact up to the first such byte. */
static inline uint64_t no_digits(uint64_t t)
{
    return ((t + BYTES(0x76)) | t) & BYTES(0x80);
}

/* Kinds without a fixed size: what stands behind the word at p, or NULL; 8 bytes are readable there. */
static inline const char *kind_word(const char *p, uint8_t *kind)
{
#define X(symbol, word, fixed, pointers, weak)                                                                         \
    if (fixed == 0 && BEGINS(v, word)) {                                                                               \
        *kind = KIND_##symbol;                                                                                         \
        return p + sizeof(word) - 1;                                                                                   \
    }
    uint64_t v = load8(p);
    OBJECT_KINDS(X)
#undef X
    return NULL;
}

#endif
