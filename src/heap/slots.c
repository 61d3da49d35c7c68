/* slots.c - slots beyond the small arrays: tables, growing, and squeezing out holes. */
#include "heap/slots.h"

#include "heap/objects.h"
#include "heap/remembered.h"
#include "heap/table.h"

static struct table *table_of(const struct heap *h, const struct object *o)
{
    return &h->tables.data[o->slots];
}

static void set_class(struct object *o, unsigned class)
{
    o->bits = (o->bits & ~OBJECT_SLOTS) | class << OBJECT_SLOTS_SHIFT;
}

uint32_t slots_find_indexed(const struct heap *h, const struct object *o, uint32_t key)
{
    /* An element of an array is mostly at the position of its index. */
    const struct slot *slots = slots_array(h, o);
    uint32_t guess = key & SLOT_VALUE;
    if (guess < o->nslots && (slots[guess].key & SLOT_KEY) == key)
        return guess;
    return table_find(h, o->slots, TABLE_SLOTS, key);
}

static uint32_t count_holes(const struct heap *h, const struct object *o)
{
    if (object_slots_class(o) == SLOTS_TABLE)
        return o->nslots - table_of(h, o)->live;
    const struct slot *slots = slots_array(h, o);
    uint32_t holes = 0;
    for (uint32_t i = 0; i < o->nslots; i++)
        holes += (slots[i].key & SLOT_TYPE) == SLOT_HOLE;
    return holes;
}

/* Squeezes out the holes, keeping the order of the rest. 0, or -1 without memory (nothing changes then). */
static int compact(struct heap *h, uint32_t object)
{
    struct object *o = &h->objects.data[object];
    struct slot *slots = slots_array(h, o);
    bool table = object_slots_class(o) == SLOTS_TABLE;
    if (o->bits & OBJECT_REMEMBERED) {
        h->scratch.len = 0;
        if (vec_reserve(&h->scratch, o->nslots))
            return -1;
        uint32_t to = 0;
        for (uint32_t i = 0; i < o->nslots; i++)
            h->scratch.data[i] = (slots[i].key & SLOT_TYPE) == SLOT_HOLE ? NONE : to++;
        remembered_move(h, object, RECORD_SLOT, h->scratch.data);
    }
    if (table)
        targets_drop(h, o->slots);
    uint32_t to = 0;
    for (uint32_t i = 0; i < o->nslots; i++)
        if ((slots[i].key & SLOT_TYPE) != SLOT_HOLE)
            slots[to++] = slots[i];
    o->nslots = to;
    if (table) {
        table_of(h, o)->len = table_of(h, o)->live = to;
        table_index_rebuild(h, o->slots, TABLE_SLOTS);
    }
    return 0;
}

/*
 * Is it worth squeezing out the holes of a full array? At least half of the places must be holes, so that clearing them
 * pays for it; if the remembered set must be searched, a quarter of its length too.
 */
static bool worth_compacting(const struct heap *h, const struct object *o)
{
    uint32_t holes = count_holes(h, o);
    if (holes == 0 || holes * UINT64_C(2) < o->nslots)
        return false;
    return !(o->bits & OBJECT_REMEMBERED) || holes * UINT64_C(4) >= h->remembered.len;
}

/* Turns a full small array into a table of twice the size, with an index. */
static int make_table(struct heap *h, uint32_t object)
{
    uint32_t table = table_make(h, 5);
    if (table == NONE)
        return -1;
    struct object *o = &h->objects.data[object];
    struct table *t = &h->tables.data[table];
    memcpy(arena_at(h, t->array), slots_array(h, o), sizeof(struct slot) * o->nslots);
    t->len = o->nslots;
    t->live = o->nslots - count_holes(h, o);
    if (table_index_reserve(h, table, TABLE_SLOTS)) {
        table_free(h, table);
        return -1;
    }
    o = &h->objects.data[object];
    arena_give(h, o->slots, object_slots_class(o) - 1);
    o->slots = table;
    set_class(o, SLOTS_TABLE);
    return 0;
}

/* Makes room for one more place. 0, or -1 without memory. */
static int make_room(struct heap *h, uint32_t object)
{
    struct object *o = &h->objects.data[object];
    unsigned class = object_slots_class(o);
    if (class == SLOTS_TABLE) {
        struct table *t = table_of(h, o);
        if (o->nslots == 1u << t->log) {
            if (worth_compacting(h, o)) {
                if (compact(h, object))
                    return -1;
            } else if (table_grow(h, o->slots)) {
                return -1;
            }
        }
        return table_index_reserve(h, o->slots, TABLE_SLOTS);
    }
    if (class != 0 && o->nslots < 1u << (class - 1))
        return 0;
    if (class != 0 && worth_compacting(h, o))
        return compact(h, object);
    if (o->nslots == SLOTS_SMALL)
        return make_table(h, object);
    unsigned grown = class == 0 ? SLOTS_FIRST : class + 1;
    uint32_t larger = arena_take(h, grown - 1);
    if (larger == NONE)
        return -1;
    if (class != 0) {
        memcpy(arena_at(h, larger), arena_at(h, o->slots), sizeof(struct slot) * o->nslots);
        arena_give(h, o->slots, class - 1);
    }
    o->slots = larger;
    set_class(o, grown);
    return 0;
}

uint32_t slots_append_slowly(struct heap *h, uint32_t object, uint32_t key, uint32_t target)
{
    if (make_room(h, object))
        return NONE;
    struct object *o = &h->objects.data[object];
    uint32_t position = o->nslots++;
    slots_array(h, o)[position] = (struct slot){key, target};
    if (object_slots_class(o) == SLOTS_TABLE) {
        struct table *t = table_of(h, o);
        t->len++;
        t->live++;
        if ((key & SLOT_TYPE) != SLOT_ANONYMOUS && t->hash != NONE)
            table_index_add(h, o->slots, TABLE_SLOTS, position);
        if (target != NONE)
            targets_add(h, o->slots, position, target);
    }
    return position;
}

void slots_store_indexed(struct heap *h, uint32_t object, uint32_t position, uint32_t target, bool weak)
{
    const struct object *o = &h->objects.data[object];
    struct slot *slot = &slots_array(h, o)[position];
    if (slot->target != NONE)
        targets_remove(h, o->slots, position, slot->target);
    slot->key = weak ? slot->key | SLOT_WEAK : slot->key & ~SLOT_WEAK;
    slot->target = target;
    if (target != NONE)
        targets_add(h, o->slots, position, target);
}

int slots_clear(struct heap *h, uint32_t object, uint32_t position)
{
    struct object *o = &h->objects.data[object];
    struct slot *slot = &slots_array(h, o)[position];
    bool table = object_slots_class(o) == SLOTS_TABLE;
    if (table && slot->target != NONE)
        targets_remove(h, o->slots, position, slot->target);
    slot->target = NONE;
    if ((slot->key & SLOT_TYPE) != SLOT_ANONYMOUS)
        return 0;
    slot->key |= SLOT_HOLE;
    if (table)
        table_of(h, o)->live--;
    /* A large holder that shrinks is squeezed now: it may never need room again. */
    return table && worth_compacting(h, o) ? compact(h, object) : 0;
}

uint32_t slots_find_target(struct heap *h, uint32_t object, uint32_t target, int *failed)
{
    const struct object *o = &h->objects.data[object];
    if (object_slots_class(o) == SLOTS_TABLE) {
        if (table_of(h, o)->links == NONE && targets_build(h, o->slots)) {
            *failed = -1;
            return NONE;
        }
        return targets_first(h, o->slots, target);
    }
    const struct slot *slots = slots_array(h, o);
    for (uint32_t i = 0; i < o->nslots; i++)
        if (slots[i].target == target)
            return i;
    return NONE;
}

void slots_free_table(struct heap *h, uint32_t object)
{
    table_free(h, h->objects.data[object].slots);
}
