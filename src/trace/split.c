/* split.c - splits a line into words, fields and columns, checks its bytes, and finds the place of an error. */
#include "base/text.h"
#include "trace/bytes.h"
#include "trace/scan.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- tables of words ---- */

/* Words have at most 8 bytes; the key is those bytes in memory order. */
static void word_add(struct scan_word *table, unsigned slots, const char *word, unsigned value)
{
    uint64_t key = 0;
    memcpy(&key, word, strlen(word));
    size_t at = scan_word_slot(key, slots);
    while (table[at].key != 0)
        at = (at + 1) & (slots - 1);
    table[at] = (struct scan_word){key, (uint8_t)value};
}

void scanner_init(struct scanner *scanner, struct names *names)
{
    *scanner = (struct scanner){.names = names};
    for (unsigned i = 0; i < TRACE_OP_COUNT; i++)
        word_add(scanner->ops, SCAN_OP_SLOTS, trace_op_word((enum trace_op)i), i);
    scan_add_openings(scanner);
    word_add(scanner->ops, SCAN_OP_SLOTS, "repeat", SCAN_REPEAT);
    for (unsigned i = 0; i < KIND_COUNT; i++)
        word_add(scanner->kinds, SCAN_KIND_SLOTS, object_kind_word((enum object_kind)i), i);
}

/* ---- fields ---- */

bool scan_keeps_hash(uint8_t op)
{
    return op == TRACE_TITLE || op == TRACE_CHAPTER || op == TRACE_NOTE || op == TRACE_ASK;
}

/* Bit i of the result: byte i of the 64 at p is a blank, or after len. */
static uint64_t blank_bits(const char *p, size_t len)
{
    uint64_t bits = 0;
    for (unsigned i = 0; i < 64 && i < len; i += 16)
        bits |= (uint64_t)(bits_equal(p + i, ' ') | bits_equal(p + i, '\t')) << i;
    return len >= 64 ? bits : bits | UINT64_MAX << len;
}

void scan_word(const struct scanner *scanner, struct scan_line *l)
{
    const char *text = l->text;
    const char *end = text + l->len;
    while (text < end && scan_blank(*text))
        text++;
    const char *stop = text;
    if (text < end && *text != '#') {
        size_t left = (size_t)(end - text);
        stop += __builtin_ctzll(blank_bits(text, left < 16 ? left : 16) | UINT64_C(1) << 16);
        while (stop < end && !scan_blank(*stop))
            stop++;
    }
    l->word = (struct scan_field){text, (size_t)(stop - text)};
    l->op = (uint8_t)scan_op(scanner, l->word.text, l->word.len);
}

size_t scan_comment(const char *text, size_t len, bool keeps_hash)
{
    const char *hash = keeps_hash || len == 0 ? NULL : memchr(text, '#', len);
    while (hash != NULL) {
        size_t at = (size_t)(hash - text);
        if (at == 0 || scan_blank(text[at - 1]))
            return at;
        hash = memchr(hash + 1, '#', len - at - 1);
    }
    return len;
}

/*
 * Goes through the borders between blanks and fields 64 bytes at a time: the number of branches depends on the fields
 * and not on their lengths.
 */
void scan_split(struct scan_line *l)
{
    const char *start = NULL; /* of the field that is open */
    l->count = 0;
    uint64_t before = 1; /* the byte before the block is a blank */
    for (size_t at = 0; at < l->len || start != NULL; at += 64) {
        size_t left = at < l->len ? l->len - at : 0;
        uint64_t bits = left ? blank_bits(l->text + at, left) : UINT64_MAX;
        uint64_t borders = bits ^ (bits << 1 | before);
        before = bits >> 63;
        for (; borders != 0; borders &= borders - 1) {
            const char *p = l->text + at + __builtin_ctzll(borders);
            if (start == NULL) {
                if (l->count == SCAN_FIELDS || *p == '#')
                    return;
                start = p;
            } else {
                l->fields[l->count++] = (struct scan_field){start, (size_t)(p - start)};
                start = NULL;
            }
        }
    }
}

uint64_t scan_column(const char *source, size_t len, bool keeps_hash, unsigned field, bool slot_part)
{
    size_t at = 0;
    for (unsigned i = 0;; i++) {
        while (at < len && scan_blank(source[at]))
            at++;
        if (at == len || (source[at] == '#' && !(keeps_hash && i > 0)))
            return len + 1;
        size_t end = at;
        while (end < len && !scan_blank(source[end]))
            end++;
        if (i == field) {
            const char *dot = slot_part ? memchr(source + at, '.', end - at) : NULL;
            return dot != NULL ? (uint64_t)(dot - source) + 2 : at + 1;
        }
        at = end;
    }
}

uint64_t trace_column(const struct trace_event *event, unsigned field, int slot_part)
{
    return scan_column(event->source, event->source_len, scan_keeps_hash(event->op), field, slot_part != 0);
}

/* ---- errors ---- */

int scan_fail(const struct scan_line *l, unsigned field, const char *format, ...)
{
    if (l->error->kind != ERROR_NONE)
        return -1;
    va_list args;
    size_t len;
    va_start(args, format);
    char *text = text_format(&len, format, args);
    va_end(args);
    if (text == NULL)
        return error_memory(l->error);
    uint64_t column = scan_column(l->source, l->source_len, scan_keeps_hash(l->op), field, false);
    error_set(l->error, ERROR_INPUT, l->line, column, "%s", text);
    free(text);
    return -1;
}

bool scan_special(const char *text, size_t len)
{
    unsigned found = 0;
    for (size_t at = 0; at < len; at += 16) {
        unsigned here = bits_high(text + at) | bits_equal(text + at, '\0') | bits_equal(text + at, '$');
        found |= here & bits_below(len - at);
    }
    return found != 0;
}

int scan_check_bytes(const struct scan_line *l)
{
    size_t len = l->source_len < SCAN_LINE_MOST ? l->source_len : SCAN_LINE_MOST;
    const char *nul = len ? memchr(l->source, '\0', len) : NULL;
    size_t bad = text_utf8(l->source, len);
    if (nul != NULL && (size_t)(nul - l->source) < bad) {
        return error_set(l->error, ERROR_INPUT, l->line, (uint64_t)(nul - l->source) + 1,
                         "NUL byte, expected UTF-8 text");
    }
    if (l->source_len > SCAN_LINE_MOST && bad + 4 > len) {
        return error_set(l->error, ERROR_INPUT, l->line, SCAN_LINE_MOST + 1,
                         "line too long, expected at most 65536 bytes (64 KiB)");
    }
    if (bad < len) {
        return error_set(l->error, ERROR_INPUT, l->line, bad + 1, "invalid UTF-8 (byte 0x%02x)",
                         (unsigned char)l->source[bad]);
    }
    return 0;
}
