/*
 * browse.h - walking through the dominator tree of a heap, as ncdu walks through directories: what each object retains,
 * largest first, with bars; or classes of objects and their members; and why an object is alive.
 *
 * It knows neither where the heap comes from, a snapshot or a trace, nor a terminal: keys go in, a canvas comes out.
 *
 * The files in the order to read them: browse_list (rows), browse (keys), browse_draw, browse_run (on a terminal, or by
 * a script).
 */
#ifndef HEAPREEL_TUI_BROWSE_BROWSE_H
#define HEAPREEL_TUI_BROWSE_BROWSE_H

#include "base/error.h"
#include "base/writer.h"
#include "graph/dominators.h"
#include "tui/term/canvas.h"
#include "tui/term/keys.h"
#include "tui/term/prompt.h"

/* The heap. Places are those of the tree. */
struct browse_source {
    void *self;
    const char *title;
    const struct dominators *tree;
    const uint64_t *retained; /* by place, bytes */
    uint32_t groups;          /* classes, or kinds */
    const char *groups_word;  /* what they are: "classes" */
    uint64_t (*own)(void *self, uint32_t place);
    uint32_t (*group)(void *self, uint32_t place); /* below groups, or NO_NODE */
    /* Write names, not made safe for a terminal. */
    void (*name)(void *self, uint32_t place, struct out *out);
    void (*group_name)(void *self, uint32_t group, struct out *out);
    /* Writes why a place is alive, in lines. 0, or -1 without memory. */
    int (*why)(void *self, uint32_t place, struct out *out);
};

enum browse_order { BROWSE_RETAINED, BROWSE_OWN, BROWSE_COUNT };

struct browse_row {
    uint32_t id; /* a place, or a group */
    uint64_t retained, own, count;
};

/* What is on the screen, and what was before it. */
enum browse_kind {
    BROWSE_TREE,    /* the places that `of` dominates at once */
    BROWSE_GROUPS,  /* all groups */
    BROWSE_MEMBERS, /* the members of the group `of` */
    BROWSE_WHY      /* lines on the place `of` */
};
struct browse_level {
    enum browse_kind kind;
    uint32_t of;
    size_t at, top; /* the row that is chosen, and the first one shown */
};

struct browse {
    struct browse_source source;
    uint32_t *child,
        *sibling;     /* of each place, the first that it dominates at once, and the next of its dominator; 0 */
    uint64_t *counts; /* of each place, the objects that it retains */
    VEC(struct browse_level) levels; /* the last one is shown */
    VEC(struct browse_row) rows;
    VEC(size_t) lines; /* BROWSE_WHY: where each line begins in text */
    char *text;
    enum browse_order order;
    struct prompt prompt; /* to find something */
    char *wanted;         /* owned: what was looked for last */
    const char *message;  /* borrowed, or NULL */
    int page;             /* rows of the list when last drawn */
    bool quit;
};

/* Begins at the root. 0, or -1 without memory; browse_close is needed in both cases. */
int browse_open(struct browse *browse, const struct browse_source *source);
void browse_close(struct browse *browse);

/* Does what a key is for. 0, or -1 without memory. */
int browse_key(struct browse *browse, uint32_t key);

/* Draws on a canvas, which has its size. */
void browse_draw(struct browse *browse, struct canvas *canvas);

/* ---- browse_list.c ---- */

/* Fills the rows, or lines, of the last level. 0, or -1 without memory. */
int browse_fill(struct browse *browse);
size_t browse_length(const struct browse *browse);

/* ---- browse_run.c ---- */

struct browse_options {
    bool ascii;
    enum theme theme;
    int colors;         /* enum color_mode */
    const char *script; /* keys, as words separated by blanks; a text in double quotes is typed. NULL: on a terminal */
    FILE *dump;         /* with a script: the last screen goes there */
    int width, height;  /* of it */
};

/* Browses until the user quits, or the script ends. 0, or -1 after filling error. The caller has called setlocale. */
int browse_run(const struct browse_source *source, const struct browse_options *options, struct error *error);

#endif
