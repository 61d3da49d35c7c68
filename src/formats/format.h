/*
 * format.h - the formats that are written and read besides traces: one table, from which the commands, their help and
 * messages about files of another sort are made.
 */
#ifndef HEAPREEL_FORMATS_FORMAT_H
#define HEAPREEL_FORMATS_FORMAT_H

#include "run/run.h"

#include <stdio.h>

/* X(symbol, word, what it is) */
#define EXPORT_FORMATS(X)                                                                                              \
    X(HEAPSNAPSHOT, "heapsnapshot", "a heap snapshot, for DevTools, memlab and others")                                \
    X(TRACE_EVENTS, "trace-events", "collections, for DevTools' performance panel and Perfetto")

enum export_format {
#define X(symbol, word, help) EXPORT_##symbol,
    EXPORT_FORMATS(X)
#undef X
        EXPORT_FORMAT_COUNT
};

const char *export_format_word(enum export_format format);
const char *export_format_help(enum export_format format);

/* Are these the first bytes of a heap snapshot? */
bool format_is_snapshot(const char *text, size_t len);

/*
 * What the first bytes of a file show it to be, if it is no trace, as a hint for a message: "this is a heap snapshot:
 * heapreel heap FILE". NULL: nothing that is known. text has len bytes, which can be fewer than the file has.
 */
const char *format_hint(const char *text, size_t len);

#endif
