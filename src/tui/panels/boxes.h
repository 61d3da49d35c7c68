/*
 * boxes.h - a page with few objects, large: a box of several rows for each, in its real place and proportion, with its
 * name below it.
 */
#ifndef HEAPREEL_TUI_PANELS_BOXES_H
#define HEAPREEL_TUI_PANELS_BOXES_H

#include "tui/panels/scene.h"

/* A piece of a page. */
struct box {
    uint64_t offset, size; /* bytes */
    uint32_t object;       /* NONE: no object, shown by its content */
    enum content content;
    bool odd;   /* the other shade */
    bool moved; /* has just arrived */
    bool left;  /* has just left: only its place is shown */
};

struct boxes {
    VEC(struct box) list; /* in the order of the page */
};

/* The columns that an object of 48 bytes, the usual size in lessons, must have at least, so that boxes are worth it. */
#define BOX_LEAST 2

/* Can the pages of a space be drawn as boxes in so many columns? */
bool boxes_fit(uint64_t usable, int w);

/*
 * Draws the boxes of a page of usable bytes into rect, whose last row is for the names if it has two or more, and the
 * row before it for the sizes if it has five. Notes the objects at their places.
 */
void boxes_draw(struct scene *scene, struct rect rect, uint64_t usable, const struct boxes *boxes);

#endif
