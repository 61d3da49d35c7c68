/* traces.c - finds the *.trace files of a directory, and the lessons. */
#include "cli/traces.h"

#include "cli/snapshot_trace.h"

#include "base/names.h"
#include "base/nearest.h"
#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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
    return len > strlen(TRACE_ENDING) && strcmp(name + len - strlen(TRACE_ENDING), TRACE_ENDING) == 0;
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

/* ---- lessons ---- */

/* a, b and c joined: new, or NULL after filling error. */
static char *join(const char *a, const char *b, const char *c, struct error *error)
{
    size_t len = strlen(a) + strlen(b) + strlen(c) + 1;
    char *text = malloc(len);
    if (text == NULL) {
        error_memory(error);
        return NULL;
    }
    snprintf(text, len, "%s%s%s", a, b, c);
    return text;
}

/* The path of this program: new; NULL if the system does not provide it. */
static char *program_path(void)
{
    for (size_t room = 256;; room *= 2) {
        char *path = malloc(room);
        ssize_t len = path == NULL ? -1 : readlink("/proc/self/exe", path, room);
        if (len >= 0 && (size_t)len < room) {
            path[len] = '\0';
            return path;
        }
        free(path);
        if (len < 0)
            return NULL;
    }
}

/* If the program is TREE/build/VARIANT/heapreel: TREE/traces, new; else NULL, with error filled only without memory. */
static char *source_tree_directory(struct error *error)
{
    char *path = program_path();
    char *found = NULL;
    for (int level = 0; path != NULL && level < 3; level++) {
        char *slash = strrchr(path, '/');
        if (slash == NULL || (level == 2 && strcmp(slash, "/build") != 0)) {
            free(path);
            return NULL;
        }
        *slash = '\0';
    }
    if (path != NULL) {
        found = join(path, "/traces", "", error);
        free(path);
    }
    return found;
}

char *lessons_directory(struct error *error)
{
    const char *wanted = getenv("HEAPREEL_TRACES");
    if (wanted != NULL && *wanted != '\0') {
        char *directory = join(wanted, "", "", error);
        for (size_t len = strlen(wanted); directory != NULL && len > 1 && directory[len - 1] == '/'; len--)
            directory[len - 1] = '\0';
        return directory;
    }
    char *tree = source_tree_directory(error);
    if (error->kind != ERROR_NONE || (tree != NULL && trace_is_directory(tree)))
        return tree;
    free(tree);
    const char *installed = HEAPREEL_DATADIR "/traces";
    bool here = !trace_is_directory(installed) && trace_is_directory("traces");
    return join(here ? "traces" : installed, "", "", error);
}

/*
 * The index in list of the only lesson whose name begins with number and a dash; the list's length if there is none, or
 * more than one. skip: length of the directory and its slash.
 */
static size_t lesson_of_number(const struct trace_list *list, size_t skip, const char *number)
{
    size_t len = strlen(number), found = list->paths.len, count = 0;
    for (size_t i = 0; i < list->paths.len; i++) {
        const char *name = list->paths.data[i] + skip;
        if (strncmp(name, number, len) == 0 && name[len] == '-') {
            found = i;
            count++;
        }
    }
    return count == 1 ? found : list->paths.len;
}

/* The path of the lesson with that number: new; NULL if there is no such lesson, or after filling error. */
static char *path_of_number(const char *directory, const char *number, struct error *error)
{
    struct trace_list list = {0};
    char *path = NULL;
    if (trace_list_add(&list, directory, error) == 0) {
        size_t i = lesson_of_number(&list, strlen(directory) + 1, number);
        path = i < list.paths.len ? join(list.paths.data[i], "", "", error) : NULL;
    }
    trace_list_free(&list);
    return path;
}

/* Names of lessons to choose from: with their numbers, then without. */
struct lesson_names {
    struct trace_list list;
    size_t skip; /* length of the directory and its slash */
};

static const char *nth_lesson(void *self, size_t i)
{
    const struct lesson_names *names = self;
    size_t count = names->list.paths.len;
    if (i >= 2 * count)
        return NULL;
    const char *name = names->list.paths.data[i % count] + names->skip, *dash = strchr(name, '-');
    return i >= count && dash != NULL ? dash + 1 : name;
}

/* Reports that there is no lesson with that name. */
static void no_lesson(const char *directory, const char *name, struct error *error)
{
    struct lesson_names names = {.skip = strlen(directory) + 1};
    struct text_quoted quoted;
    char question[NEAREST_ROOM] = "";
    struct error ignored = {0};
    if (trace_is_directory(directory) && trace_list_add(&names.list, directory, &ignored) == 0) {
        for (size_t i = 0; i < names.list.paths.len; i++) {
            char *path = names.list.paths.data[i];
            path[strlen(path) - strlen(TRACE_ENDING)] = '\0';
        }
        nearest_question(question, name, strlen(name), nth_lesson, &names);
    }
    error_clear(&ignored);
    trace_list_free(&names.list);
    error_set(error, ERROR_SYSTEM, 0, 0, "no lesson \"%s\" in %s%s (\"heapreel lessons\" lists them)",
              text_quote(&quoted, name, strlen(name)), directory, question);
}

/* The path of the lesson with that name or number in a directory: new; NULL if there is none, or after filling error.
 */
static char *lesson_path(const char *directory, const char *name, struct error *error)
{
    char *base = join(directory, "/", name, error);
    char *path = base == NULL ? NULL : join(base, TRACE_ENDING, "", error);
    free(base);
    if (path != NULL && access(path, F_OK) != 0) {
        free(path);
        path = trace_is_directory(directory) ? path_of_number(directory, name, error) : NULL;
    }
    return path;
}

/* Is argument, which is no file, the name of a lesson? What goes wrong in finding out does not matter. */
static bool means_lesson(const char *argument)
{
    struct error ignored = {0};
    char *directory = strchr(argument, '/') == NULL ? lessons_directory(&ignored) : NULL;
    char *path = directory == NULL ? NULL : lesson_path(directory, argument, &ignored);
    bool means = path != NULL;
    free(path);
    free(directory);
    error_clear(&ignored);
    return means;
}

char *trace_resolve(const char *argument, struct error *error)
{
    size_t prefix = strlen(LESSON_PREFIX);
    if (strncmp(argument, LESSON_PREFIX, prefix) != 0) {
        struct text_quoted quoted;
        if (access(argument, F_OK) == 0 || !means_lesson(argument))
            return snapshot_looks_like(argument) ? snapshot_trace_path(argument, error) : join(argument, "", "", error);
        const char *name = text_quote(&quoted, argument, strlen(argument));
        error_set(error, ERROR_SYSTEM, 0, 0, "no file \"%s\": did you mean " LESSON_PREFIX "%s?", name, name);
        return NULL;
    }
    const char *name = argument + prefix;
    char *directory = lessons_directory(error);
    char *path = directory == NULL ? NULL : lesson_path(directory, name, error);
    if (path == NULL && error->kind == ERROR_NONE)
        no_lesson(directory, name, error);
    free(directory);
    return path;
}
