/*
 * keys.h - one table of bindings: what a key does, and what the help says.
 */
#ifndef HEAPREEL_TUI_KEYS_H
#define HEAPREEL_TUI_KEYS_H

#include <stddef.h>
#include <stdint.h>

/* Keys that are no characters: numbers behind the last code point. */
enum {
    KEYCODE_NONE = 0,
    KEYCODE_ENTER = '\r',
    KEYCODE_ESCAPE = 0x1B,
    KEYCODE_UP = 0x110000,
    KEYCODE_DOWN,
    KEYCODE_LEFT,
    KEYCODE_RIGHT,
    KEYCODE_HOME,
    KEYCODE_END,
    KEYCODE_PAGE_UP,
    KEYCODE_PAGE_DOWN
};

/*
 * X(KEY, word in scripts and help, ACTION, what it does)
 * The rows of one action stand together; the first one's text is shown.
 */
#define BINDINGS(X)                                                                                                    \
    X(' ', "space", PLAY, "play, pause")                                                                               \
    X(KEYCODE_RIGHT, "right", STEP, "one event forward")                                                               \
    X('l', "l", STEP, "one event forward")                                                                             \
    X('n', "n", COLLECTION, "next collection")                                                                         \
    X(KEYCODE_END, "End", END, "run to the end")                                                                       \
    X('+', "+", FASTER, "faster")                                                                                      \
    X('=', "=", FASTER, "faster")                                                                                      \
    X('-', "-", SLOWER, "slower")                                                                                      \
    X('m', "m", NOTE, "the whole note")                                                                                \
    X(KEYCODE_ESCAPE, "esc", CLOSE, "close")                                                                           \
    X('?', "?", HELP, "this help")                                                                                     \
    X(0x0C, "ctrl-l", REDRAW, "draw again")                                                                            \
    X('q', "q", QUIT, "quit")

enum action {
    ACTION_NONE,
    ACTION_PLAY,
    ACTION_STEP,
    ACTION_COLLECTION,
    ACTION_END,
    ACTION_FASTER,
    ACTION_SLOWER,
    ACTION_NOTE,
    ACTION_CLOSE,
    ACTION_HELP,
    ACTION_REDRAW,
    ACTION_QUIT
};

struct binding {
    uint32_t key;
    const char *word; /* never NULL */
    enum action action;
    const char *help;
};

/* The table; *count rows. */
const struct binding *key_bindings(size_t *count);

/* What the key does; ACTION_NONE if it is not bound. */
enum action key_action(uint32_t key);

/* The key that a word of a script names, or KEYCODE_NONE. */
uint32_t key_by_word(const char *word, size_t len);

#endif
