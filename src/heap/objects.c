/* objects.c - see objects.h. */
#include "heap/objects.h"

#include "heap/ids.h"
#include "heap/slots.h"

struct extra *object_extra(struct heap *h, uint32_t object)
{
    struct object *o = &h->objects.data[object];
    if (!(o->bits & OBJECT_EXTRA)) {
        uint32_t e = h->free_extra;
        if (e != NONE) {
            h->free_extra = h->extras.data[e].next;
        } else {
            if (vec_reserve(&h->extras, 1))
                return NULL;
            e = (uint32_t)h->extras.len++;
        }
        h->extras.data[e] = (struct extra){.entries = NONE, .next = NONE};
        h->cold.data[object].extra = e;
        o->bits |= OBJECT_EXTRA;
    }
    return &h->extras.data[h->cold.data[object].extra];
}

static void forget_name(struct heap *h, const struct object *o, uint32_t object)
{
    ids_remove(h, o->name, object);
    struct dead_name *dead = &h->dead_names.data[h->dead_name_count++ % DEAD_NAMES];
    dead->name = o->name;
    dead->collection = (uint32_t)h->gc.now.index;
    dead->event = h->event;
}

void object_free(struct heap *h, uint32_t object)
{
    struct object *o = &h->objects.data[object];
    struct object_cold *cold = &h->cold.data[object];
    if (o->name != NAME_NONE)
        forget_name(h, o, object);
    if (o->bits & OBJECT_SLOTS)
        slots_free(h, object);
    if (o->bits & OBJECT_EXTRA) {
        struct extra *extra = &h->extras.data[cold->extra];
        h->external -= extra->external;
        if (extra->entries != NONE)
            table_free(h, extra->entries);
        extra->entries = NONE;
        extra->next = h->free_extra;
        h->free_extra = cold->extra;
    }
    h->survival.data[cold->age]++;
    o->name = NAME_NONE;
    o->bits = OBJECT_FREE;
    o->nslots = 0;
    cold->next = h->free_object;
    h->free_object = object;
    h->live--;
    h->counters.collected++;
}
