/*
 * test_gc.c - the collectors, on small cases computed by hand from heapreel-model(7).
 *
 * The classroom geometry: pages of 1024 bytes, 960 of them usable; semispaces of 2 to 8 pages, so EffectiveCapacity
 * is 1920 and Capacity 2048 at first; objects over 256 bytes are large; an object is promoted early (book) if
 * (Size() + its size) x 100 >= 1920 x 25, that is from 480 bytes on.
 */
#include "gc/gc.h"
#include "gc/policy.h"
#include "report/report.h"
#include "run/run.h"
#include "runs.h"

#include "checks.h"
#include "heap/figures.h"
#include "heap/objects.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Suite *suite_gc(void);

/* ---- helpers ---- */

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

/* Marking does not start by itself here: these are tests of atomic collections. */
#define ATOMIC "set marking-start-min 16G\nset external-limit 16G\n"

static void play(struct run *run, const char *text)
{
    char *whole = format(ATOMIC "%s", text);
    runs_text(run, whole, &(struct run_options){.verify = true, .hooks = {.figure = report_figure}});
    free(whole);
}

/* Plays a trace in an era, classroom geometry. */
static void play_era(struct run *run, const char *era, const char *text)
{
    char *whole = format("set era %s\n%s", era, text);
    play(run, whole);
    free(whole);
}

static uint32_t find(const struct run *run, const char *name)
{
    uint32_t number = names_find(&run->names, name, strlen(name));
    return number == NAME_NONE ? NONE : heap_find(&run->current->heap, number);
}

/* Fails unless the object lies where it should: "SPACE PAGE:OFFSET, age N", without the place if it is old; "dead". */
static void check_place(const struct run *run, const char *name, const char *expected)
{
    const struct heap *h = &run->current->heap;
    uint32_t object = find(run, name);
    char *found;
    if (object == NONE) {
        found = format("dead");
    } else {
        const struct object *o = &h->objects.data[object];
        const char *space = space_name(h->config.era, object_space(o));
        found = object_space(o) == SPACE_NEW ? format("%s %" PRIu32 ":%" PRIu32 ", age %" PRIu32, space, o->page,
                                                      o->offset * UNIT, object_age(h, object))
                                             : format("%s, age %" PRIu32, space, object_age(h, object));
    }
    ck_assert_msg(strcmp(found, expected) == 0, "%s: expected %s, found %s", name, expected, found);
    free(found);
}

static const struct collection *nth(const struct run *run, size_t i)
{
    ck_assert_uint_lt(i, run->current->heap.collections.len);
    return &run->current->heap.collections.data[i];
}

/* Fails unless the collections of the run are these: "scavenge testing; mark-sweep allocation failure". */
static void check_collections(const struct run *run, const char *expected)
{
    char *found = NULL;
    size_t len;
    FILE *out = open_memstream(&found, &len);
    for (size_t i = 0; i < run->current->heap.collections.len; i++) {
        const struct collection *c = nth(run, i);
        fprintf(out, "%s%s %s", i ? "; " : "", collection_type_word(c->type), reason_words(c->reason));
    }
    fclose(out);
    ck_assert_str_eq(found, expected);
    free(found);
}

/* Hears happenings of one kind: their number, and the values of the last. */
struct ear {
    struct listener listener;
    uint64_t count;
    struct happening last;
    uint32_t names[16]; /* of the first: value 0 */
};

static void hear(void *self, const struct heap *heap, const struct happening *happening)
{
    struct ear *ear = self;
    (void)heap;
    if (ear->count < 16)
        ear->names[ear->count] = (uint32_t)happening->value[0];
    ear->count++;
    ear->last = *happening;
}

static void play_heard(struct run *run, struct ear *ear, enum happening_kind kind, const char *text)
{
    struct run_options options = {.verify = true};
    struct error error = {0};
    *ear = (struct ear){.listener = {.mask = UINT64_C(1) << kind, .hear = hear, .self = ear}};
    char *whole = format(ATOMIC "%s", text);
    ck_assert_int_eq(run_open_memory(run, "test.trace", whole, strlen(whole), &options, &error), 0);
    run_listen(run, &ear->listener);
    ck_assert_msg(run_advance(run, 0, &error) == RUN_ENDED, "line %" PRIu64 ": %s", error.line, error_text(&error));
    free(whole);
}

/* ---- scavenges ---- */

START_TEST(age_mark)
{
    struct run run;
    play(&run, "alloc a 48\nalloc b 40 string\nalloc junk 16\nrelease junk\ngc minor\nalloc c 48\ngc minor\n");
    check_place(&run, "a", "old-pointer, age 2");
    check_place(&run, "b", "old-data, age 2");
    check_place(&run, "c", "new 0:0, age 1");
    check_place(&run, "junk", "dead");
    ck_assert_uint_eq(nth(&run, 0)->copied_bytes, 88);
    ck_assert_uint_eq(nth(&run, 0)->promoted_bytes, 0);
    ck_assert_uint_eq(nth(&run, 0)->dead_bytes, 16);
    ck_assert_uint_eq(nth(&run, 0)->roots_visited, 2);
    ck_assert_uint_eq(nth(&run, 1)->copied_bytes, 48);
    ck_assert_uint_eq(nth(&run, 1)->promoted_bytes, 88);
    ck_assert_uint_eq(nth(&run, 1)->promoted_objects, 2);
    ck_assert_uint_eq(run.current->heap.counters.promotion[PROMOTION_AGE], 2);
    ck_assert_uint_eq(run.current->heap.young_space.mark_offset * UNIT, 48);
    run_close(&run);
}
END_TEST

/* 472 + 8 = 480: the threshold to the byte. */
START_TEST(threshold_is_exact)
{
    struct run run;
    struct ear ear;
    play_heard(&run, &ear, HAPPENING_PROMOTE, "alloc a 232\nalloc b 240\ngc minor\n");
    ck_assert_uint_eq(ear.count, 0); /* 472 x 100 < 48000 */
    check_place(&run, "b", "new 0:232, age 1");
    run_close(&run);
    play_heard(&run, &ear, HAPPENING_PROMOTE, "alloc a 232\nalloc b 240\nalloc c 8\nalloc d 16\ngc minor\n");
    ck_assert_uint_eq(ear.count, 2);
    check_place(&run, "b", "new 0:232, age 1");
    check_place(&run, "c", "old-pointer, age 1");
    check_place(&run, "d", "old-pointer, age 1"); /* 472 + 16 is past it too: promoted bytes do not count */
    /* size, from page and offset, space, page, offset, rule, left, right */
    ck_assert_uint_eq(ear.last.value[6], PROMOTION_THRESHOLD);
    ck_assert_uint_eq(ear.last.value[7], 488);
    ck_assert_uint_eq(ear.last.value[8], 1920);
    ck_assert_uint_eq(run.current->heap.counters.promotion[PROMOTION_THRESHOLD], 2);
    run_close(&run);
    play(&run, "set promotion-threshold 0\nalloc a 232\nalloc b 240\nalloc c 8\ngc minor\n");
    check_place(&run, "c", "new 0:472, age 1");
    run_close(&run);
}
END_TEST

/* What age and threshold both promote counts by age. */
START_TEST(age_counts_before_threshold)
{
    struct run run;
    play(&run, "alloc a 240\nalloc b 232\nalloc c 240\ngc minor\ngc minor\n");
    ck_assert_uint_eq(run.current->heap.counters.promotion[PROMOTION_THRESHOLD], 1); /* c, in the first */
    ck_assert_uint_eq(run.current->heap.counters.promotion[PROMOTION_AGE], 2);
    run_close(&run);
}
END_TEST

/* Five times 200: the fifth does not fit in the 160 bytes that are left of the page. */
START_TEST(fillers_in_to_space)
{
    struct run run;
    struct ear ear;
    play_heard(&run, &ear, HAPPENING_FILLER,
               "set promotion-threshold 0\nrepeat 5 as i\nalloc o$i 200\nend\ngc minor\nalloc n 16\n");
    check_place(&run, "o3", "new 0:600, age 1");
    check_place(&run, "o4", "new 1:0, age 1");
    check_place(&run, "n", "new 1:200, age 0");
    ck_assert_uint_eq(ear.count, 2); /* one by the program, one by the scavenge */
    ck_assert_uint_eq(ear.last.value[0], 0);
    ck_assert_uint_eq(ear.last.value[1], 800);
    ck_assert_uint_eq(ear.last.value[2], 160);
    ck_assert_uint_eq(run.current->heap.young_space.mark_page, 1);
    ck_assert_uint_eq(run.current->heap.young_space.mark_offset * UNIT, 200);
    ck_assert_uint_eq(heap_space_figures(&run.current->heap, SPACE_NEW).wasted, 160);
    run_close(&run);
}
END_TEST

/*
 * The rest of a copy buffer is told where something lies behind it: by the next buffer, or at the end of the scavenge;
 * where nothing does, it is given back. The buffer of 128 bytes takes objects of up to 32.
 */
START_TEST(fillers_of_copy_buffers)
{
    struct run run;
    struct ear ear;
    play_heard(&run, &ear, HAPPENING_FILLER, "set era node20\nalloc a 24\nalloc b 64\ngc minor\n");
    check_place(&run, "b", "new 0:128, age 1");
    ck_assert_uint_eq(ear.count, 1);
    ck_assert_uint_eq(ear.last.value[0], 0);
    ck_assert_uint_eq(ear.last.value[1], 24);
    ck_assert_uint_eq(ear.last.value[2], 104);
    ck_assert_uint_eq(heap_space_figures(&run.current->heap, SPACE_NEW).wasted, 104);
    run_close(&run);
    play_heard(&run, &ear, HAPPENING_FILLER, "set era node20\nalloc b 64\nalloc a 24\ngc minor\n");
    check_place(&run, "a", "new 0:64, age 1");
    ck_assert_uint_eq(ear.count, 0);
    ck_assert_uint_eq(heap_space_figures(&run.current->heap, SPACE_NEW).wasted, 0);
    run_close(&run);
}
END_TEST

/* Breadth first: roots in order, then what they hold, in the order of their slots. */
START_TEST(order_of_copies)
{
    struct run run;
    play_era(&run, "node6",
             "alloc x 16 array\nalloc y 16 array\nalloc d 24 in y.0\nalloc c 32 in x.1\nalloc b 40 in x.0\n"
             "alloc e 48 in c.0\nref y.1 b\ngc minor\n");
    check_place(&run, "x", "new 0:0, age 1");
    check_place(&run, "y", "new 0:16, age 1");
    check_place(&run, "c", "new 0:32, age 1"); /* slot x.1 was stored to before x.0 */
    check_place(&run, "b", "new 0:64, age 1");
    check_place(&run, "d", "new 0:104, age 1");
    check_place(&run, "e", "new 0:128, age 1");
    run_close(&run);
}
END_TEST

/* A promoted object is scanned after all that lies in to-space; what it holds that is young is recorded. */
START_TEST(promotion_queue)
{
    struct run run;
    play_era(&run, "node6", "alloc p 16 array\ngc minor\nalloc a 24 in p.0\nalloc b 32\nalloc c 40 in b.0\ngc minor\n");
    check_place(&run, "p", "old, age 2");
    check_place(&run, "b", "new 0:0, age 1");
    check_place(&run, "c", "new 0:32, age 1");
    check_place(&run, "a", "new 0:72, age 1");
    ck_assert_uint_eq(run.current->heap.remembered.len, 1);
    ck_assert_uint_eq(run.current->heap.remembered.data[0].host, find(&run, "p"));
    ck_assert_uint_eq(run.current->heap.counters.barriers_generational, 0); /* what a collector records is no hit */
    run_close(&run);
}
END_TEST

/* ---- node20: the copy buffer, 128 bytes here, for objects up to 32 ---- */

START_TEST(buffers_continue)
{
    struct run run;
    play_era(&run, "node20", "repeat 6 as i\nalloc o$i 24\nend\ngc minor\n");
    /* 5 x 24 = 120; the sixth needs a new buffer, which begins at 128 and continues this one */
    check_place(&run, "o4", "new 0:96, age 1");
    check_place(&run, "o5", "new 0:120, age 1");
    ck_assert_uint_eq(run.current->heap.young_space.top * UNIT, 144); /* the rest is given back */
    ck_assert_uint_eq(run.current->heap.young_space.mark_offset * UNIT, 144);
    ck_assert_uint_eq(heap_space_figures(&run.current->heap, SPACE_NEW).wasted, 0);
    run_close(&run);
}
END_TEST

START_TEST(buffers_and_larger_objects)
{
    struct run run;
    play_era(&run, "node20",
             "alloc a 32\nalloc big 100\nalloc c 32\nalloc d 32\nalloc e 24\nalloc f 16\nalloc g 8\ngc minor\n");
    check_place(&run, "a", "new 0:0, age 1");
    check_place(&run, "big", "new 0:128, age 1"); /* behind the buffer; 104 bytes */
    check_place(&run, "c", "new 0:32, age 1");
    check_place(&run, "d", "new 0:64, age 1");
    check_place(&run, "e", "new 0:96, age 1");  /* 8 bytes are left */
    check_place(&run, "f", "new 0:232, age 1"); /* a new buffer, elsewhere: they are filler */
    check_place(&run, "g", "new 0:248, age 1");
    ck_assert_uint_eq(run.current->heap.young_space.top * UNIT, 256);
    ck_assert_uint_eq(heap_space_figures(&run.current->heap, SPACE_NEW).wasted, 8);
    run_close(&run);
}
END_TEST

/* The last buffer does not end at top: nothing is given back. */
START_TEST(buffers_that_stay)
{
    struct run run;
    play_era(&run, "node20", "alloc a 32\nalloc big 104\ngc minor\nalloc n 16\n");
    check_place(&run, "big", "new 0:128, age 1");
    check_place(&run, "n", "new 0:232, age 0");
    ck_assert_uint_eq(heap_space_figures(&run.current->heap, SPACE_NEW).wasted, 96);
    run_close(&run);
}
END_TEST

/* ---- growth ---- */

START_TEST(growth)
{
    struct run run;
    play_era(&run, "node6",
             "repeat 8 as i\nalloc a$i 120\nend\ngc minor\ngc minor\nrepeat 8 as i\nalloc b$i 120\nend\ngc minor\n"
             "gc minor\ngc minor\n");
    /* 960 survive each time: after three 2880 > 2048, and the fourth grows */
    static const uint64_t capacity[] = {2048, 2048, 2048, 4096, 4096};
    for (size_t i = 0; i < 5; i++)
        ck_assert_uint_eq(nth(&run, i)->semispace_capacity, capacity[i]);
    ck_assert_uint_eq(run.current->heap.young_space.survived, 960); /* the fourth's; nothing was young in the fifth */
    run_close(&run);
}
END_TEST

/* More than Capacity must have survived: 2 x 1024 is not more than 2048. */
START_TEST(growth_is_exact)
{
    struct run run;
    play_era(&run, "node6", "repeat 8 as i\nalloc a$i 128\nend\ngc minor\ngc minor\ngc minor\n");
    ck_assert_uint_eq(nth(&run, 2)->semispace_capacity, 2048);
    run_close(&run);
    play_era(&run, "node6", "repeat 8 as i\nalloc a$i 128\nend\nalloc b 8\ngc minor\ngc minor\ngc minor\n");
    ck_assert_uint_eq(nth(&run, 2)->semispace_capacity, 4096);
    run_close(&run);
}
END_TEST

START_TEST(growth_is_clipped)
{
    struct run run;
    play_era(&run, "book",
             "set max-semi-space-size 3k\nrepeat 4\nrepeat 8 as i\nalloc a$i 120\nend\ngc\nrepeat 8 as i\nrelease a$i\n"
             "end\nend\n");
    ck_assert_uint_eq(nth(&run, 2)->semispace_capacity, 2048);
    ck_assert_uint_eq(nth(&run, 3)->semispace_capacity, 3072); /* a major grows too; not 4096 */
    run_close(&run);
}
END_TEST

/* ---- node20: new-large ---- */

START_TEST(new_large)
{
    struct run run;
    play_era(&run, "node20",
             "alloc a 400\nalloc b 400\nrelease b\nalloc c 300 code\nexpect space a new-large\n"
             "expect space c code-large\ngc minor\n");
    ck_assert_uint_eq(run.failed, 0);
    check_place(&run, "a", "large, age 1");
    check_place(&run, "b", "dead");
    check_place(&run, "c", "code-large, age 0");
    ck_assert_uint_eq(run.current->heap.counters.promotion[PROMOTION_LARGE], 1);
    ck_assert_uint_eq(nth(&run, 0)->promoted_bytes, 400);
    ck_assert_uint_eq(nth(&run, 0)->dead_bytes, 400);
    run_close(&run);
    play_era(&run, "node6", "alloc a 400\ngc minor\nexpect space a large\nexpect age a 0\n"); /* born old */
    ck_assert_uint_eq(run.failed, 0);
    run_close(&run);
}
END_TEST

START_TEST(new_large_scavenges_first)
{
    struct run run;
    play_era(&run, "node20", "repeat 5 as i\nalloc a$i 408\nend\n"); /* 1632 + 408 = 2040 <= 2048 */
    ck_assert_uint_eq(run.current->heap.collections.len, 0);
    run_close(&run);
    play_era(&run, "node20", "repeat 5 as i\nalloc a$i 416\nend\n"); /* 1664 + 416 = 2080 > 2048 */
    check_collections(&run, "scavenge allocation failure");
    check_place(&run, "a3", "large, age 1");
    check_place(&run, "a4", "new-large, age 0");
    run_close(&run);
    play_era(&run, "node20", "alloc a 1640\nalloc b 408\n"); /* 2048 is not more than 2048 */
    ck_assert_uint_eq(run.current->heap.collections.len, 0);
    run_close(&run);
    play_era(&run, "node20", "alloc a 2056\n"); /* new-large is empty: no scavenge, however large */
    ck_assert_uint_eq(run.current->heap.collections.len, 0);
    run_close(&run);
}
END_TEST

/* ---- remembered set ---- */

START_TEST(nepotism)
{
    struct run run;
    play(&run, "alloc h 16 array\ngc minor\ngc minor\nalloc y 24\nref h.x y\nrelease y\nrelease h\ngc minor\n");
    check_place(&run, "y", "new 0:0, age 1"); /* its host is garbage, and keeps it */
    ck_assert_uint_eq(nth(&run, 2)->remembered_visited, 1);
    run_close(&run);
    play(&run, "alloc h 16 array\ngc minor\ngc minor\nalloc y 24\nref h.x y\nrelease y\nrelease h\ngc\n");
    check_place(&run, "y", "dead");
    check_place(&run, "h", "dead");
    run_close(&run);
}
END_TEST

/* Overwriting does not take a record out; the next collection drops what holds no young pointer. */
START_TEST(records_are_dropped)
{
    struct run run;
    play(&run, "alloc h 16 code\nalloc a 16\nalloc b 16\nref h.0 a\nref h.1 b\nref h.2 a\nref h.0 a\nunref h.0\n"
               "ref h.1 h\ngc minor\ngc minor\n");
    ck_assert_uint_eq(nth(&run, 0)->remembered_visited, 3);
    ck_assert_uint_eq(nth(&run, 1)->remembered_visited, 1);
    ck_assert_uint_eq(run.current->heap.counters.barriers_generational, 4);
    ck_assert_uint_eq(run.current->heap.counters.remembered_peak, 3);
    ck_assert_uint_eq(run.current->heap.remembered.len, 0); /* a is old by now */
    run_close(&run);
}
END_TEST

/* ---- weakness ---- */

START_TEST(weak_slots)
{
    struct run run;
    play(&run, "alloc h 16 array\nalloc a 16\nalloc b 16\nweak h.a a\nweak h.b b\nrelease a\ngc minor\n");
    check_place(&run, "a", "new 0:32, age 1"); /* strong for the scavenger; behind both roots */
    run_close(&run);
    play(&run, "alloc h 16 array\nalloc a 16\nalloc b 16\nweak h.a a\nweak h.b b\nrelease a\ngc\n");
    check_place(&run, "a", "dead");
    uint32_t count;
    const struct slot *slots = object_slots(&run.current->heap, find(&run, "h"), &count);
    ck_assert_uint_eq(count, 2);
    ck_assert_uint_eq(slots[0].target, NONE);
    ck_assert_uint_eq(slots[1].target, find(&run, "b"));
    ck_assert_uint_eq(run.current->heap.counters.weak_cleared, 1);
    run_close(&run);
}
END_TEST

/* Each value is the next key; entered in the order in which a naive search finds one a round. */
START_TEST(ephemeron_chain)
{
    enum { LENGTH = 100000 };
    struct run run;
    char *text = NULL;
    size_t len;
    FILE *out = open_memstream(&text, &len);
    fprintf(out, "set profile node20\nalloc m 48 weakmap\nenter\n");
    fprintf(out, "repeat %d as i\nalloc $i 16\nend\n", LENGTH);
    for (int i = LENGTH - 1; i-- > 0;)
        fprintf(out, "entry m %d %d\n", i, i + 1);
    fprintf(out, "repeat %d as i\nrelease ${i+1}\nend\nroot 0\ngc\nexpect live %d\nleave\ngc\nexpect live m\n",
            LENGTH - 1, LENGTH - 1);
    fclose(out);
    runs_text(&run, text, NULL);
    free(text);
    ck_assert_uint_eq(run.failed, 0);
    ck_assert_uint_eq(nth(&run, run.current->heap.collections.len - 1)->dead_objects, LENGTH);
    ck_assert_uint_eq(run.current->heap.counters.weak_cleared, LENGTH - 1);
    run_close(&run);
}
END_TEST

/* The same through as many maps: a map is the value of the entry before. */
START_TEST(ephemeron_maps)
{
    struct run run;
    runs_text(&run,
              "set profile node20\nalloc m0 48 weakmap\nalloc k 16\nrepeat 20000 as i\nalloc m${i+1} 48 weakmap\n"
              "entry m$i k m${i+1}\nrelease m${i+1}\nend\ngc\nexpect live m20000\nrelease k\ngc\nexpect dead m1\n"
              "expect live m0\n",
              NULL);
    ck_assert_uint_eq(run.failed, 0);
    run_close(&run);
}
END_TEST

START_TEST(finalizers_in_order)
{
    static const char trace[] = "alloc a 16\nalloc b 16\nalloc c 16\nalloc d 16\nfinalize c\nfinalize a\nfinalize d\n"
                                "finalize b\nfinalize a\nrelease a\nrelease b\nrelease c\ngc minor\nexpect live a\ngc\n"
                                "expect live d\nexpect dead a\ngc\n";
    struct run run;
    struct ear ear;
    play_heard(&run, &ear, HAPPENING_FINALIZED, trace);
    ck_assert_uint_eq(run.failed, 0);
    ck_assert_uint_eq(ear.count, 3);
    ck_assert_uint_eq(ear.names[0], names_find(&run.names, "c", 1));
    ck_assert_uint_eq(ear.names[1], names_find(&run.names, "a", 1));
    ck_assert_uint_eq(ear.names[2], names_find(&run.names, "b", 1));
    ck_assert_uint_eq(run.current->heap.counters.finalized, 3);
    run_close(&run);
}
END_TEST

/* node20: a scavenge removes entries whose key is young and dead, after having kept their values. */
START_TEST(young_keys)
{
    static const char trace[] =
        "alloc m 48 weakmap\nalloc k 16\nalloc v 16\nentry m k v\nrelease k\nrelease v\ngc minor\n";
    struct run run;
    play_era(&run, "node20", trace);
    check_place(&run, "k", "dead");
    check_place(&run, "v", "new 0:48, age 1");
    ck_assert_uint_eq(run.current->heap.counters.weak_cleared, 1);
    run_close(&run);
    play_era(&run, "node6", trace); /* strong for its scavenger */
    check_place(&run, "k", "new 0:48, age 1");
    check_place(&run, "v", "new 0:64, age 1");
    run_close(&run);
}
END_TEST

/* ---- majors ---- */

START_TEST(survivors_of_a_major)
{
    static const char trace[] = "alloc a 48\ngc minor\nalloc b 48\nalloc c 40 string\nalloc d 16\nrelease d\ngc\n";
    struct run run;
    play_era(&run, "book", trace);
    check_place(&run, "a", "old-pointer, age 1"); /* majors do not age */
    check_place(&run, "b", "old-pointer, age 0");
    check_place(&run, "c", "old-data, age 0");
    ck_assert_uint_eq(run.current->heap.counters.promotion[PROMOTION_MAJOR], 3);
    ck_assert_uint_eq(nth(&run, 1)->marked_bytes, 136);
    run_close(&run);
    play_era(&run, "node20", trace);
    check_place(&run, "b", "old, age 0");
    run_close(&run);
    play_era(&run, "node6", trace); /* the age mark: a lies below it */
    check_place(&run, "a", "old, age 1");
    check_place(&run, "b", "new 0:0, age 0");
    check_place(&run, "c", "new 0:48, age 0");
    ck_assert_uint_eq(run.current->heap.counters.promotion[PROMOTION_MAJOR], 1);
    ck_assert_uint_eq(run.current->heap.young_space.mark_offset * UNIT, 88);
    run_close(&run);
}
END_TEST

/* Four objects of 240 fill a page. */
START_TEST(sweeping)
{
    struct run run;
    play(&run, "repeat 4 as i\nalloc c$i 240 code\nend\nrelease c1\nrelease c3\ngc\n");
    struct space_figures f = heap_space_figures(&run.current->heap, SPACE_CODE);
    ck_assert_uint_eq(f.used, 480);
    ck_assert_uint_eq(f.available, 480);
    ck_assert_uint_eq(f.wasted, 0);
    ck_assert_uint_eq(f.size, 1024);
    ck_assert_uint_eq(f.largest_free, 240);
    ck_assert_uint_eq(f.fragmentation, 500000); /* 1 - 240 / 480 */
    run_close(&run);
    /* free neighbours are one block; 8 bytes are less than free-list-min */
    play(&run,
         "repeat 3 as i\nalloc c$i 240 code\nend\nalloc d 232 code\nalloc e 8 code\nrelease c1\nrelease c2\ngc\n");
    f = heap_space_figures(&run.current->heap, SPACE_CODE);
    ck_assert_uint_eq(f.largest_free, 480);
    ck_assert_uint_eq(f.fragmentation, 0);
    run_close(&run);
    play(&run, "alloc c 240 code\nalloc e 8 code\nalloc f 712 code\nrelease e\ngc\n");
    f = heap_space_figures(&run.current->heap, SPACE_CODE);
    ck_assert_uint_eq(f.used, 240); /* 712 is a large object */
    run_close(&run);
    play(&run, "repeat 3 as i\nalloc c$i 240 code\nend\nalloc e 8 code\nalloc d 232 code\nrelease e\ngc\n");
    f = heap_space_figures(&run.current->heap, SPACE_CODE);
    ck_assert_uint_eq(f.available, 0);
    ck_assert_uint_eq(f.wasted, 8);
    ck_assert_uint_eq(f.used, 952);
    run_close(&run);
}
END_TEST

/* Empty pages are released, but one of a space. */
START_TEST(empty_pages)
{
    struct run run;
    play(&run,
         "repeat 12 as i\nalloc c$i 240 code\nend\nalloc l 1000 code\nrepeat 12 as i\nrelease c$i\nend\nrelease l\n"
         "gc\n");
    ck_assert_uint_eq(heap_space_figures(&run.current->heap, SPACE_CODE).pages, 1);
    ck_assert_uint_eq(heap_space_figures(&run.current->heap, SPACE_CODE).available, 960);
    ck_assert_uint_eq(heap_space_figures(&run.current->heap, SPACE_LARGE).pages, 0);
    ck_assert_uint_eq(nth(&run, 0)->released_pages, 3); /* the large one's region counts */
    run_close(&run);
}
END_TEST

/* Two pages with one object of 240 each: one of them is emptied into the other. */
START_TEST(compaction)
{
    struct run run;
    struct ear ear;
    play_heard(&run, &ear, HAPPENING_EVACUATE,
               "alloc h 16 array\nrepeat 8 as i\nalloc c$i 240 code in h.$i\nend\nref c2.self c2\n"
               "repeat 2 as i\nunref h.$i\nunref h.${i+4}\nend\nunref h.3\nunref h.6\ngc compact\n");
    ck_assert_uint_eq(ear.count, 1);
    ck_assert_uint_eq(ear.last.object, find(&run, "c2")); /* both have as few live bytes: the first page */
    ck_assert_uint_eq(nth(&run, 0)->type, COLLECTION_MARK_COMPACT);
    ck_assert_uint_eq(nth(&run, 0)->evacuated_pages, 1);
    ck_assert_uint_eq(nth(&run, 0)->released_pages, 1);
    ck_assert_uint_eq(nth(&run, 0)->slots_updated, 2); /* h.2 and its own */
    ck_assert_uint_eq(heap_space_figures(&run.current->heap, SPACE_CODE).pages, 1);
    ck_assert_uint_eq(heap_space_figures(&run.current->heap, SPACE_CODE).used, 480);
    uint32_t page = run.current->heap.objects.data[find(&run, "c7")].page;
    ck_assert_uint_eq(run.current->heap.objects.data[find(&run, "c2")].page, page);
    run_close(&run);
}
END_TEST

/* A major says that it evacuates only if there is a page to evacuate. */
START_TEST(activities)
{
    static const struct {
        const char *text;
        bool evacuates;
    } majors[] = {{"repeat 8 as i\nalloc c$i 240 code\nend\ngc\n", false},
                  {"repeat 8 as i\nalloc c$i 240 code\nend\nrepeat 2 as i\nrelease c$i\nrelease c${i+4}\nend\n"
                   "release c3\nrelease c6\ngc compact\n",
                   true}};
    struct run run;
    struct error error = {0};
    bool seen[GC_EVACUATING + 1] = {false};
    const char *text = majors[_i].text;
    ck_assert_int_eq(run_open_memory(&run, "t", text, strlen(text), &(struct run_options){0}, &error), 0);
    while (run_micro_step(&run, &error) == RUN_MORE)
        if (run.current->ready)
            seen[gc_activity(&run.current->heap)] = true;
    ck_assert(seen[GC_MARKING] && seen[GC_SWEEPING]);
    ck_assert_int_eq(seen[GC_EVACUATING], majors[_i].evacuates);
    run_close(&run);
}
END_TEST

/* There is room enough, but in blocks that are too small: the page is left as it is. */
START_TEST(aborted_compaction)
{
    struct run run;
    struct ear ear;
    play_heard(&run, &ear, HAPPENING_ABORT,
               "repeat 4 as i\nalloc a$i 240 code\nend\nrepeat 8 as i\nalloc b$i 120 code\nend\n"
               "repeat 3 as i\nrelease a$i\nend\nrelease b0\nrelease b2\nrelease b4\nrelease b6\ngc compact\n");
    ck_assert_uint_eq(ear.count, 1);
    ck_assert_uint_eq(ear.last.value[2], 1); /* objects left */
    ck_assert_uint_eq(nth(&run, 0)->evacuated_pages, 0);
    ck_assert_uint_eq(nth(&run, 0)->released_pages, 0);
    ck_assert_uint_eq(heap_space_figures(&run.current->heap, SPACE_CODE).pages, 2);
    ck_assert_uint_eq(heap_space_figures(&run.current->heap, SPACE_CODE).available, 720 + 480);
    run_close(&run);
}
END_TEST

/* ---- limits after a major ---- */

/* What "alloc x BYTES code" and a major leave as limits: old = BYTES. */
static const struct {
    const char *settings;
    uint64_t old;
    const char *before; /* the major */
    uint64_t limit, promotion;
} limits[] = {
    /* max(0, 0 + 4096) + 1920 */
    {"set initial-old-space-size 60k\n", 8, "", 8 + 4096 + 1920, 8 + 4096 + 1920},
    {"set initial-old-space-size 60k\n", 1000, "", 1000 + 4096 + 1920, 1000 + 4096 + 1920},
    /* 3/2: 13500 > 13096; 4/3: 12000 < 13096 */
    {"set initial-old-space-size 60k\n", 9000, "", 13500 + 1920, 13096 + 1920},
    /* 4/3: 20000 > 19096 */
    {"set initial-old-space-size 60k\n", 15000, "", 22500 + 1920, 20000 + 1920},
    /* half way: (50000 + 65536) / 2 */
    {"set initial-old-space-size 60k\n", 50000, "", 57768, 57768},
    /* toys: Fmax = 2 */
    {"set era node6\nset initial-old-space-size 60k\n", 9000, "", 18000 + 1920, 18000 + 1920},
    {"set era node20\nset initial-old-space-size 60k\n", 9000, "", 18000 + 1920, 18000 + 1920},
    {"set era node6\nset initial-old-space-size 60k\n", 1000, "", 1000 + 4096 + 1920, 1000 + 4096 + 1920},
    {"set era node6\nset initial-old-space-size 60k\n", 48000, "", 56768, 56768},
    /* a program that allocates slowly gets the least, 1.1 */
    {"set era node6\nset initial-old-space-size 60k\n", 45000, "work 1s\n", 49500 + 1920, 49500 + 1920},
    {"set era node20\nset initial-old-space-size 60k\n", 45000, "work 1s\n", 49500 + 1920, 49500 + 1920},
    /* node20 with less than max / 8 left: 1.1 at once, and a quarter of the step: 64000 + 1024 < 70400; half way */
    {"set era node20\nset initial-old-space-size 60k\n", 60000, "", (60000 + 65536) / 2, (60000 + 65536) / 2},
    /* full size: Fmax = 4; 3.97 pages of 1 MiB are usable */
    {"set profile node6\nset initial-old-space-size 1000M\n", 100 << 20, "", 400 * 1048576 + (1048576 - 16896),
     400 * 1048576 + (1048576 - 16896)},
    {"set profile book\nset initial-old-space-size 1000M\n", 100 << 20, "", 150 * 1048576 + (1048576 - 16896),
     (400 * 1048576) / 3 + (1048576 - 16896)},
    /* node20: four pages of 256k; 1.3 + 0.7 x (1152 - 256) / 1792 = 1.65 */
    {"set profile node20\nset max-old-space-size 1152M\nset initial-old-space-size 1000M\n", 100 << 20, "",
     165 * 1048576 + 4 * (262144 - 4424), 165 * 1048576 + 4 * (262144 - 4424)},
    {"set profile node20\nset max-old-space-size 256M\nset initial-old-space-size 200M\n", 100 << 20, "",
     130 * 1048576 + 4 * (262144 - 4424), 130 * 1048576 + 4 * (262144 - 4424)},
    {"set profile node20\nset max-old-space-size 2048M\nset initial-old-space-size 2000M\n", 100 << 20, "",
     400 * 1048576 + 4 * (262144 - 4424), 400 * 1048576 + 4 * (262144 - 4424)},
    {"set profile node20\nset initial-old-space-size 2000M\n", 1 << 20, "", 9 * 1048576 + 4 * (262144 - 4424),
     9 * 1048576 + 4 * (262144 - 4424)},
};
enum { LIMITS = sizeof limits / sizeof *limits };

START_TEST(limits_after_a_major)
{
    char *text = format("%salloc x %" PRIu64 " code\n%sgc\n", limits[_i].settings, limits[_i].old, limits[_i].before);
    struct run run;
    play(&run, text);
    check_collections(&run, "mark-sweep testing");
    ck_assert_uint_eq(policy_old_bytes(&run.current->heap), limits[_i].old);
    ck_assert_msg(run.current->heap.limits.old == limits[_i].limit, "%s: limit %" PRIu64 ", expected %" PRIu64, text,
                  run.current->heap.limits.old, limits[_i].limit);
    ck_assert_msg(run.current->heap.limits.promotion == limits[_i].promotion,
                  "%s: promotion limit %" PRIu64 ", expected %" PRIu64, text, run.current->heap.limits.promotion,
                  limits[_i].promotion);
    free(text);
    run_close(&run);
}
END_TEST

/*
 * node20: a cycle of marking that starts with less than max / 8 = 8192 left takes a quarter of the step, whatever it
 * frees; a forced collection never does.
 */
START_TEST(reducing_majors)
{
    static const struct {
        uint64_t size, limit;
    } cases[] = {{57344, 4096 + 1920}, {57352, 1024 + 1920}};
    for (size_t i = 0; i < 2; i++) {
        struct run run;
        char *text =
            format("set initial-old-space-size 60k\nalloc x %" PRIu64 " code\nrelease x\ngc start\ngc finish\n",
                   cases[i].size);
        play_era(&run, "node20", text);
        ck_assert_uint_eq(run.current->heap.limits.old, cases[i].limit);
        run_close(&run);
        play_era(&run, "node6", text);
        ck_assert_uint_eq(run.current->heap.limits.old, 4096 + 1920);
        run_close(&run);
        free(text);
        text = format("set initial-old-space-size 60k\nalloc x %" PRIu64 " code\nrelease x\ngc\n", cases[i].size);
        play_era(&run, "node20", text);
        ck_assert_uint_eq(run.current->heap.limits.old, 4096 + 1920);
        run_close(&run);
        free(text);
    }
}
END_TEST

/* And new space shrinks to max(its initial capacity, 2 x Size() in whole pages). */
START_TEST(reducing_majors_shrink_new_space)
{
    struct run run;
    struct ear ear;
    play_heard(&run, &ear, HAPPENING_SHRINK,
               "set era node20\nset initial-old-space-size 60k\nrepeat 8 as i\nalloc a$i 120\nend\nrepeat 8\n"
               "gc minor\nrepeat 8 as i\nalloc b$i 120\nend\ngc minor\nrepeat 8 as i\nrelease b$i\nend\nend\n"
               "alloc x 57352 code\ngc start\ngc finish\n");
    ck_assert_uint_eq(ear.count, 1);
    ck_assert_uint_eq(ear.last.value[0], 2);
    ck_assert_uint_eq(ear.last.value[1], 2048);
    ck_assert_uint_eq(ear.last.value[2], 0); /* all of new space has been promoted */
    ck_assert_uint_ge(nth(&run, run.current->heap.collections.len - 1)->semispace_capacity, 4096); /* it had grown */
    ck_assert_uint_eq(new_space_capacity(&run.current->heap), 2048);
    run_close(&run);
}
END_TEST

/* F between its bounds, by the formula in floating point: R = 100 or so gives a = 3, F = 3 / 2.03. */
START_TEST(growing_factor)
{
    struct run run;
    play_era(&run, "node6",
             "set max-old-space-size 4M\nset initial-old-space-size 2M\nalloc x 45000 code\nwork 3200us\ngc\n");
    const struct collection *c = nth(&run, 0);
    double speed = 45000.0 / (double)c->pause_ns / (45000.0 / (double)c->start_ns);
    double a = speed * 0.03, factor = a / (a - 0.97);
    ck_assert_msg(factor > 1.2 && factor < 1.9, "this tests nothing: F = %f", factor);
    ck_assert_uint_eq(run.current->heap.limits.old, 45 * (uint64_t)(factor * 1000) + 1920); /* rounded down */
    run_close(&run);
}
END_TEST

/* Nothing is lost on the way to F, however little a collector that takes long has marked: 4000 bytes in 500 us. */
START_TEST(growing_factor_of_a_slow_collector)
{
    struct run run;
    play_era(
        &run, "node6",
        "set max-old-space-size 4M\nset initial-old-space-size 2M\nset limit-min-step 0\nset cost-major 500000000000\n"
        "alloc x 4000 code\nwork 50ms\ngc\n");
    const struct collection *c = nth(&run, 0);
    double a = (double)c->start_ns / (double)c->pause_ns * 0.03, factor = a / (a - 0.97);
    ck_assert_msg(factor > 1.2 && factor < 1.9 && c->marked_bytes * 1000 / c->pause_ns < 10,
                  "this tests nothing: F = %f", factor);
    ck_assert_uint_eq(run.current->heap.limits.old, 4 * (uint64_t)(factor * 1000) + 1920);
    run_close(&run);
}
END_TEST

/* Of an incremental cycle, the slices count among the collector's time: nearly all of the marking was done in them. */
START_TEST(growing_factor_counts_slices)
{
    struct run run;
    play_era(&run, "node6",
             "set max-old-space-size 4M\nset initial-old-space-size 2M\nalloc x 45000 code\nwork 3200us\n"
             "gc start\ngc step 40000\ngc finish\n");
    const struct heap *h = &run.current->heap;
    ck_assert_uint_lt(nth(&run, 0)->pause_ns * 4, h->counters.gc_ns);
    double a = (double)heap_mutator_ns(h) / (double)h->counters.gc_ns * 0.03, factor = a / (a - 0.97);
    ck_assert_msg(factor > 1.2 && factor < 1.9, "this tests nothing: F = %f", factor);
    double found = (double)(h->limits.old - 1920) / 45000;
    ck_assert_msg(found > factor - 0.005 && found < factor + 0.005, "F = %f, expected %f", found, factor);
    run_close(&run);
}
END_TEST

START_TEST(initial_limits)
{
    static const struct {
        const char *settings;
        uint64_t limit;
    } cases[] = {
        {"", 12 << 10},
        {"set era node20\n", 12 << 10},
        {"set initial-old-space-size 20k\n", 20 << 10},
        {"set initial-old-space-size 0\n", 32 << 10},
        {"set profile book\n", 700 << 20},
        {"set profile node6\n", 700 << 20},
        {"set profile node20\n", 512 << 20},
        {"set profile node20\nset max-old-space-size 600M\n", 300 << 20},
        {"set profile node20\nset max-old-space-size 1600M\n", 512 << 20},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct run run;
        char *text = format("%salloc a 16\n", cases[i].settings);
        play(&run, text);
        ck_assert_msg(run.current->heap.limits.old == cases[i].limit &&
                          run.current->heap.limits.promotion == cases[i].limit,
                      "%s: limit %" PRIu64, cases[i].settings, run.current->heap.limits.old);
        run_close(&run);
        free(text);
    }
}
END_TEST

/* node6, node20: until the first major, each scavenge lowers the limit by what survives; book's stays. */
START_TEST(limits_before_a_major)
{
    static const char trace[] = "alloc a 200\nalloc b 200\nalloc c 96\nalloc d 200\nrelease a\nrelease b\nrelease c\n"
                                "%s";
    static const struct {
        const char *era, *rest;
        uint64_t limit;
    } cases[] = {
        {"book", "gc minor\n", 12288},
        {"node6", "gc minor\n", 4096}, /* 200 of 696: 287 per mille, but old + 4096 */
        {"node6", "alloc e 248\nalloc f 248\ngc minor\n",
         7176}, /* 696 of 1192 (f, e, d): 583: 12288 x 0.583 = 7163.9 */
        {"node20", "gc minor\n", 4096},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct run run;
        char *text = format(trace, cases[i].rest);
        play_era(&run, cases[i].era, text);
        uint64_t expected = i == 2 ? UINT64_C(12288) * (696 * 1000 / 1192) / 1000 : cases[i].limit;
        ck_assert_msg(run.current->heap.limits.old == expected, "%s: %" PRIu64 ", expected %" PRIu64, cases[i].era,
                      run.current->heap.limits.old, expected);
        run_close(&run);
        free(text);
    }
}
END_TEST

/* ---- which collection, and why ---- */

static const struct {
    const char *era, *trace, *collections;
} choices[] = {
    {"book", "gc minor\ngc\ngc compact\n", "scavenge testing; mark-sweep testing; mark-compact testing"},
    {"node20", "gc minor\ngc\n", "scavenge testing; mark-sweep testing"},
    /* new space is full */
    {"book", "repeat 9\nalloc g 240\nrelease g\nend\n", "scavenge allocation failure"},
    {"node20", "repeat 7\nalloc g 240\nrelease g\nend\nalloc b 240\nalloc c 8\n", "scavenge allocation failure"},
    {"node20", "repeat 7\nalloc g 240\nrelease g\nend\nalloc b 240\n", ""},
    /* the scavenge does not help: a major, which promotes all (book), or half of it (node6's age mark) */
    {"book", "set promotion-threshold 0\nset max-semi-space-size 2k\nrepeat 9 as i\nalloc a$i 240\nend\n",
     "scavenge allocation failure; mark-sweep allocation failure"},
    /* 1440 old bytes > 1024 */
    {"book",
     "set initial-old-space-size 1k\nrepeat 6 as i\nalloc a$i 240\nend\ngc minor\ngc minor\nrepeat 9\nalloc g 240\n"
     "release g\nend\n",
     "scavenge testing; scavenge testing; mark-sweep promotion limit reached"},
    {"node6",
     "set initial-old-space-size 1k\nrepeat 6 as i\nalloc a$i 240\nend\ngc minor\ngc minor\nrepeat 9\nalloc g 240\n"
     "release g\nend\n",
     "scavenge testing; scavenge testing; mark-sweep promotion limit reached"},
    {"node20", /* knows no such rule */
     "set initial-old-space-size 1k\nrepeat 6 as i\nalloc a$i 240\nend\ngc minor\ngc minor\nrepeat 9\nalloc g 240\n"
     "release g\nend\n",
     "scavenge testing; scavenge testing; scavenge allocation failure"},
    /* room in the old generation 1024 < Size() = 1920 */
    {"book", "set max-old-space-size 1k\nset initial-old-space-size 1k\nrepeat 9\nalloc g 240\nrelease g\nend\n",
     "mark-sweep scavenge might not succeed"},
    {"node6", "set max-old-space-size 1k\nset initial-old-space-size 1k\nrepeat 9\nalloc g 240\nrelease g\nend\n",
     "mark-sweep scavenge might not succeed"},
    {"book", "set max-old-space-size 1920\nset initial-old-space-size 1920\nrepeat 9\nalloc g 240\nrelease g\nend\n",
     "scavenge allocation failure"}, /* 1920 is not less than 1920 */
    {"book",                         /* 1440 is not more than 1440 */
     "set initial-old-space-size 1440\nrepeat 6 as i\nalloc a$i 240\nend\ngc minor\ngc minor\nrepeat 9\nalloc g 240\n"
     "release g\nend\n",
     "scavenge testing; scavenge testing; scavenge allocation failure"},
    /* room 2048 >= 1920 */
    {"book", "set max-old-space-size 2k\nset initial-old-space-size 2k\nrepeat 9\nalloc g 240\nrelease g\nend\n",
     "scavenge allocation failure"},
    /* node20: old capacity 0 + Capacity 2048 + new-large 0 or 304 > 2048 */
    {"node20", "set max-old-space-size 2k\nset initial-old-space-size 2k\nrepeat 9\nalloc g 240\nrelease g\nend\n",
     "scavenge allocation failure"},
    {"node20",
     "set max-old-space-size 2k\nset initial-old-space-size 2k\nalloc l 304\nrelease l\nrepeat 9\nalloc g 240\n"
     "release g\nend\n",
     "mark-sweep scavenge might not succeed"},
    /* an old allocation of the program past the limit: 12k */
    {"book", "repeat 12 as i\nalloc c$i 1000 code\nrelease c$i\nend\nalloc d 1000 code\n",
     "mark-sweep GC in old space requested"},
    /* idle: 80 % of 2048 is 1638.4 */
    {"node20", "repeat 4 as i\nalloc a$i 200\nend\nrepeat 4 as i\nalloc b$i 168\nend\nidle 1ms\n", ""}, /* 960 + 672 */
    {"node20", "repeat 4 as i\nalloc a$i 200\nend\nrepeat 4 as i\nalloc b$i 176\nend\nidle 1ms\n", "scavenge task"},
    {"node20", "repeat 6 as i\nalloc a$i 240\nend\nalloc b 200\nidle 1ms\n", "scavenge task"},
    {"node20", "repeat 6 as i\nalloc a$i 240\nend\nalloc b 192\nidle 1ms\n", ""}, /* 1632 */
    {"node20", "alloc l 1640\nidle 1ms\n", "scavenge task"},                      /* new-large counts */
    {"node20", /* 80 % of 5120, to the byte: four pages of 960 and 256 */
     "set min-semi-space-size 5k\nrepeat 16 as i\nalloc a$i 240\nend\nalloc b 256\nidle 1ms\n", "scavenge task"},
    {"node6", "repeat 6 as i\nalloc a$i 240\nend\nalloc b 200\nidle 1ms\n", ""},
    /* external bytes of young objects >= 8k */
    {"node20", "alloc a 16 buffer\nexternal a 8191\nalloc b 16 buffer\nexternal b 1\n", ""},
    {"node20", "alloc a 16 buffer\nexternal a 8k\nalloc b 16 buffer\nexternal b 1\n",
     "scavenge external memory pressure"},
    {"node20", "alloc a 16 buffer\nexternal a 8k\nexternal a 8193\n", "scavenge external memory pressure"},
    {"node20", "alloc a 16 buffer\nexternal a 9k\nexternal a 8k\nexternal a 0\n", ""}, /* it shrinks */
    {"node20", "alloc a 16 code\nexternal a 9k\nexternal a 10k\n", ""},                /* it is old */
    {"book", "alloc a 16 buffer\nexternal a 9k\nexternal a 10k\n", ""},
    /* more than half of max-old-space-size since the last major */
    {"node20", "alloc a 16 code\nexternal a 32k\n", ""},
    {"node20", "alloc a 16 code\nexternal a 32769\n", "mark-sweep external memory pressure"},
    {"node20", "alloc a 16 code\nexternal a 32k\ngc\nexternal a 64k\n", "mark-sweep testing"},
    {"node20", "alloc a 16 code\nexternal a 32k\ngc\nexternal a 65537\n",
     "mark-sweep testing; mark-sweep external memory pressure"},
    {"node20", "alloc a 16 code\nexternal a 32k\ngc\nexternal a 10k\nexternal a 43009\n", /* the lowest since counts */
     "mark-sweep testing; mark-sweep external memory pressure"},
};
enum { CHOICES = sizeof choices / sizeof *choices };

START_TEST(choices_and_reasons)
{
    struct run run;
    play_era(&run, choices[_i].era, choices[_i].trace);
    check_collections(&run, choices[_i].collections);
    ck_assert(!run.current->heap.out_of_memory);
    run_close(&run);
}
END_TEST

/* Promotion fails in a scavenge, what survives is copied; and the next failure of new space knows. */
START_TEST(old_generations_exhausted)
{
    struct run run;
    play(
        &run,
        "set max-old-space-size 2k\nset initial-old-space-size 2k\nrepeat 2 as j\nrepeat 4 as i\n"
        "alloc a${j}_$i 240\nend\ngc minor\ngc minor\nend\nalloc b 240\ngc minor\ngc minor\nexpect space b new\nexpect age b 2\n"
        "repeat 16\nalloc g 240\nrelease g\nend\n"); /* four pages by now */
    ck_assert_uint_eq(run.failed, 0);
    size_t last = run.current->heap.collections.len - 1;
    ck_assert_str_eq(reason_words(nth(&run, last)->reason), "old generations exhausted");
    ck_assert_uint_eq(nth(&run, last)->type, COLLECTION_MARK_SWEEP);
    run_close(&run);
}
END_TEST

/* The operands of a decision are told. */
START_TEST(decisions_tell_their_operands)
{
    struct run run;
    struct ear ear;
    play_heard(&run, &ear, HAPPENING_DECISION,
               "set initial-old-space-size 1k\nrepeat 6 as i\nalloc a$i 240\nend\ngc minor\ngc minor\n"
               "repeat 9\nalloc g 240\nrelease g\nend\n");
    ck_assert_uint_eq(ear.count, 1);
    ck_assert_uint_eq(ear.last.value[0], DECISION_PROMOTION_LIMIT);
    ck_assert_uint_eq(ear.last.value[1], 1440);
    ck_assert_uint_eq(ear.last.value[2], 1024);
    ck_assert_uint_eq(ear.last.value[3], COLLECTION_MARK_SWEEP);
    run_close(&run);
}
END_TEST

/* Each collection that nobody forced has its decision: two majors and the last resort. */
START_TEST(every_choice_is_told)
{
    struct run run;
    struct ear ear;
    play_heard(&run, &ear, HAPPENING_DECISION, "alloc a 1M code\n");
    ck_assert_uint_eq(run.current->heap.counters.mark_sweeps, 2);
    ck_assert_uint_eq(ear.count, 3);
    for (size_t i = 0; i < 3; i++)
        ck_assert_uint_eq(nth(&run, i)->why.rule, i < 2 ? DECISION_OLD_LIMIT : DECISION_LAST_RESORT);
    run_close(&run);
}
END_TEST

/* What a failed allocation in the old generation was refused by, with operands for which it is true. */
START_TEST(what_refuses_is_told)
{
    static const struct {
        const char *trace;
        enum decision rule;
        uint64_t left, right;
    } cases[] = {
        {"set initial-old-space-size 4k\nalloc a 1000 array\nalloc b 4000 array\n", DECISION_OLD_LIMIT, 5000, 4096},
        /* a page is asked for, and external bytes count */
        {"set era node6\nset initial-old-space-size 4k\nalloc x 8 buffer\nexternal x 3100\nalloc a 8 code\n",
         DECISION_OLD_LIMIT, 4124, 4096},
        /* four pages with next to nothing in them */
        {"set max-old-space-size 4k\nset initial-old-space-size 4k\nalloc a 8 code\nalloc m - map\nalloc c - cell\n"
         "alloc p - propcell\nalloc b 1000 array\n",
         DECISION_OLD_MAXIMUM, 5096, 4096},
        {"set era node20\nset max-old-space-size 4k\nset initial-old-space-size 4k\nalloc a 8 code\nalloc m - map\n"
         "alloc b 2200 code\n",
         DECISION_CAPACITY_MAXIMUM, 4120, 4096},
        /* new space may not grow: 4k committed, 4k + 3 x 2k at most */
        {"set era node20\nset max-old-space-size 4k\nset max-semi-space-size 2k\nalloc a 8000 array\n",
         DECISION_COMMITTED_MAXIMUM, 12096, 10240},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct run run;
        play(&run, cases[i].trace);
        const struct decision_record *why = &nth(&run, 0)->why;
        ck_assert_msg(why->rule == cases[i].rule && why->left == cases[i].left && why->right == cases[i].right,
                      "%zu: rule %u of %" PRIu64 " and %" PRIu64, i, why->rule, why->left, why->right);
        run_close(&run);
    }
}
END_TEST

/* ---- out of memory ---- */

static const struct {
    const char *era, *trace, *collections, *words;
} deaths[] = {
    {"book", "alloc a 1M code\n",
     "mark-sweep GC in old space requested; mark-sweep GC in old space requested; mark-compact last resort",
     "FATAL ERROR: CALL_AND_RETRY_2 Allocation failed - process out of memory"},
    {"node6", "alloc a 1M\n",
     "mark-sweep GC in old space requested; mark-sweep GC in old space requested; mark-sweep last resort; "
     "mark-sweep last resort",
     "FATAL ERROR: CALL_AND_RETRY_LAST Allocation failed - JavaScript heap out of memory"},
    {"node20", "alloc a 1M\n",
     "mark-sweep GC in old space requested; mark-sweep GC in old space requested; mark-compact last resort",
     "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory"},
    {"node20", "alloc a 1M code\n",
     "mark-sweep GC in old space requested; mark-sweep GC in old space requested; mark-compact last resort",
     "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory"},
};
enum { DEATHS = sizeof deaths / sizeof *deaths };

START_TEST(out_of_memory)
{
    struct run run;
    play_era(&run, deaths[_i].era, deaths[_i].trace);
    ck_assert(run.current->heap.out_of_memory);
    check_collections(&run, deaths[_i].collections);
    char *words = report_oom_words(&run.current->heap);
    ck_assert_msg(strstr(words, deaths[_i].words) != NULL, "%s", words);
    free(words);
    run_close(&run);
}
END_TEST

/* After the last resort a page past the limit, but not past the maximum, is given. */
START_TEST(last_resort_helps)
{
    struct run run;
    play(&run, "set initial-old-space-size 1k\nset limit-min-step 8\nset max-semi-space-size 2k\n"
               "alloc a 20000 code\n");
    ck_assert(!run.current->heap.out_of_memory);
    check_collections(&run, "mark-sweep GC in old space requested; mark-sweep GC in old space requested; "
                            "mark-compact last resort");
    run_close(&run);
}
END_TEST

/*
 * node20: capacity counts usable bytes and those of large objects, not what is committed for them: four pages of 960,
 * to the byte.
 */
START_TEST(the_maximum_can_be_reached)
{
    static const struct {
        const char *trace;
        bool dies;
    } cases[] = {
        {"set max-old-space-size 3840\nset initial-old-space-size 3840\nrepeat 16 as i\nalloc a$i 240 code\nend\n",
         false},
        {"set max-old-space-size 3840\nset initial-old-space-size 3840\nrepeat 17 as i\nalloc a$i 240 code\nend\nexpect oom\n",
         true},
        {"set max-old-space-size 3832\nset initial-old-space-size 3832\nrepeat 13 as i\nalloc a$i 240 code\nend\nexpect oom\n",
         true},
        /* full size: two regions of 200704 for 200008 each */
        {"set profile node20\nset max-old-space-size 400016\nset initial-old-space-size 400016\nalloc a 200008 code\n"
         "alloc b 200008 code\n",
         false},
        {"set profile node20\nset max-old-space-size 400008\nset initial-old-space-size 400008\nalloc a 200008 code\n"
         "alloc b 200008 code\nexpect oom\n",
         true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct run run;
        play_era(&run, "node20", cases[i].trace);
        ck_assert_msg(run.current->heap.out_of_memory == cases[i].dies, "%zu: %s", i, cases[i].trace);
        run_close(&run);
    }
}
END_TEST

/* node20: a major that leaves the old generation above its maximum ends the run at once. */
START_TEST(heap_limit)
{
    struct run run;
    play_era(&run, "node20",
             "set max-old-space-size 4k\nset initial-old-space-size 4k\nset max-semi-space-size 8k\n"
             "repeat 8 as i\nalloc a$i 240\nend\ngc minor\nrepeat 7 as i\nalloc b$i 240\nend\ngc minor\n"
             "repeat 7 as i\nalloc c$i 240\nend\ngc minor\nalloc d 240\ngc\nalloc e 16\n");
    ck_assert(run.current->heap.out_of_memory);
    ck_assert_uint_gt(policy_old_capacity(&run.current->heap), 4096);
    ck_assert_uint_eq(run.current->heap.counters.mark_sweeps, 1);
    char *words = report_oom_words(&run.current->heap);
    ck_assert_msg(strstr(words, "Reached heap limit") != NULL, "%s", words);
    free(words);
    run_close(&run);
}
END_TEST

/* The end is told once, whoever asked for the collection: the words of an allocation, or those of a collection. */
START_TEST(the_end_is_told_once)
{
    static const char full[] = "set era node20\nset initial-old-space-size 64k\nalloc a 54000 code\n";
    static const struct {
        const char *trace;
        uint64_t allocation, collection;
    } ends[] = {
        {"gc\ngc\ngc\ngc\nuse a\n", 0, 1},
        {"gc\ngc\ngc\nalloc b 30000 code\n", 0, 1}, /* the fourth is asked for by the allocation */
        {"alloc b 1M code\n", 1, 0},
    };
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        struct ear ear;
        struct run run;
        char *text = format("%s%s", full, ends[i].trace);
        play_heard(&run, &ear, HAPPENING_OOM, text);
        ck_assert(run.current->heap.out_of_memory);
        ck_assert_uint_eq(ear.count, ends[i].allocation);
        run_close(&run);
        play_heard(&run, &ear, HAPPENING_OOM_COLLECTION, text);
        ck_assert_uint_eq(ear.count, ends[i].collection);
        if (ear.count == 1) {
            ck_assert_uint_eq(ear.last.value[0], policy_old_capacity(&run.current->heap));
            ck_assert_uint_eq(ear.last.value[1], 65536);
        }
        run_close(&run);
        free(text);
    }
}
END_TEST

/* node20: four majors in a row that leave the heap 80 % full, and the program no time. */
START_TEST(ineffective_majors)
{
    static const char trace[] = "set initial-old-space-size 64k\nalloc a 54000 code\n%sgc\n%sgc\n%sgc\n%sgc\nuse a\n";
    struct run run;
    struct ear ear;
    char *text = format(trace, "", "", "", ""), *whole = format("set era node20\n%s", text);
    play_heard(&run, &ear, HAPPENING_OOM_COLLECTION, whole);
    free(text);
    free(whole);
    ck_assert(run.current->heap.out_of_memory);
    ck_assert_uint_eq(ear.count, 1);
    ck_assert_uint_eq(ear.last.value[2], true); /* it was that, and not its size */
    ck_assert_uint_lt(ear.last.value[0], ear.last.value[1]);
    char *words = report_oom_words(&run.current->heap);
    ck_assert_msg(strstr(words, "Ineffective mark-compacts near heap limit") != NULL, "%s", words);
    free(words);
    run_close(&run);
    static const char *const works[] = {"work 10ms\n", "work 2000000000s\n"};
    for (size_t i = 0; i < 2; i++) {
        text = format(trace, "", "", works[i], ""); /* the third leaves it time */
        play_era(&run, "node20", text);
        free(text);
        ck_assert_msg(!run.current->heap.out_of_memory, "%s", works[i]);
        run_close(&run);
    }
    play_era(&run, "node6", "set initial-old-space-size 64k\nalloc a 54000 code\nrepeat 9\ngc\nend\n");
    ck_assert(!run.current->heap.out_of_memory);
    run_close(&run);
    play_era(&run, "node20", "set initial-old-space-size 64k\nalloc a 52000 code\nrepeat 9\ngc\nend\n"); /* 79 % */
    ck_assert(!run.current->heap.out_of_memory);
    run_close(&run);
}
END_TEST

/* ---- time ---- */

START_TEST(simulated_time)
{
    struct run run;
    /* an event costs 200 ns in a classroom, a byte 125 ps */
    play(&run, "alloc a 16\nalloc b 24\nwork 1us\n");
    ck_assert_uint_eq(heap_now(&run.current->heap), 3 * 200 + 5 + 1000);
    run_close(&run);
    /* a scavenge: 100 us / 1000, 3 ns a byte copied, 10 ns a root or record */
    play(&run, "alloc a 16\nalloc b 24\nalloc c 16 code\nref c.a a\ngc minor\n");
    ck_assert_uint_eq(nth(&run, 0)->start_ns, 5 * 200 + 7);
    ck_assert_uint_eq(nth(&run, 0)->pause_ns, 100 + 3 * 40 + 10 * 4);
    run_close(&run);
    play(&run, "set profile node6\nalloc a 16\ngc minor\n");
    ck_assert_uint_eq(nth(&run, 0)->start_ns, 2 * 20 + 2);
    ck_assert_uint_eq(nth(&run, 0)->pause_ns, 100000 + 3 * 16 + 10);
    run_close(&run);
    /* idle: the larger of its duration and what the collector used */
    play_era(&run, "node20", "repeat 7 as i\nalloc a$i 240\nend\nidle 1ms\n");
    ck_assert_uint_eq(heap_now(&run.current->heap), 8 * 200 + 7 * 30 + 1000000);
    run_close(&run);
}
END_TEST

/* More picoseconds than 64 bits hold: 20 objects of 1 TiB at 1 us a byte; and more nanoseconds than a clock counts. */
START_TEST(simulated_time_is_wide)
{
    static const char trace[] = "set era node6\nset cost-event 0\nset cost-alloc-byte 1us\nset cost-mark-byte 1us\n"
                                "set max-old-space-size 16384G\nset initial-old-space-size 16384G\n"
                                "repeat %u\nalloc a 1024G code\nrelease a\nend\n";
    struct run run;
    char *text = format(trace, 20);
    play(&run, text);
    free(text);
    ck_assert_uint_eq(heap_mutator_ns(&run.current->heap), (UINT64_C(20) << 40) * 1000);
    run_close(&run);
    text = format(trace, 5000);
    play(&run, text);
    free(text);
    ck_assert_uint_eq(heap_mutator_ns(&run.current->heap), UINT64_C(1) << 62);
    run_close(&run);
    /* a pause that marks 16 objects of nearly 1 TiB, and promotes the last, at 1 us a byte for each */
    play(&run, "set era node20\nset cost-mark-byte 1us\nset cost-copy-byte 1us\nset cost-root 0\nset cost-major 0\n"
               "set max-old-space-size 16384G\nset initial-old-space-size 16384G\n"
               "repeat 16 as i\nalloc a$i 1023G\nend\ngc\n");
    const struct collection *c = nth(&run, run.current->heap.collections.len - 1);
    ck_assert_uint_eq(c->pause_ns, (c->marked_bytes + c->promoted_bytes) * 1000);
    run_close(&run);
}
END_TEST

Suite *suite_gc(void)
{
    Suite *suite = suite_create("gc");
    TCase *tc = tcase_create("scavenge");
    const TTest *const scavenges[] = {age_mark,
                                      threshold_is_exact,
                                      age_counts_before_threshold,
                                      fillers_in_to_space,
                                      fillers_of_copy_buffers,
                                      order_of_copies,
                                      promotion_queue,
                                      buffers_continue,
                                      buffers_and_larger_objects,
                                      buffers_that_stay,
                                      growth,
                                      growth_is_exact,
                                      growth_is_clipped,
                                      new_large,
                                      new_large_scavenges_first,
                                      nepotism,
                                      records_are_dropped,
                                      young_keys};
    for (size_t i = 0; i < sizeof scavenges / sizeof *scavenges; i++)
        tcase_add_test(tc, scavenges[i]);
    suite_add_tcase(suite, tc);
    tc = tcase_create("major");
    tcase_set_timeout(tc, 60);
    const TTest *const majors[] = {weak_slots,          ephemeron_chain,      ephemeron_maps,
                                   finalizers_in_order, survivors_of_a_major, sweeping,
                                   empty_pages,         compaction,           aborted_compaction};
    for (size_t i = 0; i < sizeof majors / sizeof *majors; i++)
        tcase_add_test(tc, majors[i]);
    tcase_add_loop_test(tc, activities, 0, 2);
    suite_add_tcase(suite, tc);
    tc = tcase_create("policy");
    tcase_add_loop_test(tc, limits_after_a_major, 0, LIMITS);
    tcase_add_loop_test(tc, choices_and_reasons, 0, CHOICES);
    tcase_add_loop_test(tc, out_of_memory, 0, DEATHS);
    const TTest *const policies[] = {reducing_majors,
                                     reducing_majors_shrink_new_space,
                                     growing_factor,
                                     growing_factor_of_a_slow_collector,
                                     growing_factor_counts_slices,
                                     initial_limits,
                                     limits_before_a_major,
                                     old_generations_exhausted,
                                     last_resort_helps,
                                     the_maximum_can_be_reached,
                                     heap_limit,
                                     the_end_is_told_once,
                                     every_choice_is_told,
                                     what_refuses_is_told,
                                     ineffective_majors,
                                     decisions_tell_their_operands,
                                     simulated_time,
                                     simulated_time_is_wide};
    for (size_t i = 0; i < sizeof policies / sizeof *policies; i++)
        tcase_add_test(tc, policies[i]);
    suite_add_tcase(suite, tc);
    return suite;
}
