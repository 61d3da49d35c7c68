/*
 * json.c - the report as JSON: as text, written while it is produced, or as a jansson tree.
 *
 * The text has the same bytes on every machine: ratios with six decimals, an indentation of two blanks, small objects
 * on one line.
 */
#include "base/text.h"
#include "base/writer.h"
#include "report/report.h"
#include "report/sink.h"

#define DEPTH 8 /* a report is never nested deeper */

/* ---- as text ---- */

struct text_sink {
    struct sink sink;
    struct out out;
    unsigned depth;
    struct {
        enum sink_shape shape;
        bool begun; /* it has a member already */
    } level[DEPTH];
};

static bool is_array(enum sink_shape shape)
{
    return shape == SINK_ARRAY || shape == SINK_LINE_ARRAY;
}

static bool is_line(enum sink_shape shape)
{
    return shape == SINK_LINE_OBJECT || shape == SINK_LINE_ARRAY;
}

static void new_line(struct text_sink *t)
{
    out_char(&t->out, '\n');
    out_repeat(&t->out, ' ', 2 * (size_t)t->depth);
}

/* Separates the next member from the previous one, and writes its key. */
static void begin_member(struct text_sink *t, const char *key)
{
    if (t->depth == 0)
        return;
    enum sink_shape shape = t->level[t->depth - 1].shape;
    if (t->level[t->depth - 1].begun)
        out_char(&t->out, ',');
    if (!is_line(shape))
        new_line(t);
    else if (t->level[t->depth - 1].begun)
        out_char(&t->out, ' ');
    t->level[t->depth - 1].begun = true;
    if (!is_array(shape)) {
        out_json_string(&t->out, key, strlen(key));
        out_words(&t->out, ": ");
    }
}

static bool text_open(struct sink *sink, const char *key, enum sink_shape shape)
{
    struct text_sink *t = (struct text_sink *)sink;
    begin_member(t, key);
    out_char(&t->out, is_array(shape) ? '[' : '{');
    t->level[t->depth].shape = shape;
    t->level[t->depth].begun = false;
    t->depth++;
    return true;
}

static void text_close(struct sink *sink)
{
    struct text_sink *t = (struct text_sink *)sink;
    t->depth--;
    enum sink_shape shape = t->level[t->depth].shape;
    if (t->level[t->depth].begun && !is_line(shape))
        new_line(t);
    out_char(&t->out, is_array(shape) ? ']' : '}');
    sink->failed |= t->out.failed;
}

static void text_value(struct sink *sink, const char *key, const struct sink_value *value)
{
    struct text_sink *t = (struct text_sink *)sink;
    begin_member(t, key);
    switch (value->type) {
    case SINK_NUMBER: out_number(&t->out, value->number); break;
    case SINK_RATIO: out_ratio(&t->out, value->number); break;
    case SINK_STRING: out_json_string(&t->out, value->text, value->len); break;
    case SINK_BOOLEAN: out_words(&t->out, value->number ? "true" : "false"); break;
    }
}

int sink_write_text(void (*write)(const void *self, struct sink *sink), const void *self, FILE *out)
{
    static const struct sink_ops ops = {text_open, text_close, text_value, NULL};
    struct text_sink t = {.sink = {.ops = &ops}};
    out_to_file(&t.out, out);
    write(self, &t.sink);
    out_char(&t.out, '\n');
    return out_flush(&t.out) || t.sink.failed ? -1 : 0;
}

static void tell_run(const void *run, struct sink *sink)
{
    report_tell(run, sink);
}

int report_write_json(const struct run *run, FILE *out)
{
    return sink_write_text(tell_run, run, out);
}

/* ---- as a tree ---- */

struct tree_sink {
    struct sink sink;
    unsigned depth;
    json_t *level[DEPTH]; /* borrowed, except level[0]: the report */
};

/* Adds value (stolen; NULL if there was no memory for it) to the open object or array. */
static void tree_put(struct tree_sink *t, const char *key, json_t *value)
{
    json_t *parent = t->level[t->depth - 1];
    if (value == NULL ||
        (json_is_array(parent) ? json_array_append_new(parent, value) : json_object_set_new(parent, key, value)))
        t->sink.failed = true;
}

static bool tree_open(struct sink *sink, const char *key, enum sink_shape shape)
{
    struct tree_sink *t = (struct tree_sink *)sink;
    json_t *value = is_array(shape) ? json_array() : json_object();
    if (t->depth != 0)
        tree_put(t, key, value);
    if (value == NULL || sink->failed) {
        sink->failed = true;
        return false;
    }
    t->level[t->depth++] = value;
    return true;
}

static void tree_close(struct sink *sink)
{
    ((struct tree_sink *)sink)->depth--;
}

/* A JSON string of any bytes: invalid UTF-8 becomes U+FFFD, as in the text. */
static json_t *tree_string(const char *text, size_t len)
{
    if (text_utf8(text, len) == len)
        return json_stringn(text, len);
    struct out out;
    out_to_memory(&out);
    out_json_string(&out, text, len);
    json_t *value = out.failed ? NULL : json_loadb(out.data, out.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    out_drop(&out);
    return value;
}

static void tree_value(struct sink *sink, const char *key, const struct sink_value *value)
{
    struct tree_sink *t = (struct tree_sink *)sink;
    json_t *json = NULL;
    if (sink->failed)
        return;
    switch (value->type) {
    case SINK_NUMBER: json = json_integer((json_int_t)value->number); break;
    case SINK_RATIO: json = json_real((double)value->number / 1e6); break;
    case SINK_STRING: json = value->text ? tree_string(value->text, value->len) : json_null(); break;
    case SINK_BOOLEAN: json = json_boolean(value->number != 0); break;
    }
    tree_put(t, key, json);
}

json_t *report_json(const struct run *run)
{
    static const struct sink_ops ops = {tree_open, tree_close, tree_value, NULL};
    struct tree_sink t = {.sink = {.ops = &ops}};
    report_tell(run, &t.sink);
    if (t.sink.failed) {
        json_decref(t.level[0]);
        return NULL;
    }
    return t.level[0];
}
