/* write.h - events as lines of a trace, which the reader would read as the same events. */
#ifndef HEAPREEL_TRACE_WRITE_H
#define HEAPREEL_TRACE_WRITE_H

#include "base/names.h"
#include "trace/event.h"

#include <stdio.h>

/*
 * Writes the line of an event, with its newline; repeats have been expanded, so nothing for TRACE_END. names: those
 * that the event's reader interned into. A failure is the file's (ferror).
 */
void trace_write_event(FILE *out, const struct names *names, const struct trace_event *event);

#endif
