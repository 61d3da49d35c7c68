/*
 * oom.c - what V8 says when a heap has run out of memory, in the words of the era.
 *
 * The forms are those that users of Node 0.10, 6 and 20 saw on stderr: 0.10 has only the fatal line; later versions
 * print the newest collections first, as many whole lines as fit in V8's ring buffer. A worker of Node 20 is no process
 * of its own: its end is an error of the main one.
 */
#include "base/writer.h"
#include "report/report.h"
#include "report/v8line.h"

#include <stdlib.h>

#define RING 512 /* bytes of V8's ring buffer for the last lines of its log */
#define SHORTEST_LINE 32

/* In the ring buffer of 5.1 no line says whose it is. */
static void put_line(struct out *out, const struct v8_form *form, const struct collection *c,
                     const struct v8_utilization *u)
{
    if (form->era == ERA_NODE20)
        v8_put_source(out, form);
    v8_put_time(out, form, c->start_ns + c->pause_ns);
    v8_put_collection(out, form, c, u, NULL);
}

/* The newest collections, as many whole lines as fit in the ring. */
static void put_last_collections(struct out *out, const struct heap *heap)
{
    struct v8_form form = v8_form_of(heap);
    struct v8_utilization u = {0};
    struct out lines;
    size_t n = heap->collections.len, from = 0;
    out_to_memory(&lines);
    for (size_t i = 0; i < n; i++) {
        const struct collection *c = &heap->collections.data[i];
        if (c->type != COLLECTION_SCAVENGE)
            v8_utilization_add(&u, c);
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

char *report_oom_words(const struct heap *heap)
{
    struct out out;
    out_to_memory(&out);
    if (heap->config.era == ERA_NODE20 && heap->worker.index != 0) { /* Node 20 ends the worker, and goes on */
        out_words(&out, "Error [ERR_WORKER_OUT_OF_MEMORY]: Worker terminated due to reaching memory limit: "
                        "JS heap out of memory\n");
        put_hint(&out, &heap->config);
        return out_take(&out);
    }
    if (heap->config.era != ERA_BOOK)
        put_last_collections(&out, heap);
    out_format(&out, "FATAL ERROR: %s\n", fatal_words(heap));
    put_hint(&out, &heap->config);
    return out_take(&out);
}
