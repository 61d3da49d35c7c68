/*
 * said.c - the index of what a trace says.
 */
#include "tui/said.h"

#include <stdlib.h>
#include <string.h>

void said_free(struct said *said)
{
    for (size_t i = 0; i < said->lines.len; i++) {
        free(said->lines.data[i].text);
        free(said->lines.data[i].answer);
    }
    vec_free(&said->lines);
}

/* text[0..len) without the blanks around it: new, or NULL without memory. */
static char *trimmed(const char *text, size_t len)
{
    while (len > 0 && (*text == ' ' || *text == '\t')) {
        text++;
        len--;
    }
    while (len > 0 && (text[len - 1] == ' ' || text[len - 1] == '\t'))
        len--;
    char *copy = malloc(len + 1);
    if (copy) {
        memcpy(copy, text, len);
        copy[len] = '\0';
    }
    return copy;
}

/* Forgets the older half; chapters stay, since later lines name them. */
static void make_room(struct said *said)
{
    size_t kept = 0, half = said->lines.len / 2;
    for (size_t i = 0; i < said->lines.len; i++) {
        struct said_line line = said->lines.data[i];
        if (i < half && line.op != TRACE_CHAPTER) {
            free(line.text);
            free(line.answer);
        } else {
            said->lines.data[kept++] = line;
        }
    }
    said->lines.len = kept;
}

int said_add(struct said *said, uint64_t step, uint64_t event, const struct trace_event *line)
{
    if (line->op != TRACE_CHAPTER && line->op != TRACE_NOTE && line->op != TRACE_ASK)
        return 0;
    if (said->lines.len >= SAID_MOST)
        make_room(said);
    const char *bar = line->op == TRACE_ASK ? memchr(line->text, '|', line->text_len) : NULL;
    size_t len = bar ? (size_t)(bar - line->text) : line->text_len;
    struct said_line add = {.step = step, .event = event, .line = line->line, .op = line->op};
    add.text = trimmed(line->text, len);
    add.answer = bar ? trimmed(bar + 1, line->text_len - len - 1) : NULL;
    add.chapter = line->op == TRACE_CHAPTER ? add.text
                  : said->lines.len > 0     ? said->lines.data[said->lines.len - 1].chapter
                                            : NULL;
    if (!add.text || (bar && !add.answer) || vec_push(&said->lines, add)) {
        free(add.text);
        free(add.answer);
        return -1;
    }
    return 0;
}

const struct said_line *said_at(const struct said *said, uint64_t step)
{
    size_t low = 0, high = said->lines.len;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (said->lines.data[middle].step <= step)
            low = middle + 1;
        else
            high = middle;
    }
    return low > 0 ? &said->lines.data[low - 1] : NULL;
}
