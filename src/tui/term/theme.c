/* theme.c - the tables of styles and glyphs. */
#include "tui/term/theme.h"

#include <string.h>

static const struct paint paints[STYLE_COUNT] = {
#define X(symbol, name, letter, look, plain, dark256, dark8, light256, light8, safe256, safe8)                         \
    {name, letter, look, plain, {{dark256, dark8}, {light256, light8}, {safe256, safe8}}},
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

int style_color(enum theme theme, enum style style, int depth)
{
    if (theme >= THEME_PLAIN)
        return -1;
    const struct paint *paint = style_paint(style);
    return depth >= 256 ? paint->color[theme].of256 : paint->color[theme].of8;
}

bool theme_named(const char *text, size_t len, enum theme *theme)
{
    static const char *const names[THEME_COUNT] = {
#define X(symbol, name) name,
        THEMES(X)
#undef X
    };
    for (int i = 0; i < THEME_COUNT; i++) {
        if (strlen(names[i]) == len && memcmp(names[i], text, len) == 0) {
            *theme = (enum theme)i;
            return true;
        }
    }
    return false;
}

int theme_ground(enum theme theme, int depth)
{
    return theme == THEME_LIGHT ? depth >= 256 ? 231 : 7 : -1;
}

const char *glyph_text(enum glyph glyph, int ascii)
{
    return glyphs[glyph < GLYPH_COUNT ? glyph : GLYPH_UNKNOWN][ascii != 0];
}
