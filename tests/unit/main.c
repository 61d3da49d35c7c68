/*
 * main.c - runs the suites of the library.
 *
 * usage: unit [SUITE...]   (all suites without arguments)
 * CK_FORK=no runs without processes (for debuggers and sanitizers), CK_VERBOSITY says how much is printed,
 * UNIT_DIR is the folder tests/ if that is not in the current one.
 */
#include "checks.h"
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suites.h" /* made by the Makefile: SUITES(X) lists the test_NAME.c of this folder */

#define X(name) Suite *suite_##name(void);
SUITES(X)
#undef X

static const struct {
    const char *name;
    Suite *(*make)(void);
} suites[] = {
#define X(name) {#name, suite_##name},
    SUITES(X)
#undef X
};

enum { SUITE_COUNT = sizeof suites / sizeof suites[0] };

static bool wanted(int argc, char **argv, const char *name)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], name) == 0)
            return true;
    return argc < 2;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        bool known = false;
        for (int k = 0; k < SUITE_COUNT; k++)
            known |= strcmp(argv[i], suites[k].name) == 0;
        if (!known) {
            fprintf(stderr, "unit: unknown suite \"%s\"\n", argv[i]);
            return 2;
        }
    }
    SRunner *runner = srunner_create(NULL);
    for (int k = 0; k < SUITE_COUNT; k++)
        if (wanted(argc, argv, suites[k].name))
            srunner_add_suite(runner, suites[k].make());
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    printf("unit: %d tests, %d failed\n", srunner_ntests_run(runner), failed);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
