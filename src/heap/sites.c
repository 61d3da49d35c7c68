/* sites.c - the table of sites and its index by name. */
#include "heap/sites.h"

#define FIRST_INDEX 64u

int sites_init(struct heap *h)
{
    if (vec_reserve(&h->sites, SITES_FIXED) || vec_reserve(&h->site_index, FIRST_INDEX))
        return -1;
    for (; h->sites.len < SITES_FIXED; h->sites.len++)
        h->sites.data[h->sites.len] = (struct site){.name = NAME_NONE};
    memset(h->site_index.data, 0, FIRST_INDEX * sizeof *h->site_index.data);
    h->site_index.len = FIRST_INDEX;
    h->site_run = (struct site_run){.given = SITE_UNKNOWN, .name = NAME_NONE, .site = SITE_TOP};
    return 0;
}

/* The place of the name in the index, or the empty one where it would go. */
static uint32_t *index_place(const struct heap *h, uint32_t name)
{
    size_t mask = h->site_index.len - 1;
    uint32_t hash = name * 0x9E3779B1u;
    size_t at = (hash ^ hash >> 15) & mask;
    while (h->site_index.data[at] != 0 && h->sites.data[h->site_index.data[at] - 1].name != name)
        at = (at + 1) & mask;
    return &h->site_index.data[at];
}

uint32_t sites_find(const struct heap *h, uint32_t name)
{
    if (name == NAME_NONE)
        return SITE_TOP;
    uint32_t at = *index_place(h, name);
    return at == 0 ? (uint32_t)SITE_OTHER : at - 1;
}

static void index_all(struct heap *h)
{
    memset(h->site_index.data, 0, h->site_index.len * sizeof *h->site_index.data);
    for (uint32_t i = SITES_FIXED; i < h->sites.len; i++)
        *index_place(h, h->sites.data[i].name) = i + 1;
}

/* Makes room for one more site, with the index at most half full. 0, or -1 without memory. */
static int reserve(struct heap *h)
{
    if (vec_reserve(&h->sites, 1))
        return -1;
    size_t len = h->site_index.len;
    if (h->sites.len * 2 < len)
        return 0;
    if (vec_reserve(&h->site_index, len))
        return -1;
    h->site_index.len = 2 * len;
    index_all(h);
    return 0;
}

/* Adds what the current run has allocated to its site, and begins a new run of it. */
static void end_run(struct heap *h)
{
    struct site *site = &h->sites.data[h->site_run.site];
    site->allocated += h->counters.allocated - h->site_run.allocated;
    site->bytes += h->counters.allocated_bytes - h->site_run.bytes;
    h->site_run.allocated = h->counters.allocated;
    h->site_run.bytes = h->counters.allocated_bytes;
}

int sites_switch(struct heap *h, uint32_t given)
{
    uint32_t name = given != NAME_NONE ? given : h->scopes.data[h->scopes.len - 1].name;
    if (name == h->site_run.name) {
        h->site_run.given = given;
        return 0;
    }
    uint32_t site = sites_find(h, name);
    if (site == SITE_OTHER && h->sites.len < SITES_MOST) {
        if (reserve(h))
            return -1;
        site = (uint32_t)h->sites.len++;
        h->sites.data[site] = (struct site){.name = name};
        *index_place(h, name) = site + 1;
    }
    end_run(h);
    h->site_run.given = given;
    h->site_run.name = name;
    h->site_run.site = site;
    h->sited |= name != NAME_NONE;
    return 0;
}

void sites_late(struct heap *h, uint32_t object)
{
    h->sites.data[sites_find(h, h->cold.data[object].site)].flags |= SITE_LATE;
}

/* Marks the sites that have a marked object or are allocating. */
static void find_living(struct heap *h)
{
    for (size_t i = 0; i < h->objects.len; i++)
        if (h->objects.data[i].bits & OBJECT_COLOR)
            h->sites.data[sites_find(h, h->cold.data[i].site)].flags |= SITE_ALIVE;
    h->sites.data[h->site_run.site].flags |= SITE_ALIVE;
}

void sites_forget(struct heap *h)
{
    if (h->sites.len < SITES_MOST)
        return;
    end_run(h);
    find_living(h);
    size_t to = SITES_FIXED;
    for (size_t i = SITES_FIXED; i < h->sites.len; i++) {
        struct site *site = &h->sites.data[i];
        if (site->flags == 0) {
            h->sites.data[SITE_OTHER].allocated += site->allocated;
            h->sites.data[SITE_OTHER].bytes += site->bytes;
            continue;
        }
        site->flags &= ~SITE_ALIVE;
        h->sites.data[to++] = *site;
    }
    h->sites.data[SITE_TOP].flags &= ~SITE_ALIVE;
    h->sites.data[SITE_OTHER].flags &= ~SITE_ALIVE;
    h->sites.len = to;
    index_all(h);
    h->site_run.site = sites_find(h, h->site_run.name);
}
