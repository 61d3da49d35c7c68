/*
 * text.h - numbers, sizes and durations as text, UTF-8, and quoting of what a
 * user wrote. Texts are (pointer, length), never NUL-terminated.
 */
#ifndef HEAPREEL_BASE_TEXT_H
#define HEAPREEL_BASE_TEXT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

/* What is wrong with a number. */
enum text_status {
    TEXT_OK = 0,
    TEXT_NO_NUMBER,  /* it does not begin with a digit */
    TEXT_BAD_SUFFIX, /* what follows the digits is no suffix that is known here */
    TEXT_NO_UNIT,    /* a duration that ends with its digits */
    TEXT_TOO_LARGE   /* it does not fit in 64 bits */
};

/* A plain decimal number; leading zeros are allowed. *value is only changed by success. */
enum text_status text_number(const char *text, size_t len, uint64_t *value);

/* SIZE: decimal and an optional k, M or G (powers of 1024), in bytes. */
enum text_status text_size(const char *text, size_t len, uint64_t *bytes);

/* DURATION: decimal and ns, us, ms or s, in nanoseconds. */
enum text_status text_duration(const char *text, size_t len, uint64_t *ns);

#define TEXT_NUMBER_ROOM 24 /* bytes that the printers below may need, final NUL included */

/*
 * Print a number as the functions above read it, exactly, with the largest suffix that divides it. Return the length.
 */
size_t text_print_number(char out[TEXT_NUMBER_ROOM], uint64_t value);
size_t text_print_size(char out[TEXT_NUMBER_ROOM], uint64_t bytes);
size_t text_print_duration(char out[TEXT_NUMBER_ROOM], uint64_t ns);

/* What vprintf would write, of any length, in memory that is the caller's to free; *len bytes. NULL without memory. */
char *text_format(size_t *len, const char *format, va_list args);

/* The offset of the first byte that is not part of valid UTF-8; len if all is well. NUL bytes are valid. */
size_t text_utf8(const char *text, size_t len);

#define TEXT_QUOTED_MOST 48 /* bytes of user text that a quotation shows; more is cut with an ellipsis */

/* User text made safe for a message: short, and without control or direction characters. */
struct text_quoted {
    char text[TEXT_QUOTED_MOST * 4 + 8];
};

/* Fills q from text[0..len) and returns q->text, NUL-terminated, without quotation marks. */
const char *text_quote(struct text_quoted *q, const char *text, size_t len);

#endif
