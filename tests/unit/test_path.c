/* test_path.c - shortest paths from the roots (heap/retainers.h): by hand, and against reachability over random traces.
 */
#include "heap/retainers.h"
#include "heap/slots.h"
#include "randtrace.h"
#include "runs.h"

#include "checks.h"
#include "heap/figures.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

Suite *suite_path(void);

/*
 * The path to the object of that name, in words: "root a .x b [k] c" (a rooted, b in slot x of a, c under key k of b).
 */
static char *path_words(const char *trace, const char *name)
{
    struct run run;
    struct heap_path path = {0};
    char *text = NULL, digits[NAME_DIGITS];
    size_t len;
    runs_text(&run, trace, NULL);
    ck_assert_int_eq(
        heap_path(&run.current->heap, heap_find(&run.current->heap, names_find(&run.names, name, strlen(name))), &path),
        0);
    FILE *out = open_memstream(&text, &len);
    for (size_t i = 0; i < path.steps.len; i++) {
        const struct path_step *step = &path.steps.data[i];
        uint32_t count;
        size_t n;
        const char *word = names_text(&run.names, run.current->heap.objects.data[step->object].name, digits, &n);
        if (step->edge.link == PATH_ROOT) {
            ck_assert_uint_eq(run.current->heap.handles.data[step->edge.place].object, step->object);
            fprintf(out, "root %.*s", (int)n, word);
        } else if (step->edge.link == PATH_SLOT) {
            uint32_t key = object_slots(&run.current->heap, step->edge.from, &count)[step->edge.place].key;
            fprintf(out, " .%" PRIu32 " %.*s", key & SLOT_VALUE, (int)n, word);
        } else {
            const struct entry *entry = &object_entries(&run.current->heap, step->edge.from, &count)[step->edge.place];
            size_t k;
            char more[NAME_DIGITS];
            const char *key = names_text(&run.names, run.current->heap.objects.data[entry_key(entry)].name, more, &k);
            fprintf(out, " [%.*s] %.*s", (int)k, key, (int)n, word);
        }
    }
    fclose(out);
    vec_free(&path.steps);
    run_close(&run);
    return text;
}

static void path_is(const char *trace, const char *name, const char *expected)
{
    char *found = path_words(trace, name);
    ck_assert_str_eq(found, expected);
    free(found);
}

START_TEST(the_shortest_path_is_found)
{
    path_is("alloc a 48\n", "a", "root a");
    path_is("alloc a 48\nalloc b 48 in a.1\nalloc c 48 in b.2\nref a.3 c\n", "c", "root a .3 c");
    path_is("alloc a 48\nalloc b 48 in a.1\nalloc c 48 in b.2\nref a.3 c\nunref a.3\n", "c", "root a .1 b .2 c");
    /* A later root is a shorter way than slots of the first. */
    path_is("alloc a 48\nalloc b 48 in a.1\nalloc c 48 in b.2\nroot c\n", "c", "root c");
    /* A cycle, and a way through it. */
    path_is("alloc a 48\nalloc b 48 in a.1\nref b.1 a\nref b.2 b\nalloc c 48 in b.3\n", "c", "root a .1 b .3 c");
}
END_TEST

START_TEST(what_is_weakly_held_or_unreachable_has_no_path)
{
    path_is("alloc a 48\nalloc b 48\nweak a.1 b\nrelease b\n", "b", "");
    path_is("alloc a 48\nalloc b 48\nref b.1 a\nrelease b\n", "b", "");
    path_is("alloc a 48\nalloc b 48 in a.1\nunref a.1\n", "b", "");
}
END_TEST

START_TEST(an_entry_leads_to_its_value_once_its_key_is_reached)
{
    /* The key is further away than the collection. */
    path_is(
        "alloc m 48 weakmap\nalloc a 48\nalloc b 48 in a.1\nalloc k 48 in b.2\nalloc v 48\nentry m k v\nrelease v\n",
        "v", "root m [k] v");
    /* The key is unreachable, or held by its own value only. */
    path_is("alloc m 48 weakmap\nalloc k 48\nalloc v 48\nentry m k v\nrelease k\nrelease v\n", "v", "");
    path_is("alloc m 48 weakmap\nalloc k 48\nalloc v 48\nref v.1 k\nentry m k v\nrelease k\nrelease v\n", "k", "");
    /* A key that is the value of another entry. */
    path_is("alloc m 48 weakmap\nalloc a 48\nalloc k 48\nalloc v 48\nentry m k v\nentry m a k\nrelease k\nrelease v\n",
            "v", "root m [k] v");
    /* The collection is reached after its key. */
    path_is("alloc k 48\nalloc a 48\nalloc m 48 weakmap in a.5\nalloc v 48\nentry m k v\nrelease v\n", "v",
            "root a .5 m [k] v");
}
END_TEST

/* Every edge of the tree is there in the heap, and no path is longer than it need be. */
static void check_tree(const struct heap *h, const struct path_tree *tree, uint64_t seed)
{
    uint8_t *reachable = calloc(h->objects.len + 1, 1);
    uint32_t *distance = calloc(h->objects.len + 1, sizeof *distance);
    size_t reached = 0;
    ck_assert_int_eq(runs_reachable(h, reachable), 0);
    for (uint32_t i = 0; i < h->objects.len; i++)
        reached += reachable[i];
    ck_assert_msg(reached == tree->order.len, "seed %" PRIu64 ": %zu reached, %zu reachable", seed, tree->order.len,
                  reached);
    for (size_t i = 0; i < tree->order.len; i++) {
        uint32_t object = tree->order.data[i], key = NONE, count;
        const struct path_edge *edge = &tree->edges.data[object];
        ck_assert_msg(reachable[object], "seed %" PRIu64 ": object %" PRIu32 " is not reachable", seed, object);
        if (edge->link == PATH_ROOT) {
            ck_assert_uint_eq(h->handles.data[edge->place].object, object);
        } else if (edge->link == PATH_SLOT) {
            const struct slot *slot = &object_slots(h, edge->from, &count)[edge->place];
            ck_assert_uint_eq(slot->target, object);
            ck_assert(!(slot->key & SLOT_WEAK));
        } else {
            const struct entry *entry = &object_entries(h, edge->from, &count)[edge->place];
            key = entry_key(entry);
            ck_assert_uint_eq(entry_value(entry), object);
            ck_assert(reachable[key]);
        }
        if (edge->from != NONE)
            distance[object] = distance[edge->from] + 1;
        if (edge->link == PATH_ENTRY && distance[key] >= distance[object])
            distance[object] = distance[key] + 1;
    }
    /* No strong slot leads further than one step: what it holds could not have been reached sooner. */
    for (size_t i = 0; i < tree->order.len; i++) {
        uint32_t object = tree->order.data[i], count;
        const struct slot *slots = object_slots(h, object, &count);
        for (uint32_t s = 0; s < count; s++)
            if (slots[s].target != NONE && !(slots[s].key & SLOT_WEAK))
                ck_assert_msg(distance[slots[s].target] <= distance[object] + 1,
                              "seed %" PRIu64 ": the path to object %" PRIu32 " is too long", seed, slots[s].target);
    }
    free(reachable);
    free(distance);
}

START_TEST(the_tree_reaches_what_is_reachable)
{
    for (uint64_t seed = (uint64_t)_i * 10; seed < (uint64_t)(_i + 1) * 10; seed++) {
        size_t len;
        char *text = randtrace(seed, &len);
        struct run run;
        struct error error = {0};
        struct run_options options = {0};
        ck_assert_int_eq(run_open_memory(&run, "random.trace", text, len, &options, &error), 0);
        while (run_advance(&run, 37, &error) == RUN_MORE) {
            struct path_tree tree;
            if (!run.current->ready)
                continue;
            ck_assert_int_eq(path_tree_make(&run.current->heap, true, &tree), 0);
            check_tree(&run.current->heap, &tree, seed);
            path_tree_free(&tree);
        }
        run_close(&run);
        free(text);
    }
}
END_TEST

Suite *suite_path(void)
{
    Suite *suite = suite_create("path");
    TCase *tests = tcase_create("paths");
    tcase_add_test(tests, the_shortest_path_is_found);
    tcase_add_test(tests, what_is_weakly_held_or_unreachable_has_no_path);
    tcase_add_test(tests, an_entry_leads_to_its_value_once_its_key_is_reached);
    tcase_add_loop_test(tests, the_tree_reaches_what_is_reachable, 0, 3);
    suite_add_tcase(suite, tests);
    return suite;
}
