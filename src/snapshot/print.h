/* print.h - the analysis of a snapshot for people, and as JSON. */
#ifndef HEAPREEL_SNAPSHOT_PRINT_H
#define HEAPREEL_SNAPSHOT_PRINT_H

#include "snapshot/changes.h"

#include <stdio.h>

enum class_order { CLASSES_BY_RETAINED, CLASSES_BY_SELF, CLASSES_BY_COUNT };

struct heap_options {
    const char *path;
    enum class_order by; /* of classes */
    uint64_t top;        /* rows of a list */
};

/* Each writes one part of the text. 0, or -1 without memory or if it cannot be written. */

/* The file, its sums, the largest classes and objects. */
int heap_print(const struct analysis *analysis, const struct heap_options *options, FILE *out);
/* The largest objects of a class. */
int heap_print_class(const struct analysis *analysis, uint32_t class, const struct heap_options *options, FILE *out);
/* A shortest way from the roots to a node, what dominates it, and what it holds. */
int heap_print_why(const struct analysis *analysis, uint32_t node, const struct heap_options *options, FILE *out);
/* Texts that several strings have. */
int heap_print_duplicates(const struct analysis *analysis, const struct heap_options *options, FILE *out);
/* What is new, gone and grown between two snapshots. */
int heap_print_changes(const struct changes *changes, const struct heap_options *options, FILE *out);

/* Sums, all classes, the largest objects and texts that several strings have, as JSON. 0 or -1. */
int heap_write_json(const struct analysis *analysis, const struct heap_options *options, FILE *out);

#endif
