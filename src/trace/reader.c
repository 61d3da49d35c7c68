/* reader.c - opens a trace, and hands out its lines as events. */
#include "trace/internal.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/* ---- opening and closing ---- */

static struct trace_reader *reader_new(struct names *names, struct error *error)
{
    struct trace_reader *r = calloc(1, sizeof *r);
    if (r == NULL) {
        error_memory(error);
        return NULL;
    }
    scanner_init(&r->scanner, names);
    names_init(&r->workers);
    r->fast = true;
    r->set_allowed = true;
    return r;
}

struct trace_reader *trace_open(const char *path, struct names *names, struct error *error)
{
    struct trace_reader *r = reader_new(names, error);
    if (r != NULL && source_open(&r->source, path, error)) {
        free(r);
        return NULL;
    }
    return r;
}

struct trace_reader *trace_open_memory(const char *text, size_t len, struct names *names, struct error *error)
{
    struct trace_reader *r = reader_new(names, error);
    if (r != NULL && source_open_memory(&r->source, text, len, error)) {
        free(r);
        return NULL;
    }
    return r;
}

void trace_close(struct trace_reader *reader)
{
    if (reader == NULL)
        return;
    source_close(&reader->source);
    program_free(&reader->program);
    names_free(&reader->workers);
    free(reader);
}

void trace_on_wait(struct trace_reader *reader, int (*wait)(void *self, int fd), void *self)
{
    reader->source.wait = wait;
    reader->source.wait_self = self;
}

void trace_set_fast(struct trace_reader *reader, bool fast)
{
    reader->fast = fast;
}

uint64_t trace_lines(const struct trace_reader *reader)
{
    return reader->line;
}

uint64_t trace_bytes(const struct trace_reader *reader, uint64_t *bytes_total)
{
    *bytes_total = reader->source.bytes_total;
    size_t waiting = reader->source.end - reader->source.at;
    return reader->source.bytes > waiting ? reader->source.bytes - waiting : 0;
}

/* "heapreel-trace VERSION": 1 if it is that and correct, 0 if it is something else, -1 after filling l->error. */
static int version_line(struct scan_line *l)
{
    static const char word[] = "heapreel-trace";
    scan_split(l);
    const struct scan_field *f = l->fields;
    if (l->count == 0 || f[0].len != sizeof word - 1 || memcmp(f[0].text, word, f[0].len) != 0)
        return 0;
    if (l->count == 1)
        return scan_fail(l, 1, "missing field, expected the format version 1");
    struct text_quoted quoted;
    if (f[1].len != 1 || f[1].text[0] != '1') {
        return scan_fail(l, 1, "unsupported format version \"%s\", expected 1",
                         text_quote(&quoted, f[1].text, f[1].len));
    }
    if (l->count > 2) {
        return scan_fail(l, 2, "extra field \"%s\", expected the end of the line",
                         text_quote(&quoted, f[2].text, f[2].len));
    }
    return 1;
}

/*
 * Takes a line, and opens the repeat that it begins. 1 if it is a worker line, which is not taken; 0; -1 if nothing
 * follows.
 */
static int skip_line(struct trace_reader *r, struct error *error)
{
    struct scan_line l = {.error = error};
    int got = r->broken ? 0 : reader_line(r, &l.text, &l.len, error);
    if (got <= 0) {
        r->broken |= got < 0;
        return -1;
    }
    scan_word(&r->scanner, &l);
    if (l.word.len > 0 && l.op == TRACE_WORKER) {
        r->source.at = (size_t)(l.text - r->source.data);
        r->line--;
        return 1;
    }
    r->broken = l.word.len > 0 && l.op == SCAN_REPEAT && repeat_open(r, l.text, l.len, error);
    return r->broken ? -1 : 0;
}

int trace_skip_to_worker(struct trace_reader *reader, struct error *error)
{
    struct error own = {0};
    int found = 0;
    while (found == 0 && !trace_repeat_switches(reader)) {
        reader->program.frames.len = 0;
        found = skip_line(reader, &own);
    }
    if (own.kind == ERROR_SYSTEM || own.kind == ERROR_MEMORY) {
        *error = own;
        return -1;
    }
    error_clear(&own);
    return found >= 0;
}

/* ---- reading ---- */

/* What a line turned out to be. */
enum outcome { LINE_FAILED = -1, LINE_NOTHING, LINE_EVENT, LINE_REPEAT };

/* Scans a line outside of repeats. */
static enum outcome general_line(struct trace_reader *r, struct scan_line *l, struct trace_event *e)
{
    bool special = scan_special(l->text, l->len);
    if (special && scan_check_bytes(l))
        return LINE_FAILED;
    scan_word(&r->scanner, l);
    if (l->word.len == 0)
        return LINE_NOTHING;
    if (special && variables_check_plain(r, l))
        return LINE_FAILED;
    if (l->op == SCAN_REPEAT) {
        r->started = true;
        return LINE_REPEAT;
    }
    if (!r->started) {
        int version = l->op == SCAN_UNKNOWN ? version_line(l) : 0;
        if (version != 0) {
            r->started = version > 0;
            return version < 0 ? LINE_FAILED : LINE_NOTHING;
        }
    }
    if (l->op == TRACE_END) {
        scan_fail(l, 0, "end without repeat");
        return LINE_FAILED;
    }
    if (scan_line(&r->scanner, l, e) || reader_admit(r, e, l->error))
        return LINE_FAILED;
    r->started = true;
    return LINE_EVENT;
}

/*
 * Scans one line with scan_line into e. If the batch already has events (full), a line that fails or opens a repeat is
 * left for the next call, and input is not waited for. Returns 1 if e is filled, 0 if not but the trace continues, -1
 * after filling error, 2 if the batch ends here.
 */
static int read_one(struct trace_reader *r, struct trace_event *e, bool full, struct error *error)
{
    struct source *s = &r->source;
    if (full && s->at == s->lines)
        return 2;
    size_t at = s->at;
    struct error dropped = {0};
    struct scan_line l; /* large: not cleared for each line */
    l.error = full ? &dropped : error;
    int got = reader_line(r, &l.text, &l.len, l.error);
    if (got == 0)
        return 2;
    enum outcome outcome = LINE_FAILED;
    if (got > 0) {
        l.source = l.text;
        l.source_len = l.len;
        l.line = r->line;
        outcome = general_line(r, &l, e);
        if (full && (outcome == LINE_FAILED || outcome == LINE_REPEAT)) {
            r->line--;
            s->at = at;
        }
    }
    if (full && (outcome == LINE_FAILED || outcome == LINE_REPEAT)) {
        error_clear(&dropped);
        return 2;
    }
    if (outcome == LINE_REPEAT)
        outcome = repeat_open(r, l.text, l.len, error) ? LINE_FAILED : LINE_NOTHING;
    r->broken = outcome == LINE_FAILED;
    return (int)outcome;
}

int trace_read(struct trace_reader *reader, struct trace_event *out, int max, struct error *error)
{
    struct trace_reader *r = reader;
    struct source *s = &r->source;
    int n = 0;
    if (r->broken)
        return error_set(error, ERROR_INPUT, r->line, 0, "the trace cannot be read on behind its first error");
    r->program.arena.len = 0;
    while (n < max) {
        if (r->program.frames.len > 0) {
            int got = repeat_read(r, out + n, max - n, n > 0, error);
            if (got <= 0) {
                r->broken = got < 0;
                return got < 0 ? -1 : n;
            }
            n += got;
            continue;
        }
        if (r->fast && s->at < s->lines && r->line > 0) {
            const char *at = s->data + s->at;
            int got = scan_common(&r->scanner, &at, s->data + s->lines, r->line, out + n, max - n);
            s->at = (size_t)(at - s->data);
            if (got > 0) {
                n += got;
                r->line += (uint64_t)got;
                r->set_allowed = false;
                r->started = true;
                continue;
            }
        }
        int got = read_one(r, &out[n], n > 0, error);
        if (got < 0)
            return -1;
        if (got == 2)
            break;
        n += got;
    }
    return n;
}
