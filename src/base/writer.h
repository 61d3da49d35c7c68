/*
 * writer.h - buffered text, to a file or kept in memory.
 *
 * All reports write through a struct out: numbers without printf, JSON strings with their escapes, one fwrite for many
 * pieces. A struct out lives on the stack, and owns memory only if it keeps its text. Errors are remembered (failed),
 * not returned: check once, at the end.
 */
#ifndef HEAPREEL_BASE_WRITER_H
#define HEAPREEL_BASE_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define OUT_ROOM 8192

struct out {
    FILE *file; /* borrowed; NULL: the text is kept in memory */
    char *data; /* room, or the owned block of a kept text */
    size_t len, cap;
    bool failed; /* a write failed, or there was no memory */
    char room[OUT_ROOM];
};

/* Makes *out write to file (borrowed). End with out_flush; it owns nothing. */
void out_to_file(struct out *out, FILE *file);
/* Makes *out keep its text. End with out_take or out_drop. */
void out_to_memory(struct out *out);

/* Passes the buffered text to the file. 0, or -1 if anything has failed so far. */
int out_spill(struct out *out);
/* The same, and flushes the file. */
int out_flush(struct out *out);
/* The kept text, NUL-terminated: new; NULL if anything failed. */
char *out_take(struct out *out);
/* Frees the kept text. */
void out_drop(struct out *out);

void out_text(struct out *out, const char *text, size_t len);
/* A NUL-terminated text. */
void out_words(struct out *out, const char *words);
void out_char(struct out *out, char c);
void out_number(struct out *out, uint64_t value);
/* A character n times. */
void out_repeat(struct out *out, char c, size_t n);
/* A ratio in millionths as a decimal fraction with six digits: 500000 is 0.500000. */
void out_ratio(struct out *out, uint64_t millionths);
/* printf for short pieces (cut at 255 bytes). */
void out_format(struct out *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * A JSON string with its quotation marks; NULL is null. Control characters are escaped, and invalid UTF-8 (a file name
 * can have any bytes) becomes U+FFFD.
 */
void out_json_string(struct out *out, const char *text, size_t len);

/* ---- for people ---- */

/*
 * User text made safe for a terminal (no control or direction characters), cut with "..." if it is wider than columns.
 * Returns the columns that it takes.
 */
size_t out_safe(struct out *out, const char *text, size_t len, size_t columns);
/* A number in groups of three digits: 1 203. */
void out_grouped(struct out *out, uint64_t value);

#define OUT_HUMAN 32 /* most bytes of the texts below */
/* Bytes for people: 816, 5.2k, 1.4G; one decimal, half up. Returns text. */
const char *human_size(char text[OUT_HUMAN], uint64_t bytes);
/* A duration for people: 816 ns, 18.4 us, 1.2 s. */
const char *human_duration(char text[OUT_HUMAN], uint64_t ns);
/* A number in groups of three digits. */
const char *human_number(char text[OUT_HUMAN], uint64_t value);

#endif
