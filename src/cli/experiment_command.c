/* experiment_command.c - the options, output files and errors of "compare" and "sweep". */
#include "cli/experiment_command.h"

#include "cli/experiment_files.h"
#include "cli/message.h"
#include "cli/traces.h"

#include <stdlib.h>
#include <string.h>

#define JOBS_MOST 1024

static const char *const output_names[COMPARISON_OUTPUTS] = {[COMPARISON_JSON] = "json", [COMPARISON_CSV] = "csv"};

static const char *name_of(const struct comparison *c)
{
    return commands[c->command].name;
}

int comparison_take(struct comparison *c, enum comparison_option option, const char *value, struct error *error)
{
    switch (option) {
    case COMPARISON_JOBS:
        if (option_number("jobs", value, &c->cells.jobs, error) != 0)
            return -1;
        return c->cells.jobs > JOBS_MOST ? error_set(error, ERROR_USAGE, 0, 0, "--jobs is at most %d", JOBS_MOST) : 0;
    case COMPARISON_MAX_COLLECTIONS: return option_number("max-collections", value, &c->cells.max_collections, error);
    default: c->paths[option] = value; return 0;
    }
}

/* ---- outputs ---- */

/* Opens the output files. Returns the exit status. */
static int open_outputs(struct comparison *c)
{
    const char *json = c->paths[COMPARISON_JSON], *csv = c->paths[COMPARISON_CSV];
    struct error error = {0};
    if (json != NULL && csv != NULL && output_same(json, csv))
        return complain_usage(name_of(c), "--json and --csv would write the same file, %s", csv);
    for (int i = 0; i < COMPARISON_OUTPUTS; i++)
        if (c->paths[i] != NULL && output_same(c->path, c->paths[i]))
            return complain_usage(name_of(c), "--%s would replace the trace, %s", output_names[i], c->path);
    for (int i = 0; i < COMPARISON_OUTPUTS; i++)
        if (c->paths[i] != NULL && output_open(&c->outputs[i], c->paths[i], &error) != 0)
            return complain_error(name_of(c), NULL, &error);
    if (c->outputs[COMPARISON_JSON].standard && c->outputs[COMPARISON_CSV].standard)
        return complain_usage(name_of(c), "--json and --csv cannot both go to standard output");
    return STATUS_OK;
}

/* Moves the output files to their places. Returns the exit status. */
static int commit_outputs(struct comparison *c)
{
    struct error error = {0};
    for (int i = 0; i < COMPARISON_OUTPUTS; i++)
        if (output_commit(&c->outputs[i], &error) != 0)
            return complain_error(name_of(c), NULL, &error);
    return STATUS_OK;
}

/* ---- cells ---- */

/* Reports why a cell failed, and under which configuration (not for a missing file, which all have in common). */
static int tell_failure(const struct comparison *c, struct cell *cell)
{
    struct error error = {0};
    char *label = cell_label(cell);
    enum error_kind kind = cell->error.kind;
    if (cell->variant_count > 0 && label != NULL && (kind == ERROR_INPUT || kind == ERROR_USAGE)) {
        error_set(&error, kind, cell->error.line, cell->error.column, "%s (with %s)", error_text(&cell->error), label);
        complain_error(name_of(c), c->path, &error);
    } else {
        complain_error(name_of(c), c->path, &cell->error);
    }
    free(label);
    return -1;
}

/* A cell is done: writes it to the files. */
static int tell_cell(void *self, struct cell *cell)
{
    struct comparison *c = self;
    FILE *json = c->outputs[COMPARISON_JSON].file, *csv = c->outputs[COMPARISON_CSV].file;
    if (cell->state == CELL_FAILED || (cell->state == CELL_REFUSED && !c->refusals))
        return tell_failure(c, cell);
    if (json != NULL) {
        json_cell(json, cell, c->told == 0);
        free(cell->json);
        cell->json = NULL;
    }
    if (csv != NULL)
        csv_cell(csv, cell, c->keys != NULL);
    c->told++;
    /* A write has failed, so the rest is useless; commit_outputs reports the reason. */
    return (json != NULL && ferror(json)) || (csv != NULL && ferror(csv)) ? -1 : 0;
}

/* Were all configurations refused? */
static bool all_refused(const struct comparison *c)
{
    for (size_t i = 0; i < c->cells.list.len; i++)
        if (c->cells.list.data[i].state != CELL_REFUSED)
            return false;
    return true;
}

/* Runs the cells and writes the files. Returns the exit status. */
static int run_cells(struct comparison *c)
{
    struct trace_copy trace;
    struct error error = {0};
    FILE *json = c->outputs[COMPARISON_JSON].file, *csv = c->outputs[COMPARISON_CSV].file;
    struct progress progress;
    progress_begin(&progress);
    if (trace_copy_open(&trace, c->path, &error) != 0)
        return complain_error(name_of(c), c->path, &error);
    if (json != NULL)
        json_begin(json, c->path);
    if (csv != NULL)
        csv_begin(csv, c->keys, c->key_count);
    c->cells.reports = json != NULL;
    int failed = cells_run(&c->cells, &trace, tell_cell, c, &progress, &error);
    trace_copy_close(&trace);
    if (error.kind != ERROR_NONE)
        return complain_error(name_of(c), NULL, &error);
    if (failed && ((json != NULL && ferror(json)) || (csv != NULL && ferror(csv))))
        return commit_outputs(c);
    if (!failed && all_refused(c))
        return tell_failure(c, &c->cells.list.data[0]), STATUS_ERROR;
    if (json != NULL && !failed)
        json_end(json);
    return failed ? STATUS_ERROR : STATUS_OK;
}

/* Writes the table to standard output. Returns the exit status. */
static int write_table(struct comparison *c, int (*write)(const struct comparison *c, FILE *file))
{
    struct output out = {0};
    struct error error = {0};
    if (output_open(&out, "-", &error) != 0)
        return complain_error(name_of(c), NULL, &error);
    if (write(c, out.file) != 0 && !ferror(out.file)) {
        complain("out of memory");
        output_discard(&out);
        return STATUS_ERROR;
    }
    return output_commit(&out, &error) != 0 ? complain_error(name_of(c), NULL, &error) : STATUS_OK;
}

int comparison_run(struct comparison *c, int (*write)(const struct comparison *c, FILE *file))
{
    struct error error = {0};
    c->path = trace_resolve(c->argument, &error);
    if (c->path == NULL)
        return complain_error(name_of(c), NULL, &error);
    int status = open_outputs(c);
    if (status == STATUS_OK)
        status = run_cells(c);
    bool quiet = c->outputs[COMPARISON_JSON].standard || c->outputs[COMPARISON_CSV].standard;
    if (status == STATUS_OK)
        status = commit_outputs(c);
    if (status == STATUS_OK && !quiet)
        status = write_table(c, write);
    for (int i = 0; i < COMPARISON_OUTPUTS; i++)
        output_discard(&c->outputs[i]);
    return status;
}

void comparison_free(struct comparison *c)
{
    cells_free(&c->cells);
    free(c->path);
}
