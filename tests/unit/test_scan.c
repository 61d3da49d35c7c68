/*
 * test_scan.c - common lines, which are scanned as they stand in the file, give the events and errors of the general
 * way, which takes each line apart first; in batches of any size, at the edges of the window, and after going back.
 */
#include "seeds.h"
#include "trace/internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

Suite *suite_scan(void);

/* xorshift (G. Marsaglia, Journal of Statistical Software 8, 2003) */
static uint64_t random_next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

enum { BATCH = 64 };

/* One of two ways to read a text: the events handed out, of which those before at have been compared. */
struct side {
    struct names names;
    struct trace_reader *reader;
    struct trace_event events[BATCH];
    struct error error;
    int at, count;
};

/* A text that is read twice: as ever, perhaps from a file, and by the general way alone. */
struct pair {
    struct side common, general;
    uint64_t lines; /* compared */
};

/* path: a file with the same text, or NULL. */
static void pair_open(struct pair *p, const char *path, const char *text, size_t len)
{
    *p = (struct pair){.lines = 0};
    names_init(&p->common.names);
    names_init(&p->general.names);
    p->common.reader = path ? trace_open(path, &p->common.names, &p->common.error)
                            : trace_open_memory(text, len, &p->common.names, &p->common.error);
    p->general.reader = trace_open_memory(text, len, &p->general.names, &p->general.error);
    ck_assert(p->common.reader && p->general.reader);
    trace_set_fast(p->general.reader, false);
}

static void side_close(struct side *s)
{
    trace_close(s->reader);
    names_free(&s->names);
    error_clear(&s->error);
}

static void pair_close(struct pair *p)
{
    side_close(&p->common);
    side_close(&p->general);
}

static void same_name(const struct pair *p, uint32_t x, uint32_t y)
{
    char x_buffer[NAME_DIGITS], y_buffer[NAME_DIGITS];
    size_t x_len, y_len;
    ck_assert((x == NAME_NONE) == (y == NAME_NONE));
    if (x == NAME_NONE)
        return;
    const char *x_text = names_text(&p->common.names, x, x_buffer, &x_len);
    const char *y_text = names_text(&p->general.names, y, y_buffer, &y_len);
    ck_assert(x_len == y_len && memcmp(x_text, y_text, x_len) == 0);
}

static void same(const struct pair *p, const struct trace_event *x, const struct trace_event *y)
{
    ck_assert(x->op == y->op && x->kind == y->kind && x->flags == y->flags);
    ck_assert(x->line == y->line && x->number == y->number);
    ck_assert(x->source_len == y->source_len && memcmp(x->source, y->source, x->source_len) == 0);
    same_name(p, x->a, y->a);
    same_name(p, x->b, y->b);
    same_name(p, x->c, y->c);
    same_name(p, x->site, y->site);
    ck_assert((x->slot & SLOT_TYPE) == (y->slot & SLOT_TYPE));
    if ((x->slot & SLOT_TYPE) == SLOT_NAME)
        same_name(p, (x->slot & SLOT_VALUE) | NAME_INTERNED, (y->slot & SLOT_VALUE) | NAME_INTERNED);
    else
        ck_assert(x->slot == y->slot);
}

static bool side_fill(struct side *s, int most)
{
    if (s->at < s->count)
        return true;
    s->at = 0;
    s->count = trace_read(s->reader, s->events, most, &s->error);
    ck_assert((s->count < 0) == (s->error.kind != ERROR_NONE));
    return s->count > 0;
}

/* Compares the next event, or the end, or the error; false if none follows. */
static bool pair_step(struct pair *p, int most)
{
    bool more = side_fill(&p->common, most);
    ck_assert(side_fill(&p->general, 1) == more);
    if (more) {
        same(p, &p->common.events[p->common.at++], &p->general.events[p->general.at++]);
        p->lines++;
        return true;
    }
    ck_assert(p->common.error.kind == p->general.error.kind);
    ck_assert(p->common.error.line == p->general.error.line && p->common.error.column == p->general.error.column);
    if (p->common.error.kind != ERROR_NONE)
        ck_assert_str_eq(error_text(&p->common.error), error_text(&p->general.error));
    return false;
}

/* Compares a whole text, read most lines at a time; how many lines made events. */
static uint64_t compare(const char *text, size_t len, int most)
{
    struct pair p;
    pair_open(&p, NULL, text, len);
    while (pair_step(&p, most))
        ;
    pair_close(&p);
    return p.lines;
}

/* Compares a line between others: is it an event? */
static bool event(const char *line)
{
    char text[400];
    int len = snprintf(text, sizeof text, "# first\nenter\n%s\nleave\n", line);
    ck_assert_int_lt(len, (int)sizeof text);
    return compare(text, (size_t)len, BATCH) == 3;
}

START_TEST(common_lines)
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
        ck_assert_msg(event(lines[i]), "%s", lines[i]);
}
END_TEST

/* Events or errors that are nearly common lines; none may be taken for something else. */
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
        event(lines[i]);
}
END_TEST

/* Every length of each field, with the digits that lie at its borders. */
START_TEST(lengths)
{
    static const char *const forms[] = {"alloc %s %s",
                                        "alloc %s %s array",
                                        "ref %s %s",
                                        "ref %s.1 %s",
                                        "ref 7.%s %s",
                                        "release %s%.0s",
                                        "alloc 1 8 in %s.%s",
                                        "unref %s %s",
                                        "entry 1 %s %s",
                                        "use %s%.0s",
                                        "alloc 1 8 in 2.x%s @s%s"};
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
            for (int k = 0; k < (strstr(forms[form], "%.0s") ? 1 : count); k++) {
                snprintf(line, sizeof line, forms[form], fields[i], fields[k]);
                if (seeds_sample((uint64_t)(i + k), 3))
                    event(line);
            }
}
END_TEST

/* Each byte in each place of a plain line: the two ways agree on whatever comes of it. */
START_TEST(each_byte)
{
    static const char *const lines[] = {"alloc 12 340 array", "ref 12.3 45",          "ref 123 4567",
                                        "release 9876",       "alloc 7 8 in 6.a1 @b", "unref 1 23",
                                        "entry 5 ab c",       "use 12 deep",          "enter f"};
    char line[40];
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
        for (size_t at = 0; lines[i][at] != 0; at++)
            for (int byte = 0; byte < 256; byte++) {
                if (!seeds_sample((uint64_t)byte + at, 3))
                    continue;
                strcpy(line, lines[i]);
                line[at] = (char)byte;
                char text[60];
                size_t len = (size_t)sprintf(text, "enter\n");
                memcpy(text + len, line, strlen(lines[i])); /* NUL too */
                len += strlen(lines[i]);
                text[len++] = '\n';
                compare(text, len, BATCH);
            }
}
END_TEST

/* A long text through many windows, in batches of several sizes. */
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
    uint64_t all = compare(text, len, BATCH);
    ck_assert_uint_gt(all, 40000);
    ck_assert_uint_eq(compare(text, len, 1), all);
    ck_assert_uint_eq(compare(text, len, 5), all);
    ck_assert_uint_eq(compare(text, len - 1, BATCH), all); /* the last newline is missing */
    free(text);
}
END_TEST

/* ---- files ---- */

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

static uint64_t compare_file(const struct long_text *t, int most)
{
    struct pair p;
    text_write(t);
    pair_open(&p, t->path, t->data, t->len);
    while (pair_step(&p, most))
        ;
    pair_close(&p);
    return p.lines;
}

START_TEST(files)
{
    struct long_text t;
    text_open(&t);
    text_random(&t, (uint64_t)_i + 1, 1 << 20);
    ck_assert_uint_gt(compare_file(&t, BATCH), 10000);
    t.len--; /* the last newline is missing */
    ck_assert_uint_gt(compare_file(&t, 7), 10000);
    text_add(&t, "\nbad line\nalloc 1 8\n");
    compare_file(&t, 3);
    text_close(&t);
}
END_TEST

/* Lines that end with a window, one byte before and one after; and lines as long as a line may be. */
START_TEST(at_the_edge)
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
        ck_assert_uint_gt(compare_file(&t, BATCH), 10000);
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
        compare_file(&t, BATCH);
        text_close(&t);
    }
}
END_TEST

/* Going back, near and far: between two batches, as whoever saves a place does. */
START_TEST(back)
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
        while (p.common.at < p.common.count)
            pair_step(&p, 1);
        ck_assert_int_eq(trace_save(p.common.reader, &place), 0);
        ck_assert_int_eq(trace_save(p.general.reader, &same_place), 0);
        ck_assert_uint_eq(place.offset, same_place.offset);
        for (uint64_t steps = random_next(&state) % 20000; steps > 0; steps--)
            pair_step(&p, 1 + (int)(random_next(&state) % BATCH));
        ck_assert_int_eq(trace_restore(p.common.reader, &place, &error), 0);
        ck_assert_int_eq(trace_restore(p.general.reader, &same_place, &error), 0);
        p.common.at = p.common.count = p.general.at = p.general.count = 0;
        for (uint64_t steps = random_next(&state) % 10000; steps > 0; steps--)
            pair_step(&p, 1 + (int)(random_next(&state) % BATCH));
        trace_place_free(&place);
        trace_place_free(&same_place);
    }
    pair_close(&p);
    text_close(&t);
}
END_TEST

/* Names of slots, sites and scopes that come again and again, after sweeps that have given their numbers to others. */
START_TEST(swept_names)
{
    uint64_t state = 7;
    char *text = malloc(64 * 20000);
    size_t len = 0;
    ck_assert(text != NULL);
    for (int i = 0; i < 20000; i++) {
        unsigned name = (unsigned)(random_next(&state) % 40);
        len += (size_t)sprintf(text + len,
                               i % 3 == 0   ? "ref 1.slot%u 2\n"
                               : i % 3 == 1 ? "alloc 1 8 @long-site%u\n"
                                            : "enter f%u\n",
                               name);
    }
    struct pair p;
    pair_open(&p, NULL, text, len);
    while (pair_step(&p, 1 + (int)(p.lines % BATCH)))
        if (p.common.at == p.common.count && random_next(&state) % 4 == 0)
            ck_assert_int_eq(names_sweep(&p.common.names), 0);
    ck_assert_uint_eq(p.lines, 20000);
    pair_close(&p);
    free(text);
}
END_TEST

Suite *suite_scan(void)
{
    Suite *suite = suite_create("scan");
    TCase *tests = tcase_create("scan");
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, common_lines);
    tcase_add_test(tests, other_lines);
    tcase_add_test(tests, lengths);
    tcase_add_test(tests, each_byte);
    tcase_add_test(tests, windows);
    tcase_add_loop_test(tests, files, 0, 4);
    tcase_add_test(tests, at_the_edge);
    tcase_add_loop_test(tests, back, 0, 8);
    tcase_add_test(tests, swept_names);
    suite_add_tcase(suite, tests);
    return suite;
}
