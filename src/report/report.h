/*
 * report.h - what a run came to: JSON, a summary for people, the event stream, the heap as it stands.
 *
 * All of it reads the heap's own figures or listens to its happenings;
 * nothing is kept twice.
 */
#ifndef HEAPREEL_REPORT_REPORT_H
#define HEAPREEL_REPORT_REPORT_H

#include "run/run.h"

#include <jansson.h>
#include <stdio.h>

/* The JSON report of the run so far: a new reference, or NULL without memory. Keys in a fixed order. */
json_t *report_json(const struct run *run);

/* Writes the report, indented, with a final newline. 0, or -1 if it cannot be written or made. */
int report_write_json(const struct run *run, FILE *out);

/* The figure of the report at a dotted path: a run_hooks.figure (self unused). */
int report_figure(void *self, const struct run *run, const char *path, size_t len, uint64_t *value, bool *ratio);

/* The summary for people, plain text of at most 80 columns. 0, or -1 on a write error. */
int report_write_summary(const struct run *run, FILE *out);

/* The heap as it stands, one JSON object a line for each object, space by space in layout order. 0 or -1. */
int report_write_heap(const struct heap *heap, FILE *out);
/* The same of all heaps of a run, one after another; with "worker" in front where there may be several. 0 or -1. */
int report_write_heaps(const struct run *run, FILE *out);

/* The event stream: attach listener to a run; lines go to out (borrowed). failed is set by a write error. */
struct event_stream {
    struct listener listener;
    FILE *out;
    bool failed;
};
void event_stream_init(struct event_stream *stream, FILE *out);

/*
 * One happening as a line of text for people ("node5 promoted from 0:160 to old-pointer, 48 bytes: it lies below the
 * age mark"): new, free() it; NULL without memory. The rule comes with its operands.
 */
char *happening_narrate(const struct heap *heap, const struct happening *happening);

/*
 * V8's fatal words of the era for a heap that ran out of memory, several lines, with the hint for the classroom: new.
 */
char *report_oom_words(const struct heap *heap);

#endif
