/*
 * listing.h - the text of the trace, to show the lines around the current one.
 *
 * A regular file is read again where needed, with a sparse index of its lines; for a pipe that is the file that it is
 * spooled to.
 */
#ifndef HEAPREEL_TUI_PLAYER_LISTING_H
#define HEAPREEL_TUI_PLAYER_LISTING_H

#include "base/error.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LISTING_STRIDE 256 /* lines between two entries of the index */

/* A line of the listing: text is listing.text.data + at. */
struct listing_line {
    uint64_t line; /* 1-based */
    size_t at, len;
};

struct listing {
    int fd;              /* the file, or -1: a pipe */
    VEC(uint64_t) index; /* offset of line 1 + i * LISTING_STRIDE */
    uint64_t offset;     /* where the indexed part ends, and */
    uint64_t line;       /* the number of the line that it ends in */
    bool complete;       /* the whole file is indexed */
    bool grows;          /* it is the file that a pipe is spooled to */
    /* what was read last, oldest first */
    VEC(struct listing_line) lines;
    VEC(char) text;
    uint64_t first, line_read;
    unsigned count;
};

/* Opens the listing of path, which has no lines if that is not a regular file. Never fails. */
void listing_open(struct listing *listing, const char *path);
/* Opens the listing of a text, which is kept in a temporary file in directory. 0, or -1 after filling error. */
int listing_open_text(struct listing *listing, const char *directory, const char *text, size_t len,
                      struct error *error);
/*
 * Reads from a growing file from now on (fd, duplicated; -1: nothing changes), for a listing whose path was not a
 * regular file. Never fails.
 */
void listing_follow(struct listing *listing, int fd);
void listing_close(struct listing *listing);

/* Does a line that has been read begin with a word? "": is it blank, or a comment? */
bool listing_begins(const struct listing *listing, const struct listing_line *line, const char *word);
/* Is it applied by a run, unlike a comment, or the bounds of a repetition? */
bool listing_acts(const struct listing *listing, const struct listing_line *line);

/* Fills listing->lines with up to before lines up to line, and up to after lines after it. 0, or -1 without memory. */
int listing_read(struct listing *listing, uint64_t line, unsigned before, unsigned after);

#endif
