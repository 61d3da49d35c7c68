/*
 * grammar.h - which fields follow the word of an event; private to trace/. One table serves the scanner, its errors,
 * the templates of a repeat and the writer.
 */
#ifndef HEAPREEL_TRACE_GRAMMAR_H
#define HEAPREEL_TRACE_GRAMMAR_H

#include "trace/event.h"

/* A field, and where it goes in the event. Those marked (o) are left out if what stands there is something else. */
enum grammar_field {
    FIELD_NONE,          /* the end of the line */
    FIELD_A,             /* ID */
    FIELD_A_HOLDER,      /* ID or ID.SLOT */
    FIELD_A_SLOT,        /* ID.SLOT */
    FIELD_B,             /* ID */
    FIELD_B_UNLESS_SLOT, /* ID, if A is without a slot */
    FIELD_B_HOLDER,      /* after "in": ID or ID.SLOT */
    FIELD_C,             /* ID */
    FIELD_SIZE,
    FIELD_KIND, /* (o) */
    FIELD_IN,   /* (o) with the next field */
    FIELD_SITE, /* (o) @SITE */
    FIELD_BYTES,
    FIELD_DURATION,
    FIELD_LABEL, /* any text: A */
    FIELD_DEEP,  /* "deep" */
    FIELD_GC,    /* enum trace_gc */
    FIELD_STEP,  /* BYTES, of a gc step */
    FIELD_TEXT   /* the rest of the line */
};

enum { GRAMMAR_FIELDS = 7 };

struct grammar_row {
    uint8_t least; /* fields that must be there */
    uint8_t fields[GRAMMAR_FIELDS];
    const char *names[2]; /* of those that must be there, for errors */
};

/* The row of an event. */
extern const struct grammar_row grammar_rows[TRACE_OP_COUNT];

extern const char *const grammar_gc_words[TRACE_GC_FINISH + 1];

#endif
