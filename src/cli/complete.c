/*
 * complete.c - what a word of a command line can become: commands, options, their values, keys, lessons.
 *
 * All comes from the tables that the help is made from, so that the scripts for the shells (src/cli/completion) know
 * nothing about heapreel but how to ask.
 */
#include "cli/complete.h"

#include "cli/commands.h"
#include "cli/lesson_list.h"
#include "cli/message.h"
#include "cli/options.h"
#include "cli/traces.h"
#include "heap/config.h"
#include "tui/tui.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define FILES_LINE ":files"

struct completion {
    int count; /* the words before the last */
    char **words;
    const char *last;
};

/* Something that the last word can become: its first settled bytes, then before, word and after. */
struct candidate {
    size_t settled;
    const char *before, *word, *after, *meaning;
};

/* Prints a candidate if it begins as the last word does. */
static void offer(const struct completion *c, struct candidate candidate)
{
    const char *rest = c->last + candidate.settled;
    size_t head = strlen(candidate.before), typed = strlen(rest);
    if (strncmp(rest, candidate.before, typed < head ? typed : head) != 0)
        return;
    if (typed > head && strncmp(rest + head, candidate.word, typed - head) != 0)
        return;
    printf("%.*s%s%s%s\t%s\n", (int)candidate.settled, c->last, candidate.before, candidate.word, candidate.after,
           candidate.meaning);
}

static void offer_word(const struct completion *c, size_t settled, const char *word)
{
    offer(c, (struct candidate){settled, "", word, "", ""});
}

/* ---- values of options ---- */

static void offer_profiles(const struct completion *c, size_t settled)
{
    for (int i = 0; i < PROFILE_COUNT; i++)
        offer_word(c, settled, profile_word((enum profile)i));
}

static void offer_eras(const struct completion *c, size_t settled)
{
    for (int i = 0; i < ERA_COUNT; i++)
        offer_word(c, settled, era_word((enum era)i));
}

static void offer_values(const struct completion *c, size_t settled, const char *key, size_t len)
{
    for (int i = 0; i < KEY_COUNT; i++) {
        const char *word = config_key_word((enum config_key)i);
        const char *const *choices = config_key_choices((enum config_key)i);
        if (strlen(word) != len || memcmp(word, key, len) != 0 || choices == NULL)
            continue;
        uint64_t first, last;
        config_key_range((enum config_key)i, &first, &last);
        for (uint64_t k = first; k <= last; k++)
            offer_word(c, settled, choices[k]);
    }
    if (len == strlen("profile") && memcmp(key, "profile", len) == 0)
        offer_profiles(c, settled);
    if (len == strlen("era") && memcmp(key, "era", len) == 0)
        offer_eras(c, settled);
}

/* KEY=VALUE, after whose comma another value of the key follows, or another KEY=VALUE. */
static void offer_setting(const struct completion *c, size_t settled)
{
    const char *text = c->last + settled;
    const char *comma = strrchr(text, ','), *equals = strrchr(text, '=');
    const char *part = comma != NULL && comma > equals ? comma + 1 : equals != NULL ? equals + 1 : text;
    size_t at = (size_t)(part - c->last);
    if (equals != NULL) {
        const char *key = equals;
        while (key > text && key[-1] != ',')
            key--;
        offer_values(c, at, key, (size_t)(equals - key));
    }
    if (equals == part - 1)
        return;
    offer(c, (struct candidate){at, "", "profile", "=", "rules and geometry"});
    offer(c, (struct candidate){at, "", "era", "=", "rules alone"});
    for (int i = 0; i < KEY_COUNT; i++)
        offer(c, (struct candidate){at, "", config_key_word((enum config_key)i), "=",
                                    config_key_meaning((enum config_key)i)});
}

/* The value of an option, of which settled bytes of the last word are settled. */
static void offer_value(const struct completion *c, const struct option_spec *spec, size_t settled)
{
    static const char *const themes[] = {"dark", "light", "safe", "none", NULL};
    static const char *const colors[] = {"auto", "always", "never", NULL};
    const char *const *words = NULL;
    if (strcmp(spec->name, "profile") == 0)
        offer_profiles(c, settled);
    else if (strcmp(spec->name, "era") == 0)
        offer_eras(c, settled);
    else if (strcmp(spec->name, "theme") == 0)
        words = themes;
    else if (strcmp(spec->name, "color") == 0)
        words = colors;
    else if (strncmp(spec->argument, "KEY=", strlen("KEY=")) == 0)
        offer_setting(c, settled);
    else if (strcmp(spec->argument, "FILE") == 0)
        puts(FILES_LINE);
    for (; words != NULL && *words != NULL; words++)
        offer_word(c, settled, *words);
}

/* ---- options ---- */

/* Is word the option of this spec and letter, without a value of its own? */
static bool is_option(const char *word, const struct option_spec *spec, char letter)
{
    if (letter != ' ' && word[0] == '-' && word[1] == letter && word[2] == '\0')
        return true;
    return strncmp(word, "--", 2) == 0 && strcmp(word + 2, spec->name) == 0;
}

/* Offers the values of the option that the last word belongs to. False if it belongs to none. */
static bool offer_option_value(const struct completion *c, const struct usage *usage)
{
    char letter;
    const struct option_spec *spec;
    const char *before = c->count > 1 ? c->words[c->count - 1] : "";
    for (int i = 0; (spec = options_nth(usage, i, &letter)) != NULL; i++) {
        size_t len = strlen(spec->name);
        bool joined =
            strncmp(c->last, "--", 2) == 0 && strncmp(c->last + 2, spec->name, len) == 0 && c->last[2 + len] == '=';
        if (spec->argument == NULL || (!joined && !is_option(before, spec, letter)))
            continue;
        offer_value(c, spec, joined ? 2 + len + 1 : 0);
        return true;
    }
    return false;
}

static void offer_options(const struct completion *c, const struct usage *usage)
{
    char letter;
    const struct option_spec *spec;
    for (int i = 0; (spec = options_nth(usage, i, &letter)) != NULL; i++)
        offer(c, (struct candidate){0, "--", spec->name, spec->argument == NULL ? "" : "=", spec->help});
}

/* ---- operands ---- */

/* Lessons, and any file. The directory of the lessons is not read for a word that no lesson begins with. */
static int offer_traces(const struct completion *c)
{
    struct play_lessons lessons = {0};
    size_t typed = strlen(c->last), prefix = strlen(LESSON_PREFIX);
    bool can_be = strncmp(c->last, LESSON_PREFIX, typed < prefix ? typed : prefix) == 0;
    if (can_be && lesson_list_read(&lessons) != 0)
        complain("the lessons cannot be read");
    for (size_t i = 0; i < lessons.list.len; i++) {
        const struct play_lesson *lesson = &lessons.list.data[i];
        offer(c, (struct candidate){0, LESSON_PREFIX, lesson->name, "", lesson->title});
    }
    for (size_t i = 0; i < lessons.list.len; i++)
        play_lesson_free(&lessons.list.data[i]);
    vec_free(&lessons.list);
    puts(FILES_LINE);
    return STATUS_OK;
}

static void offer_commands(const struct completion *c)
{
    for (int i = 0; i < COMMAND_COUNT; i++)
        offer(c, (struct candidate){0, "", commands[i].name, "", commands[i].help});
}

/* ---- a command line ---- */

/* What follows a command. For options_divert. */
static void offer_of_command(void *self, const struct usage *usage)
{
    const struct completion *c = self;
    const char *arguments = commands[usage->command].arguments;
    if (offer_option_value(c, usage))
        return;
    if (c->last[0] == '-')
        offer_options(c, usage);
    else if (strncmp(arguments, "[COMMAND]", strlen("[COMMAND]")) == 0)
        offer_commands(c);
    else if (strstr(arguments, "TRACE") != NULL)
        offer_traces(c);
}

int complete_words(int count, char **words, complete_command *const *functions)
{
    struct completion c = {.count = count - 1, .words = words, .last = count > 0 ? words[count - 1] : ""};
    char *name[] = {count > 0 ? words[0] : NULL, NULL};
    const struct command *command = count > 1 ? command_find(words[0]) : NULL;
    if (command != NULL) {
        options_divert(offer_of_command, &c);
        return functions[command - commands](1, name);
    }
    offer_commands(&c);
    offer(&c, (struct candidate){0, "--", "help", "", "show the commands"});
    offer(&c, (struct candidate){0, "--", "version", "", "show the version"});
    if (*c.last != '\0')
        return offer_traces(&c);
    puts(FILES_LINE);
    return STATUS_OK;
}
