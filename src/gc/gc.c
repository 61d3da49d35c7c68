/* gc.c - steps the collection that is running, and says what the collector is doing. */
#include "gc/gc.h"

#include "gc/internal.h"

enum gc_activity gc_activity(const struct heap *h)
{
    if (!gc_running(h))
        return old_searching(h) ? GC_SWEEPING : marking_activity(h);
    return h->gc.running == 1 + COLLECTION_SCAVENGE ? GC_SCAVENGING : major_activity(h);
}

/* Room for the names of all that may die until the next collection begins. 0, or -1 without memory. */
static int reserve_names(struct heap *h)
{
    uint64_t most = h->dead_name_count + h->live;
    return vec_reserve(&h->dead_names, (most < DEAD_NAMES ? most : DEAD_NAMES) - h->dead_names.len);
}

enum gc_result gc_step(struct heap *h, uint64_t *budget)
{
    if (!h->gc.running)
        return GC_DONE;
    if (reserve_names(h))
        return GC_FAILED;
    enum gc_result result = h->gc.running == 1 + COLLECTION_SCAVENGE ? scavenge_step(h, budget) : major_step(h, budget);
    if (result == GC_DONE && gc_end(h))
        return GC_FAILED;
    return result;
}
