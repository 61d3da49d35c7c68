/*
 * ids.h - which object an ID names.
 *
 * A hash table whose buckets are cache lines of twelve names. Eight ascending decimal names share a bucket, and the
 * next eight the next one: a window of ascending names fills the table in order and costs little more than an array,
 * while four places of a bucket are left for other names. A large table is up to two thirds full; a small one up to
 * half, since most names having their preferred place matters more than memory there. Most names are at the place given
 * by their last three bits, which is examined first; of the names that prefer a place, the one made or used last has
 * it, so that no name that is used all the time is slow for good. Memory follows the names in use. A byte of hash for
 * each place (its tag, 0 = empty) keeps a miss from touching objects: all tags are compared at once. A name whose
 * bucket is full spills into another one, given by a hash; a bucket counts the names that have passed it, so that
 * removed names need no mark, and keeps a bit for each, by another hash, so that most searches end there.
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
    /* Sixteen bytes: the tags and the counter after them. */
    __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)bucket);
    return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8((char)tag))) & all;
#else
    unsigned found = 0;
    for (unsigned i = 0; i < ID_BUCKET; i++)
        found |= (unsigned)(bucket->tag[i] == tag) << i;
    return found & all;
#endif
}

/*
 * id_bucket.spilled: the number of names that have passed, at most SPILLED_COUNT (then it stays, until the table
 * grows), and above it a bit for each of them, which may be one for several.
 */
#define SPILLED_COUNT 0xFFFu
static inline uint32_t ids_spilled_bit(uint32_t name)
{
    return 1u << (12 + ((name * 0x9E3779B1u >> 16) * 20 >> 16));
}
/* May the name have passed the bucket? */
static inline bool ids_passed(const struct id_bucket *bucket, uint32_t name)
{
    return bucket->spilled & ids_spilled_bit(name);
}
/* Is the name, which belongs to that bucket, certainly not in the table? */
static inline bool ids_absent(const struct id_bucket *bucket, uint32_t name)
{
    return ids_match(bucket, ids_tag(name)) == 0 && !ids_passed(bucket, name);
}

/* The object that the name names, or NONE; searches every place where it can be. */
uint32_t ids_search(const struct heap *heap, uint32_t name);

/* The place that a name prefers: the object there is a guess, but its record always exists (0 for an empty place). */
static inline const uint32_t *ids_likely(const struct heap *h, uint32_t name)
{
    return &ids_bucket(h, name)->object[name & 7];
}

/* The bucket of a name, from its preferred place. */
static inline struct id_bucket *ids_bucket_around(const uint32_t *place, uint32_t name)
{
    return (struct id_bucket *)(uintptr_t)((const char *)(place - (name & 7)) - offsetof(struct id_bucket, object));
}

/*
 * The object that the name names, or NONE. The likely place may be empty and hold a number from earlier: an object that
 * bears the name is still the right one. (Record 0 always exists; see heap_init.)
 */
static inline uint32_t ids_find(const struct heap *h, uint32_t name)
{
    uint32_t object = *ids_likely(h, name);
    return __builtin_expect(h->objects.data[object].name == name, 1) ? object : ids_search(h, name);
}

/*
 * The same for a name that an event has, and others will: if it is in its own bucket, it gets its preferred place from
 * the one that has it.
 */
uint32_t ids_search_used(struct heap *heap, uint32_t name);
static inline uint32_t ids_use(struct heap *h, uint32_t name)
{
    uint32_t object = *ids_likely(h, name);
    return __builtin_expect(h->objects.data[object].name == name, 1) ? object : ids_search_used(h, name);
}

/* Enlarges the table. 0, or -1 without memory. */
int ids_grow(struct heap *heap);

/* Is there room for one more name? */
static inline bool ids_room(const struct heap *h)
{
    return h->id_count < h->id_room;
}
/* Makes room for one more name. 0, or -1 without memory. */
static inline int ids_reserve(struct heap *h)
{
    return ids_room(h) ? 0 : ids_grow(h);
}

/* Inserts a name whose bucket is full. */
void ids_insert_spilled(struct heap *heap, uint32_t name, uint32_t object);

/*
 * Which of a bucket's empty places (bits) a name takes if it does not get its preferred one: one that no other name
 * prefers.
 */
static inline unsigned ids_choose(unsigned empty)
{
    return (unsigned)__builtin_ctz(empty >> 8 ? empty & ~0xFFu : empty);
}

/*
 * Puts a tag at a place, and at another place the tag that stood there (other == at: at none), by writing all tags: all
 * are read for the bucket's next name, and a processor delays such a read until a narrower write has reached the cache.
 */
static inline void ids_put_tag(struct id_bucket *bucket, unsigned at, unsigned other, uint8_t tag)
{
#ifdef __SSE2__
    static const uint8_t only[32] = {[16] = 0xFF};
    __m128i *tags = (__m128i *)(void *)bucket;
    __m128i here = _mm_loadu_si128((const __m128i *)(const void *)&only[16 - at]);
    __m128i there = _mm_loadu_si128((const __m128i *)(const void *)&only[16 - other]);
    __m128i old = _mm_and_si128(_mm_set1_epi8((char)bucket->tag[at]), there);
    __m128i new = _mm_and_si128(_mm_set1_epi8((char)tag), here);
    __m128i both = _mm_or_si128(_mm_andnot_si128(there, _mm_loadu_si128(tags)), old);
    _mm_storeu_si128(tags, _mm_or_si128(_mm_andnot_si128(here, both), new));
#else
    bucket->tag[other] = bucket->tag[at];
    bucket->tag[at] = tag;
#endif
}

/*
 * Names object: the name, which belongs to that bucket, must not be in the table, and room must have been made. It gets
 * its preferred place; the name there makes room, because newer names are mostly used more often.
 */
static inline void ids_insert_at(struct heap *h, struct id_bucket *bucket, uint32_t name, uint32_t object)
{
    unsigned empty = ids_match(bucket, 0), at = name & 7, other = at;
    h->id_count++;
    if (__builtin_expect(!(empty >> at & 1), 0)) {
        if (empty == 0) {
            ids_insert_spilled(h, name, object);
            return;
        }
        other = ids_choose(empty);
        bucket->object[other] = bucket->object[at];
    }
    ids_put_tag(bucket, at, other, ids_tag(name));
    bucket->object[at] = object;
}
static inline void ids_insert(struct heap *h, uint32_t name, uint32_t object)
{
    ids_insert_at(h, ids_bucket(h, name), name, object);
}

/* Forgets a name, which names object and is not at its preferred place. */
void ids_remove_elsewhere(struct heap *heap, uint32_t name, uint32_t object);

/*
 * Forgets a name, which names object. Only its preferred place is examined: a collection forgets neighbours one after
 * another, and reading all their tags at once would wait for each of those bytes to be written.
 */
static inline void ids_remove(struct heap *h, uint32_t name, uint32_t object)
{
    struct id_bucket *bucket = ids_bucket(h, name);
    if (__builtin_expect(bucket->object[name & 7] != object || bucket->tag[name & 7] == 0, 0)) {
        ids_remove_elsewhere(h, name, object);
        return;
    }
    bucket->tag[name & 7] = 0;
    h->id_count--;
}

/* Makes a name in the table, which names object from, name object to. */
void ids_rebind(struct heap *heap, uint32_t name, uint32_t from, uint32_t to);

#endif
