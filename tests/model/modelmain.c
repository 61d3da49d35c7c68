/*
 * modelmain.c - the reference model at the command line.
 *
 *   modelmain TRACE                exact figures of a trace, as JSON
 *   modelmain --heap TRACE         its final heap, one JSON object a line
 *   modelmain --strict TRACE       does any event name what is unreachable?
 *   modelmain --compare TRACE JSON HEAP   compare with figures of elsewhere
 *                                  (HEAP need not mark weak slots)
 *   modelmain --random SEED        a random trace
 *   modelmain --sweep FROM COUNT   generate and check COUNT traces; with
 *                                  MODEL_COVERAGE, which branches they took
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "model-text.h"
#include "model.h"
#include "randtrace.h"

static int complain(const char *what, const char *why)
{
    fprintf(stderr, "modelmain: %s: %s\n", what, why);
    return 2;
}

/* All of a stream, into `t`; false if it cannot be read. */
static bool read_stream(FILE *in, text *t)
{
    char block[4096];
    size_t got;
    txt_add(t, "", 0);
    while ((got = fread(block, 1, sizeof block, in)) > 0)
        txt_add(t, block, got);
    return ferror(in) == 0;
}

static bool read_file(const char *path, text *t)
{
    FILE *in = fopen(path, "rb");
    bool ok = in != NULL && read_stream(in, t);
    if (in != NULL)
        fclose(in);
    if (!ok)
        complain(path, "cannot be read");
    return ok;
}

typedef enum mode { SHOW_JSON, SHOW_HEAP, STRICT } mode;

static int run_file(const char *path, mode how)
{
    text trace = {0};
    char *error = NULL;
    int status = 2;
    if (read_file(path, &trace)) {
        status = how == STRICT ? model_check(trace.data, trace.len, &error)
                               : model_run(trace.data, trace.len, how == SHOW_JSON ? stdout : NULL,
                                           how == SHOW_HEAP ? stdout : NULL, &error);
        if (status != 0)
            complain(path, error);
    }
    free(error);
    txt_free(&trace);
    return status;
}

/* Compare the model's figures of a trace with those in two other files. */
static int compare_files(const char *trace_path, const char *json_path, const char *heap_path)
{
    text trace = {0}, heap_text = {0}, heap_mine = {0}, json_mine = {0};
    char *error = NULL;
    int differences = 1;
    FILE *json = tmpfile();
    FILE *heap = tmpfile();
    json_error_t where;
    json_t *expected = json_load_file(json_path, 0, &where);
    json_t *actual = NULL;
    if (expected == NULL) {
        complain(json_path, where.text);
    } else if (json == NULL || heap == NULL) {
        complain("temporary file", "cannot be made");
    } else if (read_file(trace_path, &trace) && read_file(heap_path, &heap_text)) {
        if (model_run(trace.data, trace.len, json, heap, &error) != 0) {
            complain(trace_path, error);
        } else {
            rewind(json);
            rewind(heap);
            read_stream(json, &json_mine);
            read_stream(heap, &heap_mine);
            actual = json_loads(json_mine.data, 0, &where);
            differences = compare_report(expected, actual, stdout) +
                          compare_heap_unmarked(heap_text.data, heap_mine.data, stdout);
        }
    }
    json_decref(expected);
    json_decref(actual);
    if (json != NULL)
        fclose(json);
    if (heap != NULL)
        fclose(heap);
    free(error);
    txt_free(&trace);
    txt_free(&heap_text);
    txt_free(&heap_mine);
    txt_free(&json_mine);
    return differences != 0;
}

static int print_random(uint64_t seed)
{
    size_t len;
    char *trace = randtrace(seed, &len);
    fwrite(trace, 1, len, stdout);
    free(trace);
    return 0;
}

static int sweep(uint64_t from, uint64_t count)
{
    int status = 0;
    for (uint64_t seed = from; seed - from < count; seed++) {
        size_t len;
        char *error = NULL;
        char *trace = randtrace(seed, &len);
        if (model_run(trace, len, NULL, NULL, &error) != 0 || model_check(trace, len, &error) != 0) {
            fprintf(stderr, "modelmain: seed %" PRIu64 ": %s\n", seed, error);
            status = 1;
        }
        free(error);
        free(trace);
    }
    if (model_coverage(stdout) != 0)
        status = 1;
    return status;
}

int main(int argc, char **argv)
{
    if (argc == 2 && argv[1][0] != '-')
        return run_file(argv[1], SHOW_JSON);
    if (argc == 3 && strcmp(argv[1], "--heap") == 0)
        return run_file(argv[2], SHOW_HEAP);
    if (argc == 3 && strcmp(argv[1], "--strict") == 0)
        return run_file(argv[2], STRICT);
    if (argc == 5 && strcmp(argv[1], "--compare") == 0)
        return compare_files(argv[2], argv[3], argv[4]);
    if (argc == 3 && strcmp(argv[1], "--random") == 0)
        return print_random(strtoull(argv[2], NULL, 10));
    if (argc == 4 && strcmp(argv[1], "--sweep") == 0)
        return sweep(strtoull(argv[2], NULL, 10), strtoull(argv[3], NULL, 10));
    fputs("usage: modelmain TRACE | --heap TRACE | --strict TRACE\n"
          "       modelmain --compare TRACE JSON HEAP\n"
          "       modelmain --random SEED | --sweep FROM COUNT\n",
          stderr);
    return 2;
}
