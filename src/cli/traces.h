/* traces.h - finding traces: the files of a directory, and the lessons that ship with the program. */
#ifndef HEAPREEL_CLI_TRACES_H
#define HEAPREEL_CLI_TRACES_H

#include "base/error.h"
#include "base/vec.h"

#include <stdbool.h>

#define LESSON_PREFIX "lesson:"
#define TRACE_ENDING ".trace"

/* Paths of traces, in byte order. */
struct trace_list {
    VEC(char *) paths; /* owned */
};

/*
 * Appends the *.trace files below directory, at any depth, sorted. Links to directories are followed, and each
 * directory is visited once. 0, or -1 after filling error.
 */
int trace_list_add(struct trace_list *list, const char *directory, struct error *error);
void trace_list_free(struct trace_list *list);

/* Is path a directory? */
bool trace_is_directory(const char *path);

/*
 * The directory of the lessons: $HEAPREEL_TRACES; else the source tree's, if the program is in its build directory;
 * else the installed one; else ./traces. New, or NULL after filling error.
 */
char *lessons_directory(struct error *error);

/*
 * The path that argument means: "lesson:NAME" is a file in the lessons' directory, or the only one there whose name
 * begins with NAME and a dash ("lesson:201"); a heap snapshot is made into a trace in a temporary file; anything else
 * is a path. New, or NULL after filling error.
 */
char *trace_resolve(const char *argument, struct error *error);

#endif
