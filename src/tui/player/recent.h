/*
 * recent.h - the memory of a screen: what happened lately, in words and as trails.
 *
 * Bounded: old lines go, and only the first happenings of a flood are reported; the rest is counted.
 */
#ifndef HEAPREEL_TUI_PLAYER_RECENT_H
#define HEAPREEL_TUI_PLAYER_RECENT_H

#include "heap/heap.h"

#define HAPPENED_LINES 256   /* lines that are kept */
#define HAPPENED_FLOOD 200   /* happenings of one slice that are reported one by one */
#define HAPPENED_TRAILS 8192 /* moves that are kept as trails */
#define HAPPENED_NAMES 16    /* names in a line about the dead */

/* The happenings that are put into words: always, and only while play is slow enough to read. */
#define BIT(kind) (UINT64_C(1) << HAPPENING_##kind)
#define HEAR_GC                                                                                                        \
    (BIT(GC_BEGIN) | BIT(DECISION) | BIT(GROW) | BIT(SHRINK) | BIT(MARKING_START) | BIT(LIMIT) | BIT(ABORT) |          \
     BIT(GC_END) | BIT(OOM) | BIT(OOM_COLLECTION))
#define HEAR_SLOW                                                                                                      \
    (HEAR_GC | BIT(ALLOC) | BIT(BARRIER) | BIT(FILLER) | BIT(FLIP) | BIT(MOVE) | BIT(PROMOTE) | BIT(WEAK_CLEAR) |      \
     BIT(FINALIZED) | BIT(DEAD) | BIT(SWEEP) | BIT(EVACUATE) | BIT(PAGE) | BIT(RELEASE) | BIT(EXTERNAL) |              \
     BIT(MARKING_ROOTS) | BIT(STEP))
/* Micro-step by micro-step: also what is marked and scanned. */
#define HEAR_MICRO (HEAR_SLOW | BIT(MARK) | BIT(SCAN))
/* What a collection does, without the program's actions. */
#define HEAR_COLLECTION (HEAR_SLOW & ~(BIT(ALLOC) | BIT(BARRIER) | BIT(FILLER) | BIT(EXTERNAL)))

struct recent_line {
    uint64_t event;
    enum happening_kind kind;
    char *text; /* owned */
};

/* When something happened: in which event, after how many of the heap's micro-steps, heard in which slice. */
struct instant {
    uint64_t event, micro, slice;
};

/* A move: from a place in from-space (or, evacuated, in an old page) to a place. */
struct trail {
    struct instant when;
    enum happening_kind kind; /* MOVE, PROMOTE, EVACUATE, or DEAD: nowhere */
    uint32_t object;
    uint32_t parity; /* of the semispace it came from */
    uint64_t size, from_page, from_offset;
};

struct recent_events {
    struct recent_line lines[HAPPENED_LINES];
    uint64_t count;           /* lines ever; the newest is at (count - 1) % HAPPENED_LINES */
    VEC(struct trail) trails; /* of the last collection */
    uint64_t slice;           /* counts recent_begin */
    struct instant flip;      /* the last one; slice 0: none */
    struct instant since;     /* in this event, from this micro-step on; slice 0: see recent_fresh */
    uint64_t told;            /* happenings reported one by one in this slice */
    uint64_t untold;          /* and those that were only counted */
    uint64_t untold_event;
    /* the dead, gathered into one line */
    uint64_t dead, dead_bytes, dead_event;
    VEC(char) names; /* the first ones, separated by blanks */
    uint64_t named;  /* the number of those */
};

void recent_free(struct recent_events *recent_events);

/* Begins a new slice: what the user sees happen at once, a micro-step, an event or a frame of play. */
void recent_begin(struct recent_events *recent_events);
/*
 * The slice was a motion of many steps, or came from further back: only what is of that event, after that many
 * micro-steps, has just happened.
 */
void recent_last(struct recent_events *recent_events, uint64_t event, uint64_t micro);
/* Has it just happened: in the last slice, or only in the last step of it? */
bool recent_fresh(const struct recent_events *recent_events, const struct instant *instant);
/* Ends the slice: puts what was gathered into lines. 0, or -1 without memory. */
int recent_end(struct recent_events *recent_events);

/* Adds a happening. 0, or -1 without memory. */
int recent_hear(struct recent_events *recent_events, const struct heap *heap, const struct happening *happening);

/* Adds a line of words that is not about a happening (an expectation, an error). 0, or -1 without memory. */
int recent_say(struct recent_events *recent_events, uint64_t event, const char *text, size_t len);

/* The i-th newest line (0: the last), or NULL. */
const struct recent_line *recent_line(const struct recent_events *recent_events, uint64_t i);

#endif
