/* trace_copy.c - copies a piped trace to an unnamed temporary file, and maps it. */
#include "cli/trace_copy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static int cannot(const char *what, struct error *error)
{
    return error_set(error, ERROR_SYSTEM, 0, 0, "%s: %s", what, strerror(errno));
}

/* Copies all of fd to file. */
static int copy_all(int fd, FILE *file, struct error *error)
{
    char block[65536];
    for (;;) {
        ssize_t n = read(fd, block, sizeof block);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return cannot("cannot read", error);
        if (n == 0)
            return fflush(file) != 0 ? cannot("cannot keep a copy", error) : 0;
        if (fwrite(block, 1, (size_t)n, file) != (size_t)n)
            return cannot("cannot keep a copy", error);
    }
}

/* An unnamed temporary file in $TMPDIR, or NULL after filling error. */
static FILE *open_temporary(struct error *error)
{
    static const char name[] = "/heapreel-XXXXXX";
    const char *directory = getenv("TMPDIR");
    directory = directory == NULL || *directory == '\0' ? "/tmp" : directory;
    size_t len = strlen(directory);
    char *path = malloc(len + sizeof name);
    if (path == NULL) {
        error_memory(error);
        return NULL;
    }
    memcpy(path, directory, len);
    memcpy(path + len, name, sizeof name);
    int fd = mkstemp(path), code = errno;
    if (fd >= 0) {
        unlink(path);
        fcntl(fd, F_SETFD, FD_CLOEXEC);
    }
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w+");
    if (file == NULL)
        error_set(error, ERROR_SYSTEM, 0, 0, "cannot make a temporary file in %s: %s", directory, strerror(code));
    free(path);
    return file;
}

/* Copies fd to a temporary file, and maps it. */
static int keep(struct trace_copy *trace_copy, int fd, struct error *error)
{
    FILE *file = open_temporary(error);
    if (file == NULL)
        return -1;
    struct stat status;
    int failed = copy_all(fd, file, error);
    if (!failed && fstat(fileno(file), &status) != 0)
        failed = cannot("cannot read", error);
    if (!failed && status.st_size > 0) {
        void *text = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fileno(file), 0);
        if (text == MAP_FAILED) {
            failed = cannot("cannot map a copy", error);
        } else {
            trace_copy->text = text;
            trace_copy->len = (size_t)status.st_size;
        }
    }
    trace_copy->kept = !failed;
    fclose(file);
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
