/*
 * write.c - events as text.
 */
#include "trace/write.h"

#include "base/text.h"

#include <inttypes.h>

static void put_name(FILE *out, const struct names *names, uint32_t name)
{
    char digits[NAME_DIGITS];
    size_t len;
    const char *text = names_text(names, name, digits, &len);
    fwrite(text, 1, len, out);
}

static void put_field(FILE *out, const struct names *names, uint32_t name)
{
    putc(' ', out);
    put_name(out, names, name);
}

static void put_slot(FILE *out, const struct names *names, const struct trace_event *event)
{
    if (!(event->flags & EVENT_SLOT))
        return;
    putc('.', out);
    if ((event->slot & SLOT_TYPE) == SLOT_NAME)
        put_name(out, names, NAME_INTERNED | (event->slot & SLOT_VALUE));
    else
        fprintf(out, "%" PRIu32, event->slot & SLOT_VALUE);
}

static void put_alloc(FILE *out, const struct names *names, const struct trace_event *event)
{
    put_field(out, names, event->a);
    fprintf(out, " %" PRIu64, event->number);
    if (event->kind != KIND_OBJECT)
        fprintf(out, " %s", object_kind_word((enum object_kind)event->kind));
    if (event->flags & EVENT_IN) {
        fputs(" in", out);
        put_field(out, names, event->b);
        put_slot(out, names, event);
    }
    if (event->site != NAME_NONE) {
        fputs(" @", out);
        put_name(out, names, event->site);
    }
}

static void put_gc(FILE *out, const struct trace_event *event)
{
    static const char *const words[] = {"major", "minor", "compact", "start", "step", "finish"};
    fprintf(out, " %s", words[event->kind]);
    if (event->kind == TRACE_GC_STEP)
        fprintf(out, " %" PRIu64, event->number);
}

/* SRC[.SLOT] and DST. */
static void put_pair(FILE *out, const struct names *names, const struct trace_event *event, int second)
{
    put_field(out, names, event->a);
    put_slot(out, names, event);
    if (second)
        put_field(out, names, event->b);
}

/* What stands behind the word of an event that acts on the heap. */
static void put_operands(FILE *out, const struct names *names, const struct trace_event *event)
{
    switch ((enum trace_op)event->op) {
    case TRACE_ALLOC: put_alloc(out, names, event); break;
    case TRACE_REF:
    case TRACE_WEAK:
    case TRACE_UNENTRY: put_pair(out, names, event, 1); break;
    case TRACE_UNREF: put_pair(out, names, event, !(event->flags & EVENT_SLOT)); break;
    case TRACE_ENTRY:
        put_pair(out, names, event, 1);
        if (event->flags & EVENT_VALUE)
            put_field(out, names, event->c);
        break;
    case TRACE_ENTER:
        if (event->flags & EVENT_NAME)
            put_field(out, names, event->a);
        break;
    case TRACE_EXTERNAL:
        put_field(out, names, event->a);
        fprintf(out, " %" PRIu64, event->number);
        break;
    case TRACE_USE:
        put_field(out, names, event->a);
        if (event->flags & EVENT_DEEP)
            fputs(" deep", out);
        break;
    case TRACE_WORK:
    case TRACE_IDLE: fprintf(out, " %" PRIu64 "ns", event->number); break;
    case TRACE_GC: put_gc(out, event); break;
    case TRACE_LEAVE: break;
    default: put_field(out, names, event->a); break;
    }
}

void trace_write_event(FILE *out, const struct names *names, const struct trace_event *event)
{
    if (event->op == TRACE_END)
        return;
    fputs(trace_op_word((enum trace_op)event->op), out);
    if (event->op == TRACE_WORKER)
        put_field(out, names, event->a);
    else if (event->op <= TRACE_GC)
        put_operands(out, names, event);
    else
        fprintf(out, " %.*s", (int)event->text_len, event->text);
    putc('\n', out);
}
