/* ids.c - see ids.h. */
#include "heap/ids.h"

#include <endian.h>
#include <stdlib.h>

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

/* The bucket that a name tries after attempt others. */
static uint32_t nth_bucket(const struct heap *h, uint32_t name, uint32_t attempt)
{
    uint64_t hash = ids_hash(name);
    if (attempt > 0) {
        hash = (hash + attempt) * UINT64_C(0xD1B54A32D192ED03);
        hash ^= hash >> 32;
        hash *= UINT64_C(0xD1B54A32D192ED03);
    }
    return (uint32_t)((hash >> 32) * h->id_buckets >> 32);
}

static const uint8_t *tags_of(const struct heap *h, uint32_t bucket)
{
    return h->id_tags.data + (size_t)bucket * IDS_BUCKET;
}

/* Where a name that is in the table stands, NONE if it is not; *attempts: buckets that it has spilled over. */
static uint32_t find_place(const struct heap *h, uint32_t name, uint32_t *attempts)
{
    for (*attempts = 0;; ++*attempts) {
        uint32_t bucket = nth_bucket(h, name, *attempts);
        for (unsigned found = match_tags(tags_of(h, bucket), ids_tag(name)); found; found &= found - 1) {
            uint32_t at = bucket * IDS_BUCKET + (uint32_t)__builtin_ctz(found);
            if (h->objects.data[h->ids.data[at]].name == name)
                return at;
        }
        if (h->id_spill.data[bucket] == 0)
            return NONE;
    }
}

uint32_t ids_search(const struct heap *h, uint32_t name)
{
    uint32_t attempts;
    uint32_t at = find_place(h, name, &attempts);
    return at == NONE ? NONE : h->ids.data[at];
}

static void insert(struct heap *h, uint32_t name, uint32_t object)
{
    size_t at = ids_place(h, name);
    if (h->id_tags.data[at] != 0) {
        unsigned empty;
        uint32_t bucket = (uint32_t)(at / IDS_BUCKET);
        for (uint32_t attempt = 1; (empty = match_tags(tags_of(h, bucket), 0)) == 0; attempt++) {
            h->id_spill.data[bucket]++;
            bucket = nth_bucket(h, name, attempt);
        }
        at = (size_t)bucket * IDS_BUCKET + (size_t)__builtin_ctz(empty);
    }
    h->id_tags.data[at] = ids_tag(name);
    h->ids.data[at] = object;
}

/* Grows the table to buckets and enters the named objects again. */
static int rebuild(struct heap *h, uint32_t buckets)
{
    size_t places = (size_t)buckets * IDS_BUCKET;
    uint32_t *ids = malloc(places * sizeof *ids), *spill = calloc(buckets, sizeof *spill);
    uint8_t *tags = calloc(places, 1);
    if (!ids || !tags || !spill) {
        free(ids);
        free(tags);
        free(spill);
        return -1;
    }
    memset(ids, 0xFF, places * sizeof *ids);
    uint32_t *old = h->ids.data;
    uint8_t *old_tags = h->id_tags.data;
    size_t old_len = h->ids.len;
    free(h->id_spill.data);
    h->ids.data = ids;
    h->id_tags.data = tags;
    h->id_spill.data = spill;
    h->ids.len = h->ids.cap = h->id_tags.len = h->id_tags.cap = places;
    h->id_spill.len = h->id_spill.cap = buckets;
    h->id_buckets = buckets;
    for (size_t i = 0; i < old_len; i++)
        if (old_tags[i] != 0)
            insert(h, h->objects.data[old[i]].name, old[i]);
    free(old);
    free(old_tags);
    return 0;
}

int ids_grow(struct heap *h)
{
    return rebuild(h, h->id_buckets + h->id_buckets / 4 + 64);
}

void ids_insert(struct heap *h, uint32_t name, uint32_t object)
{
    insert(h, name, object);
    h->id_count++;
}

void ids_remove(struct heap *h, uint32_t name)
{
    uint32_t attempts = 0;
    size_t at = ids_place(h, name);
    uint32_t object = h->ids.data[at];
    if (object == NONE || h->objects.data[object].name != name)
        at = find_place(h, name, &attempts);
    h->id_tags.data[at] = 0;
    h->ids.data[at] = NONE;
    h->id_count--;
    while (attempts > 0)
        h->id_spill.data[nth_bucket(h, name, --attempts)]--;
}

void ids_rebind(struct heap *h, uint32_t name, uint32_t from, uint32_t to)
{
    for (uint32_t attempt = 0;; attempt++) {
        uint32_t bucket = nth_bucket(h, name, attempt);
        for (unsigned found = match_tags(tags_of(h, bucket), ids_tag(name)); found; found &= found - 1) {
            uint32_t at = bucket * IDS_BUCKET + (uint32_t)__builtin_ctz(found);
            if (h->ids.data[at] == from) {
                h->ids.data[at] = to;
                return;
            }
        }
    }
}
