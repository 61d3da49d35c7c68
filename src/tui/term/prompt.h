/*
 * prompt.h - a line that is typed: editing, history, completion.
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
#define PROMPT_LONGEST 65536 /* bytes of a line; what is typed behind is dropped */

struct prompt {
    bool open;
    const char *label;   /* borrowed: what is asked for */
    VEC(char) text;      /* the line, UTF-8, without a NUL */
    size_t at;           /* the cursor's byte */
    VEC(char *) history; /* owned: oldest first */
    size_t shown;        /* the line of the history that is edited; history.len: a new one */
    char *begun;         /* owned, or NULL: the new line, while an older one is edited */
};

enum prompt_result {
    PROMPT_MORE,      /* typing goes on */
    PROMPT_DONE,      /* Enter: the line is text, and in the history; the prompt is closed */
    PROMPT_CANCELLED, /* Escape, or backspace in an empty line: the prompt is closed */
    PROMPT_NO_MEMORY  /* the host's memory ran out; the line stands as it was */
};

void prompt_free(struct prompt *prompt);

/* Opens an empty line. label is borrowed. */
void prompt_begin(struct prompt *prompt, const char *label);

/*
 * Takes a key. complete(self, i) gives the i-th word that the first word of the line may become with Tab, NULL behind
 * the last one; complete NULL: none.
 */
enum prompt_result prompt_key(struct prompt *prompt, uint32_t key, const char *(*complete)(void *self, size_t i),
                              void *self);

#endif
