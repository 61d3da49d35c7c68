/* diff_write.c - two moments for people, as JSON and as CSV (heapreel(1), "Two moments"). */
#include "base/writer.h"
#include "report/diff.h"
#include "report/labels.h"
#include "report/sink.h"

#include <inttypes.h>

#define COLUMNS 80

/* Calls write(table, worker, report, self) for each heap. 0 or -1. */
static int each_heap(const struct diff_report *report,
                     void (*write)(const struct diff_table *t, const char *worker, const struct diff_report *report,
                                   void *self),
                     void *self)
{
    for (size_t i = 0; i < run_workers(report->run); i++) {
        const struct worker *it = run_worker(report->run, i);
        struct diff_table table;
        if (!it->ready)
            continue;
        int failed = diff_table_make(&table, report->diff, &it->heap);
        if (!failed)
            write(&table, run_has_workers(report->run) ? worker_name(it) : NULL, report, self);
        diff_table_free(&table);
        if (failed)
            return -1;
    }
    return 0;
}

static size_t shown(const struct diff_report *report, size_t all)
{
    return report->top == 0 || report->top > all ? all : (size_t)report->top;
}

/* ---- for people ---- */

static void put_right(struct out *out, size_t width, const char *text)
{
    size_t len = strlen(text);
    out_repeat(out, ' ', len < width ? width - len : 1);
    out_words(out, text);
}

static void put_pair(struct out *out, const struct retain_sizes *sizes)
{
    char text[OUT_HUMAN];
    put_right(out, 10, human_size(text, sizes->self));
    put_right(out, 9, human_number(text, sizes->count));
}

static void put_sum(struct out *out, const char *what, const struct retain_sizes *sizes)
{
    char text[OUT_HUMAN];
    out_words(out, what);
    out_grouped(out, sizes->count);
    out_words(out, sizes->count == 1 ? " object, " : " objects, ");
    out_words(out, human_size(text, sizes->self));
    if (sizes->self < 1024)
        out_words(out, sizes->self == 1 ? " byte" : " bytes");
}

static void put_head(struct out *out, const struct diff_table *t, const char *worker)
{
    if (worker != NULL) {
        out_words(out, "worker ");
        out_safe(out, worker, strlen(worker), COLUMNS - 10);
        out_words(out, ": ");
    }
    out_format(out, "event %" PRIu64 " to %" PRIu64, t->from, t->heap->event);
    put_sum(out, ": new ", &t->fresh);
    put_sum(out, "; gone ", &t->gone);
    out_char(out, '\n');
}

static void put_more(struct out *out, size_t listed, size_t all)
{
    if (listed == all)
        return;
    out_words(out, "  and ");
    out_grouped(out, all - listed);
    out_words(out, " more: --top N lists N rows\n");
}

static void put_holder(struct out *out, const struct diff_table *t, const struct retain_row *row)
{
    char text[OUT_HUMAN];
    struct out label;
    uint32_t above = retain_dominator(&t->retained, row->which);
    put_right(out, 10, human_size(text, row->retained.self));
    put_right(out, 9, human_number(text, row->retained.count));
    out_words(out, "  ");
    out_to_memory(&label);
    label_object(&label, t->heap, row->which);
    out_words(&label, above == NONE ? ", held by the roots" : " in ");
    if (above != NONE)
        label_object(&label, t->heap, above);
    out_safe(out, label.data, label.len, COLUMNS - 21);
    out->failed |= label.failed;
    out_drop(&label);
    out_char(out, '\n');
}

struct text {
    struct out out;
    bool begun;
};

static void write_text(const struct diff_table *t, const char *worker, const struct diff_report *report, void *self)
{
    struct text *text = self;
    struct out *out = &text->out;
    size_t rows = shown(report, t->rows.len), holders = shown(report, t->holders.len);
    if (text->begun)
        out_char(out, '\n');
    text->begun = true;
    put_head(out, t, worker);
    out_words(out, "\n       new  objects      gone  objects       now  objects  ");
    out_words(out, heap_by_word(report->diff->groups.by));
    out_char(out, '\n');
    for (size_t i = 0; i < rows; i++) {
        const struct diff_row *row = &t->rows.data[i];
        size_t len = 0;
        const char *label = heap_group_label(&report->diff->groups, row->group, &len);
        put_pair(out, &row->fresh);
        put_pair(out, &row->gone);
        put_pair(out, &row->after);
        out_words(out, "  ");
        out_safe(out, label == NULL ? "(unnamed)" : label, label == NULL ? 9 : len, COLUMNS - 59);
        out_char(out, '\n');
    }
    put_more(out, rows, t->rows.len);
    if (holders > 0)
        out_words(out, "\nNew, and held by what is not:\n  retained  objects  object\n");
    for (size_t i = 0; i < holders; i++)
        put_holder(out, t, &t->retained.rows.data[t->holders.data[i]]);
    put_more(out, holders, t->holders.len);
}

int diff_write_text(const struct diff_report *report, FILE *file)
{
    struct text text = {.begun = false};
    out_to_file(&text.out, file);
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

static void tell_row(struct sink *sink, const struct diff_report *report, const struct diff_row *row)
{
    size_t len = 0;
    const char *label = heap_group_label(&report->diff->groups, row->group, &len);
    if (!sink_open(sink, NULL, SINK_OBJECT))
        return;
    tell_text(sink, heap_by_word(report->diff->groups.by), label, len);
    tell_sizes(sink, "before", &row->before);
    tell_sizes(sink, "after", &row->after);
    tell_sizes(sink, "new", &row->fresh);
    tell_sizes(sink, "gone", &row->gone);
    sink_close(sink);
}

static void tell_holder(struct sink *sink, const struct diff_table *t, const struct retain_row *row)
{
    char digits[NAME_DIGITS];
    size_t len = 0;
    const char *label = retain_label(&t->retained, row, digits, &len);
    uint32_t above = retain_dominator(&t->retained, row->which);
    if (!sink_open(sink, NULL, SINK_LINE_OBJECT))
        return;
    sink_number(sink, "id", row->first);
    tell_text(sink, "name", label, len);
    sink_string(sink, "kind", object_kind_word(object_kind(&t->heap->objects.data[row->which])));
    sink_number(sink, "retained_count", row->retained.count);
    sink_number(sink, "retained_size", row->retained.self);
    sink_number(sink, "retained_external", row->retained.external);
    if (above == NONE)
        sink_string(sink, "dominator", NULL);
    else
        sink_number(sink, "dominator", t->retained.ids.ids[above]);
    sink_close(sink);
}

static void tell_heap(const struct diff_table *t, const char *worker, const struct diff_report *report, void *self)
{
    struct sink *sink = self;
    if (!sink_open(sink, NULL, SINK_OBJECT))
        return;
    sink_string(sink, "worker", worker);
    sink_number(sink, "from", t->from);
    sink_number(sink, "to", t->heap->event);
    tell_sizes(sink, "before", &t->before);
    tell_sizes(sink, "after", &t->after);
    tell_sizes(sink, "new", &t->fresh);
    tell_sizes(sink, "gone", &t->gone);
    if (sink_open(sink, "rows", SINK_ARRAY)) {
        for (size_t i = 0; i < shown(report, t->rows.len) && !sink->failed; i++)
            tell_row(sink, report, &t->rows.data[i]);
        sink_close(sink);
    }
    if (sink_open(sink, "holders", SINK_ARRAY)) {
        for (size_t i = 0; i < shown(report, t->holders.len) && !sink->failed; i++)
            tell_holder(sink, t, &t->retained.rows.data[t->holders.data[i]]);
        sink_close(sink);
    }
    sink_close(sink);
}

static void tell_report(const void *self, struct sink *sink)
{
    const struct diff_report *report = self;
    if (!sink_open(sink, NULL, SINK_OBJECT))
        return;
    sink_number(sink, "schema", 1);
    sink_string(sink, "trace", report->run->path);
    sink_string(sink, "by", heap_by_word(report->diff->groups.by));
    if (sink_open(sink, "heaps", SINK_ARRAY)) {
        sink->failed |= each_heap(report, tell_heap, sink) != 0;
        sink_close(sink);
    }
    sink_close(sink);
}

int diff_write_json(const struct diff_report *report, FILE *out)
{
    return sink_write_text(tell_report, report, out);
}

/* ---- CSV ---- */

static void put_numbers(struct out *out, const struct retain_sizes *sizes)
{
    out_format(out, ",%" PRIu64 ",%" PRIu64 ",%" PRIu64, sizes->count, sizes->self - sizes->external, sizes->external);
}

static void write_csv(const struct diff_table *t, const char *worker, const struct diff_report *report, void *self)
{
    struct text *text = self;
    struct out *out = &text->out;
    if (!text->begun) {
        out_words(out, worker != NULL ? "worker," : "");
        out_words(out, heap_by_word(report->diff->groups.by));
        out_words(out, ",before,before_size,before_external,after,after_size,after_external,new,new_size,new_external,"
                       "gone,gone_size,gone_external\n");
    }
    text->begun = true;
    for (size_t i = 0; i < shown(report, t->rows.len) && !out->failed; i++) {
        size_t len = 0;
        const char *label = heap_group_label(&report->diff->groups, t->rows.data[i].group, &len);
        if (worker != NULL) {
            retain_put_field(out, worker, strlen(worker));
            out_char(out, ',');
        }
        retain_put_field(out, label, label == NULL ? 0 : len);
        put_numbers(out, &t->rows.data[i].before);
        put_numbers(out, &t->rows.data[i].after);
        put_numbers(out, &t->rows.data[i].fresh);
        put_numbers(out, &t->rows.data[i].gone);
        out_char(out, '\n');
    }
}

int diff_write_csv(const struct diff_report *report, FILE *file)
{
    struct text text = {.begun = false};
    out_to_file(&text.out, file);
    int failed = each_heap(report, write_csv, &text);
    return out_flush(&text.out) || failed ? -1 : 0;
}
