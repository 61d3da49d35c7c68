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

#include "base/load.h"
#include "base/prefetch.h"
#include "base/vec.h"

#include <stdbool.h>

#define NAME_INLINE static inline __attribute__((always_inline))

#define NAME_NONE UINT32_MAX
#define NAME_INTERNED 0x80000000u /* set in the number of an interned name */
#define NAME_LIMIT 0x0FFFFFFFu    /* most interned names at the same time, so that a slot key can hold one */
#define NAME_DIGITS 12            /* bytes that names_text may need to print a decimal name */

#define NAME_SHORT 16 /* bytes of a text that is kept in its entry, beside its length */

struct name {
    uint32_t text; /* offset into names.text, if it is longer than NAME_SHORT */
    uint32_t len;  /* bytes; 0 = the entry is free, and text is the next free entry */
    uint32_t hash;
    uint32_t mark;         /* set by names_mark, cleared by names_sweep */
    char here[NAME_SHORT]; /* a short text, and zeros; all zeros if it is longer */
};

/*
 * A slot of the index: 0, or an entry in the table + 1, and above it four bits of its hash, so that few others than the
 * one that is looked for are read.
 */
#define NAME_ENTRY 0x0FFFFFFFu

struct names {
    VEC(struct name) table;
    VEC(char) text;        /* the bytes of longer names, one after another */
    VEC(uint32_t) index;   /* open addressing; a power of two */
    uint32_t free;         /* first free entry of table + 1, 0 = none */
    uint32_t used;         /* entries in use */
    uint32_t sweeps;       /* so many; a number stands for its name until the next one */
    uint32_t threshold;    /* entries from which names_full returns true */
    size_t text_threshold; /* bytes of longer text from which it does */
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
 * into the cache; and names_intern_text. NAME_SHORT bytes must be readable at text, however short it is.
 */
uint32_t names_of_digits(const char *text, size_t len);
NAME_INLINE uint32_t names_hash(const char *text, size_t len);
NAME_INLINE void names_fetch_index(const struct names *names, uint32_t hash);
NAME_INLINE void names_fetch_name(const struct names *names, uint32_t hash);
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

/* ---- inline, since every name that is a word passes here ---- */

/* A short text as two numbers, with zeros after it. */
struct name_key {
    uint64_t low, high;
};
NAME_INLINE struct name_key names_key(const char *text, size_t len)
{
    if (len <= 8)
        return (struct name_key){load8(text) & first_bytes((unsigned)len), 0};
    return (struct name_key){load8(text), load8(text + 8) & first_bytes((unsigned)len - 8)};
}

/* The key of a longer text: its bytes, multiplied and folded 8 at a time; the last ones overlap. */
struct name_key names_key_folded(const char *text, size_t len);

/*
 * The lowest bits are those of the last byte, and have no part in the others: names that are made by counting then
 * follow each other in the index too, and are mostly used together. (Names chosen by an adversary can make long probe
 * sequences; this is a local tool.)
 */
NAME_INLINE uint32_t names_hash(const char *text, size_t len)
{
    const uint64_t k = UINT64_C(0x9E3779B97F4A7C15);
    struct name_key key = len <= NAME_SHORT ? names_key(text, len) : names_key_folded(text, len);
    uint64_t last = (unsigned char)text[len - 1] & 7;
    uint64_t h = len <= 8 ? key.low ^ last << 8 * (len - 1) : key.low * k ^ key.high ^ last << (8 * (len - 1) & 63);
    h *= k;
    h = (h ^ h >> 32) * k;
    return (uint32_t)(h >> 32 & ~UINT64_C(7)) | (uint32_t)last;
}

NAME_INLINE void names_fetch_index(const struct names *names, uint32_t hash)
{
    if (names->index.len > 0)
        prefetch_read(&names->index.data[hash & (names->index.len - 1)]);
}

NAME_INLINE void names_fetch_name(const struct names *names, uint32_t hash)
{
    if (names->index.len == 0)
        return;
    /* An empty slot leads anywhere: addresses are numbers here. */
    uint64_t entry = names->index.data[hash & (names->index.len - 1)] & NAME_ENTRY;
    prefetch_read((const void *)((uintptr_t)names->table.data + (entry - 1) * sizeof *names->table.data));
}

/* A filled slot of the index. */
static inline uint32_t names_slot_of(uint32_t hash, uint32_t entry)
{
    return (hash & ~NAME_ENTRY) | entry;
}

/*
 * What names_intern_hashed returns for a text of up to 8 bytes, of which key is names_key(...).low, if its slot is the
 * first that the hash leads to; else NAME_NONE.
 */
NAME_INLINE uint32_t names_find_near(const struct names *names, uint64_t key, uint32_t hash)
{
    uint32_t slot = names->index.len > 0 ? names->index.data[hash & (names->index.len - 1)] : 0;
    uint32_t entry = slot & NAME_ENTRY;
    if (slot == 0 || slot != names_slot_of(hash, entry))
        return NAME_NONE;
    const struct name *name = &names->table.data[entry - 1];
    return load8(name->here) == key && name->len <= 8 ? (entry - 1) | NAME_INTERNED : NAME_NONE;
}

#endif
