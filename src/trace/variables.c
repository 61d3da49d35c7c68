/* variables.c - $VAR, ${VAR}, ${VAR+K} and ${VAR-K} in the lines of a repeat. */
#include "base/text.h"
#include "trace/internal.h"

#include <string.h>

#define PLUS_MOST (UINT64_C(1) << 62) /* K of ${VAR+K} */

static bool name_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

size_t variable_length(const char *text, const char *end)
{
    const char *p = text;
    if (p < end && name_start(*p))
        while (p < end && (name_start(*p) || (*p >= '0' && *p <= '9')))
            p++;
    return (size_t)(p - text);
}

/* The frame that has a variable, looking from the repeat at parent outwards; SEGMENT_PLAIN: none. */
static uint32_t variable_frame(const struct program *p, size_t parent, const char *name, size_t len)
{
    for (; parent != NO_NODE; parent = p->nodes.data[parent].parent) {
        const struct node *repeat = &p->nodes.data[parent];
        if (repeat->var_len == len && memcmp(p->text.data + repeat->var, name, len) == 0)
            return repeat->depth;
    }
    return SEGMENT_PLAIN;
}

/*
 * It is not a variable: in texts for people it is literal ("costs ${5"), elsewhere an error. Returns what read_variable
 * does.
 */
static const char *no_variable(const struct scan_line *l, const char *at, const char *end, const char *what,
                               struct segment *segment)
{
    if (scan_keeps_hash(l->op)) {
        segment->frame = SEGMENT_PLAIN;
        return at + 1;
    }
    struct text_quoted quoted;
    const char *brace = memchr(at, '}', (size_t)(end - at));
    size_t len = (size_t)((brace != NULL ? brace + 1 : end) - at);
    error_set(l->error, ERROR_INPUT, l->line, (uint64_t)(at - l->source) + 1, "%s \"%s\", expected %s", what,
              text_quote(&quoted, at, len), "${VAR}, ${VAR+K} or ${VAR-K} with VAR of a repeat around it");
    return NULL;
}

/*
 * Reads the variable at at, which is a '$'. Returns the end of what it has examined, with segment->frame SEGMENT_PLAIN
 * if it is literal text; NULL after filling l->error.
 */
static const char *read_variable(const struct program *p, size_t parent, const struct scan_line *l, const char *at,
                                 const char *end, struct segment *segment)
{
    bool braced = at + 1 < end && at[1] == '{';
    const char *name = at + 1 + braced;
    size_t len = variable_length(name, end);
    const char *next = name + len;
    segment->frame = SEGMENT_PLAIN;
    segment->plus = 0;
    if (len > 0)
        segment->frame = variable_frame(p, parent, name, len);
    if (!braced)
        return next;
    if (len > 0 && next < end && (*next == '+' || *next == '-')) {
        const char *digits = next + 1;
        const char *stop = digits;
        while (stop < end && *stop >= '0' && *stop <= '9')
            stop++;
        uint64_t k = 0;
        enum text_status status = text_number(digits, (size_t)(stop - digits), &k);
        if (status == TEXT_TOO_LARGE || k > PLUS_MOST)
            return no_variable(l, at, end, "number too large in", segment);
        if (status == TEXT_OK) {
            segment->plus = *next == '+' ? (int64_t)k : -(int64_t)k;
            next = stop;
        }
    }
    if (len == 0 || next == end || *next != '}')
        return no_variable(l, at, end, "malformed variable", segment);
    if (segment->frame == SEGMENT_PLAIN)
        return no_variable(l, at, end, "unknown variable", segment);
    return next + 1;
}

int segments_read(struct program *p, size_t parent, const struct scan_line *l, const char *text, size_t len,
                  bool *variables)
{
    const char *end = text + len;
    const char *literal = text;
    const char *at = text;
    *variables = false;
    while (at < end && (at = memchr(at, '$', (size_t)(end - at))) != NULL) {
        struct segment segment = {.at = (size_t)(literal - p->text.data), .len = (size_t)(at - literal)};
        at = read_variable(p, parent, l, at, end, &segment);
        if (at == NULL)
            return -1;
        if (segment.frame != SEGMENT_PLAIN) {
            if (vec_push(&p->segments, segment))
                return error_memory(l->error);
            literal = at;
            *variables = true;
        }
    }
    if (literal < end) {
        struct segment rest = {
            .at = (size_t)(literal - p->text.data), .len = (size_t)(end - literal), .frame = SEGMENT_PLAIN};
        if (vec_push(&p->segments, rest))
            return error_memory(l->error);
    }
    return 0;
}

int variables_check_plain(struct trace_reader *r, const struct scan_line *l)
{
    struct segment segment = {0};
    const char *at = l->text;
    const char *end = at + scan_comment(at, l->len, scan_keeps_hash(l->op));
    while (at < end && (at = memchr(at, '$', (size_t)(end - at))) != NULL) {
        at = read_variable(&r->program, NO_NODE, l, at, end, &segment);
        if (at == NULL)
            return -1;
    }
    return 0;
}

/* Decimal digits of value at out, two at a time; returns the end. */
static char *print_value(char *out, int64_t value)
{
    char digits[TEXT_NUMBER_ROOM];
    char *at = digits + sizeof digits;
    uint64_t n = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    while (n >= 100) {
        unsigned two = (unsigned)(n % 100);
        n /= 100;
        *--at = (char)('0' + two % 10);
        *--at = (char)('0' + two / 10);
    }
    if (n >= 10) {
        *--at = (char)('0' + n % 10);
        n /= 10;
    }
    *--at = (char)('0' + n);
    if (value < 0)
        *--at = '-';
    size_t len = (size_t)(digits + sizeof digits - at);
    memcpy(out, at, len);
    return out + len;
}

int segments_expand(struct program *p, size_t first, size_t last)
{
    size_t room = SCAN_PAD;
    for (size_t i = first; i < last; i++)
        room += p->segments.data[i].len + TEXT_NUMBER_ROOM;
    p->scratch.len = 0;
    if (vec_reserve(&p->scratch, room))
        return -1;
    char *out = p->scratch.data;
    for (size_t i = first; i < last; i++) {
        const struct segment *segment = &p->segments.data[i];
        const char *literal = p->text.data + segment->at;
        if (segment->len < 16) {
            for (size_t k = 0; k < segment->len; k++)
                *out++ = literal[k];
        } else {
            memcpy(out, literal, segment->len);
            out += segment->len;
        }
        if (segment->frame != SEGMENT_PLAIN)
            out = print_value(out, segment_value(p, segment));
    }
    memset(out, 0, SCAN_PAD);
    p->scratch.len = (size_t)(out - p->scratch.data);
    return 0;
}
