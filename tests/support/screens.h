/*
 * screens.h - a dashboard without a terminal, for tests: what fails, fails the test.
 */
#ifndef HEAPREEL_TESTS_SCREENS_H
#define HEAPREEL_TESTS_SCREENS_H

#include "tui/dashboard.h"

#include "checks.h"

/* A short lesson: a note, a few scavenges, a question, a major collection. */
extern const char screens_lesson[];

/* The clock of dashboards that screens_open opens: a test sets it on. */
extern uint64_t screens_now;

/* Writes text to a new file and puts its path into path. */
void screens_file(char path[64], const char *text);

/* Opens a dashboard on a trace; dashboard_close is the caller's. */
void screens_open(struct dashboard *dashboard, const char *trace);

/* The same for the trace at path, which must last as long. */
void screens_open_file(struct dashboard *dashboard, const char *path);

/* The same with these options, and what they point to. */
void screens_open_with(struct dashboard *dashboard, const struct play_options *options);

/* The canvas as text, in a static buffer. */
const char *screens_text(const struct canvas *canvas);

/* Plays until the player has reached its goal. */
void screens_settle(struct player *player);

/* Adds a case of tests, ended by NULL, that run in a UTF-8 locale. */
void screens_case(Suite *suite, const char *name, const TTest *const *tests);

/* Likewise, the tests listed; the suite is in the variable suite. */
#define CASE(name, ...) screens_case(suite, name, (const TTest *const[]){__VA_ARGS__, NULL})

#endif
