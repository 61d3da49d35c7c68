/* genoptions.c - checks and stores the options of made-up programs. */
#include "formats/gen.h"

#include "base/text.h"

#include <string.h>

#define TEXT_MOST 1000 /* bytes of an option's value */
#define NUMBER_MOST (UINT64_C(1) << 40)
#define REFS_MOST 1000
#define SITES_MOST 1000000
#define WORK_MOST UINT64_C(3600000000000)

static const char *const names[GEN_OPTION_COUNT] = {
#define X(symbol, name, argument, initial, help) [GEN_OPTION_##symbol] = name,
    GEN_OPTIONS(X)
#undef X
};

static int refuse(enum gen_option option, const char *expected, const char *value, struct error *error)
{
    struct text_quoted quoted;
    return error_set(error, ERROR_USAGE, 0, 0, "--%s must be %s, not \"%s\"", names[option], expected,
                     text_quote(&quoted, value, strlen(value)));
}

/* A number from least to most. */
static int set_number(enum gen_option option, const char *value, uint64_t least, uint64_t most, uint64_t *number,
                      struct error *error)
{
    if (text_number(value, strlen(value), number) == TEXT_OK && *number >= least && *number <= most)
        return 0;
    char low[TEXT_NUMBER_ROOM], high[TEXT_NUMBER_ROOM], expected[2 * TEXT_NUMBER_ROOM + 20];
    text_print_number(low, least);
    text_print_number(high, most);
    snprintf(expected, sizeof expected, "a number from %s to %s", low, high);
    return refuse(option, expected, value, error);
}

static int set_percent(enum gen_option option, const char *value, uint64_t *millionths, struct error *error)
{
    if (draw_decimal(value, strlen(value), 4, millionths) == 0 && *millionths <= 1000000)
        return 0;
    return refuse(option, "a percentage from 0 to 100 with at most four decimals", value, error);
}

static int set_draw(enum gen_option option, const char *value, struct draw *draw, struct error *error)
{
    struct error wrong = {0};
    draw_free(draw);
    if (draw_parse(draw, value, strlen(value), &wrong) == 0)
        return 0;
    if (wrong.kind == ERROR_MEMORY)
        error_memory(error);
    else
        error_set(error, ERROR_USAGE, 0, 0, "--%s: %s", names[option], error_text(&wrong));
    error_clear(&wrong);
    return -1;
}

static int set_graph(const char *value, enum gen_graph *graph, struct error *error)
{
    static const char *const words[GEN_GRAPH_COUNT] = {
#define X(symbol, word, help) [GEN_##symbol] = word,
        GEN_GRAPHS(X)
#undef X
    };
    for (int i = 0; i < GEN_GRAPH_COUNT; i++) {
        if (strcmp(words[i], value) == 0) {
            *graph = (enum gen_graph)i;
            return 0;
        }
    }
    return refuse(GEN_OPTION_GRAPH, "flat, star, list, tree or random", value, error);
}

/* [WEIGHT*]KIND,... */
static int set_kinds(struct gen *gen, const char *value, struct error *error)
{
    memset(gen->kinds, 0, sizeof gen->kinds);
    gen->kind_weights = 0;
    for (const char *next = value; next != NULL;) {
        const char *word = next, *comma = strchr(word, ',');
        size_t len = comma == NULL ? strlen(word) : (size_t)(comma - word);
        next = comma == NULL ? NULL : comma + 1;
        uint64_t weight;
        if (draw_weight(&word, &len, &weight, error) != 0)
            return -1;
        int kind = 0;
        while (kind < KIND_COUNT && (strlen(object_kind_word((enum object_kind)kind)) != len ||
                                     memcmp(object_kind_word((enum object_kind)kind), word, len) != 0)) {
            kind++;
        }
        if (kind == KIND_COUNT) {
            struct text_quoted quoted;
            return error_set(
                error, ERROR_USAGE, 0, 0,
                "--kinds: unknown kind \"%s\", expected WEIGHT*KIND,... with the kinds of heapreel-trace(5)",
                text_quote(&quoted, word, len));
        }
        gen->kinds[kind] += weight;
        gen->kind_weights += weight;
        if (gen->kind_weights > UINT32_MAX)
            return error_set(error, ERROR_USAGE, 0, 0, "--kinds: too many weights");
    }
    return 0;
}

/* A title is one line of the trace: UTF-8 without control characters. */
static int set_title(const char *value, struct error *error)
{
    size_t len = strlen(value);
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)value[i] < ' ' || value[i] == '\177')
            return error_set(error, ERROR_USAGE, 0, 0, "--title has a control character");
    if (text_utf8(value, len) != len)
        return error_set(error, ERROR_USAGE, 0, 0, "--title is not UTF-8");
    return 0;
}

static int set_work(const char *value, uint64_t *ns, struct error *error)
{
    if (text_duration(value, strlen(value), ns) == TEXT_OK && *ns <= WORK_MOST)
        return 0;
    return refuse(GEN_OPTION_WORK, "a duration with ns, us, ms or s, at most an hour", value, error);
}

/* Takes a value that is not empty. */
static int take(struct gen *gen, enum gen_option option, const char *value, struct error *error)
{
    switch (option) {
    case GEN_OPTION_SEED: return set_number(option, value, 0, UINT64_MAX, &gen->seed, error);
    case GEN_OPTION_OBJECTS: return set_number(option, value, 1, NUMBER_MOST, &gen->objects, error);
    case GEN_OPTION_EVENTS: return set_number(option, value, 1, NUMBER_MOST, &gen->events, error);
    case GEN_OPTION_LIFETIME: return set_draw(option, value, &gen->lifetime, error);
    case GEN_OPTION_SURVIVAL: return set_percent(option, value, &gen->survival, error);
    case GEN_OPTION_OLD_LIFETIME: return set_draw(option, value, &gen->old_lifetime, error);
    case GEN_OPTION_LEAK: return set_percent(option, value, &gen->leak, error);
    case GEN_OPTION_SIZE: return set_draw(option, value, &gen->size, error);
    case GEN_OPTION_KINDS: return set_kinds(gen, value, error);
    case GEN_OPTION_GRAPH: return set_graph(value, &gen->graph, error);
    case GEN_OPTION_REFS: return set_number(option, value, 0, REFS_MOST, &gen->refs, error);
    case GEN_OPTION_EXTERNAL: return set_draw(option, value, &gen->external, error);
    case GEN_OPTION_SITES: return set_number(option, value, 0, SITES_MOST, &gen->sites, error);
    case GEN_OPTION_WORK: return set_work(value, &gen->work_ns, error);
    case GEN_OPTION_GC: return set_number(option, value, 0, NUMBER_MOST, &gen->gc, error);
    default: return set_title(value, error);
    }
}

int gen_set(struct gen *gen, enum gen_option option, const char *value, struct error *error)
{
    if (*value == '\0')
        return error_set(error, ERROR_USAGE, 0, 0, "--%s needs a value", names[option]);
    if (strlen(value) > TEXT_MOST)
        return error_set(error, ERROR_USAGE, 0, 0, "--%s has a value of more than %d bytes", names[option], TEXT_MOST);
    if (take(gen, option, value, error) != 0)
        return -1;
    gen->texts[option] = value;
    return 0;
}

int gen_init(struct gen *gen, struct error *error)
{
    static const char *const initial[GEN_OPTION_COUNT] = {
#define X(symbol, name, argument, initial_, help) [GEN_OPTION_##symbol] = initial_,
        GEN_OPTIONS(X)
#undef X
    };
    *gen = (struct gen){0};
    for (int i = 0; i < GEN_OPTION_COUNT; i++) {
        gen->texts[i] = initial[i];
        if (*initial[i] != '\0' && take(gen, (enum gen_option)i, initial[i], error) != 0)
            return -1;
    }
    return 0;
}

void gen_free(struct gen *gen)
{
    draw_free(&gen->lifetime);
    draw_free(&gen->old_lifetime);
    draw_free(&gen->size);
    draw_free(&gen->external);
}
