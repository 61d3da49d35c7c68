/*
 * dashboard.h - player, scene and canvas together: what a key does to them.
 *
 * It knows neither a terminal nor a script: both drive it.
 */
#ifndef HEAPREEL_TUI_DASHBOARD_H
#define HEAPREEL_TUI_DASHBOARD_H

#include "tui/keys.h"
#include "tui/views.h"

struct dashboard {
    struct player player;
    struct canvas canvas;
    struct scene scene;
    bool quit;
    bool redraw; /* the whole terminal is to be written again */
};

/* Opens the trace. Must not be moved in memory. 0, or -1 after filling error; dashboard_close is needed in both cases.
 */
int dashboard_open(struct dashboard *dashboard, const struct play_options *options, bool ascii,
                   uint64_t (*clock)(void *), void *clock_self, struct error *error);
void dashboard_close(struct dashboard *dashboard);

/* Does what the key is bound to. */
void dashboard_key(struct dashboard *dashboard, uint32_t key);

/* Draws a frame of this size on the canvas. 0, or -1 without memory. */
int dashboard_draw(struct dashboard *dashboard, int width, int height);

/* The end: the exit status, or -1 after moving the trace's error into error. */
int dashboard_result(struct dashboard *dashboard, struct error *error);

#endif
