/*
 * ids.h - which object an ID names.
 *
 * A hash table of buckets of 16 object indexes. Four ascending decimal names stay
 * together (a hash of the rest chooses the bucket and the quarter of it that they
 * prefer), so that a run of names costs few cache lines, and yet dense runs leave no
 * bucket fuller than chance does, as they would if sixteen names shared one. A byte
 * of hash for each place (its tag, 0 = empty) keeps a miss from touching objects. A name whose
 * bucket is full spills into another one, given by a second hash; a bucket counts the names that have
 * passed it, so that nothing marks removed names and searches end.
 */
#ifndef HEAPREEL_HEAP_IDS_H
#define HEAPREEL_HEAP_IDS_H

#include "heap/heap.h"

#define IDS_BUCKET 16u
#define IDS_BUCKET 16u

/* The hash that four neighbours share. */
static inline uint64_t ids_hash(uint32_t name)
{
    return (name >> 2) * UINT64_C(0x9E3779B97F4A7C15);
}

/* Where a name wants to stand: bucket * IDS_BUCKET + place. */
static inline size_t ids_place(const struct heap *h, uint32_t name)
{
    uint64_t hash = ids_hash(name);
    size_t bucket = (size_t)((hash >> 32) * h->id_buckets >> 32);
    return bucket * IDS_BUCKET + (hash >> 28 & 12) + (name & 3);
}

static inline uint8_t ids_tag(uint32_t name)
{
    uint8_t tag = (uint8_t)((name * 0x85EBCA6Bu) >> 24);
    return tag ? tag : 1;
}

/* The object that the name names, or NONE; searches everywhere it may stand. */
uint32_t ids_search(const struct heap *heap, uint32_t name);

/* The same, with the likely place tried first. */
static inline uint32_t ids_find(const struct heap *h, uint32_t name)
{
    uint32_t object = h->ids.data[ids_place(h, name)];
    if (__builtin_expect(object != NONE && h->objects.data[object].name == name, 1))
        return object;
    return ids_search(h, name);
}

/* Makes the table larger. 0, or -1 without memory. */
int ids_grow(struct heap *heap);

/* Room for one more name: at most seven tenths full. 0, or -1 without memory. */
static inline int ids_reserve(struct heap *h)
{
    return h->id_count * 10 < (uint64_t)h->id_buckets * (IDS_BUCKET * 7) ? 0 : ids_grow(h);
}
/* Names object: the name must not be in the table, and room must have been made. */
void ids_insert(struct heap *heap, uint32_t name, uint32_t object);
/* Forgets a name that is in the table. */
void ids_remove(struct heap *heap, uint32_t name);
/* Lets a name that is in the table, naming object from, name object to. */
void ids_rebind(struct heap *heap, uint32_t name, uint32_t from, uint32_t to);

#endif
