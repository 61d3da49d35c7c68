/*
 * barrier.h - stores of the program, with their write barriers (heapreel-model(7), "The generational barrier" and "The
 * marking barrier"). Everything that the program stores goes through here.
 */
#ifndef HEAPREEL_GC_BARRIER_H
#define HEAPREEL_GC_BARRIER_H

#include "heap/objects.h"
#include "heap/slots.h"

/*
 * Records the slot at position of an old host, which was stored a pointer to the young target. 0, or -1 without memory.
 */
int barrier_slot_hit(struct heap *heap, uint32_t host, uint32_t position, uint32_t target);

/* The marking barrier of a store in the slot at position, during marking. 0, or -1 without memory. */
int barrier_marking(struct heap *heap, uint32_t host, uint32_t position, uint32_t target, bool weak);

/* Is it a store of a young pointer into an old object? */
static inline bool barrier_crosses(const struct heap *h, uint32_t host, uint32_t target)
{
    return !object_young(&h->objects.data[host]) && object_young(&h->objects.data[target]);
}

/* The rest of store_place: nothing of it is simple. */
uint32_t store_place_slowly(struct heap *heap, uint32_t host, uint32_t key, uint32_t target, bool weak);

/*
 * Stores a pointer to target in the slot of host with that key (SLOT_ANONYMOUS: a new one), without barriers. Returns
 * its position, or NONE without memory.
 */
static inline __attribute__((always_inline)) uint32_t store_place(struct heap *h, uint32_t host, uint32_t key,
                                                                  uint32_t target, bool weak)
{
    uint32_t position = key == SLOT_ANONYMOUS || weak ? NONE : slots_put(h, host, key, target);
    return position != NONE ? position : store_place_slowly(h, host, key, target, weak);
}

/* Does the store concern marking? Never if target is marked. */
static inline bool barrier_marks(const struct heap *h, uint32_t target, bool weak)
{
    return __builtin_expect(h->marking.active, 0) && (weak || !(h->objects.data[target].bits & OBJECT_COLOR));
}

/* The barriers of that store. 0, or -1 without memory. */
static inline int store_barriers(struct heap *h, uint32_t host, uint32_t position, uint32_t target, bool weak)
{
    if (barrier_marks(h, target, weak) && barrier_marking(h, host, position, target, weak))
        return -1;
    return barrier_crosses(h, host, target) ? barrier_slot_hit(h, host, position, target) : 0;
}

/* Stores a pointer to target in the slot of host with that key (SLOT_ANONYMOUS: a new one). 0, or -1 without memory. */
static inline __attribute__((always_inline)) int store_slot(struct heap *h, uint32_t host, uint32_t key,
                                                            uint32_t target, bool weak)
{
    uint32_t position = store_place(h, host, key, target, weak);
    if (position == NONE)
        return -1;
    tell(h, STORE, host, key, target, weak);
    return store_barriers(h, host, position, target, weak);
}

enum store_result { STORE_DONE, STORE_MISSING /* no such slot, entry or pointer */, STORE_FAILED /* host memory */ };

/* Clears the slot with that key; an empty one is no error. */
enum store_result clear_slot(struct heap *heap, uint32_t host, uint32_t key);
/* Clears the first slot of host that holds target. */
enum store_result clear_target(struct heap *heap, uint32_t host, uint32_t target);

/* Enters key -> value (NONE: no value) into a weak collection. 0, or -1 without memory. */
int store_entry(struct heap *heap, uint32_t host, uint32_t key, uint32_t value);
/* Removes the entry of a key. */
enum store_result clear_entry(struct heap *heap, uint32_t host, uint32_t key);

/* Sets the off-heap bytes of an object. 0, or -1 without memory. */
int store_external(struct heap *heap, uint32_t object, uint64_t bytes);

#endif
