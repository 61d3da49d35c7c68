/* question.c - divides a question at its bars. */
#include "trace/question.h"

#include <string.h>

static const char *add_choice(struct question *q, struct text_word word, bool *marked)
{
    if (q->count == QUESTION_CHOICES)
        return "more than 9 choices";
    if (word.len > 0 && word.text[0] == '*') {
        if (*marked)
            return "two choices with a *, expected one";
        *marked = true;
        word = text_trim(word.text + 1, word.len - 1);
        q->right = q->count;
        q->answer = word;
    }
    if (word.len == 0)
        return "an empty choice";
    q->choices[q->count++] = word;
    return NULL;
}

const char *question_parse(const char *text, size_t len, struct question *q)
{
    const char *end = text + len, *bar = memchr(text, '|', len);
    bool marked = false;
    *q = (struct question){.text = text_trim(text, bar == NULL ? len : (size_t)(bar - text))};
    if (bar == NULL)
        return "no \"|\" in the question, expected QUESTION | ANSWER";
    if (q->text.len == 0)
        return "no question, expected QUESTION | ANSWER";
    struct text_word whole = text_trim(bar + 1, (size_t)(end - bar - 1));
    if (whole.len == 0)
        return "no answer, expected QUESTION | ANSWER";
    while (bar != NULL) {
        const char *begin = bar + 1;
        bar = memchr(begin, '|', (size_t)(end - begin));
        struct text_word word = text_trim(begin, (size_t)((bar == NULL ? end : bar) - begin));
        if (bar == NULL && marked && word.len > 0 && word.text[0] == '=') {
            q->why = text_trim(word.text + 1, word.len - 1);
            break;
        }
        const char *wrong = add_choice(q, word, &marked);
        if (wrong != NULL)
            return wrong;
    }
    if (q->count == 1 && !marked) {
        q->count = 0;
        q->answer = whole;
        return NULL;
    }
    return !marked         ? "no choice is marked, expected a * before the right one"
           : q->count == 1 ? "one choice only, expected others beside the right one"
                           : NULL;
}
