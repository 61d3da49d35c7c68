/* trace_events.c - begin and end of each collection, its inner event, and counters before and after. */
#include "formats/trace_events.h"

#include "base/writer.h"
#include "heap/figures.h"

#include <inttypes.h>
#include <string.h>

struct writer {
    struct out out;
    uint32_t thread; /* from 1 */
    bool begun;
};

/* Begins an event: {"ph":"B","name":..,"cat":..,"pid":1,"tid":1,"ts":12.345 */
static void begin(struct writer *w, const char *phase, const char *name, const char *category, uint64_t ns)
{
    out_words(&w->out, w->begun ? ",\n" : "");
    w->begun = true;
    out_format(&w->out,
               "{\"ph\":\"%s\",\"name\":\"%s\",\"cat\":\"%s\",\"pid\":1,\"tid\":%" PRIu32 ",\"ts\":%" PRIu64
               ".%03" PRIu64,
               phase, name, category, w->thread, ns / 1000, ns % 1000);
}

static void put_name(struct writer *w, const char *what, const char *name)
{
    begin(w, "M", what, "__metadata", 0);
    out_words(&w->out, ",\"args\":{\"name\":");
    out_json_string(&w->out, name, strlen(name));
    out_words(&w->out, "}}");
}

/* The heap's size, for Perfetto as a counter, and for the memory lane of DevTools. */
static void put_counters(struct writer *w, uint64_t ns, const struct memory_usage *usage)
{
    begin(w, "C", "heap", "v8", ns);
    out_format(&w->out, ",\"args\":{\"heapUsed\":%" PRIu64 ",\"heapTotal\":%" PRIu64 ",\"external\":%" PRIu64 "}}",
               usage->heap_used, usage->heap_total, usage->external);
    begin(w, "I", "UpdateCounters", "disabled-by-default-devtools.timeline", ns);
    out_format(&w->out,
               ",\"s\":\"t\",\"args\":{\"data\":{\"jsHeapSizeUsed\":%" PRIu64 ",\"documents\":0,\"nodes\":0,"
               "\"jsEventListeners\":0}}}",
               usage->heap_used);
}

static void put_collection(struct writer *w, const struct collection *c)
{
    bool scavenge = c->type == COLLECTION_SCAVENGE;
    const char *name = scavenge ? "MinorGC" : "MajorGC";
    uint64_t end = c->start_ns + c->pause_ns;
    put_counters(w, c->start_ns, &c->before);
    begin(w, "B", name, "devtools.timeline,v8", c->start_ns);
    out_format(&w->out, ",\"args\":{\"usedHeapSizeBefore\":%" PRIu64 ",\"type\":\"%s\"}}", c->before.heap_used,
               reason_words((enum reason)c->reason));
    begin(w, "X", scavenge ? "V8.GCScavenger" : "V8.GCMarkCompactor", "v8", c->start_ns);
    out_format(&w->out,
               ",\"dur\":%" PRIu64 ".%03" PRIu64 ",\"args\":{\"index\":%" PRIu64 ",\"event\":%" PRIu64
               ",\"line\":%" PRIu64,
               c->pause_ns / 1000, c->pause_ns % 1000, c->index, c->event, c->line);
    out_format(&w->out,
               ",\"copied\":%" PRIu64 ",\"promoted\":%" PRIu64 ",\"dead\":%" PRIu64 ",\"marking_steps\":%" PRIu64 "}}",
               c->copied_bytes, c->promoted_bytes, c->dead_bytes, c->marking_steps);
    begin(w, "E", name, "devtools.timeline,v8", end);
    out_format(&w->out, ",\"args\":{\"usedHeapSizeAfter\":%" PRIu64 "}}", c->after.heap_used);
    put_counters(w, end, &c->after);
}

static void put_heap(struct writer *w, const struct heap *h, const char *name)
{
    w->thread++;
    put_name(w, "thread_name", name);
    for (size_t i = 0; i < h->collections.len && !w->out.failed; i++)
        put_collection(w, &h->collections.data[i]);
    struct memory_usage now = heap_memory_usage(h);
    put_counters(w, heap_now(h), &now);
}

int trace_events_write(const struct run *run, FILE *file)
{
    struct writer w = {.thread = 0};
    out_to_file(&w.out, file);
    out_words(&w.out, "{\"traceEvents\":[\n");
    put_name(&w, "process_name", run->title == NULL ? "heapreel" : run->title);
    for (size_t i = 0; i < run_workers(run); i++) {
        const struct worker *it = run_worker(run, i);
        if (it->ready)
            put_heap(&w, &it->heap, worker_name(it));
    }
    out_words(&w.out, "\n],\"displayTimeUnit\":\"ms\",\"metadata\":{\"source\":\"heapreel\",\"simulated\":true}}\n");
    return out_flush(&w.out);
}
