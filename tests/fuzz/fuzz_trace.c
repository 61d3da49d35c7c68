/*
 * fuzz_trace.c - any bytes as a trace: nothing may go wrong, and common lines must give the events of the general
 * way, whatever the size of the batches.
 */
#include "trace/internal.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { EVENTS_MOST = 3000, BATCH = 64 };

/* A reader and what it has handed out: compared a piece at a time. */
struct side {
    struct names names;
    struct trace_reader *reader;
    struct error error;
    struct trace_event events[BATCH];
    int batch, at, count; /* count -1: it has failed */
};

static void fail(const char *what)
{
    fprintf(stderr, "fuzz_trace: %s\n", what);
    abort();
}

static void side_open(struct side *s, const uint8_t *data, size_t size, bool fast, int batch)
{
    *s = (struct side){.batch = batch};
    names_init(&s->names);
    s->reader = trace_open_memory((const char *)data, size, &s->names, &s->error);
    if (s->reader == NULL)
        fail("cannot open");
    trace_set_fast(s->reader, fast);
}

static void side_close(struct side *s)
{
    trace_close(s->reader);
    names_free(&s->names);
    error_clear(&s->error);
}

/* The next event; NULL at the end or after an error. */
static const struct trace_event *side_next(struct side *s)
{
    if (s->at == s->count) {
        s->at = 0;
        s->count = trace_read(s->reader, s->events, s->batch, &s->error);
        if (s->count > s->batch || (s->count < 0) != (s->error.kind != ERROR_NONE))
            fail("wrong count");
        if (s->count <= 0) {
            s->at = s->count;
            return NULL;
        }
    }
    return &s->events[s->at++];
}

static void same_name(const struct side *a, uint32_t x, const struct side *b, uint32_t y)
{
    char x_buffer[NAME_DIGITS], y_buffer[NAME_DIGITS];
    size_t x_len, y_len;
    if (x == NAME_NONE || y == NAME_NONE) {
        if (x != y)
            fail("a name is missing");
        return;
    }
    const char *x_text = names_text(&a->names, x, x_buffer, &x_len);
    const char *y_text = names_text(&b->names, y, y_buffer, &y_len);
    if (x_len != y_len || memcmp(x_text, y_text, x_len) != 0)
        fail("names differ");
}

static void same_event(const struct side *a, const struct trace_event *x, const struct side *b,
                       const struct trace_event *y)
{
    if (x->op != y->op || x->kind != y->kind || x->flags != y->flags || x->number != y->number || x->line != y->line ||
        x->source_len != y->source_len || memcmp(x->source, y->source, x->source_len) != 0 ||
        (x->slot & SLOT_TYPE) != (y->slot & SLOT_TYPE) || x->text_len != y->text_len ||
        (x->text_len > 0 && memcmp(x->text, y->text, x->text_len) != 0)) {
        fail("events differ");
    }
    same_name(a, x->a, b, y->a);
    same_name(a, x->b, b, y->b);
    same_name(a, x->c, b, y->c);
    same_name(a, x->site, b, y->site);
    if ((x->slot & SLOT_TYPE) == SLOT_NAME)
        same_name(a, (x->slot & SLOT_VALUE) | NAME_INTERNED, b, (y->slot & SLOT_VALUE) | NAME_INTERNED);
    else if (x->slot != y->slot)
        fail("slots differ");
    if (trace_column(x, 1, 0) > x->source_len + 1u)
        fail("column behind the line");
}

/* Reads the data with the short ways and without. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct side a, b;
    side_open(&a, data, size, true, BATCH);
    side_open(&b, data, size, false, 5);
    for (int i = 0; i < EVENTS_MOST; i++) {
        const struct trace_event *x = side_next(&a);
        const struct trace_event *y = side_next(&b);
        if ((x == NULL) != (y == NULL))
            fail("one ends before the other");
        if (x == NULL)
            break;
        same_event(&a, x, &b, y);
    }
    if (a.count < 0 && b.count < 0 &&
        (a.error.line != b.error.line || a.error.column != b.error.column ||
         strcmp(error_text(&a.error), error_text(&b.error)) != 0)) {
        fail("errors differ");
    }
    side_close(&a);
    side_close(&b);
    return 0;
}
