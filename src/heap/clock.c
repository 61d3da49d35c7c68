/* clock.c - simulated time (heap model, section 10): integers, from counters, so that the event path pays nothing. */
#include "heap/heap.h"

uint64_t heap_pause_ps(const struct heap *h)
{
    const struct config *c = &h->config;
    const struct gc_state *gc = &h->gc;
    if (!gc->running)
        return 0;
    bool scavenge = gc->running == 1 + COLLECTION_SCAVENGE;
    uint64_t fixed = scavenge ? c->cost_scavenge : c->cost_major;
    if (config_toy(c))
        fixed /= 1000;
    uint64_t marked = h->marking.scanned > gc->scanned_before ? h->marking.scanned - gc->scanned_before : 0;
    uint64_t moved = gc->now.copied_bytes + gc->now.promoted_bytes;
    uint64_t bytes = moved * c->cost_copy_byte + marked * c->cost_mark_byte + gc->swept_bytes * c->cost_sweep_byte +
                     gc->evacuated_bytes * c->cost_evacuate_byte;
    uint64_t roots = gc->now.roots_visited + gc->now.remembered_visited;
    return fixed + bytes / c->gc_threads + roots * c->cost_root + gc->now.slots_updated * c->cost_slot;
}

uint64_t heap_mutator_ns(const struct heap *h)
{
    const struct config *c = &h->config;
    const struct counters *n = &h->counters;
    uint64_t swept = n->swept[SWEEPER_PROGRAM] * config_usable(c);
    return (n->events * c->cost_event + n->allocated_bytes * c->cost_alloc_byte + swept * c->cost_sweep_byte) / 1000 +
           n->work_ns;
}

uint64_t heap_now(const struct heap *h)
{
    return heap_mutator_ns(h) + h->counters.gc_ns + heap_pause_ps(h) / 1000;
}
