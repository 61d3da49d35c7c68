/* traces.c - finds the *.trace files of a directory. */
#include "cli/traces.h"

#include "base/names.h"

#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

bool trace_is_directory(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

void trace_list_free(struct trace_list *list)
{
    for (size_t i = 0; i < list->paths.len; i++)
        free(list->paths.data[i]);
    vec_free(&list->paths);
}

static bool is_trace(const char *name)
{
    size_t len = strlen(name);
    return len > 6 && strcmp(name + len - 6, ".trace") == 0;
}

/*
 * The directories still to visit, the next one last. Links to directories are followed when nothing else is left, so
 * that a directory below the first is listed under its own path.
 */
struct walk {
    struct trace_list *list, directories, links;
    struct names seen; /* directories that were visited, by device and inode: none is visited twice */
};

static bool is_link(const char *path)
{
    struct stat status;
    return lstat(path, &status) == 0 && S_ISLNK(status.st_mode);
}

/* Adds the entry name of directory: a trace, or a directory to visit. */
static int add_entry(struct walk *w, const char *directory, const char *name, struct error *error)
{
    size_t directory_len = strlen(directory), len = directory_len + strlen(name) + 2;
    const char *slash = directory_len > 0 && directory[directory_len - 1] == '/' ? "" : "/";
    char *path = malloc(len);
    if (path == NULL)
        return error_memory(error);
    snprintf(path, len, "%s%s%s", directory, slash, name);
    struct trace_list *to = is_trace(name) ? w->list : NULL;
    if (trace_is_directory(path))
        to = is_link(path) ? &w->links : &w->directories;
    if (to != NULL && vec_push(&to->paths, path) == 0)
        return 0;
    free(path);
    return to == NULL ? 0 : error_memory(error);
}

/* Has the open directory been visited? It counts as visited from now on. -1 without memory. */
static int look_once(struct walk *w, DIR *dir)
{
    struct stat status;
    char key[48];
    if (fstat(dirfd(dir), &status) != 0)
        return 0;
    size_t len = (size_t)snprintf(key, sizeof key, "%jx:%jx", (uintmax_t)status.st_dev, (uintmax_t)status.st_ino);
    if (names_find(&w->seen, key, len) != NAME_NONE)
        return 1;
    return names_intern(&w->seen, key, len) == NAME_NONE ? -1 : 0;
}

static int add_directory(struct walk *w, const char *directory, struct error *error)
{
    DIR *dir = opendir(directory);
    if (dir == NULL)
        return error_set(error, ERROR_SYSTEM, 0, 0, "%s: cannot open: %s", directory, strerror(errno));
    int seen = look_once(w, dir), failed = seen < 0 ? error_memory(error) : 0;
    const struct dirent *entry;
    errno = 0;
    while (!seen && !failed && (errno = 0, entry = readdir(dir)) != NULL)
        if (entry->d_name[0] != '.')
            failed = add_entry(w, directory, entry->d_name, error);
    if (!failed && errno != 0)
        failed = error_set(error, ERROR_SYSTEM, 0, 0, "%s: cannot read: %s", directory, strerror(errno));
    closedir(dir);
    return failed;
}

static int ascending(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int descending(const void *a, const void *b)
{
    return ascending(b, a);
}

/* Visits all waiting directories, and those found in them. */
static int add_all(struct walk *w, struct error *error)
{
    int failed = 0;
    while (!failed && w->directories.paths.len + w->links.paths.len > 0) {
        if (w->directories.paths.len == 0) {
            struct trace_list empty = w->directories;
            w->directories = w->links;
            w->links = empty;
            qsort(w->directories.paths.data, w->directories.paths.len, sizeof(char *), descending);
        }
        char *directory = w->directories.paths.data[--w->directories.paths.len];
        failed = add_directory(w, directory, error);
        free(directory);
    }
    return failed;
}

int trace_list_add(struct trace_list *list, const char *directory, struct error *error)
{
    size_t before = list->paths.len;
    struct walk walk = {.list = list};
    names_init(&walk.seen);
    char *first = strdup(directory);
    int failed =
        first == NULL || vec_push(&walk.directories.paths, first) ? error_memory(error) : add_all(&walk, error);
    trace_list_free(&walk.directories);
    trace_list_free(&walk.links);
    names_free(&walk.seen);
    if (!failed && list->paths.len > before)
        qsort(list->paths.data + before, list->paths.len - before, sizeof *list->paths.data, ascending);
    return failed;
}
