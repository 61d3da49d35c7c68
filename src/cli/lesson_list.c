/* lesson_list.c - reads the titles and chapters of the lessons. */
#include "cli/lesson_list.h"

#include "base/text.h"
#include "cli/traces.h"
#include "trace/reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int lesson_title(const char *path, char **title, struct error *error)
{
    struct names names;
    struct trace_event event;
    names_init(&names);
    struct trace_reader *reader = trace_open(path, &names, error);
    int got = -1;
    *title = NULL;
    while (reader != NULL && (got = trace_read(reader, &event, 1, error)) == 1) {
        if (event.op == TRACE_TITLE)
            *title = strndup(event.text, event.text_len);
        if (event.op != TRACE_SET)
            break;
    }
    trace_close(reader);
    names_free(&names);
    if (*title == NULL)
        *title = strdup("");
    if (got >= 0 && *title == NULL)
        return error_memory(error);
    return got < 0 ? -1 : 0;
}

#define CHAPTER_PREFIX "# Chapter "
#define CHAPTER_ROOM 160 /* bytes of a heading; a longer line is no heading */
#define CHAPTER_LINES 4  /* the lines of a file that are searched */

char *lesson_chapter(const char *path)
{
    FILE *file = fopen(path, "r");
    char *heading = NULL;
    for (int i = 0; file != NULL && heading == NULL && i < CHAPTER_LINES; i++) {
        char line[CHAPTER_ROOM];
        if (fgets(line, sizeof line, file) == NULL)
            break;
        size_t len = strcspn(line, "\r\n");
        bool whole = line[len] != '\0';
        line[len] = '\0';
        if (whole && strncmp(line, CHAPTER_PREFIX, strlen(CHAPTER_PREFIX)) == 0 && text_utf8(line, len) == len)
            heading = strdup(line + 2);
    }
    if (file != NULL)
        fclose(file);
    return heading != NULL ? heading : strdup("");
}

/* Adds the lesson at path, whose name is shorter by its ending; it takes over chapter. 0, or -1 without memory. */
static int add(struct play_lessons *lessons, const char *path, const char *name, char *chapter)
{
    struct error error = {0};
    struct play_lesson lesson = {.path = strdup(path), .chapter = chapter};
    lesson.name = strndup(name, strlen(name) - strlen(TRACE_ENDING));
    lesson_title(path, &lesson.title, &error);
    error_clear(&error);
    if (lesson.path != NULL && lesson.name != NULL && lesson.title != NULL && vec_push(&lessons->list, lesson) == 0)
        return 0;
    play_lesson_free(&lesson);
    return -1;
}

int lesson_list_read(struct play_lessons *lessons)
{
    struct error error = {0};
    struct trace_list list = {0};
    char *directory = lessons_directory(&error);
    int failed = directory == NULL || trace_list_add(&list, directory, &error) != 0 ? -1 : 0;
    for (int in_chapters = 0; in_chapters < 2; in_chapters++) {
        for (size_t i = 0; !failed && i < list.paths.len; i++) {
            char *chapter = lesson_chapter(list.paths.data[i]);
            if (chapter == NULL)
                failed = -1;
            else if ((*chapter != '\0') == (in_chapters != 0))
                failed = add(lessons, list.paths.data[i], list.paths.data[i] + strlen(directory) + 1, chapter);
            else
                free(chapter);
        }
    }
    error_clear(&error);
    trace_list_free(&list);
    free(directory);
    return failed;
}
