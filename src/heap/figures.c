/* figures.c - computes figures of a heap and walks over it, for reports, expectations and the screen. */
#include "heap/figures.h"
#include "heap/ids.h"
#include "heap/newspace.h"
#include "heap/objects.h"
#include "heap/pages.h"
#include "heap/slots.h"

#include <stdlib.h>

uint64_t object_address(const struct heap *h, uint32_t object)
{
    const struct object *o = &h->objects.data[object];
    uint64_t header = h->config.page_header, offset = (uint64_t)o->offset * UNIT;
    if (object_space(o) == SPACE_NEW) {
        unsigned semispace = (o->bits & OBJECT_PARITY) != 0;
        return h->young_space.base[semispace] + o->page * h->config.page_size + header + offset;
    }
    return h->pages.data[o->page].base + (space_large(object_space(o)) ? 0 : header) + offset;
}

uint64_t object_external(const struct heap *h, uint32_t object)
{
    if (!(h->objects.data[object].bits & OBJECT_EXTRA))
        return 0;
    return h->extras.data[h->cold.data[object].more].external;
}

struct memory_usage heap_memory_usage(const struct heap *h)
{
    struct memory_usage usage = {.external = h->external};
    for (unsigned i = 0; i < SPACE_COUNT; i++) {
        usage.heap_total += h->spaces[i].committed;
        usage.heap_used += h->spaces[i].used;
    }
    usage.rss = h->config.rss_base + usage.heap_total + usage.external;
    return usage;
}

struct memory_usage heap_peak(const struct heap *h, uint64_t *live)
{
    struct memory_usage now = heap_memory_usage(h), peak = h->counters.peak;
    peak.rss = now.rss > peak.rss ? now.rss : peak.rss;
    peak.heap_total = now.heap_total > peak.heap_total ? now.heap_total : peak.heap_total;
    peak.heap_used = now.heap_used > peak.heap_used ? now.heap_used : peak.heap_used;
    peak.external = now.external > peak.external ? now.external : peak.external;
    *live = h->live > h->counters.peak_live ? h->live : h->counters.peak_live;
    return peak;
}

void heap_free_bytes(const struct heap *h, enum space_id id, uint64_t *free_bytes, uint64_t *largest)
{
    const struct space *space = &h->spaces[id];
    *free_bytes += space->available + space->wasted + (uint64_t)(space->area_limit - space->area_top) * UNIT;
    for (uint32_t page = space->first; page != NONE; page = h->pages.data[page].next)
        *largest += page_largest_free(h, page);
}

static void new_space_figures(const struct heap *h, struct space_figures *f)
{
    f->available = new_space_effective_capacity(h) - new_space_size(h);
    f->wasted = new_space_wasted(h);
    f->largest_free = f->available;
    f->usable = new_space_effective_capacity(h);
}

static void paged_space_figures(const struct heap *h, enum space_id id, struct space_figures *f)
{
    const struct space *space = &h->spaces[id];
    f->available = space->available + (uint64_t)(space->area_limit - space->area_top) * UNIT;
    f->wasted = space->wasted;
    heap_free_bytes(h, id, &f->free, &f->largest_sum);
    f->usable = space->pages * config_usable(&h->config);
    for (uint32_t page = space->first; page != NONE; page = h->pages.data[page].next) {
        uint64_t bytes = page_largest_free(h, page);
        if (bytes > f->largest_free)
            f->largest_free = bytes;
    }
}

static void set_ratios(struct space_figures *f)
{
    f->occupancy = millionths(f->used, f->usable);
    f->fragmentation = millionths(f->free - f->largest_sum, f->free);
}

struct space_figures heap_space_figures(const struct heap *h, enum space_id id)
{
    const struct space *space = &h->spaces[id];
    struct space_figures f = {.size = space->committed,
                              .used = space->used,
                              .physical = space->committed,
                              .objects = space->objects,
                              .pages = space->pages,
                              .unswept = space->dead,
                              .unswept_pages = space->unswept_pages,
                              .withheld = space->withheld};
    if (id == SPACE_NEW)
        new_space_figures(h, &f);
    else if (space_paged(id))
        paged_space_figures(h, id, &f);
    else
        f.usable = f.size;
    set_ratios(&f);
    return f;
}

void space_figures_add(struct space_figures *sum, const struct space_figures *other)
{
    sum->size += other->size;
    sum->used += other->used;
    sum->available += other->available;
    sum->physical += other->physical;
    sum->wasted += other->wasted;
    sum->objects += other->objects;
    sum->pages += other->pages;
    sum->unswept += other->unswept;
    sum->unswept_pages += other->unswept_pages;
    sum->withheld += other->withheld;
    sum->usable += other->usable;
    sum->free += other->free;
    sum->largest_sum += other->largest_sum;
    if (other->largest_free > sum->largest_free)
        sum->largest_free = other->largest_free;
    set_ratios(sum);
}

unsigned heap_free_categories(const struct heap *h, uint64_t min[FREE_CATEGORIES])
{
    for (unsigned i = 0; i < h->category_count; i++)
        min[i] = (uint64_t)h->category_min[i] * UNIT;
    return h->category_count;
}

int heap_survival(const struct heap *h, struct survival_list *out)
{
    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < h->survival.len; i++)
        if (vec_push(&out->counts, h->survival.data[i]))
            return -1;
    for (size_t i = 0; i < h->objects.len; i++)
        if (!(h->objects.data[i].bits & OBJECT_FREE))
            out->counts.data[object_age(h, (uint32_t)i)]++;
    while (out->counts.len > 1 && out->counts.data[out->counts.len - 1] == 0)
        out->counts.len--;
    return 0;
}

uint32_t heap_find(const struct heap *h, uint32_t name)
{
    return ids_find(h, name);
}

const struct dead_name *heap_find_dead(const struct heap *h, uint32_t name)
{
    for (uint64_t back = 1; back <= h->dead_names.len; back++) {
        const struct dead_name *dead = &h->dead_names.data[(h->dead_name_count - back) % DEAD_NAMES];
        if (dead->name == name)
            return dead;
    }
    return NULL;
}

uint64_t heap_collection_event(const struct heap *h, uint64_t collection)
{
    return collection == h->gc.now.index ? h->gc.now.event : h->collection_events.data[(collection - 1) % DEAD_NAMES];
}

const struct slot *object_slots(const struct heap *h, uint32_t object, uint32_t *count)
{
    const struct object *o = &h->objects.data[object];
    *count = o->nslots;
    return o->nslots ? slots_array(h, o) : NULL;
}

const struct entry *object_entries(const struct heap *h, uint32_t object, uint32_t *count)
{
    uint32_t table = entries_of(h, object);
    *count = table == NONE ? 0 : h->tables.data[table].len;
    return table == NONE ? NULL : entries_array(h, table);
}

/* ---- layout order ---- */

struct key {
    uint32_t offset, object;
};

static int by_offset(const void *a, const void *b)
{
    uint32_t x = ((const struct key *)a)->offset, y = ((const struct key *)b)->offset;
    return (x > y) - (x < y);
}

static int page_objects(const struct heap *h, uint32_t page, struct object_list *out)
{
    size_t count = h->pages.data[page].count, i = 0;
    struct key *keys = malloc((count + 1) * sizeof *keys);
    if (!keys || vec_reserve(&out->objects, count)) {
        free(keys);
        return -1;
    }
    for (uint32_t o = h->pages.data[page].objects; o != NONE; o = h->cold.data[o].next)
        keys[i++] = (struct key){h->objects.data[o].offset, o};
    qsort(keys, i, sizeof *keys, by_offset);
    for (size_t k = 0; k < i; k++)
        out->objects.data[out->objects.len++] = keys[k].object;
    free(keys);
    return 0;
}

int heap_space_objects(const struct heap *h, enum space_id space, struct object_list *out)
{
    if (space == SPACE_NEW) {
        for (size_t i = 0; i < h->young.len; i++)
            if (vec_push(&out->objects, h->young.data[i]))
                return -1;
        return 0;
    }
    for (uint32_t page = h->spaces[space].first; page != NONE; page = h->pages.data[page].next)
        if (page_objects(h, page, out))
            return -1;
    return 0;
}
