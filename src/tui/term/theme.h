/*
 * theme.h - styles and glyphs: what a thing looks like, in one place.
 *
 * A style names a meaning; each theme gives it colors, and every meaning also has a glyph or a place. The colors of the
 * theme "safe" are those of Okabe and Ito, which the color-blind can distinguish. Every glyph has an ASCII form.
 */
#ifndef HEAPREEL_TUI_TERM_THEME_H
#define HEAPREEL_TUI_TERM_THEME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LOOK_PLAIN = 0, LOOK_BOLD = 1, LOOK_DIM = 2, LOOK_REVERSE = 4, LOOK_UNDERLINE = 8 };

/*
 * Sets of colors: for dark backgrounds, for light ones (with a background of its own, for projectors), safe for the
 * color-blind, none.
 */
#define THEMES(X) X(DARK, "dark") X(LIGHT, "light") X(SAFE, "safe") X(PLAIN, "none")
enum theme {
#define X(symbol, name) THEME_##symbol,
    THEMES(X)
#undef X
        THEME_COUNT
};

/*
 * X(SYMBOL, name, letter in a style plane, look with colors, look without, colors of 256 and of 8: on dark; on light;
 * safe). A color of -1 is the terminal's own.
 */
#define STYLES(X)                                                                                                      \
    X(NORMAL, "normal", ' ', LOOK_PLAIN, LOOK_PLAIN, -1, -1, 16, 0, -1, -1)                                            \
    X(DIM, "dim", 'd', LOOK_PLAIN, LOOK_DIM, 245, -1, 240, 0, 247, -1)                                                 \
    X(FAINT, "faint", 'f', LOOK_PLAIN, LOOK_DIM, 239, -1, 249, 0, 240, -1)                                             \
    X(TITLE, "title", 't', LOOK_BOLD, LOOK_BOLD, -1, -1, 16, 0, -1, -1)                                                \
    X(HEADING, "heading", 'h', LOOK_PLAIN, LOOK_PLAIN, 250, -1, 236, 0, 252, -1)                                       \
    X(ACCENT, "accent", 'a', LOOK_BOLD, LOOK_BOLD, 214, 3, 166, 1, 214, 3)                                             \
    X(STATE, "state", 's', LOOK_REVERSE, LOOK_REVERSE, 214, 3, 166, 1, 214, 3)                                         \
    X(ALARM, "alarm", '!', LOOK_BOLD | LOOK_REVERSE, LOOK_BOLD | LOOK_REVERSE, 202, 1, 160, 1, 202, 1)                 \
    X(NOTE, "note", 'n', LOOK_PLAIN, LOOK_PLAIN, -1, -1, 16, 0, -1, -1)                                                \
    X(POINTER, "pointer", 'p', LOOK_PLAIN, LOOK_PLAIN, 74, 6, 32, 4, 32, 4)                                            \
    X(POINTER_ODD, "pointer-odd", 'P', LOOK_PLAIN, LOOK_PLAIN, 68, 4, 25, 4, 25, 4)                                    \
    X(DATA, "data", 'o', LOOK_PLAIN, LOOK_DIM, 79, 2, 36, 2, 220, 3)                                                   \
    X(DATA_ODD, "data-odd", 'O', LOOK_PLAIN, LOOK_DIM, 36, 2, 29, 2, 178, 3)                                           \
    X(WEAK, "weak", 'w', LOOK_PLAIN, LOOK_UNDERLINE, 182, 5, 170, 5, 254, 7)                                           \
    X(WEAK_ODD, "weak-odd", 'W', LOOK_PLAIN, LOOK_UNDERLINE, 175, 5, 133, 5, 250, 7)                                   \
    X(CODE, "code", 'c', LOOK_PLAIN, LOOK_PLAIN, 186, 7, 142, 3, 175, 5)                                               \
    X(CODE_ODD, "code-odd", 'C', LOOK_PLAIN, LOOK_PLAIN, 143, 7, 100, 3, 132, 5)                                       \
    X(GARBAGE, "garbage", 'g', LOOK_PLAIN, LOOK_DIM, 131, 1, 131, 1, 248, 7)                                           \
    X(WASTED, "wasted", 'x', LOOK_PLAIN, LOOK_DIM, 138, 1, 138, 1, 166, 1)                                             \
    X(UNSWEPT, "unswept", 'y', LOOK_PLAIN, LOOK_DIM, 244, -1, 244, 0, 244, -1)                                         \
    X(WHITE, "white", '0', LOOK_PLAIN, LOOK_PLAIN, 253, 7, 244, 0, 253, 7)                                             \
    X(GREY, "grey", '1', LOOK_BOLD, LOOK_BOLD, 214, 3, 166, 1, 214, 3)                                                 \
    X(BLACK, "black", '2', LOOK_PLAIN, LOOK_PLAIN, 67, 4, 16, 0, 32, 4)                                                \
    X(MOVED, "moved", 'm', LOOK_BOLD, LOOK_BOLD, 214, 3, 166, 1, 214, 3)                                               \
    X(TRAIL, "trail", 'r', LOOK_PLAIN, LOOK_DIM, 172, 3, 173, 1, 172, 3)                                               \
    X(MARKER, "marker", 'k', LOOK_PLAIN, LOOK_PLAIN, 214, 3, 166, 1, 214, 3)                                           \
    X(CANDIDATE, "candidate", 'q', LOOK_PLAIN, LOOK_BOLD, 203, 1, 160, 1, 202, 1)                                      \
    X(CHOSEN, "chosen", '*', LOOK_BOLD, LOOK_BOLD | LOOK_REVERSE, 231, 7, 16, 0, 231, 7)                               \
    X(CURSOR, "cursor", '#', LOOK_REVERSE, LOOK_REVERSE, 231, 7, 16, 0, 231, 7)                                        \
    X(FOCUS, "focus", 'F', LOOK_BOLD, LOOK_BOLD | LOOK_UNDERLINE, 231, 7, 16, 0, 231, 7)                               \
    X(USED, "used", 'u', LOOK_PLAIN, LOOK_PLAIN, 74, 6, 32, 4, 32, 4)                                                  \
    X(TOTAL, "total", 'v', LOOK_PLAIN, LOOK_DIM, 235, -1, 254, 0, 236, -1)                                             \
    X(EXTERNAL, "external", 'e', LOOK_PLAIN, LOOK_DIM, 175, 5, 133, 5, 175, 5)                                         \
    X(MINOR, "minor", 'i', LOOK_PLAIN, LOOK_PLAIN, 245, -1, 240, 0, 247, -1)                                           \
    X(MAJOR, "major", 'j', LOOK_BOLD, LOOK_BOLD, 203, 1, 160, 1, 202, 1)                                               \
    X(FREE, "free", 'z', LOOK_PLAIN, LOOK_DIM, 65, 2, 108, 2, 110, 6)                                                  \
    X(HEAD, "head", 'H', LOOK_BOLD, LOOK_BOLD | LOOK_REVERSE, 214, 3, 166, 1, 214, 3)

enum style {
#define X(symbol, ...) STYLE_##symbol,
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
    X(RISE1, "▁", "_")                                                                                                 \
    X(RISE2, "▂", "_")                                                                                                 \
    X(RISE3, "▃", "_")                                                                                                 \
    X(RISE4, "▄", "=")                                                                                                 \
    X(RISE5, "▅", "=")                                                                                                 \
    X(RISE6, "▆", "=")                                                                                                 \
    X(RISE7, "▇", "#")                                                                                                 \
    X(RISE8, "█", "#")                                                                                                 \
    X(WHITE, "□", "o")                                                                                                 \
    X(GREY, "▣", "*")                                                                                                  \
    X(BLACK, "■", "#")                                                                                                 \
    X(GARBAGE, "░", "~")                                                                                               \
    X(FREE, "·", ".")                                                                                                  \
    X(WASTED, "×", "x")                                                                                                \
    X(TRAIL, "∘", "'")                                                                                                 \
    X(UNSWEPT, "╱", "/")                                                                                               \
    X(CANDIDATE, "»", ">")                                                                                             \
    X(AGE_MARK, "┊", "|")                                                                                              \
    X(TOP, "▴", "^")                                                                                                   \
    X(SCAN, "▾", "v")                                                                                                  \
    X(HEAD, "▲", "^")                                                                                                  \
    X(CHAPTER, "◆", "+")                                                                                               \
    X(MINOR, "╷", "'")                                                                                                 \
    X(MAJOR, "┃", "M")                                                                                                 \
    X(STEP, "·", ".")                                                                                                  \
    X(TOTAL, "░", ":")                                                                                                 \
    X(POINT, "•", "*")                                                                                                 \
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
    char letter;         /* in a style plane */
    uint8_t look, plain; /* LOOK_...: with colors, without */
    struct {
        int16_t of256, of8; /* -1: the terminal's own */
    } color[THEME_PLAIN];
};

/* How a style is shown. */
const struct paint *style_paint(enum style style);

/* Its color in a theme on a terminal of depth (256 or 8) colors; -1: the terminal's own. */
int style_color(enum theme theme, enum style style, int depth);

/* The theme with that name. False if there is none. */
bool theme_named(const char *text, size_t len, enum theme *theme);

/* The background of a theme; -1: the terminal's own. */
int theme_ground(enum theme theme, int depth);

/* The UTF-8 text of a glyph; its ASCII form if ascii. */
const char *glyph_text(enum glyph glyph, int ascii);

#endif
