/* arena.c - takes blocks, splitting larger ones. Free blocks of a size are linked through their first unit. */
#include "heap/arena.h"

uint32_t arena_take(struct heap *h, unsigned log)
{
    if (log >= ARENA_CLASSES)
        return NONE;
    uint32_t block = h->arena_free[log];
    if (block != NONE) {
        h->arena_free[log] = (uint32_t)h->arena.data[block];
        prefetch_write(&h->arena.data[h->arena_free[log]]);
        return block;
    }
    size_t units = (size_t)1 << log;
    if (h->arena.len + units >= NONE || vec_reserve(&h->arena, units + ARENA_SLACK))
        return NONE;
    block = (uint32_t)h->arena.len;
    h->arena.len += units;
    return block;
}
