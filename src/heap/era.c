/* era.c - the rows of rules, and rules as text. heapreel-model(7) says where each rule comes from. */
#include "heap/era.h"

#include <stdio.h>
#include <string.h>

#define K (UINT64_C(1) << 10)
#define M (UINT64_C(1) << 20)

/* clang-format off */
/* Defaults of keys: one for all geometries; one, and a number or a part of the page with small pages. */
#define ALWAYS(value) {value, value, 0}
#define OR_SMALL(value, small) {value, small, 0}
#define OR_PART(value, part) {value, 0, part}

/* V8 3.14, of Node 0.10; its log is that of 3.28, of Node 0.12, the last that had the book's heap */
#define ROW_BOOK(IS) \
    IS(spaces, {[SPACE_NEW] = "new", [SPACE_OLD] = "old-pointer", [SPACE_OLD_DATA] = "old-data", \
                [SPACE_CODE] = "code", [SPACE_MAP] = "map", [SPACE_CELL] = "cell", \
                [SPACE_PROPERTY_CELL] = "property-cell", [SPACE_LARGE] = "large"}) \
    IS(free_list, {UNIT, 2048, 16384, 131072}) IS(toy_free_list, {UNIT, -16, -8, -4}) \
    IS(map_space, SPACE_MAP) IS(cell_space, SPACE_CELL) IS(property_cell_space, SPACE_PROPERTY_CELL) \
    IS(large_space, SPACE_LARGE) IS(large_code_space, SPACE_LARGE) IS(data_space, SPACE_OLD_DATA) \
    IS(young_keys_die, false) IS(scatters_entries, false) \
    IS(major_promotes_all, true) IS(spares_first_page, true) \
    IS(marks_stack_last, false) IS(marking_pace, PACE_SPEED) \
    IS(marks_in_idle_time, false) IS(scavenges_in_idle_time, false) \
    IS(marks_near_maximum, false) IS(marks_after_majors, true) IS(lowering_ends, false) IS(limit_yields, false) \
    IS(major_tests, TESTS_LIMIT) IS(second_try_anew, false) IS(two_last_resorts, false) \
    IS(promotion_limit, true) IS(growth, 1500) IS(growth_by_maximum, false) \
    IS(first_limit_most, 0) IS(survival_lowers_limit, false) IS(limit_counts_external, false) \
    IS(external_forces_major, false) IS(reduces_memory, false) \
    IS(promotes_past_maximum, false) IS(ends_past_maximum, false) IS(ineffective_from, 0) IS(log, LOG_node010) \
    IS(promotion_threshold, ALWAYS(25)) IS(scavenge_buffer, ALWAYS(0)) \
    IS(young_external_limit, ALWAYS(0)) \
    IS(marking_barrier, ALWAYS(BARRIER_STEELE)) IS(allocate_black, ALWAYS(YES_NO)) \
    IS(sweeping, ALWAYS(SWEEPING_LAZY))

/* V8 5.1, of Node 6 */
#define ROW_NODE6(IS) \
    IS(spaces, {[SPACE_NEW] = "new", [SPACE_OLD] = "old", [SPACE_CODE] = "code", [SPACE_MAP] = "map", \
                [SPACE_LARGE] = "large"}) \
    IS(free_list, {UNIT, 88, 256, 2048, 16384, 131072}) IS(toy_free_list, {UNIT, 32, 48, -16, -8, -4}) \
    IS(map_space, SPACE_MAP) IS(cell_space, SPACE_OLD) IS(property_cell_space, SPACE_OLD) \
    IS(large_space, SPACE_LARGE) IS(large_code_space, SPACE_LARGE) IS(data_space, SPACE_OLD) \
    IS(young_keys_die, false) IS(scatters_entries, false) \
    IS(major_promotes_all, false) IS(spares_first_page, false) \
    IS(marks_stack_last, false) IS(marking_pace, PACE_SPEED) \
    IS(marks_in_idle_time, false) IS(scavenges_in_idle_time, false) \
    IS(marks_near_maximum, false) IS(marks_after_majors, true) IS(lowering_ends, false) IS(limit_yields, false) \
    IS(major_tests, TESTS_LIMIT) IS(second_try_anew, true) IS(two_last_resorts, true) \
    IS(promotion_limit, false) IS(growth, 0) IS(growth_by_maximum, false) \
    IS(first_limit_most, 0) IS(survival_lowers_limit, true) IS(limit_counts_external, true) \
    IS(external_forces_major, false) IS(reduces_memory, false) \
    IS(promotes_past_maximum, false) IS(ends_past_maximum, false) IS(ineffective_from, 0) IS(log, LOG_node6) \
    IS(promotion_threshold, ALWAYS(0)) IS(scavenge_buffer, ALWAYS(0)) \
    IS(young_external_limit, ALWAYS(0)) \
    IS(marking_barrier, ALWAYS(BARRIER_DIJKSTRA)) IS(allocate_black, ALWAYS(YES_YES)) \
    IS(sweeping, ALWAYS(SWEEPING_BACKGROUND))

/* V8 11.3, of Node 20 */
#define NODE20_FREE_LIST \
    {UNIT, 32, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 208, 224, 240, 256, 512, K, 2 * K, 4 * K, 8 * K, \
     16 * K, 32 * K, 64 * K}
#define ROW_NODE20(IS) \
    IS(spaces, {[SPACE_NEW] = "new", [SPACE_OLD] = "old", [SPACE_CODE] = "code", \
                [SPACE_NEW_LARGE] = "new-large", [SPACE_LARGE] = "large", [SPACE_CODE_LARGE] = "code-large"}) \
    IS(free_list, NODE20_FREE_LIST) IS(toy_free_list, NODE20_FREE_LIST) \
    IS(map_space, SPACE_OLD) IS(cell_space, SPACE_OLD) IS(property_cell_space, SPACE_OLD) \
    IS(large_space, SPACE_NEW_LARGE) IS(large_code_space, SPACE_CODE_LARGE) IS(data_space, SPACE_OLD) \
    IS(young_keys_die, true) IS(scatters_entries, true) \
    IS(major_promotes_all, true) IS(spares_first_page, false) \
    IS(marks_stack_last, true) IS(marking_pace, PACE_SCHEDULE) \
    IS(marks_in_idle_time, true) IS(scavenges_in_idle_time, true) \
    IS(marks_near_maximum, true) IS(marks_after_majors, false) IS(lowering_ends, true) IS(limit_yields, true) \
    IS(major_tests, TESTS_CAPACITY) IS(second_try_anew, true) IS(two_last_resorts, false) \
    IS(promotion_limit, false) IS(growth, 0) IS(growth_by_maximum, true) \
    IS(first_limit_most, 512 * M) IS(survival_lowers_limit, true) IS(limit_counts_external, true) \
    IS(external_forces_major, true) IS(reduces_memory, true) \
    IS(promotes_past_maximum, true) IS(ends_past_maximum, true) IS(ineffective_from, 80) IS(log, LOG_node20) \
    IS(promotion_threshold, ALWAYS(0)) IS(scavenge_buffer, OR_PART(32 * K, 8)) \
    IS(young_external_limit, OR_SMALL(32 * M, 8 * K)) \
    IS(marking_barrier, ALWAYS(BARRIER_ANY_HOST)) IS(allocate_black, ALWAYS(YES_YES)) \
    IS(sweeping, ALWAYS(SWEEPING_BACKGROUND))
/* clang-format on */

/* Spaces and free lists, all rules, all keys: a row that lacks one, or has one twice, does not compile. */
#define RULE(type, field, label) +1
#define KEY(key) +1
#define FIELDS (3 ERA_RULES(RULE) ERA_KEYS(KEY))
#define HAS(field, ...) char field;
#define X(symbol, word, before)                                                                                        \
    struct has_##symbol {                                                                                              \
        ROW_##symbol(HAS)                                                                                              \
    };                                                                                                                 \
    _Static_assert(sizeof(struct has_##symbol) == FIELDS, "the row of an era lacks a field");
ERAS(X)
#undef X

#define SET(field, ...) .field = __VA_ARGS__,
#define X(symbol, word, before) [ERA_##symbol] = {.name = (word), ROW_##symbol(SET)},
const struct era_rules era_rows[ERA_COUNT] = {ERAS(X)};
#undef X

/* ---- as text ---- */

const char *era_word(enum era era)
{
    return era_rows[era].name;
}

const char *era_rule_word(enum era_rule rule)
{
#define X(type, field, label) #field,
    static const char *const words[ERA_RULE_COUNT] = {ERA_RULES(X)};
#undef X
    return words[rule];
}

const char *era_rule_label(enum era_rule rule)
{
#define X(type, field, label) label,
    static const char *const labels[ERA_RULE_COUNT] = {ERA_RULES(X)};
#undef X
    return labels[rule];
}

static uint64_t rule_value(const struct era_rules *row, enum era_rule rule, enum rule_type *type)
{
    switch (rule) {
#define X(type_, field, label)                                                                                         \
    case ERA_RULE_##field: *type = RULE_##type_; return row->field;
        ERA_RULES(X)
#undef X
    default: *type = RULE_SIZE; return 0;
    }
}

#define X(symbol, word) word,
static const char *const *words_of(enum rule_type type)
{
    static const char *const flags[] = {"no", "yes"}, *const paces[] = {MARKING_PACES(X)},
                             *const tests[] = {MAJOR_TESTS(X)}, *const logs[] = {LOG_DIALECTS(X)};
    switch (type) {
    case RULE_FLAG: return flags;
    case RULE_PACE: return paces;
    case RULE_TESTS: return tests;
    case RULE_LOG: return logs;
    default: return NULL;
    }
}
#undef X

const char *era_rule_text(enum era era, enum era_rule rule, char out[TEXT_NUMBER_ROOM])
{
    enum rule_type type;
    uint64_t value = rule_value(&era_rows[era], rule, &type);
    const char *const *words = words_of(type);
    if (words)
        return words[value];
    if (type == RULE_SPACE)
        return space_name(era, (enum space_id)value);
    if (value == 0)
        return "-";
    if (type == RULE_THOUSAND)
        snprintf(out, TEXT_NUMBER_ROOM, "%u.%u", (unsigned)value / 1000, (unsigned)value % 1000 / 100);
    else
        text_print_size(out, value);
    return out;
}

unsigned era_free_categories(enum era era)
{
    unsigned count = 0;
    while (count < FREE_CATEGORIES && era_rows[era].free_list[count] != 0)
        count++;
    return count;
}

/* ---- keys that go with the era ---- */

bool era_default(enum era era, enum config_key key, uint64_t page_size, uint64_t *value)
{
    const struct era_default *d;
    switch (key) {
#define X(field)                                                                                                       \
    case KEY_##field: d = &era_rows[era].field; break;
        ERA_KEYS(X)
#undef X
    default: return false;
    }
    if (page_size >= 256 * K)
        *value = d->value;
    else
        *value = d->small_part ? page_size / d->small_part : d->small;
    return true;
}

/* ---- spaces ---- */

bool era_has_space(enum era era, enum space_id space)
{
    return era_rows[era].spaces[space] != NULL;
}

const char *space_name(enum era era, enum space_id space)
{
#define X(symbol, word) word,
    static const char *const words[] = {SPACES(X)};
#undef X
    const char *name = era_rows[era].spaces[space];
    return name ? name : words[space];
}

enum space_id space_by_name(enum era era, const char *name, size_t len)
{
    for (enum space_id space = 0; space < SPACE_COUNT; space++) {
        const char *word = era_rows[era].spaces[space];
        if (word && strlen(word) == len && memcmp(word, name, len) == 0)
            return space;
    }
    return SPACE_COUNT;
}
