/* v8log.c - writes V8's own log, in the dialect of the era, while a run goes on. */
#include "report/v8log.h"

#include <string.h>

struct v8_form v8_form_of(const struct heap *heap)
{
#define X(name, word) &log_##name,
    static const struct v8_dialect *const dialects[] = {LOG_DIALECTS(X)};
#undef X
    bool toy = config_toy(&heap->config);
    return (struct v8_form){.dialect = dialects[era_rows[heap->config.era].log],
                            .worker = heap->worker.index,
                            .size_unit = toy ? 1024 : 1 << 20,
                            .time_unit = toy ? 1000 : 1000000,
                            .small_unit = toy ? 1 : 1024,
                            .size_word = toy ? "KB" : "MB",
                            .time_word = toy ? "us" : "ms",
                            .small_word = toy ? "B" : "KB"};
}

void v8_put_source(struct out *out, const struct v8_form *form)
{
    form->dialect->source(out, form->worker + 1);
}

/* ---- the spaces ---- */

/* V8 5.1 and 3.28 pad the names to 20 columns, 11.3 to 24, except a longer one. */
static void put_label(struct out *out, const struct v8_form *form, const char *label)
{
    size_t width = form->dialect->label_width, len = strlen(label);
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

static const char *space_label(const struct v8_dialect *dialect, enum space_id space)
{
    static const char *const labels[SPACE_COUNT] = {
        [SPACE_NEW] = "New space",
        [SPACE_OLD_DATA] = "Old data space",
        [SPACE_CODE] = "Code space",
        [SPACE_MAP] = "Map space",
        [SPACE_CELL] = "Cell space",
        [SPACE_PROPERTY_CELL] = "PropertyCell space",
        [SPACE_NEW_LARGE] = "New large object space",
        [SPACE_LARGE] = "Large object space",
        [SPACE_CODE_LARGE] = "Code large object space",
    };
    return space == SPACE_OLD ? dialect->old_label : labels[space];
}

/* The address space that V8 reserves: the old generation's maximum and a number of semispaces. */
static uint64_t reserved(const struct v8_form *form, const struct config *config)
{
    return config->max_old_space_size + form->dialect->reserved_semispaces * config->max_semi_space_size;
}

static uint64_t less(uint64_t a, uint64_t b)
{
    return a > b ? a - b : 0;
}

/*
 * Room of a space as V8 counts it: for large objects 3.28 and 5.1 count everything that is left; for new large ones
 * 11.3 counts what fits before a scavenge, as much as a semispace.
 */
static uint64_t available(const struct v8_form *form, const struct heap *h, const struct space_figures *f,
                          enum space_id space, uint64_t left)
{
    if (space == SPACE_LARGE && form->dialect->rest_in_large)
        return less(left, h->config.page_size + h->config.page_header);
    if (space == SPACE_NEW_LARGE)
        return less(new_space_capacity(h), f->used);
    return space_large(space) ? 0 : f->available;
}

static void put_spaces(struct out *out, const struct v8_form *form, const struct heap *h)
{
    /* 11.3 lists the new large objects after the new space. */
    static const enum space_id order[SPACE_COUNT] = {SPACE_NEW,   SPACE_NEW_LARGE, SPACE_OLD,  SPACE_OLD_DATA,
                                                     SPACE_CODE,  SPACE_MAP,       SPACE_CELL, SPACE_PROPERTY_CELL,
                                                     SPACE_LARGE, SPACE_CODE_LARGE};
    struct memory_usage usage = heap_memory_usage(h);
    const struct v8_dialect *d = form->dialect;
    uint64_t left = less(reserved(form, &h->config), usage.heap_total);
    uint64_t all = d->rest_in_all && !d->rest_in_large ? left : 0;
    put_label(out, form, "Memory allocator");
    put_amount(out, form, "used", usage.heap_total);
    put_amount(out, form, ", available", left);
    out_char(out, '\n');
    for (unsigned i = 0; i < SPACE_COUNT; i++) {
        enum space_id space = order[i];
        if (!era_has_space(h->config.era, space))
            continue;
        struct space_figures f = heap_space_figures(h, space);
        uint64_t room = available(form, h, &f, space, left);
        if (d->rest_in_all || space != SPACE_LARGE)
            all += room;
        put_space(out, form, space_label(d, space), f.used, room, f.size);
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
    v8_put_source(out, form);
    v8_put_time(out, form, c->start_ns + c->pause_ns);
    if (what & V8_LOG_NVP)
        form->dialect->values(out, form, log, h);
    else
        form->dialect->line(out, form, c, &log->utilization, scavenge ? &log->since : &log->cycle);
    if (what & V8_LOG_VERBOSE)
        put_spaces(out, form, h);
    log->since = (struct v8_steps){0};
    if (!scavenge)
        log->cycle = (struct v8_steps){0};
    log->last_end = c->start_ns + c->pause_ns;
    log->last_used = c->after.heap_used;
    log->last_copied = c->copied_bytes;
}

/* The log's memory of the heap. NULL without memory. */
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
        add_step(&log->cycle, happening->value[STEP_pause_ns]);
        add_step(&log->since, happening->value[STEP_pause_ns]);
        break;
    case HAPPENING_GC_BEGIN: log->holes = v8_holes(heap); break;
    case HAPPENING_LIMIT:
        /* No V8 reports a limit that a scavenge has lowered. */
        if (all->what & V8_LOG_VERBOSE && form.dialect->limit && heap->gc.now.type != COLLECTION_SCAVENGE)
            form.dialect->limit(&out, &form, heap, happening);
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
