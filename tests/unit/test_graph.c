/*
 * test_graph.c - dominators and retained sizes (graph/): against removing each node and walking again, on random graphs
 * and heaps; against the figures that a separate implementation made (tests/exact); and on shapes that would be deep.
 */
#include "base/writer.h"
#include "graph/groups.h"
#include "graph/heap_graph.h"
#include "heap/figures.h"
#include "heap/objects.h"
#include "randtrace.h"
#include "report/retain.h"
#include "runs.h"
#include "schema.h"
#include "seeds.h"

#include "checks.h"
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

Suite *suite_graph(void);

static uint64_t next(uint64_t *random)
{
    *random = *random * UINT64_C(6364136223846793005) + 1442695040888963407;
    return *random >> 33;
}

/* ---- the naive model: a node dominates what cannot be reached without it ---- */

/* Marks in reached what the root reaches without going through the node `without`. */
static void reach_without(const struct graph *g, uint32_t without, uint8_t *reached, uint32_t *list)
{
    uint32_t len = 0;
    memset(reached, 0, g->nodes);
    if (without == 0)
        return;
    reached[0] = 1;
    list[len++] = 0;
    while (len > 0) {
        uint32_t node = list[--len];
        for (uint32_t e = g->first[node]; e < g->first[node + 1]; e++) {
            uint32_t to = g->to[e];
            if (to == without || reached[to])
                continue;
            reached[to] = 1;
            list[len++] = to;
        }
    }
}

/* Checks a finished tree against the graph that it was made from, and retained sizes (by place) against sizes (by
 * node). */
static void check_tree(const struct graph *g, const struct dominators *d, const uint64_t *sizes,
                       const uint64_t *retained)
{
    uint8_t *all = calloc(g->nodes, 1), *reached = calloc(g->nodes, 1);
    uint32_t *list = calloc(g->nodes, sizeof *list), *above = calloc(g->nodes, sizeof *above);
    reach_without(g, NO_NODE, all, list);
    uint32_t places = 0;
    for (uint32_t node = 0; node < g->nodes; node++) {
        ck_assert_int_eq(all[node], d->place[node] != NO_NODE);
        places += all[node];
    }
    ck_assert_uint_eq(places, d->places);
    for (uint32_t node = 0; node < g->nodes; node++) {
        if (!all[node])
            continue;
        uint64_t sum = 0;
        reach_without(g, node, reached, list);
        for (uint32_t other = 0; other < g->nodes; other++)
            if (all[other] && !reached[other]) {
                sum += sizes[other];
                above[other] += other != node;
            }
        ck_assert_uint_eq(retained[d->place[node]], sum);
    }
    /* The immediate dominator is the one that has one dominator less; that it dominates is checked by the sums. */
    for (uint32_t p = 1; p < d->places; p++) {
        ck_assert_uint_lt(d->idom[p], p);
        ck_assert_uint_eq(above[d->node[p]], above[d->node[d->idom[p]]] + 1);
        reach_without(g, d->node[d->idom[p]], reached, list);
        ck_assert_int_eq(reached[d->node[p]], 0);
    }
    free(all);
    free(reached);
    free(list);
    free(above);
}

static struct graph copy_of(const struct graph *g)
{
    struct graph copy;
    ck_assert_int_eq(graph_init(&copy, g->nodes, g->edges), 0);
    memcpy(copy.first, g->first, ((size_t)g->nodes + 1) * sizeof *g->first);
    memcpy(copy.to, g->to, g->edges * sizeof *g->to);
    return copy;
}

/* ---- random graphs ---- */

/* A graph of a random size and density; half of the edges lead to a node nearby, so that it is deep. */
static struct graph random_graph(uint64_t *random)
{
    struct graph g;
    uint32_t nodes = 1 + (uint32_t)next(random) % 40, edges = (uint32_t)next(random) % (3 * nodes);
    ck_assert_int_eq(graph_init(&g, nodes, edges), 0);
    for (uint32_t node = 0; node <= nodes; node++)
        g.first[node] = 0;
    for (uint32_t e = 0; e < edges; e++)
        g.first[1 + next(random) % nodes]++;
    for (uint32_t node = 0; node < nodes; node++) {
        g.first[node + 1] += g.first[node];
        for (uint32_t e = g.first[node]; e < g.first[node + 1]; e++)
            g.to[e] = (uint32_t)(next(random) % 2 ? next(random) % nodes : (node + next(random) % 4) % nodes);
    }
    return g;
}

START_TEST(random_graphs)
{
    uint64_t random = seeds_first() * 20 + (uint64_t)_i;
    for (int i = 0; i < 500; i++) {
        struct graph g = random_graph(&random), copy = copy_of(&g);
        struct dominators d;
        uint64_t *sizes = calloc(g.nodes, sizeof *sizes), *retained = calloc(g.nodes, sizeof *retained);
        ck_assert_int_eq(dominators_begin(&d, &copy), 0);
        unsigned before = 0;
        int done;
        while ((done = dominators_step(&d, 1 + next(&random) % 9)) == 0) {
            ck_assert_uint_ge(dominators_progress(&d), before);
            before = dominators_progress(&d);
            ck_assert_uint_lt(before, 1000);
        }
        ck_assert_int_eq(done, 1);
        for (uint32_t node = 0; node < g.nodes; node++) {
            sizes[node] = 1 + next(&random) % 100;
            if (d.place[node] != NO_NODE)
                retained[d.place[node]] = sizes[node];
        }
        dominators_retain(&d, retained);
        check_tree(&g, &d, sizes, retained);
        dominators_free(&d);
        graph_free(&g);
        free(sizes);
        free(retained);
    }
}
END_TEST

/* Topmost members are those for which no dominator above has the same group. */
START_TEST(random_groups)
{
    uint64_t random = seeds_first() * 20 + (uint64_t)_i;
    for (int i = 0; i < 200; i++) {
        struct graph g = random_graph(&random);
        struct dominators d;
        ck_assert_int_eq(dominators_make(&d, &g), 0);
        uint32_t groups = 1 + (uint32_t)next(&random) % 4, *group = calloc(d.places, sizeof *group);
        bool *top = calloc(d.places, sizeof *top);
        for (uint32_t p = 0; p < d.places; p++)
            group[p] = next(&random) % 5 == 0 ? NO_GROUP : (uint32_t)next(&random) % groups;
        ck_assert_int_eq(groups_topmost(&d, group, groups, top), 0);
        for (uint32_t p = 0; p < d.places; p++) {
            bool expected = group[p] != NO_GROUP;
            for (uint32_t above = p; expected && above != 0;) {
                above = d.idom[above];
                expected = group[above] != group[p];
            }
            ck_assert_int_eq(top[p], expected);
        }
        free(group);
        free(top);
        dominators_free(&d);
    }
}
END_TEST

/* ---- shapes ---- */

enum { DEEP = 300000 };

/* A chain; a chain from each node of which one way leads back and one on; and one node that holds all. */
START_TEST(deep_shapes)
{
    for (int shape = 0; shape < 3; shape++) {
        struct graph g;
        struct dominators d;
        ck_assert_int_eq(graph_init(&g, DEEP, 2 * (DEEP - 1)), 0);
        for (uint32_t node = 0; node < DEEP; node++)
            g.first[node] = node < DEEP - 1 ? 2 * node : 2 * (DEEP - 1);
        g.first[DEEP] = 2 * (DEEP - 1);
        for (uint32_t node = 0; node < DEEP - 1; node++) {
            g.to[2 * node] = node + 1;
            g.to[2 * node + 1] = shape == 0 ? node + 1 : shape == 1 ? node / 2 : DEEP - 1;
        }
        uint64_t *sizes = calloc(DEEP, sizeof *sizes);
        ck_assert_int_eq(dominators_make(&d, &g), 0);
        for (uint32_t p = 0; p < DEEP; p++)
            sizes[p] = 8;
        dominators_retain(&d, sizes);
        ck_assert_uint_eq(d.places, DEEP);
        ck_assert_uint_eq(sizes[0], 8 * (uint64_t)DEEP);
        /* the middle of the chain retains what follows; but for the last node, if all hold it */
        uint32_t middle = d.place[DEEP / 2];
        ck_assert_uint_eq(sizes[middle], 8 * ((uint64_t)DEEP - DEEP / 2 - (shape == 2)));
        free(sizes);
        dominators_free(&d);
    }
}
END_TEST

/* ---- heaps ---- */

/* The graph of a heap as heapreel-model(7) defines it, by another way than heap_graph.c: an edge list, then sorted. */
static struct graph naive_graph(const struct heap *h)
{
    uint8_t *kept = calloc(h->objects.len + 1, 1);
    VEC(uint32_t) pairs = {0};
    struct graph g;
    ck_assert_int_eq(runs_reachable(h, kept), 0);
    for (size_t i = 0; i < h->handles.len; i++)
        if (h->handles.data[i].object != NONE)
            ck_assert(vec_push(&pairs, 0) == 0 && vec_push(&pairs, h->handles.data[i].object + 1) == 0);
    for (uint32_t i = 0; i < h->objects.len; i++) {
        uint32_t count = 0;
        if (!kept[i])
            continue;
        const struct slot *slots = object_slots(h, i, &count);
        for (uint32_t k = 0; k < count; k++)
            if (slots[k].target != NONE && !(slots[k].key & SLOT_WEAK))
                ck_assert(vec_push(&pairs, i + 1) == 0 && vec_push(&pairs, slots[k].target + 1) == 0);
        const struct entry *entries = object_entries(h, i, &count);
        for (uint32_t k = 0; k < count; k++)
            if (entry_key(&entries[k]) != NONE && entry_value(&entries[k]) != NONE && kept[entry_key(&entries[k])])
                ck_assert(vec_push(&pairs, entry_key(&entries[k]) + 1) == 0 &&
                          vec_push(&pairs, entry_value(&entries[k]) + 1) == 0);
    }
    ck_assert_int_eq(graph_init(&g, (uint32_t)h->objects.len + 1, (uint32_t)pairs.len / 2), 0);
    uint32_t edges = 0;
    for (uint32_t node = 0; node < g.nodes; node++) {
        g.first[node] = edges;
        for (size_t i = 0; i < pairs.len; i += 2)
            if (pairs.data[i] == node)
                g.to[edges++] = pairs.data[i + 1];
    }
    g.first[g.nodes] = edges;
    vec_free(&pairs);
    free(kept);
    return g;
}

static void check_heap(const struct heap *h)
{
    struct graph g = naive_graph(h);
    struct heap_retained r;
    ck_assert_int_eq(heap_retained_make(&r, h), 0);
    uint64_t *sizes = calloc(g.nodes, sizeof *sizes), *external = calloc(g.nodes, sizeof *external);
    for (uint32_t node = 1; node < g.nodes; node++) {
        sizes[node] = object_bytes(&h->objects.data[node - 1]);
        external[node] = r.external == NULL ? 0 : object_external(h, node - 1);
    }
    check_tree(&g, &r.tree, sizes, r.bytes);
    if (r.external != NULL)
        check_tree(&g, &r.tree, external, r.external);
    heap_retained_free(&r);
    graph_free(&g);
    free(sizes);
    free(external);
}

/* At some moments of a random trace, between collections and within them. */
static void check_seed(uint64_t seed)
{
    size_t len;
    char *text = randtrace(seed, &len);
    struct run run;
    struct error error = {0};
    uint64_t random = seed;
    ck_assert_int_eq(run_open_memory(&run, "random.trace", text, len, &(struct run_options){0}, &error), 0);
    while (run_advance(&run, 1 + next(&random) % 400, &error) == RUN_MORE)
        if (run.current->heap.objects.len < 1000)
            check_heap(&run.current->heap);
    ck_assert_msg(error.kind == ERROR_NONE, "seed %" PRIu64 ": %s", seed, error_text(&error));
    check_heap(&run.current->heap);
    run_close(&run);
    free(text);
}

START_TEST(random_heaps)
{
    seeds_each(_i, 2, check_seed);
}
END_TEST

/* Bytes that an object retains, by name. */
static uint64_t retained_by(const struct run *run, const struct heap_retained *r, const char *name)
{
    uint32_t object = heap_find(&run->current->heap, names_find(&run->names, name, strlen(name)));
    ck_assert_uint_ne(object, NONE);
    return r->bytes[heap_retained_place(r, object)];
}

/* A value that collection and key keep together is the key's; one that something else holds too is nobody's. */
START_TEST(entries_count_for_keys)
{
    struct run run;
    struct heap_retained r;
    runs_text(&run,
              "alloc w 32 weakmap\nalloc k 16\nalloc v 24 in k.own\nentry w k v\nunref k.own\nalloc x 48\nalloc y 56\n"
              "entry w x y\nalloc self 64\nentry w self self\nref w.slot self\nrelease self\n",
              NULL);
    ck_assert_int_eq(heap_retained_make(&r, &run.current->heap), 0);
    ck_assert_uint_eq(retained_by(&run, &r, "k"), 16 + 24);
    ck_assert_uint_eq(retained_by(&run, &r, "x"), 48);
    ck_assert_uint_eq(retained_by(&run, &r, "y"), 56);
    ck_assert_uint_eq(retained_by(&run, &r, "w"), 32 + 64);
    heap_retained_free(&r);
    run_close(&run);
}
END_TEST

/* ---- the exact figures ---- */

static const char *const styles[] = {"cache", "churn", "large", "list", "mixed", "tree", "weak"};
static const char *const seeds[] = {"11", "12"};
enum { STYLES = 7, SEEDS = 2 };

static char *read_exact(int i, const char *ending, size_t *len)
{
    const char *root = getenv("UNIT_DIR");
    char *path = NULL, *text = NULL;
    size_t path_len = 0;
    FILE *name = open_memstream(&path, &path_len);
    fprintf(name, "%s/exact/%s-%s-%s.%s", root ? root : "tests", styles[i / (ERA_COUNT * SEEDS)],
            era_at(i / SEEDS % ERA_COUNT), seeds[i % SEEDS], ending);
    fclose(name);
    FILE *in = fopen(path, "rb"), *copy = open_memstream(&text, len);
    ck_assert_msg(in != NULL, "%s cannot be read", path);
    for (int c = getc(in); c != EOF; c = getc(in))
        putc(c, copy);
    fclose(in);
    fclose(copy);
    free(path);
    return text;
}

/*
 * One text for each object kept: what it is called, and its dominator, and what it retains. Those without a name are
 * compared as a set: the two implementations list them in different orders.
 */
struct facts {
    VEC(char *) lines;
};

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void add_fact(struct facts *facts, const char *name, const char *dominator, uint64_t bytes, uint64_t external)
{
    struct out out;
    out_to_memory(&out);
    out_format(&out, "%s below %s: %" PRIu64 ", off-heap %" PRIu64, name, dominator, bytes, external);
    ck_assert_int_eq(vec_push(&facts->lines, out_take(&out)), 0);
}

static const char *text_or(const json_t *text, const char *none)
{
    return json_is_string(text) ? json_string_value(text) : none;
}

/* Each line: id, name, the dominator's id or null, all bytes retained, and those off-heap. */
static struct facts facts_of_file(char *text)
{
    struct facts facts = {{0}};
    json_t *lines = json_array();
    for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n"))
        ck_assert_int_eq(json_array_append_new(lines, json_loads(line, 0, NULL)), 0);
    for (size_t i = 0; i < json_array_size(lines); i++) {
        json_t *line = json_array_get(lines, i), *id = json_object_get(line, "dominator");
        const char *dominator = "the root";
        for (size_t k = 0; k < json_array_size(lines); k++)
            if (json_equal(json_object_get(json_array_get(lines, k), "id"), id))
                dominator = text_or(json_object_get(json_array_get(lines, k), "name"), "(unnamed)");
        add_fact(&facts, text_or(json_object_get(line, "name"), "(unnamed)"), dominator,
                 (uint64_t)json_integer_value(json_object_get(line, "retained")),
                 (uint64_t)json_integer_value(json_object_get(line, "retained_external")));
    }
    json_decref(lines);
    return facts;
}

/* The name of the object at a place, in text[64]. */
static const char *name_at(const struct heap *h, const struct heap_retained *r, uint32_t place, char *text)
{
    char digits[NAME_DIGITS];
    size_t len;
    if (place == 0)
        return "the root";
    uint32_t name = h->objects.data[heap_retained_object(r, place)].name;
    if (name == NAME_NONE)
        return "(unnamed)";
    const char *found = names_text(h->names, name, digits, &len);
    ck_assert_uint_lt(len, 64);
    memcpy(text, found, len);
    text[len] = 0;
    return text;
}

static struct facts facts_of_heap(const struct heap *h)
{
    struct facts facts = {{0}};
    struct heap_retained r;
    ck_assert_int_eq(heap_retained_make(&r, h), 0);
    for (uint32_t p = 1; p < r.tree.places; p++) {
        char name[64], dominator[64];
        uint64_t external = r.external == NULL ? 0 : r.external[p];
        add_fact(&facts, name_at(h, &r, p, name), name_at(h, &r, r.tree.idom[p], dominator), r.bytes[p] + external,
                 external);
    }
    heap_retained_free(&r);
    return facts;
}

static void check_facts(struct facts *found, struct facts *expected)
{
    ck_assert_uint_eq(found->lines.len, expected->lines.len);
    qsort(found->lines.data, found->lines.len, sizeof *found->lines.data, by_text);
    qsort(expected->lines.data, expected->lines.len, sizeof *expected->lines.data, by_text);
    for (size_t i = 0; i < found->lines.len; i++) {
        ck_assert_str_eq(found->lines.data[i], expected->lines.data[i]);
        free(found->lines.data[i]);
        free(expected->lines.data[i]);
    }
    vec_free(&found->lines);
    vec_free(&expected->lines);
}

START_TEST(exact_retained_sizes)
{
    size_t len, unused;
    char *trace = read_exact(_i, "trace", &len), *retained = read_exact(_i, "retained", &unused);
    struct error error = {0};
    struct run run;
    ck_assert_int_eq(run_open_memory(&run, "exact.trace", trace, len, &(struct run_options){0}, &error), 0);
    ck_assert_int_eq(run_advance(&run, 0, &error), RUN_ENDED);
    struct facts found = facts_of_heap(&run.current->heap), expected = facts_of_file(retained);
    check_facts(&found, &expected);
    run_close(&run);
    free(trace);
    free(retained);
}
END_TEST

/* ---- the table ---- */

static enum heap_by written_by;

static int write_table(const struct run *run, FILE *out)
{
    return retain_write_json(&(struct retain_report){.run = run, .by = written_by}, out);
}

/* Tables hold to their schema; and what the members of all groups have in all is what is kept. */
START_TEST(tables_hold_to_the_schema)
{
    struct run run;
    char message[512] = "", *medley = runs_medley(era_at(_i % ERA_COUNT));
    json_t *schema = json_load_file("src/report/retain.schema.json", 0, NULL);
    runs_text(&run, medley, NULL);
    written_by = (enum heap_by)(_i / ERA_COUNT);
    char *text = runs_written(write_table, &run);
    json_t *table = json_loads(text, 0, NULL), *row;
    ck_assert_msg(schema_check(schema, table, message, sizeof message), "%s", message);
    json_t *heap = json_array_get(json_object_get(table, "heaps"), 0), *kept = json_object_get(heap, "kept");
    json_int_t bytes = 0;
    size_t i;
    json_array_foreach(json_object_get(heap, "rows"), i, row) bytes +=
        json_integer_value(json_object_get(row, "self_size"));
    ck_assert_int_eq(bytes, json_integer_value(json_object_get(kept, "self_size")));
    ck_assert_int_gt(bytes, 0);
    json_decref(table);
    json_decref(schema);
    run_close(&run);
    free(text);
    free(medley);
}
END_TEST

Suite *suite_graph(void)
{
    Suite *suite = suite_create("graph");
    TCase *tc = tcase_create("graph");
    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, random_graphs, 0, 20);
    tcase_add_loop_test(tc, random_groups, 0, 5);
    tcase_add_test(tc, deep_shapes);
    tcase_add_loop_test(tc, exact_retained_sizes, 0, STYLES * ERA_COUNT * SEEDS);
    tcase_add_test(tc, entries_count_for_keys);
    tcase_add_loop_test(tc, tables_hold_to_the_schema, 0, HEAP_BY_COUNT * ERA_COUNT);
    suite_add_tcase(suite, tc);
    seeds_case(suite, random_heaps);
    return suite;
}
