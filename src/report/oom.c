/*
 * oom.c - V8's last words when a heap has run out of memory, in the form of the era.
 *
 * The forms are those that users of Node 0.10, 6 and 20 saw on stderr: 0.10 has only the fatal line; later versions
 * first print the newest collections, as many whole lines as fit in V8's ring buffer. A worker of Node 20 is not a
 * process of its own: its end is an error of the main program.
 */
#include "base/writer.h"
#include "report/report.h"
#include "report/v8log.h"

#include <stdlib.h>

#define RING 512 /* bytes of V8's ring buffer for the last lines of its log */
#define SHORTEST_LINE 32

static void put_line(struct out *out, const struct v8_form *form, const struct collection *c,
                     const struct v8_utilization *u)
{
    if (form->dialect->last_collections_source)
        v8_put_source(out, form);
    v8_put_time(out, form, c->start_ns + c->pause_ns);
    form->dialect->line(out, form, c, u, NULL);
}

/* The newest collections, as many whole lines as fit in the ring. */
static void put_last_collections(struct out *out, const struct v8_form *form, const struct heap *heap)
{
    struct v8_utilization u = {0};
    struct out lines;
    size_t n = heap->collections.len, from = 0;
    out_to_memory(&lines);
    for (size_t i = 0; i < n; i++) {
        const struct collection *c = &heap->collections.data[i];
        if (c->type != COLLECTION_SCAVENGE)
            v8_utilization_add(&u, c);
        if (n - i <= RING / SHORTEST_LINE)
            put_line(&lines, form, c, &u);
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

/* A size with its unit written out: 64 KiB. */
static void put_unit(struct out *out, uint64_t bytes)
{
    static const char *const units[] = {"bytes", "KiB", "MiB", "GiB"};
    unsigned unit = 0;
    for (; unit < 3 && bytes != 0 && bytes % 1024 == 0; unit++)
        bytes /= 1024;
    out_format(out, "%llu %s", (unsigned long long)bytes, units[unit]);
}

static void put_hint(struct out *out, const struct config *config, const char *profile)
{
    if (config->profile != PROFILE_CLASSROOM)
        return;
    out_words(out, "(this is the classroom profile, a ");
    put_unit(out, config->max_old_space_size);
    out_format(out, " heap: try --profile %s)\n", profile);
}

char *report_oom_words(const struct heap *heap)
{
    struct v8_form form = v8_form_of(heap);
    const struct v8_dialect *dialect = form.dialect;
    struct out out;
    out_to_memory(&out);
    if (form.worker != 0 && dialect->worker_error) { /* the program goes on */
        out_words(&out, dialect->worker_error);
    } else {
        if (dialect->last_collections)
            put_last_collections(&out, &form, heap);
        out_format(&out, "FATAL ERROR: %s\n", dialect->fatal[heap->oom_words]);
    }
    put_hint(&out, &heap->config, dialect->profile);
    return out_take(&out);
}
