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
#include "base/vec.h"
#include "trace/event.h"

struct trace_reader;
struct trace_round;

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
 * The file that a pipe is spooled to, as far as it has been read (see trace_keep), or -1. Borrowed: to be read with
 * pread.
 */
int trace_spool(const struct trace_reader *reader);

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

/*
 * A place between two calls of trace_read, to be gone back to, or forward again: where in the input, and how far in the
 * rounds of a repeat. Zeroed: nothing is kept. What it needs apart from the input follows the depth of the repeats.
 */
struct trace_place {
    uint64_t offset, line;               /* bytes and lines taken so far */
    uint64_t repeat_offset, repeat_line; /* of the outermost repeat that is open */
    VEC(struct trace_round) rounds;      /* of the repeats that are open; empty: none is */
    size_t at;                           /* in the repeat's body */
    uint64_t made;                       /* events of the outermost repeat so far */
    struct names workers;                /* those seen */
    bool started, set_allowed, named;
};
struct trace_round {
    size_t node; /* of the repeat, in its body */
    uint64_t round, rounds;
};

/*
 * Lets the reader go back: what cannot be read twice (a pipe, a terminal) is kept in an unlinked temporary file
 * in directory (NULL or "": /tmp) from now on. Before the first trace_read. 0, or -1 after filling error.
 */
int trace_keep(struct trace_reader *reader, const char *directory, struct error *error);

/* Notes in *place (which has been zeroed, or filled before) where the reader is. 0, or -1 without memory. */
int trace_save(const struct trace_reader *reader, struct trace_place *place);
void trace_place_free(struct trace_place *place);

/*
 * Goes to a place that this reader has been at; trace_keep has been called. An error that the reader had come to is
 * forgotten. 0, or -1 after filling error: the input cannot be read any more, or has changed, or no memory.
 */
int trace_restore(struct trace_reader *reader, const struct trace_place *place, struct error *error);

/* Is a repeat open at the last event handed out, outermost, that has a worker line in it? */
bool trace_repeat_switches(const struct trace_reader *reader);

/*
 * Skips lines, which are not checked, up to the next worker line, or into the next repeat that has one; between two
 * calls of trace_read. An open repeat without one is skipped too. 1 if it has come there, 0 if there is none before the
 * end or a line that cannot be read, -1 after filling error: the file cannot be read, or no memory.
 */
int trace_skip_to_worker(struct trace_reader *reader, struct error *error);

/* Lines read so far, and bytes read so far of bytes_total (0 if not known). */
uint64_t trace_lines(const struct trace_reader *reader);
uint64_t trace_bytes(const struct trace_reader *reader, uint64_t *bytes_total);

/*
 * Marks the names that the reader itself still holds (repeat bodies); see names_full. Call it, and sweep, between two
 * calls of trace_read, with the names of events not yet applied marked too.
 */
void trace_mark_names(struct trace_reader *reader);

#endif
