/* diff.c - two moments of a heap, matched by the records of its objects. */
#include "report/diff.h"

#include "heap/objects.h"
#include "heap/retainers.h"

#include <stdlib.h>

static struct retain_sizes sizes_of(const struct heap *h, uint32_t object)
{
    uint64_t external = h->external > 0 ? object_external(h, object) : 0;
    return (struct retain_sizes){1, object_bytes(&h->objects.data[object]) + external, external};
}

static void add(struct retain_sizes *sum, const struct retain_sizes *more)
{
    sum->count += more->count;
    sum->self += more->self;
    sum->external += more->external;
}

/* ---- the first moment ---- */

static int note_heap(struct diff *d, struct diff_heap *noted, const struct heap *h)
{
    struct path_tree kept;
    size_t n = h->objects.len;
    noted->seen = true;
    noted->event = h->event;
    int failed =
        path_tree_make(h, false, &kept) || vec_reserve(&noted->group, n + 1) || vec_reserve(&noted->sizes, n + 1);
    for (uint32_t i = 0; !failed && i < n; i++) {
        bool there = path_tree_reaches(&kept, i);
        uint32_t group = there ? heap_group_of(&d->groups, h, i) : HEAP_GROUP_NONE;
        failed = there && group == HEAP_GROUP_NONE;
        noted->group.data[noted->group.len++] = group;
        noted->sizes.data[noted->sizes.len++] = there ? sizes_of(h, i) : (struct retain_sizes){0, 0, 0};
    }
    path_tree_free(&kept);
    return failed ? -1 : 0;
}

/* A record that was noted has got another object. */
static void hear(void *self, const struct heap *h, const struct happening *happening)
{
    struct diff *d = self;
    if (h->worker.index >= d->heaps.len)
        return;
    struct diff_heap *noted = &d->heaps.data[h->worker.index];
    if (happening->object >= noted->group.len)
        return;
    while (noted->replaced.len <= happening->object) {
        if (vec_push(&noted->replaced, 0)) {
            d->failed = true;
            return;
        }
    }
    noted->replaced.data[happening->object] = 1;
}

int diff_begin(struct diff *d, struct run *run, enum heap_by by)
{
    *d = (struct diff){.listener = {.mask = UINT64_C(1) << HAPPENING_ALLOC, .hear = hear}};
    d->listener.self = d;
    heap_groups_init(&d->groups, by);
    for (size_t i = 0; i < run_workers(run); i++) {
        const struct worker *it = run_worker(run, i);
        if (vec_push(&d->heaps, ((struct diff_heap){.seen = false})))
            return -1;
        if (it->ready && note_heap(d, &d->heaps.data[i], &it->heap))
            return -1;
    }
    run_listen(run, &d->listener);
    return 0;
}

void diff_free(struct diff *d)
{
    for (size_t i = 0; i < d->heaps.len; i++) {
        vec_free(&d->heaps.data[i].group);
        vec_free(&d->heaps.data[i].sizes);
        vec_free(&d->heaps.data[i].replaced);
    }
    vec_free(&d->heaps);
    heap_groups_free(&d->groups);
}

/* ---- the second moment ---- */

/* Was the object of the record kept at the first moment? */
static bool was_there(const struct diff_heap *noted, uint32_t object)
{
    return noted != NULL && object < noted->group.len && noted->group.data[object] != HEAP_GROUP_NONE &&
           !(object < noted->replaced.len && noted->replaced.data[object]);
}

static struct diff_row *row_of(struct diff_table *t, uint32_t group)
{
    while (t->rows.len <= group) {
        struct diff_row row = {.group = (uint32_t)t->rows.len};
        if (vec_push(&t->rows, row))
            return NULL;
    }
    return &t->rows.data[group];
}

static int add_before(struct diff_table *t, const struct diff_heap *noted)
{
    for (uint32_t i = 0; noted != NULL && i < noted->group.len; i++) {
        if (noted->group.data[i] == HEAP_GROUP_NONE)
            continue;
        struct diff_row *row = row_of(t, noted->group.data[i]);
        if (row == NULL)
            return -1;
        bool stays = was_there(noted, i) && heap_retained_place(&t->retained.retained, i) != NO_NODE;
        add(&row->before, &noted->sizes.data[i]);
        add(&t->before, &noted->sizes.data[i]);
        if (!stays) {
            add(&row->gone, &noted->sizes.data[i]);
            add(&t->gone, &noted->sizes.data[i]);
        }
    }
    return 0;
}

static int add_after(struct diff_table *t, struct diff *d, const struct diff_heap *noted)
{
    for (size_t i = 0; i < t->retained.rows.len; i++) {
        uint32_t object = t->retained.rows.data[i].which, group = heap_group_of(&d->groups, t->heap, object);
        struct diff_row *row = group == HEAP_GROUP_NONE ? NULL : row_of(t, group);
        if (row == NULL)
            return -1;
        add(&row->after, &t->retained.rows.data[i].own);
        add(&t->after, &t->retained.rows.data[i].own);
        if (!was_there(noted, object)) {
            add(&row->fresh, &t->retained.rows.data[i].own);
            add(&t->fresh, &t->retained.rows.data[i].own);
        }
    }
    return 0;
}

/* Rows of retained come by size; a dominator has a lower place, so that one pass over places finds what is new below.
 */
static int add_holders(struct diff_table *t, const struct diff_heap *noted)
{
    const struct dominators *tree = &t->retained.retained.tree;
    uint8_t *below = calloc(tree->places, 1); /* a new one dominates it, or it is new */
    int failed = below == NULL;
    for (uint32_t p = 1; !failed && p < tree->places; p++)
        below[p] = below[tree->idom[p]] || !was_there(noted, heap_retained_object(&t->retained.retained, p));
    for (size_t i = 0; !failed && i < t->retained.rows.len; i++) {
        uint32_t place = heap_retained_place(&t->retained.retained, t->retained.rows.data[i].which);
        if (below[place] && !below[tree->idom[place]])
            failed = vec_push(&t->holders, (uint32_t)i);
    }
    free(below);
    return failed ? -1 : 0;
}

static int by_growth(const void *a, const void *b)
{
    const struct diff_row *x = a, *y = b;
    if (x->fresh.self != y->fresh.self)
        return x->fresh.self > y->fresh.self ? -1 : 1;
    if (x->gone.self != y->gone.self)
        return x->gone.self > y->gone.self ? -1 : 1;
    return x->group < y->group ? -1 : x->group > y->group;
}

int diff_table_make(struct diff_table *t, struct diff *d, const struct heap *h)
{
    const struct diff_heap *noted = h->worker.index < d->heaps.len ? &d->heaps.data[h->worker.index] : NULL;
    *t = (struct diff_table){.heap = h};
    noted = noted != NULL && noted->seen ? noted : NULL;
    t->from = noted == NULL ? 0 : noted->event;
    if (d->failed || retain_make(&t->retained, h, HEAP_BY_OBJECT, 0) || add_before(t, noted) ||
        add_after(t, d, noted) || add_holders(t, noted))
        return -1;
    size_t n = 0;
    for (size_t i = 0; i < t->rows.len; i++)
        if (t->rows.data[i].before.count + t->rows.data[i].after.count > 0)
            t->rows.data[n++] = t->rows.data[i];
    t->rows.len = n;
    if (n > 0)
        qsort(t->rows.data, n, sizeof *t->rows.data, by_growth);
    return 0;
}

void diff_table_free(struct diff_table *t)
{
    retain_free(&t->retained);
    vec_free(&t->rows);
    vec_free(&t->holders);
}
