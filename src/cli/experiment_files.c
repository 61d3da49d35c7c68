/*
 * experiment_files.c - writes the JSON and CSV files of an experiment. Write errors are left to the owner of the files.
 */
#include "cli/experiment_files.h"

#include "base/writer.h"

#include <stdlib.h>
#include <string.h>

/* KEY=VALUE,... */
static void put_label(struct out *out, const struct cell *cell)
{
    for (size_t i = 0; i < cell->variant_count; i++) {
        out_words(out, i == 0 ? "" : ",");
        out_words(out, cell->variants[i].key);
        out_char(out, '=');
        out_words(out, cell->variants[i].value);
    }
    if (cell->variant_count == 0)
        out_words(out, "baseline");
}

char *cell_label(const struct cell *cell)
{
    struct out out;
    out_to_memory(&out);
    put_label(&out, cell);
    return out_take(&out);
}

/* ---- JSON ---- */

static void put_string(struct out *out, const char *text)
{
    out_json_string(out, text, strlen(text));
}

void json_begin(FILE *file, const char *path)
{
    struct out out;
    out_to_file(&out, file);
    out_words(&out, "{\n\"schema\": 1,\n\"heapreel\": ");
    put_string(&out, HEAPREEL_VERSION);
    out_words(&out, ",\n\"trace\": ");
    put_string(&out, path);
    out_words(&out, ",\n\"runs\": [\n");
    out_spill(&out);
}

void json_cell(FILE *file, const struct cell *cell, bool first)
{
    struct out out;
    out_to_file(&out, file);
    out_words(&out, first ? "{\"set\": {" : ",\n{\"set\": {");
    for (size_t i = 0; i < cell->variant_count; i++) {
        out_words(&out, i == 0 ? "" : ", ");
        put_string(&out, cell->variants[i].key);
        out_words(&out, ": ");
        put_string(&out, cell->variants[i].value);
    }
    if (cell->state == CELL_REFUSED) {
        out_words(&out, "}, \"refused\": ");
        put_string(&out, error_text(&cell->error));
        out_char(&out, '}');
    } else {
        out_words(&out, "}, \"report\":\n"); /* the report ends with a newline */
        out_text(&out, cell->json, cell->json_len);
        out_char(&out, '}');
    }
    out_spill(&out);
}

void json_end(FILE *file)
{
    fputs("\n]\n}\n", file);
}

/* ---- CSV (RFC 4180, except for its line ends) ---- */

void csv_begin(FILE *file, const char *const *keys, size_t count)
{
    struct out out;
    out_to_file(&out, file);
    for (size_t i = 0; keys != NULL && i < count; i++) {
        out_words(&out, keys[i]);
        out_char(&out, ',');
    }
    out_words(&out, keys == NULL ? "configuration,outcome" : "outcome");
    for (unsigned i = 0; i < METRIC_COUNT; i++) {
        out_char(&out, ',');
        out_words(&out, metric_rows[i].name);
    }
    out_char(&out, '\n');
    out_spill(&out);
}

void csv_cell(FILE *file, const struct cell *cell, bool columns)
{
    struct out out;
    out_to_file(&out, file);
    if (columns) {
        for (size_t i = 0; i < cell->variant_count; i++) {
            out_words(&out, cell->variants[i].value);
            out_char(&out, ',');
        }
    } else {
        out_char(&out, '"'); /* it contains commas, and no quotation marks */
        put_label(&out, cell);
        out_words(&out, "\",");
    }
    out_words(&out, cell->state == CELL_REFUSED ? "refused" : outcome_word(cell->outcome));
    for (unsigned i = 0; i < METRIC_COUNT; i++) {
        out_char(&out, ',');
        if (cell->state == CELL_REFUSED || !(cell->metrics.known & UINT64_C(1) << i))
            continue;
        if (metric_rows[i].unit == METRIC_RATIO)
            out_ratio(&out, cell->metrics.value[i]);
        else
            out_number(&out, cell->metrics.value[i]);
    }
    out_char(&out, '\n');
    out_spill(&out);
}
