/*
 * objects.h - records of objects: making, unmaking, and the fields packed in
 * their bits. Where an object lies (pages) is the business of pages.h and newspace.h.
 */
#ifndef HEAPREEL_HEAP_OBJECTS_H
#define HEAPREEL_HEAP_OBJECTS_H

#include "heap/heap.h"

/* Room for one more object record. 0, or -1 without memory. */
static inline int objects_reserve(struct heap *h)
{
    if (h->free_object != NONE)
        return 0;
    return h->objects.len >= OBJECT_LIMIT || vec_reserve(&h->objects, 1) || vec_reserve(&h->cold, 1) ? -1 : 0;
}

/* A record; room must have been made. Its fields are the caller's to fill. */
static inline uint32_t objects_take(struct heap *h)
{
    uint32_t o = h->free_object;
    if (o != NONE) {
        uint32_t next = h->cold.data[o].next;
        h->free_object = next;
        /* The list is as long as the dead of a scavenge: what the next allocation will touch is fetched now. */
        __builtin_prefetch(&h->cold.data[next], 1);
        __builtin_prefetch(&h->objects.data[next], 1);
        return o;
    }
    o = (uint32_t)h->objects.len++;
    h->cold.len++;
    return o;
}

static inline void object_set_space(struct object *o, enum space_id space)
{
    o->bits = (o->bits & ~OBJECT_SPACE) | (uint32_t)space << OBJECT_SPACE_SHIFT;
}
static inline void object_set_color(struct object *o, enum color color)
{
    o->bits = (o->bits & ~OBJECT_COLOR) | (uint32_t)color << OBJECT_COLOR_SHIFT;
}
static inline bool object_young(const struct object *o)
{
    return (o->bits & OBJECT_YOUNG) != 0;
}
/* Young, and not visited yet by the collection that is going on. */
static inline bool object_in_from_space(const struct heap *h, const struct object *o)
{
    return (o->bits & OBJECT_YOUNG) && (o->bits & OBJECT_PARITY) != h->young_space.parity;
}

/* Says that an event named the object: it is not forgotten (leak analysis). */
static inline void object_named(struct object *o)
{
    if (o->bits & OBJECT_IDLE)
        o->bits &= ~OBJECT_IDLE;
}

/* The extra record of an object, made if it has none: NULL without memory. Moves heap.extras.data. */
struct extra *object_extra(struct heap *heap, uint32_t object);

/*
 * Unmakes the record of a dead object: its name, slots, entries and external bytes go; the dead name is
 * remembered as taken by the collection that is going on. The object must be out of its page already.
 */
void object_free(struct heap *heap, uint32_t object);

#endif
