/* view_large.c - large objects as bars, and the free lists of the old generation as a histogram. */
#include "tui/panels/views.h"
#include "tui/term/words.h"

#include <stdlib.h>
#include <string.h>

/* ---- large objects ---- */

static const enum space_id large_spaces[] = {SPACE_LARGE, SPACE_CODE_LARGE, SPACE_NEW_LARGE}; /* young ones last */
#define LARGE_SPACES (sizeof large_spaces / sizeof *large_spaces)

/* Lists the large objects of all spaces in scene->order, oldest first, and finds the largest one's bytes. 0 or -1. */
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

bool has_large(const struct heap *heap)
{
    for (size_t s = 0; s < LARGE_SPACES; s++)
        if (heap->spaces[large_spaces[s]].pages > 0)
            return true;
    return false;
}

char *large_words(struct scene *scene)
{
    uint64_t largest, bytes;
    char size[WORDS_ROOM], count[WORDS_ROOM];
    if (list_large(scene, &largest, &bytes))
        scene->canvas->failed = true;
    if (scene->order.len == 0)
        return view_text(scene, "no large objects");
    words_size(size, bytes);
    words_count(count, scene->order.len);
    return view_text(scene, "large %s, %s", count, size);
}

#define BAR_LEAST 16 /* minimum columns of a large object */

static void draw_bar(struct scene *scene, uint32_t object, uint64_t largest, struct rect rect, int y)
{
    const struct heap *heap = scene->heap;
    struct canvas *c = scene->canvas;
    const struct object *o = &heap->objects.data[object];
    char buffer[NAME_DIGITS], size[WORDS_ROOM];
    size_t len = 1;
    scene_mark_object(scene, rect.x, y, rect.w, object);
    const char *name = o->name == NAME_NONE ? "-" : names_text(heap->names, o->name, buffer, &len);
    int label = rect.w / 4 > 12 ? 12 : rect.w / 4, x = rect.x + label + 9;
    canvas_fit(c, rect, rect.x, y, label, object == scene_chosen(scene) ? STYLE_CHOSEN : STYLE_NORMAL, name, len);
    words_size(size, object_bytes(o));
    canvas_string(c, rect, x - 2 - (int)strlen(size), y, STYLE_DIM, size);
    enum content content = object_content(o, scene_garbage(scene, object), scene_marking(scene));
    enum glyph telling = telling_glyph(content), glyph = telling == GLYPH_COUNT ? GLYPH_FULL : telling;
    int most = rect.x + rect.w - x - 6;
    uint64_t cell = most < 1 ? 0 : largest / (uint64_t)most + (largest % (uint64_t)most > 0); /* bytes of one cell */
    int bar = cell == 0 ? 0 : (int)((object_bytes(o) + cell / 2) / cell);
    if (most < 2) { /* too narrow for different lengths */
        canvas_glyph(c, rect, x - 1, y, content_style(content), glyph);
        return;
    }
    x = canvas_glyph(c, rect, x - 1, y, STYLE_FAINT, GLYPH_BAR_LEFT);
    x = canvas_repeat(c, rect, x, y, content_style(content), glyph, bar < 1 ? 1 : bar);
    x = canvas_glyph(c, rect, x, y, STYLE_FAINT, GLYPH_BAR_RIGHT);
    if (o->bits & OBJECT_YOUNG)
        canvas_string(c, rect, x + 1, y, STYLE_DIM, "new");
}

void view_large_draw(struct scene *scene, struct rect rect)
{
    uint64_t largest, bytes;
    char size[WORDS_ROOM], count[WORDS_ROOM];
    if (!scene->heap)
        return;
    if (list_large(scene, &largest, &bytes)) {
        scene->canvas->failed = true;
        return;
    }
    size_t n = scene->order.len;
    words_size(size, bytes);
    words_count(count, n);
    char *right = n == 0 ? view_text(scene, "none") : view_text(scene, "%s, %s", count, size);
    struct rect room = view_title(scene, VIEW_LARGE, rect, "large objects", right);
    free(right);
    room.x += 2;
    room.w -= 4;
    if (room.h < 1 || n == 0)
        return;
    /* several beside each other if there are many; scrolling goes back from the last ones */
    size_t rows = (size_t)room.h, most = room.w < BAR_LEAST ? 1 : (size_t)(room.w / BAR_LEAST);
    size_t across = n > rows ? (n + rows - 1) / rows : 1;
    across = across > most ? most : across;
    size_t lines = (n + across - 1) / across, seen = n < rows * across ? n : rows * across;
    size_t back = (size_t)scene_first_row(scene, VIEW_LARGE, (int)(lines < 1000000 ? lines : 1000000), room.h) * across;
    size_t first = n - seen > back ? n - seen - back : 0;
    struct rect slot = {room.x, room.y, room.w / (int)across, room.h};
    for (size_t i = 0; i < seen; i++) {
        slot.x = room.x + (int)(i / rows) * slot.w;
        draw_bar(scene, scene->order.data[first + i], largest, slot, room.y + (int)(i % rows));
    }
}

/* ---- free lists ---- */

struct free_class {
    uint64_t min, count, bytes;
};

/* Adds up the free lists of the old spaces and of code. Returns the number of classes. */
static unsigned list_free(const struct heap *heap, struct free_class classes[FREE_CATEGORIES])
{
    static const enum space_id spaces[] = {SPACE_OLD, SPACE_OLD_DATA, SPACE_CODE};
    uint64_t min[FREE_CATEGORIES];
    unsigned n = heap_free_categories(heap, min);
    for (unsigned i = 0; i < n; i++) {
        classes[i] = (struct free_class){.min = min[i]};
        for (size_t s = 0; s < 3; s++) {
            for (uint32_t b = heap->spaces[spaces[s]].categories[i]; b != NONE; b = heap->blocks.data[b].next) {
                classes[i].count++;
                classes[i].bytes += (uint64_t)heap->blocks.data[b].size * UNIT;
            }
        }
    }
    return n;
}

/* A row per class: its smallest size, its blocks and bytes, as number and as bar. */
static void draw_classes(struct scene *scene, struct rect room, const struct free_class *classes, unsigned n,
                         uint64_t most)
{
    struct canvas *c = scene->canvas;
    char text[WORDS_ROOM];
    for (unsigned i = 0; i < n; i++) {
        int y = room.y + (int)i, x = room.x + 20, width = room.w - 20;
        enum style style = classes[i].count > 0 ? STYLE_NORMAL : STYLE_FAINT;
        words_size(text, classes[i].min);
        canvas_format(c, room, room.x, y, STYLE_DIM, "%6s %s", text, glyph_text(GLYPH_ELLIPSIS, c->ascii));
        words_count(text, classes[i].count);
        canvas_format(c, room, room.x + 8, y, style, "%4s", text);
        words_size(text, classes[i].bytes);
        canvas_format(c, room, room.x + 12, y, style, "%7s", classes[i].count > 0 ? text : "");
        if (width > 0 && classes[i].bytes > 0)
            words_bar(c, room, x, y, width, STYLE_FREE, classes[i].bytes, most);
    }
}

/* A column per class, in proportion to the largest. */
static void draw_columns(struct scene *scene, struct rect room, const struct free_class *classes, unsigned n,
                         uint64_t most)
{
    struct canvas *c = scene->canvas;
    int width = room.w / (int)n > 0 ? room.w / (int)n : 1, h = room.h - 1;
    char text[WORDS_ROOM];
    if (h < 1)
        return;
    for (unsigned i = 0; i < n; i++) {
        int x = room.x + (int)i * width;
        uint64_t eighths = most == 0 ? 0 : (classes[i].bytes * (uint64_t)h * 8 + most - 1) / most;
        for (int row = 0; row < h; row++) {
            uint64_t here = eighths > (uint64_t)row * 8 ? eighths - (uint64_t)row * 8 : 0;
            enum glyph glyph = here == 0 ? GLYPH_FREE : (enum glyph)(GLYPH_RISE1 + (here > 8 ? 8 : here) - 1);
            for (int k = 0; k < (width > 2 ? width - 1 : 1); k++)
                if (here > 0 || (row == 0 && k == 0))
                    canvas_glyph(c, room, x + k, room.y + h - 1 - row, here > 0 ? STYLE_FREE : STYLE_FAINT, glyph);
        }
    }
    canvas_string(c, room, room.x, room.y + h, STYLE_DIM, words_size(text, classes[0].min));
    words_size(text, classes[n - 1].min);
    canvas_format(c, room, room.x + (int)n * width - (int)strlen(text) - 1, room.y + h, STYLE_DIM, "%s", text);
}

void view_free_draw(struct scene *scene, struct rect rect)
{
    struct free_class classes[FREE_CATEGORIES];
    uint64_t blocks = 0, bytes = 0, most = 0;
    char count[WORDS_ROOM], size[WORDS_ROOM];
    if (!scene->heap)
        return;
    unsigned n = list_free(scene->heap, classes);
    for (unsigned i = 0; i < n; i++) {
        blocks += classes[i].count;
        bytes += classes[i].bytes;
        most = classes[i].bytes > most ? classes[i].bytes : most;
    }
    words_count(count, blocks);
    words_size(size, bytes);
    char *right = blocks == 0 ? view_text(scene, "no block") : view_text(scene, "%s, %s", count, size);
    struct rect room = view_title(scene, VIEW_FREE, rect, "free lists", right);
    free(right);
    room.x += 2;
    room.w -= 4;
    if (n == 0)
        return;
    if ((int)n <= room.h)
        draw_classes(scene, room, classes, n, most);
    else
        draw_columns(scene, room, classes, n, most);
}
