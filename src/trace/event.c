/* event.c - the words of events and kinds. */
#include "trace/event.h"

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
