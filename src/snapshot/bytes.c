/* bytes.c - maps or reads a file, through a program if it is compressed. */
#include "snapshot/bytes.h"

#include "base/memory.h"
#include "base/tempfile.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define FIRST_ROOM ((size_t)1 << 20)

static int fail(struct error *error, const char *what)
{
    return error_set(error, ERROR_SYSTEM, 0, 0, "%s: %s", what, strerror(errno));
}

/* Room for more bytes and the NUL. 0, or -1. */
static int enlarge(struct bytes *b, struct error *error)
{
    size_t room = b->room == 0 ? FIRST_ROOM : 2 * b->room;
    char *data = room < b->room ? NULL : memory_enlarge(b->data, 64, b->len, room);
    if (data == NULL)
        return error_memory(error);
    b->data = data;
    b->room = room;
    return 0;
}

static int read_all(struct bytes *b, int fd, struct error *error)
{
    for (;;) {
        if (b->len + 1 >= b->room && enlarge(b, error))
            return -1;
        ssize_t n = read(fd, b->data + b->len, b->room - b->len - 1);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail(error, "cannot read");
        if (n == 0)
            break;
        b->len += (size_t)n;
    }
    b->data[b->len] = 0;
    return 0;
}

/*
 * Maps a file, with at least one page of zeros after it, so that its end needs no check at each byte. 0; 1 if this file
 * cannot be mapped.
 */
static int map_file(struct bytes *b, int fd)
{
    struct stat status;
    long page = sysconf(_SC_PAGESIZE);
    if (page <= 0 || fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size <= 0 ||
        lseek(fd, 0, SEEK_CUR) != 0)
        return 1;
    size_t len = (size_t)status.st_size, room = (len / (size_t)page + 2) * (size_t)page;
    char *data = mmap(NULL, room, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (data == MAP_FAILED)
        return 1;
    if (mmap(data, len, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd, 0) == MAP_FAILED) {
        munmap(data, room);
        return 1;
    }
    madvise(data, len, MADV_SEQUENTIAL);
    *b = (struct bytes){data, len, room, true};
    return 0;
}

/* The program that unpacks what begins so, or NULL. */
static const char *unpacker(const char *data, size_t len)
{
    if (len >= 2 && memcmp(data, "\x1F\x8B", 2) == 0)
        return "gzip";
    if (len >= 4 && memcmp(data, "\x28\xB5\x2F\xFD", 4) == 0)
        return "zstd";
    return NULL;
}

extern char **environ;

/* Starts the program between two files. 0, or an error code. */
static int start(const char *program, int in, int out, int close_too, pid_t *pid)
{
    posix_spawn_file_actions_t actions;
    char *argv[] = {(char *)program, "-dc", NULL};
    if (posix_spawn_file_actions_init(&actions) != 0)
        return ENOMEM;
    posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    posix_spawn_file_actions_addclose(&actions, close_too);
    int code = posix_spawnp(pid, program, &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    return code;
}

/* Did the process end well? */
static bool ended_well(pid_t pid)
{
    int status;
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return false;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Replaces *b by what the program makes of the file packed. 0, or -1. */
static int unpack(struct bytes *b, const char *program, int packed, struct error *error)
{
    int out[2];
    pid_t pid;
    bytes_close(b);
    if (pipe(out) != 0)
        return fail(error, "cannot make a pipe");
    int code = start(program, packed, out[1], out[0], &pid);
    close(out[1]);
    int failed = code == 0
                     ? read_all(b, out[0], error)
                     : error_set(error, ERROR_SYSTEM, 0, 0, "compressed, and %s cannot be started to unpack it: %s",
                                 program, strerror(code));
    close(out[0]);
    if (code == 0 && !ended_well(pid) && !failed)
        failed = error_set(error, ERROR_INPUT, 0, 0, "%s cannot unpack it", program);
    return failed;
}

/* What was read from a pipe, as a file without a name, so that a program can read it again: descriptor, or -1. */
static int spool(const struct bytes *b, const char *directory, struct error *error)
{
    int fd = tempfile_open(directory, error);
    if (fd >= 0 && tempfile_write(fd, 0, b->data, b->len, error)) {
        close(fd);
        return -1;
    }
    return fd;
}

/* Unpacks what was read from fd. 0, or -1. */
static int unpack_again(struct bytes *b, const char *program, int fd, const char *directory, struct error *error)
{
    int packed = b->mapped ? fd : spool(b, directory, error);
    if (packed < 0)
        return -1;
    int failed = lseek(packed, 0, SEEK_SET) != 0 ? fail(error, "cannot read again") : unpack(b, program, packed, error);
    if (packed != fd)
        close(packed);
    return failed;
}

int bytes_open(struct bytes *b, const char *path, const char *directory, struct error *error)
{
    bool standard = strcmp(path, "-") == 0;
    int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    *b = (struct bytes){0};
    if (fd < 0)
        return fail(error, "cannot open");
    int failed = map_file(b, fd) && read_all(b, fd, error);
    const char *program = failed ? NULL : unpacker(b->data, b->len);
    if (program != NULL)
        failed = unpack_again(b, program, fd, directory, error);
    if (!standard)
        close(fd);
    if (failed)
        bytes_close(b);
    return failed ? -1 : 0;
}

void bytes_close(struct bytes *b)
{
    if (b->mapped)
        munmap(b->data, b->room);
    else
        free(b->data);
    *b = (struct bytes){0};
}
