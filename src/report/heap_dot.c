/* heap_dot.c - chooses the objects to draw, breadth first, then writes them and what leads from one to another. */
#include "report/heap_dot.h"

#include "base/writer.h"
#include "heap/figures.h"
#include "heap/objects.h"
#include "heap/retainers.h"
#include "heap/roots.h"
#include "report/labels.h"

#include <inttypes.h>
#include <stdlib.h>

struct dot {
    const struct heap *heap;
    struct path_tree kept;
    uint8_t *drawn;     /* of each record */
    VEC(uint32_t) list; /* objects drawn */
    struct out out;
};

/* ---- which objects ---- */

static int take(struct dot *d, uint32_t object)
{
    if (object == NONE || d->drawn[object] || (d->heap->objects.data[object].bits & OBJECT_FREE))
        return 0;
    d->drawn[object] = 1;
    return vec_push(&d->list, object) ? -1 : 0;
}

/* Calls visit(d, holder, target, place, how) for each reference; NONE as the holder: a handle. */
enum how { HOW_SLOT, HOW_WEAK, HOW_KEY, HOW_VALUE };
struct reference {
    uint32_t holder, target;
    uint32_t key; /* of a slot; of a value, the key object */
    enum how how;
};

static int each_reference(struct dot *d, uint32_t holder,
                          int (*visit)(struct dot *d, const struct reference *r, void *self), void *self)
{
    uint32_t count;
    const struct slot *slots = object_slots(d->heap, holder, &count);
    for (uint32_t i = 0; i < count; i++) {
        struct reference r = {holder, slots[i].target, slots[i].key, slots[i].key & SLOT_WEAK ? HOW_WEAK : HOW_SLOT};
        if ((slots[i].key & SLOT_TYPE) != SLOT_HOLE && r.target != NONE && visit(d, &r, self))
            return -1;
    }
    const struct entry *entries = object_entries(d->heap, holder, &count);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t key = entry_key(&entries[i]), value = entry_value(&entries[i]);
        struct reference to_key = {holder, key, NONE, HOW_KEY}, to_value = {holder, value, key, HOW_VALUE};
        if (key != NONE && (visit(d, &to_key, self) || (value != NONE && visit(d, &to_value, self))))
            return -1;
    }
    return 0;
}

static int take_target(struct dot *d, const struct reference *r, void *self)
{
    (void)self;
    return take(d, r->target);
}

/* Takes the holder if what it refers to has been taken in the round before. */
static int take_holder(struct dot *d, const struct reference *r, void *self)
{
    const uint8_t *before = self;
    return before[r->target] ? take(d, r->holder) : 0;
}

/* The neighbourhood of one object, in rounds: each adds what the last one refers to, and what refers to that. */
static int choose_around(struct dot *d, uint32_t around, unsigned steps)
{
    size_t n = d->heap->objects.len, first = 0;
    uint8_t *before = malloc(n + 1);
    int failed = before == NULL || take(d, around);
    for (unsigned step = 0; !failed && step < steps; step++) {
        size_t end = d->list.len;
        memcpy(before, d->drawn, n);
        for (size_t i = first; !failed && i < end; i++)
            failed = each_reference(d, d->list.data[i], take_target, NULL);
        for (uint32_t i = 0; !failed && i < n; i++)
            if (!before[i] && !(d->heap->objects.data[i].bits & OBJECT_FREE))
                failed = each_reference(d, i, take_holder, before);
        first = end;
    }
    free(before);
    return failed;
}

/* Those nearest to the roots, then unreachable ones. */
static int choose_all(struct dot *d)
{
    for (size_t i = 0; i < d->kept.order.len && d->list.len < HEAP_DOT_MOST; i++)
        if (take(d, d->kept.order.data[i]))
            return -1;
    for (uint32_t i = 0; i < d->heap->objects.len && d->list.len < HEAP_DOT_MOST; i++)
        if (take(d, i))
            return -1;
    return 0;
}

/* ---- writing ---- */

/* A text within quotation marks of DOT. */
static void put_label(struct out *out, const struct out *text)
{
    for (size_t i = 0; i < text->len; i++) {
        if (text->data[i] == '"' || text->data[i] == '\\')
            out_char(out, '\\');
        out_char(out, text->data[i]);
    }
}

/* Begins a text that put_named ends: names are made safe, as for a terminal. */
static void put_object_label(struct dot *d, uint32_t object)
{
    const struct object *o = &d->heap->objects.data[object];
    struct out text;
    out_to_memory(&text);
    label_object(&text, d->heap, object);
    put_label(&d->out, &text);
    d->out.failed |= text.failed;
    out_drop(&text);
    out_words(&d->out, "\\n");
    if (o->name != NAME_NONE)
        out_format(&d->out, "%s, ", object_kind_word(object_kind(o)));
    out_number(&d->out, object_bytes(o));
    uint64_t external = object_external(d->heap, object);
    if (external > 0)
        out_format(&d->out, " + %" PRIu64, external);
}

static const char *fill_of(const struct dot *d, uint32_t object)
{
    static const char *const fills[] = {[COLOR_WHITE] = "white", [COLOR_GREY] = "gray75", [COLOR_BLACK] = "gray40"};
    const struct object *o = &d->heap->objects.data[object];
    return fills[object_color(o)];
}

static void put_object(struct dot *d, uint32_t object)
{
    const struct object *o = &d->heap->objects.data[object];
    bool reached = path_tree_reaches(&d->kept, object);
    out_format(&d->out, "  o%" PRIu32 " [label=\"", object);
    put_object_label(d, object);
    out_format(&d->out, "\", style=\"filled%s%s\", fillcolor=%s", object_young(o) ? ",rounded" : "",
               reached ? "" : ",dashed", fill_of(d, object));
    if (object_color(o) == COLOR_BLACK)
        out_words(&d->out, ", fontcolor=white");
    if (!reached)
        out_words(&d->out, ", color=gray55");
    out_words(&d->out, "];\n");
}

static void put_edge_label(struct dot *d, uint32_t key)
{
    struct out text;
    out_to_memory(&text);
    label_slot(&text, d->heap, key);
    if (text.len > 0) {
        out_words(&d->out, ", label=\"");
        put_label(&d->out, &text);
        out_char(&d->out, '"');
    }
    d->out.failed |= text.failed;
    out_drop(&text);
}

/* What one reference becomes; those to objects that are not drawn are counted. */
static int put_reference(struct dot *d, const struct reference *r, void *self)
{
    uint64_t *left_out = self;
    if (!d->drawn[r->target] || (r->how == HOW_VALUE && !d->drawn[r->key])) {
        ++*left_out;
        return 0;
    }
    uint32_t from = r->how == HOW_VALUE ? r->key : r->holder;
    out_format(&d->out, "  o%" PRIu32 " -> o%" PRIu32 " [style=%s", from, r->target,
               r->how == HOW_SLOT   ? "solid"
               : r->how == HOW_WEAK ? "dashed"
                                    : "dotted");
    if (r->how == HOW_SLOT || r->how == HOW_WEAK)
        put_edge_label(d, r->key);
    else
        out_words(&d->out, r->how == HOW_KEY ? ", label=\"key\"" : ", label=\"value\"");
    out_words(&d->out, "];\n");
    return 0;
}

static void put_references(struct dot *d, uint32_t object)
{
    uint64_t left_out = 0;
    each_reference(d, object, put_reference, &left_out);
    if (left_out > 0)
        out_format(&d->out,
                   "  m%" PRIu32 " [label=\"and %" PRIu64 " more\", shape=plaintext];\n  o%" PRIu32 " -> m%" PRIu32
                   " [style=solid, arrowhead=none, color=gray55];\n",
                   object, left_out, object, object);
}

static void put_scopes(struct dot *d)
{
    const struct heap *h = d->heap;
    for (size_t scope = 0; scope < h->scopes.len; scope++) {
        size_t end = scope + 1 < h->scopes.len ? h->scopes.data[scope + 1].base : h->handles.len;
        bool begun = false;
        for (size_t i = h->scopes.data[scope].base; i < end; i++) {
            uint32_t object = h->handles.data[i].object;
            if (object == NONE || !d->drawn[object])
                continue;
            if (!begun) {
                struct out text;
                out_to_memory(&text);
                if (h->scopes.data[scope].name == NAME_NONE)
                    out_words(&text, "roots");
                else
                    label_name(&text, h, h->scopes.data[scope].name);
                out_format(&d->out, "  s%zu [label=\"", scope);
                put_label(&d->out, &text);
                out_words(&d->out, "\", shape=ellipse];\n");
                d->out.failed |= text.failed;
                out_drop(&text);
            }
            begun = true;
            out_format(&d->out, "  s%zu -> o%" PRIu32 ";\n", scope, object);
        }
    }
}

static void put_all(struct dot *d)
{
    out_words(&d->out, "digraph heap {\n  rankdir=LR;\n  node [shape=box, fontname=\"sans-serif\"];\n"
                       "  edge [fontname=\"sans-serif\", fontsize=11];\n");
    put_scopes(d);
    for (size_t i = 0; i < d->list.len; i++)
        put_object(d, d->list.data[i]);
    for (size_t i = 0; i < d->list.len; i++)
        put_references(d, d->list.data[i]);
    out_words(&d->out, "}\n");
}

int heap_dot_write(const struct heap *heap, uint32_t around, unsigned steps, FILE *out)
{
    struct dot *d = calloc(1, sizeof *d);
    if (d == NULL)
        return -1;
    d->heap = heap;
    d->drawn = calloc(heap->objects.len + 1, 1);
    out_to_file(&d->out, out);
    int failed = d->drawn == NULL || path_tree_make(heap, false, &d->kept) ||
                 (around == NONE ? choose_all(d) : choose_around(d, around, steps));
    if (!failed)
        put_all(d);
    failed |= out_flush(&d->out) != 0;
    path_tree_free(&d->kept);
    vec_free(&d->list);
    free(d->drawn);
    free(d);
    return failed ? -1 : 0;
}
