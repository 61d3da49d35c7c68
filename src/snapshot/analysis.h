/*
 * analysis.h - what fills the heap of a snapshot: classes, objects, strings, and what they retain.
 *
 * Sizes are self_size as the file has it. (DevTools moves sizes of hidden nodes to their owners for its "shallow
 * size".)
 */
#ifndef HEAPREEL_SNAPSHOT_ANALYSIS_H
#define HEAPREEL_SNAPSHOT_ANALYSIS_H

#include "base/writer.h"
#include "graph/dominators.h"
#include "snapshot/living.h"

struct sums {
    uint64_t count, size;
};

/* A class is DevTools': the constructor of an object, and one for each other type of node. */
struct class_row {
    uint32_t class; /* for analysis_class_name */
    struct sums own;
    uint64_t retained; /* by those members that no other member dominates */
};

struct analysis {
    struct snapshot snapshot;
    struct living living;
    struct dominators tree;
    uint64_t *retained;         /* by place */
    VEC(struct class_row) rows; /* largest retained size first */
    struct sums all, unreachable, native, strings;
};

/* Reads the snapshot at path (see bytes_open), and works all out. 0, or -1 (error filled); analysis_close is needed in
 * both cases. */
int analysis_open(struct analysis *analysis, const char *path, const char *directory, struct error *error);
void analysis_close(struct analysis *analysis);

/* The class of a node, for analysis_class_name, and below the count that analysis_classes returns. */
uint32_t analysis_class(const struct analysis *analysis, uint32_t node);
uint32_t analysis_classes(const struct analysis *analysis);
/* Writes the name of a class as UTF-8, at most `most` bytes of it. */
void analysis_class_name(const struct analysis *analysis, uint32_t class, size_t most, struct out *out);

/* Writes a string of the file as UTF-8 (not made safe for a terminal), at most `most` bytes of it. */
void snapshot_text(const struct snapshot *snapshot, uint32_t string, size_t most, struct out *out);
/* Writes what a node is called: its name; a string in quotation marks; and @ID. */
void analysis_node_name(const struct analysis *analysis, uint32_t node, size_t most, struct out *out);
/* Writes how an edge is called: .name, [7], (internal name). */
void analysis_edge_name(const struct analysis *analysis, uint32_t edge, size_t most, struct out *out);

/* Bytes that a node retains; 0 if it cannot be reached. */
static inline uint64_t analysis_retained(const struct analysis *a, uint32_t node)
{
    return a->tree.place[node] == NO_NODE ? 0 : a->retained[a->tree.place[node]];
}

/* The node with that id, or NO_NODE. */
uint32_t snapshot_find(const struct snapshot *snapshot, uint64_t id);

#define NO_CLASS UINT32_MAX

/*
 * The `top` nodes of a class with the largest retained sizes, largest first. NO_CLASS: of all classes, without the
 * groups that the writer makes (synthetic).
 */
struct node_list {
    VEC(uint32_t) nodes;
};
int analysis_largest(const struct analysis *analysis, uint32_t class, size_t top, struct node_list *list);
/* The class of that name, or NO_CLASS. */
uint32_t analysis_find_class(const struct analysis *analysis, const char *name);

/* A text that several strings have, and what they take together. */
struct duplicate {
    uint32_t node; /* one of them */
    struct sums own;
};
struct duplicate_list {
    VEC(struct duplicate) rows; /* most bytes beyond one of them first */
    struct sums all;            /* strings that repeat another, and their bytes */
};
/* Strings of the heap with the same text, and the same size: writers cut long texts (V8: at 1024 characters). */
int analysis_duplicates(const struct analysis *analysis, size_t top, struct duplicate_list *list);

#endif
