/* output.c - opens an output under a temporary name, and renames it when it is complete. */
#define _GNU_SOURCE /* fopencookie */
#include "base/output.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void outputs_remove(const struct outputs *all)
{
    for (struct output *o = all->unfinished; o != NULL; o = o->next)
        unlink(o->temporary);
}

/* ---- where a path leads ---- */

#define LINKS_MOST 40 /* Linux follows as many, one after the other */

/* The path of name as seen from the folder of path: new, or NULL without memory. */
static char *beside(const char *path, const char *name)
{
    const char *slash = *name == '/' ? NULL : strrchr(path, '/');
    size_t folder = slash == NULL ? 0 : (size_t)(slash - path) + 1, len = strlen(name) + 1;
    char *whole = malloc(folder + len);
    if (whole != NULL) {
        memcpy(whole, path, folder);
        memcpy(whole + folder, name, len);
    }
    return whole;
}

/* The path with the links of its folder resolved: new, or NULL with errno set. */
static char *in_real_folder(const char *path)
{
    const char *slash = strrchr(path, '/'), *base = slash == NULL ? path : slash + 1;
    char *folder = beside(path, "."), *real = folder == NULL ? NULL : realpath(folder, NULL), *whole = NULL;
    size_t room = real == NULL ? 0 : strlen(real) + strlen(base) + 2;
    if (real != NULL && (whole = malloc(room)) != NULL)
        snprintf(whole, room, "%s/%s", real, base);
    free(folder);
    free(real);
    return whole;
}

/* Where the file at path is, or would be created, without links: new, or NULL with errno set. */
static char *place_of(const char *path)
{
    char *at = in_real_folder(path), name[PATH_MAX];
    ssize_t n;
    for (int links = 0; at != NULL && (n = readlink(at, name, sizeof name - 1)) >= 0; links++) {
        name[n] = '\0';
        char *next = links < LINKS_MOST ? beside(at, name) : NULL;
        free(at);
        at = next == NULL ? NULL : in_real_folder(next);
        free(next);
        if (links == LINKS_MOST)
            errno = ELOOP;
    }
    return at;
}

/* ---- opening ---- */

static int system_error(struct error *error, const char *path, const char *what)
{
    int code = errno;
    return error_set(error, ERROR_SYSTEM, 0, 0, "%s: %s: %s", path, what, strerror(code));
}

/* Must the file at this path be written to directly, and not be replaced by another one? */
static bool is_direct(const char *path, const struct stat *status)
{
    return !S_ISREG(status->st_mode) || strncmp(path, "/dev/", 5) == 0 || strncmp(path, "/proc/", 6) == 0;
}

static bool same_file(const struct stat *one, const struct stat *other)
{
    return one->st_dev == other->st_dev && one->st_ino == other->st_ino;
}

/* /dev/null is never standard output: any number of outputs can go there, wherever standard output goes. */
static bool is_standard(const char *path, bool exists, const struct stat *status)
{
    struct stat standard, null;
    if (strcmp(path, "-") == 0)
        return true;
    return exists && fstat(STDOUT_FILENO, &standard) == 0 && same_file(status, &standard) &&
           (stat("/dev/null", &null) != 0 || !same_file(status, &null));
}

/* The stream writes through this function, since stdio forgets why an earlier write failed. */
static ssize_t write_stream(void *cookie, const char *data, size_t size)
{
    struct output *o = cookie;
    size_t done = 0;
    while (done < size && o->code == 0) {
        ssize_t n = write(o->fd, data + done, size - done);
        if (n >= 0)
            done += (size_t)n;
        else if (errno != EINTR)
            o->code = errno;
    }
    return (ssize_t)done;
}

static int close_stream(void *cookie)
{
    struct output *o = cookie;
    return o->standard ? 0 : close(o->fd);
}

#define BUFFER 65536

/* Makes a stream of fd, which is closed if that fails. */
static int open_stream(struct output *o, int fd, struct error *error)
{
    o->fd = fd;
    o->file = fopencookie(o, "w", (cookie_io_functions_t){.write = write_stream, .close = close_stream});
    if (o->file == NULL) {
        close_stream(o);
        return error_memory(error);
    }
    setvbuf(o->file, NULL, _IOFBF, BUFFER);
    return 0;
}

static int open_direct(struct output *o, struct error *error)
{
    int fd = open(o->path, O_WRONLY | O_APPEND | O_NOCTTY | O_CLOEXEC);
    return fd < 0 ? system_error(error, o->path, "cannot open for writing") : open_stream(o, fd, error);
}

/* The permissions that the file has, or would get if it were created in the ordinary way. */
static mode_t permissions(bool exists, const struct stat *status)
{
    if (exists)
        return status->st_mode & 0777;
    mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

static int open_temporary(struct output *o, bool exists, const struct stat *status, struct error *error)
{
    if (exists && access(o->path, W_OK) != 0)
        return system_error(error, o->path, "cannot open for writing");
    /* A symbolic link stays: the file that it points to is replaced, or created. */
    if ((o->target = place_of(o->path)) == NULL && errno != ENOMEM)
        return system_error(error, o->path, "cannot open for writing");
    o->temporary = o->target == NULL ? NULL : beside(o->target, ".heapreel-XXXXXX");
    if (o->temporary == NULL)
        return error_memory(error);
    if (o->all != NULL) { /* before the file exists: a signal may come at any time */
        o->next = o->all->unfinished;
        o->all->unfinished = o;
    }
    int fd = mkstemp(o->temporary);
    if (fd < 0)
        return system_error(error, o->path, "cannot open for writing");
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    if (fchmod(fd, permissions(exists, status)) != 0) {
        system_error(error, o->path, "cannot open for writing");
        close(fd);
        return -1;
    }
    return open_stream(o, fd, error);
}

int output_start(struct output *o, struct outputs *all, const char *path, struct error *error)
{
    struct stat status;
    *o = (struct output){.path = path, .all = all};
    if (*path == '\0')
        return error_set(error, ERROR_USAGE, 0, 0, "an output has an empty file name");
    bool exists = stat(path, &status) == 0;
    int failed = 0;
    if (is_standard(path, exists, &status)) {
        o->standard = true;
        failed = open_stream(o, STDOUT_FILENO, error);
    } else if (exists && is_direct(path, &status)) {
        failed = open_direct(o, error);
    } else {
        failed = open_temporary(o, exists, &status, error);
    }
    if (failed)
        output_discard(o);
    return failed;
}

bool output_same(const char *one, const char *other)
{
    struct stat a, b;
    if (strcmp(one, "-") == 0 || strcmp(other, "-") == 0)
        return false;
    bool first = stat(one, &a) == 0, second = stat(other, &b) == 0;
    if (first && second)
        return S_ISREG(a.st_mode) && same_file(&a, &b);
    if (first || second)
        return false;
    char *x = place_of(one), *y = place_of(other);
    bool same = x != NULL && y != NULL && strcmp(x, y) == 0;
    free(x);
    free(y);
    return same;
}

/* ---- closing ---- */

static void forget(struct output *o)
{
    if (o->all != NULL && o->all->unfinished == o) {
        o->all->unfinished = o->next;
    } else if (o->all != NULL) {
        for (struct output *at = o->all->unfinished; at != NULL; at = at->next) {
            if (at->next == o) {
                at->next = o->next;
                break;
            }
        }
    }
    free(o->temporary);
    free(o->target);
    *o = (struct output){.path = o->path, .standard = o->standard, .code = o->code};
}

void output_discard(struct output *o)
{
    if (o->file != NULL)
        fclose(o->file);
    if (o->temporary != NULL)
        unlink(o->temporary);
    forget(o);
}

/* Has everything been written, and reached the disk if it is a new file? Returns an errno. */
static int finish(struct output *o)
{
    bool flushed = fflush(o->file) == 0 && !ferror(o->file);
    if (!flushed || o->code != 0)
        return o->code != 0 ? o->code : EIO;
    /* Some file systems do not know fsync; then there is nothing to wait for. */
    return o->temporary != NULL && fsync(o->fd) != 0 && errno != EINVAL ? errno : 0;
}

/* Closes o, which could not be written because of the errno code. Returns -1. */
static int fail(struct output *o, int code, struct error *error)
{
    if (o->standard && code == EPIPE && o->all != NULL && o->all->reader_gone != NULL)
        o->all->reader_gone();
    if (o->standard)
        error_set(error, ERROR_SYSTEM, 0, 0, "cannot write standard output: %s", strerror(code));
    else
        error_set(error, ERROR_SYSTEM, 0, 0, "%s: cannot write: %s", o->path, strerror(code));
    output_discard(o);
    return -1;
}

int output_finish(struct output *o, struct error *error)
{
    if (o->file == NULL)
        return 0;
    int code = finish(o);
    if (fclose(o->file) != 0 && code == 0)
        code = errno;
    o->file = NULL;
    if (code == 0 && o->temporary != NULL)
        code = rename(o->temporary, o->target) == 0 ? 0 : errno;
    if (code != 0)
        return fail(o, code, error);
    forget(o);
    return 0;
}
