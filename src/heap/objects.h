/*
 * objects.h - the records of objects: making and freeing them, and the fields packed in their bits. pages.h and
 * newspace.h decide where an object lies.
 */
#ifndef HEAPREEL_HEAP_OBJECTS_H
#define HEAPREEL_HEAP_OBJECTS_H

#include "heap/ids.h"
#include "heap/slots.h"

/* Makes room for one more object record, also in the list of free ones. 0, or -1 without memory. */
static inline int objects_reserve(struct heap *h)
{
    if (h->free_objects.len > 0)
        return 0;
    return h->objects.len >= OBJECT_LIMIT || vec_reserve(&h->objects, 1) || vec_reserve(&h->cold, 1) ||
                   (h->free_objects.cap < h->objects.cap && vec_reserve_empty(&h->free_objects, h->objects.cap))
               ? -1
               : 0;
}

/*
 * Takes a record; room must have been made. The caller fills its fields, except for an array of slots (OBJECT_SLOTS of
 * bits, and slots) that an earlier object may have left and that can be kept.
 */
static inline uint32_t objects_take(struct heap *h)
{
    const size_t ahead = 24, far_ahead = 256;
    size_t free_records = h->free_objects.len;
    if (free_records > 0) {
        /* The list is as long as the dead of a scavenge: prefetches what later allocations will touch. */
        if (free_records > ahead) {
            prefetch_read(&h->free_objects.data[free_records > far_ahead ? free_records - far_ahead : 0]);
            prefetch_write(&h->objects.data[h->free_objects.data[free_records - ahead]]);
        }
        return h->free_objects.data[h->free_objects.len = free_records - 1];
    }
    h->cold.data[h->cold.len++] = (struct object_cold){.next = NONE, .site = NAME_NONE};
    h->objects.data[h->objects.len].bits = 0;
    h->objects.data[h->objects.len].slots = NONE;
    return (uint32_t)h->objects.len++;
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
/* Is it young, and not visited yet by the current collection? */
static inline bool object_in_from_space(const struct heap *h, const struct object *o)
{
    const uint32_t both = OBJECT_YOUNG | OBJECT_PARITY; /* one comparison */
    return ((o->bits ^ h->young_space.parity) & both) == both;
}

/* An event has named the object: it is not forgotten (leak analysis). */
static inline void object_named(struct object *o)
{
    if (o->bits & OBJECT_UNTOUCHED)
        o->bits &= ~OBJECT_UNTOUCHED;
}

/*
 * Collections meet objects in another order than that of memory, so they prefetch some objects ahead. First the record;
 * then the slots of an object whose record has arrived.
 */
static inline void prefetch_object(const struct heap *h, uint32_t object)
{
    prefetch_write(&h->objects.data[object]);
}
static inline void prefetch_slots(const struct heap *h, const struct object *o)
{
    if (o->nslots > 0 && o->nslots <= SLOTS_SMALL)
        prefetch_write(&h->arena.data[o->slots]);
}

static inline void prefetch_targets(const struct heap *h, const struct slot *slots, uint32_t count)
{
    for (uint32_t i = 0; i < count && i < 4; i++)
        prefetch_object(h, slots[i].target == NONE ? 0 : slots[i].target);
}

/* Prefetches step by step what the next objects of a list hold. */
static inline void prefetch_held(const struct heap *h, const uint32_t *objects, size_t len, size_t at)
{
    const size_t step = 8;
    if (at + 3 * step >= len)
        return;
    prefetch_object(h, objects[at + 3 * step]);
    prefetch_slots(h, &h->objects.data[objects[at + 2 * step]]);
    const struct object *o = &h->objects.data[objects[at + step]];
    prefetch_targets(h, slots_array(h, o), o->nslots);
}

/* Scavenges that an object has survived while young, if they are too many for its bits. */
uint32_t object_far_age(const struct heap *heap, uint32_t object);
static inline uint32_t object_age(const struct heap *h, uint32_t object)
{
    uint32_t age = (h->objects.data[object].bits & OBJECT_AGE) >> OBJECT_AGE_SHIFT;
    return __builtin_expect(age < AGE_FAR, 1) ? age : object_far_age(h, object);
}

/* Counts one more survived scavenge; returns the new age. */
uint32_t object_grow_old(struct heap *heap, uint32_t object);
static inline uint32_t object_grow_older(struct heap *h, uint32_t object)
{
    struct object *o = &h->objects.data[object];
    uint32_t age = ((o->bits & OBJECT_AGE) >> OBJECT_AGE_SHIFT) + 1;
    if (__builtin_expect(age >= AGE_FAR, 0))
        return object_grow_old(h, object);
    o->bits += 1u << OBJECT_AGE_SHIFT;
    return age;
}

/* The extra record of an object, made if it has none; NULL without memory. Moves heap.extras.data. */
struct extra *object_extra(struct heap *heap, uint32_t object);

/*
 * Frees the record of a dead object that has no extra: its name and slots go, but a small array stays with the record,
 * since most objects have slots; the name is remembered as taken by the current collection. The object must be off its
 * page, and its death counted: object_free does both for one object, a scavenge for many at once.
 */
static inline void object_release(struct heap *h, uint32_t object)
{
    struct object *o = &h->objects.data[object];
    unsigned class = object_slots_class(o);
    if (o->name != NAME_NONE) {
        ids_remove(h, o->name, object);
        h->dead_names.data[h->dead_name_count++ % DEAD_NAMES] = (struct dead_name){o->name, (uint32_t)h->gc.now.index};
        h->dead_names.len += h->dead_names.len < DEAD_NAMES; /* gc_step has made room */
    }
    if (__builtin_expect(class > SLOTS_KEPT, 0)) {
        if (class == SLOTS_TABLE)
            slots_free_table(h, object);
        else
            arena_give(h, o->slots, class - 1);
        o->bits = 0;
    }
    if (h->sited)
        h->cold.data[object].site = NAME_NONE;
    o->name = NAME_NONE;
    o->bits = (o->bits & OBJECT_SLOTS) | OBJECT_FREE;
    o->nslots = 0;
    h->free_objects.data[h->free_objects.len++] = object; /* objects_reserve has made room for all records */
}

/*
 * Sorts the free records, so that they are taken in ascending order, and objects made one after another are neighbours
 * in memory. Linear, with a bitmap. Does nothing if it is not worth it. 0, or -1 without memory.
 */
int objects_sort_free(struct heap *heap);

/* Frees the record of a dead object and counts its death; its extra record, entries and external bytes go too. */
void object_free(struct heap *heap, uint32_t object);

#endif
