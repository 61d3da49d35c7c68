/* remember.c - the remembered set during collections: adds records of promoted objects, and drops old ones. */
#include "gc/internal.h"

#include "heap/remembered.h"

static bool young_target(const struct heap *h, uint32_t object)
{
    return object != NONE && object_young(&h->objects.data[object]);
}

int record_promoted_slot(struct heap *h, uint32_t host, uint32_t position)
{
    bool recorded;
    if (!young_target(h, slots_array(h, &h->objects.data[host])[position].target))
        return 0;
    return remember_slot(h, host, position, &recorded);
}

int record_promoted_entry(struct heap *h, uint32_t host, uint32_t position)
{
    bool recorded;
    const struct entry *entry = &entries_array(h, entries_of(h, host))[position];
    uint32_t key = entry_key(entry), value = entry_value(entry);
    if (young_target(h, key)) {
        if (h->rules->young_keys_die ? remember_young_key(h, host, position)
                                     : remember_entry(h, host, position, RECORD_KEY, &recorded))
            return -1;
    }
    return young_target(h, value) ? remember_entry(h, host, position, RECORD_VALUE, &recorded) : 0;
}

/*
 * A collection goes through the whole list, so this is where the flag "the host has records" becomes exact again: it is
 * cleared in every host, and set again where a record is kept.
 */
void records_prune(struct heap *h, bool dead_hosts)
{
    struct record *records = h->remembered.data;
    size_t kept = 0;
    for (size_t i = 0; i < h->remembered.len; i++)
        h->objects.data[records[i].host].bits &= ~OBJECT_REMEMBERED;
    for (size_t i = 0; i < h->remembered.len; i++) {
        if (dead_hosts && !marked(h, records[i].host))
            continue;
        uint32_t *word, flag = 0;
        uint32_t target = record_target(h, &records[i], &word, &flag);
        if (young_target(h, target)) {
            h->objects.data[records[i].host].bits |= OBJECT_REMEMBERED;
            records[kept++] = records[i];
        } else if (word) {
            *word &= ~flag;
        }
    }
    h->remembered.len = kept;
}

void records_prune_gone(struct heap *h)
{
    size_t kept = 0;
    for (size_t i = 0; i < h->remembered.len; i++) {
        uint32_t *word, flag;
        record_target(h, &h->remembered.data[i], &word, &flag);
        if (word)
            h->remembered.data[kept++] = h->remembered.data[i];
    }
    h->remembered.len = kept;
}

void young_keys_prune(struct heap *h, bool dead_hosts)
{
    size_t kept = 0;
    for (size_t i = 0; i < h->young_keys.len; i++) {
        const struct record *record = &h->young_keys.data[i];
        uint32_t *word, flag = 0;
        if (dead_hosts && !marked(h, record->host))
            continue;
        uint32_t key = record_target(h, record, &word, &flag);
        if (young_target(h, key))
            h->young_keys.data[kept++] = *record;
        else if (word)
            *word &= ~flag;
    }
    h->young_keys.len = kept;
}
