/* objects.c - see objects.h. */
#include "heap/objects.h"

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
