/*
 * test_canvas.c - what a screen is made of: canvas, words, cells, listing.
 */
#include "screens.h"
#include "tui/player/listing.h"
#include "tui/term/words.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- canvas ---- */

START_TEST(canvas_clips)
{
    struct canvas c;
    canvas_init(&c, false);
    ck_assert_int_eq(canvas_resize(&c, 6, 2), 0);
    int x = canvas_string(&c, (struct rect){1, 0, 3, 1}, 0, 0, STYLE_NORMAL, "abcdef");
    ck_assert_int_eq(x, 6);
    canvas_string(&c, canvas_all(&c), 4, 1, STYLE_NORMAL, "xyz");
    canvas_string(&c, canvas_all(&c), 0, 2, STYLE_NORMAL, "below");
    canvas_string(&c, canvas_all(&c), -2, 1, STYLE_NORMAL, "pqr");
    canvas_string(&c, (struct rect){-5, -5, 100, 100}, 0, -1, STYLE_NORMAL, "above");
    ck_assert_str_eq(screens_text(&c), " bcd\nr   xy\n");
    canvas_free(&c);
}
END_TEST

START_TEST(canvas_wide)
{
    struct canvas c;
    canvas_init(&c, false);
    ck_assert_int_eq(canvas_resize(&c, 6, 1), 0);
    struct rect all = canvas_all(&c);
    ck_assert_int_eq(canvas_columns(&c, "a漢字", 7), 5);
    ck_assert_int_eq(canvas_string(&c, all, 0, 0, STYLE_NORMAL, "a漢字"), 5);
    ck_assert_str_eq(screens_text(&c), "a漢字\n");
    ck_assert_int_eq(canvas_at(&c, 1, 0)->width, 2);
    ck_assert_int_eq(canvas_at(&c, 2, 0)->width, 0);
    canvas_string(&c, all, 2, 0, STYLE_NORMAL, "x"); /* over the right half: the left one becomes a blank */
    ck_assert_str_eq(screens_text(&c), "a x字\n");
    canvas_string(&c, all, 3, 0, STYLE_NORMAL, "y");
    ck_assert_str_eq(screens_text(&c), "a xy\n");
    canvas_string(&c, all, 5, 0, STYLE_NORMAL, "漢"); /* half of it would be outside */
    ck_assert_str_eq(screens_text(&c), "a xy\n");
    canvas_clear(&c);
    ck_assert_int_eq(canvas_fit(&c, all, 0, 0, 4, STYLE_NORMAL, "漢字漢", 9), 3);
    ck_assert_str_eq(screens_text(&c), "漢…\n");
    canvas_free(&c);
}
END_TEST

START_TEST(canvas_combining)
{
    struct canvas c;
    canvas_init(&c, false);
    ck_assert_int_eq(canvas_resize(&c, 4, 1), 0);
    struct rect all = canvas_all(&c);
    ck_assert_int_eq(canvas_string(&c, all, 0, 0, STYLE_NORMAL, "e\xCC\x81x"), 2);
    ck_assert_str_eq(screens_text(&c), "e\xCC\x81x\n");
    /* more marks than a cell holds are dropped, and one without a base is */
    canvas_clear(&c);
    canvas_string(&c, all, 0, 0, STYLE_NORMAL,
                  "\xCC\x81"
                  "e\xCC\x81\xCC\x81\xCC\x81\xCC\x81\xCC\x81\xCC\x81z");
    ck_assert_str_eq(screens_text(&c), "e\xCC\x81\xCC\x81\xCC\x81z\n");
    canvas_free(&c);
}
END_TEST

START_TEST(canvas_controls)
{
    struct canvas c;
    canvas_init(&c, false);
    ck_assert_int_eq(canvas_resize(&c, 20, 1), 0);
    struct rect all = canvas_all(&c);
    /* escape, C1, tab, direction marks, no UTF-8, a surrogate */
    canvas_string(&c, all, 0, 0, STYLE_NORMAL,
                  "a\x1B[2Jb\xC2\x9B"
                  "c\td\xE2\x80\xAE"
                  "e\xFF"
                  "f\xED\xA0\x80");
    ck_assert_str_eq(screens_text(&c), "a�[2Jb�c de�f���\n");
    canvas_clear(&c);
    c.ascii = true;
    canvas_string(&c, all, 0, 0, STYLE_NORMAL,
                  "a漢\x1B"
                  "é");
    canvas_glyph(&c, all, 6, 0, STYLE_ACCENT, GLYPH_ARROW);
    ck_assert_str_eq(screens_text(&c), "a???? >\n");
    canvas_free(&c);
}
END_TEST

START_TEST(canvas_wraps)
{
    struct canvas c;
    canvas_init(&c, false);
    ck_assert_uint_eq(canvas_wrap(&c, "one two three", 13, 8), 8);
    ck_assert_uint_eq(canvas_wrap(&c, "one two three", 13, 7), 8); /* the blank stays behind */
    ck_assert_uint_eq(canvas_wrap(&c, "one two three", 13, 5), 4);
    ck_assert_uint_eq(canvas_wrap(&c, "onetwothree", 11, 5), 5);
    ck_assert_uint_eq(canvas_wrap(&c, "漢字", 6, 1), 3); /* never nothing */
    ck_assert_uint_eq(canvas_wrap(&c, "one   two", 9, 4), 6);
    ck_assert_uint_eq(canvas_wrap(&c, "of 1 536 000 B", 14, 9), 3); /* not within a number */
    ck_assert_uint_eq(canvas_wrap(&c, "1 536 000", 9, 6), 6);       /* unless it has no room at all */
    ck_assert_uint_eq(canvas_wrap(&c, "age 1 48 B", 10, 7), 6);     /* these are two */
    ck_assert_uint_eq(canvas_wrap(&c, "age 1 4800", 10, 9), 6);
    ck_assert_uint_eq(canvas_wrap(&c, "漢字漢字", 12, 5), 6);   /* between any two */
    ck_assert_uint_eq(canvas_wrap(&c, "漢字。漢", 12, 4), 3);   /* but not before a full stop */
    ck_assert_uint_eq(canvas_wrap(&c, "漢「字」漢", 15, 4), 3); /* nor behind an opening bracket */
    ck_assert_uint_eq(canvas_wrap(&c, "a 漢字", 8, 4), 5);
    ck_assert_uint_eq(canvas_wrap(&c, "e\xCC\x81tude", 7, 1), 3); /* a mark stays with its letter */
    ck_assert_uint_eq(canvas_wrap(&c, "", 0, 5), 0);
}
END_TEST

START_TEST(glyphs_are_one_column)
{
    struct canvas c;
    canvas_init(&c, false);
    for (enum glyph g = 0; g < GLYPH_COUNT; g++) {
        const char *wide = glyph_text(g, 0), *narrow = glyph_text(g, 1);
        ck_assert_int_eq(canvas_columns(&c, wide, strlen(wide)), 1);
        ck_assert_uint_eq(strlen(narrow), 1);
        ck_assert(narrow[0] > ' ' && narrow[0] < 0x7F);
    }
    for (enum style a = 0; a < STYLE_COUNT; a++)
        for (enum style b = a + 1; b < STYLE_COUNT; b++)
            ck_assert_int_ne(style_paint(a)->letter, style_paint(b)->letter);
}
END_TEST

/* ---- words ---- */

START_TEST(words)
{
    char out[WORDS_ROOM];
    ck_assert_str_eq(words_count(out, 0), "0");
    ck_assert_str_eq(words_count(out, 1203), "1 203");
    ck_assert_str_eq(words_count(out, UINT64_MAX), "18 446 744 073 709 551 615");
    ck_assert_str_eq(words_size(out, 1023), "1023 B");
    ck_assert_str_eq(words_size(out, 1024), "1.0k");
    ck_assert_str_eq(words_size(out, 2150), "2.0k");
    ck_assert_str_eq(words_size(out, 700000), "683k");
    ck_assert_str_eq(words_size(out, UINT64_MAX), "15.9E");
    ck_assert_str_eq(words_time(out, 999, false), "999 ns");
    ck_assert_str_eq(words_time(out, 18400, false), "18.4 µs");
    ck_assert_str_eq(words_time(out, 18400, true), "18.4 us");
    ck_assert_str_eq(words_time(out, 2500000000, true), "2.5 s");
    ck_assert_str_eq(words_speed(out, 0), "max");
    ck_assert_str_eq(words_speed(out, 1000000), "1M/s");
    ck_assert_str_eq(words_speed(out, 20000), "20k/s");
    ck_assert_str_eq(words_speed(out, 2500), "2500/s"); /* not rounded */
    ck_assert_uint_eq(words_percent(1, 3), 33);
    ck_assert_uint_eq(words_percent(UINT64_MAX / 2, UINT64_MAX), 50);
    ck_assert_uint_eq(words_percent(5, 0), 0);
}
END_TEST

/* ---- cells ---- */

START_TEST(grid_is_truthful)
{
    static const uint64_t usable[] = {960, 251864 + 8, 1031680, 64, 8};
    for (size_t u = 0; u < 5; u++) {
        for (uint64_t pages = 1; pages < 3000; pages = pages * 3 + 1) {
            struct grid g;
            struct shades shades = {0};
            ck_assert(grid_fit(&g, usable[u], pages, 38, 6, true));
            ck_assert_int_le(g.height, 6);
            ck_assert_int_eq(grid_begin(&g, &shades), 0);
            uint64_t sum = 0, added = 0;
            for (uint64_t p = 0; p < pages; p++) {
                int x, y;
                grid_place(&g, p, usable[u] - 1, &x, &y);
                ck_assert(x >= 0 && x < 38 && y >= 0 && y < 6);
                grid_add(&g, &shades, p, usable[u] / 16 * 8, usable[u] / 3, CONTENT_DATA, 0, false);
                added += usable[u] / 3;
            }
            for (size_t i = 0; i < shades.cells.len; i++) {
                sum += shades.cells.data[i].bytes[CONTENT_DATA];
                ck_assert_uint_le(shades.cells.data[i].bytes[CONTENT_DATA], g.cell);
            }
            ck_assert_uint_eq(sum, added);
            grid_rest(&g, &shades, 0, CONTENT_WASTED);
            vec_free(&shades.cells);
        }
    }
    struct grid g;
    ck_assert(!grid_fit(&g, 960, 2, 0, 5, false));
}
END_TEST

/* ---- listing ---- */

START_TEST(listing_of_a_file)
{
    char path[64], *text = malloc(200000);
    size_t len = 0;
    ck_assert_ptr_nonnull(text);
    for (int i = 1; i <= 5000; i++)
        len += (size_t)sprintf(text + len, "line %d%s", i, i == 5000 ? "" : i % 2 ? "\n" : "\r\n");
    screens_file(path, text);
    free(text);
    struct listing l;
    listing_open(&l, path);
    static const uint64_t at[] = {1, 3, 256, 257, 258, 4999, 5000, 700};
    for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
        ck_assert_int_eq(listing_read(&l, at[i], 3, 2), 0);
        uint64_t first = at[i] > 2 ? at[i] - 2 : 1, last = at[i] + 2 < 5000 ? at[i] + 2 : 5000;
        ck_assert_uint_eq(l.lines.len, last - first + 1);
        for (uint64_t n = first; n <= last; n++) {
            char want[32];
            const struct listing_line *line = &l.lines.data[n - first];
            sprintf(want, "line %d", (int)n);
            ck_assert_uint_eq(line->line, n);
            ck_assert_uint_eq(line->len, strlen(want));
            ck_assert_int_eq(memcmp(l.text.data + line->at, want, line->len), 0);
        }
    }
    ck_assert_int_eq(listing_read(&l, 6000, 3, 2), 0);
    ck_assert_uint_eq(l.lines.len, 0);
    listing_close(&l);
    unlink(path);
}
END_TEST

START_TEST(listing_of_a_pipe)
{
    struct listing l;
    listing_open(&l, "/nonexistent");
    ck_assert_int_eq(listing_read(&l, 1, 5, 5), 0);
    ck_assert_uint_eq(l.lines.len, 0);
    listing_close(&l);
    listing_open(&l, "/nonexistent");
    FILE *spool = tmpfile();
    ck_assert_ptr_nonnull(spool);
    listing_follow(&l, fileno(spool));
    for (uint64_t i = 1; i <= 300; i++) {
        fputs("text\n", spool);
        ck_assert_int_eq(fflush(spool), 0);
        ck_assert_int_eq(listing_read(&l, i, 5, 5), 0); /* sees what came since */
        ck_assert_uint_eq(l.lines.len, i < 5 ? i : 5);
        ck_assert_uint_eq(l.lines.data[l.lines.len - 1].line, i);
    }
    ck_assert_uint_eq(l.lines.data[0].line, 296);
    fclose(spool);
    listing_close(&l);
}
END_TEST

Suite *suite_canvas(void);

Suite *suite_canvas(void)
{
    Suite *suite = suite_create("canvas");
    CASE("canvas", canvas_clips, canvas_wide, canvas_combining, canvas_controls, canvas_wraps, glyphs_are_one_column);
    CASE("words", words);
    CASE("cells", grid_is_truthful);
    CASE("listing", listing_of_a_file, listing_of_a_pipe);
    return suite;
}
