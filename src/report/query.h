/* query.h - suggestions for a figure's path, for messages. */
#ifndef HEAPREEL_REPORT_QUERY_H
#define HEAPREEL_REPORT_QUERY_H

#include "run/run.h"

/*
 * Why a path is not a figure, as text for an error message: unknown figure "heapused" in "memoryUsage", known are rss,
 * heapTotal, heapUsed, external. New, free() it; NULL without memory (or if the path is a figure).
 */
char *report_figure_hint(const struct run *run, const char *path, size_t len);

#endif
