/*
 * mutant.c - switches off the write barrier of marking in one era, named by HEAPREEL_MUTANT, in a build of the unit
 * tests whose linker sends every call here. The property test must fail then: so it is known that it can.
 */
#include "gc/barrier.h"

#include <stdlib.h>
#include <string.h>

int __real_barrier_marking(struct heap *heap, uint32_t host, uint32_t position, uint32_t target, bool weak);
int __wrap_barrier_marking(struct heap *heap, uint32_t host, uint32_t position, uint32_t target, bool weak);

int __wrap_barrier_marking(struct heap *heap, uint32_t host, uint32_t position, uint32_t target, bool weak)
{
    const char *mutant = getenv("HEAPREEL_MUTANT");
    if (!weak && mutant != NULL && strcmp(mutant, era_word(heap->config.era)) == 0)
        return 0;
    return __real_barrier_marking(heap, host, position, target, weak);
}
