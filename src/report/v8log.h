/*
 * v8log.h - V8's own garbage collection logs, in the form of the era: --trace-gc, --trace-gc-nvp, --trace-gc-verbose.
 *
 * A listener. Tools that read the logs of a Node of that time read these: a line for each collection, or, with
 * V8_LOG_NVP, its figures as NAME=VALUE instead (those that are simulated, under V8's names and in V8's order); with
 * V8_LOG_VERBOSE the spaces as they are after it.
 */
#ifndef HEAPREEL_REPORT_V8LOG_H
#define HEAPREEL_REPORT_V8LOG_H

#include "report/v8line.h"

#include <stdio.h>

enum { V8_LOG_TRACE = 1, V8_LOG_NVP = 2, V8_LOG_VERBOSE = 4 };

/* What the log remembers of a heap. */
struct v8_heap_log {
    struct v8_utilization utilization;
    struct v8_steps cycle, since; /* steps of this cycle; since the last collection */
    uint64_t holes;               /* bytes free or wasted in old pages when the collection began */
    uint64_t last_end, last_used; /* end of the last collection, ns; heapUsed then */
    uint64_t last_copied;         /* bytes that the last collection copied in new space */
};

struct v8_log {
    struct listener listener;
    FILE *out;
    unsigned what;                 /* V8_LOG_... */
    VEC(struct v8_heap_log) heaps; /* by heap.worker.index */
    bool failed;                   /* a write error, or no memory */
};

/* Attach log->listener to a run; lines go to out (borrowed). Ends with v8_log_free. */
void v8_log_init(struct v8_log *log, FILE *out, unsigned what);
void v8_log_free(struct v8_log *log);

#endif
