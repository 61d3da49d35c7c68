/*
 * config.h - the configuration of a heap: eras, profiles and keys (heapreel-model(7), "Eras").
 *
 * An era selects the rules (which V8 is simulated), a profile selects an era and a geometry, and every key can be set
 * on its own. Settings are collected first (struct settings: the command line overrides the trace) and resolved once,
 * since profile and era act first, in whatever order they were set.
 */
#ifndef HEAPREEL_HEAP_CONFIG_H
#define HEAPREEL_HEAP_CONFIG_H

#include "base/error.h"
#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* X(symbol, word, what stands before it in a sentence); their rules are rows of era.c. */
#define ERAS(X) X(BOOK, "book", "") X(NODE6, "node6", ", ") X(NODE20, "node20", " or ")
/* The same, and the profile's era. */
#define PROFILES(X)                                                                                                    \
    X(CLASSROOM, "classroom", "", BOOK)                                                                                \
    X(BOOK, "book", ", ", BOOK)                                                                                        \
    X(NODE6, "node6", ", ", NODE6)                                                                                     \
    X(NODE20, "node20", " or ", NODE20)

#define X(symbol, ...) ERA_##symbol,
enum era { ERAS(X) ERA_COUNT };
#undef X
#define X(symbol, ...) PROFILE_##symbol,
enum profile { PROFILES(X) PROFILE_COUNT };
#undef X

/* Choices that are keys. X(symbol, word, what stands before it in a sentence). What marking does about a white value:
 */
#define MARKING_BARRIERS(X)                                                                                            \
    X(STEELE, "steele", "")         /* a black host becomes grey again, to be scanned last */                          \
    X(DIJKSTRA, "dijkstra", ", ")   /* of a black host, the value becomes grey */                                      \
    X(ANY_HOST, "any-host", " or ") /* the value becomes grey, whatever the host's color */
/* Who sweeps the pages that a major collection leaves: */
#define SWEEPINGS(X)                                                                                                   \
    X(LAZY, "lazy", "")                 /* allocation, until it has room enough, and scavenges before they begin */    \
    X(BACKGROUND, "background", " or ") /* a thread; allocation helps it by a page */
#define YESES(X) X(NO, "no", "") X(YES, "yes", " or ")

#define X(symbol, ...) BARRIER_##symbol,
enum marking_barrier { MARKING_BARRIERS(X) BARRIER_COUNT };
#undef X
#define X(symbol, ...) SWEEPING_##symbol,
enum sweeping { SWEEPINGS(X) SWEEPING_COUNT };
#undef X
#define X(symbol, ...) YES_##symbol,
enum yes { YESES(X) YES_COUNT };
#undef X

/*
 * X(field, key word, unit); units: SIZE bytes, PERCENT, COUNT, PICO picoseconds, WORD a choice. config.c has defaults,
 * ranges, meanings and sources in the same order.
 */
#define CONFIG_KEYS(X)                                                                                                 \
    X(page_size, "page-size", SIZE)                                                                                    \
    X(page_header, "page-header", SIZE)                                                                                \
    X(min_semi_space_size, "min-semi-space-size", SIZE)                                                                \
    X(max_semi_space_size, "max-semi-space-size", SIZE)                                                                \
    X(large_object_size, "large-object-size", SIZE)                                                                    \
    X(max_old_space_size, "max-old-space-size", SIZE)                                                                  \
    X(promotion_threshold, "promotion-threshold", PERCENT)                                                             \
    X(scavenge_buffer, "scavenge-buffer", SIZE)                                                                        \
    X(initial_old_space_size, "initial-old-space-size", SIZE)                                                          \
    X(marking_start_min, "marking-start-min", SIZE)                                                                    \
    X(limit_min_step, "limit-min-step", SIZE)                                                                          \
    X(marking_step_allocated, "marking-step-allocated", SIZE)                                                          \
    X(marking_barrier, "marking-barrier", WORD)                                                                        \
    X(allocate_black, "allocate-black", WORD)                                                                          \
    X(sweeping, "sweeping", WORD)                                                                                      \
    X(free_list_min, "free-list-min", SIZE)                                                                            \
    X(compaction_target, "compaction-target", PERCENT)                                                                 \
    X(compaction_max_bytes, "compaction-max-bytes", SIZE)                                                              \
    X(external_limit, "external-limit", SIZE)                                                                          \
    X(young_external_limit, "young-external-limit", SIZE)                                                              \
    X(rss_base, "rss-base", SIZE)                                                                                      \
    X(cost_event, "cost-event", PICO)                                                                                  \
    X(cost_alloc_byte, "cost-alloc-byte", PICO)                                                                        \
    X(cost_scavenge, "cost-scavenge", PICO)                                                                            \
    X(cost_copy_byte, "cost-copy-byte", PICO)                                                                          \
    X(cost_root, "cost-root", PICO)                                                                                    \
    X(cost_mark_byte, "cost-mark-byte", PICO)                                                                          \
    X(cost_sweep_byte, "cost-sweep-byte", PICO)                                                                        \
    X(cost_evacuate_byte, "cost-evacuate-byte", PICO)                                                                  \
    X(cost_slot, "cost-slot", PICO)                                                                                    \
    X(cost_major, "cost-major", PICO)                                                                                  \
    X(gc_threads, "gc-threads", COUNT)

enum config_unit { UNIT_SIZE, UNIT_PERCENT, UNIT_COUNT, UNIT_WORD, UNIT_PICO };

enum config_key {
#define X(field, word, unit) KEY_##field,
    CONFIG_KEYS(X)
#undef X
        KEY_COUNT
};

/* A resolved configuration: every value in range, rounded and free of contradictions. Bytes, percent, picoseconds. */
struct config {
    enum era era;
    enum profile profile;
#define X(field, word, unit) uint64_t field;
    CONFIG_KEYS(X)
#undef X
};

/* Who set a value; a larger one overrides a smaller one. */
enum setting_origin { SETTING_DEFAULT = 0, SETTING_TRACE = 1, SETTING_OPTION = 2 };

/* The place of a value in a trace, counted from 1; 0:0 if it comes from elsewhere. */
struct setting_place {
    uint64_t line, column;
};

/* The settings so far. A zeroed struct has none. */
struct settings {
    enum era era;
    enum profile profile;
    enum setting_origin era_origin;
    enum setting_origin profile_origin;
    uint64_t value[KEY_COUNT];
    enum setting_origin origin[KEY_COUNT];
    struct setting_place place[KEY_COUNT];
    struct setting_place here; /* place of the next value, which settings_set will store with it */
};

/*
 * Sets key = value, both given as text ("profile" and "era" are keys here). A value from a weaker origin never replaces
 * one from a stronger; within an origin the last one wins. 0, or -1 after filling error (unknown key, bad or
 * out-of-range value): ERROR_INPUT for SETTING_TRACE, else ERROR_USAGE; no line; column 1 if the key is wrong, 2 if the
 * value is (the caller fills in the true place).
 */
int settings_set(struct settings *settings, enum setting_origin origin, const char *key, size_t key_len,
                 const char *value, size_t value_len, struct error *error);

/*
 * Resolves settings into config: defaults of profile and era, rounding, clipping, contradictions. 0, or -1 after
 * filling error with the reason, and, if two values of a trace contradict each other, with the place of the later one
 * (no place if one came from the command line).
 */
int settings_resolve(const struct settings *settings, struct config *config, struct error *error);

/* Words of the tables; never NULL. */
const char *era_word(enum era era);
const char *profile_word(enum profile profile);
const char *config_key_word(enum config_key key);
enum config_unit config_key_unit(enum config_key key);
/* The words of a WORD key, by value, and as they are listed in a sentence; NULL of the others. */
const char *const *config_key_choices(enum config_key key);
const char *config_key_list(enum config_key key);
/* A value as settings_set reads it: in out, or a word. */
const char *config_value_text(enum config_key key, uint64_t value, char out[TEXT_NUMBER_ROOM]);
/* What the key means, and where its default comes from: one line each. */
const char *config_key_meaning(enum config_key key);
const char *config_key_source(enum config_key key);
/* The allowed range of the key. */
void config_key_range(enum config_key key, uint64_t *min, uint64_t *max);
uint64_t config_value(const struct config *config, enum config_key key);

/* Usable bytes of a page. */
static inline uint64_t config_usable(const struct config *config)
{
    return config->page_size - config->page_header;
}

/* Is the geometry a toy, with pages under 64 KiB? Some rules scale with it. */
static inline bool config_toy(const struct config *config)
{
    return config->page_size < 64 * 1024;
}

#endif
