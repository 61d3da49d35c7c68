/*
 * oom.c - what V8 says when a heap has run out of memory, in the words of the era.
 *
 * The forms are those that users of Node 0.10, 6 and 20 saw on stderr: 0.10 has only the fatal line; later versions
 * print the newest collections first, as many whole lines as fit in V8's ring buffer. In a geometry with pages under
 * 64 KiB the lines count KB and us where V8 counts MB and ms: a toy heap would read 0.0 everywhere.
 */
#include "report/out.h"
#include "report/report.h"

#include <stdlib.h>

#define RING 512 /* bytes of V8's ring buffer for the last lines of its log */
#define SHORTEST_LINE 32

/* value / unit with some decimals, half up. */
static void put_decimal(struct out *out, uint64_t value, uint64_t unit, unsigned decimals)
{
    uint64_t scale = 1, rest = value % unit;
    for (unsigned i = 0; i < decimals; i++)
        scale *= 10;
    uint64_t digits = (rest * scale + unit / 2) / unit, whole = value / unit + digits / scale;
    out_format(out, "%llu.%0*llu", (unsigned long long)whole, (int)decimals, (unsigned long long)(digits % scale));
}

/* Times and sizes of an era's line. */
struct form {
    enum era era;
    bool toy;
    uint64_t size_unit, time_unit;
    const char *size_word, *time_word;
};

static struct form form_of(const struct config *config)
{
    bool toy = config_toy(config);
    return (struct form){config->era,      toy, toy ? 1024 : 1 << 20, toy ? 1000 : 1000000, toy ? "KB" : "MB",
                         toy ? "us" : "ms"};
}

static const char *v8_name(const struct form *form, const struct collection *c)
{
    if (c->type == COLLECTION_SCAVENGE)
        return "Scavenge";
    if (form->era == ERA_NODE20)
        return "Mark-Compact";
    return c->type == COLLECTION_MARK_COMPACT ? "Mark-compact" : "Mark-sweep";
}

/*
 * The share of the time that was the program's, in per mille, between two majors that ended at ends, and its running
 * mean as V8 keeps it: each new pair of times counts as much as all before.
 */
struct utilization {
    uint64_t mean_mutator, mean_pause, last_end;
    unsigned average, current; /* per mille */
};

static unsigned per_mille(uint64_t part, uint64_t whole)
{
    while (whole > UINT64_MAX / 1000) {
        whole /= 2;
        part /= 2;
    }
    return whole == 0 ? 0 : (unsigned)(part * 1000 / whole);
}

static void utilization_add(struct utilization *u, const struct collection *c)
{
    uint64_t end = c->start_ns + c->pause_ns, total = end - u->last_end;
    uint64_t mutator = total > c->pause_ns ? total - c->pause_ns : 0;
    bool first = u->mean_pause == 0;
    u->mean_mutator = first ? mutator : (u->mean_mutator + mutator) / 2;
    u->mean_pause = first ? c->pause_ns : (u->mean_pause + c->pause_ns) / 2;
    u->current = per_mille(mutator, total);
    u->average = per_mille(u->mean_mutator, u->mean_mutator + u->mean_pause);
    u->last_end = end;
}

/* V8 tells why a collection was asked for, then why this collector was chosen, if there is a reason for that. */
static void put_reasons(struct out *out, const struct form *form, enum reason reason)
{
    bool node20 = form->era == ERA_NODE20;
    const char *asked = reason_words(reason), *chosen = "";
    switch (reason) {
    case REASON_PROMOTION_LIMIT:
    case REASON_OLD_EXHAUSTED:
    case REASON_SCAVENGE_MIGHT_FAIL:
    case REASON_OLD_REQUESTED:
        asked = reason_words(REASON_ALLOCATION_FAILURE);
        chosen = reason_words(reason);
        break;
    case REASON_LAST_RESORT:
        asked = node20 ? asked : "last resort gc";
        chosen = node20 ? reason_words(REASON_OLD_REQUESTED) : "";
        break;
    default: break;
    }
    if (node20)
        out_format(out, "%s; %s\n", asked, chosen);
    else
        out_format(out, chosen[0] ? "[%s] [%s].\n" : "[%s]%s.\n", asked, chosen);
}

/* A collection as a line of V8's log. */
static void put_line(struct out *out, const struct form *form, const struct collection *c, const struct utilization *u)
{
    uint64_t at = (c->start_ns + c->pause_ns + form->time_unit / 2) / form->time_unit;
    if (form->era == ERA_NODE20)
        out_words(out, "[1:0x1] ");
    out_format(out, "%8llu %s: %s ", (unsigned long long)at, form->time_word, v8_name(form, c));
    put_decimal(out, c->before.heap_used, form->size_unit, 1);
    out_words(out, " (");
    put_decimal(out, c->before.heap_total, form->size_unit, 1);
    out_words(out, ") -> ");
    put_decimal(out, c->after.heap_used, form->size_unit, 1);
    out_words(out, " (");
    put_decimal(out, c->after.heap_total, form->size_unit, 1);
    out_format(out, ") %s, ", form->size_word);
    put_decimal(out, c->pause_ns, form->time_unit, form->era == ERA_NODE20 ? 2 : 1);
    if (form->era == ERA_NODE20)
        out_format(out, " / 0.00 %s  (average mu = %u.%03u, current mu = %u.%03u) ", form->time_word, u->average / 1000,
                   u->average % 1000, u->current / 1000, u->current % 1000);
    else
        out_format(out, " / 0 %s ", form->time_word);
    put_reasons(out, form, (enum reason)c->reason);
}

/* The newest collections, as many whole lines as fit in the ring. */
static void put_last_collections(struct out *out, const struct heap *heap)
{
    struct form form = form_of(&heap->config);
    struct utilization u = {0};
    struct out lines;
    size_t n = heap->collections.len, from = 0;
    out_to_memory(&lines);
    for (size_t i = 0; i < n; i++) {
        const struct collection *c = &heap->collections.data[i];
        if (c->type != COLLECTION_SCAVENGE)
            utilization_add(&u, c);
        if (n - i <= RING / SHORTEST_LINE)
            put_line(&lines, &form, c, &u);
    }
    if (lines.len > RING) {
        const char *end = memchr(lines.data + lines.len - RING - 1, '\n', RING + 1);
        from = end ? (size_t)(end - lines.data) + 1 : 0;
    }
    out_words(out, "\n<--- Last few GCs --->\n\n");
    if (lines.len != 0)
        out_text(out, lines.data + from, lines.len - from);
    out_char(out, '\n');
    out->failed |= lines.failed;
    out_drop(&lines);
}

static const char *fatal_words(const struct heap *heap)
{
    switch (heap->config.era) {
    case ERA_BOOK: return "CALL_AND_RETRY_2 Allocation failed - process out of memory";
    case ERA_NODE6: return "CALL_AND_RETRY_LAST Allocation failed - JavaScript heap out of memory";
    default:
        return heap->oom_words == 1
                   ? "Ineffective mark-compacts near heap limit Allocation failed - JavaScript heap out of memory"
                   : "Reached heap limit Allocation failed - JavaScript heap out of memory";
    }
}

/* A size with its unit written out: 64 KiB. */
static void put_unit(struct out *out, uint64_t bytes)
{
    static const char *const units[] = {"bytes", "KiB", "MiB", "GiB"};
    unsigned unit = 0;
    for (; unit < 3 && bytes != 0 && bytes % 1024 == 0; unit++)
        bytes /= 1024;
    out_format(out, "%llu %s", (unsigned long long)bytes, units[unit]);
}

static void put_hint(struct out *out, const struct config *config)
{
    if (config->profile != PROFILE_CLASSROOM)
        return;
    out_words(out, "(this is the classroom profile, a ");
    put_unit(out, config->max_old_space_size);
    out_format(out, " heap: try --profile %s)\n", config->era == ERA_NODE6 ? "node6" : "node20");
}

char *report_oom_words(const struct run *run)
{
    const struct heap *heap = &run->heap;
    struct out out;
    out_to_memory(&out);
    if (heap->config.era != ERA_BOOK)
        put_last_collections(&out, heap);
    out_format(&out, "FATAL ERROR: %s\n", fatal_words(heap));
    put_hint(&out, &heap->config);
    return out_take(&out);
}
