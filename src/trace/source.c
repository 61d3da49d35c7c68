/* source.c - the bytes of a trace, from a file, a pipe or memory, in a window of complete lines. */
#include "trace/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    SOURCE_ROOM = 256 * 1024,           /* bytes of the window */
    SOURCE_LEAST = SCAN_LINE_MOST + 64, /* free room at its end below which it is moved to the front */
};

static int source_init(struct source *s, struct error *error)
{
    *s = (struct source){.fd = -1};
    s->data = calloc(SOURCE_ROOM + SCAN_PAD, 1);
    return s->data == NULL ? error_memory(error) : 0;
}

int source_open(struct source *s, const char *path, struct error *error)
{
    if (source_init(s, error)) {
        return -1;
    }
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
    }
    return 0;
}

int source_open_memory(struct source *s, const char *text, size_t len, struct error *error)
{
    if (source_init(s, error)) {
        return -1;
    }
    s->memory = text;
    s->memory_len = len;
    s->bytes_total = len;
    return 0;
}

void source_close(struct source *s)
{
    if (s->own && s->fd >= 0) {
        close(s->fd);
    }
    s->fd = -1;
    free(s->data);
    s->data = NULL;
}

/* Appends what read() gives, at least a byte: the count, 0 at the end, -1 after filling error. */
static ssize_t take(struct source *s, struct error *error)
{
    size_t room = SOURCE_ROOM - s->end;
    if (s->fd < 0) {
        size_t n = s->memory_len < room ? s->memory_len : room;
        if (n > 0) {
            memcpy(s->data + s->end, s->memory, n);
            s->memory += n;
            s->memory_len -= n;
        }
        return (ssize_t)n;
    }
    for (;;) {
        if (s->wait != NULL && s->wait(s->wait_self, s->fd) != 0) {
            return error_set(error, ERROR_SYSTEM, 0, 0, "reading was given up");
        }
        ssize_t n = read(s->fd, s->data + s->end, room);
        if (n >= 0) {
            return n;
        }
        if (errno != EINTR) {
            return error_set(error, ERROR_SYSTEM, 0, 0, "cannot read: %s", strerror(errno));
        }
    }
}

int source_fill(struct source *s, struct error *error)
{
    if (s->at == s->end) {
        s->at = s->lines = s->end = 0;
    }
    while (s->end - s->at <= SCAN_LINE_MOST + 1) { /* a carriage return is no part of the line */
        if (s->ended) {
            return 0;
        }
        if (SOURCE_ROOM - s->end < SOURCE_LEAST) {
            memmove(s->data, s->data + s->at, s->end - s->at);
            s->end -= s->at;
            s->at = s->lines = 0;
        }
        ssize_t n = take(s, error);
        if (n < 0) {
            return -1;
        }
        s->bytes += (size_t)n;
        if (n == 0) {
            s->ended = true;
            if (s->end == s->at) {
                return 0;
            }
            s->data[s->end++] = '\n';
            s->lines = s->end;
            return 1;
        }
        size_t lines = s->end + (size_t)n;
        while (lines > s->end && s->data[lines - 1] != '\n') {
            lines--;
        }
        bool complete = lines > s->end;
        s->end += (size_t)n;
        if (complete) {
            s->lines = lines;
            return 1;
        }
    }
    return 1;
}
