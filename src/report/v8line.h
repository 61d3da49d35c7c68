/*
 * v8line.h - the dialects of V8's own log, one for each V8 whose log is written, and the pieces that they share.
 *
 * The file log_NAME.c has the dialect NAME: the form of its lines as functions, the rest as data. No V8 tells a
 * mark-compact from a mark-sweep. In a geometry with pages under 64 KiB the lines count KB and us where V8 counts MB
 * and ms, and bytes where V8 counts KB: a toy heap would read 0.0 everywhere.
 */
#ifndef HEAPREEL_REPORT_V8LINE_H
#define HEAPREEL_REPORT_V8LINE_H

#include "base/writer.h"
#include "heap/figures.h"

/*
 * The program's share of the time between two majors, in per mille, and its running mean as V8 keeps it: each new pair
 * of times weighs as much as all before.
 */
struct v8_utilization {
    uint64_t mean_mutator, mean_pause, last_end;
    unsigned majors; /* the first has no previous one to measure from */
    unsigned average, current;
};
/* Call it with every major, in order. */
void v8_utilization_add(struct v8_utilization *utilization, const struct collection *major);

/* Steps of incremental marking: of the cycle that a major has finished, or since the last collection. */
struct v8_steps {
    uint64_t count, total_ns, longest_ns;
    uint64_t start_ns; /* when marking started */
};

/* What the log remembers of a heap. */
struct v8_heap_log {
    struct v8_utilization utilization;
    struct v8_steps cycle, since; /* steps of this cycle; since the last collection */
    uint64_t holes;               /* bytes free or wasted in old pages when the collection began */
    uint64_t last_end, last_used; /* end of the last collection, ns; heapUsed then */
    uint64_t last_copied;         /* bytes that the last collection copied in new space */
};

/* How a heap's log is written: its dialect, and the units of times and sizes. */
struct v8_form {
    const struct v8_dialect *dialect;
    uint32_t worker;                           /* 0: main */
    uint64_t size_unit, time_unit, small_unit; /* bytes, ns, bytes */
    const char *size_word, *time_word, *small_word;
};

struct v8_dialect {
    /* Whose heap it is: "[1] ". number: 1 for the main one. */
    void (*source)(struct out *out, unsigned number);
    /*
     * A collection, after its time: "Scavenge 2.0 (36.0) -> 1.1 (37.0) MB, 1.2 ms [allocation failure].
     *
     * "
     */
    void (*line)(struct out *out, const struct v8_form *form, const struct collection *collection,
                 const struct v8_utilization *utilization, const struct v8_steps *steps);
    /* The collection that has just ended as NAME=VALUE, after its source and time. */
    void (*values)(struct out *out, const struct v8_form *form, const struct v8_heap_log *log, const struct heap *heap);
    /* The limit that a major has set, from the values of the happening "limit"; NULL: it is not in the log. */
    void (*limit)(struct out *out, const struct v8_form *form, const struct heap *heap, const struct happening *limit);
    bool tells_utilization; /* the lines have the program's share of the time */

    /* The table of spaces. */
    const char *old_label;
    unsigned label_width; /* columns */
    unsigned
        reserved_semispaces; /* the reserved address space: the old generation's maximum, and this many semispaces */
    bool rest_in_large;      /* the unused part of it counts as available in large-object space */
    bool rest_in_all;        /* ... in all spaces together */

    /* The last words. */
    const char *fatal[2];     /* "FATAL ERROR: ", by heap.oom_words */
    const char *worker_error; /* a worker's end is this error of the main program; NULL: it is like the main one's */
    bool last_collections;    /* the newest collections stand before them, */
    bool last_collections_source; /* with their heap */
    const char *profile;          /* the profile to suggest if the classroom's memory is used up */
};

#define X(name, word) extern const struct v8_dialect log_##name;
LOG_DIALECTS(X)
#undef X

/* value / unit with some decimals, half up. */
void v8_put_decimal(struct out *out, uint64_t value, uint64_t unit, unsigned decimals);
/* "    1234 ms: " */
void v8_put_time(struct out *out, const struct v8_form *form, uint64_t ns);

/* ---- pieces of the line ---- */

/* "Scavenge 2.0 (36.0) -> 1.1 (37.0) MB, " */
void v8_put_change(struct out *out, const struct v8_form *form, const struct collection *collection, const char *major);
/* " (+ 1.2 ms in 3 steps since start of marking, biggest step 0.5 ms", without the closing parenthesis. */
void v8_put_steps(struct out *out, const struct v8_form *form, const struct v8_steps *steps, bool scavenge);
/* The line of V8s that give reasons in brackets; callbacks: what follows the pause's number. */
void v8_put_bracketed(struct out *out, const struct v8_form *form, const struct collection *collection,
                      const struct v8_steps *steps, const char *callbacks);

/* ---- pieces of NAME=VALUE: each ends with a blank ---- */

void v8_put_count(struct out *out, const char *name, uint64_t value);
void v8_put_span(struct out *out, const struct v8_form *form, const char *name, uint64_t ns, unsigned decimals);
void v8_put_percent(struct out *out, const char *name, uint64_t part, uint64_t whole);

/* The cost of the collection that has just ended, by part, in ns (heapreel-model(7), "Simulated time"). */
struct v8_parts {
    uint64_t roots, remembered, copy, mark, sweep, evacuate, slots;
};
struct v8_parts v8_parts_of(const struct heap *heap);
/* Bytes that are free or wasted in the pages of the old generation. */
uint64_t v8_holes(const struct heap *heap);

/* The pause, the program's time before it, and the type; major: the word for a major. */
void v8_put_head(struct out *out, const struct v8_form *form, const struct v8_heap_log *log,
                 const struct collection *collection, const char *major);
/* Parts of a major, and rates, of 5.1 and later. */
void v8_put_major_parts(struct out *out, const struct v8_form *form, const struct v8_parts *parts);
void v8_put_rates(struct out *out, const struct v8_heap_log *log, const struct heap *heap, const char *survived);
/* Steps of 3.28 and 5.1. */
void v8_put_step_values(struct out *out, const struct v8_form *form, const struct v8_heap_log *log, bool scavenge);
/* copied: the name of the bytes copied in new space. */
void v8_put_bytes(struct out *out, const struct v8_heap_log *log, const struct heap *heap, const char *copied);

/* ---- pieces of the limit ---- */

/* The speeds of collector and program, from which the factor, in thousandths, was computed. */
void v8_put_factor(struct out *out, const struct v8_form *form, const struct heap *heap, uint64_t factor);
void v8_put_new_limit(struct out *out, const struct v8_form *form, const struct happening *limit);

#endif
