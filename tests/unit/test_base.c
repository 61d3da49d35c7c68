/* test_base.c - error, vec, names, text. */
#include "base/error.h"
#include "base/memory.h"
#include "base/names.h"
#include "base/nearest.h"
#include "base/text.h"
#include "base/vec.h"

#include "checks.h"
#include <stdio.h>
#include <stdlib.h>

static const char *nth_word(void *self, size_t i)
{
    static const char *const words[] = {"play", "run", "compare", "new-space-pages", "max-semi-space-size"};
    (void)self;
    return i < 5 ? words[i] : NULL;
}

START_TEST(nearest_words)
{
    static const struct {
        const char *text, *nearest;
    } cases[] = {{"paly", "play"},
                 {"plya", "play"},
                 {"pla", "play"},
                 {"lpay", "play"},
                 {"rnu", "run"},
                 {"compair", "compare"},
                 {"x", NULL},
                 {"", NULL},
                 {"kitchen", NULL},
                 {"compare", "compare"},
                 {"ruin", "run"},
                 {"max-semi-spacesize", "max-semi-space-size"},
                 {"new space pages", "new-space-pages"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *found = nearest_word(cases[i].text, strlen(cases[i].text), nth_word, NULL);
        ck_assert_msg(found == cases[i].nearest || (found && cases[i].nearest && strcmp(found, cases[i].nearest) == 0),
                      "%s: %s", cases[i].text, found ? found : "none");
    }
    char out[NEAREST_ROOM], longest[200];
    memset(longest, 'p', sizeof longest);
    ck_assert_str_eq(nearest_question(out, "paly", 4, nth_word, NULL), ": did you mean \"play\"?");
    ck_assert_str_eq(nearest_question(out, longest, sizeof longest, nth_word, NULL), "");
}
END_TEST

Suite *suite_base(void);

/* ---- error ---- */

START_TEST(words_of_a_text)
{
    static const char line[] = " \t one  two\tthree ";
    static const char *const words[] = {"one", "two", "three"};
    size_t len = sizeof line - 1, at = 0;
    struct text_word all = text_trim(line, len);
    ck_assert(text_is(all, "one  two\tthree"));
    for (size_t i = 0; i < 3; i++)
        ck_assert(text_is(text_next(line, len, &at), words[i]));
    ck_assert_uint_eq(text_next(line, len, &at).len, 0);
    ck_assert_uint_eq(at, len);
    ck_assert_uint_eq(text_trim(" \t ", 3).len, 0);
    ck_assert(!text_is(all, "one") && !text_is((struct text_word){"", 0}, "one"));
}
END_TEST

START_TEST(first_elements_are_counted_by_halving)
{
    VEC(int) v = {0};
    for (int n = 0; n < 40; n++) {
        for (int most = -1; most <= n; most++) {
            size_t i;
            vec_count_while(&v, i, v.data[i] <= most);
            ck_assert_int_eq((int)i, most < n ? most + 1 : n);
        }
        ck_assert_int_eq(vec_push(&v, n), 0);
    }
    vec_free(&v);
}
END_TEST

START_TEST(error_first_wins)
{
    struct error e = {0};
    ck_assert_str_eq(error_text(&e), "no error");
    ck_assert_int_eq(error_set(&e, ERROR_INPUT, 3, 7, "bad %s", "thing"), -1);
    ck_assert_int_eq(error_set(&e, ERROR_SYSTEM, 1, 1, "later"), -1);
    ck_assert_int_eq(error_memory(&e), -1);
    ck_assert_int_eq(e.kind, ERROR_INPUT);
    ck_assert_uint_eq(e.line, 3);
    ck_assert_uint_eq(e.column, 7);
    ck_assert_str_eq(error_text(&e), "bad thing");
    error_clear(&e);
    ck_assert_int_eq(e.kind, ERROR_NONE);
    error_memory(&e);
    ck_assert_str_eq(error_text(&e), "out of memory");
    error_clear(&e);
}
END_TEST

START_TEST(error_long_text)
{
    struct error e = {0};
    char *text = malloc(100001);
    memset(text, 'x', 100000);
    text[100000] = '\0';
    error_set(&e, ERROR_USAGE, 0, 0, "%s", text);
    ck_assert_str_eq(error_text(&e), text);
    error_clear(&e);
    free(text);
}
END_TEST

/* ---- vec ---- */

START_TEST(vec_grows)
{
    VEC(uint32_t) v = {0};
    for (uint32_t i = 0; i < 1000; i++)
        ck_assert_int_eq(vec_push(&v, i * 3), 0);
    for (uint32_t i = 0; i < 1000; i++)
        ck_assert_uint_eq(v.data[i], i * 3);
    VEC(uint32_t) copy = {0};
    ck_assert_int_eq(vec_duplicate((void *)&copy.data, &copy.cap, v.data, sizeof *v.data, v.len, v.len), 0);
    copy.len = v.len;
    ck_assert_mem_eq(copy.data, v.data, 4000);
    ck_assert_uint_eq(copy.cap, 1000);
    vec_free(&v);
    vec_free(&copy);
    ck_assert_ptr_null(v.data);
    ck_assert_int_eq(vec_reserve(&v, 0), 0);
    ck_assert_int_eq(vec_duplicate((void *)&copy.data, &copy.cap, NULL, 4, 0, 0), 0);
    ck_assert_ptr_null(copy.data);
}
END_TEST

/* Beyond MEMORY_LARGE, a vec moves piece by piece; elements whose size divides no page cross the pieces. */
START_TEST(vec_moves_large_tables)
{
    struct odd {
        uint32_t a, b, c;
    };
    VEC(struct odd) v = {0};
    const uint32_t count = 4 * MEMORY_LARGE / sizeof(struct odd);
    for (uint32_t i = 0; i < count; i++)
        if (vec_push(&v, ((struct odd){i, i * 7, ~i})) != 0)
            ck_abort_msg("no memory");
    for (uint32_t i = 0; i < count; i++)
        if (v.data[i].a != i || v.data[i].b != i * 7 || v.data[i].c != ~i)
            ck_abort_msg("element %u is lost", (unsigned)i);
    ck_assert_uint_eq((uintptr_t)v.data % MEMORY_HUGE, 0);
    vec_free(&v);
}
END_TEST

START_TEST(tables)
{
    char *small = memory_table(64, 100);
    ck_assert_ptr_nonnull(small);
    ck_assert_uint_eq((uintptr_t)small % 64, 0);
    memset(small, 5, 100);
    ck_assert_ptr_null(memory_table(64, SIZE_MAX - 10));
    ck_assert_ptr_null(memory_enlarge(small, 64, 100, SIZE_MAX - 10)); /* and small is as it was */
    ck_assert_int_eq(small[99], 5);
    char *large = memory_enlarge(small, 64, 100, MEMORY_LARGE);
    ck_assert_ptr_nonnull(large);
    ck_assert_int_eq(large[0] + large[99], 10);
    free(large);
}
END_TEST

START_TEST(vec_refuses_the_impossible)
{
    VEC(uint64_t) v = {0};
    ck_assert_int_eq(vec_push(&v, 7), 0);
    ck_assert_int_eq(vec_grow((void *)&v.data, &v.cap, sizeof *v.data, SIZE_MAX / 8), -1);
    ck_assert_int_eq(vec_grow((void *)&v.data, &v.cap, sizeof *v.data, SIZE_MAX), -1);
    ck_assert_uint_eq(v.data[0], 7);
    ck_assert_uint_eq(v.len, 1);
    vec_free(&v);
}
END_TEST

/* ---- numbers ---- */

static void check_number(enum text_status (*read)(const char *, size_t, uint64_t *), const char *text,
                         enum text_status status, uint64_t value)
{
    uint64_t got = 77;
    ck_assert_msg(read(text, strlen(text), &got) == status, "status of \"%s\"", text);
    ck_assert_msg(got == (status == TEXT_OK ? value : 77), "value of \"%s\" is %llu", text, (unsigned long long)got);
}

START_TEST(numbers)
{
    check_number(text_number, "0", TEXT_OK, 0);
    check_number(text_number, "0017", TEXT_OK, 17);
    check_number(text_number, "18446744073709551615", TEXT_OK, UINT64_MAX);
    check_number(text_number, "18446744073709551616", TEXT_TOO_LARGE, 0);
    check_number(text_number, "184467440737095516150", TEXT_TOO_LARGE, 0);
    check_number(text_number, "99999999999999999999x", TEXT_BAD_SUFFIX, 0);
    check_number(text_number, "", TEXT_NO_NUMBER, 0);
    check_number(text_number, "-1", TEXT_NO_NUMBER, 0);
    check_number(text_number, "+1", TEXT_NO_NUMBER, 0);
    check_number(text_number, "1k", TEXT_BAD_SUFFIX, 0);
}
END_TEST

START_TEST(sizes)
{
    check_number(text_size, "136", TEXT_OK, 136);
    check_number(text_size, "2k", TEXT_OK, 2048);
    check_number(text_size, "16M", TEXT_OK, 16u << 20);
    check_number(text_size, "1024G", TEXT_OK, UINT64_C(1) << 40);
    check_number(text_size, "17179869183G", TEXT_OK, UINT64_C(17179869183) << 30);
    check_number(text_size, "17179869184G", TEXT_TOO_LARGE, 0);
    check_number(text_size, "18446744073709551616", TEXT_TOO_LARGE, 0);
    check_number(text_size, "2K", TEXT_BAD_SUFFIX, 0);
    check_number(text_size, "2kB", TEXT_BAD_SUFFIX, 0);
    check_number(text_size, "2m", TEXT_BAD_SUFFIX, 0);
    check_number(text_size, "k", TEXT_NO_NUMBER, 0);
    check_number(text_size, "1.5k", TEXT_BAD_SUFFIX, 0);
}
END_TEST

START_TEST(durations)
{
    check_number(text_duration, "12ns", TEXT_OK, 12);
    check_number(text_duration, "12us", TEXT_OK, 12000);
    check_number(text_duration, "12ms", TEXT_OK, 12000000);
    check_number(text_duration, "12s", TEXT_OK, UINT64_C(12000000000));
    check_number(text_duration, "0s", TEXT_OK, 0);
    check_number(text_duration, "12", TEXT_NO_UNIT, 0);
    check_number(text_duration, "12h", TEXT_BAD_SUFFIX, 0);
    check_number(text_duration, "12n", TEXT_BAD_SUFFIX, 0);
    check_number(text_duration, "ms", TEXT_NO_NUMBER, 0);
    check_number(text_duration, "18446744074s", TEXT_TOO_LARGE, 0);
    check_number(text_duration, "99999999999999999999", TEXT_NO_UNIT, 0);
}
END_TEST

START_TEST(printing_is_read_back)
{
    char out[TEXT_NUMBER_ROOM];
    static const struct {
        uint64_t value;
        const char *size, *duration;
    } cases[] = {
        {0, "0", "0ns"},
        {1, "1", "1ns"},
        {1024, "1k", "1024ns"},
        {1536, "1536", "1536ns"},
        {3 << 20, "3M", "3145728ns"},
        {UINT64_C(1) << 40, "1024G", "1099511627776ns"},
        {1000, "1000", "1us"},
        {1500000, "1500000", "1500us"},
        {UINT64_C(7000000000), "7000000000", "7s"},
        {UINT64_MAX, "18446744073709551615", "18446744073709551615ns"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint64_t back = 1;
        ck_assert_uint_eq(text_print_size(out, cases[i].value), strlen(cases[i].size));
        ck_assert_str_eq(out, cases[i].size);
        ck_assert_int_eq(text_size(out, strlen(out), &back), TEXT_OK);
        ck_assert_uint_eq(back, cases[i].value);
        text_print_duration(out, cases[i].value);
        ck_assert_str_eq(out, cases[i].duration);
        ck_assert_int_eq(text_duration(out, strlen(out), &back), TEXT_OK);
        ck_assert_uint_eq(back, cases[i].value);
    }
}
END_TEST

/* ---- UTF-8 and quoting ---- */

START_TEST(utf8)
{
    static const struct {
        const char *text;
        size_t bad;
    } cases[] = {
        {"", 0},
        {"plain text that is long enough", 30},
        {"Größe €  𝄞 堆", 21},
        {"\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", 25},
        {"abcdefghijk\x80", 11},
        {"\xc0\x80", 0},
        {"a\xc1\xbf", 1},
        {"\xe0\x9f\xbf", 0},
        {"\xed\xa0\x80", 0},
        {"\xf0\x8f\xbf\xbf", 0},
        {"\xf4\x90\x80\x80", 0},
        {"\xf5\x80\x80\x80", 0},
        {"abc\xe2\x82", 3},
        {"abc\xf0\x9d\x84", 3},
        {"12345678\xe2\x28\xa1", 8},
        {"\xff", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        ck_assert_msg(text_utf8(cases[i].text, strlen(cases[i].text)) == cases[i].bad, "case %zu", i);
    ck_assert_uint_eq(text_utf8("a\0b", 3), 3);
    for (uint32_t point = 0; point <= 0x10FFFF; point++) {
        char text[TEXT_POINT_ROOM];
        uint32_t read = UINT32_MAX;
        if (point >= 0xD800 && point <= 0xDFFF)
            continue;
        size_t len = text_encode(point, text);
        ck_assert_msg(text_decode(text, len, &read) == len && read == point, "U+%04X", (unsigned)point);
    }
}
END_TEST

static void check_quote(const char *text, const char *expected)
{
    struct text_quoted q;
    ck_assert_str_eq(text_quote(&q, text, strlen(text)), expected);
}

START_TEST(quoting)
{
    check_quote("plain", "plain");
    check_quote("堆 Größe", "堆 Größe");
    check_quote("\x1b[31m\t\r", "\\x1b[31m\\x09\\x0d");
    check_quote("\xc2\x9b\xe2\x80\xae!", "\\x9b\\u202e!");
    check_quote("a\xff\xc3", "a\\xff\\xc3");
    check_quote("123456789012345678901234567890123456789012345678", "123456789012345678901234567890123456789012345678");
    check_quote("1234567890123456789012345678901234567890123456789",
                "123456789012345678901234567890123456789012345678…");
    check_quote("12345678901234567890123456789012345678901234567é", "12345678901234567890123456789012345678901234567…");
    struct text_quoted q;
    char controls[100];
    memset(controls, 1, sizeof controls);
    text_quote(&q, controls, sizeof controls);
    ck_assert_uint_eq(strlen(q.text), 48 * 4 + 3);
    text_quote(&q, "a\0b", 3);
    ck_assert_str_eq(q.text, "a\\x00b");
}
END_TEST

/* ---- names ---- */

static void check_text(const struct names *names, uint32_t name, const char *expected)
{
    char buffer[NAME_DIGITS];
    size_t len;
    const char *text = names_text(names, name, buffer, &len);
    ck_assert_uint_eq(len, strlen(expected));
    ck_assert_mem_eq(text, expected, len);
}

static uint32_t intern(struct names *names, const char *text)
{
    return names_intern(names, text, strlen(text));
}

START_TEST(decimal_names)
{
    struct names names;
    names_init(&names);
    static const char *const direct[] = {"0", "1", "9", "10", "123456789", "2147483647"};
    for (size_t i = 0; i < sizeof direct / sizeof direct[0]; i++) {
        uint32_t name = intern(&names, direct[i]);
        ck_assert_uint_eq(name, strtoul(direct[i], NULL, 10));
        ck_assert_uint_eq(names_find(&names, direct[i], strlen(direct[i])), name);
        check_text(&names, name, direct[i]);
    }
    ck_assert_uint_eq(names.used, 0);
    static const char *const table[] = {"00", "01", "2147483648", "4294967295", "99999999999", "1a", "-1", "+1", "x"};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        uint32_t name = intern(&names, table[i]);
        ck_assert_uint_eq(name, NAME_INTERNED | (uint32_t)i);
        ck_assert_uint_eq(names_find(&names, table[i], strlen(table[i])), name);
        ck_assert_uint_eq(intern(&names, table[i]), name);
        check_text(&names, name, table[i]);
    }
    ck_assert_uint_eq(names_find(&names, "y", 1), NAME_NONE);
    ck_assert_uint_eq(names_find(&names, "", 0), NAME_NONE);
    ck_assert_uint_eq(names_find_text(&names, "17", 2), NAME_NONE);
    uint32_t text = names_intern_text(&names, "17", 2);
    ck_assert_uint_ne(text & NAME_INTERNED, 0);
    ck_assert_uint_eq(names_find_text(&names, "17", 2), text);
    check_text(&names, text, "17");
    ck_assert_uint_eq(names_find(&names, "17", 2), 17);
    names_free(&names);
    ck_assert_uint_eq(names_find(&names, "x", 1), NAME_NONE);
}
END_TEST

START_TEST(names_many)
{
    struct names names, copy;
    char text[64];
    names_init(&names);
    for (unsigned i = 0; i < 100000; i++) {
        snprintf(text, sizeof text, "%.*s%u", (int)(i % 40), "a-name-that-is-rather-long-for-a-name-xx", i);
        uint32_t name = intern(&names, text);
        ck_assert_uint_ne(name, NAME_NONE);
    }
    ck_assert_int_eq(names_copy(&copy, &names), 0);
    for (unsigned i = 0; i < 100000; i++) {
        snprintf(text, sizeof text, "%.*s%u", (int)(i % 40), "a-name-that-is-rather-long-for-a-name-xx", i);
        uint32_t name = names_find(&names, text, strlen(text));
        check_text(&copy, name, text);
        ck_assert_uint_eq(names_find(&copy, text, strlen(text)), name);
    }
    names_free(&copy);
    names_free(&names);
}
END_TEST

/* A billion names of which few are in use at a time must not grow the table: here, a million. */
START_TEST(names_sweeping)
{
    struct names names;
    char text[32];
    names_init(&names);
    uint32_t kept[10];
    for (unsigned i = 0; i < 10; i++) {
        snprintf(text, sizeof text, "kept%u", i);
        kept[i] = intern(&names, text);
    }
    size_t sweeps = 0;
    for (unsigned i = 0; i < 1000000; i++) {
        snprintf(text, sizeof text, "n%u", i);
        uint32_t name = intern(&names, text);
        if (names_full(&names)) {
            for (unsigned k = 0; k < 10; k++)
                names_mark(&names, kept[k]);
            names_mark(&names, name);
            names_mark(&names, NAME_NONE);
            names_mark(&names, 17);
            ck_assert_int_eq(names_sweep(&names), 0);
            sweeps++;
            ck_assert_uint_eq(names.used, 11);
            ck_assert(!names_full(&names));
            check_text(&names, name, text);
            ck_assert_uint_eq(intern(&names, text), name);
        }
    }
    ck_assert_uint_gt(sweeps, 200);
    ck_assert_uint_le(names.table.cap, 10000);
    ck_assert_uint_le(names.text.cap, 200000);
    ck_assert_uint_le(names.index.cap, 40000);
    for (unsigned i = 0; i < 10; i++) {
        snprintf(text, sizeof text, "kept%u", i);
        check_text(&names, kept[i], text);
        ck_assert_uint_eq(intern(&names, text), kept[i]);
    }
    ck_assert_uint_eq(names_find(&names, "n0", 2), NAME_NONE);
    ck_assert_int_eq(names_sweep(&names), 0);
    ck_assert_uint_eq(names.used, 0);
    ck_assert_uint_eq(names.table.len, 0);
    ck_assert_uint_eq(names_find(&names, "kept0", 5), NAME_NONE);
    ck_assert_uint_eq(intern(&names, "new"), NAME_INTERNED);
    names_free(&names);
}
END_TEST

START_TEST(names_long_texts_ask_for_sweeps)
{
    struct names names;
    names_init(&names);
    char *text = malloc(65000);
    memset(text, 'x', 65000);
    unsigned count = 0;
    while (!names_full(&names)) {
        snprintf(text, 20, "%07ux", count++);
        ck_assert_uint_ne(names_intern(&names, text, 65000), NAME_NONE);
    }
    ck_assert_uint_le(count, 20);
    free(text);
    names_free(&names);
}
END_TEST

Suite *suite_base(void)
{
    Suite *suite = suite_create("base");
    TCase *tests = tcase_create("base");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, words_of_a_text);
    tcase_add_test(tests, first_elements_are_counted_by_halving);
    tcase_add_test(tests, error_first_wins);
    tcase_add_test(tests, error_long_text);
    tcase_add_test(tests, vec_grows);
    tcase_add_test(tests, vec_moves_large_tables);
    tcase_add_test(tests, tables);
    tcase_add_test(tests, vec_refuses_the_impossible);
    tcase_add_test(tests, numbers);
    tcase_add_test(tests, sizes);
    tcase_add_test(tests, durations);
    tcase_add_test(tests, printing_is_read_back);
    tcase_add_test(tests, nearest_words);
    tcase_add_test(tests, utf8);
    tcase_add_test(tests, quoting);
    tcase_add_test(tests, decimal_names);
    tcase_add_test(tests, names_many);
    tcase_add_test(tests, names_sweeping);
    tcase_add_test(tests, names_long_texts_ask_for_sweeps);
    suite_add_tcase(suite, tests);
    return suite;
}
