/* screen_options.h - options of the commands that draw the screen: play and film. */
#ifndef HEAPREEL_CLI_SCREEN_OPTIONS_H
#define HEAPREEL_CLI_SCREEN_OPTIONS_H

#include "tui/tui.h"

/* Each reads the value of an option. 0, or -1 after filling error. */
int screen_take_color(struct play_options *options, const char *value, struct error *error);
int screen_take_theme(struct play_options *options, const char *value, struct error *error);
int screen_take_size(struct play_options *options, const char *value, struct error *error);
int screen_take_memory(struct play_options *options, const char *value, struct error *error);

#endif
