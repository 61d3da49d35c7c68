/*
 * bytes.h - examining many bytes of a text at once; private to trace/.
 *
 * Everything reads whole words: texts have SCAN_PAD readable bytes after their end, and SCAN_FRONT before their
 * beginning.
 */
#ifndef HEAPREEL_TRACE_BYTES_H
#define HEAPREEL_TRACE_BYTES_H

#include "base/load.h"

#include <stdbool.h>
#include <stddef.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define BYTES(b) ((uint64_t)(b)*UINT64_C(0x0101010101010101))
#define BYTES_HIGH BYTES(0x80)

/* The eight bytes at p, the first in the lowest byte. */
static inline uint64_t load8_first_low(const char *p)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    return load8(p);
#else
    return __builtin_bswap64(load8(p));
#endif
}

/*
 * Reads the len digits before end, up to 8 of them (none: 0), with zeros before them: a number costs the same whatever
 * its length, and nothing is mispredicted. Three multiplications add up neighbours: digits, pairs, and fours (D.
 * Lemire, Quickly parsing eight digits, 2018).
 */
static inline __attribute__((always_inline)) uint32_t read_digits(const char *end, size_t len)
{
    static const uint64_t last[9] = {
        0,
        UINT64_MAX << 56,
        UINT64_MAX << 48,
        UINT64_MAX << 40,
        UINT64_MAX << 32,
        UINT64_MAX << 24,
        UINT64_MAX << 16,
        UINT64_MAX << 8,
        UINT64_MAX,
    };
    uint64_t t = (load8_first_low(end - 8) ^ BYTES('0')) & last[len];
    t = (t * (10 * 256 + 1)) >> 8 & UINT64_C(0x00FF00FF00FF00FF);
    t = (t * (100 * 65536 + 1)) >> 16 & UINT64_C(0x0000FFFF0000FFFF);
    return (uint32_t)((t * ((UINT64_C(10000) << 32) + 1)) >> 32);
}

#ifdef __SSE2__

static inline __m128i load16(const char *p)
{
    return _mm_loadu_si128((const __m128i *)(const void *)p);
}

/* Bit i of the result: byte i of the 16 at p is c. */
static inline unsigned bits_equal(const char *p, char c)
{
    return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(load16(p), _mm_set1_epi8(c)));
}

/* Bit i of the result: byte i of the 16 at p is not ASCII. */
static inline unsigned bits_high(const char *p)
{
    return (unsigned)_mm_movemask_epi8(load16(p));
}

/* Bit i of the result: byte i of the 16 at p is no digit. */
static inline unsigned bits_no_digit(const char *p)
{
    __m128i digits_lowest = _mm_add_epi8(load16(p), _mm_set1_epi8(128 - '0'));
    return (unsigned)_mm_movemask_epi8(_mm_cmpgt_epi8(digits_lowest, _mm_set1_epi8(-128 + 9)));
}

/*
 * Bit i of the result: byte i of the 16 at p is a blank, a control character, '#', '$' or not ASCII: the end of a
 * field, or something that makes its line uncommon.
 */
static inline unsigned bits_stop(const char *p)
{
    __m128i v = load16(p);
    __m128i special = _mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('#')), _mm_cmpeq_epi8(v, _mm_set1_epi8('$')));
    return (unsigned)_mm_movemask_epi8(_mm_or_si128(special, _mm_cmplt_epi8(v, _mm_set1_epi8(' ' + 1))));
}

#else

/* The high bit of each byte of v, gathered: bit i of the result is that of byte i in memory. */
static inline unsigned gather(uint64_t v)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    return (unsigned)(((v & BYTES_HIGH) >> 7) * UINT64_C(0x0102040810204080) >> 56);
#else
    return (unsigned)(((v & BYTES_HIGH) >> 7) * UINT64_C(0x8040201008040201) >> 56);
#endif
}

/* The high bit of each byte of v that is zero; exact. */
static inline uint64_t zero_bytes(uint64_t v)
{
    return ~(((v & ~BYTES_HIGH) + ~BYTES_HIGH) | v | ~BYTES_HIGH);
}

static inline unsigned bits_equal(const char *p, char c)
{
    return gather(zero_bytes(load8(p) ^ BYTES((unsigned char)c))) |
           gather(zero_bytes(load8(p + 8) ^ BYTES((unsigned char)c))) << 8;
}

static inline unsigned bits_high(const char *p)
{
    return gather(load8(p)) | gather(load8(p + 8)) << 8;
}

static inline unsigned bits_no_digit(const char *p)
{
    uint64_t low = load8(p) ^ BYTES('0'), high = load8(p + 8) ^ BYTES('0');
    return gather(low | ((low & ~BYTES_HIGH) + BYTES(0x80 - 10))) |
           gather(high | ((high & ~BYTES_HIGH) + BYTES(0x80 - 10))) << 8;
}

static inline unsigned bits_stop(const char *p)
{
    uint64_t low = load8(p), high = load8(p + 8);
    unsigned stops = gather(low | ~((low & ~BYTES_HIGH) + BYTES(0x80 - ' ' - 1))) |
                     gather(high | ~((high & ~BYTES_HIGH) + BYTES(0x80 - ' ' - 1))) << 8;
    return stops | bits_equal(p, '#') | bits_equal(p, '$');
}

#endif

/* The lowest len bits; all of the 16 if len is more. */
static inline unsigned bits_below(size_t len)
{
    return len < 16 ? (1u << len) - 1 : 0xFFFF;
}

/* Like memchr, for short texts. */
static inline const char *find_byte(const char *text, size_t len, char c)
{
    for (size_t at = 0; at < len; at += 16) {
        unsigned bits = bits_equal(text + at, c) & bits_below(len - at);
        if (bits != 0)
            return text + at + __builtin_ctz(bits);
    }
    return NULL;
}

#endif
