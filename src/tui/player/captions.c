/* captions.c - the index of a trace's chapters, notes and questions. */
#include "tui/player/captions.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

void captions_free(struct captions *captions)
{
    for (size_t i = 0; i < captions->lines.len; i++) {
        free(captions->lines.data[i].text);
        free(captions->lines.data[i].answer);
    }
    vec_free(&captions->lines);
}

/* text[0..len) without surrounding blanks: new, or NULL without memory. */
static char *trimmed(const char *text, size_t len)
{
    struct text_word w = text_trim(text, len);
    return strndup(w.text, w.len);
}

int captions_add(struct captions *captions, uint64_t step, uint64_t event, const struct trace_event *line)
{
    if (line->op != TRACE_CHAPTER && line->op != TRACE_NOTE && line->op != TRACE_ASK)
        return 0;
    const char *bar = line->op == TRACE_ASK ? memchr(line->text, '|', line->text_len) : NULL;
    size_t len = bar ? (size_t)(bar - line->text) : line->text_len;
    struct caption add = {.step = step, .event = event, .line = line->line, .op = line->op};
    add.text = trimmed(line->text, len);
    add.answer = bar ? trimmed(bar + 1, line->text_len - len - 1) : NULL;
    add.chapter = line->op == TRACE_CHAPTER ? add.text
                  : captions->lines.len > 0 ? captions->lines.data[captions->lines.len - 1].chapter
                                            : NULL;
    if (!add.text || (bar && !add.answer) || vec_push(&captions->lines, add)) {
        free(add.text);
        free(add.answer);
        return -1;
    }
    return 0;
}

const struct caption *captions_at(const struct captions *captions, uint64_t step)
{
    size_t i;
    vec_count_while(&captions->lines, i, captions->lines.data[i].step <= step);
    return i > 0 ? &captions->lines.data[i - 1] : NULL;
}

const struct caption *captions_after(const struct captions *captions, uint64_t step)
{
    size_t i;
    vec_count_while(&captions->lines, i, captions->lines.data[i].step <= step);
    return i < captions->lines.len ? &captions->lines.data[i] : NULL;
}
