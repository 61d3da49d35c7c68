/*
 * summary.c - the results of a run for people: plain text of at most 80 columns.
 *
 * ASCII, except for the user's own words, since the terminal is unknown. Sizes are rounded, with exact numbers beside
 * them where useful; the JSON report has all of them.
 */
#include "base/writer.h"
#include "report/leak_report.h"
#include "report/report.h"
#include "report/sink.h"
#include "report/totals.h"

#define COLUMNS 80
#define LABEL 16    /* columns of a line's label */
#define BAR 40      /* columns of the longest bar */
#define AGES 8      /* ages that have a bar of their own */
#define FAILURES 10 /* failed expectations that are shown */
#define WORKERS 20  /* most workers that are shown */

struct page_of_text {
    struct out out;
    const struct run *run;
    struct heaps heaps; /* all heaps: the figures are their sums */
    struct totals totals;
    const struct config *config; /* of the first heap */
};

/* Writes a text right-aligned in width columns. */
static void put_right(struct out *out, const char *text, size_t width)
{
    size_t len = strlen(text);
    out_repeat(out, ' ', len < width ? width - len : 0);
    out_words(out, text);
}

static void put_size(struct out *out, uint64_t bytes, size_t width)
{
    char text[OUT_HUMAN];
    put_right(out, human_size(text, bytes), width);
}

static void put_count(struct out *out, uint64_t value, size_t width)
{
    char text[OUT_HUMAN];
    put_right(out, human_number(text, value), width);
}

static void put_duration(struct out *out, uint64_t ns, size_t width)
{
    char text[OUT_HUMAN];
    put_right(out, human_duration(text, ns), width);
}

static void put_label(struct out *out, const char *label)
{
    out_words(out, label);
    out_repeat(out, ' ', LABEL - strlen(label));
}

/* Pieces of text after a label, filled into lines. */
struct flow {
    struct out *out;
    const char *separator;
    size_t column; /* 0: nothing yet */
};

static void flow_begin(struct flow *flow, struct out *out, const char *label, const char *separator)
{
    *flow = (struct flow){out, separator, 0};
    put_label(out, label);
}

/* "NUMBER WORD", or "WORD NUMBER" if the word comes first. */
static void flow_piece(struct flow *flow, const char *before, uint64_t number, const char *behind)
{
    char text[OUT_HUMAN];
    size_t gap = strlen(flow->separator);
    size_t width = strlen(before) + strlen(human_number(text, number)) + strlen(behind);
    if (flow->column != 0 && flow->column + gap + width > COLUMNS) {
        out_char(flow->out, '\n');
        out_repeat(flow->out, ' ', LABEL);
        flow->column = 0;
    } else if (flow->column != 0) {
        out_words(flow->out, flow->separator);
        flow->column += gap;
    }
    out_words(flow->out, before);
    out_words(flow->out, text);
    out_words(flow->out, behind);
    flow->column = (flow->column ? flow->column : LABEL) + width;
}

/* Ends the line; if it had no pieces, writes the text for none. */
static void flow_end(struct flow *flow, const char *none)
{
    if (flow->column == 0)
        out_words(flow->out, none);
    out_char(flow->out, '\n');
}

static void put_title(struct page_of_text *p)
{
    struct out *out = &p->out;
    if (p->run->title != NULL) {
        out_safe(out, p->run->title, strlen(p->run->title), COLUMNS);
        out_char(out, '\n');
    }
    if (p->run->path != NULL) {
        out_safe(out, p->run->path, strlen(p->run->path), COLUMNS - 31);
        out_words(out, ", ");
    }
    out_format(out, "profile %s, era %s\n\n", profile_word(p->config->profile), era_word(p->config->era));
}

/* The events that occurred, by word. */
static void put_events(struct page_of_text *p)
{
    struct flow flow;
    flow_begin(&flow, &p->out, "Events", "   ");
    flow_piece(&flow, "", run_events(p->run), " in all");
#define X(symbol, word, acts)                                                                                          \
    if (acts && p->totals.counts[TRACE_##symbol] != 0)                                                                 \
        flow_piece(&flow, word " ", p->totals.counts[TRACE_##symbol], "");
    TRACE_OPS(X)
#undef X
    flow_end(&flow, "none");
}

/* Minimum mutator utilization, if there was any pause. */
static void put_mmu(struct page_of_text *p)
{
    struct mmu mmu[TOTALS_WINDOWS];
    if (p->totals.gc_ns == 0)
        return;
    unsigned n = totals_mmu(&p->heaps, mmu);
    put_label(&p->out, "MMU");
    for (unsigned w = 0; w < n; w++) {
        if (w == MMU_WINDOWS) { /* heaps of several geometries */
            out_char(&p->out, '\n');
            out_repeat(&p->out, ' ', LABEL);
        }
        unsigned tenths = (unsigned)((mmu[w].utilization + 500) / 1000); /* of a percent */
        int digits = (int)strspn(mmu[w].name, "0123456789");
        out_format(&p->out, "%s%.*s %s: %u.%u %%", w % MMU_WINDOWS == 0 ? "" : ", ", digits, mmu[w].name,
                   mmu[w].name + digits, tenths / 10, tenths % 10);
    }
    out_char(&p->out, '\n');
}

static void put_course(struct page_of_text *p)
{
    struct out *out = &p->out;
    const struct totals *t = &p->totals;
    char text[OUT_HUMAN];
    struct flow flow;
    put_label(out, "Outcome");
    out_words(out, outcome_word(run_outcome(p->run)));
    out_char(out, '\n');
    put_label(out, "Simulated time");
    out_words(out, human_duration(text, t->total_ns));
    out_format(out, ": program %s", human_duration(text, t->mutator_ns));
    out_format(out, ", collector %s", human_duration(text, t->gc_ns));
    out_words(out, run_has_workers(p->run) ? " (the longest)\n" : "\n");
    put_mmu(p);
    flow_begin(&flow, out, "Objects", ", ");
    flow_piece(&flow, "", t->counters.allocated, " allocated");
    flow_piece(&flow, "", t->counters.collected, " collected");
    flow_piece(&flow, "", t->live, " live");
    flow_piece(&flow, "at most ", t->peak_live, "");
    flow_end(&flow, "");
    put_events(p);
}

static void put_usage(struct out *out, const char *name, uint64_t now, uint64_t peak)
{
    out_format(out, "  %-14s", name);
    put_size(out, now, 8);
    put_count(out, now, 21);
    put_size(out, peak, 12);
    put_count(out, peak, 21);
    out_char(out, '\n');
}

static void put_memory(struct page_of_text *p)
{
    struct out *out = &p->out;
    const struct memory_usage *now = &p->totals.now, *peak = &p->totals.peak;
    out_words(out, "\nMemory");
    put_right(out, "now", 18);
    put_right(out, "bytes", 21);
    put_right(out, "peak", 12);
    put_right(out, "bytes", 21);
    out_char(out, '\n');
    put_usage(out, "heapUsed", now->heap_used, peak->heap_used);
    put_usage(out, "heapTotal", now->heap_total, peak->heap_total);
    put_usage(out, "external", now->external, peak->external);
    put_usage(out, "rss", now->rss, peak->rss);
}

static void put_space(struct page_of_text *p, enum space_id id, const char *name)
{
    struct out *out = &p->out;
    struct space_figures f;
    char text[OUT_HUMAN];
    if (!totals_space(&p->heaps, id, name, &f))
        return;
    out_format(out, "  %-14s", name);
    if (f.size == 0) {
        out_words(out, "       -\n");
        return;
    }
    put_size(out, f.used, 8);
    put_size(out, f.size, 9);
    put_size(out, f.available, 9);
    put_size(out, f.wasted, 9);
    put_count(out, f.objects, 13);
    put_count(out, f.pages, 7);
    uint64_t tenths = (f.fragmentation + 500) / 1000; /* of a percent */
    snprintf(text, sizeof text, "%u.%u %%", (unsigned)(tenths / 10), (unsigned)(tenths % 10));
    put_right(out, text, 9);
    out_char(out, '\n');
}

static void put_spaces(struct page_of_text *p)
{
    out_words(&p->out, "\nSpaces              used     size     free   wasted      objects  pages   fragm.\n");
    for (enum space_id id = 0; id < SPACE_COUNT; id++) {
        const char *name = NULL;
        while ((name = totals_space_name(id, name)) != NULL)
            put_space(p, id, name);
    }
}

/* Sums over the recorded collections of a type, and their pauses. 0, or -1 without memory. */
static int put_collections_of(struct page_of_text *p, enum collection_type type)
{
    struct out *out = &p->out;
    struct pauses pauses;
    uint64_t copied = 0, promoted = 0, dead = 0;
    const struct worker *it;
    size_t at;
    if (totals_pauses(&p->heaps, 1u << type, &pauses))
        return -1;
    HEAPS_EACH (&p->heaps, at, it) {
        for (size_t i = 0; i < it->heap.collections.len; i++) {
            const struct collection *c = &it->heap.collections.data[i];
            if (c->type == type) {
                copied += c->copied_bytes;
                promoted += c->promoted_bytes;
                dead += c->dead_bytes;
            }
        }
    }
    out_format(out, "  %-12s", collection_type_word(type));
    put_count(out, pauses.is.count, 9);
    if (pauses.is.count == 0) {
        out_char(out, '\n');
        return 0;
    }
    put_size(out, copied, 9);
    put_size(out, promoted, 10);
    put_size(out, dead, 9);
    put_duration(out, pauses.is.p50_ns, 9);
    put_duration(out, pauses.is.max_ns, 9);
    put_duration(out, pauses.is.total_ns, 9);
    out_char(out, '\n');
    return 0;
}

static int put_collections(struct page_of_text *p)
{
    const struct counters *c = &p->totals.counters;
    struct out *out = &p->out;
    out_words(out, "\nCollections    count   copied  promoted     dead   median  longest    total\n");
    for (unsigned type = 0; type < COLLECTION_TYPES; type++)
        if (put_collections_of(p, (enum collection_type)type))
            return -1;
    if (p->totals.collections < c->scavenges + c->mark_sweeps + c->mark_compacts) {
        out_words(out, "  (bytes of ");
        out_grouped(out, p->totals.collections);
        out_words(out, " of them: see --max-collections)\n");
    }
    return 0;
}

static void put_promotion(struct page_of_text *p)
{
    static const char *const words[PROMOTION_RULE_COUNT] = {
        [PROMOTION_AGE] = "by age ",           [PROMOTION_THRESHOLD] = "by threshold ",
        [PROMOTION_OVERFLOW] = "by overflow ", [PROMOTION_MAJOR] = "by a major ",
        [PROMOTION_LARGE] = "large ",
    };
    struct flow flow;
    out_char(&p->out, '\n');
    flow_begin(&flow, &p->out, "Promoted", ", ");
    for (unsigned rule = 0; rule < PROMOTION_RULE_COUNT; rule++)
        if (p->totals.counters.promotion[rule] != 0)
            flow_piece(&flow, words[rule], p->totals.counters.promotion[rule], "");
    flow_end(&flow, "nothing");
}

static void put_bar(struct out *out, const char *label, uint64_t count, uint64_t most)
{
    size_t len = (size_t)((count * BAR + most / 2) / most);
    put_right(out, label, LABEL + 4);
    out_words(out, "  ");
    out_repeat(out, '#', len == 0 && count != 0 ? 1 : len);
    out_repeat(out, ' ', len == 0 && count != 0 ? BAR - 1 : BAR - len);
    put_count(out, count, 16);
    out_char(out, '\n');
}

/* Objects by the scavenges that they survived; the oldest together. */
static int put_survival(struct page_of_text *p)
{
    struct survival_list list = {{0}};
    uint64_t bars[AGES] = {0}, most = 1;
    size_t n = 0;
    if (totals_survival(&p->heaps, &list)) {
        vec_free(&list.counts);
        return -1;
    }
    for (size_t age = 0; age < list.counts.len; age++) {
        size_t bar = age < AGES ? age : AGES - 1;
        bars[bar] += list.counts.data[age];
        most = bars[bar] > most ? bars[bar] : most;
        n = bar + 1;
    }
    put_label(&p->out, "Survived");
    out_words(&p->out, n == 0 ? "no objects\n" : "scavenges, and how many objects did\n");
    for (size_t bar = 0; bar < n; bar++) {
        char label[8];
        snprintf(label, sizeof label, "%u%s", (unsigned)bar, bar == AGES - 1 && list.counts.len > AGES ? "+" : "");
        put_bar(&p->out, label, bars[bar], most);
    }
    vec_free(&list.counts);
    return 0;
}

static void put_barriers(struct page_of_text *p)
{
    const struct counters *c = &p->totals.counters;
    struct out *out = &p->out;
    struct flow flow;
    flow_begin(&flow, out, "Write barrier", ", ");
    flow_piece(&flow, "hits ", c->barriers_generational, "");
    flow_piece(&flow, "remembered set at most ", c->remembered_peak, "");
    flow_end(&flow, "");
    if (c->weak_cleared != 0 || c->finalized != 0) {
        flow_begin(&flow, out, "Weak", ", ");
        flow_piece(&flow, "cleared ", c->weak_cleared, "");
        flow_piece(&flow, "finalized ", c->finalized, "");
        flow_end(&flow, "");
    }
}

/* ---- workers ---- */

static void put_worker(struct out *out, const struct worker *it)
{
    const struct heap *h = &it->heap;
    const struct counters *c = &h->counters;
    const char *name = worker_name(it);
    struct memory_usage usage = heap_memory_usage(h);
    uint64_t longest = 0;
    for (unsigned kind = 0; kind < PAUSE_KINDS; kind++)
        if (h->pauses.totals[kind].max_ns > longest)
            longest = h->pauses.totals[kind].max_ns;
    out_words(out, "  ");
    out_repeat(out, ' ', 14 - out_safe(out, name, strlen(name), 14));
    put_count(out, c->events, 11);
    put_duration(out, heap_now(h), 10);
    put_size(out, usage.heap_used, 9);
    put_size(out, usage.heap_total, 10);
    put_count(out, c->scavenges, 7);
    put_count(out, c->mark_sweeps + c->mark_compacts, 6);
    put_duration(out, longest, 10);
    out_char(out, '\n');
    if (h->out_of_memory) {
        out_words(out, "    out of memory, line ");
        out_number(out, h->line);
        out_char(out, '\n');
    }
}

/* The leaks of each heap. 0, or -1 without memory. */
static int put_leaks(struct page_of_text *p)
{
    const struct worker *it;
    size_t at, shown = 0;
    HEAPS_EACH (&p->heaps, at, it) {
        const char *name = worker_name(it);
        if (it->heap.growth.majors == 0 || shown++ >= WORKERS)
            continue;
        if (run_has_workers(p->run)) {
            out_char(&p->out, '\n');
            put_label(&p->out, "Worker");
            out_safe(&p->out, name, strlen(name), COLUMNS - LABEL);
        }
        if (leak_report_put(&p->out, &it->heap))
            return -1;
    }
    return 0;
}

static void put_workers(struct page_of_text *p)
{
    const struct worker *it;
    size_t at, shown = 0;
    if (!run_has_workers(p->run))
        return;
    out_words(&p->out, "\nWorkers              events      time     used     total  minor major   longest\n");
    HEAPS_EACH (&p->heaps, at, it) {
        if (shown++ < WORKERS)
            put_worker(&p->out, it);
    }
    if (shown > WORKERS)
        out_format(&p->out, "  and %zu more\n", shown - WORKERS);
}

static void put_failure(struct out *out, const struct expectation *e)
{
    out_words(out, "  line ");
    out_number(out, e->line);
    out_words(out, ": expect ");
    out_safe(out, e->condition, strlen(e->condition), COLUMNS - 36);
    out_char(out, '\n');
    if (e->found != NULL) {
        out_words(out, "    found ");
        out_safe(out, e->found, strlen(e->found), COLUMNS - 10);
        out_char(out, '\n');
    }
}

static void put_expectations(struct page_of_text *p)
{
    const struct run *run = p->run;
    struct out *out = &p->out;
    struct flow flow;
    uint64_t shown = 0;
    if (run->passed + run->failed == 0)
        return;
    flow_begin(&flow, out, "Expectations", ", ");
    flow_piece(&flow, "", run->passed, " passed");
    flow_piece(&flow, "", run->failed, " failed");
    flow_end(&flow, "");
    for (size_t i = 0; i < run->expectations.len && shown < FAILURES; i++) {
        if (!run->expectations.data[i].passed) {
            put_failure(out, &run->expectations.data[i]);
            shown++;
        }
    }
    if (run->failed > shown) {
        out_words(out, "  and ");
        out_grouped(out, run->failed - shown);
        out_words(out, " more\n");
    }
}

int report_write_summary(const struct run *run, FILE *out)
{
    struct page_of_text p = {.run = run, .heaps = heaps_all(run)};
    size_t at = 0;
    const struct worker *first = heaps_next(&p.heaps, &at);
    if (first == NULL)
        return -1;
    p.totals = totals_of(&p.heaps);
    p.config = &first->heap.config;
    out_to_file(&p.out, out);
    put_title(&p);
    put_course(&p);
    put_workers(&p);
    put_memory(&p);
    put_spaces(&p);
    if (put_collections(&p))
        return -1;
    put_promotion(&p);
    if (put_survival(&p))
        return -1;
    put_barriers(&p);
    if (put_leaks(&p))
        return -1;
    put_expectations(&p);
    return out_flush(&p.out);
}
