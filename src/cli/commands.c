/* commands.c - the table of the commands: names, arguments and help. */
#include "cli/commands.h"

#include <string.h>

const struct command commands[COMMAND_COUNT] = {
#define X(symbol, name, arguments, help) [COMMAND_##symbol] = {name, arguments, help},
    COMMANDS(X)
#undef X
};

const char *command_nth(void *self, size_t i)
{
    (void)self;
    return i < COMMAND_COUNT ? commands[i].name : NULL;
}

const struct command *command_find(const char *name)
{
    for (int i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}
