/*
 * prompt.h - a typed line: editing, history, completion.
 *
 * It knows neither a screen nor what the line is for.
 */
#ifndef HEAPREEL_TUI_TERM_PROMPT_H
#define HEAPREEL_TUI_TERM_PROMPT_H

#include "base/vec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PROMPT_HISTORY 100   /* lines that are remembered */
#define PROMPT_LONGEST 65536 /* bytes of a line; more are dropped */

struct prompt {
    bool open;
    const char *label;   /* borrowed: what the line is for */
    VEC(char) text;      /* the line, UTF-8, without a NUL */
    size_t at;           /* the cursor's byte */
    VEC(char *) history; /* owned: oldest first */
    size_t shown;        /* the line of the history that is edited; history.len: a new one */
    char *begun;         /* owned, or NULL: the new line, while an older one is edited */
};

enum prompt_result {
    PROMPT_MORE,      /* typing continues */
    PROMPT_DONE,      /* Enter: the line is in text, and in the history; the prompt is closed */
    PROMPT_CANCELLED, /* Escape, or backspace in an empty line: the prompt is closed */
    PROMPT_NO_MEMORY  /* the host has no memory; the line is unchanged */
};

void prompt_free(struct prompt *prompt);

/* Opens an empty line. label is borrowed. */
void prompt_begin(struct prompt *prompt, const char *label);

/*
 * Takes a key. complete(self, i) returns the i-th word that Tab can make of the first word of the line, NULL after the
 * last one; complete NULL: none.
 */
enum prompt_result prompt_key(struct prompt *prompt, uint32_t key, const char *(*complete)(void *self, size_t i),
                              void *self);

#endif
