/*
 * object.h - objects and what refers to them, as they are kept in the arrays of a heap: 32-bit indices, sizes in units,
 * and bits. See heap.h for the words.
 */
#ifndef HEAPREEL_HEAP_OBJECT_H
#define HEAPREEL_HEAP_OBJECT_H

#include "base/prefetch.h"
#include "trace/event.h"

#include <stdbool.h>
#include <stdint.h>

#define NONE UINT32_MAX
#define UNIT 8u

/* X(symbol, JSON name; "old" is called "old-pointer" in the book era), in the order of reports */
#define SPACES(X)                                                                                                      \
    X(NEW, "new")                                                                                                      \
    X(OLD, "old")                                                                                                      \
    X(OLD_DATA, "old-data")                                                                                            \
    X(CODE, "code")                                                                                                    \
    X(MAP, "map")                                                                                                      \
    X(CELL, "cell")                                                                                                    \
    X(PROPERTY_CELL, "property-cell")                                                                                  \
    X(NEW_LARGE, "new-large")                                                                                          \
    X(LARGE, "large")                                                                                                  \
    X(CODE_LARGE, "code-large")

enum space_id {
#define X(symbol, word) SPACE_##symbol,
    SPACES(X)
#undef X
        SPACE_COUNT
};

enum color { COLOR_WHITE, COLOR_GREY, COLOR_BLACK };

/* object.bits, from the lowest: fields, then flags */
#define OBJECT_KIND 0x0000000Fu
#define OBJECT_SPACE_SHIFT 4
#define OBJECT_SPACE 0x000000F0u
#define OBJECT_COLOR_SHIFT 8
#define OBJECT_COLOR 0x00000300u
#define OBJECT_PARITY 0x00000400u /* young: the semispace (or the new-large generation) it was last seen in */
#define OBJECT_YOUNG 0x00000800u
#define OBJECT_SLOTS_SHIFT 12 /* 0: no slots; 2 to 5: an array of 2^(n-1); SLOTS_TABLE: object.slots is a table */
#define OBJECT_SLOTS 0x00007000u
#define OBJECT_LATE 0x00008000u /* has been stale after a major: its site releases late, or leaks (heap/sites.h) */
#define OBJECT_SIZE_SHIFT 16    /* the high bits of the size in units */
#define OBJECT_SIZE 0x001F0000u
#define OBJECT_AGE_SHIFT 21 /* scavenges survived while young; AGE_FAR: at least so many, see object_age */
#define OBJECT_AGE 0x00600000u
#define OBJECT_FINALIZE 0x00800000u   /* registered for finalization */
#define OBJECT_REMEMBERED 0x01000000u /* the remembered set can have records of this host */
#define OBJECT_EXTRA 0x02000000u      /* has a struct extra, found by heap_extra */
#define OBJECT_EPHEMERON 0x04000000u  /* while marking: key of an entry whose value waits for it */
#define OBJECT_FREE 0x08000000u       /* the record is free */
#define OBJECT_IDLE_SHIFT 28          /* majors since an event named the object, at most 7 (leak analysis) */
#define OBJECT_UNTOUCHED 0x70000000u
#define OBJECT_SEEN 0x80000000u /* scratch of one traversal, else 0 */

#define AGE_FAR 3u

#define SLOTS_FIRST 2u /* the first array has room for two */
#define SLOTS_TABLE 7u
#define SLOTS_KEPT 3u   /* arrays up to this class stay with the record of a dead object, for the next one */
#define SLOTS_SMALL 16u /* slots that are searched one by one; an object with more has a table with an index */

/* The part of an object that events touch: half a cache line. */
struct object {
    uint32_t name;   /* NAME_NONE once the ID names another object */
    uint32_t page;   /* young: page of the semispace; else index in heap.pages */
    uint32_t offset; /* units from the start of the page's usable area */
    uint32_t size;   /* units, low 32 bits; see object_units */
    uint32_t bits;
    uint32_t slots;  /* arena index of a small array, or index in heap.tables; see OBJECT_SLOTS */
    uint32_t nslots; /* slots, holes included */
    uint32_t handle; /* the newest handle on it, or NONE: not rooted */
};

/*
 * The part that few events and collections touch: none, while an object is young and has no site and nothing unusual.
 */
struct object_cold {
    uint32_t next; /* on a page: the next object of it, in no order */
    uint32_t site; /* name of the allocation site, or of the scope, or NAME_NONE; free records: NAME_NONE */
    uint32_t more; /* OBJECT_EXTRA: index in heap.extras, else, if that is AGE_FAR, the age */
};

/* The part that few objects have. */
struct extra {
    uint64_t external; /* off-heap bytes */
    uint32_t entries;  /* weak collection: index in heap.tables, or NONE */
    uint32_t age;      /* if that is AGE_FAR; free records: the next free one */
};

/* A slot. key: SLOT_TYPE | SLOT_WEAK | SLOT_REMEMBERED | SLOT_VALUE (trace/event.h). */
#define SLOT_HOLE 0xC0000000u
#define SLOT_WEAK 0x20000000u
#define SLOT_REMEMBERED 0x10000000u
struct slot {
    uint32_t key;
    uint32_t target; /* NONE = empty */
};

/*
 * An ephemeron entry; both words can carry ENTRY_REMEMBERED (node20's keys: the list of young keys has it). ENTRY_NONE
 * below the flag: hole (key), no value (value).
 */
#define ENTRY_REMEMBERED 0x80000000u
#define ENTRY_NONE 0x7FFFFFFFu
struct entry {
    uint32_t key;
    uint32_t value;
};
#define OBJECT_LIMIT 0x7FFFFFFEu /* objects at the same time, so that an entry's word can hold one */

/* The slots of an object with more than SLOTS_SMALL, or the entries of a weak collection, with an index. */
struct table {
    uint32_t array;  /* arena index of struct slot or struct entry [1 << log] */
    uint32_t len;    /* places used, holes included */
    uint32_t live;   /* places used, holes excluded */
    uint32_t hash;   /* arena index of uint32_t [1 << hash_log]: position + 1, 0 = empty; NONE: no index yet */
    uint32_t links;  /* slots: arena index of struct target_link [1 << log], NONE until "unref SRC DST" needs it */
    uint32_t roots;  /* slots: arena index of uint32_t [1 << roots_log]: position + 1 of the first slot of a target */
    uint32_t nroots; /* targets in roots */
    uint8_t log, hash_log, roots_log;
    uint8_t spare;
};

/* A heap-ordered tree (pairing heap) of the slots of one holder that hold the same target; positions + 1, 0 = none. */
struct target_link {
    uint32_t child, sibling, previous;
};

/* A bucket of the table of IDs: a cache line. */
#define ID_BUCKET 12u
struct id_bucket {
    uint8_t tag[ID_BUCKET]; /* 0 = empty */
    uint32_t spilled;       /* the names that have passed here; see heap/ids.h */
    uint32_t object[ID_BUCKET];
};

struct handle {
    uint32_t object;   /* NONE = hole */
    uint32_t previous; /* the next older handle on the same object, or NONE */
};

struct scope {
    uint32_t base; /* first handle made in it */
    uint32_t name; /* or NAME_NONE */
};

/* A record of the remembered set: slot of an old host that was stored a young pointer. */
#define RECORD_KIND 0xC0000000u
#define RECORD_SLOT 0x00000000u
#define RECORD_KEY 0x40000000u /* place is the position of an entry */
#define RECORD_VALUE 0x80000000u
#define RECORD_STALE 0xC0000000u               /* its slot or entry is gone; counted until the next collection */
#define RECORD_STALE_VALUE (RECORD_STALE | 1u) /* of these, the value of an entry */
#define RECORD_POSITION 0x3FFFFFFFu
struct record {
    uint32_t host;
    uint32_t place; /* RECORD_KIND | position in the host's slots or entries */
};

/* ---- reading ---- */

/* Its size in units; in bytes. */
static inline uint64_t object_units(const struct object *o)
{
    return o->size | (uint64_t)((o->bits & OBJECT_SIZE) >> OBJECT_SIZE_SHIFT) << 32;
}
static inline uint64_t object_bytes(const struct object *o)
{
    return object_units(o) * UNIT;
}
/* The fields of its bits. */
static inline enum object_kind object_kind(const struct object *o)
{
    return (enum object_kind)(o->bits & OBJECT_KIND);
}
static inline enum space_id object_space(const struct object *o)
{
    return (enum space_id)((o->bits & OBJECT_SPACE) >> OBJECT_SPACE_SHIFT);
}
static inline enum color object_color(const struct object *o)
{
    return (enum color)((o->bits & OBJECT_COLOR) >> OBJECT_COLOR_SHIFT);
}

/* Sets of kinds, as bits: those that can hold pointers, and the weak collections. */
#define X(symbol, word, fixed, pointers, weak) | (uint32_t)((pointers) != 0) << KIND_##symbol
static const uint32_t kinds_with_pointers = 0 OBJECT_KINDS(X);
#undef X
#define X(symbol, word, fixed, pointers, weak) | (uint32_t)((weak) != 0) << KIND_##symbol
static const uint32_t kinds_of_collections = 0 OBJECT_KINDS(X);
#undef X
/* Can it hold pointers? */
static inline bool object_pointers(const struct object *o)
{
    return kinds_with_pointers >> (o->bits & OBJECT_KIND) & 1;
}
/* Is it a weak collection? */
static inline bool object_ephemeron_table(const struct object *o)
{
    return kinds_of_collections >> (o->bits & OBJECT_KIND) & 1;
}

#endif
