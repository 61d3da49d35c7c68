/* model-gc.c - heapreel-model(7), "Scavenges", and what both collectors share. */
#include <stdlib.h>

#include "model-cover.h"
#include "model-internal.h"

/* What the two collectors share */

/* "New space": growth, the first act of every collection, in node24 and node26 the last one. */
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

static bool grows_last(const model *m)
{
    return m->config.era >= ERA_NODE24;
}

void md_gc_begin(model *m, bool major, bool compact, const char *reason)
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
    if (!grows_last(m)) {
        grow(m, major);
        m->now->semispace_capacity = md_new_capacity(m);
    }
    m->top = (bump_pointer){0, 0};
    for (size_t i = 0; i < m->objects.count; i++) {
        object *o = m->objects.items[i];
        o->from = !o->dead && md_young(o);
    }
}

void md_gc_end(model *m)
{
    m->age_mark = m->top;
    m->survived_since_growth += m->now->copied_bytes + m->now->promoted_bytes;
    if (grows_last(m)) {
        uint64_t before = m->pages;
        grow(m, m->now->major);
        COVER_IF(m->pages > before, growth_last);
        m->now->semispace_capacity = md_new_capacity(m);
    }
    m->now->used_after = md_used(m);
    m->now->external_after = md_external(m);
    m->now = NULL;
}

void md_die(model *m, object *o)
{
    COVER_IF(m->now->major && o->external > 0, major_external_freed);
    COVER_IF(m->now->major && o->space == SP_NEW_LARGE, new_large_dies_major);
    COVER_IF(!m->now->major && o->space == SP_NEW_LARGE, new_large_dies_minor);
    o->dead = true;
    m->collected++;
    m->now->dead_objects++;
    m->now->dead_bytes += o->size;
}

bool md_below_age_mark(const model *m, const object *o)
{
    return o->page < m->age_mark.page || (o->page == m->age_mark.page && o->offset < m->age_mark.offset);
}

void md_promote(model *m, object *o)
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

void md_filter_remembered(model *m)
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

/* Whether weak slots and registrations for finalization keep nothing alive in a scavenge. */
static bool weak_is_weak(const model *m)
{
    return m->config.era >= ERA_NODE26;
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
    } else if (md_below_age_mark(m, o)) {
        COVER(promote_age);
        COVER_IF(over_threshold(m, o), promote_both);
        COVER_IF(o->age == 1, promoted_without_age_2);
        m->by_age++;
    } else if (over_threshold(m, o)) {
        COVER(promote_threshold);
        COVER_IF(m->config.era != ERA_BOOK, threshold_other_era);
        m->by_threshold++;
    } else if (md_copy(m, o)) {
        COVER_IF(m->overflowed, copy_after_overflow);
        m->now->copied_bytes += o->size;
        md_list_add(&m->scan_list, o);
        return;
    } else {
        COVER(promote_overflow);
        m->overflowed = true;
        m->by_overflow++;
    }
    md_promote(m, o);
    md_list_add(&m->promotion_queue, o);
}

/*
 * Of n things that V8 meets in the order of their hashes, the number of the
 * one that is met k-th.
 */
static size_t scattered(size_t k, size_t n)
{
    size_t step = 618 * n / 1000;
    if (step < 1)
        step = 1;
    for (;; step++) {
        size_t a = step, b = n;
        while (b != 0) {
            size_t rest = a % b;
            a = b;
            b = rest;
        }
        if (a == 1)
            return k * step % n;
    }
}

/* Visit a slot's value; record it if the host is old and the value still young. */
static void scan_slot(model *m, object *o, slot *s)
{
    if (s->weak && weak_is_weak(m)) {
        COVER_IF(s->target != NULL && s->target->from, weak_not_followed);
        return; /* cleared or recorded in step 6 */
    }
    COVER_IF(s->weak && s->target != NULL && s->target->from, weak_keeps);
    visit(m, s->target);
    if (!md_young(o) && s->target != NULL && md_young(s->target)) {
        COVER(record_by_queue);
        md_remember(m, (record){.host = o, .slot = s});
    }
}

/* The same for an entry. node20 and later visit no keys, nor do they record them. */
static void scan_entry(model *m, object *o, entry *e)
{
    bool old = !md_young(o);
    if (m->config.era < ERA_NODE20) {
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

/* Visit all that an object holds: the slots, then the entries. */
static void scan(model *m, object *o)
{
    for (slot *s = o->slots; s != NULL; s = s->next)
        scan_slot(m, o, s);
    list entries = {0};
    for (entry *e = o->entries; e != NULL; e = e->next)
        if (!e->removed)
            md_list_add(&entries, e);
    size_t n = entries.count;
    for (size_t k = 0; k < n; k++) {
        size_t i = m->config.era >= ERA_NODE20 ? scattered(k, n) : k;
        COVER_IF(i != k, entries_scattered);
        scan_entry(m, o, entries.items[i]);
    }
    md_list_free(&entries);
}

/*
 * Step 3. A copy of the set as it stands, in which the value records of weak
 * collections have changed places among themselves, is visited from its first
 * member to its last.
 */
static void visit_remembered(model *m)
{
    size_t n = m->now->remembered_visited, values = 0;
    record *order = txt_alloc(n + 1, sizeof *order);
    size_t *places = txt_alloc(n + 1, sizeof *places); /* of the value records */
    for (size_t i = 0; i < n; i++) {
        order[i] = m->remembered[i];
        if (order[i].entry != NULL && !order[i].key)
            places[values++] = i;
    }
    for (size_t k = 0; k < values && m->config.era >= ERA_NODE20; k++) {
        size_t number = scattered(k, values);
        COVER_IF(number != k, records_scattered);
        order[places[k]] = m->remembered[places[number]];
    }
    for (size_t i = 0; i < n; i++) {
        const record *r = &order[i];
        object *target = md_record_target(r);
        if (r->slot != NULL && r->slot->weak && weak_is_weak(m)) {
            COVER_IF(target != NULL && target->from, weak_record_passed);
            continue;
        }
        COVER_IF(target != NULL && target->from && !r->host->marked, nepotism);
        visit(m, target);
    }
    free(order);
    free(places);
}

/* Step 2. */
static void visit_roots(model *m)
{
    m->visiting_roots = true;
    for (size_t i = 0; i < m->handle_count; i++) {
        object *o = m->handles[i].object;
        COVER_IF(!o->from && md_young(o), roots_duplicate);
        visit(m, o);
    }
    m->visiting_roots = false;
}

/* Step 4. */
static void visit_registered(model *m)
{
    for (size_t i = 0; i < m->registered.count; i++) {
        object *o = m->registered.items[i];
        COVER_IF(o->from, finalizer_keeps);
        visit(m, o);
    }
}

/* Step 6, node20 and later. A young key that was not visited is still `from`. */
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

/* Step 6, node26: the weak slots of one object, if it survives. */
static void clear_weak_slots(model *m, object *o)
{
    if (o->dead || o->from)
        return;
    for (slot *s = o->slots; s != NULL; s = s->next) {
        if (s->weak && s->target != NULL && s->target->from) {
            COVER_IF(md_young(o), weak_cleared_young);
            COVER_IF(!md_young(o), weak_cleared_old);
            s->target = NULL;
            m->weak_cleared++;
        }
    }
}

/* Step 6, node26: registered objects that were not visited die. */
static void finalize_dead(model *m)
{
    size_t kept = 0;
    for (size_t i = 0; i < m->registered.count; i++) {
        object *o = m->registered.items[i];
        if (o->from) {
            COVER(minor_finalized);
            m->finalized++;
        } else {
            m->registered.items[kept++] = o;
        }
    }
    m->registered.count = kept;
}

/* Step 6, node26: what objects promoted in this scavenge hold weakly, and is young. */
static void record_weak_slots(model *m, object *promoted)
{
    for (slot *s = promoted->slots; s != NULL; s = s->next) {
        if (s->weak && s->target != NULL && md_young(s->target)) {
            COVER(weak_recorded);
            md_remember(m, (record){.host = promoted, .slot = s});
        }
    }
}

static void weak_step(model *m)
{
    if (m->config.era >= ERA_NODE20)
        drop_dead_keys(m);
    if (!weak_is_weak(m))
        return;
    for (size_t i = 0; i < m->objects.count; i++)
        clear_weak_slots(m, m->objects.items[i]);
    finalize_dead(m);
    for (size_t i = 0; i < m->promotion_queue.count; i++)
        record_weak_slots(m, m->promotion_queue.items[i]);
}

void md_scavenge(model *m, const char *reason)
{
    md_gc_begin(m, false, false, reason);
    COVER_IF(m->age_mark.page > 0, two_page_semispace);
#ifdef MODEL_COVERAGE
    model_mark(m); /* tells the branch points what is garbage */
#endif
    m->scan_list.count = 0;
    m->promotion_queue.count = 0;
    m->overflowed = false;
    md_copy_begin(m);
    visit_roots(m);
    visit_remembered(m);
    if (!weak_is_weak(m))
        visit_registered(m);
    size_t scanned = 0, drained = 0;
    while (scanned < m->scan_list.count || drained < m->promotion_queue.count) {
        while (scanned < m->scan_list.count)
            scan(m, m->scan_list.items[scanned++]);
        while (drained < m->promotion_queue.count)
            scan(m, m->promotion_queue.items[drained++]);
    }
    weak_step(m);
    bool any = false;
    for (size_t i = 0; i < m->objects.count; i++) {
        object *o = m->objects.items[i];
        any = any || (!o->dead && md_young(o));
        if (o->from) {
            o->from = false;
            md_die(m, o);
        }
    }
    COVER_IF(!any, empty_scavenge);
    md_filter_remembered(m);
    md_copy_end(m);
    md_gc_end(m);
}
