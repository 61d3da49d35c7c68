/*
 * scan.h - one line of text to one event; private to trace/.
 *
 * There are three ways from a line to an event, which must agree: scan_common reads common lines directly in the file
 * (common.c), scan_line reads any line and finds every error (scan.c; both by the rows of grammar.h), and the lines of
 * a repeat become templates (template.c).
 */
#ifndef HEAPREEL_TRACE_SCAN_H
#define HEAPREEL_TRACE_SCAN_H

#include "base/error.h"
#include "base/names.h"
#include "trace/bytes.h"
#include "trace/event.h"

#include <stdbool.h>

enum {
    SCAN_PAD = 64,                    /* readable bytes after the end of every scanned text */
    SCAN_FRONT = 8,                   /* and before its beginning */
    SCAN_LINE_MOST = 65536,           /* bytes of a line, without its newline */
    SCAN_ID_MOST = 255,               /* bytes of an ID */
    SCAN_FIELDS = 9,                  /* fields that are examined: no event has as many */
    SCAN_BATCH = 64,                  /* common lines whose names are interned together */
    SCAN_WANTED = 4 * SCAN_BATCH + 4, /* those names: an alloc has four, and one more line may be begun */
    SCAN_OPENING_BITS = 5,
    SCAN_RECENT_BITS = 9,
    SCAN_OP_SLOTS = 128, /* of the hash tables of words: powers of two, sparse */
    SCAN_KIND_SLOTS = 64
};

#define SCAN_BYTES_MOST (UINT64_C(1) << 40) /* largest SIZE and BYTES: 1 TiB */

/* Words at the beginning of a line that are not events; they follow enum trace_op. */
enum { SCAN_REPEAT = TRACE_OP_COUNT, SCAN_UNKNOWN };

/* A word of at most 8 bytes as a number, and what it means. */
struct scan_word {
    uint64_t key;
    uint8_t value;
};

/* Sorts of names: bits. */
enum {
    WANTED_SLOT = 1, /* it is the key of a slot */
    WANTED_KEPT = 2  /* it is kept among the recent ones */
};

/* A name of a common line, interned together with others. */
struct scan_wanted {
    const char *text;
    uint32_t *number; /* where it goes */
    uint64_t key;     /* its bytes, if there are at most 8, else 0 */
    uint32_t len, hash;
    uint8_t sort; /* WANTED_... */
};

/* A name of up to 8 bytes that a line had lately; zeroed: none. */
struct scan_recent {
    uint64_t text;
    uint32_t number; /* as it is in an event */
};

/* The word at the beginning of a common line. */
struct scan_opening {
    uint64_t key, mask; /* the line's first bytes under the mask, and the mask */
    uint8_t op, len;
};

struct scanner {
    struct names *names;
    struct scan_wanted *wanted_end; /* of those in use */
    struct scan_wanted wanted[SCAN_WANTED];
    struct scan_recent slots[1 << SCAN_RECENT_BITS];  /* recent names of slots: there are few, and often the same */
    struct scan_recent others[1 << SCAN_RECENT_BITS]; /* ... and of sites and scopes */
    uint32_t sweeps;                                  /* of names, when those were kept */
    struct scan_opening openings[1 << SCAN_OPENING_BITS];
    struct scan_word ops[SCAN_OP_SLOTS];
    struct scan_word kinds[SCAN_KIND_SLOTS];
};

struct scan_field {
    const char *text;
    size_t len;
};

/* A line being scanned, and its place for errors. */
struct scan_line {
    const char *text; /* variables expanded; SCAN_PAD bytes are readable after it */
    size_t len;
    const char *source; /* the line as in the file; can be the same as text */
    size_t source_len;
    uint64_t line;
    struct error *error;
    /* filled by scan_word: */
    struct scan_field word;
    uint8_t op; /* enum trace_op, SCAN_REPEAT or SCAN_UNKNOWN */
    /* filled by scan_line: */
    unsigned count; /* fields of a line that is not free text, at most SCAN_FIELDS */
    struct scan_field fields[SCAN_FIELDS];
    uint8_t roles[SCAN_FIELDS]; /* enum grammar_field: what each field became, so that a template can set it again */
};

void scanner_init(struct scanner *scanner, struct names *names);

/*
 * Scans lines that act on the heap, as long as they are common, from *at, the beginning of line number line + 1, to
 * end; each line before end has its newline. Stops at the first other line. Returns how many events it has made, at
 * most max; names are interned, perhaps also some of the line at which it stops.
 */
int scan_common(struct scanner *scanner, const char **at, const char *end, uint64_t line, struct trace_event *out,
                int max);

/* Fills the openings of a scanner. */
void scan_add_openings(struct scanner *scanner);

/* Sets l->word to the first field of l->text (empty: there is none) and l->op to its meaning. */
void scan_word(const struct scanner *scanner, struct scan_line *l);

static inline size_t scan_word_slot(uint64_t key, unsigned slots)
{
    return (size_t)((key * UINT64_C(0x9E3779B97F4A7C15)) >> 32) & (slots - 1);
}

/* The meaning of a word in a table, or none; SCAN_PAD bytes are readable at text. */
static inline unsigned scan_find(const struct scan_word *table, unsigned slots, const char *text, size_t len,
                                 unsigned none)
{
    if (len - 1 >= 8)
        return none;
    uint64_t key = load8(text) & first_bytes((unsigned)len);
    size_t at = scan_word_slot(key, slots);
    while (__builtin_expect(table[at].key != key, 0)) {
        if (table[at].key == 0)
            return none;
        at = (at + 1) & (slots - 1);
    }
    return key != 0 ? table[at].value : none;
}

/* The op that a word names (SCAN_UNKNOWN: none); the kind (enum object_kind; KIND_COUNT: none). */
static inline unsigned scan_op(const struct scanner *scanner, const char *text, size_t len)
{
    return scan_find(scanner->ops, SCAN_OP_SLOTS, text, len, SCAN_UNKNOWN);
}
static inline unsigned scan_kind(const struct scanner *scanner, const char *text, size_t len)
{
    return scan_find(scanner->kinds, SCAN_KIND_SLOTS, text, len, KIND_COUNT);
}

/* Scans l->text, after scan_word, into *event. 0, or -1 after filling l->error. The word exists and is not repeat. */
int scan_line(struct scanner *scanner, struct scan_line *l, struct trace_event *event);

/* Splits l->text into fields, without a comment: sets l->count and l->fields. */
void scan_split(struct scan_line *l);

/* Reports field number field of l (past the last: the end of the line). Returns -1. */
int scan_fail(const struct scan_line *l, unsigned field, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Checks a source line for NUL bytes, UTF-8 and length. 0, or -1 after filling l->error. */
int scan_check_bytes(const struct scan_line *l);

/* Does the text have a byte that needs a closer look: NUL, '$', or not ASCII? */
bool scan_special(const char *text, size_t len);

/* Does the text of the event keep '#'? */
bool scan_keeps_hash(uint8_t op);

/* The length of the line without its comment. */
size_t scan_comment(const char *text, size_t len, bool keeps_hash);

/* See trace_column. */
uint64_t scan_column(const char *source, size_t len, bool keeps_hash, unsigned field, bool slot_part);

/* The slot key of a slot's text, len >= 1; NAME_NONE without memory. */
uint32_t scan_slot(struct names *names, const char *text, size_t len);

static inline bool scan_blank(char c)
{
    return c == ' ' || c == '\t';
}

#endif
