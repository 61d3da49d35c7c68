/* experiment.h - one trace run under many configurations, on all cores. Each run is what "heapreel run" would do. */
#ifndef HEAPREEL_CLI_EXPERIMENT_H
#define HEAPREEL_CLI_EXPERIMENT_H

#include "cli/progress.h"
#include "cli/trace_copy.h"
#include "cli/variant.h"
#include "report/metrics.h"

enum cell_state {
    CELL_WAITS,
    CELL_RUN,     /* outcome and score are valid */
    CELL_REFUSED, /* its configuration contradicts itself; error has the reason */
    CELL_FAILED   /* the trace has an error under it, or the host failed; see error */
};

/* A configuration, and the result of the trace under it. */
struct cell {
    struct variant *variants; /* borrowed */
    size_t variant_count;
    enum cell_state state;
    enum outcome outcome;
    enum profile profile; /* after resolving */
    enum era era;
    struct metrics metrics;
    struct error error;
    char *title; /* of the trace; owned, or NULL */
    char *json;  /* the report as text; owned; NULL if it was handed on or not asked for */
    size_t json_len;
};

struct cells {
    VEC(struct cell) list;
    struct settings settings; /* of all cells; the choices of each cell override them */
    uint64_t max_collections; /* 0: the default of run */
    uint64_t jobs;            /* threads; 0: one for each core */
    bool reports;             /* make the JSON reports */
};

/*
 * Runs all cells. Calls told(self, cell) for each, in order, from the calling thread, as soon as the cell and those
 * before it are done; if told returns -1, the rest is cancelled. 0; or -1 if a cell failed (the first one in order is
 * then the last one handed on), if told returned -1, or after filling error. progress, which has begun, is shown
 * meanwhile.
 */
int cells_run(struct cells *cells, const struct trace_copy *trace, int (*told)(void *self, struct cell *cell),
              void *self, struct progress *progress, struct error *error);
void cells_free(struct cells *cells);

#endif
