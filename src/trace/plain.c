/*
 * plain.c - the lines that make up most of a real trace, looked at without making events of them.
 *
 * "alloc ID SIZE [KIND]", "ref SRC[.INDEX] DST" and "release ID" with decimal names below 10^8, single blanks, and "\n"
 * behind the last field become records of 16 bytes. A look takes nothing: whatever is not plain, and
 * whatever the run cannot do at once with a record, is read by trace_read afterwards as if nobody had looked. So this
 * path needs no errors and no columns, and it may refuse any line.
 *
 * Where the fields of a line end is found for the whole line at once: all bytes below '0' (blank, dot, newline) in the
 * 32 behind its word, as bits. The eight bytes before a field's end, with those before its beginning made zero, are its
 * digits with leading zeros, so that a number costs the same whatever its length and nothing is mispredicted; two
 * numbers are read at once. (Classifying first and reading afterwards: G. Langdale, D. Lemire, Parsing gigabytes of
 * JSON per second, VLDB Journal 28, 2019. Adding up neighbours: digits, pairs, fours: D. Lemire, Quickly parsing
 * eight digits, 2018.)
 */
#include "trace/digits.h"
#include "trace/internal.h"

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__

/*
 * Bits behind the 32 that have been looked at: the search for a field's end stops there, and what it finds is no end.
 */
#define BEHIND (UINT64_C(7) << 32)

/* Bit i: byte i of the next 32 is below '0'. Bytes above 0x7F may be taken for such, or not: no field holds them. */
static inline uint64_t ends(const char *p)
{
#ifdef __SSE2__
    const __m128i up = _mm_set1_epi8((char)(0x80 - '0'));
    unsigned low = (unsigned)_mm_movemask_epi8(_mm_add_epi8(load16(p), up));
    unsigned high = (unsigned)_mm_movemask_epi8(_mm_add_epi8(load16(p + 16), up));
    return ~(low | high << 16) | BEHIND;
#else
    uint64_t bits = BEHIND;
    for (unsigned at = 0; at < 32; at += 8) {
        uint64_t v = load8(p + at);
        bits |= (uint64_t)gather(~(((v & ~BYTES_HIGH) + BYTES(0x80 - '0')) | v)) << at;
    }
    return bits;
#endif
}

/* Takes the lowest bit: its position. */
static inline unsigned next_end(uint64_t *bits)
{
    unsigned at = (unsigned)__builtin_ctzll(*bits);
    *bits &= *bits - 1;
    return at;
}

/* The bytes of a load8 that hold the digits of a field which ends there, by its length. */
static const uint64_t digit_bytes[9] = {
    UINT64_MAX,       UINT64_MAX << 56, UINT64_MAX << 48, UINT64_MAX << 40, UINT64_MAX << 32,
    UINT64_MAX << 24, UINT64_MAX << 16, UINT64_MAX << 8,  UINT64_MAX,
};

/* Reads the len digits before end, 1 to 8 of them, into *value. False if they are no digits. */
static inline bool one_number(const char *end, unsigned len, uint32_t *value)
{
    uint64_t digits = (load8(end - 8) ^ BYTES('0')) & digit_bytes[len];
    *value = (uint32_t)digits_value(digits);
    return no_digits(digits) == 0;
}

/* The same for two numbers. */
static inline bool two_numbers(const char *end1, unsigned len1, const char *end2, unsigned len2, uint32_t values[2])
{
#ifdef __SSE2__
    __m128i digits = _mm_xor_si128(load8_8(end1 - 8, end2 - 8), _mm_set1_epi8('0'));
    digits = _mm_and_si128(digits, load8_8(&digit_bytes[len1], &digit_bytes[len2]));
    __m128i wrong =
        _mm_or_si128(_mm_add_epi8(digits, _mm_set1_epi8(0x80 - 10)), digits); /* the high bits of no digits */
    /* tens + units * 256, times 10 * 256 + 1: the pair's value is in the high byte */
    __m128i pairs = _mm_srli_epi16(_mm_mullo_epi16(digits, _mm_set1_epi16(10 * 256 + 1)), 8);
    __m128i fours = _mm_madd_epi16(pairs, _mm_set1_epi32(1 << 16 | 100));
    __m128i eights = _mm_madd_epi16(_mm_packs_epi32(fours, fours), _mm_set1_epi32(1 << 16 | 10000));
    _mm_storel_epi64((__m128i *)(void *)values, eights);
    return _mm_movemask_epi8(wrong) == 0;
#else
    bool first = one_number(end1, len1, &values[0]);
    return one_number(end2, len2, &values[1]) && first;
#endif
}

/* Is it a field of 1 to 8 bytes that does not begin with a 0 in vain? */
static inline bool canonical(const char *p, unsigned len)
{
    return len - 1 < 8 && (__builtin_expect(*p != '0', 1) || len == 1);
}

static inline const char *plain_alloc(const char *p, struct trace_plain *e)
{
    uint64_t bits = ends(p);
    unsigned name = next_end(&bits), end = next_end(&bits), size = end - name - 1;
    if (p[name] != ' ' || !canonical(p, name) || size - 1 >= 8 || p[name + 1] == '0' ||
        !two_numbers(p + name, name, p + end, size, e->numbers))
        return NULL;
    e->third = NAME_NONE;
    e->op = TRACE_ALLOC;
    e->kind = KIND_OBJECT;
    p += end;
    if (*p == ' ')
        p = kind_word(p + 1, &e->kind);
    return p;
}

/* Reads the index behind a dot. */
static inline bool plain_index(const char *p, unsigned len, uint32_t *value)
{
    if (__builtin_expect(len == 1, 1)) {
        *value = (uint32_t)(unsigned char)(*p - '0');
        return *value < 10;
    }
    return canonical(p, len) && one_number(p + len, len, value);
}

static inline const char *plain_ref(const char *p, struct trace_plain *e)
{
    uint64_t bits = ends(p);
    unsigned src = next_end(&bits), blank = src;
    e->third = SLOT_ANONYMOUS;
    if (p[src] == '.') {
        blank = next_end(&bits);
        if (!plain_index(p + src + 1, blank - src - 1, &e->third)) /* SLOT_INDEX is 0, and 10^8 below SLOT_VALUE */
            return NULL;
    }
    unsigned end = next_end(&bits), dst = end - blank - 1;
    if (p[blank] != ' ' || !canonical(p, src) || !canonical(p + blank + 1, dst) ||
        !two_numbers(p + src, src, p + end, dst, e->numbers))
        return NULL;
    e->op = TRACE_REF;
    return p + end;
}

static inline const char *plain_release(const char *p, struct trace_plain *e)
{
    uint64_t bits = ends(p);
    unsigned end = next_end(&bits);
    if (!canonical(p, end) || !one_number(p + end, end, &e->numbers[0]))
        return NULL;
    e->op = TRACE_RELEASE;
    return p + end;
}

/* The newline of the line at p, or something else (NULL too) if the line is not plain. */
static inline const char *plain_line(const char *p, struct trace_plain *e)
{
    uint64_t v = load8(p);
    if (BEGINS(v, "ref "))
        return plain_ref(p + 4, e);
    if (BEGINS(v, "alloc "))
        return plain_alloc(p + 6, e);
    return v == WORD("release ") ? plain_release(p + 8, e) : NULL;
}

int plain_scan(const char *text, const char *end, uint64_t offset, struct trace_plain *out, int max)
{
    const char *p = text;
    int n = 0;
    for (; n < max && p < end; n++) {
        p = plain_line(p, &out[n]);
        if (p == NULL || *p != '\n')
            break;
        out[n].next = (uint16_t)(offset + (uint64_t)(++p - text));
    }
    return n;
}

#else

int plain_scan(const char *text, const char *end, uint64_t offset, struct trace_plain *out, int max)
{
    (void)text, (void)end, (void)offset, (void)out, (void)max;
    return 0; /* trace_read does it all */
}

#endif
