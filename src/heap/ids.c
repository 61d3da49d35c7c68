/* ids.c - the table of IDs when a bucket is full, a name is not at its preferred place, or the table must grow. */
#include "heap/ids.h"

#include "base/memory.h"

#include <stdlib.h>

/*
 * The bucket that a name tries after attempt others. The second is on the other side of the table: neighbours are
 * mostly full together, where the newest names belong, and so what they spill goes to neighbours too. The others follow
 * no order, so that names that belong to one bucket do not all try the same ones.
 */
static struct id_bucket *nth_bucket(const struct heap *h, uint32_t name, uint32_t attempt)
{
    struct id_bucket *home = ids_bucket(h, name), *middle = &h->ids.data[h->ids.len / 2];
    if (attempt == 0)
        return home;
    if (attempt == 1)
        return home < middle ? home + h->ids.len / 2 : home - h->ids.len / 2;
    uint64_t hash = ((uint64_t)attempt << 32 | name) * UINT64_C(0xD1B54A32D192ED03);
    hash = (hash ^ hash >> 32) * UINT64_C(0xD1B54A32D192ED03);
    return &h->ids.data[(hash >> 32) * h->ids.len >> 32];
}

/* The place of a name in one bucket, or ID_BUCKET: it is not there. */
static inline unsigned place_in(const struct heap *h, const struct id_bucket *bucket, uint32_t name)
{
    for (unsigned found = ids_match(bucket, ids_tag(name)); found; found &= found - 1)
        if (h->objects.data[bucket->object[__builtin_ctz(found)]].name == name)
            return (unsigned)__builtin_ctz(found);
    return ID_BUCKET;
}

uint32_t ids_search(const struct heap *h, uint32_t name)
{
    for (uint32_t attempt = 0;; attempt++) {
        const struct id_bucket *bucket = nth_bucket(h, name, attempt);
        unsigned place = place_in(h, bucket, name);
        if (place < ID_BUCKET)
            return bucket->object[place];
        if (!ids_passed(bucket, name))
            return NONE;
    }
}

uint32_t ids_search_used(struct heap *h, uint32_t name)
{
    struct id_bucket *home = ids_bucket(h, name);
    unsigned place = place_in(h, home, name), preferred = name & 7;
    if (place == ID_BUCKET)
        return ids_passed(home, name) ? ids_search(h, name) : NONE;
    uint32_t object = home->object[place];
    home->object[place] = home->object[preferred];
    home->tag[place] = home->tag[preferred];
    home->object[preferred] = object;
    home->tag[preferred] = ids_tag(name);
    return object;
}

void ids_insert_spilled(struct heap *h, uint32_t name, uint32_t object)
{
    for (uint32_t attempt = 0;; attempt++) {
        struct id_bucket *bucket = nth_bucket(h, name, attempt);
        unsigned empty = ids_match(bucket, 0);
        if (empty) {
            /* It does not belong here: places that no name prefers come first. */
            unsigned at = ids_choose(empty);
            bucket->tag[at] = ids_tag(name);
            bucket->object[at] = object;
            return;
        }
        bucket->spilled += (bucket->spilled & SPILLED_COUNT) < SPILLED_COUNT;
        bucket->spilled |= ids_spilled_bit(name);
    }
}

/* A name that has passed the bucket is gone. */
static void forget_spilled(struct id_bucket *bucket)
{
    uint32_t count = bucket->spilled & SPILLED_COUNT;
    if (count == 1)
        bucket->spilled = 0;
    else if (count < SPILLED_COUNT)
        bucket->spilled--;
}

/* Finds a name that names object: its place in the bucket; *attempt: the buckets that it has spilled over. */
static unsigned find_place(const struct heap *h, uint32_t name, uint32_t object, uint32_t *attempt)
{
    for (*attempt = 0;; ++*attempt) {
        const struct id_bucket *bucket = nth_bucket(h, name, *attempt);
        for (unsigned found = ids_match(bucket, ids_tag(name)); found; found &= found - 1)
            if (bucket->object[__builtin_ctz(found)] == object)
                return (unsigned)__builtin_ctz(found);
    }
}

void ids_remove_elsewhere(struct heap *h, uint32_t name, uint32_t object)
{
    uint32_t attempt;
    unsigned at = find_place(h, name, object, &attempt);
    nth_bucket(h, name, attempt)->tag[at] = 0;
    h->id_count--;
    while (attempt > 0)
        forget_spilled(nth_bucket(h, name, --attempt));
}

void ids_rebind(struct heap *h, uint32_t name, uint32_t from, uint32_t to)
{
    uint32_t attempt;
    unsigned at = find_place(h, name, from, &attempt);
    nth_bucket(h, name, attempt)->object[at] = to;
}

/* As ids_insert_at, which is for a table in use: here the tags that are read have mostly not just been written. */
static inline void move_name(struct heap *h, struct id_bucket *to, uint32_t name, uint32_t object)
{
    unsigned at = name & 7;
    if (to->tag[at] != 0) {
        ids_insert_at(h, to, name, object);
        return;
    }
    to->tag[at] = ids_tag(name);
    to->object[at] = object;
    h->id_count++;
}

/*
 * Inserts all names of an older table, those of a bucket from the last place on: the ones at their preferred places are
 * the newest, and get them again. The name is in the object's record, which can be anywhere, and goes to a bucket that
 * can be anywhere: both are prefetched, AHEAD names before they are needed.
 */
static void move_names(struct heap *h, const struct id_bucket *old, size_t len)
{
    enum { AHEAD = 64, RING = 4 * AHEAD };
    const unsigned all = (1u << ID_BUCKET) - 1;
    struct {
        uint32_t object, name;
        struct id_bucket *to;
    } ring[RING];
    size_t taken = 0, found = 0, moved = 0;
    for (size_t i = 0; i <= len; i++) {
        size_t ahead = i < len ? AHEAD : 0;
        for (unsigned left = i < len ? all & ~ids_match(&old[i], 0) : 0; left;) {
            unsigned place = 31 - (unsigned)__builtin_clz(left);
            left ^= 1u << place;
            ring[taken++ % RING].object = old[i].object[place];
            prefetch_read(&h->objects.data[old[i].object[place]]);
        }
        for (; taken - found > ahead; found++) {
            uint32_t name = h->objects.data[ring[found % RING].object].name;
            ring[found % RING].name = name;
            ring[found % RING].to = ids_bucket(h, name);
            prefetch_write(ring[found % RING].to);
        }
        for (; found - moved > ahead; moved++)
            move_name(h, ring[moved % RING].to, ring[moved % RING].name, ring[moved % RING].object);
    }
}

/* A table of up to this many buckets (2 MiB) is small: it doubles, and grows when it is half full. */
#define SMALL ((size_t)1 << 15)

/* The number of buckets is odd, so that no stride of names prefers a few of them. */
int ids_grow(struct heap *h)
{
    struct id_bucket *old = h->ids.data;
    size_t old_len = h->ids.len, len = (old_len + (old_len < SMALL ? old_len : old_len / 4) + 64) | 1;
    uint64_t count = h->id_count;
    struct id_bucket *larger = memory_table(sizeof *larger, len * sizeof *larger);
    if (!larger)
        return -1;
    memset(larger, 0, len * sizeof *larger);
    h->ids.data = larger;
    h->ids.len = h->ids.cap = len;
    h->id_inverse = UINT64_MAX / len + 1;
    h->id_room = len * (len <= SMALL ? 6 : 8);
    move_names(h, old, old_len);
    h->id_count = count;
    free(old);
    return 0;
}
