/* mouse.c - clicks, drags and the wheel. */
#include "tui/dashboard.h"

#define WHEEL_ROWS 3

/* Goes to the event at a cell. False if there is none. */
static bool go_there(struct dashboard *d, int x, int y, enum view_id view)
{
    struct spot spot = scene_spot(&d->scene, x, y);
    if (spot.kind != SPOT_EVENT || spot.view != view)
        return false;
    if (spot.number != player_event(d->player) || d->player->going)
        dashboard_go(d, TRAVEL_EVENT, spot.number);
    return true;
}

static void press(struct dashboard *d, int x, int y)
{
    struct spot spot = scene_spot(&d->scene, x, y);
    d->dragging = VIEW_COUNT;
    if (spot.view == VIEW_TOP) {
        dashboard_act(d, ACTION_PLAY);
        return;
    }
    if (spot.view == VIEW_NOTE && player_reveal(d->player))
        return;
    if (spot.kind == SPOT_EVENT) {
        d->dragging = (enum view_id)spot.view;
        d->drag_y = y;
        go_there(d, x, y, d->dragging);
        return;
    }
    scene_point(&d->scene, x, y);
    if (spot.kind == SPOT_OBJECT && scene_choose(&d->scene, spot.object))
        dashboard_say(d, true, "out of memory");
    else if (spot.kind == SPOT_LINE)
        dashboard_go_line(d, spot.number);
}

void dashboard_mouse(struct dashboard *dashboard, const struct input *input)
{
    struct spot spot = scene_spot(&dashboard->scene, input->x, input->y);
    if (dashboard->breaks.open || dashboard->lessons.open || dashboard->prompts[dashboard->asking].open ||
        dashboard->scene.help)
        return;
    switch (input->mouse) {
    case MOUSE_PRESS: press(dashboard, input->x, input->y); break;
    case MOUSE_DRAG: /* along the row where it began, wherever the pointer goes */
        if (dashboard->dragging != VIEW_COUNT)
            go_there(dashboard, input->x, dashboard->drag_y, dashboard->dragging);
        break;
    case MOUSE_RELEASE: dashboard->dragging = VIEW_COUNT; break;
    case MOUSE_WHEEL_UP:
    case MOUSE_WHEEL_DOWN:
        if (spot.view < VIEW_COUNT)
            scene_scroll(&dashboard->scene, (enum view_id)spot.view,
                         input->mouse == MOUSE_WHEEL_UP ? -WHEEL_ROWS : WHEEL_ROWS);
        break;
    }
}
