/*
 * content.c - what a report says, in its order (interface.md, "JSON report").
 *
 * Every figure is read from the heap or the run here, and nowhere else. What is not yet simulated is left out:
 * workers.
 */
#include "report/leakage.h"
#include "report/pauses.h"
#include "report/sink.h"

#include <stdio.h>

#ifndef HEAPREEL_VERSION /* the build sets it */
#define HEAPREEL_VERSION "unknown"
#endif

static void tell_trace(const struct run *run, struct sink *sink)
{
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
    for (unsigned key = 0; key < KEY_COUNT; key++)
        sink_number(sink, config_key_word((enum config_key)key), config_value(config, (enum config_key)key));
    sink_close(sink);
}

static void tell_events(const struct run *run, struct sink *sink)
{
    if (!sink_open(sink, "events", SINK_OBJECT))
        return;
#define X(symbol, word, acts)                                                                                          \
    if (acts)                                                                                                          \
        sink_number(sink, word, run->current->counts[TRACE_##symbol]);
    TRACE_OPS(X)
#undef X
    sink_close(sink);
}

static void tell_time(const struct heap *heap, struct sink *sink)
{
    if (!sink_open(sink, "time", SINK_OBJECT))
        return;
    sink_number(sink, "total_ns", heap_now(heap));
    sink_number(sink, "mutator_ns", heap_mutator_ns(heap));
    sink_number(sink, "gc_ns", heap->counters.gc_ns);
    sink_close(sink);
}

static void tell_pauses_of(const struct heap *heap, const char *key, unsigned types, struct sink *sink)
{
    if (!sink_open(sink, key, SINK_OBJECT))
        return;
    struct pauses p;
    if (pauses_of(heap, types, &p)) {
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

static void tell_pauses(const struct heap *heap, struct sink *sink)
{
    if (!sink_open(sink, "pauses", SINK_OBJECT))
        return;
    tell_pauses_of(heap, "minor", PAUSES_MINOR, sink);
    tell_pauses_of(heap, "major", PAUSES_MAJOR, sink);
    tell_pauses_of(heap, "incremental", PAUSES_STEPS, sink);
    tell_pauses_of(heap, "all", PAUSES_ALL, sink);
    sink_close(sink);
}

/* Of the items only figure.c looks at the names. */
static void tell_mmu(const struct heap *heap, struct sink *sink)
{
    struct mmu mmu[MMU_WINDOWS];
    if (!sink_open(sink, "mmu", SINK_ARRAY))
        return;
    mmu_of(heap, mmu);
    for (unsigned w = 0; w < MMU_WINDOWS; w++) {
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

static void tell_memory_now(const struct heap *heap, struct sink *sink)
{
    if (sink_open(sink, "memoryUsage", SINK_LINE_OBJECT)) {
        struct memory_usage usage = heap_memory_usage(heap);
        tell_memory(&usage, sink);
    }
    if (sink_open(sink, "peak", SINK_LINE_OBJECT)) {
        uint64_t live;
        struct memory_usage peak = heap_peak(heap, &live);
        tell_memory(&peak, sink);
    }
}

/* Every category of the era, empty ones too; spaces without pages of blocks have none. */
static void tell_free_list(const struct heap *heap, enum space_id id, struct sink *sink)
{
    if (!sink_open(sink, "free_list", SINK_ARRAY))
        return;
    uint64_t min[FREE_CATEGORIES], first, end = space_paged(id) ? heap_free_categories(heap, min) : 0;
    sink_range(sink, &first, &end);
    for (uint64_t i = first; i < end; i++) {
        if (!sink_open(sink, NULL, SINK_LINE_OBJECT))
            continue;
        uint64_t count = 0, units = 0;
        for (uint32_t b = heap->spaces[id].categories[i]; b != NONE; b = heap->blocks.data[b].next) {
            count++;
            units += heap->blocks.data[b].size;
        }
        sink_number(sink, "min", min[i]);
        sink_number(sink, "count", count);
        sink_number(sink, "bytes", units * UNIT);
        sink_close(sink);
    }
    sink_close(sink);
}

static void tell_space(const struct heap *heap, enum space_id id, struct sink *sink)
{
    const char *name = space_name(heap->config.era, id);
    if (!sink_open(sink, name, SINK_OBJECT))
        return;
    struct space_figures f = heap_space_figures(heap, id);
    sink_string(sink, "space_name", name);
    sink_number(sink, "space_size", f.size);
    sink_number(sink, "space_used_size", f.used);
    sink_number(sink, "space_available_size", f.available);
    sink_number(sink, "physical_space_size", f.physical);
    sink_number(sink, "wasted", f.wasted);
    sink_number(sink, "unswept", heap->spaces[id].dead);
    sink_number(sink, "unswept_pages", heap->spaces[id].unswept_pages);
    sink_number(sink, "objects", f.objects);
    sink_number(sink, "pages", f.pages);
    sink_ratio(sink, "occupancy", f.occupancy);
    sink_ratio(sink, "fragmentation", f.fragmentation);
    sink_number(sink, "largest_free", f.largest_free);
    tell_free_list(heap, id, sink);
    sink_close(sink);
}

static void tell_spaces(const struct heap *heap, struct sink *sink)
{
    if (!sink_open(sink, "spaces", SINK_ARRAY))
        return;
    for (unsigned id = 0; id < SPACE_COUNT; id++)
        if (era_has_space(heap->config.era, (enum space_id)id))
            tell_space(heap, (enum space_id)id, sink);
    sink_close(sink);
}

/* The rule that chose a collection, with its operands in their places. */
static void tell_why(const struct choice_made *why, struct sink *sink)
{
    if (why->rule == DECISION_COUNT) {
        sink_string(sink, "rule", NULL);
        return;
    }
    char text[192]; /* words of ours, and two numbers */
    size_t len = 0;
    for (const char *w = decision_words((enum decision)why->rule); *w != '\0' && len < sizeof text - 24; w++) {
        if (*w != '%')
            text[len++] = *w;
        else if (*++w == '%')
            text[len++] = '%';
        else
            len += (size_t)sprintf(text + len, "%llu", (unsigned long long)(*w == 'l' ? why->left : why->right));
    }
    text[len] = '\0';
    sink_string(sink, "rule", text);
}

static void tell_collection(const struct collection *c, struct sink *sink)
{
    if (!sink_open(sink, NULL, SINK_OBJECT))
        return;
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
    sink_close(sink);
}

static void tell_collections(const struct heap *heap, struct sink *sink)
{
    if (!sink_open(sink, "collections", SINK_OBJECT))
        return;
    sink_number(sink, "scavenges", heap->counters.scavenges);
    sink_number(sink, "mark_sweeps", heap->counters.mark_sweeps);
    sink_number(sink, "mark_compacts", heap->counters.mark_compacts);
    sink_number(sink, "incremental_steps", heap->counters.incremental_steps);
    if (sink_open(sink, "swept_pages", SINK_LINE_OBJECT)) {
        for (unsigned sweeper = 0; sweeper < SWEEPER_COUNT; sweeper++)
            sink_number(sink, sweeper_word((enum sweeper)sweeper), heap->counters.swept[sweeper]);
        sink_close(sink);
    }
    if (sink_open(sink, "list", SINK_ARRAY)) {
        uint64_t first, end = heap->collections.len;
        sink_range(sink, &first, &end);
        for (uint64_t i = first; i < end && !sink->failed; i++)
            tell_collection(&heap->collections.data[i], sink);
        sink_close(sink);
    }
    sink_close(sink);
}

static void tell_barriers(const struct heap *heap, struct sink *sink)
{
    if (!sink_open(sink, "barriers", SINK_OBJECT))
        return;
    sink_number(sink, "generational", heap->counters.barriers_generational);
    sink_number(sink, "marking", heap->counters.barriers_marking);
    sink_number(sink, "remembered_set_peak", heap->counters.remembered_peak);
    sink_close(sink);
}

static void tell_promotion(const struct heap *heap, struct sink *sink)
{
    if (!sink_open(sink, "promotion", SINK_OBJECT))
        return;
    for (unsigned rule = 0; rule < PROMOTION_RULE_COUNT; rule++)
        sink_number(sink, promotion_rule_word((enum promotion_rule)rule), heap->counters.promotion[rule]);
    sink_close(sink);
}

static void tell_survival(const struct heap *heap, struct sink *sink)
{
    if (!sink_open(sink, "survival", SINK_LINE_ARRAY))
        return;
    struct survival_list list = {{0}};
    if (heap_survival(heap, &list)) {
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

static void tell_objects(const struct heap *heap, struct sink *sink)
{
    if (!sink_open(sink, "objects", SINK_OBJECT))
        return;
    uint64_t peak_live;
    heap_peak(heap, &peak_live);
    sink_number(sink, "allocated", heap->counters.allocated);
    sink_number(sink, "collected", heap->counters.collected);
    sink_number(sink, "live", heap->live);
    sink_number(sink, "peak_live", peak_live);
    sink_close(sink);
}

static void tell_expectation(const struct expectation *e, struct sink *sink)
{
    if (!sink_open(sink, NULL, SINK_OBJECT))
        return;
    sink_number(sink, "line", e->line);
    sink_number(sink, "event", e->event);
    sink_string(sink, "condition", e->condition);
    sink_boolean(sink, "passed", e->passed);
    if (!e->passed)
        sink_string(sink, "found", e->found);
    sink_close(sink);
}

static void tell_expectations(const struct run *run, struct sink *sink)
{
    if (!sink_open(sink, "expectations", SINK_OBJECT))
        return;
    sink_number(sink, "passed", run->passed);
    sink_number(sink, "failed", run->failed);
    if (sink_open(sink, "list", SINK_ARRAY)) {
        uint64_t first, end = run->expectations.len;
        sink_range(sink, &first, &end);
        for (uint64_t i = first; i < end && !sink->failed; i++)
            tell_expectation(&run->expectations.data[i], sink);
        sink_close(sink);
    }
    sink_close(sink);
}

uint64_t report_lines(const struct run *run)
{
    bool stopped = run->current->heap.out_of_memory || (run->options.until != 0 && run_events(run) >= run->options.until);
    if (run->reader == NULL || !run->ended || stopped)
        return run->line;
    return trace_lines(run->reader);
}

void report_tell(const struct run *run, struct sink *sink)
{
    const struct heap *heap = &run->current->heap;
    if (!run->current->ready || !sink_open(sink, NULL, SINK_OBJECT)) {
        sink->failed = true;
        return;
    }
    sink_number(sink, "schema", 1);
    sink_string(sink, "heapreel", HEAPREEL_VERSION);
    tell_trace(run, sink);
    tell_config(&heap->config, sink);
    sink_string(sink, "outcome", outcome_word(run_outcome(run)));
    tell_events(run, sink);
    tell_time(heap, sink);
    tell_pauses(heap, sink);
    tell_mmu(heap, sink);
    tell_memory_now(heap, sink);
    tell_spaces(heap, sink);
    tell_collections(heap, sink);
    tell_barriers(heap, sink);
    tell_promotion(heap, sink);
    tell_survival(heap, sink);
    tell_objects(heap, sink);
    sink_number(sink, "finalized", heap->counters.finalized);
    sink_number(sink, "weak_cleared", heap->counters.weak_cleared);
    leakage_tell(heap, sink);
    tell_expectations(run, sink);
    sink_close(sink);
}
