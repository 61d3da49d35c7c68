/* side_by_side.c - one trace under two configurations, side by side and in step, with differences marked. */
#include "tui/dashboard.h"

#include "heap/figures.h"
#include "tui/term/words.h"

#include "report/pause_figures.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GAP 2 /* columns between the two */

int compare_open(struct dashboard *dashboard, const struct play_options *options, uint64_t (*clock)(void *),
                 void *clock_self, struct error *error)
{
    struct play_options with = *options;
    with.settings = *options->with;
    with.with = NULL;
    if (strcmp(options->path, "-") == 0)
        return error_set(error, ERROR_USAGE, 0, 0, "--with needs a trace that can be read twice, not standard input");
    dashboard->other = calloc(1, sizeof *dashboard->other);
    if (!dashboard->other)
        return error_memory(error);
    dashboard->other->listing.fd = -1;
    scene_init(&dashboard->other_scene, &dashboard->canvas, dashboard->other);
    return player_open(dashboard->other, &with, clock, clock_self, error);
}

void compare_close(struct dashboard *dashboard)
{
    if (!dashboard->other)
        return;
    scene_free(&dashboard->other_scene);
    player_close(dashboard->other);
    free(dashboard->other);
    dashboard->other = NULL;
}

void compare_follow(struct dashboard *dashboard)
{
    struct player *other = dashboard->other;
    if (!other || dashboard->player->going)
        return;
    struct travel_position here = travel_here(dashboard->player->travel), there = travel_here(other->travel);
    if (here.step != there.step && !(player_ended(other) && there.step < here.step))
        player_go(other, TRAVEL_STEP, here.step);
}

/* ---- figures ---- */

enum unit { FIGURE_NUMBER, FIGURE_BYTES, FIGURE_TIME };

/* X(name, unit, value of player p with heap h, memory m and pauses) */
#define FIGURES(X)                                                                                                     \
    X("heapUsed", FIGURE_BYTES, m.heap_used)                                                                           \
    X("heapTotal", FIGURE_BYTES, m.heap_total)                                                                         \
    X("time", FIGURE_TIME, heap_now(h))                                                                                \
    X("in pauses", FIGURE_TIME, total_ns)                                                                              \
    X("longest pause", FIGURE_TIME, longest_ns)                                                                        \
    X("scavenges", FIGURE_NUMBER, h->counters.scavenges)                                                               \
    X("majors", FIGURE_NUMBER, h->counters.mark_sweeps + h->counters.mark_compacts)                                    \
    X("copied", FIGURE_BYTES, p->totals.copied)                                                                        \
    X("promoted", FIGURE_BYTES, p->totals.promoted)                                                                    \
    X("dead, found", FIGURE_BYTES, p->totals.dead)                                                                     \
    X("objects", FIGURE_NUMBER, h->live)                                                                               \
    X("external", FIGURE_BYTES, m.external)                                                                            \
    X("old limit", FIGURE_BYTES, h->limits.old)                                                                        \
    X("remembered", FIGURE_NUMBER, h->remembered.len)                                                                  \
    X("barrier hits", FIGURE_NUMBER, h->counters.barriers_generational)

#define X(name, unit, value) +1
enum { FIGURE_COUNT = FIGURES(X) };
#undef X

static const struct {
    const char *name;
    enum unit unit;
} figures[FIGURE_COUNT] = {
#define X(name, unit, value) {name, unit},
    FIGURES(X)
#undef X
};

static void take_figures(const struct player *p, uint64_t out[FIGURE_COUNT])
{
    const struct heap *h = player_heap(p);
    memset(out, 0, FIGURE_COUNT * sizeof *out);
    if (!h)
        return;
    struct memory_usage m = heap_memory_usage(h);
    uint64_t total_ns, longest_ns;
    pauses_sum(h, &total_ns, &longest_ns);
    uint64_t values[FIGURE_COUNT] = {
#define X(name, unit, value) value,
        FIGURES(X)
#undef X
    };
    memcpy(out, values, sizeof values);
}

static const char *figure_words(char text[WORDS_ROOM], enum unit unit, uint64_t value, bool ascii)
{
    return unit == FIGURE_NUMBER  ? words_count(text, value)
           : unit == FIGURE_BYTES ? words_size(text, value)
                                  : words_time(text, value, ascii);
}

/* Draws <, > or = between the two columns; nothing if they are equal. */
static void draw_figure(struct dashboard *d, struct rect rect, int y, int i, const uint64_t left[],
                        const uint64_t right[])
{
    struct canvas *c = &d->canvas;
    char text[2][WORDS_ROOM];
    bool same = left[i] == right[i];
    int middle = rect.x + rect.w / 2;
    const char *a = figure_words(text[0], figures[i].unit, left[i], c->ascii);
    const char *b = figure_words(text[1], figures[i].unit, right[i], c->ascii);
    enum style style = same ? STYLE_DIM : STYLE_ACCENT;
    canvas_string(c, rect, rect.x + 1, y, STYLE_DIM, figures[i].name);
    canvas_string(c, rect, middle - 3 - canvas_columns(c, a, strlen(a)), y, style, a);
    canvas_string(c, rect, middle, y, style, same ? "=" : left[i] < right[i] ? "<" : ">");
    canvas_string(c, rect, middle + 4, y, style, b);
}

/* ---- the two sides ---- */

/* The keys of one configuration that differ from the other's: new, or NULL without memory. */
static char *differing_keys(const struct heap *heap, const struct heap *other)
{
    char *text = NULL;
    size_t room = 0;
    FILE *out = open_memstream(&text, &room);
    if (!out)
        return NULL;
    fputs(profile_word(heap->config.profile), out);
    if (heap->config.era != other->config.era)
        fprintf(out, " %s", era_word(heap->config.era));
    for (enum config_key key = 0; key < KEY_COUNT && heap->config.profile == other->config.profile; key++) {
        uint64_t value = config_value(&heap->config, key);
        const char *const *words = config_key_choices(key);
        if (value == config_value(&other->config, key))
            continue;
        fprintf(out, "  %s ", config_key_word(key));
        if (words)
            fputs(words[value], out);
        else
            fprintf(out, "%" PRIu64, value);
    }
    fclose(out);
    return text;
}

static const char *state_words(const struct player *p)
{
    const struct heap *h = player_heap(p);
    return p->state == RUN_FAILED ? "failed" : h && h->out_of_memory ? "OUT OF MEMORY" : NULL;
}

/* Is a single panel shown, of both runs? The note stays in any case. */
static bool alone(const struct scene *scene)
{
    return scene->zoomed && scene->focus < VIEW_COUNT && scene->focus != VIEW_NOTE;
}

/* Draws a panel of one run, if there is room for it. */
static void draw_panel(struct scene *scene, enum view_id id, struct rect rect)
{
    scene->place[id] = rect;
    if (rect.w >= view_at(id)->min_w && rect.h >= view_at(id)->min_h)
        view_at(id)->draw(scene, rect);
}

/* One run: its configuration, and its new space and old generation, or the zoomed panel. */
static void draw_side(struct dashboard *d, struct scene *scene, const struct scene *beside, struct rect rect, int young)
{
    char *keys = scene->heap && beside->heap ? differing_keys(scene->heap, beside->heap) : NULL;
    view_heading(&d->scene, (struct rect){rect.x, rect.y, rect.w, 1}, keys ? keys : "", state_words(scene->player));
    free(keys);
    memset(scene->place, 0, sizeof scene->place);
    if (alone(&d->scene)) {
        draw_panel(scene, d->scene.focus, (struct rect){rect.x, rect.y + 1, rect.w, rect.h - 1});
        return;
    }
    draw_panel(scene, VIEW_NEW, (struct rect){rect.x, rect.y + 1, rect.w, young});
    draw_panel(scene, VIEW_OLD, (struct rect){rect.x, rect.y + 1 + young, rect.w, rect.h - 1 - young});
}

static void draw_figures(struct dashboard *d, struct rect rect)
{
    uint64_t left[FIGURE_COUNT], right[FIGURE_COUNT];
    unsigned differ = 0;
    take_figures(d->player, left);
    take_figures(d->other, right);
    for (int i = 0; i < FIGURE_COUNT; i++)
        differ += left[i] != right[i];
    char words[WORDS_ROOM + 24];
    snprintf(words, sizeof words, "%u differ", differ);
    view_heading(&d->scene, (struct rect){rect.x, rect.y, rect.w, 1}, "figures", words);
    for (int i = 0; i < FIGURE_COUNT && i < rect.h - 1; i++)
        draw_figure(d, rect, rect.y + 1 + i, i, left, right);
}

int compare_draw(struct dashboard *dashboard)
{
    struct canvas *c = &dashboard->canvas;
    struct scene *left = &dashboard->scene, *right = &dashboard->other_scene;
    int note = note_rows(left, c->width, c->height), footer = footer_rows(left, c->width, c->height);
    int body = c->height - 1 - note - footer, half = (c->width - GAP) / 2;
    if (c->width < SCREEN_MIN_WIDTH + 6 || c->height < SCREEN_MIN_HEIGHT)
        return scene_draw(left); /* no room for two: draws the first one, or how much room is needed */
    if (alone(left) && half < view_at(left->focus)->min_w)
        return scene_draw(left);
    canvas_clear(c);
    if (scene_begin(left) || scene_begin(right))
        return -1;
    int rows = body * 45 / 100 > FIGURE_COUNT + 1 ? FIGURE_COUNT + 1 : body * 40 / 100;
    rows = alone(left) ? 0 : rows;
    int sides = body - rows;
    int young = (sides - 1) * 45 / 100 < 5 ? 5 : (sides - 1) * 45 / 100;
    draw_side(dashboard, left, right, (struct rect){0, 1, half, sides}, young);
    draw_side(dashboard, right, left, (struct rect){c->width - half, 1, half, sides}, young);
    if (rows > 0)
        draw_figures(dashboard, (struct rect){0, 1 + sides, c->width, rows});
    left->place[VIEW_TOP] = (struct rect){0, 0, c->width, 1};
    left->place[VIEW_NOTE] = (struct rect){0, c->height - footer - note, c->width, note};
    left->place[VIEW_FOOTER] = (struct rect){0, c->height - footer, c->width, footer};
    view_at(VIEW_TOP)->draw(left, left->place[VIEW_TOP]);
    view_at(VIEW_NOTE)->draw(left, left->place[VIEW_NOTE]);
    view_at(VIEW_FOOTER)->draw(left, left->place[VIEW_FOOTER]);
    scene_draw_cursor(left);
    if (left->note_page > 0)
        view_whole_note_draw(left, canvas_all(c));
    if (left->help)
        view_help_draw(left, canvas_all(c));
    return c->failed ? -1 : 0;
}
