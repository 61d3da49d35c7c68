/*
 * ids.h - which object an ID names.
 *
 * A hash table whose buckets are cache lines of twelve names. Eight ascending decimal
 * names share a bucket, and the next eight the next: a window of ascending names fills the
 * table in order, two thirds full, and costs little more than an array, while four places
 * a bucket are left for names from elsewhere. So most names stand at the place that their last three bits say,
 * which is looked at first. Memory follows the names in use. A byte of hash for each place
 * (its tag, 0 = empty) keeps a miss from touching objects: all tags are compared at once. A name whose
 * bucket is full spills into another one, given by a hash; a bucket counts the names that have
 * passed it, so that nothing marks removed names and searches end.
 */
#ifndef HEAPREEL_HEAP_IDS_H
#define HEAPREEL_HEAP_IDS_H

#include "heap/heap.h"

#include <endian.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

/*
 * The bucket that a name belongs to: name / 8 modulo the number of buckets, by multiplication (D. Lemire, O. Kaser,
 * N. Kurz: Faster remainder by direct computation, Software: Practice and Experience 49, 2019).
 */
static inline struct id_bucket *ids_bucket(const struct heap *h, uint32_t name)
{
    __extension__ typedef unsigned __int128 wide;
    uint64_t fraction = h->id_inverse * (name >> 3);
    return &h->ids.data[(uint64_t)((wide)fraction * h->ids.len >> 64)];
}

static inline uint8_t ids_tag(uint32_t name)
{
    uint8_t tag = (uint8_t)((name * 0x85EBCA6Bu) >> 24);
    return tag ? tag : 1;
}

/* Bit i: the bucket's i-th tag is that one. */
static inline unsigned ids_match(const struct id_bucket *bucket, uint8_t tag)
{
    const unsigned all = (1u << ID_BUCKET) - 1;
#ifdef __SSE2__
    /* Sixteen bytes: the tags and the counter behind them. */
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)bucket);
    return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8((char)tag))) & all;
#else
    unsigned found = 0;
    for (unsigned i = 0; i < ID_BUCKET; i++)
        found |= (unsigned)(bucket->tag[i] == tag) << i;
    return found & all;
#endif
}

/* The object that the name names, or NONE; searches wherever it may stand. */
uint32_t ids_search(const struct heap *heap, uint32_t name);

/*
 * The object that the name names, or NONE. The likely place may be empty, and hold a number from earlier: an object
 * that bears the name is the right one all the same. (Record 0 always exists; see heap_init.)
 */
static inline uint32_t ids_find(const struct heap *h, uint32_t name)
{
    uint32_t object = ids_bucket(h, name)->object[name & 7];
    return __builtin_expect(h->objects.data[object].name == name, 1) ? object : ids_search(h, name);
}

/* Is it sure that the name is not in the table? False: it may be. */
static inline bool ids_lacks(const struct heap *h, uint32_t name)
{
    const struct id_bucket *bucket = ids_bucket(h, name);
    return ids_match(bucket, ids_tag(name)) == 0 && bucket->spilled == 0;
}

/* Makes the table larger. 0, or -1 without memory. */
int ids_grow(struct heap *heap);

/* Room for one more name: at most two thirds full. 0, or -1 without memory. */
static inline int ids_reserve(struct heap *h)
{
    return h->id_count < h->ids.len * 8 ? 0 : ids_grow(h);
}

/* Enters a name whose bucket is full. */
void ids_insert_spilled(struct heap *heap, uint32_t name, uint32_t object);

/* Which of a bucket's empty places (bits) a name takes: the one it likes, or else one that no other name of it likes. */
static inline unsigned ids_choose(unsigned empty, uint32_t name)
{
    if (__builtin_expect(empty >> (name & 7) & 1, 1))
        return name & 7;
    return (unsigned)__builtin_ctz(empty >> 8 ? empty & ~0xFFu : empty);
}

/* Names object: the name must not be in the table, and room must have been made. */
static inline void ids_insert(struct heap *h, uint32_t name, uint32_t object)
{
    struct id_bucket *bucket = ids_bucket(h, name);
    unsigned empty = ids_match(bucket, 0);
    h->id_count++;
    if (__builtin_expect(empty == 0, 0)) {
        ids_insert_spilled(h, name, object);
        return;
    }
    unsigned at = ids_choose(empty, name);
    bucket->tag[at] = ids_tag(name);
    bucket->object[at] = object;
}

/* Forgets a name, which names object and may have spilled. */
void ids_remove_spilled(struct heap *heap, uint32_t name, uint32_t object);

/* Forgets a name, which names object. */
static inline void ids_remove(struct heap *h, uint32_t name, uint32_t object)
{
    struct id_bucket *bucket = ids_bucket(h, name);
    for (unsigned found = ids_match(bucket, ids_tag(name)); found; found &= found - 1) {
        unsigned at = (unsigned)__builtin_ctz(found);
        if (bucket->object[at] == object) {
            bucket->tag[at] = 0;
            h->id_count--;
            return;
        }
    }
    ids_remove_spilled(h, name, object);
}

/* Lets a name that is in the table, naming object from, name object to. */
void ids_rebind(struct heap *heap, uint32_t name, uint32_t from, uint32_t to);

#endif
