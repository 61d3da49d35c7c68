/*
 * heap_graph.c - the edges of a simulated heap. Each object has room for as many as it has slots, so that slots, which
 * lie all over memory, are read once; entries of weak collections, which belong to their keys, are counted first. Only
 * if there are any, a walk first finds which collections are kept.
 */
#include "graph/heap_graph.h"

#include "heap/figures.h"
#include "heap/objects.h"
#include "heap/retainers.h"

#include <stdlib.h>

/* Calls visit for each entry with a key and a value in a collection that is kept. */
static void each_entry(const struct heap *h, const struct path_tree *kept, struct graph *g,
                       void (*visit)(struct graph *g, uint32_t key, uint32_t value))
{
    for (uint32_t i = 0; i < h->objects.len; i++) {
        uint32_t count;
        if (!object_ephemeron_table(&h->objects.data[i]) || !path_tree_reaches(kept, i))
            continue;
        const struct entry *entries = object_entries(h, i, &count);
        for (uint32_t k = 0; k < count; k++) {
            uint32_t key = entry_key(&entries[k]), value = entry_value(&entries[k]);
            if (key != NONE && value != NONE)
                visit(g, key + 1, value + 1);
        }
    }
}

static void count_entry(struct graph *g, uint32_t key, uint32_t value)
{
    (void)value;
    g->first[key + 1]++;
}

/* A key's entries come first; meanwhile first[key] is where the next one goes. */
static void add_entry(struct graph *g, uint32_t key, uint32_t value)
{
    g->to[g->first[key]++] = value;
}

static void take_back(struct graph *g, uint32_t key, uint32_t value)
{
    (void)value;
    g->first[key]--;
}

static bool has_entries(const struct heap *h)
{
    for (size_t i = 0; i < h->extras.len; i++)
        if (h->extras.data[i].entries != NONE)
            return true;
    return false;
}

/* Counts the places of each node in first[node + 1], and sums them up. Returns how many there are. */
static uint64_t count_edges(const struct heap *h, const struct path_tree *kept, struct graph *g)
{
    uint64_t sum = 0;
    g->first[0] = 0;
    g->first[1] = (uint32_t)h->handles.len;
    for (size_t i = 0; i < h->objects.len; i++)
        g->first[i + 2] = h->objects.data[i].nslots;
    if (kept != NULL)
        each_entry(h, kept, g, count_entry);
    for (uint32_t node = 0; node < g->nodes; node++) {
        sum += g->first[node + 1];
        g->first[node + 1] = (uint32_t)sum;
    }
    return sum;
}

static void fill_slots(const struct heap *h, struct graph *g)
{
    const uint32_t ahead = 16, objects = (uint32_t)h->objects.len;
    for (size_t i = 0; i < h->handles.len; i++)
        g->to[i] = h->handles.data[i].object == NONE ? NO_NODE : h->handles.data[i].object + 1;
    for (uint32_t i = 0; i < objects; i++) {
        if (i + ahead < objects)
            prefetch_slots(h, &h->objects.data[i + ahead]);
        const struct object *o = &h->objects.data[i];
        const struct slot *slots = slots_array(h, o);
        uint32_t *to = &g->to[g->first[i + 1]];
        for (uint32_t k = 0; k < o->nslots; k++)
            to[k] = slots[k].key & SLOT_WEAK || slots[k].target == NONE ? NO_NODE : slots[k].target + 1;
    }
}

static int fill(const struct heap *h, const struct path_tree *kept, struct graph *g)
{
    uint64_t edges = count_edges(h, kept, g);
    if (edges > UINT32_MAX)
        return -1;
    g->edges = (uint32_t)edges;
    g->to = graph_table(edges, sizeof *g->to);
    if (g->to == NULL)
        return -1;
    if (kept != NULL)
        each_entry(h, kept, g, add_entry);
    fill_slots(h, g);
    if (kept != NULL)
        each_entry(h, kept, g, take_back);
    return 0;
}

int heap_graph_make(const struct heap *h, struct graph *g)
{
    struct path_tree kept = {0};
    bool entries = has_entries(h);
    *g = (struct graph){.nodes = (uint32_t)h->objects.len + 1};
    g->first = graph_table((uint64_t)g->nodes + 1, sizeof *g->first);
    int failed = g->first == NULL || (entries && path_tree_make(h, false, &kept)) || fill(h, entries ? &kept : NULL, g);
    path_tree_free(&kept);
    if (failed)
        graph_free(g);
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
