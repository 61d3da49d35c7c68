/* scene.c - a frame being drawn: what is at each of its cells, and what the user has selected. */
#include "tui/panels/scene.h"

#include "base/text.h"
#include "gc/gc.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define GARBAGE_MOST 65536 /* object records up to which garbage is searched for */

void scene_init(struct scene *scene, struct canvas *canvas, struct player *player)
{
    *scene = (struct scene){.canvas = canvas, .player = player, .focus = VIEW_COUNT, .prompt_cursor = -1};
}

void scene_free(struct scene *scene)
{
    free(scene->object_name);
    scene->object_name = NULL;
    vec_free(&scene->spots);
    vec_free(&scene->shades.cells);
    vec_free(&scene->order);
    for (enum space_id id = 0; id < SPACE_COUNT; id++)
        vec_free(&scene->kept.order[id]);
    path_tree_free(&scene->reached);
    vec_free(&scene->inspection.holders);
    vec_free(&scene->inspection.path.steps);
}

char *view_text(struct scene *scene, const char *format, ...)
{
    va_list args;
    size_t len;
    va_start(args, format);
    char *text = text_format(&len, format, args);
    va_end(args);
    if (!text)
        scene->canvas->failed = true;
    return text;
}

/* ---- what is where ---- */

static enum view_id view_of(const struct scene *scene, int x, int y)
{
    for (enum view_id id = 0; id < VIEW_COUNT; id++) {
        struct rect r = scene->place[id];
        if (x >= r.x && x < r.x + r.w && y >= r.y && y < r.y + r.h)
            return id;
    }
    return VIEW_COUNT;
}

struct spot scene_spot(const struct scene *scene, int x, int y)
{
    struct spot nothing = {.kind = SPOT_NONE, .view = VIEW_COUNT, .object = NONE};
    size_t at = (size_t)y * (size_t)scene->canvas->width + (size_t)x;
    if (x < 0 || y < 0 || x >= scene->canvas->width || y >= scene->canvas->height || at >= scene->spots.len)
        return nothing;
    struct spot spot = scene->spots.data[at];
    spot.view = (uint8_t)view_of(scene, x, y);
    return spot;
}

void scene_mark(struct scene *scene, int x, int y, int w, struct spot spot)
{
    int width = scene->canvas->width;
    if (y < 0 || y >= scene->canvas->height)
        return;
    for (int i = x < 0 ? 0 : x; i < x + w && i < width; i++) {
        size_t at = (size_t)y * (size_t)width + (size_t)i;
        if (at < scene->spots.len)
            scene->spots.data[at] = spot;
    }
}

void scene_mark_object(struct scene *scene, int x, int y, int w, uint32_t object)
{
    scene_mark(scene, x, y, w, (struct spot){.kind = SPOT_OBJECT, .object = object});
}

void scene_mark_event(struct scene *scene, int x, int y, int w, uint64_t event)
{
    scene_mark(scene, x, y, w, (struct spot){.kind = SPOT_EVENT, .object = NONE, .number = event});
}

void scene_grid(struct scene *scene, const struct grid *grid, struct rect clip, int x, int y)
{
    uint32_t chosen = scene_chosen(scene);
    grid_draw(grid, &scene->shades, scene->canvas, clip, x, y);
    for (uint64_t i = 0; i < scene->shades.cells.len; i++) {
        const struct shade *shade = &scene->shades.cells.data[i];
        int cx, cy;
        if (shade->largest == 0 || shade->object == NONE)
            continue;
        grid_cell_place(grid, i, &cx, &cy);
        cx += x;
        cy += y;
        if (cx < clip.x || cy < clip.y || cx >= clip.x + clip.w || cy >= clip.y + clip.h)
            continue;
        scene_mark_object(scene, cx, cy, 1, shade->object);
        if (shade->object == chosen)
            canvas_restyle(scene->canvas, cx, cy, STYLE_CHOSEN);
    }
}

int scene_first_row(struct scene *scene, enum view_id view, int rows, int room)
{
    int most = rows > room ? rows - room : 0, *scroll = &scene->scroll[view];
    *scroll = *scroll < 0 ? 0 : *scroll > most ? most : *scroll;
    return *scroll;
}

/* ---- focus and cursor ---- */

static struct rect focus_place(const struct scene *scene)
{
    return scene->focus < VIEW_COUNT ? scene->place[scene->focus] : (struct rect){0, 0, 0, 0};
}

struct spot scene_cursor(const struct scene *scene)
{
    struct rect r = focus_place(scene);
    if (!scene->cursor || scene->cursor_x >= r.w || scene->cursor_y >= r.h)
        return scene_spot(scene, -1, -1);
    return scene_spot(scene, r.x + scene->cursor_x, r.y + scene->cursor_y);
}

void scene_point(struct scene *scene, int x, int y)
{
    enum view_id id = view_of(scene, x, y);
    if (id == VIEW_COUNT || id == VIEW_TOP || id == VIEW_FOOTER)
        return;
    scene->focus = id;
    scene->cursor = true;
    scene->cursor_x = x - scene->place[id].x;
    scene->cursor_y = y - scene->place[id].y;
}

void scene_focus(struct scene *scene, int step)
{
    int id = (int)scene->focus;
    for (int i = 0; i < VIEW_COUNT + 1; i++) {
        id = (id + step + VIEW_COUNT + 1) % (VIEW_COUNT + 1);
        bool shown =
            id < VIEW_COUNT && id != VIEW_TOP && id != VIEW_FOOTER && (scene->place[id].w > 0 || scene->zoomed);
        if (shown || (id == VIEW_COUNT && !scene->zoomed))
            break;
    }
    scene->focus = (enum view_id)id;
    scene->cursor = false;
    scene->cursor_x = scene->cursor_y = 0;
}

static bool same_spot(struct spot a, struct spot b)
{
    return a.kind == b.kind && a.object == b.object && a.number == b.number;
}

/* The distance of (x, y) from the cursor in the direction (dx, dy); INT32_MAX: not in this direction. */
static int distance(int x, int y, int dx, int dy)
{
    int along = x * dx + y * dy, aside = dx ? (y < 0 ? -y : y) : (x < 0 ? -x : x);
    return along <= 0 ? INT32_MAX : dx ? along + 64 * aside : 64 * along + aside;
}

void scene_move(struct scene *scene, int dx, int dy)
{
    struct rect r = focus_place(scene);
    struct spot here = scene_cursor(scene);
    int best = INT32_MAX, best_x = 0, best_y = 0;
    int from_x = scene->cursor ? scene->cursor_x : -1, from_y = scene->cursor ? scene->cursor_y : 0;
    for (int y = 0; y < r.h; y++) {
        for (int x = 0; x < r.w; x++) {
            struct spot spot = scene_spot(scene, r.x + x, r.y + y);
            int far = scene->cursor ? distance(x - from_x, y - from_y, dx, dy) : 64 * y + x;
            if (spot.kind != SPOT_NONE && far < best && !(scene->cursor && same_spot(spot, here))) {
                best = far;
                best_x = x;
                best_y = y;
            }
        }
    }
    if (best == INT32_MAX) {
        if (scene->focus < VIEW_COUNT)
            scene_scroll(scene, scene->focus, dy);
        return;
    }
    scene->cursor = true;
    scene->cursor_x = best_x;
    scene->cursor_y = best_y;
}

void scene_scroll(struct scene *scene, enum view_id view, int rows)
{
    if (view < VIEW_COUNT)
        scene->scroll[view] += rows;
}

#define FINER_MOST 12

void scene_scale(struct scene *scene, int step)
{
    int finer = scene->finer + step;
    scene->finer = finer < -FINER_MOST ? -FINER_MOST : finer > FINER_MOST ? FINER_MOST : finer;
}

void scene_next_theme(struct scene *scene)
{
    scene->canvas->theme = (scene->canvas->theme + 1) % THEME_COUNT;
}

/* ---- the selected object ---- */

int scene_choose(struct scene *scene, uint32_t object)
{
    char buffer[NAME_DIGITS];
    size_t len;
    const struct heap *heap = player_heap(scene->player);
    free(scene->object_name);
    scene->object_name = NULL;
    scene->chosen = heap && object < heap->objects.len;
    scene->object = object;
    scene->object_worker = player_shown(scene->player)->index;
    if (!scene->chosen || heap->objects.data[object].name == NAME_NONE)
        return 0;
    const char *name = names_text(heap->names, heap->objects.data[object].name, buffer, &len);
    scene->object_name = strndup(name, len);
    return scene->object_name ? 0 : -1;
}

bool scene_elsewhere(const struct scene *scene)
{
    return scene->chosen && scene->object_worker != player_shown(scene->player)->index;
}

uint32_t scene_chosen(const struct scene *scene)
{
    char buffer[NAME_DIGITS];
    size_t len;
    const struct heap *heap = scene->heap;
    if (!scene->chosen || !heap || scene->object >= heap->objects.len || scene_elsewhere(scene))
        return NONE;
    const struct object *o = &heap->objects.data[scene->object];
    if (o->bits & OBJECT_FREE)
        return NONE;
    if (o->name == NAME_NONE) /* never named, or its ID now names another object */
        return scene->object;
    const char *name = names_text(heap->names, o->name, buffer, &len);
    bool same = scene->object_name && strlen(scene->object_name) == len && memcmp(scene->object_name, name, len) == 0;
    return same ? scene->object : NONE;
}

/* ---- garbage, marking, trails ---- */

/*
 * Finds garbage: what the program can no longer reach, and whose bytes are not gone yet; only in small heaps. In the
 * middle of a collection it is what was unreachable at its start: the program stands still, objects keep their records
 * while they move, and only pointers that keep nothing alive are cleared.
 */
static void find_garbage(struct scene *scene)
{
    const struct heap *heap = scene->heap;
    if (scene->garbage_fresh && scene->garbage_at == scene->player->moved)
        return;
    scene->garbage_known = false;
    scene->garbage_fresh = true;
    scene->garbage_at = scene->player->moved;
    if (!heap || heap->objects.len > GARBAGE_MOST || !player_shown(scene->player)->ready)
        return;
    path_tree_free(&scene->reached);
    scene->garbage_of = heap->objects.len;
    scene->garbage_known = path_tree_make(heap, false, &scene->reached) == 0;
    scene->canvas->failed |= !scene->garbage_known;
}

bool scene_garbage(const struct scene *scene, uint32_t object)
{
    return scene->garbage_known && object < scene->garbage_of && !path_tree_reaches(&scene->reached, object);
}

bool scene_marking(const struct scene *scene)
{
    return scene->heap &&
           (gc_activity(scene->heap) == GC_MARKING || (!gc_running(scene->heap) && scene->heap->marking.active));
}

bool scene_trails(const struct scene *scene)
{
    const struct player *p = scene->player;
    if (!player_shown(p)->ready || p->recent_events.trails.len == 0 || p->heard_worker != player_shown(p)->index)
        return false;
    return gc_running(scene->heap) || (p->collection_event > 0 && p->collection_event == run_events(p->run));
}

bool scene_fresh(const struct scene *scene, const struct trail *trail)
{
    return recent_fresh(&scene->player->recent_events, &trail->when);
}

bool scene_flipped(const struct scene *scene)
{
    const struct player *p = scene->player;
    const struct instant *flip = &p->recent_events.flip;
    return p->heard_worker == player_shown(p)->index && flip->slice > 0 && recent_fresh(&p->recent_events, flip);
}

/* Forgets what was where. 0, or -1 without memory. */
static int clear_spots(struct scene *scene)
{
    size_t n = (size_t)scene->canvas->width * (size_t)scene->canvas->height;
    scene->spots.len = 0;
    if (vec_reserve(&scene->spots, n))
        return -1;
    for (size_t i = 0; i < n; i++)
        scene->spots.data[i] = (struct spot){.kind = SPOT_NONE, .view = VIEW_COUNT, .object = NONE};
    scene->spots.len = n;
    return 0;
}

void scene_draw_cursor(struct scene *scene)
{
    struct rect r = focus_place(scene);
    if (scene->cursor && scene->cursor_x < r.w && scene->cursor_y < r.h)
        canvas_restyle(scene->canvas, r.x + scene->cursor_x, r.y + scene->cursor_y, STYLE_CURSOR);
}

int scene_begin(struct scene *scene)
{
    scene->heap = player_heap(scene->player);
    if (clear_spots(scene))
        return -1;
    find_garbage(scene);
    return 0;
}

void scene_play(struct scene *scene, struct player *player)
{
    scene->player = player;
    scene->heap = player_heap(player);
    for (enum space_id id = 0; id < SPACE_COUNT; id++)
        scene->kept.order[id].len = 0;
    scene->garbage_fresh = false;
    scene->note_page = 0;
}
