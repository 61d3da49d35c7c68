/* captions.c - the index of a trace's chapters, notes and questions. */
#include "tui/player/captions.h"

#include "base/text.h"
#include "base/writer.h"
#include "trace/question.h"

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

/* A question with its choices: "QUESTION  a) THIS  b) THAT"; its answer: "a) THIS". Each is new; NULL without memory.
 */
static char *question_text(const struct question *q)
{
    struct out out;
    out_to_memory(&out);
    out_text(&out, q->text.text, q->text.len);
    for (unsigned i = 0; i < q->count; i++) {
        out_format(&out, "  %c) ", 'a' + (int)i);
        out_text(&out, q->choices[i].text, q->choices[i].len);
    }
    return out_take(&out);
}

static char *answer_text(const struct question *q)
{
    struct out out;
    out_to_memory(&out);
    if (q->count > 0)
        out_format(&out, "%c) ", 'a' + (int)q->right);
    out_text(&out, q->answer.text, q->answer.len);
    if (q->why.len > 0) {
        out_words(&out, ". ");
        out_text(&out, q->why.text, q->why.len);
    }
    return out_take(&out);
}

int captions_add(struct captions *captions, uint64_t step, uint64_t event, const struct trace_event *line)
{
    if (line->op != TRACE_CHAPTER && line->op != TRACE_NOTE && line->op != TRACE_ASK)
        return 0;
    struct question question;
    bool asks = line->op == TRACE_ASK && question_parse(line->text, line->text_len, &question) == NULL;
    struct caption add = {.step = step, .event = event, .line = line->line, .op = line->op};
    add.text = asks ? question_text(&question) : trimmed(line->text, line->text_len);
    add.answer = asks ? answer_text(&question) : NULL;
    add.chapter = line->op == TRACE_CHAPTER ? add.text
                  : captions->lines.len > 0 ? captions->lines.data[captions->lines.len - 1].chapter
                                            : NULL;
    if (!add.text || (asks && !add.answer) || vec_push(&captions->lines, add)) {
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
