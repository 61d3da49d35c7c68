/* incremental.c - see incremental.h. */
#include "gc/incremental.h"

#include "gc/gc.h"
#include "gc/internal.h"
#include "gc/policy.h"

void marking_clear(struct heap *h)
{
    h->marking = (struct marking){.object = NONE, .scanned = h->marking.scanned};
    h->worklist.len = h->again.len = h->weak_hosts.len = h->collections_seen.len = 0;
}

/* Time that marking has taken outside of collections: a pause of its own. 0, or -1 without memory. */
static int charge(struct heap *h, uint64_t bytes, uint64_t roots, uint64_t *ns)
{
    uint64_t start_ns = heap_now(h);
    *ns = (bytes * h->config.cost_mark_byte / h->config.gc_threads + roots * h->config.cost_root) / 1000;
    h->counters.gc_ns += *ns;
    return pause_store_add(&h->pauses, PAUSE_STEP, start_ns, *ns);
}

int marking_start(struct heap *h, bool forced)
{
    marking_clear(h);
    struct marking *m = &h->marking;
    m->active = true;
    m->scanned = 0;
    m->speed = h->limits.survivals > 0 && h->limits.survival[(h->limits.survivals - 1) % 10] > 900 ? 3000 : 1000;
    m->old_at_start = policy_old_bytes(h);
    tell(h, MARKING_START, NONE, m->old_at_start, forced);
    /* node20: the outermost scope's handles are its roots; the stack is visited at the finishing pause only. */
    size_t end = h->handles.len;
    if (h->config.era == ERA_NODE20 && h->scopes.len > 1)
        end = h->scopes.data[1].base;
    uint64_t roots = 0;
    for (size_t i = 0; i < end; i++) {
        if (h->handles.data[i].object == NONE)
            continue;
        roots++;
        if (mark_object(h, h->handles.data[i].object))
            return -1;
    }
    uint64_t ns;
    if (charge(h, 0, roots, &ns))
        return -1;
    m->done = !mark_any(h);
    return 0;
}

/* Scans until budget bytes are paid for, or nothing is grey. */
static int scan(struct heap *h, uint64_t budget, uint64_t *used)
{
    struct marking *m = &h->marking;
    *used = 0;
    while (*used < budget) {
        if (m->object == NONE) {
            m->object = mark_next(h);
            m->paid = 0;
        }
        if (m->object == NONE)
            break;
        uint64_t left = object_bytes(&h->objects.data[m->object]) - m->paid;
        if (left > budget - *used) {
            m->paid += budget - *used;
            *used = budget;
            break;
        }
        *used += left;
        uint32_t object = m->object;
        m->object = NONE;
        if (mark_scan(h, object))
            return -1;
    }
    m->done = m->object == NONE && !mark_any(h);
    return 0;
}

int marking_step(struct heap *h, uint64_t bytes)
{
    struct marking *m = &h->marking;
    uint64_t used;
    if (scan(h, bytes, &used))
        return -1;
    m->steps++;
    m->marked += used;
    m->allocated = m->old_allocated = 0;
    h->counters.incremental_steps++;
    if (m->steps % 1024 == 0 && h->config.era != ERA_NODE20) {
        m->speed = (m->speed + 2000) * 13 / 10;
        if (m->speed > 1000000)
            m->speed = 1000000;
    }
    uint64_t ns;
    if (charge(h, used, 0, &ns))
        return -1;
    tell(h, STEP, NONE, bytes, used, h->worklist.len + h->again.len - m->again_next, ns);
    return 0;
}

/* The bytes that the step due now is to scan. */
static uint64_t step_bytes(struct heap *h)
{
    struct marking *m = &h->marking;
    uint64_t step = h->config.marking_step_allocated;
    if (h->config.era != ERA_NODE20)
        return m->allocated * m->speed / 1000;
    uint64_t ahead = m->old_at_start / 256;
    ahead = ahead < step ? step : ahead > 4 * step ? 4 * step : ahead;
    m->scheduled += ahead + m->old_allocated;
    uint64_t behind = m->marked + 16 * step;
    uint64_t bytes = m->scheduled > behind ? m->scheduled - behind : 0;
    return bytes > step ? bytes : step;
}

int marking_after_event(struct heap *h)
{
    struct marking *m = &h->marking;
    if (!m->active && h->limits.consider) {
        h->limits.consider = false;
        if (policy_marking_due(h, false) && marking_start(h, false))
            return -1;
    }
    if (!m->active || m->done || m->allocated < h->config.marking_step_allocated)
        return 0;
    return marking_step(h, step_bytes(h));
}

int marking_idle(struct heap *h, uint64_t ns)
{
    if (!h->marking.active && policy_marking_due(h, true) && marking_start(h, false))
        return -1;
    if (!h->marking.active || h->marking.done || ns == 0)
        return 0;
    uint64_t cost = h->config.cost_mark_byte / h->config.gc_threads;
    uint64_t bytes = cost == 0 || ns > UINT64_MAX / 1000 ? UINT64_MAX : ns * 1000 / cost;
    return bytes == 0 ? 0 : marking_step(h, bytes);
}

int marking_external(struct heap *h)
{
    if (policy_external_growth(h) <= h->config.external_limit)
        return 0;
    if (h->marking.active)
        return h->marking.done ? 0 : marking_step(h, h->config.marking_step_allocated);
    tell(h, DECISION, NONE, DECISION_MARKING_EXTERNAL, policy_external_growth(h), h->config.external_limit,
         COLLECTION_MARK_SWEEP);
    return marking_start(h, false);
}

void marking_finish(struct heap *h, enum reason reason, bool forced)
{
    gc_begin(h, COLLECTION_MARK_SWEEP, reason, forced, false);
}

/* Keeps the elements from `from` on that are not free. */
static void keep_living(const struct heap *h, uint32_t *data, size_t from, size_t *len)
{
    size_t kept = from;
    for (size_t i = from; i < *len; i++)
        if (!(h->objects.data[data[i]].bits & OBJECT_FREE))
            data[kept++] = data[i];
    *len = kept;
}

void marking_drop_dead(struct heap *h)
{
    struct marking *m = &h->marking;
    keep_living(h, h->worklist.data, 0, &h->worklist.len);
    keep_living(h, h->again.data, m->again_next, &h->again.len);
    keep_living(h, h->weak_hosts.data, 0, &h->weak_hosts.len);
    keep_living(h, h->collections_seen.data, 0, &h->collections_seen.len);
    if (m->object != NONE && (h->objects.data[m->object].bits & OBJECT_FREE))
        m->object = NONE;
    m->done = m->object == NONE && !mark_any(h);
}
