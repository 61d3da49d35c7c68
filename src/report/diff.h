/*
 * diff.h - the heaps of a run at two moments: what is new, gone and grown by name, kind or site, and which new objects
 * hold the rest of what is new.
 *
 * Only what a major collection would keep counts, at both moments. An object is told from another that took over its
 * record by listening to allocations in between.
 */
#ifndef HEAPREEL_REPORT_DIFF_H
#define HEAPREEL_REPORT_DIFF_H

#include "report/retain.h"

struct diff_row {
    uint32_t group; /* for heap_group_label; in the order of their making */
    struct retain_sizes before, after, fresh, gone;
};

/* What was kept in a heap at the first moment. */
struct diff_heap {
    bool seen; /* the heap was there */
    uint64_t event;
    VEC(uint32_t) group;            /* of each record, its object's group; HEAP_GROUP_NONE: nothing that was kept */
    VEC(struct retain_sizes) sizes; /* of these objects */
    VEC(uint8_t) replaced;          /* of each record since, whether another object has got it; grows with the heap */
};

struct diff {
    struct heap_groups groups;
    struct listener listener; /* hears allocations between the moments */
    VEC(struct diff_heap) heaps;
    bool failed; /* no memory */
};

/* Notes what is kept now, and listens from now on: by is not OBJECT. 0, or -1 without memory; diff_free in any case. */
int diff_begin(struct diff *diff, struct run *run, enum heap_by by);
void diff_free(struct diff *diff);

/* A heap compared with what was noted of it. */
struct diff_table {
    const struct heap *heap;   /* borrowed */
    uint64_t from;             /* the event of the first moment */
    VEC(struct diff_row) rows; /* most new bytes first, then most gone */
    struct retain_sizes before, after, fresh, gone;
    struct retain_table retained; /* of the second moment, by object, all rows */
    VEC(uint32_t) holders;        /* its rows: new objects that no other new one dominates, by retained size */
};
/* 0, or -1 without memory; diff_table_free in any case. */
int diff_table_make(struct diff_table *table, struct diff *diff, const struct heap *heap);
void diff_table_free(struct diff_table *table);

/* ---- diff_write.c ---- */

struct diff_report {
    const struct run *run; /* at the second moment */
    struct diff *diff;
    uint64_t top; /* rows of a list; 0: all */
};
/* For people, as JSON, as CSV (the first list only). 0 or -1. */
int diff_write_text(const struct diff_report *report, FILE *out);
int diff_write_json(const struct diff_report *report, FILE *out);
int diff_write_csv(const struct diff_report *report, FILE *out);

#endif
