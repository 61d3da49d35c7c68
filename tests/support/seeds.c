/* seeds.c - see seeds.h. */
#include "seeds.h"

#include <stdlib.h>

enum { BLOCK = 20, USUAL = 100 };

static uint64_t number_in(const char *variable, uint64_t otherwise)
{
    const char *text = getenv(variable);
    return text != NULL && *text != '\0' ? strtoull(text, NULL, 10) : otherwise;
}

bool seeds_long(void)
{
    return number_in("HEAPREEL_LONG", 0) != 0;
}

bool seeds_slow(void)
{
    return number_in("HEAPREEL_TEST_SLOW", 0) != 0;
}

uint64_t seeds_first(void)
{
    return number_in("HEAPREEL_SEED", 0);
}

uint64_t seeds_count(void)
{
    return number_in("HEAPREEL_SEEDS", seeds_slow() ? 20 : USUAL);
}

void seeds_case(Suite *suite, const TTest *test)
{
    TCase *tc = tcase_create(test->name);
    tcase_set_tags(tc, "seeds");
    tcase_set_timeout(tc, 120);
    tcase_add_loop_test(tc, test, 0, (int)((seeds_count() + BLOCK - 1) / BLOCK));
    suite_add_tcase(suite, tc);
}

void seeds_each(int block, unsigned n, void (*check)(uint64_t seed))
{
    uint64_t from = (uint64_t)block * BLOCK, left = seeds_count() - from, first = seeds_first() + from;
    for (uint64_t seed = first; seed < first + (left < BLOCK ? left : BLOCK); seed++)
        if (seed % n == 0 || seeds_count() == 1)
            check(seed);
}

bool seeds_sample(uint64_t i, unsigned n)
{
    if (seeds_slow())
        n *= 4;
    return seeds_long() || (i + seeds_first() / USUAL) % n == 0;
}
