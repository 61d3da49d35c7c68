/* snapshot_trace.c - from a snapshot to a trace, in a file without a name. */
#include "cli/snapshot_trace.h"

#include "base/tempfile.h"
#include "formats/format.h"
#include "formats/snapshot_import.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int snapshot_write_trace(const char *path, bool slots, FILE *out, struct error *error)
{
    struct snapshot snapshot;
    struct living living = {.counts = NULL};
    struct snapshot_import options = {.slots = slots, .path = path};
    int failed = snapshot_open(&snapshot, path, getenv("TMPDIR"), error);
    if (!failed && (living_make(&living, &snapshot) != 0 || living_walk(&living, &snapshot) != 0))
        failed = error_memory(error);
    failed = failed ? failed : snapshot_import(&snapshot, &living, &options, out, error);
    living_free(&living);
    snapshot_close(&snapshot);
    return failed;
}

bool snapshot_looks_like(const char *path)
{
    char text[4096];
    struct stat status;
    if (stat(path, &status) != 0 || !S_ISREG(status.st_mode)) /* what a pipe gives can only be read once */
        return false;
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return false;
    size_t len = fread(text, 1, sizeof text, file);
    fclose(file);
    return format_is_snapshot(text, len);
}

char *snapshot_trace_path(const char *path, struct error *error)
{
    struct error own = {0};
    char *name = malloc(32);
    int fd = name == NULL ? -1 : tempfile_open(getenv("TMPDIR"), error);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
    if (file == NULL) {
        if (fd >= 0)
            close(fd);
        free(name);
        error_memory(error);
        return NULL;
    }
    if (snapshot_write_trace(path, true, file, &own) != 0 || fflush(file) != 0) {
        error_set(error, own.kind == ERROR_INPUT ? ERROR_INPUT : ERROR_SYSTEM, 0, 0, "%s: %s", path,
                  own.kind == ERROR_NONE ? "cannot be made into a trace in a temporary file" : error_text(&own));
        error_clear(&own);
        fclose(file);
        free(name);
        return NULL;
    }
    snprintf(name, 32, "/dev/fd/%d", fd); /* the file stays open, since it has no other name */
    return name;
}
