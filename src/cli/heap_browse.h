/* heap_browse.h - the browser of a snapshot's heap, and of a simulated one. */
#ifndef HEAPREEL_CLI_HEAP_BROWSE_H
#define HEAPREEL_CLI_HEAP_BROWSE_H

#include "report/retain.h"
#include "snapshot/analysis.h"
#include "tui/browse/browse.h"
#include "tui/tui.h"

/* How the screen is drawn, from the options of the commands that draw one; keys: a script, or NULL. */
struct browse_options browse_options_of(const struct play_options *screen, const char *keys, FILE *dump);

/* Each returns 0, or -1 after filling error. title is borrowed. */
int heap_browse_snapshot(const struct analysis *analysis, const char *title, const struct browse_options *options,
                         struct error *error);
int heap_browse_heap(const struct heap *heap, const char *title, const struct browse_options *options,
                     struct error *error);

#endif
