/* print.c - tables of at most 80 columns, and JSON. */
#include "snapshot/print.h"

#include "report/sink.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS 80
#define NAME_MOST 120 /* bytes of a name that are looked at */

/* ---- pieces ---- */

static void put_right(struct out *out, size_t width, const char *text)
{
    size_t len = strlen(text);
    out_repeat(out, ' ', len < width ? width - len : 1);
    out_words(out, text);
}

static void put_size(struct out *out, size_t width, uint64_t bytes)
{
    char text[OUT_HUMAN];
    put_right(out, width, human_size(text, bytes));
}

static void put_count(struct out *out, size_t width, uint64_t count)
{
    char text[OUT_HUMAN];
    put_right(out, width, human_number(text, count));
}

static void put_share(struct out *out, uint64_t part, uint64_t whole)
{
    uint64_t tenths = whole == 0 ? 0 : (uint64_t)((double)part / (double)whole * 1000 + 0.5);
    out_format(out, " %5" PRIu64 ".%" PRIu64 " %%", tenths / 10, tenths % 10);
}

static void put_bytes(struct out *out, uint64_t bytes)
{
    char text[OUT_HUMAN];
    out_words(out, human_size(text, bytes));
    if (bytes < 1024)
        out_words(out, bytes == 1 ? " byte" : " bytes");
}

/* "1 node", "12 003 nodes" */
static void put_things(struct out *out, uint64_t count, const char *thing)
{
    out_grouped(out, count);
    out_char(out, ' ');
    out_words(out, thing);
    if (count != 1)
        out_char(out, 's');
}

/* Puts what write(out) writes, made safe, within so many columns. */
#define PUT_SAFE(to, columns, write)                                                                                   \
    do {                                                                                                               \
        struct out safe_;                                                                                              \
        out_to_memory(&safe_);                                                                                         \
        write;                                                                                                         \
        out_safe((to), safe_.data, safe_.len, (columns));                                                              \
        (to)->failed |= safe_.failed;                                                                                  \
        out_drop(&safe_);                                                                                              \
    } while (0)

static int ended(struct out *out, int failed)
{
    return out_flush(out) || failed ? -1 : 0;
}

/* ---- lists ---- */

static void put_class(struct out *out, const struct analysis *a, const struct class_row *row)
{
    put_size(out, 10, row->retained);
    put_share(out, row->retained, a->retained[0]);
    put_size(out, 10, row->own.size);
    put_count(out, 11, row->own.count);
    out_words(out, "  ");
    PUT_SAFE(out, COLUMNS - 42, analysis_class_name(a, row->class, NAME_MOST, &safe_));
    out_char(out, '\n');
}

static void put_object_name(const struct analysis *a, uint32_t node, struct out *out)
{
    uint32_t above = a->tree.node[a->tree.idom[a->tree.place[node]]];
    analysis_node_name(a, node, 40, out);
    if (above != 0) {
        out_words(out, " in ");
        analysis_node_name(a, above, 40, out);
    }
}

static void put_objects(struct out *out, const struct analysis *a, const uint32_t *nodes, size_t len)
{
    out_words(out, "  retained   share       own  away  object\n");
    for (size_t i = 0; i < len; i++) {
        put_size(out, 10, analysis_retained(a, nodes[i]));
        put_share(out, analysis_retained(a, nodes[i]), a->retained[0]);
        put_size(out, 10, snapshot_size(&a->snapshot, nodes[i]));
        put_count(out, 6, a->living.distance[nodes[i]]);
        out_words(out, "  ");
        PUT_SAFE(out, COLUMNS - 37, put_object_name(a, nodes[i], &safe_));
        out_char(out, '\n');
    }
}

static int by_self(const void *a, const void *b)
{
    const struct class_row *x = a, *y = b;
    return x->own.size != y->own.size ? (x->own.size > y->own.size ? -1 : 1) : x->class < y->class ? -1 : 1;
}

static int by_count(const void *a, const void *b)
{
    const struct class_row *x = a, *y = b;
    return x->own.count != y->own.count ? (x->own.count > y->own.count ? -1 : 1) : x->class < y->class ? -1 : 1;
}

/* A copy of the rows in an order: new; NULL without memory. */
static struct class_row *rows_by(const struct analysis *a, enum class_order by)
{
    struct class_row *rows = malloc((a->rows.len + 1) * sizeof *rows);
    if (rows == NULL)
        return NULL;
    memcpy(rows, a->rows.data, a->rows.len * sizeof *rows);
    if (by != CLASSES_BY_RETAINED)
        qsort(rows, a->rows.len, sizeof *rows, by == CLASSES_BY_SELF ? by_self : by_count);
    return rows;
}

static void put_more(struct out *out, uint64_t all, uint64_t listed)
{
    if (listed >= all)
        return;
    out_words(out, "  and ");
    out_grouped(out, all - listed);
    out_words(out, " more: --top N lists N rows\n");
}

/* ---- parts ---- */

static void put_head(struct out *out, const struct analysis *a, const char *path)
{
    const struct snapshot *s = &a->snapshot;
    out_safe(out, path, strlen(path), COLUMNS);
    if (s->writer != NULL)
        out_format(out, ": by its layout, %s wrote it", s->writer);
    out_char(out, '\n');
    put_things(out, s->nodes, "node");
    out_words(out, ", ");
    put_things(out, s->edges, "edge");
    out_words(out, ", ");
    put_bytes(out, a->all.size);
    out_words(out, ": native nodes ");
    put_bytes(out, a->native.size);
    out_words(out, ", strings ");
    put_bytes(out, a->strings.size);
    out_char(out, '\n');
    if (a->unreachable.count > 0) {
        put_things(out, a->unreachable.count, "node");
        out_words(out, " cannot be reached, ");
        put_bytes(out, a->unreachable.size);
        out_char(out, '\n');
    }
    if (s->said_nodes != s->nodes || s->said_edges != s->edges)
        out_format(out, "The file says %" PRIu64 " nodes and %" PRIu64 " edges; its tables are right.\n", s->said_nodes,
                   s->said_edges);
}

int heap_print(const struct analysis *a, const struct heap_options *options, FILE *file)
{
    struct out out;
    struct node_list list = {{0}};
    struct class_row *rows = rows_by(a, options->by);
    size_t objects = options->top < 20 ? (size_t)options->top : (size_t)options->top / 2;
    int failed = rows == NULL || analysis_largest(a, NO_CLASS, objects, &list);
    out_to_file(&out, file);
    if (!failed) {
        put_head(&out, a, options->path);
        out_words(&out, "\n  retained   share       own      count  class\n");
        for (size_t i = 0; i < a->rows.len && i < options->top; i++)
            put_class(&out, a, &rows[i]);
        put_more(&out, a->rows.len, options->top);
        out_char(&out, '\n');
        put_objects(&out, a, list.nodes.data, list.nodes.len);
    }
    free(rows);
    vec_free(&list.nodes);
    return ended(&out, failed);
}

int heap_print_class(const struct analysis *a, uint32_t class, const struct heap_options *options, FILE *file)
{
    struct out out;
    struct node_list list = {{0}};
    int failed = analysis_largest(a, class, (size_t)options->top, &list);
    uint64_t all = 0;
    out_to_file(&out, file);
    for (size_t i = 0; i < a->rows.len; i++)
        all += a->rows.data[i].class == class ? a->rows.data[i].own.count : 0;
    if (!failed) {
        put_objects(&out, a, list.nodes.data, list.nodes.len);
        put_more(&out, all, list.nodes.len);
    }
    vec_free(&list.nodes);
    return ended(&out, failed);
}

static void put_indented(struct out *out, const struct analysis *a, uint32_t node)
{
    put_size(out, 10, analysis_retained(a, node));
    out_words(out, "  ");
    PUT_SAFE(out, COLUMNS - 12, analysis_node_name(a, node, NAME_MOST, &safe_));
    out_char(out, '\n');
}

/* The edges of a shortest way to a node, the last first. */
static int find_path(const struct analysis *a, uint32_t node, struct node_list *edges)
{
    for (uint32_t e = a->living.from[node]; e != NO_NODE; e = a->living.from[snapshot_owner(&a->snapshot, e)])
        if (vec_push(&edges->nodes, e))
            return -1;
    return 0;
}

static void put_step(const struct analysis *a, uint32_t edge, struct out *out)
{
    analysis_edge_name(a, edge, 60, out);
    out_words(out, " -> ");
    analysis_node_name(a, a->snapshot.to[edge], NAME_MOST, out);
}

static void put_path(struct out *out, const struct analysis *a, uint32_t node, const struct node_list *edges)
{
    out_words(out, "On a shortest way from the root:\n");
    for (size_t i = edges->nodes.len; i-- > 0;) {
        out_words(out, "  ");
        PUT_SAFE(out, COLUMNS - 2, put_step(a, edges->nodes.data[i], &safe_));
        out_char(out, '\n');
    }
    out_words(out, "\n  retained  it goes with each of these:\n");
    for (uint32_t p = a->tree.place[node]; p != 0; p = a->tree.idom[p])
        put_indented(out, a, a->tree.node[p]);
}

int heap_print_why(const struct analysis *a, uint32_t node, const struct heap_options *options, FILE *file)
{
    struct out out;
    struct node_list edges = {{0}};
    int failed = 0;
    (void)options;
    out_to_file(&out, file);
    PUT_SAFE(&out, COLUMNS, analysis_node_name(a, node, NAME_MOST, &safe_));
    out_words(&out, ": ");
    put_bytes(&out, snapshot_size(&a->snapshot, node));
    out_words(&out, " of its own, ");
    put_bytes(&out, analysis_retained(a, node));
    out_words(&out, " retained\n");
    if (a->tree.place[node] == NO_NODE) {
        out_words(&out, "Nothing keeps it alive: it cannot be reached.\n");
    } else {
        failed = find_path(a, node, &edges);
        put_path(&out, a, node, &edges);
    }
    vec_free(&edges.nodes);
    return ended(&out, failed);
}

int heap_print_duplicates(const struct analysis *a, const struct heap_options *options, FILE *file)
{
    struct out out;
    struct duplicate_list list = {.all = {0}};
    int failed = analysis_duplicates(a, (size_t)options->top, &list);
    out_to_file(&out, file);
    if (!failed) {
        put_things(&out, list.all.count, "string");
        out_words(&out, list.all.count == 1 ? " repeats another, " : " repeat another, ");
        put_bytes(&out, list.all.size);
        out_words(&out, "\n\n      size     count  text\n");
        for (size_t i = 0; i < list.rows.len; i++) {
            put_size(&out, 10, list.rows.data[i].own.size);
            put_count(&out, 10, list.rows.data[i].own.count);
            out_words(&out, "  ");
            PUT_SAFE(&out, COLUMNS - 22, analysis_node_name(a, list.rows.data[i].node, NAME_MOST, &safe_));
            out_char(&out, '\n');
        }
    }
    vec_free(&list.rows);
    return ended(&out, failed);
}

/* ---- two snapshots ---- */

static void put_change(struct out *out, const struct changes *c, const struct change_row *row)
{
    put_size(out, 10, row->fresh.size);
    put_count(out, 10, row->fresh.count);
    put_size(out, 10, row->gone.size);
    put_count(out, 10, row->gone.count);
    out_words(out, "  ");
    PUT_SAFE(out, COLUMNS - 42,
             analysis_class_name(row->only_before ? c->before : c->after, row->class, NAME_MOST, &safe_));
    out_char(out, '\n');
}

int heap_print_changes(const struct changes *c, const struct heap_options *options, FILE *file)
{
    struct out out;
    size_t objects = options->top < 20 ? (size_t)options->top : (size_t)options->top / 2;
    out_to_file(&out, file);
    out_words(&out, "new ");
    put_things(&out, c->fresh.count, "node");
    out_words(&out, ", ");
    put_bytes(&out, c->fresh.size);
    out_words(&out, "; gone ");
    put_things(&out, c->gone.count, "node");
    out_words(&out, ", ");
    put_bytes(&out, c->gone.size);
    out_words(&out, "\n\n       new     count      gone     count  class\n");
    for (size_t i = 0; i < c->rows.len && i < options->top; i++)
        put_change(&out, c, &c->rows.data[i]);
    put_more(&out, c->rows.len, options->top);
    objects = objects < c->holders.nodes.len ? objects : c->holders.nodes.len;
    if (objects > 0) {
        out_words(&out, "\nNew, and held by what was there before:\n");
        put_objects(&out, c->after, c->holders.nodes.data, objects);
        put_more(&out, c->holders.nodes.len, objects);
    }
    return ended(&out, 0);
}

/* ---- JSON ---- */

struct told {
    const struct analysis *a;
    const struct heap_options *options;
};

static void tell_written(struct sink *sink, const char *key, struct out *out)
{
    sink->failed |= out->failed;
    sink->ops->value(sink, key, &(struct sink_value){.type = SINK_STRING, .text = out->data, .len = out->len});
    out_drop(out);
}

static void tell_sums(struct sink *sink, const char *key, const struct sums *sums)
{
    if (!sink_open(sink, key, SINK_LINE_OBJECT))
        return;
    sink_number(sink, "count", sums->count);
    sink_number(sink, "self_size", sums->size);
    sink_close(sink);
}

static void tell_class(struct sink *sink, const struct analysis *a, uint32_t class)
{
    struct out out;
    out_to_memory(&out);
    analysis_class_name(a, class, SIZE_MAX, &out);
    tell_written(sink, "class", &out);
}

static void tell_node(struct sink *sink, const struct analysis *a, uint32_t node)
{
    const struct snapshot *s = &a->snapshot;
    struct out out;
    if (!sink_open(sink, NULL, SINK_LINE_OBJECT))
        return;
    sink_number(sink, "id", snapshot_id(s, node));
    sink_string(sink, "type", node_type_word((enum node_type)s->type[node]));
    out_to_memory(&out);
    snapshot_text(s, s->name[node], SIZE_MAX, &out);
    tell_written(sink, "name", &out);
    sink_number(sink, "self_size", snapshot_size(s, node));
    sink_number(sink, "retained_size", analysis_retained(a, node));
    sink_number(sink, "distance", a->living.distance[node]);
    sink_number(sink, "dominator", snapshot_id(s, a->tree.node[a->tree.idom[a->tree.place[node]]]));
    sink_close(sink);
}

static void tell_classes(struct sink *sink, const struct told *told)
{
    const struct analysis *a = told->a;
    struct class_row *rows = rows_by(a, told->options->by);
    sink->failed |= rows == NULL;
    if (!sink_open(sink, "classes", SINK_ARRAY)) {
        free(rows);
        return;
    }
    for (size_t i = 0; i < a->rows.len && !sink->failed; i++) {
        if (!sink_open(sink, NULL, SINK_LINE_OBJECT))
            break;
        tell_class(sink, a, rows[i].class);
        sink_number(sink, "count", rows[i].own.count);
        sink_number(sink, "self_size", rows[i].own.size);
        sink_number(sink, "retained_size", rows[i].retained);
        sink_close(sink);
    }
    sink_close(sink);
    free(rows);
}

static void tell_objects(struct sink *sink, const struct told *told)
{
    struct node_list list = {{0}};
    sink->failed |= analysis_largest(told->a, NO_CLASS, (size_t)told->options->top, &list) != 0;
    if (sink_open(sink, "objects", SINK_ARRAY)) {
        for (size_t i = 0; i < list.nodes.len && !sink->failed; i++)
            tell_node(sink, told->a, list.nodes.data[i]);
        sink_close(sink);
    }
    vec_free(&list.nodes);
}

static void tell_duplicates(struct sink *sink, const struct told *told)
{
    struct duplicate_list list = {.all = {0}};
    sink->failed |= analysis_duplicates(told->a, (size_t)told->options->top, &list) != 0;
    tell_sums(sink, "duplicate_strings", &list.all);
    if (sink_open(sink, "duplicates", SINK_ARRAY)) {
        for (size_t i = 0; i < list.rows.len && !sink->failed; i++) {
            const struct snapshot *s = &told->a->snapshot;
            struct out out;
            if (!sink_open(sink, NULL, SINK_LINE_OBJECT))
                break;
            out_to_memory(&out);
            snapshot_text(s, s->name[list.rows.data[i].node], SIZE_MAX, &out);
            tell_written(sink, "text", &out);
            sink_number(sink, "count", list.rows.data[i].own.count);
            sink_number(sink, "self_size", list.rows.data[i].own.size);
            sink_close(sink);
        }
        sink_close(sink);
    }
    vec_free(&list.rows);
}

static void tell_all(const void *self, struct sink *sink)
{
    const struct told *told = self;
    const struct analysis *a = told->a;
    if (!sink_open(sink, NULL, SINK_OBJECT))
        return;
    sink_number(sink, "schema", 1);
    sink_string(sink, "file", told->options->path);
    sink_string(sink, "writer", a->snapshot.writer);
    sink_number(sink, "edges", a->snapshot.edges);
    tell_sums(sink, "nodes", &a->all);
    tell_sums(sink, "unreachable", &a->unreachable);
    tell_sums(sink, "native", &a->native);
    tell_sums(sink, "strings", &a->strings);
    tell_classes(sink, told);
    tell_objects(sink, told);
    tell_duplicates(sink, told);
    sink_close(sink);
}

int heap_write_json(const struct analysis *a, const struct heap_options *options, FILE *out)
{
    return sink_write_text(tell_all, &(struct told){a, options}, out);
}
