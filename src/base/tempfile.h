/* tempfile.h - a temporary file without a name: it is gone when the last descriptor of it is closed. */
#ifndef HEAPREEL_BASE_TEMPFILE_H
#define HEAPREEL_BASE_TEMPFILE_H

#include "base/error.h"

#include <stddef.h>

/*
 * Opens one in directory (NULL or "": /tmp) for reading and writing, closed on exec. The descriptor, or -1 after
 * filling error.
 */
int tempfile_open(const char *directory, struct error *error);

/* Writes all of data[0..n) to it, at offset. 0, or -1 after filling error. */
int tempfile_write(int fd, uint64_t offset, const char *data, size_t n, struct error *error);

#endif
