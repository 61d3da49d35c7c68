/* lookup.c - keeps what expectations have looked for in a heap. */
#include "run/lookup.h"

void lookup_free(struct lookup *f)
{
    path_tree_free(&f->reached);
    leaks_free(&f->leaks);
    heap_retained_free(&f->retained);
    vec_free(&f->heads);
    vec_free(&f->older);
}

/* Grows with each event and each step of a collector; 0 is never. */
static uint64_t moment(const struct heap *h)
{
    return h->event + h->micro_steps + 1;
}

const struct path_tree *lookup_reached(struct lookup *f, const struct heap *h)
{
    if (f->reached_at == moment(h))
        return &f->reached;
    f->reached_at = 0;
    path_tree_free(&f->reached);
    if (path_tree_make(h, false, &f->reached))
        return NULL;
    f->reached_at = moment(h);
    return &f->reached;
}

const struct leaks *lookup_leaks(struct lookup *f, const struct heap *h)
{
    if (f->leaks_at == moment(h))
        return &f->leaks;
    f->leaks_at = 0;
    leaks_free(&f->leaks);
    if (leaks_find(h, &f->leaks))
        return NULL;
    f->leaks_at = moment(h);
    return &f->leaks;
}

const struct heap_retained *lookup_retained(struct lookup *f, const struct heap *h)
{
    if (f->retained_at == moment(h))
        return &f->retained;
    f->retained_at = 0;
    heap_retained_free(&f->retained);
    if (heap_retained_make(&f->retained, h))
        return NULL;
    f->retained_at = moment(h);
    return &f->retained;
}

static uint32_t *head(struct lookup *f, uint32_t name)
{
    uint32_t hash = name * 0x9E3779B1u;
    return &f->heads.data[(hash ^ hash >> 15) & (f->heads.len - 1)];
}

/* Makes the index empty, with room for all dead names. 0, or -1 without memory. */
static int index_begin(struct lookup *f, const struct heap *h)
{
    size_t len = 64;
    while (len < h->dead_names.len)
        len *= 2;
    if (len > f->heads.len) {
        if (vec_reserve(&f->heads, len - f->heads.len) || vec_reserve(&f->older, len - f->older.len))
            return -1;
        f->heads.len = f->older.len = len;
    }
    memset(f->heads.data, 0, f->heads.len * sizeof *f->heads.data);
    f->dead = h->dead_name_count - h->dead_names.len;
    return 0;
}

int lookup_dead(struct lookup *f, const struct heap *h, uint32_t name)
{
    uint64_t count = h->dead_name_count;
    if ((h->dead_names.len > f->heads.len || f->dead > count || count - f->dead > h->dead_names.len) &&
        index_begin(f, h))
        return -1;
    for (; f->dead < count; f->dead++) {
        uint32_t place = (uint32_t)(f->dead % DEAD_NAMES), *first = head(f, h->dead_names.data[place].name);
        f->older.data[place] = *first;
        *first = place + 1;
    }
    uint64_t newer = 0; /* a place that has been written again is in another list: it is not older */
    for (uint32_t at = f->heads.len ? *head(f, name) : 0; at; at = f->older.data[at - 1]) {
        uint64_t age = (count - at) % DEAD_NAMES + 1;
        if (age <= newer)
            return 0;
        if (h->dead_names.data[at - 1].name == name)
            return 1;
        newer = age;
    }
    return 0;
}
