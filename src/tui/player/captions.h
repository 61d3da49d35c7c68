/*
 * captions.h - what a trace has said to people: chapters, notes and questions, by step.
 *
 * Each line is added once, when the run first passes it, and can then be found for any step up to there.
 */
#ifndef HEAPREEL_TUI_PLAYER_CAPTIONS_H
#define HEAPREEL_TUI_PLAYER_CAPTIONS_H

#include "base/vec.h"
#include "trace/event.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct caption {
    uint64_t step; /* after the line */
    uint64_t event, line;
    uint8_t op;    /* TRACE_CHAPTER, TRACE_NOTE or TRACE_ASK */
    char *text;    /* owned */
    char *answer;  /* owned: the answer of a question that has one, else NULL */
    char *chapter; /* borrowed: the text of the last chapter line up to this one; NULL: none yet */
};

/* Zeroed: empty. */
struct captions {
    VEC(struct caption) lines; /* by step */
};

void captions_free(struct captions *captions);

/* Adds a line, unless it is a title. 0, or -1 without memory. */
int captions_add(struct captions *captions, uint64_t step, uint64_t event, const struct trace_event *line);

/* The last line at or before a step, or NULL. */
const struct caption *captions_at(const struct captions *captions, uint64_t step);
/* The first line after a step, or NULL. */
const struct caption *captions_after(const struct captions *captions, uint64_t step);

#endif
