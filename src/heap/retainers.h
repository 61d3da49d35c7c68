/*
 * retainers.h - why an object is alive: shortest paths from the roots.
 *
 * One breadth-first walk over the handles, strong slots and ephemeron entries makes a tree with a shortest path to
 * every reachable object. An entry leads from its collection to its value, once its key is reached too (a value is as
 * far away as the farther one of the two, plus one; its path goes through the collection).
 */
#ifndef HEAPREEL_HEAP_RETAINERS_H
#define HEAPREEL_HEAP_RETAINERS_H

#include "heap/heap.h"

/* How an object is held: by a handle, by a slot of `from`, or as the value of an entry of the collection `from`. */
enum path_link { PATH_ROOT, PATH_SLOT, PATH_ENTRY };

struct path_edge {
    uint32_t from;  /* the holder; PATH_ROOT: NONE */
    uint32_t place; /* position in heap.handles, in the holder's slots, or in its entries */
    uint8_t link;   /* enum path_link */
};

struct path_tree {
    VEC(uint64_t) reached;       /* a bit for each object record */
    VEC(uint32_t) order;         /* the objects reached, nearest first */
    VEC(struct path_edge) edges; /* of each object record, set for those reached; empty in a tree without paths */
};

/*
 * Makes the tree of a heap; without paths, it only says what is reachable, for a third of the time. 0, or -1 without
 * memory; path_tree_free is needed in both cases.
 */
int path_tree_make(const struct heap *heap, bool paths, struct path_tree *tree);
void path_tree_free(struct path_tree *tree);

/* Is the object reachable? */
static inline bool path_tree_reaches(const struct path_tree *tree, uint32_t object)
{
    return tree->reached.data[object / 64] >> object % 64 & 1;
}

/* A step of a path: the object, and how the one before it (or a root) holds it. */
struct path_step {
    uint32_t object;
    struct path_edge edge;
};
struct heap_path {
    VEC(struct path_step) steps; /* from the object that a root holds to the one wanted; empty: unreachable */
};

/* Replaces *path by a shortest path to object, in a tree with paths. 0, or -1 without memory. Free it with
 * vec_free(&path->steps). */
int path_tree_path(const struct path_tree *tree, uint32_t object, struct heap_path *path);

/* The same for one object of a heap, with a tree of its own. *path is replaced. 0, or -1 without memory. */
int heap_path(const struct heap *heap, uint32_t object, struct heap_path *path);

#endif
