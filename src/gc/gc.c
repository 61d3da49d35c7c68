/* gc.c - beginning, stepping and ending a collection; see gc.h. */
#include "gc/gc.h"

#include "gc/internal.h"
#include "gc/policy.h"

void gc_note_peaks(struct heap *h)
{
    uint64_t live;
    h->counters.peak = heap_peak(h, &live);
    h->counters.peak_live = live;
}

uint64_t gc_fragmentation(struct heap *h)
{
    uint64_t free_bytes = 0, largest = 0;
    pages_refresh(h);
    for (enum space_id id = SPACE_OLD; id <= SPACE_PROPERTY_CELL; id++) {
        const struct space *space = &h->spaces[id];
        free_bytes += space->available + space->wasted + (uint64_t)(space->area_limit - space->area_top) * UNIT;
        largest += space_largest_sum(h, id);
    }
    return millionths(free_bytes - largest, free_bytes);
}

void gc_decide(struct heap *h, enum decision rule, uint64_t left, uint64_t right, enum collection_type type)
{
    h->limits.why = (struct decision_record){left, right, (uint8_t)rule};
    tell(h, DECISION, NONE, rule, left, right, type);
}

struct decision_record gc_take_decision(struct heap *h)
{
    struct decision_record why = h->limits.why;
    h->limits.why = (struct decision_record){.rule = DECISION_COUNT};
    return why;
}

enum gc_activity gc_activity(const struct heap *h)
{
    if (!gc_running(h))
        return old_searching(h) ? GC_SWEEPING : marking_activity(h);
    return h->gc.running == 1 + COLLECTION_SCAVENGE ? GC_SCAVENGING : major_activity(h);
}

void gc_begin(struct heap *h, enum collection_type type, enum reason reason, bool forced, bool compact)
{
    struct memory_usage before = heap_memory_usage(h);
    uint64_t start_ns = heap_now(h);
    struct gc_state *gc = &h->gc;
    *gc = (struct gc_state){.running = (uint8_t)(1 + type), .compact = compact};
    gc->finishing = type != COLLECTION_SCAVENGE && h->marking.active;
    if (type != COLLECTION_SCAVENGE && !gc->finishing)
        h->marking.scanned = 0;
    gc->slices_ns = gc->finishing ? h->marking.pause_ns : 0;
    gc->scanned_before = h->marking.scanned;
    gc->young_bytes = h->spaces[SPACE_NEW].used + h->spaces[SPACE_NEW_LARGE].used;
    struct counters *n = &h->counters;
    gc->now = (struct collection){
        .type = (uint8_t)type,
        .reason = (uint8_t)reason,
        .forced = forced,
        .index = n->scavenges + n->mark_sweeps + n->mark_compacts + 1,
        .event = h->event,
        .line = h->line,
        .start_ns = start_ns,
        .before = before,
        .why = gc_take_decision(h),
    };
    /* A cycle that comes to its end has the reason that it began with. */
    if (gc->finishing && gc->now.why.rule == DECISION_COUNT)
        gc->now.why = h->marking.why;
    h->collection_events.data[gc->now.index % DEAD_NAMES] = h->event;
    gc->now.fragmentation_before = gc_fragmentation(h);
    gc_note_peaks(h);
    tell(h, GC_BEGIN, NONE, gc->now.index, type, reason);
}

static void count_collection(struct heap *h, struct collection *now)
{
    switch ((enum collection_type)now->type) {
    case COLLECTION_SCAVENGE: h->counters.scavenges++; break;
    case COLLECTION_MARK_SWEEP: h->counters.mark_sweeps++; break;
    case COLLECTION_MARK_COMPACT:
    case COLLECTION_TYPES: h->counters.mark_compacts++; break;
    }
}

/* Registered objects that died are told after the collection, in order of first registration. */
static void tell_finalized(struct heap *h)
{
    for (size_t i = 0; i < h->finalized.len; i++)
        tell(h, FINALIZED, NONE, h->finalized.data[i]);
    h->finalized.len = 0;
}

static int end(struct heap *h)
{
    struct gc_state *gc = &h->gc;
    struct collection *now = &gc->now;
    bool major = now->type != COLLECTION_SCAVENGE;
    if (major) {
        now->reduce = h->limits.reduce;
        /* "gc compact" and the last resort are mark-compacts even where nothing had to be evacuated. */
        now->type = gc->compact || now->evacuated_pages > 0 ? COLLECTION_MARK_COMPACT : COLLECTION_MARK_SWEEP;
    } else {
        policy_scavenge_ended(h);
    }
    if (h->external < h->limits.external_lowest)
        h->limits.external_lowest = h->external;
    h->limits.consider = true;
    h->young_space.survived += now->copied_bytes + now->promoted_bytes;
    now->fragmentation_after = gc_fragmentation(h);
    now->pause_ns = heap_pause_ns(h);
    h->counters.gc_ns += now->pause_ns;
    gc->running = 0;
    now->after = heap_memory_usage(h);
    now->limit = h->limits.old;
    now->promotion_limit = h->limits.promotion;
    if (major)
        idle_note_growth(h, now->after.heap_used);
    count_collection(h, now);
    gc_note_peaks(h);
    if (pause_store_add(&h->pauses, (enum pause_kind)now->type, now->start_ns, now->pause_ns))
        return -1;
    if (h->collections.len < h->max_collections && vec_push(&h->collections, *now))
        return -1;
    tell(h, GC_END, NONE, now->index, now->type, now->copied_bytes, now->promoted_bytes, now->dead_bytes,
         now->pause_ns);
    if (h->out_of_memory)
        tell(h, OOM_COLLECTION, NONE, policy_old_capacity(h), h->config.max_old_space_size,
             h->oom_words == OOM_INEFFECTIVE);
    if (major)
        tell_finalized(h);
    return 0;
}

enum gc_result gc_step(struct heap *h, uint64_t *budget)
{
    if (!h->gc.running)
        return GC_DONE;
    enum gc_result result = h->gc.running == 1 + COLLECTION_SCAVENGE ? scavenge_step(h, budget) : major_step(h, budget);
    if (result == GC_DONE && end(h))
        return GC_FAILED;
    return result;
}
