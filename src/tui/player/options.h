/* options.h - what "heapreel play" can be asked for. */
#ifndef HEAPREEL_TUI_PLAYER_OPTIONS_H
#define HEAPREEL_TUI_PLAYER_OPTIONS_H

#include "base/output.h"
#include "base/vec.h"
#include "heap/config.h"
#include "tui/term/terminal.h"

#include <stdlib.h>

#define PLAY_WIDTH 80 /* the size of a screen without a terminal, unless options say another */
#define PLAY_HEIGHT 24

/* A lesson: owns its strings. */
struct play_lesson {
    char *path, *name; /* its file; "201-first-scavenge" */
    char *title;       /* or "" */
    char *chapter;     /* the heading of the chapter it belongs to, or "" */
};

/* The lessons in the order in which they are taught. Zeroed: none. */
struct play_lessons {
    VEC(struct play_lesson) list;
};

static inline void play_lesson_free(struct play_lesson *lesson)
{
    free(lesson->path);
    free(lesson->name);
    free(lesson->title);
    free(lesson->chapter);
}

/* What "heapreel play" was asked for. Every string is borrowed. */
struct play_options {
    const char *path;         /* the trace; "-" = standard input (keys come from the controlling terminal) */
    struct settings settings; /* of the command line: win over the trace's */
    bool ascii;               /* ASCII only, whatever the locale */
    bool presenter;           /* begins with the screen for a room */
    enum color_mode colors;
    uint64_t budget;             /* bytes for checkpoints; 0 = as travel.h has it */
    const struct settings *with; /* another configuration to compare with, or NULL */
    const char *script;          /* file of keys ("-" = standard input), played without a terminal; or NULL */
    const char *dump;       /* file for the last screen as text ("-" = standard output), without a terminal; or NULL */
    const char *film;       /* file for a film of it all, whose name says the format; or NULL */
    enum theme theme;       /* the first one */
    unsigned width, height; /* size without a terminal; 0 = PLAY_WIDTH, PLAY_HEIGHT */
    int (*lessons)(struct play_lessons *lessons); /* adds all lessons; 0, or -1: they are not found. Or NULL */
    bool keeps;                                   /* the lessons that have been done are kept in a file */
    struct outputs *outputs;                      /* lists the files being written, for who handles signals; or NULL */
};

#endif
