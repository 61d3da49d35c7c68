/*
 * weak.c - clears weak slots, removes entries with dead keys, and notes finalizers after marking (heapreel-model(7),
 * "Marking").
 */
#include "gc/internal.h"

static void count_cleared(struct heap *h)
{
    h->gc.now.weak_cleared++;
    h->counters.weak_cleared++;
}

static void clear_slots(struct heap *h, uint32_t host)
{
    uint32_t nslots = h->objects.data[host].nslots;
    for (uint32_t i = 0; i < nslots; i++) {
        struct slot slot = slots_array(h, &h->objects.data[host])[i];
        if (!(slot.key & SLOT_WEAK) || slot.target == NONE || marked(h, slot.target))
            continue;
        slots_store(h, host, i, NONE, true);
        tell(h, WEAK_CLEAR, host, slot.key & SLOT_KEY, slot.target, false);
        count_cleared(h);
    }
}

static void remove_entries(struct heap *h, uint32_t host)
{
    uint32_t table = entries_of(h, host);
    for (uint32_t i = 0; i < h->tables.data[table].len; i++) {
        uint32_t key = entry_key(&entries_array(h, table)[i]);
        if (key == NONE || marked(h, key))
            continue;
        tell(h, WEAK_CLEAR, host, NONE, key, true);
        entries_remove(h, table, i);
        count_cleared(h);
    }
}

void weak_clear(struct heap *h)
{
    for (size_t i = 0; i < h->weak_hosts.len; i++)
        clear_slots(h, h->weak_hosts.data[i]);
    for (size_t i = 0; i < h->ephemeron_tables.len; i++)
        remove_entries(h, h->ephemeron_tables.data[i]);
}

int weak_finalizers(struct heap *h)
{
    size_t kept = 0;
    h->finalized.len = 0;
    for (size_t i = 0; i < h->finalizers.len; i++) {
        uint32_t object = h->finalizers.data[i];
        if (marked(h, object)) {
            h->finalizers.data[kept++] = object;
            continue;
        }
        h->counters.finalized++;
        if (vec_push(&h->finalized, h->objects.data[object].name))
            return -1;
    }
    h->finalizers.len = kept;
    return 0;
}
