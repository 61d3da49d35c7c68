/* lesson_menu.c - from lesson to lesson: the list over the panels, what comes next, which ones have been done. */
#include "tui/dashboard.h"
#include "tui/done.h"

#include <stdlib.h>
#include <string.h>

#define BOX_WIDTH 100

/* ---- the lessons ---- */

/* Is name a line of text? */
static bool is_line(const char *text, const char *name)
{
    size_t len = strlen(name);
    for (; text && *text; text += strcspn(text, "\n") + 1) {
        if (strncmp(text, name, len) == 0 && (text[len] == '\n' || text[len] == '\0'))
            return true;
        if (!strchr(text, '\n'))
            break;
    }
    return false;
}

/* Reads the list, once. */
static void load(struct dashboard *d)
{
    struct lesson_menu *menu = &d->lessons;
    const struct play_options *options = &d->player->options;
    if (menu->loaded)
        return;
    menu->loaded = true;
    if (options->lessons && options->lessons(&menu->lessons) != 0)
        dashboard_say(d, true, "not all lessons could be read");
    char *names = options->keeps ? done_read() : NULL;
    for (size_t i = 0; i < menu->lessons.list.len; i++)
        if (vec_push(&menu->done, is_line(names, menu->lessons.list.data[i].name)))
            menu->lessons.list.len = i; /* without memory there are fewer */
    free(names);
}

/* The index of the lesson that is shown, a branch of it included; the length of the list if it is none. */
static size_t shown(const struct dashboard *d)
{
    const struct play_lessons *lessons = &d->lessons.lessons;
    for (size_t i = 0; i < lessons->list.len; i++)
        if (strcmp(lessons->list.data[i].path, d->player->options.path) == 0)
            return i;
    return lessons->list.len;
}

static void open_lesson(struct dashboard *d, size_t index)
{
    d->lessons.open = false;
    if (d->other)
        dashboard_say(d, true, "a comparison stays with its trace: q leaves it");
    else if (index < d->lessons.lessons.list.len)
        sandbox_open(d, d->lessons.lessons.list.data[index].path);
}

bool lesson_menu_next(struct dashboard *dashboard)
{
    size_t index = shown(dashboard), count = dashboard->lessons.lessons.list.len;
    if (dashboard->base || player_rest(dashboard->player) != PLAYER_AT_END || index >= count || index + 1 == count)
        return false;
    open_lesson(dashboard, index + 1);
    return true;
}

/* Says what comes after the lesson that has ended. */
static void say_next(struct dashboard *d, size_t index)
{
    const struct play_lessons *lessons = &d->lessons.lessons;
    if (index + 1 < lessons->list.len) {
        const struct play_lesson *next = &lessons->list.data[index + 1];
        dashboard_say(d, false, "Enter: on to %.*s, \"%s\"    L: all lessons", (int)strcspn(next->name, "-"),
                      next->name, next->title);
    } else if (index < lessons->list.len) {
        dashboard_say(d, false, "that was the last lesson    L: all lessons");
    }
}

void lesson_menu_watch(struct dashboard *dashboard, bool again)
{
    struct lesson_menu *menu = &dashboard->lessons;
    bool at_end = player_rest(dashboard->player) == PLAYER_AT_END && !dashboard->base && !dashboard->next;
    bool news = at_end && (!menu->at_end || again);
    menu->at_end = at_end;
    if (!news)
        return;
    load(dashboard);
    size_t index = shown(dashboard);
    if (index < menu->lessons.list.len && !menu->done.data[index]) {
        menu->done.data[index] = true;
        if (dashboard->player->options.keeps)
            done_add(menu->lessons.list.data[index].name);
    }
    say_next(dashboard, index);
}

/* ---- the menu ---- */

void lesson_menu_open(struct dashboard *dashboard)
{
    struct lesson_menu *menu = &dashboard->lessons;
    load(dashboard);
    if (menu->lessons.list.len == 0) {
        dashboard_say(dashboard, true, "no lessons are found here");
        return;
    }
    size_t at = shown(dashboard);
    menu->open = true;
    menu->at = at < menu->lessons.list.len ? at : 0;
}

void lesson_menu_free(struct dashboard *dashboard)
{
    struct lesson_menu *menu = &dashboard->lessons;
    for (size_t i = 0; i < menu->lessons.list.len; i++)
        play_lesson_free(&menu->lessons.list.data[i]);
    vec_free(&menu->lessons.list);
    vec_free(&menu->done);
}

static void move(struct lesson_menu *menu, int by)
{
    size_t last = menu->lessons.list.len - 1;
    if (by < 0)
        menu->at = menu->at > (size_t)-by ? menu->at - (size_t)-by : 0;
    else
        menu->at = menu->at + (size_t)by < last ? menu->at + (size_t)by : last;
}

void lesson_menu_key(struct dashboard *dashboard, uint32_t key)
{
    struct lesson_menu *menu = &dashboard->lessons;
    int page = dashboard->canvas.height > 8 ? dashboard->canvas.height - 6 : 2;
    switch (key) {
    case KEYCODE_UP:
    case 'k': move(menu, -1); break;
    case KEYCODE_DOWN:
    case 'j': move(menu, 1); break;
    case KEYCODE_PAGE_UP: move(menu, -page); break;
    case KEYCODE_PAGE_DOWN: move(menu, page); break;
    case KEYCODE_HOME: menu->at = 0; break;
    case KEYCODE_END: menu->at = menu->lessons.list.len - 1; break;
    case ' ':
    case KEYCODE_ENTER: open_lesson(dashboard, menu->at); break;
    case KEYCODE_ESCAPE:
    case 'L':
    case 'q': menu->open = false; break;
    default: break;
    }
}

/* Does a chapter begin with this lesson? */
static bool heads(const struct play_lessons *lessons, size_t i)
{
    const char *chapter = lessons->list.data[i].chapter;
    return *chapter != '\0' && (i == 0 || strcmp(lessons->list.data[i - 1].chapter, chapter) != 0);
}

static void draw_lesson(struct dashboard *d, struct rect box, int y, size_t i)
{
    const struct lesson_menu *menu = &d->lessons;
    const struct play_lesson *lesson = &menu->lessons.list.data[i];
    struct canvas *c = &d->canvas;
    size_t number = strcspn(lesson->name, "-");
    if (i == menu->at)
        canvas_glyph(c, box, box.x + 1, y, STYLE_ACCENT, GLYPH_ARROW);
    if (menu->done.data[i])
        canvas_string(c, box, box.x + 3, y, STYLE_NORMAL, c->ascii ? "x" : "\xE2\x9C\x93");
    canvas_text(c, box, box.x + 5, y, STYLE_DIM, lesson->name, number);
    canvas_fit(c, box, box.x + 11, y, box.w - 13, i == menu->at ? STYLE_TITLE : STYLE_NORMAL, lesson->title,
               strlen(lesson->title));
}

void lesson_menu_draw(struct dashboard *dashboard)
{
    struct lesson_menu *menu = &dashboard->lessons;
    const struct play_lessons *lessons = &menu->lessons;
    struct canvas *c = &dashboard->canvas;
    int w = BOX_WIDTH < c->width ? BOX_WIDTH : c->width, h = c->height - 2, row = 0, at = 0;
    if (c->width < SCREEN_MIN_WIDTH || c->height < SCREEN_MIN_HEIGHT)
        return;
    struct rect box = {(c->width - w) / 2, 1, w, h}, inside = {box.x, box.y + 1, w, h - 2};
    canvas_fill(c, box, STYLE_NORMAL);
    view_heading(&dashboard->scene, box, "lessons", "enter opens  esc");
    for (size_t i = 0; i <= menu->at; i++)
        at += 1 + heads(lessons, i);
    int skip = at > inside.h / 2 ? at - inside.h / 2 : 0;
    for (size_t i = 0; i < lessons->list.len; i++) {
        if (heads(lessons, i) && row++ >= skip && row - skip <= inside.h)
            canvas_string(c, inside, box.x + 3, inside.y + row - 1 - skip, STYLE_HEADING,
                          lessons->list.data[i].chapter);
        if (row++ >= skip && row - skip <= inside.h)
            draw_lesson(dashboard, inside, inside.y + row - 1 - skip, i);
    }
    canvas_repeat(c, box, box.x, box.y + h - 1, STYLE_FAINT, GLYPH_RULE, w);
}
