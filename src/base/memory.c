/* memory.c - large tables on huge pages, and moving them to larger ones with little extra memory. */
#define _GNU_SOURCE /* mremap */
#include "base/memory.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

void *memory_table(size_t alignment, size_t bytes)
{
    if (bytes >= MEMORY_LARGE)
        alignment = MEMORY_HUGE;
    if (bytes > SIZE_MAX - alignment)
        return NULL;
    bytes = (bytes + alignment - 1) / alignment * alignment; /* as C17 wants it */
    void *table = aligned_alloc(alignment, bytes);
#ifdef MADV_HUGEPAGE
    if (table != NULL && bytes >= MEMORY_LARGE)
        madvise(table, bytes, MADV_HUGEPAGE); /* advice: without it, everything works, but more slowly */
#endif
    return table;
}

/* Returns to the host the pages that lie completely between two places; their contents are lost. */
static void give_back(char *from, char *to)
{
#ifdef MADV_DONTNEED
    long page = sysconf(_SC_PAGESIZE);
    uintptr_t size = page > 0 ? (uintptr_t)page : MEMORY_HUGE;
    char *first = from + (size - (uintptr_t)from % size) % size, *last = to - (uintptr_t)to % size;
    if (first < last)
        madvise(first, (size_t)(last - first), MADV_DONTNEED);
#else
    (void)from, (void)to;
#endif
}

/*
 * Moves the memory of a piece of a table, not its contents: nothing is copied, and no page is cleared. False if the
 * host cannot, or if the piece is not whole huge pages; nothing changes then. The pages left are empty, but still there
 * for free.
 */
static bool move_pages(char *to, char *from, size_t bytes)
{
#ifdef MREMAP_DONTUNMAP
    if (bytes == MEMORY_HUGE && ((uintptr_t)from | (uintptr_t)to) % MEMORY_HUGE == 0)
        return mremap(from, bytes, bytes, MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP, to) == to;
#else
    (void)to, (void)from, (void)bytes;
#endif
    return false;
}

void *memory_enlarge(void *table, size_t alignment, size_t bytes, size_t more)
{
    char *old = table, *now = memory_table(alignment, more);
    if (now == NULL || old == NULL)
        return now;
    for (size_t at = 0; at < bytes; at += MEMORY_HUGE) {
        size_t n = bytes - at < MEMORY_HUGE ? bytes - at : MEMORY_HUGE;
        if (move_pages(now + at, old + at, n))
            continue;
        memcpy(now + at, old + at, n);
        give_back(old + at, old + at + n);
    }
    free(old);
#ifdef __GLIBC__
    malloc_trim(0); /* what this and other tables had when they were small: nothing small will need as much again */
#endif
    return now;
}
