/*
 * tui.c - the loop of a live session: draw, wait, act.
 *
 * At most 30 frames a second, and fewer if drawing takes long; while nothing plays it sleeps until a key comes.
 */
#include "tui/tui.h"

#include "tui/dashboard.h"
#include "tui/script.h"
#include "tui/term/terminal.h"

#include <stdlib.h>
#include <string.h>

#define FRAME_NS UINT64_C(33333333) /* minimum time between two frames */
#define CALM_NS UINT64_C(200000000) /* after a key, running ahead rests so long */
#define DRAW_SHARE 4                /* drawing takes at most one part in this many of the time, */
#define WRITE_SHARE 2               /* and so does waiting for a slow line, whose queue drains meanwhile */

struct session {
    struct dashboard dashboard;
    struct terminal *terminal;
    uint64_t drawn_at;          /* when the last frame was written, */
    uint64_t draw_ns, write_ns; /* how long it took to draw, and until the terminal had taken it */
    uint64_t drawn_moved;       /* dashboard_moved at that frame */
    uint64_t keyed_at;          /* when the last key came */
    bool dirty;                 /* something else has changed since */
};

static int draw(struct session *s, struct error *error)
{
    int width, height;
    struct dashboard *d = &s->dashboard;
    uint64_t start = player_now(d->player);
    terminal_size(s->terminal, &width, &height);
    if (dashboard_draw(&s->dashboard, width, height))
        return error_memory(error);
    if (s->dashboard.redraw)
        terminal_redraw(s->terminal);
    s->dashboard.redraw = false;
    uint64_t drawn = player_now(d->player);
    terminal_draw(s->terminal, &d->canvas);
    s->drawn_at = player_now(d->player);
    s->draw_ns = drawn - start;
    s->write_ns = s->drawn_at - drawn;
    s->drawn_moved = dashboard_moved(d);
    s->dirty = false;
    return 0;
}

/* Nanoseconds until the next frame can be drawn. */
static uint64_t frame_wait(const struct session *s)
{
    uint64_t gap = s->draw_ns * (DRAW_SHARE - 1) + s->write_ns * (WRITE_SHARE - 1);
    uint64_t passed = player_now(s->dashboard.player) - s->drawn_at;
    gap = gap > FRAME_NS ? gap : FRAME_NS;
    return passed >= gap ? 0 : gap - passed;
}

static bool changed(const struct session *s)
{
    return s->dirty || dashboard_moved(&s->dashboard) != s->drawn_moved;
}

/* Does what the waiting keys are bound to, and what the mouse asks for. */
static void take_keys(struct session *s)
{
    struct dashboard *d = &s->dashboard;
    for (struct input input; !d->quit && terminal_input(s->terminal, &input);) {
        dashboard_input(d, &input);
        s->dirty = true;
        s->keyed_at = player_now(d->player);
    }
}

/* The trace has nothing to read yet: takes keys until it has. -1 if the user gives up. */
static int wait_for_trace(void *self, int fd)
{
    struct session *s = self;
    struct dashboard *d = &s->dashboard;
    struct error error = {0};
    while (!d->quit) {
        if (changed(s) && frame_wait(s) == 0 && draw(s, &error)) {
            error_clear(&error); /* no memory for a frame; perhaps for the next one */
            s->dirty = true;
        }
        switch (terminal_wait(s->terminal, changed(s) ? frame_wait(s) : UINT64_MAX, fd)) {
        case TERMINAL_INPUT: return 0;
        case TERMINAL_GONE: d->quit = true; break;
        case TERMINAL_RESIZED: s->dirty = true; break;
        case TERMINAL_KEYS: take_keys(s); break;
        case TERMINAL_NOTHING: break;
        }
    }
    return -1;
}

/* Nanoseconds until running ahead can go on, which keys must not wait for; UINT64_MAX: there is nothing to do. */
static uint64_t ahead_wait(const struct session *s)
{
    uint64_t passed = player_now(s->dashboard.player) - s->keyed_at;
    return !dashboard_ahead_due(&s->dashboard) ? UINT64_MAX : passed >= CALM_NS ? 0 : CALM_NS - passed;
}

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static int loop(struct session *s, struct error *error)
{
    struct dashboard *d = &s->dashboard;
    if (draw(s, error))
        return -1;
    while (!d->quit) {
        uint64_t due = least(dashboard_due(d), ahead_wait(s)), frame = changed(s) ? frame_wait(s) : UINT64_MAX;
        switch (terminal_wait(s->terminal, least(due, frame), -1)) {
        case TERMINAL_GONE: return 0;
        case TERMINAL_RESIZED: s->dirty = true; break;
        case TERMINAL_KEYS: take_keys(s); break;
        case TERMINAL_INPUT:
        case TERMINAL_NOTHING: break;
        }
        if (!d->quit && dashboard_due(d) == 0)
            dashboard_run(d);
        else if (!d->quit && ahead_wait(s) == 0)
            dashboard_ahead(d);
        if (!d->quit && changed(s) && frame_wait(s) == 0 && draw(s, error))
            return -1;
    }
    return 0;
}

static int live(const struct play_options *options, bool ascii, struct error *error, bool *of_trace)
{
    struct session *s = calloc(1, sizeof *s);
    if (!s)
        return error_memory(error);
    struct play_options live_options = *options;
    live_options.keeps = true;
    int status = dashboard_open(&s->dashboard, &live_options, ascii, NULL, NULL, error);
    *of_trace = true;
    if (status == 0) {
        *of_trace = false;
        s->terminal = terminal_open(options->colors, strcmp(options->path, "-") == 0, error);
        player_on_wait(s->dashboard.player, wait_for_trace, s);
        status = s->terminal ? loop(s, error) : -1;
        terminal_close(s->terminal);
        if (status == 0) {
            *of_trace = true;
            status = dashboard_result(&s->dashboard, error);
        }
    }
    dashboard_close(&s->dashboard);
    free(s);
    return status;
}

int tui_play(const struct play_options *options, struct error *error, bool *of_trace)
{
    bool ascii = options->ascii || (!terminal_utf8() && !options->film); /* a film is seen elsewhere */
    return options->script || options->dump || options->film ? script_play(options, ascii, error, of_trace)
                                                             : live(options, ascii, error, of_trace);
}
