/*
 * model.h - a naive reference model of the heap, for the tests.
 *
 * It is written from the rules of heapreel-model(7) alone, shares no code with
 * the program under test, and trades all speed for being easy to check by eye:
 * one list of objects, linear searches, no incremental anything. It computes
 * the figures that the page calls exact, for runs in which no limit is ever
 * reached, so that only `gc` lines, failing allocations in new space, a full
 * new-large space, young external bytes and a node20 `idle` collect.
 */
#ifndef MODEL_H
#define MODEL_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/*
 * Run the trace `text` of `len` bytes. The exact figures are written to `json`
 * as one JSON object, under the names of the program's report; the final heap
 * to `heap`, one JSON object a line, in the form of `run --heap`: new space in
 * place order, then the other spaces. Either stream may be NULL.
 * Returns 0, or non-zero if the trace is invalid or beyond the model (limits
 * that could be reached, incremental marking, workers, expectations): then
 * *error is a message that the caller frees, and nothing has been written.
 */
int model_run(const char *text, size_t len, FILE *json, FILE *heap, char **error);

/*
 * Someone who looks at the heap during a run. After each event `wanted` is
 * asked (collected: did the event cause a collection?), and if it says yes
 * `seen` is given the figures and the heap as they stand, in the form of
 * model_run's outputs (borrowed).
 */
typedef struct model_watch {
    void *self;
    int (*wanted)(void *self, uint64_t event, int collected);
    void (*seen)(void *self, uint64_t event, const char *json, const char *heap);
} model_watch;

/* As model_run, watched. */
int model_run_watched(const char *text, size_t len, const model_watch *watch, char **error);

/*
 * As model_run, without output, and refuses besides every event that names an
 * object which is unreachable at that moment, whether or not it has been
 * collected. Used to show that a generated trace is valid under any timing of
 * collections.
 */
int model_check(const char *text, size_t len, char **error);

/*
 * Write how often each branch of the model that is worth a test was taken
 * since the program began, a line each: count, name. Returns the number of
 * branches never taken. Without MODEL_COVERAGE at compile time nothing is
 * counted or written, and the answer is 0.
 */
int model_coverage(FILE *out);

#endif
