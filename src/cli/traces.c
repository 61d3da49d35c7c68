/* traces.c - finds the *.trace files of a directory. */
#include "cli/traces.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Deeper directories are probably a loop of symbolic links. */
#define DEPTH_MOST 32

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

static int add_directory(struct trace_list *list, const char *directory, int depth, struct error *error);

/* Adds the entry name of directory, or what is below it. */
static int add_entry(struct trace_list *list, const char *directory, const char *name, int depth, struct error *error)
{
    size_t directory_len = strlen(directory), len = directory_len + strlen(name) + 2;
    const char *slash = directory_len > 0 && directory[directory_len - 1] == '/' ? "" : "/";
    char *path = malloc(len);
    if (path == NULL)
        return error_memory(error);
    snprintf(path, len, "%s%s%s", directory, slash, name);
    int failed = 0;
    if (trace_is_directory(path)) {
        failed = depth < DEPTH_MOST ? add_directory(list, path, depth + 1, error) : 0;
    } else if (is_trace(name)) {
        if (vec_push(&list->paths, path) == 0)
            return 0;
        failed = error_memory(error);
    }
    free(path);
    return failed;
}

static int add_directory(struct trace_list *list, const char *directory, int depth, struct error *error)
{
    DIR *dir = opendir(directory);
    if (dir == NULL)
        return error_set(error, ERROR_SYSTEM, 0, 0, "%s: cannot open: %s", directory, strerror(errno));
    int failed = 0;
    const struct dirent *entry;
    while (!failed && (errno = 0, entry = readdir(dir)) != NULL)
        if (entry->d_name[0] != '.')
            failed = add_entry(list, directory, entry->d_name, depth, error);
    if (!failed && errno != 0)
        failed = error_set(error, ERROR_SYSTEM, 0, 0, "%s: cannot read: %s", directory, strerror(errno));
    closedir(dir);
    return failed;
}

static int compare_paths(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

int trace_list_add(struct trace_list *list, const char *directory, struct error *error)
{
    size_t before = list->paths.len;
    if (add_directory(list, directory, 0, error) != 0)
        return -1;
    if (list->paths.len > before)
        qsort(list->paths.data + before, list->paths.len - before, sizeof *list->paths.data, compare_paths);
    return 0;
}
