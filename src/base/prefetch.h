/*
 * prefetch.h - fetching memory into the cache before it is needed.
 *
 * GCC takes a function that only prefetches for one without effect, and drops the calls of it that it does not inline
 * at once (seen with 12.2: the pass that finds pure and constant functions does not look at the built-in as an effect).
 * The empty asm costs nothing and says that there is one. clang needs no such hint.
 */
#ifndef HEAPREEL_BASE_PREFETCH_H
#define HEAPREEL_BASE_PREFETCH_H

/* The cache line of an address, which need not be one: to be read. */
static inline void prefetch_read(const void *p)
{
    __builtin_prefetch(p);
    __asm__ volatile("");
}

/* The same, to be written. */
static inline void prefetch_write(const void *p)
{
    __builtin_prefetch(p, 1);
    __asm__ volatile("");
}

#endif
