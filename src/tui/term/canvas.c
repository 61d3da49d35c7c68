/* canvas.c - draws cells with clipping, and measures text as a terminal does. */
#include "tui/term/canvas.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#define REPLACEMENT 0xFFFDu

void canvas_init(struct canvas *canvas, bool ascii)
{
    *canvas = (struct canvas){.ascii = ascii};
}

void canvas_free(struct canvas *canvas)
{
    free(canvas->cells);
    *canvas = (struct canvas){.ascii = canvas->ascii, .theme = canvas->theme};
}

int canvas_resize(struct canvas *canvas, int width, int height)
{
    width = width < 1 ? 1 : width;
    height = height < 1 ? 1 : height;
    if (!canvas->cells || width != canvas->width || height != canvas->height) {
        struct cell *cells = calloc((size_t)width * (size_t)height, sizeof *cells);
        if (!cells)
            return -1;
        free(canvas->cells);
        canvas->cells = cells;
        canvas->width = width;
        canvas->height = height;
    }
    canvas_clear(canvas);
    return 0;
}

void canvas_clear(struct canvas *canvas)
{
    size_t n = (size_t)canvas->width * (size_t)canvas->height;
    for (size_t i = 0; i < n; i++)
        canvas->cells[i] = (struct cell){.point = {' '}, .width = 1, .style = STYLE_NORMAL};
    canvas->failed = false;
}

struct rect canvas_all(const struct canvas *canvas)
{
    return (struct rect){0, 0, canvas->width, canvas->height};
}

static struct cell *cell_at(const struct canvas *canvas, int x, int y)
{
    return &canvas->cells[(size_t)y * (size_t)canvas->width + (size_t)x];
}

const struct cell *canvas_at(const struct canvas *canvas, int x, int y)
{
    return cell_at(canvas, x, y);
}

/* ---- text ---- */

/* The character at text[0..len), len >= 1, and its bytes. What is not valid UTF-8 becomes U+FFFD, byte by byte. */
static size_t decode(const char *text, size_t len, uint32_t *point)
{
    size_t n = text_decode(text, len, point);
    if (n > 0)
        return n;
    *point = REPLACEMENT;
    return 1;
}

/* Characters without a form of their own that control a terminal or reverse its direction: never drawn. */
static bool invisible(uint32_t p)
{
    return (p >= 0x200B && p <= 0x200F) || (p >= 0x2028 && p <= 0x202E) || (p >= 0x2060 && p <= 0x206F) ||
           p == 0xFEFF || p == 0xAD || p == 0x61C || (p >= 0xFFF9 && p <= 0xFFFB) || (p >= 0xE0000 && p <= 0xE0FFF);
}

/*
 * The columns that *point takes, after making it harmless: controls and characters that the terminal cannot show become
 * a replacement. 0: a combining mark; -1: not drawn at all.
 */
static int measure(const struct canvas *canvas, uint32_t *point)
{
    if (*point == '\t')
        *point = ' ';
    if (*point >= 0x20 && *point < 0x7F)
        return 1;
    if (invisible(*point))
        return -1;
    bool control = *point < 0x20 || (*point >= 0x7F && *point < 0xA0);
    int width = control ? 1 : wcwidth((wchar_t)*point);
    if (canvas->ascii) {
        *point = '?';
        return width == 0 ? -1 : width == 2 ? 2 : 1;
    }
    if (control || width < 0) {
        *point = REPLACEMENT;
        return 1;
    }
    return width;
}

/* Blanks the other half of a wide cell that is about to be overwritten at x. */
static void split_wide(struct canvas *canvas, int x, int y)
{
    struct cell *cell = cell_at(canvas, x, y);
    if (cell->width == 0 && x > 0) {
        cell[-1].width = 1;
        cell[-1].point[0] = ' ';
        cell[-1].point[1] = 0;
    } else if (cell->width == 2 && x + 1 < canvas->width) {
        cell[1].width = 1;
        cell[1].point[0] = ' ';
    }
}

/* Puts a character of width columns at (x, y); if only half of a wide one is visible, it becomes a blank. */
static void put(struct canvas *canvas, struct rect clip, int x, int y, enum style style, uint32_t point, int width)
{
    int left = clip.x > 0 ? clip.x : 0;
    int right = clip.x + clip.w < canvas->width ? clip.x + clip.w : canvas->width;
    if (y < clip.y || y >= clip.y + clip.h || y < 0 || y >= canvas->height)
        return;
    if (width == 2 && (x < left || x + 1 >= right)) {
        put(canvas, clip, x, y, style, ' ', 1);
        put(canvas, clip, x + 1, y, style, ' ', 1);
        return;
    }
    if (x < left || x >= right)
        return;
    split_wide(canvas, x, y);
    *cell_at(canvas, x, y) = (struct cell){.point = {point}, .width = (uint8_t)width, .style = (uint8_t)style};
    if (width == 2) {
        split_wide(canvas, x + 1, y);
        if (canvas->ascii) { /* "??": two narrow cells */
            cell_at(canvas, x, y)->width = 1;
            *cell_at(canvas, x + 1, y) = *cell_at(canvas, x, y);
        } else {
            *cell_at(canvas, x + 1, y) = (struct cell){.width = 0, .style = (uint8_t)style};
        }
    }
}

/* Adds a combining mark to the cell at or before column x. */
static void put_mark(struct canvas *canvas, struct rect clip, int x, int y, uint32_t point)
{
    if (x < clip.x || x >= clip.x + clip.w || y < clip.y || y >= clip.y + clip.h || x < 0 || y < 0 ||
        x >= canvas->width || y >= canvas->height)
        return;
    struct cell *cell = cell_at(canvas, x, y);
    if (cell->width == 0 && x > 0)
        cell--;
    for (int i = 1; i < CELL_POINTS; i++) {
        if (cell->point[i] == 0) {
            cell->point[i] = point;
            return;
        }
    }
}

int canvas_text(struct canvas *canvas, struct rect clip, int x, int y, enum style style, const char *text, size_t len)
{
    int first = x;
    while (len > 0) {
        uint32_t point;
        size_t n = decode(text, len, &point);
        int width = measure(canvas, &point);
        text += n;
        len -= n;
        if (width > 0) {
            put(canvas, clip, x, y, style, point, width);
            x += width;
        } else if (width == 0 && x > first) {
            put_mark(canvas, clip, x - 1, y, point);
        }
    }
    return x;
}

int canvas_string(struct canvas *canvas, struct rect clip, int x, int y, enum style style, const char *text)
{
    return canvas_text(canvas, clip, x, y, style, text, strlen(text));
}

void canvas_fill(struct canvas *canvas, struct rect rect, enum style style)
{
    for (int y = rect.y; y < rect.y + rect.h; y++)
        for (int x = rect.x; x < rect.x + rect.w; x++)
            put(canvas, rect, x, y, style, ' ', 1);
}

void canvas_restyle(struct canvas *canvas, int x, int y, enum style style)
{
    if (x >= 0 && y >= 0 && x < canvas->width && y < canvas->height)
        cell_at(canvas, x, y)->style = (uint8_t)style;
}

/* The bytes of text that fit in room columns, and the columns they take. */
static size_t prefix(const struct canvas *canvas, const char *text, size_t len, int room, int *columns)
{
    size_t at = 0;
    *columns = 0;
    while (at < len) {
        uint32_t point;
        size_t n = decode(text + at, len - at, &point);
        int width = measure(canvas, &point);
        if (width > 0 && *columns + width > room)
            break;
        *columns += width > 0 ? width : 0;
        at += n;
    }
    return at;
}

int canvas_columns(const struct canvas *canvas, const char *text, size_t len)
{
    int columns;
    prefix(canvas, text, len, INT32_MAX - 2, &columns);
    return columns;
}

int canvas_fit(struct canvas *canvas, struct rect clip, int x, int y, int room, enum style style, const char *text,
               size_t len)
{
    int columns;
    if (room < 1)
        return x;
    size_t fits = prefix(canvas, text, len, room, &columns);
    if (fits == len)
        return canvas_text(canvas, clip, x, y, style, text, len);
    fits = prefix(canvas, text, len, room - 1, &columns);
    x = canvas_text(canvas, clip, x, y, style, text, fits);
    return canvas_glyph(canvas, clip, x, y, style, GLYPH_ELLIPSIS);
}

/* Punctuation that does not begin a line: it belongs to the text before it. */
static bool clings(uint32_t p)
{
    static const uint32_t points[] = {0x2014, 0x2019, 0x201D, 0x2026, 0x3001, 0x3002, 0x3009, 0x300B, 0x300D,
                                      0x300F, 0x3011, 0x3015, 0xFF01, 0xFF09, 0xFF0C, 0xFF0E, 0xFF1A, 0xFF1B,
                                      0xFF1F, 0xFF3D, 0xFF5D, ')',    ',',    '.',    ':',    ';',    '!',
                                      '?',    ']',    '}',    '"',    '\'',   '%'};
    for (size_t i = 0; i < sizeof points / sizeof *points; i++)
        if (points[i] == p)
            return true;
    return false;
}

/* Opening brackets and quotes: they do not end a line. */
static bool opens(uint32_t p)
{
    return p == 0x2018 || p == 0x201C || p == 0x3008 || p == 0x300A || p == 0x300C || p == 0x300E || p == 0x3010 ||
           p == 0x3014 || p == 0xFF08 || p == 0xFF3B || p == 0xFF5B || p == '(' || p == '[' || p == '{';
}

static bool is_digit(const char *text, size_t len, size_t at)
{
    return at < len && text[at] >= '0' && text[at] <= '9';
}

/* Are there three digits at at, of a number grouped by blanks? It must not be broken. */
static bool within_number(const char *text, size_t len, size_t at)
{
    return at >= 2 && text[at - 1] == ' ' && is_digit(text, len, at - 2) && is_digit(text, len, at) &&
           is_digit(text, len, at + 1) && is_digit(text, len, at + 2) && !is_digit(text, len, at + 3);
}

size_t canvas_wrap(const struct canvas *canvas, const char *text, size_t len, int room)
{
    int columns = 0, last_width = 0;
    size_t at = 0, stop = 0; /* where the line can end */
    uint32_t last = 0;
    while (at < len) {
        uint32_t point;
        size_t n = decode(text + at, len - at, &point);
        uint32_t shown = point;
        int width = measure(canvas, &shown);
        bool blank = point == ' ' || point == '\t';
        if (!blank && at > 0 && width > 0) { /* blanks stay at the end of the line, even beyond its room */
            bool wide = (width == 2 || last_width == 2) && !clings(point) && !opens(last);
            if (((last == ' ' || last == '\t') && !within_number(text, len, at)) || wide)
                stop = at;
        }
        if (!blank && width > 0 && columns + width > room)
            return stop > 0 ? stop : at > 0 ? at : n;
        if (width > 0) {
            columns += width;
            last = point;
            last_width = width;
        }
        at += n;
    }
    return len;
}

int canvas_rows(const struct canvas *canvas, const char *text, int room)
{
    int rows = 0;
    for (size_t len = strlen(text), n; len > 0; text += n, len -= n, rows++)
        n = canvas_wrap(canvas, text, len, room);
    return rows;
}

int canvas_format(struct canvas *canvas, struct rect clip, int x, int y, enum style style, const char *format, ...)
{
    va_list args;
    size_t len;
    va_start(args, format);
    char *text = text_format(&len, format, args);
    va_end(args);
    if (text) {
        x = canvas_text(canvas, clip, x, y, style, text, len);
        free(text);
    } else {
        canvas->failed = true;
    }
    return x;
}

int canvas_glyph(struct canvas *canvas, struct rect clip, int x, int y, enum style style, enum glyph glyph)
{
    uint32_t point;
    const char *text = glyph_text(glyph, canvas->ascii);
    decode(text, strlen(text), &point);
    put(canvas, clip, x, y, style, point, 1);
    return x + 1;
}

void canvas_glyph_on(struct canvas *canvas, struct rect clip, int x, int y, enum style style, enum style ground,
                     enum glyph glyph)
{
    canvas_glyph(canvas, clip, x, y, style, glyph);
    if (x >= clip.x && x < clip.x + clip.w && y >= clip.y && y < clip.y + clip.h && x >= 0 && y >= 0 &&
        x < canvas->width && y < canvas->height)
        cell_at(canvas, x, y)->ground = (uint8_t)ground;
}

int canvas_repeat(struct canvas *canvas, struct rect clip, int x, int y, enum style style, enum glyph glyph, int count)
{
    for (int i = 0; i < count; i++)
        canvas_glyph(canvas, clip, x + i, y, style, glyph);
    return x + (count > 0 ? count : 0);
}
