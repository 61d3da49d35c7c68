/*
 * breakpoint.h - places where a run stops, going forward or back.
 *
 * A breakpoint is written as text:
 *   minor | major | compact | step         a collection of that kind, or a marking step, begins
 *   marking | finish                       incremental marking starts | the pause that finishes it begins
 *   promotion [ID]                         an object is promoted
 *   oom                                    the heap runs out of memory
 *   line N | event N                       a line of the trace has been applied | an event
 *   object ID                              anything happens to the object of that name: made, stored into, copied,
 *                                          promoted, marked, evacuated, dead
 *   CONDITION                              as after "expect" (live x, spaces.old.used > 4k): it becomes true
 */
#ifndef HEAPREEL_TRAVEL_BREAKPOINT_H
#define HEAPREEL_TRAVEL_BREAKPOINT_H

#include "base/error.h"
#include "base/vec.h"
#include "heap/happening.h"

#include <stdbool.h>

/* X(symbol, word, operand: "" none, "[ID]", "ID" or "N", help) */
#define BREAKPOINTS(X)                                                                                                 \
    X(MINOR, "minor", "", "a scavenge begins")                                                                         \
    X(MAJOR, "major", "", "a mark-sweep or mark-compact begins")                                                       \
    X(COMPACT, "compact", "", "the first object is evacuated by a compaction")                                         \
    X(STEP, "step", "", "a step of incremental marking ends")                                                          \
    X(MARKING, "marking", "", "incremental marking starts")                                                            \
    X(FINISH, "finish", "", "the pause that finishes incremental marking begins")                                      \
    X(PROMOTION, "promotion", "[ID]", "an object is promoted")                                                         \
    X(OOM, "oom", "", "the heap runs out of memory")                                                                   \
    X(LINE, "line", "N", "that line of the trace has been applied")                                                    \
    X(EVENT, "event", "N", "that event has been applied")                                                              \
    X(OBJECT, "object", "ID", "anything happens to the object of that name")                                           \
    X(CONDITION, "", "CONDITION", "a condition as behind \"expect\" becomes true")

enum breakpoint_kind {
#define X(symbol, word, operand, help) BREAKPOINT_##symbol,
    BREAKPOINTS(X)
#undef X
        BREAKPOINT_KIND_COUNT
};

struct breakpoint {
    enum breakpoint_kind kind;
    uint32_t id;     /* 1, 2, 3 ...: never used twice */
    bool off;        /* kept, but play does not stop at it */
    uint64_t number; /* line, event */
    char *name;      /* owned: promotion, object: the ID as written, or NULL: any */
    char *text;      /* owned: the whole breakpoint as written, without surrounding blanks */
};

/* Zeroed: none. */
struct breakpoints {
    VEC(struct breakpoint) list; /* in the order of their making */
    uint32_t made;
};

/* What a breakpoint stopped at. */
struct breakpoint_hit {
    uint32_t id; /* of the breakpoint */
    enum breakpoint_kind kind;
    bool happened; /* happening is filled: the one that it stopped at; its object is an index in the heap */
    struct happening happening;
};

void breakpoints_free(struct breakpoints *breakpoints);

/*
 * Adds the breakpoint written in text[0..len). Returns its id, or 0 after filling error (column: where in text; names
 * in a condition are only looked up when it is tested). If the same breakpoint exists, returns its id.
 */
uint32_t breakpoints_add(struct breakpoints *breakpoints, const char *text, size_t len, struct error *error);
/* Removes one. False if there is none with that id. */
bool breakpoints_remove(struct breakpoints *breakpoints, uint32_t id);
/* The breakpoint with that id, or NULL. */
struct breakpoint *breakpoints_find(const struct breakpoints *breakpoints, uint32_t id);

/* The word, the operand ("", "[ID]", "ID", "N", "CONDITION") and the help of a kind; never NULL. */
const char *breakpoint_word(enum breakpoint_kind kind);
const char *breakpoint_operand(enum breakpoint_kind kind);
const char *breakpoint_help(enum breakpoint_kind kind);

#endif
