/* test_config.c - eras, profiles and keys: defaults, what follows from what, and every refusal with its words. */
#include "heap/config.h"

#include "checks.h"
#include <stdlib.h>
#include <string.h>

#define K (UINT64_C(1) << 10)
#define M (UINT64_C(1) << 20)
#define G (UINT64_C(1) << 30)

/* A NULL-terminated list of KEY, VALUE, KEY, VALUE, ... */
#define PAIRS(...)                                                                                                     \
    (const char *const[])                                                                                              \
    {                                                                                                                  \
        __VA_ARGS__, NULL                                                                                              \
    }

static int set_one(struct settings *settings, enum setting_origin origin, const char *key, const char *value,
                   struct error *error)
{
    return settings_set(settings, origin, key, strlen(key), value, strlen(value), error);
}

static struct config resolve(const char *const *pairs)
{
    struct settings settings = {0};
    struct error error = {0};
    struct config config;
    for (; *pairs != NULL; pairs += 2)
        ck_assert_msg(set_one(&settings, SETTING_OPTION, pairs[0], pairs[1], &error) == 0, "%s", error_text(&error));
    ck_assert_msg(settings_resolve(&settings, &config, &error) == 0, "%s", error_text(&error));
    return config;
}

/* Setting (of the last pair) or resolving must fail with this text. */
static void refuse(const char *const *pairs, uint64_t column, const char *text)
{
    struct settings settings = {0};
    struct error error = {0};
    struct config config;
    int failed = 0;
    for (; *pairs != NULL && failed == 0; pairs += 2)
        failed = set_one(&settings, SETTING_OPTION, pairs[0], pairs[1], &error);
    if (failed == 0)
        failed = settings_resolve(&settings, &config, &error);
    ck_assert_int_eq(failed, -1);
    ck_assert_str_eq(error_text(&error), text);
    ck_assert_int_eq(error.kind, ERROR_USAGE);
    ck_assert_uint_eq(error.line, 0);
    ck_assert_uint_eq(error.column, column);
    error_clear(&error);
}

START_TEST(defaults_of_profiles)
{
    struct config c = resolve(PAIRS(NULL));
    ck_assert_int_eq(c.profile, PROFILE_CLASSROOM);
    ck_assert_int_eq(c.era, ERA_BOOK);
    ck_assert_uint_eq(c.page_size, 1 * K);
    ck_assert_uint_eq(c.page_header, 64);
    ck_assert_uint_eq(config_usable(&c), 960);
    ck_assert(config_toy(&c));
    ck_assert_uint_eq(c.min_semi_space_size, 2 * K);
    ck_assert_uint_eq(c.max_semi_space_size, 8 * K);
    ck_assert_uint_eq(c.large_object_size, 256);
    ck_assert_uint_eq(c.max_old_space_size, 64 * K);
    ck_assert_uint_eq(c.promotion_threshold, 25);
    ck_assert_uint_eq(c.scavenge_buffer, 0);
    ck_assert_uint_eq(c.initial_old_space_size, 12 * K);
    ck_assert_uint_eq(c.marking_start_min, 4 * K);
    ck_assert_uint_eq(c.free_list_min, 16);
    ck_assert_uint_eq(c.compaction_target, 50);
    ck_assert_uint_eq(c.young_external_limit, 0);
    ck_assert_uint_eq(c.cost_event, 200000);
    ck_assert_uint_eq(c.gc_threads, 1);

    c = resolve(PAIRS("profile", "book"));
    ck_assert_int_eq(c.era, ERA_BOOK);
    ck_assert_uint_eq(c.large_object_size, 1 * M - 16896);
    ck_assert_uint_eq(c.max_old_space_size, 1400 * M);
    ck_assert_uint_eq(c.external_limit, 256 * M);
    ck_assert_uint_eq(c.cost_event, 20000);
    ck_assert(!config_toy(&c));

    c = resolve(PAIRS("profile", "node6"));
    ck_assert_int_eq(c.era, ERA_NODE6);
    ck_assert_uint_eq(c.promotion_threshold, 0);
    ck_assert_uint_eq(c.large_object_size, 614400);
    ck_assert_uint_eq(c.compaction_target, 70);
    ck_assert_uint_eq(c.compaction_max_bytes, 4 * M);

    c = resolve(PAIRS("profile", "node20"));
    ck_assert_int_eq(c.era, ERA_NODE20);
    ck_assert_uint_eq(c.page_size, 256 * K);
    ck_assert_uint_eq(c.scavenge_buffer, 32 * K);
    ck_assert_uint_eq(c.young_external_limit, 32 * M);
    ck_assert_uint_eq(c.large_object_size, 131072);
    ck_assert_uint_eq(c.max_old_space_size, 4 * G);
    ck_assert_uint_eq(c.cost_major, 500000000);
}
END_TEST

START_TEST(era_over_profile)
{
    struct config c = resolve(PAIRS("era", "node20"));
    ck_assert_int_eq(c.profile, PROFILE_CLASSROOM);
    ck_assert_int_eq(c.era, ERA_NODE20);
    ck_assert_uint_eq(c.page_size, 1 * K);
    ck_assert_uint_eq(c.promotion_threshold, 0);
    ck_assert_uint_eq(c.scavenge_buffer, 128);
    ck_assert_uint_eq(c.young_external_limit, 8 * K);
    ck_assert_uint_eq(c.compaction_target, 50);

    c = resolve(PAIRS("era", "book", "profile", "node20"));
    ck_assert_int_eq(c.era, ERA_BOOK);
    ck_assert_uint_eq(c.promotion_threshold, 25);
    ck_assert_uint_eq(c.scavenge_buffer, 0);
    ck_assert_uint_eq(c.young_external_limit, 0);

    c = resolve(PAIRS("page-size", "512k", "era", "node20"));
    ck_assert_uint_eq(c.scavenge_buffer, 32 * K);
    ck_assert_uint_eq(c.young_external_limit, 32 * M);

    /* What is set acts in every era. */
    c = resolve(
        PAIRS("scavenge-buffer", "64", "young-external-limit", "1", "era", "node6", "promotion-threshold", "0"));
    ck_assert_uint_eq(c.scavenge_buffer, 64);
    ck_assert_uint_eq(c.young_external_limit, 1);
    ck_assert_uint_eq(c.promotion_threshold, 0);
}
END_TEST

START_TEST(options_win_over_the_trace)
{
    struct settings s = {0};
    struct error e = {0};
    struct config c;
    ck_assert_int_eq(set_one(&s, SETTING_OPTION, "page-size", "2k", &e), 0);
    ck_assert_int_eq(set_one(&s, SETTING_TRACE, "page-size", "4k", &e), 0);
    ck_assert_int_eq(set_one(&s, SETTING_TRACE, "profile", "node6", &e), 0);
    ck_assert_int_eq(set_one(&s, SETTING_OPTION, "profile", "node20", &e), 0);
    ck_assert_int_eq(set_one(&s, SETTING_TRACE, "profile", "book", &e), 0);
    ck_assert_int_eq(set_one(&s, SETTING_TRACE, "free-list-min", "32", &e), 0);
    ck_assert_int_eq(set_one(&s, SETTING_TRACE, "free-list-min", "40", &e), 0);
    ck_assert_int_eq(settings_resolve(&s, &c, &e), 0);
    ck_assert_uint_eq(c.page_size, 2 * K);
    ck_assert_int_eq(c.profile, PROFILE_NODE20);
    ck_assert_uint_eq(c.free_list_min, 40);
}
END_TEST

START_TEST(rounding_and_clipping)
{
    struct config c = resolve(PAIRS("page-size", "512", "min-semi-space-size", "2040"));
    ck_assert_uint_eq(c.min_semi_space_size, 2048);
    ck_assert_uint_eq(c.max_semi_space_size, 8 * K);
    ck_assert_uint_eq(c.large_object_size, 256);

    c = resolve(PAIRS("page-size", "256"));
    ck_assert_uint_eq(c.large_object_size, 192);
    c = resolve(PAIRS("page-size", "16k"));
    ck_assert_uint_eq(c.min_semi_space_size, 16 * K);
    ck_assert_uint_eq(c.max_semi_space_size, 16 * K);

    /* A header that was not set follows a page that was set small. */
    c = resolve(PAIRS("profile", "node6", "page-size", "4k"));
    ck_assert_uint_eq(c.page_header, 256);
    ck_assert_uint_eq(c.large_object_size, 4 * K - 256);
    c = resolve(PAIRS("profile", "node6", "page-size", "32k"));
    ck_assert_uint_eq(c.page_header, 16896);
    c = resolve(PAIRS("profile", "book", "page-header", "16"));
    ck_assert_uint_eq(c.large_object_size, 1 * M - 16);

    c = resolve(PAIRS("page-size", "1k", "page-header", "944", "era", "node20"));
    ck_assert_uint_eq(c.scavenge_buffer, 80);
    c = resolve(PAIRS("profile", "book", "page-size", "256", "page-header", "96"));
    ck_assert_uint_eq(c.free_list_min, 160);
}
END_TEST

START_TEST(one_follows_the_other)
{
    struct config c = resolve(PAIRS("min-semi-space-size", "32k"));
    ck_assert_uint_eq(c.max_semi_space_size, 32 * K);
    c = resolve(PAIRS("max-semi-space-size", "1000"));
    ck_assert_uint_eq(c.min_semi_space_size, 1 * K);
    ck_assert_uint_eq(c.max_semi_space_size, 1 * K);
    /* The largest semispace is a power of two, but in toy geometries, and so it is where it follows. */
    c = resolve(PAIRS("profile", "node20", "max-semi-space-size", "3M"));
    ck_assert_uint_eq(c.max_semi_space_size, 4 * M);
    c = resolve(PAIRS("profile", "node6", "min-semi-space-size", "19M"));
    ck_assert_uint_eq(c.min_semi_space_size, 19 * M);
    ck_assert_uint_eq(c.max_semi_space_size, 32 * M);
    c = resolve(PAIRS("profile", "book", "min-semi-space-size", "7M", "max-semi-space-size", "6M"));
    ck_assert_uint_eq(c.max_semi_space_size, 8 * M);
    c = resolve(PAIRS("max-semi-space-size", "11k"));
    ck_assert_uint_eq(c.max_semi_space_size, 11 * K);
    c = resolve(PAIRS("max-old-space-size", "8k"));
    ck_assert_uint_eq(c.initial_old_space_size, 8 * K);
    c = resolve(PAIRS("initial-old-space-size", "128k"));
    ck_assert_uint_eq(c.initial_old_space_size, 64 * K);
    ck_assert_uint_eq(c.max_old_space_size, 64 * K);
}
END_TEST

START_TEST(syntax)
{
    struct config c = resolve(PAIRS("max-old-space-size", "64G", "cost-major", "2ms", "cost-root", "7", "cost-slot",
                                    "3ns", "promotion-threshold", "100", "gc-threads", "4"));
    ck_assert_uint_eq(c.max_old_space_size, 64 * G);
    ck_assert_uint_eq(c.cost_major, UINT64_C(2000000000));
    ck_assert_uint_eq(c.cost_root, 7);
    ck_assert_uint_eq(c.cost_slot, 3000);
    ck_assert_uint_eq(c.promotion_threshold, 100);
    ck_assert_uint_eq(config_value(&c, KEY_gc_threads), 4);
}
END_TEST

START_TEST(choices_go_with_the_era)
{
    struct config c = resolve(PAIRS("profile", "node6", "era", "node20"));
    ck_assert_uint_eq(c.marking_barrier, BARRIER_ANY_HOST);
    ck_assert_uint_eq(c.allocate_black, YES_YES);
    ck_assert_uint_eq(c.sweeping, SWEEPING_BACKGROUND);
    c = resolve(PAIRS("marking-barrier", "dijkstra", "allocate-black", "yes", "sweeping", "lazy"));
    ck_assert_uint_eq(c.marking_barrier, BARRIER_DIJKSTRA);
    ck_assert_uint_eq(c.allocate_black, YES_YES);
    ck_assert_uint_eq(c.sweeping, SWEEPING_LAZY);
}
END_TEST

START_TEST(refusals_of_a_word)
{
    refuse(PAIRS("page_size", "1k"), 1,
           "unknown key \"page_size\": did you mean \"page-size\"? (\"heapreel config\" lists them)");
    refuse(PAIRS("", "1k"), 1, "unknown key \"\" (\"heapreel config\" lists them)");
    refuse(PAIRS("profile", "node21"), 2, "unknown profile \"node21\" (classroom, book, node6 or node20)");
    refuse(PAIRS("era", "classroom"), 2, "unknown era \"classroom\" (book, node6 or node20)");
    refuse(PAIRS("page-size", "1K"), 2, "page-size must be a size (a number, or one with k, M or G), not \"1K\"");
    refuse(PAIRS("page-size", ""), 2, "page-size must be a size (a number, or one with k, M or G), not \"\"");
    refuse(PAIRS("promotion-threshold", "25%"), 2, "promotion-threshold must be a number of percent, not \"25%\"");
    refuse(PAIRS("marking-barrier", "yuasa"), 2, "marking-barrier must be steele, dijkstra or any-host, not \"yuasa\"");
    refuse(PAIRS("allocate-black", "1"), 2, "allocate-black must be no or yes, not \"1\"");
    refuse(PAIRS("gc-threads", "many"), 2, "gc-threads must be a number, not \"many\"");
    refuse(PAIRS("cost-slot", "1h"), 2,
           "cost-slot must be a number of picoseconds, or a duration with ns, us, ms or s, not \"1h\"");
}
END_TEST

START_TEST(refusals_of_a_value)
{
    refuse(PAIRS("page-size", "128"), 2, "page-size must be 256 to 8M, not 128");
    refuse(PAIRS("page-size", "16M"), 2, "page-size must be 256 to 8M, not 16M");
    refuse(PAIRS("page-size", "1000"), 2, "page-size must be a power of two, not 1000");
    refuse(PAIRS("page-header", "60"), 2, "page-header must be a multiple of 8, not 60");
    refuse(PAIRS("scavenge-buffer", "100"), 2, "scavenge-buffer must be a multiple of 8, not 100");
    refuse(PAIRS("min-semi-space-size", "0"), 2, "min-semi-space-size must be 1 to 64G, not 0");
    refuse(PAIRS("promotion-threshold", "101"), 2, "promotion-threshold must be 0 to 100, not 101");
    refuse(PAIRS("rss-base", "99999999999999999999"), 2, "rss-base must be 0 to 1024G, not 18446744073709551615");
    refuse(PAIRS("cost-event", "1s"), 2, "cost-event must be 0 to 1000000000, not 1000000000000");
}
END_TEST

START_TEST(refusals_of_two)
{
    refuse(PAIRS("page-size", "256", "page-header", "184"), 0,
           "page-header 184 leaves less than 80 bytes of a page of 256, and a map needs as many");
    refuse(PAIRS("large-object-size", "968"), 0,
           "large-object-size 968 is larger than the usable area of a page, 960 (page-size - page-header)");
    refuse(PAIRS("scavenge-buffer", "1k"), 0,
           "scavenge-buffer 1k is larger than the usable area of a page, 960 (page-size - page-header)");
    refuse(PAIRS("free-list-min", "2k"), 0,
           "free-list-min 2k is larger than the usable area of a page, 960 (page-size - page-header)");
    refuse(PAIRS("min-semi-space-size", "4k", "max-semi-space-size", "2k"), 0,
           "min-semi-space-size 4k is larger than max-semi-space-size 2k");
    refuse(PAIRS("initial-old-space-size", "1M", "max-old-space-size", "512k"), 0,
           "initial-old-space-size 1M is larger than max-old-space-size 512k");
}
END_TEST

START_TEST(whose_fault)
{
    struct settings s = {0};
    struct error e = {0};
    struct config c;
    ck_assert_int_eq(set_one(&s, SETTING_TRACE, "page-size", "3", &e), -1);
    ck_assert_int_eq(e.kind, ERROR_INPUT);
    error_clear(&e);
    ck_assert_int_eq(set_one(&s, SETTING_TRACE, "large-object-size", "4k", &e), 0);
    ck_assert_int_eq(settings_resolve(&s, &c, &e), -1);
    ck_assert_int_eq(e.kind, ERROR_INPUT);
    error_clear(&e);
    ck_assert_int_eq(set_one(&s, SETTING_OPTION, "page-size", "2k", &e), 0);
    ck_assert_int_eq(settings_resolve(&s, &c, &e), -1);
    ck_assert_int_eq(e.kind, ERROR_USAGE);
    error_clear(&e);
}
END_TEST

START_TEST(table_is_sound)
{
    for (int p = 0; p < PROFILE_COUNT; p++) {
        for (int e = 0; e < ERA_COUNT; e++) {
            struct config c = resolve(PAIRS("profile", profile_word((enum profile)p), "era", era_word((enum era)e)));
            for (int k = 0; k < KEY_COUNT; k++) {
                uint64_t min, max;
                config_key_range((enum config_key)k, &min, &max);
                ck_assert_uint_ge(config_value(&c, (enum config_key)k), min);
                ck_assert_uint_le(config_value(&c, (enum config_key)k), max);
                ck_assert_uint_gt(strlen(config_key_word((enum config_key)k)), 0);
                ck_assert_uint_gt(strlen(config_key_meaning((enum config_key)k)), 0);
                ck_assert_uint_gt(strlen(config_key_source((enum config_key)k)), 0);
                ck_assert_int_le((int)config_key_unit((enum config_key)k), UNIT_PICO);
            }
        }
    }
}
END_TEST

Suite *suite_config(void);
Suite *suite_config(void)
{
    Suite *suite = suite_create("config");
    TCase *tcase = tcase_create("config");
    tcase_add_test(tcase, defaults_of_profiles);
    tcase_add_test(tcase, era_over_profile);
    tcase_add_test(tcase, options_win_over_the_trace);
    tcase_add_test(tcase, rounding_and_clipping);
    tcase_add_test(tcase, one_follows_the_other);
    tcase_add_test(tcase, syntax);
    tcase_add_test(tcase, choices_go_with_the_era);
    tcase_add_test(tcase, refusals_of_a_word);
    tcase_add_test(tcase, refusals_of_a_value);
    tcase_add_test(tcase, refusals_of_two);
    tcase_add_test(tcase, whose_fault);
    tcase_add_test(tcase, table_is_sound);
    suite_add_tcase(suite, tcase);
    return suite;
}
