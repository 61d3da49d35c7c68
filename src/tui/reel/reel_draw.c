/*
 * reel_draw.c - rows of a film as SVG.
 *
 * Everything stands on the grid of cells, whatever font the viewer has: blocks are drawn as rectangles, words and
 * repeated signs are set to the width of their cells, and wide characters to two each.
 */
#include "tui/reel/reel.h"

#include "base/text.h"

#include <string.h>

#define BASELINE 13
#define FONT_PX "13.33" /* a monospace font's characters are 0.6 em wide: a cell */

static const char own[2][2][8] = {{"#d4d4d4", "#181818"}, {"#202020", "#ffffff"}}; /* text and ground; dark, light */

/* ---- styles ---- */

/* A color of a terminal with 256, as an HTML color. */
static void write_color(struct out *out, int color)
{
    static const char *const first[16] = {"#000000", "#cd3131", "#0dbc79", "#c5a50c", "#2472c8", "#bc3fbc",
                                          "#11a8cd", "#e5e5e5", "#666666", "#f14c4c", "#23d18b", "#f5f543",
                                          "#3b8eea", "#d670d6", "#29b8db", "#ffffff"};
    static const unsigned char level[6] = {0, 95, 135, 175, 215, 255};
    int c = color - 16, grey = 8 + (color - 232) * 10;
    if (color < 16)
        out_words(out, first[color]);
    else if (color < 232)
        out_format(out, "#%02x%02x%02x", level[c / 36], level[c / 6 % 6], level[c % 6]);
    else
        out_format(out, "#%02x%02x%02x", grey, grey, grey);
}

static void write_fill(const struct reel *reel, struct out *out, bool ground, int color)
{
    out_words(out, "fill:");
    if (color >= 0)
        write_color(out, color);
    else
        out_words(out, own[reel->light][ground]);
}

void reel_draw_styles(const struct reel *reel, struct out *out)
{
    out_format(out,
               "text{font:" FONT_PX "px ui-monospace,\"DejaVu Sans Mono\",Menlo,Consolas,\"Noto Sans Mono\","
               "\"Noto Sans Mono CJK SC\",monospace}.own{fill:%s}",
               own[reel->light][1]);
    for (size_t i = 0; i < reel->looks.len; i++) {
        const struct reel_look *l = &reel->looks.data[i];
        bool reverse = l->look & LOOK_REVERSE;
        out_format(out, ".f%zu{", i);
        write_fill(reel, out, reverse, reverse ? l->ground : l->fore);
        out_words(out, l->look & LOOK_BOLD ? ";font-weight:bold" : "");
        out_words(out, l->look & LOOK_DIM ? ";fill-opacity:.6" : "");
        out_words(out, l->look & LOOK_UNDERLINE ? ";text-decoration:underline" : "");
        out_char(out, '}');
        if (reverse || l->ground >= 0) {
            out_format(out, ".g%zu{", i);
            write_fill(reel, out, !reverse, reverse ? l->fore : l->ground);
            out_char(out, '}');
        }
    }
}

void reel_draw_text(struct out *out, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '&')
            out_words(out, "&amp;");
        else if (c == '<')
            out_words(out, "&lt;");
        else if (c == '>')
            out_words(out, "&gt;");
        else if (c == '"')
            out_words(out, "&quot;");
        else
            out_char(out, c < 0x20 ? ' ' : (char)c);
    }
}

/* ---- signs that are drawn ---- */

/* A sign that fills a part of its cell: where, in cell units, and how densely, in percent. */
struct block {
    unsigned x, y, w, h, percent;
};

static bool block_of(uint32_t point, struct block *b)
{
    *b = (struct block){0, 0, REEL_CELL_W, REEL_CELL_H, 100};
    if (point >= 0x2581 && point <= 0x2588) { /* from below, in eighths */
        b->h = (REEL_CELL_H * (point - 0x2580) + 4) / 8;
        b->y = REEL_CELL_H - b->h;
    } else if (point > 0x2588 && point <= 0x258F) { /* from the left, in eighths of 8 */
        b->w = 0x2590 - point;
    } else if (point >= 0x2591 && point <= 0x2593) { /* shades */
        b->percent = 30 * (point - 0x2590) - 5;
    } else if (point == 0x2595) {
        b->x = REEL_CELL_W - 1;
        b->w = 1;
    } else if (point == 0x2500) {
        b->y = REEL_CELL_H / 2;
        b->h = 1;
    } else {
        return false;
    }
    return true;
}

static void draw_rect(struct out *out, unsigned x, const struct block *b, unsigned n, char class, unsigned look)
{
    bool whole = b->w == REEL_CELL_W;
    for (unsigned i = 0; i < (whole ? 1 : n); i++) {
        out_format(out, "<rect class=\"%c%u\" x=\"%u\"", class, look, (x + i) * REEL_CELL_W + b->x);
        if (b->y > 0)
            out_format(out, " y=\"%u\"", b->y);
        out_format(out, " width=\"%u\" height=\"%u\"", whole ? n * REEL_CELL_W : b->w, b->h);
        if (b->percent < 100)
            out_format(out, " opacity=\".%02u\"", b->percent);
        out_words(out, "/>");
    }
}

/* ---- pieces of a run ---- */

/* The character at text, which is valid UTF-8 and has left bytes, and its length. */
static uint32_t point_at(const char *text, size_t left, size_t *len)
{
    uint32_t point = 0;
    *len = text_decode(text, left, &point);
    return point;
}

/*
 * Does a character belong into the element that begins with first and ends with before? Words do, with a blank between
 * two of them, and the same sign again, whose width is the same.
 */
static bool joins(uint32_t first, uint32_t before, uint32_t point, uint32_t after)
{
    if (first == ' ' || first >= 0x80 || point >= 0x80)
        return before == point;
    return point != ' ' || (before != ' ' && after > ' ' && after < 0x80);
}

/* The text of an element. */
struct text_span {
    const char *text;
    size_t len;
};

static void draw_words(struct out *out, unsigned x, unsigned columns, unsigned look, struct text_span span)
{
    out_format(out, "<text class=\"f%u\" x=\"%u\" y=\"%d\"", look, x * REEL_CELL_W, BASELINE);
    if (columns > 1)
        out_format(out, " textLength=\"%u\"", columns * REEL_CELL_W);
    out_char(out, '>');
    reel_draw_text(out, span.text, span.len);
    out_words(out, "</text>");
}

/* A run of characters of one column each. */
static void draw_simple(struct out *out, const struct reel_run *run, const char *text)
{
    unsigned x = run->x;
    for (size_t i = 0, len; i < run->len;) {
        size_t start = i;
        uint32_t first = point_at(text + i, run->len - i, &len), before = first;
        unsigned n = 1;
        struct block block;
        for (i += len; i < run->len; i += len, n++) {
            size_t more;
            uint32_t point = point_at(text + i, run->len - i, &len);
            uint32_t after = i + len < run->len ? point_at(text + i + len, run->len - i - len, &more) : 0;
            if (!joins(first, before, point, after))
                break;
            before = point;
        }
        if (block_of(first, &block))
            draw_rect(out, x, &block, n, 'f', run->look);
        else if (first != ' ')
            draw_words(out, x, n, run->look, (struct text_span){text + start, i - start});
        x += n;
    }
}

static void draw_run(const struct reel *reel, const struct reel_run *run, struct out *out)
{
    const struct reel_look *look = &reel->looks.data[run->look];
    const char *text = reel->text.data + run->text;
    const struct block all = {0, 0, REEL_CELL_W, REEL_CELL_H, 100};
    if (look->ground >= 0 || look->look & LOOK_REVERSE)
        draw_rect(out, run->x, &all, run->columns, 'g', run->look);
    if (run->simple && run->wide == 1)
        draw_simple(out, run, text);
    else
        draw_words(out, run->x, run->columns, run->look, (struct text_span){text, run->len});
}

void reel_draw_rows(const struct reel *reel, struct out *out)
{
    for (size_t i = 0; i < reel->rows.len; i++) {
        const struct reel_row *row = &reel->rows.data[i];
        out_format(out, "<g id=\"r%zu\">", i);
        for (uint32_t k = 0; k < row->runs; k++)
            draw_run(reel, &reel->runs.data[row->run + k], out);
        out_words(out, "</g>\n");
    }
}
