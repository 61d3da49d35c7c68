/*
 * heap_graph.c - the edges of a simulated heap, in two passes over its slots: the first counts, the second fills in.
 * Only if there are entries of weak collections, a walk first finds which collections are kept.
 */
#include "graph/heap_graph.h"

#include "heap/figures.h"
#include "heap/objects.h"
#include "heap/retainers.h"

#include <stdlib.h>

struct builder {
    const struct heap *heap;
    const struct path_tree *kept; /* NULL: no object has entries */
    uint64_t edges;
    struct graph *graph; /* NULL: only edges are counted, in first[node + 1] */
    uint32_t *first;     /* while filling, where the next edge of each node goes */
};

static inline void add(struct builder *b, uint32_t from, uint32_t object)
{
    if (b->graph != NULL)
        b->graph->to[b->first[from]++] = object + 1;
    else
        b->first[from + 1]++;
    b->edges++;
}

static void add_entries(struct builder *b, uint32_t collection)
{
    uint32_t count;
    const struct entry *entries = object_entries(b->heap, collection, &count);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t key = entry_key(&entries[i]), value = entry_value(&entries[i]);
        if (key != NONE && value != NONE)
            add(b, key + 1, value);
    }
}

static void add_slots(struct builder *b, uint32_t object)
{
    const struct object *o = &b->heap->objects.data[object];
    const struct slot *slots = slots_array(b->heap, o);
    for (uint32_t i = 0; i < o->nslots; i++)
        if (!(slots[i].key & SLOT_WEAK) && slots[i].target != NONE)
            add(b, object + 1, slots[i].target);
}

static void add_all(struct builder *b)
{
    const struct heap *h = b->heap;
    const uint32_t ahead = 16, objects = (uint32_t)h->objects.len;
    for (size_t i = 0; i < h->handles.len; i++)
        if (h->handles.data[i].object != NONE)
            add(b, 0, h->handles.data[i].object);
    for (uint32_t i = 0; i < objects; i++) {
        if (i + ahead < objects)
            prefetch_slots(h, &h->objects.data[i + ahead]);
        if (h->objects.data[i].bits & OBJECT_FREE)
            continue;
        add_slots(b, i);
        if (b->kept != NULL && object_ephemeron_table(&h->objects.data[i]) && path_tree_reaches(b->kept, i))
            add_entries(b, i);
    }
}

/* Counts the edges, and makes room for them. 0, or -1. */
static int count_edges(struct builder *b, struct graph *graph)
{
    uint32_t nodes = (uint32_t)b->heap->objects.len + 1;
    b->first = calloc((size_t)nodes + 1, sizeof *b->first);
    if (b->first == NULL)
        return -1;
    add_all(b);
    if (b->edges > UINT32_MAX || graph_init(graph, nodes, (uint32_t)b->edges))
        return -1;
    for (uint32_t i = 0; i < nodes; i++)
        b->first[i + 1] += b->first[i];
    memcpy(graph->first, b->first, ((size_t)nodes + 1) * sizeof *b->first);
    return 0;
}

static bool has_entries(const struct heap *h)
{
    for (size_t i = 0; i < h->extras.len; i++)
        if (h->extras.data[i].entries != NONE)
            return true;
    return false;
}

int heap_graph_make(const struct heap *h, struct graph *graph)
{
    struct path_tree kept = {0};
    struct builder b = {.heap = h, .kept = has_entries(h) ? &kept : NULL};
    int failed = (b.kept != NULL && path_tree_make(h, false, &kept)) || count_edges(&b, graph);
    if (!failed) {
        b.graph = graph;
        add_all(&b);
    }
    path_tree_free(&kept);
    free(b.first);
    return failed ? -1 : 0;
}

int heap_retained_sum(struct heap_retained *r, const struct heap *h)
{
    const uint32_t ahead = 16, places = r->tree.places;
    const uint32_t *node = r->tree.node;
    r->bytes = graph_table(places, sizeof *r->bytes);
    r->external = h->external > 0 ? graph_table(places, sizeof *r->external) : NULL;
    if (r->bytes == NULL || (h->external > 0 && r->external == NULL))
        return -1;
    r->bytes[0] = 0;
    for (uint32_t p = 1; p < places; p++) {
        if (p + ahead < places)
            prefetch_read(&h->objects.data[node[p + ahead] - 1]);
        r->bytes[p] = object_bytes(&h->objects.data[node[p] - 1]);
    }
    dominators_retain(&r->tree, r->bytes);
    if (r->external == NULL)
        return 0;
    r->external[0] = 0;
    for (uint32_t p = 1; p < places; p++)
        r->external[p] = object_external(h, node[p] - 1);
    dominators_retain(&r->tree, r->external);
    return 0;
}

int heap_retained_make(struct heap_retained *r, const struct heap *h)
{
    struct graph graph;
    *r = (struct heap_retained){0};
    return heap_graph_make(h, &graph) || dominators_make(&r->tree, &graph) || heap_retained_sum(r, h) ? -1 : 0;
}

void heap_retained_free(struct heap_retained *r)
{
    dominators_free(&r->tree);
    free(r->bytes);
    free(r->external);
    *r = (struct heap_retained){0};
}
