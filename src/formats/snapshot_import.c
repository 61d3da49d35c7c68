/*
 * snapshot_import.c - nodes by their distance from the root, then edges (heapreel(1), "Snapshots as traces").
 *
 * Kinds are those whose place in the heap does not depend on a size of their own: V8's maps, cells and code are objects
 * here. Off-heap bytes are those of native nodes, and in Node 24 and later of external strings.
 */
#include "formats/snapshot_import.h"

#include "base/names.h"
#include "base/writer.h"
#include "snapshot/jscan.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MOST 120u /* bytes of a slot's or a class's name */
#define ROUND(size) (((size) + 7) / 8 * 8)

/* An edge whose slot has the name of n - 1 before it. */
struct repeated {
    uint32_t edge, n;
};

struct importer {
    const struct snapshot *s;
    const struct living *l;
    const struct snapshot_import *options;
    uint32_t *order; /* nodes by distance */
    uint32_t reached;
    struct names slots;            /* texts of slots */
    VEC(uint32_t) last;            /* of each text, the node that had it last + 1, */
    VEC(struct repeated) repeated; /* in the order of edges */
    VEC(uint32_t) count;           /* and how often */
    struct out out;
    uint64_t padded; /* bytes more than the snapshot has */
    bool failed;
};

/* ---- texts ---- */

/* A string of the file as a word of a trace: in text[TEXT_MOST + NAME_SHORT], zeros after it. Returns its length. */
static size_t word_of(const struct snapshot *s, uint32_t string, char *text)
{
    char decoded[3 * TEXT_MOST];
    size_t len, n = 0;
    const char *raw = snapshot_raw(s, string, &len);
    if (len > TEXT_MOST) {
        len = TEXT_MOST;
        while (len > 0 && ((unsigned char)raw[len] & 0xC0) == 0x80)
            len--;
    }
    len = jscan_decode(raw, len, decoded);
    for (size_t i = 0; i < len && n < TEXT_MOST; i++) {
        unsigned char c = (unsigned char)decoded[i];
        text[n++] = c <= ' ' || c == 0x7F || c == '\\' || c == '$' ? '_' : (char)c;
    }
    while (n > 0 && n == TEXT_MOST && ((unsigned char)text[n - 1] & 0xC0) == 0x80) /* no half of a character */
        n--;
    if (n > 0 && n < len && (unsigned char)text[n - 1] >= 0xC0)
        n--;
    memset(text + n, 0, NAME_SHORT);
    return n;
}

/* How often a node has had this slot already, this time included. */
static uint32_t times(struct importer *im, uint32_t node, const char *text, size_t len)
{
    uint32_t name = names_intern_text(&im->slots, text, len);
    if (name == NAME_NONE) {
        im->failed = true;
        return 1;
    }
    uint32_t i = name & ~NAME_INTERNED;
    while (im->last.len <= i) {
        if (vec_push(&im->last, 0) || vec_push(&im->count, 0)) {
            im->failed = true;
            return 1;
        }
    }
    im->count.data[i] = im->last.data[i] == node + 1 ? im->count.data[i] + 1 : 1;
    im->last.data[i] = node + 1;
    return im->count.data[i];
}

/* The name of an edge's slot: in text[SLOT_ROOM], with zeros after it. Returns its length. */
#define SLOT_ROOM (TEXT_MOST + NAME_SHORT + 4)
static size_t slot_text(const struct snapshot *s, uint32_t edge, char *text)
{
    enum edge_type type = (enum edge_type)s->edge_type[edge];
    size_t len;
    memset(text, 0, SLOT_ROOM);
    if (edge_numbered(type))
        return (size_t)snprintf(text, SLOT_ROOM, type == EDGE_HIDDEN ? "#%" PRIu32 : "%" PRIu32, s->edge_name[edge]);
    if (type == EDGE_INTERNAL) {
        text[0] = '(';
        len = 1 + word_of(s, s->edge_name[edge], text + 1);
        text[len++] = ')';
        return len;
    }
    len = word_of(s, s->edge_name[edge], text);
    if (len == 0)
        text[len++] = '_';
    return len;
}

/* Finds the edges whose slot has a name that an edge before it of the same node has. 0, or -1 without memory. */
static int find_repeated(struct importer *im)
{
    const struct snapshot *s = im->s;
    char text[SLOT_ROOM];
    for (uint32_t node = 0; im->options->slots && node < s->nodes && !im->failed; node++) {
        for (uint32_t e = s->first[node]; e < s->first[node + 1]; e++) {
            if (!im->l->counts[e] || im->l->distance[node] == NO_NODE)
                continue;
            uint32_t n = times(im, node, text, slot_text(s, e, text));
            if (n > 1 && vec_push(&im->repeated, ((struct repeated){e, n})))
                return -1;
        }
    }
    return im->failed ? -1 : 0;
}

/* The slot of an edge: ".name"; a second one of that name gets '2. Nothing without names of slots. */
static void put_slot(struct importer *im, uint32_t edge)
{
    char text[SLOT_ROOM];
    size_t i;
    if (!im->options->slots)
        return;
    out_char(&im->out, '.');
    out_text(&im->out, text, slot_text(im->s, edge, text));
    vec_count_while(&im->repeated, i, im->repeated.data[i].edge < edge);
    if (i < im->repeated.len && im->repeated.data[i].edge == edge)
        out_format(&im->out, "'%" PRIu32, im->repeated.data[i].n);
}

static void put_id(struct importer *im, uint32_t node)
{
    out_number(&im->out, snapshot_id(im->s, node));
}

/* ---- kinds and sizes ---- */

static bool begins(const struct snapshot *s, uint32_t string, const char *words)
{
    size_t len, n = strlen(words);
    const char *text = snapshot_raw(s, string, &len);
    return len >= n && memcmp(text, words, n) == 0;
}

static bool named(const struct snapshot *s, uint32_t string, const char *words)
{
    size_t len;
    snapshot_raw(s, string, &len);
    return len == strlen(words) && begins(s, string, words);
}

static bool points(const struct importer *im, uint32_t node)
{
    for (uint32_t e = im->s->first[node]; e < im->s->first[node + 1]; e++)
        if (im->l->counts[e])
            return true;
    return false;
}

static const char *kind_of(const struct importer *im, uint32_t node, const uint8_t *tables)
{
    const struct snapshot *s = im->s;
    if (tables[node])
        return "weakmap";
    switch ((enum node_type)s->type[node]) {
    case NODE_ARRAY: return "array";
    case NODE_CLOSURE: return "closure";
    case NODE_STRING:
    case NODE_CONS_STRING:
    case NODE_SLICED_STRING:
    case NODE_SYMBOL: return points(im, node) ? "object" : "string";
    case NODE_NUMBER:
    case NODE_BIGINT: return points(im, node) ? "object" : "number";
    default: return named(s, s->name[node], "system / Context") ? "context" : "object";
    }
}

/* Is it a string whose text lies outside of the heap, and is counted in its size? */
static bool external_string(const struct snapshot *s, uint32_t node)
{
    if (s->type[node] != NODE_STRING || snapshot_size(s, node) <= 32)
        return false;
    for (uint32_t e = s->first[node]; e < s->first[node + 1]; e++)
        if (s->edge_type[e] == EDGE_INTERNAL && named(s, s->edge_name[e], "map"))
            return begins(s, s->name[s->to[e]], "system / Map (External") ||
                   begins(s, s->name[s->to[e]], "system / Map (Uncached");
    return false;
}

/* Does V8's own object lie in the heap, although the file calls it native? */
static bool inside(const struct snapshot *s, uint32_t node)
{
    uint32_t name = s->name[node];
    return snapshot_id(s, node) % 2 == 1 ||
           (begins(s, name, "system / ") && !begins(s, name, "system / JSArrayBufferData") &&
            !begins(s, name, "system / ExternalStringData"));
}

/* Bytes in the heap; *external: beside it. */
static uint64_t heap_size(const struct snapshot *s, uint32_t node, uint64_t *external)
{
    uint64_t size = snapshot_size(s, node);
    *external = 0;
    if (s->type[node] == NODE_NATIVE && !inside(s, node)) {
        *external = size;
        return 8;
    }
    if (external_string(s, node)) {
        *external = size - 32;
        return 32;
    }
    return size < 8 ? 8 : ROUND(size);
}

/* ---- the trace ---- */

static void put_class(struct importer *im, uint32_t node)
{
    char text[TEXT_MOST + NAME_SHORT];
    enum node_type type = (enum node_type)im->s->type[node];
    if (type != NODE_OBJECT && type != NODE_NATIVE) {
        out_words(&im->out, " @(");
        for (const char *word = node_type_word(type); *word != '\0'; word++)
            out_char(&im->out, *word == ' ' ? '_' : *word);
        out_char(&im->out, ')');
        return;
    }
    size_t len = word_of(im->s, im->s->name[node], text);
    out_words(&im->out, " @");
    out_text(&im->out, len > 0 ? text : "(nameless)", len > 0 ? len : 10);
}

static void put_node(struct importer *im, uint32_t node, const uint8_t *tables)
{
    const struct snapshot *s = im->s;
    uint64_t external, size = heap_size(s, node, &external);
    uint32_t edge = im->l->from[node];
    const struct living_entry *entry = edge == NO_NODE ? NULL : living_entry_of(im->l, edge);
    im->padded += size + external - snapshot_size(s, node);
    out_words(&im->out, "alloc ");
    put_id(im, node);
    out_format(&im->out, " %" PRIu64 " %s", size, kind_of(im, node, tables));
    if (edge != NO_NODE && entry == NULL) {
        uint32_t owner = snapshot_owner(s, edge);
        out_words(&im->out, " in ");
        put_id(im, owner);
        put_slot(im, edge);
    }
    put_class(im, node);
    out_char(&im->out, '\n');
    if (external > 0) {
        out_words(&im->out, "external ");
        put_id(im, node);
        out_format(&im->out, " %" PRIu64 "\n", external);
    }
}

static void put_entry(struct importer *im, uint32_t edge, const struct living_entry *entry)
{
    out_words(&im->out, "entry ");
    put_id(im, entry->table);
    out_char(&im->out, ' ');
    put_id(im, snapshot_owner(im->s, edge));
    out_char(&im->out, ' ');
    put_id(im, im->s->to[edge]);
    out_char(&im->out, '\n');
}

/* A node that only an entry leads to is held by a handle until the entry is there. */
static void put_nodes(struct importer *im, const uint8_t *tables)
{
    for (uint32_t i = 0; i < im->reached && !im->out.failed; i++) {
        uint32_t node = im->order[i], edge = im->l->from[node];
        const struct living_entry *entry = edge == NO_NODE ? NULL : living_entry_of(im->l, edge);
        put_node(im, node, tables);
        if (entry == NULL)
            continue;
        put_entry(im, edge, entry);
        out_words(&im->out, "release ");
        put_id(im, node);
        out_char(&im->out, '\n');
    }
}

/* The edges that have made no node. Slots are named again in the same order, so that repeated ones get their numbers.
 */
static void put_edges(struct importer *im)
{
    const struct snapshot *s = im->s;
    for (uint32_t i = 0; i < im->reached && !im->out.failed; i++) {
        uint32_t node = im->order[i];
        for (uint32_t e = s->first[node]; e < s->first[node + 1]; e++) {
            const struct living_entry *entry = im->l->counts[e] ? living_entry_of(im->l, e) : NULL;
            if (!im->l->counts[e] || im->l->from[s->to[e]] == e)
                continue;
            if (entry != NULL) {
                if (entry->table != NO_NODE && im->l->distance[entry->table] != NO_NODE)
                    put_entry(im, e, entry);
                continue;
            }
            out_words(&im->out, "ref ");
            put_id(im, node);
            put_slot(im, e);
            out_char(&im->out, ' ');
            put_id(im, s->to[e]);
            out_char(&im->out, '\n');
        }
    }
}

static void put_head(struct importer *im, uint64_t bytes)
{
    out_words(&im->out, "heapreel-trace 1\ntitle The heap of ");
    out_safe(&im->out, im->options->path, strlen(im->options->path), 120);
    out_words(&im->out, "\n# From a heap snapshot");
    if (im->s->writer != NULL)
        out_format(&im->out, ", by its layout of %s", im->s->writer);
    out_format(&im->out, ": %" PRIu32 " nodes, %" PRIu32 " edges.\n", im->s->nodes, im->s->edges);
    if (im->reached < im->s->nodes)
        out_format(&im->out, "# %" PRIu32 " nodes cannot be reached, and are left out; so are weak edges.\n",
                   im->s->nodes - im->reached);
    out_format(&im->out, "set profile node20\nset max-old-space-size %" PRIu64 "M\n", 2 * (bytes >> 20) + 64);
}

/* ---- order ---- */

/* Nodes by distance: counted out, so that equal ones stay in the order of the file. 0, or -1 without memory. */
static int sort_nodes(struct importer *im)
{
    const uint32_t *distance = im->l->distance;
    uint32_t most = 0;
    for (uint32_t node = 0; node < im->s->nodes; node++)
        most = distance[node] != NO_NODE && distance[node] > most ? distance[node] : most;
    uint32_t *at = calloc((size_t)most + 2, sizeof *at);
    im->order = graph_table(im->s->nodes, sizeof *im->order);
    if (at == NULL || im->order == NULL) {
        free(at);
        return -1;
    }
    for (uint32_t node = 0; node < im->s->nodes; node++)
        if (distance[node] != NO_NODE)
            at[distance[node] + 1]++;
    for (uint32_t d = 0; d <= most; d++)
        at[d + 1] += at[d];
    for (uint32_t node = 0; node < im->s->nodes; node++)
        if (distance[node] != NO_NODE)
            im->order[at[distance[node]]++] = node;
    im->reached = at[most];
    free(at);
    return 0;
}

static int by_number(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* IDs must tell objects apart. 0, or -1. */
static int check_ids(const struct snapshot *s, struct error *error)
{
    uint64_t *ids = graph_table(s->nodes, sizeof *ids);
    int failed = ids == NULL ? error_memory(error) : 0;
    for (uint32_t i = 0; !failed && i < s->nodes; i++)
        ids[i] = snapshot_id(s, i);
    if (!failed)
        qsort(ids, s->nodes, sizeof *ids, by_number);
    for (uint32_t i = 1; !failed && i < s->nodes; i++)
        if (ids[i] == ids[i - 1])
            failed = error_set(error, ERROR_INPUT, 0, 0, "two nodes have the id %" PRIu64, ids[i]);
    free(ids);
    return failed;
}

static int write_all(struct importer *im, struct error *error)
{
    uint64_t bytes = 0, unused;
    uint8_t *tables = calloc(im->s->nodes, 1);
    if (tables == NULL || sort_nodes(im) || find_repeated(im)) {
        free(tables);
        return error_memory(error);
    }
    for (size_t i = 0; i < im->l->entries.len; i++)
        if (im->l->entries.data[i].table != NO_NODE)
            tables[im->l->entries.data[i].table] = 1;
    for (uint32_t i = 0; i < im->reached; i++)
        bytes += heap_size(im->s, im->order[i], &unused);
    put_head(im, bytes);
    put_nodes(im, tables);
    put_edges(im);
    out_format(&im->out, "# %" PRIu64 " bytes more than in the snapshot: sizes are multiples of 8, and not 0.\n",
               im->padded);
    out_format(&im->out, "gc major\nexpect objects.live = %" PRIu32 "\n", im->reached);
    free(tables);
    return im->failed ? error_memory(error) : 0;
}

int snapshot_import(const struct snapshot *s, const struct living *l, const struct snapshot_import *options, FILE *file,
                    struct error *error)
{
    if (check_ids(s, error))
        return -1;
    struct importer *im = calloc(1, sizeof *im);
    if (im == NULL)
        return error_memory(error);
    im->s = s;
    im->l = l;
    im->options = options;
    names_init(&im->slots);
    out_to_file(&im->out, file);
    int failed = write_all(im, error);
    failed = out_flush(&im->out) || failed ? -1 : 0;
    names_free(&im->slots);
    vec_free(&im->last);
    vec_free(&im->repeated);
    vec_free(&im->count);
    free(im->order);
    free(im);
    return failed;
}
