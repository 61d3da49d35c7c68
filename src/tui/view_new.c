/*
 * view_new.c - new space: the two semispaces side by side.
 *
 * Each keeps its place, so that a flip is seen as a flip: the label "to-space"
 * changes sides.
 */
#include "tui/views.h"
#include "tui/words.h"

#include <stdlib.h>
#include <string.h>

#define MARK_WORDS 11 /* columns of "┊ age mark" and a blank */

/* One semispace being drawn. */
struct half {
    uint32_t parity;
    bool active; /* to-space */
    struct rect rect;
    struct grid grid;
};

static bool is_active(const struct heap *heap, uint32_t parity)
{
    return heap->young_space.parity == parity;
}

/* Adds the objects of a list that lie in this half; for to-space also the fillers between them. */
static void add_objects(struct scene *scene, struct half *half, const uint32_t *list, size_t len, bool fillers)
{
    const struct heap *heap = scene->heap;
    uint64_t page = 0, at = 0;
    bool marking = scene_marking(scene);
    for (size_t i = 0; i < len; i++) {
        const struct object *o = &heap->objects.data[list[i]];
        if ((o->bits & OBJECT_PARITY) != half->parity || !(o->bits & OBJECT_YOUNG))
            continue;
        uint64_t offset = (uint64_t)o->offset * UNIT, size = object_bytes(o);
        for (; fillers && page < o->page; page++, at = 0)
            grid_add(&half->grid, &scene->shades, page, at, half->grid.usable - at, CONTENT_WASTED, NONE, false);
        if (fillers && offset > at)
            grid_add(&half->grid, &scene->shades, page, at, offset - at, CONTENT_WASTED, NONE, false);
        at = offset + size;
        enum content content = object_content(o, scene_garbage(scene, list[i]), marking);
        grid_add(&half->grid, &scene->shades, o->page, offset, size, content, list[i], i & 1);
    }
    const struct new_space *young = &heap->young_space;
    for (; fillers && page < young->page; page++, at = 0)
        grid_add(&half->grid, &scene->shades, page, at, half->grid.usable - at, CONTENT_WASTED, NONE, false);
    uint64_t top = (uint64_t)young->top * UNIT;
    if (fillers && page == young->page && at < top)
        grid_add(&half->grid, &scene->shades, page, at, top - at, CONTENT_WASTED, NONE, false);
}

/* What has just left this half, or come into it. */
static void add_trails(struct scene *scene, struct half *half)
{
    const struct happened *happened = &scene->player->happened;
    const struct heap *heap = scene->heap;
    if (!scene_trails(scene))
        return;
    for (size_t i = 0; i < happened->trails.len; i++) {
        const struct trail *trail = &happened->trails.data[i];
        if (trail->kind == HAPPENING_EVACUATE)
            continue;
        if (trail->parity == half->parity)
            grid_touch(&half->grid, &scene->shades, trail->from_page, trail->from_offset, trail->size, true);
        const struct object *o = &heap->objects.data[trail->object];
        if (trail->kind == HAPPENING_MOVE && half->active && (o->bits & OBJECT_YOUNG) && !(o->bits & OBJECT_FREE))
            grid_touch(&half->grid, &scene->shades, o->page, (uint64_t)o->offset * UNIT, object_bytes(o), false);
    }
}

/*
 * A marker below its cell if the grid leaves lines for that, else in the cell itself: the age mark on whatever it
 * holds, the top in an empty one (in a full one it would hide the last object: the first empty one tells it too).
 */
static void draw_marker(struct scene *scene, const struct half *half, uint64_t page, uint64_t offset, enum glyph glyph,
                        const char *words)
{
    int x, y;
    struct canvas *c = scene->canvas;
    if (page >= half->grid.pages)
        return;
    grid_place(&half->grid, page, offset, &x, &y);
    x += half->rect.x;
    y += half->rect.y;
    if (half->grid.pitch == 1) {
        if (x < c->width && y < c->height) {
            enum style under = (enum style)canvas_at(c, x, y)->style;
            bool empty = under == STYLE_FAINT || under == STYLE_TRAIL || under == STYLE_WASTED;
            if (empty || glyph == GLYPH_AGE_MARK)
                canvas_glyph_on(c, half->rect, x, y, STYLE_MARKER, empty ? STYLE_NORMAL : under, glyph);
        }
        return;
    }
    y += 1;
    canvas_glyph(c, half->rect, x, y, STYLE_MARKER, glyph);
    int len = canvas_columns(c, words, strlen(words));
    if (x + 2 + len <= half->rect.x + half->rect.w)
        canvas_string(c, half->rect, x + 2, y, STYLE_DIM, words);
    else if (x - 1 - len >= half->rect.x)
        canvas_string(c, half->rect, x - 1 - len, y, STYLE_DIM, words);
}

static void draw_markers(struct scene *scene, const struct half *half)
{
    const struct new_space *young = &scene->heap->young_space;
    uint64_t mark = (uint64_t)young->mark_offset * UNIT, top = (uint64_t)young->top * UNIT;
    int room = half->rect.w, mark_x, mark_y, top_x, top_y;
    if (top >= half->grid.usable) /* there is no cell behind the last byte */
        top = half->grid.usable - 1;
    grid_place(&half->grid, young->mark_page, mark, &mark_x, &mark_y);
    grid_place(&half->grid, young->page, top, &top_x, &top_y);
    bool marked = young->mark_page > 0 || young->mark_offset > 0, together = marked && mark_y == top_y;
    if (together)
        room = top_x - mark_x;
    bool told = room >= MARK_WORDS; /* there is room for the mark's words before the top */
    if (marked && room > 0)
        draw_marker(scene, half, young->mark_page, mark, GLYPH_AGE_MARK, told ? "age mark" : "");
    if (half->grid.pitch > 1 || top_x != mark_x || !together) {
        bool ascii = scene->canvas->ascii;
        char *words = told        ? view_text(scene, "top")
                      : room == 0 ? view_text(scene, "top and age mark")
                                  : view_text(scene, " %s age mark  %s top", glyph_text(GLYPH_AGE_MARK, ascii),
                                              glyph_text(GLYPH_TOP, ascii));
        if (words)
            draw_marker(scene, half, young->page, top, GLYPH_TOP, words);
        free(words);
    }
}

static void draw_label(struct scene *scene, const struct half *half)
{
    struct canvas *c = scene->canvas;
    const struct heap *heap = scene->heap;
    struct rect r = half->rect;
    char used[WORDS_ROOM], all[WORDS_ROOM];
    if (!half->active) {
        int x = canvas_string(c, r, r.x, r.y, STYLE_DIM, "from-space");
        bool collecting = heap->gc.running != 0;
        canvas_string(c, r, x + 2, r.y, STYLE_FAINT, collecting ? "being emptied" : "idle");
        return;
    }
    int x = canvas_string(c, r, r.x, r.y, STYLE_TITLE, "to-space");
    words_size(used, new_space_size(heap));
    words_size(all, new_space_effective_capacity(heap));
    canvas_format(c, r, x + 2, r.y, STYLE_DIM, "%s of %s", used, all);
}

static void draw_half(struct scene *scene, struct half *half)
{
    const struct heap *heap = scene->heap;
    struct rect r = half->rect;
    draw_label(scene, half);
    half->rect = (struct rect){r.x, r.y + 1, r.w, r.h - 1};
    if (grid_begin(&half->grid, &scene->shades)) {
        scene->canvas->failed = true;
        return;
    }
    if (half->active)
        add_objects(scene, half, heap->young.data, heap->young.len, heap->gc.running == 0);
    else
        add_objects(scene, half, heap->from.data, heap->from.len, false);
    add_trails(scene, half);
    scene_grid(scene, &half->grid, half->rect, half->rect.x, half->rect.y);
    if (half->active)
        draw_markers(scene, half);
}

/* What the heading says besides: profile and era if they are not in the top line, how many objects, the scale. */
static char *heading_words(struct scene *scene, const struct grid *grid, int room)
{
    char cell[WORDS_ROOM], count[WORDS_ROOM];
    uint64_t objects = scene->heap->spaces[SPACE_NEW].objects;
    words_size(cell, grid->cell);
    words_count(count, objects);
    char *profile = profile_in_top(scene, scene->canvas->width) ? NULL : profile_words(scene), *text = NULL;
    if (profile) {
        text = view_text(scene, "%s, %s object%s, cell %s", profile, count, objects == 1 ? "" : "s", cell);
        free(profile);
    }
    if (text && canvas_columns(scene->canvas, text, strlen(text)) <= room)
        return text;
    free(text);
    return view_text(scene, "%s object%s, cell %s", count, objects == 1 ? "" : "s", cell);
}

void view_new_draw(struct scene *scene, struct rect rect)
{
    const struct heap *heap = scene->heap;
    if (!heap) {
        view_heading(scene, rect, "new space", NULL);
        return;
    }
    int width = (rect.w - 6) / 2;
    const struct new_space *young = &heap->young_space;
    struct grid grid;
    if (!grid_fit(&grid, (uint64_t)young->usable * UNIT, young->capacity, width, rect.h - 2, true))
        return;
    char *right = heading_words(scene, &grid, rect.w - 17);
    struct rect room = view_heading(scene, rect, "new space", right);
    free(right);
    for (int i = 0; i < 2; i++) {
        struct half half = {.parity = i == 0 ? 0 : OBJECT_PARITY, .grid = grid};
        half.active = is_active(heap, half.parity);
        half.rect = (struct rect){room.x + 2 + i * (width + 2), room.y, width, room.h};
        draw_half(scene, &half);
    }
}
