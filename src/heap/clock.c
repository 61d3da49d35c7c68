/*
 * clock.c - simulated time (heapreel-model(7), "Simulated time"): integers, computed from counters, so that events cost
 * nothing extra.
 *
 * Objects of 1 TiB can be allocated at once, and bytes cost up to a microsecond: sums of picoseconds need more than 64
 * bits. They stop at 146 years, the longest time that a program can work.
 */
#include "heap/figures.h"
#include "heap/heap.h"

uint64_t clock_ns(picoseconds ps)
{
    const uint64_t most = UINT64_C(1) << 62;
    if ((uint64_t)ps == ps)
        return (uint64_t)ps / 1000;
    return ps / 1000 < most ? (uint64_t)(ps / 1000) : most;
}

uint64_t heap_pause_ns(const struct heap *h)
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
    picoseconds bytes = (picoseconds)moved * c->cost_copy_byte + (picoseconds)marked * c->cost_mark_byte +
                        (picoseconds)gc->swept_bytes * c->cost_sweep_byte +
                        (picoseconds)gc->evacuated_bytes * c->cost_evacuate_byte;
    uint64_t roots = gc->now.roots_visited + gc->now.remembered_visited;
    return clock_ns(fixed + bytes / c->gc_threads + (picoseconds)roots * c->cost_root +
                    (picoseconds)gc->now.slots_updated * c->cost_slot);
}

uint64_t heap_mutator_ns(const struct heap *h)
{
    const struct config *c = &h->config;
    const struct counters *n = &h->counters;
    uint64_t swept = n->swept[SWEEPER_PROGRAM] * config_usable(c);
    return clock_ns((picoseconds)n->events * c->cost_event + (picoseconds)n->allocated_bytes * c->cost_alloc_byte +
                    (picoseconds)swept * c->cost_sweep_byte) +
           n->work_ns;
}

uint64_t heap_now(const struct heap *h)
{
    return heap_mutator_ns(h) + h->counters.gc_ns + heap_pause_ns(h);
}
