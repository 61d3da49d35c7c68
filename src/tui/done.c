/* done.c - the file of lessons that have been done. */
#include "tui/done.h"

#include "base/text.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DONE_MOST 65536 /* bytes of the file that are read */

static char *joined(const char *format, ...) __attribute__((format(printf, 1, 2)));

static char *joined(const char *format, ...)
{
    va_list args;
    size_t len;
    va_start(args, format);
    char *text = text_format(&len, format, args);
    va_end(args);
    return text;
}

/* The path of the file: new, or NULL. By the XDG rules a relative $XDG_STATE_HOME does not count. */
static char *path_of(void)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    if (state && *state == '/')
        return joined("%s/heapreel/lessons-done", state);
    return home && *home == '/' ? joined("%s/.local/state/heapreel/lessons-done", home) : NULL;
}

/* Makes the directories that a file lies in. */
static void make_directories(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0700); /* usually it exists; if it cannot be made, opening the file fails */
        *slash = '/';
    }
}

char *done_read(void)
{
    char *path = path_of(), *text = malloc(DONE_MOST + 1);
    FILE *in = path && text ? fopen(path, "r") : NULL;
    free(path);
    if (!in) {
        free(text);
        return NULL;
    }
    text[fread(text, 1, DONE_MOST, in)] = '\0';
    fclose(in);
    return text;
}

void done_add(const char *name)
{
    char *path = path_of(), *line = joined("%s\n", name);
    if (path)
        make_directories(path);
    int fd = path && line ? open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600) : -1;
    if (fd >= 0) {
        ssize_t written = write(fd, line, strlen(line)); /* at once, so that two sessions do not mix their lines */
        (void)written;
        close(fd);
    }
    free(path);
    free(line);
}
