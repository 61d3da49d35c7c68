/*
 * captions.h - what a trace has said to people: chapters, notes and questions, by the step they stand at.
 *
 * Filled once for each line, as the run first comes by; asked for any place that it has come by.
 */
#ifndef HEAPREEL_TUI_PLAYER_CAPTIONS_H
#define HEAPREEL_TUI_PLAYER_CAPTIONS_H

#include "base/vec.h"
#include "trace/event.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SAID_MOST 100000 /* lines that are remembered; then the older half of the notes makes way */

struct caption {
    uint64_t step; /* behind the line */
    uint64_t event, line;
    uint8_t op;    /* TRACE_CHAPTER, TRACE_NOTE or TRACE_ASK */
    char *text;    /* owned */
    char *answer;  /* owned: of a question that has one, else NULL */
    char *chapter; /* borrowed: the text of the last chapter line, this one included; NULL: none yet */
};

/* Zeroed: nothing yet. */
struct captions {
    VEC(struct caption) lines; /* by step */
};

void captions_free(struct captions *captions);

/* Adds a line; titles are passed over. 0, or -1 without memory. */
int captions_add(struct captions *captions, uint64_t step, uint64_t event, const struct trace_event *line);

/* The last line at or before a step, or NULL. */
const struct caption *captions_at(const struct captions *captions, uint64_t step);

#endif
