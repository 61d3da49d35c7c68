/* lesson_list.h - what the lessons say about themselves: their titles, and the chapters they belong to. */
#ifndef HEAPREEL_CLI_LESSON_LIST_H
#define HEAPREEL_CLI_LESSON_LIST_H

#include "base/error.h"
#include "tui/tui.h"

/* The title of the trace at path, which precedes any event that acts on the heap: new, "" if there is none. 0 or -1. */
int lesson_title(const char *path, char **title, struct error *error);

/*
 * The heading of the chapter that the lesson at path belongs to, such as "Chapter 2: The young generation": new, ""
 * without one or if the file cannot be read; NULL without memory.
 */
char *lesson_chapter(const char *path);

/*
 * Adds all lessons to an empty list, those without a chapter (the tour) first. 0, or -1 if they cannot be read; a
 * lesson whose title cannot be read has none. For struct play_options.
 */
int lesson_list_read(struct play_lessons *lessons);

#endif
