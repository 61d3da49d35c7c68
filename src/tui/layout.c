/*
 * layout.c - where each panel goes on a screen.
 */
#include "tui/views.h"

#include <string.h>

#define GAP 2 /* columns between two panels */

static int clamp(int value, int least, int most)
{
    return value < least ? least : value > most ? most : value;
}

/* Heap at the left, text at the right. */
static void two_columns(int width, int body, struct rect place[VIEW_COUNT])
{
    int left = width * 56 / 100, right = width - left - GAP, x = left + GAP;
    int log = body >= 28 ? clamp(body / 5, 5, 12) : 0;
    int young = clamp((body - log) * 45 / 100, 6, 20);
    int figures = body >= 28 ? 9 : 6;
    int trace = clamp((body - figures) * 45 / 100, 4, 24);
    place[VIEW_NEW] = (struct rect){0, 1, left, young};
    place[VIEW_OLD] = (struct rect){0, 1 + young, left, body - young - log};
    if (log > 0)
        place[VIEW_LOG] = (struct rect){0, 1 + body - log, left, log};
    place[VIEW_TRACE] = (struct rect){x, 1, right, trace};
    place[VIEW_HAPPENED] = (struct rect){x, 1 + trace, right, body - trace - figures};
    place[VIEW_FIGURES] = (struct rect){x, 1 + body - figures, right, figures};
}

/* One below the other; the trace beside what happened. */
static void one_column(int width, int body, struct rect place[VIEW_COUNT])
{
    place[VIEW_FIGURES] = (struct rect){0, body--, width, 1};
    int log = body >= 34 ? clamp(body / 6, 5, 10) : 0;
    int rest = body - log;
    int young = clamp(rest * 36 / 100, 5, 20), old = clamp(rest * 34 / 100, 4, 18), text = rest - young - old;
    place[VIEW_NEW] = (struct rect){0, 1, width, young};
    place[VIEW_OLD] = (struct rect){0, 1 + young, width, old};
    int y = 1 + young + old, half = width;
    if (width >= 72) {
        half = (width - GAP) / 2;
        place[VIEW_HAPPENED] = (struct rect){half + GAP, y, width - half - GAP, text};
    }
    place[VIEW_TRACE] = (struct rect){0, y, half, text};
    if (log > 0)
        place[VIEW_LOG] = (struct rect){0, y + text, width, log};
}

bool views_layout(int width, int height, int note, struct rect place[VIEW_COUNT])
{
    memset(place, 0, sizeof *place * VIEW_COUNT);
    if (width < SCREEN_MIN_WIDTH || height < SCREEN_MIN_HEIGHT)
        return false;
    place[VIEW_TOP] = (struct rect){0, 0, width, 1};
    place[VIEW_NOTE] = (struct rect){0, height - note, width, note};
    if (width >= 100)
        two_columns(width, height - 1 - note, place);
    else
        one_column(width, height - 1 - note, place);
    return true;
}
