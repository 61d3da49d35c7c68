/* breakpoint_list.c - the list of breakpoints, drawn over the panels. */
#include "tui/dashboard.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BOX_WIDTH 72

void breakpoint_list_add(struct dashboard *dashboard, const char *text, size_t len)
{
    struct error error = {0};
    struct breakpoints *all = travel_breakpoints(dashboard->player->travel);
    uint32_t id = breakpoints_add(all, text, len, &error);
    if (id == 0)
        dashboard_complain(dashboard, &error);
    else
        dashboard_say(dashboard, false, "breakpoint %" PRIu32 ": } runs on to it, { back", id);
    dashboard->breaks.at = all->list.len > 0 ? all->list.len - 1 : 0;
}

void breakpoint_list_key(struct dashboard *dashboard, uint32_t key)
{
    struct break_dialog *dialog = &dashboard->breaks;
    struct breakpoints *all = travel_breakpoints(dashboard->player->travel);
    struct breakpoint *at = dialog->at < all->list.len ? &all->list.data[dialog->at] : NULL;
    switch (key) {
    case KEYCODE_UP:
    case 'k': dialog->at -= dialog->at > 0; break;
    case KEYCODE_DOWN:
    case 'j': dialog->at += dialog->at + 1 < all->list.len; break;
    case ' ':
        if (at)
            at->off = !at->off;
        break;
    case 'd':
    case KEYCODE_DELETE:
    case KEYCODE_BACKSPACE:
        if (at)
            breakpoints_remove(all, at->id);
        if (dialog->at > 0 && dialog->at >= all->list.len)
            dialog->at--;
        break;
    case 'a':
    case KEYCODE_ENTER: dashboard_ask(dashboard, ASKING_BREAK); break;
    case '}':
    case '{':
        dialog->open = false;
        dashboard_act(dashboard, key_action(key));
        break;
    case KEYCODE_ESCAPE:
    case 'b':
    case 'q': dialog->open = false; break;
    default: break;
    }
}

/* Draws the kinds of breakpoints with their meanings. */
static int draw_kinds(struct canvas *c, struct rect box, int y)
{
    static const char *const operands[] = {
#define X(symbol, word, operand, help) operand,
        BREAKPOINTS(X)
#undef X
    };
    for (int kind = 0; kind < BREAKPOINT_KIND_COUNT && y < box.y + box.h - 1; kind++, y++) {
        const char *word = breakpoint_word((enum breakpoint_kind)kind);
        int x = canvas_string(c, box, box.x + 3, y, STYLE_HEADING, word);
        canvas_string(c, box, *word ? x + 1 : x, y, STYLE_DIM, operands[kind]);
        canvas_string(c, box, box.x + 19, y, STYLE_DIM, breakpoint_help((enum breakpoint_kind)kind));
    }
    return y;
}

void breakpoint_list_draw(struct dashboard *dashboard)
{
    struct canvas *c = &dashboard->canvas;
    const struct breakpoints *all = travel_breakpoints(dashboard->player->travel);
    int rows = all->list.len > 0 ? (int)(all->list.len < 100 ? all->list.len : 100) : 1;
    int h = rows + BREAKPOINT_KIND_COUNT + 4, w = BOX_WIDTH < c->width ? BOX_WIDTH : c->width;
    h = h > c->height - 2 ? c->height - 2 : h;
    if (h < 4 || c->width < SCREEN_MIN_WIDTH || c->height < SCREEN_MIN_HEIGHT)
        return;
    struct rect box = {(c->width - w) / 2, (c->height - h) / 2, w, h};
    canvas_fill(c, box, STYLE_NORMAL);
    view_heading(&dashboard->scene, box, "breakpoints", "a add  d delete  space off/on  esc");
    int y = box.y + 1, room = h - BREAKPOINT_KIND_COUNT - 4 > 1 ? h - BREAKPOINT_KIND_COUNT - 4 : 1;
    size_t first = dashboard->breaks.at >= (size_t)room ? dashboard->breaks.at - (size_t)room + 1 : 0;
    if (all->list.len == 0)
        canvas_string(c, box, box.x + 3, y++, STYLE_NORMAL, "none yet: a adds one");
    for (size_t i = first; i < all->list.len && y < box.y + 1 + room; i++, y++) {
        const struct breakpoint *b = &all->list.data[i];
        bool at = i == dashboard->breaks.at;
        if (at)
            canvas_glyph(c, box, box.x + 1, y, STYLE_ACCENT, GLYPH_ARROW);
        int x = canvas_format(c, box, box.x + 3, y, b->off ? STYLE_DIM : STYLE_NORMAL, "%2" PRIu32 "  ", b->id);
        x = canvas_string(c, box, x, y, b->off ? STYLE_DIM : at ? STYLE_TITLE : STYLE_NORMAL, b->text);
        if (b->off)
            canvas_string(c, box, x + 2, y, STYLE_DIM, "(off)");
    }
    y++;
    if (y + 2 < box.y + h)
        draw_kinds(c, box, y);
    canvas_repeat(c, box, box.x, box.y + h - 1, STYLE_FAINT, GLYPH_RULE, w);
}
