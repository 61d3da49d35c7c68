/* names.c - the table of interned names: a hash index over entries, and a sweep of those that are no longer used. */
#include "base/names.h"

#include <stdlib.h>

enum {
    NAMES_FIRST_SWEEP = 4096,   /* entries before the first sweep */
    NAMES_FIRST_TEXT = 1 << 20, /* bytes of text before it */
    NAMES_STEP = 9,             /* slots to the next attempt; an odd number gets everywhere */
    NAMES_FIRST_INDEX = 64,     /* slots of the first index; a power of two */
    NAMES_DECIMAL_DIGITS = 10   /* of 2^31 */
};

void names_init(struct names *names)
{
    *names = (struct names){.threshold = NAMES_FIRST_SWEEP, .text_threshold = NAMES_FIRST_TEXT};
}

void names_free(struct names *names)
{
    vec_free(&names->table);
    vec_free(&names->text);
    vec_free(&names->index);
    names_init(names);
}

int names_copy(struct names *to, const struct names *from)
{
    *to = *from;
    to->table.data = NULL;
    to->text.data = NULL;
    to->index.data = NULL;
    if (vec_duplicate(&to->table.data, &to->table.cap, from->table.data, sizeof *from->table.data, from->table.len,
                      from->table.cap) ||
        vec_duplicate(&to->text.data, &to->text.cap, from->text.data, 1, from->text.len, from->text.cap) ||
        vec_duplicate(&to->index.data, &to->index.cap, from->index.data, sizeof *from->index.data, from->index.len,
                      from->index.cap)) {
        names_free(to);
        return -1;
    }
    return 0;
}

uint32_t names_of_digits(const char *text, size_t len)
{
    if (len > NAMES_DECIMAL_DIGITS || (unsigned)(text[0] - '0') > 9 || (text[0] == '0' && len > 1))
        return NAME_NONE;
    uint64_t n = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned digit = (unsigned)(text[i] - '0');
        if (digit > 9)
            return NAME_NONE;
        n = n * 10 + digit;
    }
    return n < NAME_INTERNED ? (uint32_t)n : NAME_NONE;
}

struct name_key names_key_folded(const char *text, size_t len)
{
    uint64_t h = len;
    for (size_t at = 0; at < len - 8; at += 8) {
        h = (h ^ load8(text + at)) * UINT64_C(0x9E3779B97F4A7C15);
        h ^= h >> 29;
    }
    return (struct name_key){h, load8(text + len - 8)};
}

static inline const char *text_of(const struct names *names, const struct name *name)
{
    return name->len <= NAME_SHORT ? name->here : names->text.data + name->text;
}

/*
 * The slot of the index that holds the name, or the empty one where it would go; the index must not be empty. The next
 * attempt is some slots on, past the neighbours, which hold names in a row.
 */
static inline uint32_t *index_slot(const struct names *names, const char *text, size_t len, uint32_t hash)
{
    size_t mask = names->index.len - 1;
    struct name_key key = names_key(text, len < NAME_SHORT ? len : NAME_SHORT);
    for (size_t at = hash & mask;; at = (at + NAMES_STEP) & mask) {
        uint32_t *slot = &names->index.data[at], entry = *slot & NAME_ENTRY;
        if (*slot == 0)
            return slot;
        const struct name *name = &names->table.data[entry - 1];
        if (*slot != names_slot_of(hash, entry) || name->len != len)
            continue;
        if (len <= NAME_SHORT ? load8(name->here) == key.low && load8(name->here + 8) == key.high
                              : memcmp(names->text.data + name->text, text, len) == 0)
            return slot;
    }
}

/* Fills the new index, which has room. */
static void index_fill(struct names *names)
{
    memset(names->index.data, 0, names->index.len * sizeof *names->index.data);
    size_t mask = names->index.len - 1;
    for (size_t i = 0; i < names->table.len; i++) {
        if (names->table.data[i].len == 0)
            continue;
        uint32_t hash = names->table.data[i].hash;
        size_t at = hash & mask;
        while (names->index.data[at] != 0)
            at = (at + NAMES_STEP) & mask;
        names->index.data[at] = names_slot_of(hash, (uint32_t)i + 1);
    }
}

/* Makes the index large enough for one more name: at most half full. */
static int index_reserve(struct names *names)
{
    if (((size_t)names->used + 1) * 2 <= names->index.len)
        return 0;
    size_t len = names->index.len ? names->index.len * 2 : NAMES_FIRST_INDEX;
    if (vec_reserve(&names->index, len - names->index.len))
        return -1;
    names->index.len = len;
    index_fill(names);
    return 0;
}

/* Adds a name that is not in the table. Changes nothing until all room is there. */
static __attribute__((noinline)) uint32_t name_add(struct names *names, const char *text, size_t len, uint32_t hash)
{
    uint32_t at = names->free;
    size_t apart = len <= NAME_SHORT ? 0 : len; /* bytes that are not in the entry itself */
    if (apart > UINT32_MAX - names->text.len || (at == 0 && names->table.len >= NAME_LIMIT))
        return NAME_NONE;
    if (index_reserve(names) || vec_reserve(&names->text, apart) || vec_reserve(&names->table, 1))
        return NAME_NONE;
    if (at != 0)
        names->free = names->table.data[at - 1].text;
    else
        at = (uint32_t)++names->table.len;
    struct name *name = &names->table.data[at - 1];
    *name = (struct name){.text = (uint32_t)names->text.len, .len = (uint32_t)len, .hash = hash};
    if (apart > 0)
        memcpy(names->text.data + names->text.len, text, apart);
    else
        memcpy(name->here, text, len);
    names->text.len += apart;
    names->used++;
    *index_slot(names, text, len, hash) = names_slot_of(hash, at);
    return (at - 1) | NAME_INTERNED;
}

uint32_t names_intern_hashed(struct names *names, const char *text, size_t len, uint32_t hash)
{
    uint32_t entry = names->index.len ? *index_slot(names, text, len, hash) & NAME_ENTRY : 0;
    return entry != 0 ? (entry - 1) | NAME_INTERNED : name_add(names, text, len, hash);
}

/* The text, or a copy of it in padded, so that NAME_SHORT bytes can be read. */
static const char *readable(const char *text, size_t len, char padded[NAME_SHORT])
{
    if (len >= NAME_SHORT)
        return text;
    memset(padded, 0, NAME_SHORT);
    memcpy(padded, text, len);
    return padded;
}

uint32_t names_intern_text(struct names *names, const char *text, size_t len)
{
    char padded[NAME_SHORT];
    text = readable(text, len, padded);
    return names_intern_hashed(names, text, len, names_hash(text, len));
}

uint32_t names_intern(struct names *names, const char *text, size_t len)
{
    uint32_t name = names_of_digits(text, len);
    return name != NAME_NONE ? name : names_intern_text(names, text, len);
}

uint32_t names_find_text(const struct names *names, const char *text, size_t len)
{
    if (len == 0 || names->index.len == 0)
        return NAME_NONE;
    char padded[NAME_SHORT];
    text = readable(text, len, padded);
    uint32_t at = *index_slot(names, text, len, names_hash(text, len)) & NAME_ENTRY;
    return at ? (at - 1) | NAME_INTERNED : NAME_NONE;
}

uint32_t names_find(const struct names *names, const char *text, size_t len)
{
    uint32_t name = len ? names_of_digits(text, len) : NAME_NONE;
    return name != NAME_NONE ? name : names_find_text(names, text, len);
}

const char *names_text(const struct names *names, uint32_t name, char buffer[NAME_DIGITS], size_t *len)
{
    if (name & NAME_INTERNED) {
        const struct name *entry = &names->table.data[name & ~NAME_INTERNED];
        *len = entry->len;
        return text_of(names, entry);
    }
    char *at = buffer + NAME_DIGITS;
    do {
        *--at = (char)('0' + name % 10);
        name /= 10;
    } while (name != 0);
    *len = (size_t)(buffer + NAME_DIGITS - at);
    return at;
}

bool names_full(const struct names *names)
{
    return names->used >= names->threshold || names->text.len >= names->text_threshold;
}

void names_mark(struct names *names, uint32_t name)
{
    if (name != NAME_NONE && (name & NAME_INTERNED))
        names->table.data[name & ~NAME_INTERNED].mark = 1;
}

/* Releases memory far above what is in use; keeps it if realloc fails. */
static void trim(void *data, size_t *cap, size_t size, size_t len)
{
    if (len == 0 || *cap / 4 <= len)
        return;
    void *old;
    memcpy(&old, data, sizeof old);
    void *now = realloc(old, len * 2 * size);
    if (now != NULL) {
        memcpy(data, &now, sizeof now);
        *cap = len * 2;
    }
}

/* Frees the entries that are not marked, chains the free ones lowest first, and cuts those at the end. */
static void free_unmarked(struct names *names)
{
    names->free = 0;
    names->used = 0;
    bool end = true;
    for (size_t i = names->table.len; i-- > 0;) {
        struct name *name = &names->table.data[i];
        if (name->mark) {
            name->mark = 0;
            names->used++;
            end = false;
        } else if (end) {
            names->table.len = i;
        } else {
            *name = (struct name){.text = names->free};
            names->free = (uint32_t)i + 1;
        }
    }
}

int names_sweep(struct names *names)
{
    size_t live = 0;
    for (size_t i = 0; i < names->table.len; i++)
        if (names->table.data[i].mark && names->table.data[i].len > NAME_SHORT)
            live += names->table.data[i].len;
    char *text = malloc(live + 1);
    if (text == NULL) {
        for (size_t i = 0; i < names->table.len; i++)
            names->table.data[i].mark = 0;
        return -1;
    }
    size_t len = 0;
    for (size_t i = 0; i < names->table.len; i++) {
        struct name *name = &names->table.data[i];
        if (name->mark && name->len > NAME_SHORT) {
            memcpy(text + len, names->text.data + name->text, name->len);
            name->text = (uint32_t)len;
            len += name->len;
        }
    }
    vec_free(&names->text);
    names->text.data = text;
    names->text.len = live;
    names->text.cap = live + 1;
    free_unmarked(names);
    names->sweeps++;
    while (names->index.len > NAMES_FIRST_INDEX && names->used < names->index.len / 8)
        names->index.len /= 2;
    if (names->index.len > 0)
        index_fill(names);
    trim((void *)&names->table.data, &names->table.cap, sizeof *names->table.data, names->table.len);
    trim((void *)&names->index.data, &names->index.cap, sizeof *names->index.data, names->index.len);
    uint64_t twice = (uint64_t)names->used * 2;
    names->threshold = twice < NAMES_FIRST_SWEEP ? NAMES_FIRST_SWEEP : (uint32_t)twice;
    names->text_threshold = live * 2 < NAMES_FIRST_TEXT ? NAMES_FIRST_TEXT : live * 2;
    return 0;
}
