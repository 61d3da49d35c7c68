/*
 * experiment.h - one trace run under many configurations, on all cores. Each run is what "heapreel run" would do.
 */
#ifndef HEAPREEL_CLI_EXPERIMENT_H
#define HEAPREEL_CLI_EXPERIMENT_H

#include "cli/progress.h"
#include "cli/trace_copy.h"
#include "cli/variant.h"
#include "report/metrics.h"

enum cell_state {
    CELL_WAITS,
    CELL_RUN,     /* outcome and score are known */
    CELL_REFUSED, /* its configuration contradicts itself: error says how */
    CELL_FAILED   /* the trace is wrong under it, or the host failed: error */
};

/* A configuration, and what the trace came to under it. */
struct cell {
    struct variant *variants; /* borrowed */
    size_t variant_count;
    enum cell_state state;
    enum outcome outcome;
    enum profile profile; /* as resolved */
    enum era era;
    struct metrics metrics;
    struct error error;
    char *title; /* of the trace; owned, or NULL */
    char *json;  /* the report as text; owned, NULL once it was handed on, or if it was not asked for */
    size_t json_len;
};

struct cells {
    VEC(struct cell) list;
    struct settings settings; /* of all of them; the choices of each win */
    uint64_t max_collections; /* 0: as run has it */
    uint64_t jobs;            /* threads, 0: one for each core */
    bool reports;             /* make the JSON */
};

/*
 * Runs them all. told(self, cell) is called for each, in their order, by the calling thread, as soon as it and those
 * before it are done; -1 stops the rest. 0; -1 if a cell has failed (the first of them in their order is the last one
 * told), if told said so, or after filling error. progress, which has begun, is shown meanwhile.
 */
int cells_run(struct cells *cells, const struct trace_copy *trace, int (*told)(void *self, struct cell *cell),
              void *self, struct progress *progress, struct error *error);
void cells_free(struct cells *cells);

#endif
