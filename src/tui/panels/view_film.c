/*
 * view_film.c - the whole run as a film strip: memory over the events, collections, chapters, and the current position.
 *
 * Every column stands for the same number of events. Columns before the head are drawn in color, those after it in
 * grey.
 */
#include "tui/panels/views.h"
#include "tui/term/words.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define HEADED 4   /* from this many rows on, the film has a heading, */
#define TITLED 6   /* and a row for the names of chapters */
#define EIGHTHS 8u /* of a cell */

/* The strip being drawn. */
struct strip {
    struct scene *scene;
    struct rect graph;   /* the memory */
    int ticks, chapters; /* rows of the screen; chapters -1: none */
    uint64_t events;     /* in the whole strip, at least 1 */
    uint64_t head;       /* the current event */
    uint64_t top;        /* bytes of the full height */
};

/* ---- columns ---- */

/* The events of a column: the first and the last one. */
static void column_events(const struct strip *s, int column, uint64_t *first, uint64_t *last)
{
    uint64_t columns = (uint64_t)s->graph.w, at = (uint64_t)column;
    *first = s->events / columns * at + s->events % columns * at / columns + 1;
    *last = s->events / columns * (at + 1) + s->events % columns * (at + 1) / columns;
    *last = *last < *first ? *first : *last;
}

/* The column of an event; the last one, if there are several. */
static int column_of(const struct strip *s, uint64_t event)
{
    int low = 0, high = s->graph.w - 1;
    while (low < high) {
        int middle = (low + high + 1) / 2;
        uint64_t first, last;
        column_events(s, middle, &first, &last);
        if (event < first)
            high = middle - 1;
        else
            low = middle;
    }
    return low;
}

/* The last event of the column that an event is in. */
static uint64_t column_end(const struct strip *s, uint64_t event)
{
    uint64_t first, last;
    int column = column_of(s, event);
    if (column == s->graph.w - 1)
        return s->events;
    column_events(s, column + 1, &first, &last);
    return first - 1;
}

/* What the film has of the events first to last; seen is false if it has nothing. */
static struct film_frame frame_of(const struct film *film, uint64_t first, uint64_t last)
{
    struct film_frame all = {.seen = false};
    if (film->stride == 0)
        return all;
    uint64_t i = (first - 1) / film->stride, end = (last - 1) / film->stride;
    for (; i <= end && i < film->frames.len; i++) {
        const struct film_frame *f = &film->frames.data[i];
        if (!f->seen)
            continue;
        bool none = !all.seen;
        all.used_least = none || f->used_least < all.used_least ? f->used_least : all.used_least;
        all.used_most = none || f->used_most > all.used_most ? f->used_most : all.used_most;
        all.total_most = none || f->total_most > all.total_most ? f->total_most : all.total_most;
        all.external_most = none || f->external_most > all.external_most ? f->external_most : all.external_most;
        all.marking |= f->marking;
        all.seen = true;
    }
    return all;
}

/* The frame of a column; one that the film does not know is like the one before it. */
static struct film_frame column_frame(const struct strip *s, int column)
{
    const struct film *film = player_film(s->scene->player);
    uint64_t first, last;
    column_events(s, column, &first, &last);
    struct film_frame frame = frame_of(film, first, last);
    if (frame.seen || film->stride == 0)
        return frame;
    uint64_t i = (first - 1) / film->stride + 1;
    if (i > film->frames.len) { /* the run has not come that far, or only in other heaps */
        if (!run_has_workers(s->scene->player->run))
            return frame;
        i = film->frames.len;
    }
    while (i > 0 && !film->frames.data[i - 1].seen)
        i--;
    return i > 0 ? film->frames.data[i - 1] : frame;
}

/* Bytes as eighths of cells in height. */
static unsigned height_of(const struct strip *s, uint64_t bytes)
{
    uint64_t full = (uint64_t)s->graph.h * EIGHTHS, top = s->top;
    while (bytes > UINT64_MAX / 4096) {
        bytes /= 2;
        top /= 2;
    }
    uint64_t height = top == 0 ? 0 : (bytes * full + top / 2) / top;
    return (unsigned)(height > full ? full : height == 0 && bytes > 0 ? 1 : height);
}

/* ---- drawing ---- */

/* A cell of a column: row counts from the bottom. */
static void draw_cell(const struct strip *s, int x, int row, const struct film_frame *frame, bool past)
{
    struct canvas *c = s->scene->canvas;
    int y = s->graph.y + s->graph.h - 1 - row;
    unsigned floor = (unsigned)row * EIGHTHS;
    unsigned most = height_of(s, frame->used_most), least = height_of(s, frame->used_least);
    unsigned total = height_of(s, frame->total_most), external = height_of(s, frame->external_most);
    enum style used = past ? STYLE_USED : STYLE_DIM;
    if (external > floor && external <= floor + EIGHTHS)
        canvas_glyph(c, s->graph, x, y, past ? STYLE_EXTERNAL : STYLE_DIM, GLYPH_POINT);
    else if (most >= floor + EIGHTHS)
        canvas_glyph(c, s->graph, x, y, used, least < floor + EIGHTHS / 2 ? GLYPH_FULL_ODD : GLYPH_FULL);
    else if (most > floor)
        canvas_glyph_on(c, s->graph, x, y, used, total > floor + EIGHTHS / 2 ? STYLE_TOTAL : STYLE_NORMAL,
                        (enum glyph)(GLYPH_RISE1 + most - floor - 1));
    else if (total >
             floor + EIGHTHS / 2) /* a shade is even on its own color as background; without colors it stays a shade */
        canvas_glyph_on(c, s->graph, x, y, STYLE_TOTAL, STYLE_TOTAL, GLYPH_TOTAL);
}

static void draw_memory(struct strip *s)
{
    for (int column = 0; column < s->graph.w; column++) {
        struct film_frame frame = column_frame(s, column);
        if (s->graph.h == 1) /* there is room for only one line */
            frame.external_most = frame.total_most = 0;
        uint64_t first, last;
        column_events(s, column, &first, &last);
        for (int row = 0; row < s->graph.h && frame.seen; row++)
            draw_cell(s, s->graph.x + column, row, &frame, first <= s->head);
        for (int row = 0; row < s->graph.h; row++)
            scene_mark_event(s->scene, s->graph.x + column, s->graph.y + row, 1, last);
    }
}

/* The collections of a column: a major covers minors, and the last one can be gone to. */
static void draw_tick(struct strip *s, uint64_t event, bool major)
{
    int x = s->graph.x + column_of(s, event);
    canvas_glyph(s->scene->canvas, canvas_all(s->scene->canvas), x, s->ticks,
                 major              ? STYLE_MAJOR
                 : event <= s->head ? STYLE_MINOR
                                    : STYLE_FAINT,
                 major ? GLYPH_MAJOR : GLYPH_MINOR);
    scene_mark_event(s->scene, x, s->ticks, 1, event);
}

static void draw_ticks(struct strip *s)
{
    const struct travel_collection *list;
    size_t n = travel_collections(s->scene->player->travel, &list);
    uint32_t shown = player_shown(s->scene->player)->index;
    uint64_t end = 0, event = 0; /* of a column; of the last collection in it, 0: none yet */
    bool major = false;
    for (size_t i = 0; i < n; i++) {
        if (list[i].worker != shown || list[i].event == 0 || list[i].event > s->events)
            continue;
        if (list[i].event > end) {
            if (event > 0)
                draw_tick(s, event, major);
            end = column_end(s, list[i].event);
            major = false;
        }
        event = list[i].event;
        major |= list[i].type != COLLECTION_SCAVENGE;
    }
    if (event > 0)
        draw_tick(s, event, major);
}

/* The chapter after those from i on that begin in the column of that event. */
static size_t next_column(const struct strip *s, const struct travel_chapter *list, size_t i, size_t n, uint64_t event)
{
    uint64_t end = column_end(s, event);
    while (i + 1 < n) { /* list[i] is in the column, list[n] is not */
        size_t middle = i + (n - i) / 2;
        if (list[middle].event <= end)
            i = middle;
        else
            n = middle;
    }
    return n;
}

/*
 * Chapters, the last of a column: with their names if the strip has a row for them, as far as the next one leaves room;
 * else a mark in the row of collections, where there is none.
 */
static void draw_chapters(struct strip *s)
{
    struct canvas *c = s->scene->canvas;
    const struct travel_chapter *list;
    size_t n = travel_chapters(s->scene->player->travel, &list);
    struct rect all = canvas_all(c);
    for (size_t i = 0, next; i < n; i = next) {
        uint64_t event = list[i].event > 0 ? list[i].event : 1;
        if (event > s->events)
            return;
        int x = s->graph.x + column_of(s, event), end = s->graph.x + s->graph.w;
        next = next_column(s, list, i, n, event);
        const struct travel_chapter *last = &list[next - 1];
        bool past = last->event <= s->head;
        if (s->chapters < 0) {
            if (canvas_at(c, x, s->ticks)->point[0] == ' ') /* otherwise a collection is there */
                canvas_glyph(c, all, x, s->ticks, list[i].event <= s->head ? STYLE_MINOR : STYLE_FAINT, GLYPH_CHAPTER);
            scene_mark_event(s->scene, x, s->ticks, 1, last->event > 0 ? last->event : 1);
            continue;
        }
        if (next < n && list[next].event <= s->events)
            end = s->graph.x + column_of(s, list[next].event) - 1;
        canvas_glyph(c, all, x, s->chapters, past ? STYLE_HEADING : STYLE_FAINT, GLYPH_CHAPTER);
        canvas_fit(c, all, x + 2, s->chapters, end - x - 2, past ? STYLE_DIM : STYLE_FAINT, last->text,
                   strlen(last->text));
        scene_mark_event(s->scene, x, s->chapters, end > x ? end - x : 1, last->event > 0 ? last->event : 1);
    }
}

/* Dots where marking goes on in steps, and nothing else is. */
static void draw_marking(struct strip *s)
{
    struct canvas *c = s->scene->canvas;
    for (int column = 0; column < s->graph.w; column++) {
        uint64_t first, last;
        int x = s->graph.x + column;
        column_events(s, column, &first, &last);
        if (column_frame(s, column).marking && canvas_at(c, x, s->ticks)->point[0] == ' ')
            canvas_glyph(c, canvas_all(c), x, s->ticks, first <= s->head ? STYLE_MINOR : STYLE_FAINT, GLYPH_STEP);
    }
}

static void draw_head(struct strip *s)
{
    struct canvas *c = s->scene->canvas;
    int x = s->graph.x + column_of(s, s->head > 0 ? s->head : 1);
    canvas_glyph(c, canvas_all(c), x, s->ticks, STYLE_HEAD, GLYPH_HEAD);
}

/* ---- the panel ---- */

static uint64_t highest(const struct film *film)
{
    uint64_t top = 1;
    for (size_t i = 0; i < film->frames.len; i++) {
        const struct film_frame *f = &film->frames.data[i];
        top = f->seen && f->total_most > top ? f->total_most : top;
        top = f->seen && f->external_most > top ? f->external_most : top;
    }
    return top;
}

/* The largest use at any time: the scale of a strip with one row. */
static uint64_t highest_used(const struct film *film)
{
    uint64_t top = 1;
    for (size_t i = 0; i < film->frames.len; i++)
        top = film->frames.data[i].seen && film->frames.data[i].used_most > top ? film->frames.data[i].used_most : top;
    return top;
}

static char *heading_words(struct scene *scene, const struct strip *s)
{
    char top[WORDS_ROOM], each[WORDS_ROOM];
    uint64_t columns = (uint64_t)s->graph.w;
    words_size(top, s->top);
    words_count(each, (s->events + columns - 1) / columns);
    return s->events <= columns
               ? view_text(scene, "heapUsed, heapTotal, external; full height %s", top)
               : view_text(scene, "heapUsed, heapTotal, external; full height %s, a column %s events", top, each);
}

void view_film_draw(struct scene *scene, struct rect rect)
{
    const struct player *p = scene->player;
    struct strip s = {.scene = scene, .head = player_event(p), .chapters = -1};
    const struct travel_chapter *list;
    bool headed = rect.h >= HEADED, titled = rect.h >= TITLED && travel_chapters(p->travel, &list) > 0, all;
    int y = rect.y + headed, rows = rect.h - headed - titled - 1;
    s.events = player_events(p, &all);
    s.events = s.events > 0 ? s.events : 1;
    s.graph = (struct rect){rect.x + 2, y, rect.w - 4, rows};
    s.ticks = y + rows;
    s.chapters = titled ? s.ticks + 1 : -1;
    s.top = rows == 1 ? highest_used(player_film(p)) : highest(player_film(p));
    if (headed) {
        char *right = heading_words(scene, &s);
        view_title(scene, VIEW_FILM, rect, "film", right);
        free(right);
    } else if (scene->focus == VIEW_FILM) {
        canvas_glyph(scene->canvas, rect, rect.x, rect.y, STYLE_ACCENT, GLYPH_ARROW);
    }
    draw_memory(&s);
    draw_ticks(&s);
    draw_chapters(&s);
    draw_marking(&s);
    draw_head(&s);
}
