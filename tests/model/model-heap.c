/*
 * model-heap.c - objects, slots, handles, new space's allocation, the
 * generational barrier, and what the events do.
 */
#include <stdlib.h>
#include <string.h>

#include "model-cover.h"
#include "model-internal.h"

void md_list_add(list *l, void *item)
{
    if (l->count == l->room) {
        l->room = l->room ? 2 * l->room : 16;
        l->items = txt_realloc(l->items, l->room, sizeof *l->items);
    }
    l->items[l->count++] = item;
}

void md_list_free(list *l)
{
    free(l->items);
    *l = (list){0};
}

/* "Kinds and spaces", with the homes of the fixed-size kinds. */
const kind_info *md_kind_find(const char *name)
{
    static const kind_info kinds[] = {
        {"object", KC_POINTER, 0, false, false, SP_COUNT, SP_COUNT},
        {"array", KC_POINTER, 0, false, false, SP_COUNT, SP_COUNT},
        {"closure", KC_POINTER, 0, false, false, SP_COUNT, SP_COUNT},
        {"context", KC_POINTER, 0, false, false, SP_COUNT, SP_COUNT},
        {"string", KC_DATA, 0, false, false, SP_COUNT, SP_COUNT},
        {"number", KC_DATA, 0, false, false, SP_COUNT, SP_COUNT},
        {"buffer", KC_DATA, 0, false, false, SP_COUNT, SP_COUNT},
        {"weakmap", KC_POINTER, 0, true, true, SP_COUNT, SP_COUNT},
        {"weakset", KC_POINTER, 0, true, false, SP_COUNT, SP_COUNT},
        {"code", KC_CODE, 0, false, false, SP_COUNT, SP_COUNT},
        {"map", KC_FIXED, 80, false, false, SP_MAP, SP_MAP},
        {"cell", KC_FIXED, 16, false, false, SP_CELL, SP_OLD},
        {"propcell", KC_FIXED, 32, false, false, SP_PROPERTY_CELL, SP_OLD},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (strcmp(name, kinds[i].name) == 0)
            return &kinds[i];
    return NULL;
}

const char *md_space_name(space s)
{
    static const char *const names[SP_COUNT] = {
        "new",  "old-pointer",   "old-data",  "old",   "code",       "map",
        "cell", "property-cell", "new-large", "large", "code-large",
    };
    return names[s];
}

bool md_young(const object *o)
{
    return o->space == SP_NEW || o->space == SP_NEW_LARGE;
}

object *md_named(model *m, const char *id)
{
    for (size_t i = m->objects.count; i-- > 0;) {
        object *o = m->objects.items[i];
        if (!o->bound || strcmp(o->name, id) != 0)
            continue;
        if (o->dead) {
            model_fail(m, "object \"%s\" has been collected", id);
            return NULL;
        }
        if (m->strict) {
            model_mark(m);
            if (!o->marked) {
                model_fail(m, "object \"%s\" is unreachable", id);
                return NULL;
            }
        }
        md_use(m, o);
        return o;
    }
    model_fail(m, "unknown object \"%s\"", id);
    return NULL;
}

bool md_rooted(const model *m, const object *o)
{
    for (size_t i = 0; i < m->handle_count; i++)
        if (m->handles[i].object == o)
            return true;
    return false;
}

uint64_t md_used(const model *m)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < m->objects.count; i++) {
        const object *o = m->objects.items[i];
        sum += o->dead ? 0 : o->size;
    }
    return sum;
}

uint64_t md_external(const model *m)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < m->objects.count; i++) {
        const object *o = m->objects.items[i];
        sum += o->dead ? 0 : o->external;
    }
    return sum;
}

static uint64_t young_external(const model *m)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < m->objects.count; i++) {
        const object *o = m->objects.items[i];
        sum += !o->dead && md_young(o) ? o->external : 0;
    }
    return sum;
}

static uint64_t new_large_bytes(const model *m)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < m->objects.count; i++) {
        const object *o = m->objects.items[i];
        sum += !o->dead && o->space == SP_NEW_LARGE ? o->size : 0;
    }
    return sum;
}

uint64_t md_new_capacity(const model *m)
{
    return m->config.page_size * m->pages;
}

uint64_t md_new_size(const model *m)
{
    return m->usable * m->top.page + m->top.offset;
}

bool md_new_bump(model *m, uint64_t size, uint64_t *page, uint64_t *offset)
{
    if (m->top.offset + size > m->usable) {
        if (m->top.page + 1 >= m->pages)
            return false; /* and no filler: top stays */
        m->top.page++;
        m->top.offset = 0;
    }
    *page = m->top.page;
    *offset = m->top.offset;
    m->top.offset += size;
    return true;
}

object *md_record_target(const record *r)
{
    if (r->slot != NULL)
        return r->slot->target;
    if (r->entry->removed)
        return NULL;
    return r->key ? r->entry->key : r->entry->value;
}

static bool same_record(const record *a, const record *b)
{
    return a->slot == b->slot && a->entry == b->entry && a->key == b->key;
}

void md_remember(model *m, record r)
{
    for (size_t i = 0; i < m->remembered_count; i++) {
        if (same_record(&m->remembered[i], &r)) {
            COVER(barrier_had_record);
            return;
        }
    }
    if (m->remembered_count == m->remembered_room) {
        m->remembered_room = m->remembered_room ? 2 * m->remembered_room : 16;
        m->remembered = txt_realloc(m->remembered, m->remembered_room, sizeof *m->remembered);
    }
    m->remembered[m->remembered_count++] = r;
}

/* The generational barrier, after a store. */
static void barrier(model *m, record r)
{
    const object *target = md_record_target(&r);
    if (md_young(r.host) || target == NULL || !md_young(target))
        return;
    if (r.key && m->config.era >= ERA_NODE20) {
        COVER(barrier_key_exempt); /* neither a record nor a hit */
        return;
    }
    COVER_IF(r.key, barrier_key);
    COVER_IF(r.entry != NULL && !r.key, barrier_value);
    COVER_IF(r.slot != NULL && r.slot->weak, barrier_weak);
    m->barrier_generational++;
    size_t before = m->remembered_count;
    md_remember(m, r);
    COVER_IF(m->remembered_count > before, barrier_new_record);
}

space md_old_space(const model *m, const kind_info *kind, uint64_t size)
{
    bool code = kind->class == KC_CODE;
    if (kind->class == KC_FIXED) {
        switch (m->config.era) {
        case ERA_BOOK: return kind->fixed_book;
        case ERA_NODE6: return kind->fixed_node6;
        case ERA_NODE20:
        case ERA_NODE24:
        case ERA_NODE26: return SP_OLD;
        }
    }
    if (size > m->config.large_object_size)
        return code && m->config.era >= ERA_NODE20 ? SP_CODE_LARGE : SP_LARGE;
    if (code)
        return SP_CODE;
    if (m->config.era != ERA_BOOK)
        return SP_OLD;
    return kind->class == KC_POINTER ? SP_OLD_POINTER : SP_OLD_DATA;
}

/* "New space": an allocation that fails, as far as it can go in this model. */
static bool alloc_new(model *m, uint64_t size, object *place)
{
    uint64_t page = m->top.page;
    bool was_within = m->top.offset < m->usable;
    if (!md_new_bump(m, size, &place->page, &place->offset)) {
        md_scavenge(m, "allocation failure");
        if (!md_new_bump(m, size, &place->page, &place->offset)) {
            /*
             * Nothing is left in new space after the second try: book's major
             * promotes all, and the other eras' second scavenge finds the age
             * mark that the first has set above every survivor. So that cannot
             * fail: the tries that follow need a failed promotion first, which
             * takes a maximum that is reached.
             */
            if (m->config.era == ERA_BOOK) {
                COVER(useless_scavenge_major);
                md_major(m, false, "allocation failure");
            } else {
                COVER(useless_scavenge_again);
                md_scavenge(m, "allocation failure");
            }
            if (!md_new_bump(m, size, &place->page, &place->offset))
                return model_fail(m, "beyond the model: new space stays full");
        }
    } else {
        COVER_IF(place->page != page && was_within, alloc_filler);
    }
    COVER_IF(m->top.offset == m->usable, alloc_exact_page);
    place->space = SP_NEW;
    return true;
}

static bool place_object(model *m, uint64_t size, const kind_info *kind, object *place)
{
    bool born_young = kind->class == KC_POINTER || kind->class == KC_DATA;
    bool large = kind->class != KC_FIXED && size > m->config.large_object_size;
    if (born_young && !large)
        return alloc_new(m, size, place);
    if (born_young && m->config.era >= ERA_NODE20) {
        uint64_t present = new_large_bytes(m);
        if (present > 0 && present + size > md_new_capacity(m)) {
            COVER(new_large_scavenge);
            md_scavenge(m, "allocation failure");
        }
        COVER(alloc_new_large);
        place->space = SP_NEW_LARGE;
        return true;
    }
    COVER_IF(kind->class == KC_FIXED, alloc_old_fixed);
    COVER_IF(kind->class == KC_CODE && !large, alloc_code);
    COVER_IF(kind->class == KC_CODE && large, alloc_code_large);
    COVER_IF(born_young, alloc_large);
    place->space = md_old_space(m, kind, size);
    return true;
}

/* The object that has the name `id` at present, dead or alive, or NULL. */
static object *bound_to(const model *m, const char *id)
{
    for (size_t i = 0; i < m->objects.count; i++) {
        object *o = m->objects.items[i];
        if (o->bound && strcmp(o->name, id) == 0)
            return o;
    }
    return NULL;
}

/* "Leak analysis": the site, else the name of the innermost scope, else (top). */
static char *site_of(const model *m, const char *site)
{
    const char *scope = m->scope > 0 ? m->scopes.items[m->scope - 1] : NULL;
    const char *name = site != NULL ? site : scope != NULL ? scope : "(top)";
    return txt_copy(name, strlen(name));
}

bool md_alloc(model *m, const char *id, uint64_t size, const kind_info *kind, object *holder, const char *slot_name,
              const char *site)
{
    object *old = bound_to(m, id);
    if (old != NULL && md_rooted(m, old))
        return model_fail(m, "\"%s\" still has a handle", id);
    if (holder != NULL && holder->kind->class == KC_DATA)
        return model_fail(m, "the holder of \"%s\" is pointer-free", id);
    size = (size + 7) / 8 * 8;
    object place = {0};
    if (!place_object(m, size, kind, &place))
        return false;
    if (holder != NULL && holder->dead)
        return model_fail(m, "the holder of \"%s\" has been collected", id);
    if (old != NULL) {
        COVER_IF(old == holder, alloc_in_rebinds_holder);
        COVER_IF(old->dead, rebind_dead);
        COVER_IF(!old->dead, rebind_alive);
        old->bound = false;
    }
    object *o = txt_alloc(1, sizeof *o);
    *o = place;
    o->name = txt_copy(id, strlen(id));
    o->bound = true;
    o->kind = kind;
    o->size = size;
    o->site = site_of(m, site);
    md_use(m, o);
    md_list_add(&m->objects, o);
    m->allocated++;
    uint64_t live = m->allocated - m->collected;
    m->peak_live = live > m->peak_live ? live : m->peak_live;
    if (holder != NULL) {
        md_use(m, holder); /* the allocation may have collected since it was looked up */
        return md_store(m, holder, slot_name, o, false);
    }
    md_root(m, o);
    return true;
}

static slot *find_slot(object *o, const char *name)
{
    for (slot *s = o->slots; s != NULL; s = s->next)
        if (s->name != NULL && strcmp(s->name, name) == 0)
            return s;
    return NULL;
}

static slot *append_slot(object *o, const char *name)
{
    slot **end = &o->slots;
    while (*end != NULL)
        end = &(*end)->next;
    *end = txt_alloc(1, sizeof **end);
    if (name != NULL)
        (*end)->name = txt_copy(name, strlen(name));
    return *end;
}

bool md_store(model *m, object *src, const char *slot_name, object *target, bool weak)
{
    if (src->kind->class == KC_DATA)
        return model_fail(m, "\"%s\" is pointer-free", src->name);
    slot *s = slot_name == NULL ? NULL : find_slot(src, slot_name);
    if (s == NULL) {
        s = append_slot(src, slot_name);
    } else {
        COVER_IF(s->target == NULL, slot_reused);
        COVER_IF(weak && !s->weak, slot_strong_to_weak);
        COVER_IF(!weak && s->weak, slot_weak_to_strong);
    }
    s->target = target;
    s->weak = weak;
    barrier(m, (record){.host = src, .slot = s});
    return true;
}

bool md_unref_slot(model *m, object *src, const char *slot_name)
{
    slot *s = find_slot(src, slot_name);
    if (s == NULL)
        return model_fail(m, "\"%s\" has no slot \"%s\"", src->name, slot_name);
    COVER_IF(s->target == NULL, unref_empty);
    s->target = NULL;
    return true;
}

bool md_unref_target(model *m, object *src, const object *target)
{
    for (slot *s = src->slots; s != NULL; s = s->next) {
        if (!s->gone && s->target == target) {
            COVER_IF(s->name == NULL, slot_anonymous_gone);
            COVER_IF(s->name != NULL, unref_named_by_target);
            COVER_IF(s->weak, unref_weak_by_target);
            s->target = NULL;
            s->gone = s->name == NULL;
            return true;
        }
    }
    return model_fail(m, "\"%s\" has no such pointer", src->name);
}

static entry *find_entry(object *map, const object *key)
{
    for (entry *e = map->entries; e != NULL; e = e->next)
        if (!e->removed && e->key == key)
            return e;
    return NULL;
}

static entry *append_entry(object *map, object *key)
{
    entry **end = &map->entries;
    while (*end != NULL) {
        COVER_IF((*end)->removed && (*end)->key == key, entry_again);
        end = &(*end)->next;
    }
    *end = txt_alloc(1, sizeof **end);
    (*end)->key = key;
    return *end;
}

bool md_entry(model *m, object *map, object *key, object *value)
{
    if (!map->kind->collection || (value != NULL && !map->kind->values))
        return model_fail(m, "\"%s\" takes no such entry", map->name);
    entry *e = find_entry(map, key);
    if (e != NULL) {
        COVER(entry_overwrite);
        COVER_IF(value == NULL && e->value != NULL, entry_drop_value);
    } else {
        e = append_entry(map, key);
    }
    /* A present key is stored again, and may hit the barrier again. */
    e->value = value;
    barrier(m, (record){.host = map, .entry = e, .key = true});
    barrier(m, (record){.host = map, .entry = e});
    return true;
}

bool md_unentry(model *m, object *map, const object *key)
{
    entry *e = find_entry(map, key);
    if (e == NULL)
        return model_fail(m, "\"%s\" has no such entry", map->name);
    for (size_t i = 0; i < m->remembered_count; i++)
        COVER_IF(m->remembered[i].entry == e, unentry_recorded);
    e->removed = true;
    return true;
}

void md_root(model *m, object *o)
{
    if (m->handle_count == m->handle_room) {
        m->handle_room = m->handle_room ? 2 * m->handle_room : 16;
        m->handles = txt_realloc(m->handles, m->handle_room, sizeof *m->handles);
    }
    m->handles[m->handle_count++] = (handle){o, m->scope};
}

bool md_release(model *m, const object *o)
{
    /*
     * Handles are only made in the innermost scope, so the array is in the
     * order of "Roots and slots", and its last match is the one to drop.
     */
    for (size_t i = m->handle_count; i-- > 0;) {
        if (m->handles[i].object == o) {
            COVER_IF(m->handles[i].scope < m->scope, release_outer);
            memmove(&m->handles[i], &m->handles[i + 1], (m->handle_count - i - 1) * sizeof *m->handles);
            m->handle_count--;
            return true;
        }
    }
    return model_fail(m, "\"%s\" has no handle", o->name);
}

void md_leave(model *m)
{
    while (m->handle_count > 0 && m->handles[m->handle_count - 1].scope == m->scope) {
        COVER(leave_drops);
        m->handle_count--;
    }
    m->scope--;
    free(m->scopes.items[--m->scopes.count]);
}

bool md_set_external(model *m, const char *id, uint64_t bytes)
{
    object *o = md_named(m, id);
    if (o == NULL)
        return false;
    uint64_t limit = m->config.young_external_limit;
    bool reached = limit != 0 && young_external(m) >= limit;
    COVER_IF(reached && !md_young(o) && bytes > o->external, external_old);
    COVER_IF(reached && md_young(o) && bytes <= o->external, external_shrinks);
    if (reached && md_young(o) && bytes > o->external) {
        COVER(external_scavenge);
        md_scavenge(m, "external memory pressure");
        if (o->dead)
            return model_fail(m, "object \"%s\" has been collected", id);
        COVER_IF(!md_young(o), external_scavenge_promotes);
        COVER_IF(young_external(m) >= limit, external_scavenge_again);
    }
    o->external = bytes;
    return true;
}

void md_register(model *m, object *o)
{
    if (!o->registered) {
        o->registered = true;
        md_list_add(&m->registered, o);
    }
}

/* node20 and later scavenge in idle time when new space is 80 % full. */
void md_idle(model *m)
{
    if (m->config.era < ERA_NODE20)
        return;
    uint64_t full = md_new_size(m) + new_large_bytes(m);
    if (full * 100 >= md_new_capacity(m) * 80) {
        COVER(idle_scavenge);
        md_scavenge(m, m->config.era == ERA_NODE26 ? "allocation failure" : "task");
    } else {
        COVER(idle_nothing);
    }
}

static void object_free(object *o)
{
    while (o->slots != NULL) {
        slot *s = o->slots;
        o->slots = s->next;
        free(s->name);
        free(s);
    }
    while (o->entries != NULL) {
        entry *e = o->entries;
        o->entries = e->next;
        free(e);
    }
    free(o->name);
    free(o->site);
    free(o);
}

void md_free(model *m)
{
    for (size_t i = 0; i < m->objects.count; i++)
        object_free(m->objects.items[i]);
    md_list_free(&m->objects);
    for (size_t i = 0; i < m->scopes.count; i++)
        free(m->scopes.items[i]);
    md_list_free(&m->scopes);
    md_list_free(&m->registered);
    md_list_free(&m->scan_list);
    md_list_free(&m->promotion_queue);
    free(m->handles);
    free(m->remembered);
    free(m->collections);
    free(m->title);
}
