/* rand-modern.c - actions that lead to a rule in which node20 and later differ. */
#include <stdlib.h>

#include "randtrace-internal.h"

/*
 * Weak slots of hosts that are old, are promoted, or are copied, to objects
 * of which some have nothing else, some a registration for finalization.
 */
void rt_act_weak_slots(gen *g)
{
    gnode *host[4];
    gnode *target[10];
    size_t hosts = rt_between(g, 2, 4);
    size_t targets = rt_between(g, 3, 10);
    for (size_t i = 0; i < hosts; i++) {
        uint64_t size = rt_chance(g, 15) ? g->large + rt_between(g, 1, g->large) : rt_small_size(g);
        host[i] = rt_alloc(g, size, "object", NULL, NULL);
        if (rt_chance(g, 50))
            rt_gc(g, "minor");
    }
    for (size_t i = 0; i < targets; i++) {
        uint64_t size = rt_chance(g, 10) ? g->large + rt_between(g, 1, g->large) : rt_small_size(g);
        target[i] = rt_alloc(g, size, "object", NULL, NULL);
        rt_store(g, host[rt_below(g, hosts)], rt_random_slot(g), target[i], true);
        if (rt_chance(g, 25))
            rt_store(g, host[rt_below(g, hosts)], rt_random_slot(g), target[i], rt_chance(g, 50));
        if (rt_chance(g, 25))
            rt_event(g, 1, "finalize %s", target[i]->name);
        if (rt_chance(g, 20))
            rt_store(g, target[i], "back", host[rt_below(g, hosts)], rt_chance(g, 50));
    }
    for (size_t i = 0; i < targets; i++)
        if (rt_chance(g, 65))
            rt_release(g, target[i]);
    for (size_t i = 0; i < hosts; i++)
        if (rt_chance(g, 25))
            rt_release(g, host[i]);
    for (uint64_t i = rt_between(g, 1, 3); i > 0; i--)
        rt_gc(g, rt_chance(g, 85) ? "minor" : "major");
    for (size_t i = 0; i < targets; i++)
        if (rt_chance(g, 80))
            rt_release_all(g, target[i]);
}

/*
 * Weak maps of many entries, old or young, whose values nothing else holds,
 * entered in turns with other stores to an old holder: V8 meets the entries in
 * the order of their hashes.
 */
void rt_act_scattered(gen *g)
{
    gnode *map[3];
    gnode *key[20];
    size_t maps = rt_between(g, 1, 3);
    size_t keys = rt_between(g, 4, 20);
    gnode *holder = rt_alloc_object(g);
    for (size_t i = 0; i < maps; i++)
        map[i] = rt_alloc(g, rt_small_size(g), "weakmap", NULL, NULL);
    if (rt_chance(g, 70))
        for (uint64_t i = rt_between(g, 1, 2); i > 0; i--)
            rt_gc(g, "minor");
    for (size_t i = 0; i < keys; i++) {
        key[i] = rt_alloc_object(g);
        gnode *value = rt_alloc_object(g);
        gnode *in = map[rt_below(g, maps)];
        rt_put_entry(g, in, key[i], rt_chance(g, 90) ? value : NULL);
        if (rt_chance(g, 10))
            rt_put_unentry(g, in, key[i]);
        if (rt_chance(g, 20))
            rt_alloc_small(g, holder, rt_chance(g, 50) ? NULL : rt_random_slot(g));
        rt_release(g, value);
    }
    for (size_t i = 0; i < keys; i++)
        if (rt_chance(g, 15))
            rt_release(g, key[i]);
    for (uint64_t i = rt_between(g, 1, g->last ? 1 : 2); i > 0; i--)
        rt_gc(g, "minor");
    for (size_t i = 0; i < keys && !g->last; i++)
        rt_release_all(g, key[i]);
    for (size_t i = 0; i < maps && !g->last; i++)
        if (rt_chance(g, 80))
            rt_release(g, map[i]);
}

/*
 * Survivors, some with handles and some held by those: node26 copies the two
 * sorts through two buffers.
 */
void rt_act_held_by_roots(gen *g)
{
    gnode *made[30];
    size_t n = 0;
    uint64_t room = g->usable * g->pages * (rt_chance(g, 40) ? 10 : rt_between(g, 2, 10)) / 10;
    uint64_t most = rt_chance(g, 50) ? g->usable / 4 : g->usable / 12;
    uint64_t held = rt_between(g, 0, 90);
    if (rt_chance(g, 60))
        rt_gc(g, "major"); /* new space is empty then, but in node6 */
    while (n < sizeof made / sizeof made[0] && room > 0) {
        uint64_t size = rt_between(g, 8, most < 8 ? 8 : most);
        size = size < g->large ? size : g->large;
        size = size < room ? size : room;
        gnode *holder = n > 0 && rt_chance(g, held) ? made[rt_below(g, n)] : NULL;
        char *name = rt_new_name(g);
        if (holder != NULL && !rt_nameable(g, holder))
            holder = NULL; /* its name may have been taken */
        made[n++] = rt_alloc_as(g, name, size, "object", holder, NULL);
        free(name);
        room -= (size + 7) / 8 * 8 < room ? (size + 7) / 8 * 8 : room;
    }
    for (uint64_t i = rt_between(g, 1, g->last ? 1 : 2); i > 0; i--)
        rt_gc(g, "minor");
    for (size_t i = 0; i < n && !g->last; i++)
        rt_release_all(g, made[i]);
}
