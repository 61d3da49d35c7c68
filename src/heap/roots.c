/* roots.c - see roots.h. */
#include "heap/roots.h"

#include "heap/sites.h"

/*
 * Squeezes the holes out. Only the newest handle on an object is ever dropped, so that the links between the rest lead
 * to handles that are there: while going up, the object tells where its last one went.
 */
static void compact(struct heap *h)
{
    struct handle *handles = h->handles.data;
    size_t scope = 0, to = 0, old_handles = 0;
    for (size_t i = 0; i < h->handles.len; i++) {
        for (; scope < h->scopes.len && h->scopes.data[scope].base == i; scope++)
            h->scopes.data[scope].base = (uint32_t)to;
        if (handles[i].object == NONE)
            continue;
        struct object *o = &h->objects.data[handles[i].object];
        handles[to] = (struct handle){handles[i].object, handles[i].previous == NONE ? NONE : o->handle};
        o->handle = (uint32_t)to++;
        old_handles += i < h->old_handles;
    }
    for (; scope < h->scopes.len; scope++)
        h->scopes.data[scope].base = (uint32_t)to;
    h->handles.len = to;
    h->handle_holes = 0;
    h->old_handles = old_handles;
}

/*
 * When holes are squeezed out must follow from the state alone: a heap that was copied, or restored, has other
 * capacities, and shall have the same handles at the same places.
 */
int roots_grow(struct heap *h)
{
    if (h->handles.len >= h->handle_room) {
        if (h->handle_holes > h->handles.len / 2) {
            compact(h);
            return 0;
        }
        h->handle_room = h->handle_room < 16 ? 16 : 2 * h->handle_room;
    }
    return h->handles.len >= NONE - 1 ? -1 : vec_reserve(&h->handles, 1);
}

int roots_enter(struct heap *h, uint32_t name)
{
    sites_scope(h);
    return vec_push(&h->scopes, ((struct scope){(uint32_t)h->handles.len, name}));
}

void roots_leave(struct heap *h)
{
    sites_scope(h);
    uint32_t base = h->scopes.data[--h->scopes.len].base;
    for (size_t i = h->handles.len; i-- > base;) {
        const struct handle *handle = &h->handles.data[i];
        if (handle->object == NONE)
            h->handle_holes--;
        else
            h->objects.data[handle->object].handle = handle->previous;
    }
    h->handles.len = base;
    if (h->old_handles > base)
        h->old_handles = base;
}

size_t roots_scope(const struct heap *h, uint32_t handle)
{
    size_t low = 0, high = h->scopes.len; /* the last one whose base is not behind the handle */
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (h->scopes.data[middle].base <= handle)
            low = middle;
        else
            high = middle;
    }
    return low;
}
