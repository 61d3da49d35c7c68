/*
 * model-major.c - heapreel-model(7), "Marking" (atomic) and "New space in a
 * major collection".
 */
#include <stdlib.h>

#include "model-cover.h"
#include "model-internal.h"

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
    bool stays = m->config.era == ERA_NODE6 && !md_below_age_mark(m, o);
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
    md_promote(m, o);
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
    md_gc_begin(m, true, compact, reason);
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
            md_die(m, o);
        } else if (o->space == SP_NEW_LARGE) {
            COVER(large_in_major);
            md_promote(m, o);
        } else if (o->space == SP_NEW) {
            md_list_add(&young, o);
        }
    }
    if (young.count > 0)
        qsort(young.items, young.count, sizeof *young.items, from_order);
    for (size_t i = 0; i < young.count; i++)
        evacuate(m, young.items[i]);
    md_list_free(&young);
    md_filter_remembered(m);
    for (size_t i = 0; i < m->promotion_queue.count; i++)
        record_promoted(m, m->promotion_queue.items[i]);
    md_gc_end(m);
    md_note_stale(m);
}
