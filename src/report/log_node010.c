/*
 * log_node010.c - the log of V8 3.28, of Node 0.12, the last that had the book's heap; its last words are Node 0.10's.
 *
 * It counts tenths of milliseconds. Workers were processes, so their lines begin with "[2] ". It does not contain the
 * limit, has no parts for a scavenge, and gives all those of a major as 0.
 */
#include "report/v8line.h"

static void source(struct out *out, unsigned number)
{
    out_format(out, "[%u] ", number);
}

static void line(struct out *out, const struct v8_form *form, const struct collection *c,
                 const struct v8_utilization *utilization, const struct v8_steps *steps)
{
    (void)utilization;
    v8_put_bracketed(out, form, c, steps, "");
}

static void values(struct out *out, const struct v8_form *form, const struct v8_heap_log *log, const struct heap *h)
{
    const struct collection *c = &h->gc.now;
    bool scavenge = c->type == COLLECTION_SCAVENGE;
    struct v8_parts p = scavenge ? (struct v8_parts){0} : v8_parts_of(h);
    v8_put_head(out, form, log, c, "ms");
    v8_put_span(out, form, "mark", p.mark + p.roots, 1);
    v8_put_span(out, form, "sweep", p.sweep, 2);
    v8_put_span(out, form, "evacuate", p.copy + p.evacuate, 1);
    v8_put_span(out, form, "compaction_ptrs", p.slots, 1);
    v8_put_bytes(out, log, h, "semi_space_copied");
    v8_put_percent(out, "promotion_rate", c->promoted_bytes, h->gc.young_bytes);
    v8_put_percent(out, "semi_space_copy_rate", c->copied_bytes, h->gc.young_bytes);
    v8_put_step_values(out, form, log, scavenge);
    out_char(out, '\n'); /* after the last blank, which later V8s leave out */
}

const struct v8_dialect log_node010 = {
    .source = source,
    .line = line,
    .values = values,
    .old_label = "Old pointers",
    .label_width = 20,
    .reserved_semispaces = 4,
    .rest_in_large = true,
    .fatal = {"CALL_AND_RETRY_2 Allocation failed - process out of memory"},
    .profile = "node20",
};
