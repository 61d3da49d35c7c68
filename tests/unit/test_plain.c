/* test_plain.c - plain lines (trace_look, trace_take) are what trace_read makes of them, and the others are left to it. */
#include "plain.h"
#include "trace/internal.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Suite *suite_plain(void);

/* xorshift (G. Marsaglia, Journal of Statistical Software 8, 2003) */
static uint64_t random_next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* A text that is read twice: by looking wherever that gives something, and by the general path alone. */
struct pair {
    struct names looked_names, general_names;
    struct trace_reader *looked, *general;
    uint64_t plain; /* lines that were looked at */
};

static void pair_open(struct pair *p, const char *text, size_t len)
{
    struct error error = {0};
    p->plain = 0;
    names_init(&p->looked_names);
    names_init(&p->general_names);
    p->looked = trace_open_memory(text, len, &p->looked_names, &error);
    p->general = trace_open_memory(text, len, &p->general_names, &error);
    ck_assert(p->looked && p->general);
    trace_set_fast(p->general, false);
}

static void pair_close(struct pair *p)
{
    trace_close(p->looked);
    trace_close(p->general);
    names_free(&p->looked_names);
    names_free(&p->general_names);
}

static void same(const struct trace_event *x, const struct trace_event *y)
{
    ck_assert_uint_eq(x->op, y->op);
    ck_assert_uint_eq(x->line, y->line);
    ck_assert_uint_eq(x->kind, y->kind);
    ck_assert_uint_eq(x->flags, y->flags);
    ck_assert_uint_eq(x->number, y->number);
    ck_assert_uint_eq(x->a, y->a);
    ck_assert_uint_eq(x->b, y->b);
    ck_assert_uint_eq(x->site, y->site);
    if (x->flags & EVENT_SLOT)
        ck_assert_uint_eq(x->slot, y->slot);
}

/* The general reader's next event; false at the end or after an error, which the other must have too. */
static bool general_next(struct pair *p, struct trace_event *e, struct error *error)
{
    int got = trace_read(p->general, e, 1, error);
    ck_assert_uint_eq(got < 0, error->kind != ERROR_NONE);
    return got > 0;
}

/* Takes `take` of the lines looked at (all if 0), comparing each; one line by trace_read if none is plain. */
static bool pair_step(struct pair *p, int most, int take)
{
    struct trace_plain lines[TRACE_PLAIN_MOST];
    struct trace_event x, y;
    struct error x_error = {0}, y_error = {0};
    uint64_t before = trace_lines(p->looked);
    int count = trace_look(p->looked, lines, most);
    ck_assert_int_le(count, most);
    ck_assert_uint_eq(trace_lines(p->looked), before); /* a look takes nothing */
    if (count > 0) {
        count = take > 0 && take < count ? take : count;
        trace_take(p->looked, lines, count);
        for (int i = 0; i < count; i++) {
            ck_assert(general_next(p, &y, &y_error));
            x = plain_as_event(&lines[i], before + 1 + (uint64_t)i);
            same(&x, &y);
        }
        ck_assert_uint_eq(trace_lines(p->looked), before + (uint64_t)count);
        p->plain += (uint64_t)count;
        return true;
    }
    int got = trace_read(p->looked, &x, 1, &x_error);
    bool more = general_next(p, &y, &y_error);
    ck_assert_uint_eq(got > 0, more);
    ck_assert_uint_eq(x_error.kind, y_error.kind);
    if (got > 0) {
        ck_assert_uint_eq(x.op, y.op);
        ck_assert_uint_eq(x.line, y.line);
    } else if (got < 0) {
        ck_assert_uint_eq(x_error.line, y_error.line);
        ck_assert_uint_eq(x_error.column, y_error.column);
        ck_assert_str_eq(error_text(&x_error), error_text(&y_error));
    }
    error_clear(&x_error);
    error_clear(&y_error);
    return got > 0;
}

/* Compares a whole text, looking at most lines at a time and taking `take` of them; how many were plain. */
static uint64_t compare(const char *text, size_t len, int most, int take)
{
    struct pair p;
    pair_open(&p, text, len);
    while (pair_step(&p, most, take))
        ;
    pair_close(&p);
    return p.plain;
}

/* Is the line, between others, read as a plain one? It is compared in any case. */
static bool plain(const char *line)
{
    char text[400];
    int len = snprintf(text, sizeof text, "# first\nenter\n%s\nleave\n", line);
    ck_assert_int_lt(len, (int)sizeof text);
    return compare(text, (size_t)len, 64, 0) > 0;
}

START_TEST(plain_lines)
{
    static const char *const lines[] = {
        "alloc 0 1",          "alloc 1 16",        "alloc 12345678 99999999", "alloc 7 8 object",
        "alloc 7 24 weakset", "alloc 7 24 buffer", "alloc 7 24 code", "ref 1 2",                 "ref 0.0 0",
        "ref 1.9 3",          "ref 1.10 3",        "ref 99999999.99999999 99999999",
        "release 0",          "release 10",        "release 99999999"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        ck_assert_msg(plain(lines[i]), "%s", lines[i]);
}
END_TEST

/* Each is an event or an error that the general path knows; none may be taken for something else. */
START_TEST(other_lines)
{
    static const char *const lines[] = {
        "alloc 1 0",        "alloc 1 01",        "alloc 01 1",       "alloc 1 16k",         "alloc 1 16 ",
        "alloc 1  16",      "alloc\t1 16",       "alloc 1 16\r",     "alloc 1 16 # c",      "alloc 1 16#c",
        "alloc 1 16 @s",    "alloc 1 16 map",    "alloc 1 80 map",   "alloc 1 16 object ",  "alloc 1 16 objects",
        "alloc 1",                   "alloc 1 ",         "alloc 1 -",           "alloc 1.2 16",
        "alloc 1 1.6",      "alloc x 16",         "alloc 100000000 16",  "alloc 1 100000000",
        "alloc 1 16 in 2",  "alloc 1 16 1",      " alloc 1 16",      "allocs 1 16",         "alloc 1 16\v",
        "ref 01 2",         "ref 1 02",          "ref 1.01 2",       "ref 1.00 2",          "ref 1. 2",
        "ref .1 2",         "ref 1..2 3",        "ref 1.2.3 4",      "ref 1.x 2",           "ref 1.2 x",
        "ref 1.2 ",         "ref 1.2",           "ref 1.2  3",       "ref 1.2\t3",          "ref 1.2 3 4",
        "ref 1.2 3 ",       "ref 1.2 3\r",       "ref 1.2 3 # c",    "ref 1.100000000 2",   "ref 2147483647.1 2",
        "ref 2147483648 2", "ref 4294967296 1",  "ref 1 2147483648", "ref 1.268435456 2",   "ref 1.2/3",
        "ref 1/2 3",        "ref 1:2 3",         "ref 1.: 3",        "ref 1 2.3",           "ref 1\xff 2",
        "ref 1.2 3\xc3\xa9", "ref \xb1 2",       "release 01",       "release 1.2",         "release 1 ",
        "release",          "release ",          "release 100000000", "release 1\r",        "release 1 2",
        "releas 1",         "root 1",            "",                 "#",                   "release x",
        "ref 1.11111111111111111111111111111111111111 2", "alloc 11111111111111111111111111111111111111111111 2"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        ck_assert_msg(!plain(lines[i]), "%s", lines[i]);
}
END_TEST

/* A number that a plain line may hold: at most 8 digits, the first of several not 0. */
static bool short_number(const char *digits)
{
    return strlen(digits) <= 8 && (digits[0] != '0' || digits[1] == 0);
}

/* Every length of each field, with the digits that lie at its borders. */
START_TEST(lengths)
{
    static const char *const forms[] = {"alloc %s %s",  "alloc %s %s array", "ref %s %s",
                                        "ref %s.1 %s", "ref 7.%s %s",       "release %s%.0s"};
    char fields[64][24], line[100];
    int count = 0;
    for (unsigned len = 1; len <= 20; len++)
        for (const char *of = "910"; *of; of++, count++) { /* 99..9, 10..0, 00..0 */
            memset(fields[count], *of == '9' ? '9' : '0', len);
            fields[count][0] = *of;
            fields[count][len] = 0;
        }
    for (size_t form = 0; form < sizeof forms / sizeof *forms; form++)
        for (int i = 0; i < count; i++)
            for (int k = 0; k < (form < 5 ? count : 1); k++) {
                snprintf(line, sizeof line, forms[form], fields[i], fields[k]);
                bool second = short_number(fields[k]) && (form > 1 || fields[k][0] != '0'); /* SIZE is not 0 */
                ck_assert_msg(plain(line) == (short_number(fields[i]) && (form == 5 || second)), "%s", line);
            }
}
END_TEST

/* Each byte in each place of a plain line: the two ways agree on whatever comes of it. */
START_TEST(each_byte)
{
    static const char *const lines[] = {"alloc 12 340 array", "ref 12.3 45", "ref 123 4567", "release 9876"};
    char line[40];
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        for (size_t at = 0; lines[i][at] != 0; at++)
            for (int byte = 0; byte < 256; byte++) {
                strcpy(line, lines[i]);
                line[at] = (char)byte;
                char text[60];
                size_t len = (size_t)sprintf(text, "enter\n");
                memcpy(text + len, line, strlen(lines[i])); /* NUL too */
                len += strlen(lines[i]);
                text[len++] = '\n';
                compare(text, len, 64, 0);
            }
}
END_TEST

/* A long text through many windows, in looks of several sizes that take all lines or few of them. */
START_TEST(windows)
{
    static const char *const forms[] = {"alloc %u %u\n",       "ref %u.1 %u\n",  "ref %u %u\n",    "release %u\n",
                                        "alloc %u %u string\n", "ref %u.17 %u\n", "# %u, and %u\n", "root %u\n"};
    uint64_t state = 4711;
    char *text = malloc(1500000 + 100);
    size_t len = 0;
    while (len < 1500000) {
        unsigned shift = (unsigned)(random_next(&state) % 32) + 32;
        len += (size_t)sprintf(text + len, forms[random_next(&state) % 8], (unsigned)(random_next(&state) >> shift),
                               (unsigned)(random_next(&state) >> 44) + 1);
    }
    uint64_t all = compare(text, len, 64, 0);
    ck_assert_uint_gt(all, 40000);
    ck_assert_uint_eq(compare(text, len, 1, 0), all);
    ck_assert_uint_eq(compare(text, len, TRACE_PLAIN_MOST, 0), all);
    ck_assert_uint_eq(compare(text, len, 64, 5), all);
    ck_assert_uint_eq(compare(text, len - 1, 64, 0), all); /* the last newline is missing */
    free(text);
}
END_TEST

/* Lines of an open repeat are not looked at, nor those behind an error. */
START_TEST(not_now)
{
    static const char text[] = "alloc 1 8\nrepeat 2\nref 1 1\nend\nref 1 2\nbad\nref 1 3\n";
    struct pair p;
    pair_open(&p, text, sizeof text - 1);
    struct trace_plain lines[4];
    ck_assert_int_eq(trace_look(p.looked, lines, 4), 0); /* the first line may be the version */
    while (pair_step(&p, 4, 0))
        ;
    ck_assert_uint_eq(p.plain, 1);
    ck_assert_int_eq(trace_look(p.looked, lines, 4), 0);
    pair_close(&p);
}
END_TEST

Suite *suite_plain(void)
{
    Suite *suite = suite_create("plain");
    TCase *tests = tcase_create("plain");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, plain_lines);
    tcase_add_test(tests, other_lines);
    tcase_add_test(tests, lengths);
    tcase_add_test(tests, each_byte);
    tcase_add_test(tests, windows);
    tcase_add_test(tests, not_now);
    suite_add_tcase(suite, tests);
    return suite;
}
