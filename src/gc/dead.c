/* dead.c - frees a dead object: its figures, its site, its record. */
#include "gc/internal.h"

#include "heap/sites.h"

void free_dead(struct heap *h, uint32_t object)
{
    const struct object *o = &h->objects.data[object];
    uint64_t bytes = object_bytes(o);
    h->gc.now.dead_bytes += bytes;
    h->gc.now.dead_objects++;
    if ((o->bits & (OBJECT_YOUNG | OBJECT_EXTRA)) == (OBJECT_YOUNG | OBJECT_EXTRA))
        h->young_external -= object_external(h, object);
    if (o->bits & OBJECT_LATE)
        sites_late(h, object);
    tell(h, DEAD, object, bytes, object_space(o), o->page, (uint64_t)o->offset * UNIT, object_age(h, object));
    object_free(h, object);
}
