/*
 * dashboard.c - actions.
 */
#include "tui/dashboard.h"

int dashboard_open(struct dashboard *dashboard, const struct play_options *options, bool ascii,
                   uint64_t (*clock)(void *), void *clock_self, struct error *error)
{
    *dashboard = (struct dashboard){.quit = false};
    canvas_init(&dashboard->canvas, ascii);
    scene_init(&dashboard->scene, &dashboard->canvas, &dashboard->player);
    return player_open(&dashboard->player, options, clock, clock_self, error);
}

void dashboard_close(struct dashboard *dashboard)
{
    scene_free(&dashboard->scene);
    canvas_free(&dashboard->canvas);
    player_close(&dashboard->player);
}

void dashboard_key(struct dashboard *dashboard, uint32_t key)
{
    struct player *player = &dashboard->player;
    struct scene *scene = &dashboard->scene;
    enum action action = key_action(key);
    if (action == ACTION_PLAY || action == ACTION_STEP || action == ACTION_COLLECTION || action == ACTION_END)
        scene->note_page = 0; /* the note will be another one */
    switch (action) {
    case ACTION_NONE:
        break;
    case ACTION_PLAY:
        player_toggle(player);
        break;
    case ACTION_STEP:
        player_step(player);
        break;
    case ACTION_COLLECTION:
        player_seek(player, GOAL_COLLECTION);
        break;
    case ACTION_END:
        player_seek(player, GOAL_END);
        break;
    case ACTION_FASTER:
        player_change_speed(player, 1);
        break;
    case ACTION_SLOWER:
        player_change_speed(player, -1);
        break;
    case ACTION_NOTE:
        scene->help = false;
        scene->note_page = scene->note_page < note_pages(scene) ? scene->note_page + 1 : 0;
        break;
    case ACTION_CLOSE:
        scene->help = false;
        scene->note_page = 0;
        break;
    case ACTION_HELP:
        scene->help = !scene->help;
        break;
    case ACTION_REDRAW:
        dashboard->redraw = true;
        break;
    case ACTION_QUIT:
        dashboard->quit = true;
        break;
    }
}

int dashboard_draw(struct dashboard *dashboard, int width, int height)
{
    if (canvas_resize(&dashboard->canvas, width, height))
        return -1;
    return scene_draw(&dashboard->scene);
}

int dashboard_result(struct dashboard *dashboard, struct error *error)
{
    struct player *player = &dashboard->player;
    if (player->state != RUN_FAILED)
        return player_status(player);
    *error = player->error;
    player->error = (struct error){0};
    return -1;
}
