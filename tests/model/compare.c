#include "compare.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "model-text.h"

/* Reports */

static int differ(FILE *why, const char *path, const json_t *expected, const json_t *actual)
{
    char *e = json_dumps(expected, JSON_ENCODE_ANY | JSON_COMPACT);
    char *a = actual == NULL ? NULL : json_dumps(actual, JSON_ENCODE_ANY | JSON_COMPACT);
    fprintf(why, "%s: expected %s, found %s\n", path, e ? e : "?", a ? a : "nothing");
    free(e);
    free(a);
    return 1;
}

static int compare_value(const json_t *expected, const json_t *actual, const char *path, FILE *why);

/* As compare_value, one level deeper. */
static int compare_member(const json_t *expected, const json_t *actual, const char *path, const char *key, FILE *why)
{
    text deeper = {0};
    txt_addf(&deeper, "%s%s%s", path, path[0] == '\0' ? "" : ".", key);
    int count = compare_value(expected, actual, deeper.data, why);
    txt_free(&deeper);
    return count;
}

static const json_t *find_space(const json_t *spaces, const char *name)
{
    for (size_t i = 0; i < json_array_size(spaces); i++) {
        const json_t *s = json_array_get(spaces, i);
        const char *found = json_string_value(json_object_get(s, "space_name"));
        if (found != NULL && strcmp(found, name) == 0)
            return s;
    }
    return NULL;
}

static int compare_spaces(const json_t *expected, const json_t *actual, const char *path, FILE *why)
{
    int count = 0;
    for (size_t i = 0; i < json_array_size(expected); i++) {
        const json_t *s = json_array_get(expected, i);
        const char *name = json_string_value(json_object_get(s, "space_name"));
        name = name == NULL ? "" : name;
        count += compare_member(s, find_space(actual, name), path, name, why);
    }
    return count;
}

static int compare_array(const json_t *expected, const json_t *actual, const char *path, FILE *why)
{
    size_t e = json_array_size(expected), a = json_array_size(actual);
    int count = 0;
    if (e != a) {
        fprintf(why, "%s: expected %zu members, found %zu\n", path, e, a);
        count++;
    }
    for (size_t i = 0; i < e && i < a; i++) {
        text index = {0};
        txt_addf(&index, "%zu", i);
        count += compare_member(json_array_get(expected, i), json_array_get(actual, i), path, index.data, why);
        txt_free(&index);
    }
    return count;
}

static bool is_extra(const char *path, const char *key)
{
    static const char *const extras[] = {"hits", "remembered", "schema"};
    for (size_t i = 0; i < sizeof extras / sizeof extras[0]; i++)
        if (path[0] == '\0' && strcmp(key, extras[i]) == 0)
            return true;
    return false;
}

/* Where a report tells mark-sweep and mark-compact apart, which is not exact: they count as one. */
static bool tells_majors_apart(const char *path, const char *key)
{
    bool counts =
        strcmp(path, "collections") == 0 && (strcmp(key, "mark_sweeps") == 0 || strcmp(key, "mark_compacts") == 0);
    return counts || (strncmp(path, "collections.list.", 17) == 0 && strcmp(key, "type") == 0);
}

static bool is_scavenge(const json_t *collection)
{
    const char *type = json_string_value(json_object_get(collection, "type"));
    return type != NULL && strcmp(type, "scavenge") == 0;
}

/* Of two collections, or of the totals of two reports: whether as many are majors in both. */
static int compare_majors(const json_t *expected, const json_t *actual, const char *path, FILE *why)
{
    static const char *const counts[] = {"mark_sweeps", "mark_compacts"};
    json_int_t e = 0, a = 0;
    if (json_object_get(expected, "type") != NULL) {
        e = !is_scavenge(expected);
        a = !is_scavenge(actual);
    }
    for (size_t i = 0; i < 2; i++) {
        e += json_integer_value(json_object_get(expected, counts[i]));
        a += json_integer_value(json_object_get(actual, counts[i]));
    }
    if (e != a)
        fprintf(why, "%s: expected %" JSON_INTEGER_FORMAT " majors, found %" JSON_INTEGER_FORMAT "\n", path, e, a);
    return e != a;
}

static int compare_object(const json_t *expected, const json_t *actual, const char *path, FILE *why)
{
    int count = 0;
    /* jansson iterates through a pointer that is not const. */
    json_t *members = json_deep_copy(expected);
    const char *key;
    json_t *value;
    json_object_foreach(members, key, value)
    {
        bool left_open = strcmp(key, "reason") == 0 && json_is_null(value);
        if (!left_open && !is_extra(path, key) && !tells_majors_apart(path, key))
            count += compare_member(value, json_object_get(actual, key), path, key, why);
    }
    count += compare_majors(expected, actual, path, why);
    json_decref(members);
    return count;
}

static int compare_value(const json_t *expected, const json_t *actual, const char *path, FILE *why)
{
    if (actual == NULL || json_typeof(expected) != json_typeof(actual))
        return differ(why, path, expected, actual);
    if (json_is_object(expected))
        return compare_object(expected, actual, path, why);
    if (strcmp(path, "spaces") == 0)
        return compare_spaces(expected, actual, path, why);
    if (json_is_array(expected))
        return compare_array(expected, actual, path, why);
    return json_equal(expected, actual) ? 0 : differ(why, path, expected, actual);
}

int compare_report(const json_t *expected, const json_t *actual, FILE *why)
{
    return compare_value(expected, actual, "", why);
}

/* Heaps */

/*
 * An object of a dump. Its `own` text says what it is; `full` adds what it
 * holds, in which named targets stand by their names, and unnamed ones by a
 * digest of their own full text, refined as often as there are unnamed objects
 * (or until that is surely deep enough), so that chains and rings of unnamed
 * objects are told apart by what they lead to.
 */
typedef struct node {
    json_t *json;
    json_int_t id;
    const char *name; /* NULL: unnamed */
    const char *space;
    text own, full;
    uint64_t digest, next_digest;
} node;

typedef struct dump {
    node *nodes;
    size_t count;
    bool weak_marks; /* weak slots are told from strong ones */
} dump;

#define ROUNDS_MAX 64

static uint64_t digest_of(const text *t)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325); /* FNV-1a */
    for (size_t i = 0; i < t->len; i++)
        h = (h ^ (unsigned char)t->data[i]) * UINT64_C(0x100000001b3);
    return h;
}

static void add_json(text *t, const json_t *value)
{
    char *s = value == NULL ? NULL : json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
    txt_addf(t, "%s", s == NULL ? "missing" : s);
    free(s);
}

static void describe_own(node *n)
{
    static const char *const keys[] = {"kind", "size", "space", "age", "rooted"};
    txt_addf(&n->own, "%s", n->name == NULL ? "(unnamed)" : n->name);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        txt_addf(&n->own, " %s=", keys[i]);
        add_json(&n->own, json_object_get(n->json, keys[i]));
    }
    if (strcmp(n->space, "new") == 0) {
        txt_addf(&n->own, " at ");
        add_json(&n->own, json_object_get(n->json, "page"));
        txt_addf(&n->own, ":");
        add_json(&n->own, json_object_get(n->json, "offset"));
    }
}

static const node *find_id(const dump *d, const json_t *id)
{
    for (size_t i = 0; i < d->count; i++)
        if (json_is_integer(id) && d->nodes[i].id == json_integer_value(id))
            return &d->nodes[i];
    return NULL;
}

static void describe_target(text *t, const dump *d, const json_t *id)
{
    const node *n = find_id(d, id);
    if (n == NULL)
        txt_addf(t, "%s", json_is_null(id) ? "null" : "(no such object)");
    else if (n->name != NULL)
        txt_addf(t, "%s", n->name);
    else
        txt_addf(t, "{%s %016" PRIx64 "}", n->own.data, n->digest);
}

static void describe_full(const dump *d, node *n)
{
    txt_free(&n->full);
    txt_addf(&n->full, "%s slots=[", n->own.data);
    const json_t *slots = json_object_get(n->json, "slots");
    for (size_t i = 0; i < json_array_size(slots); i++) {
        const json_t *s = json_array_get(slots, i);
        txt_addf(&n->full, " ");
        add_json(&n->full, json_array_get(s, 0));
        bool weak = d->weak_marks && json_array_size(s) > 2;
        txt_addf(&n->full, "%s", weak ? "~>" : "->");
        describe_target(&n->full, d, json_array_get(s, 1));
    }
    txt_addf(&n->full, " ] entries=[");
    const json_t *entries = json_object_get(n->json, "entries");
    for (size_t i = 0; i < json_array_size(entries); i++) {
        const json_t *e = json_array_get(entries, i);
        txt_addf(&n->full, " ");
        describe_target(&n->full, d, json_array_get(e, 0));
        txt_addf(&n->full, "=>");
        describe_target(&n->full, d, json_array_get(e, 1));
    }
    txt_addf(&n->full, " ]");
}

/* Only unnamed objects stand by their digests, so only theirs are refined. */
static void refine(dump *d, size_t rounds)
{
    for (size_t round = 0; round < rounds; round++) {
        for (size_t i = 0; i < d->count; i++) {
            if (d->nodes[i].name == NULL) {
                describe_full(d, &d->nodes[i]);
                d->nodes[i].next_digest = digest_of(&d->nodes[i].full);
            }
        }
        for (size_t i = 0; i < d->count; i++)
            d->nodes[i].digest = d->nodes[i].next_digest;
    }
    for (size_t i = 0; i < d->count; i++)
        describe_full(d, &d->nodes[i]);
}

static size_t count_unnamed(const dump *d)
{
    size_t count = 0;
    for (size_t i = 0; i < d->count; i++)
        count += d->nodes[i].name == NULL;
    return count;
}

/* Read a dump; false if a line is not what it should be. */
static bool read_dump(const char *dump_text, dump *d, FILE *why)
{
    size_t number = 0;
    while (*dump_text != '\0') {
        size_t len = strcspn(dump_text, "\n");
        number++;
        if (len > 0) {
            json_error_t error;
            json_t *json = json_loadb(dump_text, len, 0, &error);
            const char *where = json_string_value(json_object_get(json, "space"));
            if (where == NULL) {
                fprintf(why, "heap line %zu: %s\n", number, json == NULL ? error.text : "no space");
                json_decref(json);
                return false;
            }
            d->nodes = txt_realloc(d->nodes, d->count + 1, sizeof *d->nodes);
            node *n = &d->nodes[d->count++];
            *n = (node){.json = json, .space = where};
            n->id = json_integer_value(json_object_get(json, "id"));
            n->name = json_string_value(json_object_get(json, "name"));
            describe_own(n);
        }
        dump_text += len + (dump_text[len] != '\0');
    }
    return true;
}

static void free_dump(dump *d)
{
    for (size_t i = 0; i < d->count; i++) {
        json_decref(d->nodes[i].json);
        txt_free(&d->nodes[i].own);
        txt_free(&d->nodes[i].full);
    }
    free(d->nodes);
}

/*
 * New space in the order of the dump; the others sorted: what has a name by
 * it, so that an object that differs is shown beside its counterpart.
 */
static int node_order(const void *a, const void *b)
{
    const node *x = a;
    const node *y = b;
    bool new_x = strcmp(x->space, "new") == 0;
    bool new_y = strcmp(y->space, "new") == 0;
    if (new_x != new_y)
        return new_x ? -1 : 1;
    if (new_x) {
        /* Stable: both lie in the same array, in the dump's order. */
        return x->next_digest < y->next_digest ? -1 : 1;
    }
    if ((x->name == NULL) != (y->name == NULL))
        return x->name != NULL ? -1 : 1;
    int by_name = x->name == NULL ? 0 : strcmp(x->name, y->name);
    return by_name != 0 ? by_name : strcmp(x->full.data, y->full.data);
}

static void sort_dump(dump *d)
{
    for (size_t i = 0; i < d->count; i++)
        d->nodes[i].next_digest = i; /* place in the dump, for new space */
    if (d->count > 0)
        qsort(d->nodes, d->count, sizeof *d->nodes, node_order);
}

static int show(FILE *why, const char *what, const node *n)
{
    fprintf(why, "heap: %s: %s\n", what, n->full.data);
    return 1;
}

/*
 * Which of the two comes first in the common order: objects of new space are
 * paired place by place, others by name or contents; 0: they are a pair.
 */
static int pair_order(const node *e, const node *a)
{
    bool new_e = strcmp(e->space, "new") == 0;
    bool new_a = strcmp(a->space, "new") == 0;
    if (new_e && new_a)
        return 0;
    if (new_e == new_a && e->name != NULL && a->name != NULL)
        return strcmp(e->name, a->name);
    return node_order(e, a);
}

static int merge(const dump *expected, const dump *actual, FILE *why)
{
    int count = 0;
    size_t i = 0, j = 0;
    while (i < expected->count || j < actual->count) {
        const node *e = i < expected->count ? &expected->nodes[i] : NULL;
        const node *a = j < actual->count ? &actual->nodes[j] : NULL;
        int order = e == NULL ? 1 : a == NULL ? -1 : pair_order(e, a);
        if (order < 0) {
            count += show(why, "expected only", e);
        } else if (order > 0) {
            count += show(why, "found only", a);
        } else if (strcmp(e->full.data, a->full.data) != 0) {
            count += show(why, "expected", e);
            show(why, "but found", a);
        }
        i += order <= 0;
        j += order >= 0;
    }
    return count;
}

static int compare_dumps(const char *expected, const char *actual, bool weak_marks, FILE *why)
{
    dump e = {.weak_marks = weak_marks}, a = {.weak_marks = weak_marks};
    int count = 1;
    if (read_dump(expected, &e, why) && read_dump(actual, &a, why)) {
        size_t rounds = count_unnamed(&e) + count_unnamed(&a);
        rounds = rounds < ROUNDS_MAX ? rounds : ROUNDS_MAX;
        refine(&e, rounds);
        refine(&a, rounds);
        sort_dump(&e);
        sort_dump(&a);
        count = merge(&e, &a, why);
    }
    free_dump(&e);
    free_dump(&a);
    return count;
}

int compare_heap(const char *expected, const char *actual, FILE *why)
{
    return compare_dumps(expected, actual, true, why);
}

int compare_heap_unmarked(const char *expected, const char *actual, FILE *why)
{
    return compare_dumps(expected, actual, false, why);
}
