/* leaks.c - classifies allocation sites by their stale objects. */
#include "heap/leaks.h"

#include <stdlib.h>

const char *leak_verdict_word(enum leak_verdict verdict)
{
#define X(symbol, word) word,
    static const char *const words[] = {LEAK_VERDICTS(X)};
#undef X
    return words[verdict];
}

#define X(symbol, word) word,
static const char *const class_words[] = {LEAK_CLASSES(X)};
#undef X

const char *leak_class_word(enum leak_class class)
{
    return class_words[class];
}

enum leak_class leak_class_by_word(const char *word, size_t len)
{
    enum leak_class class = 0;
    while (class < LEAK_CLASS_COUNT &&
           (strlen(class_words[class]) != len || memcmp(class_words[class], word, len) != 0))
        class ++;
    return class;
}

const char *leak_site_word(uint32_t site)
{
    return site == SITE_TOP ? "(top)" : site == SITE_OTHER ? "(other)" : NULL;
}

void leaks_growth(const struct heap *h, struct leaks *leaks)
{
    const struct growth *g = &h->growth;
    unsigned majors = g->majors < GROWTH_MAJORS ? (unsigned)g->majors : GROWTH_MAJORS;
    leaks->majors = majors;
    leaks->rises = 0;
    for (unsigned i = 0; i < majors; i++) {
        leaks->series[i] = g->left[(g->majors - majors + i) % GROWTH_MAJORS];
        leaks->rises = i > 0 && leaks->series[i] > leaks->series[i - 1] ? leaks->rises + 1 : 0;
    }
    leaks->verdict = majors < GROWTH_MAJORS              ? VERDICT_UNKNOWN
                     : leaks->rises == GROWTH_MAJORS - 1 ? VERDICT_GROWING
                                                         : VERDICT_STEADY;
}

/*
 * Counts the reachable objects. Those that were stale and are garbage now have been released late too, as a major now
 * would find.
 */
static void count_objects(const struct heap *h, struct leaks *leaks)
{
    uint32_t name = NAME_NONE, site = SITE_TOP; /* of the object before: neighbours are often of one site */
    for (uint32_t i = 0; i < h->objects.len; i++) {
        const struct object *o = &h->objects.data[i];
        bool reached = path_tree_reaches(&leaks->paths, i);
        if (!reached && (o->bits & (OBJECT_LATE | OBJECT_FREE)) != OBJECT_LATE)
            continue;
        if (h->sited && h->cold.data[i].site != name)
            site = sites_find(h, name = h->cold.data[i].site);
        struct leak_site *s = &leaks->sites.data[site];
        if (!reached) {
            s->class = LEAK_IMPLICIT;
            continue;
        }
        s->live++;
        s->live_bytes += object_bytes(o);
        if (object_idle(o) < STALE_AFTER)
            continue;
        s->stale++;
        s->stale_bytes += object_bytes(o);
        leaks->stale++;
        leaks->stale_bytes += object_bytes(o);
    }
}

/* Finds the stale object of each site that is nearest to a root. */
static void find_nearest(const struct heap *h, struct leaks *leaks)
{
    for (size_t i = leaks->paths.order.len; i-- > 0;) {
        uint32_t object = leaks->paths.order.data[i];
        if (object_idle(&h->objects.data[object]) >= STALE_AFTER)
            leaks->sites.data[sites_find(h, h->cold.data[object].site)].nearest = object;
    }
}

static enum leak_class classify(const struct leak_site *s)
{
    if (s->stale == 0)
        return s->class;
    if (s->stale < s->allocations)
        return LEAK_OCCASIONAL;
    return s->allocations == 1 ? LEAK_ONE_TIME : LEAK_FREQUENT;
}

int leaks_find(const struct heap *h, struct leaks *leaks)
{
    *leaks = (struct leaks){0};
    leaks_growth(h, leaks);
    bool stale = h->growth.majors + 1 >= STALE_AFTER; /* can there be any? Only to those do paths lead */
    if (vec_reserve(&leaks->sites, h->sites.len) || path_tree_make(h, stale, &leaks->paths)) {
        leaks_free(leaks);
        return -1;
    }
    for (uint32_t i = 0; i < h->sites.len; i++)
        leaks->sites.data[leaks->sites.len++] = (struct leak_site){
            .name = h->sites.data[i].name,
            .class = h->sites.data[i].flags & SITE_LATE ? LEAK_IMPLICIT : LEAK_NONE,
            .allocations = site_allocated(h, i),
            .bytes = site_bytes(h, i),
            .nearest = NONE,
        };
    count_objects(h, leaks);
    if (leaks->stale > 0)
        find_nearest(h, leaks);
    for (size_t i = 0; i < leaks->sites.len; i++)
        leaks->sites.data[i].class = classify(&leaks->sites.data[i]);
    return 0;
}

void leaks_free(struct leaks *leaks)
{
    vec_free(&leaks->sites);
    path_tree_free(&leaks->paths);
}

const struct leak_site *leaks_site(const struct leaks *leaks, const struct heap *h, uint32_t name)
{
    uint32_t site = sites_find(h, name);
    if (site == SITE_OTHER || leaks->sites.data[site].allocations == 0)
        return NULL;
    return &leaks->sites.data[site];
}

struct rank {
    uint64_t stale_bytes;
    uint32_t site;
};

static int by_stale_bytes(const void *a, const void *b)
{
    const struct rank *x = a, *y = b;
    if (x->stale_bytes != y->stale_bytes)
        return x->stale_bytes < y->stale_bytes ? 1 : -1;
    return x->site < y->site ? -1 : x->site > y->site;
}

int leaks_ranking(const struct leaks *leaks, struct site_list *out)
{
    size_t count = 0;
    struct rank *ranks = malloc(leaks->sites.len * sizeof *ranks);
    if (!ranks || vec_reserve(&out->sites, leaks->sites.len)) {
        free(ranks);
        return -1;
    }
    for (uint32_t i = 0; i < leaks->sites.len; i++)
        if (leaks->sites.data[i].allocations > 0)
            ranks[count++] = (struct rank){leaks->sites.data[i].stale_bytes, i};
    qsort(ranks, count, sizeof *ranks, by_stale_bytes);
    for (size_t i = 0; i < count; i++)
        out->sites.data[out->sites.len++] = ranks[i].site;
    free(ranks);
    return 0;
}
