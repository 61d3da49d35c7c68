/*
 * snapshot_export.c - writes nodes, then edges, in the same order, then the strings that both name.
 *
 * Node 0 is the root, node 1 "(GC roots)", then come the scopes, then the objects space by space as the heap listing
 * has them, each followed by a node for its off-heap bytes if it has any. V8 gives objects odd ids; what it makes up
 * itself has even ones.
 */
#include "formats/snapshot_export.h"

#include "base/writer.h"
#include "heap/figures.h"
#include "heap/objects.h"
#include "report/heap_ids.h"

#include <stdlib.h>
#include <string.h>

static const char meta[] =
    "{\"snapshot\":{\"meta\":{\"node_fields\":[\"type\",\"name\",\"id\",\"self_size\",\"edge_count\",\"trace_node_id\","
    "\"detachedness\"],\"node_types\":[[\"hidden\",\"array\",\"string\",\"object\",\"code\",\"closure\",\"regexp\","
    "\"number\",\"native\",\"synthetic\",\"concatenated string\",\"sliced string\",\"symbol\",\"bigint\","
    "\"object shape\",\"wasm object\"],\"string\",\"number\",\"number\",\"number\",\"number\",\"number\"],"
    "\"edge_fields\":[\"type\",\"name_or_index\",\"to_node\"],\"edge_types\":[[\"context\",\"element\",\"property\","
    "\"internal\",\"hidden\",\"shortcut\",\"weak\"],\"string_or_number\",\"node\"],"
    "\"trace_function_info_fields\":[\"function_id\",\"name\",\"script_name\",\"script_id\",\"line\",\"column\"],"
    "\"trace_node_fields\":[\"id\",\"function_info_index\",\"count\",\"size\",\"children\"],"
    "\"sample_fields\":[\"timestamp_us\",\"last_assigned_id\"],"
    "\"location_fields\":[\"object_index\",\"script_id\",\"line\",\"column\"]}";

#define WIDTH 7u /* node_fields */
enum { HIDDEN, ARRAY, STRING, OBJECT, CODE, CLOSURE, NUMBER = 7, NATIVE, SYNTHETIC, SHAPE = 14 };
enum { CONTEXT, ELEMENT, PROPERTY, INTERNAL, HIDDEN_EDGE, SHORTCUT, WEAK };

static const uint8_t types[KIND_COUNT] = {
    [KIND_OBJECT] = OBJECT,   [KIND_ARRAY] = ARRAY,   [KIND_CLOSURE] = CLOSURE, [KIND_CONTEXT] = OBJECT,
    [KIND_STRING] = STRING,   [KIND_NUMBER] = NUMBER, [KIND_BUFFER] = OBJECT,   [KIND_WEAKMAP] = OBJECT,
    [KIND_WEAKSET] = OBJECT,  [KIND_CODE] = CODE,     [KIND_MAP] = SHAPE,       [KIND_CELL] = HIDDEN,
    [KIND_PROPCELL] = HIDDEN,
};

/* An entry of a weak collection, by its key. */
struct keyed {
    uint32_t collection, value;
    uint32_t next; /* of the same key: index + 1, 0 = none */
};

struct writer {
    const struct heap *heap;
    struct heap_ids ids;
    struct names strings; /* the number of a string is that of its name */
    uint32_t *node;       /* of each object, its node */
    uint32_t *entries;    /* of each object, its first entry as a key: index + 1; NULL: no object has entries */
    VEC(struct keyed) keyed;
    struct out out;
    uint32_t nodes, edges;
    bool counting; /* edges are counted, and strings numbered */
    bool begun;    /* something has been written in this list */
    bool failed;
};

static uint32_t string_of(struct writer *w, const char *text, size_t len)
{
    char padded[64 + NAME_SHORT] = {0}; /* names_intern_text reads NAME_SHORT bytes, however short the text */
    if (len > 0 && len <= 64)
        memcpy(padded, text, len);
    uint32_t name = len == 0 ? NAME_NONE : names_intern_text(&w->strings, len <= 64 ? padded : text, len);
    w->failed |= len > 0 && name == NAME_NONE;
    return name == NAME_NONE ? 0 : (name & ~NAME_INTERNED) + 1; /* string 0 is empty */
}

static uint32_t string_of_words(struct writer *w, const char *words)
{
    return string_of(w, words, strlen(words));
}

static uint32_t string_of_name(struct writer *w, uint32_t name)
{
    char digits[NAME_DIGITS];
    size_t len;
    if (name == NAME_NONE)
        return 0;
    const char *text = names_text(w->heap->names, name, digits, &len);
    return string_of(w, text, len);
}

/* ---- the parts of a row ---- */

static void put_row(struct writer *w, const uint64_t *row, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (w->begun)
            out_char(&w->out, ',');
        out_number(&w->out, row[i]);
        w->begun = true;
    }
    out_char(&w->out, '\n');
}

static void put_edge(struct writer *w, unsigned type, uint32_t name, uint32_t node)
{
    w->edges++;
    if (!w->counting)
        put_row(w, (const uint64_t[]){type, name, (uint64_t)node * WIDTH}, 3);
}

/* ---- edges ---- */

/* The first node of the scopes, and of the objects. */
#define FIRST_SCOPE 2u

static void put_scope_edges(struct writer *w, size_t scope)
{
    const struct heap *h = w->heap;
    size_t end = scope + 1 < h->scopes.len ? h->scopes.data[scope + 1].base : h->handles.len;
    uint32_t n = 0;
    for (size_t i = h->scopes.data[scope].base; i < end; i++)
        if (h->handles.data[i].object != NONE)
            put_edge(w, ELEMENT, ++n, w->node[h->handles.data[i].object]);
}

static void put_slots(struct writer *w, uint32_t object)
{
    uint32_t count;
    const struct slot *slots = object_slots(w->heap, object, &count);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t key = slots[i].key, target = slots[i].target;
        if ((key & SLOT_TYPE) == SLOT_HOLE || target == NONE)
            continue;
        uint32_t name = (key & SLOT_TYPE) == SLOT_NAME ? NAME_INTERNED | (key & SLOT_VALUE) : key & SLOT_VALUE;
        if (key & SLOT_WEAK)
            put_edge(w, WEAK, (key & SLOT_TYPE) == SLOT_ANONYMOUS ? 0 : string_of_name(w, name), w->node[target]);
        else if ((key & SLOT_TYPE) == SLOT_NAME)
            put_edge(w, PROPERTY, string_of_name(w, name), w->node[target]);
        else
            put_edge(w, (key & SLOT_TYPE) == SLOT_INDEX ? ELEMENT : HIDDEN_EDGE,
                     (key & SLOT_TYPE) == SLOT_INDEX ? key & SLOT_VALUE : i, w->node[target]);
    }
}

static uint64_t id_of(const struct writer *w, uint32_t object)
{
    return 2 * (uint64_t)w->ids.ids[object] + 3;
}

static void put_quoted_name(struct writer *w, struct out *text, uint32_t object)
{
    char digits[NAME_DIGITS];
    size_t len = 0;
    uint32_t name = w->heap->objects.data[object].name;
    const char *word = name == NAME_NONE ? "" : names_text(w->heap->names, name, digits, &len);
    out_text(text, word, len);
    out_format(text, " @%llu", (unsigned long long)id_of(w, object));
}

/* The internal edge of an entry, from its key or from its collection, whose name says what it is, as V8 writes it. */
static void put_entry_edge(struct writer *w, uint32_t key, const struct keyed *entry, uint32_t number)
{
    struct out text;
    out_to_memory(&text);
    out_format(&text, "%u / part of key (", number);
    put_quoted_name(w, &text, key);
    out_words(&text, ") -> value (");
    put_quoted_name(w, &text, entry->value);
    out_format(&text, ") pair in WeakMap (table @%llu)", (unsigned long long)id_of(w, entry->collection));
    uint32_t name = string_of(w, text.data, text.len);
    w->failed |= text.failed;
    out_drop(&text);
    put_edge(w, INTERNAL, name, w->node[entry->value]);
}

static void put_collection_edges(struct writer *w, uint32_t collection)
{
    uint32_t count, number = 1;
    const struct entry *entries = object_entries(w->heap, collection, &count);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t key = entry_key(&entries[i]), value = entry_value(&entries[i]);
        if (key == NONE)
            continue;
        put_edge(w, WEAK, string_of_words(w, "key"), w->node[key]);
        if (value != NONE)
            put_entry_edge(w, key, &(struct keyed){collection, value, 0}, number++);
    }
}

static void put_object_edges(struct writer *w, uint32_t object)
{
    uint32_t number = 1;
    put_slots(w, object);
    if (object_ephemeron_table(&w->heap->objects.data[object]))
        put_collection_edges(w, object);
    for (uint32_t i = w->entries == NULL ? 0 : w->entries[object]; i != 0; i = w->keyed.data[i - 1].next)
        put_entry_edge(w, object, &w->keyed.data[i - 1], number++);
    if (object_external(w->heap, object) > 0)
        put_edge(w, INTERNAL, string_of_words(w, "backing_store"), w->node[object] + 1);
}

/* ---- nodes ---- */

static void put_node(struct writer *w, unsigned type, uint32_t name, uint64_t id, uint64_t size, uint64_t edges)
{
    put_row(w, (const uint64_t[]){type, name, id, size, edges, 0, 0}, WIDTH);
}

static uint32_t object_edges(struct writer *w, uint32_t object)
{
    uint32_t before = w->edges;
    w->counting = true;
    put_object_edges(w, object);
    uint32_t edges = w->edges - before;
    w->edges = before;
    w->counting = false;
    return edges;
}

static uint32_t scope_edges(struct writer *w, size_t scope)
{
    uint32_t before = w->edges;
    w->counting = true;
    put_scope_edges(w, scope);
    uint32_t edges = w->edges - before;
    w->edges = before;
    w->counting = false;
    return edges;
}

static void put_object_node(struct writer *w, uint32_t object)
{
    const struct object *o = &w->heap->objects.data[object];
    uint64_t external = object_external(w->heap, object);
    enum object_kind kind = object_kind(o);
    uint32_t name = kind == KIND_WEAKMAP   ? string_of_words(w, "WeakMap")
                    : kind == KIND_WEAKSET ? string_of_words(w, "WeakSet")
                    : kind == KIND_CONTEXT ? string_of_words(w, "system / Context")
                                           : string_of_name(w, o->name);
    put_node(w, types[kind], name, id_of(w, object), object_bytes(o), object_edges(w, object));
    if (external > 0)
        put_node(w, NATIVE, string_of_words(w, "system / JSArrayBufferData"),
                 2 * (w->heap->scopes.len + w->ids.ids[object]), external, 0);
}

static void put_nodes(struct writer *w)
{
    const struct heap *h = w->heap;
    put_node(w, SYNTHETIC, 0, 1, 0, 1);
    put_node(w, SYNTHETIC, string_of_words(w, "(GC roots)"), 3, 0, h->scopes.len);
    for (size_t i = 0; i < h->scopes.len; i++) {
        uint32_t name = h->scopes.data[i].name;
        put_node(w, SYNTHETIC, name == NAME_NONE ? string_of_words(w, "(scope)") : string_of_name(w, name), 2 * (i + 1),
                 0, scope_edges(w, i));
    }
    for (size_t i = 0; i < w->ids.list.objects.len; i++)
        put_object_node(w, w->ids.list.objects.data[i]);
}

static void put_edges(struct writer *w)
{
    const struct heap *h = w->heap;
    put_edge(w, ELEMENT, 1, 1);
    for (size_t i = 0; i < h->scopes.len; i++)
        put_edge(w, ELEMENT, (uint32_t)i + 1, FIRST_SCOPE + (uint32_t)i);
    for (size_t i = 0; i < h->scopes.len; i++)
        put_scope_edges(w, i);
    for (size_t i = 0; i < w->ids.list.objects.len; i++)
        put_object_edges(w, w->ids.list.objects.data[i]);
}

static void put_strings(struct writer *w)
{
    char digits[NAME_DIGITS];
    out_words(&w->out, "\"\"");
    for (uint32_t i = 0; i < w->strings.table.len; i++) {
        size_t len;
        const char *text = names_text(&w->strings, NAME_INTERNED | i, digits, &len);
        out_words(&w->out, ",\n");
        out_json_string(&w->out, text, len);
    }
}

/* ---- the whole ---- */

/* Numbers the nodes, and sorts entries by their keys. 0, or -1. */
static int prepare(struct writer *w)
{
    const struct heap *h = w->heap;
    w->node = calloc(h->objects.len + 1, sizeof *w->node);
    w->entries = calloc(h->objects.len + 1, sizeof *w->entries);
    if (w->node == NULL || w->entries == NULL || heap_ids_make(&w->ids, h))
        return -1;
    w->nodes = FIRST_SCOPE + (uint32_t)h->scopes.len;
    for (size_t i = 0; i < w->ids.list.objects.len; i++) {
        uint32_t object = w->ids.list.objects.data[i], count;
        w->node[object] = w->nodes;
        w->nodes += object_external(h, object) > 0 ? 2 : 1;
        const struct entry *entries = object_entries(h, object, &count);
        for (uint32_t k = 0; k < count; k++) {
            uint32_t key = entry_key(&entries[k]), value = entry_value(&entries[k]);
            if (key == NONE || value == NONE)
                continue;
            if (vec_push(&w->keyed, ((struct keyed){object, value, w->entries[key]})))
                return -1;
            w->entries[key] = (uint32_t)w->keyed.len;
        }
    }
    return 0;
}

static void write_all(struct writer *w)
{
    uint32_t edges = 1 + (uint32_t)w->heap->scopes.len;
    for (size_t i = 0; i < w->heap->scopes.len; i++)
        edges += scope_edges(w, i);
    for (size_t i = 0; i < w->ids.list.objects.len; i++)
        edges += object_edges(w, w->ids.list.objects.data[i]);
    out_words(&w->out, meta);
    out_format(&w->out, ",\"node_count\":%u,\"edge_count\":%u,\"trace_function_count\":0},\n\"nodes\":[", w->nodes,
               edges);
    put_nodes(w);
    w->begun = false;
    out_words(&w->out, "],\n\"edges\":[");
    put_edges(w);
    out_words(&w->out, "],\n\"trace_function_infos\":[],\n\"trace_tree\":[],\n\"samples\":[],\n\"locations\":[],\n"
                       "\"strings\":[");
    put_strings(w);
    out_words(&w->out, "]}\n");
}

int snapshot_export(const struct heap *heap, FILE *out)
{
    struct writer *w = calloc(1, sizeof *w);
    if (w == NULL)
        return -1;
    w->heap = heap;
    names_init(&w->strings);
    out_to_file(&w->out, out);
    int failed = prepare(w);
    if (!failed)
        write_all(w);
    failed |= out_flush(&w->out) | w->failed;
    heap_ids_free(&w->ids);
    names_free(&w->strings);
    vec_free(&w->keyed);
    free(w->node);
    free(w->entries);
    free(w);
    return failed ? -1 : 0;
}
