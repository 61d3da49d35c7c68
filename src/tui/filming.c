/* filming.c - takes pictures of a session, and plays one from start to end by itself. */
#include "tui/filming.h"

#include <string.h>

#define SECOND UINT64_C(1000000000)
#define FRAME_NS (SECOND / 30)   /* between two looks at the player, as on a terminal */
#define PICTURE_NS (SECOND / 15) /* and between two pictures */
#define FIRST_NS SECOND          /* the first picture stays so long, before Space */
#define LAST_NS (SECOND * 3)     /* and the last one */

void filming_free(struct filming *filming)
{
    reel_free(&filming->reel);
}

/* Marks a chapter that has begun since the last picture. */
static void mark(struct filming *f)
{
    const char *chapter = f->dashboard->player->chapter;
    if (!chapter || (f->chapter && strcmp(chapter, f->chapter) == 0))
        return;
    f->failed = f->failed || reel_mark(&f->reel, chapter, *f->now - f->began_ns);
    f->chapter = f->failed ? NULL : f->reel.marks.data[f->reel.marks.len - 1].text;
}

void filming_shot(struct filming *filming, bool again)
{
    struct filming *f = filming;
    uint64_t moved = dashboard_moved(f->dashboard);
    if (f->failed || (!again && (moved == f->moved || *f->now - f->shot_ns < PICTURE_NS)))
        return;
    mark(f);
    f->failed = f->failed || dashboard_draw(f->dashboard, f->reel.width, f->reel.height) ||
                reel_add(&f->reel, &f->dashboard->canvas, f->colors, *f->now - f->began_ns);
    f->shot_ns = *f->now;
    f->moved = moved;
}

void filming_begin(struct filming *filming, struct dashboard *dashboard, uint64_t *now,
                   const struct play_options *options)
{
    int width = options->width > 0 ? (int)options->width : PLAY_WIDTH;
    int height = options->height > 0 ? (int)options->height : PLAY_HEIGHT;
    *filming = (struct filming){.dashboard = dashboard, .now = now, .began_ns = *now};
    filming->colors = options->colors != COLORS_NEVER;
    reel_init(&filming->reel, width, height);
    filming_shot(filming, true);
}

void filming_cut(struct filming *filming)
{
    int width = filming->reel.width, height = filming->reel.height;
    reel_free(&filming->reel);
    reel_init(&filming->reel, width, height);
    filming->began_ns = *filming->now;
    filming->chapter = NULL;
    filming_shot(filming, true);
}

/* Goes on to when something is to be done or pictured, by most nanoseconds. */
static void tick(struct filming *f, uint64_t most)
{
    uint64_t due = dashboard_due(f->dashboard), passed = *f->now - f->shot_ns;
    uint64_t wait = due > FRAME_NS ? due : FRAME_NS;
    if (dashboard_moved(f->dashboard) != f->moved && passed + wait > PICTURE_NS) /* what changed waits for a picture */
        wait = passed < PICTURE_NS ? PICTURE_NS - passed : 1;
    *f->now += wait < most ? wait : most;
    dashboard_run(f->dashboard);
    filming_shot(f, false);
}

void filming_pass(struct filming *filming, uint64_t ns)
{
    struct filming *f = filming;
    uint64_t end = ns > UINT64_MAX - *f->now ? UINT64_MAX : *f->now + ns;
    while (*f->now < end && f->dashboard->player->playing && !f->failed)
        tick(f, end - *f->now);
    *f->now = end;
    filming_shot(f, true);
}

/* ---- alone ---- */

static void press_space(struct filming *f)
{
    dashboard_key(f->dashboard, ' ');
    filming_shot(f, true);
}

/* Plays until play stops by itself. */
static void play(struct filming *f)
{
    while (f->dashboard->player->playing && !f->failed)
        tick(f, UINT64_MAX);
    filming_shot(f, true);
}

void filming_alone(struct filming *filming)
{
    struct filming *f = filming;
    struct player *p = f->dashboard->player;
    filming_pass(f, FIRST_NS);
    enum player_rest rest;
    while (!f->failed && ((rest = player_rest(p)) == PLAYER_ASKS || rest == PLAYER_PAUSED)) {
        uint64_t moved = p->moved;
        if (rest == PLAYER_ASKS && p->note)
            filming_pass(f, player_reading_ns(p->note));
        press_space(f);
        play(f);
        if (p->moved == moved)
            break; /* Space does nothing here */
    }
    filming_pass(f, LAST_NS);
}

/* ---- writing ---- */

static const struct format {
    const char *name;
    void (*write)(const struct reel *reel, struct out *out);
} formats[] = {
#define X(symbol, name, write) {name, write},
    FILM_FORMATS(X)
#undef X
};

static const struct format *format_of(const char *path)
{
    const char *dot = strrchr(path, '.');
    for (size_t i = 0; dot && i < sizeof formats / sizeof *formats; i++)
        if (strcmp(dot + 1, formats[i].name) == 0)
            return &formats[i];
    return NULL;
}

bool filming_knows(const char *path)
{
    return format_of(path) != NULL;
}

/* The trace's title; without one, its file's name. */
static int give_title(struct filming *f, const char *path)
{
    const char *title = f->dashboard->player->run->title, *slash = strrchr(path, '/');
    return reel_title(&f->reel, title ? title : slash ? slash + 1 : path);
}

int filming_end(struct filming *filming, const struct play_options *options, struct error *error)
{
    const struct format *format = format_of(options->film);
    struct output file;
    struct out out;
    if (filming->failed || give_title(filming, options->path))
        return error_memory(error);
    if (dashboard_output(filming->dashboard, &file, options->film, error))
        return -1;
    out_to_file(&out, file.file);
    format->write(&filming->reel, &out);
    out_flush(&out);
    return output_finish(&file, error);
}
