/*
 * test_plain.c - plain lines (trace_look, trace_take) are what trace_read makes of them, and the others are left to it;
 * also when a thread reads ahead.
 */
#include "plain.h"
#include "trace/internal.h"

#include "checks.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

Suite *suite_plain(void);

/* xorshift (G. Marsaglia, Journal of Statistical Software 8, 2003) */
static uint64_t random_next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/*
 * A text, perhaps in a file, that is read twice: by looking wherever that gives something, and by the general path
 * alone.
 */
struct pair {
    struct names looked_names, general_names;
    struct trace_reader *looked, *general;
    uint64_t plain; /* lines that were looked at */
};

/* path: a file with the same text, to be read ahead by a thread; or NULL. */
static void pair_open(struct pair *p, const char *path, const char *text, size_t len)
{
    struct error error = {0};
    p->plain = 0;
    names_init(&p->looked_names);
    names_init(&p->general_names);
    p->looked =
        path ? trace_open(path, &p->looked_names, &error) : trace_open_memory(text, len, &p->looked_names, &error);
    p->general = trace_open_memory(text, len, &p->general_names, &error);
    ck_assert(p->looked && p->general);
    trace_set_fast(p->general, false);
    if (path)
        trace_read_ahead(p->looked, 0);
}

static void pair_close(struct pair *p)
{
    trace_close(p->looked);
    trace_close(p->general);
    names_free(&p->looked_names);
    names_free(&p->general_names);
}

/* As ck_assert, which writes to a file each time: too slow for each of a million lines. */
#define require(condition) ((condition) ? (void)0 : ck_abort_msg("%s", #condition))

static void same(const struct trace_event *x, const struct trace_event *y)
{
    require(x->op == y->op);
    require(x->line == y->line);
    require(x->kind == y->kind);
    require(x->flags == y->flags);
    require(x->number == y->number);
    require(x->a == y->a);
    require(x->b == y->b);
    require(x->site == y->site);
    if (x->flags & EVENT_SLOT)
        require(x->slot == y->slot);
}

/* The general reader's next event; false at the end or after an error, which the other must have too. */
static bool general_next(struct pair *p, struct trace_event *e, struct error *error)
{
    int got = trace_read(p->general, e, 1, error);
    require((got < 0) == (error->kind != ERROR_NONE));
    return got > 0;
}

/* Takes `take` of the lines looked at (all if 0), comparing each; one line by trace_read if none is plain. */
static bool pair_step(struct pair *p, int most, int take)
{
    const struct trace_plain *lines = NULL;
    struct trace_event x, y;
    struct error x_error = {0}, y_error = {0};
    uint64_t before = trace_lines(p->looked);
    int count = trace_look(p->looked, &lines, &x_error);
    require(count >= 0);
    count = count < most ? count : most;
    require(trace_lines(p->looked) == before); /* a look takes nothing */
    if (count > 0) {
        count = take > 0 && take < count ? take : count;
        trace_take(p->looked, lines, count);
        for (int i = 0; i < count; i++) {
            require(general_next(p, &y, &y_error));
            x = plain_as_event(&lines[i], before + 1 + (uint64_t)i);
            same(&x, &y);
        }
        require(trace_lines(p->looked) == before + (uint64_t)count);
        p->plain += (uint64_t)count;
        return true;
    }
    int got = trace_read(p->looked, &x, 1, &x_error);
    bool more = general_next(p, &y, &y_error);
    require((got > 0) == more);
    require(x_error.kind == y_error.kind);
    if (got > 0) {
        require(x.op == y.op);
        require(x.line == y.line);
    } else if (got < 0) {
        require(x_error.line == y_error.line);
        require(x_error.column == y_error.column);
        require(strcmp(error_text(&x_error), error_text(&y_error)) == 0);
    }
    error_clear(&x_error);
    error_clear(&y_error);
    return got > 0;
}

/* Compares a whole text, looking at most lines at a time and taking `take` of them; how many were plain. */
static uint64_t compare(const char *text, size_t len, int most, int take)
{
    struct pair p;
    pair_open(&p, NULL, text, len);
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
    static const char *const lines[] = {"alloc 0 1",
                                        "alloc 1 16",
                                        "alloc 12345678 99999999",
                                        "alloc 7 8 object",
                                        "alloc 7 24 weakset",
                                        "alloc 7 24 buffer",
                                        "alloc 7 24 code",
                                        "ref 1 2",
                                        "ref 0.0 0",
                                        "ref 1.9 3",
                                        "ref 1.10 3",
                                        "ref 99999999.99999999 99999999",
                                        "release 0",
                                        "release 10",
                                        "release 99999999"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        ck_assert_msg(plain(lines[i]), "%s", lines[i]);
}
END_TEST

/* Each is an event or an error that the general path knows; none may be taken for something else. */
START_TEST(other_lines)
{
    static const char *const lines[] = {"alloc 1 0",
                                        "alloc 1 01",
                                        "alloc 01 1",
                                        "alloc 1 16k",
                                        "alloc 1 16 ",
                                        "alloc 1  16",
                                        "alloc\t1 16",
                                        "alloc 1 16\r",
                                        "alloc 1 16 # c",
                                        "alloc 1 16#c",
                                        "alloc 1 16 @s",
                                        "alloc 1 16 map",
                                        "alloc 1 80 map",
                                        "alloc 1 16 object ",
                                        "alloc 1 16 objects",
                                        "alloc 1",
                                        "alloc 1 ",
                                        "alloc 1 -",
                                        "alloc 1.2 16",
                                        "alloc 1 1.6",
                                        "alloc x 16",
                                        "alloc 100000000 16",
                                        "alloc 1 100000000",
                                        "alloc 1 16 in 2",
                                        "alloc 1 16 1",
                                        " alloc 1 16",
                                        "allocs 1 16",
                                        "alloc 1 16\v",
                                        "ref 01 2",
                                        "ref 1 02",
                                        "ref 1.01 2",
                                        "ref 1.00 2",
                                        "ref 1. 2",
                                        "ref .1 2",
                                        "ref 1..2 3",
                                        "ref 1.2.3 4",
                                        "ref 1.x 2",
                                        "ref 1.2 x",
                                        "ref 1.2 ",
                                        "ref 1.2",
                                        "ref 1.2  3",
                                        "ref 1.2\t3",
                                        "ref 1.2 3 4",
                                        "ref 1.2 3 ",
                                        "ref 1.2 3\r",
                                        "ref 1.2 3 # c",
                                        "ref 1.100000000 2",
                                        "ref 2147483647.1 2",
                                        "ref 2147483648 2",
                                        "ref 4294967296 1",
                                        "ref 1 2147483648",
                                        "ref 1.268435456 2",
                                        "ref 1.2/3",
                                        "ref 1/2 3",
                                        "ref 1:2 3",
                                        "ref 1.: 3",
                                        "ref 1 2.3",
                                        "ref 1\xff 2",
                                        "ref 1.2 3\xc3\xa9",
                                        "ref \xb1 2",
                                        "release 01",
                                        "release 1.2",
                                        "release 1 ",
                                        "release",
                                        "release ",
                                        "release 100000000",
                                        "release 1\r",
                                        "release 1 2",
                                        "releas 1",
                                        "root 1",
                                        "",
                                        "#",
                                        "release x",
                                        "ref 1.11111111111111111111111111111111111111 2",
                                        "alloc 11111111111111111111111111111111111111111111 2"};
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
    static const char *const forms[] = {"alloc %s %s", "alloc %s %s array", "ref %s %s",
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
    static const char *const forms[] = {"alloc %u %u\n",        "ref %u.1 %u\n",  "ref %u %u\n",    "release %u\n",
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
    ck_assert_uint_eq(compare(text, len, 1 << 20, 0), all);
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
    pair_open(&p, NULL, text, sizeof text - 1);
    const struct trace_plain *lines;
    struct error error = {0};
    ck_assert_int_eq(trace_look(p.looked, &lines, &error), 0); /* the first line may be the version */
    while (pair_step(&p, 4, 0))
        ;
    ck_assert_uint_eq(p.plain, 1);
    ck_assert_int_eq(trace_look(p.looked, &lines, &error), 0);
    pair_close(&p);
}
END_TEST

/* ---- reading ahead ---- */

/* A text that grows, and the file that it is written to. */
struct long_text {
    char *data;
    size_t len;
    char path[32];
};

static void text_open(struct long_text *t)
{
    *t = (struct long_text){.path = "/tmp/heapreel-test-XXXXXX"};
    t->data = malloc(4 << 20);
    int fd = mkstemp(t->path);
    ck_assert(t->data && fd >= 0);
    close(fd);
}

static void text_close(struct long_text *t)
{
    unlink(t->path);
    free(t->data);
}

static void text_add(struct long_text *t, const char *line)
{
    size_t len = strlen(line);
    ck_assert_uint_lt(t->len + len, 4 << 20);
    memcpy(t->data + t->len, line, len);
    t->len += len;
}

static void text_write(const struct long_text *t)
{
    FILE *file = fopen(t->path, "w");
    ck_assert(file && fwrite(t->data, 1, t->len, file) == t->len && fclose(file) == 0);
}

/* Lines of all sorts, most of them plain, up to so many bytes. */
static void text_random(struct long_text *t, uint64_t seed, size_t bytes)
{
    static const char *const others[] = {"\n",           "# a comment\n",           "alloc box 24 in 1\n",
                                         "  ref 1 2 \n", "release 1\r\n",           "enter scope\n",
                                         "leave\n",      "repeat 3\nref 1 1\nend\n"};
    uint64_t state = seed * 7919 + 1;
    unsigned scopes = 0;
    text_add(t, "heapreel-trace 1\n");
    while (t->len < bytes) {
        char line[64];
        uint64_t r = random_next(&state), kind = r % 40, number = (r >> 8) % 100000;
        if (kind < 8) {
            if (kind == 6 && scopes == 0)
                kind = 5;
            scopes = kind == 5 ? scopes + 1 : kind == 6 ? scopes - 1 : scopes;
            text_add(t, others[kind]);
            continue;
        }
        if (kind < 16)
            snprintf(line, sizeof line, "alloc %u %u\n", (unsigned)number, (unsigned)(r >> 40 & 255) + 1);
        else if (kind < 32)
            snprintf(line, sizeof line, "ref %u.%u %u\n", (unsigned)number, (unsigned)(r >> 40 & 15),
                     (unsigned)(r >> 50));
        else
            snprintf(line, sizeof line, "release %u\n", (unsigned)number);
        text_add(t, line);
    }
}

static uint64_t compare_ahead(const struct long_text *t, int most, int take)
{
    struct pair p;
    text_write(t);
    pair_open(&p, t->path, t->data, t->len);
    while (pair_step(&p, most, take))
        ;
    pair_close(&p);
    return p.plain;
}

START_TEST(ahead_is_the_same)
{
    struct long_text t;
    text_open(&t);
    text_random(&t, (uint64_t)_i + 1, 1 << 20);
    ck_assert_uint_gt(compare_ahead(&t, 1024, 0), 10000);
    t.len--; /* the last newline is missing */
    ck_assert_uint_gt(compare_ahead(&t, 1024, 7), 10000);
    text_add(&t, "\nbad line\nalloc 1 8\n");
    compare_ahead(&t, 3, 0);
    text_close(&t);
}
END_TEST

/* Lines that end with a block of 65 535 bytes, one byte before and one behind; and lines too long for a block. */
START_TEST(ahead_at_the_edge)
{
    struct long_text t;
    char lines[] = "release 123456\n"; /* 65 535 / 15 is whole */
    for (int shift = -2; shift <= 2; shift++) {
        char first[32] = {0};
        memset(first, '#', (size_t)(14 + shift));
        text_open(&t);
        text_add(&t, strcat(first, "\n"));
        while (t.len < 300000)
            text_add(&t, lines);
        ck_assert_uint_gt(compare_ahead(&t, 1024, 0), 10000);
        text_close(&t);
    }
    for (size_t len = 65534; len <= 65538; len++) {
        text_open(&t);
        for (int i = 0; i < 9000; i++)
            text_add(&t, lines);
        memset(t.data + t.len, '#', len);
        t.len += len;
        text_add(&t, "\n");
        for (int i = 0; i < 9000; i++)
            text_add(&t, lines);
        compare_ahead(&t, 1024, 0);
        text_close(&t);
    }
}
END_TEST

/* Going back in the middle of what has been read ahead, near and far; and closing while the thread is ahead. */
START_TEST(ahead_and_back)
{
    struct long_text t;
    struct pair p;
    struct error error = {0};
    uint64_t state = (uint64_t)_i + 99;
    text_open(&t);
    text_random(&t, (uint64_t)_i + 50, 1 << 20);
    text_write(&t);
    pair_open(&p, t.path, t.data, t.len);
    for (int round = 0; round < 4; round++) {
        struct trace_place place = {0}, same_place = {0};
        ck_assert_int_eq(trace_save(p.looked, &place), 0);
        ck_assert_int_eq(trace_save(p.general, &same_place), 0);
        ck_assert_uint_eq(place.offset, same_place.offset);
        for (uint64_t steps = random_next(&state) % 2000; steps > 0; steps--)
            pair_step(&p, 1024, (int)(random_next(&state) % 40));
        ck_assert_int_eq(trace_restore(p.looked, &place, &error), 0);
        ck_assert_int_eq(trace_restore(p.general, &same_place, &error), 0);
        for (uint64_t steps = random_next(&state) % 1000; steps > 0; steps--)
            pair_step(&p, 1024, (int)(random_next(&state) % 40));
        trace_place_free(&place);
        trace_place_free(&same_place);
    }
    pair_close(&p);
    text_close(&t);
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
    tcase_add_loop_test(tests, ahead_is_the_same, 0, 4);
    tcase_add_test(tests, ahead_at_the_edge);
    tcase_add_loop_test(tests, ahead_and_back, 0, 8);
    suite_add_tcase(suite, tests);
    return suite;
}
