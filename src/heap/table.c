/* table.c - the index by key: open addressing with linear probing over positions. */
#include "heap/table.h"

static uint32_t *index_of(const struct heap *h, const struct table *t)
{
    return arena_at(h, t->hash);
}

/* The key of the element at a position, without its flags. */
static uint32_t key_at(const struct heap *h, const struct table *t, uint32_t mask, uint32_t position)
{
    const struct slot *elements = arena_at(h, t->array); /* entries have the same shape */
    return elements[position].key & mask;
}

uint32_t table_make(struct heap *h, unsigned log)
{
    uint32_t table = h->free_table;
    if (table == NONE && vec_reserve(&h->tables, 1))
        return NONE;
    uint32_t array = arena_take(h, log);
    if (array == NONE)
        return NONE;
    if (table != NONE)
        h->free_table = h->tables.data[table].len;
    else
        table = (uint32_t)h->tables.len++;
    h->tables.data[table] =
        (struct table){.array = array, .hash = NONE, .links = NONE, .roots = NONE, .log = (uint8_t)log};
    return table;
}

void table_free(struct heap *h, uint32_t table)
{
    targets_drop(h, table);
    struct table *t = &h->tables.data[table];
    arena_give(h, t->array, t->log);
    if (t->hash != NONE)
        arena_give(h, t->hash, t->hash_log - 1u);
    t->array = NONE;
    t->hash = NONE;
    t->len = h->free_table;
    h->free_table = table;
}

uint32_t table_find(const struct heap *h, uint32_t table, uint32_t mask, uint32_t key)
{
    const struct table *t = &h->tables.data[table];
    if (t->hash == NONE) {
        for (uint32_t i = 0; i < t->len; i++)
            if (key_at(h, t, mask, i) == key)
                return i;
        return NONE;
    }
    const uint32_t *index = index_of(h, t);
    uint32_t last = (1u << t->hash_log) - 1;
    for (uint32_t i = table_mix(key) & last; index[i]; i = (i + 1) & last)
        if (key_at(h, t, mask, index[i] - 1) == key)
            return index[i] - 1;
    return NONE;
}

void table_index_add(struct heap *h, uint32_t table, uint32_t mask, uint32_t position)
{
    const struct table *t = &h->tables.data[table];
    uint32_t *index = index_of(h, t);
    uint32_t last = (1u << t->hash_log) - 1;
    uint32_t i = table_mix(key_at(h, t, mask, position)) & last;
    while (index[i])
        i = (i + 1) & last;
    index[i] = position + 1;
}

void table_index_remove(struct heap *h, uint32_t table, uint32_t mask, uint32_t position)
{
    const struct table *t = &h->tables.data[table];
    uint32_t *index = index_of(h, t);
    uint32_t last = (1u << t->hash_log) - 1;
    uint32_t hole = table_mix(key_at(h, t, mask, position)) & last;
    while (index[hole] != position + 1)
        hole = (hole + 1) & last;
    /* Closes the gap: moves back what probed past it (Knuth, TAOCP 3, algorithm 6.4R). */
    for (uint32_t i = (hole + 1) & last; index[i]; i = (i + 1) & last) {
        uint32_t home = table_mix(key_at(h, t, mask, index[i] - 1)) & last;
        if (((i - home) & last) >= ((i - hole) & last)) {
            index[hole] = index[i];
            hole = i;
        }
    }
    index[hole] = 0;
}

static bool indexed(uint32_t mask, uint32_t key)
{
    if (mask == TABLE_ENTRIES)
        return key != (NONE & TABLE_ENTRIES);
    return (key & SLOT_TYPE) != SLOT_ANONYMOUS && (key & SLOT_TYPE) != SLOT_HOLE;
}

void table_index_rebuild(struct heap *h, uint32_t table, uint32_t mask)
{
    const struct table *t = &h->tables.data[table];
    if (t->hash == NONE)
        return;
    memset(index_of(h, t), 0, sizeof(uint32_t) << t->hash_log);
    for (uint32_t i = 0; i < t->len; i++)
        if (indexed(mask, key_at(h, t, mask, i)))
            table_index_add(h, table, mask, i);
}

int table_index_reserve(struct heap *h, uint32_t table, uint32_t mask)
{
    struct table *t = &h->tables.data[table];
    if (t->len < SLOTS_SMALL || (t->hash != NONE && t->live < (1u << t->hash_log) / 4 * 3))
        return 0;
    /* Counted in uint32_t, taken in units of two of them; at most three quarters full. */
    unsigned log = log_ceil((uint64_t)t->live * 3 / 2 + SLOTS_SMALL * 2);
    uint32_t block = arena_take(h, log - 1);
    if (block == NONE)
        return -1;
    t = &h->tables.data[table];
    if (t->hash != NONE)
        arena_give(h, t->hash, t->hash_log - 1u);
    t->hash = block;
    t->hash_log = (uint8_t)log;
    table_index_rebuild(h, table, mask);
    return 0;
}

int table_grow(struct heap *h, uint32_t table)
{
    unsigned log = h->tables.data[table].log;
    uint32_t larger = arena_take(h, log + 1);
    if (larger == NONE)
        return -1;
    targets_drop(h, table);
    struct table *t = &h->tables.data[table];
    memcpy(arena_at(h, larger), arena_at(h, t->array), sizeof(struct slot) * t->len);
    arena_give(h, t->array, log);
    t->array = larger;
    t->log = (uint8_t)(log + 1);
    return 0;
}
