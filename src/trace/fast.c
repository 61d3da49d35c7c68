/*
 * fast.c - the common lines of real traces, eight bytes at a time.
 *
 * Only lines of decimal names below 2^31, single blanks and plain sizes, with
 * "\n" behind the last field, are taken: alloc (with a kind, with "in"), ref,
 * unref, release, root, entry, leave. Whatever else there is, is
 * left to the general scanner, which gives the same events for these lines too.
 *
 * The words are compared as numbers. A decimal number is read by finding the
 * first byte that is no digit in eight bytes at once, and by three
 * multiplications that add up neighbours: digits, pairs, fours.
 */
#include "trace/digits.h"
#include "trace/internal.h"

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__

/* A number of 8 digits and more: rare enough to be apart. NULL if it has over 10 digits or is over most. */
static const char *long_number(const char *p, uint64_t most, uint64_t *value)
{
    uint64_t n = digits_value(load8(p) ^ BYTES('0'));
    p += 8;
    for (int more = 0; (unsigned char)(*p - '0') < 10; p++, more++) {
        if (more == 2)
            return NULL;
        n = n * 10 + (unsigned char)(*p - '0');
    }
    *value = n;
    return n <= most ? p : NULL;
}

/*
 * Reads a decimal number at p: its end, or NULL if there is none, or it has over 10 digits, or it is over most, which
 * is at least 10^8, so that only long numbers need the test.
 */
static inline const char *number(const char *p, uint64_t most, uint64_t *value)
{
    uint64_t t = load8(p) ^ BYTES('0');
    uint64_t stop = no_digits(t);
    if (__builtin_expect(stop == 0, 0))
        return long_number(p, most, value);
    unsigned bits = (unsigned)__builtin_ctzll(stop) & 0x78; /* 8 for each digit */
    if (__builtin_expect(bits == 0, 0))
        return NULL;
    *value = digits_value(t << ((64 - bits) & 63)); /* behind the number: shifted out */
    return p + bits / 8;
}

/* Reads a canonical decimal number: a name, or an index. */
static inline const char *canonical(const char *p, uint64_t most, uint32_t *value)
{
    uint64_t n;
    const char *end = number(p, most, &n);
    if (end == NULL || __builtin_expect(*p == '0' && end - p > 1, 0))
        return NULL;
    *value = (uint32_t)n;
    return end;
}

static inline const char *name(const char *p, uint32_t *value)
{
    return canonical(p, NAME_INTERNED - 1, value);
}

/* Reads "NAME" or "NAME.INDEX". */
static inline const char *holder(const char *p, uint32_t *value, struct trace_event *e)
{
    p = name(p, value);
    if (p == NULL || *p != '.')
        return p;
    p = canonical(p + 1, SLOT_VALUE, &e->slot); /* SLOT_INDEX is 0 */
    e->flags |= EVENT_SLOT;
    return p;
}

/* Behind "alloc ". */
static inline const char *alloc_rest(const char *p, struct trace_event *e)
{
    p = name(p, &e->a);
    if (p == NULL || *p != ' ')
        return NULL;
    p = number(p + 1, SCAN_BYTES_MOST, &e->number);
    if (p == NULL || e->number == 0)
        return NULL;
    if (*p == '\n')
        return p;
    if (*p == ' ' && !BEGINS(load8(p), " in ")) {
        p = kind_word(p + 1, &e->kind);
        if (p == NULL || *p == '\n')
            return p;
    }
    if (!BEGINS(load8(p), " in "))
        return NULL;
    e->flags = EVENT_IN;
    return holder(p + 4, &e->b, e);
}

/* Scans one line; its newline, or something else if it is no line for this path (NULL too). */
static inline const char *fast_line(const char *p, struct trace_event *e)
{
    uint64_t v = load8(p);
    if (BEGINS(v, "alloc ")) {
        e->op = TRACE_ALLOC;
        return alloc_rest(p + 6, e);
    }
    if (BEGINS(v, "ref ")) {
        e->op = TRACE_REF;
        p = holder(p + 4, &e->a, e);
        return p != NULL && *p == ' ' ? name(p + 1, &e->b) : NULL;
    }
    if (v == WORD("release ")) {
        e->op = TRACE_RELEASE;
        return name(p + 8, &e->a);
    }
    if (BEGINS(v, "unref ")) {
        e->op = TRACE_UNREF;
        p = holder(p + 6, &e->a, e);
        if (p == NULL || (e->flags & EVENT_SLOT))
            return p;
        return *p == ' ' ? name(p + 1, &e->b) : NULL;
    }
    if (BEGINS(v, "root ")) {
        e->op = TRACE_ROOT;
        return name(p + 5, &e->a);
    }
    if (BEGINS(v, "entry ")) {
        e->op = TRACE_ENTRY;
        p = name(p + 6, &e->a);
        p = p != NULL && *p == ' ' ? name(p + 1, &e->b) : NULL;
        if (p == NULL || *p != ' ')
            return p;
        e->flags = EVENT_VALUE;
        return name(p + 1, &e->c);
    }
    if (BEGINS(v, "leave\n")) {
        e->op = TRACE_LEAVE;
        return p + 5;
    }
    return NULL;
}

/* Bit i of the result: byte i of the next 64 is a newline. */
static inline uint64_t newlines(const char *p)
{
    return bits_equal(p, '\n') | bits_equal(p + 16, '\n') << 16 | (uint64_t)bits_equal(p + 32, '\n') << 32 |
           (uint64_t)bits_equal(p + 48, '\n') << 48;
}

/*
 * The newlines are found apart from the fields, 64 bytes at a time, so that the processor can begin with the
 * next line while it still reads the numbers of this one.
 */
int fast_scan(const char **at, const char *end, uint64_t *line, struct trace_event *out, int max)
{
    const char *p = *at;
    const char *block = p;
    uint64_t bits = p < end ? newlines(p) : 0;
    uint64_t lines = *line;
    struct trace_event *e = out;
    struct trace_event *last = out + max;
    while (e < last && p < end) {
        while (bits == 0) { /* there is a newline below end */
            block += 64;
            bits = newlines(block);
        }
        const char *newline = block + __builtin_ctzll(bits);
        bits &= bits - 1;
        *e = (struct trace_event){.a = NAME_NONE,
                                  .b = NAME_NONE,
                                  .c = NAME_NONE,
                                  .site = NAME_NONE,
                                  .line = lines + 1,
                                  .source = p,
                                  .source_len = (uint32_t)(newline - p)};
        if (fast_line(p, e) != newline)
            break;
        p = newline + 1;
        lines++;
        e++;
    }
    *at = p;
    *line = lines;
    return (int)(e - out);
}

#else

int fast_scan(const char **at, const char *end, uint64_t *line, struct trace_event *out, int max)
{
    (void)at, (void)end, (void)line, (void)out, (void)max;
    return 0; /* the general path does it all */
}

#endif
