/* source.c - the bytes of a trace, from a file, a pipe or memory, in a window of complete lines. */
#include "base/tempfile.h"
#include "trace/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    SOURCE_ROOM = 256 * 1024,           /* bytes of the window */
    SOURCE_LEAST = SCAN_LINE_MOST + 64, /* free room at its end; with less, the window moves to the front */
    SOURCE_READ = 64 * 1024,            /* bytes read at a time: they must not drive the heap out of the cache */
    SOURCE_SMALL = 1024,                /* a shorter beginning of a line is moved to the front at once */
};

static int source_init(struct source *s, struct error *error)
{
    *s = (struct source){.fd = -1, .base = -1, .spool = -1, .last = UINT64_MAX};
    char *room = calloc(SCAN_FRONT + SOURCE_ROOM + SCAN_PAD, 1);
    if (room == NULL)
        return error_memory(error);
    s->data = room + SCAN_FRONT;
    return 0;
}

int source_open(struct source *s, const char *path, struct error *error)
{
    if (source_init(s, error))
        return -1;
    if (strcmp(path, "-") == 0) {
        s->fd = STDIN_FILENO;
    } else {
        do {
            s->fd = open(path, O_RDONLY | O_CLOEXEC);
        } while (s->fd < 0 && errno == EINTR);
        s->own = true;
        if (s->fd < 0) {
            int code = errno;
            source_close(s);
            return error_set(error, ERROR_SYSTEM, 0, 0, "cannot open: %s", strerror(code));
        }
    }
    struct stat status;
    if (fstat(s->fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0) {
        s->bytes_total = (uint64_t)status.st_size;
        s->base = lseek(s->fd, 0, SEEK_CUR);
    }
    return 0;
}

int source_open_memory(struct source *s, const char *text, size_t len, struct error *error)
{
    if (source_init(s, error))
        return -1;
    s->memory = text;
    s->memory_len = len;
    s->bytes_total = len;
    return 0;
}

void source_close(struct source *s)
{
    if (s->own && s->fd >= 0)
        close(s->fd);
    if (s->spool >= 0)
        close(s->spool);
    s->fd = s->spool = -1;
    if (s->data != NULL)
        free(s->data - SCAN_FRONT);
    s->data = NULL;
}

/* ---- going back ---- */

int source_keep(struct source *s, const char *directory, struct error *error)
{
    if (s->fd < 0 || s->base >= 0 || s->spool >= 0)
        return 0;
    s->spool = tempfile_open(directory, error);
    return s->spool < 0 ? -1 : 0;
}

uint64_t source_tell(const struct source *s)
{
    return s->bytes + (s->completed ? 1 : 0) - (s->end - s->at);
}

int source_seek(struct source *s, uint64_t offset, struct error *error)
{
    uint64_t from = s->bytes + (s->completed ? 1 : 0) - s->end;
    if (offset >= from && offset - from <= s->end) {
        s->at = (size_t)(offset - from);
        return 0;
    }
    s->at = s->lines = s->end = 0;
    uint64_t most = s->fd < 0 ? s->memory_len : s->last;
    s->bytes = offset < most ? offset : most;
    s->ended = s->completed = false;
    if (s->base >= 0 && lseek(s->fd, (off_t)((uint64_t)s->base + s->bytes), SEEK_SET) < 0)
        return error_set(error, ERROR_SYSTEM, 0, 0, "cannot go back: %s", strerror(errno));
    return 0;
}

/* Stores what has come through a pipe. 0, or -1 after filling error. */
static int spool(struct source *s, const char *data, size_t n, struct error *error)
{
    if (tempfile_write(s->spool, s->spooled, data, n, error))
        return -1;
    s->spooled += n;
    return 0;
}

/* ---- taking in ---- */

/* Like take, from a file. Waits only for bytes that have not been spooled. */
static ssize_t take_file(struct source *s, size_t room, struct error *error)
{
    bool again = s->bytes < s->spooled;
    for (;;) {
        if (!again && s->wait != NULL && s->wait(s->wait_self, s->fd) != 0)
            return error_set(error, ERROR_SYSTEM, 0, 0, "reading was given up");
        char *to = s->data + s->end;
        uint64_t left = s->spooled - s->bytes; /* of what is read again */
        ssize_t n =
            again ? pread(s->spool, to, left < room ? (size_t)left : room, (off_t)s->bytes) : read(s->fd, to, room);
        if (n > 0 && !again && s->spool >= 0 && spool(s, to, (size_t)n, error))
            return -1;
        if (n >= 0)
            return n;
        if (errno != EINTR)
            return error_set(error, ERROR_SYSTEM, 0, 0, "cannot read: %s", strerror(errno));
    }
}

/* Appends the available bytes, at least one: their number, 0 at the end, -1 after filling error. */
static ssize_t take(struct source *s, struct error *error)
{
    size_t room = SOURCE_ROOM - s->end < SOURCE_READ ? SOURCE_ROOM - s->end : SOURCE_READ;
    if (s->bytes >= s->last)
        return 0;
    if (s->fd >= 0)
        return take_file(s, room, error);
    size_t left = s->memory_len - (size_t)s->bytes;
    size_t n = left < room ? left : room;
    if (n > 0)
        memcpy(s->data + s->end, s->memory + s->bytes, n);
    return (ssize_t)n;
}

int source_fill(struct source *s, struct error *error)
{
    if (s->at == s->end)
        s->at = s->lines = s->end = 0;
    while (s->end - s->at <= SCAN_LINE_MOST + 1) { /* a carriage return is not part of the line */
        if (s->ended)
            return 0;
        if (SOURCE_ROOM - s->end < SOURCE_LEAST || s->end - s->at <= SOURCE_SMALL) {
            memmove(s->data, s->data + s->at, s->end - s->at);
            s->end -= s->at;
            s->at = s->lines = 0;
        }
        ssize_t n = take(s, error);
        if (n < 0)
            return -1;
        s->bytes += (size_t)n;
        if (n == 0) {
            s->ended = true;
            s->last = s->bytes;
            if (s->end == s->at)
                return 0;
            s->completed = true;
            s->data[s->end++] = '\n';
            s->lines = s->end;
            return 1;
        }
        size_t lines = s->end + (size_t)n;
        while (lines > s->end && s->data[lines - 1] != '\n')
            lines--;
        bool complete = lines > s->end;
        s->end += (size_t)n;
        if (complete) {
            s->lines = lines;
            return 1;
        }
    }
    return 1;
}
