/*
 * gen.c - writes the benchmark trace: gen EVENTS > FILE.
 *
 * Allocations of 16 to 256 bytes; after each, two stores of the new object into random live objects; a
 * release when an object's life is over: nine of ten live up to 1 000 allocations, the
 * rest 1 000 to 50 000. Deterministic: the same bytes on every machine.
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef LONGEST
#define LONGEST 50000u /* allocations that an object lives at most */
#endif

/* Who dies at an allocation: lists through the objects, in a ring of the allocations to come. */
struct lives {
    uint32_t *live;  /* IDs */
    uint32_t *place; /* of ID % ring in live */
    uint32_t *next;  /* of ID % ring: who dies with it */
    uint32_t *dies;  /* first ID that dies at allocation % ring, 0 = none */
    uint32_t count;
};

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

#define RING (LONGEST * 2)

static void be_born(struct lives *l, uint32_t id)
{
    uint32_t life = between(0, 9) < 9 ? between(1, 1000) : between(1000, LONGEST);
    uint32_t *dies = &l->dies[(id + life) % RING];
    l->place[id % RING] = l->count;
    l->live[l->count++] = id;
    l->next[id % RING] = *dies;
    *dies = id;
}

static uint64_t bury(struct lives *l, uint32_t now)
{
    uint64_t events = 0;
    uint32_t id = l->dies[now % RING];
    for (; id != 0; id = l->next[id % RING], events++) {
        printf("release %" PRIu32 "\n", id);
        uint32_t last = l->live[--l->count];
        l->live[l->place[id % RING]] = last;
        l->place[last % RING] = l->place[id % RING];
    }
    l->dies[now % RING] = 0;
    return events;
}

int main(int argc, char **argv)
{
    uint64_t wanted = argc > 1 ? strtoull(argv[1], NULL, 10) : 10000000, events = 0;
    struct lives l = {.live = calloc(RING, sizeof(uint32_t)),
                      .place = calloc(RING, sizeof(uint32_t)),
                      .next = calloc(RING, sizeof(uint32_t)),
                      .dies = calloc(RING, sizeof(uint32_t))};
    if (!l.live || !l.place || !l.next || !l.dies)
        return 1;
    puts("heapreel-trace 1\ntitle benchmark\nset profile node20");
    for (uint32_t id = 1; events < wanted; id++) {
        printf("alloc %" PRIu32 " %" PRIu32 "\n", id, between(16, 256));
        be_born(&l, id);
        for (int store = 0; store < 2; store++)
            printf("ref %" PRIu32 ".%" PRIu32 " %" PRIu32 "\n", l.live[between(0, l.count - 1)], between(0, 3), id);
        events += 3 + bury(&l, id);
    }
    free(l.live);
    free(l.place);
    free(l.next);
    free(l.dies);
    return fflush(stdout) || ferror(stdout) ? 1 : 0;
}
