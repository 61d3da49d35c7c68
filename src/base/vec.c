/* vec.c - the growth of arrays. The macros pass the address of a T *, which is read and written as bytes. */
#include "base/vec.h"

#include "base/memory.h"

#include <stdlib.h>

enum { VEC_FIRST = 8 }; /* elements of the first allocation */

int vec_grow(void *data, size_t *cap, size_t size, size_t want)
{
    if (want <= *cap)
        return 0;
    size_t most = SIZE_MAX / 2 / size;
    if (want > most)
        return -1;
    size_t grown = *cap > most / 2 ? most : *cap * 2;
    if (grown < VEC_FIRST && VEC_FIRST <= most)
        grown = VEC_FIRST;
    if (grown < want)
        grown = want;
    void *old;
    memcpy(&old, data, sizeof old);
    void *now = grown * size < MEMORY_LARGE ? realloc(old, grown * size)
                                            : memory_enlarge(old, sizeof(max_align_t), *cap * size, grown * size);
    if (now == NULL)
        return -1;
    memcpy(data, &now, sizeof now);
    *cap = grown;
    return 0;
}

int vec_renew(void *data, size_t *cap, size_t size, size_t want)
{
    void *now = NULL;
    size_t have = 0;
    if (vec_grow((void *)&now, &have, size, want))
        return -1;
    vec_release(data);
    memcpy(data, &now, sizeof now);
    *cap = have;
    return 0;
}

void vec_release(void *data)
{
    void *old;
    memcpy(&old, data, sizeof old);
    free(old);
    old = NULL;
    memcpy(data, &old, sizeof old);
}

int vec_duplicate(void *to_data, size_t *to_cap, const void *from_data, size_t size, size_t len, size_t cap)
{
    void *copy = NULL;
    if (cap > 0) {
        copy = cap > SIZE_MAX / size ? NULL : malloc(cap * size);
        if (copy == NULL)
            return -1;
        if (len > 0)
            memcpy(copy, from_data, len * size);
    }
    memcpy(to_data, &copy, sizeof copy);
    *to_cap = cap;
    return 0;
}
