/* fuzz_gclog.c - any bytes as a collector's log: it is refused, or a program can be made from it, which is a trace. */
#include "formats/gclog.h"
#include "run/run.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Small programs are run, too: what is written must be a trace. */
static void try_program(const struct gclog *log, const struct gclog_model *model)
{
    uint64_t bytes = model->base;
    for (size_t i = 0; i < log->list.len; i++)
        bytes += model->young.data[i] / 64 + model->old.data[i] / 64 + model->large.data[i] / 4096;
    if (bytes > 1 << 16)
        return;
    char *text = NULL;
    size_t len;
    FILE *out = open_memstream(&text, &len);
    struct run run;
    struct error error = {0};
    if (out == NULL || gclog_write(log, model, "a log", 65536, out))
        abort();
    fclose(out);
    if (run_open_memory(&run, "made", text, len, &(struct run_options){0}, &error) ||
        run_advance(&run, 0, &error) == RUN_FAILED)
        abort();
    run_close(&run);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct gclog log;
    struct gclog_model model;
    struct error error = {0};
    char *text = malloc(size + 1);
    if (text == NULL)
        abort();
    memcpy(text, data, size);
    text[size] = 0;
    if (gclog_read(&log, text, size, &error) == 0) {
        gclog_has_turns(&log);
        if (gclog_fit(&log, &model))
            abort();
        try_program(&log, &model);
        gclog_model_free(&model);
    } else if (error.kind == ERROR_NONE) {
        abort();
    }
    gclog_free(&log);
    error_clear(&error);
    free(text);
    return 0;
}
