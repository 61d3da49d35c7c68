/* notes.c - looks ahead in the trace for notes and questions. */
#include "tui/player/notes.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define AHEAD (1024 * 1024) /* bytes that are searched */

static char *copy(const char *text, size_t len)
{
    char *to = malloc(len + 1);
    if (to) {
        memcpy(to, text, len);
        to[len] = '\0';
    }
    return to;
}

char *notes_join(const char *note, const char *answer)
{
    static const char arrow[] = NOTES_ARROW;
    note = note ? note : "";
    if (!answer)
        return copy(note, strlen(note));
    size_t n = strlen(note), m = strlen(answer);
    char *to = malloc(n + sizeof arrow + m);
    if (to) {
        memcpy(to, note, n);
        memcpy(to + n, arrow, sizeof arrow - 1);
        memcpy(to + n + sizeof arrow - 1, answer, m + 1);
    }
    return to;
}

size_t notes_room(const char *text)
{
    size_t columns = 0;
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c < 0x80 || c >= 0xC0) /* not the later bytes of a character; characters of three bytes can be wide */
            columns += c >= 0xE3 ? 2 : 1;
    }
    return columns;
}

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* The text after word at the beginning of a line, without surrounding blanks; NULL if the line has another word. */
static const char *behind(const char *line, const char *end, const char *word, size_t *len)
{
    size_t n = strlen(word);
    while (line < end && blank(*line))
        line++;
    if ((size_t)(end - line) <= n || memcmp(line, word, n) != 0 || !blank(line[n]))
        return NULL;
    line += n;
    while (line < end && blank(*line))
        line++;
    while (end > line && blank(end[-1]))
        end--;
    *len = (size_t)(end - line);
    return line;
}

/* Replaces *longest by text[0..len) if that is longer. */
static void take(char **longest, const char *text, size_t len)
{
    char *other = copy(text, len);
    if (other && (!*longest || notes_room(other) > notes_room(*longest))) {
        free(*longest);
        *longest = other;
    } else {
        free(other);
    }
}

static char *search(const char *text, const char *end)
{
    char *longest = NULL;
    while (text < end) {
        const char *stop = memchr(text, '\n', (size_t)(end - text)), *found;
        size_t len;
        if (!stop)
            break;
        if ((found = behind(text, stop, "note", &len)) || (found = behind(text, stop, "ask", &len)))
            take(&longest, found, len);
        else if (!longest && behind(text, stop, "chapter", &len))
            take(&longest, "", 0);
        text = stop + 1;
    }
    return longest;
}

char *notes_foresee(int fd)
{
    char *text = fd < 0 ? NULL : malloc(AHEAD), *longest = NULL;
    size_t len = 0;
    ssize_t n = 1;
    while (text && n > 0 && len < AHEAD) {
        n = pread(fd, text + len, AHEAD - len, (off_t)len);
        len += n > 0 ? (size_t)n : 0;
    }
    if (text)
        longest = search(text, text + len);
    free(text);
    return longest;
}
