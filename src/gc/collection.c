/* collection.c - the record of a collection: begins, ends and counts it. */
#include "gc/internal.h"
#include "gc/policy.h"
#include "heap/newspace.h"

void gc_note_peaks(struct heap *h)
{
    uint64_t live;
    h->counters.peak = heap_peak(h, &live);
    h->counters.peak_live = live;
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
    gc->young_size = new_space_size(h) + h->spaces[SPACE_NEW_LARGE].used;
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
    /* A collection that finishes a cycle has the cycle's reason. */
    if (gc->finishing && gc->now.why.rule == DECISION_COUNT)
        gc->now.why = h->marking.why;
    gc->now.fragmentation_before = heap_fragmentation(h);
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

/* Reports the registered objects that died, after the collection, in order of first registration. */
static void tell_finalized(struct heap *h)
{
    for (size_t i = 0; i < h->finalized.len; i++)
        tell(h, FINALIZED, NONE, h->finalized.data[i]);
    h->finalized.len = 0;
}

/* Keeps the event of the collection that ends. 0, or -1 without memory. */
static int keep_event(struct heap *h)
{
    const struct collection *now = &h->gc.now;
    if (h->collection_events.len < DEAD_NAMES)
        return vec_push(&h->collection_events, now->event);
    h->collection_events.data[(now->index - 1) % DEAD_NAMES] = now->event;
    return 0;
}

/* What has died in a scavenge need not be marked any more: it leaves the schedule of marking. */
static void marking_note_dead(struct heap *h)
{
    struct marking *m = &h->marking;
    if (!m->active || h->rules->marking_pace != PACE_SCHEDULE)
        return;
    uint64_t survived = h->gc.now.copied_bytes + h->gc.now.promoted_bytes;
    uint64_t dead = h->gc.young_size > survived ? h->gc.young_size - survived : 0;
    m->marked -= m->marked < dead ? m->marked : dead;
}

int gc_end(struct heap *h)
{
    struct gc_state *gc = &h->gc;
    struct collection *now = &gc->now;
    bool major = now->type != COLLECTION_SCAVENGE;
    if (major) {
        now->reduce = h->limits.reduce;
        /* "gc compact" and the last resort are mark-compacts even if nothing was evacuated. */
        now->type = gc->compact || now->evacuated_pages > 0 ? COLLECTION_MARK_COMPACT : COLLECTION_MARK_SWEEP;
    } else {
        policy_scavenge_ended(h);
        marking_note_dead(h);
    }
    if (h->external < h->limits.external_lowest)
        h->limits.external_lowest = h->external;
    h->limits.consider = !major || h->rules->marks_after_majors;
    h->young_space.survived += now->copied_bytes + now->promoted_bytes;
    now->fragmentation_after = heap_fragmentation(h);
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
    if (keep_event(h) || pause_store_add(&h->pauses, (enum pause_kind)now->type, now->start_ns, now->pause_ns))
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
