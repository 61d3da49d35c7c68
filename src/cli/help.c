/* help.c - "heapreel help": shows the commands, or one of them. */
#include "base/text.h"
#include "cli/commands.h"
#include "cli/message.h"
#include "cli/options.h"

#include <stdio.h>
#include <string.h>

static void print_commands(void)
{
    puts("heapreel simulates V8's heap: it replays a trace of allocations and pointer\n"
         "stores, collects garbage as V8 does, and shows what happens.\n"
         "\n"
         "usage: heapreel TRACE                    on a terminal: play; else: run\n"
         "       heapreel COMMAND [ARGUMENT...]\n");
    for (int i = 0; i < COMMAND_COUNT; i++) {
        printf("  %s %-*s%s\n", commands[i].name, 20 - (int)strlen(commands[i].name), commands[i].arguments,
               commands[i].help);
    }
    puts("\n"
         "  --help, --version\n"
         "\n"
         "'heapreel help COMMAND' says more; heapreel(1) and heapreel-trace(5) say all.");
}

int command_help(int argc, char **argv)
{
    struct usage usage = {.command = COMMAND_help};
    enum options_result parsed = options_parse(&usage, &argc, &argv);
    if (parsed != OPTIONS_GO)
        return parsed == OPTIONS_HELP ? STATUS_OK : STATUS_ERROR;
    if (argc == 0) {
        print_commands();
        return STATUS_OK;
    }
    const struct command *command = command_find(argv[0]);
    if (command == NULL || argc > 1) {
        struct text_quoted quoted;
        return argc > 1 ? complain_usage("help", "help takes one command")
                        : complain_usage(NULL, "unknown command \"%s\"", text_quote(&quoted, argv[0], strlen(argv[0])));
    }
    char help[] = "--help";
    char name[] = "help";
    char *arguments[] = {name, help, NULL};
    return command->function(2, arguments);
}
