/*
 * views.c - the table of views, the layout, and a frame.
 */
#include "tui/views.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define GARBAGE_MOST 65536 /* object records up to which garbage is looked for */
#define GAP 2              /* columns between two panels */

static const struct view views[VIEW_COUNT] = {
#define X(symbol, name, w, h) [VIEW_##symbol] = {#name, w, h, view_##name##_draw},
    VIEWS(X)
#undef X
};

const struct view *view_at(enum view_id id)
{
    return &views[id];
}

/* ---- layout ---- */

static int clamp(int value, int least, int most)
{
    return value < least ? least : value > most ? most : value;
}

/* Heap at the left, text at the right. */
static void two_columns(int width, int body, struct rect place[VIEW_COUNT])
{
    int left = width * 56 / 100, right = width - left - GAP, x = left + GAP;
    int log = body >= 28 ? clamp(body / 5, 5, 12) : 0;
    int young = clamp((body - log) * 45 / 100, 6, 20);
    int figures = body >= 28 ? 9 : 6;
    int trace = clamp((body - figures) * 45 / 100, 4, 24);
    place[VIEW_NEW] = (struct rect){0, 1, left, young};
    place[VIEW_OLD] = (struct rect){0, 1 + young, left, body - young - log};
    if (log > 0)
        place[VIEW_LOG] = (struct rect){0, 1 + body - log, left, log};
    place[VIEW_TRACE] = (struct rect){x, 1, right, trace};
    place[VIEW_HAPPENED] = (struct rect){x, 1 + trace, right, body - trace - figures};
    place[VIEW_FIGURES] = (struct rect){x, 1 + body - figures, right, figures};
}

/* One below the other; the trace beside what happened. */
static void one_column(int width, int body, struct rect place[VIEW_COUNT])
{
    place[VIEW_FIGURES] = (struct rect){0, body--, width, 1};
    int log = body >= 34 ? clamp(body / 6, 5, 10) : 0;
    int rest = body - log;
    int young = clamp(rest * 36 / 100, 5, 20), old = clamp(rest * 34 / 100, 4, 18), text = rest - young - old;
    place[VIEW_NEW] = (struct rect){0, 1, width, young};
    place[VIEW_OLD] = (struct rect){0, 1 + young, width, old};
    int y = 1 + young + old, half = width;
    if (width >= 72) {
        half = (width - GAP) / 2;
        place[VIEW_HAPPENED] = (struct rect){half + GAP, y, width - half - GAP, text};
    }
    place[VIEW_TRACE] = (struct rect){0, y, half, text};
    if (log > 0)
        place[VIEW_LOG] = (struct rect){0, y + text, width, log};
}

bool views_layout(int width, int height, int note, struct rect place[VIEW_COUNT])
{
    memset(place, 0, sizeof *place * VIEW_COUNT);
    if (width < SCREEN_MIN_WIDTH || height < SCREEN_MIN_HEIGHT)
        return false;
    place[VIEW_TOP] = (struct rect){0, 0, width, 1};
    place[VIEW_NOTE] = (struct rect){0, height - note, width, note};
    if (width >= 100)
        two_columns(width, height - 1 - note, place);
    else
        one_column(width, height - 1 - note, place);
    return true;
}

/* ---- for views ---- */

char *view_text(struct scene *scene, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *text = len < 0 ? NULL : malloc((size_t)len + 1);
    if (text)
        vsnprintf(text, (size_t)len + 1, format, again);
    else
        scene->canvas->failed = true;
    va_end(again);
    return text;
}

struct rect view_heading(struct scene *scene, struct rect rect, const char *title, const char *right)
{
    struct canvas *c = scene->canvas;
    int end = rect.x + rect.w;
    canvas_repeat(c, rect, rect.x, rect.y, STYLE_FAINT, GLYPH_RULE, rect.w);
    canvas_string(c, rect, rect.x + 1, rect.y, STYLE_HEADING, " ");
    int most = right ? (rect.w - 6) * 2 / 3 : rect.w - 5;
    int x = canvas_fit(c, rect, rect.x + 2, rect.y, most, STYLE_HEADING, title, strlen(title));
    canvas_string(c, rect, x, rect.y, STYLE_HEADING, " ");
    if (right) {
        int columns = canvas_columns(c, right, strlen(right)), room = end - x - 5;
        int at = end - 2 - (columns < room ? columns : room);
        if (room >= 8) {
            canvas_string(c, rect, at - 1, rect.y, STYLE_DIM, " ");
            at = canvas_fit(c, rect, at, rect.y, room, STYLE_DIM, right, strlen(right));
            canvas_string(c, rect, at, rect.y, STYLE_DIM, " ");
        }
    }
    return (struct rect){rect.x, rect.y + 1, rect.w, rect.h - 1};
}

/*
 * Looks for garbage: what the program can no longer reach, though the collector
 * has not found out yet. Only in small heaps, and between collections.
 */
static void find_garbage(struct scene *scene)
{
    const struct heap *heap = scene->heap;
    if (scene->garbage_fresh && scene->garbage_at == scene->player->moved)
        return;
    scene->garbage_known = false;
    scene->garbage_fresh = true;
    scene->garbage_at = scene->player->moved;
    if (!heap || heap->gc.running || heap->objects.len > GARBAGE_MOST || !scene->player->run.current->ready)
        return;
    scene->reachable.len = 0;
    if (vec_reserve(&scene->reachable, heap->objects.len + 1)) {
        scene->canvas->failed = true;
        return;
    }
    scene->reachable.len = heap->objects.len;
    memset(scene->reachable.data, 0, heap->objects.len + 1);
    if (heap_reachable(heap, scene->reachable.data))
        scene->canvas->failed = true;
    else
        scene->garbage_known = true;
}

bool scene_garbage(const struct scene *scene, uint32_t object)
{
    return scene->garbage_known && object < scene->reachable.len && !scene->reachable.data[object];
}

bool scene_trails(const struct scene *scene)
{
    const struct player *p = scene->player;
    return p->run.current->ready && p->collection_event > 0 && p->collection_event == run_events(&p->run) &&
           p->happened.trails.len > 0;
}

/* ---- a frame ---- */

void scene_init(struct scene *scene, struct canvas *canvas, struct player *player)
{
    *scene = (struct scene){.canvas = canvas, .player = player};
}

void scene_free(struct scene *scene)
{
    vec_free(&scene->shades.cells);
    vec_free(&scene->order);
    vec_free(&scene->reachable);
}

static void draw_too_small(struct scene *scene)
{
    struct canvas *c = scene->canvas;
    struct rect all = canvas_all(c);
    int y = c->height > 1 ? c->height / 2 - 1 : 0;
    canvas_format(c, all, 0, y, STYLE_TITLE, "heapreel needs %d x %d", SCREEN_MIN_WIDTH, SCREEN_MIN_HEIGHT);
    canvas_format(c, all, 0, y + 1, STYLE_NORMAL, "this is %d x %d", c->width, c->height);
}

int scene_draw(struct scene *scene)
{
    struct canvas *c = scene->canvas;
    struct rect place[VIEW_COUNT];
    canvas_clear(c);
    scene->heap = player_heap(scene->player);
    if (!views_layout(c->width, c->height, note_rows(scene, c->width, c->height), place)) {
        draw_too_small(scene);
        return c->failed ? -1 : 0;
    }
    find_garbage(scene);
    for (enum view_id id = 0; id < VIEW_COUNT; id++)
        if (place[id].w >= views[id].min_w && place[id].h >= views[id].min_h)
            views[id].draw(scene, place[id]);
    if (scene->note_page > 0)
        view_whole_note_draw(scene, canvas_all(c));
    if (scene->help)
        view_help_draw(scene, canvas_all(c));
    return c->failed ? -1 : 0;
}
