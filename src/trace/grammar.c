/* grammar.c - the table of the events' fields; see grammar.h. */
#include "trace/grammar.h"

const struct grammar_row grammar_rows[TRACE_OP_COUNT] = {
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
    [TRACE_EXPECT] = {1, {FIELD_TEXT}, {"CONDITION", NULL}},
    [TRACE_WORKER] = {1, {FIELD_LABEL}, {"NAME", NULL}},
    [TRACE_END] = {0, {FIELD_NONE}, {NULL, NULL}},
};

const char *const grammar_gc_words[] = {"major", "minor", "compact", "start", "step", "finish"};
