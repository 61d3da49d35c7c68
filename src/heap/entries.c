/* entries.c - adds, finds and removes the ephemeron entries of weak collections. */
#include "heap/objects.h"
#include "heap/remembered.h"
#include "heap/table.h"

uint32_t entries_table(struct heap *h, uint32_t collection)
{
    struct extra *extra = object_extra(h, collection);
    if (!extra)
        return NONE;
    if (extra->entries == NONE)
        extra->entries = table_make(h, 1);
    return extra->entries;
}

uint32_t entries_find(const struct heap *h, uint32_t table, uint32_t key)
{
    return table_find(h, table, TABLE_ENTRIES, key);
}

/* Squeezes out holes like those of slots, see slots.c. */
static int compact(struct heap *h, uint32_t collection, uint32_t table)
{
    struct table *t = &h->tables.data[table];
    struct entry *entries = entries_array(h, table);
    h->scratch.len = 0;
    if (vec_reserve(&h->scratch, t->len))
        return -1;
    uint32_t to = 0;
    for (uint32_t i = 0; i < t->len; i++)
        h->scratch.data[i] = entry_key(&entries[i]) == NONE ? NONE : to++;
    if (h->objects.data[collection].bits & OBJECT_REMEMBERED)
        remembered_move(h, collection, RECORD_KEY, h->scratch.data);
    young_keys_move(h, collection, h->scratch.data);
    to = 0;
    for (uint32_t i = 0; i < t->len; i++)
        if (entry_key(&entries[i]) != NONE)
            entries[to++] = entries[i];
    t->len = t->live = to;
    table_index_rebuild(h, table, TABLE_ENTRIES);
    return 0;
}

static bool worth_compacting(const struct heap *h, const struct table *t)
{
    uint32_t holes = t->len - t->live;
    return holes * UINT64_C(2) >= t->len && holes * UINT64_C(4) >= h->remembered.len + h->young_keys.len;
}

uint32_t entries_append(struct heap *h, uint32_t collection, uint32_t key, uint32_t value)
{
    uint32_t table = entries_table(h, collection);
    if (table == NONE)
        return NONE;
    struct table *t = &h->tables.data[table];
    if (t->len == 1u << t->log) {
        if (worth_compacting(h, t) ? compact(h, collection, table) : table_grow(h, table))
            return NONE;
    }
    if (table_index_reserve(h, table, TABLE_ENTRIES))
        return NONE;
    t = &h->tables.data[table];
    uint32_t position = t->len++;
    t->live++;
    entries_array(h, table)[position] = (struct entry){key, value & ENTRY_NONE};
    if (t->hash != NONE)
        table_index_add(h, table, TABLE_ENTRIES, position);
    return position;
}

void entries_remove(struct heap *h, uint32_t table, uint32_t position)
{
    struct table *t = &h->tables.data[table];
    if (t->hash != NONE)
        table_index_remove(h, table, TABLE_ENTRIES, position);
    entries_array(h, table)[position] = (struct entry){ENTRY_NONE, ENTRY_NONE};
    t->live--;
}
