/* breakpoint.c - the list of breakpoints, and reading them from text. */
#include "travel/breakpoint.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *word, *operand, *help;
} kinds[] = {
#define X(symbol, word, operand, help) {word, operand, help},
    BREAKPOINTS(X)
#undef X
};

const char *breakpoint_word(enum breakpoint_kind kind)
{
    return kinds[kind].word;
}

const char *breakpoint_operand(enum breakpoint_kind kind)
{
    return kinds[kind].operand;
}

const char *breakpoint_help(enum breakpoint_kind kind)
{
    return kinds[kind].help;
}

static void free_one(struct breakpoint *b)
{
    free(b->name);
    free(b->text);
}

void breakpoints_free(struct breakpoints *breakpoints)
{
    for (size_t i = 0; i < breakpoints->list.len; i++)
        free_one(&breakpoints->list.data[i]);
    vec_free(&breakpoints->list);
}

/* ---- reading ---- */

static int wrong(const char *text, struct text_word w, struct error *error, const char *what)
{
    return error_set(error, ERROR_INPUT, 0, (uint64_t)(w.text - text) + 1, "%s", what);
}

/* The operand of a kind that is written with a word. 0, or -1 after filling error. */
static int read_operand(struct breakpoint *b, const char *text, struct text_word operand, struct error *error)
{
    const char *form = kinds[b->kind].operand;
    if (operand.len == 0)
        return *form == '\0' || *form == '[' ? 0
               : *form == 'N'                ? wrong(text, operand, error, "missing field, expected a number")
                                             : wrong(text, operand, error, "missing field, expected an ID");
    if (*form == '\0')
        return wrong(text, operand, error, "extra field, expected nothing behind it");
    if (*form == 'N') {
        if (text_number(operand.text, operand.len, &b->number) != TEXT_OK || b->number == 0)
            return wrong(text, operand, error, "expected a number from 1 on");
        return 0;
    }
    b->name = strndup(operand.text, operand.len);
    return b->name ? 0 : error_memory(error);
}

/* Words that begin a condition without being a figure; only checks that enough words follow. */
static int read_condition(const char *text, size_t len, struct text_word first, struct error *error)
{
    static const struct {
        const char *word;
        size_t words;
    } forms[] = {{"live", 2}, {"dead", 2}, {"garbage", 2}, {"space", 3}, {"age", 3}, {"color", 3}, {"leak", 3}};
    size_t at = 0, count = 0, wanted = 3;
    struct text_word w;
    while ((w = text_next(text, len, &at)).len > 0)
        count++;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (text_is(first, forms[i].word))
            wanted = forms[i].words;
    if (count != wanted)
        return wrong(text, first, error,
                     count == 1 ? "unknown breakpoint" : "expected a condition as behind \"expect\"");
    return 0;
}

static int read_breakpoint(struct breakpoint *b, const char *text, size_t len, struct error *error)
{
    size_t at = 0;
    struct text_word first = text_next(text, len, &at), operand = text_next(text, len, &at), extra;
    b->kind = BREAKPOINT_CONDITION;
    if (first.len == 0)
        return wrong(text, first, error, "missing field, expected a breakpoint");
    for (unsigned i = 0; i < BREAKPOINT_CONDITION; i++)
        if (text_is(first, kinds[i].word))
            b->kind = (enum breakpoint_kind)i;
    if (b->kind == BREAKPOINT_CONDITION)
        return read_condition(text, len, first, error);
    extra = text_next(text, len, &at);
    if (extra.len > 0)
        return wrong(text, extra, error, "extra field, expected nothing behind it");
    return read_operand(b, text, operand, error);
}

uint32_t breakpoints_add(struct breakpoints *breakpoints, const char *text, size_t len, struct error *error)
{
    struct text_word w = text_trim(text, len);
    for (size_t i = 0; i < breakpoints->list.len; i++)
        if (text_is(w, breakpoints->list.data[i].text))
            return breakpoints->list.data[i].id;
    struct breakpoint b = {.id = breakpoints->made + 1};
    if (read_breakpoint(&b, w.text, w.len, error)) {
        free_one(&b);
        return 0;
    }
    b.text = strndup(w.text, w.len);
    if (!b.text || vec_push(&breakpoints->list, b)) {
        free_one(&b);
        error_memory(error);
        return 0;
    }
    return ++breakpoints->made;
}

bool breakpoints_remove(struct breakpoints *breakpoints, uint32_t id)
{
    for (size_t i = 0; i < breakpoints->list.len; i++) {
        struct breakpoint *b = &breakpoints->list.data[i];
        if (b->id != id)
            continue;
        free_one(b);
        memmove(b, b + 1, (breakpoints->list.len - i - 1) * sizeof *b);
        breakpoints->list.len--;
        return true;
    }
    return false;
}

struct breakpoint *breakpoints_find(const struct breakpoints *breakpoints, uint32_t id)
{
    for (size_t i = 0; i < breakpoints->list.len; i++)
        if (breakpoints->list.data[i].id == id)
            return &breakpoints->list.data[i];
    return NULL;
}
