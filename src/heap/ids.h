/*
 * ids.h - which object an ID names.
 *
 * A hash table of buckets of 16 object indexes. The low four bits of a name
 * choose the place in a bucket and the rest the bucket, so that sixteen
 * ascending decimal names share one cache line: such a table costs little more
 * than an array, and yet its memory follows the names in use. A byte of hash for each
 * place (its tag, 0 = empty) keeps a miss from touching objects. A name whose
 * bucket is full spills into the next one; a bucket counts the names that have
 * passed it, so that nothing marks removed names and searches end.
 */
#ifndef HEAPREEL_HEAP_IDS_H
#define HEAPREEL_HEAP_IDS_H

#include "heap/heap.h"

#define IDS_BUCKET 16u

static inline uint32_t ids_bucket(const struct heap *h, uint32_t name)
{
    uint32_t hash = (name >> 4) * 0x9E3779B1u;
    return (uint32_t)((uint64_t)(hash ^ hash >> 15) * h->id_buckets >> 32);
}

static inline uint8_t ids_tag(uint32_t name)
{
    uint8_t tag = (uint8_t)((name * 0x85EBCA6Bu) >> 24);
    return tag ? tag : 1;
}

/* The object that the name names, or NONE; the place that it has in the table goes to *place if place is not NULL. */
uint32_t ids_search(const struct heap *heap, uint32_t name, uint32_t *place);

/* The same, with the likely place tried first. */
static inline uint32_t ids_find(const struct heap *h, uint32_t name)
{
    uint32_t object = h->ids.data[ids_bucket(h, name) * IDS_BUCKET + (name & 15)];
    if (__builtin_expect(object != NONE && h->objects.data[object].name == name, 1))
        return object;
    return ids_search(h, name, NULL);
}

/* Makes room for one more name. 0, or -1 without memory. */
int ids_reserve(struct heap *heap);
/* Names object: the name must not be in the table, and room must have been made. */
void ids_insert(struct heap *heap, uint32_t name, uint32_t object);
/* Forgets a name that is in the table. */
void ids_remove(struct heap *heap, uint32_t name);
/* Lets a name that is in the table, naming object from, name object to. */
void ids_rebind(struct heap *heap, uint32_t name, uint32_t from, uint32_t to);

#endif
