/*
 * dashboard.h - players, scene and canvas together: what keys, mouse and command line do to them.
 *
 * It knows neither a terminal nor a script; either of them drives it.
 */
#ifndef HEAPREEL_TUI_DASHBOARD_H
#define HEAPREEL_TUI_DASHBOARD_H

#include "tui/panels/views.h"
#include "tui/term/keys.h"
#include "tui/term/prompt.h"

/* What a typed line is for. X(SYMBOL, the label before it) */
#define ASKINGS(X)                                                                                                     \
    X(COMMAND, ":")                                                                                                    \
    X(GO, "go to event, time or chapter: ")                                                                            \
    X(FIND, "/")                                                                                                       \
    X(EXPORT, "export JSON to: ")                                                                                      \
    X(BREAK, "break at: ")

enum asking {
#define X(symbol, label) ASKING_##symbol,
    ASKINGS(X)
#undef X
        ASKING_COUNT
};

/* The lessons, and their list over the panels. */
struct lesson_menu {
    struct play_lessons lessons; /* empty before they are first needed */
    VEC(bool) done;              /* of each: it has been played to its end, now or in an earlier session */
    bool loaded, open;
    bool at_end; /* the end of the trace is shown, and what comes next has been said */
    size_t at;   /* the line that keys act on */
};

/* Why a player is being brought to its place, where it will be shown. */
enum pending { PENDING_NONE, PENDING_RELOAD, PENDING_SET, PENDING_BRANCH, PENDING_UNDO, PENDING_OPEN };

/* A branch of the trace: its typed lines, as lengths of its text. */
struct branch {
    VEC(size_t) lengths; /* of the text before each typed line */
};

/* The list of breakpoints over the panels. */
struct break_dialog {
    bool open;
    size_t at; /* the line that keys act on */
};

struct dashboard {
    struct player *player; /* owned: what is shown, the trace or a branch of it */
    struct player *base;   /* owned: the trace, while a branch is shown; else NULL */
    struct player *next;   /* owned: being brought to its place, to be shown there; else NULL */
    enum pending pending;  /* why next exists */
    struct branch branch;
    struct branch next_branch; /* of next */
    struct player *other;      /* owned: the same trace under another configuration, side by side; or NULL */
    struct scene other_scene;
    struct canvas canvas;
    struct scene scene;
    struct prompt prompts[ASKING_COUNT];
    enum asking asking; /* which line is open, if any */
    VEC(char) line;     /* the last line of the screen */
    VEC(char) face;     /* of a branch, or of another configuration: in the top line */
    char *message;      /* owned, or NULL: shown there until the next key */
    bool alarm;         /* it reports a failure */
    struct break_dialog breaks;
    struct lesson_menu lessons;
    uint64_t going_since;  /* when the current motion began */
    enum view_id dragging; /* the panel in which the mouse was pressed and is dragged; VIEW_COUNT: none */
    int drag_y;            /* the row of that */
    bool quit;
    bool redraw;             /* the whole terminal must be written again */
    struct outputs *outputs; /* borrowed, or NULL */
};

/* ---- dashboard.c ---- */

/*
 * Opens the trace. The dashboard must not be moved in memory. 0, or -1 after filling error; dashboard_close is needed
 * in both cases.
 */
int dashboard_open(struct dashboard *dashboard, const struct play_options *options, bool ascii,
                   uint64_t (*clock)(void *), void *clock_self, struct error *error);
void dashboard_close(struct dashboard *dashboard);

/* Does what the key is bound to, or what the mouse asks for. */
void dashboard_input(struct dashboard *dashboard, const struct input *input);
void dashboard_key(struct dashboard *dashboard, uint32_t key);

/* Counts every change that a new frame would show. */
uint64_t dashboard_moved(const struct dashboard *dashboard);

/*
 * Does what is due now, for a short time at most if the clock is the system's; nanoseconds until something is due
 * (player.h).
 */
void dashboard_run(struct dashboard *dashboard);
uint64_t dashboard_due(const struct dashboard *dashboard);

/* Runs ahead for a moment, if nothing is due soon. False: there is nothing left to do, or not now. */
bool dashboard_ahead(struct dashboard *dashboard);
bool dashboard_ahead_due(const struct dashboard *dashboard);

/* Draws a frame of this size on the canvas. 0, or -1 without memory. */
int dashboard_draw(struct dashboard *dashboard, int width, int height);

/* At the end: the exit status, or -1 after moving the trace's error into error. */
int dashboard_result(struct dashboard *dashboard, struct error *error);

/* ---- console.c: for all parts ---- */

/* Shows a message in the last line until the next key; text is formatted. */
void dashboard_say(struct dashboard *dashboard, bool alarm, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Takes the message away. */
void dashboard_hush(struct dashboard *dashboard);
/* Shows the text of error in the same way; clears it. */
void dashboard_complain(struct dashboard *dashboard, struct error *error);

/* Like output_start, but refuses the trace that is played, which a screen or a report must not replace. */
int dashboard_output(struct dashboard *dashboard, struct output *out, const char *path, struct error *error);

/*
 * Goes to a goal, together with the run beside it. At an open question, a goal that lies ahead only shows the answer:
 * the next call goes there.
 */
void dashboard_go(struct dashboard *dashboard, enum travel_goal goal, uint64_t number);
/* The same by one event, or through it collector step by collector step. */
void dashboard_forward(struct dashboard *dashboard);
/* What comes next in a lesson: a step of a collection, else the next line for people, or the next collection. */
void dashboard_next(struct dashboard *dashboard);
/* The same to a line of the trace. */
void dashboard_go_line(struct dashboard *dashboard, uint64_t line);

/* Is it moving to a place? */
bool dashboard_going(const struct dashboard *dashboard);
/* Reports where a motion has ended, if that is not obvious. */
void dashboard_report_arrival(struct dashboard *dashboard);

/* Opens the line for a question. */
void dashboard_ask(struct dashboard *dashboard, enum asking asking);

/* ---- actions.c ---- */

/* Does an action as its key does. */
void dashboard_act(struct dashboard *dashboard, enum action action);
/* Shows the heap with this name from now on; NULL: the running one. */
void dashboard_view(struct dashboard *dashboard, const char *name, size_t len);

/* ---- mouse.c ---- */

void dashboard_mouse(struct dashboard *dashboard, const struct input *input);

/* ---- commands.c ---- */

/* Executes a line of the command line; takes an answer; the i-th word that completes one. */
void dashboard_command(struct dashboard *dashboard, const char *line, size_t len);
void dashboard_answer(struct dashboard *dashboard, enum asking asking, const char *line, size_t len);
const char *dashboard_complete(void *dashboard, size_t i);

/* ---- search.c ---- */

/* Shows the object with a name, or goes to the next line of the trace with the text. */
void search_find(struct dashboard *dashboard, const char *text, size_t len);
/* The object with a name; NONE after reporting that there is none, or what became of it. */
uint32_t search_object(struct dashboard *dashboard, const char *name, size_t len);
/* Shows why an object is alive: the shortest path from a root. */
void search_tell_path(struct dashboard *dashboard, uint32_t object);

/* ---- sandbox.c ---- */

/* Starts a branch of the trace with a line typed here, takes lines back, leaves the branch. */
void sandbox_line(struct dashboard *dashboard, const char *line, size_t len);
void sandbox_undo(struct dashboard *dashboard);
void sandbox_return(struct dashboard *dashboard);
void sandbox_save(struct dashboard *dashboard, const char *path);
/* The same trace with another configuration: KEY=VALUE. */
void sandbox_set(struct dashboard *dashboard, const char *setting, size_t len);
/* Opens another trace; path must last as long as the dashboard. */
void sandbox_open(struct dashboard *dashboard, const char *path);
/* Reads the trace's file again. */
void sandbox_reload(struct dashboard *dashboard);
/* Shows the next player when it has reached its place. */
void sandbox_run(struct dashboard *dashboard);
void sandbox_cancel(struct dashboard *dashboard);

/* ---- lesson_menu.c ---- */

void lesson_menu_open(struct dashboard *dashboard);
void lesson_menu_free(struct dashboard *dashboard);
void lesson_menu_key(struct dashboard *dashboard, uint32_t key);
void lesson_menu_draw(struct dashboard *dashboard);
/* At the end of a lesson: opens the next one. False if there is none, or this is not the end. */
bool lesson_menu_next(struct dashboard *dashboard);
/* If the end of a lesson has just been reached, or again: marks it as done, and says what comes next. */
void lesson_menu_watch(struct dashboard *dashboard, bool again);

/* ---- what_if.c ---- */

/*
 * What differs from the trace that was opened, for the top line: a branch, or a setting, with the way back. Empty:
 * nothing does. 0, or -1 without memory.
 */
int what_if_put_face(struct dashboard *dashboard);

/* ---- breakpoint_list.c ---- */

void breakpoint_list_key(struct dashboard *dashboard, uint32_t key);
void breakpoint_list_draw(struct dashboard *dashboard);
void breakpoint_list_add(struct dashboard *dashboard, const char *text, size_t len);

/* ---- side_by_side.c ---- */

int compare_open(struct dashboard *dashboard, const struct play_options *options, uint64_t (*clock)(void *),
                 void *clock_self, struct error *error);
void compare_close(struct dashboard *dashboard);
void compare_follow(struct dashboard *dashboard);
int compare_draw(struct dashboard *dashboard);

#endif
