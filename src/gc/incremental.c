/* incremental.c - the jobs between events: starting a cycle, steps, background and idle sweeping. */
#include "gc/incremental.h"

#include "gc/gc.h"
#include "gc/internal.h"
#include "gc/policy.h"
#include "heap/newspace.h"

/* The job that is being done between two events. */
enum job { NOTHING, FINISH_SWEEPING, CHOOSE, ROOTS, SCAN, SWEEP_PAGE, SWEEP_IDLE };

enum gc_activity marking_activity(const struct heap *h)
{
    switch ((enum job)h->marking.job) {
    case FINISH_SWEEPING:
    case SWEEP_PAGE:
    case SWEEP_IDLE: return GC_SWEEPING;
    case CHOOSE:
    case ROOTS:
    case SCAN: return GC_MARKING;
    case NOTHING: break;
    }
    return GC_MUTATOR;
}

/* Ends a marking job, which was a pause of its own. 0, or -1 without memory. */
static int charge(struct heap *h, uint64_t *ns)
{
    struct marking *m = &h->marking;
    const struct config *c = &h->config;
    uint64_t start_ns = heap_now(h), swept = m->job_swept * config_usable(c);
    *ns = clock_ns(((picoseconds)m->job_used * c->cost_mark_byte + (picoseconds)swept * c->cost_sweep_byte) /
                       c->gc_threads +
                   (picoseconds)m->job_roots * c->cost_root);
    h->counters.gc_ns += *ns;
    m->pause_ns += *ns;
    return pause_store_add(&h->pauses, PAUSE_STEP, start_ns, *ns);
}

/* ---- starting a cycle ---- */

static void begin_job(struct heap *h, enum job job)
{
    struct marking *m = &h->marking;
    m->job = (uint8_t)job;
    m->job_budget = m->job_used = m->job_roots = m->job_swept = m->job_cursor = 0;
}

void marking_start(struct heap *h, bool forced)
{
    marking_clear(h);
    begin_job(h, FINISH_SWEEPING);
    h->marking.active = true;
    h->marking.why = gc_take_decision(h);
    tell(h, MARKING_START, NONE, policy_old_bytes(h), forced);
}

/* Pages are swept before they can be marked again. */
static int finish_sweeping(struct heap *h)
{
    int swept = sweep_any(h, SWEEPER_PAUSE);
    if (swept > 0)
        h->marking.job_swept++;
    else
        h->marking.job = CHOOSE;
    return swept < 0 ? -1 : 0;
}

static int choose(struct heap *h)
{
    struct marking *m = &h->marking;
    m->scanned = 0;
    m->speed = h->limits.most_survived ? 3000 : 1000;
    m->old_at_start = policy_old_bytes(h);
    m->fragmentation = heap_fragmentation(h);
    m->stepped_at = h->counters.allocated_bytes;
    m->young_due_at = h->counters.allocated_bytes + h->config.marking_step_allocated;
    marking_set_due(h);
    m->job = ROOTS;
    policy_cycle_begins(h);
    return marking_choose(h);
}

/* The outermost scope's handles are roots, the others the stack: it may be visited at the finishing pause only. */
static size_t roots_end(const struct heap *h)
{
    return h->rules->marks_stack_last && h->scopes.len > 1 ? h->scopes.data[1].base : h->handles.len;
}

static int roots(struct heap *h)
{
    struct marking *m = &h->marking;
    size_t end = roots_end(h);
    while (m->job_cursor < end) {
        uint32_t object = h->handles.data[m->job_cursor++].object;
        if (object == NONE)
            continue;
        m->job_roots++;
        return mark_object(h, object);
    }
    uint64_t ns;
    m->done = !mark_any(h);
    m->job = NOTHING;
    if (charge(h, &ns))
        return -1;
    tell(h, MARKING_ROOTS, NONE, m->job_roots, m->job_swept, ns);
    return 0;
}

/* ---- a step ---- */

void marking_step(struct heap *h, uint64_t bytes)
{
    begin_job(h, SCAN);
    h->marking.job_budget = bytes;
}

/* The counters of the spaces that have made this step due begin anew. */
static void restart_counters(struct heap *h)
{
    struct marking *m = &h->marking;
    m->stepped_at = h->counters.allocated_bytes;
    if (m->young_due_at <= h->counters.allocated_bytes)
        m->young_due_at = h->counters.allocated_bytes + h->config.marking_step_allocated;
    for (size_t i = 0; i < SPACE_COUNT; i++)
        if (m->space_bytes[i] >= marking_space_step(h))
            m->space_bytes[i] = 0;
}

static int end_step(struct heap *h)
{
    struct marking *m = &h->marking;
    uint64_t ns;
    m->job = NOTHING;
    m->done = m->object == NONE && !mark_any(h);
    m->steps++;
    m->marked += m->job_used;
    restart_counters(h);
    m->old_allocated = 0;
    marking_set_due(h);
    h->counters.incremental_steps++;
    if (m->steps % 1024 == 0 && h->rules->marking_pace == PACE_SPEED) {
        m->speed = (m->speed + 2000) * 13 / 10;
        if (m->speed > 1000000)
            m->speed = 1000000;
    }
    if (charge(h, &ns))
        return -1;
    uint64_t grey = h->worklist.len + (h->again.len - m->again_next) + (m->object != NONE);
    tell(h, STEP, NONE, m->job_budget, m->job_used, grey, ns);
    return 0;
}

/*
 * Scans one object, or a part of it: where the pace is the speed, what the budget still pays for; where it is the
 * schedule, a chunk of a large object, and the step ends when the budget is used up or passed.
 */
static int scan(struct heap *h)
{
    struct marking *m = &h->marking;
    bool passes = h->rules->marking_pace == PACE_SCHEDULE;
    if (m->object == NONE) {
        m->object = m->job_used < m->job_budget ? mark_next(h) : NONE;
        m->paid = 0;
    }
    if (m->object == NONE || m->job_used >= m->job_budget)
        return end_step(h);
    uint64_t left = object_bytes(&h->objects.data[m->object]) - m->paid;
    uint64_t most = passes ? h->config.large_object_size : m->job_budget - m->job_used;
    if (left > most) {
        m->paid += most;
        m->job_used += most;
        return passes ? 0 : end_step(h);
    }
    m->job_used += left;
    uint32_t object = m->object;
    m->object = NONE;
    return mark_scan(h, object);
}

enum { STEP_MOST = 40 }; /* stands for the 5 ms that V8 gives a step: the most that it marks, in least steps */

/* The budget of the step that is due, in bytes. */
static uint64_t step_bytes(struct heap *h)
{
    struct marking *m = &h->marking;
    uint64_t step = h->config.marking_step_allocated;
    if (h->rules->marking_pace == PACE_SPEED)
        return (h->counters.allocated_bytes - m->stepped_at) * m->speed / 1000;
    uint64_t ahead = m->old_at_start / 256;
    ahead = ahead < step ? step : ahead > 4 * step ? 4 * step : ahead;
    if (policy_near_maximum(h, new_space_capacity(h) + policy_scaled(h, UINT64_C(64) << 20, 64)))
        ahead = policy_old_bytes(h) / 32;
    m->scheduled += ahead + m->old_allocated;
    uint64_t behind = m->marked + 16 * step;
    uint64_t bytes = m->scheduled > behind ? m->scheduled - behind : 0;
    if (bytes > STEP_MOST * step)
        bytes = STEP_MOST * step;
    return bytes > step ? bytes : step;
}

/* ---- between events ---- */

/* Sweeps the background sweeper's next page. */
static int sweep_background(struct heap *h)
{
    h->marking.job = NOTHING;
    h->due_at += sweeper_pace(h);
    if (sweep_any(h, SWEEPER_BACKGROUND) < 0)
        return -1;
    marking_set_due(h);
    return 0;
}

/* The time that sweeping a page takes; and is there one to sweep, and time for it? */
static uint64_t idle_page_ns(const struct heap *h)
{
    return config_usable(&h->config) * h->config.cost_sweep_byte / h->config.gc_threads / 1000;
}

static bool idle_sweeps(const struct heap *h, uint64_t ns)
{
    return sweep_pending(h) && idle_page_ns(h) <= ns;
}

/* Uses idle time in which no page can be swept. */
static void idle_mark(struct heap *h, uint64_t ns)
{
    marking_set_due(h);
    if (!h->marking.active && h->rules->marks_in_idle_time && policy_start_marking(h, true)) {
        marking_start(h, false);
        return;
    }
    if (!h->marking.active || h->marking.done || ns == 0)
        return;
    uint64_t cost = h->config.cost_mark_byte, threads = h->config.gc_threads;
    uint64_t bytes = cost == 0 || ns > UINT64_MAX / 1000 / threads ? UINT64_MAX : ns * 1000 * threads / cost;
    if (bytes > 0)
        marking_step(h, bytes);
}

/* Sweeps a page in idle time; the budget is the rest of that time, in ns. */
static int sweep_idle(struct heap *h)
{
    struct marking *m = &h->marking;
    m->job_budget -= idle_page_ns(h);
    if (sweep_any(h, SWEEPER_BACKGROUND) < 0)
        return -1;
    if (idle_sweeps(h, m->job_budget))
        return 0;
    m->job = NOTHING;
    idle_mark(h, m->job_budget);
    return 0;
}

static int job_step(struct heap *h)
{
    switch ((enum job)h->marking.job) {
    case FINISH_SWEEPING: return finish_sweeping(h);
    case CHOOSE: return choose(h);
    case ROOTS: return roots(h);
    case SCAN: return scan(h);
    case SWEEP_PAGE: return sweep_background(h);
    case SWEEP_IDLE: return sweep_idle(h);
    case NOTHING: break;
    }
    return 0;
}

enum gc_result marking_go(struct heap *h, uint64_t *budget)
{
    struct marking *m = &h->marking;
    while (m->job != NOTHING) {
        /* The common case: objects that the step's budget covers completely. */
        if (m->job == SCAN && m->object == NONE && mark_scan_paid(h, m->job_budget, &m->job_used, budget))
            return GC_FAILED;
        if (*budget == 0)
            return GC_MORE;
        if (job_step(h))
            return GC_FAILED;
        spend(h, budget);
    }
    return GC_DONE;
}

/* Begins what is due; false if nothing is. */
static bool begin_due(struct heap *h)
{
    struct marking *m = &h->marking;
    if (!m->active && h->limits.consider) {
        h->limits.consider = false;
        if (policy_start_marking(h, false)) {
            marking_start(h, false);
            return true;
        }
    }
    if (h->counters.allocated_bytes < h->due_at || (m->active && m->done))
        return false;
    if (m->active)
        marking_step(h, step_bytes(h));
    else
        begin_job(h, SWEEP_PAGE);
    return true;
}

enum gc_result marking_after_event(struct heap *h, uint64_t *budget)
{
    enum gc_result result;
    do
        result = marking_go(h, budget);
    while (result == GC_DONE && begin_due(h));
    return result;
}

void marking_idle(struct heap *h, uint64_t ns)
{
    if (!idle_sweeps(h, ns)) {
        idle_mark(h, ns);
        return;
    }
    begin_job(h, SWEEP_IDLE);
    h->marking.job_budget = ns;
}

void marking_external(struct heap *h)
{
    if (policy_external_growth(h) <= h->config.external_limit)
        return;
    if (h->marking.active) {
        if (!h->marking.done)
            marking_step(h, h->config.marking_step_allocated);
        return;
    }
    gc_decide(h, DECISION_MARKING_EXTERNAL, policy_external_growth(h), h->config.external_limit, COLLECTION_MARK_SWEEP);
    marking_start(h, false);
}

void marking_finish(struct heap *h, enum reason reason, bool forced)
{
    gc_begin(h, COLLECTION_MARK_SWEEP, reason, forced, false);
}
