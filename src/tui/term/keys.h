/*
 * keys.h - two tables: the actions, and the keys that are bound to them.
 *
 * Dispatch, the help screen, the names on the command line and the manual's list of keys are made from them.
 */
#ifndef HEAPREEL_TUI_TERM_KEYS_H
#define HEAPREEL_TUI_TERM_KEYS_H

#include <stddef.h>
#include <stdint.h>

/* Keys that are no characters: numbers after the last code point. */
enum {
    KEYCODE_NONE = 0,
    KEYCODE_TAB = '\t',
    KEYCODE_ENTER = '\r',
    KEYCODE_ESCAPE = 0x1B,
    KEYCODE_BACKSPACE = 0x7F,
    KEYCODE_UP = 0x110000,
    KEYCODE_DOWN,
    KEYCODE_LEFT,
    KEYCODE_RIGHT,
    KEYCODE_HOME,
    KEYCODE_END,
    KEYCODE_PAGE_UP,
    KEYCODE_PAGE_DOWN,
    KEYCODE_DELETE,
    KEYCODE_BACKTAB,
    KEYCODE_MOUSE /* struct input says where and what */
};

enum mouse { MOUSE_PRESS, MOUSE_DRAG, MOUSE_RELEASE, MOUSE_WHEEL_UP, MOUSE_WHEEL_DOWN };

/* A key, or an action of the mouse. */
struct input {
    uint32_t key;
    enum mouse mouse; /* of KEYCODE_MOUSE, as are x and y: column and row, from 0 */
    int x, y;
};

/*
 * X(SYMBOL, name on the command line, its arguments there, what it does). An action with an empty name has only a key;
 * one without a key has only a name.
 */
#define ACTIONS(X)                                                                                                     \
    X(PLAY, "play", "", "play, pause")                                                                                 \
    X(FORWARD, "forward", "[N]", "one event forward")                                                                  \
    X(OVER, "over", "", "over a whole collection")                                                                     \
    X(BACK, "back", "[N]", "one event back")                                                                           \
    X(STEP, "step", "[N]", "one collector step forward")                                                               \
    X(UNSTEP, "unstep", "[N]", "one collector step back")                                                              \
    X(NEXT, "next", "", "next collection")                                                                             \
    X(PREVIOUS, "previous", "", "previous collection")                                                                 \
    X(NEXT_CHAPTER, "next-chapter", "", "next chapter")                                                                \
    X(PREVIOUS_CHAPTER, "previous-chapter", "", "previous chapter")                                                    \
    X(GO, "go", "WHERE", "go to event, time, chapter")                                                                 \
    X(START, "start", "", "to the beginning")                                                                          \
    X(END, "end", "", "to the end")                                                                                    \
    X(FASTER, "faster", "", "faster")                                                                                  \
    X(SLOWER, "slower", "", "slower")                                                                                  \
    X(BREAK, "break", "[WHAT]", "breakpoints")                                                                         \
    X(CONTINUE, "continue", "", "on to a breakpoint")                                                                  \
    X(REVERSE, "reverse", "", "back to a breakpoint")                                                                  \
    X(FIND, "find", "TEXT", "find an object or text")                                                                  \
    X(FOCUS, "focus", "", "next panel")                                                                                \
    X(FOCUS_BACK, "focus-back", "", "panel before")                                                                    \
    X(UP, "", "", "up, in the panel")                                                                                  \
    X(DOWN, "", "", "down, in the panel")                                                                              \
    X(PAGE_UP, "", "", "a page up")                                                                                    \
    X(PAGE_DOWN, "", "", "a page down")                                                                                \
    X(INSPECT, "inspect", "[OBJECT]", "inspect; answer; next lesson")                                                  \
    X(ZOOM, "zoom", "", "the panel alone")                                                                             \
    X(FINER, "finer", "", "finer cells")                                                                               \
    X(COARSER, "coarser", "", "coarser cells")                                                                         \
    X(WHY, "why", "[OBJECT]", "why is it alive?")                                                                      \
    X(NOTE, "note", "", "the whole note")                                                                              \
    X(VIEW, "view", "[WORKER|follow]", "the next worker's heap")                                                       \
    X(FOLLOW, "", "", "the running worker's heap")                                                                     \
    X(EXPORT, "export", "[FILE]", "export JSON here")                                                                  \
    X(COLORS, "colors", "[THEME]", "another theme")                                                                    \
    X(RELOAD, "reload", "", "reload the trace")                                                                        \
    X(LESSONS, "lessons", "", "all lessons")                                                                           \
    X(PRESENT, "present", "", "for a room: heap and sentence")                                                         \
    X(COMMAND, "", "", "command line")                                                                                 \
    X(CLOSE, "", "", "close, leave")                                                                                   \
    X(HELP, "help", "", "this help")                                                                                   \
    X(REDRAW, "redraw", "", "draw again")                                                                              \
    X(QUIT, "quit", "", "quit")                                                                                        \
    X(SPEED, "speed", "N|max|auto", "events a second")                                                                 \
    X(MOTION, "motion", "on|off", "walk through collections")                                                          \
    X(SET, "set", "KEY=VALUE", "the same with another configuration")                                                  \
    X(UNDO, "undo", "", "take back the last line of the branch")                                                       \
    X(RETURN, "return", "", "leave the branch")                                                                        \
    X(SAVE, "save", "FILE", "write the branch as a trace")

enum action {
    ACTION_NONE,
#define X(symbol, name, arguments, help) ACTION_##symbol,
    ACTIONS(X)
#undef X
        ACTION_COUNT
};

/* X(KEY, its word in scripts and help, ACTION): the keys of an action stand together */
#define BINDINGS(X)                                                                                                    \
    X(' ', "space", PLAY)                                                                                              \
    X(KEYCODE_RIGHT, "right", FORWARD)                                                                                 \
    X('l', "l", FORWARD)                                                                                               \
    X('o', "o", OVER)                                                                                                  \
    X(KEYCODE_LEFT, "left", BACK)                                                                                      \
    X('h', "h", BACK)                                                                                                  \
    X('.', ".", STEP)                                                                                                  \
    X(',', ",", UNSTEP)                                                                                                \
    X('n', "n", NEXT)                                                                                                  \
    X('p', "p", PREVIOUS)                                                                                              \
    X(']', "]", NEXT_CHAPTER)                                                                                          \
    X('[', "[", PREVIOUS_CHAPTER)                                                                                      \
    X('g', "g", GO)                                                                                                    \
    X(KEYCODE_HOME, "Home", START)                                                                                     \
    X(KEYCODE_END, "End", END)                                                                                         \
    X('+', "+", FASTER)                                                                                                \
    X('=', "=", FASTER)                                                                                                \
    X('-', "-", SLOWER)                                                                                                \
    X('b', "b", BREAK)                                                                                                 \
    X('}', "}", CONTINUE)                                                                                              \
    X('{', "{", REVERSE)                                                                                               \
    X('/', "/", FIND)                                                                                                  \
    X(KEYCODE_TAB, "Tab", FOCUS)                                                                                       \
    X(KEYCODE_BACKTAB, "S-Tab", FOCUS_BACK)                                                                            \
    X(KEYCODE_UP, "up", UP)                                                                                            \
    X(KEYCODE_DOWN, "down", DOWN)                                                                                      \
    X(KEYCODE_PAGE_UP, "PgUp", PAGE_UP)                                                                                \
    X(KEYCODE_PAGE_DOWN, "PgDn", PAGE_DOWN)                                                                            \
    X(KEYCODE_ENTER, "Enter", INSPECT)                                                                                 \
    X('z', "z", ZOOM)                                                                                                  \
    X(')', ")", FINER)                                                                                                 \
    X('(', "(", COARSER)                                                                                               \
    X('w', "w", WHY)                                                                                                   \
    X('m', "m", NOTE)                                                                                                  \
    X('v', "v", VIEW)                                                                                                  \
    X('V', "V", FOLLOW)                                                                                                \
    X('x', "x", EXPORT)                                                                                                \
    X('c', "c", COLORS)                                                                                                \
    X('r', "r", RELOAD)                                                                                                \
    X('L', "L", LESSONS)                                                                                               \
    X('P', "P", PRESENT)                                                                                               \
    X(':', ":", COMMAND)                                                                                               \
    X(KEYCODE_ESCAPE, "esc", CLOSE)                                                                                    \
    X('?', "?", HELP)                                                                                                  \
    X(0x0C, "ctrl-l", REDRAW)                                                                                          \
    X('q', "q", QUIT)

struct binding {
    uint32_t key;
    const char *word; /* never NULL */
    enum action action;
};

/* An action. */
struct action_info {
    const char *name, *arguments, *help; /* never NULL */
};

/* The table of bindings; *count rows. */
const struct binding *key_bindings(size_t *count);

/* The row of an action, which is not ACTION_NONE. */
const struct action_info *action_info_of(enum action action);

/* The action of the key; ACTION_NONE if it is not bound. */
enum action key_action(uint32_t key);

/* The action of that name, or ACTION_NONE. */
enum action action_by_name(const char *name, size_t len);

/* The key that a word of a script names, or KEYCODE_NONE. Includes keys that only a prompt knows. */
uint32_t key_by_word(const char *word, size_t len);

/* Writes the words of an action's keys into out, separated by blanks; "" if it has none. Returns out. */
#define KEY_WORDS_ROOM 32
const char *key_words(enum action action, char out[KEY_WORDS_ROOM]);

#endif
