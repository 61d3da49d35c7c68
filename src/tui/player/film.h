/*
 * film.h - the whole run at a glance: memory over the events, up to the frontier.
 *
 * A bounded number of frames, each of which stands for the same number of events; when they are used up, every two are
 * merged. A frame keeps the minimum and the maximum of its events, so that no peak between two frames is lost.
 */
#ifndef HEAPREEL_TUI_PLAYER_FILM_H
#define HEAPREEL_TUI_PLAYER_FILM_H

#include "base/vec.h"
#include "heap/heap.h"

#define FILM_FRAMES 4096 /* an even number */

struct film_frame {
    uint64_t used_least, used_most; /* heapUsed, bytes */
    uint64_t total_most, external_most;
    uint64_t start_ns; /* simulated time when it began */
    bool marking;      /* an incremental cycle was running */
    bool seen;         /* its events are known; otherwise it is like the one before */
};

/* Zeroed: an empty film. */
struct film {
    VEC(struct film_frame) frames; /* frame i: the events from i * stride + 1 to (i + 1) * stride */
    uint64_t stride;               /* 0 before the first one */
};

void film_free(struct film *film);

/* Adds the current state of the heap, event by event or less often. 0, or -1 without memory. */
int film_take(struct film *film, const struct heap *heap);

#endif
