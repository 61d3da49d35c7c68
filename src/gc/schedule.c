/* schedule.c - when the program's allocation makes the next marking step, or the background sweeper's next page, due.
 */
#include "gc/incremental.h"
#include "gc/internal.h"

void marking_set_due(struct heap *h)
{
    const struct marking *m = &h->marking;
    if (m->active && h->rules->marking_pace == PACE_SCHEDULE) {
        h->due_at = m->young_due_at;
        for (size_t i = 0; i < SPACE_COUNT; i++)
            if (m->space_bytes[i] >= marking_space_step(h))
                h->due_at = h->counters.allocated_bytes;
    } else if (m->active)
        h->due_at = m->stepped_at + h->config.marking_step_allocated;
    else if (h->config.sweeping == SWEEPING_LAZY || !sweep_pending(h))
        h->due_at = UINT64_MAX;
}

void marking_allocated_beside(struct heap *h, enum space_id space, uint64_t bytes)
{
    if (h->rules->marking_pace != PACE_SCHEDULE)
        return;
    h->marking.young_due_at += bytes;
    h->marking.space_bytes[space] += bytes;
    marking_set_due(h);
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
