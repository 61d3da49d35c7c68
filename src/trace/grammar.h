/*
 * grammar.h - the fields that follow the word of each event; private to trace/. One table serves the scanner, its
 * errors, the templates of a repeat and the writer.
 */
#ifndef HEAPREEL_TRACE_GRAMMAR_H
#define HEAPREEL_TRACE_GRAMMAR_H

#include "trace/event.h"

/* A field, and where it goes in the event. Those marked (o) are optional. */
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
    uint8_t least; /* fields that are required */
    uint8_t fields[GRAMMAR_FIELDS];
    const char *names[2]; /* of the required fields, for errors */
};

/* The row of each event. It is in a header so that a compiler can make a scanner of its own from each. */
static const struct grammar_row grammar_rows[TRACE_OP_COUNT] = {
    [TRACE_ALLOC] = {2, {FIELD_A, FIELD_SIZE, FIELD_KIND, FIELD_IN, FIELD_B_HOLDER, FIELD_SITE}, {"ID", "SIZE"}},
    [TRACE_REF] = {2, {FIELD_A_HOLDER, FIELD_B}, {"SRC or SRC.SLOT", "DST"}},
    [TRACE_UNREF] = {1, {FIELD_A_HOLDER, FIELD_B_UNLESS_SLOT}, {"SRC.SLOT or SRC", "DST (or a slot, SRC.SLOT)"}},
    [TRACE_WEAK] = {2, {FIELD_A_SLOT, FIELD_B}, {"SRC.SLOT", "DST"}},
    [TRACE_ENTRY] = {2, {FIELD_A, FIELD_B, FIELD_C}, {"MAP", "KEY"}},
    [TRACE_UNENTRY] = {2, {FIELD_A, FIELD_B}, {"MAP", "KEY"}},
    [TRACE_ROOT] = {1, {FIELD_A}, {"ID", NULL}},
    [TRACE_RELEASE] = {1, {FIELD_A}, {"ID", NULL}},
    [TRACE_ENTER] = {0, {FIELD_LABEL}, {"NAME", NULL}},
    [TRACE_LEAVE] = {0, {FIELD_NONE}, {NULL, NULL}},
    [TRACE_EXTERNAL] = {2, {FIELD_A, FIELD_BYTES}, {"ID", "BYTES"}},
    [TRACE_FINALIZE] = {1, {FIELD_A}, {"ID", NULL}},
    [TRACE_USE] = {1, {FIELD_A, FIELD_DEEP}, {"ID", NULL}},
    [TRACE_WORK] = {1, {FIELD_DURATION}, {"DURATION", NULL}},
    [TRACE_IDLE] = {1, {FIELD_DURATION}, {"DURATION", NULL}},
    [TRACE_GC] = {0, {FIELD_GC, FIELD_STEP}, {NULL, "BYTES"}},
    [TRACE_SET] = {2, {FIELD_TEXT}, {"KEY", "VALUE"}},
    [TRACE_TITLE] = {1, {FIELD_TEXT}, {"TEXT", NULL}},
    [TRACE_CHAPTER] = {1, {FIELD_TEXT}, {"TEXT", NULL}},
    [TRACE_NOTE] = {1, {FIELD_TEXT}, {"TEXT", NULL}},
    [TRACE_ASK] = {1, {FIELD_TEXT}, {"QUESTION | ANSWER", NULL}},
    [TRACE_PACE] = {1, {FIELD_DURATION}, {"DURATION", NULL}},
    [TRACE_EXPECT] = {1, {FIELD_TEXT}, {"CONDITION", NULL}},
    [TRACE_WORKER] = {1, {FIELD_LABEL}, {"NAME", NULL}},
    [TRACE_END] = {0, {FIELD_NONE}, {NULL, NULL}},
};

static const char *const grammar_gc_words[] = {"major", "minor", "compact", "start", "step", "finish"};

#endif
