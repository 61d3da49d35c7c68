/*
 * theme.c - the tables of styles and glyphs.
 */
#include "tui/theme.h"

static const struct paint paints[STYLE_COUNT] = {
#define X(symbol, name, letter, color256, color8, look, plain) {name, color256, color8, look, plain, letter},
    STYLES(X)
#undef X
};

static const char *const glyphs[GLYPH_COUNT][2] = {
#define X(symbol, utf8, ascii) {utf8, ascii},
    GLYPHS(X)
#undef X
};

const struct paint *style_paint(enum style style)
{
    return &paints[style < STYLE_COUNT ? style : STYLE_NORMAL];
}

const char *glyph_text(enum glyph glyph, int ascii)
{
    return glyphs[glyph < GLYPH_COUNT ? glyph : GLYPH_UNKNOWN][ascii != 0];
}
