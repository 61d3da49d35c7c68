/*
 * commands.h - the program's commands: one table, from which dispatch (main.c) and help are made.
 *
 * A command gets the arguments that begin with its own word, and returns the exit status: 0 all is well; 1 the trace
 * ran and the answer is no; 2 misuse, input that is malformed or cannot be read, or output that cannot be written.
 */
#ifndef HEAPREEL_CLI_COMMANDS_H
#define HEAPREEL_CLI_COMMANDS_H

#include <stddef.h>

enum { STATUS_OK = 0, STATUS_NO = 1, STATUS_ERROR = 2 };

/* X(symbol, name, arguments, what it does) */
#define COMMANDS(X)                                                                                                    \
    X(play, "play", "[TRACE]", "play a trace on the terminal: pause, step, look")                                      \
    X(film, "film", "TRACE", "make a film of a trace for slides: asciicast, SVG or HTML")                              \
    X(run, "run", "TRACE...", "replay traces to the end, print a summary or write JSON")                               \
    X(check, "check", "TRACE...", "replay traces and check every expectation in them")                                 \
    X(compare, "compare", "TRACE", "run a trace under several configurations, a column each")                          \
    X(sweep, "sweep", "TRACE", "run a trace under all combinations of values, a row each")                             \
    X(quiz, "quiz", "TRACE", "put the questions of a trace, and keep the score")                                       \
    X(retain, "retain", "TRACE", "list what the objects of a heap retain")                                             \
    X(diff, "diff", "TRACE", "compare the heap of a trace at two moments")                                             \
    X(graph, "graph", "TRACE", "draw a heap's objects and references: DOT, SVG")                                       \
    X(heap, "heap", "FILE [FILE]", "read a heap snapshot: what fills it, and why it is alive")                         \
    X(export, "export", "FORMAT TRACE", "write what other tools read: snapshots, trace events")                        \
    X(import, "import", "FORMAT FILE", "make a trace of a heap snapshot or a GC log")                                  \
    X(what_if, "what-if", "LOG", "what other flags would do to the program of a GC log")                               \
    X(record, "record", "-- COMMAND...", "run a Node program, and make a trace of it")                                 \
    X(gen, "gen", "", "make up a program, and write it as a trace")                                                    \
    X(lessons, "lessons", "", "list the traces that ship with heapreel")                                               \
    X(config, "config", "", "list every configuration key: value, meaning, source")                                    \
    X(complete, "complete", "WORD...", "list what the last word of a command line can become")                         \
    X(help, "help", "[COMMAND]", "show how to use heapreel, or one of its commands")

enum command_id {
#define X(symbol, name, arguments, help) COMMAND_##symbol,
    COMMANDS(X)
#undef X
        COMMAND_COUNT
};

#define X(symbol, name, arguments, help) int command_##symbol(int argc, char **argv);
COMMANDS(X)
#undef X

struct command {
    const char *name, *arguments, *help;
};

extern const struct command commands[COMMAND_COUNT];

/* The i-th name, or NULL after the last (base/nearest.h); self is not used. */
const char *command_nth(void *self, size_t i);

/* The command of that name, or NULL. */
const struct command *command_find(const char *name);

#endif
