/* write.c - writes events as text, by the rows of the grammar. */
#include "trace/write.h"

#include "trace/grammar.h"

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

/* Writes a field that has no name. */
static void put_rest(FILE *out, const struct trace_event *e, enum grammar_field field)
{
    switch (field) {
    case FIELD_DURATION: fprintf(out, " %" PRIu64 "ns", e->number); break;
    case FIELD_DEEP: fputs(e->flags & EVENT_DEEP ? " deep" : "", out); break;
    case FIELD_GC: fprintf(out, " %s", grammar_gc_words[e->kind]); break;
    case FIELD_STEP:
        if (e->kind == TRACE_GC_STEP)
            fprintf(out, " %" PRIu64, e->number);
        break;
    case FIELD_TEXT: fprintf(out, " %.*s", (int)e->text_len, e->text); break;
    default: break;
    }
}

/* Writes a field of an event, if the event has it. */
static void put(FILE *out, const struct names *names, const struct trace_event *e, enum grammar_field field)
{
    switch (field) {
    case FIELD_A: put_field(out, names, e->a); break;
    case FIELD_A_HOLDER:
    case FIELD_A_SLOT:
        put_field(out, names, e->a);
        put_slot(out, names, e);
        break;
    case FIELD_LABEL:
        if (e->a != NAME_NONE)
            put_field(out, names, e->a);
        break;
    case FIELD_B: put_field(out, names, e->b); break;
    case FIELD_B_UNLESS_SLOT:
        if (!(e->flags & EVENT_SLOT))
            put_field(out, names, e->b);
        break;
    case FIELD_B_HOLDER:
        if (e->flags & EVENT_IN) {
            fputs(" in", out);
            put_field(out, names, e->b);
            put_slot(out, names, e);
        }
        break;
    case FIELD_C:
        if (e->flags & EVENT_VALUE)
            put_field(out, names, e->c);
        break;
    case FIELD_SIZE:
    case FIELD_BYTES: fprintf(out, " %" PRIu64, e->number); break;
    case FIELD_KIND:
        if (e->kind != KIND_OBJECT)
            fprintf(out, " %s", object_kind_word((enum object_kind)e->kind));
        break;
    case FIELD_SITE:
        if (e->site != NAME_NONE) {
            fputs(" @", out);
            put_name(out, names, e->site);
        }
        break;
    default: put_rest(out, e, field); break;
    }
}

void trace_write_event(FILE *out, const struct names *names, const struct trace_event *event)
{
    if (event->op == TRACE_END)
        return;
    fputs(trace_op_word((enum trace_op)event->op), out);
    for (const uint8_t *field = grammar_rows[event->op].fields; *field != FIELD_NONE; field++)
        put(out, names, event, (enum grammar_field) * field);
    putc('\n', out);
}
