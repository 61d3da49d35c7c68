/* browse_draw.c - the title, where one is, the list with its bars, and the keys. */
#include "tui/browse/browse.h"

#include <string.h>

#define SIZE_COLUMNS 9
#define COUNT_COLUMNS 11
#define BAR_COLUMNS 12

static void right(struct canvas *c, int x, int y, int width, enum style style, const char *text)
{
    int columns = canvas_columns(c, text, strlen(text));
    canvas_string(c, canvas_all(c), x + width - columns, y, style, text);
}

/* What write(out) writes, in room columns. Returns the column after it. */
static int put_name(struct canvas *c, int x, int y, int room, enum style style, struct out *out)
{
    struct out safe;
    out_to_memory(&safe);
    out_safe(&safe, out->data, out->len, out->len);
    c->failed |= out->failed || safe.failed;
    x = canvas_fit(c, canvas_all(c), x, y, room, style, safe.data, safe.len);
    out_drop(&safe);
    out_drop(out);
    return x;
}

/* ---- where one is ---- */

static void level_name(struct browse *b, const struct browse_level *level, struct out *out)
{
    switch (level->kind) {
    case BROWSE_TREE:
        if (level->of == 0)
            out_words(out, "all that is kept");
        else
            b->source.name(b->source.self, level->of, out);
        break;
    case BROWSE_GROUPS: out_words(out, b->source.groups_word); break;
    case BROWSE_MEMBERS: b->source.group_name(b->source.self, level->of, out); break;
    case BROWSE_WHY: out_words(out, "why it is alive"); break;
    }
}

/* The levels from the first on, as many of the last ones as there is room for. */
static void draw_path(struct browse *b, struct canvas *c, int y)
{
    struct out out;
    out_to_memory(&out);
    size_t shown = b->levels.len < 3 ? b->levels.len : 3;
    if (shown < b->levels.len)
        out_words(&out, c->ascii ? "... > " : "… › ");
    for (size_t i = b->levels.len - shown; i < b->levels.len; i++) {
        level_name(b, &b->levels.data[i], &out);
        if (i + 1 < b->levels.len)
            out_words(&out, c->ascii ? " > " : " › ");
    }
    put_name(c, 1, y, c->width - 2, STYLE_ACCENT, &out);
}

static void draw_title(struct browse *b, struct canvas *c)
{
    char text[OUT_HUMAN], kept[2 * OUT_HUMAN];
    snprintf(kept, sizeof kept, "kept %s", human_size(text, b->source.retained[0]));
    canvas_fit(c, canvas_all(c), 1, 0, c->width - 4 - (int)strlen(kept), STYLE_TITLE, b->source.title,
               strlen(b->source.title));
    right(c, 0, 0, c->width - 1, STYLE_DIM, kept);
}

/* ---- the list ---- */

/* Whether the columns for own sizes and counts have room. */
static bool wide(const struct canvas *c)
{
    return c->width >= 60;
}

static int name_column(const struct canvas *c)
{
    return 1 + SIZE_COLUMNS + 1 + BAR_COLUMNS + 1 + (wide(c) ? SIZE_COLUMNS + COUNT_COLUMNS : 0) + 2;
}

static void draw_headings(const struct browse *b, struct canvas *c, int y)
{
    static const char *const words[] = {"retained", "own", "objects"};
    int x = 1;
    canvas_repeat(c, canvas_all(c), 0, y, STYLE_FAINT, GLYPH_RULE, c->width);
    for (unsigned i = 0; i < 3 && (i == 0 || wide(c)); i++) {
        int width = i == 2 ? COUNT_COLUMNS : SIZE_COLUMNS;
        char text[16];
        snprintf(text, sizeof text, " %s", words[i]);
        right(c, x, y, width, b->order == i ? STYLE_ACCENT : STYLE_HEADING, text);
        x += width + (i == 0 ? BAR_COLUMNS + 2 : 0);
    }
}

/* A bar of eighths, as long as part of whole. */
static void draw_bar(struct canvas *c, int x, int y, enum style style, uint64_t part, uint64_t whole)
{
    uint64_t eighths = whole == 0 ? 0 : (uint64_t)((double)part / (double)whole * BAR_COLUMNS * 8 + 0.5);
    int full = (int)(eighths / 8), rest = (int)(eighths % 8);
    x = canvas_repeat(c, canvas_all(c), x, y, style, GLYPH_FULL, full);
    if (rest > 0)
        canvas_glyph(c, canvas_all(c), x, y, style, (enum glyph)(GLYPH_PART1 + rest - 1));
    else if (full == 0 && part > 0)
        canvas_glyph(c, canvas_all(c), x, y, style, GLYPH_PART1);
}

static void draw_row(struct browse *b, struct canvas *c, int y, const struct browse_row *row, bool at)
{
    enum browse_kind kind = b->levels.data[b->levels.len - 1].kind;
    enum style style = at ? STYLE_CURSOR : STYLE_NORMAL;
    char text[OUT_HUMAN];
    struct out name;
    if (at)
        canvas_fill(c, (struct rect){0, y, c->width, 1}, style);
    if (at)
        canvas_glyph(c, canvas_all(c), 0, y, style, GLYPH_ARROW);
    right(c, 1, y, SIZE_COLUMNS, style, human_size(text, row->retained));
    draw_bar(c, 1 + SIZE_COLUMNS + 1, y, at ? STYLE_CURSOR : STYLE_USED, row->retained, b->source.retained[0]);
    if (wide(c)) {
        int x = 1 + SIZE_COLUMNS + 1 + BAR_COLUMNS + 1;
        right(c, x, y, SIZE_COLUMNS, at ? style : STYLE_DIM, human_size(text, row->own));
        right(c, x + SIZE_COLUMNS, y, COUNT_COLUMNS, at ? style : STYLE_DIM, human_number(text, row->count));
    }
    out_to_memory(&name);
    if (kind == BROWSE_GROUPS)
        b->source.group_name(b->source.self, row->id, &name);
    else
        b->source.name(b->source.self, row->id, &name);
    int x = name_column(c);
    x = put_name(c, x, y, c->width - x - 2, style, &name);
    if (kind != BROWSE_GROUPS && b->child[row->id] != 0 && x + 1 < c->width)
        canvas_glyph(c, canvas_all(c), x + 1, y, at ? style : STYLE_DIM, GLYPH_TO);
}

static void draw_line(struct browse *b, struct canvas *c, int y, size_t line)
{
    const char *text = b->text + b->lines.data[line];
    struct out out;
    out_to_memory(&out);
    out_text(&out, text, strcspn(text, "\n"));
    put_name(c, 1, y, c->width - 2, STYLE_NORMAL, &out);
}

static void draw_list(struct browse *b, struct canvas *c, int y, int rows)
{
    struct browse_level *level = &b->levels.data[b->levels.len - 1];
    size_t length = browse_length(b);
    b->page = rows > 1 ? rows - 1 : 1;
    if (level->at < level->top)
        level->top = level->at;
    if (level->at >= level->top + (size_t)rows)
        level->top = level->at - (size_t)rows + 1;
    for (int i = 0; i < rows && level->top + (size_t)i < length; i++) {
        size_t at = level->top + (size_t)i;
        if (level->kind == BROWSE_WHY)
            draw_line(b, c, y + i, at);
        else
            draw_row(b, c, y + i, &b->rows.data[at], at == level->at);
    }
}

/* ---- the last two lines ---- */

static void draw_foot(struct browse *b, struct canvas *c)
{
    const struct browse_level *level = &b->levels.data[b->levels.len - 1];
    char text[OUT_HUMAN], all[OUT_HUMAN], place[2 * OUT_HUMAN + 8];
    int y = c->height - 2;
    struct rect clip = canvas_all(c);
    if (b->prompt.open) {
        int x = canvas_string(c, clip, 1, y, STYLE_ACCENT, b->prompt.label);
        x = canvas_text(c, clip, x, y, STYLE_NORMAL, b->prompt.text.data, b->prompt.text.len);
        canvas_string(c, clip, x, y, STYLE_CURSOR, " ");
    } else if (b->message != NULL) {
        canvas_string(c, clip, 1, y, STYLE_ACCENT, b->message);
    }
    if (browse_length(b) > 0) {
        snprintf(place, sizeof place, "%s of %s", human_number(text, level->at + 1),
                 human_number(all, browse_length(b)));
        right(c, 0, y, c->width - 1, STYLE_DIM, place);
    }
    char keys[128];
    snprintf(keys, sizeof keys, "Enter in   left out   g %s   s order   w why   / find   q quit",
             b->levels.data[0].kind == BROWSE_GROUPS ? "tree" : b->source.groups_word);
    canvas_fit(c, clip, 1, c->height - 1, c->width - 2, STYLE_DIM, keys, strlen(keys));
}

void browse_draw(struct browse *b, struct canvas *c)
{
    canvas_clear(c);
    draw_title(b, c);
    if (c->height < 6)
        return;
    draw_path(b, c, 1);
    if (b->levels.data[b->levels.len - 1].kind == BROWSE_WHY)
        canvas_repeat(c, canvas_all(c), 0, 2, STYLE_FAINT, GLYPH_RULE, c->width);
    else
        draw_headings(b, c, 2);
    draw_list(b, c, 3, c->height - 5);
    draw_foot(b, c);
}
