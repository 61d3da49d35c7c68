/*
 * test_frames.c - whole frames: layout, help, frames within collections, notes.
 */
#include "screens.h"
#include "tui/player/notes.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- layout ---- */

/* Nothing leaves the screen, nothing is too small to be drawn, and nothing lies over something else. */
static void check_places(int w, int h, uint32_t folded, const struct rect place[VIEW_COUNT])
{
    for (enum view_id a = 0; a < VIEW_COUNT; a++) {
        if (place[a].w == 0)
            continue;
        ck_assert_msg(place[a].x >= 0 && place[a].y >= 0 && place[a].x + place[a].w <= w &&
                          place[a].y + place[a].h <= h,
                      "%s leaves the screen of %dx%d", view_at(a)->name, w, h);
        ck_assert_msg(place[a].w >= view_at(a)->min_w && place[a].h >= (folded >> a & 1 ? 1 : view_at(a)->min_h),
                      "%s is too small at %dx%d", view_at(a)->name, w, h);
        for (enum view_id b = a + 1; b < VIEW_COUNT; b++)
            ck_assert_msg(place[b].w == 0 || place[a].x + place[a].w <= place[b].x ||
                              place[b].x + place[b].w <= place[a].x || place[a].y + place[a].h <= place[b].y ||
                              place[b].y + place[b].h <= place[a].y,
                          "%s lies over %s at %dx%d", view_at(a)->name, view_at(b)->name, w, h);
    }
}

START_TEST(layout_fits)
{
    static const enum view_id always[] = {VIEW_TOP, VIEW_NEW, VIEW_OLD, VIEW_NOTE};
    for (int w = SCREEN_MIN_WIDTH; w <= 250; w += 1) {
        for (int h = SCREEN_MIN_HEIGHT; h <= 80; h += 1) {
            struct rect place[VIEW_COUNT];
            bool inspect = (w + h) % 2;
            struct wish wish = {.note = h < 20 ? 1 + w % 2 : 1 + w % NOTE_MOST,
                                .footer = h >= 20,
                                .inspect = inspect,
                                .folded = (uint32_t)(w * 7 + h) % (1u << VIEW_COUNT)};
            int rows = 0;
            ck_assert(views_layout(w, h, &wish, place));
            check_places(w, h, wish.folded, place);
            for (size_t i = 0; i < sizeof always / sizeof *always; i++)
                ck_assert_int_gt(place[always[i]].w, 0);
            ck_assert_int_eq(place[VIEW_INSPECT].w > 0, inspect);
            ck_assert(place[VIEW_TRACE].w > 0 || inspect);
            for (enum view_id id = 0; id < VIEW_COUNT; id++) /* the left column has no row to spare */
                rows += place[id].w > 0 && place[id].x == 0 ? place[id].h : 0;
            ck_assert_msg(rows == h, "%d rows of %d are used at %dx%d", rows, h, w, h);
        }
    }
}
END_TEST

START_TEST(layout_panels)
{
    struct rect place[VIEW_COUNT];
    struct wish wish = {.note = 4, .footer = 1};
    ck_assert(views_layout(80, 24, &wish, place));
    ck_assert_int_eq(place[VIEW_LOG].w, 0); /* the essential ones only */
    ck_assert_int_gt(place[VIEW_HAPPENED].w, 0);
    ck_assert_int_gt(place[VIEW_FILM].w, 0);
    int rows = place[VIEW_TRACE].h;
    wish.folded = 1u << VIEW_OLD;
    ck_assert(views_layout(80, 24, &wish, place)); /* what has nothing to show gives its rows to what has */
    ck_assert_int_eq(place[VIEW_OLD].h, 1);
    ck_assert_int_gt(place[VIEW_TRACE].h, rows);
    wish = (struct wish){.note = 4, .footer = 1, .inspect = true};
    ck_assert(views_layout(120, 40, &wish, place));
    for (enum view_id id = 0; id < VIEW_COUNT; id++)
        ck_assert_msg(place[id].w > 0, "%s is not seen", view_at(id)->name);
    ck_assert(views_layout(200, 60, &wish, place));
    for (enum view_id id = 0; id < VIEW_COUNT; id++)
        ck_assert_msg(place[id].w > 0, "%s is not seen", view_at(id)->name);
    ck_assert(!views_layout(59, 24, &wish, place));
    ck_assert(!views_layout(80, 15, &wish, place));
    ck_assert_int_eq(place[VIEW_TOP].w, 0);
}
END_TEST

START_TEST(too_small_says_so)
{
    struct dashboard d;
    screens_open(&d, screens_lesson);
    ck_assert_int_eq(dashboard_draw(&d, 40, 10), 0);
    ck_assert_ptr_nonnull(strstr(screens_text(&d.canvas), "needs 60 x 16"));
    ck_assert_int_eq(dashboard_draw(&d, 1, 1), 0);
    ck_assert_int_eq(dashboard_draw(&d, 60, 16), 0);
    ck_assert_ptr_nonnull(strstr(screens_text(&d.canvas), "new space"));
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
        w->scanning = w->scanning || strstr(screens_text(&w->dashboard->canvas), "being emptied") != NULL;
        w->frames++;
    }
}

START_TEST(frames_within_collections)
{
    struct dashboard d;
    screens_open(&d, screens_lesson);
    struct watcher w = {.listener = {.mask = UINT64_MAX >> 1, .hear = watch}, .dashboard = &d};
    w.listener.self = &w;
    travel_listen(d.player->travel, &w.listener);
    player_go(d.player, TRAVEL_END, 0);
    screens_settle(d.player);
    ck_assert_uint_gt(w.frames, 100);
    ck_assert(w.scanning);
    dashboard_close(&d);
}
END_TEST

START_TEST(frames_of_every_size)
{
    struct dashboard d;
    screens_open(&d, screens_lesson);
    for (int key = 0; key < 5; key++) {
        for (int w = 1; w <= 210; w += 7)
            for (int h = 1; h <= 64; h += 5)
                ck_assert_int_eq(dashboard_draw(&d, w, h), 0);
        player_go(d.player, key < 3 ? TRAVEL_NEXT_COLLECTION : TRAVEL_END, 0);
        screens_settle(d.player);
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
    screens_open(&d, "alloc a 8\nnote Short\nnote " LONG_NOTE "\nchapter Next\nnote Short again\nalloc b 8\n");
    for (int step = 0; step < 6; step++) { /* the heading stands in the same place from the beginning to the end */
        ck_assert_int_eq(dashboard_draw(&d, 80, 24), 0);
        ck_assert_int_eq(canvas_at(&d.canvas, 0, 19)->style, STYLE_FAINT);
        ck_assert_ptr_nonnull(strstr(screens_text(&d.canvas), step < 4 ? " note " : " Next "));
        ck_assert_ptr_eq(strstr(screens_text(&d.canvas), "aardvark"), NULL);
        ck_assert_int_eq(strstr(screens_text(&d.canvas), "m: the whole note") != NULL, step == 3);
        player_step(d.player);
    }
    dashboard_close(&d);
    screens_open(&d, "alloc a 8\nalloc b 8\n"); /* no note, no room */
    ck_assert_int_eq(dashboard_draw(&d, 80, 24), 0);
    ck_assert_int_eq(note_rows(&d.scene, 80, 24), 0);
    dashboard_close(&d);
    screens_open(&d, "alloc a 8\nask Why is that? | It is short.\nalloc b 8\n");
    ck_assert_int_eq(dashboard_draw(&d, 80, 24), 0);
    ck_assert_int_eq(note_rows(&d.scene, 80, 24), 2);
    dashboard_close(&d);
}
END_TEST

START_TEST(whole_note)
{
    struct dashboard d;
    screens_open(&d, "alloc a 8\nnote " LONG_NOTE " " LONG_NOTE " " LONG_NOTE " and a zebra\nalloc b 8\n");
    player_step(d.player);
    player_step(d.player);
    dashboard_key(&d, 'm');
    ck_assert_int_eq(dashboard_draw(&d, 80, 24), 0);
    ck_assert_ptr_nonnull(strstr(screens_text(&d.canvas), "aardvark"));
    ck_assert_ptr_nonnull(strstr(screens_text(&d.canvas), "zebra"));
    ck_assert_ptr_nonnull(strstr(screens_text(&d.canvas), "m closes"));
    ck_assert_int_eq(dashboard_draw(&d, 60, 16), 0); /* too much for one page */
    ck_assert_ptr_nonnull(strstr(screens_text(&d.canvas), "page 1 of 3, m goes on"));
    ck_assert_ptr_null(strstr(screens_text(&d.canvas), "zebra"));
    dashboard_key(&d, 'm');
    dashboard_key(&d, 'm');
    ck_assert_int_eq(dashboard_draw(&d, 60, 16), 0);
    ck_assert_ptr_nonnull(strstr(screens_text(&d.canvas), "page 3 of 3, m closes"));
    ck_assert_ptr_nonnull(strstr(screens_text(&d.canvas), "zebra"));
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
    screens_file(
        path, "# note not this one\nnotebook\n  note four\nask five5 | six6\r\nnote 漢字漢\nchapter aaaaaaaaaaaaaaa\n");
    int fd = open(path, O_RDONLY);
    text = notes_foresee(fd);
    ck_assert_str_eq(text, "five5 | six6");
    free(text);
    close(fd);
    unlink(path);
    ck_assert_ptr_null(notes_foresee(-1));
    screens_file(path, "chapter One\nalloc a 8\n");
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

Suite *suite_frames(void);

Suite *suite_frames(void)
{
    Suite *suite = suite_create("frames");
    CASE("layout", layout_fits, layout_panels, too_small_says_so);
    CASE("frames", frames_within_collections, frames_of_every_size);
    CASE("notes", note_keeps_its_room, whole_note, notes_ahead);
    return suite;
}
