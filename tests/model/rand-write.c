/* rand-write.c - draws, lines, choosing objects, single events. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "randtrace-internal.h"

uint64_t rt_below(gen *g, uint64_t n)
{
    return rg_random(&g->state) % n;
}

uint64_t rt_between(gen *g, uint64_t low, uint64_t high)
{
    return high <= low ? low : low + rt_below(g, high - low + 1);
}

bool rt_chance(gen *g, uint64_t percent)
{
    return rt_below(g, 100) < percent;
}

const char *rt_pick_text(gen *g, const char *const *texts, size_t count)
{
    return texts[rt_below(g, count)];
}

/* Writing lines */

static void begin_line(gen *g)
{
    for (unsigned i = 0; i < g->indent; i++)
        txt_addf(&g->out, "  ");
}

static void end_line(gen *g)
{
    static const char *const tails[] = {" ", "\t", "  # comment", " #"};
    if (rt_chance(g, 3))
        txt_addf(&g->out, "%s", PICK(g, tails));
    txt_addf(&g->out, "\n");
}

void rt_put(gen *g, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    begin_line(g);
    txt_addv(&g->out, format, args);
    txt_addf(&g->out, "\n");
    va_end(args);
}

void rt_event(gen *g, uint64_t times, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    begin_line(g);
    txt_addv(&g->out, format, args);
    end_line(g);
    va_end(args);
    g->events += (unsigned)times;
}

/* Choosing objects: all of these see reachable objects with a name only. */

bool rt_is_any(const gen *g, const gnode *n)
{
    (void)g;
    return n != NULL;
}

bool rt_is_holder(const gen *g, const gnode *n)
{
    (void)g;
    return rg_holds(n->kind);
}

bool rt_is_collection(const gen *g, const gnode *n)
{
    (void)g;
    return rg_collects(n->kind);
}

bool rt_is_rooted(const gen *g, const gnode *n)
{
    return rg_rooted(&g->graph, n);
}

bool rt_has_slots(const gen *g, const gnode *n)
{
    (void)g;
    return n->slot_count > 0;
}

bool rt_has_external(const gen *g, const gnode *n)
{
    (void)g;
    return n->external > 0;
}

gnode *rt_choose(gen *g, filter f)
{
    rg_reach(&g->graph);
    size_t first = 0;
    if (rt_chance(g, 50) && g->graph.node_count > 12)
        first = g->graph.node_count - 12;
    for (;;) {
        size_t count = 0;
        for (size_t i = first; i < g->graph.node_count; i++) {
            const gnode *n = g->graph.nodes[i];
            count += n->named && n->reachable && f(g, n);
        }
        if (count > 0) {
            size_t k = rt_below(g, count);
            for (size_t i = first;; i++) {
                gnode *n = g->graph.nodes[i];
                if (n->named && n->reachable && f(g, n) && k-- == 0)
                    return n;
            }
        }
        if (first == 0)
            return NULL;
        first = 0;
    }
}

bool rt_nameable(gen *g, const gnode *n)
{
    rg_reach(&g->graph);
    return n->named && n->reachable;
}

/* Names, sizes, kinds, slots */

char *rt_new_name(gen *g)
{
    static const char *const forms[] = {
        "o%u",   "o%u", "o%u",  "%u",    "%u", "0%u", "\xc3\xa9%u", "x-%u", "\xe5\x90\x8d%u",
        "a$t%u", "$%u", "[%u]", "\"%u\\"};
    if (rt_chance(g, 25)) {
        for (int tries = 0; tries < 4 && g->graph.node_count > 0; tries++) {
            const gnode *n = g->graph.nodes[rt_below(g, g->graph.node_count)];
            if (n->named && !rg_rooted(&g->graph, n))
                return txt_copy(n->name, strlen(n->name));
        }
    }
    /* The number is put in by hand: the forms are data, not formats. */
    const char *form = PICK(g, forms);
    const char *mark = strchr(form, '%');
    text t = {0};
    txt_add(&t, form, (size_t)(mark - form));
    txt_addf(&t, "%u%s", g->names++, mark + 2);
    return t.data;
}

uint64_t rt_small_size(gen *g)
{
    return rt_between(g, 1, 48);
}

uint64_t rt_random_size(gen *g)
{
    switch (rt_below(g, 10)) {
    case 0: return g->large - rt_below(g, 8); /* just not large */
    case 1: return rt_between(g, 1, g->large);
    case 2:
    case 3: return rt_between(g, 8, g->usable / 2);
    case 4:
    case 5: return rt_between(g, 8, g->usable / 4);
    default: return rt_small_size(g);
    }
}

const char *rt_random_kind(gen *g)
{
    static const char *const kinds[] = {"object",  "object", "object", "object", "array",   "closure",
                                        "context", "string", "number", "buffer", "weakmap", "weakset"};
    return PICK(g, kinds);
}

const char *rt_random_slot(gen *g)
{
    static const char *const slots[] = {"0", "1", "2", "01", "next", "left", "right", "a.b", "\xc3\xa9", "x", "17"};
    return PICK(g, slots);
}

void rt_size_text(uint64_t bytes, text *t)
{
    if (bytes > 0 && bytes % 1024 == 0)
        txt_addf(t, "%" PRIu64 "k", bytes / 1024);
    else
        txt_addf(t, "%" PRIu64, bytes);
}

/* Single events */

gnode *rt_alloc_as(gen *g, const char *name, uint64_t size, const char *kind, gnode *holder, const char *slot)
{
    text t = {0};
    txt_addf(&t, "alloc %s ", name);
    rt_size_text(size, &t);
    if (strcmp(kind, "object") != 0 || rt_chance(g, 10))
        txt_addf(&t, " %s", kind);
    if (holder != NULL)
        txt_addf(&t, " in %s%s%s", holder->name, slot == NULL ? "" : ".", slot == NULL ? "" : slot);
    if (rt_chance(g, 8))
        txt_addf(&t, " @site%" PRIu64, rt_below(g, 4));
    rt_event(g, 1, "%s", t.data);
    txt_free(&t);
    return rg_alloc(&g->graph, name, kind, holder, slot);
}

gnode *rt_alloc(gen *g, uint64_t size, const char *kind, gnode *holder, const char *slot)
{
    char *name = rt_new_name(g);
    gnode *n = rt_alloc_as(g, name, size, kind, holder, slot);
    free(name);
    return n;
}

gnode *rt_alloc_small(gen *g, gnode *holder, const char *slot)
{
    uint64_t size = rt_small_size(g);
    return rt_alloc(g, size, rt_random_kind(g), holder, slot);
}

gnode *rt_alloc_object(gen *g)
{
    return rt_alloc(g, rt_small_size(g), "object", NULL, NULL);
}

void rt_store(gen *g, gnode *src, const char *slot, gnode *dst, bool weak)
{
    rt_event(g, 1, "%s %s%s%s %s", weak ? "weak" : "ref", src->name, slot == NULL ? "" : ".", slot == NULL ? "" : slot,
             dst->name);
    rg_store(&g->graph, src, slot, dst, weak);
}

void rt_release(gen *g, gnode *n)
{
    rt_event(g, 1, "release %s", n->name);
    rg_release(&g->graph, n);
}

void rt_release_all(gen *g, gnode *n)
{
    while (rg_rooted(&g->graph, n))
        rt_release(g, n);
}

void rt_put_entry(gen *g, gnode *map, gnode *key, gnode *value)
{
    rt_event(g, 1, "entry %s %s%s%s", map->name, key->name, value == NULL ? "" : " ", value == NULL ? "" : value->name);
    rg_entry(&g->graph, map, key, value);
}

void rt_put_unentry(gen *g, gnode *map, gnode *key)
{
    rt_event(g, 1, "unentry %s %s", map->name, key->name);
    rg_unentry(&g->graph, map, key);
}

void rt_gc(gen *g, const char *how)
{
    rt_event(g, 1, "gc %s", how);
}
