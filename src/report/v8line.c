/* v8line.c - see v8line.h. */
#include "report/v8line.h"

struct v8_form v8_form_of(const struct heap *heap)
{
    bool toy = config_toy(&heap->config);
    return (struct v8_form){.era = heap->config.era,
                            .worker = heap->worker.index,
                            .size_unit = toy ? 1024 : 1 << 20,
                            .time_unit = toy ? 1000 : 1000000,
                            .small_unit = toy ? 1 : 1024,
                            .size_word = toy ? "KB" : "MB",
                            .time_word = toy ? "us" : "ms",
                            .small_word = toy ? "B" : "KB"};
}

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

void v8_put_source(struct out *out, const struct v8_form *form)
{
    unsigned n = form->worker + 1;
    if (form->era == ERA_BOOK)
        out_format(out, "[%u] ", n);
    else if (form->era == ERA_NODE6)
        out_format(out, "[%u:0x1] ", n);
    else
        out_format(out, "[1:0x%x] ", n);
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

static const char *name_of(const struct v8_form *form, const struct collection *c)
{
    if (c->type == COLLECTION_SCAVENGE)
        return "Scavenge";
    return form->era == ERA_NODE20 ? "Mark-Compact" : "Mark-sweep";
}

/* Why the collection was asked for, in the era's words. */
static const char *asked_words(enum era era, enum reason reason)
{
    switch (reason) {
    case REASON_TESTING: return era == ERA_NODE20 ? "testing" : "Isolate::RequestGarbageCollection";
    case REASON_PROMOTION_LIMIT:
    case REASON_OLD_EXHAUSTED:
    case REASON_SCAVENGE_MIGHT_FAIL:
    case REASON_OLD_REQUESTED: return reason_words(REASON_ALLOCATION_FAILURE);
    case REASON_EXTERNAL_PRESSURE:
        return era == ERA_NODE20 ? reason_words(reason) : "external memory allocation limit reached";
    case REASON_FINALIZE_MARKING:
        return era == ERA_NODE20 ? "finalize incremental marking via stack guard" : "GC interrupt";
    case REASON_LAST_RESORT: return era == ERA_NODE20 ? reason_words(reason) : "last resort gc";
    default: return reason_words(reason);
    }
}

/* Why a major was chosen, or "". */
static const char *chosen_words(enum era era, const struct collection *c)
{
    enum reason reason = (enum reason)c->reason;
    if (c->type == COLLECTION_SCAVENGE)
        return "";
    switch (reason) {
    case REASON_PROMOTION_LIMIT:
    case REASON_OLD_EXHAUSTED:
    case REASON_SCAVENGE_MIGHT_FAIL: return reason_words(reason);
    case REASON_LAST_RESORT: return era == ERA_NODE20 ? reason_words(REASON_OLD_REQUESTED) : "";
    case REASON_ALLOCATION_FAILURE: return "";
    default: return reason_words(REASON_OLD_REQUESTED);
    }
}

/* The parenthesis about incremental marking, if there was any. */
static void put_steps(struct out *out, const struct v8_form *form, const struct collection *c,
                      const struct v8_steps *steps)
{
    bool node20 = form->era == ERA_NODE20, scavenge = c->type == COLLECTION_SCAVENGE;
    if (steps == NULL || steps->count == 0 || (node20 && scavenge))
        return;
    out_words(out, " (+ ");
    v8_put_decimal(out, steps->total_ns, form->time_unit, 1);
    out_format(out, " %s in %llu steps since %s", form->time_word, (unsigned long long)steps->count,
               scavenge ? "last GC" : "start of marking, biggest step ");
    if (!scavenge) {
        v8_put_decimal(out, steps->longest_ns, form->time_unit, 1);
        out_format(out, " %s", form->time_word);
    }
    if (node20) {
        out_words(out, ", walltime since start of marking ");
        v8_put_decimal(out, c->start_ns + c->pause_ns - steps->start_ns, form->time_unit, 0);
        out_format(out, " %s", form->time_word);
    }
    out_char(out, ')');
}

static void put_change(struct out *out, const struct v8_form *form, const struct collection *c)
{
    out_words(out, name_of(form, c));
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

void v8_put_collection(struct out *out, const struct v8_form *form, const struct collection *c,
                       const struct v8_utilization *u, const struct v8_steps *steps)
{
    const char *asked = asked_words(form->era, (enum reason)c->reason), *chosen = chosen_words(form->era, c);
    put_change(out, form, c);
    v8_put_decimal(out, c->pause_ns, form->time_unit, form->era == ERA_NODE20 ? 2 : 1);
    if (form->era != ERA_BOOK)
        out_words(out, form->era == ERA_NODE6 ? " / 0.0" : " / 0.00");
    out_format(out, " %s", form->time_word);
    if (form->era == ERA_NODE20) {
        out_char(out, ' ');
        put_steps(out, form, c, steps);
        bool none = u->majors < 2; /* all the time was the program's, as far as V8 knows */
        unsigned average = none ? 1000 : u->average, current = none ? 1000 : u->current;
        out_format(out, " (average mu = %u.%03u, current mu = %u.%03u) %s; %s\n", average / 1000, average % 1000,
                   current / 1000, current % 1000, asked, chosen);
        return;
    }
    put_steps(out, form, c, steps);
    out_format(out, chosen[0] ? " [%s] [%s].\n" : " [%s]%s.\n", asked, chosen);
}
