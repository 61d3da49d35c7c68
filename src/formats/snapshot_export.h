/*
 * snapshot_export.h - a simulated heap as a heap snapshot, in the layout of Node 20, which DevTools, memlab and other
 * readers load: one synthetic node for each scope, one node for each object, one for off-heap bytes. Retained sizes
 * come out equal.
 */
#ifndef HEAPREEL_FORMATS_SNAPSHOT_EXPORT_H
#define HEAPREEL_FORMATS_SNAPSHOT_EXPORT_H

#include "heap/heap.h"

#include <stdio.h>

/* 0, or -1 without memory, or if it cannot be written. */
int snapshot_export(const struct heap *heap, FILE *out);

#endif
