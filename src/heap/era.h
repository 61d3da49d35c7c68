/*
 * era.h - what differs between the V8s that are simulated: a row of rules for each era, in era.c.
 *
 * Nothing else asks which era it is. The collectors read heap.rules, the row of their heap's era; the reports read what
 * they need of it. A rule is plain data: a flag, a number, a space, or the choice between a few algorithms. The tables
 * below are the one list of rules: the rows, their check for completeness, "heapreel config --eras" and the table of
 * differences in heapreel-model(7) come from them.
 */
#ifndef HEAPREEL_HEAP_ERA_H
#define HEAPREEL_HEAP_ERA_H

#include "base/text.h"
#include "heap/config.h"
#include "heap/object.h"

#include <stdbool.h>
#include <stdint.h>

/* What the bytes of a marking step follow from. X(symbol, word) */
#define MARKING_PACES(X)                                                                                               \
    X(SPEED, "speed")       /* what has been allocated, times a speed that grows with the number of steps */           \
    X(SCHEDULE, "schedule") /* what must be marked by now, to end in time */
/* Which tests choose a major collection when new space is full. */
#define MAJOR_TESTS(X)                                                                                                 \
    X(LIMIT, "limit")       /* the promotion limit, a failed allocation, room for what a scavenge can promote */       \
    X(CAPACITY, "capacity") /* the old generation's capacity with new space's, against the maximum */
/* The form of V8's own logs and last words; X(name of its struct v8_dialect after log_, word) */
#define LOG_DIALECTS(X) X(node010, "node0.10") X(node6, "node6") X(node20, "node20")

#define X(symbol, word) PACE_##symbol,
enum marking_pace { MARKING_PACES(X) PACE_COUNT };
#undef X
#define X(symbol, word) TESTS_##symbol,
enum major_tests { MAJOR_TESTS(X) TESTS_COUNT };
#undef X
#define X(symbol, word) LOG_##symbol,
enum log_dialect { LOG_DIALECTS(X) LOG_COUNT };
#undef X

/* Types of rules: how they are kept. Those from PACE on are choices between words. */
typedef bool rule_FLAG;
typedef uint8_t rule_SPACE;     /* enum space_id */
typedef uint8_t rule_PERCENT;   /* 0: no such rule */
typedef uint16_t rule_THOUSAND; /* thousandths; 0: no such rule */
typedef uint64_t rule_SIZE;     /* bytes; 0: no such rule */
typedef uint8_t rule_PACE, rule_TESTS, rule_LOG;
enum rule_type { RULE_FLAG, RULE_SPACE, RULE_PERCENT, RULE_THOUSAND, RULE_SIZE, RULE_PACE, RULE_TESTS, RULE_LOG };

/* X(type, field, "what it says"), in the order of the table of differences; heapreel-model(7) explains them. */
#define ERA_RULES(X)                                                                                                   \
    X(SPACE, map_space, "Maps are born in")                                                                            \
    X(SPACE, cell_space, "Cells are born in")                                                                          \
    X(SPACE, property_cell_space, "Property cells are born in")                                                        \
    X(SPACE, large_space, "Large objects are born in")                                                                 \
    X(SPACE, large_code_space, "Large code is born in")                                                                \
    X(SPACE, data_space, "Data is promoted to")                                                                        \
    X(FLAG, young_keys_die, "Young keys die in scavenges")                                                             \
    X(FLAG, scatters_entries, "Entries met scattered")                                                                 \
    X(FLAG, major_promotes_all, "Majors promote all young")                                                            \
    X(FLAG, marks_stack_last, "Stack roots marked last")                                                               \
    X(PACE, marking_pace, "Steps of marking by")                                                                       \
    X(FLAG, marks_in_idle_time, "Idle time starts marking")                                                            \
    X(FLAG, marks_near_maximum, "Marking starts near maximum")                                                         \
    X(FLAG, marks_after_majors, "Marking may follow a major")                                                          \
    X(FLAG, scavenges_in_idle_time, "Idle time scavenges")                                                             \
    X(FLAG, spares_first_page, "First page is not evacuated")                                                          \
    X(TESTS, major_tests, "Majors chosen by")                                                                          \
    X(FLAG, second_try_anew, "Second try chosen anew")                                                                 \
    X(FLAG, two_last_resorts, "Two last resorts, not one")                                                             \
    X(FLAG, promotion_limit, "A promotion limit, by 4/3")                                                              \
    X(THOUSAND, growth, "Limit growth (-: by speeds)")                                                                 \
    X(FLAG, growth_by_maximum, "Growth bounded by maximum")                                                            \
    X(SIZE, first_limit_most, "First limit at most")                                                                   \
    X(FLAG, survival_lowers_limit, "Survival lowers first limit")                                                      \
    X(FLAG, lowering_ends, "Lowering ends when useless")                                                               \
    X(FLAG, limit_yields, "Limit yields while marking")                                                                \
    X(FLAG, limit_counts_external, "External bytes count as old")                                                      \
    X(FLAG, external_forces_major, "External bytes force majors")                                                      \
    X(FLAG, reduces_memory, "Memory-reducing majors")                                                                  \
    X(FLAG, promotes_past_maximum, "Promotion past the maximum")                                                       \
    X(FLAG, ends_past_maximum, "Being past it ends the run")                                                           \
    X(PERCENT, ineffective_from, "Ineffective majors from (%)")                                                        \
    X(LOG, log, "Log as of")

/* A key that goes with the era: its default, and that with pages under 256 KiB (a number, or a part of the page). */
struct era_default {
    uint64_t value, small;
    uint64_t small_part; /* page-size / small_part, if that is not 0 */
};
/* X(key), fields named as those of struct config */
#define ERA_KEYS(X)                                                                                                    \
    X(promotion_threshold)                                                                                             \
    X(scavenge_buffer)                                                                                                 \
    X(young_external_limit)                                                                                            \
    X(marking_barrier)                                                                                                 \
    X(allocate_black)                                                                                                  \
    X(sweeping)

#define FREE_CATEGORIES 24

struct era_rules {
    const char *name;
    const char *spaces[SPACE_COUNT]; /* their names, NULL for those that the era has not */
    /*
     * The smallest block of each free-list category, bytes, ascending, 0 after the last. With pages under 64 KiB: those
     * that are smaller than a page, or, if negative, the page's size divided by it.
     */
    int32_t free_list[FREE_CATEGORIES], toy_free_list[FREE_CATEGORIES];
#define X(type, field, label) rule_##type field;
    ERA_RULES(X)
#undef X
#define X(key) struct era_default key;
    ERA_KEYS(X)
#undef X
};

extern const struct era_rules era_rows[ERA_COUNT];

enum era_rule {
#define X(type, field, label) ERA_RULE_##field,
    ERA_RULES(X)
#undef X
        ERA_RULE_COUNT
};

/*
 * The name of a rule's field; what it says; its value in an era as text, in out or a word: "yes", "old", "1.5", "512M";
 * "-": no such rule.
 */
const char *era_rule_word(enum era_rule rule);
const char *era_rule_label(enum era_rule rule);
const char *era_rule_text(enum era era, enum era_rule rule, char out[TEXT_NUMBER_ROOM]);

/* How many free-list categories the era has, in geometries that are no toys. */
unsigned era_free_categories(enum era era);

/* Does a key's default go with the era? *value: what it is, with pages of page_size. */
bool era_default(enum era era, enum config_key key, uint64_t page_size, uint64_t *value);

/* Does the era have the space? Its name there (never NULL); the space with a name in the era, or SPACE_COUNT. */
bool era_has_space(enum era era, enum space_id space);
const char *space_name(enum era era, enum space_id space);
enum space_id space_by_name(enum era era, const char *name, size_t len);

#endif
