/*
 * test_place.c - going back in a trace: whatever place a reader has noted, what it reads from there is what it has read
 * there before; in memory, in a file, and through a pipe.
 */
#include "randtrace.h"
#include "trace/internal.h"

#include "checks.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

Suite *suite_place(void);

enum medium { MEMORY, REGULAR, PIPE, MEDIA };

struct reading {
    struct names names;
    struct trace_reader *reader;
    char *path;                     /* of a file or a pipe */
    int feed;                       /* the pipe's other end, or -1 */
    VEC(struct trace_place) places; /* before each batch */
    VEC(size_t) events;             /* that had been read there */
    VEC(char *) lines;              /* each event as text */
    char *error;                    /* how reading ended: NULL at the end of the trace */
};

/* An event as text, with names spelled out: their numbers may differ. */
static char *event_text(const struct names *names, const struct trace_event *e)
{
    char *text = NULL;
    size_t len;
    FILE *out = open_memstream(&text, &len);
    const uint32_t name[] = {e->a, e->b, e->c, e->site};
    fprintf(out, "%" PRIu64 " %s %u %u %" PRIu64, e->line, trace_op_word(e->op), e->kind, e->flags, e->number);
    for (size_t i = 0; i < sizeof name / sizeof *name; i++) {
        char digits[NAME_DIGITS];
        size_t n = 1;
        const char *word = name[i] == NAME_NONE ? "-" : names_text(names, name[i], digits, &n);
        fprintf(out, " %.*s", (int)n, word);
    }
    if (e->flags & EVENT_SLOT)
        fprintf(out, " .%" PRIu32, (e->slot & SLOT_TYPE) == SLOT_NAME ? SLOT_NAME : e->slot);
    if (e->text)
        fprintf(out, " %.*s", (int)e->text_len, e->text);
    fclose(out);
    return text;
}

static void open_reading(struct reading *r, enum medium medium, const char *text, size_t len, bool fast)
{
    struct error error = {0};
    *r = (struct reading){.feed = -1};
    names_init(&r->names);
    if (medium == MEMORY) {
        r->reader = trace_open_memory(text, len, &r->names, &error);
    } else {
        char path[64];
        if (medium == REGULAR) {
            strcpy(path, "/tmp/heapreel-place-XXXXXX");
            int fd = mkstemp(path);
            ck_assert_int_eq(write(fd, text, len), (ssize_t)len);
            close(fd);
        } else {
            int ends[2];
            ck_assert_int_eq(pipe(ends), 0);
            if (fork() == 0) {
                close(ends[0]);
                for (size_t at = 0; at < len; at += 1000) /* in pieces that end anywhere */
                    if (write(ends[1], text + at, len - at < 1000 ? len - at : 1000) < 0)
                        break;
                _exit(0);
            }
            close(ends[1]);
            r->feed = ends[0];
            snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
        }
        r->path = strdup(path);
        r->reader = trace_open(path, &r->names, &error);
    }
    ck_assert_msg(r->reader != NULL, "%s", error_text(&error));
    trace_set_fast(r->reader, fast);
    ck_assert_msg(trace_keep(r->reader, "/tmp", &error) == 0, "%s", error_text(&error));
    if (medium == REGULAR)
        unlink(r->path);
}

/* Reads a batch: its events as text, appended. False at the end, or behind an error. */
static bool read_batch(struct reading *r, int max)
{
    struct trace_event batch[64];
    struct error error = {0};
    struct trace_place place = {0};
    ck_assert_int_eq(trace_save(r->reader, &place), 0);
    ck_assert_int_eq(vec_push(&r->places, place), 0);
    ck_assert_int_eq(vec_push(&r->events, r->lines.len), 0);
    int got = trace_read(r->reader, batch, max, &error);
    free(r->error);
    r->error = got < 0 ? strdup(error_text(&error)) : NULL;
    error_clear(&error);
    for (int i = 0; i < got; i++)
        ck_assert_int_eq(vec_push(&r->lines, event_text(&r->names, &batch[i])), 0);
    return got > 0;
}

/* Reads on from a place, in batches of another size: at most `most` events, each as it was before. */
static void reread(struct reading *r, size_t at, int max, size_t most)
{
    struct trace_event batch[64];
    struct error error = {0};
    size_t event = r->events.data[at], end = event + most;
    ck_assert_msg(trace_restore(r->reader, &r->places.data[at], &error) == 0, "%s", error_text(&error));
    ck_assert_uint_eq(trace_lines(r->reader), r->places.data[at].line);
    while (event < end) {
        int got = trace_read(r->reader, batch, max, &error);
        if (got <= 0) {
            ck_assert_uint_eq(event, r->lines.len);
            ck_assert_int_eq(got < 0, r->error != NULL);
            if (r->error)
                ck_assert_str_eq(r->error, error_text(&error));
            break;
        }
        for (int i = 0; i < got; i++, event++) {
            char *text = event_text(&r->names, &batch[i]);
            ck_assert_uint_lt(event, r->lines.len);
            ck_assert_str_eq(text, r->lines.data[event]);
            free(text);
        }
    }
    error_clear(&error);
}

static void close_reading(struct reading *r)
{
    for (size_t i = 0; i < r->places.len; i++)
        trace_place_free(&r->places.data[i]);
    for (size_t i = 0; i < r->lines.len; i++)
        free(r->lines.data[i]);
    vec_free(&r->places);
    vec_free(&r->events);
    vec_free(&r->lines);
    trace_close(r->reader);
    names_free(&r->names);
    if (r->feed >= 0)
        close(r->feed);
    free(r->path);
    free(r->error);
}

/* Reads the trace from every place (or from some of very many), in no order. */
static void goes_back(const char *text, size_t len, enum medium medium, bool fast)
{
    struct reading r;
    open_reading(&r, medium, text, len, fast);
    for (int max = 1; read_batch(&r, max); max = max % 7 + 1) {
    }
    size_t places = r.places.len, step = places > 200 ? places / 30 : 1;
    for (size_t i = 0; i < places; i += step) {
        size_t at = (i * 7919 + 13) % places;
        reread(&r, at, 1 + (int)(i % 64), i % 5 == 0 ? SIZE_MAX - r.events.data[at] : 40);
    }
    close_reading(&r);
}

static const char nested[] = "\xEF\xBB\xBFheapreel-trace 1\n"
                             "title A nest # of rounds\r\n"
                             "set era book\n"
                             "alloc a 48\n"
                             "repeat 3 as I # with a comment\n"
                             "  alloc a$I 4${I}0 array in a.$I @site$I\n"
                             "  repeat $I as J\n"
                             "    ref a.${J} a$I\n"
                             "    note round $I of $J\n"
                             "    repeat 0\n"
                             "      nonsense\n"
                             "    end\n"
                             "    repeat 2\n"
                             "      use a\n"
                             "    end\n"
                             "  end\n"
                             "  expect live a$I\n"
                             "end\n"
                             "worker w\n"
                             "set era node20\n"
                             "alloc b 48\n"
                             "repeat 2 as K\n"
                             "  ref b.$K b\n"
                             "end\n"
                             "worker main\n"
                             "ref a.next a2";

START_TEST(rounds_of_repeats_are_gone_back_to)
{
    for (enum medium medium = MEMORY; medium < MEDIA; medium++)
        goes_back(nested, sizeof nested - 1, medium, _i);
}
END_TEST

START_TEST(errors_are_come_to_again)
{
    static const char *const traces[] = {
        "alloc a 48\nref a.1 a\nref\n",
        "alloc a 48\nrepeat 3 as I\n  ref a.$I a\n  ref a.$I ${J}\nend\n",
        "alloc a 48\nrepeat 2\n  use a\n",
        "alloc a 48\nrepeat 2\n  alloc\n  end\n",
        "",
        "\n# nothing\n",
    };
    for (size_t i = 0; i < sizeof traces / sizeof *traces; i++)
        for (enum medium medium = MEMORY; medium < MEDIA; medium++)
            goes_back(traces[i], strlen(traces[i]), medium, _i);
}
END_TEST

/* Much more than the reader's window: going back reads the file anew. */
START_TEST(a_long_trace_is_gone_back_in)
{
    char *text = NULL;
    size_t len;
    FILE *out = open_memstream(&text, &len);
    for (int i = 0; i < 40000; i++) {
        fprintf(out,
                i % 3 == 0   ? "alloc %d 48\n"
                : i % 3 == 1 ? "alloc name-%d 4k in %d\n"
                             : "ref %d.1 name-%d # %d\n",
                i, i - i % 3, i);
        if (i % 5000 == 0)
            fputs("repeat 300 as I\n  alloc $I-$I 40\n  use $I-$I\nend\n", out);
    }
    fclose(out);
    for (enum medium medium = MEMORY; medium < MEDIA; medium++)
        goes_back(text, len, medium, true);
    free(text);
}
END_TEST

START_TEST(random_traces_are_gone_back_in)
{
    for (uint64_t seed = 0; seed < 12; seed++) {
        size_t len;
        char *text = randtrace(seed, &len);
        for (enum medium medium = MEMORY; medium < MEDIA; medium++)
            goes_back(text, len, medium, seed % 2);
        free(text);
    }
}
END_TEST

START_TEST(a_spool_that_cannot_be_made_is_an_error)
{
    int ends[2];
    char path[64];
    struct names names;
    struct error error = {0};
    names_init(&names);
    ck_assert_int_eq(pipe(ends), 0);
    close(ends[1]);
    snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
    struct trace_reader *reader = trace_open(path, &names, &error);
    ck_assert_int_eq(trace_keep(reader, "/nowhere/at/all", &error), -1);
    ck_assert_str_eq(error_text(&error), "cannot make a temporary file in /nowhere/at/all: No such file or directory");
    error_clear(&error);
    trace_close(reader);
    close(ends[0]);
    names_free(&names);
}
END_TEST

Suite *suite_place(void)
{
    Suite *suite = suite_create("place");
    TCase *tests = tcase_create("places");
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, rounds_of_repeats_are_gone_back_to, 0, 2);
    tcase_add_loop_test(tests, errors_are_come_to_again, 0, 2);
    tcase_add_test(tests, a_long_trace_is_gone_back_in);
    tcase_add_test(tests, random_traces_are_gone_back_in);
    tcase_add_test(tests, a_spool_that_cannot_be_made_is_an_error);
    suite_add_tcase(suite, tests);
    return suite;
}
