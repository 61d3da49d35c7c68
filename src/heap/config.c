/* config.c - the table of keys with their defaults, setting a key from text, and resolving what was set. */
#include "heap/config.h"

#include "base/nearest.h"
#include "base/text.h"
#include "heap/era.h"

#include <string.h>

#define K (UINT64_C(1) << 10)
#define M (UINT64_C(1) << 20)
#define G (UINT64_C(1) << 30)
#define T (UINT64_C(1) << 40)
#define US UINT64_C(1000000) /* a microsecond in picoseconds */

/* The largest object of a kind with a fixed size (a map) is never large, so every page must hold one. */
#define USABLE_MIN 80u

/* A default that is clipped to the usable page area. */
#define USABLE UINT64_MAX

struct key {
    uint64_t min, max;
    uint64_t defaults[PROFILE_COUNT]; /* unused if the era decides */
    const char *meaning;
    const char *source;
};

#define X(symbol, word, before) word,
static const char *const barrier_words[] = {MARKING_BARRIERS(X)}, *const sweeping_words[] = {SWEEPINGS(X)},
                         *const yes_words[] = {YESES(X)};
#undef X
#define X(symbol, word, before) before word
static const char barrier_list[] = MARKING_BARRIERS(X), sweeping_list[] = SWEEPINGS(X), yes_list[] = YESES(X);
#undef X

/* The words of keys that are choices, and how a sentence lists them. */
static const struct {
    const char *const *words;
    const char *list;
} choices[KEY_COUNT] = {
    [KEY_marking_barrier] = {barrier_words, barrier_list},
    [KEY_allocate_black] = {yes_words, yes_list},
    [KEY_sweeping] = {sweeping_words, sweeping_list},
};

/* clang-format off */
/* A default for each profile: none can be forgotten. */
#define EACH(classroom, book, node6, node20) {(classroom), (book), (node6), (node20)}
#define ALL(x) EACH(x, x, x, x)
#define OF_ERA {0} /* heap/era.c has it */

static const struct key keys[KEY_COUNT] = {
    [KEY_page_size] = {256, 8 * M, EACH(1 * K, 1 * M, 1 * M, 256 * K),
                       "size of a page, a power of two",
                       "V8 spaces.h (1M in 3.14 and 5.1, 256k in 11.3); classroom: heapreel's"},
    [KEY_page_header] = {0, 8 * M - USABLE_MIN, EACH(64, 16896, 16896, 4424),
                         "bytes of a page that hold no objects, a multiple of 8",
                         "V8 spaces.h: where a page's objects start; classroom: heapreel's"},
    [KEY_min_semi_space_size] = {1, 64 * G, EACH(2 * K, 1 * M, 1 * M, 1 * M),
                                 "initial capacity of each semispace, rounded up to whole pages",
                                 "V8 heap.cc: initial semispace size; classroom: heapreel's"},
    [KEY_max_semi_space_size] = {1, 64 * G, EACH(8 * K, 16 * M, 16 * M, 16 * M),
                                 "most that each semispace grows to, rounded up to a power of two (pages under 64k: whole pages)",
                                 "V8 heap.cc: maximum semispace size, 64 bits; classroom: heapreel's"},
    [KEY_large_object_size] = {8, 8 * M, EACH(256, USABLE, 600 * K, 128 * K),
                               "a larger object lies alone, in large-object space",
                               "V8: 3.14 a page's area, 5.1 600k, 11.3 128k; classroom: heapreel's"},
    [KEY_max_old_space_size] = {256, 16 * T, EACH(64 * K, 1400 * M, 1400 * M, 4096 * M),
                                "most that the old generation grows to",
                                "V8 heap.cc, 64 bits (11.3: on a 16 GB machine); classroom: heapreel's"},
    [KEY_promotion_threshold] = {0, 100, OF_ERA,
                                 "survivors are promoted once to-space is so full; 0 = no such rule; goes with the era",
                                 "V8 3.14 heap-inl.h: to space is already 25% full"},
    [KEY_scavenge_buffer] = {0, 8 * M, OF_ERA,
                             "buffer through which a scavenge copies, a multiple of 8; 0 = none; goes with the era",
                             "measured on Node 20: 32k (page-size / 8 with pages under 256k)"},
    [KEY_initial_old_space_size] = {0, 16 * T, EACH(12 * K, 0, 0, 0),
                                    "first old-generation limit; 0 = half the maximum (node20: 512M at most)",
                                    "V8's flag of that name; classroom: heapreel's"},
    [KEY_marking_start_min] = {0, 16 * T, EACH(4 * K, 8 * M, 8 * M, 8 * M),
                               "old-generation bytes below which marking never starts by itself",
                               "V8 incremental-marking.h: activation threshold; classroom: heapreel's"},
    [KEY_limit_min_step] = {0, 16 * T, EACH(4 * K, 8 * M, 8 * M, 8 * M),
                            "least that the old-generation limit lies above the live bytes",
                            "V8 heap.h: minimum growing step; classroom: heapreel's"},
    [KEY_marking_step_allocated] = {1, 1 * G, EACH(256, 64 * K, 64 * K, 64 * K),
                                    "bytes allocated between two steps of incremental marking",
                                    "V8 incremental-marking.h: 65536; classroom: heapreel's"},
    [KEY_marking_barrier] = {0, BARRIER_COUNT - 1, OF_ERA,
                             "what a store of a white value does while marking: steele makes a black host grey again, "
                             "dijkstra the value of a black host, any-host the value; goes with the era",
                             "V8 incremental-marking (3.14, 5.1), marking-barrier.cc (11.3)"},
    [KEY_allocate_black] = {0, YES_COUNT - 1, OF_ERA,
                            "objects allocated in the old generation while marking are black; goes with the era",
                            "V8 incremental-marking: black allocation, from 5.1 on"},
    [KEY_sweeping] = {0, SWEEPING_COUNT - 1, OF_ERA,
                      "who sweeps after a major collection: lazy, allocation and scavenges as they need room; "
                      "background, a thread; goes with the era",
                      "V8 3.14 heap.cc: lazy; 5.1 and 11.3: concurrent sweeping"},
    [KEY_free_list_min] = {8, 8 * M, EACH(16, 256, 24, 24),
                           "smaller free blocks are wasted",
                           "V8 spaces.h: 256 in 3.14, three words in 5.1 and 11.3; classroom: heapreel's"},
    [KEY_compaction_target] = {0, 100, EACH(50, 50, 70, 70),
                               "part of a page that must be free to make it a candidate of compaction",
                               "V8 mark-compact.cc; the candidates' target fragmentation"},
    [KEY_compaction_max_bytes] = {0, 16 * T, EACH(0, 0, 4 * M, 4 * M),
                                  "most live bytes that a compaction moves; 0 = the book's page count rule",
                                  "V8 mark-compact.cc: maximum of evacuated bytes"},
    [KEY_external_limit] = {0, 16 * T, EACH(16 * K, 256 * M, 192 * M, 64 * M),
                            "off-heap bytes since the last major collection that start marking",
                            "V8: 3.14 16 x semispace, 5.1 192M, 11.3 64M; classroom: heapreel's"},
    [KEY_young_external_limit] = {0, 16 * T, OF_ERA,
                                  "off-heap bytes of young objects that cause a scavenge; 0 = none; goes with the era",
                                  "V8 11.3 heap.cc: 2 x 16M (heapreel's 8k with pages under 256k)"},
    [KEY_rss_base] = {0, 1 * T, EACH(0, 9 * M, 18 * M, 38 * M),
                      "resident bytes of a process with an empty heap",
                      "measured on Node 0.10, 6 and 20"},
    [KEY_cost_event] = {0, 1000 * US, EACH(200000, 20000, 20000, 20000),
                        "time of the program for each event",
                        "calibrated; classroom: so that the collector does not dwarf the program"},
    [KEY_cost_alloc_byte] = {0, US, ALL(125), "time of the program for each byte allocated", "calibrated"},
    [KEY_cost_scavenge] = {0, 10000000 * US, ALL(100 * US),
                           "fixed part of a scavenge, / 1000 with pages under 64k", "calibrated"},
    [KEY_cost_copy_byte] = {0, US, ALL(3000),
                            "scavenge: each byte copied or promoted", "calibrated: 16M of survivors take 50 ms"},
    [KEY_cost_root] = {0, 1000 * US, ALL(10000), "each root or remembered slot visited", "calibrated"},
    [KEY_cost_mark_byte] = {0, US, ALL(700), "marking: each byte marked",
                            "calibrated: a major collection of 1.5G takes over 1 s"},
    [KEY_cost_sweep_byte] = {0, US, ALL(50), "sweeping: each byte swept", "calibrated"},
    [KEY_cost_evacuate_byte] = {0, US, ALL(1500), "compaction: each byte moved", "calibrated"},
    [KEY_cost_slot] = {0, 1000 * US, ALL(10000), "compaction: each slot updated", "calibrated"},
    [KEY_cost_major] = {0, 10000000 * US, ALL(500 * US),
                        "fixed part of a major collection's pause, / 1000 with pages under 64k", "calibrated"},
    [KEY_gc_threads] = {1, 1024, ALL(1), "threads that share the per-byte work of a pause",
                        "heapreel's: parallel collection is not simulated, only its effect"},
};
/* clang-format on */

#define X(symbol, word, ...) word,
static const char *const era_words[] = {ERAS(X)}, *const profile_words[] = {PROFILES(X)};
#undef X
#define X(symbol, word, before, era) ERA_##era,
static const enum era profile_eras[] = {PROFILES(X)};
#undef X

static const char *const key_words[KEY_COUNT] = {
#define X(field, word, unit) [KEY_##field] = word,
    CONFIG_KEYS(X)
#undef X
};
static const enum config_unit key_units[KEY_COUNT] = {
#define X(field, word, unit) [KEY_##field] = UNIT_##unit,
    CONFIG_KEYS(X)
#undef X
};
static const size_t key_offsets[KEY_COUNT] = {
#define X(field, word, unit) [KEY_##field] = offsetof(struct config, field),
    CONFIG_KEYS(X)
#undef X
};

const char *profile_word(enum profile profile)
{
    return profile_words[profile];
}

const char *config_key_word(enum config_key key)
{
    return key_words[key];
}

enum config_unit config_key_unit(enum config_key key)
{
    return key_units[key];
}

const char *const *config_key_choices(enum config_key key)
{
    return choices[key].words;
}

const char *config_key_list(enum config_key key)
{
    return choices[key].list;
}

const char *config_key_meaning(enum config_key key)
{
    return keys[key].meaning;
}

const char *config_key_source(enum config_key key)
{
    return keys[key].source;
}

void config_key_range(enum config_key key, uint64_t *min, uint64_t *max)
{
    *min = keys[key].min;
    *max = keys[key].max;
}

uint64_t config_value(const struct config *config, enum config_key key)
{
    uint64_t value;
    memcpy(&value, (const char *)config + key_offsets[key], sizeof value);
    return value;
}

static void put_value(struct config *config, enum config_key key, uint64_t value)
{
    memcpy((char *)config + key_offsets[key], &value, sizeof value);
}

/* The index of text in words, or -1. */
static int word_index(const char *const *words, int count, const char *text, size_t len)
{
    for (int i = 0; i < count; i++)
        if (strlen(words[i]) == len && memcmp(words[i], text, len) == 0)
            return i;
    return -1;
}

static enum error_kind kind_of(enum setting_origin origin)
{
    return origin == SETTING_TRACE ? ERROR_INPUT : ERROR_USAGE;
}

/* ---- values as text ---- */

/* Reads a value in the syntax of its unit; picoseconds are a plain number or a duration. */
static enum text_status read_value(enum config_key key, const char *text, size_t len, uint64_t *value)
{
    enum config_unit unit = key_units[key];
    if (unit == UNIT_WORD) {
        int word = word_index(choices[key].words, (int)keys[key].max + 1, text, len);
        *value = (uint64_t)word;
        return word < 0 ? TEXT_NO_NUMBER : TEXT_OK;
    }
    if (unit == UNIT_SIZE)
        return text_size(text, len, value);
    if (unit != UNIT_PICO)
        return text_number(text, len, value);
    enum text_status status = text_number(text, len, value);
    uint64_t ns;
    if (status != TEXT_BAD_SUFFIX || text_duration(text, len, &ns) != TEXT_OK)
        return status;
    if (ns > UINT64_MAX / 1000)
        return TEXT_TOO_LARGE;
    *value = ns * 1000;
    return TEXT_OK;
}

static const char *print_value(enum config_unit unit, uint64_t value, char out[TEXT_NUMBER_ROOM])
{
    if (unit == UNIT_SIZE)
        text_print_size(out, value);
    else
        text_print_number(out, value);
    return out;
}

const char *config_value_text(enum config_key key, uint64_t value, char out[TEXT_NUMBER_ROOM])
{
    return choices[key].words ? choices[key].words[value] : print_value(key_units[key], value, out);
}

/* The rest of "KEY must be ... ". */
static const char *key_syntax(enum config_key key)
{
    switch (key_units[key]) {
    case UNIT_WORD: return choices[key].list;
    case UNIT_SIZE: return "a size (a number, or one with k, M or G)";
    case UNIT_PERCENT: return "a number of percent";
    case UNIT_COUNT: return "a number";
    default: return "a number of picoseconds, or a duration with ns, us, ms or s";
    }
}

/* Checks a value by itself, without regard to the other keys. */
static int check_value(enum config_key key, uint64_t value, enum error_kind kind, struct error *error)
{
    const struct key *k = &keys[key];
    enum config_unit unit = key_units[key];
    char min[TEXT_NUMBER_ROOM], max[TEXT_NUMBER_ROOM], given[TEXT_NUMBER_ROOM];
    if (value < k->min || value > k->max) {
        return error_set(error, kind, 0, 2, "%s must be %s to %s, not %s", key_words[key],
                         print_value(unit, k->min, min), print_value(unit, k->max, max),
                         print_value(unit, value, given));
    }
    if (key == KEY_page_size && (value & (value - 1)) != 0) {
        return error_set(error, kind, 0, 2, "page-size must be a power of two, not %s",
                         print_value(unit, value, given));
    }
    if ((key == KEY_page_header || key == KEY_scavenge_buffer) && value % 8 != 0) {
        return error_set(error, kind, 0, 2, "%s must be a multiple of 8, not %s", key_words[key],
                         print_value(unit, value, given));
    }
    return 0;
}

/* ---- settings ---- */

#define X(symbol, word, before) before word
#define Y(symbol, word, before, era) before word
static const char era_list[] = ERAS(X), profile_list[] = PROFILES(Y);
#undef X
#undef Y

/* The index of a word of a table, whose words the list names; or -1 after filling error. */
static int read_word(const char *what, const char *const *words, int count, const char *list,
                     enum setting_origin origin, const char *value, size_t value_len, struct error *error)
{
    struct text_quoted quoted;
    int index = word_index(words, count, value, value_len);
    if (index >= 0)
        return index;
    return error_set(error, kind_of(origin), 0, 2, "unknown %s \"%s\" (%s)", what,
                     text_quote(&quoted, value, value_len), list);
}

static int set_profile(struct settings *settings, enum setting_origin origin, const char *value, size_t value_len,
                       struct error *error)
{
    int profile = read_word("profile", profile_words, PROFILE_COUNT, profile_list, origin, value, value_len, error);
    if (profile >= 0 && origin >= settings->profile_origin) {
        settings->profile = (enum profile)profile;
        settings->profile_origin = origin;
    }
    return profile < 0 ? -1 : 0;
}

static int set_era(struct settings *settings, enum setting_origin origin, const char *value, size_t value_len,
                   struct error *error)
{
    int era = read_word("era", era_words, ERA_COUNT, era_list, origin, value, value_len, error);
    if (era >= 0 && origin >= settings->era_origin) {
        settings->era = (enum era)era;
        settings->era_origin = origin;
    }
    return era < 0 ? -1 : 0;
}

static int set_key(struct settings *settings, enum setting_origin origin, enum config_key key, const char *value,
                   size_t value_len, struct error *error)
{
    enum error_kind kind = kind_of(origin);
    struct text_quoted quoted;
    uint64_t number;
    switch (read_value(key, value, value_len, &number)) {
    case TEXT_OK: break;
    case TEXT_TOO_LARGE:
        number = UINT64_MAX; /* refused below, with the range */
        break;
    default:
        return error_set(error, kind, 0, 2, "%s must be %s, not \"%s\"", key_words[key], key_syntax(key),
                         text_quote(&quoted, value, value_len));
    }
    if (check_value(key, number, kind, error) != 0)
        return -1;
    if (origin >= settings->origin[key]) {
        settings->value[key] = number;
        settings->origin[key] = origin;
        settings->place[key] = settings->here;
    }
    return 0;
}

/* The words that a key can be mistaken for. */
static const char *nth_key(void *self, size_t i)
{
    (void)self;
    return i < KEY_COUNT ? key_words[i] : i == KEY_COUNT ? "profile" : i == KEY_COUNT + 1 ? "era" : NULL;
}

int settings_set(struct settings *settings, enum setting_origin origin, const char *key, size_t key_len,
                 const char *value, size_t value_len, struct error *error)
{
    static const char *const special[] = {"profile", "era"};
    switch (word_index(special, 2, key, key_len)) {
    case 0: return set_profile(settings, origin, value, value_len, error);
    case 1: return set_era(settings, origin, value, value_len, error);
    default: break;
    }
    int index = word_index(key_words, KEY_COUNT, key, key_len);
    if (index < 0) {
        struct text_quoted quoted;
        char question[NEAREST_ROOM];
        return error_set(error, kind_of(origin), 0, 1, "unknown key \"%s\"%s (\"heapreel config\" lists them)",
                         text_quote(&quoted, key, key_len), nearest_question(question, key, key_len, nth_key, NULL));
    }
    return set_key(settings, origin, (enum config_key)index, value, value_len, error);
}

/* ---- resolving ---- */

/* A contradiction is a misuse if one of the two values came from the command line. */
static enum error_kind kind_of_two(const struct settings *s, enum config_key a, enum config_key b)
{
    bool option = s->origin[a] == SETTING_OPTION || s->origin[b] == SETTING_OPTION;
    return option ? ERROR_USAGE : ERROR_INPUT;
}

/* The place of a contradiction in a trace: the later one of the two values. */
static struct setting_place place_of_two(const struct settings *s, enum config_key a, enum config_key b)
{
    if (kind_of_two(s, a, b) == ERROR_USAGE)
        return (struct setting_place){0, 0};
    return s->place[s->place[b].line > s->place[a].line ? b : a];
}

/*
 * Checks the page header. A default that leaves no room in a small page shrinks to a sixteenth of the page, as in the
 * classroom's geometry; a set value is refused.
 */
static int resolve_header(const struct settings *s, struct config *c, struct error *error)
{
    if (c->page_header + USABLE_MIN <= c->page_size)
        return 0;
    if (s->origin[KEY_page_header] == SETTING_DEFAULT) {
        c->page_header = c->page_size / 16;
        return 0;
    }
    struct setting_place at = place_of_two(s, KEY_page_size, KEY_page_header);
    char page[TEXT_NUMBER_ROOM], header[TEXT_NUMBER_ROOM];
    return error_set(error, kind_of_two(s, KEY_page_size, KEY_page_header), at.line, at.column,
                     "page-header %s leaves less than %u bytes of a page of %s, and a map needs as many",
                     print_value(UNIT_SIZE, c->page_header, header), USABLE_MIN,
                     print_value(UNIT_SIZE, c->page_size, page));
}

/* Checks a size that must fit in a page: a default is clipped, a set value is refused. */
static int resolve_in_page(const struct settings *s, struct config *c, enum config_key key, struct error *error)
{
    uint64_t usable = config_usable(c);
    uint64_t value = config_value(c, key);
    if (value <= usable)
        return 0;
    if (s->origin[key] == SETTING_DEFAULT) {
        put_value(c, key, usable & ~UINT64_C(7));
        return 0;
    }
    struct setting_place at = place_of_two(s, key, KEY_page_size);
    char given[TEXT_NUMBER_ROOM], area[TEXT_NUMBER_ROOM];
    return error_set(error, kind_of_two(s, key, KEY_page_size), at.line, at.column,
                     "%s %s is larger than the usable area of a page, %s (page-size - page-header)", key_words[key],
                     print_value(UNIT_SIZE, value, given), print_value(UNIT_SIZE, usable, area));
}

/*
 * Checks two sizes of which one must not exceed the other. If both were set, they are refused. If one was set past the
 * other's default, the lower follows, and with may_raise the upper too; a first limit never raises the maximum of a
 * heap.
 */
static int resolve_pair(const struct settings *s, struct config *c, enum config_key lower, enum config_key upper,
                        bool may_raise, struct error *error)
{
    uint64_t low = config_value(c, lower), high = config_value(c, upper);
    if (low <= high)
        return 0;
    bool low_set = s->origin[lower] != SETTING_DEFAULT, high_set = s->origin[upper] != SETTING_DEFAULT;
    if (low_set && high_set) {
        struct setting_place at = place_of_two(s, lower, upper);
        char a[TEXT_NUMBER_ROOM], b[TEXT_NUMBER_ROOM];
        return error_set(error, kind_of_two(s, lower, upper), at.line, at.column, "%s %s is larger than %s %s",
                         key_words[lower], print_value(UNIT_SIZE, low, a), key_words[upper],
                         print_value(UNIT_SIZE, high, b));
    }
    if (low_set && may_raise)
        put_value(c, upper, low);
    else
        put_value(c, lower, high);
    return 0;
}

static uint64_t whole_pages(const struct config *c, uint64_t bytes)
{
    return (bytes + c->page_size - 1) / c->page_size * c->page_size;
}

/* The largest semispace as V8 takes it: a power of two; toy geometries have whole pages. */
static uint64_t largest_semi_space(const struct config *c, uint64_t bytes)
{
    uint64_t size = c->page_size;
    if (config_toy(c))
        return whole_pages(c, bytes);
    while (size < bytes)
        size *= 2;
    return size;
}

int settings_resolve(const struct settings *settings, struct config *config, struct error *error)
{
    const struct settings *s = settings;
    struct config c = {0};
    c.profile = s->profile_origin == SETTING_DEFAULT ? PROFILE_CLASSROOM : s->profile;
    c.era = s->era_origin == SETTING_DEFAULT ? profile_eras[c.profile] : s->era;
    c.page_size =
        s->origin[KEY_page_size] == SETTING_DEFAULT ? keys[KEY_page_size].defaults[c.profile] : s->value[KEY_page_size];
    for (int i = 0; i < KEY_COUNT; i++) {
        enum config_key key = (enum config_key)i;
        uint64_t value = s->value[i];
        if (s->origin[i] == SETTING_DEFAULT && !era_default(c.era, key, c.page_size, &value))
            value = keys[i].defaults[c.profile];
        put_value(&c, key, value);
    }
    c.min_semi_space_size = whole_pages(&c, c.min_semi_space_size);
    c.max_semi_space_size = largest_semi_space(&c, c.max_semi_space_size);
    if (resolve_header(s, &c, error) != 0 || resolve_in_page(s, &c, KEY_large_object_size, error) != 0 ||
        resolve_in_page(s, &c, KEY_scavenge_buffer, error) != 0 ||
        resolve_in_page(s, &c, KEY_free_list_min, error) != 0 ||
        resolve_pair(s, &c, KEY_min_semi_space_size, KEY_max_semi_space_size, true, error) != 0 ||
        resolve_pair(s, &c, KEY_initial_old_space_size, KEY_max_old_space_size, false, error) != 0) {
        return -1;
    }
    c.max_semi_space_size = largest_semi_space(&c, c.max_semi_space_size); /* it may have followed the minimum */
    *config = c;
    return 0;
}
