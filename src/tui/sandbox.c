/*
 * sandbox.c - branches: the trace up to here, and what the class types.
 *
 * A branch is a trace in memory: the lines of the original up to the branching point, then the typed ones. So it plays,
 * steps back and is saved as any other; taking a line back makes the same trace without it. If it starts within a
 * repeat, the rounds so far are written out.
 *
 * Every change (a line, another configuration, the file read again) makes a new player, which is brought to its place
 * and only then shown; until then, and if that fails, the old one stays.
 */
#include "tui/dashboard.h"

#include "trace/write.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- the trace up to here ---- */

struct text {
    char *data; /* owned */
    size_t len;
};

/* The text of the shown trace: new. 0, or -1 after filling error. */
static int source_text(const struct player *p, struct text *text, struct error *error)
{
    VEC(char) all = {0};
    ssize_t n = 1;
    if (p->listing.fd < 0)
        return error_set(error, ERROR_USAGE, 0, 0, "this trace cannot be read again, so nothing branches off from it");
    while (n > 0) {
        if (vec_reserve(&all, 65536)) {
            vec_free(&all);
            return error_memory(error);
        }
        n = pread(p->listing.fd, all.data + all.len, 65536, (off_t)all.len);
        all.len += n > 0 ? (size_t)n : 0;
    }
    *text = (struct text){all.data, all.len};
    return n < 0 ? error_set(error, ERROR_SYSTEM, 0, 0, "cannot read %s: %s", p->options.path, strerror(errno)) : 0;
}

/* The length of the first lines of a text. */
static size_t lines_length(const struct text *text, uint64_t lines)
{
    const char *at = text->data, *end = text->data + text->len;
    for (uint64_t i = 0; i < lines && at < end; i++) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        at = stop ? stop + 1 : end;
    }
    return (size_t)(at - text->data);
}

/* The beginning of the next line, from the byte at on, whose first word is "repeat". */
static size_t next_repeat(const struct text *text, size_t at)
{
    while (at < text->len) {
        const char *stop = memchr(text->data + at, '\n', text->len - at);
        size_t end = stop ? (size_t)(stop - text->data) : text->len, word = at;
        if (text_is(text_next(text->data, end, &word), "repeat") && word < end)
            return at;
        at = stop ? end + 1 : end;
    }
    return at;
}

/* The result of reading the first steps of a trace. */
struct prefix {
    uint64_t whole; /* lines that are copied unchanged */
    bool within;    /* a repeat is under way after them; its rounds are in rounds */
    uint64_t steps; /* read */
};

/* Reads a step. 1, 0 at the end of the trace, or -1 after filling error. */
static int read_step(struct trace_reader *reader, const struct names *names, struct prefix *prefix, FILE *rounds,
                     struct error *error)
{
    struct trace_event event;
    int got = trace_read(reader, &event, 1, error);
    if (got != 1)
        return got;
    prefix->steps++;
    if (event.flags & EVENT_REPEAT) {
        prefix->within = true;
        trace_write_event(rounds, names, &event);
    } else {
        if (prefix->within)
            rewind(rounds);
        prefix->within = false;
        prefix->whole = event.line;
    }
    return 1;
}

/* Writes the first steps of a trace as text: new. 0, or -1 after filling error. */
static int prefix_text(const struct text *source, uint64_t steps, struct text *prefix, struct error *error)
{
    struct names names;
    struct prefix p = {0};
    char *rounds_data = NULL, *data = NULL;
    size_t rounds_len = 0, len = 0;
    int got = 1;
    names_init(&names);
    struct trace_reader *reader = trace_open_memory(source->data, source->len, &names, error);
    FILE *rounds = open_memstream(&rounds_data, &rounds_len), *out = open_memstream(&data, &len);
    if (reader && (!rounds || !out)) {
        error_memory(error);
        got = -1;
    }
    while (reader && got == 1 && p.steps < steps)
        got = read_step(reader, &names, &p, rounds, error);
    long written = rounds ? ftell(rounds) : 0;
    if (rounds)
        fclose(rounds);
    if (reader && got >= 0) {
        size_t whole = lines_length(source, p.whole), end = p.within ? next_repeat(source, whole) : whole;
        fwrite(source->data, 1, end, out);
        if (end > 0 && source->data[end - 1] != '\n')
            putc('\n', out);
        if (p.within)
            fwrite(rounds_data, 1, (size_t)written, out);
    }
    bool failed = out && ferror(out);
    if (out && fclose(out) != 0)
        failed = true;
    free(rounds_data);
    trace_close(reader);
    names_free(&names);
    *prefix = (struct text){data, len};
    if (failed && got >= 0) {
        error_memory(error);
        got = -1;
    }
    return reader && got >= 0 ? 0 : -1;
}

/* ---- players in waiting ---- */

static void drop_next(struct dashboard *d)
{
    if (d->next) {
        player_close(d->next);
        free(d->next);
    }
    d->next = NULL;
    d->pending = PENDING_NONE;
    vec_free(&d->next_branch.lengths);
}

/* Gives the new player the speed and the like, and the breakpoints if it plays the same trace. 0, or -1 after error. */
static int take_over(struct player *to, const struct player *from, bool same, struct error *error)
{
    const struct breakpoints *all = travel_breakpoints(from->travel);
    for (size_t i = 0; same && i < all->list.len; i++) {
        const struct breakpoint *b = &all->list.data[i];
        uint32_t id = breakpoints_add(travel_breakpoints(to->travel), b->text, strlen(b->text), error);
        if (id == 0)
            return -1;
        breakpoints_find(travel_breakpoints(to->travel), id)->off = b->off;
    }
    to->speed = from->speed;
    to->automatic = from->automatic;
    to->still = from->still;
    player_on_wait(to, from->wait, from->wait_self);
    return 0;
}

/*
 * Makes the next player, of text (which it takes over), or of the file if text is NULL. If that fails, reports it and
 * keeps the old one. True if it is on its way to goal.
 */
static bool prepare(struct dashboard *d, enum pending pending, const struct play_options *options, struct text *text,
                    enum travel_goal goal, uint64_t number)
{
    struct error error = {0};
    const struct player *old = d->player;
    uint64_t (*clock)(void *) = old->hurry ? NULL : old->clock;
    struct player *next = calloc(1, sizeof *next);
    drop_next(d);
    if (!next) {
        free(text ? text->data : NULL);
        error_memory(&error);
        dashboard_complain(d, &error);
        return false;
    }
    next->listing.fd = -1;
    int failed = text ? player_open_text(next, options, text->data, text->len, clock, old->clock_self, &error)
                      : player_open(next, options, clock, old->clock_self, &error);
    if (failed && pending == PENDING_BRANCH)
        error.line = 0;
    if (failed || take_over(next, old, pending != PENDING_OPEN, &error)) {
        player_close(next);
        free(next);
        dashboard_complain(d, &error);
        return false;
    }
    d->next = next;
    d->pending = pending;
    d->going_since = player_now(old);
    player_go(next, goal, number);
    return true;
}

/* Shows another player. keep: the old one is the trace to return to. */
static void show(struct dashboard *d, struct player *player, bool keep)
{
    if (player_stay(player, d->player->stay, d->player->stay ? strlen(d->player->stay) : 0))
        dashboard_say(d, true, "out of memory");
    if (keep && !d->base) {
        d->base = d->player;
    } else if (d->player != d->base) {
        player_close(d->player);
        free(d->player);
    }
    d->player = player;
    scene_play(&d->scene, player);
    player->moved += 1;
}

/* Another trace will be shown: drops the branch, and what was chosen. */
static void leave_trace(struct dashboard *d)
{
    if (d->base && d->base != d->player) {
        player_close(d->base);
        free(d->base);
    }
    d->base = NULL;
    d->branch.lengths.len = 0;
    d->scene.focus = VIEW_COUNT;
    d->scene.zoomed = false;
    scene_choose(&d->scene, NONE);
    player_stay(d->player, NULL, 0);
}

/* The next player has reached its place. */
static void arrive(struct dashboard *d)
{
    struct player *next = d->next;
    enum pending pending = d->pending;
    bool branch = pending == PENDING_BRANCH || pending == PENDING_UNDO || pending == PENDING_SET;
    if (next->error.kind != ERROR_NONE &&
        pending != PENDING_SET) { /* with another configuration, the heap can run out of memory earlier */
        struct error error = next->error;
        next->error = (struct error){0};
        if (pending == PENDING_BRANCH) /* it is about what was typed, which has no number there */
            error.line = 0;
        dashboard_complain(d, &error);
        drop_next(d);
        return;
    }
    d->next = NULL;
    d->pending = PENDING_NONE;
    if (pending == PENDING_OPEN)
        leave_trace(d);
    show(d, next, branch);
    if (branch) {
        vec_free(&d->branch.lengths);
        d->branch = d->next_branch;
        d->next_branch = (struct branch){0};
    }
    if (pending == PENDING_BRANCH && d->branch.lengths.len == 1)
        dashboard_say(d, false, "a branch: :undo takes a line back, :return leaves it, :save FILE keeps it");
    else if (pending == PENDING_SET)
        dashboard_say(d, false, "the same trace, with another configuration; :return goes back");
    else if (pending == PENDING_RELOAD)
        dashboard_say(d, false, "loaded again");
}

void sandbox_run(struct dashboard *dashboard)
{
    if (dashboard->next->going)
        player_run(dashboard->next);
    if (!dashboard->next->going)
        arrive(dashboard);
}

void sandbox_cancel(struct dashboard *dashboard)
{
    drop_next(dashboard);
    dashboard_say(dashboard, false, "left as it was");
}

/* Starts moving, for a moment. */
static void start(struct dashboard *d)
{
    if (d->next && !d->next->going)
        arrive(d);
}

/* ---- branches ---- */

/* The text of the shown branch, or of the trace up to here. 0, or -1 after filling error. */
static int begin_text(struct dashboard *d, struct text *text, struct error *error)
{
    const struct player *p = d->player;
    struct text source = {0};
    uint64_t steps = travel_here(p->travel).step;
    bool at_end = p->text && travel_ended(p->travel);
    if (source_text(p, &source, error))
        return -1;
    if (at_end && d->branch.lengths.len > 0) {
        *text = source;
        return 0;
    }
    int result = prefix_text(&source, steps, text, error);
    free(source.data);
    return result;
}

/* Copies the lengths of the branch that are within a text of len bytes. */
static int keep_lengths(struct dashboard *d, size_t len)
{
    vec_free(&d->next_branch.lengths);
    for (size_t i = 0; i < d->branch.lengths.len && d->branch.lengths.data[i] < len; i++)
        if (vec_push(&d->next_branch.lengths, d->branch.lengths.data[i]))
            return -1;
    return 0;
}

/* Copies the first bytes of a text: new, NUL-terminated. 0 or -1. */
static int copy_text(struct text *to, const char *from, size_t len)
{
    *to = (struct text){malloc(len + 1), len};
    if (!to->data)
        return -1;
    memcpy(to->data, from, len);
    to->data[len] = '\0';
    return 0;
}

static int append(struct text *text, const char *line, size_t len)
{
    char *more = realloc(text->data, text->len + len + 2);
    if (!more)
        return -1;
    memcpy(more + text->len, line, len);
    more[text->len + len] = '\n';
    more[text->len + len + 1] = '\0';
    text->data = more;
    text->len += len + 1;
    return 0;
}

void sandbox_line(struct dashboard *dashboard, const char *line, size_t len)
{
    struct error error = {0};
    struct text text = {0};
    struct play_options options = dashboard->player->options;
    if (dashboard->other) {
        dashboard_say(dashboard, false, "no branches while two runs are compared");
        return;
    }
    if (begin_text(dashboard, &text, &error)) {
        free(text.data);
        dashboard_complain(dashboard, &error);
        return;
    }
    drop_next(dashboard);
    size_t before = text.len;
    if (keep_lengths(dashboard, before) || vec_push(&dashboard->next_branch.lengths, before) ||
        append(&text, line, len)) {
        free(text.data);
        dashboard_say(dashboard, true, "out of memory");
        return;
    }
    struct branch branch = dashboard->next_branch; /* prepare drops the waiting player */
    dashboard->next_branch = (struct branch){0};
    if (!prepare(dashboard, PENDING_BRANCH, &options, &text, TRAVEL_END, 0)) {
        vec_free(&branch.lengths);
        return;
    }
    dashboard->next_branch = branch;
    start(dashboard);
}

void sandbox_undo(struct dashboard *dashboard)
{
    const struct player *p = dashboard->player;
    struct branch *branch = &dashboard->branch;
    if (branch->lengths.len == 0) {
        dashboard_say(dashboard, false, "nothing has been typed into this trace");
        return;
    }
    if (branch->lengths.len == 1) {
        sandbox_return(dashboard);
        return;
    }
    size_t len = branch->lengths.data[branch->lengths.len - 1];
    struct text text = {0};
    if (keep_lengths(dashboard, len) || copy_text(&text, p->text, len)) {
        dashboard_say(dashboard, true, "out of memory");
        return;
    }
    struct branch shorter = dashboard->next_branch;
    dashboard->next_branch = (struct branch){0};
    struct play_options options = p->options;
    if (!prepare(dashboard, PENDING_UNDO, &options, &text, TRAVEL_END, 0)) {
        vec_free(&shorter.lengths);
        return;
    }
    dashboard->next_branch = shorter;
    start(dashboard);
}

void sandbox_return(struct dashboard *dashboard)
{
    struct player *base = dashboard->base;
    if (!base) {
        dashboard_say(dashboard, false, "this is the trace itself");
        return;
    }
    drop_next(dashboard);
    vec_free(&dashboard->branch.lengths);
    dashboard->base = NULL;
    show(dashboard, base, false);
    dashboard_say(dashboard, false, "back in the trace");
}

void sandbox_save(struct dashboard *dashboard, const char *path)
{
    struct error error = {0};
    struct text text = {0};
    struct output out;
    if (begin_text(dashboard, &text, &error) || dashboard_output(dashboard, &out, path, &error)) {
        free(text.data);
        dashboard_complain(dashboard, &error);
        return;
    }
    fwrite(text.data, 1, text.len, out.file);
    free(text.data);
    if (output_finish(&out, &error))
        dashboard_complain(dashboard, &error);
    else
        dashboard_say(dashboard, false, "written: %s", path);
}

/* ---- another configuration, and reading the file again ---- */

void sandbox_set(struct dashboard *dashboard, const char *setting, size_t len)
{
    struct error error = {0};
    const struct player *p = dashboard->player;
    struct play_options options = p->options;
    const char *equals = memchr(setting, '=', len);
    if (!equals)
        equals = memchr(setting, ' ', len); /* as a trace writes it */
    if (!equals) {
        dashboard_say(dashboard, true, "set needs KEY=VALUE");
        return;
    }
    size_t key = (size_t)(equals - setting), value = len - key - 1;
    if (settings_set(&options.settings, SETTING_OPTION, setting, key, equals + 1, value, &error)) {
        dashboard_complain(dashboard, &error);
        return;
    }
    struct text text = {0};
    if (keep_lengths(dashboard, SIZE_MAX) || (p->text && copy_text(&text, p->text, p->text_len))) {
        dashboard_say(dashboard, true, "out of memory");
        return;
    }
    struct branch same = dashboard->next_branch;
    dashboard->next_branch = (struct branch){0};
    if (!prepare(dashboard, PENDING_SET, &options, p->text ? &text : NULL, TRAVEL_EVENT, player_event(p))) {
        vec_free(&same.lengths);
        return;
    }
    dashboard->next_branch = same;
    start(dashboard);
}

void sandbox_open(struct dashboard *dashboard, const char *path)
{
    struct play_options options = dashboard->player->options;
    options.path = path;
    if (prepare(dashboard, PENDING_OPEN, &options, NULL, TRAVEL_START, 0))
        start(dashboard);
}

void sandbox_reload(struct dashboard *dashboard)
{
    const struct player *p = dashboard->player;
    if (dashboard->base) {
        dashboard_say(dashboard, false, "this is a branch: :return goes back to the trace");
        return;
    }
    if (strcmp(p->options.path, "-") == 0) {
        dashboard_say(dashboard, false, "standard input cannot be read again");
        return;
    }
    struct play_options options = p->options;
    if (prepare(dashboard, PENDING_RELOAD, &options, NULL, TRAVEL_EVENT, player_event(p)))
        start(dashboard);
}
