/* totals.c - sums, merges and maxima over heaps. */
#include "report/totals.h"

struct heaps heaps_all(const struct run *run)
{
    return (struct heaps){run, 0, run_workers(run)};
}

struct heaps heaps_current(const struct run *run)
{
    return (struct heaps){run, run->current->index, run->current->index + 1};
}

const struct worker *heaps_next(const struct heaps *heaps, size_t *at)
{
    while (*at < heaps->end) {
        const struct worker *it = run_worker(heaps->run, (*at)++);
        if (it->ready)
            return it;
    }
    return NULL;
}

static void longer(uint64_t *longest, uint64_t ns)
{
    if (ns > *longest)
        *longest = ns;
}

static void add_usage(struct memory_usage *sum, const struct memory_usage *usage)
{
    sum->rss += usage->rss;
    sum->heap_total += usage->heap_total;
    sum->heap_used += usage->heap_used;
    sum->external += usage->external;
}

/* All of struct counters is 64-bit words. */
static void add_counters(struct counters *sum, const struct counters *counters)
{
    for (size_t i = 0; i < sizeof *sum / sizeof(uint64_t); i++) {
        uint64_t a, b;
        memcpy(&a, (const char *)sum + i * sizeof a, sizeof a);
        memcpy(&b, (const char *)counters + i * sizeof b, sizeof b);
        a += b;
        memcpy((char *)sum + i * sizeof a, &a, sizeof a);
    }
}

struct totals totals_of(const struct heaps *heaps)
{
    struct totals t = {0};
    const struct worker *it;
    size_t at;
    HEAPS_EACH (heaps, at, it) {
        const struct heap *h = &it->heap;
        uint64_t peak_live;
        struct memory_usage now = heap_memory_usage(h), peak = heap_peak(h, &peak_live);
        longer(&t.total_ns, heap_now(h));
        longer(&t.mutator_ns, heap_mutator_ns(h));
        longer(&t.gc_ns, h->counters.gc_ns);
        add_usage(&t.now, &now);
        add_usage(&t.peak, &peak);
        t.live += h->live;
        t.peak_live += peak_live;
        for (unsigned op = 0; op < TRACE_OP_COUNT; op++)
            t.counts[op] += it->counts[op];
        t.passed += it->passed;
        t.failed += it->failed;
        t.collections += h->collections.len;
        add_counters(&t.counters, &h->counters);
        enum outcome outcome = worker_outcome(it);
        t.outcome = outcome > t.outcome ? outcome : t.outcome;
    }
    return t;
}

/* ---- spaces ---- */

const char *totals_space_name(enum space_id space, const char *last)
{
    bool behind = last == NULL;
    for (enum era era = 0; era < ERA_COUNT; era++) {
        const char *name = space_name(era, space);
        bool same = last != NULL && strcmp(name, last) == 0;
        if (era_has_space(era, space) && behind && !same)
            return name;
        behind |= same;
    }
    return NULL;
}

/* Does the heap's era have the space, with that name? */
static bool has_space(const struct heap *h, enum space_id space, const char *name)
{
    return era_has_space(h->config.era, space) && strcmp(space_name(h->config.era, space), name) == 0;
}

bool totals_space(const struct heaps *heaps, enum space_id space, const char *name, struct space_figures *sum)
{
    const struct worker *it;
    size_t at;
    bool any = false;
    *sum = (struct space_figures){0};
    HEAPS_EACH (heaps, at, it) {
        if (!has_space(&it->heap, space, name))
            continue;
        struct space_figures figures = heap_space_figures(&it->heap, space);
        space_figures_add(sum, &figures);
        any = true;
    }
    return any;
}

static int add_category(struct category_list *list, uint64_t min, uint64_t count, uint64_t bytes)
{
    size_t i = 0;
    while (i < list->categories.len && list->categories.data[i].min < min)
        i++;
    if (i == list->categories.len || list->categories.data[i].min != min) {
        if (vec_reserve(&list->categories, 1))
            return -1;
        struct category *place = list->categories.data + i;
        memmove(place + 1, place, (list->categories.len++ - i) * sizeof *place);
        *place = (struct category){.min = min};
    }
    list->categories.data[i].count += count;
    list->categories.data[i].bytes += bytes;
    return 0;
}

int totals_free_list(const struct heaps *heaps, enum space_id space, const char *name, struct category_list *out)
{
    const struct worker *it;
    size_t at;
    HEAPS_EACH (heaps, at, it) {
        const struct heap *h = &it->heap;
        uint64_t min[FREE_CATEGORIES];
        unsigned n = space_paged(space) && has_space(h, space, name) ? heap_free_categories(h, min) : 0;
        for (unsigned i = 0; i < n; i++) {
            uint64_t count = 0, units = 0;
            for (uint32_t b = h->spaces[space].categories[i]; b != NONE; b = h->blocks.data[b].next) {
                count++;
                units += h->blocks.data[b].size;
            }
            if (add_category(out, min[i], count, units * UNIT))
                return -1;
        }
    }
    return 0;
}

/* ---- objects by age ---- */

int totals_survival(const struct heaps *heaps, struct survival_list *out)
{
    const struct worker *it;
    size_t at;
    HEAPS_EACH (heaps, at, it) {
        struct survival_list one;
        int failed = heap_survival(&it->heap, &one);
        while (!failed && out->counts.len < one.counts.len)
            failed = vec_push(&out->counts, 0);
        for (size_t age = 0; !failed && age < one.counts.len; age++)
            out->counts.data[age] += one.counts.data[age];
        vec_free(&one.counts);
        if (failed)
            return -1;
    }
    return 0;
}

/* ---- pauses ---- */

int totals_pauses(const struct heaps *heaps, unsigned kinds, struct pauses *pauses)
{
    size_t at = heaps->first, behind;
    const struct worker *it = heaps_next(heaps, &at);
    behind = at;
    if (it && !heaps_next(heaps, &behind))
        return pauses_of(&it->heap, kinds, pauses);
    struct pause_store all;
    pause_store_init(&all, false);
    int failed = 0;
    HEAPS_EACH (heaps, at, it)
        failed = failed || pause_store_join(&all, &it->heap.pauses);
    pauses->histogram = all.histogram;
    failed = failed || pause_store_statistics(&all, kinds, &pauses->is);
    pause_store_free(&all);
    return failed ? -1 : 0;
}

unsigned totals_mmu(const struct heaps *heaps, struct mmu mmu[TOTALS_WINDOWS])
{
    const struct worker *it;
    size_t at;
    unsigned n = 0;
    HEAPS_EACH (heaps, at, it) {
        struct mmu one[MMU_WINDOWS];
        mmu_of(&it->heap, one);
        for (unsigned w = 0; w < MMU_WINDOWS; w++) {
            unsigned i = 0;
            while (i < n && mmu[i].window_ns < one[w].window_ns)
                i++;
            if (i < n && mmu[i].window_ns == one[w].window_ns) {
                if (one[w].utilization < mmu[i].utilization)
                    mmu[i] = one[w];
                continue;
            }
            memmove(mmu + i + 1, mmu + i, (n++ - i) * sizeof *mmu);
            mmu[i] = one[w];
        }
    }
    return n;
}

/* ---- collections ---- */

int collections_begin(struct collection_merge *merge, const struct heaps *heaps)
{
    *merge = (struct collection_merge){.heaps = heaps};
    for (size_t i = heaps->first; i < heaps->end; i++)
        if (vec_push(&merge->next, 0))
            return -1;
    return 0;
}

const struct collection *collections_next(struct collection_merge *merge, const struct worker **whose)
{
    const struct collection *first = NULL;
    const struct worker *it;
    size_t at, of = 0;
    HEAPS_EACH (merge->heaps, at, it) {
        size_t next = merge->next.data[at - 1 - merge->heaps->first];
        if (next == it->heap.collections.len)
            continue;
        const struct collection *c = &it->heap.collections.data[next];
        if (first && first->event <= c->event)
            continue;
        first = c;
        *whose = it;
        of = at - 1 - merge->heaps->first;
    }
    if (first)
        merge->next.data[of]++;
    return first;
}
