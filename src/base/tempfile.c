/*
 * tempfile.c - makes a temporary file and removes its name at once.
 *
 * Signals are blocked while the file has a name: one that ends the program would leave the file.
 */
#include "base/tempfile.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Makes the file at path, a pattern of mkstemp, and removes its name. The descriptor, or -1 with errno set. */
static int open_unnamed(char *path)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    int fd = mkstemp(path), code = errno;
    if (fd >= 0) {
        unlink(path);
        fcntl(fd, F_SETFD, FD_CLOEXEC);
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = code;
    return fd;
}

int tempfile_open(const char *directory, struct error *error)
{
    static const char name[] = "/heapreel-XXXXXX";
    if (directory == NULL || *directory == '\0')
        directory = "/tmp";
    size_t len = strlen(directory);
    char *path = malloc(len + sizeof name);
    if (path == NULL)
        return error_memory(error);
    memcpy(path, directory, len);
    memcpy(path + len, name, sizeof name);
    int fd = open_unnamed(path);
    if (fd < 0)
        error_set(error, ERROR_SYSTEM, 0, 0, "cannot make a temporary file in %s: %s", directory, strerror(errno));
    free(path);
    return fd;
}

int tempfile_write(int fd, uint64_t offset, const char *data, size_t n, struct error *error)
{
    for (size_t done = 0; done < n;) {
        ssize_t written = pwrite(fd, data + done, n - done, (off_t)(offset + done));
        if (written < 0 && errno != EINTR)
            return error_set(error, ERROR_SYSTEM, 0, 0, "cannot write to the temporary file: %s", strerror(errno));
        done += written > 0 ? (size_t)written : 0;
    }
    return 0;
}
