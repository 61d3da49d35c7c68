/*
 * bytes.h - a whole file in memory, followed by a NUL: mapped if it can be, else read; a compressed one (gzip, zstd) is
 * read through the program of that name.
 */
#ifndef HEAPREEL_SNAPSHOT_BYTES_H
#define HEAPREEL_SNAPSHOT_BYTES_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

struct bytes {
    char *data; /* len bytes and a NUL */
    size_t len;
    size_t room; /* mapped: of the mapping; else of the block */
    bool mapped;
};

/*
 * Opens path ("-": standard input). directory is for a temporary file, which a packed pipe needs; NULL: /tmp. 0, or -1
 * (error filled).
 */
int bytes_open(struct bytes *bytes, const char *path, const char *directory, struct error *error);
void bytes_close(struct bytes *bytes);

#endif
