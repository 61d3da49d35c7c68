/* options.h - what "heapreel play" can be asked for. */
#ifndef HEAPREEL_TUI_PLAYER_OPTIONS_H
#define HEAPREEL_TUI_PLAYER_OPTIONS_H

#include "base/output.h"
#include "heap/config.h"
#include "tui/term/terminal.h"

#define PLAY_WIDTH 80 /* the size of a screen without a terminal, unless options say another */
#define PLAY_HEIGHT 24

/* What "heapreel play" was asked for. Every string is borrowed. */
struct play_options {
    const char *path;         /* the trace; "-" = standard input (keys come from the controlling terminal) */
    struct settings settings; /* of the command line: win over the trace's */
    bool ascii;               /* ASCII only, whatever the locale */
    enum color_mode colors;
    uint64_t budget;             /* bytes for checkpoints; 0 = as travel.h has it */
    const struct settings *with; /* another configuration to compare with, or NULL */
    const char *script;          /* file of keys ("-" = standard input), played without a terminal; or NULL */
    const char *dump;        /* file for the last screen as text ("-" = standard output), without a terminal; or NULL */
    unsigned width, height;  /* size without a terminal; 0 = PLAY_WIDTH, PLAY_HEIGHT */
    struct outputs *outputs; /* lists the files being written, for who handles signals; or NULL */
};

#endif
