/*
 * fuzz_run.c - any bytes as a trace through a whole run.
 *
 * The run is cut short after a few thousand lines, so that repeats do not take for ever. Every collection, and the end,
 * is verified; then the report, the heap and the summary are written to nowhere. One trace of two is travelled through.
 */
#include "journey.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { LINES_MOST = 3000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void broken(const char *what, const struct error *error)
{
    fprintf(stderr, "fuzz_run: %s: line %llu: %s\n", what, (unsigned long long)error->line, error_text(error));
    abort();
}

/* What is said about a run must be there, whatever the run has come to. */
static void write_all(const struct run *run)
{
    static FILE *nowhere;
    if (nowhere == NULL)
        nowhere = fopen("/dev/null", "w");
    struct error none = {0};
    if (nowhere != NULL &&
        (report_write_json(run, nowhere) || report_write_heaps(run, nowhere) || report_write_summary(run, nowhere))) {
        broken("it cannot be written", &none);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct run_options options = {
        .verify = true, .strict = size % 8 == 7, .max_collections = 50, .hooks = {.figure = report_figure}};
    struct error error = {0}, wrong = {0};
    struct run run;
    if (run_open_memory(&run, "fuzz.trace", (const char *)data, size, &options, &error))
        broken("it cannot be opened", &error);
    enum run_state state = run_advance(&run, LINES_MOST, &error);
    if (run.verify_error.kind != ERROR_NONE)
        broken("a collection", &run.verify_error);
    if (state == RUN_FAILED && run.current->ready && (error.kind != ERROR_INPUT || error.text == NULL))
        broken("an error of another kind", &error);
    bool ready = false;
    for (size_t i = 0; i < run_workers(&run); i++) {
        const struct worker *it = run_worker(&run, i);
        ready |= it->ready;
        if (it->ready && !it->heap.out_of_memory && heap_verify(&it->heap, &wrong))
            broken("the end", &wrong);
    }
    if (ready && state != RUN_FAILED)
        write_all(&run);
    run_close(&run);
    error_clear(&error);
    if (size % 2 == 0)
        journey((const char *)data, size);
    return 0;
}
