/* remembered.c - adds and finds records, and moves them along with slots and entries. */
#include "heap/remembered.h"

#include "heap/slots.h"

static int append(struct heap *h, uint32_t host, uint32_t place)
{
    if (vec_push(&h->remembered, ((struct record){host, place})))
        return -1;
    h->objects.data[host].bits |= OBJECT_REMEMBERED;
    if (h->remembered.len > h->counters.remembered_peak)
        h->counters.remembered_peak = h->remembered.len;
    return 0;
}

int remember_slot(struct heap *h, uint32_t host, uint32_t position, bool *recorded)
{
    struct slot *slot = &slots_array(h, &h->objects.data[host])[position];
    *recorded = !(slot->key & SLOT_REMEMBERED);
    if (!*recorded)
        return 0;
    slot->key |= SLOT_REMEMBERED;
    return append(h, host, RECORD_SLOT | position);
}

int remember_entry(struct heap *h, uint32_t host, uint32_t position, uint32_t kind, bool *recorded)
{
    struct entry *entry = &entries_array(h, entries_of(h, host))[position];
    uint32_t *word = kind == RECORD_KEY ? &entry->key : &entry->value;
    *recorded = !(*word & ENTRY_REMEMBERED);
    if (!*recorded)
        return 0;
    *word |= ENTRY_REMEMBERED;
    return append(h, host, kind | position);
}

int remember_young_key(struct heap *h, uint32_t host, uint32_t position)
{
    struct entry *entry = &entries_array(h, entries_of(h, host))[position];
    if (entry->key & ENTRY_REMEMBERED)
        return 0;
    entry->key |= ENTRY_REMEMBERED;
    return vec_push(&h->young_keys, ((struct record){host, RECORD_KEY | position}));
}

uint32_t record_target(const struct heap *h, const struct record *record, uint32_t **word, uint32_t *flag)
{
    uint32_t kind = record->place & RECORD_KIND, position = record->place & RECORD_POSITION;
    *word = NULL;
    if (kind == RECORD_STALE)
        return NONE;
    if (kind == RECORD_SLOT) {
        struct slot *slot = &slots_array(h, &h->objects.data[record->host])[position];
        if ((slot->key & SLOT_TYPE) == SLOT_HOLE)
            return NONE;
        *word = &slot->key;
        *flag = SLOT_REMEMBERED;
        return slot->target;
    }
    struct entry *entry = &entries_array(h, entries_of(h, record->host))[position];
    if (entry_key(entry) == NONE)
        return NONE;
    *word = kind == RECORD_KEY ? &entry->key : &entry->value;
    *flag = ENTRY_REMEMBERED;
    return kind == RECORD_KEY ? entry_key(entry) : entry_value(entry);
}

void remembered_move(struct heap *h, uint32_t host, uint32_t kind, const uint32_t *to)
{
    for (size_t i = 0; i < h->remembered.len; i++) {
        struct record *record = &h->remembered.data[i];
        uint32_t is = record->place & RECORD_KIND;
        if (record->host != host || is == RECORD_STALE || (is == RECORD_SLOT) != (kind == RECORD_SLOT))
            continue;
        uint32_t position = to[record->place & RECORD_POSITION];
        uint32_t stale = is == RECORD_VALUE ? RECORD_STALE_VALUE : RECORD_STALE;
        record->place = position == NONE ? stale : is | position;
    }
}

void young_keys_move(struct heap *h, uint32_t host, const uint32_t *to)
{
    for (size_t i = 0; i < h->young_keys.len; i++) {
        struct record *record = &h->young_keys.data[i];
        if (record->host != host || (record->place & RECORD_KIND) == RECORD_STALE)
            continue;
        uint32_t position = to[record->place & RECORD_POSITION];
        record->place = position == NONE ? RECORD_STALE : RECORD_KEY | position;
    }
}
