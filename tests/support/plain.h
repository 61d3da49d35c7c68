/* plain.h - a plain line as the event that it stands for, to be compared with what trace_read makes of it. */
#ifndef HEAPREEL_TESTS_PLAIN_H
#define HEAPREEL_TESTS_PLAIN_H

#include "trace/reader.h"

/* source stays NULL. */
static inline struct trace_event plain_as_event(const struct trace_plain *plain, uint64_t line)
{
    struct trace_event e = {
        .op = plain->op, .a = plain->numbers[0], .b = NAME_NONE, .c = NAME_NONE, .site = NAME_NONE, .line = line};
    if (plain->op == TRACE_ALLOC) {
        e.kind = plain->kind;
        e.number = plain->numbers[1];
        e.site = plain->third;
    } else if (plain->op == TRACE_REF) {
        e.b = plain->numbers[1];
        if (plain->third != SLOT_ANONYMOUS) {
            e.flags = EVENT_SLOT;
            e.slot = plain->third;
        }
    }
    return e;
}

#endif
