/*
 * gen.c - writes a benchmark trace: gen SHAPE EVENTS > FILE. The shapes are those of the table at the end, all of
 * profile node20. Deterministic: the same bytes on every machine.
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef LONGEST
#define LONGEST 50000u /* allocations that an object of the shape "numeric" lives at most */
#endif

#define COUNT(array) (sizeof(array) / sizeof *(array))

static uint64_t state = 1;

/* splitmix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, OOPSLA 2014) */
static uint64_t next_random(void)
{
    uint64_t z = state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

static uint32_t between(uint32_t low, uint32_t high)
{
    return low + (uint32_t)((next_random() >> 32) * (high - low + 1) >> 32);
}

/* ---- numeric, sites, words: nine of ten objects live up to 1 000 allocations, the rest 1 000 to 50 000 ---- */

#define RING (LONGEST * 2)

/* Who dies at an allocation: lists through the objects, in a ring of the allocations to come. */
static struct {
    uint32_t live[RING];  /* IDs */
    uint32_t place[RING]; /* of ID % RING in live */
    uint32_t next[RING];  /* of ID % RING: who dies with it */
    uint32_t dies[RING];  /* first ID that dies at allocation % RING, 0 = none */
    uint32_t count;
} lives;

static void be_born(uint32_t id)
{
    uint32_t life = between(0, 9) < 9 ? between(1, 1000) : between(1000, LONGEST);
    uint32_t *dies = &lives.dies[(id + life) % RING];
    lives.place[id % RING] = lives.count;
    lives.live[lives.count++] = id;
    lives.next[id % RING] = *dies;
    *dies = id;
}

static uint64_t bury(uint32_t now, const char *prefix)
{
    uint64_t events = 0;
    uint32_t id = lives.dies[now % RING];
    for (; id != 0; id = lives.next[id % RING], events++) {
        printf("release %s%" PRIu32 "\n", prefix, id);
        uint32_t last = lives.live[--lives.count];
        lives.live[lives.place[id % RING]] = last;
        lives.place[last % RING] = lives.place[id % RING];
    }
    lives.dies[now % RING] = 0;
    return events;
}

/* Allocations of 16 to 256 bytes; after each, two stores of the new object into random live objects. */
static void lifetimes(uint64_t wanted, const char *prefix, uint32_t sites)
{
    uint64_t events = 0;
    for (uint32_t id = 1; events < wanted; id++) {
        printf("alloc %s%" PRIu32 " %" PRIu32, prefix, id, between(16, 256));
        if (sites > 0)
            printf(" @site%" PRIu32, between(1, sites));
        putchar('\n');
        be_born(id);
        for (int store = 0; store < 2; store++) {
            uint32_t holder = lives.live[between(0, lives.count - 1)];
            printf("ref %s%" PRIu32 ".%" PRIu32 " %s%" PRIu32 "\n", prefix, holder, between(0, 3), prefix, id);
        }
        events += 3 + bury(id, prefix);
    }
}

static void numeric(uint64_t wanted)
{
    lifetimes(wanted, "", 0);
}

static void sites(uint64_t wanted)
{
    lifetimes(wanted, "", 200);
}

static void words(uint64_t wanted)
{
    lifetimes(wanted, "x", 0);
}

/* ---- the others ---- */

/* Objects that live in a slot of one of a thousand holders, until they are cleared by name. */
static void holders(uint64_t wanted)
{
    static uint32_t held[1000][8];
    for (uint32_t i = 0; i < COUNT(held); i++)
        printf("alloc %" PRIu32 " 64\n", i);
    uint32_t id = COUNT(held);
    for (uint64_t events = COUNT(held); events < wanted; events++) {
        uint32_t holder = between(0, COUNT(held) - 1), slot = between(0, COUNT(held[0]) - 1);
        uint32_t *held_id = &held[holder][slot];
        if (*held_id) {
            printf("unref %" PRIu32 " %" PRIu32 "\n", holder, *held_id);
            *held_id = 0;
        } else {
            *held_id = id++;
            printf("alloc %" PRIu32 " %" PRIu32 " in %" PRIu32 ".%" PRIu32 "\n", *held_id, between(16, 256), holder,
                   slot);
        }
    }
}

/* Calls: each makes a small tree with named slots; one of eight leaves it in a cache of 256 entries. */
static void scopes(uint64_t wanted)
{
    puts("alloc 0 2064");
    uint64_t events = 1;
    for (uint32_t id = 1; events < wanted; id += 3, events += 6) {
        uint32_t left = id + 1, right = id + 2;
        printf("enter\nalloc %" PRIu32 " %" PRIu32 "\n", id, between(16, 256));
        printf("alloc %" PRIu32 " %" PRIu32 " in %" PRIu32 ".left\n", left, between(16, 256), id);
        printf("alloc %" PRIu32 " %" PRIu32 " in %" PRIu32 ".right\n", right, between(16, 256), id);
        printf("ref %" PRIu32 ".next %" PRIu32 "\n", left, right);
        if (between(0, 7) == 0) {
            printf("ref 0.%" PRIu32 " %" PRIu32 "\n", between(0, 255), id);
            events++;
        }
        puts("leave");
    }
}

/* A hundred lists that grow at their ends, one object each time, and are read from their heads; a full one goes. */
static void lists(uint64_t wanted)
{
    static struct {
        uint32_t head, tail, length;
    } all[100];
    uint32_t id = 1;
    for (uint64_t events = 0; events < wanted; events++, id++) {
        uint32_t i = between(0, COUNT(all) - 1), size = between(16, 256);
        if (all[i].length == 0) {
            printf("alloc %" PRIu32 " %" PRIu32 "\n", id, size);
            all[i].head = id;
        } else {
            printf("alloc %" PRIu32 " %" PRIu32 " in %" PRIu32 ".next\n", id, size, all[i].tail);
            printf("use %" PRIu32 "\n", all[i].head);
            events++;
        }
        all[i].tail = id;
        if (++all[i].length == 200) {
            printf("release %" PRIu32 "\n", all[i].head);
            all[i].length = 0;
            events++;
        }
    }
}

/* Bound by the collectors: a thousand roots; an object more, a store between random ones of them without a slot name,
   and one root less, so that most of what lives is reached through others, and dies when V8 finds out. */
static void collectors(uint64_t wanted)
{
    static uint32_t roots[1001];
    uint32_t count = 0, id = 1;
    for (uint64_t events = 0; events < wanted; id++, events += 2) {
        printf("alloc %" PRIu32 " %" PRIu32 "\n", id, between(16, 256));
        roots[count++] = id;
        uint32_t from = roots[between(0, count - 1)], to = roots[between(0, count - 1)];
        printf("ref %" PRIu32 " %" PRIu32 "\n", from, to);
        if (count == COUNT(roots)) {
            uint32_t gone = between(0, count - 1);
            printf("release %" PRIu32 "\n", roots[gone]);
            roots[gone] = roots[--count];
            events++;
        }
    }
}

static const struct {
    const char *name;
    void (*write)(uint64_t wanted);
} SHAPES[] = {{"numeric", numeric}, {"sites", sites}, {"holders", holders},      {"scopes", scopes},
              {"lists", lists},     {"words", words}, {"collectors", collectors}};

int main(int argc, char **argv)
{
    for (size_t i = 0; argc == 3 && i < COUNT(SHAPES); i++)
        if (strcmp(argv[1], SHAPES[i].name) == 0) {
            puts("heapreel-trace 1\ntitle benchmark\nset profile node20");
            SHAPES[i].write(strtoull(argv[2], NULL, 10));
            return fflush(stdout) || ferror(stdout) ? 1 : 0;
        }
    fputs("usage: gen SHAPE EVENTS\n", stderr);
    return 2;
}
