/* actions.c - what each action does. */
#include "tui/dashboard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Leaves the topmost thing: a long motion, the help, the note, the zoom, the focus, the selected object. */
static void close_topmost(struct dashboard *d)
{
    struct scene *scene = &d->scene;
    if (d->next)
        sandbox_cancel(d);
    else if (dashboard_going(d) || d->player->playing)
        player_stop(d->player);
    else if (scene->help)
        scene->help = false;
    else if (scene->note_page > 0)
        scene->note_page = 0;
    else if (scene->zoomed)
        scene->zoomed = false;
    else if (scene->focus != VIEW_COUNT)
        scene->focus = VIEW_COUNT;
    else
        scene_choose(scene, NONE);
    if (d->other && d->other->going)
        player_stop(d->other);
}

static void choose(struct dashboard *d, uint32_t object)
{
    if (scene_choose(&d->scene, object))
        dashboard_say(d, true, "out of memory");
}

/* Inspects what is under the cursor; a question is answered first. */
static void inspect(struct dashboard *d)
{
    struct spot spot = scene_cursor(&d->scene);
    if (player_reveal(d->player) || (d->scene.focus == VIEW_COUNT && lesson_menu_next(d)))
        return;
    if (d->scene.focus == VIEW_COUNT || spot.kind == SPOT_NONE)
        dashboard_say(d, false, "Tab and the arrows choose a cell first; /NAME finds an object");
    else if (spot.kind == SPOT_OBJECT)
        choose(d, spot.object);
    else if (spot.kind == SPOT_EVENT)
        dashboard_go(d, TRAVEL_EVENT, spot.number);
    else
        dashboard_go_line(d, spot.number);
}

static void zoom(struct scene *scene)
{
    if (!scene->zoomed && scene->focus == VIEW_COUNT && scene->chosen) /* what has been opened last */
        scene->focus = VIEW_INSPECT;
    else if (!scene->zoomed && scene->focus == VIEW_COUNT)
        scene_focus(scene, 1);
    scene->zoomed = !scene->zoomed && scene->focus != VIEW_COUNT;
}

/* Vertical arrows move within the panel in focus; without one they select it. */
static void arrow(struct dashboard *d, int dx, int dy)
{
    if (d->scene.focus == VIEW_COUNT && dy != 0)
        scene_focus(&d->scene, dy);
    else
        scene_move(&d->scene, dx, dy);
}

static void page(struct dashboard *d, int direction)
{
    struct scene *scene = &d->scene;
    enum view_id view = scene->focus == VIEW_COUNT ? VIEW_TRACE : scene->focus;
    int rows = scene->place[view].h - 2;
    scene_scroll(scene, view, direction * (rows > 1 ? rows : 1));
}

/* Actions that go somewhere. False if it is none of them. */
static bool travel(struct dashboard *d, enum action action)
{
    static const struct {
        enum action action;
        enum travel_goal goal;
    } goals[] = {{ACTION_OVER, TRAVEL_FORWARD},
                 {ACTION_BACK, TRAVEL_BACK},
                 {ACTION_STEP, TRAVEL_MICRO_FORWARD},
                 {ACTION_UNSTEP, TRAVEL_MICRO_BACK},
                 {ACTION_NEXT, TRAVEL_NEXT_COLLECTION},
                 {ACTION_PREVIOUS, TRAVEL_PREVIOUS_COLLECTION},
                 {ACTION_NEXT_CHAPTER, TRAVEL_NEXT_CHAPTER},
                 {ACTION_PREVIOUS_CHAPTER, TRAVEL_PREVIOUS_CHAPTER},
                 {ACTION_START, TRAVEL_START},
                 {ACTION_END, TRAVEL_END},
                 {ACTION_CONTINUE, TRAVEL_BREAK_FORWARD},
                 {ACTION_REVERSE, TRAVEL_BREAK_BACK}};
    for (size_t i = 0; i < sizeof goals / sizeof *goals; i++) {
        if (goals[i].action == action) {
            dashboard_go(d, goals[i].goal, 1);
            return true;
        }
    }
    return false;
}

/* Actions that show something. False if it is none of them. */
static bool show(struct dashboard *d, enum action action)
{
    struct scene *scene = &d->scene;
    switch (action) {
    case ACTION_FOCUS: scene_focus(scene, 1); return true;
    case ACTION_FOCUS_BACK: scene_focus(scene, -1); return true;
    case ACTION_UP: arrow(d, 0, -1); return true;
    case ACTION_DOWN: arrow(d, 0, 1); return true;
    case ACTION_PAGE_UP: page(d, -1); return true;
    case ACTION_PAGE_DOWN: page(d, 1); return true;
    case ACTION_INSPECT: inspect(d); return true;
    case ACTION_ZOOM: zoom(scene); return true;
    case ACTION_FINER:
    case ACTION_COARSER: scene_scale(scene, action == ACTION_FINER ? 1 : -1); return true;
    case ACTION_COLORS: scene_next_theme(scene); return true;
    case ACTION_PRESENT: scene->presenting = !scene->presenting; return true;
    case ACTION_NOTE:
        scene->help = false;
        scene->note_page = scene->note_page < note_pages(scene) ? scene->note_page + 1 : 0;
        return true;
    case ACTION_HELP:
        scene->help_cells = view_help_goes_on(scene);
        scene->help = !scene->help || scene->help_cells;
        return true;
    default: return false;
    }
}

/* Shows why the selected object is alive. */
static void why(struct dashboard *d)
{
    struct spot spot = scene_cursor(&d->scene);
    if (d->scene.focus != VIEW_COUNT && spot.kind == SPOT_OBJECT)
        choose(d, spot.object);
    uint32_t object = scene_chosen(&d->scene);
    if (object == NONE)
        dashboard_say(d, false, "no object is chosen: click one, or Tab, arrows, Enter, or /NAME");
    else
        search_tell_path(d, object);
}

/* Both sides of a comparison show the heap with the same name. Name NULL: the running one. */
void dashboard_view(struct dashboard *dashboard, const char *name, size_t len)
{
    struct player *p = dashboard->player;
    if (!run_has_workers(p->run) && !p->stay)
        dashboard_say(dashboard, false, "there is one heap here: a line \"worker NAME\" makes another");
    else if (name && !player_has_heap(p, name, len))
        dashboard_say(dashboard, true, "no worker \"%.*s\" so far", (int)len, name);
    else if (player_stay(p, name, len) || (dashboard->other && player_stay(dashboard->other, name, len)))
        dashboard_say(dashboard, true, "out of memory");
    else if (name)
        dashboard_say(dashboard, false, "staying with the heap of %s: V follows the running one again", p->stay);
    else
        dashboard_say(dashboard, false, "following the worker that runs: %s", worker_name(player_shown(p)));
}

static void view_next(struct dashboard *d)
{
    const char *name = player_next_heap(d->player);
    dashboard_view(d, name, strlen(name));
}

/* What Space does follows from why the player stands still, however it came to that. */
static void play_or_pause(struct dashboard *d)
{
    d->scene.note_page = 0;
    if (d->scene.presenting && !d->next && player_rest(d->player) == PLAYER_PAUSED) {
        dashboard_next(d);
        return;
    }
    if (d->next) {
        sandbox_cancel(d);
        return;
    }
    switch (player_rest(d->player)) {
    case PLAYER_ASKS: player_reveal(d->player); break;
    case PLAYER_GOES: player_stop(d->player); break;
    case PLAYER_AT_END:
        if (d->scene.presenting && lesson_menu_next(d))
            break;
        dashboard_say(d, false, "this is the end: Home goes to the beginning, q quits");
        break;
    case PLAYER_AT_ERROR:
        dashboard_say(d, true, "the trace cannot be followed any further: the left arrow goes back, r reads it again");
        break;
    case PLAYER_PLAYS:
    case PLAYER_WAITS:
    case PLAYER_PAUSED: player_toggle(d->player); break;
    }
}

void dashboard_act(struct dashboard *dashboard, enum action action)
{
    struct player *player = dashboard->player;
    if (travel(dashboard, action) || show(dashboard, action))
        return;
    switch (action) {
    case ACTION_PLAY: play_or_pause(dashboard); break;
    case ACTION_FORWARD: dashboard_forward(dashboard); break;
    case ACTION_FASTER: player_change_speed(player, 1); break;
    case ACTION_SLOWER: player_change_speed(player, -1); break;
    case ACTION_GO: dashboard_ask(dashboard, ASKING_GO); break;
    case ACTION_FIND: dashboard_ask(dashboard, ASKING_FIND); break;
    case ACTION_COMMAND: dashboard_ask(dashboard, ASKING_COMMAND); break;
    case ACTION_EXPORT: dashboard_ask(dashboard, ASKING_EXPORT); break;
    case ACTION_LESSONS: lesson_menu_open(dashboard); break;
    case ACTION_BREAK: dashboard->breaks.open = true; break;
    case ACTION_WHY: why(dashboard); break;
    case ACTION_VIEW: view_next(dashboard); break;
    case ACTION_FOLLOW: dashboard_view(dashboard, NULL, 0); break;
    case ACTION_RELOAD: sandbox_reload(dashboard); break;
    case ACTION_UNDO: sandbox_undo(dashboard); break;
    case ACTION_RETURN: sandbox_return(dashboard); break;
    case ACTION_CLOSE: close_topmost(dashboard); break;
    case ACTION_REDRAW: dashboard->redraw = true; break;
    case ACTION_QUIT: dashboard->quit = true; break;
    default: break;
    }
}
