/* leak_report.h - leak analysis (heap/leaks.h) as a section of the JSON report and of the summary; paths for people. */
#ifndef HEAPREEL_REPORT_LEAK_REPORT_H
#define HEAPREEL_REPORT_LEAK_REPORT_H

#include "base/writer.h"
#include "heap/retainers.h"
#include "report/sink.h"
#include "report/totals.h"

/*
 * Writes the section "leaks" of the report; analyses the heaps only if the section is wanted. For several heaps: the
 * worst verdict, no series, and the sites of all, each with its worker.
 */
void leak_report_tell(const struct heaps *heaps, struct sink *sink);

/* Writes the summary's lines; none before the first major collection. 0, or -1 without memory. */
int leak_report_put(struct out *out, const struct heap *heap);

/*
 * Writes a path for people, as a JavaScript program would: "cache.entries[17].next", a weak collection's value
 * "cache.get(key)", an unnamed slot "list.*". A long path lacks its middle, "a.b.c ... .x.y". The scope that holds the
 * first object precedes it, "main: ", if it has a name. The path must not be empty.
 */
void leak_report_put_path(struct out *out, const struct heap *heap, const struct heap_path *path);

#endif
