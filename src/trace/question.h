/*
 * question.h - the text of an "ask" line: QUESTION | ANSWER, or QUESTION | *RIGHT | WRONG | WRONG ..., in any order,
 * and last, if need be, | = WHY.
 */
#ifndef HEAPREEL_TRACE_QUESTION_H
#define HEAPREEL_TRACE_QUESTION_H

#include "base/text.h"

#define QUESTION_CHOICES 9u

struct question {
    struct text_word text;
    struct text_word answer; /* the right one, without its star */
    struct text_word why;    /* of choices: what is said with the answer; empty: nothing */
    struct text_word choices[QUESTION_CHOICES];
    unsigned count; /* of choices; 0: an answer in words, with any bars in it */
    unsigned right; /* index of the right choice */
};

/* Reads the text. NULL, or what is wrong and what was expected. The words lie in text. */
const char *question_parse(const char *text, size_t len, struct question *question);

#endif
