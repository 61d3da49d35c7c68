/*
 * common.c - common lines to events, directly from the file: each is read once, from its first byte to its newline, by
 * the row of its word. If anything is unusual about a line (a tab, a comment, '$', a byte that is not ASCII, an error),
 * it is left to scan_line (scan.c), which finds the same event or reports what is wrong.
 */
#include "trace/fields.h"

/* Reads a common line by the row of its word; each row has code of its own. -1: the line is not common. */
INLINE int read_common(struct scanner *s, uint8_t op, struct cursor *c, struct trace_event *e)
{
    switch ((enum trace_op)op) {
#define X(symbol, word, acts)                                                                                          \
    case TRACE_##symbol: return acts ? read_fields(s, NULL, &grammar_rows[TRACE_##symbol], c, e) : -1;
        TRACE_OPS(X)
#undef X
    default: return -1;
    }
}

/* A name that is not just an ID has its number. */
static void finish_wanted(struct scanner *s, const struct scan_wanted *w)
{
    if (w->sort & WANTED_SLOT)
        *w->number = SLOT_NAME | (*w->number & SLOT_VALUE);
    if (w->sort & WANTED_KEPT)
        *recent_place(s, w->sort, w->key) = (struct scan_recent){w->key, *w->number};
}

/*
 * Interns the names of lines that have been read, in steps, so that none waits for memory: each has been prefetched for
 * all names before it is taken. Returns the first name for which there is no memory, or the end.
 */
static struct scan_wanted *intern_wanted(struct scanner *s)
{
    struct scan_wanted *end = s->wanted_end;
    for (struct scan_wanted *w = s->wanted; w < end; w++) {
        w->key = w->len <= 8 ? names_key(w->text, w->len).low : 0;
        w->hash = names_hash(w->text, w->len);
        names_fetch_index(s->names, w->hash);
    }
    for (struct scan_wanted *w = s->wanted; w < end; w++)
        names_fetch_name(s->names, w->hash);
    for (struct scan_wanted *w = s->wanted; w < end; w++) {
        uint32_t name = names_find_near(s->names, w->key, w->hash);
        if (name == NAME_NONE && (name = names_intern_hashed(s->names, w->text, w->len, w->hash)) == NAME_NONE)
            return w;
        *w->number = name;
        if (w->sort != 0)
            finish_wanted(s, w);
    }
    return end;
}

/* Forgets the recent names if a sweep may have given their numbers to others. */
static void check_recent(struct scanner *s)
{
    if (s->sweeps == s->names->sweeps)
        return;
    s->sweeps = s->names->sweeps;
    memset(s->slots, 0, sizeof s->slots);
    memset(s->others, 0, sizeof s->others);
}

/*
 * The opening that a line may have, by its first four bytes: one multiplication tells all words apart. (Two that were
 * not told apart would only be slow.)
 */
static inline size_t opening_slot(const char *line)
{
    uint32_t key;
    memcpy(&key, line, sizeof key);
    return key * 0xF06C144Bu >> (32 - SCAN_OPENING_BITS);
}

void scan_add_openings(struct scanner *s)
{
    for (size_t i = 0; i < sizeof s->openings / sizeof *s->openings; i++)
        s->openings[i] = (struct scan_opening){.key = 1}; /* no line: none has a bit outside of the mask */
    for (uint8_t op = 0; op < TRACE_GC; op++) {           /* not "gc": what it does takes longer than any scan */
        const char *word = trace_op_word((enum trace_op)op);
        size_t len = strlen(word);
        char line[8] = "       ";
        memcpy(line, word, len);
        uint64_t mask = first_bytes((unsigned)len);
        s->openings[opening_slot(line)] = (struct scan_opening){load8(line) & mask, mask, op, (uint8_t)len};
    }
}

int scan_common(struct scanner *s, const char **at, const char *end, uint64_t line, struct trace_event *out, int max)
{
    const char *p = *at;
    struct trace_event *e = out, *last = out + (max < SCAN_BATCH ? max : SCAN_BATCH);
    s->wanted_end = s->wanted;
    check_recent(s);
    for (; e < last && p < end; e++) {
        const struct scan_opening *opening = &s->openings[opening_slot(p)];
        if ((load8(p) & opening->mask) != opening->key)
            break;
        struct cursor c = cursor_at(p + opening->len + 1);
        *e = event_empty;
        e->op = opening->op;
        e->line = ++line;
        e->source = p;
        if (read_common(s, opening->op, &c, e) || c.at - p > SCAN_LINE_MOST)
            break;
        e->source_len = (uint32_t)(c.at - p) - 1;
        p = c.at;
    }
    const struct scan_wanted *done = s->wanted_end == s->wanted ? s->wanted : intern_wanted(s);
    while (done < s->wanted_end && e > out && done->text < p)
        p = (--e)->source; /* scan_line will report that there is no memory */
    *at = p;
    return (int)(e - out);
}
