/*
 * apply_slow.c - the events that take simulated time, or can collect without allocating: external, work, idle, gc; and
 * why a name names nothing.
 */
#include "run/apply.h"

#include "gc/barrier.h"
#include "gc/incremental.h"
#include "gc/policy.h"

#include <inttypes.h>

const char *quote_name(const struct run *run, uint32_t name, struct text_quoted *quoted)
{
    char digits[NAME_DIGITS];
    size_t len;
    const char *text = names_text(&run->names, name, digits, &len);
    return text_quote(quoted, text, len);
}

unsigned holder_field(const struct trace_event *ev)
{
    for (unsigned field = 3; field <= 4; field++) {
        const char *word = ev->source + trace_column(ev, field, 0) - 1, *end = ev->source + ev->source_len;
        if (end - word > 2 && memcmp(word, "in", 2) == 0 && (word[2] == ' ' || word[2] == '\t'))
            return field + 1;
    }
    return 1; /* there is no "in": not reached for an event with EVENT_IN */
}

/* Explains why a name names nothing. */
void explain_unknown(struct run *run, const struct trace_event *ev, uint32_t name, unsigned field, struct error *error)
{
    struct text_quoted quoted;
    const char *text = quote_name(run, name, &quoted);
    field = field == FIELD_HOLDER ? holder_field(ev) : field;
    const struct dead_name *dead = heap_find_dead(&run->current->heap, name);
    if (dead)
        fail_at(ev, field, error,
                "object \"%s\" has been collected: collection %" PRIu32 ", at event %" PRIu64
                ", took it, for it was unreachable then",
                text, dead->collection, heap_collection_event(&run->current->heap, dead->collection));
    else if (run->current->heap.dead_name_count > DEAD_NAMES)
        fail_at(ev, field, error, "unknown object \"%s\": never allocated, or collected long ago", text);
    else
        fail_at(ev, field, error, "unknown object \"%s\": never allocated", text);
}

enum apply_result collect(const struct act *x)
{
    switch (gc_step(x->heap, x->budget)) {
    case GC_DONE: return x->heap->out_of_memory ? APPLY_OOM : APPLY_DONE;
    case GC_MORE: return APPLY_MORE;
    case GC_FAILED: break;
    }
    return no_memory(x);
}

/* ---- off-heap memory ---- */

enum apply_result apply_external(const struct act *x)
{
    struct heap *h = x->heap;
    uint32_t object = NONE;
    if (x->run->stage == BEGIN) {
        if ((object = resolve(x, x->ev->a, x->hint.a, 1)) == NONE)
            return APPLY_FAILED;
        if (x->ev->number > object_external(h, object) && object_young(&h->objects.data[object]) &&
            policy_young_external_full(h)) {
            gc_begin(h, COLLECTION_SCAVENGE, REASON_EXTERNAL_PRESSURE, false, false);
            x->run->stage = COLLECTING;
        }
    }
    if (x->run->stage != BEGIN) { /* the object is not touched while a collection runs: it may be dead */
        enum apply_result collected = collect(x);
        if (collected != APPLY_DONE || x->run->stage == AGAIN) /* that was the major that follows, below */
            return collected;
        if ((object = resolve(x, x->ev->a, x->hint.a, 1)) == NONE)
            return APPLY_FAILED;
    }
    bool grows = x->ev->number > object_external(h, object);
    if (store_external(h, object, x->ev->number))
        return no_memory(x);
    if (grows && !policy_external_major(h)) {
        marking_external(h);
        return APPLY_DONE;
    }
    if (!grows)
        return APPLY_DONE;
    gc_begin(h, COLLECTION_MARK_SWEEP, REASON_EXTERNAL_PRESSURE, false, false);
    x->run->stage = AGAIN;
    return collect(x);
}

/* ---- time and forced collections ---- */

enum apply_result let_pass(const struct act *x, uint64_t ns)
{
    const uint64_t most = UINT64_C(1) << 62; /* 146 years */
    if (ns > most || x->heap->counters.work_ns > most - ns)
        return fail_at(x->ev, 1, x->error, "simulated time would pass 146 years");
    x->heap->counters.work_ns += ns;
    return APPLY_DONE;
}

/* Simulated time advances by the duration or by what the collector used, whichever is larger. */
enum apply_result apply_idle(const struct act *x)
{
    struct heap *h = x->heap;
    if (x->run->stage == BEGIN) {
        x->run->clock_before = h->counters.gc_ns;
        if (policy_idle_scavenge(h))
            gc_begin(h, COLLECTION_SCAVENGE, REASON_TASK, false, false);
        x->run->stage = COLLECTING;
    }
    if (x->run->stage == COLLECTING) {
        enum apply_result collected = collect(x);
        if (collected != APPLY_DONE)
            return collected;
        uint64_t left = h->counters.gc_ns - x->run->clock_before;
        marking_idle(h, left < x->ev->number ? x->ev->number - left : 0);
        x->run->stage = AGAIN;
    }
    enum gc_result marked = marking_go(h, x->budget);
    if (marked != GC_DONE)
        return marked == GC_MORE ? APPLY_MORE : no_memory(x);
    uint64_t used = h->counters.gc_ns - x->run->clock_before;
    if (used < x->ev->number)
        return let_pass(x, x->ev->number - used);
    return APPLY_DONE;
}

/* gc start and gc step: no collection. */
static enum apply_result apply_marking(const struct act *x)
{
    struct heap *h = x->heap;
    if (x->ev->kind == TRACE_GC_START) {
        if (h->marking.active)
            return fail_at(x->ev, 1, x->error,
                           "marking is running already: finish it before the next cycle is started");
        marking_start(h, true);
        return APPLY_DONE;
    }
    if (!h->marking.active)
        return fail_at(x->ev, 1, x->error, "no marking is running: \"gc start\" starts it");
    marking_step(h, x->ev->number);
    return APPLY_DONE;
}

/* Begins the collection of a gc event, which first finishes a cycle that is running. */
static void begin_forced(struct heap *h, enum trace_gc kind)
{
    if (kind == TRACE_GC_MINOR)
        gc_begin(h, COLLECTION_SCAVENGE, REASON_TESTING, true, false);
    else if (kind == TRACE_GC_COMPACT && !h->marking.active)
        gc_begin(h, COLLECTION_MARK_COMPACT, REASON_TESTING, true, true);
    else
        gc_begin(h, COLLECTION_MARK_SWEEP, REASON_TESTING, true, false);
}

enum apply_result apply_gc(const struct act *x)
{
    struct heap *h = x->heap;
    enum trace_gc kind = (enum trace_gc)x->ev->kind;
    if (kind == TRACE_GC_START || kind == TRACE_GC_STEP)
        return apply_marking(x);
    if (x->run->stage == BEGIN) {
        if (kind == TRACE_GC_FINISH && !h->marking.active)
            return fail_at(x->ev, 1, x->error, "no marking is running: \"gc start\" starts it");
        /* Like V8's gc(): finishes a running cycle, and then does a fresh collection. */
        bool again = h->marking.active && (kind == TRACE_GC_MAJOR || kind == TRACE_GC_COMPACT);
        begin_forced(h, kind);
        x->run->stage = again ? AGAIN : COLLECTING;
    }
    enum apply_result collected = collect(x);
    if (collected != APPLY_DONE || x->run->stage != AGAIN)
        return collected;
    begin_forced(h, kind);
    x->run->stage = COLLECTING;
    return collect(x);
}
