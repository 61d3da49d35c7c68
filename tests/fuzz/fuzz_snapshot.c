/*
 * fuzz_snapshot.c - any bytes as a heap snapshot: it is refused, or all that is said of it can be said. A small valid
 * snapshot stands in the corpus.
 */
#include "snapshot/print.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char path[] = "/tmp/fuzz-snapshot-XXXXXX";
    struct analysis analysis;
    struct error error = {0};
    struct heap_options options = {.path = path, .top = 5};
    if (size >= 2 && data[0] >= 0x1F && data[1] >= 0x8B) /* may be packed: no processes here */
        return 0;
    int fd = mkstemp(path);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    close(fd);
    FILE *out = fopen("/dev/null", "w");
    if (out == NULL)
        abort();
    if (analysis_open(&analysis, path, NULL, &error) == 0) {
        struct changes changes;
        if (heap_print(&analysis, &options, out) || heap_print_duplicates(&analysis, &options, out) ||
            heap_write_json(&analysis, &options, out) ||
            heap_print_why(&analysis, analysis.snapshot.nodes - 1, &options, out) ||
            heap_print_class(&analysis, analysis.rows.data[0].class, &options, out) ||
            changes_make(&changes, &analysis, &analysis) || heap_print_changes(&changes, &options, out) ||
            changes.fresh.count != 0)
            abort();
        changes_free(&changes);
    } else if (error.kind == ERROR_NONE) {
        abort();
    }
    analysis_close(&analysis);
    error_clear(&error);
    fclose(out);
    unlink(path);
    return 0;
}
