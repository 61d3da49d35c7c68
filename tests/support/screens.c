/*
 * screens.c - see screens.h.
 */
#include "screens.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char screens_lesson[] = "title A lesson\n"
                              "set promotion-threshold 25\n"
                              "alloc list 64 array\n"
                              "note The first object\n"
                              "repeat 60 as i\n"
                              "alloc t$i 96 string\n"
                              "alloc n$i 48 in list.$i\n"
                              "release t$i\n"
                              "end\n"
                              "ask What now? | Nothing\n"
                              "alloc big 2100 buffer\n"
                              "gc\n"
                              "expect space big large\n";

uint64_t screens_now;

static uint64_t fake_clock(void *self)
{
    (void)self;
    return screens_now;
}

void screens_file(char path[64], const char *text)
{
    strcpy(path, "/tmp/heapreel-tui.XXXXXX");
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

void screens_open_with(struct dashboard *dashboard, const struct play_options *options)
{
    struct error error = {0};
    screens_now = 1000;
    ck_assert_msg(dashboard_open(dashboard, options, false, fake_clock, NULL, &error) == 0, "%s", error_text(&error));
}

void screens_open_file(struct dashboard *dashboard, const char *path)
{
    struct play_options options = {.path = path};
    screens_open_with(dashboard, &options);
}

void screens_open(struct dashboard *dashboard, const char *trace)
{
    static char path[64]; /* the dashboard keeps it */
    screens_file(path, trace);
    screens_open_file(dashboard, path);
    unlink(path);
}

const char *screens_text(const struct canvas *canvas)
{
    static char text[65536];
    FILE *out = fmemopen(text, sizeof text, "w");
    ck_assert_ptr_nonnull(out);
    ck_assert_int_eq(canvas_write(canvas, out), 0);
    fclose(out);
    return text;
}

void screens_settle(struct player *player)
{
    while (player->going)
        player_run(player);
}

static void setup_locale(void)
{
    setlocale(LC_ALL, "C.UTF-8");
}

void screens_case(Suite *suite, const char *name, const TTest *const *tests)
{
    TCase *tcase = tcase_create(name);
    tcase_add_checked_fixture(tcase, setup_locale, NULL);
    for (; *tests; tests++)
        tcase_add_test(tcase, *tests);
    tcase_set_timeout(tcase, 30);
    suite_add_tcase(suite, tcase);
}
