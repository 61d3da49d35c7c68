/* view_lists.c - the panels of text: the trace around the current line, what happened, the log of collections. */
#include "tui/panels/views.h"
#include "tui/term/words.h"

#include "report/v8log.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- trace ---- */

/* The last part of a path. */
static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static int digits(uint64_t n)
{
    int d = 1;
    for (; n >= 10; n /= 10)
        d++;
    return d;
}

static bool is_comment(const char *text, size_t len)
{
    struct text_word w = text_trim(text, len);
    return w.len == 0 || *w.text == '#';
}

/* How much of a line is shown: of an open question, not its answer. */
static size_t shown_part(const char *text, size_t len, bool open)
{
    struct text_word w = text_trim(text, len);
    if (!open || w.len < 4 || memcmp(w.text, "ask", 3) != 0)
        return len;
    const char *bar = memchr(text, '|', len);
    return bar ? (size_t)(bar - text) : len;
}

void view_trace_draw(struct scene *scene, struct rect rect)
{
    struct player *p = scene->player;
    struct canvas *c = scene->canvas;
    const char *name = p->run->path ? base_name(p->run->path) : "";
    struct rect room = view_title(scene, VIEW_TRACE, rect, "trace", strcmp(name, "-") == 0 ? "standard input" : name);
    uint64_t line = p->run->line > 0 ? p->run->line : 1;
    unsigned h = (unsigned)room.h, before = h * 3 / 5 + 1;
    if (line < before) /* near the beginning the arrow moves instead of the text */
        before = (unsigned)line;
    if (p->listing.fd < 0)
        before = h;
    if (listing_read(&p->listing, line, before, h - before)) {
        c->failed = true;
        return;
    }
    int width = digits(line + h) < 3 ? 3 : digits(line + h);
    for (size_t i = 0; i < p->listing.lines.len && i < h; i++) {
        const struct listing_line *l = &p->listing.lines.data[i];
        const char *text = p->listing.text.data + l->at;
        int y = room.y + (int)i, x = room.x + 1;
        bool now = p->run->line > 0 && (p->listing.fd < 0 ? i + 1 == p->listing.lines.len : l->line == line);
        enum style style = now ? STYLE_TITLE : l->line > line || is_comment(text, l->len) ? STYLE_DIM : STYLE_NORMAL;
        scene_mark(scene, room.x, y, room.w, (struct spot){.kind = SPOT_LINE, .object = NONE, .number = l->line});
        if (now)
            canvas_glyph(c, room, x, y, STYLE_ACCENT, GLYPH_ARROW);
        canvas_format(c, room, x + 2, y, now ? STYLE_NORMAL : STYLE_FAINT, "%*" PRIu64, width, l->line);
        x += 4 + width;
        bool open = now ? p->asked : l->line > line;
        canvas_fit(c, room, x, y, room.x + room.w - x - 1, style, text, shown_part(text, l->len, open));
    }
}

/* ---- what happened ---- */

#define EVENT_WIDTH 8 /* columns of the event number before a line */

/* Rows that a text takes in width columns, the later ones indented. */
static int wrapped_rows(const struct canvas *canvas, const char *text, size_t len, int width)
{
    int rows = 0;
    while (len > 0) {
        size_t n = canvas_wrap(canvas, text, len, rows == 0 ? width : width - 2);
        text += n;
        len -= n;
        rows++;
    }
    return rows;
}

static void draw_wrapped(struct canvas *canvas, struct rect clip, int x, int y, int width, enum style style,
                         const char *text, size_t len)
{
    for (int row = 0; len > 0; row++) {
        int in = row == 0 ? 0 : 2;
        size_t n = canvas_wrap(canvas, text, len, width - in);
        canvas_text(canvas, clip, x + in, y + row, style, text, n);
        text += n;
        len -= n;
    }
}

static enum style line_style(const struct recent_line *line, uint64_t event)
{
    if (line->kind == HAPPENING_OOM || line->kind == HAPPENING_OOM_COLLECTION || line->kind == HAPPENING_COUNT)
        return STYLE_ACCENT;
    if (line->event != event)
        return STYLE_DIM;
    return line->kind == HAPPENING_GC_BEGIN || line->kind == HAPPENING_GC_END ? STYLE_TITLE : STYLE_NORMAL;
}

#define SILENCE 32 /* events between two lines from which on their number is shown: nothing was reported about them */

/* The number of events between the i-th newest line and the one before it, if there are many; else 0. */
static uint64_t silent_events(const struct recent_events *recent_events, uint64_t i)
{
    const struct recent_line *line = recent_line(recent_events, i), *before = recent_line(recent_events, i + 1);
    if (line->kind == HAPPENING_COUNT) /* it has a count itself */
        return 0;
    uint64_t between = before && line->event > before->event ? line->event - before->event - 1 : 0;
    return between >= SILENCE ? between : 0;
}

/* How many lines, from the one after `skip` newer ones on, fit in room; *gap: the oldest has room for its gap. */
static uint64_t lines_that_fit(const struct scene *scene, uint64_t skip, int width, int room, bool *gap)
{
    const struct recent_events *recent_events = &scene->player->recent_events;
    const struct recent_line *line;
    uint64_t n = 0;
    int rows = 0;
    *gap = true;
    while ((line = recent_line(recent_events, skip + n)) != NULL) {
        rows += wrapped_rows(scene->canvas, line->text, strlen(line->text), width);
        if (rows > room && n > 0)
            break;
        n++;
        *gap = rows + 1 <= room;
        rows += silent_events(recent_events, skip + n - 1) > 0;
    }
    return n;
}

/* Draws a line; gap: after the number of unreported events; numbered: with its event. Returns the row after it. */
static int draw_happened(struct scene *scene, struct rect room, uint64_t i, int x, int y, int width, bool gap,
                         bool numbered)
{
    const struct player *p = scene->player;
    struct canvas *c = scene->canvas;
    const struct recent_line *line = recent_line(&p->recent_events, i);
    uint64_t event = run_events(p->run), silent = gap ? silent_events(&p->recent_events, i) : 0;
    size_t len = strlen(line->text);
    char count[WORDS_ROOM];
    if (silent > 0) {
        words_count(count, silent);
        canvas_format(c, room, x, y++, STYLE_FAINT, "%s %s events", glyph_text(GLYPH_ELLIPSIS, c->ascii), count);
    }
    if (numbered)
        canvas_format(c, room, room.x + 1, y, line->event == event ? STYLE_HEADING : STYLE_FAINT, "%*" PRIu64,
                      EVENT_WIDTH - 1, line->event);
    int rows = wrapped_rows(c, line->text, len, width);
    for (int row = 0; row < rows && y + row < room.y + room.h; row++)
        scene_mark_event(scene, room.x, y + row, room.w, line->event);
    draw_wrapped(c, room, x, y, width, line_style(line, event), line->text, len);
    return y + rows;
}

void view_happened_draw(struct scene *scene, struct rect rect)
{
    const struct player *p = scene->player;
    struct rect room = view_title(scene, VIEW_HAPPENED, rect, "what happened", NULL);
    uint64_t skip = 0;
    int *back = &scene->scroll[VIEW_HAPPENED];
    *back = *back > 0 ? 0 : *back; /* shows the newest lines unless the user scrolls back */
    while ((int)skip < -*back && recent_line(&p->recent_events, skip + (uint64_t)room.h))
        skip++;
    *back = -(int)skip;
    int left = rect.w >= 64 ? EVENT_WIDTH : 0, x = room.x + 2 + left, width = room.w - left - 3, y = room.y;
    bool gap;
    uint64_t n = lines_that_fit(scene, skip, width, room.h, &gap);
    uint64_t last = UINT64_MAX;
    for (uint64_t i = n; i-- > 0;) { /* from the oldest visible one to the newest */
        uint64_t event = recent_line(&p->recent_events, skip + i)->event;
        y = draw_happened(scene, room, skip + i, x, y, width, i + 1 < n || gap, left > 0 && event != last);
        last = event;
    }
}

/* ---- log of collections ---- */

#define LOG_TIMED 92 /* columns from which each line has its time, as in V8's own log */

/* The program's share of the time, as V8 computes it: a mean over all majors so far. */
struct share {
    struct v8_utilization is;
    size_t taken; /* collections */
};

/* Adds the collections of the heap up to one of them. False if that one is not among those kept. */
static bool take_share(struct share *share, const struct heap *heap, const struct collection *g)
{
    if (!v8_form_of(heap).dialect->tells_utilization || g->index > heap->collections.len)
        return false;
    for (; share->taken < g->index; share->taken++)
        if (heap->collections.data[share->taken].type != COLLECTION_SCAVENGE)
            v8_utilization_add(&share->is, &heap->collections.data[share->taken]);
    return true;
}

/*
 * A collection in V8's words: new, or NULL (the canvas has failed) without memory. Includes the program's share
 * (node20) if the heap knows it and the line has room for it.
 */
static char *log_words(struct scene *scene, const struct collection *g, struct share *share, bool timed, int room)
{
    bool known = take_share(share, scene->heap, g);
    static const struct v8_steps steps = {0};
    struct v8_form form = v8_form_of(scene->heap);
    struct out out;
    out_to_memory(&out);
    if (timed)
        v8_put_time(&out, &form, g->start_ns + g->pause_ns);
    form.dialect->line(&out, &form, g, &share->is, &steps);
    char *text = out_take(&out);
    if (!text) {
        scene->canvas->failed = true;
        return NULL;
    }
    text[strcspn(text, "\n")] = '\0';
    char *mutator = strstr(text, "  (average"), *behind = mutator ? strchr(mutator, ')') : NULL;
    if (behind && (!known || canvas_columns(scene->canvas, text, strlen(text)) > room))
        memmove(mutator, behind + 1, strlen(behind + 1) + 1);
    return text;
}

void view_log_draw(struct scene *scene, struct rect rect)
{
    const struct player *p = scene->player;
    struct canvas *c = scene->canvas;
    char count[WORDS_ROOM];
    char *right = view_text(scene, "%s so far", words_count(count, p->heard_collections));
    struct rect room = view_title(scene, VIEW_LOG, rect, "collections", right);
    free(right);
    uint64_t n = 0, have = 0;
    while (scene->heap && player_collection(p, have))
        have++;
    int *back = &scene->scroll[VIEW_LOG];
    *back = *back > 0 ? 0 : *back; /* shows the newest unless the user scrolls back */
    uint64_t skip = (uint64_t) - *back, room_h = (uint64_t)room.h;
    skip = have < room_h ? 0 : skip > have - room_h ? have - room_h : skip;
    *back = -(int)skip;
    n = have - skip < room_h ? have - skip : room_h;
    struct share share = {.taken = 0};
    for (uint64_t i = 0; i < n; i++) {
        const struct collection *g = player_collection(p, skip + n - 1 - i);
        bool now = g->event == run_events(p->run);
        int y = room.y + (int)i;
        int x = canvas_format(c, room, room.x + 1, y, now ? STYLE_HEADING : STYLE_FAINT, "%6" PRIu64, g->event) + 1;
        char *text = log_words(scene, g, &share, room.w >= LOG_TIMED, room.x + room.w - x - 1);
        if (text)
            canvas_fit(c, room, x, y, room.x + room.w - x - 1, now ? STYLE_TITLE : STYLE_DIM, text, strlen(text));
        scene_mark_event(scene, room.x, y, room.w, g->event);
        free(text);
    }
}
