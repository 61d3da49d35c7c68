/* load.h - eight bytes of a text as a number. */
#ifndef HEAPREEL_BASE_LOAD_H
#define HEAPREEL_BASE_LOAD_H

#include <stdint.h>
#include <string.h>

static inline uint64_t load8(const char *p)
{
    uint64_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

/* The bytes of a load8 that were the first n in memory, 1 to 8. */
static inline uint64_t first_bytes(unsigned n)
{
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    return UINT64_MAX >> (64 - 8 * n);
#else
    return UINT64_MAX << (64 - 8 * n);
#endif
}

#endif
