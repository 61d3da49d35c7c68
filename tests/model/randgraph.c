#include "randgraph.h"

#include <stdlib.h>
#include <string.h>

#include "model-text.h"

uint64_t rg_random(uint64_t *state)
{
    *state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = *state;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

bool rg_holds(const char *kind)
{
    return strcmp(kind, "string") != 0 && strcmp(kind, "number") != 0 && strcmp(kind, "buffer") != 0;
}

bool rg_collects(const char *kind)
{
    return strcmp(kind, "weakmap") == 0 || strcmp(kind, "weakset") == 0;
}

bool rg_rooted(const graph *g, const gnode *node)
{
    for (size_t i = 0; i < g->handle_count; i++)
        if (g->handles[i].node == node)
            return true;
    return false;
}

gnode *rg_named(const graph *g, const char *name)
{
    for (size_t i = g->node_count; i-- > 0;)
        if (g->nodes[i]->named && strcmp(g->nodes[i]->name, name) == 0)
            return g->nodes[i];
    return NULL;
}

gnode *rg_alloc(graph *g, const char *name, const char *kind, gnode *holder, const char *slot)
{
    gnode *old = rg_named(g, name);
    if (old != NULL)
        old->named = false;
    gnode *n = txt_alloc(1, sizeof *n);
    n->name = txt_copy(name, strlen(name));
    n->named = true;
    n->kind = kind;
    g->nodes = txt_realloc(g->nodes, g->node_count + 1, sizeof *g->nodes);
    g->nodes[g->node_count++] = n;
    if (holder != NULL)
        rg_store(g, holder, slot, n, false);
    else
        rg_root(g, n);
    return n;
}

static gslot *find_slot(gnode *src, const char *slot)
{
    for (size_t i = 0; slot != NULL && i < src->slot_count; i++)
        if (src->slots[i].name != NULL && strcmp(src->slots[i].name, slot) == 0)
            return &src->slots[i];
    return NULL;
}

void rg_store(graph *g, gnode *src, const char *slot, gnode *dst, bool weak)
{
    gslot *s = find_slot(src, slot);
    if (s == NULL) {
        src->slots = txt_realloc(src->slots, src->slot_count + 1, sizeof *src->slots);
        s = &src->slots[src->slot_count++];
        s->name = slot == NULL ? NULL : txt_copy(slot, strlen(slot));
    }
    s->target = dst;
    s->weak = weak;
    g->stale = true;
}

void rg_unref_slot(graph *g, gnode *src, const char *slot)
{
    find_slot(src, slot)->target = NULL;
    g->stale = true;
}

void rg_unref_target(graph *g, gnode *src, const gnode *dst)
{
    for (size_t i = 0; i < src->slot_count; i++) {
        if (src->slots[i].target == dst) {
            src->slots[i].target = NULL;
            g->stale = true;
            return;
        }
    }
}

void rg_entry(graph *g, gnode *map, gnode *key, gnode *value)
{
    g->stale = true;
    for (size_t i = 0; i < map->entry_count; i++) {
        if (map->entries[i].key == key) {
            map->entries[i].value = value;
            return;
        }
    }
    map->entries = txt_realloc(map->entries, map->entry_count + 1, sizeof *map->entries);
    map->entries[map->entry_count++] = (gentry){key, value};
}

void rg_unentry(graph *g, gnode *map, const gnode *key)
{
    g->stale = true;
    for (size_t i = 0; i < map->entry_count; i++) {
        if (map->entries[i].key == key) {
            memmove(&map->entries[i], &map->entries[i + 1], (map->entry_count - i - 1) * sizeof *map->entries);
            map->entry_count--;
            return;
        }
    }
}

void rg_root(graph *g, gnode *node)
{
    g->handles = txt_realloc(g->handles, g->handle_count + 1, sizeof *g->handles);
    g->handles[g->handle_count++] = (ghandle){node, g->scope};
    g->stale = true;
}

void rg_release(graph *g, const gnode *node)
{
    for (size_t i = g->handle_count; i-- > 0;) {
        if (g->handles[i].node == node) {
            memmove(&g->handles[i], &g->handles[i + 1], (g->handle_count - i - 1) * sizeof *g->handles);
            g->handle_count--;
            g->stale = true;
            return;
        }
    }
}

void rg_leave(graph *g)
{
    while (g->handle_count > 0 && g->handles[g->handle_count - 1].scope == g->scope)
        g->handle_count--;
    g->scope--;
    g->stale = true;
}

/* Whether visiting the node reached anything new. */
static bool reach_from(const gnode *n)
{
    bool any = false;
    for (size_t i = 0; i < n->slot_count; i++) {
        gnode *t = n->slots[i].target;
        if (t != NULL && !n->slots[i].weak && !t->reachable) {
            t->reachable = true;
            any = true;
        }
    }
    for (size_t i = 0; i < n->entry_count; i++) {
        gnode *value = n->entries[i].value;
        if (n->entries[i].key->reachable && value != NULL && !value->reachable) {
            value->reachable = true;
            any = true;
        }
    }
    return any;
}

void rg_reach(graph *g)
{
    if (!g->stale)
        return;
    for (size_t i = 0; i < g->node_count; i++)
        g->nodes[i]->reachable = false;
    for (size_t i = 0; i < g->handle_count; i++)
        g->handles[i].node->reachable = true;
    bool again = true;
    while (again) {
        again = false;
        for (size_t i = 0; i < g->node_count; i++)
            if (g->nodes[i]->reachable && reach_from(g->nodes[i]))
                again = true;
    }
    g->stale = false;
}

void rg_free(graph *g)
{
    for (size_t i = 0; i < g->node_count; i++) {
        gnode *n = g->nodes[i];
        for (size_t s = 0; s < n->slot_count; s++)
            free(n->slots[s].name);
        free(n->slots);
        free(n->entries);
        free(n->name);
        free(n);
    }
    free(g->nodes);
    free(g->handles);
    *g = (graph){0};
}
