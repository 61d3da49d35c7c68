/* schedule.c - when the program's allocation makes the next marking step, or the background sweeper's next page, due.
 */
#include "gc/incremental.h"
#include "gc/internal.h"

void marking_set_due(struct heap *h)
{
    if (h->marking.active)
        h->due_at = h->marking.stepped_at + h->config.marking_step_allocated;
    else if (h->config.sweeping == SWEEPING_LAZY || !sweep_pending(h))
        h->due_at = UINT64_MAX;
}

uint64_t sweeper_pace(const struct heap *h)
{
    return config_toy(&h->config) ? h->config.page_size / 4 : 64 * 1024;
}

void marking_clear(struct heap *h)
{
    h->marking = (struct marking){.object = NONE, .scanned = h->marking.scanned, .why.rule = DECISION_COUNT};
    h->worklist.len = h->again.len = h->weak_hosts.len = h->ephemeron_tables.len = 0;
    marking_set_due(h);
}

void sweep_begin_background(struct heap *h)
{
    if (h->config.sweeping == SWEEPING_BACKGROUND && sweep_pending(h))
        h->due_at = h->counters.allocated_bytes + sweeper_pace(h);
}
