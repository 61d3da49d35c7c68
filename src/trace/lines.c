/* lines.c - takes the lines of a trace one after another, and checks what depends on their order. */
#include "trace/internal.h"

#include <string.h>

int reader_line(struct trace_reader *r, const char **text, size_t *len, struct error *error)
{
    struct source *s = &r->source;
    if (s->at == s->lines) {
        int more = source_fill(s, error);
        if (more <= 0)
            return more;
    }
    size_t left = (s->lines > s->at ? s->lines : s->end) - s->at;
    *text = s->data + s->at;
    const char *newline = memchr(*text, '\n', left);
    *len = newline != NULL ? (size_t)(newline - *text) : left;
    if (*len > 0 && (*text)[*len - 1] == '\r' && newline != NULL)
        (*len)--;
    if (*len > SCAN_LINE_MOST) {
        struct scan_line l = {.source = *text, .source_len = *len, .line = r->line + 1, .error = error};
        return scan_check_bytes(&l);
    }
    s->at += newline != NULL ? (size_t)(newline - *text) + 1 : left;
    r->line++;
    if (r->line == 1 && *len >= 3 && memcmp(*text, "\xEF\xBB\xBF", 3) == 0) { /* a byte order mark */
        *text += 3;
        *len -= 3;
    }
    return 1;
}

static bool op_acts(uint8_t op)
{
    static const bool acts[] = {
#define X(symbol, word, acts) acts,
        TRACE_OPS(X)
#undef X
    };
    return acts[op];
}

/* A worker line: set is allowed after a worker's first one. "main" counts as seen once it has events. */
static int admit_worker(struct trace_reader *r, const struct trace_event *e, struct error *error)
{
    char buffer[NAME_DIGITS];
    size_t len;
    const char *name = names_text(r->scanner.names, e->a, buffer, &len);
    if (!r->named && !r->set_allowed && names_intern_text(&r->workers, "main", 4) == NAME_NONE)
        return error_memory(error);
    uint32_t before = r->workers.used;
    if (names_intern_text(&r->workers, name, len) == NAME_NONE)
        return error_memory(error);
    r->named = true;
    r->set_allowed = r->workers.used > before;
    return 0;
}

int reader_admit(struct trace_reader *r, const struct trace_event *e, struct error *error)
{
    if (op_acts(e->op)) {
        r->set_allowed = false;
    } else if (e->op == TRACE_WORKER) {
        return admit_worker(r, e, error);
    } else if (e->op == TRACE_SET && !r->set_allowed) {
        return error_set(error, ERROR_INPUT, e->line, trace_column(e, 0, 0),
                         "set behind the first event, expected it before (or behind a worker's first worker line)");
    }
    return 0;
}
