/*
 * event.h - one line of a trace, scanned: all that a trace hands to a run.
 *
 * The table TRACE_OPS is the only list of events: code, counters, report and help are generated from it.
 */
#ifndef HEAPREEL_TRACE_EVENT_H
#define HEAPREEL_TRACE_EVENT_H

#include <stddef.h>
#include <stdint.h>

/* X(symbol, word, acts on the heap: counted in the event number and in the report's "events") */
#define TRACE_OPS(X)                                                                                                   \
    X(ALLOC, "alloc", 1)                                                                                               \
    X(REF, "ref", 1)                                                                                                   \
    X(UNREF, "unref", 1)                                                                                               \
    X(WEAK, "weak", 1)                                                                                                 \
    X(ENTRY, "entry", 1)                                                                                               \
    X(UNENTRY, "unentry", 1)                                                                                           \
    X(ROOT, "root", 1)                                                                                                 \
    X(RELEASE, "release", 1)                                                                                           \
    X(ENTER, "enter", 1)                                                                                               \
    X(LEAVE, "leave", 1)                                                                                               \
    X(EXTERNAL, "external", 1)                                                                                         \
    X(FINALIZE, "finalize", 1)                                                                                         \
    X(USE, "use", 1)                                                                                                   \
    X(WORK, "work", 1)                                                                                                 \
    X(IDLE, "idle", 1)                                                                                                 \
    X(GC, "gc", 1)                                                                                                     \
    X(SET, "set", 0)                                                                                                   \
    X(TITLE, "title", 0)                                                                                               \
    X(CHAPTER, "chapter", 0)                                                                                           \
    X(NOTE, "note", 0)                                                                                                 \
    X(ASK, "ask", 0)                                                                                                   \
    X(PACE, "pace", 0)                                                                                                 \
    X(EXPECT, "expect", 0)                                                                                             \
    X(WORKER, "worker", 0)                                                                                             \
    X(END, "end", 0) /* handed out once after the last round of an outermost repeat, for "expect oom" */

enum trace_op {
#define X(symbol, word, acts) TRACE_##symbol,
    TRACE_OPS(X)
#undef X
        TRACE_OP_COUNT
};

/* Object kinds. X(symbol, word, fixed size or 0, can hold pointers, weak collection) */
#define OBJECT_KINDS(X)                                                                                                \
    X(OBJECT, "object", 0, 1, 0)                                                                                       \
    X(ARRAY, "array", 0, 1, 0)                                                                                         \
    X(CLOSURE, "closure", 0, 1, 0)                                                                                     \
    X(CONTEXT, "context", 0, 1, 0)                                                                                     \
    X(STRING, "string", 0, 0, 0)                                                                                       \
    X(NUMBER, "number", 0, 0, 0)                                                                                       \
    X(BUFFER, "buffer", 0, 0, 0)                                                                                       \
    X(WEAKMAP, "weakmap", 0, 1, 1)                                                                                     \
    X(WEAKSET, "weakset", 0, 1, 1)                                                                                     \
    X(CODE, "code", 0, 1, 0)                                                                                           \
    X(MAP, "map", 80, 1, 0)                                                                                            \
    X(CELL, "cell", 16, 1, 0)                                                                                          \
    X(PROPCELL, "propcell", 32, 1, 0)

enum object_kind {
#define X(symbol, word, fixed, pointers, weak) KIND_##symbol,
    OBJECT_KINDS(X)
#undef X
        KIND_COUNT
};

enum trace_gc { TRACE_GC_MAJOR, TRACE_GC_MINOR, TRACE_GC_COMPACT, TRACE_GC_START, TRACE_GC_STEP, TRACE_GC_FINISH };

/* Flags of an event: which optional fields it has. */
enum {
    EVENT_IN = 1,     /* alloc: "in HOLDER"; b is the holder */
    EVENT_SLOT = 2,   /* slot is a named or indexed slot; otherwise it is anonymous */
    EVENT_VALUE = 4,  /* entry: it has VALUE (c) */
    EVENT_DEEP = 8,   /* use ID deep */
    EVENT_NAME = 16,  /* enter: it has NAME (a) */
    EVENT_REPEAT = 32 /* any event: it comes from a repeat */
};

/*
 * Slot keys: two bits of type and 28 bits of value; the two bits between belong to the heap (see heap/slots.h) and are
 * 0 in an event.
 */
#define SLOT_TYPE 0xC0000000u
#define SLOT_INDEX 0x00000000u     /* value = element index */
#define SLOT_NAME 0x40000000u      /* value = interned name without NAME_INTERNED; larger indexes are such names */
#define SLOT_ANONYMOUS 0x80000000u /* no value */
#define SLOT_VALUE 0x0FFFFFFFu

struct trace_event {
    uint8_t op;         /* enum trace_op */
    uint8_t kind;       /* alloc: enum object_kind; gc: enum trace_gc */
    uint8_t flags;      /* EVENT_... */
    uint32_t a;         /* first name: ID, SRC, MAP, NAME (base/names.h) */
    uint32_t b;         /* second name: HOLDER, DST, KEY */
    uint32_t c;         /* third name: VALUE */
    uint32_t slot;      /* slot key, if EVENT_SLOT */
    uint32_t site;      /* alloc: name of @SITE without the @, or NAME_NONE */
    uint64_t number;    /* SIZE in bytes as written (not rounded), BYTES, or DURATION in ns */
    uint64_t line;      /* 1-based */
    const char *source; /* the line as in the file, for columns: borrowed until the next trace_read */
    const char
        *text; /* set, title, chapter, note, ask, expect: the text after the word, with variables expanded; borrowed */
    uint32_t source_len;
    uint32_t text_len;
};

/* The word of an event or of a kind; never NULL. */
const char *trace_op_word(enum trace_op op);
const char *object_kind_word(enum object_kind kind);

/*
 * The column (1-based, bytes) of blank-separated field number field (0 = the event's word) in the event's line; past
 * the last field: the column after the line's end. In "SRC.SLOT" slot_part gives the column after the dot.
 */
uint64_t trace_column(const struct trace_event *event, unsigned field, int slot_part);

#endif
