/*
 * randtrace.c - random valid traces: the styles, and the whole.
 *
 * A trace is a sequence of actions. An action is anything from a single event
 * to a little story (an old holder, what is stored in it, how it dies) that
 * leads to a certain rule of the heap model. A style says how often each
 * action is taken.
 */
#include "randtrace.h"

#include <inttypes.h>

#include "randtrace-internal.h"

enum action {
#define X(name) A_##name,
    ACTIONS(X)
#undef X
        A_COUNT
};

static void (*const actions[A_COUNT])(gen *) = {
#define X(name) rt_act_##name,
    ACTIONS(X)
#undef X
};

/* How often an action is taken in any style; a style multiplies some by ten. */
static const unsigned char base_weights[A_COUNT] = {
    [A_alloc] = 20,        [A_alloc_in] = 20,
    [A_release] = 20,      [A_drop] = 2,
    [A_root] = 3,          [A_ref] = 10,
    [A_weak] = 4,          [A_unref] = 8,
    [A_entry] = 5,         [A_unentry] = 3,
    [A_finalize] = 2,      [A_external] = 3,
    [A_enter] = 3,         [A_leave] = 3,
    [A_minor] = 8,         [A_major] = 2,
    [A_idle] = 1,          [A_other] = 2,
    [A_fixed] = 2,         [A_large] = 2,
    [A_churn] = 2,         [A_list] = 2,
    [A_tree] = 1,          [A_old_holder] = 2,
    [A_weak_map] = 2,      [A_ephemeron_chain] = 1,
    [A_survivors] = 1,     [A_fill] = 1,
    [A_cache] = 2,         [A_buffers] = 1,
    [A_scan_order] = 1,    [A_record_order] = 1,
    [A_weak_slots] = 2,    [A_scattered] = 1,
    [A_held_by_roots] = 1,
};

static const struct {
    const char *name;
    enum action often[4]; /* A_COUNT: no more */
} styles[] = {
    {"cache", {A_cache, A_alloc_in, A_COUNT, A_COUNT}},
    {"churn", {A_churn, A_alloc, A_release, A_COUNT}},
    {"large", {A_large, A_scan_order, A_alloc_in, A_COUNT}},
    {"list", {A_list, A_ref, A_COUNT, A_COUNT}},
    {"mixed", {A_COUNT, A_COUNT, A_COUNT, A_COUNT}},
    {"tree", {A_tree, A_alloc_in, A_unref, A_COUNT}},
    {"weak", {A_weak_map, A_entry, A_unentry, A_ephemeron_chain}},
    {"slots", {A_ref, A_weak, A_unref, A_minor}},
    {"references", {A_weak_slots, A_weak, A_finalize, A_minor}},
    {"scattered", {A_scattered, A_entry, A_old_holder, A_COUNT}},
    {"finalize", {A_finalize, A_major, A_external, A_COUNT}},
    {"external", {A_external, A_external, A_fixed, A_COUNT}},
    {"scopes", {A_enter, A_leave, A_root, A_alloc}},
    {"old", {A_old_holder, A_fixed, A_record_order, A_scan_order}},
    {"survivors", {A_survivors, A_drop, A_COUNT, A_COUNT}},
    {"buffers", {A_buffers, A_survivors, A_held_by_roots, A_COUNT}},
    {"full", {A_fill, A_survivors, A_drop, A_idle}},
};
#define STYLES (sizeof styles / sizeof styles[0])

static void act(gen *g, size_t style)
{
    unsigned weights[A_COUNT], sum = 0;
    for (int a = 0; a < A_COUNT; a++) {
        weights[a] = base_weights[a];
        for (size_t i = 0; i < 4; i++)
            weights[a] *= (int)styles[style].often[i] == a ? 10 : 1;
        sum += weights[a];
    }
    uint64_t at = rt_below(g, sum);
    int a = 0;
    while (at >= weights[a])
        at -= weights[a++];
    actions[a](g);
    if (g->graph.handle_count > 70)
        rt_act_drop(g);
}

/* Majors with little between them: what is not named meanwhile gets stale, and some of it is let go of later. */
static void forget(gen *g, size_t style)
{
    for (uint64_t rounds = rt_between(g, 4, 9); rounds > 0; rounds--) {
        rt_act_major(g);
        for (uint64_t acts = rt_below(g, 4); acts > 0; acts--)
            act(g, style);
    }
}

/* As an editor of another system would save it. */
static void use_crlf(gen *g)
{
    text t = {0};
    for (size_t i = 0; i < g->out.len; i++) {
        if (g->out.data[i] == '\n')
            txt_add(&t, "\r", 1);
        txt_add(&t, g->out.data + i, 1);
    }
    txt_free(&g->out);
    g->out = t;
}

char *randtrace(uint64_t seed, size_t *len)
{
    static const char *const ends[] = {"gc minor", "gc major", "gc compact"};
    gen g = {.state = seed, .era = (rand_era)(seed % KNOWN)};
    size_t style = rt_below(&g, STYLES);
    uint64_t most = rt_between(&g, 100, 600);
    if (rt_chance(&g, 85))
        rt_put(&g, "heapreel-trace 1");
    rt_put(&g, "title seed %" PRIu64 " %s", seed, styles[style].name);
    rt_configure(&g);
    while (g.events < most)
        act(&g, style);
    if (rt_chance(&g, 40))
        forget(&g, style);
    g.last = true;
    if (rt_chance(&g, 60)) {
        static const enum action order_shows[] = {A_scan_order, A_scan_order, A_record_order, A_old_holder,
                                                  A_weak_map,   A_scattered,  A_weak_slots,   A_held_by_roots};
        actions[order_shows[rt_below(&g, sizeof order_shows / sizeof order_shows[0])]](&g);
    } else {
        rt_event(&g, 1, "%s", PICK(&g, ends));
    }
    if (rt_chance(&g, 5))
        use_crlf(&g);
    if (rt_chance(&g, 10))
        g.out.data[--g.out.len] = '\0'; /* no newline after the last line */
    rg_free(&g.graph);
    *len = g.out.len;
    return g.out.data;
}
