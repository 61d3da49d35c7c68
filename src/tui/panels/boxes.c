/* boxes.c - draws boxes: bodies, then names and sizes where they fit. */
#include "tui/panels/boxes.h"

#include "tui/term/words.h"

#include <string.h>

#define USUAL 48 /* bytes of an object in lessons */
#define SIZED 5  /* rows from which sizes are shown */

bool boxes_fit(uint64_t usable, int w)
{
    return w > 0 && usable > 0 && usable <= (uint64_t)w * (USUAL / BOX_LEAST);
}

/* The columns of a box: from *x to before *end, relative to the page's first. */
static void box_columns(uint64_t usable, int w, const struct box *box, int *x, int *end)
{
    uint64_t width = (uint64_t)w;
    *x = (int)(box->offset * width / usable);
    *end = (int)((box->offset + box->size) * width / usable);
    *end = *end > *x ? *end : *x + 1;
    *end = *end > w ? w : *end;
}

static enum style box_style(const struct box *box)
{
    if (box->left)
        return STYLE_TRAIL;
    return box->moved ? STYLE_MOVED : box->odd ? content_odd_style(box->content) : content_style(box->content);
}

static enum glyph box_glyph(const struct box *box)
{
    enum glyph telling = telling_glyph(box->content);
    if (box->left)
        return GLYPH_TRAIL;
    if (box->content == CONTENT_WASTED)
        return GLYPH_WASTED;
    if (box->content == CONTENT_UNSWEPT)
        return GLYPH_UNSWEPT;
    return box->content == CONTENT_FREE ? GLYPH_FREE : telling == GLYPH_COUNT ? GLYPH_FULL : telling;
}

/* The body: its last column is narrower, so that neighbours are told apart. */
static void draw_body(struct scene *scene, struct rect body, const struct box *box, int x, int end)
{
    struct canvas *c = scene->canvas;
    enum glyph glyph = box_glyph(box);
    bool chosen = box->object != NONE && box->object == scene_chosen(scene);
    enum style style = chosen ? STYLE_CHOSEN : box_style(box);
    bool gap = box->object != NONE && end - x > 1;
    for (int y = body.y; y < body.y + body.h; y++) {
        canvas_repeat(c, body, body.x + x, y, style, glyph, end - x - gap);
        if (gap && glyph == GLYPH_FULL)
            canvas_glyph(c, body, body.x + end - 1, y, style, GLYPH_PART4);
        else if (gap)
            canvas_text(c, body, body.x + end - 1, y, STYLE_NORMAL, " ", 1);
        if (box->object != NONE && !box->left)
            scene_mark_object(scene, body.x + x, y, end - x, box->object);
    }
}

#define OVER 3 /* columns that a word may be wider than its box, if the next word makes room */

/* Words below a box: in its middle; longer ones begin where it begins. Left out if they would touch others. */
static void draw_below(struct scene *scene, struct rect row, int x, int end, int *used, enum style style,
                       const char *words, size_t len)
{
    int columns = canvas_columns(scene->canvas, words, len), over = columns - (end - x);
    int at = over > 0 ? x : x - over / 2;
    if (len == 0 || over > OVER || at < *used || at + columns > row.w)
        return;
    canvas_text(scene->canvas, row, row.x + at, row.y, style, words, len);
    *used = at + columns + 1;
}

static void draw_words(struct scene *scene, struct rect rect, bool sized, const struct box *box, int x, int end,
                       int used[2])
{
    const struct heap *heap = scene->heap;
    const struct object *o = &heap->objects.data[box->object];
    char buffer[NAME_DIGITS], size[WORDS_ROOM];
    size_t len = 0;
    const char *name = o->name == NAME_NONE ? "" : names_text(heap->names, o->name, buffer, &len);
    struct rect row = {rect.x, rect.y + rect.h - 1 - sized, rect.w, 1};
    enum style style = box->moved                           ? STYLE_ACCENT
                       : box->content == CONTENT_GARBAGE    ? STYLE_GARBAGE
                       : box->object == scene_chosen(scene) ? STYLE_CHOSEN
                                                            : STYLE_NORMAL;
    draw_below(scene, row, x, end, &used[0], style, name, len);
    if (sized) {
        row.y++;
        words_count(size, box->size);
        draw_below(scene, row, x, end, &used[1], STYLE_DIM, size, strlen(size));
    }
}

void boxes_draw(struct scene *scene, struct rect rect, uint64_t usable, const struct boxes *boxes)
{
    bool named = rect.h >= 2, sized = rect.h >= SIZED;
    struct rect body = {rect.x, rect.y, rect.w, rect.h - named - sized};
    int used[2] = {0, 0};
    for (int y = body.y; y < body.y + body.h; y++)
        canvas_repeat(scene->canvas, body, body.x, y, STYLE_FAINT, GLYPH_FREE, body.w);
    for (size_t i = 0; i < boxes->list.len; i++) {
        const struct box *box = &boxes->list.data[i];
        int x, end;
        box_columns(usable, rect.w, box, &x, &end);
        draw_body(scene, body, box, x, end);
        if (named && box->object != NONE && !box->left)
            draw_words(scene, rect, sized, box, x, end, used);
    }
}
