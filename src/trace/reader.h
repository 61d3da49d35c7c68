/*
 * reader.h - a trace as a stream of events.
 *
 * Reads from a file, a pipe or memory, expands "repeat" as a stream, keeps no
 * more text than its buffer, the lines of an open repeat, and one line.
 * Events come in batches, so that a run can touch memory ahead of their use.
 */
#ifndef HEAPREEL_TRACE_READER_H
#define HEAPREEL_TRACE_READER_H

#include "base/error.h"
#include "base/names.h"
#include "trace/event.h"

struct trace_reader;

/*
 * Opens path ("-" = standard input), or text in memory (borrowed, must outlive the reader).
 * names is borrowed: the reader interns into it. NULL after filling error.
 */
struct trace_reader *trace_open(const char *path, struct names *names, struct error *error);
struct trace_reader *trace_open_memory(const char *text, size_t len, struct names *names, struct error *error);
void trace_close(struct trace_reader *reader);

/*
 * Calls wait(self, fd) from now on before each read from the file, which may block: 0 to go on, -1 to give up, and
 * trace_read fails. (A reader cannot say beforehand whether it will wait: a comment or an open repeat makes no event.)
 */
void trace_on_wait(struct trace_reader *reader, int (*wait)(void *self, int fd), void *self);

/*
 * Scans up to max events into out. Returns how many (at least 1), 0 at the end
 * of the trace, -1 after filling error. Lines before a malformed one are handed out first: the error
 * comes with the call that would begin at its line; behind it, each call fails. Never waits for more input
 * while it has an event to hand out. source and text of the events are valid until the next call.
 */
int trace_read(struct trace_reader *reader, struct trace_event *out, int max, struct error *error);

/*
 * Ends the outermost repeat that is open, if any: the rest of its rounds is skipped, its TRACE_END is not told,
 * and the next event is the one behind its "end" (used by "expect oom"). Must be called between two calls of
 * trace_read; events already handed out are the caller's to drop. A batch goes on behind the end of a repeat: the
 * caller looks for TRACE_END among the events it still has, and calls this only if there is none.
 * Returns true if a repeat was open at the last event handed out.
 */
bool trace_skip_repeat(struct trace_reader *reader);

/* Lines read so far, and bytes read so far of bytes_total (0 if not known). */
uint64_t trace_lines(const struct trace_reader *reader);
uint64_t trace_bytes(const struct trace_reader *reader, uint64_t *bytes_total);

/*
 * Marks the names that the reader itself still holds (repeat bodies); see names_full. Call it, and sweep, between two
 * calls of trace_read, with the names of events not yet applied marked too.
 */
void trace_mark_names(struct trace_reader *reader);

#endif
