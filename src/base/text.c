/* text.c - reads and prints numbers, checks UTF-8, and quotes user text for messages. */
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct text_word text_trim(const char *text, size_t len)
{
    while (len > 0 && text_blank(*text))
        text++, len--;
    while (len > 0 && text_blank(text[len - 1]))
        len--;
    return (struct text_word){text, len};
}

struct text_word text_next(const char *text, size_t len, size_t *at)
{
    while (*at < len && text_blank(text[*at]))
        ++*at;
    size_t start = *at;
    while (*at < len && !text_blank(text[*at]))
        ++*at;
    return (struct text_word){text + start, *at - start};
}

bool text_is(struct text_word w, const char *word)
{
    return w.len == strlen(word) && memcmp(w.text, word, w.len) == 0;
}

/* A suffix and what it multiplies by; the table ends with factor 0. */
struct suffix {
    char text[4];
    uint64_t factor;
};

static const struct suffix size_suffixes[] = {{"G", 1u << 30}, {"M", 1u << 20}, {"k", 1u << 10}, {"", 1}, {"", 0}};
static const struct suffix duration_suffixes[] = {{"s", 1000000000}, {"ms", 1000000}, {"us", 1000}, {"ns", 1}, {"", 0}};

/* Reads the leading digits; *used is their number. */
static enum text_status leading_digits(const char *text, size_t len, uint64_t *value, size_t *used)
{
    uint64_t n = 0;
    bool large = false;
    size_t i = 0;
    for (; i < len && text[i] >= '0' && text[i] <= '9'; i++) {
        unsigned digit = (unsigned)(text[i] - '0');
        if (n > (UINT64_MAX - digit) / 10)
            large = true;
        else
            n = n * 10 + digit;
    }
    *value = n;
    *used = i;
    if (i == 0)
        return TEXT_NO_NUMBER;
    return large ? TEXT_TOO_LARGE : TEXT_OK;
}

static enum text_status with_suffix(const char *text, size_t len, const struct suffix *table, uint64_t *value)
{
    uint64_t n;
    size_t used;
    enum text_status status = leading_digits(text, len, &n, &used);
    if (status == TEXT_NO_NUMBER)
        return status;
    for (; table->factor != 0; table++)
        if (strlen(table->text) == len - used && memcmp(table->text, text + used, len - used) == 0)
            break;
    if (table->factor == 0)
        return used == len ? TEXT_NO_UNIT : TEXT_BAD_SUFFIX;
    if (status != TEXT_OK || n > UINT64_MAX / table->factor)
        return TEXT_TOO_LARGE;
    *value = n * table->factor;
    return TEXT_OK;
}

enum text_status text_number(const char *text, size_t len, uint64_t *value)
{
    uint64_t n;
    size_t used;
    enum text_status status = leading_digits(text, len, &n, &used);
    if (status == TEXT_NO_NUMBER)
        return status;
    if (used != len)
        return TEXT_BAD_SUFFIX;
    if (status == TEXT_OK)
        *value = n;
    return status;
}

enum text_status text_size(const char *text, size_t len, uint64_t *bytes)
{
    return with_suffix(text, len, size_suffixes, bytes);
}

enum text_status text_duration(const char *text, size_t len, uint64_t *ns)
{
    return with_suffix(text, len, duration_suffixes, ns);
}

size_t text_print_number(char out[TEXT_NUMBER_ROOM], uint64_t value)
{
    char digits[TEXT_NUMBER_ROOM];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    size_t len = sizeof digits - at;
    memcpy(out, digits + at, len);
    out[len] = '\0';
    return len;
}

static size_t print_with_suffix(char *out, uint64_t value, const struct suffix *table)
{
    while (table[1].factor != 0 && (value == 0 || value % table->factor != 0))
        table++;
    size_t len = text_print_number(out, value / table->factor);
    size_t more = strlen(table->text);
    memcpy(out + len, table->text, more + 1);
    return len + more;
}

size_t text_print_size(char out[TEXT_NUMBER_ROOM], uint64_t bytes)
{
    return print_with_suffix(out, bytes, size_suffixes);
}

size_t text_print_duration(char out[TEXT_NUMBER_ROOM], uint64_t ns)
{
    return print_with_suffix(out, ns, duration_suffixes);
}

size_t text_decode(const char *text, size_t len, uint32_t *point)
{
    static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
    const unsigned char *s = (const unsigned char *)text;
    if (s[0] < 0x80) {
        *point = s[0];
        return 1;
    }
    size_t n = s[0] >= 0xF0 ? 4 : s[0] >= 0xE0 ? 3 : 2;
    if (s[0] < 0xC2 || s[0] > 0xF4 || len < n)
        return 0;
    uint32_t p = s[0] & (0x7Fu >> n);
    for (size_t i = 1; i < n; i++) {
        if ((s[i] & 0xC0) != 0x80)
            return 0;
        p = p << 6 | (s[i] & 0x3Fu);
    }
    if (p < least[n] || p > 0x10FFFF || (p >= 0xD800 && p <= 0xDFFF))
        return 0;
    *point = p;
    return n;
}

size_t text_encode(uint32_t point, char out[TEXT_POINT_ROOM])
{
    if (point < 0x80) {
        out[0] = (char)point;
        return 1;
    }
    size_t n = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
    for (size_t i = n - 1; i > 0; i--, point >>= 6)
        out[i] = (char)(unsigned char)(0x80 | (point & 0x3F));
    out[0] = (char)(unsigned char)((0xF00u >> n & 0xFFu) | point);
    return n;
}

size_t text_utf8(const char *text, size_t len)
{
    size_t i = 0;
    while (i < len) {
        uint64_t word;
        while (len - i >= sizeof word) {
            memcpy(&word, text + i, sizeof word);
            if (word & UINT64_C(0x8080808080808080))
                break;
            i += sizeof word;
        }
        if (i == len)
            break;
        uint32_t character;
        size_t n = text_decode(text + i, len - i, &character);
        if (n == 0)
            return i;
        i += n;
    }
    return len;
}

/* Characters that could disturb a terminal or turn a message around. */
static bool unsafe(uint32_t c)
{
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) ||
           c == 0x200E || c == 0x200F || c == 0x061C || c == 0xFEFF;
}

const char *text_quote(struct text_quoted *q, const char *text, size_t len)
{
    char *out = q->text;
    size_t i = 0;
    while (i < len) {
        uint32_t c = 0;
        size_t n = text_decode(text + i, len - i, &c);
        if (i + (n ? n : 1) > TEXT_QUOTED_MOST) {
            out += sprintf(out, "…");
            break;
        }
        if (n == 0) {
            out += sprintf(out, "\\x%02x", (unsigned char)text[i]);
            n = 1;
        } else if (unsafe(c)) {
            out += sprintf(out, c < 0x100 ? "\\x%02x" : "\\u%04x", (unsigned)c);
        } else {
            memcpy(out, text + i, n);
            out += n;
        }
        i += n;
    }
    *out = '\0';
    return q->text;
}

char *text_format(size_t *len, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int needed = vsnprintf(NULL, 0, format, again);
    va_end(again);
    char *text = needed < 0 ? NULL : malloc((size_t)needed + 1);
    if (text != NULL) {
        vsnprintf(text, (size_t)needed + 1, format, args);
        *len = (size_t)needed;
    }
    return text;
}
