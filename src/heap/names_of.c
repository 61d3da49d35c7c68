/* names_of.c - the words of the heap's tables, for reports and messages. */
#include "heap/heap.h"

static const char *const space_words[] = {
#define X(symbol, word) [SPACE_##symbol] = word,
    SPACES(X)
#undef X
};

static const char *const reasons[] = {
#define X(symbol, words) [REASON_##symbol] = words,
    REASONS(X)
#undef X
};

static const char *const decisions[] = {
#define X(symbol, words) [DECISION_##symbol] = words,
    DECISIONS(X)
#undef X
};

static const char *const promotion_rules[] = {
#define X(symbol, word) [PROMOTION_##symbol] = word,
    PROMOTION_RULES(X)
#undef X
};

/* Which spaces an era has: a bit each. */
#define HAS(space) (1u << SPACE_##space)
static const unsigned era_spaces[ERA_COUNT] = {
    [ERA_BOOK] =
        HAS(NEW) | HAS(OLD) | HAS(OLD_DATA) | HAS(CODE) | HAS(MAP) | HAS(CELL) | HAS(PROPERTY_CELL) | HAS(LARGE),
    [ERA_NODE6] = HAS(NEW) | HAS(OLD) | HAS(CODE) | HAS(MAP) | HAS(LARGE),
    [ERA_NODE20] = HAS(NEW) | HAS(OLD) | HAS(CODE) | HAS(NEW_LARGE) | HAS(LARGE) | HAS(CODE_LARGE),
};

bool era_has_space(enum era era, enum space_id space)
{
    return (era_spaces[era] >> space & 1u) != 0;
}

const char *space_name(enum era era, enum space_id space)
{
    return era == ERA_BOOK && space == SPACE_OLD ? "old-pointer" : space_words[space];
}

enum space_id space_by_name(enum era era, const char *name, size_t len)
{
    for (enum space_id space = 0; space < SPACE_COUNT; space++) {
        const char *word = space_name(era, space);
        if (era_has_space(era, space) && strlen(word) == len && memcmp(word, name, len) == 0)
            return space;
    }
    return SPACE_COUNT;
}

const char *reason_words(enum reason reason)
{
    return reasons[reason];
}

const char *decision_words(enum decision decision)
{
    return decisions[decision];
}

const char *limit_rule_words(enum limit_rule rule)
{
#define X(symbol, words) words,
    static const char *const all[] = {LIMIT_RULES(X)};
#undef X
    return all[rule];
}

const char *sweeper_word(enum sweeper sweeper)
{
#define X(symbol, word) word,
    static const char *const words[] = {SWEEPERS(X)};
#undef X
    return words[sweeper];
}

const char *promotion_rule_word(enum promotion_rule rule)
{
    return promotion_rules[rule];
}

const char *collection_type_word(enum collection_type type)
{
    static const char *const words[COLLECTION_TYPES] = {"scavenge", "mark-sweep", "mark-compact"};
    return words[type];
}
