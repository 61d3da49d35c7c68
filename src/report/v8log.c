/* v8log.c - see v8log.h. */
#include "report/v8log.h"

#include "gc/policy.h"

#include <string.h>

__extension__ typedef unsigned __int128 wide;

/* ---- NAME=VALUE ---- */

/* What the collection that has just ended has cost, by part, in ns (heap model, section 10). */
struct parts {
    uint64_t roots, remembered, copy, mark, sweep, evacuate, slots;
};

static struct parts parts_of(const struct heap *h)
{
    const struct config *c = &h->config;
    const struct gc_state *gc = &h->gc;
    uint64_t unit = 1000 * c->gc_threads, moved = gc->now.copied_bytes + gc->now.promoted_bytes;
    return (struct parts){.roots = gc->now.roots_visited * c->cost_root / 1000,
                          .remembered = gc->now.remembered_visited * c->cost_root / 1000,
                          .copy = moved * c->cost_copy_byte / unit,
                          .mark = (h->marking.scanned - gc->scanned_before) * c->cost_mark_byte / unit,
                          .sweep = gc->swept_bytes * c->cost_sweep_byte / unit,
                          .evacuate = gc->evacuated_bytes * c->cost_evacuate_byte / unit,
                          .slots = gc->now.slots_updated * c->cost_slot / 1000};
}

static void put_count(struct out *out, const char *name, uint64_t value)
{
    out_words(out, name);
    out_char(out, '=');
    out_number(out, value);
    out_char(out, ' ');
}

static void put_span(struct out *out, const struct v8_form *form, const char *name, uint64_t ns, unsigned decimals)
{
    out_words(out, name);
    out_char(out, '=');
    v8_put_decimal(out, ns, form->time_unit, decimals);
    out_char(out, ' ');
}

static void put_percent(struct out *out, const char *name, uint64_t part, uint64_t whole)
{
    out_words(out, name);
    out_char(out, '=');
    v8_put_decimal(out, part * 100, whole == 0 ? 1 : whole, 1);
    out_words(out, "% ");
}

/* Where the time went. 3.28 has no parts for a scavenge, and tells all those of a major as 0. */
static void put_parts(struct out *out, const struct v8_form *form, const struct heap *h)
{
    const struct collection *c = &h->gc.now;
    struct parts p = parts_of(h);
    bool node6 = form->era == ERA_NODE6, scavenge = c->type == COLLECTION_SCAVENGE;
    if (form->era == ERA_BOOK) {
        put_span(out, form, "mark", scavenge ? 0 : p.mark + p.roots, 1);
        put_span(out, form, "sweep", scavenge ? 0 : p.sweep, 2);
        put_span(out, form, "evacuate", scavenge ? 0 : p.copy + p.evacuate, 1);
        put_span(out, form, "compaction_ptrs", scavenge ? 0 : p.slots, 1);
        return;
    }
    if (scavenge) {
        put_span(out, form, "scavenge", c->pause_ns, 2);
        if (node6)
            put_span(out, form, "old_new", p.remembered, 2);
        put_span(out, form, node6 ? "roots" : "scavenge.roots", p.roots, 2);
        if (node6)
            put_span(out, form, "semispace", p.copy, 2);
        return;
    }
    put_span(out, form, "evacuate", p.copy + p.evacuate + p.slots, 1);
    put_span(out, form, "evacuate.copy", p.copy + p.evacuate, 1);
    put_span(out, form, "evacuate.update_pointers", p.slots, 1);
    put_span(out, form, "mark", p.mark + p.roots, 1);
    put_span(out, form, "mark.roots", p.roots, 1);
    put_span(out, form, "sweep", p.sweep, 1);
}

static void put_steps(struct out *out, const struct v8_form *form, const struct v8_heap_log *log, bool scavenge)
{
    const struct v8_steps *steps = scavenge ? &log->since : &log->cycle;
    if (form->era != ERA_NODE20) {
        put_count(out, "steps_count", steps->count);
        put_span(out, form, "steps_took", steps->total_ns, 1);
        if (!scavenge)
            put_span(out, form, "longest_step", steps->longest_ns, 1);
    } else if (scavenge) {
        put_count(out, "incremental.steps_count", steps->count);
        put_span(out, form, "incremental.steps_took", steps->total_ns, 1);
    } else {
        put_span(out, form, "incremental", steps->total_ns, 1);
        put_span(out, form, "incremental_longest_step", steps->longest_ns, 1);
        put_count(out, "incremental_steps_count", steps->count);
    }
}

/* Bytes that are free or wasted in the pages of the old generation. */
static uint64_t holes(const struct heap *h)
{
    uint64_t sum = 0;
    for (unsigned space = 0; space < SPACE_COUNT; space++)
        if (space_paged((enum space_id)space))
            sum += h->spaces[space].wasted + h->spaces[space].available;
    return sum;
}

static void put_bytes(struct out *out, const struct v8_form *form, const struct v8_heap_log *log, const struct heap *h)
{
    const struct collection *c = &h->gc.now;
    uint64_t used = c->before.heap_used;
    put_count(out, "total_size_before", used);
    put_count(out, "total_size_after", c->after.heap_used);
    put_count(out, "holes_size_before", log->holes);
    put_count(out, "holes_size_after", holes(h));
    put_count(out, "allocated", used > log->last_used ? used - log->last_used : 0);
    put_count(out, "promoted", c->promoted_bytes);
    put_count(out, form->era == ERA_NODE20 ? "new_space_survived" : "semi_space_copied", c->copied_bytes);
}

/* Per cent of the young bytes, and of what the last collection copied; 3.28's promotion rate is of the young bytes. */
static void put_rates(struct out *out, const struct v8_form *form, const struct v8_heap_log *log, const struct heap *h)
{
    const struct collection *c = &h->gc.now;
    const struct limits *l = &h->limits;
    uint64_t n = l->survivals < 10 ? l->survivals : 10, survived = 0;
    for (uint64_t i = 0; i < n; i++)
        survived += l->survival[i];
    bool scavenge = c->type == COLLECTION_SCAVENGE;
    if (form->era == ERA_BOOK) {
        put_percent(out, "promotion_rate", c->promoted_bytes, h->gc.young_bytes);
        put_percent(out, "semi_space_copy_rate", c->copied_bytes, h->gc.young_bytes);
        return;
    }
    put_percent(out, "promotion_ratio", c->promoted_bytes, h->gc.young_bytes);
    put_percent(out, "average_survival_ratio", survived, n * 1000);
    put_percent(out, "promotion_rate", log->last_copied == 0 ? 0 : c->promoted_bytes, log->last_copied);
    put_percent(out,
                form->era == ERA_NODE6 ? "semi_space_copy_rate"
                : scavenge             ? "new_space_survive_rate_" /* so it stands in 11.3 */
                                       : "new_space_survive_rate",
                c->copied_bytes, h->gc.young_bytes);
}

static void put_nvp(struct out *out, const struct v8_form *form, const struct v8_heap_log *log, const struct heap *h)
{
    const struct collection *c = &h->gc.now;
    bool scavenge = c->type == COLLECTION_SCAVENGE, book = form->era == ERA_BOOK;
    v8_put_source(out, form);
    v8_put_time(out, form, c->start_ns + c->pause_ns);
    put_span(out, form, "pause", c->pause_ns, 1);
    put_span(out, form, "mutator", c->start_ns - log->last_end, 1);
    out_format(out, "gc=%s ", scavenge ? "s" : form->era == ERA_NODE20 ? "mc" : "ms");
    if (!book)
        put_count(out, "reduce_memory", c->reduce);
    put_parts(out, form, h);
    if (!book)
        put_steps(out, form, log, scavenge);
    put_bytes(out, form, log, h);
    put_rates(out, form, log, h);
    if (book)
        put_steps(out, form, log, scavenge);
    out->len -= !book; /* only 3.28 leaves the last blank */
    out_char(out, '\n');
}

/* ---- the spaces ---- */

/* V8 5.1 and 3.28 pad the names to 20 columns, 11.3 to 24, but for one that is longer. */
static void put_label(struct out *out, const struct v8_form *form, const char *label)
{
    size_t width = form->era == ERA_NODE20 ? 24 : 20, len = strlen(label);
    v8_put_source(out, form);
    out_words(out, label);
    out_char(out, ',');
    out_repeat(out, ' ', len + 1 < width ? width - len - 1 : 5);
}

static void put_amount(struct out *out, const struct v8_form *form, const char *name, uint64_t bytes)
{
    out_format(out, "%s: %6llu %s", name, (unsigned long long)(bytes / form->small_unit), form->small_word);
}

static void put_space(struct out *out, const struct v8_form *form, const char *label, uint64_t used, uint64_t available,
                      uint64_t committed)
{
    put_label(out, form, label);
    put_amount(out, form, "used", used);
    put_amount(out, form, ", available", available);
    put_amount(out, form, ", committed", committed);
    out_char(out, '\n');
}

static const char *space_label(enum era era, enum space_id space)
{
    static const char *const labels[SPACE_COUNT] = {
        [SPACE_NEW] = "New space",
        [SPACE_OLD] = "Old space",
        [SPACE_OLD_DATA] = "Old data space",
        [SPACE_CODE] = "Code space",
        [SPACE_MAP] = "Map space",
        [SPACE_CELL] = "Cell space",
        [SPACE_PROPERTY_CELL] = "PropertyCell space",
        [SPACE_NEW_LARGE] = "New large object space",
        [SPACE_LARGE] = "Large object space",
        [SPACE_CODE_LARGE] = "Code large object space",
    };
    return space == SPACE_OLD && era == ERA_BOOK ? "Old pointers" : labels[space];
}

/* The address space that V8 sets aside: the old generation's maximum and so many times that of a semispace. */
static uint64_t reserved(const struct config *config)
{
    unsigned semispaces = config->era == ERA_BOOK ? 4 : config->era == ERA_NODE6 ? 2 : 3;
    return config->max_old_space_size + semispaces * config->max_semi_space_size;
}

static uint64_t less(uint64_t a, uint64_t b)
{
    return a > b ? a - b : 0;
}

/*
 * Room of a space as V8 counts it: 3.28 and 5.1 count all that is left for large objects, 11.3 what new ones may come
 * to before a scavenge: as much as a semispace.
 */
static uint64_t available(const struct heap *h, enum space_id space, const struct space_figures *f, uint64_t left)
{
    const struct config *c = &h->config;
    if (space == SPACE_LARGE && c->era != ERA_NODE20)
        return less(left, c->page_size + c->page_header);
    if (space == SPACE_NEW_LARGE)
        return less(new_space_capacity(h), f->used);
    return space_large(space) ? 0 : f->available;
}

static void put_spaces(struct out *out, const struct v8_form *form, const struct heap *h)
{
    /* 11.3 tells the new large objects beside the new ones. */
    static const enum space_id order[SPACE_COUNT] = {SPACE_NEW,   SPACE_NEW_LARGE, SPACE_OLD,  SPACE_OLD_DATA,
                                                     SPACE_CODE,  SPACE_MAP,       SPACE_CELL, SPACE_PROPERTY_CELL,
                                                     SPACE_LARGE, SPACE_CODE_LARGE};
    struct memory_usage usage = heap_memory_usage(h);
    uint64_t left = less(reserved(&h->config), usage.heap_total), all = form->era == ERA_NODE20 ? left : 0;
    put_label(out, form, "Memory allocator");
    put_amount(out, form, "used", usage.heap_total);
    put_amount(out, form, ", available", left);
    out_char(out, '\n');
    for (unsigned i = 0; i < SPACE_COUNT; i++) {
        enum space_id space = order[i];
        if (!era_has_space(form->era, space))
            continue;
        struct space_figures f = heap_space_figures(h, space);
        uint64_t room = available(h, space, &f, left);
        if (form->era != ERA_BOOK || space != SPACE_LARGE)
            all += room;
        put_space(out, form, space_label(form->era, space), f.used, room, f.size);
    }
    put_space(out, form, "All spaces", usage.heap_used, all, usage.heap_total);
    v8_put_source(out, form);
    put_amount(out, form, "External memory reported", usage.external);
    out_char(out, '\n');
    v8_put_source(out, form);
    out_words(out, "Total time spent in GC  : ");
    v8_put_decimal(out, h->counters.gc_ns, form->time_unit, 1);
    out_format(out, " %s\n", form->time_word);
}

/* a / b, half up, as printf does it: inf or nan if b is 0. */
static void put_quotient(struct out *out, const char *name, wide a, wide b)
{
    out_words(out, name);
    if (b == 0)
        out_words(out, a == 0 ? "nan" : "inf");
    else
        out_number(out, (uint64_t)((2 * a + b) / (2 * b)));
}

/* What the factor was computed by: the speeds of collector and program, in bytes per unit of time. */
static void put_factor(struct out *out, const struct v8_form *form, const struct heap *h, uint64_t factor)
{
    struct speeds s = policy_speeds(h);
    out_words(out, form->era == ERA_NODE20 ? "[HeapController] factor " : "Heap growing factor ");
    v8_put_decimal(out, factor, 1000, 1);
    put_quotient(out, " based on mu=0.970, speed_ratio=", (wide)s.gc_bytes * s.mutator_ns,
                 (wide)s.gc_ns * s.allocated_bytes);
    put_quotient(out, " (gc=", (wide)s.gc_bytes * form->time_unit, s.gc_ns);
    put_quotient(out, ", mutator=", (wide)s.allocated_bytes * form->time_unit, s.mutator_ns);
    out_words(out, ")\n");
}

static void put_origin(struct out *out, const struct v8_form *form, const struct heap *h)
{
    v8_put_source(out, form);
    if (form->era == ERA_NODE20)
        v8_put_time(out, form, heap_now(h));
}

/* The new limit of the old generation; 3.28 does not tell it, and none tells one that a scavenge has brought down. */
static void put_limit(struct out *out, const struct v8_form *form, const struct heap *h, const struct happening *what)
{
    uint64_t limit = what->value[0], old = what->value[2], factor = what->value[3];
    if (form->era == ERA_BOOK || h->gc.now.type == COLLECTION_SCAVENGE)
        return;
    put_origin(out, form, h);
    put_factor(out, form, h, factor);
    put_origin(out, form, h);
    out_words(out, form->era == ERA_NODE20 ? "[HeapController] Limit: " : "Grow: ");
    out_format(out, "old size: %llu %s, new limit: %llu %s (", (unsigned long long)(old / form->small_unit),
               form->small_word, (unsigned long long)(limit / form->small_unit), form->small_word);
    v8_put_decimal(out, factor, 1000, 1);
    out_words(out, ")\n");
}

/* ---- listening ---- */

static void add_step(struct v8_steps *steps, uint64_t ns)
{
    steps->count++;
    steps->total_ns += ns;
    steps->longest_ns = ns > steps->longest_ns ? ns : steps->longest_ns;
}

static void put_end(struct v8_heap_log *log, unsigned what, struct out *out, const struct v8_form *form,
                    const struct heap *h)
{
    const struct collection *c = &h->gc.now;
    bool scavenge = c->type == COLLECTION_SCAVENGE;
    if (!scavenge)
        v8_utilization_add(&log->utilization, c);
    if (what & V8_LOG_NVP) {
        put_nvp(out, form, log, h);
    } else {
        v8_put_source(out, form);
        v8_put_time(out, form, c->start_ns + c->pause_ns);
        v8_put_collection(out, form, c, &log->utilization, scavenge ? &log->since : &log->cycle);
    }
    if (what & V8_LOG_VERBOSE)
        put_spaces(out, form, h);
    log->since = (struct v8_steps){0};
    if (!scavenge)
        log->cycle = (struct v8_steps){0};
    log->last_end = c->start_ns + c->pause_ns;
    log->last_used = c->after.heap_used;
    log->last_copied = c->copied_bytes;
}

/* What is remembered of the heap. NULL without memory. */
static struct v8_heap_log *log_of(struct v8_log *log, const struct heap *heap)
{
    while (log->heaps.len <= heap->worker.index)
        if (vec_push(&log->heaps, (struct v8_heap_log){0}))
            return NULL;
    return &log->heaps.data[heap->worker.index];
}

static void hear(void *self, const struct heap *heap, const struct happening *happening)
{
    struct v8_log *all = self;
    struct v8_heap_log *log = log_of(all, heap);
    struct v8_form form = v8_form_of(heap);
    struct out out;
    if (log == NULL) {
        all->failed = true;
        return;
    }
    out_to_file(&out, all->out);
    switch (happening->kind) {
    case HAPPENING_MARKING_START: log->cycle = (struct v8_steps){.start_ns = heap_now(heap)}; break;
    case HAPPENING_STEP:
        add_step(&log->cycle, happening->value[3]);
        add_step(&log->since, happening->value[3]);
        break;
    case HAPPENING_GC_BEGIN: log->holes = holes(heap); break;
    case HAPPENING_LIMIT:
        if (all->what & V8_LOG_VERBOSE)
            put_limit(&out, &form, heap, happening);
        break;
    default: put_end(log, all->what, &out, &form, heap); break;
    }
    if (out_spill(&out))
        all->failed = true;
}

void v8_log_init(struct v8_log *log, FILE *out, unsigned what)
{
    uint64_t mask = UINT64_C(1) << HAPPENING_MARKING_START | UINT64_C(1) << HAPPENING_STEP |
                    UINT64_C(1) << HAPPENING_GC_BEGIN | UINT64_C(1) << HAPPENING_GC_END |
                    UINT64_C(1) << HAPPENING_LIMIT;
    *log = (struct v8_log){.listener = {.mask = mask, .hear = hear, .self = log}, .out = out, .what = what};
}

void v8_log_free(struct v8_log *log)
{
    vec_free(&log->heaps);
}
