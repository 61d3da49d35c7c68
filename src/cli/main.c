/* main.c - finds the command, runs it or shows its help, and makes sure at the end that standard output has been
 * written. */
#include "base/nearest.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/complete.h"
#include "cli/message.h"
#include "cli/options.h"
#include "cli/output.h"

#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

static int (*const functions[COMMAND_COUNT])(int argc, char **argv) = {
#define X(symbol, name, arguments, help) command_##symbol,
    COMMANDS(X)
#undef X
};

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
        char question[NEAREST_ROOM];
        return argc > 1
                   ? complain_usage("help", "help takes one command")
                   : complain_usage(NULL, "unknown command \"%s\"%s", text_quote(&quoted, argv[0], strlen(argv[0])),
                                    nearest_question(question, argv[0], strlen(argv[0]), command_nth, NULL));
    }
    char help[] = "--help";
    char name[] = "help";
    char *arguments[] = {name, help, NULL};
    return functions[command - commands](2, arguments);
}

int command_complete(int argc, char **argv)
{
    struct usage usage = {
        .command = COMMAND_complete,
        .text = "bash, zsh and fish ask it at each press of Tab. WORDs are those of a command\n"
                "line after \"heapreel\", up to the one to be completed, which may be empty. A line\n"
                "for each word that it can become, with a tab and its meaning; \":files\" at the\n"
                "end means that a file fits too. Write -- first.",
    };
    enum options_result parsed = options_parse(&usage, &argc, &argv);
    if (parsed != OPTIONS_GO)
        return parsed == OPTIONS_HELP ? STATUS_OK : STATUS_ERROR;
    return complete_words(argc, argv, functions);
}

/*
 * Opens the standard streams that the caller has closed, so that no trace or output gets their number. They are opened
 * for the opposite direction: writing to a closed standard output must fail.
 */
static void hold_standard_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) == -1 && open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) < 0)
            exit(STATUS_ERROR);
}

/* No word on the command line is a command: "heapreel [OPTION...] [TRACE]". */
static int without_command(int argc, char **argv)
{
    bool screen = isatty(STDOUT_FILENO);
    if (argc < 2 && !screen)
        return complain_usage(NULL, "no command or trace given");
    const char *word = argc < 2 ? "-" : argv[1];
    if (argc >= 2 && strpbrk(word, "-./:") == NULL && access(word, F_OK) != 0) {
        struct text_quoted quoted; /* probably a mistyped command */
        char question[NEAREST_ROOM];
        return complain_usage(NULL, "no command or trace \"%s\"%s", text_quote(&quoted, word, strlen(word)),
                              nearest_question(question, word, strlen(word), command_nth, NULL));
    }
    return screen ? command_play(argc, argv) : command_run(argc, argv);
}

static int dispatch(int argc, char **argv)
{
    const char *word = argc > 1 ? argv[1] : "";
    if (strcmp(word, "--version") == 0) {
        puts("heapreel " HEAPREEL_VERSION);
        return STATUS_OK;
    }
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
        return command_help(1, argv);
    const struct command *command = command_find(word);
    if (command != NULL)
        return functions[command - commands](argc - 1, argv + 1);
    return without_command(argc, argv);
}

/*
 * The tables of a heap are freed when they grow. By default glibc keeps such memory from the second time on; with
 * tables of many megabytes the program would be a third larger than needed. So they are returned to the host.
 */
static void give_back_large_tables(void)
{
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, 1 << 20);
#endif
}

int main(int argc, char **argv)
{
    struct error error = {0};
    hold_standard_streams();
    give_back_large_tables();
    setlocale(LC_CTYPE, ""); /* the screen needs it; numbers must look the same in every locale */
    output_catch_signals();
    int status = dispatch(argc, argv);
    if (output_flush_standard(&error) != 0)
        status = complain_error(NULL, NULL, &error);
    return status;
}
