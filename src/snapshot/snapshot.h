/*
 * snapshot.h - a heap snapshot of a real program (.heapsnapshot), as V8 and others write it, in flat arrays.
 *
 * The file has a table of nodes (objects) and one of edges (references), whose columns it names itself; the layout is
 * taken from there, never from memory: writers differ, see formats in heapreel(1), "Heap snapshots". Texts stay where
 * they lie in the file, which is mapped into memory.
 *
 * The files in the order to read them; each uses only files before it:
 *   bytes, jscan             the file, and its text
 *   snapshot                 the tables
 *   living                   which edges keep alive, and the graph of them
 *   analysis, changes        classes, strings, and what they retain; two snapshots
 *   print                    tables and JSON
 */
#ifndef HEAPREEL_SNAPSHOT_SNAPSHOT_H
#define HEAPREEL_SNAPSHOT_SNAPSHOT_H

#include "base/vec.h"
#include "snapshot/bytes.h"

/* X(symbol, the file's word): sorts of nodes */
#define NODE_TYPES(X)                                                                                                  \
    X(HIDDEN, "hidden")                                                                                                \
    X(ARRAY, "array")                                                                                                  \
    X(STRING, "string")                                                                                                \
    X(OBJECT, "object")                                                                                                \
    X(CODE, "code")                                                                                                    \
    X(CLOSURE, "closure")                                                                                              \
    X(REGEXP, "regexp")                                                                                                \
    X(NUMBER, "number")                                                                                                \
    X(NATIVE, "native")                                                                                                \
    X(SYNTHETIC, "synthetic")                                                                                          \
    X(CONS_STRING, "concatenated string")                                                                              \
    X(SLICED_STRING, "sliced string")                                                                                  \
    X(SYMBOL, "symbol")                                                                                                \
    X(BIGINT, "bigint")                                                                                                \
    X(SHAPE, "object shape")                                                                                           \
    X(WASM, "wasm object")                                                                                             \
    X(UNKNOWN, "unknown")
enum node_type {
#define X(symbol, word) NODE_##symbol,
    NODE_TYPES(X)
#undef X
        NODE_TYPE_COUNT
};

/* X(symbol, the file's word): sorts of edges */
#define EDGE_TYPES(X)                                                                                                  \
    X(CONTEXT, "context")                                                                                              \
    X(ELEMENT, "element")                                                                                              \
    X(PROPERTY, "property")                                                                                            \
    X(INTERNAL, "internal")                                                                                            \
    X(HIDDEN, "hidden")                                                                                                \
    X(SHORTCUT, "shortcut")                                                                                            \
    X(WEAK, "weak")                                                                                                    \
    X(UNKNOWN, "unknown")
enum edge_type {
#define X(symbol, word) EDGE_##symbol,
    EDGE_TYPES(X)
#undef X
        EDGE_TYPE_COUNT
};

struct snapshot {
    struct bytes file;
    uint32_t nodes, edges;
    /* of each node: */
    uint8_t *type;                 /* enum node_type */
    uint32_t *name;                /* a string */
    uint32_t *id;                  /* see snapshot_id */
    uint32_t *size;                /* self_size, bytes: see snapshot_size */
    uint32_t *id_high, *size_high; /* their upper halves; NULL: all are 0, as in nearly all files */
    uint32_t *first;               /* its first edge; first[nodes] is edges */
    /* of each edge: */
    uint8_t *edge_type;  /* enum edge_type */
    uint32_t *edge_name; /* a string; ELEMENT, HIDDEN: a number */
    uint32_t *to;        /* a node */
    /* of each string, where its text begins in the file; it ends before the next quotation mark that no backslash is
     * before */
    uint64_t *strings;
    uint32_t string_count;
    uint64_t said_nodes, said_edges; /* what the file says in "snapshot"; hints only */
    const char *writer;              /* a guess, or NULL */
};

/* Reads the file at path; see bytes_open. 0, or -1 (error filled); snapshot_close is needed in both cases. */
int snapshot_open(struct snapshot *snapshot, const char *path, const char *directory, struct error *error);
void snapshot_close(struct snapshot *snapshot);

/* The text of a string as it stands in the file, with JSON's escapes: borrowed. */
const char *snapshot_raw(const struct snapshot *snapshot, uint32_t string, size_t *len);

static inline uint64_t snapshot_id(const struct snapshot *s, uint32_t node)
{
    return s->id[node] | (s->id_high == NULL ? 0 : (uint64_t)s->id_high[node] << 32);
}
static inline uint64_t snapshot_size(const struct snapshot *s, uint32_t node)
{
    return s->size[node] | (s->size_high == NULL ? 0 : (uint64_t)s->size_high[node] << 32);
}

/* The file's words. */
const char *node_type_word(enum node_type type);
const char *edge_type_word(enum edge_type type);
/* Is the edge's name a number, and not a string? */
static inline bool edge_numbered(enum edge_type type)
{
    return type == EDGE_ELEMENT || type == EDGE_HIDDEN;
}

#endif
