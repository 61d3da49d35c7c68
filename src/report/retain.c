/* retain.c - adds up what objects, and groups of them, retain. */
#include "report/retain.h"

#include "graph/groups.h"
#include "heap/objects.h"
#include "heap/retainers.h"

#include <stdlib.h>

/* ---- sizes ---- */

static struct retain_sizes own_sizes(const struct heap *h, uint32_t object)
{
    uint64_t external = h->external > 0 ? object_external(h, object) : 0;
    return (struct retain_sizes){1, object_bytes(&h->objects.data[object]) + external, external};
}

static struct retain_sizes retained_sizes(const struct retain_table *t, uint32_t place)
{
    uint64_t external = t->retained.external == NULL ? 0 : t->retained.external[place];
    return (struct retain_sizes){t->counts[place], t->retained.bytes[place] + external, external};
}

static void add_sizes(struct retain_sizes *sum, struct retain_sizes more)
{
    sum->count += more.count;
    sum->self += more.self;
    sum->external += more.external;
}

static int count_objects(struct retain_table *t)
{
    const struct dominators *tree = &t->retained.tree;
    t->counts = graph_table(tree->places, sizeof *t->counts);
    if (t->counts == NULL)
        return -1;
    t->counts[0] = 0;
    for (uint32_t p = 1; p < tree->places; p++)
        t->counts[p] = 1;
    dominators_retain(tree, t->counts);
    t->kept = retained_sizes(t, 0);
    for (size_t i = 0; i < t->ids.list.objects.len; i++)
        if (heap_retained_place(&t->retained, t->ids.list.objects.data[i]) == NO_NODE)
            add_sizes(&t->unreachable, own_sizes(t->heap, t->ids.list.objects.data[i]));
    return 0;
}

/* ---- groups ---- */

/* The group of each place. 0, or -1 without memory. */
static int find_groups(struct retain_table *t, uint32_t *group)
{
    group[0] = NO_GROUP;
    for (uint32_t p = 1; p < t->retained.tree.places; p++) {
        group[p] = heap_group_of(&t->groups, t->heap, heap_retained_object(&t->retained, p));
        if (group[p] == HEAP_GROUP_NONE)
            return -1;
    }
    return 0;
}

static void add_members(struct retain_table *t, const uint32_t *group, const bool *top)
{
    for (uint32_t p = 1; p < t->retained.tree.places; p++) {
        uint32_t object = heap_retained_object(&t->retained, p);
        struct retain_row *row = &t->rows.data[group[p]];
        add_sizes(&row->own, own_sizes(t->heap, object));
        if (top[p])
            add_sizes(&row->retained, retained_sizes(t, p));
        row->first = t->ids.ids[object] < row->first ? t->ids.ids[object] : row->first;
    }
}

static int add_groups(struct retain_table *t)
{
    uint32_t places = t->retained.tree.places, groups = 0, n = 0;
    uint32_t *group = graph_table(places, sizeof *group);
    bool *top = graph_table(places, sizeof *top);
    int failed = group == NULL || top == NULL || find_groups(t, group);
    groups = failed ? 0 : heap_group_count(&t->groups);
    failed = failed || groups_topmost(&t->retained.tree, group, groups, top) || vec_reserve(&t->rows, groups);
    if (!failed) {
        for (uint32_t g = 0; g < groups; g++)
            t->rows.data[g] = (struct retain_row){.which = g, .first = UINT32_MAX};
        add_members(t, group, top);
        for (uint32_t g = 0; g < groups; g++)
            if (t->rows.data[g].own.count > 0)
                t->rows.data[n++] = t->rows.data[g];
        t->rows.len = n;
    }
    free(group);
    free(top);
    return failed ? -1 : 0;
}

/* ---- objects ---- */

static int add_objects(struct retain_table *t)
{
    const struct dominators *tree = &t->retained.tree;
    if (vec_reserve(&t->rows, tree->places))
        return -1;
    for (uint32_t p = 1; p < tree->places; p++) {
        uint32_t object = heap_retained_object(&t->retained, p);
        t->rows.data[t->rows.len++] = (struct retain_row){
            .which = object,
            .first = t->ids.ids[object],
            .own = own_sizes(t->heap, object),
            .retained = retained_sizes(t, p),
        };
    }
    return 0;
}

/* The farther one of a collection and its key, for the value of the entry; else the holder. */
static uint32_t distance_before(const struct retain_table *t, const struct path_edge *edge)
{
    uint32_t count;
    if (edge->link == PATH_ROOT)
        return 0;
    uint32_t distance = t->distance[edge->from];
    if (edge->link == PATH_ENTRY) {
        uint32_t key = entry_key(&object_entries(t->heap, edge->from, &count)[edge->place]);
        distance = t->distance[key] > distance ? t->distance[key] : distance;
    }
    return distance;
}

static int find_distances(struct retain_table *t)
{
    struct path_tree paths;
    int failed = path_tree_make(t->heap, true, &paths);
    t->distance = graph_table(t->heap->objects.len, sizeof *t->distance);
    failed |= t->distance == NULL;
    for (size_t i = 0; !failed && i < paths.order.len; i++) {
        uint32_t object = paths.order.data[i];
        t->distance[object] = distance_before(t, &paths.edges.data[object]) + 1;
    }
    path_tree_free(&paths);
    return failed;
}

/* ---- the table ---- */

static int by_size(const void *a, const void *b)
{
    const struct retain_row *x = a, *y = b;
    if (x->retained.self != y->retained.self)
        return x->retained.self > y->retained.self ? -1 : 1;
    if (x->own.self != y->own.self)
        return x->own.self > y->own.self ? -1 : 1;
    return x->first < y->first ? -1 : x->first > y->first;
}

/*
 * Moves the `top` rows that come first to the front, in no order: as quicksort does, but only on the side that the
 * border lies in. Linear on average; the pivot is the middle row, which no order of a heap makes a bad choice.
 */
static void select_rows(struct retain_row *rows, size_t len, size_t top)
{
    size_t low = 0, high = len;
    while (high - low > 1 && top > low && top < high) {
        struct retain_row pivot = rows[low + (high - low - 1) / 2]; /* never the last: both sides get rows */
        size_t i = low, k = high - 1;
        for (;;) {
            while (by_size(&rows[i], &pivot) < 0)
                i++;
            while (by_size(&rows[k], &pivot) > 0)
                k--;
            if (i >= k)
                break;
            struct retain_row row = rows[i];
            rows[i++] = rows[k];
            rows[k--] = row;
        }
        if (top <= k + 1)
            high = k + 1;
        else
            low = k + 1;
    }
}

int retain_make(struct retain_table *t, const struct heap *h, enum heap_by by, uint64_t top)
{
    *t = (struct retain_table){.heap = h, .by = by};
    heap_groups_init(&t->groups, by);
    if (heap_retained_make(&t->retained, h) || heap_ids_make(&t->ids, h) || count_objects(t))
        return -1;
    if (by == HEAP_BY_OBJECT ? add_objects(t) || find_distances(t) : add_groups(t))
        return -1;
    t->all_rows = t->rows.len;
    if (top > 0 && top < t->rows.len) {
        select_rows(t->rows.data, t->rows.len, (size_t)top);
        t->rows.len = (size_t)top;
    }
    if (t->rows.len > 0)
        qsort(t->rows.data, t->rows.len, sizeof *t->rows.data, by_size);
    return 0;
}

void retain_free(struct retain_table *t)
{
    heap_retained_free(&t->retained);
    heap_ids_free(&t->ids);
    vec_free(&t->rows);
    heap_groups_free(&t->groups);
    free(t->counts);
    free(t->distance);
    *t = (struct retain_table){0};
}

const char *retain_label(const struct retain_table *t, const struct retain_row *row, char buffer[NAME_DIGITS],
                         size_t *len)
{
    if (t->by != HEAP_BY_OBJECT)
        return heap_group_label(&t->groups, row->which, len);
    uint32_t name = t->heap->objects.data[row->which].name;
    return name == NAME_NONE ? NULL : names_text(t->heap->names, name, buffer, len);
}

uint32_t retain_dominator(const struct retain_table *t, uint32_t object)
{
    uint32_t above = t->retained.tree.idom[heap_retained_place(&t->retained, object)];
    return above == 0 ? NONE : heap_retained_object(&t->retained, above);
}
