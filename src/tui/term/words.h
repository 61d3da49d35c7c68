/*
 * words.h - numbers as a screen shows them: short, rounded, aligned.
 *
 * (base/text.h prints them exactly, as in a trace.)
 */
#ifndef HEAPREEL_TUI_TERM_WORDS_H
#define HEAPREEL_TUI_TERM_WORDS_H

#include "tui/term/canvas.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WORDS_ROOM 40 /* bytes that a function below needs at most, including the NUL */

/* 142, 1 203, 1 000 000: grouped by thousands. Returns out. */
const char *words_count(char out[WORDS_ROOM], uint64_t value);

/* 48 B, 2.1k, 61.0k, 640k, 1.5M: bytes, rounded down. Returns out. */
const char *words_size(char out[WORDS_ROOM], uint64_t bytes);

/* 640 ns, 18.4 µs, 3.2 ms, 1.5 s (us in ASCII). Returns out. */
const char *words_time(char out[WORDS_ROOM], uint64_t ns, bool ascii);

/* 5/s, 2k/s, 1M/s; 0: max. Returns out. */
const char *words_speed(char out[WORDS_ROOM], uint64_t per_second);

/* Draws part of most as a bar of up to width columns, in eighths of them: at least a sliver. */
void words_bar(struct canvas *canvas, struct rect clip, int x, int y, int width, enum style style, uint64_t part,
               uint64_t most);

/* part of whole in percent, half up; 0 if whole is 0. */
unsigned words_percent(uint64_t part, uint64_t whole);

#endif
