/*
 * log_node20.c - the log of V8 11.3, of Node 20.
 *
 * It counts hundredths of milliseconds. A worker is an isolate of the process ("[1:0x2] "), and its end is an error of
 * the main program.
 */
#include "report/v8line.h"

static void source(struct out *out, unsigned number)
{
    out_format(out, "[1:0x%x] ", number);
}

/* The cause of the collection. */
static const char *asked_words(enum reason reason)
{
    switch (reason) {
    case REASON_PROMOTION_LIMIT:
    case REASON_OLD_EXHAUSTED:
    case REASON_SCAVENGE_MIGHT_FAIL:
    case REASON_OLD_REQUESTED: return reason_words(REASON_ALLOCATION_FAILURE);
    case REASON_FINALIZE_MARKING: return "finalize incremental marking via stack guard";
    default: return reason_words(reason);
    }
}

/* Why a major was chosen, or "". */
static const char *chosen_words(const struct collection *c)
{
    enum reason reason = (enum reason)c->reason;
    if (c->type == COLLECTION_SCAVENGE || reason == REASON_ALLOCATION_FAILURE)
        return "";
    bool young = reason == REASON_PROMOTION_LIMIT || reason == REASON_OLD_EXHAUSTED;
    return reason_words(young || reason == REASON_SCAVENGE_MIGHT_FAIL ? reason : REASON_OLD_REQUESTED);
}

static void put_steps(struct out *out, const struct v8_form *form, const struct collection *c,
                      const struct v8_steps *steps)
{
    v8_put_steps(out, form, steps, false);
    out_words(out, ", walltime since start of marking ");
    v8_put_decimal(out, c->start_ns + c->pause_ns - steps->start_ns, form->time_unit, 0);
    out_format(out, " %s)", form->time_word);
}

static void line(struct out *out, const struct v8_form *form, const struct collection *c,
                 const struct v8_utilization *u, const struct v8_steps *steps)
{
    bool none = u->majors < 2; /* all the time was the program's, as far as V8 knows */
    unsigned average = none ? 1000 : u->average, current = none ? 1000 : u->current;
    v8_put_change(out, form, c, "Mark-Compact");
    v8_put_decimal(out, c->pause_ns, form->time_unit, 2);
    out_format(out, " / 0.00 %s ", form->time_word);
    if (steps != NULL && steps->count != 0 && c->type != COLLECTION_SCAVENGE)
        put_steps(out, form, c, steps);
    out_format(out, " (average mu = %u.%03u, current mu = %u.%03u) %s; %s\n", average / 1000, average % 1000,
               current / 1000, current % 1000, asked_words((enum reason)c->reason), chosen_words(c));
}

static void put_step_values(struct out *out, const struct v8_form *form, const struct v8_heap_log *log, bool scavenge)
{
    if (scavenge) {
        v8_put_count(out, "incremental.steps_count", log->since.count);
        v8_put_span(out, form, "incremental.steps_took", log->since.total_ns, 1);
    } else {
        v8_put_span(out, form, "incremental", log->cycle.total_ns, 1);
        v8_put_span(out, form, "incremental_longest_step", log->cycle.longest_ns, 1);
        v8_put_count(out, "incremental_steps_count", log->cycle.count);
    }
}

static void values(struct out *out, const struct v8_form *form, const struct v8_heap_log *log, const struct heap *h)
{
    const struct collection *c = &h->gc.now;
    bool scavenge = c->type == COLLECTION_SCAVENGE;
    struct v8_parts p = v8_parts_of(h);
    v8_put_head(out, form, log, c, "mc");
    v8_put_count(out, "reduce_memory", c->reduce);
    if (scavenge) {
        v8_put_span(out, form, "scavenge", c->pause_ns, 2);
        v8_put_span(out, form, "scavenge.roots", p.roots, 2);
    } else {
        v8_put_major_parts(out, form, &p);
    }
    put_step_values(out, form, log, scavenge);
    v8_put_bytes(out, log, h, "new_space_survived");
    v8_put_rates(out, log, h, scavenge ? "new_space_survive_rate_" /* spelled as in 11.3 */ : "new_space_survive_rate");
    out->len--; /* the last blank */
    out_char(out, '\n');
}

static void put_origin(struct out *out, const struct v8_form *form, const struct heap *h)
{
    source(out, form->worker + 1);
    v8_put_time(out, form, heap_now(h));
}

static void limit(struct out *out, const struct v8_form *form, const struct heap *h, const struct happening *limit)
{
    put_origin(out, form, h);
    out_words(out, "[HeapController] factor ");
    v8_put_factor(out, form, h, limit->value[LIMIT_factor]);
    put_origin(out, form, h);
    out_words(out, "[HeapController] Limit: ");
    v8_put_new_limit(out, form, limit);
}

const struct v8_dialect log_node20 = {
    .source = source,
    .line = line,
    .values = values,
    .limit = limit,
    .tells_utilization = true,
    .old_label = "Old space",
    .label_width = 24,
    .reserved_semispaces = 3,
    .rest_in_all = true,
    .fatal = {"Reached heap limit Allocation failed - JavaScript heap out of memory",
              "Ineffective mark-compacts near heap limit Allocation failed - JavaScript heap out of memory"},
    .worker_error = "Error [ERR_WORKER_OUT_OF_MEMORY]: Worker terminated due to reaching memory limit: "
                    "JS heap out of memory\n",
    .last_collections = true,
    .last_collections_source = true,
    .profile = "node20",
};
