/* model.c - the reference model's front: one run from text to outputs. */
#include "model.h"

#include <inttypes.h>
#include <stdlib.h>

#include "model-cover.h"
#include "model-internal.h"

bool model_fail(model *m, const char *format, ...)
{
    if (m->error.len == 0) {
        txt_addf(&m->error, "line %" PRIu64 ": ", m->line);
        va_list args;
        va_start(args, format);
        txt_addv(&m->error, format, args);
        va_end(args);
    }
    return false;
}

/* What write(m, file) writes; the caller frees it. */
static char *written(void (*write)(const model *, FILE *), const model *m)
{
    char *bytes = NULL;
    size_t len = 0;
    FILE *file = open_memstream(&bytes, &len);
    if (file == NULL)
        abort();
    write(m, file);
    fclose(file);
    return bytes;
}

void md_watched(const model *m, size_t collections)
{
    const model_watch *w = m->watch;
    if (w == NULL || !w->wanted(w->self, m->event, m->collection_count > collections))
        return;
    model here = *m;
    here.lines = m->line; /* what a run that stops here has read */
    char *json = written(md_report_json, &here);
    char *heap = written(md_report_heap, &here);
    w->seen(w->self, m->event, json, heap);
    free(json);
    free(heap);
}

static int run(const char *bytes, size_t len, bool strict, const model_watch *watch, FILE *json, FILE *heap,
               char **error)
{
    model m = {.strict = strict, .watch = watch};
    bool ok = md_parse_and_run(&m, bytes, len);
    if (ok && json != NULL)
        md_report_json(&m, json);
    if (ok && heap != NULL)
        md_report_heap(&m, heap);
    md_free(&m);
    *error = m.error.data; /* NULL unless something failed */
    return ok ? 0 : 1;
}

int model_run(const char *bytes, size_t len, FILE *json, FILE *heap, char **error)
{
    return run(bytes, len, false, NULL, json, heap, error);
}

int model_run_watched(const char *bytes, size_t len, const model_watch *watch, char **error)
{
    return run(bytes, len, false, watch, NULL, NULL, error);
}

int model_check(const char *bytes, size_t len, char **error)
{
    return run(bytes, len, true, NULL, NULL, NULL, error);
}

#ifdef MODEL_COVERAGE
unsigned long model_cover_counts[COVER_COUNT];

int model_coverage(FILE *out)
{
    static const char *const names[COVER_COUNT] = {
#define X(name, what) #name ": " what,
        COVER_POINTS(X)
#undef X
    };
    int never = 0;
    for (int i = 0; i < COVER_COUNT; i++) {
        fprintf(out, "%10lu  %s\n", model_cover_counts[i], names[i]);
        never += model_cover_counts[i] == 0;
    }
    return never;
}
#else
int model_coverage(FILE *out)
{
    (void)out;
    return 0;
}
#endif
