/*
 * retainers.c - the breadth-first walk. An entry whose key has not been reached waits in a chain attached to the key,
 * so that each entry is examined twice at most.
 */
#include "heap/retainers.h"

#include "heap/slots.h"

struct waiting {
    uint32_t collection, place;
    uint32_t next; /* of the same key, + 1; 0 = none */
};

struct walk {
    const struct heap *heap;
    struct path_tree *tree;
    VEC(uint32_t) chains; /* of each object record: the first entry that waits for it, + 1; empty until one waits */
    VEC(struct waiting) waiting;
};

static int reach(struct walk *w, uint32_t object, enum path_link link, uint32_t from, uint32_t place)
{
    if (object == NONE || path_tree_reaches(w->tree, object))
        return 0;
    w->tree->edges.data[object] = (struct path_edge){.from = from, .place = place, .link = (uint8_t)link};
    return vec_push(&w->tree->order, object);
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
    if (w->tree->edges.data[key].followed) /* nothing nearer waits in the queue */
        return reach(w, value, PATH_ENTRY, collection, place);
    return wait_for(w, key, collection, place);
}

/* Follows what a reached object holds. */
static int follow(struct walk *w, uint32_t object)
{
    uint32_t count;
    const struct slot *slots = object_slots(w->heap, object, &count);
    w->tree->edges.data[object].followed = true;
    for (uint32_t i = 0; i < count; i++)
        if (!(slots[i].key & SLOT_WEAK) && reach(w, slots[i].target, PATH_SLOT, object, i))
            return -1;
    object_entries(w->heap, object, &count);
    for (uint32_t i = 0; i < count; i++)
        if (follow_entry(w, object, i))
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

int path_tree_make(const struct heap *h, struct path_tree *tree)
{
    struct walk w = {.heap = h, .tree = tree};
    *tree = (struct path_tree){0};
    if (vec_reserve(&tree->edges, h->objects.len + 1))
        return -1;
    memset(tree->edges.data, 0, (h->objects.len + 1) * sizeof *tree->edges.data);
    tree->edges.len = h->objects.len;
    int failed = 0;
    for (size_t i = 0; i < h->handles.len && !failed; i++)
        failed = reach(&w, h->handles.data[i].object, PATH_ROOT, NONE, (uint32_t)i);
    for (size_t i = 0; i < tree->order.len && !failed; i++)
        failed = follow(&w, tree->order.data[i]);
    vec_free(&w.chains);
    vec_free(&w.waiting);
    return failed;
}

void path_tree_free(struct path_tree *tree)
{
    vec_free(&tree->edges);
    vec_free(&tree->order);
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
    int failed = path_tree_make(h, &tree) || path_tree_path(&tree, object, path);
    path_tree_free(&tree);
    return failed ? -1 : 0;
}
