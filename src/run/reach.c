/* reach.c - the proof that objects are reachable, and its repair. */
#include "run/reach.h"

#include "heap/figures.h"
#include "heap/retainers.h"
#include "heap/slots.h"
#include "run/forest.h"

#include <stdlib.h>

#define DEPTH 3   /* entries that depend on entries are followed this far, before the proof is made again */
#define ENTRIES 8 /* entries of one value that are tried for that */
#define FEW 4096  /* nodes and holds that can always be added before the proof is made again */

/* Something that once held an object; the heap says whether it still does. */
struct hold {
    uint32_t holder;
    uint32_t key;  /* of the slot; of an entry: the key's object */
    uint32_t next; /* of the same list, or NONE */
};

struct list {
    uint32_t first, last; /* in holds, or NONE */
};

/* A node of the forest: an object, as long as no other has its number. */
struct node {
    uint32_t object;
    uint32_t parent;            /* in the forest, or NONE */
    uint32_t seen, found_from;  /* by the search of that number */
    struct list slots, entries; /* everything that has held it */
    uint64_t proved;            /* reachable when this many things had been released */
};

struct reach {
    struct forest forest;
    VEC(struct node) nodes; /* numbered as in the forest */
    VEC(uint32_t) of;       /* object: its node; NONE: unreachable, or no object */
    VEC(struct hold) holds;
    VEC(uint32_t) queue;
    uint32_t searches;
    uint64_t dropped; /* things released, + 1 */
    size_t most;      /* nodes and holds at which the proof is made again */
};

struct reach *reach_new(void)
{
    struct reach *r = calloc(1, sizeof *r);
    if (r) {
        r->most = FEW;
        r->dropped = 1;
    }
    return r;
}

void reach_free(struct reach *r)
{
    if (!r)
        return;
    vec_free(&r->forest.nodes);
    vec_free(&r->nodes);
    vec_free(&r->of);
    vec_free(&r->holds);
    vec_free(&r->queue);
    free(r);
}

static uint32_t node_of(const struct reach *r, uint32_t object)
{
    return object < r->of.len ? r->of.data[object] : NONE;
}

static int hold(struct reach *r, struct list *list, uint32_t holder, uint32_t key)
{
    uint32_t at = (uint32_t)r->holds.len;
    if (at == NONE || vec_push(&r->holds, ((struct hold){holder, key, NONE})))
        return -1;
    *(list->last == NONE ? &list->first : &r->holds.data[list->last].next) = at;
    list->last = at;
    return 0;
}

/* Cuts node from its parent, and puts it below another one, unless that is in its own tree. */
static void set_parent(struct reach *r, uint32_t node, uint32_t parent)
{
    if (r->nodes.data[node].parent != NONE)
        forest_cut(&r->forest, node);
    if (parent != NONE && forest_top(&r->forest, parent) == node)
        parent = NONE;
    if (parent != NONE)
        forest_link(&r->forest, node, parent);
    r->nodes.data[node].parent = parent;
}

/* ---- what holds an object now ---- */

/* Does the slot of a hold hold the object? -1 without memory. */
static int holds_in_slot(struct heap *h, const struct hold *hold, uint32_t object)
{
    if (h->objects.data[hold->holder].bits & OBJECT_FREE)
        return 0;
    int failed = 0;
    uint32_t at = hold->key == SLOT_ANONYMOUS ? slots_find_target(h, hold->holder, object, &failed)
                                              : slots_find(h, hold->holder, hold->key);
    uint32_t count;
    const struct slot *slots = object_slots(h, hold->holder, &count);
    if (failed)
        return -1;
    if (at == NONE || slots[at].target != object)
        return 0;
    if (!(slots[at].key & SLOT_WEAK))
        return 1;
    while (hold->key == SLOT_ANONYMOUS && ++at < count) /* a weak slot came first */
        if (slots[at].target == object && !(slots[at].key & SLOT_WEAK))
            return 1;
    return 0;
}

static bool holds_in_entry(const struct heap *h, const struct hold *hold, uint32_t object)
{
    if (h->objects.data[hold->holder].bits & OBJECT_FREE)
        return false;
    uint32_t table = entries_of(h, hold->holder), at = table == NONE ? NONE : entries_find(h, table, hold->key);
    return at != NONE && entry_value(&entries_array(h, table)[at]) == object;
}

static bool proved(struct reach *r, struct heap *h, uint32_t object, unsigned depth);

/*
 * Is the object the value of an entry whose collection and key are proved reachable? *more: it is the value of another
 * entry.
 */
static bool proved_by_entry(struct reach *r, struct heap *h, uint32_t node, unsigned depth, bool *more)
{
    unsigned tried = 0;
    uint32_t object = r->nodes.data[node].object;
    for (uint32_t i = r->nodes.data[node].entries.first; i != NONE; i = r->holds.data[i].next) {
        const struct hold hold = r->holds.data[i];
        if (!holds_in_entry(h, &hold, object))
            continue;
        *more = true;
        if (depth == 0 || ++tried > ENTRIES)
            return false;
        if (proved(r, h, hold.holder, depth - 1) && proved(r, h, hold.key, depth - 1))
            return true;
    }
    return false;
}

static bool is_object(const struct reach *r, const struct heap *h, uint32_t node)
{
    uint32_t object = r->nodes.data[node].object;
    return r->of.data[object] == node && !(h->objects.data[object].bits & OBJECT_FREE);
}

/* Does the forest prove that the object is reachable? */
static bool proved(struct reach *r, struct heap *h, uint32_t object, unsigned depth)
{
    uint32_t node = node_of(r, object);
    if (node == NONE)
        return false;
    if (r->nodes.data[node].proved == r->dropped)
        return true;
    uint32_t top = forest_top(&r->forest, node);
    bool more, is = is_object(r, h, top) && (h->objects.data[r->nodes.data[top].object].handle != NONE ||
                                             proved_by_entry(r, h, top, depth, &more));
    if (is)
        r->nodes.data[node].proved = r->dropped;
    return is;
}

/* ---- repair ---- */

/* Removes the hold after previous (NONE: the first) from a list. */
static void forget(struct reach *r, struct list *list, uint32_t previous)
{
    uint32_t *link = previous == NONE ? &list->first : &r->holds.data[previous].next;
    if (list->last == *link)
        list->last = previous;
    *link = r->holds.data[*link].next;
}

/* The holds before the one after previous were useless: moves them to the end, to be examined last. */
static void turn(struct reach *r, struct list *list, uint32_t previous)
{
    if (previous == NONE)
        return;
    r->holds.data[list->last].next = list->first;
    list->last = previous;
    list->first = r->holds.data[previous].next;
    r->holds.data[previous].next = NONE;
}

/* Finds a place for the top of a tree below a holder that is proved reachable. 1, 0, or -1 without memory. */
static int adopt(struct reach *r, struct heap *h, uint32_t top)
{
    if (!is_object(r, h, top))
        return 0;
    uint32_t object = r->nodes.data[top].object, previous = NONE, next;
    if (proved(r, h, object, DEPTH))
        return 1;
    struct list *list = &r->nodes.data[top].slots;
    for (uint32_t i = list->first; i != NONE; i = next) {
        next = r->holds.data[i].next;
        int holds = holds_in_slot(h, &r->holds.data[i], object);
        if (holds < 0)
            return -1;
        if (!holds) {
            forget(r, list, previous);
            continue;
        }
        if (proved(r, h, r->holds.data[i].holder, DEPTH)) {
            set_parent(r, top, r->of.data[r->holds.data[i].holder]);
            turn(r, list, previous);
            return 1;
        }
        previous = i;
    }
    return 0;
}

/*
 * A holder of node is proved reachable: the path from there to the node where the search began becomes part of the
 * forest.
 */
static void adopt_found(struct reach *r, uint32_t node, uint32_t start, uint32_t holder)
{
    for (;; holder = node, node = r->nodes.data[node].found_from) {
        if (holder != NONE)
            set_parent(r, node, holder);
        if (node == start)
            return;
    }
}

/*
 * Examines the holds of node. 1: one is proved reachable, so that start now is, too; else 0, with the others in the
 * queue, and *more if there is an entry; -1 without memory.
 */
static int look_at(struct reach *r, struct heap *h, uint32_t node, uint32_t start, bool *more)
{
    if (proved_by_entry(r, h, node, DEPTH, more)) {
        adopt_found(r, node, start, NONE);
        return 1;
    }
    for (uint32_t i = r->nodes.data[node].slots.first; i != NONE; i = r->holds.data[i].next) {
        uint32_t from = node_of(r, r->holds.data[i].holder);
        if (from == NONE || r->nodes.data[from].seen == r->searches)
            continue;
        int holds = holds_in_slot(h, &r->holds.data[i], r->nodes.data[node].object);
        if (holds < 0)
            return -1;
        if (!holds)
            continue;
        if (proved(r, h, r->nodes.data[from].object, DEPTH)) {
            adopt_found(r, node, start, from);
            return 1;
        }
        r->nodes.data[from].seen = r->searches;
        r->nodes.data[from].found_from = node;
        if (vec_push(&r->queue, from))
            return -1;
    }
    return 0;
}

static int make_anew(struct reach *r, struct heap *h);

/* Searches for a proof from an object back through holders of holders. 1, 0, or -1 without memory. */
static int search(struct reach *r, struct heap *h, uint32_t start)
{
    bool more = false;
    int found = 0;
    r->queue.len = 0;
    r->nodes.data[start].seen = ++r->searches;
    if (vec_push(&r->queue, start))
        return -1;
    for (size_t at = 0; at < r->queue.len && found == 0; at++)
        found = look_at(r, h, r->queue.data[at], start, &more);
    if (found != 0 || !more)
        return found;
    uint32_t object = r->nodes.data[start].object;
    return make_anew(r, h) ? -1 : node_of(r, object) != NONE;
}

int reach_finds(struct reach *r, struct heap *h, uint32_t object)
{
    uint32_t node = node_of(r, object);
    if (h->objects.data[object].handle != NONE)
        return 1;
    if (node == NONE)
        return 0;
    if (r->nodes.data[node].proved == r->dropped)
        return 1;
    for (;;) {
        uint32_t top = forest_top(&r->forest, node);
        int found = adopt(r, h, top);
        if (found == 0 && top == node)
            found = search(r, h, node);
        else if (found == 0) { /* a top that nothing holds; it can be dead */
            set_parent(r, forest_below_top(&r->forest, node), NONE);
            continue;
        }
        if (found == 1 && (node = node_of(r, object)) != NONE)
            r->nodes.data[node].proved = r->dropped;
        return found;
    }
}

/* ---- events ---- */

void reach_drop(struct reach *r)
{
    r->dropped++;
}

void reach_unlink(struct reach *r, uint32_t holder, uint32_t target)
{
    uint32_t node = node_of(r, target), parent = node_of(r, holder);
    r->dropped++;
    if (node != NONE && parent != NONE && r->nodes.data[node].parent == parent)
        set_parent(r, node, NONE);
}

int reach_add(struct reach *r, uint32_t object)
{
    const struct node node = {.object = object, .parent = NONE, .slots = {NONE, NONE}, .entries = {NONE, NONE}};
    while (r->of.len <= object)
        if (vec_push(&r->of, NONE))
            return -1;
    if (forest_add(&r->forest) || vec_push(&r->nodes, node))
        return -1;
    r->of.data[object] = (uint32_t)r->nodes.len - 1;
    return 0;
}

int reach_link(struct reach *r, struct heap *h, uint32_t holder, uint32_t key, uint32_t target)
{
    uint32_t node = node_of(r, target), parent = node_of(r, holder);
    if (node == NONE || parent == NONE)
        return 0;
    if (hold(r, &r->nodes.data[node].slots, holder, key))
        return -1;
    if (h->objects.data[target].handle == NONE && !proved(r, h, target, DEPTH) && proved(r, h, holder, DEPTH))
        set_parent(r, node, parent);
    return 0;
}

void reach_root(struct reach *r, uint32_t object)
{
    if (node_of(r, object) != NONE)
        set_parent(r, node_of(r, object), NONE);
}

int reach_enter(struct reach *r, uint32_t collection, uint32_t key, uint32_t value)
{
    uint32_t node = node_of(r, value);
    return node == NONE ? 0 : hold(r, &r->nodes.data[node].entries, collection, key);
}

/* Adds the holds of an object, which is reachable. */
static int add_holds(struct reach *r, const struct heap *h, uint32_t object)
{
    uint32_t count, node;
    const struct slot *slots = object_slots(h, object, &count);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t key = slots[i].key & SLOT_KEY;
        if (slots[i].target == NONE || slots[i].key & SLOT_WEAK || (node = node_of(r, slots[i].target)) == NONE)
            continue;
        if (hold(r, &r->nodes.data[node].slots, object, (key & SLOT_TYPE) == SLOT_ANONYMOUS ? SLOT_ANONYMOUS : key))
            return -1;
    }
    const struct entry *entries = object_entries(h, object, &count);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t key = entry_key(&entries[i]), value = entry_value(&entries[i]);
        if (key == NONE || value == NONE || node_of(r, key) == NONE)
            continue;
        if (hold(r, &r->nodes.data[node_of(r, value)].entries, object, key))
            return -1;
    }
    return 0;
}

/* Makes the forest of shortest paths, and the holds of each reachable object. */
static int take_paths(struct reach *r, const struct heap *h, const struct path_tree *tree)
{
    int failed = 0;
    for (size_t i = 0; i < tree->order.len && !failed; i++) {
        uint32_t object = tree->order.data[i];
        failed = reach_add(r, object);
        if (failed)
            break;
        r->nodes.data[i].proved = r->dropped;
        if (tree->edges.data[object].link == PATH_SLOT)
            set_parent(r, (uint32_t)i, r->of.data[tree->edges.data[object].from]);
    }
    for (size_t i = 0; i < tree->order.len && !failed; i++)
        failed = add_holds(r, h, tree->order.data[i]);
    return failed;
}

/* Makes the whole proof from the heap. */
static int make_anew(struct reach *r, struct heap *h)
{
    struct path_tree tree;
    int failed = path_tree_make(h, true, &tree);
    r->forest.nodes.len = r->nodes.len = r->of.len = r->holds.len = r->queue.len = 0;
    r->searches = 0;
    failed = failed || take_paths(r, h, &tree);
    path_tree_free(&tree);
    r->most = 2 * (r->nodes.len + r->holds.len) + FEW;
    return failed ? -1 : 0;
}

int reach_tidy(struct reach *r, struct heap *h)
{
    return r->nodes.len + r->holds.len > r->most ? make_anew(r, h) : 0;
}
