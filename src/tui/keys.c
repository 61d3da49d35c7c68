/*
 * keys.c - the table of bindings and the two ways to search it.
 */
#include "tui/keys.h"

#include <string.h>

static const struct binding bindings[] = {
#define X(key, word, action, help) {key, word, ACTION_##action, help},
    BINDINGS(X)
#undef X
};

#define BINDING_COUNT (sizeof bindings / sizeof *bindings)

const struct binding *key_bindings(size_t *count)
{
    *count = BINDING_COUNT;
    return bindings;
}

enum action key_action(uint32_t key)
{
    for (size_t i = 0; i < BINDING_COUNT; i++)
        if (bindings[i].key == key)
            return bindings[i].action;
    return ACTION_NONE;
}

uint32_t key_by_word(const char *word, size_t len)
{
    for (size_t i = 0; i < BINDING_COUNT; i++)
        if (strlen(bindings[i].word) == len && memcmp(bindings[i].word, word, len) == 0)
            return bindings[i].key;
    return KEYCODE_NONE;
}
