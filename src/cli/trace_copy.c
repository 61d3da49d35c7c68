/* trace_copy.c - copies a piped trace to an unnamed temporary file, and maps it. */
#include "cli/trace_copy.h"

#include "base/tempfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static int cannot(const char *what, struct error *error)
{
    return error_set(error, ERROR_SYSTEM, 0, 0, "%s: %s", what, strerror(errno));
}

/* Copies all of fd to the temporary file. 0 and its size, or -1 after filling error. */
static int copy_all(int fd, int file, size_t *size, struct error *error)
{
    char block[65536];
    for (*size = 0;;) {
        ssize_t n = read(fd, block, sizeof block);
        if (n == 0)
            return 0;
        if (n < 0 && errno != EINTR)
            return cannot("cannot read", error);
        if (n > 0 && tempfile_write(file, *size, block, (size_t)n, error) != 0)
            return -1;
        *size += n > 0 ? (size_t)n : 0;
    }
}

/* Copies fd to a temporary file, and maps it. */
static int keep(struct trace_copy *trace_copy, int fd, struct error *error)
{
    int file = tempfile_open(getenv("TMPDIR"), error);
    if (file < 0)
        return -1;
    size_t size;
    int failed = copy_all(fd, file, &size, error);
    if (!failed && size > 0) {
        void *text = mmap(NULL, size, PROT_READ, MAP_PRIVATE, file, 0);
        if (text == MAP_FAILED) {
            failed = cannot("cannot map a copy", error);
        } else {
            trace_copy->text = text;
            trace_copy->len = size;
        }
    }
    trace_copy->kept = !failed;
    close(file);
    return failed;
}

int trace_copy_open(struct trace_copy *trace_copy, const char *path, struct error *error)
{
    struct stat status;
    bool standard = strcmp(path, "-") == 0;
    *trace_copy = (struct trace_copy){.path = path};
    if (!standard && (stat(path, &status) != 0 || S_ISREG(status.st_mode) || S_ISDIR(status.st_mode)))
        return 0; /* a run will report what is wrong with it */
    int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return cannot("cannot open", error);
    int failed = keep(trace_copy, fd, error);
    if (!standard)
        close(fd);
    return failed;
}

void trace_copy_close(struct trace_copy *trace_copy)
{
    if (trace_copy->text != NULL)
        munmap(trace_copy->text, trace_copy->len);
    *trace_copy = (struct trace_copy){0};
}

int trace_copy_run(const struct trace_copy *trace_copy, struct run *run, const struct run_options *options,
                   struct error *error)
{
    if (!trace_copy->kept)
        return run_open(run, trace_copy->path, options, error);
    return run_open_memory(run, trace_copy->path, trace_copy->text == NULL ? "" : trace_copy->text, trace_copy->len,
                           options, error);
}
