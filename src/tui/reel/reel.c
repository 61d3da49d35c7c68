/* reel.c - keeps a film: rows that look the same are kept once. */
#include "tui/reel/reel.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#define NO_ROW UINT32_MAX

void reel_init(struct reel *reel, int width, int height)
{
    *reel = (struct reel){.width = width, .height = height};
}

void reel_free(struct reel *reel)
{
    for (size_t i = 0; i < reel->marks.len; i++)
        free(reel->marks.data[i].text);
    free(reel->title);
    vec_free(&reel->looks);
    vec_free(&reel->runs);
    vec_free(&reel->text);
    vec_free(&reel->rows);
    vec_free(&reel->changes);
    vec_free(&reel->frames);
    vec_free(&reel->marks);
    vec_free(&reel->shown);
    vec_free(&reel->slots);
}

int reel_title(struct reel *reel, const char *title)
{
    free(reel->title);
    reel->title = strdup(title);
    return reel->title ? 0 : -1;
}

int reel_mark(struct reel *reel, const char *text, uint64_t ns)
{
    char *copy = strdup(text);
    if (!copy || vec_push(&reel->marks, ((struct reel_mark){ns, copy}))) {
        free(copy);
        return -1;
    }
    return 0;
}

size_t reel_changes_end(const struct reel *reel, size_t frame)
{
    return frame + 1 < reel->frames.len ? reel->frames.data[frame + 1].change : reel->changes.len;
}

/* ---- looks ---- */

static struct reel_look look_of(const struct canvas *canvas, const struct cell *cell, bool colors)
{
    enum style style = (enum style)cell->style, ground = (enum style)cell->ground;
    const struct paint *paint = style_paint(style);
    if (!colors || canvas->theme == THEME_PLAIN)
        return (struct reel_look){-1, -1, paint->plain};
    int back = ground == STYLE_NORMAL ? theme_ground(canvas->theme, 256) : style_color(canvas->theme, ground, 256);
    return (struct reel_look){(int16_t)style_color(canvas->theme, style, 256), (int16_t)back, paint->look};
}

/* The index of a look; there are as many as styles on grounds that are used. 0, or -1 without memory. */
static int find_look(struct reel *reel, struct reel_look look, uint16_t *index)
{
    for (size_t i = 0; i < reel->looks.len; i++) {
        const struct reel_look *l = &reel->looks.data[i];
        if (l->fore == look.fore && l->ground == look.ground && l->look == look.look) {
            *index = (uint16_t)i;
            return 0;
        }
    }
    *index = (uint16_t)reel->looks.len;
    return vec_push(&reel->looks, look);
}

/* ---- rows ---- */

static int add_point(struct reel *reel, uint32_t point)
{
    if (vec_reserve(&reel->text, TEXT_POINT_ROOM))
        return -1;
    reel->text.len += text_encode(point, reel->text.data + reel->text.len);
    return 0;
}

/* Adds a cell to the run that it continues, or as a new one of the row that begins with run first. */
static int add_cell(struct reel *reel, size_t first, const struct cell *cell, uint16_t look, int x)
{
    struct reel_run *run = reel->runs.len > first ? &reel->runs.data[reel->runs.len - 1] : NULL;
    if (!run || run->look != look || run->wide != cell->width) {
        struct reel_run fresh = {
            .text = (uint32_t)reel->text.len, .x = (uint16_t)x, .look = look, .wide = cell->width, .simple = true};
        if (vec_push(&reel->runs, fresh))
            return -1;
        run = &reel->runs.data[reel->runs.len - 1];
    }
    for (int i = 0; i < CELL_POINTS && cell->point[i]; i++)
        if (add_point(reel, cell->point[i]))
            return -1;
    run->simple = run->simple && cell->point[1] == 0;
    run->columns = (uint16_t)(run->columns + cell->width);
    run->len = (uint32_t)reel->text.len - run->text;
    return 0;
}

/* Adds row y of the canvas to the end of the reel's rows. 0, or -1 without memory. */
static int build_row(struct reel *reel, const struct canvas *canvas, bool colors, int y, struct reel_row *row)
{
    size_t first = reel->runs.len;
    for (int x = 0; x < canvas->width; x++) {
        const struct cell *cell = canvas_at(canvas, x, y);
        uint16_t look;
        if (cell->width > 0 &&
            (find_look(reel, look_of(canvas, cell, colors), &look) || add_cell(reel, first, cell, look, x)))
            return -1;
    }
    *row = (struct reel_row){.run = (uint32_t)first, .runs = (uint32_t)(reel->runs.len - first)};
    return 0;
}

static uint32_t hash_row(const struct reel *reel, const struct reel_row *row)
{
    uint32_t hash = 2166136261u; /* FNV-1a */
    for (uint32_t i = 0; i < row->runs; i++) {
        const struct reel_run *run = &reel->runs.data[row->run + i];
        hash = (hash ^ run->look) * 16777619u;
        for (uint32_t k = 0; k < run->len; k++)
            hash = (hash ^ (unsigned char)reel->text.data[run->text + k]) * 16777619u;
    }
    return hash;
}

static bool same_row(const struct reel *reel, const struct reel_row *a, const struct reel_row *b)
{
    if (a->hash != b->hash || a->runs != b->runs)
        return false;
    for (uint32_t i = 0; i < a->runs; i++) {
        const struct reel_run *p = &reel->runs.data[a->run + i], *q = &reel->runs.data[b->run + i];
        if (p->x != q->x || p->columns != q->columns || p->look != q->look || p->len != q->len ||
            memcmp(reel->text.data + p->text, reel->text.data + q->text, p->len) != 0)
            return false;
    }
    return true;
}

/* Where a row stands in the table, or would. */
static size_t slot_of(const struct reel *reel, const struct reel_row *row)
{
    size_t mask = reel->slots.len - 1, i = row->hash & mask;
    while (reel->slots.data[i] > 0 && !same_row(reel, &reel->rows.data[reel->slots.data[i] - 1], row))
        i = (i + 1) & mask;
    return i;
}

/* Keeps the table at most half full. */
static int room_for_row(struct reel *reel)
{
    size_t want = reel->slots.len > 0 ? reel->slots.len * 2 : 256;
    if (reel->rows.len * 2 < reel->slots.len)
        return 0;
    if (vec_reserve(&reel->slots, want - reel->slots.len))
        return -1;
    reel->slots.len = want;
    memset(reel->slots.data, 0, want * sizeof *reel->slots.data);
    for (size_t i = 0; i < reel->rows.len; i++)
        reel->slots.data[slot_of(reel, &reel->rows.data[i])] = (uint32_t)i + 1;
    return 0;
}

/* The index of the row that looks like row y of the canvas. 0, or -1 without memory. */
static int find_row(struct reel *reel, const struct canvas *canvas, bool colors, int y, uint32_t *index)
{
    size_t runs = reel->runs.len, text = reel->text.len;
    struct reel_row row;
    if (build_row(reel, canvas, colors, y, &row) || room_for_row(reel))
        return -1;
    row.hash = hash_row(reel, &row);
    size_t slot = slot_of(reel, &row);
    if (reel->slots.data[slot] > 0) { /* it is there already */
        reel->runs.len = runs;
        reel->text.len = text;
        *index = reel->slots.data[slot] - 1;
        return 0;
    }
    *index = (uint32_t)reel->rows.len;
    if (vec_push(&reel->rows, row))
        return -1;
    reel->slots.data[slot] = *index + 1;
    return 0;
}

/* ---- frames ---- */

static int begin(struct reel *reel)
{
    size_t height = (size_t)reel->height;
    if (reel->shown.len > 0)
        return 0;
    if (vec_reserve(&reel->shown, height))
        return -1;
    while (reel->shown.len < height)
        reel->shown.data[reel->shown.len++] = NO_ROW;
    return 0;
}

int reel_add(struct reel *reel, const struct canvas *canvas, bool colors, uint64_t ns)
{
    size_t first = reel->changes.len;
    if (begin(reel))
        return -1;
    reel->light = reel->light || (colors && canvas->theme == THEME_LIGHT);
    for (int y = 0; y < reel->height; y++) {
        uint32_t row;
        if (find_row(reel, canvas, colors, y, &row))
            return -1;
        if (row != reel->shown.data[y] &&
            vec_push(&reel->changes, ((struct reel_change){.row = row, .y = (uint16_t)y})))
            return -1;
        reel->shown.data[y] = row;
    }
    reel->end_ns = ns;
    if (reel->changes.len == first || (reel->frames.len > 0 && reel->frames.data[reel->frames.len - 1].ns == ns))
        return 0; /* later changes of the same moment win */
    return vec_push(&reel->frames, ((struct reel_frame){ns, (uint32_t)first}));
}
