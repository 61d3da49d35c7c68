/*
 * document.c - the contents of the report, in their order (heapreel(1), "The report").
 *
 * Every figure is read from the heaps or the run here, and nowhere else.
 */
#include "report/labels.h"
#include "report/leak_report.h"
#include "report/sink.h"
#include "report/totals.h"

#include <stdlib.h>

#ifndef HEAPREEL_VERSION /* the build sets it */
#define HEAPREEL_VERSION "unknown"
#endif

static void tell_head(const struct run *run, struct sink *sink)
{
    sink_number(sink, "schema", 1);
    sink_string(sink, "heapreel", HEAPREEL_VERSION);
    if (!sink_open(sink, "trace", SINK_OBJECT))
        return;
    sink_string(sink, "path", run->path);
    sink_string(sink, "title", run->title);
    sink_number(sink, "events", run_events(run));
    sink_number(sink, "lines", report_lines(run));
    sink_close(sink);
}

static void tell_config(const struct config *config, struct sink *sink)
{
    if (!sink_open(sink, "config", SINK_OBJECT))
        return;
    sink_string(sink, "profile", profile_word(config->profile));
    sink_string(sink, "era", era_word(config->era));
    for (enum config_key key = 0; key < KEY_COUNT; key++) {
        uint64_t value = config_value(config, key);
        const char *const *words = config_key_choices(key);
        if (words)
            sink_string(sink, config_key_word(key), words[value]);
        else
            sink_number(sink, config_key_word(key), value);
    }
    sink_close(sink);
}

static void tell_events(const struct totals *totals, struct sink *sink)
{
    if (!sink_open(sink, "events", SINK_OBJECT))
        return;
#define X(symbol, word, acts)                                                                                          \
    if (acts)                                                                                                          \
        sink_number(sink, word, totals->counts[TRACE_##symbol]);
    TRACE_OPS(X)
#undef X
    sink_close(sink);
}

static void tell_time(const struct totals *totals, struct sink *sink)
{
    if (!sink_open(sink, "time", SINK_OBJECT))
        return;
    sink_number(sink, "total_ns", totals->total_ns);
    sink_number(sink, "mutator_ns", totals->mutator_ns);
    sink_number(sink, "gc_ns", totals->gc_ns);
    sink_close(sink);
}

static void tell_pauses_of(const struct heaps *heaps, const char *key, unsigned types, struct sink *sink)
{
    if (!sink_open(sink, key, SINK_OBJECT))
        return;
    struct pauses p;
    if (totals_pauses(heaps, types | (sink->coarse ? PAUSES_TOTALS : 0), &p)) {
        sink->failed = true;
        return;
    }
    sink_number(sink, "count", p.is.count);
    if (p.histogram)
        sink_ratio(sink, "resolution", 1000);
    sink_number(sink, "min_ns", p.is.min_ns);
    sink_number(sink, "mean_ns", p.is.mean_ns);
    sink_number(sink, "p50_ns", p.is.p50_ns);
    sink_number(sink, "p95_ns", p.is.p95_ns);
    sink_number(sink, "p99_ns", p.is.p99_ns);
    sink_number(sink, "max_ns", p.is.max_ns);
    sink_number(sink, "total_ns", p.is.total_ns);
    sink_close(sink);
}

static void tell_pauses(const struct heaps *heaps, struct sink *sink)
{
    if (!sink_open(sink, "pauses", SINK_OBJECT))
        return;
    tell_pauses_of(heaps, "minor", PAUSES_MINOR, sink);
    tell_pauses_of(heaps, "major", PAUSES_MAJOR, sink);
    tell_pauses_of(heaps, "incremental", PAUSES_STEPS, sink);
    tell_pauses_of(heaps, "all", PAUSES_ALL, sink);
    sink_close(sink);
}

/* Only query.c looks at the names of the items. */
static void tell_mmu(const struct heaps *heaps, struct sink *sink)
{
    struct mmu mmu[TOTALS_WINDOWS];
    if (!sink_open(sink, "mmu", SINK_ARRAY))
        return;
    unsigned n = totals_mmu(heaps, mmu);
    for (unsigned w = 0; w < n; w++) {
        if (!sink_open(sink, mmu[w].name, SINK_LINE_OBJECT))
            continue;
        sink_number(sink, "window_ns", mmu[w].window_ns);
        sink_ratio(sink, "utilization", mmu[w].utilization);
        sink_close(sink);
    }
    sink_close(sink);
}

static void tell_memory(const struct memory_usage *usage, struct sink *sink)
{
    sink_number(sink, "rss", usage->rss);
    sink_number(sink, "heapTotal", usage->heap_total);
    sink_number(sink, "heapUsed", usage->heap_used);
    sink_number(sink, "external", usage->external);
    sink_close(sink);
}

static void tell_memory_now(const struct totals *totals, struct sink *sink)
{
    if (sink_open(sink, "memoryUsage", SINK_LINE_OBJECT))
        tell_memory(&totals->now, sink);
    if (sink_open(sink, "peak", SINK_LINE_OBJECT))
        tell_memory(&totals->peak, sink);
}

/* Every category of the era, including empty ones; spaces without free lists have none. */
static void tell_free_list(const struct heaps *heaps, enum space_id id, const char *name, struct sink *sink)
{
    if (!sink_open(sink, "free_list", SINK_ARRAY))
        return;
    struct category_list list = {{0}};
    if (totals_free_list(heaps, id, name, &list))
        sink->failed = true;
    uint64_t first, end = list.categories.len;
    sink_range(sink, &first, &end);
    for (uint64_t i = first; i < end && !sink->failed; i++) {
        if (!sink_open(sink, NULL, SINK_LINE_OBJECT))
            continue;
        sink_number(sink, "min", list.categories.data[i].min);
        sink_number(sink, "count", list.categories.data[i].count);
        sink_number(sink, "bytes", list.categories.data[i].bytes);
        sink_close(sink);
    }
    vec_free(&list.categories);
    sink_close(sink);
}

static void tell_space(const struct heaps *heaps, enum space_id id, const char *name, struct sink *sink)
{
    struct space_figures f;
    if (!totals_space(heaps, id, name, &f) || !sink_open(sink, name, SINK_OBJECT))
        return;
    sink_string(sink, "space_name", name);
    sink_number(sink, "space_size", f.size);
    sink_number(sink, "space_used_size", f.used);
    sink_number(sink, "space_available_size", f.available);
    sink_number(sink, "physical_space_size", f.physical);
    sink_number(sink, "wasted", f.wasted);
    sink_number(sink, "unswept", f.unswept);
    sink_number(sink, "unswept_pages", f.unswept_pages);
    sink_number(sink, "withheld", f.withheld);
    sink_number(sink, "objects", f.objects);
    sink_number(sink, "pages", f.pages);
    sink_ratio(sink, "occupancy", f.occupancy);
    sink_ratio(sink, "fragmentation", f.fragmentation);
    sink_number(sink, "largest_free", f.largest_free);
    tell_free_list(heaps, id, name, sink);
    sink_close(sink);
}

static void tell_spaces(const struct heaps *heaps, struct sink *sink)
{
    if (!sink_open(sink, "spaces", SINK_ARRAY))
        return;
    for (enum space_id id = 0; id < SPACE_COUNT; id++) {
        const char *name = NULL;
        while ((name = totals_space_name(id, name)) != NULL)
            tell_space(heaps, id, name, sink);
    }
    sink_close(sink);
}

/* The rule that chose a collection, with its operands filled in. */
static void tell_why(const struct decision_record *why, struct sink *sink)
{
    if (why->rule == DECISION_COUNT) {
        sink_string(sink, "rule", NULL);
        return;
    }
    struct out out;
    out_to_memory(&out);
    label_decision(&out, (enum decision)why->rule, why->left, why->right);
    char *text = out_take(&out);
    if (text)
        sink_string(sink, "rule", text);
    else
        sink->failed = true;
    free(text);
}

/* The rule that a limit was computed by; null if it was not. */
static void tell_limit_rule(const char *key, const struct limit_record *made, struct sink *sink)
{
    if (made->rule == LIMIT_KEPT) {
        sink_string(sink, key, NULL);
        return;
    }
    struct out out;
    out_to_memory(&out);
    label_limit(&out, made);
    char *text = out_take(&out);
    if (text)
        sink_string(sink, key, text);
    else
        sink->failed = true;
    free(text);
}

/* worker: whose collection it is, or NULL if that is clear. */
static void tell_collection(const struct collection *c, const char *worker, struct sink *sink)
{
    if (!sink_open(sink, NULL, SINK_OBJECT))
        return;
    if (worker != NULL)
        sink_string(sink, "worker", worker);
    sink_number(sink, "index", c->index);
    sink_string(sink, "type", collection_type_word((enum collection_type)c->type));
    sink_string(sink, "reason", reason_words((enum reason)c->reason));
    sink_number(sink, "event", c->event);
    sink_number(sink, "line", c->line);
    sink_number(sink, "start_ns", c->start_ns);
    sink_number(sink, "pause_ns", c->pause_ns);
    if (sink_open(sink, "before", SINK_LINE_OBJECT))
        tell_memory(&c->before, sink);
    if (sink_open(sink, "after", SINK_LINE_OBJECT))
        tell_memory(&c->after, sink);
    sink_number(sink, "copied_bytes", c->copied_bytes);
    sink_number(sink, "promoted_bytes", c->promoted_bytes);
    sink_number(sink, "promoted_objects", c->promoted_objects);
    sink_number(sink, "dead_bytes", c->dead_bytes);
    sink_number(sink, "dead_objects", c->dead_objects);
    sink_number(sink, "roots_visited", c->roots_visited);
    sink_number(sink, "remembered_visited", c->remembered_visited);
    sink_number(sink, "marked_bytes", c->marked_bytes);
    sink_number(sink, "marking_steps", c->marking_steps);
    sink_number(sink, "evacuated_pages", c->evacuated_pages);
    sink_number(sink, "released_pages", c->released_pages);
    sink_number(sink, "slots_updated", c->slots_updated);
    sink_number(sink, "floating_garbage_bytes", c->floating_garbage_bytes);
    sink_ratio(sink, "fragmentation_before", c->fragmentation_before);
    sink_ratio(sink, "fragmentation_after", c->fragmentation_after);
    sink_number(sink, "semispace_capacity", c->semispace_capacity);
    tell_why(&c->why, sink);
    sink_number(sink, "limit", c->limit);
    sink_number(sink, "promotion_limit", c->promotion_limit);
    tell_limit_rule("limit_rule", &c->limit_record, sink);
    tell_limit_rule("promotion_limit_rule", &c->promotion_limit_made, sink);
    sink_close(sink);
}

/* The collections of one heap. */
static void tell_list(const struct heap *heap, struct sink *sink)
{
    uint64_t first, end = heap->collections.len;
    sink_range(sink, &first, &end);
    for (uint64_t i = first; i < end && !sink->failed; i++)
        tell_collection(&heap->collections.data[i], NULL, sink);
}

/* The collections of several heaps, each with its worker. */
static void tell_merged_list(const struct heaps *heaps, struct sink *sink)
{
    struct collection_merge merge;
    const struct collection *c = NULL;
    const struct worker *whose;
    sink->failed |= collections_begin(&merge, heaps) != 0;
    while (!sink->failed && (c = collections_next(&merge, &whose)) != NULL)
        tell_collection(c, worker_name(whose), sink);
    vec_free(&merge.next);
}

static void tell_collections(const struct heaps *heaps, const struct counters *counters, struct sink *sink)
{
    if (!sink_open(sink, "collections", SINK_OBJECT))
        return;
    sink_number(sink, "scavenges", counters->scavenges);
    sink_number(sink, "mark_sweeps", counters->mark_sweeps);
    sink_number(sink, "mark_compacts", counters->mark_compacts);
    sink_number(sink, "incremental_steps", counters->incremental_steps);
    if (sink_open(sink, "swept_pages", SINK_LINE_OBJECT)) {
        for (unsigned sweeper = 0; sweeper < SWEEPER_COUNT; sweeper++)
            sink_number(sink, sweeper_word((enum sweeper)sweeper), counters->swept[sweeper]);
        sink_close(sink);
    }
    if (sink_open(sink, "list", SINK_ARRAY)) {
        if (heaps->end - heaps->first > 1)
            tell_merged_list(heaps, sink);
        else
            tell_list(&run_worker(heaps->run, heaps->first)->heap, sink);
        sink_close(sink);
    }
    sink_close(sink);
}

static void tell_barriers(const struct counters *counters, struct sink *sink)
{
    if (!sink_open(sink, "barriers", SINK_OBJECT))
        return;
    sink_number(sink, "generational", counters->barriers_generational);
    sink_number(sink, "marking", counters->barriers_marking);
    sink_number(sink, "remembered_set_peak", counters->remembered_peak);
    sink_close(sink);
}

static void tell_promotion(const struct counters *counters, struct sink *sink)
{
    if (!sink_open(sink, "promotion", SINK_OBJECT))
        return;
    for (unsigned rule = 0; rule < PROMOTION_RULE_COUNT; rule++)
        sink_number(sink, promotion_rule_word((enum promotion_rule)rule), counters->promotion[rule]);
    sink_close(sink);
}

static void tell_survival(const struct heaps *heaps, struct sink *sink)
{
    if (!sink_open(sink, "survival", SINK_LINE_ARRAY))
        return;
    struct survival_list list = {{0}};
    if (totals_survival(heaps, &list)) {
        sink->failed = true;
    } else {
        uint64_t first, end = list.counts.len;
        sink_range(sink, &first, &end);
        for (uint64_t i = first; i < end; i++)
            sink_number(sink, NULL, list.counts.data[i]);
        sink_close(sink);
    }
    vec_free(&list.counts);
}

static void tell_objects(const struct totals *totals, struct sink *sink)
{
    if (!sink_open(sink, "objects", SINK_OBJECT))
        return;
    sink_number(sink, "allocated", totals->counters.allocated);
    sink_number(sink, "collected", totals->counters.collected);
    sink_number(sink, "live", totals->live);
    sink_number(sink, "peak_live", totals->peak_live);
    sink_close(sink);
}

/* worker: whose expectation it is, or NULL if that is clear. */
static void tell_expectation(const struct expectation *e, const char *worker, struct sink *sink)
{
    if (!sink_open(sink, NULL, SINK_OBJECT))
        return;
    if (worker != NULL)
        sink_string(sink, "worker", worker);
    sink_number(sink, "line", e->line);
    sink_number(sink, "event", e->event);
    sink_string(sink, "condition", e->condition);
    sink_boolean(sink, "passed", e->passed);
    if (!e->passed)
        sink_string(sink, "found", e->found);
    sink_close(sink);
}

static void tell_expectations(const struct heaps *heaps, const struct totals *totals, struct sink *sink)
{
    const struct run *run = heaps->run;
    bool several = heaps->end - heaps->first > 1;
    if (!sink_open(sink, "expectations", SINK_OBJECT))
        return;
    sink_number(sink, "passed", totals->passed);
    sink_number(sink, "failed", totals->failed);
    if (sink_open(sink, "list", SINK_ARRAY)) {
        for (size_t i = 0; i < run->expectations.len && !sink->failed; i++) {
            const struct expectation *e = &run->expectations.data[i];
            if (e->worker >= heaps->first && e->worker < heaps->end)
                tell_expectation(e, several ? worker_name(run_worker(run, e->worker)) : NULL, sink);
        }
        sink_close(sink);
    }
    sink_close(sink);
}

uint64_t report_lines(const struct run *run)
{
    bool stopped =
        run->current->heap.out_of_memory || (run->options.until != 0 && run_events(run) >= run->options.until);
    if (run->reader == NULL || !run->ended || stopped)
        return run->line;
    return trace_lines(run->reader);
}

/* Everything about some heaps: one, or all together. */
static void tell_heaps(const struct heaps *heaps, struct sink *sink)
{
    size_t at = heaps->first;
    const struct worker *it = heaps_next(heaps, &at);
    struct totals totals = totals_of(heaps);
    if (it == NULL)
        return;
    tell_config(&it->heap.config, sink);
    sink_string(sink, "outcome", outcome_word(totals.outcome));
    tell_events(&totals, sink);
    tell_time(&totals, sink);
    tell_pauses(heaps, sink);
    tell_mmu(heaps, sink);
    tell_memory_now(&totals, sink);
    tell_spaces(heaps, sink);
    tell_collections(heaps, &totals.counters, sink);
    tell_barriers(&totals.counters, sink);
    tell_promotion(&totals.counters, sink);
    tell_survival(heaps, sink);
    tell_objects(&totals, sink);
    sink_number(sink, "finalized", totals.counters.finalized);
    sink_number(sink, "weak_cleared", totals.counters.weak_cleared);
    leak_report_tell(heaps, sink);
    tell_expectations(heaps, &totals, sink);
}

/* The same for each heap, if there is more than one. */
static void tell_workers(const struct run *run, struct sink *sink)
{
    struct heaps all = heaps_all(run);
    const struct worker *it;
    size_t at;
    if (!run_has_workers(run) || !sink_open(sink, "workers", SINK_ARRAY))
        return;
    HEAPS_EACH (&all, at, it) {
        struct heaps one = {run, at - 1, at};
        if (!sink_open(sink, worker_name(it), SINK_OBJECT))
            continue;
        sink_string(sink, "name", worker_name(it));
        tell_heaps(&one, sink);
        sink_close(sink);
    }
    sink_close(sink);
}

void report_tell(const struct run *run, struct sink *sink)
{
    struct heaps all = heaps_all(run);
    size_t at = 0;
    if (heaps_next(&all, &at) == NULL || !sink_open(sink, NULL, SINK_OBJECT)) {
        sink->failed = true;
        return;
    }
    tell_head(run, sink);
    tell_heaps(&all, sink);
    tell_workers(run, sink);
    sink_close(sink);
}

void report_tell_current(const struct run *run, struct sink *sink)
{
    struct heaps current = heaps_current(run), all = heaps_all(run);
    if (!run->current->ready || !sink_open(sink, NULL, SINK_OBJECT)) {
        sink->failed = true;
        return;
    }
    tell_head(run, sink);
    tell_heaps(&current, sink);
    tell_workers(run, sink);
    if (run_has_workers(run) && sink_open(sink, "totals", SINK_OBJECT)) {
        tell_heaps(&all, sink);
        sink_close(sink);
    }
    sink_close(sink);
}
