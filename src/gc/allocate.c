/* allocate.c - the attempts of an allocation, and the collection after each that fails. */
#include "gc/allocate.h"

#include "gc/incremental.h"
#include "gc/internal.h"
#include "gc/policy.h"
#include "heap/newspace.h"

enum stage {
    NOTHING,
    LARGE_YOUNG,  /* node20: before a new-large allocation */
    YOUNG,        /* first try in new space */
    YOUNG_AGAIN,  /* after the collection that policy_choose selected */
    YOUNG_LAST,   /* after a second one; else the old generation */
    YOUNG_RESORT, /* node6: the second last resort is due */
    YOUNG_RESORTED,
    OLD_INSTEAD, /* the old generation takes what new space could not */
    OLD,         /* first try in the old generation */
    OLD_AGAIN,   /* after a major collection */
    OLD_THIRD,   /* after a second one */
    OLD_RESORT,  /* node6: the second last resort is due */
    OLD_LAST     /* after the last resort */
};

/* The space that a kind is born in, if it is not large. */
static unsigned birth_space(const struct era_rules *rules, enum object_kind kind)
{
    switch (kind) {
    case KIND_CODE: return SPACE_CODE;
    case KIND_MAP: return rules->map_space;
    case KIND_CELL: return rules->cell_space;
    case KIND_PROPCELL: return rules->property_cell_space;
    default: return SPACE_NEW;
    }
}

static bool fixed_size(enum object_kind kind)
{
    return kind == KIND_MAP || kind == KIND_CELL || kind == KIND_PROPCELL;
}

void allocate_begin(struct heap *h, enum object_kind kind, uint64_t size)
{
    struct allocation *a = &h->allocation;
    uint64_t units = (size + UNIT - 1) / UNIT;
    unsigned space = birth_space(h->rules, kind);
    if (units * UNIT > h->config.large_object_size && !fixed_size(kind))
        space = kind == KIND_CODE ? h->rules->large_code_space : h->rules->large_space;
    *a = (struct allocation){.kind = (uint8_t)kind, .space = (uint8_t)space, .units = units, .object = NONE};
    a->stage = space == SPACE_NEW ? YOUNG : space == SPACE_NEW_LARGE ? LARGE_YOUNG : OLD;
}

static enum allocate_result finish(struct heap *h, uint32_t object)
{
    h->allocation.object = object;
    h->allocation.stage = NOTHING;
    const struct object *o = &h->objects.data[object];
    if (h->marking.active && object_space(o) != SPACE_NEW)
        marking_allocated_beside(h, object_space(o), object_bytes(o));
    if (h->marking.active && !object_young(o))
        marking_allocated_old(h, object);
    return ALLOCATE_DONE;
}

/* Bumps new space; ALLOCATE_MORE if there is no room. */
static enum allocate_result try_young(struct heap *h)
{
    struct allocation *a = &h->allocation;
    if (allocate_reserve(h))
        return ALLOCATE_FAILED;
    if (!new_space_bump(h, a->units))
        return ALLOCATE_MORE;
    allocate_count_young(h, 1, a->units);
    return finish(h, allocate_young(h, a->kind, (uint32_t)a->units));
}

static enum allocate_result try_old(struct heap *h, enum space_id space, enum old_asker asker)
{
    struct allocation *a = &h->allocation;
    struct place place;
    if (objects_reserve(h))
        return ALLOCATE_FAILED;
    enum old_result got = space_large(space) ? large_allocate(h, space, a->units, asker, &place)
                                             : old_allocate(h, space, a->units, asker, &place);
    if (got != OLD_FOUND)
        return got == OLD_FAILED ? ALLOCATE_FAILED : ALLOCATE_MORE;
    uint32_t object = allocate_record(h, a->kind, a->units, 0, 0);
    h->live++;
    page_place(h, object, place);
    return finish(h, object);
}

static enum allocate_result try_new_large(struct heap *h)
{
    struct allocation *a = &h->allocation;
    struct place place;
    if (objects_reserve(h) || vec_reserve(&h->new_large, 1))
        return ALLOCATE_FAILED;
    enum old_result got = large_allocate(h, SPACE_NEW_LARGE, a->units, ASK_PROGRAM_AT_LAST, &place);
    if (got != OLD_FOUND)
        return got == OLD_FAILED ? ALLOCATE_FAILED : ALLOCATE_MORE;
    uint32_t object = allocate_record(h, a->kind, a->units, 0, 0);
    h->live++;
    page_place(h, object, place);
    h->objects.data[object].bits |= OBJECT_YOUNG | h->young_space.parity;
    h->new_large.data[h->new_large.len++] = object;
    return finish(h, object);
}

static enum allocate_result collect(struct heap *h, enum collection_type type, enum reason reason, bool compact,
                                    enum stage next)
{
    h->allocation.stage = (uint8_t)next;
    gc_begin(h, type, reason, false, compact);
    return ALLOCATE_MORE;
}

static enum allocate_result out_of_memory(struct heap *h)
{
    h->out_of_memory = true;
    tell(h, OOM, NONE, h->allocation.units * UNIT, h->allocation.kind);
    return ALLOCATE_OOM;
}

/* Begins the last resort: one that compacts, then the stage last; or the first of two, then the stage second. */
static enum allocate_result last_resort(struct heap *h, enum stage second, enum stage last)
{
    bool two = h->rules->two_last_resorts;
    gc_decide(h, DECISION_LAST_RESORT, 0, 0, two ? COLLECTION_MARK_SWEEP : COLLECTION_MARK_COMPACT);
    return collect(h, two ? COLLECTION_MARK_SWEEP : COLLECTION_MARK_COMPACT, REASON_LAST_RESORT, !two,
                   two ? second : last);
}

/* An attempt in new space has found no room: begins what follows. */
static enum allocate_result young_failed(struct heap *h, enum stage stage)
{
    enum reason reason;
    enum collection_type type;
    switch (stage) {
    case YOUNG: type = policy_choose(h, &reason); return collect(h, type, reason, false, YOUNG_AGAIN);
    case YOUNG_AGAIN:
        if (h->rules->second_try_anew) {
            type = policy_choose(h, &reason);
            return collect(h, type, reason, false, YOUNG_LAST);
        }
        gc_decide(h, DECISION_STILL_NO_ROOM, 0, 0, COLLECTION_MARK_SWEEP);
        return collect(h, COLLECTION_MARK_SWEEP, REASON_ALLOCATION_FAILURE, false, YOUNG_LAST);
    case YOUNG_LAST:
        if (h->rules->second_try_anew)
            return last_resort(h, YOUNG_RESORT, YOUNG_RESORTED);
        /* fall through */
    default: h->allocation.stage = OLD_INSTEAD; return ALLOCATE_MORE;
    }
}

/* Begins a major for a page or a large object's region that was refused. */
static enum allocate_result collect_old(struct heap *h, enum stage next)
{
    const struct allocation *a = &h->allocation;
    bool large = space_large(a->space);
    uint64_t bytes = large ? large_page_size(h, a->units) : h->config.page_size;
    uint64_t capacity = large ? a->units * UNIT : config_usable(&h->config);
    policy_old_failed(h, bytes, capacity, a->space != SPACE_NEW_LARGE);
    return collect(h, COLLECTION_MARK_SWEEP, REASON_OLD_REQUESTED, false, next);
}

static enum allocate_result old_failed(struct heap *h, enum stage stage)
{
    h->limits.old_failed = true;
    switch (stage) {
    case OLD: return collect_old(h, OLD_AGAIN);
    case OLD_AGAIN: return collect_old(h, OLD_THIRD);
    case OLD_THIRD: return last_resort(h, OLD_RESORT, OLD_LAST);
    default: return out_of_memory(h);
    }
}

/*
 * One attempt at the current stage. ALLOCATE_MORE: there was no room and the next stage is set, or a page has been
 * swept for this one.
 */
static enum allocate_result try_stage(struct heap *h)
{
    struct allocation *a = &h->allocation;
    enum stage stage = (enum stage)a->stage;
    enum allocate_result result;
    switch (stage) {
    case LARGE_YOUNG:
        if (policy_new_large_full(h, a->units * UNIT))
            return collect(h, COLLECTION_SCAVENGE, REASON_ALLOCATION_FAILURE, false, OLD);
        a->stage = OLD;
        return ALLOCATE_MORE;
    case YOUNG:
    case YOUNG_AGAIN:
    case YOUNG_LAST:
    case YOUNG_RESORTED: result = try_young(h); return result == ALLOCATE_MORE ? young_failed(h, stage) : result;
    case YOUNG_RESORT: return collect(h, COLLECTION_MARK_SWEEP, REASON_LAST_RESORT, false, YOUNG_RESORTED);
    case OLD_RESORT: return collect(h, COLLECTION_MARK_SWEEP, REASON_LAST_RESORT, false, OLD_LAST);
    case OLD_INSTEAD: {
        struct object like = {.bits = a->kind};
        result = try_old(h, promotion_space(h, &like), ASK_PROGRAM_AT_LAST);
        return result == ALLOCATE_MORE && !old_searching(h) ? out_of_memory(h) : result;
    }
    default:
        result = a->space == SPACE_NEW_LARGE
                     ? try_new_large(h)
                     : try_old(h, a->space, stage == OLD_LAST ? ASK_PROGRAM_AT_LAST : ASK_PROGRAM);
        return result == ALLOCATE_MORE && !old_searching(h) ? old_failed(h, stage) : result;
    }
}

enum allocate_result allocate_step(struct heap *h, uint64_t *budget)
{
    for (;;) {
        if (h->gc.running) {
            enum gc_result collected = gc_step(h, budget);
            if (collected != GC_DONE)
                return collected == GC_MORE ? ALLOCATE_MORE : ALLOCATE_FAILED;
            if (h->out_of_memory)
                return ALLOCATE_OOM; /* the collection has reported it */
        }
        /* The last micro-step of an event is the one that ends it; the attempt after it sweeps nothing. */
        bool held = *budget == 0;
        h->search.held = held;
        enum allocate_result result = try_stage(h);
        h->search.held = false;
        if (result != ALLOCATE_MORE)
            return result;
        if (old_searching(h) && !held)
            spend(h, budget);
        if (*budget == 0 && (h->gc.running || (held && old_searching(h))))
            return ALLOCATE_MORE;
    }
}
