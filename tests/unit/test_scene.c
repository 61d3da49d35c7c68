/*
 * test_scene.c - what lies where on the screen, cursor and focus, scale, colors.
 */
#include "screens.h"

#include "heap/figures.h"
#include "tui/term/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void step(struct dashboard *d, int times)
{
    for (int i = 0; i < times; i++)
        dashboard_key(d, 'o');
}

static const struct heap *heap_of(const struct dashboard *d)
{
    return d->scene.heap;
}

/* ---- what lies where ---- */

/* Every object that is seen is alive and in the panel of its space; every object of new space is seen. */
START_TEST(spots_are_objects)
{
    struct dashboard d;
    screens_open(&d, screens_lesson);
    for (int instant = 0; instant < 20; instant++) {
        step(&d, 7);
        ck_assert_int_eq(dashboard_draw(&d, 120, 40), 0);
        const struct heap *heap = heap_of(&d);
        uint8_t *seen = calloc(heap->objects.len + 1, 1);
        ck_assert_ptr_nonnull(seen);
        for (int y = 0; y < 40; y++) {
            for (int x = 0; x < 120; x++) {
                struct spot spot = scene_spot(&d.scene, x, y);
                if (spot.kind != SPOT_OBJECT)
                    continue;
                ck_assert_uint_lt(spot.object, heap->objects.len);
                const struct object *o = &heap->objects.data[spot.object];
                ck_assert(!(o->bits & OBJECT_FREE));
                ck_assert_int_eq(spot.view == VIEW_NEW, object_space(o) == SPACE_NEW);
                ck_assert_int_eq(spot.view == VIEW_OLD, space_paged(object_space(o)));
                seen[spot.object] = 1;
            }
        }
        for (size_t i = 0; i < heap->young.len; i++) /* none is smaller than a cell here */
            ck_assert_msg(seen[heap->young.data[i]], "an object of new space is not seen");
        free(seen);
    }
    struct spot outside = scene_spot(&d.scene, 120, 0);
    ck_assert_int_eq(outside.kind, SPOT_NONE);
    ck_assert_int_eq(scene_spot(&d.scene, -1, 3).view, VIEW_COUNT);
    dashboard_close(&d);
}
END_TEST

/* The film goes from the first event to the last one, and each collection of the log names its event. */
START_TEST(spots_are_events)
{
    struct dashboard d;
    screens_open(&d, screens_lesson);
    step(&d, 150);
    ck_assert_int_eq(dashboard_draw(&d, 120, 40), 0);
    struct rect film = d.scene.place[VIEW_FILM], log = d.scene.place[VIEW_LOG];
    uint64_t last = 0;
    for (int x = film.x + 2; x < film.x + film.w - 2; x++) {
        struct spot spot = scene_spot(&d.scene, x, film.y + 2);
        ck_assert_int_eq(spot.kind, SPOT_EVENT);
        ck_assert_int_eq(spot.view, VIEW_FILM);
        ck_assert_uint_ge(spot.number, last);
        last = spot.number;
    }
    ck_assert_uint_eq(last, heap_of(&d)->event);
    struct spot spot = scene_spot(&d.scene, log.x + 3, log.y + 1);
    ck_assert_int_eq(spot.kind, SPOT_EVENT);
    bool is_collection = false;
    for (size_t i = 0; i < heap_of(&d)->collections.len; i++)
        is_collection |= heap_of(&d)->collections.data[i].event == spot.number;
    ck_assert(is_collection);
    dashboard_close(&d);
}
END_TEST

/* ---- focus and cursor ---- */

START_TEST(focus_goes_round)
{
    struct dashboard d;
    bool had[VIEW_COUNT + 1] = {false};
    screens_open(&d, screens_lesson);
    step(&d, 60);
    ck_assert_int_eq(dashboard_draw(&d, 120, 40), 0);
    ck_assert_int_eq(d.scene.focus, VIEW_COUNT);
    do {
        scene_focus(&d.scene, 1);
        ck_assert(d.scene.focus != VIEW_TOP && d.scene.focus != VIEW_FOOTER);
        had[d.scene.focus] = true;
    } while (d.scene.focus != VIEW_COUNT);
    for (enum view_id id = VIEW_TOP + 1; id < VIEW_FOOTER; id++)
        ck_assert_msg(had[id] == (d.scene.place[id].w > 0), "%s", view_at(id)->name);
    scene_focus(&d.scene, -1);
    ck_assert_int_eq(d.scene.focus, VIEW_NOTE);
    scene_point(&d.scene, d.scene.place[VIEW_OLD].x + 3, d.scene.place[VIEW_OLD].y + 1);
    ck_assert_int_eq(d.scene.focus, VIEW_OLD);
    scene_point(&d.scene, 3, 0); /* the top line is no panel to act on */
    ck_assert_int_eq(d.scene.focus, VIEW_OLD);
    dashboard_close(&d);
}
END_TEST

/* The cursor goes from object to object, to the right through the whole row and back again. */
START_TEST(cursor_goes_from_thing_to_thing)
{
    struct dashboard d;
    screens_open(&d, screens_lesson);
    step(&d, 20);
    ck_assert_int_eq(dashboard_draw(&d, 120, 40), 0);
    scene_focus(&d.scene, 1);
    ck_assert_int_eq(d.scene.focus, VIEW_NEW);
    ck_assert_int_eq(scene_cursor(&d.scene).kind, SPOT_NONE);
    const struct heap *heap = heap_of(&d);
    ck_assert_uint_gt(heap->young.len, 4);
    for (size_t i = 0; i < 4; i++) {
        scene_move(&d.scene, 1, 0);
        ck_assert_int_eq(scene_cursor(&d.scene).kind, SPOT_OBJECT);
        ck_assert_uint_eq(scene_cursor(&d.scene).object, heap->young.data[i]);
    }
    scene_move(&d.scene, -1, 0);
    ck_assert_uint_eq(scene_cursor(&d.scene).object, heap->young.data[2]);
    ck_assert_int_eq(dashboard_draw(&d, 120, 40), 0);
    struct rect r = d.scene.place[VIEW_NEW];
    ck_assert_int_eq(canvas_at(&d.canvas, r.x + d.scene.cursor_x, r.y + d.scene.cursor_y)->style, STYLE_CURSOR);
    dashboard_close(&d);
}
END_TEST

/* An object is looked at while it moves, and until it dies. */
START_TEST(chosen_object_stays)
{
    struct dashboard d;
    screens_open(&d, "title One\nalloc keep 48\nalloc lose 48\ngc minor\nrelease lose\ngc minor\ngc minor\n");
    step(&d, 2);
    ck_assert_int_eq(dashboard_draw(&d, 120, 40), 0);
    uint32_t keep = heap_of(&d)->young.data[0], lose = heap_of(&d)->young.data[1];
    ck_assert_int_eq(scene_choose(&d.scene, lose), 0);
    ck_assert_int_eq(dashboard_draw(&d, 120, 40), 0);
    ck_assert_ptr_nonnull(strstr(screens_text(&d.canvas), "page 0:48"));
    ck_assert_ptr_nonnull(strstr(screens_text(&d.canvas), "rooted"));
    step(&d, 2);
    ck_assert_int_eq(dashboard_draw(&d, 120, 40), 0);
    ck_assert_uint_eq(scene_chosen(&d.scene), lose);
    ck_assert_ptr_nonnull(strstr(screens_text(&d.canvas), "garbage"));
    ck_assert_ptr_nonnull(strstr(screens_text(&d.canvas), "the program cannot reach it"));
    ck_assert_ptr_nonnull(strstr(screens_text(&d.canvas), "allocated 2  copied 3  unreachable 4"));
    step(&d, 1);
    ck_assert_int_eq(dashboard_draw(&d, 120, 40), 0);
    ck_assert_uint_eq(scene_chosen(&d.scene), NONE);
    ck_assert_ptr_nonnull(strstr(screens_text(&d.canvas), "dead: collection 2 took it, at event 5"));
    ck_assert_int_eq(scene_choose(&d.scene, keep), 0);
    step(&d, 1);
    ck_assert_int_eq(dashboard_draw(&d, 120, 40), 0);
    ck_assert_uint_eq(scene_chosen(&d.scene), keep);
    ck_assert_ptr_nonnull(strstr(screens_text(&d.canvas), "age 2"));
    ck_assert_int_eq(scene_choose(&d.scene, NONE), 0);
    ck_assert_uint_eq(scene_chosen(&d.scene), NONE);
    dashboard_close(&d);
}
END_TEST

/* A pause marks what an entry leads to, while another entry waits for its key, which is garbage: it has no handle. */
START_TEST(a_key_that_is_waited_for_is_not_rooted)
{
    struct dashboard d;
    bool waited = false;
    screens_open(&d, "title Wait\nalloc map 32 weakmap\nalloc gone 48\nalloc a 48\nalloc b 48\n"
                     "entry map gone b\nentry map a b\nrelease gone\nrelease b\ngc\n");
    step(&d, 8);
    ck_assert_int_eq(dashboard_draw(&d, 120, 40), 0);
    uint32_t gone = heap_of(&d)->young.data[1];
    ck_assert_int_eq(scene_choose(&d.scene, gone), 0);
    for (int micro = 0; micro < 9; micro++) {
        dashboard_key(&d, '.');
        ck_assert_int_eq(dashboard_draw(&d, 120, 40), 0);
        waited |= (heap_of(&d)->objects.data[gone].bits & OBJECT_EPHEMERON) != 0;
        ck_assert_ptr_null(strstr(screens_text(&d.canvas), "rooted"));
    }
    ck_assert(waited);
    dashboard_close(&d);
}
END_TEST

/* The inspector says where an object was allocated, and from the fifth major on what leak analysis says of it. */
START_TEST(forgotten_objects_are_told)
{
    struct dashboard d;
    screens_open(&d, "title Two\nalloc a 48 @cache\nalloc b 48 @cache\ngc\ngc\ngc\ngc\nuse b\ngc\nuse a\n");
    step(&d, 2);
    ck_assert_int_eq(dashboard_draw(&d, 120, 40), 0);
    ck_assert_int_eq(scene_choose(&d.scene, heap_of(&d)->young.data[0]), 0);
    ck_assert_int_eq(dashboard_draw(&d, 120, 40), 0);
    ck_assert_ptr_nonnull(strstr(screens_text(&d.canvas), "site     cache"));
    ck_assert_ptr_null(strstr(screens_text(&d.canvas), "not named"));
    step(&d, 4);
    ck_assert_int_eq(dashboard_draw(&d, 120, 40), 0);
    ck_assert_ptr_nonnull(strstr(screens_text(&d.canvas), "not named for 4 majors"));
    ck_assert_ptr_null(strstr(screens_text(&d.canvas), "stale"));
    step(&d, 2);
    ck_assert_int_eq(dashboard_draw(&d, 120, 40), 0);
    ck_assert_ptr_nonnull(strstr(screens_text(&d.canvas), "not named for 5 majors: stale"));
    ck_assert_ptr_nonnull(strstr(screens_text(&d.canvas), "occasional: 1 of 2 stale"));
    step(&d, 1);
    ck_assert_int_eq(dashboard_draw(&d, 120, 40), 0);
    ck_assert_ptr_null(strstr(screens_text(&d.canvas), "stale"));
    dashboard_close(&d);
}
END_TEST

/* ---- zoom and scale ---- */

START_TEST(every_panel_can_be_zoomed)
{
    static const int sizes[][2] = {{60, 16}, {80, 24}, {120, 40}, {200, 60}};
    struct dashboard d;
    screens_open(&d, screens_lesson);
    step(&d, 120);
    for (size_t i = 0; i < 4; i++) {
        for (enum view_id id = VIEW_TOP + 1; id < VIEW_FOOTER; id++) {
            d.scene.focus = id;
            d.scene.zoomed = true;
            ck_assert_int_eq(dashboard_draw(&d, sizes[i][0], sizes[i][1]), 0);
            for (enum view_id other = 0; other < VIEW_COUNT; other++)
                ck_assert_int_eq(d.scene.place[other].w > 0,
                                 other == id || other == VIEW_TOP || (other == VIEW_FOOTER && i > 0));
            ck_assert_int_eq(d.scene.place[id].w * d.scene.place[id].h, sizes[i][0] * (sizes[i][1] - 1 - (i > 0)));
        }
    }
    dashboard_close(&d);
}
END_TEST

/* Finer or coarser, all bytes are in the cells, and no cell has more than it stands for. */
START_TEST(scales_are_truthful)
{
    static const uint64_t usable[] = {960, 251864 + 8, 1031680};
    for (size_t u = 0; u < 3; u++) {
        for (int steps = -12; steps <= 12; steps++) {
            struct grid g;
            struct shades shades = {0};
            uint64_t sum = 0, before;
            ck_assert(grid_fit(&g, usable[u], 7, 38, 6, true));
            before = g.cell;
            grid_rescale(&g, steps, 38);
            ck_assert(steps > 0 ? g.cell <= before : g.cell >= before);
            ck_assert_int_eq(grid_begin(&g, &shades), 0);
            for (uint64_t p = 0; p < 7; p++) {
                int x, y;
                grid_add(&g, &shades, p, 0, usable[u], CONTENT_DATA, 0, false);
                grid_place(&g, p, usable[u] - 1, &x, &y);
                ck_assert(x >= 0 && x < 38 && y >= 0 && y < g.height);
            }
            for (size_t i = 0; i < shades.cells.len; i++) {
                sum += shades.cells.data[i].bytes[CONTENT_DATA];
                ck_assert_uint_le(shades.cells.data[i].bytes[CONTENT_DATA], g.cell);
            }
            ck_assert_uint_eq(sum, 7 * usable[u]);
            vec_free(&shades.cells);
        }
    }
}
END_TEST

/* ---- colors ---- */

static const char *colored(const struct canvas *canvas, int depth)
{
    static char text[4096];
    memset(text, 0, sizeof text);
    FILE *out = fmemopen(text, sizeof text, "w");
    ck_assert_ptr_nonnull(out);
    ck_assert_int_eq(canvas_write_colors(canvas, depth, out), 0);
    fclose(out);
    return text;
}

START_TEST(colors_by_theme_and_depth)
{
    struct canvas c;
    canvas_init(&c, false);
    ck_assert_int_eq(canvas_resize(&c, 3, 1), 0);
    canvas_glyph(&c, canvas_all(&c), 0, 0, STYLE_ACCENT, GLYPH_FULL);
    canvas_glyph_on(&c, canvas_all(&c), 1, 0, STYLE_MARKER, STYLE_POINTER, GLYPH_AGE_MARK);
    ck_assert_str_eq(colored(&c, 256), "\033[0;1;38;5;214m█\033[0;38;5;214;48;5;74m┊\033[0m \033[0m\n");
    ck_assert_str_eq(colored(&c, 8), "\033[0;1;33m█\033[0;33;46m┊\033[0m \033[0m\n");
    ck_assert_str_eq(colored(&c, 0), "\033[0;1m█\033[0m┊\033[0m \033[0m\n");
    c.theme = THEME_LIGHT; /* brings its own ground */
    ck_assert_str_eq(colored(&c, 256),
                     "\033[0;1;38;5;166;48;5;231m█\033[0;38;5;166;48;5;32m┊\033[0;38;5;16;48;5;231m \033[0m\n");
    c.theme = THEME_PLAIN;
    ck_assert_str_eq(colored(&c, 256), "\033[0;1m█\033[0m┊\033[0m \033[0m\n");
    canvas_free(&c);
}
END_TEST

/* On its own ground the light theme leaves no color to the terminal; names and themes are one to one. */
START_TEST(themes_are_whole)
{
    for (enum style style = 0; style < STYLE_COUNT; style++) {
        for (int depth = 8; depth <= 256; depth *= 32) {
            ck_assert_int_ge(style_color(THEME_LIGHT, style, depth), 0);
            ck_assert_int_ne(style_color(THEME_LIGHT, style, depth), theme_ground(THEME_LIGHT, depth));
            ck_assert_int_eq(style_color(THEME_PLAIN, style, depth), -1);
            ck_assert_int_lt(style_color(THEME_DARK, style, depth), depth);
        }
    }
}
END_TEST

START_TEST(bars_are_as_long_as_their_part)
{
    struct canvas c;
    canvas_init(&c, false);
    ck_assert_int_eq(canvas_resize(&c, 10, 1), 0);
    words_bar(&c, canvas_all(&c), 0, 0, 10, STYLE_USED, 1, 2);
    ck_assert_str_eq(screens_text(&c), "█████\n");
    canvas_clear(&c);
    words_bar(&c, canvas_all(&c), 0, 0, 10, STYLE_USED, 11, 40);
    ck_assert_str_eq(screens_text(&c), "██▊\n");
    canvas_clear(&c);
    words_bar(&c, canvas_all(&c), 0, 0, 10, STYLE_USED, 1, UINT64_MAX); /* a little is more than nothing */
    words_bar(&c, canvas_all(&c), 5, 0, 3, STYLE_USED, UINT64_MAX, UINT64_MAX);
    ck_assert_str_eq(screens_text(&c), "▏    ███\n");
    canvas_clear(&c);
    words_bar(&c, canvas_all(&c), 0, 0, 10, STYLE_USED, 0, 7);
    ck_assert_str_eq(screens_text(&c), "\n");
    canvas_free(&c);
}
END_TEST

/* ---- what moves now ---- */

enum { PANEL_WIDTH = 120, PANEL_HEIGHT = 40, MICRO_STEPS = 16 };

/* New space as it is shown: new. */
static struct cell *shown_new_space(struct dashboard *d)
{
    ck_assert_int_eq(dashboard_draw(d, PANEL_WIDTH, PANEL_HEIGHT), 0);
    struct rect place = d->scene.place[VIEW_NEW];
    struct cell *cells = calloc((size_t)PANEL_WIDTH * PANEL_HEIGHT, sizeof *cells);
    ck_assert_ptr_nonnull(cells);
    for (int y = place.y; y < place.y + place.h; y++)
        for (int x = place.x; x < place.x + place.w; x++)
            cells[y * PANEL_WIDTH + x] = *canvas_at(&d->canvas, x, y);
    return cells;
}

/* A place looks the same from either side: what just happened there is one micro-step, not the way from further back.
 */
START_TEST(back_shows_what_forward_did)
{
    struct dashboard d;
    struct cell *forward[MICRO_STEPS];
    screens_open(&d, "repeat 9 as i\nalloc o$i 48\nend\ngc minor\nalloc p 48\ngc minor\nalloc q 48\n");
    step(&d, 11);
    for (int i = 0; i < MICRO_STEPS; i++) {
        dashboard_key(&d, '.');
        forward[i] = shown_new_space(&d);
    }
    ck_assert_uint_eq(heap_of(&d)->event, 12);
    ck_assert(heap_of(&d)->gc.running != 0);
    for (int i = MICRO_STEPS - 1; i >= 0; i--) {
        struct cell *back = shown_new_space(&d);
        ck_assert_msg(memcmp(back, forward[i], (size_t)PANEL_WIDTH * PANEL_HEIGHT * sizeof *back) == 0,
                      "micro-step %d looks different on the way back", i + 1);
        free(back);
        free(forward[i]);
        dashboard_key(&d, ',');
    }
    ck_assert(heap_of(&d)->gc.running == 0);
    ck_assert_int_eq(dashboard_draw(&d, PANEL_WIDTH, PANEL_HEIGHT), 0);
    ck_assert_ptr_nonnull(strstr(screens_text(&d.canvas), "idle (from-space)"));
    dashboard_close(&d);
}
END_TEST

/* A major marks before it flips: so long from-space has nothing to be emptied of. */
START_TEST(from_space_is_idle_while_a_major_marks)
{
    struct dashboard d;
    screens_open(&d, "repeat 9 as i\nalloc o$i 48\nend\ngc\n");
    step(&d, 9);
    for (int i = 0; i < 5; i++)
        dashboard_key(&d, '.');
    ck_assert_int_eq(dashboard_draw(&d, PANEL_WIDTH, PANEL_HEIGHT), 0);
    ck_assert_ptr_nonnull(strstr(screens_text(&d.canvas), "idle (from-space)"));
    while (heap_of(&d)->from.len == 0)
        dashboard_key(&d, '.');
    ck_assert_int_eq(dashboard_draw(&d, PANEL_WIDTH, PANEL_HEIGHT), 0);
    ck_assert_ptr_nonnull(strstr(screens_text(&d.canvas), "being emptied (from-space)"));
    dashboard_close(&d);
}
END_TEST

Suite *suite_scene(void)
{
    Suite *suite = suite_create("scene");
    CASE("spots", spots_are_objects, spots_are_events);
    CASE("focus", focus_goes_round, cursor_goes_from_thing_to_thing, chosen_object_stays,
         a_key_that_is_waited_for_is_not_rooted, forgotten_objects_are_told);
    CASE("scale", every_panel_can_be_zoomed, scales_are_truthful);
    CASE("now", back_shows_what_forward_did, from_space_is_idle_while_a_major_marks);
    CASE("colors", colors_by_theme_and_depth, themes_are_whole, bars_are_as_long_as_their_part);
    return suite;
}
