/*
 * nearest.h - what a mistyped word was probably meant to be.
 */
#ifndef HEAPREEL_BASE_NEAREST_H
#define HEAPREEL_BASE_NEAREST_H

#include <stddef.h>

/*
 * The word that differs least from text: letters that are wrong, missing, superfluous or exchanged with their neighbour
 * count one each, at most one in three. word(self, i) returns the i-th word to choose from, NULL after the last.
 * Borrowed from it; NULL: none is near.
 */
const char *nearest_word(const char *text, size_t len, const char *(*word)(void *self, size_t i), void *self);

/* Room for what follows. */
#define NEAREST_ROOM 96

/*
 * Writes the question after a complaint into out: ": did you mean "play"?", or "" if no word is near, or only one too
 * long to ask about. Returns out.
 */
const char *nearest_question(char out[NEAREST_ROOM], const char *text, size_t len,
                             const char *(*word)(void *self, size_t i), void *self);

#endif
