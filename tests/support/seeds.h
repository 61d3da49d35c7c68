/*
 * seeds.h - how much the tests try that could try anything: random traces, and loops over all of something.
 *
 * HEAPREEL_SEED is the first seed (0), HEAPREEL_SEEDS how many follow from it (100; 20 under a slow tool). What a
 * failure has named is run again with HEAPREEL_SEED=1234 HEAPREEL_SEEDS=1 build/release/unit SUITE.
 * HEAPREEL_LONG asks for all of everything, HEAPREEL_TEST_SLOW says that a tool makes the tests slow (valgrind, a
 * sanitizer). tests/run.sh sets all four.
 */
#ifndef HEAPREEL_TESTS_SEEDS_H
#define HEAPREEL_TESTS_SEEDS_H

#include "checks.h"
#include <stdbool.h>
#include <stdint.h>

bool seeds_long(void);
bool seeds_slow(void);
uint64_t seeds_first(void);
uint64_t seeds_count(void);

/*
 * Adds a test to be run for each block of 20 seeds, whose number is _i: a case of its own, with the tag "seeds" (by
 * which tests/run.sh divides these tests among processors).
 */
void seeds_case(Suite *suite, const TTest *test);

/* Calls check for every n-th seed of a block: for those that n divides, and for one that is asked for alone. */
void seeds_each(int block, unsigned n, void (*check)(uint64_t seed));

/*
 * Is the i-th of many cases to be tried? All are when HEAPREEL_LONG is set; otherwise every n-th (every 4n-th under a
 * slow tool), and others when the first seed is of another hundred.
 */
bool seeds_sample(uint64_t i, unsigned n);

#endif
