/*
 * model-gc.c - heapreel-model(7), "Scavenges", "Marking" (atomic) and
 * "New space in a major collection".
 */
#include <stdlib.h>

#include "model-cover.h"
#include "model-internal.h"

/* What the two collectors share */

/* "New space": growth, the first act of every collection. */
static void grow(model *m, bool major)
{
    if (m->survived_since_growth <= md_new_capacity(m))
        return;
    if (m->pages >= m->max_pages) {
        COVER(growth_at_max);
        return;
    }
    COVER(growth);
    COVER_IF(2 * m->pages > m->max_pages, growth_clipped);
    COVER_IF(major, growth_in_major);
    m->pages = 2 * m->pages < m->max_pages ? 2 * m->pages : m->max_pages;
    m->survived_since_growth = 0;
}

/*
 * Begin a collection: growth check, flip. What was to-space is from-space
 * then, its objects marked `from` until they are visited.
 */
static void begin(model *m, bool major, bool compact, const char *reason)
{
    if (m->collection_count == m->collection_room) {
        m->collection_room = m->collection_room ? 2 * m->collection_room : 16;
        m->collections = txt_realloc(m->collections, m->collection_room, sizeof *m->collections);
    }
    m->now = &m->collections[m->collection_count++];
    *m->now = (collection){
        .major = major,
        .compact = compact,
        .reason = reason,
        .event = m->event,
        .line = m->line,
        .roots_visited = m->handle_count,
        .remembered_visited = major ? 0 : m->remembered_count,
        .used_before = md_used(m),
        .external_before = md_external(m),
    };
    grow(m, major);
    m->now->semispace_capacity = md_new_capacity(m);
    m->top = (bump_pointer){0, 0};
    for (size_t i = 0; i < m->objects.count; i++) {
        object *o = m->objects.items[i];
        o->from = !o->dead && md_young(o);
    }
}

static void end(model *m)
{
    m->age_mark = m->top;
    m->survived_since_growth += m->now->copied_bytes + m->now->promoted_bytes;
    m->now->used_after = md_used(m);
    m->now->external_after = md_external(m);
    m->now = NULL;
}

static void die(model *m, object *o)
{
    COVER_IF(m->now->major && o->external > 0, major_external_freed);
    COVER_IF(m->now->major && o->space == SP_NEW_LARGE, new_large_dies_major);
    COVER_IF(!m->now->major && o->space == SP_NEW_LARGE, new_large_dies_minor);
    o->dead = true;
    m->collected++;
    m->now->dead_objects++;
    m->now->dead_bytes += o->size;
}

static bool below_age_mark(const model *m, const object *o)
{
    return o->page < m->age_mark.page || (o->page == m->age_mark.page && o->offset < m->age_mark.offset);
}

/* Move an object to the old generation; a new-large one stays where it is. */
static void promote(model *m, object *o)
{
    if (o->space == SP_NEW_LARGE) {
        o->space = SP_LARGE;
        m->large++;
    } else {
        o->space = md_old_space(m, o->kind, o->size);
    }
    m->now->promoted_objects++;
    m->now->promoted_bytes += o->size;
}

/*
 * Drop the records that no longer hold a young pointer, and those of dead
 * hosts, keeping the order of the rest ("The generational barrier").
 */
static void filter_remembered(model *m)
{
    size_t kept = 0;
    for (size_t i = 0; i < m->remembered_count; i++) {
        const record *r = &m->remembered[i];
        const object *target = md_record_target(r);
        if (r->host->dead) {
            COVER(record_dead_host);
        } else if (target == NULL || !md_young(target)) {
            COVER_IF(m->now->major, stale_major);
            COVER_IF(!m->now->major, stale_minor);
        } else {
            COVER_IF(m->now->major, major_record_kept);
            COVER_IF(!m->now->major, record_kept);
            m->remembered[kept++] = *r;
        }
    }
    m->remembered_count = kept;
}

/* Scavenge */

static bool buffer_place(model *m, object *o)
{
    if (!m->buffer_have || m->buffer_next.offset + o->size > m->buffer_end)
        return false;
    o->page = m->buffer_next.page;
    o->offset = m->buffer_next.offset;
    m->buffer_next.offset += o->size;
    return true;
}

/* A new buffer is allocated as an object of its size would be. */
static bool buffer_renew(model *m)
{
    if (m->buffer_exhausted) {
        COVER(buffer_none_again);
        return false;
    }
    bump_pointer at;
    uint64_t size = m->config.scavenge_buffer;
    if (!md_new_bump(m, size, &at.page, &at.offset)) {
        COVER(buffer_none);
        m->buffer_exhausted = true;
        return false;
    }
    bool adjoins = m->buffer_have && at.page == m->buffer_next.page && at.offset == m->buffer_end;
    COVER_IF(!m->buffer_have, buffer_first);
    COVER_IF(adjoins, buffer_continues);
    COVER_IF(adjoins && m->buffer_next.offset < at.offset, buffer_straddle);
    COVER_IF(m->buffer_have && !adjoins && at.offset > 0, buffer_gap);
    COVER_IF(m->buffer_have && !adjoins && at.offset == 0, buffer_next_page);
    COVER_IF(m->config.era != ERA_NODE20, buffer_other_era);
    if (!adjoins)
        m->buffer_next = at;
    m->buffer_have = true;
    m->buffer_end = at.offset + size;
    return true;
}

/* Find a place in to-space; false if there is none. */
static bool copy(model *m, object *o)
{
    if (o->size * 4 <= m->config.scavenge_buffer) {
        if (buffer_place(m, o)) {
            COVER_IF(m->buffer_exhausted, buffer_small_after_none);
            return true;
        }
        return buffer_renew(m) && buffer_place(m, o);
    }
    uint64_t page = m->top.page;
    bool was_within = m->top.offset < m->usable;
    if (!md_new_bump(m, o->size, &o->page, &o->offset))
        return false;
    COVER_IF(o->page != page && was_within, scavenge_filler);
    COVER_IF(m->config.scavenge_buffer > 0, buffer_direct);
    COVER_IF(m->buffer_exhausted, buffer_direct_after_none);
    return true;
}

/* "Copy or promote": "to space is already 25 % full" in V8's words. */
static bool over_threshold(const model *m, const object *o)
{
    uint64_t threshold = m->config.promotion_threshold;
    return threshold > 0 && (md_new_size(m) + o->size) * 100 >= m->usable * m->pages * threshold;
}

/*
 * Visit one pointer: "Copy or promote".
 */
static void visit(model *m, object *o)
{
    if (o == NULL || !o->from)
        return;
    o->from = false;
    o->age++;
    if (o->space == SP_NEW_LARGE) {
        COVER(large_in_minor);
    } else if (below_age_mark(m, o)) {
        COVER(promote_age);
        COVER_IF(over_threshold(m, o), promote_both);
        COVER_IF(o->age == 1, promoted_without_age_2);
        m->by_age++;
    } else if (over_threshold(m, o)) {
        COVER(promote_threshold);
        COVER_IF(m->config.era != ERA_BOOK, threshold_other_era);
        m->by_threshold++;
    } else if (copy(m, o)) {
        COVER_IF(m->overflowed, copy_after_overflow);
        m->now->copied_bytes += o->size;
        md_list_add(&m->scan_list, o);
        return;
    } else {
        COVER(promote_overflow);
        m->overflowed = true;
        m->by_overflow++;
    }
    promote(m, o);
    md_list_add(&m->promotion_queue, o);
}

/*
 * Visit all that an object holds; once it is old, what is young then is
 * recorded at once. Weak slots are strong for the scavenger. node20 visits no
 * keys, nor does it record them.
 */
static void scan(model *m, object *o)
{
    bool old = !md_young(o);
    for (slot *s = o->slots; s != NULL; s = s->next) {
        COVER_IF(s->weak && s->target != NULL && s->target->from, weak_keeps);
        visit(m, s->target);
        if (old && s->target != NULL && md_young(s->target)) {
            COVER(record_by_queue);
            md_remember(m, (record){.host = o, .slot = s});
        }
    }
    for (entry *e = o->entries; e != NULL; e = e->next) {
        if (e->removed)
            continue;
        if (m->config.era != ERA_NODE20) {
            visit(m, e->key);
            if (old && md_young(e->key))
                md_remember(m, (record){.host = o, .entry = e, .key = true});
        }
        visit(m, e->value);
        if (old && e->value != NULL && md_young(e->value)) {
            COVER(record_by_queue_entry);
            md_remember(m, (record){.host = o, .entry = e});
        }
    }
}

/* Steps 2 to 4. */
static void visit_roots(model *m)
{
    for (size_t i = 0; i < m->handle_count; i++) {
        object *o = m->handles[i].object;
        COVER_IF(!o->from && md_young(o), roots_duplicate);
        visit(m, o);
    }
    for (size_t i = 0; i < m->now->remembered_visited; i++) {
        const record *r = &m->remembered[i];
        object *target = md_record_target(r);
        COVER_IF(target != NULL && target->from && !r->host->marked, nepotism);
        visit(m, target);
    }
    for (size_t i = 0; i < m->registered.count; i++) {
        object *o = m->registered.items[i];
        COVER_IF(o->from, finalizer_keeps);
        visit(m, o);
    }
}

/* Step 6. A young key that was not visited is still `from`. */
static void drop_dead_keys(model *m)
{
    for (size_t i = 0; i < m->objects.count; i++) {
        object *o = m->objects.items[i];
        if (o->dead || o->from)
            continue; /* an unvisited collection dies with its entries */
        for (entry *e = o->entries; e != NULL; e = e->next) {
            if (e->removed)
                continue;
            COVER_IF(!md_young(o) && md_young(e->key) && !e->key->from, key_kept_old);
            if (e->key->from) {
                COVER_IF(md_young(o), key_dead_young);
                COVER_IF(!md_young(o), key_dead_old);
                COVER_IF(!md_young(o) && !o->marked, key_dead_nepotism);
                COVER_IF(!md_young(o) && e->value != NULL && md_young(e->value), key_dead_record);
                e->removed = true;
                m->weak_cleared++;
            }
        }
    }
}

/* Give back the rest of the last buffer, if it ends at top. */
static void buffer_close(model *m)
{
    if (!m->buffer_have)
        return;
    if (m->buffer_next.page == m->top.page && m->buffer_end == m->top.offset) {
        COVER(buffer_given_back);
        m->top = m->buffer_next;
    } else {
        COVER(buffer_not_at_top);
    }
}

void md_scavenge(model *m, const char *reason)
{
    begin(m, false, false, reason);
    COVER_IF(m->age_mark.page > 0, two_page_semispace);
#ifdef MODEL_COVERAGE
    model_mark(m); /* tells the branch points what is garbage */
#endif
    m->scan_list.count = 0;
    m->promotion_queue.count = 0;
    m->buffer_have = false;
    m->buffer_exhausted = false;
    m->overflowed = false;
    visit_roots(m);
    size_t scanned = 0, drained = 0;
    while (scanned < m->scan_list.count || drained < m->promotion_queue.count) {
        while (scanned < m->scan_list.count)
            scan(m, m->scan_list.items[scanned++]);
        while (drained < m->promotion_queue.count)
            scan(m, m->promotion_queue.items[drained++]);
    }
    if (m->config.era == ERA_NODE20)
        drop_dead_keys(m);
    bool any = false;
    for (size_t i = 0; i < m->objects.count; i++) {
        object *o = m->objects.items[i];
        any = any || (!o->dead && md_young(o));
        if (o->from) {
            o->from = false;
            die(m, o);
        }
    }
    COVER_IF(!any, empty_scavenge);
    filter_remembered(m);
    buffer_close(m);
    end(m);
}

/* Major */

static void mark_one(list *work, object *o)
{
    if (o != NULL && !o->marked) {
        o->marked = true;
        md_list_add(work, o);
    }
}

/* Mark what marked collections hold by marked keys; whether anything was. */
static bool mark_values(model *m, list *work)
{
    size_t before = work->count;
    for (size_t i = 0; i < m->objects.count; i++) {
        const object *o = m->objects.items[i];
        for (entry *e = o->entries; o->marked && e != NULL; e = e->next)
            if (!e->removed && e->key->marked)
                mark_one(work, e->value);
    }
    return work->count > before;
}

unsigned model_mark(model *m)
{
    list work = {0};
    for (size_t i = 0; i < m->objects.count; i++)
        ((object *)m->objects.items[i])->marked = false;
    for (size_t i = 0; i < m->handle_count; i++)
        mark_one(&work, m->handles[i].object);
    unsigned rounds = 0;
    size_t done = 0;
    do {
        while (done < work.count) {
            const object *o = work.items[done++];
            for (slot *s = o->slots; s != NULL; s = s->next)
                if (!s->weak)
                    mark_one(&work, s->target);
        }
        rounds++;
    } while (mark_values(m, &work));
    md_list_free(&work);
    return rounds;
}

/*
 * "Marking": weak slots to dead objects, entries with a dead key, both in
 * surviving hosts, and the finalizers.
 */
static void process_weak(model *m)
{
    for (size_t i = 0; i < m->objects.count; i++) {
        object *o = m->objects.items[i];
        if (o->dead || !o->marked)
            continue;
        for (slot *s = o->slots; s != NULL; s = s->next) {
            if (s->target != NULL && !s->target->marked) {
                COVER(major_weak_cleared);
                s->target = NULL;
                m->weak_cleared++;
            }
        }
        for (entry *e = o->entries; e != NULL; e = e->next) {
            if (!e->removed && !e->key->marked) {
                COVER(major_key_dead);
                e->removed = true;
                m->weak_cleared++;
            }
        }
    }
    size_t kept = 0;
    for (size_t i = 0; i < m->registered.count; i++) {
        object *o = m->registered.items[i];
        if (o->marked) {
            m->registered.items[kept++] = o;
        } else {
            COVER(major_finalized);
            m->finalized++;
        }
    }
    COVER_IF(m->registered.count > kept + 1, major_finalized_several);
    m->registered.count = kept;
}

static int from_order(const void *a, const void *b)
{
    const object *x = *(const object *const *)a;
    const object *y = *(const object *const *)b;
    if (x->page != y->page)
        return x->page < y->page ? -1 : 1;
    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

/*
 * One survivor of new space in a major collection. node6 keeps it young if it lies above
 * the age mark. It then always finds room: packing a part of the objects in
 * the same order takes no more pages than packing all of them.
 */
static void evacuate(model *m, object *o)
{
    bool stays = m->config.era == ERA_NODE6 && !below_age_mark(m, o);
    uint64_t page = m->top.page;
    bool was_within = m->top.offset < m->usable;
    if (stays && md_new_bump(m, o->size, &o->page, &o->offset)) {
        COVER(major_node6_copies);
        COVER_IF(o->page != page && was_within, major_node6_filler);
        COVER_IF(m->config.scavenge_buffer > 0, major_node6_buffer);
        m->now->copied_bytes += o->size;
        return;
    }
    COVER_IF(m->config.era == ERA_NODE6, major_node6_promotes);
    COVER_IF(m->config.era != ERA_NODE6, major_promotes);
    promote(m, o);
    m->by_major++;
    md_list_add(&m->promotion_queue, o);
}

/* Record what a promoted object holds that is young; no barrier hits. */
static void record_promoted(model *m, object *o)
{
    for (slot *s = o->slots; s != NULL; s = s->next) {
        if (s->target != NULL && md_young(s->target)) {
            COVER(major_record);
            md_remember(m, (record){.host = o, .slot = s});
        }
    }
    for (entry *e = o->entries; e != NULL; e = e->next) {
        for (int key = 1; key >= 0 && !e->removed; key--) {
            record r = {.host = o, .entry = e, .key = key == 1};
            if (md_record_target(&r) != NULL && md_young(md_record_target(&r))) {
                COVER(major_record_entry);
                md_remember(m, r);
            }
        }
    }
}

void md_major(model *m, bool compact, const char *reason)
{
    begin(m, true, compact, reason);
    COVER_IF(compact, compact);
    unsigned rounds = model_mark(m);
    COVER_IF(rounds > 1, major_ephemeron_kept);
    COVER_IF(rounds > 2, major_ephemeron_rounds);
    process_weak(m);
    list young = {0};
    m->promotion_queue.count = 0;
    for (size_t i = 0; i < m->objects.count; i++) {
        object *o = m->objects.items[i];
        o->from = false;
        if (o->dead)
            continue;
        if (!o->marked) {
            die(m, o);
        } else if (o->space == SP_NEW_LARGE) {
            COVER(large_in_major);
            promote(m, o);
        } else if (o->space == SP_NEW) {
            md_list_add(&young, o);
        }
    }
    if (young.count > 0)
        qsort(young.items, young.count, sizeof *young.items, from_order);
    for (size_t i = 0; i < young.count; i++)
        evacuate(m, young.items[i]);
    md_list_free(&young);
    filter_remembered(m);
    for (size_t i = 0; i < m->promotion_queue.count; i++)
        record_promoted(m, m->promotion_queue.items[i]);
    end(m);
    md_note_stale(m);
}
