/* jscan.c - strings, values that are passed over, and what went wrong. */
#include "snapshot/jscan.h"

#include "base/text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

int jscan_fail(struct jscan *s, const char *format, ...)
{
    uint64_t byte = (uint64_t)(s->at - s->text);
    if (s->at >= s->end && s->part != NULL)
        return error_set(s->error, ERROR_INPUT, 0, 0, "byte %" PRIu64 ": the file ends in the middle of \"%s\"", byte,
                         s->part);
    if (s->at >= s->end)
        return error_set(s->error, ERROR_INPUT, 0, 0, "byte %" PRIu64 ": the file ends too early", byte);
    va_list args;
    size_t len;
    va_start(args, format);
    char *text = text_format(&len, format, args);
    va_end(args);
    if (text == NULL)
        return error_memory(s->error);
    error_set(s->error, ERROR_INPUT, 0, 0, "byte %" PRIu64 ": %s", byte, text);
    free(text);
    return -1;
}

int jscan_string(struct jscan *s, const char **text, size_t *len)
{
    if (!jscan_take(s, '"'))
        return jscan_fail(s, "expected a string");
    const char *begin = s->at, *p = begin;
    for (;;) {
        while (*p != '"' && *p != '\\' && p < s->end)
            p++;
        if (p >= s->end) {
            s->at = s->end;
            return jscan_fail(s, "expected the end of a string");
        }
        if (*p == '"')
            break;
        p += p + 1 < s->end ? 2 : 1;
    }
    *text = begin;
    *len = (size_t)(p - begin);
    s->at = p + 1;
    return 0;
}

int jscan_value(struct jscan *s)
{
    uint64_t depth = 0;
    do {
        const char *text;
        size_t len;
        jscan_blanks(s);
        char c = *s->at;
        if (c == '"') {
            if (jscan_string(s, &text, &len))
                return -1;
        } else if (c == '{' || c == '[') {
            depth++;
            s->at++;
        } else if ((c == '}' || c == ']') && depth > 0) {
            depth--;
            s->at++;
        } else if ((c == ',' || c == ':') && depth > 0) {
            s->at++;
        } else {
            const char *p = s->at;
            while ((*p >= '0' && *p <= '9') || (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || *p == '-' ||
                   *p == '+' || *p == '.')
                p++;
            if (p == s->at)
                return jscan_fail(s, "expected a value");
            s->at = p;
        }
    } while (depth > 0);
    return 0;
}

bool jscan_item(struct jscan *s, char close, bool *begun, int *failed)
{
    *failed = 0;
    if (jscan_take(s, close))
        return false;
    if (*begun && !jscan_take(s, ',')) {
        *failed = jscan_fail(s, "expected \",\" or \"%c\"", close);
        return false;
    }
    *begun = true;
    return true;
}

/* ---- decoding ---- */

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The four digits at text, or -1. */
static int32_t hex4(const char *text, size_t len)
{
    int32_t value = 0;
    if (len < 4)
        return -1;
    for (int i = 0; i < 4; i++) {
        int digit = hex_digit(text[i]);
        if (digit < 0)
            return -1;
        value = value * 16 + digit;
    }
    return value;
}

#define REPLACEMENT 0xFFFDu

/* The escape at text[0] == '\\': its code point in *point. Returns its bytes. */
static size_t decode_escape(const char *text, size_t len, uint32_t *point)
{
    static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
    *point = REPLACEMENT;
    if (len < 2)
        return 1;
    if (text[1] != 'u') {
        const char *known = strchr(from, text[1]);
        *point = known != NULL && *known != 0 ? (uint32_t)to[known - from] : (unsigned char)text[1];
        return (unsigned char)text[1] < 0x80 ? 2 : 1;
    }
    int32_t high = hex4(text + 2, len - 2);
    if (high < 0)
        return 2;
    if (high < 0xD800 || high > 0xDFFF) {
        *point = (uint32_t)high;
        return 6;
    }
    int32_t low = high < 0xDC00 && len >= 12 && text[6] == '\\' && text[7] == 'u' ? hex4(text + 8, len - 8) : -1;
    if (low < 0xDC00 || low > 0xDFFF)
        return 6;
    *point = 0x10000u + (((uint32_t)high - 0xD800u) << 10) + ((uint32_t)low - 0xDC00u);
    return 12;
}

size_t jscan_decode(const char *text, size_t len, char *out)
{
    size_t n = 0;
    for (size_t i = 0; i < len;) {
        uint32_t point;
        size_t bytes =
            text[i] == '\\' ? decode_escape(text + i, len - i, &point) : text_decode(text + i, len - i, &point);
        if (bytes == 0) {
            bytes = 1;
            point = REPLACEMENT;
        }
        i += bytes;
        n += text_encode(point, out + n);
    }
    return n;
}
