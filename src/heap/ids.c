/* ids.c - the table of IDs when a bucket is full, a name is not at its preferred place, or the table must grow. */
#include "heap/ids.h"

#include "base/memory.h"

#include <stdlib.h>

/* The bucket that a name tries after attempt others. */
static struct id_bucket *nth_bucket(const struct heap *h, uint32_t name, uint32_t attempt)
{
    if (attempt == 0)
        return ids_bucket(h, name);
    uint64_t hash = ((uint64_t)attempt << 32 | name) * UINT64_C(0xD1B54A32D192ED03);
    hash = (hash ^ hash >> 32) * UINT64_C(0xD1B54A32D192ED03);
    return &h->ids.data[(hash >> 32) * h->ids.len >> 32];
}

uint32_t ids_search(const struct heap *h, uint32_t name)
{
    for (uint32_t attempt = 0;; attempt++) {
        const struct id_bucket *bucket = nth_bucket(h, name, attempt);
        for (unsigned found = ids_match(bucket, ids_tag(name)); found; found &= found - 1) {
            uint32_t object = bucket->object[__builtin_ctz(found)];
            if (h->objects.data[object].name == name)
                return object;
        }
        if (bucket->spilled == 0)
            return NONE;
    }
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
        bucket->spilled++;
    }
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
        nth_bucket(h, name, --attempt)->spilled--;
}

void ids_rebind(struct heap *h, uint32_t name, uint32_t from, uint32_t to)
{
    uint32_t attempt;
    unsigned at = find_place(h, name, from, &attempt);
    nth_bucket(h, name, attempt)->object[at] = to;
}

/* The places of a bucket that are in use, as bits. */
static unsigned taken(const struct id_bucket *bucket)
{
    return ids_match(bucket, 0) ^ ((1u << ID_BUCKET) - 1);
}

/* The records of objects, where their names stand, lie anywhere: those of a bucket that will be moved are fetched. */
static void fetch_names(const struct heap *h, const struct id_bucket *old)
{
    for (unsigned left = taken(old); left; left &= left - 1)
        prefetch_read(&h->objects.data[old->object[__builtin_ctz(left)]]);
}

/* And so are the buckets where the names go, once those are there. */
static void fetch_buckets(const struct heap *h, const struct id_bucket *old)
{
    for (unsigned left = taken(old); left; left &= left - 1)
        prefetch_write(ids_bucket(h, h->objects.data[old->object[__builtin_ctz(left)]].name));
}

/*
 * Inserts all names of a bucket of an older table, from the last place on: those at their preferred places are the
 * newest, and get them again.
 */
static void reinsert(struct heap *h, const struct id_bucket *old)
{
    for (unsigned place = ID_BUCKET; place-- > 0;)
        if (old->tag[place] != 0)
            ids_insert(h, h->objects.data[old->object[place]].name, old->object[place]);
}

static void move_names(struct heap *h, const struct id_bucket *old, size_t len)
{
    const size_t ahead = 8;
    for (size_t i = 0; i < len + 2 * ahead; i++) {
        if (i < len)
            fetch_names(h, &old[i]);
        if (i >= ahead && i < len + ahead)
            fetch_buckets(h, &old[i - ahead]);
        if (i >= 2 * ahead)
            reinsert(h, &old[i - 2 * ahead]);
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
