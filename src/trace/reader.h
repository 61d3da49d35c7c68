/*
 * reader.h - a trace as a stream of events.
 *
 * Reads from a file, a pipe or memory, and expands "repeat" as a stream; keeps no more text than its buffer, the lines
 * of an open repeat, and one line. Events come in batches, so that a run can touch memory ahead of their use.
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
 * From now on calls wait(self, fd) before every read that may block: 0 to continue, -1 to give up, and trace_read
 * fails. (A reader cannot say beforehand whether it will wait: a comment or an open repeat makes no event.)
 */
void trace_on_wait(struct trace_reader *reader, int (*wait)(void *self, int fd), void *self);

/*
 * The file that a pipe is spooled to, up to what has been read (see trace_keep), or -1. Borrowed; read it with pread.
 */
int trace_spool(const struct trace_reader *reader);

/*
 * Scans up to max events into out. Returns how many (at least 1), 0 at the end of the trace, -1 after filling error.
 * Events before a malformed line are handed out first: the error comes with the call that would begin at that line, and
 * each call after it fails. Never waits for more input while there is an event to hand out. source and text of the
 * events are valid until the next call.
 */
int trace_read(struct trace_reader *reader, struct trace_event *out, int max, struct error *error);

/*
 * Ends the outermost open repeat, if any: skips the rest of its rounds and its TRACE_END, so that the next event is the
 * one after its "end" (for "expect oom"). Must be called between two calls of trace_read; the caller drops events
 * already handed out. A batch can go past the end of a repeat: the caller looks for TRACE_END among the events that it
 * still has, and calls this only if there is none. Returns true if a repeat was open at the last event handed out.
 */
bool trace_skip_repeat(struct trace_reader *reader);

/*
 * A position between two calls of trace_read, to return to: where in the input, and how far in the rounds of a repeat.
 * Zeroed: none. Apart from the input, its memory follows the depth of the repeats.
 */
struct trace_place {
    uint64_t offset, line;               /* bytes and lines taken */
    uint64_t repeat_offset, repeat_line; /* of the outermost open repeat */
    VEC(struct trace_round) rounds;      /* of the open repeats; empty: none is open */
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
 * Lets the reader go back: from now on input that cannot be read twice (a pipe, a terminal) is kept in an unlinked
 * temporary file in directory (NULL or "": /tmp). Before the first trace_read. 0, or -1 after filling error.
 */
int trace_keep(struct trace_reader *reader, const char *directory, struct error *error);

/* Saves the reader's position in *place (zeroed, or filled before). 0, or -1 without memory. */
int trace_save(const struct trace_reader *reader, struct trace_place *place);
void trace_place_free(struct trace_place *place);

/*
 * Returns to a position of this reader; trace_keep has been called. Forgets an error that the reader had met. 0, or -1
 * after filling error: the input cannot be read any more or has changed, or there is no memory.
 */
int trace_restore(struct trace_reader *reader, const struct trace_place *place, struct error *error);

/* Is a repeat open at the last event handed out, whose outermost one contains a worker line? */
bool trace_repeat_switches(const struct trace_reader *reader);

/*
 * Skips lines, without checking them, up to the next worker line, or into the next repeat that contains one; between
 * two calls of trace_read. An open repeat without one is skipped too. 1 if there is one, 0 if there is none before the
 * end or a line that cannot be read, -1 after filling error: the file cannot be read, or there is no memory.
 */
int trace_skip_to_worker(struct trace_reader *reader, struct error *error);

/* Lines read so far, and bytes read so far of bytes_total (0 if unknown). */
uint64_t trace_lines(const struct trace_reader *reader);
uint64_t trace_bytes(const struct trace_reader *reader, uint64_t *bytes_total);

/*
 * Marks the names that the reader itself still holds (repeat bodies); see names_full. Call it, and sweep, between two
 * calls of trace_read, after marking the names of events not yet applied too.
 */
void trace_mark_names(struct trace_reader *reader);

#endif
