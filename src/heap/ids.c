/* ids.c - see ids.h. */
#include "heap/ids.h"

#include <endian.h>

#define LOW 0x0101010101010101u
#define HIGH 0x8080808080808080u

/* A bit (the highest of each byte) for every byte of v that is 0; exact. */
static uint64_t zero_bytes(uint64_t v)
{
    return ~(((v & ~HIGH) + ~HIGH) | v | ~HIGH);
}

/* A bit n for each of a bucket's 16 tags that equals tag. */
static unsigned match_tags(const uint8_t *tags, uint8_t tag)
{
    uint64_t half[2];
    memcpy(half, tags, sizeof half);
    unsigned found = 0;
    for (unsigned i = 0; i < 2; i++) {
        uint64_t zero = zero_bytes(le64toh(half[i]) ^ LOW * tag);
        /* Gather the high bits of the eight bytes into one byte. */
        found |= (unsigned)((zero >> 7) * 0x0102040810204080u >> 56) << (8 * i);
    }
    return found;
}

uint32_t ids_search(const struct heap *h, uint32_t name, uint32_t *place)
{
    uint32_t bucket = ids_bucket(h, name);
    uint8_t tag = ids_tag(name);
    for (;;) {
        unsigned found = match_tags(h->id_tags.data + (size_t)bucket * IDS_BUCKET, tag);
        for (; found; found &= found - 1) {
            uint32_t at = bucket * IDS_BUCKET + (uint32_t)__builtin_ctz(found);
            if (h->objects.data[h->ids.data[at]].name == name) {
                if (place)
                    *place = at;
                return h->ids.data[at];
            }
        }
        if (h->id_spill.data[bucket] == 0)
            return NONE;
        bucket = bucket + 1 == h->id_buckets ? 0 : bucket + 1;
    }
}

static void insert(struct heap *h, uint32_t name, uint32_t object)
{
    uint32_t bucket = ids_bucket(h, name);
    uint32_t at = bucket * IDS_BUCKET + (name & 15);
    if (h->id_tags.data[at] != 0) {
        unsigned empty;
        while ((empty = match_tags(h->id_tags.data + (size_t)bucket * IDS_BUCKET, 0)) == 0) {
            h->id_spill.data[bucket]++;
            bucket = bucket + 1 == h->id_buckets ? 0 : bucket + 1;
        }
        at = bucket * IDS_BUCKET + (uint32_t)__builtin_ctz(empty);
    }
    h->id_tags.data[at] = ids_tag(name);
    h->ids.data[at] = object;
}

/* Grows the table to buckets and enters the named objects again. */
static int rebuild(struct heap *h, uint32_t buckets)
{
    VEC(uint32_t) ids = {0};
    VEC(uint8_t) tags = {0};
    VEC(uint16_t) spill = {0};
    if (vec_reserve(&ids, (size_t)buckets * IDS_BUCKET) || vec_reserve(&tags, (size_t)buckets * IDS_BUCKET) ||
        vec_reserve(&spill, buckets)) {
        vec_free(&ids);
        vec_free(&tags);
        vec_free(&spill);
        return -1;
    }
    memset(ids.data, 0xFF, (size_t)buckets * IDS_BUCKET * sizeof *ids.data);
    memset(tags.data, 0, (size_t)buckets * IDS_BUCKET);
    memset(spill.data, 0, buckets * sizeof *spill.data);
    uint32_t *old = h->ids.data;
    uint8_t *old_tags = h->id_tags.data;
    size_t old_len = h->ids.len;
    h->ids.data = ids.data, h->ids.cap = ids.cap;
    h->ids.len = (size_t)buckets * IDS_BUCKET;
    vec_release(&h->id_spill.data);
    h->id_spill.data = spill.data, h->id_spill.cap = spill.cap, h->id_spill.len = buckets;
    h->id_tags.data = tags.data, h->id_tags.cap = tags.cap, h->id_tags.len = h->ids.len;
    h->id_buckets = buckets;
    for (size_t i = 0; i < old_len; i++)
        if (old_tags[i] != 0)
            insert(h, h->objects.data[old[i]].name, old[i]);
    vec_release(&old);
    vec_release(&old_tags);
    return 0;
}

int ids_reserve(struct heap *h)
{
    /* At most three quarters full: then one bucket in a hundred spills. */
    if (h->id_buckets && h->id_count < (uint64_t)h->id_buckets * (IDS_BUCKET * 3 / 4))
        return 0;
    return rebuild(h, h->id_buckets + h->id_buckets / 2 + 64);
}

void ids_insert(struct heap *h, uint32_t name, uint32_t object)
{
    insert(h, name, object);
    h->id_count++;
}

void ids_remove(struct heap *h, uint32_t name)
{
    uint32_t bucket = ids_bucket(h, name);
    uint32_t at = bucket * IDS_BUCKET + (name & 15);
    uint32_t object = h->ids.data[at];
    if (object == NONE || h->objects.data[object].name != name)
        ids_search(h, name, &at);
    h->id_tags.data[at] = 0;
    h->ids.data[at] = NONE;
    h->id_count--;
    for (; bucket != at / IDS_BUCKET; bucket = bucket + 1 == h->id_buckets ? 0 : bucket + 1)
        h->id_spill.data[bucket]--;
}

void ids_rebind(struct heap *h, uint32_t name, uint32_t from, uint32_t to)
{
    uint32_t bucket = ids_bucket(h, name);
    for (;;) {
        unsigned found = match_tags(h->id_tags.data + (size_t)bucket * IDS_BUCKET, ids_tag(name));
        for (; found; found &= found - 1) {
            uint32_t at = bucket * IDS_BUCKET + (uint32_t)__builtin_ctz(found);
            if (h->ids.data[at] == from) {
                h->ids.data[at] = to;
                return;
            }
        }
        bucket = bucket + 1 == h->id_buckets ? 0 : bucket + 1;
    }
}
