/* v8line.c - pieces of V8's log that several dialects share. */
#include "report/v8line.h"

#include "gc/policy.h"

__extension__ typedef unsigned __int128 wide;

void v8_put_decimal(struct out *out, uint64_t value, uint64_t unit, unsigned decimals)
{
    uint64_t scale = 1, rest = value % unit;
    for (unsigned i = 0; i < decimals; i++)
        scale *= 10;
    uint64_t digits = (rest * scale + unit / 2) / unit, whole = value / unit + digits / scale;
    out_number(out, whole);
    if (decimals != 0)
        out_format(out, ".%0*llu", (int)decimals, (unsigned long long)(digits % scale));
}

void v8_put_time(struct out *out, const struct v8_form *form, uint64_t ns)
{
    uint64_t at = (ns + form->time_unit / 2) / form->time_unit;
    out_format(out, "%8llu %s: ", (unsigned long long)at, form->time_word);
}

/* ---- utilization ---- */

/* Half up. */
static unsigned per_mille(uint64_t part, uint64_t whole)
{
    while (whole > UINT64_MAX / 2001) {
        whole /= 2;
        part /= 2;
    }
    return whole == 0 ? 0 : (unsigned)((part * 2000 + whole) / (2 * whole));
}

void v8_utilization_add(struct v8_utilization *u, const struct collection *c)
{
    uint64_t end = c->start_ns + c->pause_ns, total = end - u->last_end;
    uint64_t mutator = total > c->pause_ns ? total - c->pause_ns : 0;
    bool first = u->majors == 1;
    u->last_end = end;
    if (u->majors++ == 0)
        return;
    u->mean_mutator = first ? mutator : (u->mean_mutator + mutator) / 2;
    u->mean_pause = first ? c->pause_ns : (u->mean_pause + c->pause_ns) / 2;
    u->current = per_mille(mutator, total);
    u->average = per_mille(u->mean_mutator, u->mean_mutator + u->mean_pause);
}

/* ---- the line ---- */

void v8_put_change(struct out *out, const struct v8_form *form, const struct collection *c, const char *major)
{
    out_words(out, c->type == COLLECTION_SCAVENGE ? "Scavenge" : major);
    out_words(out, c->reduce ? " (reduce) " : " ");
    v8_put_decimal(out, c->before.heap_used, form->size_unit, 1);
    out_words(out, " (");
    v8_put_decimal(out, c->before.heap_total, form->size_unit, 1);
    out_words(out, ") -> ");
    v8_put_decimal(out, c->after.heap_used, form->size_unit, 1);
    out_words(out, " (");
    v8_put_decimal(out, c->after.heap_total, form->size_unit, 1);
    out_format(out, ") %s, ", form->size_word);
}

void v8_put_steps(struct out *out, const struct v8_form *form, const struct v8_steps *steps, bool scavenge)
{
    out_words(out, " (+ ");
    v8_put_decimal(out, steps->total_ns, form->time_unit, 1);
    out_format(out, " %s in %llu steps since %s", form->time_word, (unsigned long long)steps->count,
               scavenge ? "last GC" : "start of marking, biggest step ");
    if (scavenge)
        return;
    v8_put_decimal(out, steps->longest_ns, form->time_unit, 1);
    out_format(out, " %s", form->time_word);
}

/* The cause of the collection. */
static const char *asked_words(enum reason reason)
{
    switch (reason) {
    case REASON_TESTING: return "Isolate::RequestGarbageCollection";
    case REASON_PROMOTION_LIMIT:
    case REASON_OLD_EXHAUSTED:
    case REASON_SCAVENGE_MIGHT_FAIL:
    case REASON_OLD_REQUESTED: return reason_words(REASON_ALLOCATION_FAILURE);
    case REASON_EXTERNAL_PRESSURE: return "external memory allocation limit reached";
    case REASON_FINALIZE_MARKING: return "GC interrupt";
    case REASON_LAST_RESORT: return "last resort gc";
    default: return reason_words(reason);
    }
}

/* Why a major was chosen, or NULL. */
static const char *chosen_words(const struct collection *c)
{
    enum reason reason = (enum reason)c->reason;
    if (c->type == COLLECTION_SCAVENGE)
        return NULL;
    switch (reason) {
    case REASON_PROMOTION_LIMIT:
    case REASON_OLD_EXHAUSTED:
    case REASON_SCAVENGE_MIGHT_FAIL: return reason_words(reason);
    case REASON_LAST_RESORT:
    case REASON_ALLOCATION_FAILURE: return NULL;
    default: return reason_words(REASON_OLD_REQUESTED);
    }
}

void v8_put_bracketed(struct out *out, const struct v8_form *form, const struct collection *c,
                      const struct v8_steps *steps, const char *callbacks)
{
    const char *chosen = chosen_words(c);
    v8_put_change(out, form, c, "Mark-sweep");
    v8_put_decimal(out, c->pause_ns, form->time_unit, 1);
    out_format(out, "%s %s", callbacks, form->time_word);
    if (steps != NULL && steps->count != 0) {
        v8_put_steps(out, form, steps, c->type == COLLECTION_SCAVENGE);
        out_char(out, ')');
    }
    out_format(out, " [%s]", asked_words((enum reason)c->reason));
    if (chosen)
        out_format(out, " [%s]", chosen);
    out_words(out, ".\n");
}

/* ---- NAME=VALUE ---- */

void v8_put_count(struct out *out, const char *name, uint64_t value)
{
    out_words(out, name);
    out_char(out, '=');
    out_number(out, value);
    out_char(out, ' ');
}

void v8_put_span(struct out *out, const struct v8_form *form, const char *name, uint64_t ns, unsigned decimals)
{
    out_words(out, name);
    out_char(out, '=');
    v8_put_decimal(out, ns, form->time_unit, decimals);
    out_char(out, ' ');
}

void v8_put_percent(struct out *out, const char *name, uint64_t part, uint64_t whole)
{
    out_words(out, name);
    out_char(out, '=');
    v8_put_decimal(out, part * 100, whole == 0 ? 1 : whole, 1);
    out_words(out, "% ");
}

struct v8_parts v8_parts_of(const struct heap *h)
{
    const struct config *c = &h->config;
    const struct gc_state *gc = &h->gc;
    uint64_t unit = 1000 * c->gc_threads, moved = gc->now.copied_bytes + gc->now.promoted_bytes;
    return (struct v8_parts){.roots = gc->now.roots_visited * c->cost_root / 1000,
                             .remembered = gc->now.remembered_visited * c->cost_root / 1000,
                             .copy = moved * c->cost_copy_byte / unit,
                             .mark = (h->marking.scanned - gc->scanned_before) * c->cost_mark_byte / unit,
                             .sweep = gc->swept_bytes * c->cost_sweep_byte / unit,
                             .evacuate = gc->evacuated_bytes * c->cost_evacuate_byte / unit,
                             .slots = gc->now.slots_updated * c->cost_slot / 1000};
}

uint64_t v8_holes(const struct heap *h)
{
    uint64_t sum = 0;
    for (unsigned space = 0; space < SPACE_COUNT; space++)
        if (space_paged((enum space_id)space))
            sum += h->spaces[space].wasted + h->spaces[space].available;
    return sum;
}

void v8_put_head(struct out *out, const struct v8_form *form, const struct v8_heap_log *log, const struct collection *c,
                 const char *major)
{
    v8_put_span(out, form, "pause", c->pause_ns, 1);
    v8_put_span(out, form, "mutator", c->start_ns - log->last_end, 1);
    out_format(out, "gc=%s ", c->type == COLLECTION_SCAVENGE ? "s" : major);
}

void v8_put_major_parts(struct out *out, const struct v8_form *form, const struct v8_parts *p)
{
    v8_put_span(out, form, "evacuate", p->copy + p->evacuate + p->slots, 1);
    v8_put_span(out, form, "evacuate.copy", p->copy + p->evacuate, 1);
    v8_put_span(out, form, "evacuate.update_pointers", p->slots, 1);
    v8_put_span(out, form, "mark", p->mark + p->roots, 1);
    v8_put_span(out, form, "mark.roots", p->roots, 1);
    v8_put_span(out, form, "sweep", p->sweep, 1);
}

void v8_put_rates(struct out *out, const struct v8_heap_log *log, const struct heap *h, const char *survived)
{
    const struct collection *c = &h->gc.now;
    const struct limits *l = &h->limits;
    uint64_t n = l->survivals < 10 ? l->survivals : 10, sum = 0;
    for (uint64_t i = 0; i < n; i++)
        sum += l->survival[i];
    v8_put_percent(out, "promotion_ratio", c->promoted_bytes, h->gc.young_bytes);
    v8_put_percent(out, "average_survival_ratio", sum, n * 1000);
    v8_put_percent(out, "promotion_rate", log->last_copied == 0 ? 0 : c->promoted_bytes, log->last_copied);
    v8_put_percent(out, survived, c->copied_bytes, h->gc.young_bytes);
}

void v8_put_step_values(struct out *out, const struct v8_form *form, const struct v8_heap_log *log, bool scavenge)
{
    const struct v8_steps *steps = scavenge ? &log->since : &log->cycle;
    v8_put_count(out, "steps_count", steps->count);
    v8_put_span(out, form, "steps_took", steps->total_ns, 1);
    if (!scavenge)
        v8_put_span(out, form, "longest_step", steps->longest_ns, 1);
}

void v8_put_bytes(struct out *out, const struct v8_heap_log *log, const struct heap *h, const char *copied)
{
    const struct collection *c = &h->gc.now;
    uint64_t used = c->before.heap_used;
    v8_put_count(out, "total_size_before", used);
    v8_put_count(out, "total_size_after", c->after.heap_used);
    v8_put_count(out, "holes_size_before", log->holes);
    v8_put_count(out, "holes_size_after", v8_holes(h));
    v8_put_count(out, "allocated", used > log->last_used ? used - log->last_used : 0);
    v8_put_count(out, "promoted", c->promoted_bytes);
    v8_put_count(out, copied, c->copied_bytes);
}

/* ---- the limit ---- */

/* a / b, half up, as printf does it: inf or nan if b is 0. */
static void put_quotient(struct out *out, const char *name, wide a, wide b)
{
    out_words(out, name);
    if (b == 0)
        out_words(out, a == 0 ? "nan" : "inf");
    else
        out_number(out, (uint64_t)((2 * a + b) / (2 * b)));
}

void v8_put_factor(struct out *out, const struct v8_form *form, const struct heap *h, uint64_t factor)
{
    struct speeds s = policy_speeds(h);
    v8_put_decimal(out, factor, 1000, 1);
    put_quotient(out, " based on mu=0.970, speed_ratio=", (wide)s.gc_bytes * s.mutator_ns,
                 (wide)s.gc_ns * s.allocated_bytes);
    put_quotient(out, " (gc=", (wide)s.gc_bytes * form->time_unit, s.gc_ns);
    put_quotient(out, ", mutator=", (wide)s.allocated_bytes * form->time_unit, s.mutator_ns);
    out_words(out, ")\n");
}

void v8_put_new_limit(struct out *out, const struct v8_form *form, const struct happening *limit)
{
    uint64_t new = limit->value[LIMIT_limit], old = limit->value[LIMIT_old], factor = limit->value[LIMIT_factor];
    out_format(out, "old size: %llu %s, new limit: %llu %s (", (unsigned long long)(old / form->small_unit),
               form->small_word, (unsigned long long)(new / form->small_unit), form->small_word);
    v8_put_decimal(out, factor, 1000, 1);
    out_words(out, ")\n");
}
