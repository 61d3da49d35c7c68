/*
 * hash.c - a hash over a heap's state, field by field, so that neither padding nor the host's
 * byte order matters: FNV-1a, 64 bits (Fowler, Noll, Vo), over little-endian words.
 */
#include "heap/figures.h"
#include "heap/objects.h"
#include "heap/sites.h"

#define HASH_BASIS UINT64_C(0xCBF29CE484222325)
#define HASH_PRIME UINT64_C(0x100000001B3)

static void word(uint64_t *hash, uint64_t value)
{
    for (unsigned i = 0; i < 64; i += 8)
        *hash = (*hash ^ (value >> i & 0xFF)) * HASH_PRIME;
}

/* The number of an interned name depends on how the input arrived; its text does not. */
static uint64_t name_hash(const struct heap *h, uint32_t name)
{
    if (name == NAME_NONE || !(name & NAME_INTERNED))
        return name;
    char digits[NAME_DIGITS];
    size_t len;
    const char *text = names_text(h->names, name, digits, &len);
    uint64_t hash = HASH_BASIS;
    for (size_t i = 0; i < len; i++)
        hash = (hash ^ (unsigned char)text[i]) * HASH_PRIME;
    return UINT64_C(1) << 32 | hash;
}

static uint64_t key_hash(const struct heap *h, uint32_t key)
{
    if ((key & SLOT_TYPE) != SLOT_NAME)
        return key;
    return (key & ~SLOT_VALUE) ^ name_hash(h, (key & SLOT_VALUE) | NAME_INTERNED) << 8;
}

static void hash_object(const struct heap *h, uint64_t *hash, uint32_t object)
{
    const struct object *o = &h->objects.data[object];
    const struct object_cold *cold = &h->cold.data[object];
    word(hash, name_hash(h, o->name));
    word(hash, o->page);
    word(hash, (uint64_t)o->offset << 32 | o->size);
    word(hash, (uint64_t)(o->bits & ~OBJECT_SLOTS) << 32 | o->handle);
    word(hash, name_hash(h, cold->site));
    word(hash, object_age(h, object));
    word(hash, object_external(h, object));
    uint32_t count;
    const struct slot *slots = object_slots(h, object, &count);
    for (uint32_t i = 0; i < count; i++) {
        word(hash, key_hash(h, slots[i].key));
        word(hash, slots[i].target);
    }
    const struct entry *entries = object_entries(h, object, &count);
    for (uint32_t i = 0; i < count; i++)
        word(hash, (uint64_t)entries[i].key << 32 | entries[i].value);
}

static void hash_pages(const struct heap *h, uint64_t *hash)
{
    for (size_t i = 0; i < h->pages.len; i++) {
        const struct page *p = &h->pages.data[i];
        word(hash, p->base);
        word(hash, p->used);
        word(hash, p->available);
        word(hash, p->wasted);
        word(hash, p->dead);
        word(hash, (uint64_t)p->count << 16 | (uint64_t)p->space << 8 | p->flags);
    }
    for (size_t i = 0; i < h->blocks.len; i++) {
        const struct free_block *b = &h->blocks.data[i];
        if (b->size == 0)
            continue;
        word(hash, (uint64_t)b->page << 32 | b->offset);
        word(hash, (uint64_t)b->size << 32 | b->next);
    }
    for (unsigned i = 0; i < SPACE_COUNT; i++) {
        const struct space *s = &h->spaces[i];
        word(hash, (uint64_t)s->area_page << 32 | s->area_top);
        word(hash, (uint64_t)s->area_limit << 32 | s->pages);
        word(hash, (uint64_t)s->unswept << 32 | s->unswept_pages);
    }
}

static void hash_lists(const struct heap *h, uint64_t *hash)
{
    for (size_t i = 0; i < h->handles.len; i++)
        word(hash, h->handles.data[i].object);
    for (size_t i = 0; i < h->scopes.len; i++) {
        word(hash, h->scopes.data[i].base);
        word(hash, name_hash(h, h->scopes.data[i].name));
    }
    for (size_t i = 0; i < h->remembered.len; i++)
        word(hash, (uint64_t)h->remembered.data[i].host << 32 | h->remembered.data[i].place);
    for (size_t i = 0; i < h->young_keys.len; i++)
        word(hash, (uint64_t)h->young_keys.data[i].host << 32 | h->young_keys.data[i].place);
    for (size_t i = 0; i < h->young.len; i++)
        word(hash, h->young.data[i]);
    for (size_t i = 0; i < h->finalizers.len; i++)
        word(hash, h->finalizers.data[i]);
    for (size_t i = 0; i < h->survival.len; i++)
        word(hash, h->survival.data[i]);
}

static void hash_sites(const struct heap *h, uint64_t *hash)
{
    for (uint32_t i = 0; i < h->sites.len; i++) {
        word(hash, name_hash(h, h->sites.data[i].name));
        word(hash, site_allocated(h, i));
        word(hash, site_bytes(h, i));
        word(hash, h->sites.data[i].flags);
    }
    word(hash, h->growth.majors);
    for (unsigned i = 0; i < GROWTH_MAJORS; i++)
        word(hash, h->growth.left[i]);
}

static void hash_limits(const struct limits *l, uint64_t *hash)
{
    word(hash, l->old);
    word(hash, l->promotion);
    word(hash, l->external_lowest);
    word(hash,
         (uint64_t)l->most_survived << 3 | (uint64_t)l->old_failed << 2 | (uint64_t)l->had_major << 1 | l->reduce);
    for (unsigned i = 0; i < 10; i++) {
        word(hash, l->survival[i]);
        word(hash, l->cycle[i].gc_bytes);
        word(hash, l->cycle[i].gc_ns);
        word(hash, l->cycle[i].allocated_bytes);
        word(hash, l->cycle[i].mutator_ns);
    }
    word(hash, l->survivals);
    word(hash, l->cycles);
    word(hash, l->mutator_ns_at_last_major);
    word(hash, l->allocated_at_last_major);
    word(hash, l->ineffective);
}

/* All of struct counters is 64-bit words. */
static void hash_counters(const struct counters *counters, uint64_t *hash)
{
    for (size_t i = 0; i < sizeof *counters / sizeof(uint64_t); i++) {
        uint64_t value;
        memcpy(&value, (const char *)counters + i * sizeof value, sizeof value);
        word(hash, value);
    }
}

static void hash_marking(const struct heap *h, uint64_t *hash)
{
    const struct marking *m = &h->marking;
    const uint64_t words[] = {
        (uint64_t)m->job << 2 | (uint64_t)m->active << 1 | m->done,
        m->object,
        m->paid,
        m->scanned,
        m->again_next,
        m->steps,
        m->speed,
        m->stepped_at,
        m->young_due_at,
        m->old_allocated,
        m->old_at_start,
        m->scheduled,
        m->marked,
        m->fragmentation,
        m->job_budget,
        m->job_used,
        m->job_roots,
        m->job_swept,
        m->job_cursor,
        m->pause_ns,
        h->due_at,
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        word(hash, words[i]);
    for (size_t i = 0; i < SPACE_COUNT; i++)
        word(hash, m->space_bytes[i]);
    for (size_t i = 0; i < h->worklist.len && m->active; i++)
        word(hash, h->worklist.data[i]);
    for (size_t i = m->again_next; i < h->again.len; i++)
        word(hash, h->again.data[i]);
}

uint64_t heap_hash(const struct heap *h)
{
    uint64_t hash = HASH_BASIS;
    for (uint32_t i = 0; i < h->objects.len; i++)
        if (!(h->objects.data[i].bits & OBJECT_FREE))
            hash_object(h, &hash, i);
    hash_pages(h, &hash);
    hash_lists(h, &hash);
    const struct new_space *n = &h->young_space;
    word(&hash, (uint64_t)n->parity << 32 | n->capacity);
    word(&hash, (uint64_t)n->page << 32 | n->top);
    word(&hash, (uint64_t)n->mark_page << 32 | n->mark_offset);
    word(&hash, n->survived);
    word(&hash, h->live);
    word(&hash, h->old_handles);
    word(&hash, h->handle_room);
    word(&hash, h->external);
    word(&hash, h->young_external);
    word(&hash, h->counters.events); /* h->event also counts those of other heaps */
    hash_sites(h, &hash);
    hash_limits(&h->limits, &hash);
    hash_marking(h, &hash);
    hash_counters(&h->counters, &hash);
    word(&hash, h->gc.running);
    word(&hash, h->gc.phase);
    word(&hash, h->gc.cursor);
    word(&hash, h->gc.scan);
    word(&hash, h->gc.queue);
    word(&hash, (uint64_t)h->gc.page << 32 | h->gc.slot);
    word(&hash, (uint64_t)h->allocation.stage << 8 | h->out_of_memory);
    if (h->search.phase != 0)
        word(&hash, h->search.freed << 8 | h->search.phase);
    return hash;
}
