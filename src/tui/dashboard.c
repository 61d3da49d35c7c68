/* dashboard.c - opens, drives and draws players and scene together. */
#include "tui/dashboard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AHEAD_NS UINT64_C(15000000)     /* a slice of running ahead takes about so long */
#define PROGRESS_NS UINT64_C(200000000) /* a motion that takes longer shows its progress */

int dashboard_open(struct dashboard *dashboard, const struct play_options *options, bool ascii,
                   uint64_t (*clock)(void *), void *clock_self, struct error *error)
{
    *dashboard = (struct dashboard){.outputs = options->outputs};
    canvas_init(&dashboard->canvas, ascii);
    dashboard->canvas.theme = options->theme;
    dashboard->player = calloc(1, sizeof *dashboard->player);
    scene_init(&dashboard->scene, &dashboard->canvas, dashboard->player);
    dashboard->scene.presenting = options->presenter;
    if (!dashboard->player)
        return error_memory(error);
    dashboard->player->listing.fd = -1;
    if (player_open(dashboard->player, options, clock, clock_self, error))
        return -1;
    return options->with ? compare_open(dashboard, options, clock, clock_self, error) : 0;
}

static void drop_player(struct player *player)
{
    if (player)
        player_close(player);
    free(player);
}

void dashboard_close(struct dashboard *dashboard)
{
    compare_close(dashboard);
    lesson_menu_free(dashboard);
    scene_free(&dashboard->scene);
    canvas_free(&dashboard->canvas);
    drop_player(dashboard->player);
    drop_player(dashboard->base);
    drop_player(dashboard->next);
    for (int i = 0; i < ASKING_COUNT; i++)
        prompt_free(&dashboard->prompts[i]);
    vec_free(&dashboard->branch.lengths);
    vec_free(&dashboard->next_branch.lengths);
    vec_free(&dashboard->line);
    vec_free(&dashboard->face);
    dashboard_hush(dashboard);
    dashboard->player = dashboard->base = dashboard->next = NULL;
}

void dashboard_run(struct dashboard *dashboard)
{
    struct player *p = dashboard->player;
    bool going = p->going, playing = p->playing;
    if (dashboard->next) {
        sandbox_run(dashboard);
        return;
    }
    if (dashboard->other && dashboard->other->going) {
        player_run(dashboard->other);
        if (!going)
            return;
    }
    player_run(p);
    compare_follow(dashboard);
    if ((going && !p->going) || (playing && !p->playing))
        dashboard_report_arrival(dashboard);
    lesson_menu_watch(dashboard, false);
}

uint64_t dashboard_due(const struct dashboard *dashboard)
{
    return dashboard_going(dashboard) ? 0 : player_due(dashboard->player);
}

bool dashboard_ahead_due(const struct dashboard *dashboard)
{
    return dashboard_due(dashboard) >= AHEAD_NS &&
           (player_ahead_due(dashboard->player) || (dashboard->other && player_ahead_due(dashboard->other)));
}

bool dashboard_ahead(struct dashboard *dashboard)
{
    if (!dashboard_ahead_due(dashboard))
        return false;
    return player_ahead(dashboard->player) || (dashboard->other && player_ahead(dashboard->other));
}

uint64_t dashboard_moved(const struct dashboard *dashboard)
{
    return dashboard->player->moved + (dashboard->next ? dashboard->next->moved : 0) +
           (dashboard->other ? dashboard->other->moved : 0);
}

/* ---- what is typed ---- */

static void type(struct dashboard *d, uint32_t key)
{
    struct prompt *prompt = &d->prompts[d->asking];
    bool commands = d->asking == ASKING_COMMAND;
    switch (prompt_key(prompt, key, commands ? dashboard_complete : NULL, d)) {
    case PROMPT_DONE:
        dashboard_answer(d, d->asking, prompt->text.len > 0 ? prompt->text.data : "", prompt->text.len);
        break;
    case PROMPT_NO_MEMORY: dashboard_say(d, true, "out of memory"); break;
    case PROMPT_MORE:
    case PROMPT_CANCELLED: break;
    }
}

/* A message that is longer than its room is read with the arrows; any other key takes it away, as usual. */
static bool scroll_message(struct dashboard *d, uint32_t key)
{
    bool up = key == KEYCODE_UP || key == KEYCODE_PAGE_UP, down = key == KEYCODE_DOWN || key == KEYCODE_PAGE_DOWN;
    int rows = key == KEYCODE_UP || key == KEYCODE_DOWN ? 1 : d->canvas.height / 3 - 1;
    if (!d->message || !(up || down) || !footer_scrolls(&d->scene))
        return false;
    d->scene.prompt_first += up ? -rows : rows;
    return true;
}

void dashboard_key(struct dashboard *dashboard, uint32_t key)
{
    if (scroll_message(dashboard, key))
        return;
    dashboard_hush(dashboard);
    if (dashboard->prompts[dashboard->asking].open)
        type(dashboard, key);
    else if (dashboard->breaks.open)
        breakpoint_list_key(dashboard, key);
    else if (dashboard->lessons.open)
        lesson_menu_key(dashboard, key);
    else if (dashboard->scene.focus != VIEW_COUNT && (key == KEYCODE_LEFT || key == KEYCODE_RIGHT))
        scene_move(&dashboard->scene, key == KEYCODE_LEFT ? -1 : 1, 0); /* without a focus they step */
    else
        dashboard_act(dashboard, key_action(key));
    lesson_menu_watch(dashboard, key == ' ' && !dashboard->lessons.open);
}

void dashboard_input(struct dashboard *dashboard, const struct input *input)
{
    if (input->key == KEYCODE_MOUSE)
        dashboard_mouse(dashboard, input);
    else
        dashboard_key(dashboard, input->key);
}

/* ---- drawing ---- */

/* Puts text into the last line. */
static int put_line(struct dashboard *d, const char *text, size_t len)
{
    if (vec_reserve(&d->line, len + 1))
        return -1;
    if (len > 0)
        memcpy(d->line.data + d->line.len, text, len);
    d->line.len += len;
    d->line.data[d->line.len] = '\0';
    return 0;
}

/* Draws the progress of a long motion. */
static int put_progress(struct dashboard *d)
{
    struct player *p = d->next ? d->next : d->player->going ? d->player : d->other;
    uint64_t done, total;
    char text[96];
    if (player_now(d->player) - d->going_since < PROGRESS_NS)
        return 0;
    travel_progress(p->travel, &done, &total);
    unsigned percent = total > 0 ? (unsigned)((double)done * 100 / (double)total) : 0;
    int len = total > 0 ? snprintf(text, sizeof text, "on the way: %u %%    esc stops", percent)
                        : snprintf(text, sizeof text, "on the way: event %llu    esc stops",
                                   (unsigned long long)player_event(p));
    return put_line(d, text, (size_t)len);
}

/* Draws the last line: what is typed, or a message. */
static int draw_line(struct dashboard *d)
{
    const struct prompt *prompt = &d->prompts[d->asking];
    int result = 0;
    d->line.len = 0;
    d->scene.prompt = NULL;
    d->scene.prompt_cursor = -1;
    if (prompt->open) {
        size_t label = strlen(prompt->label), room = d->canvas.width > 12 ? (size_t)d->canvas.width - 4 : 8;
        /* the beginning of a long line is left out, so that the cursor is visible */
        size_t skip = label + prompt->at > room ? label + prompt->at - room : 0;
        skip = skip > prompt->at ? prompt->at : skip;
        while (skip < prompt->at && ((unsigned char)prompt->text.data[skip] & 0xC0) == 0x80)
            skip++;
        result = put_line(d, prompt->label, skip > 0 ? (label > 0 ? 1 : 0) : label);
        d->scene.prompt_cursor = (int)(d->line.len + prompt->at - skip);
        if (prompt->text.len > 0)
            result = result || put_line(d, prompt->text.data + skip, prompt->text.len - skip);
        result = result || put_line(d, " ", 1);
    } else if (d->message) {
        result = put_line(d, d->message, strlen(d->message));
    } else if (dashboard_going(d)) {
        result = put_progress(d);
    }
    if (d->line.len > 0)
        d->scene.prompt = d->line.data;
    return result;
}

/* Searches for the life of the selected object, if it will be shown. */
static void look_up_life(struct dashboard *d)
{
    struct scene *scene = &d->scene;
    scene->heap = player_heap(d->player);
    uint32_t object = scene_chosen(scene);
    scene->life = object == NONE || d->other ? NULL : player_life(d->player, object);
}

int dashboard_draw(struct dashboard *dashboard, int width, int height)
{
    look_up_life(dashboard);
    if (canvas_resize(&dashboard->canvas, width, height) || draw_line(dashboard) || what_if_put_face(dashboard))
        return -1;
    if (dashboard->other ? compare_draw(dashboard) : scene_draw(&dashboard->scene))
        return -1;
    if (dashboard->breaks.open)
        breakpoint_list_draw(dashboard);
    if (dashboard->lessons.open)
        lesson_menu_draw(dashboard);
    return dashboard->canvas.failed ? -1 : 0;
}

int dashboard_result(struct dashboard *dashboard, struct error *error)
{
    struct player *player = dashboard->base ? dashboard->base : dashboard->player;
    if (player->error.kind == ERROR_NONE)
        return run_status(player->run);
    *error = player->error;
    player->error = (struct error){0};
    return -1;
}
