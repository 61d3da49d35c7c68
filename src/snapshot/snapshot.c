/*
 * snapshot.c - reads the tables of a snapshot, in one pass over its text. The top-level keys can come in any order; a
 * table that comes before the layout is passed over, and read when the layout is known.
 */
#include "snapshot/snapshot.h"

#include "base/memory.h"
#include "graph/graph.h"
#include "snapshot/jscan.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS 64u /* most fields of a node or an edge */
#define TYPES 256u  /* most words of an enum; others are unknown */
#define NO_COLUMN COLUMNS

/* Fields that are needed: X(symbol, word) */
#define NODE_FIELDS(X) X(TYPE, "type") X(NAME, "name") X(ID, "id") X(SIZE, "self_size") X(EDGES, "edge_count")
#define EDGE_FIELDS(X) X(TYPE, "type") X(NAME, "name_or_index") X(TO, "to_node")
#define X(symbol, word) NODE_FIELD_##symbol,
enum { NODE_FIELDS(X) NODE_FIELD_COUNT };
#undef X
#define X(symbol, word) EDGE_FIELD_##symbol,
enum { EDGE_FIELDS(X) EDGE_FIELD_COUNT };
#undef X
#define X(symbol, word) word,
static const char *const node_fields[] = {NODE_FIELDS(X)};
static const char *const edge_fields[] = {EDGE_FIELDS(X)};
static const char *const node_types[] = {NODE_TYPES(X)};
static const char *const edge_types[] = {EDGE_TYPES(X)};
#undef X

const char *node_type_word(enum node_type type)
{
    return node_types[type];
}

const char *edge_type_word(enum edge_type type)
{
    return edge_types[type];
}

/* The layout of a table: the column of each field that is needed, and the meaning of the numbers in its first. */
struct layout {
    unsigned columns;
    unsigned column[NODE_FIELD_COUNT]; /* of a field; an edge has fewer */
    uint8_t types[TYPES];
};

struct reader {
    struct jscan scan;
    struct snapshot *s;
    struct layout node, edge;
    bool known;                      /* the layout is */
    const char *nodes_at, *edges_at; /* tables that were passed over, or NULL */
    size_t node_cap, edge_cap, string_cap;
    bool has_nodes, has_edges, has_strings;
};

/* ---- the layout ---- */

static unsigned index_of(const json_t *array, const char *word)
{
    size_t i;
    json_t *item;
    json_array_foreach(array, i,
                       item) if (json_is_string(item) && strcmp(json_string_value(item), word) == 0) return (unsigned)i;
    return NO_COLUMN;
}

static int read_fields(struct reader *r, const json_t *meta, const char *key, const char *const *words, unsigned count,
                       struct layout *layout)
{
    const json_t *fields = json_object_get(meta, key);
    if (!json_is_array(fields))
        return jscan_fail(&r->scan, "\"meta\" lacks \"%s\"", key);
    if (json_array_size(fields) > COLUMNS)
        return jscan_fail(&r->scan, "more than %u fields in \"%s\"", COLUMNS, key);
    layout->columns = (unsigned)json_array_size(fields);
    for (unsigned i = 0; i < count; i++) {
        layout->column[i] = index_of(fields, words[i]);
        if (layout->column[i] == NO_COLUMN)
            return jscan_fail(&r->scan, "\"%s\" lacks \"%s\"", key, words[i]);
    }
    return 0;
}

/* Types are known by their words; those that are new are unknown, which is the last of words. */
static int read_types(struct reader *r, const json_t *meta, const char *key, const char *const *words, unsigned count,
                      struct layout *layout)
{
    const json_t *types = json_array_get(json_object_get(meta, key), layout->column[0]);
    if (!json_is_array(types))
        return jscan_fail(&r->scan, "\"%s\" lacks the list of types", key);
    memset(layout->types, (int)count - 1, sizeof layout->types);
    for (unsigned i = 0; i < TYPES && i < json_array_size(types); i++) {
        const char *word = json_string_value(json_array_get(types, i));
        for (unsigned k = 0; word != NULL && k < count; k++)
            if (strcmp(word, words[k]) == 0)
                layout->types[i] = (uint8_t)k;
    }
    return 0;
}

static uint64_t said(const json_t *head, const char *key)
{
    json_int_t value = json_integer_value(json_object_get(head, key));
    return value > 0 ? (uint64_t)value : 0;
}

/*
 * Who wrote it, by what its layout and its keys are: these change between versions, and nothing in the file says more.
 */
static const char *guess_writer(const json_t *meta)
{
    const json_t *nodes = json_object_get(meta, "node_fields"), *types = json_object_get(meta, "node_types");
    const json_t *type = json_array_get(types, 0);
    const char *last = json_string_value(json_array_get(type, json_array_size(type) - 1));
    if (last == NULL)
        return NULL;
    if (index_of(json_object_get(meta, "edge_fields"), "from_node") != NO_COLUMN || json_array_size(type) < 8)
        return "Julia";
    if (index_of(nodes, "detachedness") == NO_COLUMN)
        return strcmp(last, "bigint") == 0 ? "Node 14 or 16" : "Node 12 or before";
    if (strcmp(last, "bigint") == 0)
        return "Node 18";
    if (strcmp(last, "wasm object") == 0)
        return "Node 20, or Bun";
    if (index_of(nodes, "trace_node_id") != NO_COLUMN)
        return "Node 22";
    if (json_object_get(meta, "scopes_fields") != NULL || json_object_get(meta, "scope_fields") != NULL)
        return "Chromium";
    if (json_array_size(json_object_get(meta, "location_fields")) > 4)
        return "Deno";
    return json_array_size(types) > json_array_size(nodes) ? "Node 24" : "Node 26 or later";
}

static int read_head(struct reader *r)
{
    const char *begin = r->scan.at;
    if (jscan_value(&r->scan))
        return -1;
    json_error_t wrong;
    json_t *head = json_loadb(begin, (size_t)(r->scan.at - begin), 0, &wrong);
    const json_t *meta = json_object_get(head, "meta");
    int failed = -1;
    if (head == NULL && json_error_code(&wrong) == json_error_out_of_memory)
        error_memory(r->scan.error);
    else if (head == NULL)
        jscan_fail(&r->scan, "\"snapshot\" cannot be read: %s", wrong.text);
    else if (!json_is_object(meta))
        jscan_fail(&r->scan, "\"snapshot\" lacks \"meta\"");
    else
        failed = read_fields(r, meta, "node_fields", node_fields, NODE_FIELD_COUNT, &r->node) ||
                 read_fields(r, meta, "edge_fields", edge_fields, EDGE_FIELD_COUNT, &r->edge) ||
                 read_types(r, meta, "node_types", node_types, NODE_TYPE_COUNT, &r->node) ||
                 read_types(r, meta, "edge_types", edge_types, EDGE_TYPE_COUNT, &r->edge);
    if (!failed) {
        r->s->writer = guess_writer(meta);
        r->s->said_nodes = said(head, "node_count");
        r->s->said_edges = said(head, "edge_count");
        r->known = true;
    }
    json_decref(head);
    return failed ? -1 : 0;
}

/* ---- tables ---- */

/* Room for want elements in each of the arrays, which have *cap now. 0, or -1. */
struct column {
    void *data; /* of the pointer */
    size_t size;
};

static int enlarge(struct reader *r, const struct column *columns, unsigned count, size_t *cap, size_t len, size_t want)
{
    for (unsigned i = 0; i < count; i++) {
        void **data = columns[i].data;
        void *more = memory_enlarge(*data, 64, len * columns[i].size, want * columns[i].size);
        if (more == NULL)
            return error_memory(r->scan.error);
        *data = more;
    }
    *cap = want;
    return 0;
}

/* What to make room for next: what the file says at first, as far as the file is long enough, then twice as much. */
static size_t room_for(const struct reader *r, size_t cap, uint64_t said_count, unsigned columns)
{
    uint64_t possible = (uint64_t)(r->scan.end - r->scan.at) / (2 * columns) + 1;
    uint64_t want = cap > 0 ? 2 * (uint64_t)cap : said_count + 1;
    want = want > cap + possible ? cap + possible : want;
    return want < 16 ? 16 : (size_t)want;
}

/* Reads the numbers of a row. 0, or -1. */
static inline int read_row(struct jscan *s, uint64_t *row, unsigned columns)
{
    for (unsigned i = 0; i < columns; i++) {
        if (i > 0 && *s->at == ',')
            s->at++;
        else if (i > 0 && !jscan_take(s, ','))
            return jscan_fail(s, "expected \",\" and %u more numbers of the row", columns - i);
        if (jscan_number(s, &row[i]))
            return -1;
    }
    return 0;
}

/* Stores a number of the next node, whose upper half gets an array only if one is not 0. 0, or -1. */
static inline int put_wide(struct reader *r, uint32_t *low, uint32_t **high, uint64_t value)
{
    *low = (uint32_t)value;
    if (*high == NULL && value > UINT32_MAX) {
        *high = calloc(r->node_cap, sizeof **high);
        if (*high == NULL)
            return error_memory(r->scan.error);
    }
    if (*high != NULL)
        (*high)[r->s->nodes] = (uint32_t)(value >> 32);
    return 0;
}

static int add_node(struct reader *r, const uint64_t *row, uint64_t *edges)
{
    struct snapshot *s = r->s;
    const unsigned *column = r->node.column;
    uint32_t n = s->nodes;
    uint64_t type = row[column[NODE_FIELD_TYPE]], name = row[column[NODE_FIELD_NAME]];
    if (n == NO_NODE - 1)
        return jscan_fail(&r->scan, "more than %" PRIu32 " nodes", NO_NODE - 1);
    if (name > UINT32_MAX)
        return jscan_fail(&r->scan, "no string can have the number %" PRIu64, name);
    s->type[n] = r->node.types[type < TYPES ? type : TYPES - 1];
    s->name[n] = (uint32_t)name;
    if (row[column[NODE_FIELD_SIZE]] > UINT64_C(1) << 53)
        return jscan_fail(&r->scan, "a self_size above 2^53");
    if (put_wide(r, &s->id[n], &s->id_high, row[column[NODE_FIELD_ID]]) ||
        put_wide(r, &s->size[n], &s->size_high, row[column[NODE_FIELD_SIZE]]))
        return -1;
    s->first[n] = (uint32_t)*edges;
    uint64_t own = row[column[NODE_FIELD_EDGES]];
    if (own > UINT32_MAX - *edges)
        return jscan_fail(&r->scan, "more than %" PRIu32 " edges", UINT32_MAX);
    *edges += own;
    s->nodes++;
    return 0;
}

static int read_nodes(struct reader *r)
{
    struct snapshot *s = r->s;
    const struct column columns[] = {{&s->type, sizeof *s->type},
                                     {&s->name, sizeof *s->name},
                                     {&s->id, sizeof *s->id},
                                     {&s->size, sizeof *s->size},
                                     {&s->first, sizeof *s->first}};
    const struct column id_high = {&s->id_high, sizeof *s->id_high}, size_high = {&s->size_high, sizeof *s->size_high};
    uint64_t row[COLUMNS], edges = 0;
    bool begun = false;
    int failed;
    if (!jscan_take(&r->scan, '['))
        return jscan_fail(&r->scan, "expected the list of nodes");
    while (jscan_item(&r->scan, ']', &begun, &failed)) {
        if (s->nodes + (size_t)1 >= r->node_cap) { /* one more for the end of the last node's edges */
            size_t want = room_for(r, r->node_cap, s->said_nodes, r->node.columns) + 1;
            if (enlarge(r, columns, sizeof columns / sizeof columns[0], &r->node_cap, s->nodes, want) ||
                (s->id_high != NULL && enlarge(r, &id_high, 1, &r->node_cap, s->nodes, want)) ||
                (s->size_high != NULL && enlarge(r, &size_high, 1, &r->node_cap, s->nodes, want)))
                return -1;
        }
        if (read_row(&r->scan, row, r->node.columns) || add_node(r, row, &edges))
            return -1;
    }
    if (failed)
        return -1;
    if (s->nodes == 0)
        return jscan_fail(&r->scan, "no nodes");
    s->first[s->nodes] = (uint32_t)edges;
    r->has_nodes = true;
    return 0;
}

static int add_edge(struct reader *r, const uint64_t *row)
{
    struct snapshot *s = r->s;
    const unsigned *column = r->edge.column;
    uint32_t n = s->edges;
    uint64_t type = row[column[EDGE_FIELD_TYPE]], name = row[column[EDGE_FIELD_NAME]];
    uint64_t to = row[column[EDGE_FIELD_TO]], node = to / r->node.columns;
    if (n == UINT32_MAX)
        return jscan_fail(&r->scan, "more than %" PRIu32 " edges", UINT32_MAX);
    /* The table of nodes may come later: their number is checked at the end. */
    if (node * r->node.columns != to || node >= NO_NODE)
        return jscan_fail(&r->scan, "to_node %" PRIu64 " is no node", to);
    s->edge_type[n] = r->edge.types[type < TYPES ? type : TYPES - 1];
    s->edge_name[n] = name > UINT32_MAX ? UINT32_MAX : (uint32_t)name;
    s->to[n] = (uint32_t)node;
    s->edges++;
    return 0;
}

static int read_edges(struct reader *r)
{
    struct snapshot *s = r->s;
    const struct column columns[] = {
        {&s->edge_type, sizeof *s->edge_type}, {&s->edge_name, sizeof *s->edge_name}, {&s->to, sizeof *s->to}};
    uint64_t row[COLUMNS];
    bool begun = false;
    int failed;
    if (!jscan_take(&r->scan, '['))
        return jscan_fail(&r->scan, "expected the list of edges");
    while (jscan_item(&r->scan, ']', &begun, &failed)) {
        if (s->edges >= r->edge_cap) {
            size_t want = room_for(r, r->edge_cap, s->said_edges, r->edge.columns);
            if (enlarge(r, columns, sizeof columns / sizeof columns[0], &r->edge_cap, s->edges, want))
                return -1;
        }
        if (read_row(&r->scan, row, r->edge.columns) || add_edge(r, row))
            return -1;
    }
    r->has_edges = !failed;
    return failed;
}

static int read_strings(struct reader *r)
{
    struct snapshot *s = r->s;
    const struct column columns[] = {{&s->strings, sizeof *s->strings}};
    bool begun = false;
    int failed;
    if (!jscan_take(&r->scan, '['))
        return jscan_fail(&r->scan, "expected the list of strings");
    while (jscan_item(&r->scan, ']', &begun, &failed)) {
        const char *text;
        size_t len;
        if (s->string_count >= r->string_cap &&
            enlarge(r, columns, 1, &r->string_cap, s->string_count, room_for(r, r->string_cap, 1 << 16, 1)))
            return -1;
        if (s->string_count == UINT32_MAX - NODE_TYPE_COUNT)
            return jscan_fail(&r->scan, "too many strings");
        if (jscan_string(&r->scan, &text, &len))
            return -1;
        s->strings[s->string_count++] = (uint64_t)(text - s->file.data);
    }
    r->has_strings = !failed;
    return failed;
}

/* ---- the whole ---- */

static bool is_key(const char *text, size_t len, const char *key)
{
    return len == strlen(key) && memcmp(text, key, len) == 0;
}

/* A table: read if its layout is known, else passed over, and remembered in *place. */
static int read_table(struct reader *r, const char **place, bool has, int (*read)(struct reader *r))
{
    if (has || *place != NULL)
        return jscan_fail(&r->scan, "\"%s\" for the second time", r->scan.part);
    if (r->known)
        return read(r);
    *place = r->scan.at;
    return jscan_value(&r->scan);
}

static int read_member(struct reader *r)
{
    const char *key;
    size_t len;
    r->scan.part = NULL;
    if (jscan_string(&r->scan, &key, &len))
        return -1;
    if (!jscan_take(&r->scan, ':'))
        return jscan_fail(&r->scan, "expected \":\"");
    if (is_key(key, len, "snapshot")) {
        r->scan.part = "snapshot";
        return r->known ? jscan_fail(&r->scan, "\"snapshot\" for the second time") : read_head(r);
    }
    if (is_key(key, len, "nodes")) {
        r->scan.part = "nodes";
        return read_table(r, &r->nodes_at, r->has_nodes, read_nodes);
    }
    if (is_key(key, len, "edges")) {
        r->scan.part = "edges";
        return read_table(r, &r->edges_at, r->has_edges, read_edges);
    }
    if (is_key(key, len, "strings")) {
        r->scan.part = "strings";
        return r->has_strings ? jscan_fail(&r->scan, "\"strings\" for the second time") : read_strings(r);
    }
    return jscan_value(&r->scan);
}

/* Goes back to a table that came before its layout. */
static int read_again(struct reader *r, const char *place, const char *part, int (*read)(struct reader *r))
{
    if (place == NULL)
        return 0;
    r->scan.at = place;
    r->scan.part = part;
    return read(r);
}

static int read_members(struct reader *r)
{
    bool begun = false;
    int failed;
    jscan_blanks(&r->scan);
    if (r->s->file.len == 0)
        return error_set(r->scan.error, ERROR_INPUT, 0, 0,
                         "the file is empty (was the program ended while it was written?)");
    if (!jscan_take(&r->scan, '{'))
        return jscan_fail(&r->scan, "not a heap snapshot: it does not begin with \"{\"");
    while (jscan_item(&r->scan, '}', &begun, &failed))
        if (read_member(r))
            return -1;
    return failed;
}

/* Counts and numbers that can only be checked when all is there. */
static int check_all(struct reader *r)
{
    const struct snapshot *s = r->s;
    struct error *error = r->scan.error;
    if (s->first[s->nodes] != s->edges)
        return error_set(error, ERROR_INPUT, 0, 0, "the nodes own %" PRIu32 " edges, but there are %" PRIu32,
                         s->first[s->nodes], s->edges);
    for (uint32_t i = 0; i < s->nodes; i++)
        if (s->name[i] >= s->string_count)
            return error_set(error, ERROR_INPUT, 0, 0, "node %" PRIu32 " is called by string %" PRIu32 " of %" PRIu32,
                             i, s->name[i], s->string_count);
    for (uint32_t e = 0; e < s->edges; e++) {
        if (s->to[e] >= s->nodes)
            return error_set(error, ERROR_INPUT, 0, 0, "edge %" PRIu32 ": to_node %" PRIu64 " is no node", e,
                             (uint64_t)s->to[e] * r->node.columns);
        if (!edge_numbered((enum edge_type)s->edge_type[e]) && s->edge_name[e] >= s->string_count)
            return error_set(error, ERROR_INPUT, 0, 0, "edge %" PRIu32 " is called by string %" PRIu32 " of %" PRIu32,
                             e, s->edge_name[e], s->string_count);
    }
    return 0;
}

static int read_all(struct reader *r)
{
    if (read_members(r))
        return -1;
    if (!r->known)
        return error_set(r->scan.error, ERROR_INPUT, 0, 0, "not a heap snapshot: no \"snapshot\" key");
    const char *end = r->scan.at;
    if (read_again(r, r->nodes_at, "nodes", read_nodes) || read_again(r, r->edges_at, "edges", read_edges))
        return -1;
    r->scan.at = end;
    const char *missing = !r->has_nodes ? "nodes" : !r->has_edges ? "edges" : !r->has_strings ? "strings" : NULL;
    if (missing != NULL)
        return error_set(r->scan.error, ERROR_INPUT, 0, 0, "not a heap snapshot: no \"%s\"", missing);
    r->scan.part = NULL;
    jscan_blanks(&r->scan);
    if (r->scan.at < r->scan.end)
        return jscan_fail(&r->scan, "expected the end of the file");
    return check_all(r);
}

int snapshot_open(struct snapshot *s, const char *path, const char *directory, struct error *error)
{
    *s = (struct snapshot){0};
    if (bytes_open(&s->file, path, directory, error))
        return -1;
    struct reader r = {
        .scan = {.text = s->file.data, .at = s->file.data, .end = s->file.data + s->file.len, .error = error},
        .s = s,
    };
    return read_all(&r);
}

void snapshot_close(struct snapshot *s)
{
    free(s->type);
    free(s->name);
    free(s->id);
    free(s->size);
    free(s->id_high);
    free(s->size_high);
    free(s->first);
    free(s->edge_type);
    free(s->edge_name);
    free(s->to);
    free(s->strings);
    bytes_close(&s->file);
    *s = (struct snapshot){0};
}

const char *snapshot_raw(const struct snapshot *s, uint32_t string, size_t *len)
{
    const char *begin = s->file.data + s->strings[string], *p = begin;
    while (*p != '"')
        p += *p == '\\' ? 2 : 1;
    *len = (size_t)(p - begin);
    return begin;
}
