/*
 * gclog.h - a log of V8's collector, and the program made up from it.
 *
 * A log of --trace-gc-nvp (Node 12 to 24: NAME=VALUE; Node 26: JSON), or of v8.GCProfiler, has for each collection what
 * was allocated since the last one, what was copied, promoted and left. From these, gclog_fit finds how long objects
 * live, and gclog_write writes a program that allocates as much and lets go as much: run under the log's own flags, it
 * should show the log's own collections, and under others what these would do.
 *
 * Lines of a program's own, prefixes of loggers and several isolates are allowed; the isolate with most collections is
 * taken.
 */
#ifndef HEAPREEL_FORMATS_GCLOG_H
#define HEAPREEL_FORMATS_GCLOG_H

#include "base/error.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stdio.h>

#define GCLOG_BYTES (UINT64_C(16) << 30) /* of a longer log, the last collections that allocated so much are taken */

enum gclog_form { GCLOG_NONE, GCLOG_PAIRS, GCLOG_JSON, GCLOG_PROFILER };

struct gclog_collection {
    bool scavenge; /* else a full collection */
    bool task;     /* in a task of its own, between turns of the event loop */
    uint32_t isolate;
    uint64_t mutator_us; /* since the last collection */
    uint64_t pause_us;
    uint64_t allocated, promoted, copied, before, after; /* bytes */
};

struct gclog {
    VEC(struct gclog_collection) list; /* of one isolate, in order */
    enum gclog_form form;
    uint32_t isolates; /* in the file */
    uint64_t others;   /* collections of other isolates */
    uint64_t earlier;  /* collections at the beginning that are left out: see GCLOG_BYTES */
    uint64_t plain;    /* lines of --trace-gc, which say too little */
    bool reasons;      /* task is known */
    uint64_t scavenges;
};

/* Reads a log from text. 0, or -1 (error filled); gclog_free is needed in both cases. */
int gclog_read(struct gclog *log, const char *text, size_t len, struct error *error);
void gclog_free(struct gclog *log);

/*
 * Does the program have an event loop that lets V8 collect between its turns? If reasons are not known, by how full new
 * space was at most scavenges: V8 then scavenges at 80 % of it, else when it is full.
 */
bool gclog_has_turns(const struct gclog *log);

/* ---- gclog_fit.c ---- */

#define GCLOG_LIVES 16u /* lifetimes of 32 KiB x 2^k of allocation */
#define GCLOG_FOREVER GCLOG_LIVES
#define GCLOG_SHARES (GCLOG_LIVES + 1)
#define GCLOG_PHASES 6u
#define GCLOG_LIFE(k) (UINT64_C(32768) << (k))

/* What the log says of the program: shares of the bytes, in millionths; what is left is garbage at once. */
struct gclog_model {
    uint32_t phases;                            /* parts of the log, each with lives of its own */
    uint32_t share[GCLOG_PHASES][GCLOG_SHARES]; /* of bytes born young */
    uint32_t old_share[GCLOG_SHARES];           /* of bytes born old */
    uint64_t base;                              /* bytes that are there at the beginning */
    VEC(uint64_t) young, old;                   /* of each collection, bytes born before it */
    VEC(uint64_t) large;                        /* and bytes of large objects that it promoted at once: of neither */
};

/* The phase that a collection belongs to. */
uint32_t gclog_phase(const struct gclog *log, const struct gclog_model *model, size_t collection);

/*
 * Finds the model: non-negative least squares with a penalty on what survives, so that of several explanations the one
 * with the fewest survivors is taken. 0, or -1 without memory; gclog_model_free is needed in both cases.
 */
int gclog_fit(const struct gclog *log, struct gclog_model *model);
void gclog_model_free(struct gclog_model *model);

/* ---- gclog_write.c ---- */

/*
 * Writes the program. path: of the log, for its comments; turn: bytes of allocation from one turn of its event loop to
 * the next, 0: it has none. 0, or -1 without memory, or if it cannot be written.
 */
int gclog_write(const struct gclog *log, const struct gclog_model *model, const char *path, uint64_t turn, FILE *out);

#endif
