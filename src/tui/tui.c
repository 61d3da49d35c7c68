/*
 * tui.c - the loop of a live session: draw, wait, act.
 *
 * At most 30 frames a second, and fewer where drawing takes long; while nothing
 * plays it sleeps until a key comes.
 */
#include "tui/tui.h"

#include "tui/dashboard.h"
#include "tui/script.h"
#include "tui/terminal.h"

#include <stdlib.h>
#include <string.h>

#define FRAME_NS UINT64_C(33333333) /* between two frames, at least */
#define DRAW_SHARE 4                /* drawing takes at most one part in so many of the time */

struct session {
    struct dashboard dashboard;
    struct terminal *terminal;
    uint64_t drawn_at, draw_ns; /* when the last frame was drawn, and how long it took */
    uint64_t drawn_moved;       /* player.moved of that frame */
    bool dirty;                 /* something else has changed since */
};

static int draw(struct session *s, struct error *error)
{
    int width, height;
    uint64_t start = player_now(&s->dashboard.player);
    terminal_size(s->terminal, &width, &height);
    if (dashboard_draw(&s->dashboard, width, height))
        return error_memory(error);
    if (s->dashboard.redraw)
        terminal_redraw(s->terminal);
    s->dashboard.redraw = false;
    terminal_draw(s->terminal, &s->dashboard.canvas);
    s->drawn_at = player_now(&s->dashboard.player);
    s->draw_ns = s->drawn_at - start;
    s->drawn_moved = s->dashboard.player.moved;
    s->dirty = false;
    return 0;
}

/* Nanoseconds until the next frame may be drawn. */
static uint64_t frame_wait(const struct session *s)
{
    uint64_t gap = s->draw_ns * (DRAW_SHARE - 1) > FRAME_NS ? s->draw_ns * (DRAW_SHARE - 1) : FRAME_NS;
    uint64_t passed = player_now(&s->dashboard.player) - s->drawn_at;
    return passed >= gap ? 0 : gap - passed;
}

static bool changed(const struct session *s)
{
    return s->dirty || s->dashboard.player.moved != s->drawn_moved;
}

/* Does what the keys that have come are bound to. */
static void take_keys(struct session *s)
{
    struct dashboard *d = &s->dashboard;
    for (uint32_t key; !d->quit && (key = terminal_key(s->terminal)) != KEYCODE_NONE;) {
        dashboard_key(d, key);
        s->dirty = true;
        if (d->player.goal != GOAL_NONE) /* a short way is gone before the next key: "n n" is two collections */
            player_run(&d->player);
    }
}

/* The trace has no more to read yet: hears keys until it has. -1 if the user has had enough of it. */
static int wait_for_trace(void *self, int fd)
{
    struct session *s = self;
    struct dashboard *d = &s->dashboard;
    struct error error = {0};
    while (!d->quit) {
        if (changed(s) && frame_wait(s) == 0 && draw(s, &error)) {
            error_clear(&error); /* no memory for a frame: perhaps for the next one */
            s->dirty = true;
        }
        switch (terminal_wait(s->terminal, changed(s) ? frame_wait(s) : UINT64_MAX, fd)) {
        case TERMINAL_INPUT:
            return 0;
        case TERMINAL_GONE:
            d->quit = true;
            break;
        case TERMINAL_RESIZED:
            s->dirty = true;
            break;
        case TERMINAL_KEYS:
            take_keys(s);
            break;
        case TERMINAL_NOTHING:
            break;
        }
    }
    return -1;
}

static int loop(struct session *s, struct error *error)
{
    struct dashboard *d = &s->dashboard;
    if (draw(s, error))
        return -1;
    while (!d->quit) {
        uint64_t due = player_due(&d->player), frame = changed(s) ? frame_wait(s) : UINT64_MAX;
        switch (terminal_wait(s->terminal, due < frame ? due : frame, -1)) {
        case TERMINAL_GONE:
            return 0;
        case TERMINAL_RESIZED:
            s->dirty = true;
            break;
        case TERMINAL_KEYS:
            take_keys(s);
            break;
        case TERMINAL_INPUT:
        case TERMINAL_NOTHING:
            break;
        }
        if (!d->quit && player_due(&d->player) == 0)
            player_run(&d->player);
        if (!d->quit && changed(s) && frame_wait(s) == 0 && draw(s, error))
            return -1;
    }
    return 0;
}

static int live(const struct play_options *options, bool ascii, struct error *error)
{
    struct session *s = calloc(1, sizeof *s);
    if (!s)
        return error_memory(error);
    int status = dashboard_open(&s->dashboard, options, ascii, NULL, NULL, error);
    if (status == 0) {
        s->terminal = terminal_open(options->colors, strcmp(options->path, "-") == 0, error);
        player_on_wait(&s->dashboard.player, wait_for_trace, s);
        status = s->terminal ? loop(s, error) : -1;
        terminal_close(s->terminal);
        if (status == 0)
            status = dashboard_result(&s->dashboard, error);
    }
    dashboard_close(&s->dashboard);
    free(s);
    return status;
}

int tui_play(const struct play_options *options, struct error *error)
{
    bool ascii = options->ascii || !terminal_utf8();
    return options->script || options->dump ? script_play(options, ascii, error) : live(options, ascii, error);
}
