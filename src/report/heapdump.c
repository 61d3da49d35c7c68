/*
 * heapdump.c - the objects of a heap: one JSON object per line for each (heapreel(1), "The heap listing").
 *
 * Ids are those of heap_ids.h, in the order of the lines. "page" counts a
 * space's pages in the order of their making; a large object is its space's n-th page, at offset 0. Several heaps
 * follow each other, each with its worker's name in its lines, and with ids of its own.
 */
#include "heap/objects.h"
#include "heap/slots.h"
#include "report/heap_ids.h"
#include "report/labels.h"
#include "report/report.h"

#include <stdlib.h>

struct dump {
    const struct heap *heap;
    const char *worker;  /* whose heap it is, if there are several; or NULL */
    struct heap_ids ids; /* in the order of the lines */
    uint32_t *pages;     /* index in heap.pages -> number of the page in its space */
    struct out out;
};

/* Numbers the pages of the paged spaces. 0, or -1 without memory. */
static int number_pages(struct dump *d)
{
    const struct heap *h = d->heap;
    d->pages = calloc(h->pages.len + 1, sizeof *d->pages);
    if (d->pages == NULL)
        return -1;
    for (unsigned id = SPACE_OLD; id < SPACE_COUNT; id++) {
        uint32_t n = 0;
        if (!space_paged((enum space_id)id))
            continue;
        for (uint32_t p = h->spaces[id].first; p != NONE; p = h->pages.data[p].next)
            d->pages[p] = n++;
    }
    return 0;
}

static void print_slots(struct dump *d, uint32_t object)
{
    uint32_t count;
    const struct slot *slots = object_slots(d->heap, object, &count);
    bool begun = false;
    out_words(&d->out, ",\"slots\":[");
    for (uint32_t i = 0; i < count; i++) {
        uint32_t key = slots[i].key;
        if ((key & SLOT_TYPE) == SLOT_HOLE || slots[i].target == NONE)
            continue;
        out_words(&d->out, begun ? ",[" : "[");
        begun = true;
        label_slot_json(&d->out, d->heap, key);
        out_char(&d->out, ',');
        out_number(&d->out, d->ids.ids[slots[i].target]);
        out_words(&d->out, key & SLOT_WEAK ? ",\"weak\"]" : "]");
    }
    out_char(&d->out, ']');
}

static void print_entries(struct dump *d, uint32_t object)
{
    uint32_t count;
    const struct entry *entries = object_entries(d->heap, object, &count);
    bool begun = false;
    out_words(&d->out, ",\"entries\":[");
    for (uint32_t i = 0; i < count; i++) {
        uint32_t key = entry_key(&entries[i]), value = entry_value(&entries[i]);
        if (key == NONE)
            continue;
        out_words(&d->out, begun ? ",[" : "[");
        begun = true;
        out_number(&d->out, d->ids.ids[key]);
        out_char(&d->out, ',');
        if (value == NONE)
            out_words(&d->out, "null");
        else
            out_number(&d->out, d->ids.ids[value]);
        out_char(&d->out, ']');
    }
    out_char(&d->out, ']');
}

/* Prints the line of the object at place in the list; space is its space, with its JSON name. */
static void print_object(struct dump *d, size_t place, enum space_id space, const char *space_word)
{
    uint32_t object = d->ids.list.objects.data[place];
    const struct object *o = &d->heap->objects.data[object];
    struct out *out = &d->out;
    uint64_t page = o->page;
    if (space_large(space))
        page = place - d->ids.first[space];
    else if (space_paged(space))
        page = d->pages[o->page];
    out_char(out, '{');
    if (d->worker != NULL) {
        out_words(out, "\"worker\":");
        out_json_string(out, d->worker, strlen(d->worker));
        out_char(out, ',');
    }
    out_words(out, "\"id\":");
    out_number(out, place + 1);
    out_words(out, ",\"name\":");
    label_name_json(out, d->heap, o->name);
    out_words(out, ",\"kind\":\"");
    out_words(out, object_kind_word(object_kind(o)));
    out_words(out, "\",\"size\":");
    out_number(out, object_bytes(o));
    out_words(out, ",\"space\":\"");
    out_words(out, space_word);
    out_words(out, "\",\"page\":");
    out_number(out, page);
    out_words(out, ",\"offset\":");
    out_number(out, space_large(space) ? 0 : (uint64_t)o->offset * UNIT);
    out_words(out, ",\"age\":");
    out_number(out, object_age(d->heap, object));
    out_words(out, ",\"color\":\"");
    out_words(out, color_word(object_color(o)));
    out_words(out, object_rooted(o) ? "\",\"rooted\":true" : "\",\"rooted\":false");
    print_slots(d, object);
    if (object_ephemeron_table(o))
        print_entries(d, object);
    out_words(out, "}\n");
}

static int write_heap(const struct heap *heap, const char *worker, FILE *out)
{
    struct dump d = {.heap = heap, .worker = worker};
    int status = -1;
    out_to_file(&d.out, out);
    if (heap_ids_make(&d.ids, heap) || number_pages(&d))
        goto done;
    for (unsigned id = 0; id < SPACE_COUNT; id++) {
        const char *word = d.ids.first[id] < d.ids.first[id + 1] ? space_name(heap->config.era, (enum space_id)id) : "";
        for (size_t i = d.ids.first[id]; i < d.ids.first[id + 1] && !d.out.failed; i++)
            print_object(&d, i, (enum space_id)id, word);
    }
    status = out_flush(&d.out);
done:
    heap_ids_free(&d.ids);
    free(d.pages);
    return status;
}

int report_write_heap(const struct heap *heap, FILE *out)
{
    return write_heap(heap, NULL, out);
}

int report_write_heaps(const struct run *run, FILE *out)
{
    for (size_t i = 0; i < run_workers(run); i++) {
        const struct worker *it = run_worker(run, i);
        if (it->ready && write_heap(&it->heap, run_has_workers(run) ? worker_name(it) : NULL, out))
            return -1;
    }
    return 0;
}
