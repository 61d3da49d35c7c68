/* pauses.c - stores pauses, first as a list and then as a histogram; slides the windows; makes statistics. */
#include "heap/pauses.h"

#include <stdlib.h>
#include <string.h>

#define KIND_MASK ((UINT64_C(1) << PAUSE_KIND_BITS) - 1)

void pause_store_init(struct pause_store *store, bool toy)
{
    memset(store, 0, sizeof *store);
    uint64_t length = toy ? 1000 : 1000000;
    for (unsigned w = 0; w < MMU_WINDOWS; w++, length *= 10)
        store->windows[w].length = length;
}

void pause_store_free(struct pause_store *store)
{
    vec_free(&store->lengths);
    vec_free(&store->bins);
    vec_free(&store->recent);
}

int pause_store_copy(struct pause_store *to, const struct pause_store *from)
{
    *to = *from;
    to->lengths.data = to->bins.data = NULL;
    to->recent.data = NULL;
    to->lengths.cap = to->bins.cap = to->recent.cap = 0;
    int failed = vec_duplicate((void *)&to->lengths.data, &to->lengths.cap, from->lengths.data,
                               sizeof *from->lengths.data, from->lengths.len, from->lengths.cap);
    failed |= vec_duplicate((void *)&to->bins.data, &to->bins.cap, from->bins.data, sizeof *from->bins.data,
                            from->bins.len, from->bins.cap);
    failed |= vec_duplicate((void *)&to->recent.data, &to->recent.cap, from->recent.data, sizeof *from->recent.data,
                            from->recent.len, from->recent.cap);
    return failed ? -1 : 0;
}

/* ---- histogram ---- */

/* Lengths below 2^(BIN_BITS + 1) have a bin each; from there on every power of two is divided in 2^BIN_BITS bins. */
#define BIN_BITS 10

uint64_t pause_bin(uint64_t length)
{
    unsigned shift = 0;
    while (length >> shift >= UINT64_C(2) << BIN_BITS)
        shift++;
    return ((uint64_t)shift << BIN_BITS) + (length >> shift);
}

uint64_t pause_bin_middle(uint64_t bin)
{
    unsigned shift = bin < UINT64_C(2) << BIN_BITS ? 0 : (unsigned)(bin >> BIN_BITS) - 1;
    uint64_t low = (bin - ((uint64_t)shift << BIN_BITS)) << shift;
    return low + ((UINT64_C(1) << shift) - 1) / 2;
}

/* Makes len bins, more than there are. 0, or -1 without memory. */
static int bins_reach(struct pause_store *store, size_t len)
{
    size_t more = len - store->bins.len;
    if (vec_reserve(&store->bins, more))
        return -1;
    memset(store->bins.data + store->bins.len, 0, more * sizeof *store->bins.data);
    store->bins.len = len;
    return 0;
}

static int bin_add(struct pause_store *store, enum pause_kind kind, uint64_t length)
{
    size_t place = (size_t)pause_bin(length) * PAUSE_KINDS + kind;
    if (place >= store->bins.len && bins_reach(store, place + 1))
        return -1;
    store->bins.data[place]++;
    return 0;
}

static int make_histogram(struct pause_store *store)
{
    for (size_t i = 0; i < store->lengths.len; i++) {
        uint64_t word = store->lengths.data[i];
        if (bin_add(store, (enum pause_kind)(word & KIND_MASK), word >> PAUSE_KIND_BITS)) {
            vec_free(&store->bins); /* as if nothing had been tried */
            return -1;
        }
    }
    vec_free(&store->lengths);
    store->histogram = true;
    return 0;
}

static int length_add(struct pause_store *store, enum pause_kind kind, uint64_t length)
{
    if (!store->histogram && store->lengths.len >= PAUSES_EXACT && make_histogram(store))
        return -1;
    if (store->histogram)
        return bin_add(store, kind, length);
    return vec_push(&store->lengths, length << PAUSE_KIND_BITS | kind);
}

/* ---- windows ---- */

/* Evaluates the window that ends with the newest pause. */
static void window_slide(struct mmu_window *w, const struct pause_span *recent, const struct pause_span *newest)
{
    uint64_t end = newest->start + newest->length;
    w->sum += newest->length;
    if (newest->start < w->length)
        w->first += end < w->length ? newest->length : w->length - newest->start;
    if (end < w->length)
        return;
    uint64_t begin = end - w->length;
    while (recent[w->head].start + recent[w->head].length <= begin)
        w->sum -= recent[w->head++].length;
    uint64_t head = recent[w->head].start;
    uint64_t within = w->sum - (head < begin ? begin - head : 0);
    if (within > w->worst)
        w->worst = within;
}

/* Drops the pauses before the longest window, once they are half of all. */
static void forget(struct pause_store *store)
{
    uint64_t gone = store->windows[MMU_WINDOWS - 1].head;
    if (gone < 16 || gone < store->recent.len / 2)
        return;
    store->recent.len -= gone;
    memmove(store->recent.data, store->recent.data + gone, store->recent.len * sizeof *store->recent.data);
    for (unsigned w = 0; w < MMU_WINDOWS; w++)
        store->windows[w].head -= gone;
}

static void add_totals(struct pause_totals *to, const struct pause_totals *from)
{
    if (from->count == 0)
        return;
    to->min_ns = to->count == 0 || from->min_ns < to->min_ns ? from->min_ns : to->min_ns;
    to->max_ns = from->max_ns > to->max_ns ? from->max_ns : to->max_ns;
    to->total_ns += from->total_ns;
    to->count += from->count;
}

int pause_store_join(struct pause_store *to, const struct pause_store *from)
{
    if (from->histogram && !to->histogram && make_histogram(to))
        return -1;
    for (size_t i = 0; i < from->lengths.len; i++)
        if (length_add(to, (enum pause_kind)(from->lengths.data[i] & KIND_MASK),
                       from->lengths.data[i] >> PAUSE_KIND_BITS))
            return -1;
    if (from->bins.len > to->bins.len && bins_reach(to, from->bins.len))
        return -1;
    for (size_t i = 0; i < from->bins.len; i++)
        to->bins.data[i] += from->bins.data[i];
    for (unsigned kind = 0; kind < PAUSE_KINDS; kind++)
        add_totals(&to->totals[kind], &from->totals[kind]);
    return 0;
}

int pause_store_add(struct pause_store *store, enum pause_kind kind, uint64_t start_ns, uint64_t length_ns)
{
    struct pause_totals *t = &store->totals[kind];
    struct pause_span span = {start_ns, length_ns};
    if (length_ns != 0 && vec_reserve(&store->recent, 1))
        return -1;
    if (length_add(store, kind, length_ns))
        return -1;
    t->min_ns = t->count == 0 || length_ns < t->min_ns ? length_ns : t->min_ns;
    t->max_ns = length_ns > t->max_ns ? length_ns : t->max_ns;
    t->total_ns += length_ns;
    t->count++;
    if (length_ns == 0)
        return 0;
    store->recent.data[store->recent.len++] = span;
    for (unsigned w = 0; w < MMU_WINDOWS; w++)
        window_slide(&store->windows[w], store->recent.data, &span);
    forget(store);
    return 0;
}

uint64_t pause_store_utilization(const struct pause_store *store, unsigned window, uint64_t run_ns)
{
    const struct mmu_window *w = &store->windows[window];
    bool whole = run_ns < w->length;
    uint64_t length = whole ? run_ns : w->length, pauses = w->first;
    if (!whole && w->worst > pauses)
        pauses = w->worst;
    if (length == 0)
        return 1000000;
    if (pauses > length)
        return 0;
    return ((length - pauses) * 2000000 + length) / (2 * length);
}

/* ---- statistics ---- */

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* ceil(n * percent / 100), at least 1 */
static uint64_t rank_of(uint64_t n, unsigned percent)
{
    uint64_t rank = n / 100 * percent + (n % 100 * percent + 99) / 100;
    return rank == 0 ? 1 : rank;
}

uint64_t percentile(const uint64_t *ascending, size_t n, unsigned percent)
{
    return ascending[rank_of(n, percent) - 1];
}

static int exact_percentiles(const struct pause_store *store, unsigned mask, struct pause_statistics *s)
{
    uint64_t *lengths = malloc((size_t)s->count * sizeof *lengths);
    if (lengths == NULL)
        return -1;
    size_t n = 0;
    for (size_t i = 0; i < store->lengths.len; i++) {
        uint64_t word = store->lengths.data[i];
        if (mask & 1u << (word & KIND_MASK))
            lengths[n++] = word >> PAUSE_KIND_BITS;
    }
    qsort(lengths, n, sizeof *lengths, compare);
    s->p50_ns = percentile(lengths, n, 50);
    s->p95_ns = percentile(lengths, n, 95);
    s->p99_ns = percentile(lengths, n, 99);
    free(lengths);
    return 0;
}

static uint64_t histogram_percentile(const struct pause_store *store, unsigned mask, const struct pause_statistics *s,
                                     unsigned percent)
{
    uint64_t rank = rank_of(s->count, percent), below = 0;
    for (size_t place = 0; place < store->bins.len; place++) {
        if (mask & 1u << place % PAUSE_KINDS)
            below += store->bins.data[place];
        if (below >= rank) {
            uint64_t middle = pause_bin_middle(place / PAUSE_KINDS);
            return middle < s->min_ns ? s->min_ns : middle > s->max_ns ? s->max_ns : middle;
        }
    }
    return s->max_ns;
}

int pause_store_statistics(const struct pause_store *store, unsigned mask, struct pause_statistics *s)
{
    *s = (struct pause_statistics){0};
    for (unsigned kind = 0; kind < PAUSE_KINDS; kind++) {
        const struct pause_totals *t = &store->totals[kind];
        if (!(mask & 1u << kind) || t->count == 0)
            continue;
        s->min_ns = s->count == 0 || t->min_ns < s->min_ns ? t->min_ns : s->min_ns;
        s->max_ns = t->max_ns > s->max_ns ? t->max_ns : s->max_ns;
        s->total_ns += t->total_ns;
        s->count += t->count;
    }
    if (s->count == 0)
        return 0;
    s->mean_ns = s->total_ns / s->count + (s->total_ns % s->count >= (s->count + 1) / 2); /* half up */
    if (mask & PAUSES_TOTALS)
        return 0;
    if (!store->histogram)
        return exact_percentiles(store, mask, s);
    s->p50_ns = histogram_percentile(store, mask, s, 50);
    s->p95_ns = histogram_percentile(store, mask, s, 95);
    s->p99_ns = histogram_percentile(store, mask, s, 99);
    return 0;
}
