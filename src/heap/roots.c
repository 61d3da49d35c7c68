/* roots.c - leaves scopes, and squeezes out the holes of released handles. */
#include "heap/roots.h"

#include "heap/objects.h"
#include "heap/sites.h"

/*
 * Moves the handles [from, end) that are not holes down to `to` and on; returns where the next one goes. Holes are
 * unpredictable, so no branch depends on them.
 */
static size_t squeeze(struct handle *handles, size_t from, size_t end, size_t to)
{
    for (size_t i = from; i < end; i++) {
        struct handle handle = handles[i];
        handles[to] = handle;
        to += handle.object != NONE;
    }
    return to;
}

static size_t count_handles(const struct handle *handles, size_t end)
{
    size_t count = 0;
    for (size_t i = 0; i < end; i++)
        count += handles[i].object != NONE;
    return count;
}

/*
 * Links the handles again: going up, each object records where its last one went. Only the newest handle on an object
 * is ever dropped, so the one linked to exists.
 */
static void link_handles(struct heap *h)
{
    const size_t ahead = 32;
    struct handle *handles = h->handles.data;
    for (size_t i = 0; i < h->handles.len; i++) {
        if (i + ahead < h->handles.len)
            prefetch_object(h, handles[i + ahead].object);
        struct object *o = &h->objects.data[handles[i].object];
        if (handles[i].previous != NONE)
            handles[i].previous = o->handle;
        o->handle = (uint32_t)i;
    }
}

static void compact(struct heap *h)
{
    struct handle *handles = h->handles.data;
    size_t to = 0, from = 0;
    h->old_handles = count_handles(handles, h->old_handles);
    for (size_t scope = 0; scope < h->scopes.len; scope++) {
        size_t base = h->scopes.data[scope].base;
        to = squeeze(handles, from, base, to);
        h->scopes.data[scope].base = (uint32_t)to;
        from = base;
    }
    h->handles.len = squeeze(handles, from, h->handles.len, to);
    h->handle_holes = 0;
    link_handles(h);
}

/*
 * Holes are squeezed out when they outnumber the handles and pay for the visit to all scopes. When must follow from the
 * state alone: a heap that was copied or restored has other capacities, and must have the same handles at the same
 * places.
 */
int roots_grow(struct heap *h)
{
    if (h->handles.len >= h->handle_room) {
        if (h->handle_holes > h->handles.len / 2 && h->handle_holes >= h->scopes.len / 4) {
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
    size_t low = 0, high = h->scopes.len; /* the last scope whose base is not after the handle */
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (h->scopes.data[middle].base <= handle)
            low = middle;
        else
            high = middle;
    }
    return low;
}
