/*
 * trace_events.h - the collections of a run in the JSON form of Chromium's trace events, with the names that V8 itself
 * gives them: DevTools' performance panel and Perfetto show them on a time line, with the heap's size.
 */
#ifndef HEAPREEL_FORMATS_TRACE_EVENTS_H
#define HEAPREEL_FORMATS_TRACE_EVENTS_H

#include "run/run.h"

#include <stdio.h>

/* All heaps of a run, a thread each. 0, or -1 if it cannot be written. */
int trace_events_write(const struct run *run, FILE *out);

#endif
