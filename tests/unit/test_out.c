/* test_out.c - buffered text: JSON strings, numbers for people, text that is safe on a terminal. */
#include "base/writer.h"

#include "checks.h"
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void json_string_is(const char *text, size_t len, const char *expected)
{
    struct out out;
    out_to_memory(&out);
    out_json_string(&out, text, len);
    char *got = out_take(&out);
    ck_assert_str_eq(got, expected);
    free(got);
}

START_TEST(json_strings)
{
    json_string_is(NULL, 0, "null");
    json_string_is("", 0, "\"\"");
    json_string_is("a\"b\\c\n\t\r\x7f", 9, "\"a\\\"b\\\\c\\n\\t\\r\\u007f\"");
    json_string_is("\xE5\xA0\x86 \xF0\x9F\x98\x80", 8, "\"\xE5\xA0\x86 \xF0\x9F\x98\x80\"");
    json_string_is("\0\x1f", 2, "\"\\u0000\\u001f\"");
    json_string_is("\xC2\x80\xC2\x9F\xC2\xA0", 6, "\"\\u0080\\u009f\xC2\xA0\"");
    json_string_is("\xC2", 1, "\"\xEF\xBF\xBD\"");
    json_string_is("x\xE5\xA0y\xFF", 5, "\"x\xEF\xBF\xBD\xEF\xBF\xBDy\xEF\xBF\xBD\"");
}
END_TEST

/* Strings of any bytes are read back by jansson, and the same whether the text is kept or goes to a file. */
START_TEST(json_strings_of_random_bytes)
{
    static const char alphabet[] = "ab\"\\\n\x01\x7f\xC2\x80\xE5\xA0\x86\xF0\x9F\xFF";
    uint64_t random = 88172645463325252u;
    for (unsigned round = 0; round < 2000; round++) {
        char text[40];
        size_t len = round % sizeof text;
        for (size_t i = 0; i < len; i++) {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            text[i] = alphabet[random % (sizeof alphabet - 1)];
        }
        struct out out;
        out_to_memory(&out);
        out_json_string(&out, text, len);
        json_t *value = json_loadb(out.data, out.len, JSON_DECODE_ANY, NULL);
        ck_assert_ptr_nonnull(value);
        json_decref(value);
        out_drop(&out);
    }
}
END_TEST

START_TEST(a_long_text)
{
    char *expected = NULL, *got;
    size_t len = 0;
    struct out kept, filed;
    FILE *file = open_memstream(&expected, &len);
    char *big = malloc(3 * OUT_ROOM);
    memset(big, 'x', 3 * OUT_ROOM);
    out_to_memory(&kept);
    out_to_file(&filed, file);
    for (unsigned i = 0; i < 5000; i++) {
        out_number(&kept, i);
        out_number(&filed, i);
    }
    out_text(&kept, big, 3 * OUT_ROOM);
    out_text(&filed, big, 3 * OUT_ROOM);
    ck_assert_int_eq(out_flush(&filed), 0);
    fclose(file);
    got = out_take(&kept);
    ck_assert_str_eq(got, expected);
    free(got);
    free(expected);
    free(big);
}
END_TEST

START_TEST(numbers_for_people)
{
    char t[OUT_HUMAN];
    ck_assert_str_eq(human_size(t, 0), "0");
    ck_assert_str_eq(human_size(t, 1023), "1023");
    ck_assert_str_eq(human_size(t, 1024), "1.0k");
    ck_assert_str_eq(human_size(t, 5325), "5.2k");
    ck_assert_str_eq(human_size(t, 1048524), "1023.9k");
    ck_assert_str_eq(human_size(t, 1048525), "1.0M");
    ck_assert_str_eq(human_size(t, UINT64_C(1) << 40), "1.0T");
    ck_assert_str_eq(human_size(t, UINT64_MAX), "16384.0P");
    ck_assert_str_eq(human_duration(t, 999), "999 ns");
    ck_assert_str_eq(human_duration(t, 18400), "18.4 us");
    ck_assert_str_eq(human_duration(t, 999949), "999.9 us");
    ck_assert_str_eq(human_duration(t, 999950), "1.0 ms");
    ck_assert_str_eq(human_duration(t, 1234000000), "1.2 s");
    ck_assert_str_eq(human_number(t, 0), "0");
    ck_assert_str_eq(human_number(t, 1203), "1 203");
    ck_assert_str_eq(human_number(t, 123456), "123 456");
    ck_assert_str_eq(human_number(t, UINT64_MAX), "18 446 744 073 709 551 615");
}
END_TEST

static void safe_is(const char *text, size_t columns, const char *expected, size_t used)
{
    struct out out;
    out_to_memory(&out);
    ck_assert_uint_eq(out_safe(&out, text, strlen(text), columns), used);
    char *got = out_take(&out);
    ck_assert_str_eq(got, expected);
    free(got);
}

START_TEST(text_that_is_safe)
{
    safe_is("plain", 5, "plain", 5);
    safe_is("plain", 4, "p...", 4);
    safe_is("a\x1b[31m\xC2\x9B", 20, "a?[31m?", 7);
    safe_is("\xE5\xA0\x86\xE5\xA0\x86", 4, "\xE5\xA0\x86\xE5\xA0\x86", 4);
    safe_is("\xE5\xA0\x86\xE5\xA0\x86\xE5\xA0\x86", 5, "\xE5\xA0\x86...", 5);
    safe_is("\xE2\x80\xAE\xFF", 5, "??", 2);
    safe_is("abc", 2, "..", 2);
}
END_TEST

Suite *suite_out(void);
Suite *suite_out(void)
{
    Suite *suite = suite_create("out");
    TCase *out = tcase_create("out");
    tcase_add_test(out, json_strings);
    tcase_add_test(out, json_strings_of_random_bytes);
    tcase_add_test(out, a_long_text);
    tcase_add_test(out, numbers_for_people);
    tcase_add_test(out, text_that_is_safe);
    suite_add_tcase(suite, out);
    return suite;
}
