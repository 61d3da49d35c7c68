/*
 * v8line.h - a collection as a line of V8's own log, in the form of the era.
 *
 * V8 3.28 (Node 0.12, the last that had the book's heap) and 5.1 count tenths of milliseconds, 11.3 hundredths; 5.1 and
 * 11.3 name the isolate beside the process, and a time for the embedder's callbacks, of which there are none; isolate
 * and process are 0x1 and 1 here. Of workers, in 3.28's and 5.1's time each was a process ("[2] ", "[2:0x1] "); in
 * 11.3's each is an isolate ("[1:0x2] "). No era's log tells a mark-compact from a mark-sweep: 3.28 and 5.1 say
 * Mark-sweep, 11.3 says Mark-Compact. In a geometry with pages under 64 KiB the lines count KB and us where V8 counts
 * MB and ms, and bytes where V8 counts KB: a toy heap would read 0.0 everywhere.
 */
#ifndef HEAPREEL_REPORT_V8LINE_H
#define HEAPREEL_REPORT_V8LINE_H

#include "base/writer.h"
#include "heap/heap.h"

/* Times and sizes of an era's line. */
struct v8_form {
    enum era era;
    uint32_t worker;                           /* 0: main */
    uint64_t size_unit, time_unit, small_unit; /* bytes, ns, bytes */
    const char *size_word, *time_word, *small_word;
};
struct v8_form v8_form_of(const struct heap *heap);

/*
 * node20: the share of the time that was the program's, in per mille, between two majors, and its running mean as V8
 * keeps it: each new pair of times counts as much as all before.
 */
struct v8_utilization {
    uint64_t mean_mutator, mean_pause, last_end;
    unsigned majors; /* the first has no other to be measured from */
    unsigned average, current;
};
/* To be called with every major, in order. */
void v8_utilization_add(struct v8_utilization *utilization, const struct collection *major);

/* Steps of incremental marking: of the cycle that a major has finished, or since the last collection. */
struct v8_steps {
    uint64_t count, total_ns, longest_ns;
    uint64_t start_ns; /* when marking started */
};

/* value / unit with some decimals, half up. */
void v8_put_decimal(struct out *out, uint64_t value, uint64_t unit, unsigned decimals);
/* "[1] ", or "[1:0x1] ": whose heap it is. */
void v8_put_source(struct out *out, const struct v8_form *form);
/* "    1234 ms: " */
void v8_put_time(struct out *out, const struct v8_form *form, uint64_t ns);
/* The rest of the line, with its newline: "Scavenge 2.0 (36.0) -> 1.1 (37.0) MB, 1.2 ms [allocation failure]." */
void v8_put_collection(struct out *out, const struct v8_form *form, const struct collection *collection,
                       const struct v8_utilization *utilization, const struct v8_steps *steps);

#endif
