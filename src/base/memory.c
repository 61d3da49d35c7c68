/* memory.c - see memory.h. */
#include "base/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

void *memory_table(size_t alignment, size_t bytes)
{
    if (bytes >= MEMORY_LARGE) {
        alignment = MEMORY_HUGE;
    }
    if (bytes > SIZE_MAX - alignment) {
        return NULL;
    }
    bytes = (bytes + alignment - 1) / alignment * alignment; /* as C17 wants it */
    void *table = aligned_alloc(alignment, bytes);
#ifdef MADV_HUGEPAGE
    if (table != NULL && bytes >= MEMORY_LARGE) {
        madvise(table, bytes, MADV_HUGEPAGE); /* advice: without it, all is the same but slower */
    }
#endif
    return table;
}
