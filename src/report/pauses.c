/* pauses.c - see pauses.h. */
#include "report/pauses.h"

#include <stdlib.h>

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

uint64_t percentile(const uint64_t *ascending, size_t n, unsigned percent)
{
    size_t rank = n / 100 * percent + (n % 100 * percent + 99) / 100; /* ceil(n * percent / 100) */
    return ascending[rank == 0 ? 0 : rank - 1];
}

/* Collections of types so far, with or without a record. */
static uint64_t count_of(const struct heap *heap, unsigned types)
{
    const struct counters *c = &heap->counters;
    return (types & 1u << COLLECTION_SCAVENGE ? c->scavenges : 0) +
           (types & 1u << COLLECTION_MARK_SWEEP ? c->mark_sweeps : 0) +
           (types & 1u << COLLECTION_MARK_COMPACT ? c->mark_compacts : 0);
}

int pauses_of(const struct heap *heap, unsigned types, struct pauses *pauses)
{
    *pauses = (struct pauses){.count = count_of(heap, types)};
    size_t n = heap->collections.len;
    if (n == 0)
        return 0;
    uint64_t *lengths = malloc(n * sizeof *lengths);
    if (lengths == NULL)
        return -1;
    size_t len = 0;
    for (size_t i = 0; i < n; i++) {
        const struct collection *c = &heap->collections.data[i];
        if (types & 1u << c->type) {
            lengths[len++] = c->pause_ns;
            pauses->total_ns += c->pause_ns;
        }
    }
    pauses->recorded = len;
    if (len != 0) {
        qsort(lengths, len, sizeof *lengths, compare);
        pauses->min_ns = lengths[0];
        pauses->max_ns = lengths[len - 1];
        pauses->mean_ns = pauses->total_ns / len + (pauses->total_ns % len >= (len + 1) / 2); /* half up */
        pauses->p50_ns = percentile(lengths, len, 50);
        pauses->p95_ns = percentile(lengths, len, 95);
        pauses->p99_ns = percentile(lengths, len, 99);
    }
    free(lengths);
    return 0;
}
