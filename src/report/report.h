/*
 * report.h - the results of a run: JSON, a summary for people, the event stream, the objects of the heap.
 *
 * All of it reads the heap's own figures or listens to its happenings; nothing is stored twice.
 *
 * The files in the order to read them; each uses only files before it:
 *   labels, pause_figures, totals             names; sums over heaps
 *   heap_ids, events, heapdump, narrate       what happens, and what there is
 *   v8line, log_NAME, v8log, oom              V8's words
 *   leak_report, document, summary            what a report says, and a summary
 *   json, query, metrics                      what becomes of a report: sinks (sink.h)
 *   heap_groups, retain, retain_write, diff   what objects retain; two moments
 */
#ifndef HEAPREEL_REPORT_REPORT_H
#define HEAPREEL_REPORT_REPORT_H

#include "run/run.h"

#include <jansson.h>
#include <stdio.h>

/* The JSON report of the run so far: a new reference, or NULL without memory. Keys in a fixed order. */
json_t *report_json(const struct run *run);

/* Writes the report, indented, with a final newline. 0, or -1 if it cannot be made or written. */
int report_write_json(const struct run *run, FILE *out);

/* The figure of the report at a dotted path: a run_hooks.figure (self unused). */
int report_figure(void *self, const struct run *run, const char *path, size_t len, uint64_t *value, bool *ratio);

/* The summary for people, plain text of at most 80 columns. 0, or -1 on a write error. */
int report_write_summary(const struct run *run, FILE *out);

/* Writes one JSON object per line for each object of the heap, space by space in layout order. 0 or -1. */
int report_write_heap(const struct heap *heap, FILE *out);
/* The same for all heaps of a run, one after another, with "worker" in front if there can be several. 0 or -1. */
int report_write_heaps(const struct run *run, FILE *out);

/* The event stream: attach listener to a run; lines go to out (borrowed). A write error sets failed. */
struct event_stream {
    struct listener listener;
    FILE *out;
    bool failed;
};
void event_stream_init(struct event_stream *stream, FILE *out);

/*
 * A happening as a line of text for people ("node5 promoted from 0:160 to old-pointer, 48 bytes: it lies below the age
 * mark"): new, free() it; NULL without memory. The rule comes with its operands.
 */
char *happening_narrate(const struct heap *heap, const struct happening *happening);

/*
 * V8's fatal message of the era for a heap that ran out of memory, several lines, with a hint for the classroom: new.
 */
char *report_oom_words(const struct heap *heap);

#endif
