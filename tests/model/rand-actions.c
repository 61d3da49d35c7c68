/* rand-actions.c - actions of one or two events. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "randtrace-internal.h"

void rt_act_alloc(gen *g)
{
    uint64_t size = rt_random_size(g);
    rt_alloc(g, size, rt_random_kind(g), NULL, NULL);
}

void rt_act_alloc_in(gen *g)
{
    gnode *holder = rt_choose(g, rt_is_holder);
    if (holder == NULL) {
        rt_act_alloc(g);
        return;
    }
    const char *slot = rt_chance(g, 25) ? NULL : rt_random_slot(g);
    const char *kind = rt_random_kind(g);
    uint64_t size = rt_random_size(g);
    if (!rg_rooted(&g->graph, holder) && rt_chance(g, 10)) {
        /* The holder's own ID is bound anew: it is resolved before that. */
        char *name = txt_copy(holder->name, strlen(holder->name));
        rt_alloc_as(g, name, size, kind, holder, slot);
        free(name);
    } else {
        rt_alloc(g, size, kind, holder, slot);
    }
}

void rt_act_release(gen *g)
{
    gnode *n = rt_choose(g, rt_is_rooted);
    if (n != NULL)
        rt_release(g, n);
}

/* Let most of what is held go. */
void rt_act_drop(gen *g)
{
    uint64_t percent = rt_between(g, 30, 100);
    for (size_t i = g->graph.handle_count; i-- > 0;)
        if (i < g->graph.handle_count && g->graph.handles[i].node->named && rt_chance(g, percent))
            rt_release(g, g->graph.handles[i].node);
}

void rt_act_root(gen *g)
{
    gnode *n = rt_choose(g, rt_is_any);
    if (n != NULL) {
        rt_event(g, 1, "root %s", n->name);
        rg_root(&g->graph, n);
    }
}

void rt_act_ref(gen *g)
{
    gnode *src = rt_choose(g, rt_is_holder);
    gnode *dst = rt_choose(g, rt_is_any);
    if (src != NULL && dst != NULL)
        rt_store(g, src, rt_chance(g, 25) ? NULL : rt_random_slot(g), dst, false);
}

void rt_act_weak(gen *g)
{
    gnode *src = rt_choose(g, rt_is_holder);
    gnode *dst = rt_choose(g, rt_is_any);
    if (src == NULL || dst == NULL)
        return;
    const char *slot = rt_random_slot(g);
    rt_store(g, src, slot, dst, true);
    /* The slot may have held the only strong pointer to it. */
    if (!rt_nameable(g, src) || !rt_nameable(g, dst))
        return;
    if (rt_chance(g, 30)) {
        rt_release_all(g, dst);
    } else if (rt_chance(g, 30)) {
        rt_store(g, src, slot, dst, false); /* the same slot, strong now */
    } else if (rt_chance(g, 15)) {
        rt_event(g, 1, "unref %s %s", src->name, dst->name);
        rg_unref_target(&g->graph, src, dst);
    }
}

void rt_act_unref(gen *g)
{
    gnode *src = rt_choose(g, rt_has_slots);
    if (src == NULL)
        return;
    const gslot *s = &src->slots[rt_below(g, src->slot_count)];
    if (s->name != NULL && rt_chance(g, 60)) {
        rt_event(g, 1, "unref %s.%s", src->name, s->name);
        rg_unref_slot(&g->graph, src, s->name);
    } else if (s->target != NULL && rt_nameable(g, s->target)) {
        rt_event(g, 1, "unref %s %s", src->name, s->target->name);
        rg_unref_target(&g->graph, src, s->target);
    }
}

void rt_act_entry(gen *g)
{
    gnode *map = rt_choose(g, rt_is_collection);
    if (map == NULL) {
        const char *kind = rt_chance(g, 75) ? "weakmap" : "weakset";
        rt_alloc(g, rt_small_size(g), kind, NULL, NULL);
        return;
    }
    gnode *key = rt_choose(g, rt_is_any);
    if (map->entry_count > 0 && rt_chance(g, 25)) {
        gnode *present = map->entries[rt_below(g, map->entry_count)].key;
        key = rt_nameable(g, present) ? present : key;
    }
    bool value = strcmp(map->kind, "weakmap") == 0 && rt_chance(g, 85);
    rt_put_entry(g, map, key, value ? rt_choose(g, rt_is_any) : NULL);
    if (rt_chance(g, 30))
        rt_release_all(g, key);
}

void rt_act_unentry(gen *g)
{
    gnode *map = rt_choose(g, rt_is_collection);
    if (map == NULL || map->entry_count == 0)
        return;
    gentry e = map->entries[rt_below(g, map->entry_count)];
    if (!rt_nameable(g, e.key))
        return;
    rt_put_unentry(g, map, e.key);
    if (rt_chance(g, 50) && rt_nameable(g, map) && rt_nameable(g, e.key)) {
        bool value = e.value != NULL && rt_nameable(g, e.value);
        rt_put_entry(g, map, e.key, value ? e.value : NULL);
    }
}

void rt_act_finalize(gen *g)
{
    gnode *n = rt_choose(g, rt_is_any);
    if (n == NULL)
        return;
    rt_event(g, 1, "finalize %s", n->name);
    if (rt_chance(g, 15))
        rt_event(g, 1, "finalize %s", n->name);
    if (rt_chance(g, 70))
        rt_release_all(g, n);
}

static void set_external(gen *g, gnode *n, uint64_t bytes)
{
    text t = {0};
    rt_size_text(bytes, &t);
    rt_event(g, 1, "external %s %s", n->name, t.data);
    txt_free(&t);
    n->external = bytes;
}

void rt_act_external(gen *g)
{
    static const uint64_t amounts[] = {1, 100, 512, 1024, 1500, 3072, 9216};
    uint64_t bytes = amounts[rt_below(g, sizeof amounts / sizeof amounts[0])];
    gnode *n = rt_chance(g, 40) ? rt_choose(g, rt_has_external) : NULL;
    if (n != NULL && rt_chance(g, 50)) {
        set_external(g, n, rt_chance(g, 50) ? 0 : rt_below(g, n->external));
        return;
    }
    if (n == NULL && rt_chance(g, 60)) {
        const char *kind = rt_chance(g, 80) ? "buffer" : "object";
        n = rt_alloc(g, rt_small_size(g), kind, NULL, NULL);
    } else if (n == NULL) {
        n = rt_choose(g, rt_is_any);
    }
    if (n != NULL) {
        set_external(g, n, bytes);
        if (rt_chance(g, 40))
            rt_release_all(g, n);
    }
}

void rt_act_enter(gen *g)
{
    if (g->graph.scope < 6) {
        if (rt_chance(g, 50))
            rt_event(g, 1, "enter");
        else
            rt_event(g, 1, "enter f%" PRIu64, rt_below(g, 100));
        g->graph.scope++;
    }
}

void rt_act_leave(gen *g)
{
    if (g->graph.scope > 0) {
        rt_event(g, 1, "leave");
        rg_leave(&g->graph);
    }
}

void rt_act_minor(gen *g)
{
    rt_gc(g, "minor");
}

void rt_act_major(gen *g)
{
    static const char *const hows[] = {"major", "major", "major", "compact"};
    if (rt_chance(g, 20))
        rt_event(g, 1, "gc");
    else
        rt_gc(g, PICK(g, hows));
}

void rt_act_idle(gen *g)
{
    rt_event(g, 1, "idle 1ms");
}

/* Lines that change nothing. */
void rt_act_other(gen *g)
{
    static const char *const lines[] = {
        "", "# comment", "note # is no comment here", "chapter $x ${y", "ask why? | because", "  \t"};
    if (rt_chance(g, 50)) {
        rt_put(g, "%s", PICK(g, lines));
        return;
    }
    gnode *n = rt_chance(g, 60) ? rt_choose(g, rt_is_any) : NULL;
    if (n != NULL)
        rt_event(g, 1, "use %s%s", n->name, rt_chance(g, 40) ? " deep" : "");
    else
        rt_event(g, 1, "work %" PRIu64 "us", rt_below(g, 50));
}
