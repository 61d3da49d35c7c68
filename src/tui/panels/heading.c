/* heading.c - the headings of panels. */
#include "tui/panels/views.h"

#include <string.h>

static struct rect draw_heading(struct scene *scene, struct rect rect, bool focus, const char *title, const char *right)
{
    struct canvas *c = scene->canvas;
    int end = rect.x + rect.w;
    canvas_repeat(c, rect, rect.x, rect.y, STYLE_FAINT, GLYPH_RULE, rect.w);
    if (focus)
        canvas_glyph(c, rect, rect.x, rect.y, STYLE_ACCENT, GLYPH_ARROW);
    canvas_string(c, rect, rect.x + 1, rect.y, STYLE_HEADING, " ");
    int most = right ? (rect.w - 6) * 2 / 3 : rect.w - 5;
    enum style style = focus ? STYLE_FOCUS : STYLE_HEADING;
    int x = canvas_fit(c, rect, rect.x + 2, rect.y, most, style, title, strlen(title));
    canvas_string(c, rect, x, rect.y, STYLE_HEADING, " ");
    if (right) {
        int columns = canvas_columns(c, right, strlen(right)), room = end - x - 5;
        int at = end - 2 - (columns < room ? columns : room);
        if (room >= 8) {
            canvas_string(c, rect, at - 1, rect.y, STYLE_DIM, " ");
            at = canvas_fit(c, rect, at, rect.y, room, STYLE_DIM, right, strlen(right));
            canvas_string(c, rect, at, rect.y, STYLE_DIM, " ");
        }
    }
    return (struct rect){rect.x, rect.y + 1, rect.w, rect.h - 1};
}

struct rect view_heading(struct scene *scene, struct rect rect, const char *title, const char *right)
{
    return draw_heading(scene, rect, false, title, right);
}

struct rect view_title(struct scene *scene, enum view_id id, struct rect rect, const char *title, const char *right)
{
    return draw_heading(scene, rect, scene->focus == id, title, right);
}
