/* retain_write.c - the table of retained sizes for people, as JSON and as CSV (heapreel(1), "Retained sizes"). */
#include "base/writer.h"
#include "heap/sites.h"
#include "report/labels.h"
#include "report/retain.h"
#include "report/sink.h"

#include <inttypes.h>

#define COLUMNS 80

/* Calls write(table, worker, self) for each heap of the run; worker NULL: there is only one. 0 or -1. */
static int each_heap(const struct retain_report *report,
                     void (*write)(const struct retain_table *table, const char *worker, void *self), void *self)
{
    for (size_t i = 0; i < run_workers(report->run); i++) {
        const struct worker *it = run_worker(report->run, i);
        struct retain_table table;
        if (!it->ready)
            continue;
        int failed = retain_make(&table, &it->heap, report->by, report->top);
        if (!failed)
            write(&table, run_has_workers(report->run) ? worker_name(it) : NULL, self);
        retain_free(&table);
        if (failed)
            return -1;
    }
    return 0;
}

/* ---- for people ---- */

static void put_right(struct out *out, size_t width, const char *text)
{
    size_t len = strlen(text);
    out_repeat(out, ' ', len < width ? width - len : 1);
    out_words(out, text);
}

static void put_size(struct out *out, size_t width, uint64_t bytes)
{
    char text[OUT_HUMAN];
    put_right(out, width, human_size(text, bytes));
}

static void put_count(struct out *out, size_t width, uint64_t count)
{
    char text[OUT_HUMAN];
    put_right(out, width, human_number(text, count));
}

static void put_share(struct out *out, uint64_t part, uint64_t whole)
{
    uint64_t tenths = (millionths(part, whole) + 500) / 1000;
    out_format(out, "%5" PRIu64 ".%" PRIu64 " %%", tenths / 10, tenths % 10);
}

/* Objects and their bytes: "52 objects, 3.4k". */
static void put_sizes(struct out *out, const struct retain_sizes *sizes)
{
    char text[OUT_HUMAN];
    out_grouped(out, sizes->count);
    out_words(out, sizes->count == 1 ? " object, " : " objects, ");
    out_words(out, human_size(text, sizes->self));
    if (sizes->self < 1024)
        out_words(out, sizes->self == 1 ? " byte" : " bytes");
    if (sizes->external > 0) {
        out_words(out, " (off-heap ");
        out_words(out, human_size(text, sizes->external));
        out_char(out, ')');
    }
}

static void put_head(struct out *out, const struct retain_table *t, const char *worker)
{
    if (worker != NULL) {
        out_words(out, "worker ");
        out_safe(out, worker, strlen(worker), COLUMNS - 10);
        out_words(out, ": ");
    }
    out_words(out, "event ");
    out_grouped(out, t->heap->event);
    out_words(out, ": kept ");
    put_sizes(out, &t->kept);
    if (t->unreachable.count > 0) {
        out_words(out, "; unreachable ");
        put_sizes(out, &t->unreachable);
    }
    out_words(out, "\n\n");
    out_words(out, "  retained   share      own   objects");
    if (t->kept.external > 0)
        out_words(out, "  off-heap");
    out_words(out, t->by == HEAP_BY_OBJECT ? "  away  " : "  ");
    out_words(out, heap_by_word(t->by));
    out_char(out, '\n');
}

/* "cache (object) in app" */
static void put_object(struct out *out, const struct retain_table *t, uint32_t object, size_t columns)
{
    const struct heap *h = t->heap;
    uint32_t above = retain_dominator(t, object);
    struct out label;
    out_to_memory(&label);
    label_object(&label, h, object);
    if (h->objects.data[object].name != NAME_NONE)
        out_format(&label, " (%s)", object_kind_word(object_kind(&h->objects.data[object])));
    if (above != NONE) {
        out_words(&label, " in ");
        label_object(&label, h, above);
    }
    out_safe(out, label.data, label.len, columns);
    out->failed |= label.failed;
    out_drop(&label);
}

static void put_group(struct out *out, const struct retain_table *t, const struct retain_row *row, size_t columns)
{
    char digits[NAME_DIGITS];
    size_t len = 0;
    const char *label = retain_label(t, row, digits, &len);
    if (label == NULL)
        out_words(out, "(unnamed)");
    else
        out_safe(out, label, len, columns);
}

static void put_row(struct out *out, const struct retain_table *t, const struct retain_row *row)
{
    size_t used = 37;
    put_size(out, 10, row->retained.self);
    out_char(out, ' ');
    put_share(out, row->retained.self, t->kept.self);
    put_size(out, 8, row->own.self);
    put_count(out, 10, t->by == HEAP_BY_OBJECT ? row->retained.count : row->own.count);
    if (t->kept.external > 0) {
        put_size(out, 10, row->retained.external);
        used += 10;
    }
    if (t->by == HEAP_BY_OBJECT) {
        put_count(out, 6, t->distance[row->which]);
        used += 6;
    }
    out_words(out, "  ");
    if (t->by == HEAP_BY_OBJECT)
        put_object(out, t, row->which, COLUMNS - used - 2);
    else
        put_group(out, t, row, COLUMNS - used - 2);
    out_char(out, '\n');
}

struct text {
    struct out out;
    bool begun;
};

static void write_text(const struct retain_table *t, const char *worker, void *self)
{
    struct text *text = self;
    if (text->begun)
        out_char(&text->out, '\n');
    text->begun = true;
    put_head(&text->out, t, worker);
    for (size_t i = 0; i < t->rows.len; i++)
        put_row(&text->out, t, &t->rows.data[i]);
    if (t->rows.len < t->all_rows) {
        out_words(&text->out, "  and ");
        out_grouped(&text->out, t->all_rows - t->rows.len);
        out_words(&text->out, " more: --top N lists N rows\n");
    }
}

int retain_write_text(const struct retain_report *report, FILE *out)
{
    struct text text = {.begun = false};
    out_to_file(&text.out, out);
    int failed = each_heap(report, write_text, &text);
    return out_flush(&text.out) || failed ? -1 : 0;
}

/* ---- JSON ---- */

static void tell_text(struct sink *sink, const char *key, const char *text, size_t len)
{
    sink->ops->value(sink, key, &(struct sink_value){.type = SINK_STRING, .text = text, .len = len});
}

static void tell_sizes(struct sink *sink, const char *key, const struct retain_sizes *sizes)
{
    if (!sink_open(sink, key, SINK_LINE_OBJECT))
        return;
    sink_number(sink, "count", sizes->count);
    sink_number(sink, "self_size", sizes->self - sizes->external);
    sink_number(sink, "external_size", sizes->external);
    sink_close(sink);
}

static void tell_name(struct sink *sink, const char *key, const struct heap *h, uint32_t name)
{
    char digits[NAME_DIGITS];
    size_t len = 0;
    const char *text = name == NAME_NONE ? NULL : names_text(h->names, name, digits, &len);
    tell_text(sink, key, text, len);
}

static void tell_object(struct sink *sink, const struct retain_table *t, const struct retain_row *row)
{
    const struct heap *h = t->heap;
    uint32_t above = retain_dominator(t, row->which);
    sink_number(sink, "id", row->first);
    tell_name(sink, "name", h, h->objects.data[row->which].name);
    sink_string(sink, "kind", object_kind_word(object_kind(&h->objects.data[row->which])));
    tell_name(sink, "site", h, h->cold.data[row->which].site);
    sink_number(sink, "distance", t->distance[row->which]);
    if (above == NONE)
        sink_string(sink, "dominator", NULL);
    else
        sink_number(sink, "dominator", t->ids.ids[above]);
}

static void tell_row(struct sink *sink, const struct retain_table *t, const struct retain_row *row)
{
    char digits[NAME_DIGITS];
    size_t len = 0;
    if (!sink_open(sink, NULL, SINK_LINE_OBJECT))
        return;
    if (t->by == HEAP_BY_OBJECT) {
        tell_object(sink, t, row);
    } else {
        const char *label = retain_label(t, row, digits, &len);
        tell_text(sink, heap_by_word(t->by), label, len);
        sink_number(sink, "count", row->own.count);
    }
    sink_number(sink, "self_size", row->own.self - row->own.external);
    sink_number(sink, "external_size", row->own.external);
    sink_number(sink, "retained_count", row->retained.count);
    sink_number(sink, "retained_size", row->retained.self);
    sink_number(sink, "retained_external", row->retained.external);
    sink_close(sink);
}

static void tell_heap(const struct retain_table *t, const char *worker, void *self)
{
    struct sink *sink = self;
    if (!sink_open(sink, NULL, SINK_OBJECT))
        return;
    sink_string(sink, "worker", worker);
    sink_number(sink, "event", t->heap->event);
    tell_sizes(sink, "kept", &t->kept);
    tell_sizes(sink, "unreachable", &t->unreachable);
    sink_string(sink, "by", heap_by_word(t->by));
    sink_number(sink, "rows_in_all", t->all_rows);
    if (sink_open(sink, "rows", SINK_ARRAY)) {
        for (size_t i = 0; i < t->rows.len && !sink->failed; i++)
            tell_row(sink, t, &t->rows.data[i]);
        sink_close(sink);
    }
    sink_close(sink);
}

static void tell_report(const void *self, struct sink *sink)
{
    const struct retain_report *report = self;
    if (!sink_open(sink, NULL, SINK_OBJECT))
        return;
    sink_number(sink, "schema", 1);
    sink_string(sink, "trace", report->run->path);
    if (sink_open(sink, "heaps", SINK_ARRAY)) {
        sink->failed |= each_heap(report, tell_heap, sink) != 0;
        sink_close(sink);
    }
    sink_close(sink);
}

int retain_write_json(const struct retain_report *report, FILE *out)
{
    return sink_write_text(tell_report, report, out);
}

/* ---- CSV ---- */

void retain_put_field(struct out *out, const char *text, size_t len)
{
    bool quoted = false;
    for (size_t i = 0; i < len; i++)
        quoted |= text[i] == '"' || text[i] == ',' || text[i] == '\n' || text[i] == '\r';
    if (!quoted) {
        out_text(out, text, len);
        return;
    }
    out_char(out, '"');
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '"')
            out_char(out, '"');
        out_char(out, text[i]);
    }
    out_char(out, '"');
}

static void put_name(struct out *out, const struct heap *h, uint32_t name)
{
    char digits[NAME_DIGITS];
    size_t len;
    if (name == NAME_NONE)
        return;
    const char *text = names_text(h->names, name, digits, &len);
    retain_put_field(out, text, len);
}

static void put_numbers(struct out *out, const struct retain_row *row)
{
    const uint64_t numbers[] = {row->own.self - row->own.external, row->own.external, row->retained.count,
                                row->retained.self, row->retained.external};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        out_char(out, ',');
        out_number(out, numbers[i]);
    }
}

static void put_csv_row(struct out *out, const struct retain_table *t, const struct retain_row *row)
{
    const struct heap *h = t->heap;
    char digits[NAME_DIGITS];
    size_t len = 0;
    if (t->by != HEAP_BY_OBJECT) {
        const char *label = retain_label(t, row, digits, &len);
        retain_put_field(out, label, label == NULL ? 0 : len);
        out_char(out, ',');
        out_number(out, row->own.count);
    } else {
        uint32_t above = retain_dominator(t, row->which);
        out_number(out, row->first);
        out_char(out, ',');
        put_name(out, h, h->objects.data[row->which].name);
        out_format(out, ",%s,", object_kind_word(object_kind(&h->objects.data[row->which])));
        put_name(out, h, h->cold.data[row->which].site);
        out_format(out, ",%" PRIu32 ",", t->distance[row->which]);
        if (above != NONE)
            out_number(out, t->ids.ids[above]);
    }
    put_numbers(out, row);
    out_char(out, '\n');
}

static void write_csv(const struct retain_table *t, const char *worker, void *self)
{
    struct text *text = self;
    if (!text->begun) {
        if (worker != NULL)
            out_words(&text->out, "worker,");
        if (t->by == HEAP_BY_OBJECT)
            out_words(&text->out, "id,name,kind,site,distance,dominator");
        else
            out_format(&text->out, "%s,count", heap_by_word(t->by));
        out_words(&text->out, ",self_size,external_size,retained_count,retained_size,retained_external\n");
    }
    text->begun = true;
    for (size_t i = 0; i < t->rows.len && !text->out.failed; i++) {
        if (worker != NULL) {
            retain_put_field(&text->out, worker, strlen(worker));
            out_char(&text->out, ',');
        }
        put_csv_row(&text->out, t, &t->rows.data[i]);
    }
}

int retain_write_csv(const struct retain_report *report, FILE *out)
{
    struct text text = {.begun = false};
    out_to_file(&text.out, out);
    int failed = each_heap(report, write_csv, &text);
    return out_flush(&text.out) || failed ? -1 : 0;
}
