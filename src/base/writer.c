/* writer.c - buffering, numbers, JSON strings, and figures for people. */
#include "base/writer.h"

#include "base/text.h"
#include "base/vec.h"

#include <stdarg.h>
#include <string.h>

void out_to_file(struct out *out, FILE *file)
{
    out->file = file;
    out->data = out->room;
    out->len = 0;
    out->cap = sizeof out->room;
    out->failed = false;
}

void out_to_memory(struct out *out)
{
    out->file = NULL;
    out->data = NULL;
    out->len = 0;
    out->cap = 0;
    out->failed = false;
}

/* Hands the buffer to the file. */
static void spill(struct out *out)
{
    if (out->len != 0 && fwrite(out->data, 1, out->len, out->file) != out->len)
        out->failed = true;
    out->len = 0;
}

int out_spill(struct out *out)
{
    if (out->file != NULL)
        spill(out);
    return out->failed ? -1 : 0;
}

int out_flush(struct out *out)
{
    if (out_spill(out) == 0 && out->file != NULL && fflush(out->file) != 0)
        out->failed = true;
    return out->failed ? -1 : 0;
}

char *out_take(struct out *out)
{
    out_char(out, '\0');
    if (out->failed) {
        out_drop(out);
        return NULL;
    }
    char *text = out->data;
    out_to_memory(out);
    return text;
}

void out_drop(struct out *out)
{
    vec_release((void *)&out->data);
    out_to_memory(out);
}

/* Room for n more bytes (n <= OUT_ROOM); false if there is none. */
static bool room_for(struct out *out, size_t n)
{
    if (out->cap - out->len >= n)
        return true;
    if (out->file != NULL) {
        spill(out);
        return true;
    }
    if (vec_grow((void *)&out->data, &out->cap, 1, out->len + n) == 0)
        return true;
    out->failed = true;
    return false;
}

void out_text(struct out *out, const char *text, size_t len)
{
    while (len != 0) {
        size_t n = len < OUT_ROOM ? len : OUT_ROOM;
        if (!room_for(out, n))
            return;
        memcpy(out->data + out->len, text, n);
        out->len += n;
        text += n;
        len -= n;
    }
}

void out_words(struct out *out, const char *words)
{
    out_text(out, words, strlen(words));
}

void out_char(struct out *out, char c)
{
    if (room_for(out, 1))
        out->data[out->len++] = c;
}

void out_number(struct out *out, uint64_t value)
{
    char digits[TEXT_NUMBER_ROOM];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    out_text(out, digits + at, sizeof digits - at);
}

void out_repeat(struct out *out, char c, size_t n)
{
    while (n-- != 0)
        out_char(out, c);
}

void out_ratio(struct out *out, uint64_t millionths)
{
    char digits[6];
    uint64_t rest = millionths % 1000000;
    for (size_t i = sizeof digits; i-- != 0; rest /= 10)
        digits[i] = (char)('0' + rest % 10);
    out_number(out, millionths / 1000000);
    out_char(out, '.');
    out_text(out, digits, sizeof digits);
}

void out_format(struct out *out, const char *format, ...)
{
    char text[256];
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (n < 0)
        out->failed = true;
    else
        out_text(out, text, (size_t)n < sizeof text ? (size_t)n : sizeof text - 1);
}

/* Must, or should, JSON text escape the character? ASCII control characters and DEL. */
static bool must_escape(unsigned char c)
{
    return c < 0x20 || c == '"' || c == '\\' || c == 0x7F;
}

static void escape(struct out *out, unsigned c)
{
    static const char digits[] = "0123456789abcdef";
    switch (c) {
    case '"': out_words(out, "\\\""); return;
    case '\\': out_words(out, "\\\\"); return;
    case '\n': out_words(out, "\\n"); return;
    case '\t': out_words(out, "\\t"); return;
    case '\r': out_words(out, "\\r"); return;
    default: break;
    }
    char text[6] = {'\\', 'u', '0', '0', digits[c >> 4 & 15], digits[c & 15]};
    out_text(out, text, sizeof text);
}

void out_json_string(struct out *out, const char *text, size_t len)
{
    if (text == NULL) {
        out_words(out, "null");
        return;
    }
    out_char(out, '"');
    size_t valid = text_utf8(text, len), from = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        bool c1 = c == 0xC2 && i + 1 < valid && (unsigned char)text[i + 1] < 0xA0; /* U+0080 to U+009F */
        if (i != valid && !c1 && !must_escape(c))
            continue;
        out_text(out, text + from, i - from);
        if (i == valid) {
            out_words(out, "\xEF\xBF\xBD");
            valid = i + 1 + text_utf8(text + i + 1, len - i - 1);
        } else {
            escape(out, c1 ? (unsigned char)text[++i] : c);
        }
        from = i + 1;
    }
    out_text(out, text + from, len - from);
    out_char(out, '"');
}

/* ---- for people ---- */

/*
 * The columns of a character, approximately and without a locale: none for combining marks, two for East Asian wide
 * ones.
 */
static size_t columns_of(uint32_t c)
{
    if ((c >= 0x300 && c <= 0x36F) || c == 0x200B || (c >= 0xFE00 && c <= 0xFE0F))
        return 0;
    return (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) || (c >= 0xAC00 && c <= 0xD7A3) ||
                   (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) ||
                   (c >= 0xFFE0 && c <= 0xFFE6) || (c >= 0x1F300 && c <= 0x1FAFF) || (c >= 0x20000 && c <= 0x3FFFD)
               ? 2
               : 1;
}

/* Characters that could disturb a terminal or reverse the direction of a line. */
static bool unsafe(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) ||
           c == 0x200E || c == 0x200F || c == 0x061C || c == 0xFEFF;
}

/* Walks over text within columns, and writes it if out is not NULL; *used columns. Returns the bytes walked over. */
static size_t walk_safe(struct out *out, const char *text, size_t len, size_t columns, size_t *used)
{
    *used = 0;
    size_t i = 0;
    while (i < len) {
        uint32_t c = 0;
        size_t n = text_decode(text + i, len - i, &c);
        bool bad = n == 0 || unsafe(c);
        size_t width = bad ? 1 : columns_of(c);
        if (*used + width > columns)
            break;
        if (out != NULL)
            out_text(out, bad ? "?" : text + i, bad ? 1 : n);
        *used += width;
        i += n > 0 ? n : 1;
    }
    return i;
}

size_t out_safe(struct out *out, const char *text, size_t len, size_t columns)
{
    size_t used;
    if (walk_safe(NULL, text, len, columns, &used) == len) {
        walk_safe(out, text, len, columns, &used);
        return used;
    }
    size_t dots = columns < 3 ? columns : 3;
    walk_safe(out, text, len, columns - dots, &used);
    out_repeat(out, '.', dots);
    return used + dots;
}

void out_grouped(struct out *out, uint64_t value)
{
    char text[OUT_HUMAN];
    out_words(out, human_number(text, value));
}

const char *human_number(char text[OUT_HUMAN], uint64_t value)
{
    char digits[TEXT_NUMBER_ROOM];
    size_t n = text_print_number(digits, value), to = 0;
    for (size_t i = 0; i < n; i++) {
        if (i != 0 && (n - i) % 3 == 0)
            text[to++] = ' ';
        text[to++] = digits[i];
    }
    text[to] = '\0';
    return text;
}

/* value / unit with one decimal, half up, and a suffix. */
static void print_tenths(char text[OUT_HUMAN], uint64_t value, uint64_t unit, const char *suffix)
{
    uint64_t whole = value / unit, rest = value % unit;
    uint64_t tenths = unit < 20 ? rest : (rest * 10 + unit / 2) / unit; /* unit <= 2^60: no overflow */
    if (tenths == 10) {
        whole++;
        tenths = 0;
    }
    snprintf(text, OUT_HUMAN, "%llu.%llu%s", (unsigned long long)whole, (unsigned long long)tenths, suffix);
}

/* Rounding up must not print 1024.0k: from 1023.95 on, the next unit is used. */
static bool rounds_up(uint64_t value, uint64_t unit, uint64_t base)
{
    return value / unit >= base || (value / unit == base - 1 && value % unit >= unit - unit / 20);
}

const char *human_size(char text[OUT_HUMAN], uint64_t bytes)
{
    static const char *const suffixes[] = {"k", "M", "G", "T", "P"};
    if (bytes < 1024) {
        snprintf(text, OUT_HUMAN, "%llu", (unsigned long long)bytes);
        return text;
    }
    size_t i = 0;
    uint64_t unit = 1024;
    while (i + 1 < sizeof suffixes / sizeof *suffixes && rounds_up(bytes, unit, 1024)) {
        unit *= 1024;
        i++;
    }
    print_tenths(text, bytes, unit, suffixes[i]);
    return text;
}

const char *human_duration(char text[OUT_HUMAN], uint64_t ns)
{
    static const char *const suffixes[] = {" us", " ms", " s"};
    if (ns < 1000) {
        snprintf(text, OUT_HUMAN, "%llu ns", (unsigned long long)ns);
        return text;
    }
    size_t i = 0;
    uint64_t unit = 1000;
    while (i < 2 && rounds_up(ns, unit, 1000)) {
        unit *= 1000;
        i++;
    }
    print_tenths(text, ns, unit, suffixes[i]);
    return text;
}
