/*
 * view_new.c - new space: the two semispaces side by side, or one above the other.
 *
 * Each keeps its place, so that a flip is visible: the label "to-space" changes sides.
 */
#include "tui/panels/views.h"
#include "tui/term/words.h"

#include <stdlib.h>
#include <string.h>

#define NUMBER_WIDTH 3 /* columns of a page's number and a blank */
#define HALVES_GAP 5   /* columns between two semispaces, including the second one's numbers */

/* One semispace being drawn. */
struct half {
    uint32_t parity;
    bool active; /* to-space */
    struct rect rect;
    struct grid grid;
    int first; /* its first visible row */
};

static bool is_active(const struct heap *heap, uint32_t parity)
{
    return heap->young_space.parity == parity;
}

/* Adds the objects of a list that are in this half; in to-space also the fillers between them. */
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

/* Adds what has just left this half, or arrived in it. */
static void add_trails(struct scene *scene, struct half *half)
{
    const struct recent_events *recent_events = &scene->player->recent_events;
    const struct heap *heap = scene->heap;
    if (!scene_trails(scene))
        return;
    for (size_t i = 0; i < recent_events->trails.len; i++) {
        const struct trail *trail = &recent_events->trails.data[i];
        if (trail->kind == HAPPENING_EVACUATE)
            continue;
        bool fresh = scene_fresh(scene, trail);
        if (trail->parity == half->parity)
            grid_touch(&half->grid, &scene->shades, trail->from_page, trail->from_offset, trail->size,
                       fresh ? TOUCH_LEAVES : TOUCH_LEFT);
        const struct object *o = &heap->objects.data[trail->object];
        if (trail->kind == HAPPENING_MOVE && fresh && half->active && (o->bits & OBJECT_YOUNG) &&
            !(o->bits & OBJECT_FREE))
            grid_touch(&half->grid, &scene->shades, o->page, (uint64_t)o->offset * UNIT, object_bytes(o), TOUCH_CAME);
    }
}

/* ---- markers ---- */

/* A place that is marked. */
struct marker {
    uint64_t page, offset;
    enum glyph glyph;
    const char *words;
    int x, y; /* of its cell */
};
#define MARKERS_MOST 3

static void add_marker(const struct half *half, struct marker *markers, size_t *n, uint64_t page, uint64_t offset,
                       enum glyph glyph, const char *words)
{
    struct marker m = {page, offset, glyph, words, 0, 0};
    if (page >= half->grid.pages)
        return;
    if (m.offset >= half->grid.usable) /* there is no cell after the last byte */
        m.offset = half->grid.usable - 1;
    grid_place(&half->grid, m.page, m.offset, &m.x, &m.y);
    m.x += half->rect.x;
    m.y += half->rect.y - half->first;
    markers[(*n)++] = m;
}

/* Finds the marked places of this half, from left to right. */
static size_t find_markers(const struct scene *scene, const struct half *half, struct marker markers[MARKERS_MOST])
{
    const struct heap *heap = scene->heap;
    const struct new_space *young = &heap->young_space;
    const struct gc_state *gc = &heap->gc;
    bool scavenging = gc->running == 1 + COLLECTION_SCAVENGE;
    size_t n = 0;
    if (!half->active) {
        if (scavenging && (gc->mark_page > 0 || gc->mark_offset > 0))
            add_marker(half, markers, &n, gc->mark_page, (uint64_t)gc->mark_offset * UNIT, GLYPH_AGE_MARK, "age mark");
        return n;
    }
    if (!scavenging && (young->mark_page > 0 || young->mark_offset > 0))
        add_marker(half, markers, &n, young->mark_page, (uint64_t)young->mark_offset * UNIT, GLYPH_AGE_MARK,
                   "age mark");
    if (scavenging && gc->scan < heap->young.len) {
        const struct object *o = &heap->objects.data[heap->young.data[gc->scan]];
        add_marker(half, markers, &n, o->page, (uint64_t)o->offset * UNIT, GLYPH_SCAN, "scan");
    }
    add_marker(half, markers, &n, young->page, (uint64_t)young->top * UNIT, GLYPH_TOP, "top");
    return n;
}

/*
 * Draws a marker in the cell itself: the age mark over any contents, the others only over empty cells (on a full one
 * they would hide the last object; the first empty one shows the same).
 */
static void mark_cell(struct scene *scene, const struct half *half, const struct marker *m)
{
    struct canvas *c = scene->canvas;
    if (m->x < 0 || m->y < half->rect.y || m->x >= c->width || m->y >= c->height)
        return;
    enum style under = (enum style)canvas_at(c, m->x, m->y)->style;
    bool empty = under == STYLE_FAINT || under == STYLE_TRAIL || under == STYLE_WASTED;
    if (empty || m->glyph == GLYPH_AGE_MARK)
        canvas_glyph_on(c, half->rect, m->x, m->y, STYLE_MARKER, empty ? STYLE_NORMAL : under, m->glyph);
}

/* The words of the markers of a line, after the last one or before the first, if there is room. */
static void mark_words(struct scene *scene, const struct half *half, const struct marker *markers, size_t n)
{
    struct canvas *c = scene->canvas;
    const struct rect *r = &half->rect;
    int first = markers[0].x, last = markers[n - 1].x, y = markers[0].y + 1;
    char *text = view_text(scene, "%s", "");
    for (size_t i = 0; i < n && text; i++) {
        bool alone = n == 1 || (n == 2 && markers[0].x == markers[1].x);
        const char *glyph = alone ? "" : glyph_text(markers[i].glyph, c->ascii);
        char *longer = view_text(scene, "%s%s%s%s%s", text,
                                 i == 0  ? ""
                                 : alone ? ", "
                                         : "  ",
                                 glyph, *glyph ? " " : "", markers[i].words);
        free(text);
        text = longer;
    }
    int columns = text ? canvas_columns(c, text, strlen(text)) : 0;
    bool alone = n == 1 || first == last;
    if (text && last + (alone ? 2 : 3) + columns <= r->x + r->w)
        canvas_string(c, *r, last + (alone ? 2 : 3), y, STYLE_DIM, text);
    else if (text && first - 2 - columns >= r->x)
        canvas_string(c, *r, first - 1 - columns, y, STYLE_DIM, text);
    free(text);
}

static void draw_markers(struct scene *scene, const struct half *half)
{
    struct marker markers[MARKERS_MOST];
    size_t n = find_markers(scene, half, markers), begin = 0;
    for (size_t i = 0; i < n; i++) {
        if (half->grid.pitch == 1)
            mark_cell(scene, half, &markers[i]);
        else if (markers[i].y >= half->rect.y)
            canvas_glyph(scene->canvas, half->rect, markers[i].x, markers[i].y + 1, STYLE_MARKER, markers[i].glyph);
        if (half->grid.pitch > 1 && (i + 1 == n || markers[i + 1].y != markers[i].y)) {
            mark_words(scene, half, markers + begin, i + 1 - begin);
            begin = i + 1;
        }
    }
}

/* ---- a semispace ---- */

/* Writes words at column x if they fit completely: half a number is another number. Returns the column after them. */
static int put_whole(struct canvas *c, struct rect r, int x, enum style style, const char *words)
{
    return x + canvas_columns(c, words, strlen(words)) > r.x + r.w ? x : canvas_string(c, r, x, r.y, style, words);
}

/* What a semispace is for now: in plain words first, if the line has room for both. */
static int put_role(struct scene *scene, struct rect r, enum style style, const char *plain, const char *name,
                    const char *figure)
{
    char text[64];
    snprintf(text, sizeof text, "%s (%s)", plain, name);
    bool both = (int)(strlen(text) + strlen(figure)) + 2 <= r.w;
    return canvas_string(scene->canvas, r, r.x, r.y, style, both ? text : name);
}

static void draw_label(struct scene *scene, const struct half *half)
{
    struct canvas *c = scene->canvas;
    const struct heap *heap = scene->heap;
    struct rect r = half->rect;
    char used[WORDS_ROOM], all[WORDS_ROOM], text[2 * WORDS_ROOM + 4];
    bool flipped = scene_flipped(scene);
    if (!half->active) {
        bool collecting = heap->gc.running != 0 && heap->from.len > 0; /* a major marks before it flips */
        const char *plain = collecting ? "being emptied" : flipped ? "emptied" : "idle";
        put_role(scene, r, flipped ? STYLE_ACCENT : STYLE_DIM, plain, "from-space", "");
        return;
    }
    words_size(used, new_space_size(heap));
    words_size(all, new_space_effective_capacity(heap));
    snprintf(text, sizeof text, "%s of %s", used, all);
    int x = put_role(scene, r, flipped ? STYLE_ACCENT : STYLE_TITLE, "in use", "to-space", text);
    int end = put_whole(c, r, x + 2, STYLE_DIM, text);
    x = end == x + 2 ? put_whole(c, r, x + 2, STYLE_DIM, used) : end;
    if (flipped && x + 8 <= r.x + r.w)
        canvas_string(c, r, x + 2, r.y, STYLE_ACCENT, "flip");
}

/* The numbers of the pages to the left of their rows, counted as in the narration. */
static void draw_page_numbers(struct scene *scene, const struct half *half, int first)
{
    if (half->grid.pages_per_row > 1 || half->grid.pages_per_cell > 1 || half->grid.pages > 99)
        return;
    for (uint64_t page = 0; page < half->grid.pages; page++) {
        int x, y;
        grid_place(&half->grid, page, 0, &x, &y);
        struct rect room = {half->rect.x - NUMBER_WIDTH, half->rect.y, NUMBER_WIDTH, half->rect.h};
        canvas_format(scene->canvas, room, room.x, room.y + y - first, STYLE_FAINT, "%2u", (unsigned)page);
    }
}

static void draw_half(struct scene *scene, struct half *half)
{
    const struct heap *heap = scene->heap;
    struct rect r = half->rect;
    draw_label(scene, half);
    half->rect = (struct rect){r.x, r.y + 1, r.w, r.h - 1};
    half->first = scene_first_row(scene, VIEW_NEW, half->grid.height, half->rect.h);
    if (grid_begin(&half->grid, &scene->shades)) {
        scene->canvas->failed = true;
        return;
    }
    if (half->active)
        add_objects(scene, half, heap->young.data, heap->young.len, heap->gc.running == 0);
    else
        add_objects(scene, half, heap->from.data, heap->from.len, false);
    add_trails(scene, half);
    scene_grid(scene, &half->grid, half->rect, half->rect.x, half->rect.y - half->first);
    draw_page_numbers(scene, half, half->first);
    draw_markers(scene, half);
}

/* ---- both ---- */

/* The rest of the heading: profile and era if they are not in the top line, the number of objects, the scale. */
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

/*
 * Side by side, or one above the other if that shows more: the width and height of each, including its label, and the
 * grid that fits them. False if there is no room.
 */
static bool arrange(struct scene *scene, struct rect rect, struct grid *grid, bool *stacked, int *w, int *h)
{
    const struct new_space *young = &scene->heap->young_space;
    uint64_t usable = (uint64_t)young->usable * UNIT;
    int beside = (rect.w - 4 - HALVES_GAP) / 2, whole = rect.w - 6, half = (rect.h - 1) / 2;
    struct grid other;
    if (!grid_fit(grid, usable, young->capacity, beside, rect.h - 2, true))
        return false;
    *stacked = half >= 2 && grid_fit(&other, usable, young->capacity, whole, half - 1, true) &&
               other.cell < grid->cell && other.pitch >= grid->pitch; /* the words of the markers are worth much */
    *w = *stacked ? whole : beside;
    *h = *stacked ? half : rect.h - 1;
    if (*stacked)
        *grid = other;
    if (scene->finer != 0)
        grid_rescale(grid, scene->finer, *w);
    return true;
}

void view_new_draw(struct scene *scene, struct rect rect)
{
    struct grid grid;
    bool stacked;
    int w, h;
    if (!scene->heap) {
        view_title(scene, VIEW_NEW, rect, "new space", NULL);
        return;
    }
    if (!arrange(scene, rect, &grid, &stacked, &w, &h))
        return;
    char *right = heading_words(scene, &grid, rect.w - 17);
    struct rect room = view_title(scene, VIEW_NEW, rect, "new space", right);
    free(right);
    for (int i = 0; i < 2; i++) {
        struct half half = {.parity = i == 0 ? 0 : OBJECT_PARITY, .grid = grid};
        half.active = is_active(scene->heap, half.parity);
        half.rect = (struct rect){room.x + 1 + NUMBER_WIDTH, room.y, w, h};
        half.rect.x += stacked ? 0 : i * (w + HALVES_GAP);
        half.rect.y += stacked ? i * h : 0;
        draw_half(scene, &half);
    }
}
