/* objects.c - large ages, extra records, and freeing objects. */
#include "heap/objects.h"

/* Where an age of AGE_FAR or more is kept. */
static uint32_t *far_age(const struct heap *h, uint32_t object)
{
    uint32_t *more = &h->cold.data[object].more;
    return h->objects.data[object].bits & OBJECT_EXTRA ? &h->extras.data[*more].age : more;
}

uint32_t object_far_age(const struct heap *h, uint32_t object)
{
    return *far_age(h, object);
}

uint32_t object_grow_old(struct heap *h, uint32_t object)
{
    struct object *o = &h->objects.data[object];
    uint32_t *age = far_age(h, object);
    if ((o->bits & OBJECT_AGE) == OBJECT_AGE)
        return ++*age;
    o->bits |= OBJECT_AGE;
    return *age = AGE_FAR;
}

struct extra *object_extra(struct heap *h, uint32_t object)
{
    struct object *o = &h->objects.data[object];
    if (!(o->bits & OBJECT_EXTRA)) {
        uint32_t e = h->free_extra;
        if (e != NONE) {
            h->free_extra = h->extras.data[e].age;
        } else {
            if (vec_reserve(&h->extras, 1))
                return NULL;
            e = (uint32_t)h->extras.len++;
        }
        h->extras.data[e] = (struct extra){.entries = NONE, .age = h->cold.data[object].more};
        h->cold.data[object].more = e;
        o->bits |= OBJECT_EXTRA;
    }
    return &h->extras.data[h->cold.data[object].more];
}

void object_free(struct heap *h, uint32_t object)
{
    const struct object *o = &h->objects.data[object];
    h->survival.data[object_age(h, object)]++;
    h->live--;
    h->counters.collected++;
    if (o->bits & OBJECT_EXTRA) {
        uint32_t index = h->cold.data[object].more;
        struct extra *extra = &h->extras.data[index];
        h->external -= extra->external;
        if (extra->entries != NONE)
            table_free(h, extra->entries);
        extra->entries = NONE;
        extra->age = h->free_extra;
        h->free_extra = index;
    }
    object_release(h, object);
}

int objects_sort_free(struct heap *h)
{
    size_t words = h->objects.len / 32 + 1, count = h->free_objects.len;
    uint32_t *list = h->free_objects.data;
    if (count < words)
        return 0; /* going through the bitmap would cost more than it gains */
    h->scratch.len = 0;
    if (vec_reserve(&h->scratch, words))
        return -1;
    uint32_t *bits = h->scratch.data;
    memset(bits, 0, words * sizeof *bits);
    for (size_t i = 0; i < count; i++)
        bits[list[i] / 32] |= 1u << list[i] % 32;
    for (size_t word = 0; word < words; word++)
        for (uint32_t left = bits[word]; left; left &= left - 1)
            list[--count] = (uint32_t)word * 32 + (uint32_t)__builtin_ctz(left);
    return 0;
}
