/*
 * retainers.c - the breadth-first walk. An entry whose key has not been reached waits in a chain attached to the key,
 * so that each entry is examined twice at most.
 */
#include "heap/retainers.h"

#include "heap/figures.h"
#include "heap/objects.h"

struct waiting {
    uint32_t collection, place;
    uint32_t next; /* of the same key, + 1; 0 = none */
};

struct walk {
    const struct heap *heap;
    struct path_tree *tree;
    VEC(uint64_t) followed; /* as tree->reached: what it leads to has been reached; empty if no object has entries */
    VEC(uint32_t) chains;   /* of each object record: the first entry that waits for it, + 1; empty until one waits */
    VEC(struct waiting) waiting;
};

/*
 * Reaches an object, or NONE, by that edge. There is room for every object, and for one more: whether this one is new
 * cannot be foreseen, and no branch depends on it.
 */
static inline void reach(struct path_tree *tree, uint32_t object, struct path_edge edge)
{
    uint32_t at = object == NONE ? 0 : object;
    uint64_t *word = &tree->reached.data[at / 64];
    uint64_t new = (object != NONE) & ~(*word >> at % 64);
    *word |= new << at % 64;
    tree->order.data[tree->order.len] = at;
    tree->order.len += new;
    if (tree->edges.len > 0 && new)
        tree->edges.data[at] = edge;
}

/* Makes an entry wait for its key. */
static int wait_for(struct walk *w, uint32_t key, uint32_t collection, uint32_t place)
{
    size_t objects = w->heap->objects.len;
    if (w->chains.len == 0) {
        if (vec_reserve(&w->chains, objects))
            return -1;
        memset(w->chains.data, 0, objects * sizeof *w->chains.data);
        w->chains.len = objects;
    }
    struct waiting entry = {.collection = collection, .place = place, .next = w->chains.data[key]};
    if (vec_push(&w->waiting, entry))
        return -1;
    w->chains.data[key] = (uint32_t)w->waiting.len;
    return 0;
}

static int follow_entry(struct walk *w, uint32_t collection, uint32_t place)
{
    uint32_t count;
    const struct entry *entry = &object_entries(w->heap, collection, &count)[place];
    uint32_t key = entry_key(entry), value = entry_value(entry);
    if (key == NONE || value == NONE || path_tree_reaches(w->tree, value))
        return 0;
    if (!(w->followed.data[key / 64] >> key % 64 & 1)) /* something nearer may still be waiting in the queue */
        return wait_for(w, key, collection, place);
    reach(w->tree, value, (struct path_edge){collection, place, PATH_ENTRY});
    return 0;
}

static int follow_entries(struct walk *w, uint32_t object)
{
    uint32_t count;
    object_entries(w->heap, object, &count);
    for (uint32_t i = 0; i < count; i++)
        if (follow_entry(w, object, i))
            return -1;
    return 0;
}

/* Follows what a reached object holds. */
static inline int follow(struct walk *w, uint32_t object)
{
    const struct object *o = &w->heap->objects.data[object];
    const struct slot *slots = slots_array(w->heap, o);
    if (w->followed.len > 0)
        w->followed.data[object / 64] |= UINT64_C(1) << object % 64;
    for (uint32_t i = 0; i < o->nslots; i++)
        reach(w->tree, slots[i].key & SLOT_WEAK ? NONE : slots[i].target, (struct path_edge){object, i, PATH_SLOT});
    if (object_ephemeron_table(o) && follow_entries(w, object))
        return -1;
    uint32_t waiting = w->chains.len > 0 ? w->chains.data[object] : 0;
    while (waiting) {
        struct waiting entry = w->waiting.data[waiting - 1];
        if (follow_entry(w, entry.collection, entry.place))
            return -1;
        waiting = entry.next;
    }
    return 0;
}

/* The objects that come soon, and their slots, lie anywhere: they are fetched. */
static inline void fetch_next(const struct heap *h, const struct path_tree *tree, size_t at)
{
    const size_t step = 12;
    if (at + 2 * step >= tree->order.len)
        return;
    prefetch_read(&h->objects.data[tree->order.data[at + 2 * step]]);
    prefetch_slots(h, &h->objects.data[tree->order.data[at + step]]);
}

static int walk(struct walk *w)
{
    const struct heap *h = w->heap;
    struct path_tree *tree = w->tree;
    for (size_t i = 0; i < h->handles.len; i++)
        reach(tree, h->handles.data[i].object, (struct path_edge){NONE, (uint32_t)i, PATH_ROOT});
    for (size_t i = 0; i < tree->order.len; i++) {
        fetch_next(h, tree, i);
        if (follow(w, tree->order.data[i]))
            return -1;
    }
    return 0;
}

int path_tree_make(const struct heap *h, bool paths, struct path_tree *tree)
{
    struct walk w = {.heap = h, .tree = tree};
    size_t objects = h->objects.len + 1, words = objects / 64 + 1;
    *tree = (struct path_tree){0};
    int failed = vec_reserve(&tree->reached, words) || vec_reserve(&w.followed, words) ||
                 vec_reserve(&tree->order, objects) || (paths && vec_reserve(&tree->edges, objects));
    if (!failed) {
        memset(tree->reached.data, 0, words * sizeof *tree->reached.data);
        memset(w.followed.data, 0, words * sizeof *w.followed.data);
        w.followed.len = h->extras.len > 0 ? words : 0;
        tree->edges.len = paths ? h->objects.len : 0;
        failed = walk(&w);
    }
    vec_free(&w.followed);
    vec_free(&w.chains);
    vec_free(&w.waiting);
    return failed ? -1 : 0;
}

void path_tree_free(struct path_tree *tree)
{
    vec_free(&tree->reached);
    vec_free(&tree->order);
    vec_free(&tree->edges);
}

int path_tree_path(const struct path_tree *tree, uint32_t object, struct heap_path *path)
{
    path->steps.len = 0;
    if (!path_tree_reaches(tree, object))
        return 0;
    for (uint32_t at = object; at != NONE; at = tree->edges.data[at].from)
        if (vec_push(&path->steps, ((struct path_step){at, tree->edges.data[at]})))
            return -1;
    for (size_t i = 0, j = path->steps.len - 1; i < j; i++, j--) {
        struct path_step step = path->steps.data[i];
        path->steps.data[i] = path->steps.data[j];
        path->steps.data[j] = step;
    }
    return 0;
}

int heap_path(const struct heap *h, uint32_t object, struct heap_path *path)
{
    struct path_tree tree;
    int failed = path_tree_make(h, true, &tree) || path_tree_path(&tree, object, path);
    path_tree_free(&tree);
    return failed ? -1 : 0;
}
