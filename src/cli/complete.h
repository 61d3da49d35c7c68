/* complete.h - what a word of a command line can become: for the completion of shells. */
#ifndef HEAPREEL_CLI_COMPLETE_H
#define HEAPREEL_CLI_COMPLETE_H

/* A command, as it is in the table of main.c. */
typedef int complete_command(int argc, char **argv);

/*
 * Prints what the last of the count words can become, a line each: the word, and after a tab what it means. The words
 * are those of a command line after "heapreel"; the last may be empty. A last line ":files" says that names of files
 * fit too. functions are the commands, by enum command_id. Returns the exit status.
 */
int complete_words(int count, char **words, complete_command *const *functions);

#endif
