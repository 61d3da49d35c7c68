/* heap_browse.c - what the browser asks of a heap, answered from a snapshot's analysis, or from a simulated heap. */
#include "cli/heap_browse.h"

#include "heap/objects.h"
#include "heap/retainers.h"
#include "report/labels.h"
#include "report/leak_report.h"
#include "snapshot/print.h"

#include <stdlib.h>

#define NAME_MOST 200

struct browse_options browse_options_of(const struct play_options *screen, const char *keys, FILE *dump)
{
    return (struct browse_options){
        .ascii = screen->ascii,
        .theme = screen->theme,
        .colors = (int)screen->colors,
        .script = keys,
        .dump = dump,
        .width = screen->width > 0 ? (int)screen->width : 80,
        .height = screen->height > 0 ? (int)screen->height : 24,
    };
}

/* ---- a snapshot ---- */

static uint64_t snapshot_own(void *self, uint32_t place)
{
    const struct analysis *a = self;
    return snapshot_size(&a->snapshot, a->tree.node[place]);
}

static uint32_t snapshot_group(void *self, uint32_t place)
{
    const struct analysis *a = self;
    return analysis_class(a, a->tree.node[place]);
}

static void snapshot_name(void *self, uint32_t place, struct out *out)
{
    const struct analysis *a = self;
    analysis_node_name(a, a->tree.node[place], NAME_MOST, out);
}

static void snapshot_group_name(void *self, uint32_t group, struct out *out)
{
    analysis_class_name(self, group, NAME_MOST, out);
}

static int snapshot_why(void *self, uint32_t place, struct out *out)
{
    const struct analysis *a = self;
    char *text = NULL;
    size_t len = 0;
    FILE *file = open_memstream(&text, &len);
    if (file == NULL)
        return -1;
    int failed = heap_print_why(a, a->tree.node[place], &(struct heap_options){.top = 1}, file);
    failed |= fclose(file);
    if (!failed)
        out_text(out, text, len);
    free(text);
    return failed ? -1 : 0;
}

int heap_browse_snapshot(const struct analysis *analysis, const char *title, const struct browse_options *options,
                         struct error *error)
{
    struct browse_source source = {
        .self = (void *)(uintptr_t)analysis, /* the answers change nothing */
        .title = title,
        .tree = &analysis->tree,
        .retained = analysis->retained,
        .groups = analysis_classes(analysis),
        .groups_word = "classes",
        .own = snapshot_own,
        .group = snapshot_group,
        .name = snapshot_name,
        .group_name = snapshot_group_name,
        .why = snapshot_why,
    };
    return browse_run(&source, options, error);
}

/* ---- a simulated heap ---- */

struct simulated {
    const struct heap *heap;
    struct heap_retained retained;
};

static uint64_t heap_own(void *self, uint32_t place)
{
    const struct simulated *s = self;
    uint32_t object = place == 0 ? NONE : heap_retained_object(&s->retained, place);
    return object == NONE ? 0 : object_bytes(&s->heap->objects.data[object]) + object_external(s->heap, object);
}

static uint32_t heap_group(void *self, uint32_t place)
{
    const struct simulated *s = self;
    return object_kind(&s->heap->objects.data[heap_retained_object(&s->retained, place)]);
}

static void heap_name(void *self, uint32_t place, struct out *out)
{
    const struct simulated *s = self;
    uint32_t object = heap_retained_object(&s->retained, place);
    label_object(out, s->heap, object);
    if (s->heap->objects.data[object].name != NAME_NONE)
        out_format(out, " (%s)", object_kind_word(object_kind(&s->heap->objects.data[object])));
}

static void heap_group_name(void *self, uint32_t group, struct out *out)
{
    (void)self;
    out_words(out, object_kind_word((enum object_kind)group));
}

static void put_dominators(const struct simulated *s, uint32_t place, struct out *out)
{
    char text[OUT_HUMAN];
    out_words(out, "\n\n  retained  it goes with each of these:\n");
    for (uint32_t p = place; p != 0; p = s->retained.tree.idom[p]) {
        out_format(out, "%10s  ", human_size(text, s->retained.bytes[p]));
        heap_name((void *)(uintptr_t)s, p, out);
        out_char(out, '\n');
    }
}

static int heap_why(void *self, uint32_t place, struct out *out)
{
    const struct simulated *s = self;
    struct heap_path path = {{0}};
    uint32_t object = heap_retained_object(&s->retained, place);
    int failed = heap_path(s->heap, object, &path);
    heap_name(self, place, out);
    out_words(out, "\nOn a shortest way from the roots:\n  ");
    if (!failed)
        leak_report_put_path(out, s->heap, &path);
    put_dominators(s, place, out);
    vec_free(&path.steps);
    return failed;
}

/* Off-heap bytes count for what holds them. */
static void add_external(struct heap_retained *r)
{
    for (uint32_t p = 0; r->external != NULL && p < r->tree.places; p++)
        r->bytes[p] += r->external[p];
}

int heap_browse_heap(const struct heap *heap, const char *title, const struct browse_options *options,
                     struct error *error)
{
    struct simulated s = {.heap = heap};
    if (heap_retained_make(&s.retained, heap)) {
        heap_retained_free(&s.retained);
        return error_memory(error);
    }
    add_external(&s.retained);
    struct browse_source source = {
        .self = &s,
        .title = title,
        .tree = &s.retained.tree,
        .retained = s.retained.bytes,
        .groups = OBJECT_KIND + 1,
        .groups_word = "kinds",
        .own = heap_own,
        .group = heap_group,
        .name = heap_name,
        .group_name = heap_group_name,
        .why = heap_why,
    };
    int failed = browse_run(&source, options, error);
    heap_retained_free(&s.retained);
    return failed;
}
