/* config.c - "heapreel config": every key of the configuration with its value, range, meaning and source. */
#include "heap/era.h"

#include "base/text.h"
#include "cli/commands.h"
#include "cli/message.h"
#include "cli/options.h"
#include "cli/output.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH 80
#define INDENT 6

enum { CONFIG_JSON, CONFIG_ERAS, CONFIG_OPTIONS };
static const struct option_spec specs[CONFIG_OPTIONS] = {
    [CONFIG_JSON] = {"json", NULL, "as one JSON object"},
    [CONFIG_ERAS] = {"eras", NULL, "instead: how the eras differ"},
};

struct config_command {
    struct settings settings;
    bool given[CONFIG_OPTIONS];
};

static int take(void *self, int index, const char *value, struct error *error)
{
    struct config_command *c = self;
    (void)value;
    (void)error;
    c->given[index] = true;
    return 0;
}

static const char *unit_word(enum config_unit unit)
{
    switch (unit) {
    case UNIT_SIZE: return "bytes";
    case UNIT_PERCENT: return "%";
    case UNIT_PICO: return "ps";
    default: return "";
    }
}

/* ---- for people ---- */

/* A value as it is read best: picoseconds as durations from a nanosecond on. */
static const char *value_text(enum config_key key, uint64_t value, char out[TEXT_NUMBER_ROOM])
{
    if (config_key_unit(key) != UNIT_PICO || value == 0 || value % 1000 != 0)
        return config_value_text(key, value, out);
    text_print_duration(out, value / 1000);
    return out;
}

/* The unit, unless the text of the value already has it. */
static const char *unit_left(enum config_unit unit, const char *text)
{
    size_t len = strlen(text);
    bool bare = text[len - 1] >= '0' && text[len - 1] <= '9';
    return bare ? unit_word(unit) : "";
}

/* Prints text, which is ASCII, indented and in lines of at most WIDTH columns. */
static void print_wrapped(const char *text)
{
    size_t room = WIDTH - INDENT;
    while (*text != '\0') {
        size_t len = strlen(text);
        if (len > room) {
            len = room;
            while (len > 0 && text[len] != ' ')
                len--;
            len = len == 0 ? room : len;
        }
        printf("%*s%.*s\n", INDENT, "", (int)len, text);
        text += len;
        text += strspn(text, " ");
    }
}

static void print_key(const struct config *config, enum config_key key)
{
    char room[TEXT_NUMBER_ROOM], low[TEXT_NUMBER_ROOM], high[TEXT_NUMBER_ROOM];
    uint64_t min, max;
    config_key_range(key, &min, &max);
    const char *value = value_text(key, config_value(config, key), room), *list = config_key_list(key);
    printf("%-24s%12s %-6s ", config_key_word(key), value, unit_left(config_key_unit(key), value));
    if (list)
        printf("(%s)\n", list);
    else
        printf("(%s to %s)\n", value_text(key, min, low), value_text(key, max, high));
    print_wrapped(config_key_meaning(key));
    print_wrapped(config_key_source(key));
}

static void print_config(const struct config *config)
{
    printf("profile %s, era %s\n", profile_word(config->profile), era_word(config->era));
#define X(symbol, word, before) before word
#define Y(symbol, word, before, era) before word
    print_wrapped(
        "profile: " PROFILES(Y) "; era: " ERAS(X) ". A profile is an era and a geometry. "
                                                  "Both can be set like the keys below, and act before them.");
#undef X
#undef Y
    for (int i = 0; i < KEY_COUNT; i++) {
        putchar('\n');
        print_key(config, (enum config_key)i);
    }
}

/* ---- how the eras differ ---- */

/* A line of the table: a rule, the number of free-list categories, or a key that goes with the era. */
struct difference {
    const char *word, *label;
    char room[ERA_COUNT][TEXT_NUMBER_ROOM];
    const char *value[ERA_COUNT];
};
#define DIFFERENCES (ERA_RULE_COUNT + 1 + KEY_COUNT)

/* Fills the line with that number; false: there is no difference of that number. Keys are those of full-sized pages. */
static bool difference_at(int number, struct difference *d)
{
    enum config_key key = (enum config_key)(number - ERA_RULE_COUNT - 1);
    bool rule = number < ERA_RULE_COUNT, free_list = !rule && number < ERA_RULE_COUNT + 1;
    d->word = rule ? era_rule_word((enum era_rule)number) : free_list ? "free_list" : config_key_word(key);
    d->label = rule ? era_rule_label((enum era_rule)number) : free_list ? "Free-list categories" : d->word;
    for (enum era era = 0; era < ERA_COUNT; era++) {
        uint64_t value = era_free_categories(era);
        char *room = d->room[era];
        if (!rule && !free_list && !era_default(era, key, UINT64_C(1) << 20, &value))
            return false;
        if (rule)
            d->value[era] = era_rule_text(era, (enum era_rule)number, room);
        else
            d->value[era] = value_text(free_list ? KEY_gc_threads : key, value, room);
    }
    return true;
}

static void print_difference(const struct difference *d)
{
    printf("%-30s", d->label);
    for (enum era era = 0; era < ERA_COUNT; era++)
        printf("  %-*s", era + 1 < ERA_COUNT ? 13 : 0, d->value[era]);
    putchar('\n');
}

static int print_eras(void)
{
    struct difference d = {.label = "rule"};
    for (enum era era = 0; era < ERA_COUNT; era++)
        d.value[era] = era_word(era);
    print_difference(&d);
    for (int i = 0; i < DIFFERENCES; i++)
        if (difference_at(i, &d))
            print_difference(&d);
    return STATUS_OK;
}

/* ---- as JSON ---- */

/* Prints what is new, or NULL: no memory. */
static int print_json(json_t *root)
{
    char *text = root == NULL ? NULL : json_dumps(root, JSON_INDENT(2));
    json_decref(root);
    if (text == NULL) {
        complain("out of memory");
        return STATUS_ERROR;
    }
    struct error error = {0};
    struct output out; /* stdout would forget why a write of so long a text failed */
    int failed = output_open(&out, "-", &error);
    if (!failed) {
        fprintf(out.file, "%s\n", text);
        failed = output_commit(&out, &error);
    }
    free(text);
    return failed ? complain_error("config", NULL, &error) : STATUS_OK;
}

static int write_eras(void)
{
    struct difference d;
    json_t *rules = json_array();
    int failed = rules == NULL;
    for (int i = 0; i < DIFFERENCES && !failed; i++) {
        if (!difference_at(i, &d))
            continue;
        json_t *rule = json_pack("{s:s, s:s}", "rule", d.word, "meaning", d.label);
        failed = json_array_append_new(rules, rule);
        for (enum era era = 0; era < ERA_COUNT && !failed; era++)
            failed = json_object_set_new(rule, era_word(era), json_string(d.value[era]));
    }
    json_t *root = failed ? NULL : json_pack("{s:O}", "rules", rules);
    json_decref(rules);
    return print_json(root);
}

/* Its value and range: numbers, or words. New. */
static json_t *key_values(const struct config *config, enum config_key key)
{
    uint64_t min, max, value = config_value(config, key);
    const char *const *words = config_key_choices(key);
    config_key_range(key, &min, &max);
    if (!words)
        return json_pack("{s:s, s:I, s:s, s:I, s:I}", "key", config_key_word(key), "value", (json_int_t)value, "unit",
                         unit_word(config_key_unit(key)), "min", (json_int_t)min, "max", (json_int_t)max);
    json_t *all = json_array();
    for (uint64_t i = 0; i <= max; i++)
        json_array_append_new(all, json_string(words[i]));
    return json_pack("{s:s, s:s, s:s, s:o}", "key", config_key_word(key), "value", words[value], "unit", "word",
                     "values", all);
}

static json_t *key_object(const struct config *config, enum config_key key)
{
    json_t *object = key_values(config, key);
    json_object_set_new(object, "meaning", json_string(config_key_meaning(key)));
    json_object_set_new(object, "source", json_string(config_key_source(key)));
    return object;
}

static int write_json(const struct config *config)
{
    json_t *keys = json_array();
    int failed = keys == NULL;
    for (int i = 0; i < KEY_COUNT && !failed; i++)
        failed = json_array_append_new(keys, key_object(config, (enum config_key)i));
    json_t *root = failed ? NULL
                          : json_pack("{s:s, s:s, s:O}", "profile", profile_word(config->profile), "era",
                                      era_word(config->era), "keys", keys);
    json_decref(keys);
    return print_json(root);
}

int command_config(int argc, char **argv)
{
    struct config_command c = {0};
    struct usage usage = {
        .command = COMMAND_config,
        .text = "A trace sets them with \"set KEY VALUE\" before its first event; --set KEY=VALUE\n"
                "wins over it. Sizes are numbers of bytes, or end in k, M or G. Times are numbers\n"
                "of picoseconds, or end in ns, us, ms or s.",
        .specs = specs,
        .count = CONFIG_OPTIONS,
        .take = take,
        .self = &c,
        .settings = &c.settings,
    };
    enum options_result parsed = options_parse(&usage, &argc, &argv);
    if (parsed != OPTIONS_GO)
        return parsed == OPTIONS_HELP ? STATUS_OK : STATUS_ERROR;
    if (argc > 0)
        return complain_usage("config", "config takes no arguments");
    struct config config;
    struct error error = {0};
    if (settings_resolve(&c.settings, &config, &error) != 0)
        return complain_error("config", NULL, &error);
    if (c.given[CONFIG_ERAS])
        return c.given[CONFIG_JSON] ? write_eras() : print_eras();
    if (c.given[CONFIG_JSON])
        return write_json(&config);
    print_config(&config);
    return STATUS_OK;
}
