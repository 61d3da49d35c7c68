/* pauses.c - see pauses.h. */
#include "report/pauses.h"

/* Collections of kinds so far, with or without a record. */
static uint64_t count_of(const struct heap *heap, unsigned kinds)
{
    const struct counters *c = &heap->counters;
    return (kinds & 1u << PAUSE_SCAVENGE ? c->scavenges : 0) + (kinds & 1u << PAUSE_MARK_SWEEP ? c->mark_sweeps : 0) +
           (kinds & 1u << PAUSE_MARK_COMPACT ? c->mark_compacts : 0);
}

/* The pauses of the collections that have a record. 0, or -1 without memory; to be freed in both cases. */
static int collect(const struct heap *heap, struct pause_store *store)
{
    pause_store_init(store, config_toy(&heap->config));
    for (size_t i = 0; i < heap->collections.len; i++) {
        const struct collection *c = &heap->collections.data[i];
        if (pause_store_add(store, (enum pause_kind)c->type, c->start_ns, c->pause_ns))
            return -1;
    }
    return 0;
}

int pauses_of(const struct heap *heap, unsigned kinds, struct pauses *pauses)
{
    struct pause_store store;
    struct pause_statistics s = {0};
    int failed = collect(heap, &store) || pause_store_statistics(&store, kinds, &s) ? -1 : 0;
    *pauses = (struct pauses){.count = count_of(heap, kinds),
                              .recorded = s.count,
                              .histogram = store.histogram,
                              .min_ns = s.min_ns,
                              .mean_ns = s.mean_ns,
                              .p50_ns = s.p50_ns,
                              .p95_ns = s.p95_ns,
                              .p99_ns = s.p99_ns,
                              .max_ns = s.max_ns,
                              .total_ns = s.total_ns};
    pause_store_free(&store);
    return failed;
}

int mmu_of(const struct heap *heap, struct mmu mmu[MMU_WINDOWS])
{
    static const char *const names[2][MMU_WINDOWS] = {{"1ms", "10ms", "100ms", "1s"}, {"1us", "10us", "100us", "1ms"}};
    struct pause_store store;
    uint64_t run_ns = heap_mutator_ns(heap) + heap->counters.gc_ns; /* a pause that still lasts is no part of it */
    int failed = collect(heap, &store);
    for (unsigned w = 0; w < MMU_WINDOWS && !failed; w++)
        mmu[w] = (struct mmu){store.windows[w].length, pause_store_utilization(&store, w, run_ns),
                              names[config_toy(&heap->config)][w]};
    pause_store_free(&store);
    return failed;
}
