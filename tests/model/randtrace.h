/* randtrace.h - random traces for the tests. */
#ifndef MODEL_RANDTRACE_H
#define MODEL_RANDTRACE_H

#include <stddef.h>
#include <stdint.h>

/*
 * A random valid trace, the same bytes for the same seed on every machine.
 * The seed picks the era (seed modulo 3), the geometry and the style. Pages
 * and semispaces are tiny, so that a few hundred events see many collections;
 * limits are so large that only `gc`, failing allocations in new space, a full
 * new-large space, young external bytes and node20's `idle` collect, so that
 * the exact figures of heapreel-model(7) hold. No event names an object that is
 * unreachable at that moment.
 * Returns NUL-terminated text, *len bytes without the NUL; the caller frees.
 */
char *randtrace(uint64_t seed, size_t *len);

#endif
