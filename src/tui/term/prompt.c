/* prompt.c - edits a line, with history and completion. */
#include "tui/term/prompt.h"

#include "base/text.h"
#include "tui/term/keys.h"

#include <stdlib.h>
#include <string.h>

#define CTRL(letter) ((letter)&0x1Fu)

void prompt_free(struct prompt *prompt)
{
    for (size_t i = 0; i < prompt->history.len; i++)
        free(prompt->history.data[i]);
    vec_free(&prompt->history);
    vec_free(&prompt->text);
    free(prompt->begun);
    *prompt = (struct prompt){.open = false};
}

void prompt_begin(struct prompt *prompt, const char *label)
{
    prompt->open = true;
    prompt->label = label;
    prompt->text.len = prompt->at = 0;
    prompt->shown = prompt->history.len;
    free(prompt->begun);
    prompt->begun = NULL;
}

/* ---- editing ---- */

static bool continues(char byte)
{
    return ((unsigned char)byte & 0xC0) == 0x80;
}

/* The byte where the character before at, or after it, begins. */
static size_t before(const struct prompt *p, size_t at)
{
    do
        at -= at > 0;
    while (at > 0 && continues(p->text.data[at]));
    return at;
}

static size_t behind(const struct prompt *p, size_t at)
{
    do
        at += at < p->text.len;
    while (at < p->text.len && continues(p->text.data[at]));
    return at;
}

/* The byte where the word before at begins. */
static size_t word_before(const struct prompt *p, size_t at)
{
    while (at > 0 && p->text.data[at - 1] == ' ')
        at--;
    while (at > 0 && p->text.data[at - 1] != ' ')
        at--;
    return at;
}

/* Removes the bytes from first to end. */
static void cut(struct prompt *p, size_t first, size_t end)
{
    if (end > first)
        memmove(p->text.data + first, p->text.data + end, p->text.len - end);
    p->text.len -= end - first;
    p->at = first;
}

/* Inserts bytes at the cursor. 0, or -1 without memory. */
static int insert(struct prompt *p, const char *bytes, size_t len)
{
    if (p->text.len + len > PROMPT_LONGEST)
        return 0;
    if (vec_reserve(&p->text, len + 1))
        return -1;
    memmove(p->text.data + p->at + len, p->text.data + p->at, p->text.len - p->at);
    memcpy(p->text.data + p->at, bytes, len);
    p->text.len += len;
    p->at += len;
    return 0;
}

static int insert_point(struct prompt *p, uint32_t point)
{
    char utf8[TEXT_POINT_ROOM];
    if (point < 0x20 || (point >= 0x7F && point < 0xA0) || point > 0x10FFFF || (point >= 0xD800 && point < 0xE000))
        return 0;
    return insert(p, utf8, text_encode(point, utf8));
}

/* ---- history ---- */

static int show(struct prompt *p, const char *text)
{
    p->text.len = p->at = 0;
    return insert(p, text, strlen(text));
}

static char *copy_line(const struct prompt *p)
{
    char *copy = malloc(p->text.len + 1);
    if (copy) {
        if (p->text.len > 0)
            memcpy(copy, p->text.data, p->text.len);
        copy[p->text.len] = '\0';
    }
    return copy;
}

static int older(struct prompt *p)
{
    if (p->shown == 0)
        return 0;
    if (p->shown == p->history.len) {
        char *begun = copy_line(p);
        if (!begun)
            return -1;
        free(p->begun);
        p->begun = begun;
    }
    return show(p, p->history.data[--p->shown]);
}

static int newer(struct prompt *p)
{
    if (p->shown == p->history.len)
        return 0;
    p->shown++;
    return show(p, p->shown < p->history.len ? p->history.data[p->shown] : p->begun ? p->begun : "");
}

/* Adds the line to the history, unless it is empty or equal to the last one. */
static int remember(struct prompt *p)
{
    size_t n = p->history.len;
    if (p->text.len == 0 || (n > 0 && strlen(p->history.data[n - 1]) == p->text.len &&
                             memcmp(p->history.data[n - 1], p->text.data, p->text.len) == 0))
        return 0;
    char *line = copy_line(p);
    if (!line || vec_push(&p->history, line)) {
        free(line);
        return -1;
    }
    if (p->history.len > PROMPT_HISTORY) {
        free(p->history.data[0]);
        memmove(p->history.data, p->history.data + 1, (p->history.len - 1) * sizeof *p->history.data);
        p->history.len--;
    }
    return 0;
}

/* ---- completion ---- */

/* Completes the first word as far as all words agree that begin with it. */
static int complete_word(struct prompt *p, const char *(*complete)(void *self, size_t i), void *self)
{
    const char *common = NULL, *word;
    size_t len = 0, matches = 0;
    if (!complete || p->at != p->text.len || (p->text.len > 0 && memchr(p->text.data, ' ', p->text.len)))
        return 0;
    for (size_t i = 0; (word = complete(self, i)) != NULL; i++) {
        if (strlen(word) < p->text.len || *word == '\0' ||
            (p->text.len > 0 && memcmp(word, p->text.data, p->text.len) != 0))
            continue;
        if (matches++ == 0) {
            common = word;
            len = strlen(word);
        }
        for (size_t k = 0; k < len; k++)
            if (word[k] != common[k])
                len = k;
    }
    if (matches == 0)
        return 0;
    int result = insert(p, common + p->text.len, len - p->text.len);
    return result == 0 && matches == 1 ? insert(p, " ", 1) : result;
}

/* ---- keys ---- */

static enum prompt_result close_prompt(struct prompt *p, enum prompt_result result)
{
    p->open = false;
    return result;
}

/* Keys that change the line, or move in it. 0, or -1 without memory. */
static int edit(struct prompt *p, uint32_t key)
{
    switch (key) {
    case KEYCODE_LEFT:
    case CTRL('b'): p->at = before(p, p->at); return 0;
    case KEYCODE_RIGHT:
    case CTRL('f'): p->at = behind(p, p->at); return 0;
    case KEYCODE_HOME:
    case CTRL('a'): p->at = 0; return 0;
    case KEYCODE_END:
    case CTRL('e'): p->at = p->text.len; return 0;
    case KEYCODE_BACKSPACE:
    case CTRL('h'): cut(p, before(p, p->at), p->at); return 0;
    case KEYCODE_DELETE:
    case CTRL('d'): {
        size_t at = p->at;
        cut(p, at, behind(p, at));
        return 0;
    }
    case CTRL('w'): cut(p, word_before(p, p->at), p->at); return 0;
    case CTRL('u'): cut(p, 0, p->at); return 0;
    case CTRL('k'): p->text.len = p->at; return 0;
    case KEYCODE_UP:
    case CTRL('p'): return older(p);
    case KEYCODE_DOWN:
    case CTRL('n'): return newer(p);
    default: return insert_point(p, key);
    }
}

enum prompt_result prompt_key(struct prompt *prompt, uint32_t key, const char *(*complete)(void *self, size_t i),
                              void *self)
{
    switch (key) {
    case KEYCODE_ENTER: return remember(prompt) ? PROMPT_NO_MEMORY : close_prompt(prompt, PROMPT_DONE);
    case KEYCODE_ESCAPE:
    case CTRL('c'):
    case CTRL('g'): return close_prompt(prompt, PROMPT_CANCELLED);
    case KEYCODE_TAB: return complete_word(prompt, complete, self) ? PROMPT_NO_MEMORY : PROMPT_MORE;
    case KEYCODE_BACKSPACE:
    case CTRL('h'):
        if (prompt->text.len == 0)
            return close_prompt(prompt, PROMPT_CANCELLED);
        break;
    default: break;
    }
    return edit(prompt, key) ? PROMPT_NO_MEMORY : PROMPT_MORE;
}
