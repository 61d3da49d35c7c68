/* keys.c - the tables of actions and bindings, and searches in them. */
#include "tui/term/keys.h"

#include <string.h>

static const struct binding bindings[] = {
#define X(key, word, action) {key, word, ACTION_##action},
    BINDINGS(X)
#undef X
};

static const struct action_info action_infos[ACTION_COUNT] = {[ACTION_NONE] = {"", "", ""},
#define X(symbol, name, arguments, help) [ACTION_##symbol] = {name, arguments, help},
                                                              ACTIONS(X)
#undef X
};

#define BINDING_COUNT (sizeof bindings / sizeof *bindings)

const struct binding *key_bindings(size_t *count)
{
    *count = BINDING_COUNT;
    return bindings;
}

const struct action_info *action_info_of(enum action action)
{
    return &action_infos[action < ACTION_COUNT ? action : ACTION_NONE];
}

enum action key_action(uint32_t key)
{
    for (size_t i = 0; i < BINDING_COUNT; i++)
        if (bindings[i].key == key)
            return bindings[i].action;
    return ACTION_NONE;
}

static int is(const char *name, const char *word, size_t len)
{
    return strlen(name) == len && memcmp(name, word, len) == 0;
}

enum action action_by_name(const char *name, size_t len)
{
    for (int i = ACTION_NONE + 1; len > 0 && i < ACTION_COUNT; i++)
        if (is(action_infos[i].name, name, len))
            return (enum action)i;
    return ACTION_NONE;
}

uint32_t key_by_word(const char *word, size_t len)
{
    for (size_t i = 0; i < BINDING_COUNT; i++)
        if (is(bindings[i].word, word, len))
            return bindings[i].key;
    if (is("backspace", word, len))
        return KEYCODE_BACKSPACE;
    if (is("delete", word, len))
        return KEYCODE_DELETE;
    return len == 1 && *word > ' ' && *word < 0x7F ? (uint32_t)*word : KEYCODE_NONE;
}

const char *key_words(enum action action, char out[KEY_WORDS_ROOM])
{
    size_t len = 0;
    for (size_t i = 0; i < BINDING_COUNT; i++) {
        size_t n = strlen(bindings[i].word);
        if (bindings[i].action != action || len + n + 2 > KEY_WORDS_ROOM)
            continue;
        if (len > 0)
            out[len++] = ' ';
        memcpy(out + len, bindings[i].word, n);
        len += n;
    }
    out[len] = '\0';
    return out;
}
