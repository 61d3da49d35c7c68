/*
 * names.h - the names of objects, slots, sites and scopes as 32-bit numbers.
 *
 * A decimal name below 2^31 without leading zeros is its own number and needs no table: real traces use hundreds of
 * millions of such names, in ascending order. Every other name is interned once, when it is scanned, and gets a number
 * with NAME_INTERNED set.
 *
 * The table is flat (copied with memcpy). It is swept when it has doubled, so that its memory follows the names in use
 * and not the length of the trace: names_full() asks for a sweep; the owner marks the names that it uses.
 */
#ifndef HEAPREEL_BASE_NAMES_H
#define HEAPREEL_BASE_NAMES_H

#include "base/vec.h"

#include <stdbool.h>

#define NAME_NONE UINT32_MAX
#define NAME_INTERNED 0x80000000u /* set in the number of an interned name */
#define NAME_LIMIT 0x10000000u    /* most interned names at the same time: 2^28, so that a slot key can hold one */
#define NAME_DIGITS 12            /* bytes that names_text may need to print a decimal name */

#define NAME_SHORT 16 /* bytes of a text that is kept in its entry, beside its length */

struct name {
    uint32_t text; /* offset into names.text, if it is longer than NAME_SHORT */
    uint32_t len;  /* bytes; 0 = the entry is free, and text is the next free entry */
    uint32_t hash;
    uint32_t mark; /* set by names_mark, cleared by names_sweep */
    char here[NAME_SHORT];
};

/* A slot of the index. The hash is kept beside the entry's number, so that only matching entries are read. */
struct name_slot {
    uint32_t hash;
    uint32_t entry; /* in the table + 1; 0 = empty */
};

struct names {
    VEC(struct name) table;
    VEC(char) text;              /* the bytes of longer names, one after another */
    VEC(struct name_slot) index; /* open addressing; a power of two */
    uint32_t free;               /* first free entry of table + 1, 0 = none */
    uint32_t used;               /* entries in use */
    uint32_t threshold;          /* entries from which names_full returns true */
    size_t text_threshold;       /* bytes of longer text from which it does */
};

/* Makes *names an empty table. */
void names_init(struct names *names);
void names_free(struct names *names);

/* Copies *from into the uninitialised *to. 0, or -1 without memory (*to is empty then). */
int names_copy(struct names *to, const struct names *from);

/*
 * The number of the name text[0..len), len >= 1. Equal texts have equal numbers
 * as long as the name stays in use. NAME_NONE without memory or past NAME_LIMIT.
 */
uint32_t names_intern(struct names *names, const char *text, size_t len);

/*
 * Like names_intern, but puts decimal names into the table too: slots that are too large for an index, such as
 * 300000000.
 */
uint32_t names_intern_text(struct names *names, const char *text, size_t len);

/*
 * The steps of names_intern, apart, so that those of many names can be done together and none waits for memory: the
 * number of a decimal name (else NAME_NONE); else its hash, by which the index and then the name itself are fetched
 * into the cache; and names_intern_text.
 */
uint32_t names_of_digits(const char *text, size_t len);
uint32_t names_hash(const char *text, size_t len);
void names_fetch_index(const struct names *names, uint32_t hash);
void names_fetch_name(const struct names *names, uint32_t hash);
uint32_t names_intern_hashed(struct names *names, const char *text, size_t len, uint32_t hash);

/* The number of a name if it is decimal below 2^31 or in the table already, else NAME_NONE. */
uint32_t names_find(const struct names *names, const char *text, size_t len);

/* Like names_find, for names from names_intern_text. */
uint32_t names_find_text(const struct names *names, const char *text, size_t len);

/*
 * The text of a name: borrowed, not NUL-terminated, *len bytes, valid until the
 * table changes or buffer does (decimal names are printed into buffer).
 */
const char *names_text(const struct names *names, uint32_t name, char buffer[NAME_DIGITS], size_t *len);

/* Has the table doubled since the last sweep? Then mark the names in use, and sweep. */
bool names_full(const struct names *names);
/* Marks a name as used; NAME_NONE and decimal names are ignored. */
void names_mark(struct names *names, uint32_t name);
/* Frees the names that are not marked, and clears the marks. 0, or -1 without memory (nothing is freed then). */
int names_sweep(struct names *names);

#endif
