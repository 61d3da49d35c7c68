/* heap.c - the life of a heap: making, copying, freeing. See heap.h. */
#include "heap/heap.h"

#include "heap/figures.h"
#include "heap/ids.h"
#include "heap/pages.h"
#include "heap/sites.h"

#include <stdlib.h>

static void init_spaces(struct heap *h)
{
    for (unsigned i = 0; i < SPACE_COUNT; i++) {
        struct space *space = &h->spaces[i];
        space->first = space->last = space->unswept = space->area_page = NONE;
        for (unsigned c = 0; c < FREE_CATEGORIES; c++)
            space->categories[c] = NONE;
    }
    struct new_space *n = &h->young_space;
    uint64_t page = h->config.page_size;
    n->capacity = (uint32_t)(h->config.min_semi_space_size / page);
    n->maximum = (uint32_t)(h->config.max_semi_space_size / page);
    n->usable = (uint32_t)(config_usable(&h->config) / UNIT);
    /* Simulated addresses begin after a page, so that none is 0. */
    n->base[0] = page;
    n->base[1] = n->base[0] + n->maximum * page;
    h->next_address = n->base[1] + n->maximum * page;
    h->spaces[SPACE_NEW].pages = n->capacity;
    h->spaces[SPACE_NEW].committed = 2 * n->capacity * page;
}

/* The limits before the first major collection (heapreel-model(7), "The first limit"). */
static void init_limits(struct heap *h)
{
    const struct config *c = &h->config;
    uint64_t limit = c->initial_old_space_size;
    if (limit == 0) {
        uint64_t most = h->rules->first_limit_most;
        limit = c->max_old_space_size / 2;
        if (most != 0 && limit > most)
            limit = most;
    }
    h->limits.old = h->limits.promotion = limit;
}

int heap_init(struct heap *h, const struct config *config, struct names *names, struct error *error)
{
    memset(h, 0, sizeof *h);
    h->config = *config;
    h->rules = &era_rows[config->era];
    h->names = names;
    h->free_extra = h->free_table = h->free_page = h->free_block = NONE;
    for (unsigned i = 0; i < ARENA_CLASSES; i++)
        h->arena_free[i] = NONE;
    h->max_collections = 100000;
    pause_store_init(&h->pauses, config_toy(config));
    h->marking.object = NONE;
    h->marking.why.rule = h->limits.why.rule = DECISION_COUNT;
    h->due_at = UINT64_MAX;
    init_spaces(h);
    init_limits(h);
    free_list_init(h);
    if (ids_reserve(h) || sites_init(h) || vec_reserve(&h->survival, 8) ||
        vec_push(&h->scopes, ((struct scope){0, NAME_NONE})) || vec_reserve(&h->objects, 1)) {
        heap_free(h);
        return error_memory(error);
    }
    h->objects.data[0] = (struct object){.name = NAME_NONE, .bits = OBJECT_FREE}; /* ids_find may look at it */
    memset(h->survival.data, 0, 8 * sizeof *h->survival.data);
    h->survival.len = 8;
    return 0;
}

void heap_free(struct heap *h)
{
#define X(type, name) vec_free(&h->name);
    HEAP_ARRAYS(X)
#undef X
    pause_store_free(&h->pauses);
}

int heap_copy(struct heap *to, const struct heap *from)
{
    *to = *from;
#define X(type, name) to->name.data = NULL, to->name.cap = 0;
    HEAP_ARRAYS(X)
#undef X
    to->listeners = NULL;
    to->listening = 0;
    /*
     * Capacities are copied too: room made before a phase must exist in the copy, and what happens when an array is
     * full must happen at the same time.
     */
    int failed = pause_store_copy(&to->pauses, &from->pauses);
#define X(type, name)                                                                                                  \
    failed |= vec_duplicate((void *)&to->name.data, &to->name.cap, from->name.data, sizeof(type), from->name.len,      \
                            from->name.cap);
    HEAP_ARRAYS(X)
#undef X
    if (!failed && from->objects.len == 0)
        to->objects.data[0] = from->objects.data[0]; /* see heap_init */
    if (failed)
        heap_free(to);
    return failed ? -1 : 0;
}

void heap_mark_names(struct heap *h)
{
    for (size_t i = 0; i < h->objects.len; i++) {
        const struct object *o = &h->objects.data[i];
        if (o->bits & OBJECT_FREE)
            continue;
        names_mark(h->names, o->name);
        names_mark(h->names, h->cold.data[i].site);
        uint32_t count;
        const struct slot *slots = object_slots(h, (uint32_t)i, &count);
        for (uint32_t s = 0; s < count; s++)
            if ((slots[s].key & SLOT_TYPE) == SLOT_NAME)
                names_mark(h->names, (slots[s].key & SLOT_VALUE) | NAME_INTERNED);
    }
    for (size_t i = 0; i < h->sites.len; i++)
        names_mark(h->names, h->sites.data[i].name);
    for (size_t i = 0; i < h->scopes.len; i++)
        names_mark(h->names, h->scopes.data[i].name);
    for (size_t i = 0; i < h->dead_names.len; i++)
        names_mark(h->names, h->dead_names.data[i].name);
}
