/* view_old.c - the old generation: a block of cells for each page, small spaces as strips. */
#include "gc/gc.h"
#include "tui/panels/views.h"
#include "tui/term/words.h"

#include <stdlib.h>
#include <string.h>

#define SORT_MOST 4096   /* objects of a page that are sorted, so that neighbours differ in shade */
#define WALK_MOST 400000 /* objects up to which cells are filled one by one */

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
    /* everything free on a candidate is withheld from the free lists */
    grid_rest(grid, &scene->shades, at,
              page->flags & PAGE_UNSWEPT     ? CONTENT_UNSWEPT
              : page->flags & PAGE_CANDIDATE ? CONTENT_FREE
                                             : CONTENT_WASTED);
}

/* Adds objects that the last collection has just moved into the space. */
static void add_trails(struct scene *scene, const struct grid *grid, enum space_id space, const uint32_t *order,
                       size_t pages)
{
    const struct recent_events *recent_events = &scene->player->recent_events;
    if (!scene_trails(scene))
        return;
    for (size_t i = 0; i < recent_events->trails.len; i++) {
        const struct trail *trail = &recent_events->trails.data[i];
        const struct object *o = &scene->heap->objects.data[trail->object];
        bool fresh = scene_fresh(scene, trail);
        for (size_t k = 0; k < pages && trail->kind == HAPPENING_EVACUATE; k++)
            if (order[k] == trail->from_page)
                grid_touch(grid, &scene->shades, k, trail->from_offset, trail->size, fresh ? TOUCH_LEAVES : TOUCH_LEFT);
        if (!fresh || trail->kind == HAPPENING_MOVE || (o->bits & (OBJECT_FREE | OBJECT_YOUNG)) ||
            object_space(o) != space)
            continue;
        for (size_t k = 0; k < pages; k++)
            if (order[k] == o->page)
                grid_touch(grid, &scene->shades, k, (uint64_t)o->offset * UNIT, object_bytes(o), TOUCH_CAME);
    }
}

/* Is the page in the list? */
static bool listed(const uint32_t *list, size_t len, uint32_t page)
{
    for (size_t i = 0; i < len; i++)
        if (list[i] == page)
            return true;
    return false;
}

#define KEPT_MOST 256 /* pages up to which their places are kept */

/*
 * While a collection works, pages come and go; those that stay keep their places, so that only what moves is seen to
 * move. Makes scene->order, the pages of now, such a list, with NONE where a page was. 0, or -1 without memory.
 */
static int keep_places(struct scene *scene, enum space_id id)
{
    const struct heap *heap = scene->heap;
    struct kept_pages *kept = &scene->kept;
    uint64_t event = run_events(scene->player->run);
    uint32_t worker = player_shown(scene->player)->index;
    bool same = kept->event == event && kept->worker == worker;
    size_t now = scene->order.len;
    if ((!same && !gc_running(heap)) || now > KEPT_MOST)
        return 0;
    for (enum space_id other = 0; !same && other < SPACE_COUNT; other++)
        kept->order[other].len = 0;
    kept->event = event;
    kept->worker = worker;
    for (size_t i = 0; i < now; i++)
        if (!listed(kept->order[id].data, kept->order[id].len, scene->order.data[i]) &&
            vec_push(&kept->order[id], scene->order.data[i]))
            return -1;
    for (size_t i = 0; i < kept->order[id].len; i++) {
        uint32_t page = kept->order[id].data[i];
        if (vec_push(&scene->order, listed(scene->order.data, now, page) ? page : NONE))
            return -1;
    }
    scene->order.len -= now;
    memmove(scene->order.data, scene->order.data + now, scene->order.len * sizeof *scene->order.data);
    return 0;
}

/* Lists the pages of a space in scene->order, NONE where one has just gone. 0, or -1 without memory. */
static int list_pages(struct scene *scene, enum space_id id)
{
    const struct heap *heap = scene->heap;
    scene->order.len = 0;
    for (uint32_t p = heap->spaces[id].first; p != NONE; p = heap->pages.data[p].next)
        if (vec_push(&scene->order, p))
            return -1;
    return keep_places(scene, id);
}

/* The pages of a space that will be swept or evacuated. */
struct outlook {
    uint64_t candidates, unswept;
};

/* Marks the pages to be evacuated in the blank before their first cell, and counts both sorts. */
static struct outlook draw_outlook(struct scene *scene, const struct grid *grid, struct rect rect, int first)
{
    struct outlook outlook = {0, 0};
    for (uint64_t i = 0; i < scene->order.len; i++) {
        uint8_t flags = scene->order.data[i] == NONE ? 0 : scene->heap->pages.data[scene->order.data[i]].flags;
        struct rect with_margin = {rect.x - 1, rect.y, rect.w + 1, rect.h};
        int x, y;
        outlook.unswept += (flags & PAGE_UNSWEPT) != 0;
        if (!(flags & PAGE_CANDIDATE))
            continue;
        outlook.candidates++;
        grid_place(grid, i, 0, &x, &y);
        if (grid->pages_per_cell == 1)
            canvas_glyph(scene->canvas, with_margin, rect.x + x - 1, rect.y + y - first, STYLE_CANDIDATE,
                         GLYPH_CANDIDATE);
    }
    return outlook;
}

/* Fills the cells of the pages in scene->order. */
static void fill_pages(struct scene *scene, enum space_id id, const struct grid *grid)
{
    const struct heap *heap = scene->heap;
    bool coarse = grid->pages_per_cell > 1 || heap->live > WALK_MOST;
    for (uint64_t i = 0; i < scene->order.len; i++) {
        if (scene->order.data[i] == NONE) {
            grid_gap(grid, &scene->shades, i);
            continue;
        }
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
        add_trails(scene, grid, id, scene->order.data, scene->order.len);
}

/*
 * Draws the pages of a space as cells; *grid gets the scale, *outlook (unless NULL) the pages that wait. False if there
 * is nothing to draw. scale: uses the user's scale.
 */
static bool draw_pages(struct scene *scene, enum space_id id, struct rect rect, bool scale, struct grid *grid,
                       struct outlook *outlook)
{
    const struct heap *heap = scene->heap;
    if (list_pages(scene, id) || rect.h < 1) {
        scene->canvas->failed |= rect.h >= 1;
        return false;
    }
    uint64_t pages = scene->order.len;
    if (pages == 0 || !grid_fit(grid, config_usable(&heap->config), pages, rect.w, rect.h, false))
        return false;
    if (scale && scene->finer != 0)
        grid_rescale(grid, scene->finer, rect.w);
    if (grid_begin(grid, &scene->shades)) {
        scene->canvas->failed = true;
        return false;
    }
    fill_pages(scene, id, grid);
    int first = scale && grid->height > rect.h ? scene_first_row(scene, VIEW_OLD, grid->height, rect.h) : 0;
    scene_grid(scene, grid, rect, rect.x, rect.y - first);
    struct outlook seen = draw_outlook(scene, grid, rect, first);
    if (outlook)
        *outlook = seen;
    return true;
}

/* The heading of a space, as much as there is room for. */
static char *space_words(struct scene *scene, const struct space_figures *figures, const struct outlook *outlook,
                         uint64_t cell, int room)
{
    char pages[WORDS_ROOM], scale[WORDS_ROOM], more[2 * WORDS_ROOM + 32] = "";
    unsigned used = words_percent(figures->used, figures->pages * config_usable(&scene->heap->config));
    unsigned crumbs = words_percent(figures->fragmentation, 1000000);
    size_t n = 0;
    words_count(pages, figures->pages);
    words_size(scale, cell);
    if (outlook->unswept > 0)
        n += (size_t)snprintf(more, sizeof more, "%u unswept, ", (unsigned)outlook->unswept);
    if (outlook->candidates > 0)
        snprintf(more + n, sizeof more - n, "%u to evacuate, ", (unsigned)outlook->candidates);
    char *text = NULL;
    for (int detail = 3; detail >= 0; detail--) {
        free(text);
        text = view_text(scene,
                         detail == 3   ? "%s%u %% used, %u %% fragmented, %s page%s, cell %s"
                         : detail == 2 ? "%s%u %% used, %u %% fragmented, %s page%s"
                         : detail == 1 ? "%s%u %% used, %u %% fragmented"
                                       : "%s%u %% used",
                         more, used, crumbs, pages, figures->pages == 1 ? "" : "s", scale);
        if (!text || (int)strlen(text) <= room)
            break;
    }
    return text;
}

/* Draws a space with a heading of its own; id VIEW_COUNT: not the first of its panel. */
static void draw_space(struct scene *scene, enum space_id space, enum view_id id, struct rect rect)
{
    const struct heap *heap = scene->heap;
    const char *name = space_name(heap->config.era, space);
    struct space_figures figures = heap_space_figures(heap, space);
    struct grid grid = {0};
    struct outlook outlook = {0, 0};
    char *right;
    if (heap->spaces[space].pages == 0) {
        right = view_text(scene, "no page yet");
    } else {
        draw_pages(scene, space, (struct rect){rect.x + 2, rect.y + 1, rect.w - 4, rect.h - 1}, true, &grid, &outlook);
        right = space_words(scene, &figures, &outlook, grid.cell, rect.w - (int)strlen(name) - 8);
    }
    if (id == VIEW_COUNT)
        view_heading(scene, rect, name, right);
    else
        view_title(scene, id, rect, name, right);
    free(right);
}

/* ---- small spaces: one line for all ---- */

static void draw_strips(struct scene *scene, struct rect rect, const enum space_id *ids, size_t n, bool large)
{
    const struct heap *heap = scene->heap;
    struct canvas *c = scene->canvas;
    char *words = large ? large_words(scene) : NULL;
    int x = rect.x + 2, room = rect.w - 3;
    room -= words ? canvas_columns(c, words, strlen(words)) : 0;
    for (size_t i = 0; i < n; i++)
        room -= (int)strlen(space_name(heap->config.era, ids[i])) + 3;
    int cells = n > 0 && room / (int)n > 0 ? room / (int)n : 1;
    for (size_t i = 0; i < n; i++) {
        struct grid grid;
        x = canvas_string(c, rect, x, rect.y, STYLE_DIM, space_name(heap->config.era, ids[i])) + 1;
        if (!draw_pages(scene, ids[i], (struct rect){x, rect.y, cells, 1}, false, &grid, NULL))
            canvas_glyph(c, rect, x, rect.y, STYLE_FAINT, GLYPH_RULE);
        x += cells + 2;
    }
    if (words)
        canvas_fit(c, rect, x, rect.y, rect.x + rect.w - x, STYLE_DIM, words, strlen(words));
    free(words);
}

#define STACKED 7 /* from this many rows on, the two old spaces are above each other */

/* The whole old generation has no page: says so in one line. */
static void draw_none(struct scene *scene, struct rect rect)
{
    const struct heap *heap = scene->heap;
    const char *old = space_name(heap->config.era, SPACE_OLD);
    bool data = era_has_space(heap->config.era, SPACE_OLD_DATA);
    char *title = data ? view_text(scene, "%s, %s", old, space_name(heap->config.era, SPACE_OLD_DATA))
                       : view_text(scene, "%s", old);
    if (title)
        view_title(scene, VIEW_OLD, rect, title, "no page yet");
    free(title);
}

/* Divides the rows between the two old spaces: one without a page has a line. */
static void divide(const struct heap *heap, struct rect *first, struct rect *second)
{
    struct rect all = *first;
    bool old = heap->spaces[SPACE_OLD].pages > 0, data = heap->spaces[SPACE_OLD_DATA].pages > 0;
    if (all.h >= STACKED || (old != data && all.h >= 3)) {
        first->h = old && !data ? all.h - 1 : data && !old ? 1 : (all.h * 3 + 2) / 5;
        *second = (struct rect){all.x, all.y + first->h, all.w, all.h - first->h};
    } else {
        first->w = (all.w - 2) / 2;
        *second = (struct rect){all.x + first->w + 2, all.y, all.w - first->w - 2, all.h};
    }
}

void view_old_draw(struct scene *scene, struct rect rect)
{
    static const enum space_id small[] = {SPACE_CODE, SPACE_MAP, SPACE_CELL, SPACE_PROPERTY_CELL};
    const struct heap *heap = scene->heap;
    enum space_id strips[4];
    size_t n = 0;
    if (!heap)
        return;
    if (views_folded(scene) >> VIEW_OLD & 1) {
        draw_none(scene, rect);
        return;
    }
    for (size_t i = 0; i < 4; i++)
        if (era_has_space(heap->config.era, small[i]))
            strips[n++] = small[i];
    bool large = scene->place[VIEW_LARGE].w == 0, strip = large && has_large(heap);
    for (size_t i = 0; i < n; i++)
        strip |= heap->spaces[strips[i]].pages > 0;
    struct rect first = {rect.x, rect.y, rect.w, rect.h - strip}, second; /* the strips are on the last line */
    bool data = era_has_space(heap->config.era, SPACE_OLD_DATA);
    if (data)
        divide(heap, &first, &second);
    draw_space(scene, SPACE_OLD, VIEW_OLD, first);
    if (data)
        draw_space(scene, SPACE_OLD_DATA, VIEW_COUNT, second);
    if (strip)
        draw_strips(scene, (struct rect){rect.x, rect.y + rect.h - 1, rect.w, 1}, strips, n, large);
}
