/* rand-stories.c - actions that lead to a certain rule of the heap model. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "randtrace-internal.h"

/* code, and the kinds of one size. */
void rt_act_fixed(gen *g)
{
    static const struct {
        const char *kind;
        uint64_t size;
    } fixed[] = {{"map", 80}, {"cell", 16}, {"propcell", 32}};
    uint64_t which = rt_below(g, 4);
    gnode *holder = rt_chance(g, 40) ? rt_choose(g, rt_is_holder) : NULL;
    const char *slot = rt_random_slot(g);
    gnode *n;
    if (which == 3) {
        uint64_t size = rt_chance(g, 25) ? g->large + rt_between(g, 1, 200) : rt_random_size(g);
        n = rt_alloc(g, size, "code", holder, slot);
    } else if (rt_chance(g, 50)) {
        n = rt_alloc(g, fixed[which].size, fixed[which].kind, holder, slot);
    } else {
        char *name = rt_new_name(g);
        rt_event(g, 1, "alloc %s - %s%s%s%s%s", name, fixed[which].kind, holder == NULL ? "" : " in ",
                 holder == NULL ? "" : holder->name, holder == NULL ? "" : ".", holder == NULL ? "" : slot);
        n = rg_alloc(&g->graph, name, fixed[which].kind, holder, slot);
        free(name);
    }
    if (rt_chance(g, 60))
        rt_alloc_small(g, n, rt_random_slot(g));
}

/* Two that fill new-large space exactly, unless new space has grown. */
static void large_exactly(gen *g)
{
    uint64_t half = (g->page * g->pages / 2) << rt_below(g, 2);
    rt_gc(g, "minor"); /* new-large space is empty then */
    for (int i = 0; i < 2 && half > g->large; i++)
        rt_alloc(g, half, "array", NULL, NULL);
}

void rt_act_large(gen *g)
{
    if (rt_chance(g, 15))
        large_exactly(g);
    for (uint64_t i = rt_between(g, 1, 3); i > 0; i--) {
        gnode *holder = rt_chance(g, 30) ? rt_choose(g, rt_is_holder) : NULL;
        uint64_t size = g->large + rt_between(g, 1, 2 * g->large);
        const char *kind = rt_random_kind(g);
        gnode *n = rt_alloc(g, size, kind, holder, rt_random_slot(g));
        if (rg_holds(kind) && rt_chance(g, 60))
            rt_alloc_small(g, n, rt_random_slot(g));
        if (rt_chance(g, 40))
            rt_release_all(g, n);
    }
}

/* Store `target` in one of the holders: strongly, weakly, or as an entry. */
static void store_somehow(gen *g, gnode **holders, size_t count, gnode *target, gnode *other)
{
    gnode *h = holders[rt_below(g, count)];
    bool collection = rg_collects(h->kind);
    if (!rg_holds(h->kind))
        return;
    if (collection && rt_chance(g, 60)) {
        bool value = strcmp(h->kind, "weakmap") == 0 && rt_chance(g, 85);
        rt_put_entry(g, h, target, value ? other : NULL);
    } else if (rt_chance(g, 15)) {
        rt_store(g, h, rt_random_slot(g), target, true);
    } else {
        rt_store(g, h, rt_chance(g, 30) ? NULL : rt_random_slot(g), target, false);
    }
}

/*
 * The order in which a scavenge visits: holders that are copied, promoted or
 * become large, and objects that only they hold.
 */
void rt_act_scan_order(gen *g)
{
    static const char *const kinds[] = {"object", "object", "weakmap", "weakset", "array"};
    gnode *holder[6];
    gnode *child[12];
    size_t holders = rt_between(g, 2, 6);
    size_t children = rt_between(g, 4, 12);
    for (size_t i = 0; i < holders; i++) {
        uint64_t size = rt_chance(g, 25) ? g->large + rt_between(g, 1, g->large) : rt_small_size(g);
        holder[i] = rt_alloc(g, size, PICK(g, kinds), NULL, NULL);
        if (rt_chance(g, 20))
            rt_gc(g, "minor");
    }
    for (size_t i = 0; i < children; i++)
        child[i] = rt_alloc_small(g, NULL, NULL);
    for (size_t i = 0; i < children; i++) {
        store_somehow(g, holder, holders, child[i], child[rt_below(g, children)]);
        if (rt_chance(g, 40))
            store_somehow(g, child, children, child[rt_below(g, children)], child[i]);
        if (rt_chance(g, 8))
            rt_event(g, 1, "finalize %s", child[i]->name);
    }
    for (size_t i = 0; i < children; i++)
        if (rt_chance(g, 90))
            rt_release(g, child[i]);
    rt_gc(g, "minor");
    for (size_t i = 0; i < holders && !g->last; i++)
        rt_release(g, holder[i]);
}

/*
 * The order of the remembered set after a major collection. In node6, what lies
 * above the age mark stays young, so records are kept (of the old holder) and
 * made (of the ones that are promoted). What the targets hold is copied by the
 * next scavenge in the order of the records.
 */
void rt_act_record_order(gen *g)
{
    gnode *holder[5]; /* an old one, old map, young map, two young ones */
    gnode *target[8];
    for (size_t i = 0; i < 5; i++) {
        holder[i] = rt_alloc(g, rt_small_size(g), i == 1 || i == 2 ? "weakmap" : "object", NULL, NULL);
        if (i == 1) {
            rt_gc(g, "minor");
            rt_gc(g, "minor");
        }
    }
    /*
     * Held by the old one, last first: so that the order of addresses is not
     * that of allocation.
     */
    for (size_t i = 4; i > 1; i--) {
        rt_store(g, holder[0], NULL, holder[i], false);
        rt_release(g, holder[i]);
    }
    rt_gc(g, "minor");
    for (size_t i = 0; i < 8; i++)
        target[i] = rt_alloc_object(g);
    for (size_t i = 0; i < 8; i++) {
        gnode *h = holder[rt_below(g, 5)];
        if (!h->named)
            continue; /* without a handle, its name may have been taken */
        store_somehow(g, &h, 1, target[i], target[rt_below(g, 8)]);
    }
    rt_gc(g, "major");
    for (size_t i = 0; i < 8; i++)
        rt_alloc_small(g, target[i], "only");
    for (size_t i = 0; i < 8; i++)
        rt_release(g, target[i]);
    rt_gc(g, "minor");
    for (size_t i = 0; i < 2 && !g->last; i++)
        rt_release(g, holder[i]);
}

/* Short-lived objects, in a repeat; some of them stay in a holder. */
void rt_act_churn(gen *g)
{
    uint64_t times = rt_between(g, 2, 16);
    uint64_t size = rt_between(g, 8, g->usable / 3);
    gnode *keep = rt_chance(g, 50) ? rt_choose(g, rt_is_holder) : NULL;
    unsigned id = g->names++;
    bool slot = rt_chance(g, 50);
    rt_put(g, "repeat %" PRIu64 " as i", times);
    g->indent++;
    rt_event(g, times, "alloc c%u_$i %" PRIu64, id, size);
    if (keep != NULL)
        rt_event(g, times, "ref %s%s c%u_${i}", keep->name, slot ? ".k" : "", id);
    rt_event(g, times, "release c%u_$i", id);
    g->indent--;
    rt_put(g, "end");
    for (uint64_t i = 0; i < times; i++) {
        text name = {0};
        txt_addf(&name, "c%u_%" PRIu64, id, i);
        gnode *n = rg_alloc(&g->graph, name.data, "object", NULL, NULL);
        if (keep != NULL)
            rg_store(&g->graph, keep, slot ? "k" : NULL, n, false);
        rg_release(&g->graph, n);
        txt_free(&name);
    }
}

/* A linked list, each node held by the one before it. */
void rt_act_list(gen *g)
{
    uint64_t times = rt_between(g, 2, 14);
    uint64_t size = rt_between(g, 8, g->usable / 8);
    unsigned id = g->names++;
    text name = {0};
    txt_addf(&name, "l%u_0", id);
    gnode *last = rt_alloc_as(g, name.data, size, "object", NULL, NULL);
    gnode *head = last;
    rt_put(g, "repeat %" PRIu64 " as n1", times);
    g->indent++;
    rt_event(g, times, "alloc l%u_${n1+1} %" PRIu64 " in l%u_$n1.next", id, size, id);
    g->indent--;
    rt_put(g, "end");
    for (uint64_t i = 1; i <= times; i++) {
        txt_free(&name);
        txt_addf(&name, "l%u_%" PRIu64, id, i);
        last = rg_alloc(&g->graph, name.data, "object", last, "next");
    }
    txt_free(&name);
    if (rt_chance(g, 20))
        rt_store(g, last, "next", head, false); /* a ring */
    if (rt_chance(g, 50))
        rt_gc(g, "minor");
    if (rt_chance(g, 50))
        rt_release(g, head);
}

/* A tree in a nested repeat inside a scope: children in indexed slots. */
void rt_act_tree(gen *g)
{
    uint64_t rows = rt_between(g, 0, 4);
    uint64_t columns = rt_between(g, 1, 4);
    unsigned id = g->names++;
    uint64_t times = rows * columns;
    text name = {0};
    txt_addf(&name, "t%u", id);
    gnode *top = rt_alloc_as(g, name.data, rt_small_size(g), "array", NULL, NULL);
    rt_put(g, "repeat %" PRIu64 " as i", rows);
    g->indent++;
    rt_event(g, rows, "alloc t%u_$i 24 in t%u.${i+1}", id, id);
    rt_event(g, rows, "enter row$i");
    rt_put(g, "repeat %" PRIu64 " as j", columns);
    g->indent++;
    rt_event(g, times, "alloc t%u_${i}_$j 17 string", id);
    rt_event(g, times, "ref t%u_${i}.${j-1} t%u_${i}_${j}", id, id);
    g->indent--;
    rt_put(g, "end");
    rt_event(g, rows, "leave");
    g->indent--;
    rt_put(g, "end");
    for (uint64_t i = 0; i < rows; i++) {
        text slot = {0};
        txt_free(&name);
        txt_addf(&name, "t%u_%" PRIu64, id, i);
        txt_addf(&slot, "%" PRIu64, i + 1);
        gnode *row = rg_alloc(&g->graph, name.data, "object", top, slot.data);
        for (uint64_t j = 0; j < columns; j++) {
            txt_free(&name);
            txt_free(&slot);
            txt_addf(&name, "t%u_%" PRIu64 "_%" PRIu64, id, i, j);
            txt_addf(&slot, "%" PRId64, (int64_t)j - 1);
            gnode *leaf = rg_alloc(&g->graph, name.data, "string", NULL, NULL);
            rg_store(&g->graph, row, slot.data, leaf, false);
            rg_release(&g->graph, leaf);
        }
        txt_free(&slot);
    }
    txt_free(&name);
    if (rt_chance(g, 60))
        rt_release(g, top);
}

/*
 * An old holder: what is stored in it is remembered; then it forgets some, or
 * becomes garbage that keeps its young alive.
 */
void rt_act_old_holder(gen *g)
{
    gnode *h = rt_alloc_object(g);
    rt_gc(g, "minor");
    rt_gc(g, rt_chance(g, 80) ? "minor" : "major");
    gnode *b = rt_alloc_small(g, NULL, NULL);
    gnode *a = rt_alloc(g, rt_small_size(g), "object", h, "x");
    rt_store(g, h, NULL, b, false);
    if (rt_chance(g, 50))
        rt_store(g, h, "w", a, true);
    if (rt_chance(g, 40)) {
        gnode *y = rt_alloc_object(g);
        if (a->named) /* has no handle, so y may have taken its name */
            rt_store(g, a, "y", y, false);
        rt_release(g, y);
    }
    switch (rt_below(g, 5)) {
    case 0: rt_store(g, h, "x", b, false); break;
    case 1:
        rt_event(g, 1, "unref %s.x", h->name);
        rg_unref_slot(&g->graph, h, "x");
        break;
    case 2:
        rt_event(g, 1, "unref %s %s", h->name, b->name);
        rg_unref_target(&g->graph, h, b);
        break;
    case 3:
        if (a->named)
            rt_store(g, h, "x", a, rt_chance(g, 50));
        break;
    default: break;
    }
    if (rt_chance(g, 60))
        rt_release(g, b);
    if (rt_chance(g, 50))
        rt_release(g, h);
    rt_gc(g, rt_chance(g, 70) ? "minor" : "major");
}

/* A weak map, old or young, and the fates of its entries. */
void rt_act_weak_map(gen *g)
{
    gnode *map = rt_alloc(g, rt_small_size(g), "weakmap", NULL, NULL);
    gnode *key[4];
    gnode *value[4];
    if (rt_chance(g, 65)) {
        rt_gc(g, "minor");
        rt_gc(g, "minor");
    }
    size_t n = rt_between(g, 1, 4);
    for (size_t i = 0; i < n; i++) {
        key[i] = rt_alloc_small(g, NULL, NULL);
        value[i] = rt_alloc_object(g);
        rt_put_entry(g, map, key[i], value[i]);
        if (rt_chance(g, 20))
            rt_put_entry(g, map, key[i], NULL);
        if (rt_chance(g, 20)) {
            rt_put_unentry(g, map, key[i]);
            if (rt_chance(g, 60))
                rt_put_entry(g, map, key[i], value[i]);
        }
        if (rt_chance(g, 15))
            rt_store(g, value[i], "back", key[i], false);
    }
    if (rt_chance(g, 20))
        rt_gc(g, "minor");
    if (rt_chance(g, 40)) {
        gnode *again = key[rt_below(g, n)];
        rt_put_entry(g, map, again, value[rt_below(g, n)]);
    }
    for (size_t i = 0; i < n; i++) {
        if (rt_chance(g, 75))
            rt_release(g, value[i]);
        if (rt_chance(g, 60))
            rt_release(g, key[i]);
    }
    if (rt_chance(g, 30))
        rt_release(g, map);
    rt_gc(g, rt_chance(g, 75) ? "minor" : "major");
}

/*
 * Ephemerons that need several rounds: each value is the next one's key, and
 * they are entered last first.
 */
void rt_act_ephemeron_chain(gen *g)
{
    gnode *link[5];
    size_t n = rt_between(g, 3, 5);
    gnode *map = rt_alloc(g, rt_small_size(g), "weakmap", NULL, NULL);
    for (size_t i = 0; i < n; i++)
        link[i] = rt_alloc_object(g);
    for (size_t i = n - 1; i-- > 0;)
        rt_put_entry(g, map, link[i], link[i + 1]);
    for (size_t i = rt_chance(g, 70) ? 1 : 0; i < n; i++)
        rt_release(g, link[i]);
    rt_gc(g, rt_chance(g, 30) ? "minor" : "major");
}

/*
 * Objects that all survive, small and not so small: buffers, overflow,
 * threshold, growth. Some die before the next scavenge.
 */
void rt_act_survivors(gen *g)
{
    gnode *made[40];
    size_t n = rt_between(g, 4, 40);
    uint64_t room = g->usable * g->pages;
    uint64_t each = rt_chance(g, 50) ? g->usable / 6 : g->buffer / 4;
    each = each < 8 ? 8 : each;
    for (size_t i = 0; i < n; i++) {
        uint64_t size = rt_chance(g, 80) ? rt_between(g, 1, each) : rt_between(g, 1, g->large);
        const char *kind = rt_chance(g, 70) ? "object" : "number";
        made[i] = rt_alloc(g, size, kind, NULL, NULL);
        room -= size < room ? size : room;
        if (room < g->usable / 8 && rt_chance(g, 80))
            n = i + 1;
    }
    if (rt_chance(g, 50))
        rt_gc(g, "minor");
    for (size_t i = 0; i < n; i++)
        if (rt_chance(g, 50))
            rt_release(g, made[i]);
    if (rt_chance(g, 60))
        rt_gc(g, "minor");
}

/*
 * Fill new space with survivors most of which go into scavenge buffers, so
 * that to-space, which cannot be used as well as that, has no buffer left.
 */
void rt_act_buffers(gen *g)
{
    gnode *made[100];
    uint64_t most = g->buffer < 64 ? g->usable / 12 : g->buffer / 4;
    uint64_t room = g->usable * g->pages;
    size_t n = 0;
    rt_gc(g, "major"); /* in book and node20, new space is empty then */
    while (n < sizeof made / sizeof made[0] && room > 0) {
        uint64_t size = rt_between(g, most / 2 + 1, most);
        if (rt_chance(g, 25))
            size = rt_between(g, 1, 2 * most);
        size = size < room ? size : room;
        size = size < g->large ? size : g->large;
        made[n++] = rt_alloc(g, size, "array", NULL, NULL);
        room -= (size + 7) / 8 * 8 < room ? (size + 7) / 8 * 8 : room;
    }
    rt_gc(g, "minor");
    for (size_t i = 0; i < n; i++)
        rt_release(g, made[i]);
}

/* Fill new space with what lives, until scavenging does not help. */
void rt_act_fill(gen *g)
{
    uint64_t size = g->usable / rt_between(g, 1, 3);
    size = size < g->large ? size : g->large;
    uint64_t times = g->pages * (g->usable / size) + 2;
    gnode *made[40];
    size_t n = times < 40 ? (size_t)times : 40;
    for (size_t i = 0; i < n; i++) {
        const char *kind = rt_chance(g, 50) ? "array" : "buffer";
        made[i] = rt_alloc(g, size, kind, NULL, NULL);
    }
    for (size_t i = 0; i < n; i++)
        if (rt_chance(g, 85))
            rt_release(g, made[i]);
}

/* A cache: one long-lived holder whose slots are overwritten. */
void rt_act_cache(gen *g)
{
    gnode *h = rt_choose(g, rt_is_holder);
    if (h == NULL)
        h = rt_alloc(g, rt_small_size(g), "array", NULL, NULL);
    for (uint64_t i = rt_between(g, 2, 8); i > 0 && rt_nameable(g, h); i--) {
        text slot = {0};
        txt_addf(&slot, "%" PRIu64, rt_below(g, 6));
        uint64_t size = rt_random_size(g);
        rt_alloc(g, size, rt_random_kind(g), h, slot.data);
        txt_free(&slot);
    }
}
