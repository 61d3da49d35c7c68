/*
 * save.c - saving a heap, to return to it; see heap_save.
 *
 * Records of collections are only ever appended, so the caller keeps them once for all saved heaps, and a saved heap
 * has their number.
 */
#include "heap/heap.h"

#include <stdlib.h>

#define BEHIND 64 /* bytes after an array's end that can be read: see ARENA_SLACK */

/* A tight copy of len elements; the capacity is remembered, not taken. 0, or -1 without memory. */
static int keep(void *to_data, const void *from_data, size_t size, size_t len, uint64_t *bytes)
{
    char *copy = NULL;
    if (len > 0) {
        copy = malloc(len * size + BEHIND);
        if (!copy)
            return -1;
        memcpy(copy, from_data, len * size);
        memset(copy + len * size, 0, BEHIND);
        *bytes += len * size + BEHIND;
    }
    memcpy(to_data, &copy, sizeof copy);
    return 0;
}

/* Makes room for cap elements at *data, whose capacity is *have. 0, or -1 without memory. */
static int make_room(void *data, size_t *have, size_t size, size_t cap)
{
    return cap <= *have ? 0 : vec_grow(data, have, size, cap);
}

#define PAUSE_ARRAYS(X) X(lengths) X(bins) X(recent)

int heap_save(struct heap *to, const struct heap *from, uint64_t *bytes)
{
    int failed = 0;
    *to = *from;
    *bytes = 0;
    to->listeners = NULL;
    to->listening = 0;
#define X(type, name) to->name.data = NULL;
    HEAP_ARRAYS(X)
#undef X
#define X(name) to->pauses.name.data = NULL;
    PAUSE_ARRAYS(X)
#undef X
#define X(type, name)                                                                                                  \
    if ((void *)&to->name != (void *)&to->collections)                                                                 \
        failed |= keep((void *)&to->name.data, from->name.data, sizeof(type), to->name.len, bytes);
    HEAP_ARRAYS(X)
#undef X
#define X(name)                                                                                                        \
    failed |= keep((void *)&to->pauses.name.data, from->pauses.name.data, sizeof *from->pauses.name.data,              \
                   from->pauses.name.len, bytes);
    PAUSE_ARRAYS(X)
#undef X
    if (failed)
        heap_free(to);
    return failed ? -1 : 0;
}

/*
 * Makes the room that *saved had in every array of *h. 0, or -1 without memory: some arrays have room then, and none
 * has changed.
 */
static int reserve(struct heap *h, const struct heap *saved)
{
    int failed = 0;
#define X(type, name) failed |= make_room((void *)&h->name.data, &h->name.cap, sizeof(type), saved->name.cap);
    HEAP_ARRAYS(X)
#undef X
#define X(name)                                                                                                        \
    failed |= make_room((void *)&h->pauses.name.data, &h->pauses.name.cap, sizeof *h->pauses.name.data,                \
                        saved->pauses.name.cap);
    PAUSE_ARRAYS(X)
#undef X
    return failed;
}

/* Adds the records that the heap lacks. */
static void add_records(struct heap *h, size_t have, const struct collection *records)
{
    if (have < h->collections.len)
        memcpy(h->collections.data + have, records + have, (h->collections.len - have) * sizeof *records);
}

int heap_restore(struct heap *h, const struct heap *saved, const struct collection *records)
{
    if (reserve(h, saved))
        return -1;
    const struct heap keeps = *h;
    *h = *saved;
    h->names = keeps.names ? keeps.names : saved->names;
    h->listeners = keeps.listeners;
    h->listening = keeps.listening;
#define X(type, name)                                                                                                  \
    h->name.data = keeps.name.data;                                                                                    \
    h->name.cap = keeps.name.cap;                                                                                      \
    if (saved->name.data)                                                                                              \
        memcpy(h->name.data, saved->name.data, saved->name.len * sizeof(type));
    HEAP_ARRAYS(X)
#undef X
#define X(name)                                                                                                        \
    h->pauses.name.data = keeps.pauses.name.data;                                                                      \
    h->pauses.name.cap = keeps.pauses.name.cap;                                                                        \
    if (saved->pauses.name.data)                                                                                       \
        memcpy(h->pauses.name.data, saved->pauses.name.data, saved->pauses.name.len * sizeof *h->pauses.name.data);
    PAUSE_ARRAYS(X)
#undef X
    add_records(h, keeps.collections.len, records);
    if (saved->objects.len == 0)
        h->objects.data[0] = (struct object){.name = NAME_NONE, .bits = OBJECT_FREE}; /* see heap_init */
    return 0;
}
