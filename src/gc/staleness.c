/* staleness.c - what a major collection notes for leak analysis (heapreel-model(7), "Leak analysis"). */
#include "gc/internal.h"

#include "heap/sites.h"

void staleness_count(struct heap *h)
{
    const uint32_t one = 1u << OBJECT_IDLE_SHIFT;
    for (size_t i = 0; i < h->objects.len; i++) {
        uint32_t bits = h->objects.data[i].bits;
        if (!(bits & OBJECT_COLOR)) /* dead, or a free record */
            continue;
        if ((bits & OBJECT_UNTOUCHED) < OBJECT_UNTOUCHED)
            bits += one;
        if ((bits & OBJECT_UNTOUCHED) == STALE_AFTER * one)
            bits |= OBJECT_LATE;
        h->objects.data[i].bits = bits;
    }
    sites_forget(h);
}

void idle_note_growth(struct heap *h, uint64_t heap_used)
{
    h->growth.left[h->growth.majors++ % GROWTH_MAJORS] = heap_used;
}
