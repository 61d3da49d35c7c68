/*
 * sink.h - where the values of a report go.
 *
 * report_tell (document.c) produces the contents of the report once, in their fixed order: open, value, close. A sink
 * makes of it text (json.c), a jansson tree (json.c), or a single figure (query.c), which skips every section off its
 * path. So a figure and the JSON can never disagree, and the longest report is written in constant memory.
 *
 * Members of an object have a key. Items of an array have none, or a name that only query.c looks at
 * ("spaces.old-data").
 */
#ifndef HEAPREEL_REPORT_SINK_H
#define HEAPREEL_REPORT_SINK_H

#include "run/run.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Objects and arrays; in text, a LINE is written on one line. */
enum sink_shape { SINK_OBJECT, SINK_ARRAY, SINK_LINE_OBJECT, SINK_LINE_ARRAY };

enum sink_type { SINK_NUMBER, SINK_RATIO, SINK_STRING, SINK_BOOLEAN };

struct sink_value {
    enum sink_type type;
    uint64_t number;  /* a number, millionths of a ratio, or 0 and 1 */
    const char *text; /* a string; NULL is null */
    size_t len;
};

struct sink;
struct sink_ops {
    /* A section begins; false: skip it (there is no close then). */
    bool (*open)(struct sink *sink, const char *key, enum sink_shape shape);
    void (*close)(struct sink *sink);
    void (*value)(struct sink *sink, const char *key, const struct sink_value *value);
    /* Of the items 0 to *end - 1 of the open array, only *first to *end - 1 are needed. Can be NULL: all are. */
    void (*range)(struct sink *sink, uint64_t *first, uint64_t *end);
};

struct sink {
    const struct sink_ops *ops;
    bool failed; /* no memory, or a write error: the report is not complete */
    bool coarse; /* percentiles of pauses, which take sorting, are not needed: they can be 0 */
};

/* Sends the whole report of run to sink; sets failed if that went wrong. */
void report_tell(const struct run *run, struct sink *sink);

/* The same for the current heap only; beside it "workers", and the "totals" that report_tell begins with. */
void report_tell_current(const struct run *run, struct sink *sink);

/* Lines of the trace that have been read: all at its end, else those up to the last event applied. */
uint64_t report_lines(const struct run *run);

/* Writes what write(self, sink) sends as JSON text with a final newline. 0, or -1 if it cannot be made or written. */
int sink_write_text(void (*write)(const void *self, struct sink *sink), const void *self, FILE *out);

/* ---- for those who tell ---- */

static inline bool sink_open(struct sink *sink, const char *key, enum sink_shape shape)
{
    return !sink->failed && sink->ops->open(sink, key, shape);
}
static inline void sink_close(struct sink *sink)
{
    sink->ops->close(sink);
}
static inline void sink_number(struct sink *sink, const char *key, uint64_t number)
{
    sink->ops->value(sink, key, &(struct sink_value){.type = SINK_NUMBER, .number = number});
}
static inline void sink_ratio(struct sink *sink, const char *key, uint64_t millionths)
{
    sink->ops->value(sink, key, &(struct sink_value){.type = SINK_RATIO, .number = millionths});
}
static inline void sink_boolean(struct sink *sink, const char *key, bool boolean)
{
    sink->ops->value(sink, key, &(struct sink_value){.type = SINK_BOOLEAN, .number = boolean});
}
/* text NULL is null. */
static inline void sink_string(struct sink *sink, const char *key, const char *text)
{
    sink->ops->value(sink, key,
                     &(struct sink_value){.type = SINK_STRING, .text = text, .len = text ? strlen(text) : 0});
}
static inline void sink_range(struct sink *sink, uint64_t *first, uint64_t *end)
{
    *first = 0;
    if (sink->ops->range != NULL)
        sink->ops->range(sink, first, end);
}

#endif
