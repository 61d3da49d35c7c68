/* nearest.c - the distance of two words, by dynamic programming over three rows. */
#include "base/nearest.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define LONGEST 64 /* words beyond that are not compared */

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* How many letters must be changed, added, removed or exchanged to make b of a. Neither is longer than LONGEST. */
static unsigned distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
    unsigned rows[3][LONGEST + 1] = {{0}}, *before = rows[0], *above = rows[1], *row = rows[2];
    for (size_t j = 0; j <= b_len; j++)
        above[j] = (unsigned)j;
    for (size_t i = 1; i <= a_len; i++) {
        row[0] = (unsigned)i;
        for (size_t j = 1; j <= b_len; j++) {
            unsigned other = a[i - 1] != b[j - 1];
            row[j] = least(least(above[j] + 1, row[j - 1] + 1), above[j - 1] + other);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], before[j - 2] + 1);
        }
        unsigned *oldest = before;
        before = above;
        above = row;
        row = oldest;
    }
    return above[b_len];
}

const char *nearest_word(const char *text, size_t len, const char *(*word)(void *self, size_t i), void *self)
{
    const char *nearest = NULL, *candidate;
    unsigned best = UINT32_MAX;
    if (len < 2 || len > LONGEST)
        return NULL;
    for (size_t i = 0; (candidate = word(self, i)) != NULL; i++) {
        size_t candidate_len = strlen(candidate);
        if (candidate_len > LONGEST)
            continue;
        unsigned d = distance(text, len, candidate, candidate_len);
        if (d < best && d <= (len + 2) / 3) {
            best = d;
            nearest = candidate;
        }
    }
    return nearest;
}

const char *nearest_question(char out[NEAREST_ROOM], const char *text, size_t len,
                             const char *(*word)(void *self, size_t i), void *self)
{
    const char *nearest = nearest_word(text, len, word, self);
    if (nearest)
        snprintf(out, NEAREST_ROOM, ": did you mean \"%s\"?", nearest);
    else
        out[0] = '\0';
    return out;
}
