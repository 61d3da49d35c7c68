/*
 * view_old.c - the old generation: a block of cells per page, large objects as bars, small spaces as strips.
 */
#include "tui/views.h"
#include "tui/words.h"

#include <stdlib.h>
#include <string.h>

#define SORT_MOST 4096   /* objects of a page that are put in order, so that neighbours differ in shade */
#define WALK_MOST 400000 /* objects up to which cells are filled object by object */

/* ---- pages ---- */

struct by_offset {
    uint32_t offset, object;
};

static int compare_offsets(const void *a, const void *b)
{
    const struct by_offset *x = a, *y = b;
    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

/* Adds the objects of a page in address order, or, if there are very many, in any order and one shade. */
static void add_objects(struct scene *scene, const struct grid *grid, uint64_t at, const struct page *page)
{
    const struct heap *heap = scene->heap;
    bool marking = scene_marking(scene);
    size_t n = 0;
    struct by_offset *sorted = NULL;
    if (page->count > 0 && page->count <= SORT_MOST)
        sorted = malloc(page->count * sizeof *sorted);
    for (uint32_t i = page->objects; i != NONE; i = heap->cold.data[i].next) {
        const struct object *o = &heap->objects.data[i];
        if (sorted && n < page->count)
            sorted[n++] = (struct by_offset){o->offset, i};
        else if (!sorted)
            grid_add(grid, &scene->shades, at, (uint64_t)o->offset * UNIT, object_bytes(o),
                     object_content(o, scene_garbage(scene, i), marking), i, false);
    }
    if (sorted)
        qsort(sorted, n, sizeof *sorted, compare_offsets);
    for (size_t i = 0; i < n; i++) {
        const struct object *o = &heap->objects.data[sorted[i].object];
        grid_add(grid, &scene->shades, at, (uint64_t)o->offset * UNIT, object_bytes(o),
                 object_content(o, scene_garbage(scene, sorted[i].object), marking), sorted[i].object, i & 1);
    }
    free(sorted);
}

/* Adds what is free; the rest of the page is wasted, or not swept yet. */
static void add_free(struct scene *scene, const struct grid *grid, uint64_t at, uint32_t index)
{
    const struct heap *heap = scene->heap;
    const struct page *page = &heap->pages.data[index];
    const struct space *space = &heap->spaces[page->space];
    for (uint32_t b = page->blocks; b != NONE; b = heap->blocks.data[b].page_next) {
        const struct free_block *block = &heap->blocks.data[b];
        grid_add(grid, &scene->shades, at, (uint64_t)block->offset * UNIT, (uint64_t)block->size * UNIT, CONTENT_FREE,
                 NONE, false);
    }
    if (space->area_page == index)
        grid_add(grid, &scene->shades, at, (uint64_t)space->area_top * UNIT,
                 (uint64_t)(space->area_limit - space->area_top) * UNIT, CONTENT_FREE, NONE, false);
    grid_rest(grid, &scene->shades, at, page->flags & PAGE_UNSWEPT ? CONTENT_UNSWEPT : CONTENT_WASTED);
}

/* Objects that the last collection has just moved into the space. */
static void add_trails(struct scene *scene, const struct grid *grid, enum space_id space, const uint32_t *order,
                       size_t pages)
{
    const struct happened *happened = &scene->player->happened;
    if (!scene_trails(scene))
        return;
    for (size_t i = 0; i < happened->trails.len; i++) {
        const struct trail *trail = &happened->trails.data[i];
        const struct object *o = &scene->heap->objects.data[trail->object];
        if (trail->kind == HAPPENING_MOVE || (o->bits & (OBJECT_FREE | OBJECT_YOUNG)) || object_space(o) != space)
            continue;
        for (size_t k = 0; k < pages; k++)
            if (order[k] == o->page)
                grid_touch(grid, &scene->shades, k, (uint64_t)o->offset * UNIT, object_bytes(o), false);
    }
}

/* The pages of a space into scene->order. 0, or -1 without memory. */
static int list_pages(struct scene *scene, enum space_id id)
{
    const struct heap *heap = scene->heap;
    scene->order.len = 0;
    for (uint32_t p = heap->spaces[id].first; p != NONE; p = heap->pages.data[p].next)
        if (vec_push(&scene->order, p))
            return -1;
    return 0;
}

/* Draws the pages of a space as cells; *grid says at which scale. False if there is nothing to draw. */
static bool draw_pages(struct scene *scene, enum space_id id, struct rect rect, struct grid *grid)
{
    const struct heap *heap = scene->heap;
    if (list_pages(scene, id) || rect.h < 1) {
        scene->canvas->failed |= rect.h >= 1;
        return false;
    }
    uint64_t pages = scene->order.len;
    if (pages == 0 || !grid_fit(grid, config_usable(&heap->config), pages, rect.w, rect.h, false))
        return false;
    if (grid_begin(grid, &scene->shades)) {
        scene->canvas->failed = true;
        return false;
    }
    bool coarse = grid->pages_per_cell > 1 || heap->live > WALK_MOST;
    for (uint64_t i = 0; i < pages; i++) {
        const struct page *page = &heap->pages.data[scene->order.data[i]];
        if (coarse) {
            grid_add(grid, &scene->shades, i, 0, page->used,
                     id == SPACE_OLD_DATA ? CONTENT_DATA
                     : id == SPACE_CODE   ? CONTENT_CODE
                                          : CONTENT_POINTER,
                     NONE, false);
        } else {
            add_objects(scene, grid, i, page);
            add_free(scene, grid, i, scene->order.data[i]);
        }
    }
    if (!coarse)
        add_trails(scene, grid, id, scene->order.data, pages);
    scene_grid(scene, grid, rect, rect.x, rect.y);
    return true;
}

/* The heading of a space, as long as there is room for: pages, occupancy, fragmentation, scale. */
static char *space_words(struct scene *scene, const struct space_figures *figures, uint64_t cell, int room)
{
    char pages[WORDS_ROOM], scale[WORDS_ROOM];
    unsigned used = words_percent(figures->used, figures->pages * config_usable(&scene->heap->config));
    unsigned crumbs = words_percent(figures->fragmentation, 1000000);
    words_count(pages, figures->pages);
    words_size(scale, cell);
    char *text = NULL;
    for (int detail = 3; detail >= 0; detail--) {
        free(text);
        text = view_text(scene,
                         detail == 3   ? "%u %% used, %u %% fragmented, %s page%s, cell %s"
                         : detail == 2 ? "%u %% used, %u %% fragmented, %s page%s"
                         : detail == 1 ? "%u %% used, %u %% fragmented"
                                       : "%u %% used",
                         used, crumbs, pages, figures->pages == 1 ? "" : "s", scale);
        if (!text || (int)strlen(text) <= room)
            break;
    }
    return text;
}

/* A space with a heading of its own. */
static void draw_space(struct scene *scene, enum space_id id, struct rect rect)
{
    const struct heap *heap = scene->heap;
    const char *name = space_name(heap->config.era, id);
    struct space_figures figures = heap_space_figures(heap, id);
    struct grid grid = {0};
    if (heap->spaces[id].pages == 0) {
        view_heading(scene, rect, name, "no page yet");
        return;
    }
    draw_pages(scene, id, (struct rect){rect.x + 2, rect.y + 1, rect.w - 4, rect.h - 1}, &grid);
    char *right = space_words(scene, &figures, grid.cell, rect.w - (int)strlen(name) - 8);
    view_heading(scene, rect, name, right);
    free(right);
}

/* ---- large objects ---- */

static const enum space_id large_spaces[] = {SPACE_LARGE, SPACE_CODE_LARGE, SPACE_NEW_LARGE}; /* the young last */
#define LARGE_SPACES (sizeof large_spaces / sizeof *large_spaces)

/* The large objects of all spaces into scene->order, oldest first; the largest one's bytes. 0 or -1. */
static int list_large(struct scene *scene, uint64_t *largest, uint64_t *bytes)
{
    const struct heap *heap = scene->heap;
    scene->order.len = 0;
    *largest = *bytes = 0;
    for (size_t s = 0; s < LARGE_SPACES; s++) {
        for (uint32_t p = heap->spaces[large_spaces[s]].first; p != NONE; p = heap->pages.data[p].next) {
            uint32_t object = heap->pages.data[p].objects;
            if (object == NONE)
                continue;
            uint64_t size = object_bytes(&heap->objects.data[object]);
            *largest = size > *largest ? size : *largest;
            *bytes += size;
            if (vec_push(&scene->order, object))
                return -1;
        }
    }
    return 0;
}

#define BAR_LEAST 16 /* columns of a large object, at least */

static void draw_bar(struct scene *scene, uint32_t object, uint64_t largest, struct rect rect, int y)
{
    const struct heap *heap = scene->heap;
    struct canvas *c = scene->canvas;
    const struct object *o = &heap->objects.data[object];
    char buffer[NAME_DIGITS], size[WORDS_ROOM];
    size_t len = 1;
    const char *name = o->name == NAME_NONE ? "-" : names_text(heap->names, o->name, buffer, &len);
    int label = rect.w / 4 > 12 ? 12 : rect.w / 4, x = rect.x + label + 9;
    canvas_fit(c, rect, rect.x, y, label, STYLE_NORMAL, name, len);
    words_size(size, object_bytes(o));
    canvas_string(c, rect, x - 2 - (int)strlen(size), y, STYLE_DIM, size);
    enum content content = object_content(o, scene_garbage(scene, object), scene_marking(scene));
    static const enum style styles[CONTENT_OBJECTS] = {STYLE_POINTER, STYLE_DATA,  STYLE_WEAK, STYLE_CODE,
                                                       STYLE_GARBAGE, STYLE_WHITE, STYLE_GREY, STYLE_BLACK};
    int most = rect.x + rect.w - x - 6;
    uint64_t cell = most < 1 ? 0 : largest / (uint64_t)most + (largest % (uint64_t)most > 0); /* bytes of one */
    int bar = cell == 0 ? 0 : (int)((object_bytes(o) + cell / 2) / cell);
    if (most < 2) { /* no room for lengths that differ */
        canvas_glyph(c, rect, x - 1, y, styles[content], content == CONTENT_GARBAGE ? GLYPH_GARBAGE : GLYPH_FULL);
        return;
    }
    x = canvas_glyph(c, rect, x - 1, y, STYLE_FAINT, GLYPH_BAR_LEFT);
    x = canvas_repeat(c, rect, x, y, styles[content], content == CONTENT_GARBAGE ? GLYPH_GARBAGE : GLYPH_FULL,
                      bar < 1 ? 1 : bar);
    x = canvas_glyph(c, rect, x, y, STYLE_FAINT, GLYPH_BAR_RIGHT);
    if (o->bits & OBJECT_YOUNG)
        canvas_string(c, rect, x + 1, y, STYLE_DIM, "new");
}

static void draw_large(struct scene *scene, struct rect rect)
{
    uint64_t largest, bytes;
    char size[WORDS_ROOM], count[WORDS_ROOM];
    if (list_large(scene, &largest, &bytes)) {
        scene->canvas->failed = true;
        return;
    }
    size_t n = scene->order.len;
    words_size(size, bytes);
    words_count(count, n);
    char *right = n == 0 ? view_text(scene, "none") : view_text(scene, "%s, %s", count, size);
    struct rect room = view_heading(scene, rect, "large objects", right);
    free(right);
    room.x += 2;
    room.w -= 4;
    if (room.h < 1 || n == 0)
        return;
    /* several beside each other if they are many, and of very many the last ones */
    size_t rows = (size_t)room.h, most = room.w < BAR_LEAST ? 1 : (size_t)(room.w / BAR_LEAST);
    size_t across = n > rows ? (n + rows - 1) / rows : 1, seen;
    across = across > most ? most : across;
    seen = n < rows * across ? n : rows * across;
    struct rect slot = {room.x, room.y, room.w / (int)across, room.h};
    for (size_t i = 0; i < seen; i++) {
        slot.x = room.x + (int)(i / rows) * slot.w;
        draw_bar(scene, scene->order.data[n - seen + i], largest, slot, room.y + (int)(i % rows));
    }
}

/* ---- small spaces: one line for all ---- */

static void draw_strips(struct scene *scene, struct rect rect, const enum space_id *ids, size_t n, bool large)
{
    const struct heap *heap = scene->heap;
    struct canvas *c = scene->canvas;
    char size[WORDS_ROOM];
    char *words = NULL;
    uint64_t largest, bytes;
    int x = rect.x + 2, room = rect.w - 3;
    if (large) {
        if (list_large(scene, &largest, &bytes))
            c->failed = true;
        words = view_text(scene, "large %zu, %s", scene->order.len, words_size(size, bytes));
        room -= words ? canvas_columns(c, words, strlen(words)) : 0;
    }
    for (size_t i = 0; i < n; i++)
        room -= (int)strlen(space_name(heap->config.era, ids[i])) + 3;
    int cells = n > 0 && room / (int)n > 0 ? room / (int)n : 1;
    for (size_t i = 0; i < n; i++) {
        struct grid grid;
        x = canvas_string(c, rect, x, rect.y, STYLE_DIM, space_name(heap->config.era, ids[i])) + 1;
        if (!draw_pages(scene, ids[i], (struct rect){x, rect.y, cells, 1}, &grid))
            canvas_glyph(c, rect, x, rect.y, STYLE_FAINT, GLYPH_RULE);
        x += cells + 2;
    }
    if (words)
        canvas_string(c, rect, x, rect.y, STYLE_DIM, words);
    free(words);
}

void view_old_draw(struct scene *scene, struct rect rect)
{
    static const enum space_id small[] = {SPACE_CODE, SPACE_MAP, SPACE_CELL, SPACE_PROPERTY_CELL};
    const struct heap *heap = scene->heap;
    enum space_id strips[4];
    size_t n = 0;
    if (!heap)
        return;
    for (size_t i = 0; i < 4; i++)
        if (era_has_space(heap->config.era, small[i]))
            strips[n++] = small[i];
    bool data = era_has_space(heap->config.era, SPACE_OLD_DATA);
    int rows = rect.h - 1; /* the strips have the last line */
    int lower = rows >= 5 ? 1 + (rows - 2) * 2 / 5 : 0, upper = rows - lower;
    draw_space(scene, SPACE_OLD, (struct rect){rect.x, rect.y, rect.w, upper});
    if (lower > 0) {
        int half = data ? (rect.w - 2) / 2 : 0;
        if (data)
            draw_space(scene, SPACE_OLD_DATA, (struct rect){rect.x, rect.y + upper, half, lower});
        draw_large(scene, (struct rect){rect.x + half + (data ? 2 : 0), rect.y + upper, rect.w - half - (data ? 2 : 0),
                                        lower});
    }
    draw_strips(scene, (struct rect){rect.x, rect.y + rect.h - 1, rect.w, 1}, strips, n, lower == 0);
}
