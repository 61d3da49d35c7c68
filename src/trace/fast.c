/*
 * fast.c - the common lines of real traces, eight bytes at a time.
 *
 * Only lines with single blanks, plain sizes, names and slots in ASCII without "$", and "\n" behind the last field are
 * taken: alloc, ref, unref, weak, entry, unentry, root, release, enter, leave. Whatever else there is, is
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

/* ---- names in words ---- */

/*
 * Where the word at p ends: at a blank, a newline, whatever is left to the general scanner ('$', what is not ASCII),
 * and at stop. There is a newline.
 */
static inline const char *word_end(const char *p, char stop)
{
    for (;; p += 16) {
        unsigned bits = bits_odd(p) | bits_equal(p, '$') | bits_equal(p, stop);
        if (bits != 0)
            return p + __builtin_ctz(bits);
    }
}

static __attribute__((noinline)) const char *word_name(struct names *names, const char *p, uint32_t *value)
{
    const char *end = word_end(p, '.');
    if (end == p || *p == '#' || *p == '@' || end - p > SCAN_ID_MOST)
        return NULL;
    *value = names_intern(names, p, (size_t)(end - p));
    return *value == NAME_NONE ? NULL : end;
}

static __attribute__((noinline)) const char *word_slot(struct names *names, const char *p, uint32_t *value)
{
    const char *end = word_end(p, '$');
    if (end == p)
        return NULL;
    *value = scan_slot(names, p, (size_t)(end - p));
    return *value == NAME_NONE ? NULL : end;
}

static inline bool field_ends(char c)
{
    return c == ' ' || c == '\n';
}

/* Reads an ID. The dot behind a holder is left, and anything else that no ID ends with. */
static inline const char *name(struct names *names, const char *p, uint32_t *value)
{
    const char *end = canonical(p, NAME_INTERNED - 1, value);
    return end != NULL && (*end == '.' || field_ends(*end)) ? end : word_name(names, p, value);
}

static inline const char *slot(struct names *names, const char *p, uint32_t *value)
{
    const char *end = canonical(p, SLOT_VALUE, value); /* SLOT_INDEX is 0 */
    return end != NULL && field_ends(*end) ? end : word_slot(names, p, value);
}

/* Reads any text without blanks: the name of a site or a scope. */
static const char *label(struct names *names, const char *p, uint32_t *value)
{
    const char *end = word_end(p, '$');
    if (end == p)
        return NULL;
    *value = names_intern(names, p, (size_t)(end - p));
    return *value == NAME_NONE ? NULL : end;
}

/* ---- lines ---- */

/* Reads "NAME" or "NAME.SLOT". */
static inline const char *holder(struct names *names, const char *p, uint32_t *value, struct trace_event *e)
{
    p = name(names, p, value);
    if (p == NULL || *p != '.')
        return p;
    e->flags |= EVENT_SLOT;
    return slot(names, p + 1, &e->slot);
}

/* Behind the size of an alloc: [KIND] [in HOLDER[.SLOT]] [@SITE] */
static inline const char *alloc_options(struct names *names, const char *p, struct trace_event *e)
{
    if (*p == ' ' && p[1] != '@' && !BEGINS(load8(p), " in ")) {
        p = kind_word(p + 1, &e->kind);
        if (p == NULL)
            return NULL;
    }
    if (BEGINS(load8(p), " in ")) {
        e->flags = EVENT_IN;
        p = holder(names, p + 4, &e->b, e);
        if (p == NULL)
            return NULL;
    }
    return *p == ' ' && p[1] == '@' ? label(names, p + 2, &e->site) : p;
}

/* Behind "alloc ". */
static inline const char *alloc_rest(struct names *names, const char *p, struct trace_event *e)
{
    p = name(names, p, &e->a);
    if (p == NULL || *p != ' ')
        return NULL;
    p = number(p + 1, SCAN_BYTES_MOST, &e->number);
    if (p == NULL || e->number == 0)
        return NULL;
    return *p == '\n' ? p : alloc_options(names, p, e);
}

/* Reads "NAME NAME", and a third one if there is more. */
static inline const char *entry_rest(struct names *names, const char *p, struct trace_event *e)
{
    p = name(names, p, &e->a);
    p = p != NULL && *p == ' ' ? name(names, p + 1, &e->b) : NULL;
    if (p == NULL || *p != ' ' || e->op == TRACE_UNENTRY)
        return p;
    e->flags = EVENT_VALUE;
    return name(names, p + 1, &e->c);
}

/* Reads "NAME NAME" or "NAME.SLOT NAME". */
static inline const char *store_rest(struct names *names, const char *p, struct trace_event *e)
{
    p = holder(names, p, &e->a, e);
    return p != NULL && *p == ' ' ? name(names, p + 1, &e->b) : NULL;
}

/* The rarer events. */
static const char *other_line(struct names *names, const char *p, uint64_t v, struct trace_event *e)
{
    if (BEGINS(v, "root ")) {
        e->op = TRACE_ROOT;
        return name(names, p + 5, &e->a);
    }
    if (BEGINS(v, "weak ")) {
        e->op = TRACE_WEAK;
        p = store_rest(names, p + 5, e);
        return e->flags & EVENT_SLOT ? p : NULL;
    }
    if (BEGINS(v, "entry ") || v == WORD("unentry ")) {
        e->op = BEGINS(v, "entry ") ? TRACE_ENTRY : TRACE_UNENTRY;
        return entry_rest(names, p + (e->op == TRACE_ENTRY ? 6 : 8), e);
    }
    if (BEGINS(v, "enter\n") || BEGINS(v, "leave\n")) {
        e->op = BEGINS(v, "enter") ? TRACE_ENTER : TRACE_LEAVE;
        return p + 5;
    }
    if (BEGINS(v, "enter ") && p[6] != '#') {
        e->op = TRACE_ENTER;
        e->flags = EVENT_NAME;
        return label(names, p + 6, &e->a);
    }
    return NULL;
}

/* Scans one line; its newline, or something else if it is no line for this path (NULL too). */
static inline const char *fast_line(struct names *names, const char *p, struct trace_event *e)
{
    uint64_t v = load8(p);
    if (BEGINS(v, "alloc ")) {
        e->op = TRACE_ALLOC;
        return alloc_rest(names, p + 6, e);
    }
    if (BEGINS(v, "ref ")) {
        e->op = TRACE_REF;
        return store_rest(names, p + 4, e);
    }
    if (v == WORD("release ")) {
        e->op = TRACE_RELEASE;
        return name(names, p + 8, &e->a);
    }
    if (BEGINS(v, "unref ")) {
        e->op = TRACE_UNREF;
        p = holder(names, p + 6, &e->a, e);
        if (p == NULL || (e->flags & EVENT_SLOT))
            return p;
        return *p == ' ' ? name(names, p + 1, &e->b) : NULL;
    }
    return other_line(names, p, v, e);
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
int fast_scan(struct names *names, const char **at, const char *end, uint64_t *line, struct trace_event *out, int max)
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
        if (fast_line(names, p, e) != newline)
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

int fast_scan(struct names *names, const char **at, const char *end, uint64_t *line, struct trace_event *out, int max)
{
    (void)names, (void)at, (void)end, (void)line, (void)out, (void)max;
    return 0; /* the general path does it all */
}

#endif
