/*
 * breakpoint.h - places where a run is to stop, forwards and backwards.
 *
 * A breakpoint is written as text:
 *   minor | major | compact | step         a collection of that kind, or a marking step, begins
 *   marking | finish                       incremental marking starts | the pause that finishes it begins
 *   promotion [ID]                         an object is promoted
 *   oom                                    the heap runs out of memory
 *   line N | event N                       a line of the trace has been applied | an event
 *   object ID                              anything happens to the object of that name: made, stored into, copied,
 *                                          promoted, marked, evacuated, dead
 *   CONDITION                              as behind "expect" (live x, spaces.old.used > 4k): stops where it becomes
 * true
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
    bool off;        /* kept, but not stopped at */
    uint64_t number; /* line, event */
    char *name;      /* owned: promotion, object: the ID as written, or NULL: any */
    char *text;      /* owned: the whole breakpoint as written, blanks around it excluded */
};

#define BREAKPOINT_ALONE UINT32_MAX /* the id of the one that stands in for all others */

/* Zeroed: none. */
struct breakpoints {
    VEC(struct breakpoint) list; /* in the order of their making; behind them the one that stands alone, if any */
    uint32_t made;
    bool alone; /* there is one, and the others are not stopped at */
};

/* What a breakpoint hit. */
struct breakpoint_hit {
    uint32_t id; /* of the breakpoint */
    enum breakpoint_kind kind;
    bool happened; /* happening is filled: the happening that it stopped at; its object is an index in the heap */
    struct happening happening;
};

void breakpoints_free(struct breakpoints *breakpoints);

/*
 * Adds the breakpoint written in text[0..len). Its id, or 0 after filling error (column: where in text; words that
 * a condition names are looked up when it is tested). Adding one that is there already gives the id of that one.
 */
uint32_t breakpoints_add(struct breakpoints *breakpoints, const char *text, size_t len, struct error *error);
/* Takes one away. False if there is none of that id. */
bool breakpoints_remove(struct breakpoints *breakpoints, uint32_t id);
/* The one of that id, or NULL. */
struct breakpoint *breakpoints_find(const struct breakpoints *breakpoints, uint32_t id);

/*
 * For a way to one line, whatever breakpoints there are: until breakpoints_together, only the line's own is stopped at.
 * 0, or -1 without memory.
 */
int breakpoints_alone(struct breakpoints *breakpoints, uint64_t line);
/* Back to those that were added. */
void breakpoints_together(struct breakpoints *breakpoints);
/* How many were added and not removed: the first so many of the list. */
size_t breakpoints_count(const struct breakpoints *breakpoints);

/* Is it one to stop at now? */
static inline bool breakpoint_counts(const struct breakpoints *breakpoints, const struct breakpoint *breakpoint)
{
    return breakpoints->alone ? breakpoint->id == BREAKPOINT_ALONE : !breakpoint->off;
}

/* The word, the operand ("", "[ID]", "ID", "N", "CONDITION") and the help of a kind; never NULL. */
const char *breakpoint_word(enum breakpoint_kind kind);
const char *breakpoint_operand(enum breakpoint_kind kind);
const char *breakpoint_help(enum breakpoint_kind kind);

#endif
