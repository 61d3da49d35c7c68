/*
 * log_node6.c - the log of V8 5.1, of Node 6.
 *
 * It has the isolate, here 0x1, after the process, which a worker was ("[2:0x1] "), and a time for the embedder's
 * callbacks, of which there are none. In the ring buffer of its last lines, none says whose it is.
 */
#include "report/v8line.h"

static void source(struct out *out, unsigned number)
{
    out_format(out, "[%u:0x1] ", number);
}

static void line(struct out *out, const struct v8_form *form, const struct collection *c,
                 const struct v8_utilization *utilization, const struct v8_steps *steps)
{
    (void)utilization;
    v8_put_bracketed(out, form, c, steps, " / 0.0");
}

static void values(struct out *out, const struct v8_form *form, const struct v8_heap_log *log, const struct heap *h)
{
    const struct collection *c = &h->gc.now;
    bool scavenge = c->type == COLLECTION_SCAVENGE;
    struct v8_parts p = v8_parts_of(h);
    v8_put_head(out, form, log, c, "ms");
    v8_put_count(out, "reduce_memory", c->reduce);
    if (scavenge) {
        v8_put_span(out, form, "scavenge", c->pause_ns, 2);
        v8_put_span(out, form, "old_new", p.remembered, 2);
        v8_put_span(out, form, "roots", p.roots, 2);
        v8_put_span(out, form, "semispace", p.copy, 2);
    } else {
        v8_put_major_parts(out, form, &p);
    }
    v8_put_step_values(out, form, log, scavenge);
    v8_put_bytes(out, log, h, "semi_space_copied");
    v8_put_rates(out, log, h, "semi_space_copy_rate");
    out->len--; /* the last blank */
    out_char(out, '\n');
}

static void limit(struct out *out, const struct v8_form *form, const struct heap *h, const struct happening *limit)
{
    source(out, form->worker + 1);
    out_words(out, "Heap growing factor ");
    v8_put_factor(out, form, h, limit->value[LIMIT_factor]);
    source(out, form->worker + 1);
    out_words(out, "Grow: ");
    v8_put_new_limit(out, form, limit);
}

const struct v8_dialect log_node6 = {
    .source = source,
    .line = line,
    .values = values,
    .limit = limit,
    .old_label = "Old space",
    .label_width = 20,
    .reserved_semispaces = 2,
    .rest_in_large = true,
    .rest_in_all = true,
    .fatal = {"CALL_AND_RETRY_LAST Allocation failed - JavaScript heap out of memory"},
    .last_collections = true,
    .profile = "node6",
};
