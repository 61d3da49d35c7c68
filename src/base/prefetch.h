/*
 * prefetch.h - loading memory into the cache before it is needed.
 *
 * GCC takes a function that only prefetches for one without effect and drops calls of it that it does not inline at
 * once (seen with 12.2: the pass that finds pure and constant functions does not regard the built-in as an effect). The
 * empty asm costs nothing and is an effect. clang does not need it.
 */
#ifndef HEAPREEL_BASE_PREFETCH_H
#define HEAPREEL_BASE_PREFETCH_H

/* Loads the cache line of an address, which need not be valid, for reading. */
static inline void prefetch_read(const void *p)
{
    __builtin_prefetch(p);
    __asm__ volatile("");
}

/* The same, for writing. */
static inline void prefetch_write(const void *p)
{
    __builtin_prefetch(p, 1);
    __asm__ volatile("");
}

#endif
