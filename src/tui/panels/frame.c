/* frame.c - draws a whole frame: the table of views, each in its place. */
#include "tui/panels/views.h"

#include <string.h>

static const struct view views[VIEW_COUNT] = {
#define X(symbol, name, title, w, h) [VIEW_##symbol] = {#name, title, w, h, view_##name##_draw},
    VIEWS(X)
#undef X
};

const struct view *view_at(enum view_id id)
{
    return &views[id];
}

static void draw_too_small(struct scene *scene)
{
    struct canvas *c = scene->canvas;
    struct rect all = canvas_all(c);
    int y = c->height > 1 ? c->height / 2 - 1 : 0;
    canvas_format(c, all, 0, y, STYLE_TITLE, "heapreel needs %d x %d", SCREEN_MIN_WIDTH, SCREEN_MIN_HEIGHT);
    canvas_format(c, all, 0, y + 1, STYLE_NORMAL, "this is %d x %d", c->width, c->height);
}

/* Draws only the panel in focus, between the top line and the last one. */
static void zoom(struct scene *scene)
{
    struct rect all = canvas_all(scene->canvas), top = scene->place[VIEW_TOP], footer = scene->place[VIEW_FOOTER];
    memset(scene->place, 0, sizeof scene->place);
    scene->place[VIEW_TOP] = top;
    scene->place[VIEW_FOOTER] = footer;
    scene->place[scene->focus] = (struct rect){0, top.h, all.w, all.h - top.h - footer.h};
}

/* Draws only the heap and a sentence, between the top line and the last one. */
static void present(struct scene *scene)
{
    struct rect all = canvas_all(scene->canvas), top = scene->place[VIEW_TOP], footer = scene->place[VIEW_FOOTER];
    memset(scene->place, 0, sizeof scene->place);
    scene->place[VIEW_TOP] = top;
    scene->place[VIEW_FOOTER] = footer;
    presenter_draw(scene, (struct rect){0, top.h, all.w, all.h - top.h - footer.h});
}

int scene_draw(struct scene *scene)
{
    struct canvas *c = scene->canvas;
    canvas_clear(c);
    if (scene_begin(scene))
        return -1;
    struct wish wish = {.note = note_rows(scene, c->width, c->height),
                        .footer = footer_rows(scene, c->width, c->height),
                        .inspect = scene->chosen,
                        .folded = views_folded(scene)};
    if (!views_layout(c->width, c->height, &wish, scene->place)) {
        draw_too_small(scene);
        return c->failed ? -1 : 0;
    }
    if (scene->presenting && !scene->zoomed)
        present(scene);
    if (scene->zoomed && scene->focus < VIEW_COUNT)
        zoom(scene);
    for (enum view_id id = 0; id < VIEW_COUNT; id++)
        if (scene->place[id].w >= view_at(id)->min_w &&
            scene->place[id].h >= (wish.folded >> id & 1 ? 1 : view_at(id)->min_h))
            view_at(id)->draw(scene, scene->place[id]);
    scene_draw_cursor(scene);
    if (scene->note_page > 0)
        view_whole_note_draw(scene, canvas_all(c));
    if (scene->help)
        view_help_draw(scene, canvas_all(c));
    return c->failed ? -1 : 0;
}
