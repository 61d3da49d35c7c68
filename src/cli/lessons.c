/* lessons.c - "heapreel lessons": lists the traces that ship, one line each, by chapter. */
#include "cli/commands.h"
#include "cli/lesson_list.h"
#include "cli/message.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/traces.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- words ---- */

/* Prints text without characters that could act on a terminal. The reader has checked that it is UTF-8. */
static void print_plain(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        bool c1 = c == 0xC2 && i + 1 < len && (unsigned char)text[i + 1] < 0xA0;
        if (c1)
            i++;
        putchar(c1 || c < 0x20 || c == 0x7F ? ' ' : c);
    }
}

/* ---- the list ---- */

/* "DIRECTORY/NAME.trace" as NAME. */
static int name_length(const char *name)
{
    return (int)(strlen(name) - strlen(TRACE_ENDING));
}

static int list_lesson(const char *path, const char *name, int width)
{
    struct error error = {0};
    printf(LESSON_PREFIX "%.*s%*s", name_length(name), name, width - name_length(name) + 2, "");
    char *title;
    int failed = lesson_title(path, &title, &error);
    print_plain(title ? title : "", title ? strlen(title) : 0);
    free(title);
    putchar('\n');
    if (failed) {
        fflush(stdout);
        return complain_error("lessons", path, &error);
    }
    return STATUS_OK;
}

/* Lists the lessons without a chapter first (the tour), then the others, with a heading where a chapter begins. */
static int list_lessons(const char *directory, const struct trace_list *list)
{
    int status = STATUS_OK, width = 0;
    bool first = true;
    size_t skip = strlen(directory) + 1;
    for (size_t i = 0; i < list->paths.len; i++) {
        int len = name_length(list->paths.data[i] + skip);
        width = len > width ? len : width;
    }
    for (int in_chapters = 0; in_chapters < 2; in_chapters++) {
        char *before = NULL;
        for (size_t i = 0; i < list->paths.len; i++) {
            const char *path = list->paths.data[i];
            char *heading = lesson_chapter(path);
            if (heading == NULL || (*heading != '\0') != (in_chapters != 0)) {
                free(heading);
                continue;
            }
            if (*heading != '\0' && (before == NULL || strcmp(heading, before) != 0)) {
                fputs(first ? "" : "\n", stdout);
                print_plain(heading, strlen(heading));
                putchar('\n');
            }
            free(before);
            before = heading;
            first = false;
            int one = list_lesson(path, path + skip, width);
            status = one > status ? one : status;
        }
        free(before);
    }
    return status;
}

int command_lessons(int argc, char **argv)
{
    struct usage usage = {.command = COMMAND_lessons,
                          .text = "Each can be given to play, run and check as lesson:NAME, or by its number alone:\n"
                                  "lesson:201. $HEAPREEL_TRACES names another directory to look in."};
    switch (options_parse(&usage, &argc, &argv)) {
    case OPTIONS_HELP: return STATUS_OK;
    case OPTIONS_BAD: return STATUS_ERROR;
    default: break;
    }
    if (argc > 0)
        return complain_usage("lessons", "lessons takes no arguments");
    struct error error = {0};
    struct trace_list list = {0};
    char *directory = lessons_directory(&error);
    int status = STATUS_ERROR;
    if (directory == NULL || trace_list_add(&list, directory, &error) != 0)
        complain_error("lessons", NULL, &error);
    else if (list.paths.len == 0)
        complain("no traces in %s", directory);
    else
        status = list_lessons(directory, &list);
    trace_list_free(&list);
    free(directory);
    return status;
}
