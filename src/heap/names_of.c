/* names_of.c - the words of the heap's tables (spaces, happenings, reasons, rules), for reports and messages. */
#include "heap/heap.h"

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
