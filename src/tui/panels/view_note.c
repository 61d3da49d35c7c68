/* view_note.c - what the trace says to people: the panel at the bottom, and the complete note over the others. */
#include "tui/panels/views.h"
#include "tui/player/notes.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define HEADED 20 /* from this many lines of the screen on, the note has a heading */
#define TALL 36   /* and can take one row more */
#define HELP "? help"

/* The text to show, which changes its style at turn. */
struct speech {
    char *text; /* owned; NULL without memory */
    size_t len, turn;
    enum style style, after;
};

static struct speech speech_of(struct scene *scene)
{
    const struct player *p = scene->player;
    struct speech s = {.style = STYLE_NOTE, .after = STYLE_TITLE};
    if (p->state == RUN_FAILED) {
        s.style = STYLE_ACCENT;
        s.text = p->error.line > 0 ? view_text(scene, "line %" PRIu64 ": %s", p->error.line, error_text(&p->error))
                                   : view_text(scene, "%s", error_text(&p->error));
    } else if (p->note) {
        bool answered = p->answer && !p->asked;
        const char *arrow = glyph_text(GLYPH_TO, scene->canvas->ascii);
        s.style = p->asked ? STYLE_ACCENT : scene->what_if ? STYLE_DIM : STYLE_NOTE;
        s.after = scene->what_if ? STYLE_DIM : STYLE_TITLE;
        s.text = answered ? view_text(scene, "%s %s %s", p->note, arrow, p->answer) : view_text(scene, "%s", p->note);
        s.turn = answered ? strlen(p->note) : 0;
    } else if (!p->chapter || player_ended(p)) {
        s.style = STYLE_DIM;
        s.text = view_text(scene, "%s",
                           p->oom_told       ? "the heap has no room left: here the program dies"
                           : player_ended(p) ? "the end: q quits"
                                             : "space plays, the right arrow steps, n runs to the next collection");
    } else {
        s.text = view_text(scene, "%s", "");
    }
    s.len = s.text ? strlen(s.text) : 0;
    if (s.turn == 0)
        s.turn = s.len;
    return s;
}

/* Draws the bytes from at to end of the text. Returns the column after them. */
static int draw_piece(struct canvas *canvas, struct rect clip, int x, int y, const struct speech *s, size_t at,
                      size_t end)
{
    size_t turn = s->turn < at ? at : s->turn > end ? end : s->turn;
    x = canvas_text(canvas, clip, x, y, s->style, s->text + at, turn - at);
    return canvas_text(canvas, clip, x, y, s->after, s->text + turn, end - turn);
}

/*
 * Draws the text into rect, from its row skip on; the last row is narrower by spare columns. Text that does not fit
 * ends in an ellipsis. False if there is more.
 */
static bool draw_speech(struct canvas *canvas, struct rect rect, const struct speech *s, int skip, int spare)
{
    size_t at = 0;
    for (int row = -skip; at < s->len; row++) {
        bool last = row == rect.h - 1;
        int room = last ? rect.w - spare : rect.w;
        size_t n = canvas_wrap(canvas, s->text + at, s->len - at, room);
        if (last && at + n < s->len) {
            n = canvas_wrap(canvas, s->text + at, s->len - at, room - 2);
            while (n > 0 && s->text[at + n - 1] == ' ')
                n--;
            int x = draw_piece(canvas, rect, rect.x, rect.y + row, s, at, at + n);
            canvas_glyph(canvas, rect, x + 1, rect.y + row, STYLE_ACCENT, GLYPH_ELLIPSIS);
            return false;
        }
        if (row >= 0)
            draw_piece(canvas, rect, rect.x, rect.y + row, s, at, at + n);
        at += n;
    }
    return true;
}

int note_rows(const struct scene *scene, int width, int height)
{
    const struct player *p = scene->player;
    if (!p->longest && !p->note && !p->chapter)
        return height < HEADED || p->state == RUN_FAILED || p->oom_told; /* otherwise the keys say what to do */
    int most = height < HEADED ? 2 : height < TALL ? 3 : 4;
    int rows = p->longest ? canvas_rows(scene->canvas, p->longest, width - 2) : 1;
    rows = rows < 1 ? 1 : rows > most ? most : rows;
    return rows + (height >= HEADED);
}

static void draw_headed(struct scene *scene, struct rect rect, const struct speech *s)
{
    const struct player *p = scene->player;
    struct rect below = {rect.x + 1, rect.y + 1, rect.w - 2, rect.h - 1};
    bool all = draw_speech(scene->canvas, below, s, 0, 0);
    bool doubtful = scene->what_if && scene->player->note;
    const char *right = all ? doubtful ? "of another configuration: it may not hold here" : NULL : "m: the whole note";
    view_heading(scene, (struct rect){rect.x, rect.y, rect.w, 1}, p->chapter ? p->chapter : "note", right);
}

void view_note_draw(struct scene *scene, struct rect rect)
{
    struct canvas *c = scene->canvas;
    struct speech s = speech_of(scene);
    const struct player *p = scene->player;
    if (c->height >= HEADED && rect.h > 1) {
        draw_headed(scene, rect, &s);
    } else {
        bool chapter = s.len == 0 && p->chapter;
        struct rect room = {rect.x + 1, rect.y, rect.w - 2, rect.h};
        canvas_string(c, rect, rect.x + rect.w - 7, rect.y + rect.h - 1, STYLE_FAINT, HELP);
        if (chapter)
            canvas_fit(c, rect, room.x, room.y, room.w - 9, STYLE_HEADING, p->chapter, strlen(p->chapter));
        else
            draw_speech(c, room, &s, 0, 8);
    }
    free(s.text);
}

/* ---- the whole note ---- */

#define WHOLE_MOST 100 /* columns of the text */

/*
 * The largest place of the text: a band over the whole width has a rule, a blank line, the text, a blank line and a
 * rule.
 */
static struct rect whole_room(const struct scene *scene)
{
    const struct canvas *c = scene->canvas;
    int w = c->width - 6 > WHOLE_MOST ? WHOLE_MOST : c->width - 6, h = c->height - 10;
    return (struct rect){(c->width - w) / 2, 5, w, h > 0 ? h : 1};
}

static int whole_rows(const struct scene *scene, int width)
{
    const struct player *p = scene->player;
    char *text = notes_join(p->note, p->asked ? NULL : p->answer);
    int rows = text ? canvas_rows(scene->canvas, text, width) : 0;
    free(text);
    return rows > 0 ? rows : 1;
}

int note_pages(const struct scene *scene)
{
    struct rect room = whole_room(scene);
    if (room.w < 10)
        return 1; /* nothing has been drawn yet */
    return (whole_rows(scene, room.w) + room.h - 1) / room.h;
}

void view_whole_note_draw(struct scene *scene, struct rect rect)
{
    struct canvas *c = scene->canvas;
    const struct player *p = scene->player;
    struct rect room = whole_room(scene);
    int pages = note_pages(scene), page = scene->note_page > pages ? pages : scene->note_page;
    int rows = whole_rows(scene, room.w), skip = (page - 1) * room.h;
    room.h = rows < room.h ? rows : room.h;
    room.y = (rect.h - room.h) / 2;
    struct rect band = {rect.x, room.y - 2, rect.w, room.h + 4};
    for (int y = band.y; y < band.y + band.h; y++)
        for (int x = band.x; x < band.x + band.w; x++)
            canvas_text(c, band, x, y, STYLE_NORMAL, " ", 1);
    char *right = pages == 1
                      ? view_text(scene, "m closes")
                      : view_text(scene, "page %d of %d, m %s", page, pages, page < pages ? "goes on" : "closes");
    view_heading(scene, band, p->chapter ? p->chapter : "note", right);
    free(right);
    struct speech s = speech_of(scene);
    draw_speech(c, room, &s, skip, 0);
    free(s.text);
    canvas_repeat(c, band, band.x, band.y + band.h - 1, STYLE_FAINT, GLYPH_RULE, band.w);
}
