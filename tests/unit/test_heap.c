/*
 * test_heap.c - the heap as data: ids, slots, entries, roots, free lists, arena, copies, hashes, and what they cost.
 *
 * Where the order of things matters, a naive list is kept beside. Random tests print their seed.
 */
#include "gc/allocate.h"
#include "gc/barrier.h"
#include "gc/gc.h"
#include "heap/arena.h"
#include "heap/figures.h"
#include "heap/heap.h"
#include "heap/newspace.h"
#include "heap/objects.h"
#include "heap/pages.h"
#include "heap/roots.h"
#include "heap/slots.h"
#include "run/run.h"
#include "runs.h"
#include "seeds.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Suite *suite_heap(void);

/* ---- helpers ---- */

static uint64_t random_state;

static uint64_t random_below(uint64_t limit)
{
    uint64_t z = random_state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return (z ^ z >> 31) % limit;
}

/* A heap without a run. */
struct world {
    struct names names;
    struct heap heap;
};

/* settings: "key value key value ..." */
static void world_init(struct world *w, const char *settings)
{
    struct settings chosen = {0};
    struct config config;
    struct error error = {0};
    char *text = strdup(settings), *rest = NULL;
    for (char *key = strtok_r(text, " ", &rest); key != NULL; key = strtok_r(NULL, " ", &rest)) {
        char *value = strtok_r(NULL, " ", &rest);
        ck_assert_msg(settings_set(&chosen, SETTING_OPTION, key, strlen(key), value, strlen(value), &error) == 0, "%s",
                      error_text(&error));
    }
    free(text);
    ck_assert_msg(settings_resolve(&chosen, &config, &error) == 0, "%s", error_text(&error));
    names_init(&w->names);
    ck_assert_int_eq(heap_init(&w->heap, &config, &w->names, &error), 0);
}

static void world_free(struct world *w)
{
    heap_free(&w->heap);
    names_free(&w->names);
}

/* A new object without a name or a handle. */
static uint32_t make(struct heap *h, enum object_kind kind, uint64_t size)
{
    uint64_t budget = GC_UNLIMITED;
    allocate_begin(h, kind, size);
    ck_assert_int_eq(allocate_step(h, &budget), ALLOCATE_DONE);
    return h->allocation.object;
}

static void verify(const struct heap *h)
{
    struct error error = {0};
    ck_assert_msg(heap_verify(h, &error) == 0, "%s", error_text(&error));
}

/* For the many: libcheck notes each of its assertions in a file. */
#define MUST(condition)                                                                                                \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            ck_abort_msg("not so: %s", #condition);                                                                    \
        }                                                                                                              \
    } while (0)

/* How often: fewer times under a slow tool. */
static uint32_t often(uint32_t times)
{
    return seeds_slow() ? times / 50 : times;
}

/* Formatted text: new. */
__attribute__((format(printf, 1, 2))) static char *format(const char *form, ...)
{
    char *text = NULL;
    size_t len;
    va_list args;
    FILE *out = open_memstream(&text, &len);
    va_start(args, form);
    vfprintf(out, form, args);
    va_end(args);
    fclose(out);
    return text;
}

static uint32_t named(const struct run *run, const char *name)
{
    uint32_t number = names_find(&run->names, name, strlen(name));
    return number == NAME_NONE ? NONE : heap_find(&run->current->heap, number);
}

/* ---- ids ---- */

/* Names of many shapes: each is found, and names its own object, also after every other has gone. */
static const char *const shapes[] = {
    "$i", "${i+5000000}", "${i}000", "${i}0000000", "x$i", "${i}a", "0$i", "name-that-is-rather-long-and-not-short-$i",
};

START_TEST(ids_of_every_shape)
{
    const uint32_t count = often(50000);
    const char *shape = shapes[_i];
    char *text = format("set profile node20\nset large-object-size 64k\nrepeat %u as i\nalloc %s 8\nend\n"
                        "repeat %u as i\nrelease %s\nend\n",
                        count, shape, count / 2, shape);
    struct run run;
    runs_text(&run, text, NULL);
    free(text);
    for (uint32_t i = 0; i < count; i++) {
        /* what $i stands for, put in by hand */
        const char *dollar = strchr(shape, '$');
        int skip = strncmp(dollar, "${i}", 4) == 0 ? 4 : strncmp(dollar, "${i+", 4) == 0 ? 12 : 2;
        uint32_t number = skip == 12 ? i + 5000000 : i;
        char *name = format("%.*s%" PRIu32 "%s", (int)(dollar - shape), shape, number, dollar + skip);
        uint32_t object = named(&run, name), names_it = names_find(&run.names, name, strlen(name));
        if (object == NONE || run.current->heap.objects.data[object].name != names_it)
            ck_abort_msg("%s is lost", name);
        MUST((run.current->heap.objects.data[object].handle == NONE) == (i < count / 2));
        free(name);
    }
    verify(&run.current->heap);
    run_close(&run);
}
END_TEST

/* Whoever takes over the record of a dead object begins without slots, whatever array came with it; nothing leaks. */
START_TEST(records_are_taken_over_without_slots)
{
    static const unsigned slots[] = {1, 3, 20, 2, 5, 0, 17, 4};
    const unsigned holders = sizeof slots / sizeof *slots, lives = 400;
    struct world w;
    world_init(&w, "profile node20");
    struct heap *h = &w.heap;
    uint32_t target = make(h, KIND_OBJECT, 16), last = NONE;
    MUST(objects_reserve(h) == 0);
    size_t arena = 0;
    for (unsigned life = 0; life < lives; life++) {
        uint32_t object = make(h, KIND_ARRAY, 16), count;
        ck_assert(last == NONE || object == last);
        object_slots(h, object, &count);
        ck_assert_uint_eq(count, 0);
        for (unsigned s = 0; s < slots[life % holders]; s++) {
            MUST(store_slot(h, object, SLOT_INDEX | s, target, false) == 0);
            const struct slot *held = object_slots(h, object, &count);
            ck_assert_uint_eq(count, s + 1);
            ck_assert_uint_eq(held[s].key, SLOT_INDEX | s);
            ck_assert_uint_eq(held[s].target, target);
        }
        if (life == 2 * holders) /* every shape has been there */
            arena = h->arena.len;
        object_release(h, object);
        last = object;
    }
    ck_assert_uint_eq(h->arena.len, arena);
    world_free(&w);
}
END_TEST

/* A million names, of which few live at a time: what they cost follows the living. */
START_TEST(ids_follow_the_living)
{
    struct run run;
    runs_text(&run,
              "set profile node20\nset max-semi-space-size 1M\nrepeat 1000000 as i\nalloc $i 64\nrelease $i\nend\n"
              "repeat 100000 as i\nalloc a$i 64\nrelease a$i\nend\ngc\n",
              NULL);
    ck_assert_uint_eq(run.current->heap.live, 0);
    ck_assert_uint_eq(run.current->heap.counters.allocated, 1100000);
    ck_assert_uint_lt(run.current->heap.ids.len * sizeof *run.current->heap.ids.data, 1 << 20);
    ck_assert_uint_lt(run.current->heap.objects.len, 30000); /* one new space full of them */
    ck_assert_uint_eq(run.current->heap.id_count, 0);
    verify(&run.current->heap);
    run_close(&run);
}
END_TEST

/* Names that a hash by their low bits would put in one place. */
START_TEST(ids_with_strides)
{
    static const uint32_t strides[] = {8, 64, 96, 768, 4096, 12288, 16384};
    uint32_t stride = strides[_i], count = often(60000);
    char *text = NULL;
    size_t len;
    FILE *out = open_memstream(&text, &len);
    fprintf(out, "set profile node20\n");
    for (uint32_t i = 0; i < count; i++)
        fprintf(out, "alloc %" PRIu32 " 8\n", i * stride);
    fclose(out);
    struct run run;
    runs_text(&run, text, NULL);
    free(text);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t object = heap_find(&run.current->heap, i * stride);
        if (object == NONE || run.current->heap.objects.data[object].name != i * stride)
            ck_abort_msg("%" PRIu32 " is lost", i * stride);
    }
    ck_assert_uint_eq(heap_find(&run.current->heap, stride / 2), NONE);
    verify(&run.current->heap);
    run_close(&run);
}
END_TEST

START_TEST(ids_are_bound_anew)
{
    struct run run;
    runs_text(
        &run,
        "alloc h 16 array\nalloc a 16 in h.0\nalloc a 24 in h.1\nalloc a 32\nalloc 7 16 in h.2\nalloc 7 40 in h.3\n",
        NULL);
    const struct heap *h = &run.current->heap;
    uint32_t count;
    ck_assert_uint_eq(object_bytes(&h->objects.data[named(&run, "a")]), 32);
    ck_assert_uint_eq(object_bytes(&h->objects.data[named(&run, "7")]), 40);
    const struct slot *slots = object_slots(h, named(&run, "h"), &count);
    ck_assert_uint_eq(count, 4);
    ck_assert_uint_eq(h->objects.data[slots[0].target].name, NAME_NONE);
    ck_assert_uint_eq(h->objects.data[slots[1].target].name, NAME_NONE);
    ck_assert_uint_eq(h->objects.data[slots[2].target].name, NAME_NONE);
    ck_assert_uint_eq(h->objects.data[slots[3].target].name, 7);
    ck_assert_uint_eq(h->live, 6);
    verify(h);
    run_close(&run);
}
END_TEST

/* ---- slots against a naive list ---- */

struct naive_slot {
    uint32_t key, target;
    bool weak, gone;
};

struct naive {
    struct naive_slot *slots;
    size_t len;
};

static size_t naive_find(const struct naive *n, uint32_t key)
{
    size_t i = 0;
    while (i < n->len && (n->slots[i].gone || n->slots[i].key != key))
        i++;
    return i;
}

static void naive_store(struct naive *n, uint32_t key, uint32_t target, bool weak)
{
    size_t i = key == SLOT_ANONYMOUS ? n->len : naive_find(n, key);
    if (i == n->len) {
        n->slots = realloc(n->slots, (n->len + 1) * sizeof *n->slots);
        n->len++;
    }
    n->slots[i] = (struct naive_slot){.key = key, .target = target, .weak = weak};
}

static void naive_clear(struct naive_slot *slot)
{
    slot->target = NONE;
    slot->gone = slot->key == SLOT_ANONYMOUS;
}

static bool naive_clear_target(struct naive *n, uint32_t target)
{
    for (size_t i = 0; i < n->len; i++) {
        if (!n->slots[i].gone && n->slots[i].target == target) {
            naive_clear(&n->slots[i]);
            return true;
        }
    }
    return false;
}

/* The places of the holder that are no holes are the naive list's, in order. */
static void same_slots(const struct heap *h, uint32_t holder, const struct naive *n, uint64_t seed)
{
    uint32_t count;
    const struct slot *slots = object_slots(h, holder, &count);
    size_t at = 0;
    for (uint32_t i = 0; i < count; i++) {
        if ((slots[i].key & SLOT_TYPE) == SLOT_HOLE)
            continue;
        while (at < n->len && n->slots[at].gone)
            at++;
        ck_assert_msg(at < n->len && (slots[i].key & SLOT_KEY) == n->slots[at].key &&
                          slots[i].target == n->slots[at].target &&
                          (slots[i].target == NONE || ((slots[i].key & SLOT_WEAK) != 0) == n->slots[at].weak),
                      "seed %" PRIu64 ": place %" PRIu32 " differs", seed, i);
        at++;
    }
    while (at < n->len && n->slots[at].gone)
        at++;
    ck_assert_msg(at == n->len, "seed %" PRIu64 ": %zu places are missing", seed, n->len - at);
}

/* The records of the holder stand in the order of their making, and where their slots are now. */
static void check_records(const struct heap *h, uint32_t holder, uint64_t seed)
{
    for (size_t i = 0; i < h->remembered.len; i++) {
        const struct record *r = &h->remembered.data[i];
        if (r->host == holder && (r->place & RECORD_KIND) == RECORD_SLOT) {
            uint32_t count;
            const struct slot *slots = object_slots(h, holder, &count);
            ck_assert_msg((r->place & RECORD_POSITION) < count, "seed %" PRIu64 ": a record behind the slots", seed);
            ck_assert_msg(slots[r->place & RECORD_POSITION].key & SLOT_REMEMBERED, "seed %" PRIu64 ": flag", seed);
        }
    }
}

/* A store as the replay of plain lines does it: the short way where that can be gone, which it is half of the times. */
static int store_shortly(struct heap *h, uint32_t holder, uint32_t key, uint32_t target, bool weak)
{
    bool can = key != SLOT_ANONYMOUS && !weak && random_below(2);
    uint32_t position = can ? slots_put(h, holder, key, target) : NONE;
    return position == NONE ? store_slot(h, holder, key, target, weak)
                            : store_barriers(h, holder, position, target, false);
}

/* kinds: how many different names and indexes; anonymous: how many of 10 stores have no key; old: the holder is old. */
static void random_slots(uint64_t seed, unsigned operations, uint32_t kinds, unsigned anonymous, bool old)
{
    enum { TARGETS = 12 };
    struct world w;
    struct naive n = {0};
    uint32_t targets[TARGETS];
    world_init(&w, "profile node20");
    struct heap *h = &w.heap;
    random_state = seed;
    uint32_t holder = make(h, old ? KIND_CODE : KIND_ARRAY, 64);
    for (unsigned i = 0; i < TARGETS; i++)
        targets[i] = make(h, i % 3 ? KIND_OBJECT : KIND_CODE, 16);
    for (unsigned i = 0; i < operations; i++) {
        uint32_t target = targets[random_below(TARGETS)], key = (uint32_t)random_below(kinds);
        key |= random_below(2) ? SLOT_NAME : SLOT_INDEX;
        bool weak = random_below(8) == 0;
        switch (random_below(8)) {
        case 0:
        case 1: {
            size_t found = naive_find(&n, key);
            ck_assert_int_eq(clear_slot(h, holder, key), found < n.len ? STORE_DONE : STORE_MISSING);
            if (found < n.len)
                naive_clear(&n.slots[found]);
            break;
        }
        case 2:
        case 3:
            ck_assert_int_eq(clear_target(h, holder, target),
                             naive_clear_target(&n, target) ? STORE_DONE : STORE_MISSING);
            break;
        default:
            if (random_below(10) < anonymous) {
                key = SLOT_ANONYMOUS;
                weak = false;
            }
            MUST(store_shortly(h, holder, key, target, weak) == 0);
            naive_store(&n, key, target, weak);
            break;
        }
        if (i % 64 == 0) {
            same_slots(h, holder, &n, seed);
            check_records(h, holder, seed);
        }
    }
    same_slots(h, holder, &n, seed);
    verify(h);
    free(n.slots);
    world_free(&w);
}

START_TEST(slots_like_a_list)
{
    uint64_t seed = (uint64_t)_i;
    random_slots(seed, 400, 6, 0, _i % 2);        /* small arrays */
    random_slots(seed + 4000, 400, 2, 0, _i % 2); /* ... of four slots at most */
    random_slots(seed + 5000, 40, 2, 2, _i % 2);
    random_slots(seed + 1000, 400, 6, 5, _i % 2);
    random_slots(seed + 2000, 2000, 300, 2, _i % 2); /* tables */
    random_slots(seed + 3000, 2000, 40, 9, _i % 2);  /* anonymous: holes and compaction */
}
END_TEST

/* A million slots: stores, overwriting in random order, clearing by target; each is one step, not a search. */
START_TEST(a_million_slots)
{
    struct world w;
    world_init(&w, "profile node20");
    struct heap *h = &w.heap;
    uint32_t holder = make(h, _i ? KIND_CODE : KIND_ARRAY, 64), count;
    const uint32_t million = often(1000000);
    uint32_t one = make(h, KIND_OBJECT, 16), other = make(h, KIND_OBJECT, 16);
    for (uint32_t i = 0; i < million; i++)
        MUST(store_slot(h, holder, SLOT_INDEX | i, one, false) == 0);
    random_state = 1;
    for (uint32_t i = 0; i < million; i++) {
        uint32_t key = SLOT_INDEX | (uint32_t)random_below(million);
        MUST(store_slot(h, holder, key, other, false) == 0);
    }
    const struct slot *slots = object_slots(h, holder, &count);
    ck_assert_uint_eq(count, million);
    uint32_t others = 0;
    for (uint32_t i = 0; i < count; i++) {
        MUST((slots[i].key & SLOT_KEY) == (SLOT_INDEX | i));
        others += slots[i].target == other;
    }
    for (uint32_t last = 0, i = 0; i < others; i++) { /* the oldest first, each time */
        MUST(clear_target(h, holder, other) == STORE_DONE);
        slots = object_slots(h, holder, &count);
        while (last < count && slots[last].target != NONE) {
            MUST(slots[last].target == one);
            last++;
        }
        last++;
    }
    MUST(clear_target(h, holder, other) == STORE_MISSING);
    ck_assert_uint_eq(h->remembered.len, _i ? million : 0);
    ck_assert_uint_eq(h->counters.barriers_generational, _i ? 2 * million : 0);
    world_free(&w);
}
END_TEST

/* A queue: anonymous slots are appended, and the oldest taken away; the holder does not grow. */
START_TEST(a_queue_does_not_grow)
{
    struct world w;
    world_init(&w, "profile node20");
    struct heap *h = &w.heap;
    const uint32_t million = often(1000000);
    uint32_t holder = make(h, _i ? KIND_CODE : KIND_ARRAY, 64), targets[100], count;
    for (unsigned i = 0; i < 100; i++) {
        targets[i] = make(h, KIND_OBJECT, 16);
        MUST(store_slot(h, holder, SLOT_ANONYMOUS, targets[i], false) == 0);
    }
    for (uint32_t i = 0; i < 2 * million; i++) {
        MUST(clear_target(h, holder, targets[i % 100]) == STORE_DONE);
        MUST(store_slot(h, holder, SLOT_ANONYMOUS, targets[i % 100], false) == 0);
    }
    const struct slot *slots = object_slots(h, holder, &count);
    /* an old holder's slots may keep their places as long as their records are there: until the next collection */
    ck_assert_uint_le(count, 1024 + h->remembered.len / 4);
    for (uint32_t i = 0, at = 0; i < count; i++) /* in the order of their last store */
        if ((slots[i].key & SLOT_TYPE) != SLOT_HOLE)
            MUST(slots[i].target == targets[at++]);
    if (_i == 0)
        verify(h);
    world_free(&w);
}
END_TEST

/* A store of the other sort changes the sort of a named slot and keeps its place. */
START_TEST(strong_and_weak_share_a_list)
{
    struct world w;
    world_init(&w, "profile classroom");
    struct heap *h = &w.heap;
    uint32_t holder = make(h, KIND_ARRAY, 64), a = make(h, KIND_OBJECT, 16), b = make(h, KIND_OBJECT, 16), count;
    store_slot(h, holder, SLOT_INDEX | 0, a, false);
    store_slot(h, holder, SLOT_INDEX | 1, a, true);
    store_slot(h, holder, SLOT_INDEX | 2, a, false);
    store_slot(h, holder, SLOT_INDEX | 0, b, true);
    store_slot(h, holder, SLOT_INDEX | 1, b, false);
    const struct slot *slots = object_slots(h, holder, &count);
    ck_assert_uint_eq(count, 3);
    ck_assert_uint_eq(slots[0].key, SLOT_INDEX | 0 | SLOT_WEAK);
    ck_assert_uint_eq(slots[1].key, SLOT_INDEX | 1);
    ck_assert_int_eq(clear_slot(h, holder, SLOT_INDEX | 0), STORE_DONE);
    ck_assert_int_eq(clear_slot(h, holder, SLOT_INDEX | 0), STORE_DONE); /* an empty one is nothing */
    store_slot(h, holder, SLOT_INDEX | 0, a, false);
    slots = object_slots(h, holder, &count);
    ck_assert_uint_eq(count, 3);
    ck_assert_uint_eq(slots[0].key, SLOT_INDEX | 0);
    ck_assert_int_eq(clear_target(h, holder, a), STORE_DONE); /* the oldest place, not the oldest store */
    slots = object_slots(h, holder, &count);
    ck_assert_uint_eq(slots[0].target, NONE);
    ck_assert_uint_eq(slots[2].target, a);
    world_free(&w);
}
END_TEST

/* ---- entries ---- */

START_TEST(entries_like_a_list)
{
    enum { KEYS = 300 };
    struct world w;
    world_init(&w, "profile node20");
    struct heap *h = &w.heap;
    uint32_t map = make(h, KIND_WEAKMAP, 48), keys[KEYS];
    uint32_t *order = malloc(4096 * sizeof *order), *values = malloc(4096 * sizeof *values);
    size_t len = 0;
    random_state = (uint64_t)_i;
    for (unsigned i = 0; i < KEYS; i++)
        keys[i] = make(h, KIND_OBJECT, 16);
    for (unsigned i = 0; i < 4000; i++) {
        uint32_t key = keys[random_below(KEYS)], value = random_below(4) ? keys[random_below(KEYS)] : NONE;
        size_t at = 0;
        while (at < len && order[at] != key)
            at++;
        if (random_below(3) == 0) {
            ck_assert_int_eq(clear_entry(h, map, key), at < len ? STORE_DONE : STORE_MISSING);
            if (at < len) { /* the same key entered again is a new entry at the end */
                memmove(order + at, order + at + 1, (len - at - 1) * sizeof *order);
                memmove(values + at, values + at + 1, (len - at - 1) * sizeof *values);
                len--;
            }
        } else {
            ck_assert_int_eq(store_entry(h, map, key, value), 0);
            order[at] = key;
            values[at] = value;
            len += at == len;
        }
    }
    uint32_t count, seen = 0;
    const struct entry *entries = object_entries(h, map, &count);
    for (uint32_t i = 0; i < count; i++) {
        if (entry_key(&entries[i]) != NONE) {
            ck_assert_msg(seen < len && entry_key(&entries[i]) == order[seen] &&
                              entry_value(&entries[i]) == values[seen],
                          "seed %d: entry %" PRIu32, _i, i);
            seen++;
        }
    }
    ck_assert_uint_eq(seen, len);
    verify(h);
    free(order);
    free(values);
    world_free(&w);
}
END_TEST

/* Two hundred thousand keys, entered, overwritten, taken out from both ends and entered again. */
START_TEST(many_entries)
{
    struct world w;
    world_init(&w, "profile node20");
    struct heap *h = &w.heap;
    uint32_t map = make(h, KIND_WEAKMAP, 48), first = NONE, count;
    const uint32_t many = often(200000);
    uint32_t *keys = malloc(many * sizeof *keys);
    for (uint32_t i = 0; i < many; i++) {
        keys[i] = make(h, KIND_CODE, 8);
        MUST(store_entry(h, map, keys[i], keys[0]) == 0);
    }
    for (uint32_t i = 0; i < many; i++)
        MUST(store_entry(h, map, keys[i], NONE) == 0);
    for (unsigned round = 0; round < 3; round++) {
        for (uint32_t i = 0; i < many; i++) {
            uint32_t k = round == 1 ? many - 1 - i : i;
            MUST(clear_entry(h, map, keys[k]) == STORE_DONE);
            MUST(clear_entry(h, map, keys[k]) == STORE_MISSING);
            MUST(store_entry(h, map, keys[k], keys[k]) == 0);
        }
    }
    const struct entry *entries = object_entries(h, map, &count);
    for (uint32_t i = 0; i < count && first == NONE; i++)
        first = entry_key(&entries[i]);
    ck_assert_uint_eq(first, keys[0]);
    ck_assert_uint_le(count, 4 * many);
    free(keys);
    world_free(&w);
}
END_TEST

/* ---- handles and scopes ---- */

START_TEST(handles_like_a_list)
{
    struct run run;
    char *text = NULL;
    size_t len, held = 0;
    unsigned depth = 0;
    struct {
        unsigned object, scope;
    } naive[4000];
    unsigned handles[40] = {0};
    FILE *out = open_memstream(&text, &len);
    random_state = (uint64_t)_i;
    fprintf(out, "set profile node20\nset max-old-space-size 1G\nalloc keep 64 array\n");
    for (unsigned i = 0; i < 40; i++)
        fprintf(out, "alloc o%u 16 in keep.%u\n", i, i);
    for (unsigned i = 0; i < 3000; i++) {
        unsigned object = (unsigned)random_below(40);
        switch (random_below(8)) {
        case 0:
            fprintf(out, "enter\n");
            depth++;
            break;
        case 1:
            if (depth > 0 && random_below(3) == 0) {
                fprintf(out, "leave\n");
                while (held > 0 && naive[held - 1].scope == depth)
                    handles[naive[--held].object]--;
                depth--;
            }
            break;
        case 2:
        case 3:
        case 4:
            if (handles[object] > 0) {
                fprintf(out, "release o%u\n", object);
                size_t at = held;
                while (naive[--at].object != object) {
                }
                memmove(naive + at, naive + at + 1, (held - at - 1) * sizeof *naive);
                held--;
                handles[object]--;
            }
            break;
        default:
            fprintf(out, "root o%u\n", object);
            naive[held].object = object;
            naive[held++].scope = depth;
            handles[object]++;
            break;
        }
    }
    fclose(out);
    runs_text(&run, text, &(struct run_options){.verify = true});
    size_t at = 0;
    for (size_t i = 1; i < run.current->heap.handles.len; i++) { /* the first is keep's */
        if (run.current->heap.handles.data[i].object != NONE) {
            char *name = format("o%u", naive[at].object);
            ck_assert_msg(at < held && run.current->heap.handles.data[i].object == named(&run, name),
                          "seed %d: handle %zu", _i, at);
            free(name);
            at++;
        }
    }
    ck_assert_uint_eq(at, held);
    ck_assert_uint_eq(run.current->heap.scopes.len, depth + 1);
    for (unsigned i = 0; i < 40; i++) {
        char *name = format("o%u", i);
        ck_assert_int_eq(run.current->heap.objects.data[named(&run, name)].handle != NONE, handles[i] > 0);
        free(name);
    }
    run_close(&run);
    free(text);
}
END_TEST

/* Handles released out of order leave no room behind, and neither do scopes. */
START_TEST(handles_do_not_pile_up)
{
    struct run run;
    runs_text(&run,
              "set profile node20\nalloc a 16\nalloc b 16\nrepeat 500000\nroot a\nroot b\nrelease a\nrelease b\n"
              "enter x\nroot b\nleave\nend\n",
              NULL);
    ck_assert_uint_eq(run.current->heap.handles.len - run.current->heap.handle_holes, 2);
    ck_assert_uint_le(run.current->heap.handles.cap, 1000);
    ck_assert_uint_le(run.current->heap.scopes.len, 1);
    verify(&run.current->heap);
    run_close(&run);
    runs_text(&run, "set profile node20\nalloc a 16\nalloc b 16\nrepeat 500000\nroot a\nroot b\nrelease a\nend\n",
              NULL);
    ck_assert_uint_eq(run.current->heap.handles.len - run.current->heap.handle_holes, 500002);
    ck_assert_uint_le(run.current->heap.handles.len, 1100000);
    verify(&run.current->heap);
    run_close(&run);
}
END_TEST

/* Squeezing holes out looks at all scopes, so it comes once in a quarter as many releases at most. */
START_TEST(releases_under_many_scopes)
{
    struct run run;
    runs_text(&run,
              "set profile node20\nrepeat 100000\nenter\nend\nrepeat 100000 as i\nalloc $i 16\nrelease $i\nend\n"
              "alloc kept 16\n",
              NULL);
    const struct heap *h = &run.current->heap;
    ck_assert_uint_ge(h->handle_room, h->scopes.len / 4);
    ck_assert_uint_le(h->handle_room, h->scopes.len);
    ck_assert_uint_eq(roots_scope(h, (uint32_t)h->handles.len - 1), 100000);
    verify(h);
    run_close(&run);
}
END_TEST

/* ---- free lists ---- */

#define K 1024u

/* Lower bounds of the categories, in bytes; the first takes everything below the second. */
static const struct {
    const char *settings;
    unsigned count;
    uint64_t min[24];
} categories[] = {
    {"profile book", 4, {0, 2 * K, 16 * K, 128 * K}},
    {"profile node6", 6, {0, 88, 256, 2 * K, 16 * K, 128 * K}},
    {"profile node20", 24, {0,   32,  48,  64,  80,  96, 112,   128,   144,   160,    176,    192,
                            208, 224, 240, 256, 512, K,  2 * K, 4 * K, 8 * K, 16 * K, 32 * K, 64 * K}},
    {"profile node20 page-size 64k", 24, {0,   32,  48,  64,  80,  96, 112,   128,   144,   160,    176,    192,
                                          208, 224, 240, 256, 512, K,  2 * K, 4 * K, 8 * K, 16 * K, 32 * K, 64 * K}},
    {"profile node20 page-size 32k", 22, {0,   32,  48,  64,  80,  96,  112, 128,   144,   160,   176,
                                          192, 208, 224, 240, 256, 512, K,   2 * K, 4 * K, 8 * K, 16 * K}},
    {"profile classroom", 4, {0, 64, 128, 256}},
    {"profile classroom era node6", 6, {0, 32, 48, 64, 128, 256}},
    {"profile classroom era node20",
     17,
     {0, 32, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 208, 224, 240, 256, 512}},
    {"profile classroom page-size 32k", 4, {0, 2 * K, 4 * K, 8 * K}},
    {"profile classroom page-size 64k", 4, {0, 2 * K, 16 * K, 128 * K}},
};
enum { CATEGORIES = sizeof categories / sizeof *categories };

START_TEST(free_list_categories)
{
    struct world w;
    uint64_t min[FREE_CATEGORIES];
    world_init(&w, categories[_i].settings);
    unsigned count = heap_free_categories(&w.heap, min);
    ck_assert_msg(count == categories[_i].count, "%s: %u categories", categories[_i].settings, count);
    for (unsigned i = 1; i < count; i++) {
        ck_assert_msg(min[i] == categories[_i].min[i], "%s: category %u begins at %" PRIu64, categories[_i].settings, i,
                      min[i]);
    }
    world_free(&w);
}
END_TEST

/* A space with one page, whose allocation area is gone: blocks are what a test gives it. */
static uint32_t bare_page(struct heap *h, enum space_id space)
{
    ck_assert_int_eq(old_space_add_page(h, space), 0);
    uint32_t page = h->spaces[space].area_page;
    h->spaces[space].area_page = NONE;
    h->spaces[space].area_top = h->spaces[space].area_limit = 0;
    return page;
}

/* Gives the page a block of bytes at an offset; takes bytes, and says at which offset they were found (-1: nowhere). */
static void give(struct heap *h, uint32_t page, uint32_t offset, uint32_t bytes)
{
    ck_assert_int_eq(page_free_block(h, page, offset / UNIT, bytes / UNIT), 0);
}

static int take(struct heap *h, enum space_id space, uint32_t bytes)
{
    struct place place;
    return old_space_take(h, space, bytes / UNIT, &place) ? (int)(place.offset * UNIT) : -1;
}

START_TEST(free_list_search_book)
{
    struct world w;
    world_init(&w, "profile book");
    struct heap *h = &w.heap;
    uint32_t page = bare_page(h, SPACE_OLD);
    give(h, page, 0, 1024);      /* small */
    give(h, page, 10000, 3000);  /* medium */
    give(h, page, 20000, 4000);  /* medium, newer */
    give(h, page, 30000, 20000); /* large */
    give(h, page, 60000, 200);   /* below free-list-min 256: wasted */
    ck_assert_uint_eq(h->spaces[SPACE_OLD].wasted, 200);
    ck_assert_uint_eq(h->spaces[SPACE_OLD].available, 1024 + 3000 + 4000 + 20000);
    /* every medium block fits 512 bytes: the newest medium one, although a small one would do */
    ck_assert_int_eq(take(h, SPACE_OLD, 512), 20000);
    /* what follows comes from the allocation area, as long as it lasts */
    ck_assert_int_eq(take(h, SPACE_OLD, 3000), 20512);
    /* 488 bytes of it are left and go back; the other medium block */
    ck_assert_int_eq(take(h, SPACE_OLD, 512), 10000);
    ck_assert_uint_eq(h->spaces[SPACE_OLD].available, 1024 + 488 + 20000);
    /* no medium one is left: upwards, to the large one */
    ck_assert_int_eq(take(h, SPACE_OLD, 2496), 30000);
    /* area: 17504 bytes. Too much for it, and for all: nowhere */
    ck_assert_int_eq(take(h, SPACE_OLD, 18000), -1);
    ck_assert_int_eq(take(h, SPACE_OLD, 17504), 32496);
    /* the 2488 bytes that were left of the area before that one are a medium block */
    ck_assert_int_eq(take(h, SPACE_OLD, 1024), 10512);
    ck_assert_int_eq(take(h, SPACE_OLD, 1464), 11536);
    /* only small ones are left: first fit, newest first, and 488 bytes are too few */
    ck_assert_int_eq(take(h, SPACE_OLD, 1024), 0);
    ck_assert_int_eq(take(h, SPACE_OLD, 488), 23512);
    ck_assert_uint_eq(h->spaces[SPACE_OLD].available, 0);
    world_free(&w);
}
END_TEST

/* First fit in the exact category, the newest first, when nothing above has a block. */
START_TEST(free_list_first_fit)
{
    struct world w;
    world_init(&w, "profile book");
    struct heap *h = &w.heap;
    uint32_t page = bare_page(h, SPACE_OLD);
    give(h, page, 0, 1800);
    give(h, page, 10000, 1200);
    give(h, page, 20000, 1600);
    give(h, page, 30000, 400);
    ck_assert_int_eq(take(h, SPACE_OLD, 1500), 20000); /* 400 is too small, 1600 fits; 1800 is older */
    ck_assert_int_eq(take(h, SPACE_OLD, 1500), 0);     /* 1200 is too small */
    ck_assert_int_eq(take(h, SPACE_OLD, 1500), -1);
    ck_assert_int_eq(take(h, SPACE_OLD, 1200), 10000);
    ck_assert_int_eq(take(h, SPACE_OLD, 1200), -1);
    give(h, page, 40000, 1200); /* a new block is found although a search has just failed */
    ck_assert_int_eq(take(h, SPACE_OLD, 1200), 40000);
    world_free(&w);
}
END_TEST

START_TEST(free_list_search_node6)
{
    struct world w;
    world_init(&w, "profile node6");
    struct heap *h = &w.heap;
    uint32_t page = bare_page(h, SPACE_OLD);
    give(h, page, 0, 80);      /* tiniest */
    give(h, page, 1000, 248);  /* tiny */
    give(h, page, 2000, 2040); /* small */
    give(h, page, 6000, 16);   /* below free-list-min 24 */
    ck_assert_uint_eq(h->spaces[SPACE_OLD].wasted, 16);
    ck_assert_int_eq(take(h, SPACE_OLD, 80), 1000);  /* tiny: the first whose every block fits */
    ck_assert_int_eq(take(h, SPACE_OLD, 176), 2000); /* 168 bytes of area are left: not enough; every small one fits */
    ck_assert_int_eq(take(h, SPACE_OLD, 1864), 2176);
    ck_assert_int_eq(take(h, SPACE_OLD, 160), 1080); /* the rest of 168, which has gone back */
    ck_assert_int_eq(take(h, SPACE_OLD, 80), 0);
    ck_assert_int_eq(take(h, SPACE_OLD, 24), -1);
    world_free(&w);
}
END_TEST

START_TEST(free_list_search_node20)
{
    struct world w;
    world_init(&w, "profile node20");
    struct heap *h = &w.heap;
    uint32_t page = bare_page(h, SPACE_OLD);
    give(h, page, 0, 64);
    give(h, page, 1000, 72); /* the class of 64 too */
    give(h, page, 2000, 80);
    give(h, page, 3000, 24);
    ck_assert_int_eq(take(h, SPACE_OLD, 72), 2000); /* not every block of class 64 fits: the class above first */
    ck_assert_int_eq(take(h, SPACE_OLD, 72), 1000); /* then first fit in the exact one */
    ck_assert_int_eq(take(h, SPACE_OLD, 64), 0);
    ck_assert_int_eq(take(h, SPACE_OLD, 32), -1);
    ck_assert_int_eq(take(h, SPACE_OLD, 24), 3000);
    give(h, page, 5000, 64);
    give(h, page, 6000, 80);
    ck_assert_int_eq(take(h, SPACE_OLD, 64), 5000); /* every block of class 64 fits: it is the first to be looked at */
    world_free(&w);
}
END_TEST

/* Equal cells: free-list-min does not apply. */
START_TEST(free_list_of_cells)
{
    struct world w;
    world_init(&w, "profile book");
    struct heap *h = &w.heap;
    uint32_t page = bare_page(h, SPACE_CELL);
    give(h, page, 160, 16);
    give(h, page, 320, 16);
    ck_assert_uint_eq(h->spaces[SPACE_CELL].wasted, 0);
    ck_assert_uint_eq(h->spaces[SPACE_CELL].available, 32);
    ck_assert_int_eq(take(h, SPACE_CELL, 16), 320);
    ck_assert_int_eq(take(h, SPACE_CELL, 16), 160);
    ck_assert_int_eq(take(h, SPACE_CELL, 16), -1);
    world_free(&w);
}
END_TEST

/* A space of a hundred thousand free blocks that are all too small is not searched again for each allocation. */
START_TEST(free_list_failing_searches)
{
    struct run run;
    runs_text(&run,
              "set profile book\nset max-old-space-size 512M\nalloc h 16 code\n"
              "repeat 100000 as i\nalloc a$i 1000 code\nalloc b$i 1000 code\nend\n"
              "repeat 100000 as i\nrelease a$i\nend\ngc\n"
              "repeat 100000 as i\nalloc c$i 1016 code\nend\n",
              NULL);
    ck_assert_uint_eq(run.current->heap.live, 200001);
    run_close(&run);
}
END_TEST

/* ---- new space ---- */

START_TEST(new_space_pages)
{
    struct world w;
    world_init(&w, "profile classroom min-semi-space-size 2k max-semi-space-size 4k");
    struct heap *h = &w.heap; /* 2 pages of 960 usable bytes */
    ck_assert_uint_eq(new_space_effective_capacity(h), 1920);
    ck_assert_uint_eq(new_space_capacity(h), 2048);
    ck_assert(new_space_bump(h, 900 / 8));
    ck_assert_uint_eq(new_space_size(h), 896);
    ck_assert(new_space_bump(h, 64 / 8)); /* exactly to the end of the page: no filler */
    ck_assert_uint_eq(new_space_size(h), 960);
    ck_assert_uint_eq(h->young_space.page, 0);
    ck_assert(new_space_bump(h, 200 / 8));
    ck_assert_uint_eq(h->young_space.page, 1);
    ck_assert_uint_eq(new_space_size(h), 960 + 200);
    ck_assert(!new_space_bump(h, 768 / 8)); /* 760 are left: top stays */
    ck_assert_uint_eq(new_space_size(h), 960 + 200);
    ck_assert(new_space_bump(h, 760 / 8));
    ck_assert_uint_eq(new_space_size(h), 1920);
    ck_assert(!new_space_bump(h, 1));
    world_free(&w);
}
END_TEST

START_TEST(new_space_fillers)
{
    struct world w;
    world_init(&w, "profile classroom min-semi-space-size 3k max-semi-space-size 3k");
    struct heap *h = &w.heap;
    make(h, KIND_OBJECT, 200);
    make(h, KIND_OBJECT, 200);
    make(h, KIND_OBJECT, 200);
    make(h, KIND_OBJECT, 200);
    ck_assert_uint_eq(new_space_wasted(h), 0);
    uint32_t next = make(h, KIND_OBJECT, 168); /* 160 bytes are left: a filler */
    ck_assert_uint_eq(h->objects.data[next].page, 1);
    ck_assert_uint_eq(h->objects.data[next].offset, 0);
    ck_assert_uint_eq(new_space_size(h), 960 + 168);
    ck_assert_uint_eq(new_space_wasted(h), 160);
    ck_assert_uint_eq(h->spaces[SPACE_NEW].used, 968);
    verify(h);
    world_free(&w);
}
END_TEST

/* ---- arena ---- */

/* Blocks never overlap, and what has been given back is taken again. */
START_TEST(arena_blocks)
{
    enum { BLOCKS = 400 };
    struct world w;
    world_init(&w, "profile classroom");
    struct heap *h = &w.heap;
    struct {
        uint32_t block;
        unsigned log;
        uint64_t mark;
    } blocks[BLOCKS];
    size_t count = 0, largest = 0;
    random_state = 5;
    for (unsigned i = 0; i < 40000; i++) {
        if (count == BLOCKS || (count > 0 && random_below(2))) {
            size_t at = random_below(count);
            uint64_t *words = arena_at(h, blocks[at].block);
            for (uint64_t k = 0; k < UINT64_C(1) << blocks[at].log; k++)
                MUST(words[k] == blocks[at].mark);
            arena_give(h, blocks[at].block, blocks[at].log);
            blocks[at] = blocks[--count];
        } else {
            blocks[count].log = (unsigned)random_below(7);
            blocks[count].block = arena_take(h, blocks[count].log);
            blocks[count].mark = i;
            ck_assert_uint_ne(blocks[count].block, NONE);
            uint64_t *words = arena_at(h, blocks[count].block);
            for (uint64_t k = 0; k < UINT64_C(1) << blocks[count].log; k++)
                words[k] = i;
            count++;
        }
        if (i == 20000)
            largest = h->arena.len;
    }
    ck_assert_uint_le(h->arena.len, largest * 3 / 2); /* it has found its size */
    world_free(&w);
}
END_TEST

START_TEST(logarithms)
{
    ck_assert_uint_eq(log_ceil(1), 0);
    ck_assert_uint_eq(log_ceil(2), 1);
    ck_assert_uint_eq(log_ceil(3), 2);
    ck_assert_uint_eq(log_ceil(4), 2);
    ck_assert_uint_eq(log_ceil(5), 3);
    ck_assert_uint_eq(log_ceil(UINT64_C(1) << 31), 31);
    ck_assert_uint_eq(log_ceil((UINT64_C(1) << 31) + 1), 32);
}
END_TEST

/* ---- hashes and copies ---- */

static const char hashed[] = "alloc a 32\nalloc b 16 in a.b\nalloc m 48 weakmap\nalloc d 16 buffer\nref a b\n"
                             "entry m b b\nref a.c b\nroot b\n";

/* Each of these lines is one event more; the heap after it is like no other. */
static const char *const changes[] = {
    "work 0ns",
    "work 1ms",
    "alloc x 16",
    "alloc x 24",
    "alloc y 16",
    "alloc x 16 array",
    "alloc x 16 in a.x",
    "ref a.b a",
    "ref a.d a",
    "ref a a",
    "weak a.b b",
    "weak a.b a",
    "unref a.b",
    "unref a.c",
    "entry m a b",
    "entry m b a",
    "entry m b",
    "unentry m b",
    "root a",
    "release a",
    "release b",
    "enter",
    "enter x",
    "external d 1k",
    "external d 2k",
    "finalize d",
    "finalize b",
    "gc minor",
    "gc",
    "alloc x 16 @s",
    "alloc c 16 code",
    "external a 1k",
    "alloc x 40",
};
enum { CHANGES = sizeof changes / sizeof *changes };

START_TEST(hash_tells_changes_apart)
{
    uint64_t hashes[CHANGES];
    for (int i = 0; i < CHANGES; i++) {
        char *text = format("%s%s\n", hashed, changes[i]);
        struct run run;
        runs_text(&run, text, NULL);
        ck_assert_uint_eq(run_events(&run), 9);
        hashes[i] = heap_hash(&run.current->heap);
        ck_assert_uint_eq(heap_hash(&run.current->heap), hashes[i]);
        struct heap copy;
        ck_assert_int_eq(heap_copy(&copy, &run.current->heap), 0);
        ck_assert_msg(heap_hash(&copy) == hashes[i], "%s: the copy's hash differs", changes[i]);
        verify(&copy);
        heap_free(&copy);
        run_close(&run);
        free(text);
        for (int k = 0; k < i; k++)
            ck_assert_msg(hashes[k] != hashes[i], "the same hash after \"%s\" and \"%s\"", changes[k], changes[i]);
    }
}
END_TEST

/* The hash does not depend on what was interned before. */
START_TEST(hash_knows_names_by_their_text)
{
    struct run one, other;
    runs_text(&one, "alloc abc 16\nref abc.xyz abc\n", NULL);
    runs_text(&other, "repeat 0\nend\nalloc abc 16\nref abc.xyz abc\n", NULL);
    ck_assert_uint_eq(heap_hash(&one.current->heap), heap_hash(&other.current->heap));
    run_close(&other);
    runs_text(&other, "alloc abd 16\nref abd.xyz abd\n", NULL);
    ck_assert_uint_ne(heap_hash(&one.current->heap), heap_hash(&other.current->heap));
    run_close(&other);
    runs_text(&other, "alloc abc 16\nref abc.xyy abc\n", NULL);
    ck_assert_uint_ne(heap_hash(&one.current->heap), heap_hash(&other.current->heap));
    run_close(&other);
    run_close(&one);
}
END_TEST

/* A copy is another heap: what happens to it does not touch the original. */
START_TEST(copies_are_apart)
{
    struct run run;
    char *text = runs_medley("node20");
    runs_text(&run, text, NULL);
    free(text);
    uint64_t before = heap_hash(&run.current->heap), budget = GC_UNLIMITED;
    struct heap copy;
    ck_assert_int_eq(heap_copy(&copy, &run.current->heap), 0);
    ck_assert_ptr_null(copy.listeners);
    gc_begin(&copy, COLLECTION_MARK_COMPACT, REASON_TESTING, true, true);
    ck_assert_int_eq(gc_step(&copy, &budget), GC_DONE);
    ck_assert_uint_ne(heap_hash(&copy), before);
    ck_assert_uint_eq(heap_hash(&run.current->heap), before);
    verify(&run.current->heap);
    verify(&copy);
    heap_free(&copy);
    ck_assert_uint_eq(heap_hash(&run.current->heap), before);
    verify(&run.current->heap);
    run_close(&run);
}
END_TEST

/* ---- what it costs (architecture, decision 1) ---- */

/* Bytes in use in all arrays, but for those that the report and the memory of names need whatever lives. */
static uint64_t bytes_in_use(const struct heap *h)
{
    uint64_t bytes = 0;
#define X(type, name) bytes += h->name.len * sizeof *h->name.data;
    HEAP_ARRAYS(X)
#undef X
    bytes -= h->dead_names.len * sizeof *h->dead_names.data;
    bytes -= h->collection_events.len * sizeof *h->collection_events.data;
    bytes -= h->collections.len * sizeof *h->collections.data;
    return bytes;
}

enum { OBJECTS = 400000 };

/*
 * 56 bytes an object all told, whatever holds it (a handle of 12 bytes, a large holder's slot of 24), young or old.
 * The id table is measured where it has just not been doubled: growth slack is no part of the promise.
 */
START_TEST(bytes_per_object)
{
    struct run run;
    char *text = format("set profile node20\nset max-semi-space-size 64M\nset min-semi-space-size %s\n"
                        "repeat %d as i\nalloc $i 16\nend\n%s",
                        _i ? "1M" : "64M", OBJECTS, _i ? "gc\n" : "");
    runs_text(&run, text, NULL);
    free(text);
    const struct heap *h = &run.current->heap;
    ck_assert_uint_eq(h->live, OBJECTS);
    uint64_t bytes = bytes_in_use(h), handles = h->handles.len * sizeof *h->handles.data;
    ck_assert_uint_le(handles, UINT64_C(12) * OBJECTS);
    uint64_t slack = (h->ids.len * sizeof *h->ids.data) - h->id_count * 8; /* two thirds full: 8 bytes a name */
    uint64_t pages = h->pages.len * sizeof *h->pages.data;
    ck_assert_msg(bytes - handles - slack - pages <= UINT64_C(56) * OBJECTS + 4096, "%" PRIu64 " bytes an object",
                  (bytes - handles - slack - pages) / OBJECTS);
    run_close(&run);
}
END_TEST

/* A worker costs little before it holds something: arrays with room to grow, and the heap itself, under 32 KiB. */
START_TEST(bytes_of_an_empty_heap)
{
    struct run run;
    runs_text(&run, "set profile node20\nalloc a 16\ngc minor\ngc\n", NULL);
    const struct heap *h = &run.current->heap;
    uint64_t bytes = sizeof *run.current;
#define X(type, name) bytes += h->name.cap * sizeof *h->name.data;
    HEAP_ARRAYS(X)
#undef X
    ck_assert_uint_lt(bytes, 32 * 1024);
    run_close(&run);
}
END_TEST

/* Slots: 8 bytes in a small holder, 24 in one of more than 16, before growth slack (a power of two, 4 at least). */
START_TEST(bytes_per_slot)
{
    static const struct {
        unsigned slots, most; /* bytes a slot */
    } holders[] = {{4, 8}, {8, 8}, {16, 8}, {32, 24}, {128, 24}, {1024, 24}};
    for (size_t i = 0; i < sizeof holders / sizeof *holders; i++) {
        unsigned count = 64 * 1024 / holders[i].slots;
        struct world w;
        world_init(&w, "profile node20 max-semi-space-size 64M min-semi-space-size 64M");
        struct heap *h = &w.heap;
        uint32_t target = make(h, KIND_OBJECT, 16);
        uint32_t first = make(h, KIND_ARRAY, 16);
        for (unsigned k = 1; k < count; k++)
            make(h, KIND_ARRAY, 16);
        uint64_t before = bytes_in_use(h);
        for (unsigned k = 0; k < count; k++) /* all at once, so that small arrays are there in full size */
            for (unsigned s = 0; s < holders[i].slots; s++)
                MUST(store_slot(h, first + k, SLOT_INDEX | s, target, false) == 0);
        uint64_t bytes = bytes_in_use(h) - before, free_bytes = 0;
        for (unsigned log = 0; log < ARENA_CLASSES; log++) {
            uint32_t block = h->arena_free[log];
            while (block != NONE) {
                free_bytes += UINT64_C(8) << log;
                block = (uint32_t)h->arena.data[block];
            }
        }
        bytes -= free_bytes;
        unsigned tables = holders[i].slots > SLOTS_SMALL ? (unsigned)sizeof(struct table) : 0;
        ck_assert_msg(bytes <= (uint64_t)count * (holders[i].slots * holders[i].most + tables),
                      "holders of %u slots: %" PRIu64 " bytes a slot", holders[i].slots,
                      bytes / count / holders[i].slots);
        world_free(&w);
    }
}
END_TEST

/* Objects that die give everything back: after ten times as many, the arrays are not larger. */
START_TEST(memory_follows_the_living)
{
    static const char round[] = "repeat 20000 as i\nalloc a$i 64\nref a$i.x a$i\nref a$i a$i\nalloc m$i 48 weakmap\n"
                                "entry m$i a$i a$i\nexternal a$i 8\nrelease a$i\nrelease m$i\nend\ngc\n";
    struct run run;
    char *text = format("set profile node20\nset external-limit 1G\n%s", round);
    runs_text(&run, text, NULL);
    free(text);
    uint64_t once = bytes_in_use(&run.current->heap);
    run_close(&run);
    text = format("set profile node20\nset external-limit 1G\nrepeat 10\n%send\n", round);
    runs_text(&run, text, NULL);
    free(text);
    ck_assert_uint_eq(run.current->heap.live, 0);
    ck_assert_msg(bytes_in_use(&run.current->heap) <= once + once / 4,
                  "%" PRIu64 " bytes after one round, %" PRIu64 " after ten", once, bytes_in_use(&run.current->heap));
    verify(&run.current->heap);
    run_close(&run);
}
END_TEST

static void add(Suite *suite, const char *name, const TTest *const *tests, const int *loops, size_t count)
{
    TCase *tc = tcase_create(name);
    tcase_set_timeout(tc, 60);
    for (size_t i = 0; i < count; i++)
        tcase_add_loop_test(tc, tests[i], 0, loops[i]);
    suite_add_tcase(suite, tc);
}
#define ADD(suite, name, tests, loops) add(suite, name, tests, loops, sizeof(tests) / sizeof *(tests))

Suite *suite_heap(void)
{
    Suite *suite = suite_create("heap");
    const TTest *const ids[] = {ids_of_every_shape, ids_follow_the_living, ids_with_strides, ids_are_bound_anew};
    ADD(suite, "ids", ids, ((const int[]){8, 1, 7, 1}));
    const TTest *const slots[] = {slots_like_a_list,
                                  a_million_slots,
                                  a_queue_does_not_grow,
                                  strong_and_weak_share_a_list,
                                  entries_like_a_list,
                                  many_entries,
                                  records_are_taken_over_without_slots};
    ADD(suite, "slots", slots, ((const int[]){20, 2, 2, 1, 10, 1, 1}));
    const TTest *const roots[] = {handles_like_a_list, handles_do_not_pile_up, releases_under_many_scopes};
    ADD(suite, "roots", roots, ((const int[]){10, 1, 1}));
    const TTest *const spaces[] = {free_list_categories,       free_list_search_book,   free_list_first_fit,
                                   free_list_search_node6,     free_list_search_node20, free_list_of_cells,
                                   free_list_failing_searches, new_space_pages,         new_space_fillers};
    ADD(suite, "spaces", spaces, ((const int[]){CATEGORIES, 1, 1, 1, 1, 1, 1, 1, 1}));
    const TTest *const state[] = {arena_blocks, logarithms, hash_tells_changes_apart, hash_knows_names_by_their_text,
                                  copies_are_apart};
    ADD(suite, "state", state, ((const int[]){1, 1, 1, 1, 1}));
    const TTest *const costs[] = {bytes_per_object, bytes_of_an_empty_heap, bytes_per_slot, memory_follows_the_living};
    ADD(suite, "costs", costs, ((const int[]){2, 1, 1, 1}));
    return suite;
}
