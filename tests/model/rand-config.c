/* rand-config.c - the settings at the head of a random trace. */
#include <inttypes.h>
#include <stdlib.h>

#include "randtrace-internal.h"

/* `set` lines are collected and then written in random order. */
typedef struct settings {
    char *lines[24];
    size_t count;
} settings;

static void set(settings *s, const char *format, ...) TEXT_PRINTF(2, 3);
static void set(settings *s, const char *format, ...)
{
    text t = {0};
    va_list args;
    va_start(args, format);
    txt_addv(&t, format, args);
    va_end(args);
    s->lines[s->count++] = t.data;
}

static void set_bytes(settings *s, const char *key, uint64_t bytes)
{
    text t = {0};
    rt_size_text(bytes, &t);
    set(s, "%s %s", key, t.data);
    txt_free(&t);
}

/* Far away, so that only the causes that randtrace.h names collect. */
static void set_limits(settings *s)
{
    set(s, "max-old-space-size 64G");
    set(s, "initial-old-space-size 32G");
    set(s, "marking-start-min 32G");
    set(s, "limit-min-step 16G");
    set(s, "external-limit 16G");
}

static void set_era(gen *g, settings *s, bool *toy)
{
    static const char *const names[ERAS] = {"book", "node6", "node20", "node24", "node26"};
    *toy = rt_chance(g, 85);
    if (*toy) {
        if (rt_chance(g, 30))
            set(s, "profile classroom");
        if (g->era != BOOK || rt_chance(g, 60))
            set(s, "era %s", names[g->era]);
    } else if (rt_chance(g, 50)) {
        set(s, "profile %s", names[g->era]);
    } else {
        set(s, "profile %s", names[rt_below(g, KNOWN)]);
        set(s, "era %s", names[g->era]);
    }
}

/*
 * Semispace sizes in whole pages or 8 bytes less (they are rounded up). Either
 * may be left to the toy profile's default (2k, 8k), which follows where it
 * would contradict.
 */
static void set_semispaces(gen *g, settings *s, bool toy)
{
    uint64_t least = rt_between(g, 1, rt_chance(g, 70) ? 3 : 7);
    uint64_t most = least * rt_between(g, 1, 4);
    most += rt_chance(g, 30) ? 1 : 0;
    uint64_t shy = rt_chance(g, 20) ? 8 : 0;
    bool set_least = !toy || rt_chance(g, 80);
    bool set_most = !toy || rt_chance(g, 70);
    if (set_least)
        set_bytes(s, "min-semi-space-size", least * g->page - shy);
    if (set_most)
        set_bytes(s, "max-semi-space-size", most * g->page - (rt_chance(g, 50) ? shy : 0));
    g->pages = least;
    if (!set_least) {
        g->pages = 2048 < g->page ? 1 : 2048 / g->page;
        g->pages = set_most && g->pages > most ? most : g->pages;
    }
}

static void set_large(gen *g, settings *s, bool toy)
{
    g->large = g->usable < 256 ? g->usable : 256;
    if (toy && rt_chance(g, 30))
        return;
    switch (rt_below(g, 3)) {
    case 0: g->large = g->usable; break;
    case 1: g->large = rt_between(g, g->usable / 4, g->usable); break;
    default: g->large = rt_between(g, 9, g->usable / 8) * 8; break;
    }
    set_bytes(s, "large-object-size", g->large);
    g->large = g->large / 8 * 8; /* the largest size that is not large */
}

/* The keys that go with the era, in any era. */
static void set_rules(gen *g, settings *s)
{
    static const char *const limits[] = {"0", "1", "1k", "3000", "8k"};
    bool modern = g->era >= NODE20;
    g->buffer = modern ? g->page / 8 : 0;
    if (rt_chance(g, g->era == BOOK ? 50 : 20))
        set(s, "promotion-threshold %" PRIu64, rt_chance(g, 20) ? UINT64_C(0) : rt_between(g, 5, 100));
    if (rt_chance(g, modern ? 60 : 12)) {
        g->buffer = 0;
        if (rt_chance(g, 85)) {
            uint64_t most = rt_chance(g, 80) ? g->usable / 3 : g->usable;
            g->buffer = rt_between(g, 4, most / 8) * 8;
        }
        set_bytes(s, "scavenge-buffer", g->buffer);
    }
    if (rt_chance(g, modern ? 60 : 12))
        set(s, "young-external-limit %s", PICK(g, limits));
}

void rt_configure(gen *g)
{
    settings s = {0};
    bool toy;
    set_era(g, &s, &toy);
    set_limits(&s);
    g->page = UINT64_C(256) << rt_below(g, 5);
    uint64_t header = rt_between(g, 2, g->page / 64) * 8;
    if (!toy || g->page != 1024 || rt_chance(g, 50)) {
        set_bytes(&s, "page-size", g->page);
        set_bytes(&s, "page-header", header);
    } else {
        header = 64; /* the classroom's */
    }
    g->usable = g->page - header;
    set_semispaces(g, &s, toy);
    set_large(g, &s, toy);
    set_rules(g, &s);
    for (size_t left = s.count; left > 0; left--) {
        size_t i = rt_below(g, left);
        rt_put(g, "set %s", s.lines[i]);
        free(s.lines[i]);
        s.lines[i] = s.lines[left - 1];
    }
}
