/* analysis.c - adds up classes, finds the largest objects, and names things. */
#include "snapshot/analysis.h"

#include "graph/groups.h"
#include "snapshot/jscan.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- names ---- */

void snapshot_text(const struct snapshot *s, uint32_t string, size_t most, struct out *out)
{
    char text[3 * 1024];
    size_t len;
    const char *raw = snapshot_raw(s, string, &len);
    most = most < 1024 ? most : 1024;
    if (len > most) {
        len = most;
        while (len > 0 && ((unsigned char)raw[len] & 0xC0) == 0x80) /* not within a character */
            len--;
    }
    out_text(out, text, jscan_decode(raw, len, text));
}

uint32_t analysis_classes(const struct analysis *a)
{
    return a->snapshot.string_count + NODE_TYPE_COUNT;
}

uint32_t analysis_class(const struct analysis *a, uint32_t node)
{
    enum node_type type = (enum node_type)a->snapshot.type[node];
    return type == NODE_OBJECT || type == NODE_NATIVE ? a->snapshot.name[node] : a->snapshot.string_count + type;
}

void analysis_class_name(const struct analysis *a, uint32_t class, size_t most, struct out *out)
{
    if (class < a->snapshot.string_count) {
        snapshot_text(&a->snapshot, class, most, out);
        return;
    }
    switch ((enum node_type)(class - a->snapshot.string_count)) {
    case NODE_HIDDEN: out_words(out, "(system)"); break;
    case NODE_CODE: out_words(out, "(compiled code)"); break;
    case NODE_CLOSURE: out_words(out, "Function"); break;
    case NODE_REGEXP: out_words(out, "RegExp"); break;
    default: out_format(out, "(%s)", node_type_word((enum node_type)(class - a->snapshot.string_count)));
    }
}

uint32_t analysis_find_class(const struct analysis *a, const char *name)
{
    for (size_t i = 0; i < a->rows.len; i++) {
        struct out out;
        out_to_memory(&out);
        analysis_class_name(a, a->rows.data[i].class, SIZE_MAX, &out);
        bool same = out.len == strlen(name) && memcmp(out.data, name, out.len) == 0;
        out_drop(&out);
        if (same)
            return a->rows.data[i].class;
    }
    return NO_CLASS;
}

static bool is_text(enum node_type type)
{
    return type == NODE_STRING || type == NODE_CONS_STRING || type == NODE_SLICED_STRING;
}

void analysis_node_name(const struct analysis *a, uint32_t node, size_t most, struct out *out)
{
    const struct snapshot *s = &a->snapshot;
    enum node_type type = (enum node_type)s->type[node];
    size_t len;
    snapshot_raw(s, s->name[node], &len);
    if (is_text(type))
        out_char(out, '"');
    else if (len == 0)
        analysis_class_name(a, analysis_class(a, node), most, out);
    snapshot_text(s, s->name[node], most, out);
    if (is_text(type))
        out_char(out, '"');
    if (type == NODE_CLOSURE)
        out_words(out, "()");
    out_format(out, " @%" PRIu64, snapshot_id(s, node));
}

void analysis_edge_name(const struct analysis *a, uint32_t edge, size_t most, struct out *out)
{
    const struct snapshot *s = &a->snapshot;
    enum edge_type type = (enum edge_type)s->edge_type[edge];
    if (edge_numbered(type)) {
        out_format(out, "[%" PRIu32 "]", s->edge_name[edge]);
        return;
    }
    const struct living_entry *entry = living_entry_of(&a->living, edge);
    if (entry != NULL && entry->table != NO_NODE) {
        out_format(out, ".(as a key of the WeakMap with table @%" PRIu64 ")", snapshot_id(s, entry->table));
        return;
    }
    out_words(out, type == EDGE_INTERNAL ? ".(" : ".");
    snapshot_text(s, s->edge_name[edge], most, out);
    if (type == EDGE_INTERNAL)
        out_char(out, ')');
}

uint32_t snapshot_find(const struct snapshot *s, uint64_t id)
{
    for (uint32_t node = 0; node < s->nodes; node++)
        if (snapshot_id(s, node) == id)
            return node;
    return NO_NODE;
}

/* ---- sums ---- */

static int find_retained(struct analysis *a)
{
    const struct snapshot *s = &a->snapshot;
    struct graph graph;
    if (living_graph(&a->living, s, &graph) || dominators_make(&a->tree, &graph))
        return -1;
    a->retained = graph_table(a->tree.places, sizeof *a->retained);
    if (a->retained == NULL)
        return -1;
    for (uint32_t p = 0; p < a->tree.places; p++)
        a->retained[p] = snapshot_size(s, a->tree.node[p]);
    dominators_retain(&a->tree, a->retained);
    return 0;
}

static void add(struct sums *sums, uint64_t size)
{
    sums->count++;
    sums->size += size;
}

static void add_all(struct analysis *a)
{
    const struct snapshot *s = &a->snapshot;
    for (uint32_t node = 0; node < s->nodes; node++) {
        enum node_type type = (enum node_type)s->type[node];
        add(&a->all, snapshot_size(s, node));
        if (a->tree.place[node] == NO_NODE)
            add(&a->unreachable, snapshot_size(s, node));
        if (type == NODE_NATIVE)
            add(&a->native, snapshot_size(s, node));
        if (is_text(type))
            add(&a->strings, snapshot_size(s, node));
    }
}

static int by_retained(const void *a, const void *b)
{
    const struct class_row *x = a, *y = b;
    if (x->retained != y->retained)
        return x->retained > y->retained ? -1 : 1;
    if (x->own.size != y->own.size)
        return x->own.size > y->own.size ? -1 : 1;
    return x->class < y->class ? -1 : x->class > y->class;
}

static int add_classes(struct analysis *a)
{
    uint32_t places = a->tree.places, classes = analysis_classes(a), n = 0;
    uint32_t *class = graph_table(places, sizeof *class);
    bool *top = graph_table(places, sizeof *top);
    int failed = class == NULL || top == NULL || vec_reserve(&a->rows, classes);
    for (uint32_t p = 0; !failed && p < places; p++)
        class[p] = analysis_class(a, a->tree.node[p]);
    failed = failed || groups_topmost(&a->tree, class, classes, top);
    if (!failed) {
        for (uint32_t i = 0; i < classes; i++)
            a->rows.data[i] = (struct class_row){.class = i};
        for (uint32_t p = 0; p < places; p++) {
            struct class_row *row = &a->rows.data[class[p]];
            add(&row->own, snapshot_size(&a->snapshot, a->tree.node[p]));
            row->retained += top[p] ? a->retained[p] : 0;
        }
        for (uint32_t i = 0; i < classes; i++)
            if (a->rows.data[i].own.count > 0)
                a->rows.data[n++] = a->rows.data[i];
        a->rows.len = n;
        qsort(a->rows.data, n, sizeof *a->rows.data, by_retained);
    }
    free(class);
    free(top);
    return failed ? -1 : 0;
}

int analysis_open(struct analysis *a, const char *path, const char *directory, struct error *error)
{
    *a = (struct analysis){0};
    if (snapshot_open(&a->snapshot, path, directory, error))
        return -1;
    if (living_make(&a->living, &a->snapshot) || find_retained(a) || living_walk(&a->living, &a->snapshot) ||
        add_classes(a))
        return error_memory(error);
    add_all(a);
    return 0;
}

void analysis_close(struct analysis *a)
{
    snapshot_close(&a->snapshot);
    living_free(&a->living);
    dominators_free(&a->tree);
    free(a->retained);
    vec_free(&a->rows);
    *a = (struct analysis){0};
}

/* ---- the largest ---- */

struct ranked {
    uint64_t retained;
    uint32_t place;
};

static int by_rank(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    if (x->retained != y->retained)
        return x->retained > y->retained ? -1 : 1;
    return x->place < y->place ? -1 : 1;
}

/* Twice as many as wanted are collected, then sorted, and the smaller half thrown away. */
static void sort_out(struct ranked *ranks, size_t *len, size_t top)
{
    qsort(ranks, *len, sizeof *ranks, by_rank);
    *len = *len < top ? *len : top;
}

int analysis_largest(const struct analysis *a, uint32_t class, size_t top, struct node_list *list)
{
    size_t len = 0, places = a->tree.places;
    top = top < places ? top : places;
    struct ranked *ranks = calloc(2 * top + 1, sizeof *ranks);
    list->nodes.len = 0;
    if (ranks == NULL || vec_reserve(&list->nodes, top)) {
        free(ranks);
        return -1;
    }
    uint64_t least = 0; /* with less, a place is not among the first */
    for (uint32_t p = 1; p < places && top > 0; p++) {
        uint32_t node = a->tree.node[p];
        if (a->retained[p] < least ||
            (class == NO_CLASS ? a->snapshot.type[node] == NODE_SYNTHETIC : analysis_class(a, node) != class))
            continue;
        ranks[len++] = (struct ranked){a->retained[p], p};
        if (len == 2 * top) {
            sort_out(ranks, &len, top);
            least = ranks[top - 1].retained;
        }
    }
    sort_out(ranks, &len, top);
    for (size_t i = 0; i < len; i++)
        list->nodes.data[list->nodes.len++] = a->tree.node[ranks[i].place];
    free(ranks);
    return 0;
}

/* ---- strings that repeat each other ---- */

static int by_waste(const void *a, const void *b)
{
    const struct duplicate *x = a, *y = b;
    uint64_t one = x->own.size - x->own.size / x->own.count, other = y->own.size - y->own.size / y->own.count;
    if (one != other)
        return one > other ? -1 : 1;
    return x->node < y->node ? -1 : x->node > y->node;
}

/* Writers keep each text once in the table of strings: equal texts have equal numbers. */
int analysis_duplicates(const struct analysis *a, size_t top, struct duplicate_list *list)
{
    const struct snapshot *s = &a->snapshot;
    size_t n = 0;
    list->rows.len = 0;
    if (vec_reserve(&list->rows, s->string_count + (size_t)1))
        return -1;
    struct duplicate *rows = list->rows.data;
    memset(rows, 0, s->string_count * sizeof *rows);
    for (uint32_t node = 0; node < s->nodes; node++) {
        struct duplicate *row = &rows[s->name[node]];
        if (s->type[node] != NODE_STRING)
            continue;
        row->node = row->own.count == 0 ? node : row->node;
        if (row->own.count > 0 && snapshot_size(s, node) != snapshot_size(s, row->node))
            continue; /* the writer has cut the text, and what it does not show differs */
        add(&row->own, snapshot_size(s, node));
    }
    for (uint32_t i = 0; i < s->string_count; i++) {
        if (rows[i].own.count < 2)
            continue;
        list->all.count += rows[i].own.count - 1;
        list->all.size += rows[i].own.size - rows[i].own.size / rows[i].own.count;
        rows[n++] = rows[i];
    }
    qsort(rows, n, sizeof *rows, by_waste);
    list->rows.len = n < top ? n : top;
    return 0;
}
