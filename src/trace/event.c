/* event.c - the words of events, and where their fields stand. */
#include "trace/event.h"

#include "trace/scan.h"

const char *trace_op_word(enum trace_op op)
{
    static const char *const words[] = {
#define X(symbol, word, acts) word,
        TRACE_OPS(X)
#undef X
    };
    return (unsigned)op < TRACE_OP_COUNT ? words[op] : "?";
}

const char *object_kind_word(enum object_kind kind)
{
    static const char *const words[] = {
#define X(symbol, word, fixed, pointers, weak) word,
        OBJECT_KINDS(X)
#undef X
    };
    return (unsigned)kind < KIND_COUNT ? words[kind] : "?";
}

uint64_t trace_column(const struct trace_event *event, unsigned field, int slot_part)
{
    return scan_column(event->source, event->source_len, scan_keeps_hash(event->op), field, slot_part != 0);
}
