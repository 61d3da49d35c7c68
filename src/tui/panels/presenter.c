/*
 * presenter.c - the screen for a room: the heap, large, and one sentence. No figures, no trace, no lists.
 *
 * A heap of a toy is drawn as boxes with names, a strip for each page that holds something; a larger one as cells.
 */
#include "gc/gc.h"
#include "tui/panels/boxes.h"
#include "tui/panels/views.h"

#include <stdlib.h>
#include <string.h>

#define LABEL 10        /* columns before a strip */
#define MARGIN 4        /* columns beside the sentence */
#define SENTENCE_MOST 7 /* its rows */
#define STRIP_MOST 9    /* rows of a strip, with its names */
#define STRIPS_MOST 16

/* A strip: a page, and what is said about it. */
struct strip {
    const char *label; /* borrowed; "": it goes on */
    enum style style;  /* of that */
    bool young;
    uint32_t parity, page; /* of a semispace; or the index of an old page */
};

struct strips {
    struct strip list[STRIPS_MOST];
    size_t n;
    uint64_t left_out; /* pages */
};

static void add_strip(struct strips *strips, struct strip strip)
{
    if (strips->n < STRIPS_MOST)
        strips->list[strips->n++] = strip;
    else
        strips->left_out++;
}

/* ---- what is on a page ---- */

static int compare_boxes(const void *a, const void *b)
{
    const struct box *x = a, *y = b;
    return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static int add_object(struct scene *scene, struct boxes *boxes, uint32_t object)
{
    const struct object *o = &scene->heap->objects.data[object];
    struct box box = {.offset = (uint64_t)o->offset * UNIT,
                      .size = object_bytes(o),
                      .object = object,
                      .content = object_content(o, scene_garbage(scene, object), scene_marking(scene))};
    return vec_push(&boxes->list, box);
}

/* The objects of one page of a semispace, and the places that some have just left. */
static int collect_young(struct scene *scene, const struct strip *strip, struct boxes *boxes)
{
    const struct heap *heap = scene->heap;
    bool active = heap->young_space.parity == strip->parity;
    const uint32_t *list = active ? heap->young.data : heap->from.data;
    size_t len = active ? heap->young.len : heap->from.len;
    for (size_t i = 0; i < len; i++) {
        const struct object *o = &heap->objects.data[list[i]];
        if ((o->bits & OBJECT_YOUNG) && (o->bits & OBJECT_PARITY) == strip->parity && o->page == strip->page &&
            add_object(scene, boxes, list[i]))
            return -1;
    }
    const struct recent_events *recent = &scene->player->recent_events;
    for (size_t i = 0; scene_trails(scene) && i < recent->trails.len; i++) {
        const struct trail *t = &recent->trails.data[i];
        struct box box = {
            .offset = t->from_offset, .size = t->size, .object = NONE, .content = CONTENT_FREE, .left = true};
        if (t->kind != HAPPENING_EVACUATE && t->parity == strip->parity && t->from_page == strip->page &&
            vec_push(&boxes->list, box))
            return -1;
    }
    return 0;
}

/* The objects of an old page, over what is not swept yet. */
static int collect_old(struct scene *scene, const struct strip *strip, struct boxes *boxes)
{
    const struct heap *heap = scene->heap;
    const struct page *page = &heap->pages.data[strip->page];
    struct box rest = {.size = config_usable(&heap->config), .object = NONE, .content = CONTENT_UNSWEPT};
    if ((page->flags & PAGE_UNSWEPT) && vec_push(&boxes->list, rest))
        return -1;
    for (uint32_t i = page->objects; i != NONE; i = heap->cold.data[i].next)
        if (add_object(scene, boxes, i))
            return -1;
    return 0;
}

/* Marks what has just arrived, and gives neighbours different shades. */
static void finish_boxes(struct scene *scene, struct boxes *boxes)
{
    const struct recent_events *recent = &scene->player->recent_events;
    bool odd = false;
    if (boxes->list.len > 1)
        qsort(boxes->list.data, boxes->list.len, sizeof *boxes->list.data, compare_boxes);
    for (size_t i = 0; i < boxes->list.len; i++) {
        struct box *box = &boxes->list.data[i];
        box->odd = odd;
        odd = box->object != NONE ? !odd : odd;
        for (size_t k = 0; box->object != NONE && scene_trails(scene) && k < recent->trails.len; k++)
            box->moved |=
                recent->trails.data[k].object == box->object && scene_fresh(scene, &recent->trails.data[k]) &&
                !(scene->heap->young_space.parity != (scene->heap->objects.data[box->object].bits & OBJECT_PARITY) &&
                  (scene->heap->objects.data[box->object].bits & OBJECT_YOUNG));
    }
}

/* ---- strips ---- */

/* The pages of a semispace that hold something; at least the first. */
static void list_half(const struct scene *scene, struct strips *strips, bool active)
{
    const struct heap *heap = scene->heap;
    bool flipped = scene_flipped(scene), collecting = heap->gc.running != 0 && heap->from.len > 0;
    uint32_t parity = active ? heap->young_space.parity : heap->young_space.parity ^ OBJECT_PARITY, last = 0;
    const uint32_t *list = active ? heap->young.data : heap->from.data;
    size_t len = active ? heap->young.len : heap->from.len;
    for (size_t i = 0; i < len; i++) {
        const struct object *o = &heap->objects.data[list[i]];
        if ((o->bits & OBJECT_YOUNG) && (o->bits & OBJECT_PARITY) == parity && o->page > last)
            last = o->page;
    }
    for (uint32_t page = 0; page <= last; page++)
        add_strip(strips, (struct strip){.label = page > 0     ? ""
                                                  : active     ? "in use"
                                                  : collecting ? "emptied"
                                                               : "idle",
                                         .style = flipped  ? STYLE_ACCENT
                                                  : active ? STYLE_TITLE
                                                           : STYLE_DIM,
                                         .young = true,
                                         .parity = parity,
                                         .page = page});
}

static void list_old(const struct scene *scene, struct strips *strips)
{
    static const enum space_id spaces[] = {SPACE_OLD, SPACE_OLD_DATA};
    static const char *const labels[] = {"old", "old data"};
    const struct heap *heap = scene->heap;
    for (size_t s = 0; s < 2; s++) {
        const char *label = labels[s];
        for (uint32_t p = heap->spaces[spaces[s]].first; p != NONE; p = heap->pages.data[p].next, label = "")
            add_strip(strips, (struct strip){.label = label, .style = STYLE_TITLE, .page = p});
    }
}

/* The two halves keep their places, so that a flip is seen. */
static void list_strips(const struct scene *scene, struct strips *strips)
{
    bool first = scene->heap->young_space.parity == 0;
    list_half(scene, strips, first);
    list_half(scene, strips, !first);
    list_old(scene, strips);
}

static void draw_strip(struct scene *scene, const struct strip *strip, struct rect rect)
{
    struct boxes boxes = {0};
    struct rect room = {rect.x + LABEL, rect.y, rect.w - LABEL, rect.h};
    canvas_string(scene->canvas, rect, rect.x, rect.y, strip->style, strip->label);
    if ((strip->young ? collect_young : collect_old)(scene, strip, &boxes))
        scene->canvas->failed = true;
    finish_boxes(scene, &boxes);
    boxes_draw(scene, room, config_usable(&scene->heap->config), &boxes);
    vec_free(&boxes.list);
}

/* Draws as many strips as there is room for, as high as possible. False if the heap is too large for them. */
static bool draw_strips(struct scene *scene, struct rect rect)
{
    struct strips strips = {.n = 0};
    if (!boxes_fit(config_usable(&scene->heap->config), rect.w - LABEL))
        return false;
    list_strips(scene, &strips);
    int n = (int)strips.n, gap = rect.h >= 4 * n, each = n > 0 ? (rect.h - gap * (n - 1)) / n : 0;
    if (strips.left_out > 0 || each < 1)
        return false;
    each = each > STRIP_MOST ? STRIP_MOST : each;
    for (int i = 0; i < n; i++)
        draw_strip(scene, &strips.list[i], (struct rect){rect.x, rect.y + i * (each + gap), rect.w, each});
    return true;
}

/* ---- the sentence ---- */

/* What is to be said: in the middle of a collection what has just happened, else the note, question and answer. */
static char *sentence(struct scene *scene, enum style *style)
{
    const struct player *p = scene->player;
    const struct recent_line *line = recent_line(&p->recent_events, 0);
    *style = STYLE_TITLE;
    if (p->state == RUN_FAILED)
        return view_text(scene, "%s", error_text(&p->error));
    if (scene->heap && gc_running(scene->heap) && !p->told && line)
        return view_text(scene, "%s", line->text);
    if (p->asked)
        *style = STYLE_ACCENT;
    if (p->note && p->answer && !p->asked)
        return view_text(scene, "%s %s %s", p->note, glyph_text(GLYPH_TO, scene->canvas->ascii), p->answer);
    return view_text(scene, "%s", p->note ? p->note : p->chapter ? p->chapter : "");
}

static void draw_sentence(struct scene *scene, const char *text, struct rect rect, enum style style, int rows)
{
    size_t len = strlen(text), n;
    for (int y = 0; len > 0 && y < rect.h; y++, text += n, len -= n) {
        n = canvas_wrap(scene->canvas, text, len, rect.w);
        canvas_text(scene->canvas, rect, rect.x, rect.y + y, style, text, n);
    }
    if (rows > rect.h)
        canvas_string(scene->canvas, rect, rect.x + rect.w - 7, rect.y + rect.h - 1, STYLE_ACCENT, " m: all");
}

void presenter_draw(struct scene *scene, struct rect rect)
{
    enum style style;
    char *text = sentence(scene, &style);
    struct rect said = {rect.x + MARGIN, rect.y, rect.w - 2 * MARGIN, SENTENCE_MOST};
    int rows = text ? canvas_rows(scene->canvas, text, said.w) : 0;
    said.h = rows < SENTENCE_MOST ? rows : SENTENCE_MOST;
    said.y = rect.y + rect.h - said.h - 1;
    struct rect heap = {rect.x + MARGIN, rect.y + 1, rect.w - 2 * MARGIN, said.y - rect.y - 2};
    if (scene->heap && !draw_strips(scene, heap)) {
        int young = heap.h * 2 / 5;
        view_new_draw(scene, (struct rect){heap.x, heap.y, heap.w, young});
        view_old_draw(scene, (struct rect){heap.x, heap.y + young, heap.w, heap.h - young});
    }
    if (text)
        draw_sentence(scene, text, said, style, rows);
    free(text);
}
