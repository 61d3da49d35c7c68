/*
 * theme.h - styles and glyphs: what a thing looks like, in one place.
 *
 * A style names a meaning; its colors are chosen to stay apart for the
 * color-blind (after Okabe and Ito) and on dark and light grounds, and every
 * meaning has a glyph or a place besides. A glyph has a form in ASCII.
 */
#ifndef HEAPREEL_TUI_THEME_H
#define HEAPREEL_TUI_THEME_H

#include <stdint.h>

enum { LOOK_PLAIN = 0, LOOK_BOLD = 1, LOOK_DIM = 2, LOOK_REVERSE = 4, LOOK_UNDERLINE = 8 };

/*
 * X(SYMBOL, name, letter in a style plane, color of 256, color of 8, look with colors, look without)
 * A color of -1 is the terminal's own.
 */
#define STYLES(X)                                                                                                      \
    X(NORMAL, "normal", ' ', -1, -1, LOOK_PLAIN, LOOK_PLAIN)                                                           \
    X(DIM, "dim", 'd', 244, -1, LOOK_PLAIN, LOOK_DIM)                                                                  \
    X(FAINT, "faint", 'f', 240, -1, LOOK_PLAIN, LOOK_DIM)                                                              \
    X(TITLE, "title", 't', -1, -1, LOOK_BOLD, LOOK_BOLD)                                                               \
    X(HEADING, "heading", 'h', 250, -1, LOOK_PLAIN, LOOK_PLAIN)                                                        \
    X(ACCENT, "accent", 'a', 214, 3, LOOK_BOLD, LOOK_BOLD)                                                             \
    X(STATE, "state", 's', 214, 3, LOOK_REVERSE, LOOK_REVERSE)                                                         \
    X(ALARM, "alarm", '!', 202, 1, LOOK_BOLD | LOOK_REVERSE, LOOK_BOLD | LOOK_REVERSE)                                 \
    X(NOTE, "note", 'n', -1, -1, LOOK_PLAIN, LOOK_PLAIN)                                                               \
    X(POINTER, "pointer", 'p', 74, 6, LOOK_PLAIN, LOOK_PLAIN)                                                          \
    X(POINTER_ODD, "pointer-odd", 'P', 68, 4, LOOK_PLAIN, LOOK_PLAIN)                                                  \
    X(DATA, "data", 'o', 79, 2, LOOK_PLAIN, LOOK_DIM)                                                                  \
    X(DATA_ODD, "data-odd", 'O', 36, 2, LOOK_PLAIN, LOOK_DIM)                                                          \
    X(WEAK, "weak", 'w', 182, 5, LOOK_PLAIN, LOOK_UNDERLINE)                                                           \
    X(WEAK_ODD, "weak-odd", 'W', 175, 5, LOOK_PLAIN, LOOK_UNDERLINE)                                                   \
    X(CODE, "code", 'c', 186, 7, LOOK_PLAIN, LOOK_PLAIN)                                                               \
    X(CODE_ODD, "code-odd", 'C', 143, 7, LOOK_PLAIN, LOOK_PLAIN)                                                       \
    X(GARBAGE, "garbage", 'g', 242, -1, LOOK_PLAIN, LOOK_DIM)                                                          \
    X(WASTED, "wasted", 'x', 138, 1, LOOK_PLAIN, LOOK_DIM)                                                             \
    X(WHITE, "white", '0', 255, 7, LOOK_PLAIN, LOOK_PLAIN)                                                             \
    X(GREY, "grey", '1', 214, 3, LOOK_BOLD, LOOK_BOLD)                                                                 \
    X(BLACK, "black", '2', 25, 4, LOOK_PLAIN, LOOK_PLAIN)                                                              \
    X(MOVED, "moved", 'm', 214, 3, LOOK_BOLD, LOOK_BOLD)                                                               \
    X(TRAIL, "trail", 'r', 172, 3, LOOK_PLAIN, LOOK_DIM)                                                               \
    X(MARKER, "marker", 'k', 214, 3, LOOK_PLAIN, LOOK_PLAIN)

enum style {
#define X(symbol, name, letter, color256, color8, look, plain) STYLE_##symbol,
    STYLES(X)
#undef X
        STYLE_COUNT
};

/* X(SYMBOL, UTF-8 form, ASCII form); each one column wide */
#define GLYPHS(X)                                                                                                      \
    X(FULL, "█", "#")                                                                                                  \
    X(FULL_ODD, "▓", "%")                                                                                              \
    X(PART1, "▏", "-")                                                                                                 \
    X(PART2, "▎", "-")                                                                                                 \
    X(PART3, "▍", "-")                                                                                                 \
    X(PART4, "▌", "=")                                                                                                 \
    X(PART5, "▋", "=")                                                                                                 \
    X(PART6, "▊", "=")                                                                                                 \
    X(PART7, "▉", "=")                                                                                                 \
    X(GARBAGE, "░", "~")                                                                                               \
    X(FREE, "·", ".")                                                                                                  \
    X(WASTED, "×", "x")                                                                                                \
    X(TRAIL, "∘", "o")                                                                                                 \
    X(UNSWEPT, "▒", "&")                                                                                               \
    X(AGE_MARK, "┊", "|")                                                                                              \
    X(TOP, "▴", "^")                                                                                                   \
    X(RULE, "─", "-")                                                                                                  \
    X(ARROW, "▶", ">")                                                                                                 \
    X(PAUSED, "‖", "|")                                                                                                \
    X(STOPPED, "■", "]")                                                                                               \
    X(TO, "→", ">")                                                                                                    \
    X(DOT, "·", "-")                                                                                                   \
    X(ELLIPSIS, "…", "~")                                                                                              \
    X(BAR_LEFT, "▕", "[")                                                                                              \
    X(BAR_RIGHT, "▏", "]")                                                                                             \
    X(UNKNOWN, "�", "?")

enum glyph {
#define X(symbol, utf8, ascii) GLYPH_##symbol,
    GLYPHS(X)
#undef X
        GLYPH_COUNT
};

struct paint {
    const char *name;
    int16_t color256, color8; /* -1: the terminal's own */
    uint8_t look, plain;      /* LOOK_...: with colors, without */
    char letter;              /* in a style plane */
};

/* How a style is painted. */
const struct paint *style_paint(enum style style);

/* The UTF-8 text of a glyph; its ASCII form if ascii. */
const char *glyph_text(enum glyph glyph, int ascii);

#endif
