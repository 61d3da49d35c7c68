/* variant.c - parses the configurations of "compare" and the axes of "sweep". */
#include "cli/variant.h"

#include <stdbool.h>
#include <string.h>

/* The number of the key with that word; KEY_COUNT for profile, era, and unknown words. */
static int key_number(const char *word, size_t len)
{
    int key = 0;
    while (key < KEY_COUNT && (strlen(config_key_word((enum config_key)key)) != len ||
                               memcmp(config_key_word((enum config_key)key), word, len) != 0)) {
        key++;
    }
    return key;
}

/* Checks KEY = value by setting it, and appends it in its usual form. */
static int add_choice(struct variants *variants, const char *key, size_t key_len, const char *value, size_t value_len,
                      struct error *error)
{
    struct settings settings = {0};
    struct variant variant = {0};
    if (settings_set(&settings, SETTING_OPTION, key, key_len, value, value_len, error) != 0)
        return -1;
    int number = key_number(key, key_len);
    char room[TEXT_NUMBER_ROOM];
    const char *text;
    if (number < KEY_COUNT) {
        variant.key = config_key_word((enum config_key)number);
        text = config_value_text((enum config_key)number, settings.value[number], room);
    } else {
        bool profile = settings.profile_origin != SETTING_DEFAULT;
        variant.key = profile ? "profile" : "era";
        text = profile ? profile_word(settings.profile) : era_word(settings.era);
    }
    memcpy(variant.value, text, strlen(text) + 1);
    return vec_push(&variants->list, variant) ? error_memory(error) : 0;
}

/* KEY=VALUE in text[0..len) */
static int parse_choice(struct variants *variants, const char *text, size_t len, struct error *error)
{
    const char *equals = memchr(text, '=', len);
    if (equals == NULL) {
        struct text_quoted quoted;
        return error_set(error, ERROR_USAGE, 0, 0, "--with needs KEY=VALUE,..., not \"%s\"",
                         text_quote(&quoted, text, len));
    }
    size_t key_len = (size_t)(equals - text);
    if (add_choice(variants, text, key_len, equals + 1, len - key_len - 1, error) != 0)
        return -1;
    const struct variant *last = &variants->list.data[variants->list.len - 1];
    for (const struct variant *c = variants->list.data; c < last; c++)
        if (c->key == last->key || strcmp(c->key, last->key) == 0)
            return error_set(error, ERROR_USAGE, 0, 0, "--with sets %s twice", c->key);
    return 0;
}

int choices_parse(struct variants *variants, const char *text, struct error *error)
{
    while (text != NULL) {
        const char *comma = strchr(text, ',');
        size_t len = comma == NULL ? strlen(text) : (size_t)(comma - text);
        if (parse_choice(variants, text, len, error) != 0)
            return -1;
        text = comma == NULL ? NULL : comma + 1;
    }
    return 0;
}

void choices_free(struct variants *variants)
{
    vec_free(&variants->list);
}

/* ---- axes ---- */

struct range {
    uint64_t low, high, by;
    bool factor; /* by is a factor, not a step */
};

/* LOW..HIGH*FACTOR or LOW..HIGH+STEP */
static bool read_range(const char *text, size_t len, bool size, struct range *range)
{
    enum text_status (*read)(const char *, size_t, uint64_t *) = size ? text_size : text_number;
    const char *end = text + len, *dots = text;
    while (end - dots >= 2 && memcmp(dots, "..", 2) != 0)
        dots++;
    const char *high = dots + 2, *sign = high;
    while (sign < end && *sign != '*' && *sign != '+')
        sign++;
    if (end - dots < 2 || sign == end)
        return false;
    range->factor = *sign == '*';
    bool numbers = read(text, (size_t)(dots - text), &range->low) == TEXT_OK &&
                   read(high, (size_t)(sign - high), &range->high) == TEXT_OK &&
                   (range->factor ? text_number : read)(sign + 1, (size_t)(end - sign - 1), &range->by) == TEXT_OK;
    return numbers && range->low <= range->high && range->by >= (range->factor ? 2 : 1) &&
           (!range->factor || range->low > 0);
}

static int too_many(const struct axis *axis, struct error *error)
{
    return error_set(error, ERROR_USAGE, 0, 0, "--vary %s has more than %d values", axis->key, AXIS_VALUES_MOST);
}

static int add_range(struct axis *axis, enum config_key key, const char *text, size_t len, struct error *error)
{
    struct range range;
    struct text_quoted quoted;
    if (!read_range(text, len, config_key_unit(key) == UNIT_SIZE, &range)) {
        return error_set(error, ERROR_USAGE, 0, 0,
                         "--vary: \"%s\" is no range, expected LOW..HIGH*FACTOR or LOW..HIGH+STEP",
                         text_quote(&quoted, text, len));
    }
    for (uint64_t value = range.low;;) {
        char room[TEXT_NUMBER_ROOM];
        const char *written = config_value_text(key, value, room);
        if (axis->values.list.len == AXIS_VALUES_MOST)
            return too_many(axis, error);
        if (add_choice(&axis->values, axis->key, strlen(axis->key), written, strlen(written), error) != 0)
            return -1;
        if (range.factor ? value > range.high / range.by : range.high - value < range.by)
            return 0;
        value = range.factor ? value * range.by : value + range.by;
    }
}

static int add_value(struct axis *axis, const char *text, size_t len, struct error *error)
{
    size_t key_len = strlen(axis->key);
    int number = key_number(axis->key, key_len);
    bool dots = false;
    for (size_t i = 1; i < len; i++)
        dots |= text[i - 1] == '.' && text[i] == '.';
    if (dots && number < KEY_COUNT && !config_key_choices((enum config_key)number))
        return add_range(axis, (enum config_key)number, text, len, error);
    if (axis->values.list.len == AXIS_VALUES_MOST)
        return too_many(axis, error);
    return add_choice(&axis->values, axis->key, key_len, text, len, error);
}

int axis_parse(struct axis *axis, const char *text, struct error *error)
{
    const char *equals = strchr(text, '=');
    struct text_quoted quoted;
    if (equals == NULL || equals[1] == '\0') {
        return error_set(error, ERROR_USAGE, 0, 0, "--vary needs KEY=VALUE,..., not \"%s\"",
                         text_quote(&quoted, text, strlen(text)));
    }
    size_t key_len = (size_t)(equals - text);
    int number = key_number(text, key_len);
    axis->key = number < KEY_COUNT ? config_key_word((enum config_key)number) : NULL;
    if (number == KEY_COUNT) {
        axis->key = key_len == 7 && memcmp(text, "profile", 7) == 0 ? "profile" : NULL;
        axis->key = key_len == 3 && memcmp(text, "era", 3) == 0 ? "era" : axis->key;
    }
    if (axis->key == NULL) /* the usual form of the word */
        return add_choice(&axis->values, text, key_len, "", 0, error);
    for (const char *value = equals + 1; value != NULL;) {
        const char *comma = strchr(value, ',');
        size_t len = comma == NULL ? strlen(value) : (size_t)(comma - value);
        if (add_value(axis, value, len, error) != 0)
            return -1;
        value = comma == NULL ? NULL : comma + 1;
    }
    return 0;
}

void axis_free(struct axis *axis)
{
    choices_free(&axis->values);
}

int choices_apply(const struct variant *variants, size_t count, struct settings *settings, struct error *error)
{
    for (size_t i = 0; i < count; i++) {
        if (settings_set(settings, SETTING_OPTION, variants[i].key, strlen(variants[i].key), variants[i].value,
                         strlen(variants[i].value), error) != 0) {
            return -1;
        }
    }
    return 0;
}
