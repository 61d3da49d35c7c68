/*
 * promote.c - the survivors of new space: copies them to to-space or promotes them (heapreel-model(7), "Copy or
 * promote" and "Copy buffers"; V8 3.14 heap.cc ScavengeObject, ShouldBePromoted; V8 11.3 scavenger-inl.h,
 * local-allocator.h for the copy buffer).
 */
#include "gc/internal.h"

#include "heap/ids.h"
#include "heap/newspace.h"

static bool below_age_mark(const struct heap *h, const struct object *o)
{
    return o->page < h->gc.mark_page || (o->page == h->gc.mark_page && o->offset < h->gc.mark_offset);
}

/* V8 3.14 promotes an object early once to-space would be threshold % full. The operands go to left and right. */
static bool past_threshold(const struct heap *h, uint64_t bytes, uint64_t *left, uint64_t *right)
{
    *left = new_space_size(h) + bytes;
    *right = new_space_effective_capacity(h);
    return h->config.promotion_threshold > 0 && *left * 100 >= *right * h->config.promotion_threshold;
}

/* The rest of the copy buffer becomes a filler. */
static void leave_buffer(struct heap *h)
{
    const struct gc_state *gc = &h->gc;
    if (gc->buffer && gc->buffer_top < gc->buffer_limit)
        tell(h, FILLER, NONE, gc->buffer_page, (uint64_t)gc->buffer_top * UNIT,
             (uint64_t)(gc->buffer_limit - gc->buffer_top) * UNIT);
}

/* Takes a new copy buffer, which continues the current one if it begins where that ends. */
static bool take_buffer(struct heap *h)
{
    struct gc_state *gc = &h->gc;
    struct new_space *n = &h->young_space;
    uint32_t units = (uint32_t)(h->config.scavenge_buffer / UNIT);
    if (gc->buffer_failed || !new_space_bump(h, units)) {
        gc->buffer_failed = true;
        return false;
    }
    uint32_t start = n->top - units;
    bool continues = gc->buffer && gc->buffer_page == n->page && gc->buffer_limit == start;
    if (!continues) {
        leave_buffer(h);
        gc->buffer_page = n->page;
        gc->buffer_top = start;
    }
    gc->buffer_limit = n->top;
    gc->buffer = true;
    return true;
}

/* Room for units in to-space. */
static bool take_to_space(struct heap *h, uint64_t units, struct place *place)
{
    struct gc_state *gc = &h->gc;
    if (h->config.scavenge_buffer == 0 || gc->running != 1 + COLLECTION_SCAVENGE ||
        units * UNIT > h->config.scavenge_buffer / 4) {
        if (!new_space_bump(h, units))
            return false;
        *place = (struct place){h->young_space.page, h->young_space.top - (uint32_t)units};
        return true;
    }
    if (!gc->buffer || gc->buffer_limit - gc->buffer_top < units) {
        if (!take_buffer(h))
            return false;
    }
    *place = (struct place){gc->buffer_page, gc->buffer_top};
    gc->buffer_top += (uint32_t)units;
    return true;
}

static bool copy(struct heap *h, uint32_t object)
{
    struct object *o = &h->objects.data[object];
    uint32_t from_page = o->page, from_offset = o->offset;
    struct place place;
    if (!take_to_space(h, object_units(o), &place))
        return false;
    uint64_t bytes = object_bytes(o);
    o->page = place.page;
    o->offset = place.offset;
    o->bits ^= OBJECT_PARITY;
    h->young.data[h->young.len++] = object;
    prefetch_slots(h, o);
    h->spaces[SPACE_NEW].used += bytes;
    h->spaces[SPACE_NEW].objects++;
    h->gc.now.copied_bytes += bytes;
    tell(h, MOVE, object, bytes, from_page, (uint64_t)from_offset * UNIT, o->page, (uint64_t)o->offset * UNIT,
         object_age(h, object));
    return true;
}

/* Counts a survivor that has become old, in whichever way. */
static void count_promoted(struct heap *h, uint32_t object, enum promotion_rule rule)
{
    struct object *o = &h->objects.data[object];
    o->bits &= ~(OBJECT_YOUNG | OBJECT_PARITY);
    h->promoted.data[h->promoted.len++] = object;
    prefetch_slots(h, o);
    h->counters.promotion[rule]++;
    h->gc.now.promoted_bytes += object_bytes(o);
    h->gc.now.promoted_objects++;
    h->marking.old_allocated += object_bytes(o);
    if (o->bits & OBJECT_EXTRA)
        h->young_external -= object_external(h, object);
}

/* Finds a place in the old generation: MOVED, or what promote returns without one. */
static enum moved find_old(struct heap *h, const struct object *o, struct place *place)
{
    enum space_id space = promotion_space(h, o);
    if (!old_searching(h) && old_space_bump(h, space, object_units(o), place)) /* most often */
        return MOVED;
    switch (old_allocate(h, space, object_units(o), ASK_COLLECTOR, place)) {
    case OLD_FOUND: return MOVED;
    case OLD_FULL: h->limits.old_failed = true; return MOVED_NOT;
    case OLD_SWEPT: return MOVED_SWEPT;
    case OLD_FAILED: break;
    }
    return MOVED_FAILED;
}

static enum moved promote(struct heap *h, uint32_t object, enum promotion_rule rule, uint64_t left, uint64_t right)
{
    struct object *o = &h->objects.data[object];
    uint32_t from_page = o->page, from_offset = o->offset;
    struct place place;
    enum moved found = find_old(h, o, &place);
    if (found != MOVED)
        return found;
    page_place(h, object, place);
    count_promoted(h, object, rule);
    tell(h, PROMOTE, object, object_bytes(o), from_page, (uint64_t)from_offset * UNIT, object_space(o), place.page,
         (uint64_t)place.offset * UNIT, rule, left, right);
    return MOVED;
}

enum moved young_large(struct heap *h, uint32_t object)
{
    const struct object *o = &h->objects.data[object];
    uint32_t page = o->page;
    large_page_move(h, page, SPACE_LARGE);
    count_promoted(h, object, PROMOTION_LARGE);
    tell(h, PROMOTE, object, object_bytes(o), page, 0, SPACE_LARGE, page, 0, PROMOTION_LARGE, 0, 0);
    return MOVED;
}

/*
 * A visit that is repeated because a page has been swept for it comes to the same rule: sweeping changes nothing that
 * the rules look at. The object has already grown older, and to-space has no room for it.
 */
enum moved young_visit(struct heap *h, uint32_t object)
{
    const struct object *o = &h->objects.data[object];
    if (!object_in_from_space(h, o))
        return MOVED_NOT;
    bool again = old_searching(h);
    if (!again && object_grow_older(h, object) >= h->survival.len && vec_push(&h->survival, 0))
        return MOVED_FAILED;
    if (object_space(o) == SPACE_NEW_LARGE)
        return young_large(h, object);
    uint64_t left, right;
    bool early = past_threshold(h, object_bytes(o), &left, &right);
    bool aged = below_age_mark(h, o);
    if (aged || early) {
        enum moved moved = promote(h, object, aged ? PROMOTION_AGE : PROMOTION_THRESHOLD, left, right);
        if (moved != MOVED_NOT)
            return moved;
        return copy(h, object) ? MOVED : MOVED_OOM;
    }
    if (!again && copy(h, object))
        return MOVED;
    enum moved moved = promote(h, object, PROMOTION_OVERFLOW, left, right);
    return moved == MOVED_NOT ? MOVED_OOM : moved;
}

enum moved young_move(struct heap *h, uint32_t object, bool first_promote)
{
    if (first_promote) {
        enum moved moved = promote(h, object, PROMOTION_MAJOR, 0, 0);
        if (moved != MOVED_NOT)
            return moved;
    }
    if (!old_searching(h) && copy(h, object))
        return MOVED;
    if (first_promote)
        return MOVED_OOM;
    enum moved moved = promote(h, object, PROMOTION_MAJOR, 0, 0);
    return moved == MOVED_NOT ? MOVED_OOM : moved;
}

int young_reserve(struct heap *h)
{
    size_t most = h->from.len + h->new_large.len;
    h->promoted.len = 0;
    return vec_reserve(&h->young, h->from.len) || vec_reserve(&h->promoted, most) ? -1 : 0;
}

/* Merges the objects in copy buffers and those beside them; each sort is already in address order. */
static int merge_by_address(struct heap *h)
{
    size_t len = h->young.len, buffered = 0, beside = 0;
    h->scratch.len = 0;
    if (vec_reserve(&h->scratch, len))
        return -1;
    uint32_t *young = h->young.data, *other = h->scratch.data;
    for (size_t i = 0; i < len; i++) {
        const struct object *o = &h->objects.data[young[i]];
        if (object_units(o) * UNIT > h->config.scavenge_buffer / 4)
            other[beside++] = young[i];
        else
            young[buffered++] = young[i];
    }
    for (size_t to = len; beside > 0;) { /* from the end, so that nothing is overwritten before it is read */
        const struct object *b = &h->objects.data[other[beside - 1]];
        const struct object *a = buffered ? &h->objects.data[young[buffered - 1]] : NULL;
        bool take_buffered = a && (a->page > b->page || (a->page == b->page && a->offset > b->offset));
        young[--to] = take_buffered ? young[--buffered] : other[--beside];
    }
    return 0;
}

int young_finish(struct heap *h)
{
    struct gc_state *gc = &h->gc;
    struct new_space *n = &h->young_space;
    if (gc->buffer) {
        if (gc->buffer_page == n->page && gc->buffer_limit == n->top)
            n->top = gc->buffer_top;
        else
            leave_buffer(h);
        if (merge_by_address(h))
            return -1;
    }
    n->mark_page = n->page;
    n->mark_offset = n->top;
    return 0;
}

/* Keeps only the dead of from-space on its list. Which they are cannot be foreseen: no branch depends on it. */
static void keep_dead(struct heap *h)
{
    const size_t ahead = 128;
    uint32_t *from = h->from.data;
    size_t kept = 0;
    for (size_t i = 0; i < h->from.len; i++) {
        uint32_t object = from[i];
        if (i + ahead < h->from.len)
            prefetch_object(h, from[i + ahead]);
        from[kept] = object;
        kept += object_in_from_space(h, &h->objects.data[object]);
    }
    h->from.len = kept;
}

/* The records, names and slots of dead objects are spread over memory: prefetches them some objects ahead. */
static inline void prefetch_dead(const struct heap *h, size_t i)
{
    const size_t records = 48, details = 16;
    if (i + records >= h->from.len)
        return;
    prefetch_object(h, h->from.data[i + records]);
    const struct object *o = &h->objects.data[h->from.data[i + details]];
    if (o->name != NAME_NONE)
        prefetch_write(ids_bucket(h, o->name));
    if (object_slots_class(o) > SLOTS_KEPT)
        prefetch_slots(h, o);
}

/* Frees the dead of from-space: plain ones with their sums, the others one by one. */
static void free_from_space(struct heap *h)
{
    uint64_t units = 0, dead = 0, never_copied = 0;
    bool plain = !heap_hears(h, HAPPENING_DEAD);
    keep_dead(h);
    for (size_t i = 0; i < h->from.len; i++) {
        uint32_t object = h->from.data[i];
        const struct object *o = &h->objects.data[object];
        prefetch_dead(h, i);
        if (!plain || (o->bits & (OBJECT_EXTRA | OBJECT_LATE))) {
            free_dead(h, object);
            continue;
        }
        units += object_units(o);
        dead++;
        uint32_t age = object_age(h, object);
        if (age > 0)
            h->survival.data[age]++;
        else
            never_copied++;
        object_release(h, object);
    }
    h->survival.data[0] += never_copied;
    h->gc.now.dead_bytes += units * UNIT;
    h->gc.now.dead_objects += dead;
    h->counters.collected += dead;
    h->live -= dead;
    h->from.len = 0;
}

int young_free_dead(struct heap *h)
{
    bool marking = h->marking.active && !h->gc.finishing;
    free_from_space(h);
    for (size_t i = 0; i < h->new_large.len; i++) {
        uint32_t object = h->new_large.data[i];
        struct object *o = &h->objects.data[object];
        if (!object_young(o))
            continue;
        struct page *p = &h->pages.data[o->page];
        h->spaces[SPACE_NEW_LARGE].used -= p->used;
        h->spaces[SPACE_NEW_LARGE].objects--;
        p->objects = NONE;
        uint32_t page = o->page;
        free_dead(h, object);
        page_release(h, page);
    }
    h->new_large.len = 0; /* the survivors are large now */
    if (marking)
        marking_drop_dead(h);
    return objects_sort_free(h);
}
