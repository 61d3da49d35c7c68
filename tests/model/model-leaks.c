/* model-leaks.c - leak analysis, straight from the words of "Leak analysis". */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "model-internal.h"

enum { GROWTH = 6, STALE = 5 };

static uint64_t majors(const model *m)
{
    uint64_t count = 0;
    for (size_t i = 0; i < m->collection_count; i++)
        count += m->collections[i].major;
    return count;
}

void md_use(model *m, object *o)
{
    o->majors_when_named = majors(m);
}

void md_use_deep(model *m, object *o)
{
    list found = {0};
    md_list_add(&found, o);
    for (size_t i = 0; i < found.count; i++) {
        object *holder = found.items[i];
        md_use(m, holder);
        for (slot *s = holder->slots; s != NULL; s = s->next) {
            bool known = s->target == NULL || s->weak;
            for (size_t k = 0; k < found.count; k++)
                known = known || found.items[k] == s->target;
            if (!known)
                md_list_add(&found, s->target);
        }
    }
    md_list_free(&found);
}

/* Not named by any event during the last five majors; nothing is stale before the fifth. */
static bool forgotten(const model *m, const object *o)
{
    return majors(m) >= o->majors_when_named + STALE;
}

void md_note_stale(model *m)
{
    for (size_t i = 0; i < m->objects.count; i++) {
        object *o = m->objects.items[i];
        if (!o->dead && forgotten(m, o))
            o->was_stale = true;
    }
}

static void put_growth(const model *m, FILE *out)
{
    uint64_t left[GROWTH], count = 0, rises = 0, skip = majors(m) > GROWTH ? majors(m) - GROWTH : 0;
    for (size_t i = 0; i < m->collection_count; i++)
        if (m->collections[i].major && skip > 0)
            skip--;
        else if (m->collections[i].major)
            left[count++] = m->collections[i].used_after;
    while (rises + 1 < count && left[count - 1 - rises] > left[count - 2 - rises])
        rises++;
    fprintf(out, " \"leaks\": {\"verdict\": \"%s\", \"rises\": %" PRIu64 ", \"series\": [",
            count < GROWTH        ? "unknown"
            : rises == GROWTH - 1 ? "growing"
                                  : "steady",
            rises);
    for (uint64_t i = 0; i < count; i++)
        fprintf(out, "%s%" PRIu64, i == 0 ? "" : ", ", left[i]);
    fputs("]", out);
}

typedef struct site {
    const char *name; /* "(top)" if there is none */
    uint64_t place;   /* in order of the first allocation, but (top) before all */
    uint64_t allocations, bytes, live, live_bytes, stale, stale_bytes, late;
} site;

static void count_object(const model *m, const object *o, site *s)
{
    s->allocations++;
    s->bytes += o->size;
    if (o->dead || !o->marked) {
        s->late += o->was_stale;
        return;
    }
    s->live++;
    s->live_bytes += o->size;
    if (forgotten(m, o)) {
        s->stale++;
        s->stale_bytes += o->size;
    }
}

static const char *class_of(const site *s)
{
    if (s->stale > 0 && s->stale == s->allocations)
        return s->allocations >= 2 ? "frequent" : "one-time";
    return s->stale > 0 ? "occasional" : s->late > 0 ? "implicit" : "none";
}

static int by_stale_bytes(const void *a, const void *b)
{
    const site *x = a, *y = b;
    if (x->stale_bytes != y->stale_bytes)
        return x->stale_bytes < y->stale_bytes ? 1 : -1;
    return x->place < y->place ? -1 : 1;
}

static site *find_site(site *sites, size_t *count, const char *name)
{
    for (size_t i = 0; i < *count; i++)
        if (strcmp(sites[i].name, name) == 0)
            return &sites[i];
    sites[*count] = (site){.name = name, .place = strcmp(name, "(top)") == 0 ? 0 : *count + 1};
    return &sites[(*count)++];
}

void md_report_leaks(model *m, FILE *out)
{
    site *sites = txt_alloc(m->objects.count + 1, sizeof *sites), all = {0};
    size_t count = 0;
    model_mark(m);
    for (size_t i = 0; i < m->objects.count; i++) {
        const object *o = m->objects.items[i];
        count_object(m, o, find_site(sites, &count, o->site));
        count_object(m, o, &all);
    }
    qsort(sites, count, sizeof *sites, by_stale_bytes);
    put_growth(m, out);
    fprintf(out, ", \"stale\": %" PRIu64 ", \"stale_bytes\": %" PRIu64 ", \"sites\": [", all.stale, all.stale_bytes);
    for (size_t i = 0; i < count; i++) {
        const site *s = &sites[i];
        fprintf(out,
                "%s\n  {\"site\": \"%s\", \"class\": \"%s\", \"allocations\": %" PRIu64 ", \"bytes\": %" PRIu64
                ", \"live\": %" PRIu64 ", \"live_bytes\": %" PRIu64 ", \"stale\": %" PRIu64
                ", \"stale_bytes\": %" PRIu64 "}",
                i == 0 ? "" : ",", s->name, class_of(s), s->allocations, s->bytes, s->live, s->live_bytes, s->stale,
                s->stale_bytes);
    }
    fputs("]},\n", out);
    free(sites);
}
