/*
 * roots.h - handles and scopes: what the program holds (heapreel-model(7), "Roots and slots").
 *
 * Handles are kept in the order in which they were made, so that those of the outermost scope come first; the handles
 * on one object are linked, newest first. A released handle leaves a hole; holes are squeezed out when they outnumber
 * the handles, and are many compared with the scopes.
 */
#ifndef HEAPREEL_HEAP_ROOTS_H
#define HEAPREEL_HEAP_ROOTS_H

#include "heap/heap.h"

/* Makes room for more handles, by squeezing out holes if that is enough. 0, or -1 without memory. */
int roots_grow(struct heap *heap);

/* Is there room for one more handle? */
static inline bool roots_room(const struct heap *h)
{
    return h->handles.len < h->handle_room && h->handles.len < h->handles.cap;
}
/* Makes room for one more handle, squeezing out holes if most are. 0, or -1 without memory. */
static inline int roots_reserve(struct heap *h)
{
    return roots_room(h) ? 0 : roots_grow(h);
}

/* Gives the innermost scope a handle on object; room must have been made. */
static inline void roots_add(struct heap *h, uint32_t object)
{
    struct object *o = &h->objects.data[object];
    h->handles.data[h->handles.len] = (struct handle){object, o->handle};
    o->handle = (uint32_t)h->handles.len++;
}

/* Drops the newest handle on a rooted object. */
static inline void roots_drop(struct heap *h, uint32_t object)
{
    struct object *o = &h->objects.data[object];
    struct handle *handle = &h->handles.data[o->handle];
    handle->object = NONE;
    o->handle = handle->previous;
    h->handle_holes++;
}

/* Opens a scope. 0, or -1 without memory. */
int roots_enter(struct heap *heap, uint32_t name);
/* Leaves the innermost scope, which must not be the global one: its handles are dropped. */
void roots_leave(struct heap *heap);

/* The scope (index in heap.scopes) in which a handle was made. */
size_t roots_scope(const struct heap *heap, uint32_t handle);

/* Scopes open besides the global one. */
static inline size_t roots_depth(const struct heap *h)
{
    return h->scopes.len - 1;
}

#endif
