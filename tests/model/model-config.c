/* model-config.c - "Eras": eras, profiles, and what can be set. */
#include <stdlib.h>
#include <string.h>

#include "model-internal.h"

enum {
    K_PAGE_SIZE,
    K_PAGE_HEADER,
    K_MIN_SEMI,
    K_MAX_SEMI,
    K_LARGE,
    K_MAX_OLD,
    K_INITIAL_OLD,
    K_MARKING_MIN,
    K_LIMIT_STEP,
    K_EXTERNAL_LIMIT,
    K_THRESHOLD,
    K_BUFFER,
    K_YOUNG_EXTERNAL,
    K_COUNT
};

#define KI (UINT64_C(1) << 10)
#define MI (UINT64_C(1) << 20)
#define USABLE UINT64_MAX /* "usable page area", clipped once that is known */

static const char *const key_names[K_COUNT] = {
    "page-size",
    "page-header",
    "min-semi-space-size",
    "max-semi-space-size",
    "large-object-size",
    "max-old-space-size",
    "initial-old-space-size",
    "marking-start-min",
    "limit-min-step",
    "external-limit",
    "promotion-threshold",
    "scavenge-buffer",
    "young-external-limit",
};

/* The three keys after external-limit go with the era, see era_defaults. */
static const struct {
    const char *name;
    era era;
    uint64_t values[K_THRESHOLD];
} profiles[] = {
    {"classroom", ERA_BOOK, {KI, 64, 2 * KI, 8 * KI, 256, 64 * KI, 12 * KI, 4 * KI, 4 * KI, 16 * KI}},
    {"book", ERA_BOOK, {MI, 16896, MI, 16 * MI, USABLE, 1400 * MI, 0, 8 * MI, 8 * MI, 256 * MI}},
    {"node6", ERA_NODE6, {MI, 16896, MI, 16 * MI, 614400, 1400 * MI, 0, 8 * MI, 8 * MI, 192 * MI}},
    {"node20", ERA_NODE20, {256 * KI, 4424, MI, 16 * MI, 131072, 4096 * MI, 0, 8 * MI, 8 * MI, 64 * MI}},
    {"node24", ERA_NODE24, {256 * KI, 16, MI, 64 * MI, 131072, 4096 * MI, 0, 8 * MI, 8 * MI, 64 * MI}},
    {"node26", ERA_NODE26, {256 * KI, 16, MI, 32 * MI, 131072, 4096 * MI, 0, 8 * MI, 8 * MI, 64 * MI}},
};

/* Keys that have no influence while no limit is reached. */
static const char *const ignored[] = {
    "marking-step-allocated",
    "free-list-min",
    "compaction-target",
    "compaction-max-bytes",
    "rss-base",
    "gc-threads",
    "cost-event",
    "cost-alloc-byte",
    "cost-scavenge",
    "cost-copy-byte",
    "cost-root",
    "cost-mark-byte",
    "cost-sweep-byte",
    "cost-evacuate-byte",
    "cost-slot",
    "cost-major",
};

#define LENGTH(a) (sizeof(a) / sizeof(a)[0])

bool md_config_size(const char *s, uint64_t *value)
{
    uint64_t n = 0;
    const char *p = s;
    for (; *p >= '0' && *p <= '9'; p++) {
        uint64_t digit = (uint64_t)(*p - '0');
        if (n > (UINT64_MAX - digit) / 10)
            return false;
        n = n * 10 + digit;
    }
    if (p == s)
        return false;
    unsigned shift = *p == 'k' ? 10 : *p == 'M' ? 20 : *p == 'G' ? 30 : 0;
    if (shift != 0)
        p++;
    if (*p != '\0' || (n << shift) >> shift != n)
        return false;
    *value = n << shift;
    return true;
}

static bool find_era(const char *name, era *found)
{
    static const char *const names[] = {"book", "node6", "node20", "node24", "node26"};
    for (size_t i = 0; i < LENGTH(names); i++) {
        if (strcmp(name, names[i]) == 0) {
            *found = (era)i;
            return true;
        }
    }
    return false;
}

static bool is_ignored(const char *key)
{
    for (size_t i = 0; i < LENGTH(ignored); i++)
        if (strcmp(key, ignored[i]) == 0)
            return true;
    return false;
}

/*
 * The keys that go with the era, not with the profile. The last two depend on
 * the page size that is finally set, so they come after the other keys.
 */
static void era_defaults(era e, uint64_t page_size, uint64_t *values)
{
    values[K_THRESHOLD] = e == ERA_BOOK ? 25 : 0;
    values[K_BUFFER] = 0;
    values[K_YOUNG_EXTERNAL] = 0;
    if (e >= ERA_NODE20) {
        bool toy = page_size < 256 * KI;
        uint64_t external = e == ERA_NODE20 ? 32 * MI : e == ERA_NODE24 ? 128 * MI : 64 * MI;
        uint64_t toy_external = e == ERA_NODE20 ? 8 * KI : 16 * KI;
        values[K_BUFFER] = toy ? page_size / 8 : 32 * KI;
        values[K_YOUNG_EXTERNAL] = toy ? toy_external : external;
    }
}

/* Profile and era are applied first, whatever the order of the lines. */
static bool choose_defaults(model *m, const char *const *keys, const char *const *values, size_t count,
                            uint64_t *defaults)
{
    size_t profile = 0;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(keys[i], "profile") == 0) {
            for (profile = 0; profile < LENGTH(profiles); profile++)
                if (strcmp(values[i], profiles[profile].name) == 0)
                    break;
            if (profile == LENGTH(profiles))
                return model_fail(m, "unknown profile \"%s\"", values[i]);
        }
    }
    m->config.era = profiles[profile].era;
    for (size_t i = 0; i < count; i++)
        if (strcmp(keys[i], "era") == 0 && !find_era(values[i], &m->config.era))
            return model_fail(m, "unknown era \"%s\"", values[i]);
    memcpy(defaults, profiles[profile].values, sizeof profiles[profile].values);
    return true;
}

static bool apply_keys(model *m, const char *const *keys, const char *const *values, size_t count, uint64_t *numbers,
                       bool *set)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(keys[i], "profile") == 0 || strcmp(keys[i], "era") == 0 || is_ignored(keys[i]))
            continue;
        size_t k = 0;
        while (k < K_COUNT && strcmp(keys[i], key_names[k]) != 0)
            k++;
        if (k == K_COUNT)
            return model_fail(m, "unknown key \"%s\"", keys[i]);
        if (!md_config_size(values[i], &numbers[k]))
            return model_fail(m, "bad value \"%s\" of %s", values[i], keys[i]);
        set[k] = true;
    }
    return true;
}

static uint64_t to_whole_pages(uint64_t size, uint64_t page)
{
    return (size / page + (size % page != 0)) * page;
}

/* A maximal semispace size as V8 takes it: toy geometries know no powers of two. */
static uint64_t to_maximum(uint64_t size, uint64_t page)
{
    uint64_t power = page;
    if (page < 64 * KI)
        return to_whole_pages(size, page);
    while (power < size)
        power *= 2;
    return power;
}

static bool check_semispaces(model *m, uint64_t *n, const bool *set)
{
    uint64_t page = n[K_PAGE_SIZE];
    if (n[K_MIN_SEMI] == 0)
        return model_fail(m, "min-semi-space-size is 0");
    uint64_t least = to_whole_pages(n[K_MIN_SEMI], page), most = to_maximum(n[K_MAX_SEMI], page);
    if (least > most) {
        if (set[K_MIN_SEMI] && set[K_MAX_SEMI])
            return model_fail(m, "min-semi-space-size is over the maximum");
        /* Set past the other's default: the other follows. */
        if (set[K_MIN_SEMI])
            most = to_maximum(least, page);
        else
            least = most;
    }
    m->pages = least / page;
    m->max_pages = most / page;
    return true;
}

/* The checks of values, and the geometry that follows from the keys. */
static bool check_geometry(model *m, uint64_t *n, const bool *set)
{
    uint64_t page = n[K_PAGE_SIZE];
    if (page == 0 || (page & (page - 1)) != 0)
        return model_fail(m, "page-size is no power of two");
    if (n[K_PAGE_HEADER] >= page || n[K_PAGE_HEADER] % 8 != 0)
        return model_fail(m, "page-header does not go with page-size");
    m->usable = page - n[K_PAGE_HEADER];
    if (n[K_LARGE] > m->usable) {
        if (set[K_LARGE])
            return model_fail(m, "large-object-size is over the usable area");
        n[K_LARGE] = m->usable;
    }
    if (n[K_BUFFER] > m->usable) {
        if (set[K_BUFFER])
            return model_fail(m, "scavenge-buffer is over the usable area");
        n[K_BUFFER] = m->usable;
    }
    if (n[K_BUFFER] % 8 != 0)
        return model_fail(m, "beyond the model: scavenge-buffer is no multiple of 8");
    return check_semispaces(m, n, set);
}

bool md_config_build(model *m, const char *const *keys, const char *const *values, size_t count)
{
    uint64_t n[K_COUNT] = {0};
    bool set[K_COUNT] = {false};
    if (!choose_defaults(m, keys, values, count, n) || !apply_keys(m, keys, values, count, n, set))
        return false;
    uint64_t of_era[K_COUNT] = {0};
    era_defaults(m->config.era, n[K_PAGE_SIZE], of_era);
    for (size_t k = K_THRESHOLD; k < K_COUNT; k++)
        if (!set[k])
            n[k] = of_era[k];
    if (!check_geometry(m, n, set))
        return false;
    config *c = &m->config;
    c->page_size = n[K_PAGE_SIZE];
    c->page_header = n[K_PAGE_HEADER];
    c->min_semi_space = n[K_MIN_SEMI];
    c->max_semi_space = n[K_MAX_SEMI];
    c->large_object_size = n[K_LARGE];
    c->promotion_threshold = n[K_THRESHOLD];
    c->scavenge_buffer = n[K_BUFFER];
    c->young_external_limit = n[K_YOUNG_EXTERNAL];
    c->max_old_space = n[K_MAX_OLD];
    c->initial_old_space = n[K_INITIAL_OLD];
    c->marking_start_min = n[K_MARKING_MIN];
    c->limit_min_step = n[K_LIMIT_STEP];
    c->external_limit = n[K_EXTERNAL_LIMIT];
    return true;
}

bool md_config_limits_far(const model *m)
{
    /*
     * The divisors are on the safe side of marking and limits: nothing there
     * acts before one of these bounds is passed.
     */
    const config *c = &m->config;
    uint64_t external = md_external(m);
    uint64_t used = md_used(m) + external;
    return external < c->external_limit && used < c->marking_start_min && used < c->limit_min_step / 4 &&
           used < c->max_old_space / 64 && (c->initial_old_space == 0 || used < c->initial_old_space) &&
           m->max_pages < c->max_old_space / 64 / c->page_size;
}
