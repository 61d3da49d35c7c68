/*
 * text.h - numbers, sizes and durations as text, UTF-8, and quoting what a user wrote. Texts are (pointer, length),
 * never NUL-terminated.
 */
#ifndef HEAPREEL_BASE_TEXT_H
#define HEAPREEL_BASE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A piece of a text: borrowed. */
struct text_word {
    const char *text;
    size_t len;
};

static inline bool text_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* The text without the blanks around it. */
struct text_word text_trim(const char *text, size_t len);
/* The next word at *at or after it; *at becomes its end. Its length is 0 if there is none. */
struct text_word text_next(const char *text, size_t len, size_t *at);
bool text_is(struct text_word w, const char *word);

/* What is wrong with a number. */
enum text_status {
    TEXT_OK = 0,
    TEXT_NO_NUMBER,  /* it does not begin with a digit */
    TEXT_BAD_SUFFIX, /* what follows the digits is not a known suffix */
    TEXT_NO_UNIT,    /* a duration without a unit */
    TEXT_TOO_LARGE   /* it does not fit in 64 bits */
};

/* A plain decimal number; leading zeros are allowed. *value changes only on success. */
enum text_status text_number(const char *text, size_t len, uint64_t *value);

/* SIZE: decimal and an optional k, M or G (powers of 1024), in bytes. */
enum text_status text_size(const char *text, size_t len, uint64_t *bytes);

/* DURATION: decimal and ns, us, ms or s, in nanoseconds. */
enum text_status text_duration(const char *text, size_t len, uint64_t *ns);

#define TEXT_NUMBER_ROOM 24 /* bytes that the printers below need at most, including the NUL */

/*
 * Print a number as the functions above read it, exactly, with the largest suffix that divides it. Return the length.
 */
size_t text_print_number(char out[TEXT_NUMBER_ROOM], uint64_t value);
size_t text_print_size(char out[TEXT_NUMBER_ROOM], uint64_t bytes);
size_t text_print_duration(char out[TEXT_NUMBER_ROOM], uint64_t ns);

/* Formats like vprintf, to any length, into new memory that the caller frees; *len bytes. NULL without memory. */
char *text_format(size_t *len, const char *format, va_list args);

/* The bytes of the UTF-8 character at text, which has len > 0 bytes left, and its code point; 0: it is not valid. */
size_t text_decode(const char *text, size_t len, uint32_t *point);

#define TEXT_POINT_ROOM 4

/* Writes a code point up to U+10FFFF as UTF-8; returns its bytes. */
size_t text_encode(uint32_t point, char out[TEXT_POINT_ROOM]);

/* The offset of the first byte that is not valid UTF-8; len if all are. NUL bytes are valid. */
size_t text_utf8(const char *text, size_t len);

#define TEXT_QUOTED_MOST 48 /* most bytes of user text in a quotation; longer text is cut with an ellipsis */

/* User text made safe for a message: short, and without control or direction characters. */
struct text_quoted {
    char text[TEXT_QUOTED_MOST * 4 + 8];
};

/* Fills q from text[0..len) and returns q->text, NUL-terminated, without quotation marks. */
const char *text_quote(struct text_quoted *q, const char *text, size_t len);

#endif
