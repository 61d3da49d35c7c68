/* pause_figures.c - statistics of a heap's pauses. */
#include "report/pause_figures.h"
#include "heap/figures.h"

int pauses_of(const struct heap *heap, unsigned kinds, struct pauses *pauses)
{
    pauses->histogram = heap->pauses.histogram;
    return pause_store_statistics(&heap->pauses, kinds, &pauses->is);
}

void mmu_of(const struct heap *heap, struct mmu mmu[MMU_WINDOWS])
{
    static const char *const names[2][MMU_WINDOWS] = {{"1ms", "10ms", "100ms", "1s"}, {"1us", "10us", "100us", "1ms"}};
    uint64_t run_ns =
        heap_mutator_ns(heap) + heap->counters.gc_ns; /* a pause that is still running is not part of it */
    for (unsigned w = 0; w < MMU_WINDOWS; w++)
        mmu[w] = (struct mmu){heap->pauses.windows[w].length, pause_store_utilization(&heap->pauses, w, run_ns),
                              names[config_toy(&heap->config)][w]};
}

void pauses_sum(const struct heap *heap, uint64_t *total_ns, uint64_t *longest_ns)
{
    *total_ns = *longest_ns = 0;
    for (unsigned kind = 0; kind < PAUSE_KINDS; kind++) {
        const struct pause_totals *t = &heap->pauses.totals[kind];
        *total_ns += t->total_ns;
        *longest_ns = t->max_ns > *longest_ns ? t->max_ns : *longest_ns;
    }
}
