/*
 * test_tui.c - the dashboard without a terminal: canvas, layout, keys, cells, listing, player, script.
 */
#include "tui/dashboard.h"
#include "tui/listing.h"
#include "tui/notes.h"
#include "tui/script.h"
#include "tui/words.h"

#include <check.h>
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- helpers ---- */

/* Writes text to a new file and puts its path into path. */
static void make_file(char path[64], const char *text)
{
    strcpy(path, "/tmp/heapreel-tui.XXXXXX");
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

/* The canvas as text, in a static buffer. */
static const char *shown(const struct canvas *canvas)
{
    static char text[65536];
    FILE *out = fmemopen(text, sizeof text, "w");
    ck_assert_ptr_nonnull(out);
    ck_assert_int_eq(canvas_write(canvas, out), 0);
    fclose(out);
    return text;
}

static uint64_t fake_now;

static uint64_t fake_clock(void *self)
{
    (void)self;
    return fake_now;
}

static const char lesson[] = "title A lesson\n"
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

static void open_lesson(struct dashboard *dashboard, const char *text)
{
    static struct play_options options;
    char path[64];
    struct error error = {0};
    make_file(path, text);
    options = (struct play_options){.path = path};
    fake_now = 1000;
    ck_assert_msg(dashboard_open(dashboard, &options, false, fake_clock, NULL, &error) == 0, "%s", error_text(&error));
    unlink(path);
}

static void run_to_goal(struct player *player)
{
    while (player->goal != GOAL_NONE)
        player_run(player);
}

/* ---- canvas ---- */

static void setup_locale(void)
{
    setlocale(LC_ALL, "C.UTF-8");
}

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
    ck_assert_str_eq(shown(&c), " bcd\nr   xy\n");
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
    ck_assert_str_eq(shown(&c), "a漢字\n");
    ck_assert_int_eq(canvas_at(&c, 1, 0)->width, 2);
    ck_assert_int_eq(canvas_at(&c, 2, 0)->width, 0);
    canvas_string(&c, all, 2, 0, STYLE_NORMAL, "x"); /* over the right half: the left one becomes a blank */
    ck_assert_str_eq(shown(&c), "a x字\n");
    canvas_string(&c, all, 3, 0, STYLE_NORMAL, "y");
    ck_assert_str_eq(shown(&c), "a xy\n");
    canvas_string(&c, all, 5, 0, STYLE_NORMAL, "漢"); /* half of it would be outside */
    ck_assert_str_eq(shown(&c), "a xy\n");
    canvas_clear(&c);
    ck_assert_int_eq(canvas_fit(&c, all, 0, 0, 4, STYLE_NORMAL, "漢字漢", 9), 3);
    ck_assert_str_eq(shown(&c), "漢…\n");
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
    ck_assert_str_eq(shown(&c), "e\xCC\x81x\n");
    /* more marks than a cell holds are dropped, and one without a base is */
    canvas_clear(&c);
    canvas_string(&c, all, 0, 0, STYLE_NORMAL,
                  "\xCC\x81"
                  "e\xCC\x81\xCC\x81\xCC\x81\xCC\x81\xCC\x81\xCC\x81z");
    ck_assert_str_eq(shown(&c), "e\xCC\x81\xCC\x81\xCC\x81z\n");
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
    ck_assert_str_eq(shown(&c), "a�[2Jb�c de�f���\n");
    canvas_clear(&c);
    c.ascii = true;
    canvas_string(&c, all, 0, 0, STYLE_NORMAL,
                  "a漢\x1B"
                  "é");
    canvas_glyph(&c, all, 6, 0, STYLE_ACCENT, GLYPH_ARROW);
    ck_assert_str_eq(shown(&c), "a???? >\n");
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
    ck_assert_uint_eq(words_percent(1, 3), 33);
    ck_assert_uint_eq(words_percent(UINT64_MAX / 2, UINT64_MAX), 50);
    ck_assert_uint_eq(words_percent(5, 0), 0);
}
END_TEST

/* ---- layout ---- */

START_TEST(layout_fits)
{
    for (int w = SCREEN_MIN_WIDTH; w <= 240; w += 1) {
        for (int h = SCREEN_MIN_HEIGHT; h <= 80; h += 1) {
            struct rect place[VIEW_COUNT];
            ck_assert(views_layout(w, h, h < 20 ? 1 + w % 2 : 1 + w % NOTE_MOST, place));
            for (enum view_id a = 0; a < VIEW_COUNT; a++) {
                if (place[a].w == 0)
                    continue;
                ck_assert_msg(place[a].x >= 0 && place[a].y >= 0 && place[a].x + place[a].w <= w &&
                                  place[a].y + place[a].h <= h,
                              "%s leaves the screen of %dx%d", view_at(a)->name, w, h);
                ck_assert_msg(place[a].w >= view_at(a)->min_w && place[a].h >= view_at(a)->min_h,
                              "%s is too small at %dx%d", view_at(a)->name, w, h);
                for (enum view_id b = a + 1; b < VIEW_COUNT; b++)
                    ck_assert_msg(place[b].w == 0 || place[a].x + place[a].w <= place[b].x ||
                                      place[b].x + place[b].w <= place[a].x || place[a].y + place[a].h <= place[b].y ||
                                      place[b].y + place[b].h <= place[a].y,
                                  "%s lies over %s at %dx%d", view_at(a)->name, view_at(b)->name, w, h);
            }
        }
    }
}
END_TEST

START_TEST(layout_panels)
{
    struct rect place[VIEW_COUNT];
    ck_assert(views_layout(80, 24, 4, place));
    ck_assert_int_eq(place[VIEW_LOG].w, 0); /* the essential ones only */
    ck_assert_int_gt(place[VIEW_HAPPENED].w, 0);
    ck_assert(views_layout(120, 40, 4, place));
    for (enum view_id id = 0; id < VIEW_COUNT; id++)
        ck_assert_int_gt(place[id].w, 0);
    ck_assert(!views_layout(59, 24, 1, place));
    ck_assert(!views_layout(80, 15, 1, place));
    ck_assert_int_eq(place[VIEW_TOP].w, 0);
}
END_TEST

START_TEST(too_small_says_so)
{
    struct dashboard d;
    open_lesson(&d, lesson);
    ck_assert_int_eq(dashboard_draw(&d, 40, 10), 0);
    ck_assert_ptr_nonnull(strstr(shown(&d.canvas), "needs 60 x 16"));
    ck_assert_int_eq(dashboard_draw(&d, 1, 1), 0);
    ck_assert_int_eq(dashboard_draw(&d, 60, 16), 0);
    ck_assert_ptr_nonnull(strstr(shown(&d.canvas), "new space"));
    dashboard_close(&d);
}
END_TEST

/* ---- keys ---- */

START_TEST(keys_table)
{
    size_t count;
    const struct binding *b = key_bindings(&count);
    ck_assert_uint_gt(count, 5);
    for (size_t i = 0; i < count; i++) {
        ck_assert_int_ne(b[i].action, ACTION_NONE);
        ck_assert_int_eq(key_action(b[i].key), b[i].action);
        ck_assert_uint_eq(key_by_word(b[i].word, strlen(b[i].word)), b[i].key);
        for (size_t k = i + 1; k < count; k++) {
            ck_assert_uint_ne(b[i].key, b[k].key);
            ck_assert_str_ne(b[i].word, b[k].word);
        }
    }
    ck_assert_int_eq(key_action('~'), ACTION_NONE);
    ck_assert_uint_eq(key_by_word("Hom", 3), KEYCODE_NONE);
}
END_TEST

START_TEST(help_names_every_key)
{
    struct dashboard d;
    size_t count;
    const struct binding *b = key_bindings(&count);
    open_lesson(&d, lesson);
    dashboard_key(&d, '?');
    ck_assert_int_eq(dashboard_draw(&d, 60, 24), 0);
    const char *text = shown(&d.canvas);
    for (size_t i = 0; i < count; i++) {
        ck_assert_msg(strstr(text, b[i].word) != NULL, "%s", b[i].word);
        ck_assert_msg(strstr(text, b[i].help) != NULL, "%s", b[i].help);
    }
    dashboard_key(&d, '?');
    ck_assert(!d.scene.help);
    dashboard_close(&d);
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
                grid_add(&g, &shades, p, usable[u] / 16 * 8, usable[u] / 3, CONTENT_DATA, true, false);
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
    make_file(path, text);
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
    listing_open(&l, "-");
    for (uint64_t i = 1; i <= 300; i++)
        ck_assert_int_eq(listing_remember(&l, i, "text", 4), 0);
    ck_assert_int_eq(listing_read(&l, 300, 5, 5), 0);
    ck_assert_uint_eq(l.lines.len, 5);
    ck_assert_uint_eq(l.lines.data[0].line, 296);
    ck_assert_uint_eq(l.lines.data[4].line, 300);
    ck_assert_int_eq(listing_remember(&l, 301, "more", 4), 0);
    ck_assert_int_eq(listing_read(&l, 301, 1000, 0), 0);
    ck_assert_uint_eq(l.lines.len, LISTING_RECENT);
    listing_close(&l);
    listing_open(&l, "/nonexistent");
    ck_assert_int_eq(listing_read(&l, 1, 5, 5), 0);
    ck_assert_uint_eq(l.lines.len, 0);
    listing_close(&l);
}
END_TEST

/* ---- player ---- */

START_TEST(player_steps)
{
    struct dashboard d;
    open_lesson(&d, lesson);
    struct player *p = &d.player;
    ck_assert_uint_eq(run_events(&p->run), 0);
    ck_assert_str_eq(p->run.title, "A lesson");
    ck_assert_ptr_nonnull(player_heap(p)); /* there is something to draw before the first event */
    player_step(p);
    ck_assert_uint_eq(run_events(&p->run), 1);
    ck_assert_uint_eq(player_heap(p)->live, 1);
    player_step(p); /* the note */
    ck_assert_uint_eq(run_events(&p->run), 1);
    ck_assert_str_eq(p->note, "The first object");
    player_step(p);
    ck_assert_uint_eq(run_events(&p->run), 2);
    ck_assert_ptr_nonnull(strstr(happened_line(&p->happened, 0)->text, "t0"));
    dashboard_close(&d);
}
END_TEST

START_TEST(player_finds_collections)
{
    struct dashboard d;
    open_lesson(&d, lesson);
    struct player *p = &d.player;
    uint64_t last = 0;
    for (unsigned i = 1; i <= 3; i++) {
        player_seek(p, GOAL_COLLECTION);
        run_to_goal(p);
        ck_assert_uint_eq(p->heard_collections, i);
        ck_assert_uint_eq(p->collection_event, run_events(&p->run));
        ck_assert_uint_gt(run_events(&p->run), last);
        last = run_events(&p->run);
        ck_assert_uint_eq(player_collection(p, 0)->event, last);
        ck_assert_uint_gt(p->happened.trails.len, 0);
    }
    ck_assert_ptr_null(player_collection(p, 3));
    player_seek(p, GOAL_END);
    run_to_goal(p);
    ck_assert(player_ended(p));
    ck_assert_int_eq(player_status(p), 0);
    ck_assert_uint_eq(player_heap(p)->counters.scavenges + 1, p->heard_collections); /* and the forced major */
    player_step(p);                                                                  /* past the end: nothing */
    player_toggle(p);
    ck_assert(!p->playing);
    ck_assert_uint_eq(player_due(p), UINT64_MAX);
    dashboard_close(&d);
}
END_TEST

START_TEST(player_keeps_time)
{
    struct dashboard d;
    open_lesson(&d, lesson);
    struct player *p = &d.player;
    player_step(p);
    player_step(p);
    ck_assert_uint_eq(player_speed(p), 5);
    ck_assert_uint_eq(player_due(p), UINT64_MAX);
    player_toggle(p);
    ck_assert_uint_eq(player_due(p), 0); /* the first event at once */
    player_run(p);
    ck_assert_uint_eq(run_events(&p->run), 2);
    ck_assert_uint_eq(player_due(p), 200000000);
    fake_now += 199999999;
    player_run(p);
    ck_assert_uint_eq(run_events(&p->run), 2);
    fake_now += 1;
    ck_assert_uint_eq(player_due(p), 0);
    player_run(p);
    ck_assert_uint_eq(run_events(&p->run), 3);
    fake_now += 1000000000;
    player_run(p);
    ck_assert_uint_eq(run_events(&p->run), 8);
    player_toggle(p);
    fake_now += 1000000000;
    player_run(p);
    ck_assert_uint_eq(run_events(&p->run), 8);
    for (int i = 0; i < 50; i++)
        player_change_speed(p, 1);
    ck_assert_uint_eq(player_speed(p), 0); /* as fast as possible */
    player_change_speed(p, -1);
    ck_assert_uint_eq(player_speed(p), 1000000);
    for (int i = 0; i < 50; i++)
        player_change_speed(p, -1);
    ck_assert_uint_eq(player_speed(p), 1);
    dashboard_close(&d);
}
END_TEST

START_TEST(player_waits_for_its_audience)
{
    struct dashboard d;
    open_lesson(&d, lesson);
    struct player *p = &d.player;
    player_toggle(p);
    for (int i = 0; i < 10000 && !p->asked; i++) {
        uint64_t due = player_due(p), heard = p->heard_collections;
        ck_assert_uint_ne(due, UINT64_MAX);
        fake_now += due;
        player_run(p);
        if (p->heard_collections != heard)
            ck_assert_uint_gt(player_due(p), 1000000000); /* slow play stands still after a collection */
    }
    ck_assert_str_eq(p->note, "What now?");
    ck_assert(!p->playing); /* a question stops play */
    ck_assert_int_eq(dashboard_draw(&d, 80, 24), 0);
    ck_assert_ptr_null(strstr(shown(&d.canvas), "Nothing"));
    player_step(p);
    ck_assert_int_eq(dashboard_draw(&d, 80, 24), 0);
    ck_assert_ptr_nonnull(strstr(shown(&d.canvas), "What now? → Nothing"));
    /* at full speed too */
    dashboard_close(&d);
    open_lesson(&d, lesson);
    for (int i = 0; i < 50; i++)
        player_change_speed(p, 1);
    player_toggle(p);
    player_run(p);
    ck_assert(p->asked && !p->playing && !player_ended(p));
    dashboard_close(&d);
}
END_TEST

START_TEST(player_tells_of_failure)
{
    struct dashboard d;
    open_lesson(&d, "alloc a 48\nexpect dead a\nalloc b 48\nrelease c\n");
    struct player *p = &d.player;
    struct error error = {0};
    player_step(p);
    ck_assert_int_eq(player_status(p), 1);
    ck_assert_ptr_nonnull(strstr(happened_line(&p->happened, 0)->text, "expected dead a"));
    player_seek(p, GOAL_END);
    run_to_goal(p);
    ck_assert_int_eq(p->state, RUN_FAILED);
    ck_assert_int_eq(dashboard_draw(&d, 80, 24), 0);
    ck_assert_ptr_nonnull(strstr(shown(&d.canvas), "ERROR"));
    ck_assert_int_eq(dashboard_result(&d, &error), -1);
    ck_assert_uint_eq(error.line, 4);
    error_clear(&error);
    dashboard_close(&d);
}
END_TEST

START_TEST(flood_is_counted)
{
    struct dashboard d;
    open_lesson(&d, "set min-semi-space-size 8k\nset promotion-threshold 0\nalloc a 64 array\nrepeat 110 as i\n"
                    "alloc x$i 16 in a.$i\nend\nrepeat 110 as i\nalloc y$i 16\nrelease y$i\nend\ngc minor\n");
    struct player *p = &d.player;
    player_seek(p, GOAL_COLLECTION);
    run_to_goal(p);
    bool gathered = false;
    for (uint64_t i = 0; happened_line(&p->happened, i); i++)
        gathered = gathered || strstr(happened_line(&p->happened, i)->text, "110 dead, 1.7k: ") != NULL;
    ck_assert(gathered);
    ck_assert_uint_eq(p->happened.trails.len, 111);
    dashboard_close(&d);
}
END_TEST

/* ---- frames ---- */

/* Draws a frame from within a collection: every state that the engine tells of can be drawn. */
struct watcher {
    struct listener listener;
    struct dashboard *dashboard;
    unsigned frames;
    bool scanning;
};

static void watch(void *self, const struct heap *heap, const struct happening *happening)
{
    struct watcher *w = self;
    (void)happening;
    if (heap->gc.running) {
        ck_assert_int_eq(dashboard_draw(w->dashboard, w->frames % 2 ? 80 : 120, w->frames % 2 ? 24 : 40), 0);
        w->scanning = w->scanning || strstr(shown(&w->dashboard->canvas), "being emptied") != NULL;
        w->frames++;
    }
}

START_TEST(frames_within_collections)
{
    struct dashboard d;
    open_lesson(&d, lesson);
    struct watcher w = {.listener = {.mask = UINT64_MAX >> 1, .hear = watch}, .dashboard = &d};
    w.listener.self = &w;
    run_listen(&d.player.run, &w.listener);
    player_seek(&d.player, GOAL_END);
    run_to_goal(&d.player);
    ck_assert_uint_gt(w.frames, 100);
    ck_assert(w.scanning);
    dashboard_close(&d);
}
END_TEST

START_TEST(frames_of_every_size)
{
    struct dashboard d;
    open_lesson(&d, lesson);
    for (int key = 0; key < 5; key++) {
        for (int w = 1; w <= 210; w += 7)
            for (int h = 1; h <= 64; h += 5)
                ck_assert_int_eq(dashboard_draw(&d, w, h), 0);
        player_seek(&d.player, key < 3 ? GOAL_COLLECTION : GOAL_END);
        run_to_goal(&d.player);
        d.scene.help = key == 2;
    }
    dashboard_close(&d);
}
END_TEST

/* ---- notes ---- */

#define LONG_NOTE                                                                                                      \
    "This note is so long that it takes more than one row of the screen, more than two of them, and more than three, " \
    "which are all that a small screen has for it: so it must end in an ellipsis, and nobody will read its very last " \
    "word there, which is aardvark"

START_TEST(note_keeps_its_room)
{
    struct dashboard d;
    open_lesson(&d, "alloc a 8\nnote Short\nnote " LONG_NOTE "\nchapter Next\nnote Short again\nalloc b 8\n");
    for (int step = 0; step < 5; step++) { /* the heading stands in the same place from the beginning to the end */
        ck_assert_int_eq(dashboard_draw(&d, 80, 24), 0);
        ck_assert_int_eq(canvas_at(&d.canvas, 0, 20)->style, STYLE_FAINT);
        ck_assert_ptr_nonnull(strstr(shown(&d.canvas), step < 3 ? " note " : " Next "));
        ck_assert_ptr_eq(strstr(shown(&d.canvas), "aardvark"), NULL);
        ck_assert_int_eq(strstr(shown(&d.canvas), "m: the whole note") != NULL, step == 2);
        player_step(&d.player);
    }
    dashboard_close(&d);
    open_lesson(&d, "alloc a 8\nalloc b 8\n"); /* no note, no room */
    ck_assert_int_eq(dashboard_draw(&d, 80, 24), 0);
    ck_assert_int_eq(note_rows(&d.scene, 80, 24), 1);
    dashboard_close(&d);
    open_lesson(&d, "alloc a 8\nask Why is that? | It is short.\nalloc b 8\n");
    ck_assert_int_eq(dashboard_draw(&d, 80, 24), 0);
    ck_assert_int_eq(note_rows(&d.scene, 80, 24), 2);
    dashboard_close(&d);
}
END_TEST

START_TEST(whole_note)
{
    struct dashboard d;
    open_lesson(&d, "alloc a 8\nnote " LONG_NOTE " " LONG_NOTE " " LONG_NOTE " and a zebra\nalloc b 8\n");
    player_step(&d.player);
    player_step(&d.player);
    dashboard_key(&d, 'm');
    ck_assert_int_eq(dashboard_draw(&d, 80, 24), 0);
    ck_assert_ptr_nonnull(strstr(shown(&d.canvas), "aardvark"));
    ck_assert_ptr_nonnull(strstr(shown(&d.canvas), "zebra"));
    ck_assert_ptr_nonnull(strstr(shown(&d.canvas), "m closes"));
    ck_assert_int_eq(dashboard_draw(&d, 60, 16), 0); /* too much for one page */
    ck_assert_ptr_nonnull(strstr(shown(&d.canvas), "page 1 of 3, m goes on"));
    ck_assert_ptr_null(strstr(shown(&d.canvas), "zebra"));
    dashboard_key(&d, 'm');
    dashboard_key(&d, 'm');
    ck_assert_int_eq(dashboard_draw(&d, 60, 16), 0);
    ck_assert_ptr_nonnull(strstr(shown(&d.canvas), "page 3 of 3, m closes"));
    ck_assert_ptr_nonnull(strstr(shown(&d.canvas), "zebra"));
    dashboard_key(&d, 'm');
    ck_assert_int_eq(d.scene.note_page, 0);
    dashboard_key(&d, 'm');
    dashboard_key(&d, KEYCODE_ESCAPE);
    ck_assert_int_eq(d.scene.note_page, 0);
    dashboard_key(&d, 'm');
    dashboard_key(&d, 'l'); /* on to the next line: the note is another one */
    ck_assert_int_eq(d.scene.note_page, 0);
    dashboard_close(&d);
}
END_TEST

START_TEST(notes_ahead)
{
    char path[64], *text;
    make_file(path, "# note not this one\nnotebook\n  note four\nask five5 | six6\r\nnote 漢字漢\nchapter aaaaaaaaaaaaaaa\n");
    int fd = open(path, O_RDONLY);
    text = notes_foresee(fd);
    ck_assert_str_eq(text, "five5 | six6");
    free(text);
    close(fd);
    unlink(path);
    ck_assert_ptr_null(notes_foresee(-1));
    make_file(path, "chapter One\nalloc a 8\n");
    fd = open(path, O_RDONLY);
    text = notes_foresee(fd);
    ck_assert_str_eq(text, "");
    free(text);
    close(fd);
    unlink(path);
    text = notes_join("Why?", "So.");
    ck_assert_str_eq(text, "Why? → So.");
    free(text);
}
END_TEST

/* ---- waiting for the trace ---- */

static struct {
    unsigned calls;
    int result;
    bool waiting;
} waited;

static int count_wait(void *self, int fd)
{
    struct dashboard *d = self;
    waited.calls++;
    waited.waiting = d->player.waiting;
    ck_assert_int_eq(dashboard_draw(d, 80, 24), 0);
    ck_assert_ptr_nonnull(strstr(shown(&d->canvas), "waiting"));
    uint64_t events = run_events(&d->player.run);
    dashboard_key(d, 'l'); /* does nothing now */
    player_run(&d->player);
    ck_assert_uint_eq(run_events(&d->player.run), events);
    dashboard_key(d, ' '); /* this does */
    ck_assert(d->player.playing);
    ck_assert_int_ge(fd, 0);
    return waited.result;
}

START_TEST(player_waits_for_input)
{
    struct dashboard d;
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    open_lesson(&d, lesson);
    player_step(&d.player);
    ck_assert_int_eq(player_wait(&d.player, ends[0]), 0); /* nobody is asked */
    player_on_wait(&d.player, count_wait, &d);
    fake_now += 5000000000;
    ck_assert_int_eq(player_wait(&d.player, ends[0]), 0);
    ck_assert(waited.calls == 1 && waited.waiting && !d.player.waiting && !d.player.given_up);
    ck_assert_uint_eq(d.player.last_ns, fake_now);
    ck_assert_int_eq(write(ends[1], "x", 1), 1);
    ck_assert_int_eq(player_wait(&d.player, ends[0]), 0); /* there is something to read */
    ck_assert_uint_eq(waited.calls, 1);
    char byte;
    ck_assert_int_eq(read(ends[0], &byte, 1), 1);
    player_toggle(&d.player); /* stop */
    waited.result = -1;
    ck_assert_int_eq(player_wait(&d.player, ends[0]), -1);
    ck_assert(d.player.given_up);
    close(ends[1]);
    ck_assert_int_eq(player_wait(&d.player, ends[0]), 0); /* the end is something to read */
    close(ends[0]);
    dashboard_close(&d);
}
END_TEST

/* ---- scripts ---- */

static int play_script(const char *script, const char *dump, struct error *error)
{
    char trace[64], keys[64];
    make_file(trace, lesson);
    make_file(keys, script);
    struct play_options options = {.path = trace, .script = keys, .dump = dump};
    int status = script_play(&options, false, error);
    unlink(trace);
    unlink(keys);
    return status;
}

START_TEST(scripts)
{
    struct error error = {0};
    char dump[64], text[8192] = "";
    make_file(dump, "");
    ck_assert_int_eq(play_script("right n # a comment\nresize 100x30 space wait 2s space", dump, &error), 0);
    FILE *in = fopen(dump, "r");
    ck_assert_ptr_nonnull(in);
    ck_assert_uint_gt(fread(text, 1, sizeof text - 1, in), 100);
    fclose(in);
    unlink(dump);
    ck_assert_ptr_nonnull(strstr(text, "A lesson"));
    static const struct {
        const char *script, *message;
    } bad[] = {{"right\n\nfly", ":3: unknown key \"fly\""},
               {"resize 12", "expected a size such as 120x40, not \"12\""},
               {"resize 0x5", "expected a size"},
               {"wait 5", "expected a duration such as 500ms, not \"5\""},
               {"dump", "nothing follows \"dump\""},
               {"dump /nonexistent/file", "/nonexistent/file: cannot open for writing: No such file"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        ck_assert_int_eq(play_script(bad[i].script, NULL, &error), -1);
        ck_assert_msg(strstr(error_text(&error), bad[i].message) != NULL, "%s", error_text(&error));
        error_clear(&error);
    }
}
END_TEST

START_TEST(dumps_are_whole)
{
    struct error error = {0};
    struct stat before, after;
    char directory[] = "/tmp/heapreel-tui.XXXXXX", path[80], link[80], text[8192] = "";
    ck_assert_ptr_nonnull(mkdtemp(directory));
    sprintf(path, "%s/dump", directory);
    sprintf(link, "%s/link", directory);
    FILE *out = fopen(path, "w");
    ck_assert_ptr_nonnull(out);
    fputs("what was there", out);
    fclose(out);
    ck_assert_int_eq(chmod(path, 0640), 0);
    ck_assert_int_eq(symlink("dump", link), 0);
    ck_assert_int_eq(stat(path, &before), 0);
    ck_assert_int_eq(play_script("right n", link, &error), 0);
    ck_assert_int_eq(stat(path, &after), 0);
    ck_assert_uint_ne(before.st_ino, after.st_ino); /* another file has taken its place */
    ck_assert_uint_eq(after.st_mode & 0777, 0640);
    FILE *in = fopen(path, "r");
    ck_assert_ptr_nonnull(in);
    ck_assert_uint_gt(fread(text, 1, sizeof text - 1, in), 100);
    fclose(in);
    ck_assert_ptr_nonnull(strstr(text, "A lesson"));
    ck_assert_int_eq(play_script("right", "/dev/full", &error), -1); /* a device is written as it is */
    ck_assert_str_eq(error_text(&error), "/dev/full: cannot write: No space left on device");
    error_clear(&error);
    unlink(path);
    unlink(link);
    ck_assert_int_eq(rmdir(directory), 0); /* nothing else is left */
}
END_TEST

START_TEST(scripts_without_files)
{
    struct error error = {0};
    struct play_options options = {.path = "/nonexistent", .dump = "-"};
    ck_assert_int_eq(script_play(&options, false, &error), -1);
    ck_assert_int_eq(error.kind, ERROR_SYSTEM);
    error_clear(&error);
    options.script = "/nonexistent";
    ck_assert_int_eq(script_play(&options, false, &error), -1);
    ck_assert_ptr_nonnull(strstr(error_text(&error), "cannot open /nonexistent"));
    error_clear(&error);
}
END_TEST

Suite *suite_tui(void);

static void add_case(Suite *suite, const char *name, const TTest *const *tests)
{
    TCase *tcase = tcase_create(name);
    tcase_add_checked_fixture(tcase, setup_locale, NULL);
    for (; *tests; tests++)
        tcase_add_test(tcase, *tests);
    tcase_set_timeout(tcase, 30);
    suite_add_tcase(suite, tcase);
}

#define CASE(name, ...) add_case(suite, name, (const TTest *const[]){__VA_ARGS__, NULL})

Suite *suite_tui(void)
{
    Suite *suite = suite_create("tui");
    CASE("canvas", canvas_clips, canvas_wide, canvas_combining, canvas_controls, canvas_wraps, glyphs_are_one_column);
    CASE("words", words);
    CASE("layout", layout_fits, layout_panels, too_small_says_so);
    CASE("keys", keys_table, help_names_every_key);
    CASE("cells", grid_is_truthful);
    CASE("listing", listing_of_a_file, listing_of_a_pipe);
    CASE("player", player_steps, player_finds_collections, player_keeps_time, player_waits_for_its_audience,
         player_tells_of_failure, flood_is_counted);
    CASE("frames", frames_within_collections, frames_of_every_size);
    CASE("notes", note_keeps_its_room, whole_note, notes_ahead);
    CASE("waiting", player_waits_for_input);
    CASE("script", scripts, dumps_are_whole, scripts_without_files);
    return suite;
}
