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

/* The piece up to the next bar; *at becomes the bar, or NULL. */
static struct text_word next_piece(const char **at, const char *end)
{
    const char *begin = *at + 1;
    *at = memchr(begin, '|', (size_t)(end - begin));
    return text_trim(begin, (size_t)((*at == NULL ? end : *at) - begin));
}

/* Without a star, what follows the first bar is one answer, bars included. */
static bool has_star(const char *bar, const char *end)
{
    while (bar != NULL) {
        struct text_word piece = next_piece(&bar, end);
        if (piece.len > 0 && piece.text[0] == '*')
            return true;
    }
    return false;
}

static const char *parse_choices(struct question *q, const char *bar, const char *end)
{
    bool marked = false;
    while (bar != NULL) {
        struct text_word piece = next_piece(&bar, end);
        if (bar == NULL && marked && piece.len > 0 && piece.text[0] == '=') {
            q->why = text_trim(piece.text + 1, piece.len - 1);
            break;
        }
        const char *wrong = add_choice(q, piece, &marked);
        if (wrong != NULL)
            return wrong;
    }
    return q->count == 1 ? "one choice only, expected others beside the right one" : NULL;
}

const char *question_parse(const char *text, size_t len, struct question *q)
{
    const char *end = text + len, *bar = memchr(text, '|', len);
    *q = (struct question){.text = text_trim(text, bar == NULL ? len : (size_t)(bar - text))};
    if (bar == NULL)
        return "no \"|\" in the question, expected QUESTION | ANSWER";
    if (q->text.len == 0)
        return "no question, expected QUESTION | ANSWER";
    q->answer = text_trim(bar + 1, (size_t)(end - bar - 1));
    if (q->answer.len == 0)
        return "no answer, expected QUESTION | ANSWER";
    return has_star(bar, end) ? parse_choices(q, bar, end) : NULL;
}
