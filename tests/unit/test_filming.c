/*
 * test_filming.c - films: rows kept once, and what their writers write.
 */
#include "screens.h"
#include "tui/filming.h"

#include <stdlib.h>
#include <string.h>

static struct canvas canvas;
static struct reel reel;

static void begin(int width, int height)
{
    canvas_init(&canvas, false);
    ck_assert_int_eq(canvas_resize(&canvas, width, height), 0);
    reel_init(&reel, width, height);
}

static void end(void)
{
    reel_free(&reel);
    canvas_free(&canvas);
}

static void put(int x, int y, enum style style, const char *text)
{
    canvas_string(&canvas, canvas_all(&canvas), x, y, style, text);
}

static void add(bool colors, uint64_t ms)
{
    ck_assert_int_eq(reel_add(&reel, &canvas, colors, ms * 1000000), 0);
}

/* What a writer writes: new. */
static char *written(void (*write)(const struct reel *, struct out *))
{
    struct out out;
    out_to_memory(&out);
    write(&reel, &out);
    char *text = out_take(&out);
    ck_assert_ptr_nonnull(text);
    return text;
}

static unsigned count(const char *text, const char *part)
{
    unsigned n = 0;
    for (; (text = strstr(text, part)); text += strlen(part))
        n++;
    return n;
}

#define HAS(text, part) ck_assert_msg(strstr(text, part) != NULL, "\"%s\" is not in: %s", part, text)

START_TEST(rows_are_kept_once)
{
    begin(6, 2);
    put(0, 0, STYLE_NORMAL, "one");
    put(0, 1, STYLE_NORMAL, "one");
    add(true, 0);
    ck_assert_uint_eq(reel.rows.len, 1);
    ck_assert_uint_eq(reel.changes.len, 2);
    add(true, 100); /* the same again */
    ck_assert_uint_eq(reel.frames.len, 1);
    put(0, 1, STYLE_NORMAL, "two");
    add(true, 200);
    put(0, 1, STYLE_NORMAL, "six"); /* at the same moment */
    add(true, 200);
    put(0, 1, STYLE_ACCENT, "six"); /* another look is another row */
    add(true, 300);
    put(0, 1, STYLE_NORMAL, "one");
    add(true, 400);
    ck_assert_uint_eq(reel.rows.len, 4);
    ck_assert_uint_eq(reel.frames.len, 4);
    ck_assert_uint_eq(reel.changes.data[reel.changes.len - 1].row, 0);
    ck_assert_uint_eq(reel.end_ns, 400000000);
    end();
}
END_TEST

START_TEST(many_rows_are_found_again)
{
    char text[16];
    begin(8, 1);
    for (unsigned round = 0; round < 2; round++)
        for (unsigned i = 0; i < 1000; i++) {
            snprintf(text, sizeof text, "%u", i);
            canvas_clear(&canvas);
            put(0, 0, STYLE_NORMAL, text);
            add(true, round * 1000 + i);
        }
    ck_assert_uint_eq(reel.rows.len, 1000);
    ck_assert_uint_eq(reel.frames.len, 2000);
    end();
}
END_TEST

START_TEST(cast_is_what_a_terminal_is_told)
{
    begin(8, 1);
    put(0, 0, STYLE_ACCENT, "a\"\\漢");
    put(5, 0, STYLE_NORMAL, "z");
    add(true, 0);
    ck_assert_int_eq(reel_title(&reel, "say \"hi\""), 0);
    ck_assert_int_eq(reel_mark(&reel, "first", 0), 0);
    put(0, 0, STYLE_NORMAL, "b");
    add(true, 1500);
    char *text = written(reel_write_cast);
    ck_assert_str_eq(text, "{\"version\":2,\"width\":8,\"height\":1,\"duration\":1.500,\"title\":\"say \\\"hi\\\"\","
                           "\"env\":{\"TERM\":\"xterm-256color\"}}\n"
                           "[0.000,\"m\",\"first\"]\n"
                           "[0.000,\"o\",\"\\u001b[?25l\\u001b[2J\\u001b[1H\\u001b[0;1;38;5;214ma\\\"\\\\"
                           "\\u001b[0;1;38;5;214m漢\\u001b[6G\\u001b[0mz  \\u001b[0m\"]\n"
                           "[1.500,\"o\",\"\\u001b[1H\\u001b[0mb\\u001b[0;1;38;5;214m\\\"\\\\\\u001b[0;1;38;5;214m漢"
                           "\\u001b[6G\\u001b[0mz  \\u001b[0m\"]\n"
                           "[1.500,\"o\",\"\"]\n");
    free(text);
    end();
}
END_TEST

START_TEST(without_colors_there_are_none)
{
    begin(8, 1);
    put(0, 0, STYLE_ACCENT, "a");
    put(1, 0, STYLE_DATA, "b");
    add(false, 0);
    char *text = written(reel_write_cast);
    ck_assert_ptr_null(strstr(text, "38;5"));
    HAS(text, "\\u001b[0;1ma\\u001b[0;2mb"); /* but their looks */
    free(text);
    end();
}
END_TEST

START_TEST(svg_stands_on_the_grid)
{
    begin(20, 1);
    put(0, 0, STYLE_NORMAL, "a <b> & \"c\"");
    put(13, 0, STYLE_NORMAL, "██▌·");
    add(true, 0);
    canvas_clear(&canvas);
    put(2, 0, STYLE_STATE, "漢字");
    add(true, 1000);
    add(true, 2000);
    char *text = written(reel_write_svg);
    HAS(text, " x=\"0\" y=\"13\" textLength=\"88\">a &lt;b&gt; &amp; &quot;c&quot;</text>");
    HAS(text, "<rect class=\"f0\" x=\"104\" width=\"16\" height=\"17\"/>"); /* blocks are drawn, */
    HAS(text, "<rect class=\"f0\" x=\"120\" width=\"4\" height=\"17\"/>");
    HAS(text, " x=\"128\" y=\"13\">·</text>");                     /* other signs have a place, */
    HAS(text, " x=\"16\" y=\"13\" textLength=\"32\">漢字</text>"); /* wide ones two */
    HAS(text, "<rect class=\"g1\" x=\"16\" width=\"32\" height=\"17\"/>");
    HAS(text, "dur=\"2000ms\" values=\"#r0;#r1\" keyTimes=\"0;.500000\"");
    ck_assert_ptr_null(strstr(text, "<script"));
    free(text);
    end();
}
END_TEST

START_TEST(html_cannot_be_ended_by_a_chapter)
{
    begin(4, 2);
    put(0, 0, STYLE_NORMAL, "a");
    add(true, 0);
    put(0, 1, STYLE_NORMAL, "b");
    add(true, 250);
    ck_assert_int_eq(reel_mark(&reel, "</script>\"\\", 250000000), 0);
    ck_assert_int_eq(reel_title(&reel, "a <b>"), 0);
    char *text = written(reel_write_html);
    HAS(text, "<title>a &lt;b&gt;</title>");
    HAS(text, "const T=[0,250],\nD=[[0,0,1,1],[1,2]],\nM=[[250,\"\\u003c/script>\\u0022\\u005c\"]],\nE=250;");
    ck_assert_uint_eq(count(text, "</script>"), 1);
    ck_assert_ptr_null(strstr(text, " src="));
    free(text);
    end();
}
END_TEST

/* A lesson by itself: the question is seen, then its answer, then the end. */
START_TEST(film_of_a_lesson)
{
    struct dashboard d;
    struct filming f;
    struct play_options options = {.width = 80, .height = 24};
    screens_open(&d, screens_lesson);
    uint64_t began = screens_now;
    filming_begin(&f, &d, &screens_now, &options);
    filming_alone(&f);
    ck_assert(!f.failed);
    ck_assert_int_eq(player_rest(d.player), PLAYER_AT_END);
    ck_assert_uint_gt(f.reel.frames.len, 10);
    ck_assert_uint_eq(f.reel.frames.data[0].ns, 0);
    for (size_t i = 1; i < f.reel.frames.len; i++)
        ck_assert_uint_gt(f.reel.frames.data[i].ns, f.reel.frames.data[i - 1].ns);
    ck_assert_uint_eq(f.reel.end_ns, screens_now - began);
    filming_free(&f);
    dashboard_close(&d);
}
END_TEST

START_TEST(names_of_films)
{
    ck_assert(filming_knows("a.svg") && filming_knows("b/c.d.cast") && filming_knows(".html"));
    ck_assert(!filming_knows("-") && !filming_knows("svg") && !filming_knows("a.svg/b") && !filming_knows("a.SVGZ"));
}
END_TEST

Suite *suite_filming(void);

Suite *suite_filming(void)
{
    Suite *suite = suite_create("filming");
    CASE("reel", rows_are_kept_once, many_rows_are_found_again);
    CASE("writers", cast_is_what_a_terminal_is_told, without_colors_there_are_none, svg_stands_on_the_grid,
         html_cannot_be_ended_by_a_chapter);
    CASE("filming", film_of_a_lesson, names_of_films);
    return suite;
}
