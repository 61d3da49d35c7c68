/*
 * retain.h - what the objects of a heap retain, as a table: by object, or by a group of objects.
 *
 * Rows are in the order of retained size, then of own size, largest first, then of the listing (heap_ids.h), a group's
 * by its first member. Sizes are bytes in the heap and off-heap bytes together; the latter are also given apart.
 */
#ifndef HEAPREEL_REPORT_RETAIN_H
#define HEAPREEL_REPORT_RETAIN_H

#include "base/writer.h"
#include "graph/heap_graph.h"
#include "report/heap_groups.h"
#include "report/heap_ids.h"

struct retain_sizes {
    uint64_t count, self, external; /* objects; all their bytes; of these, off-heap ones */
};

struct retain_row {
    uint32_t which;               /* an object; or a group, for retain_label */
    uint32_t first;               /* id of the object, or of the group's first member */
    struct retain_sizes own;      /* of the object, or of all members */
    struct retain_sizes retained; /* what would go with the object; the same for the group's topmost members */
};

struct retain_table {
    const struct heap *heap; /* borrowed */
    enum heap_by by;
    VEC(struct retain_row) rows;
    uint64_t all_rows; /* that there would be without a limit */
    struct retain_sizes kept, unreachable;
    struct heap_retained retained;
    struct heap_ids ids;
    uint64_t *counts;   /* by place: objects that it retains */
    uint32_t *distance; /* by object: references from the roots, 1 for one with a handle; by object only */
    struct heap_groups groups;
};

/* Makes the table, with the first `top` rows (0: all). 0, or -1 without memory. retain_free is needed in both cases. */
int retain_make(struct retain_table *table, const struct heap *heap, enum heap_by by, uint64_t top);
void retain_free(struct retain_table *table);

/* What a row stands for: NULL if it has no name (an unnamed object, objects without a site). Valid like names_text. */
const char *retain_label(const struct retain_table *table, const struct retain_row *row, char buffer[NAME_DIGITS],
                         size_t *len);
/* The object that dominates an object, or NONE: only the roots. */
uint32_t retain_dominator(const struct retain_table *table, uint32_t object);

/* ---- retain_write.c ---- */

#include "run/run.h"

#include <stdio.h>

/* What "heapreel retain" writes of a run: for all its heaps, with the first `top` rows of each. */
struct retain_report {
    const struct run *run;
    enum heap_by by;
    uint64_t top;
};
/* For people; as JSON; as CSV with a line of headings. 0, or -1 without memory or if it cannot be written. */
int retain_write_text(const struct retain_report *report, FILE *out);
int retain_write_json(const struct retain_report *report, FILE *out);
int retain_write_csv(const struct retain_report *report, FILE *out);
/* Writes a field of a line of CSV, in quotation marks if need be. */
void retain_put_field(struct out *out, const char *text, size_t len);

#endif
