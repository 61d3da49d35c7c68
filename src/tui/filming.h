/*
 * filming.h - a session without a terminal as a film, in its own time.
 *
 * The time of a film is the session's clock, which only filming_pass moves: no wall clock is asked, and a film has the
 * same bytes everywhere.
 */
#ifndef HEAPREEL_TUI_FILMING_H
#define HEAPREEL_TUI_FILMING_H

#include "tui/dashboard.h"
#include "tui/reel/reel.h"

struct filming {
    struct dashboard *dashboard; /* borrowed */
    uint64_t *now;               /* borrowed: the session's clock */
    struct reel reel;
    bool colors;
    uint64_t began_ns;   /* on the session's clock */
    uint64_t shot_ns;    /* when the last picture was taken, */
    uint64_t moved;      /* dashboard_moved then */
    const char *chapter; /* the last chapter that has a mark: borrowed from the player */
    bool failed;         /* no memory */
};

/* Begins a film of a session, whose dashboard is open, with a picture. filming_free is needed afterwards. */
void filming_begin(struct filming *filming, struct dashboard *dashboard, uint64_t *now,
                   const struct play_options *options);
void filming_free(struct filming *filming);

/* Takes a picture, unless the last one is as good. again: something may have changed that the player does not know. */
void filming_shot(struct filming *filming, bool again);

/* Throws away what has been filmed: the film begins here. */
void filming_cut(struct filming *filming);

/* Lets time pass, playing, with pictures. */
void filming_pass(struct filming *filming, uint64_t ns);

/* Plays the trace from here to its end as Space does: each question is answered when it has been read. */
void filming_alone(struct filming *filming);

/* Ends the film and writes it to options->film, in the format that its name says. 0, or -1 after filling error. */
int filming_end(struct filming *filming, const struct play_options *options, struct error *error);

/* The formats: X(SYMBOL, how a file's name ends, the writer) */
#define FILM_FORMATS(X)                                                                                                \
    X(CAST, "cast", reel_write_cast)                                                                                   \
    X(SVG, "svg", reel_write_svg)                                                                                      \
    X(HTML, "html", reel_write_html)

/* Does path end as the name of a film does? */
bool filming_knows(const char *path);

#endif
