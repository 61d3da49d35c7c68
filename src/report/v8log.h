/*
 * v8log.h - V8's own garbage collection logs, in the form of the era: --trace-gc, --trace-gc-nvp, --trace-gc-verbose
 * (heapreel(1), "Logs as V8 writes them").
 *
 * A listener. Tools that read the logs of a Node of that time can read these: a line for each collection, or, with
 * V8_LOG_NVP, its figures as NAME=VALUE instead (those that are simulated, with V8's names and in V8's order); with
 * V8_LOG_VERBOSE also the spaces after it.
 */
#ifndef HEAPREEL_REPORT_V8LOG_H
#define HEAPREEL_REPORT_V8LOG_H

#include "report/v8line.h"

#include <stdio.h>

enum { V8_LOG_TRACE = 1, V8_LOG_NVP = 2, V8_LOG_VERBOSE = 4 };

struct v8_log {
    struct listener listener;
    FILE *out;
    unsigned what;                 /* V8_LOG_... */
    VEC(struct v8_heap_log) heaps; /* by heap.worker.index */
    bool failed;                   /* a write error, or no memory */
};

/* How a heap's log is written. */
struct v8_form v8_form_of(const struct heap *heap);
/* "[1] ", or "[1:0x1] ": whose heap it is. */
void v8_put_source(struct out *out, const struct v8_form *form);

/* Attach log->listener to a run; lines go to out (borrowed). Ends with v8_log_free. */
void v8_log_init(struct v8_log *log, FILE *out, unsigned what);
void v8_log_free(struct v8_log *log);

#endif
