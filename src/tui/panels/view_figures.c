/* view_figures.c - the numbers of the run: memory, objects, collections, pauses, barriers, limits, spaces, survival. */
#include "tui/panels/views.h"
#include "tui/term/words.h"

#include "report/pause_figures.h"

#include <stdlib.h>
#include <string.h>

#define FIGURES_MOST 40
#define PERCENTILES_MOST 65536 /* with more pauses, percentiles wait until the machine stops */

struct figures {
    bool ascii;
    size_t n;
    struct figure {
        const char *name;
        char value[WORDS_ROOM];
    } list[FIGURES_MOST];
};

static char *next_value(struct figures *f, const char *name)
{
    struct figure *figure = &f->list[f->n < FIGURES_MOST - 1 ? f->n++ : f->n];
    figure->name = name;
    return figure->value;
}

static void add_size(struct figures *f, const char *name, uint64_t bytes)
{
    words_size(next_value(f, name), bytes);
}

static void add_count(struct figures *f, const char *name, uint64_t count)
{
    words_count(next_value(f, name), count);
}

static void add_time(struct figures *f, const char *name, uint64_t ns)
{
    words_time(next_value(f, name), ns, f->ascii);
}

/* ---- what they are ---- */

static void take_memory(struct figures *f, const struct heap *h)
{
    struct memory_usage memory = heap_memory_usage(h);
    add_size(f, "heapUsed", memory.heap_used);
    add_size(f, "heapTotal", memory.heap_total);
    add_size(f, "external", memory.external);
    add_size(f, "rss", memory.rss);
    add_count(f, "live objects", h->live);
    add_count(f, "collected", h->counters.collected);
}

static void take_collections(struct figures *f, const struct heap *h, const struct player_totals *totals)
{
    add_count(f, "scavenges", h->counters.scavenges);
    add_count(f, "majors", h->counters.mark_sweeps + h->counters.mark_compacts);
    add_size(f, "copied", totals->copied);
    add_size(f, "promoted", totals->promoted);
    uint64_t total, longest;
    pauses_sum(h, &total, &longest);
    add_time(f, "in pauses", total);
    add_time(f, "longest", longest);
}

/*
 * The 95th percentile of all pauses, and the share of all time that the program had. With many pauses, percentiles take
 * a while: then they wait until the machine stops.
 */
static void take_pauses(struct scene *scene, struct figures *f)
{
    const struct heap *h = scene->heap;
    struct pauses pauses = {0};
    uint64_t count = 0;
    for (unsigned kind = 0; kind < PAUSE_KINDS; kind++)
        count += h->pauses.totals[kind].count;
    bool known = count <= PERCENTILES_MOST || !scene->player->playing;
    if (known && pauses_of(h, PAUSES_ALL, &pauses))
        scene->canvas->failed = true;
    if (known)
        add_time(f, "pause p95", pauses.is.p95_ns);
    else
        strcpy(next_value(f, "pause p95"), "?");
    if (heap_now(h) > 0)
        snprintf(next_value(f, "to the program"), WORDS_ROOM, "%u %%", words_percent(heap_mutator_ns(h), heap_now(h)));
    else
        strcpy(next_value(f, "to the program"), "-");
}

static void take_limits(struct figures *f, const struct heap *h)
{
    uint64_t old = 0;
    for (enum space_id id = SPACE_OLD; id < SPACE_COUNT; id++)
        old += id == SPACE_NEW_LARGE ? 0 : h->spaces[id].used;
    add_size(f, "old bytes", old);
    add_size(f, "old limit", h->limits.old);
    add_count(f, "remembered", h->remembered.len);
    add_count(f, "barrier hits", h->counters.barriers_generational);
}

static void take_promotions(struct figures *f, const struct heap *h)
{
    static const char *const names[PROMOTION_RULE_COUNT] = {"by age", "by threshold", "by overflow", "by major",
                                                            "large"};
    for (int i = 0; i < PROMOTION_RULE_COUNT; i++)
        add_count(f, names[i], h->counters.promotion[i]);
}

static void take_rest(struct figures *f, const struct heap *h, const struct player_totals *totals)
{
    add_count(f, "remembered most", h->counters.remembered_peak);
    add_count(f, "marking steps", h->counters.incremental_steps);
    add_count(f, "marking barrier", h->counters.barriers_marking);
    add_count(f, "allocated", h->counters.allocated);
    add_size(f, "dead", totals->dead);
    uint64_t live;
    struct memory_usage peak = heap_peak(h, &live);
    add_size(f, "most heapUsed", peak.heap_used);
    add_count(f, "most objects", live);
    add_count(f, "weak cleared", h->counters.weak_cleared);
    add_count(f, "finalized", h->counters.finalized);
    add_time(f, "mutator", heap_mutator_ns(h));
}

static void take_figures(struct scene *scene, struct figures *f)
{
    const struct heap *h = scene->heap;
    const struct player_totals *totals = &scene->player->totals;
    *f = (struct figures){.ascii = scene->canvas->ascii};
    take_memory(f, h);
    take_collections(f, h, totals);
    take_pauses(scene, f);
    take_limits(f, h);
    take_promotions(f, h);
    take_rest(f, h, totals);
}

/* ---- on one line ---- */

/* The most important figures, as many as fit. */
static void draw_line(struct scene *scene, struct rect rect, const struct figures *f)
{
    static const struct {
        const char *name, *shown;
    } most[] = {{"heapUsed", "heapUsed"},     {"heapTotal", "heapTotal"}, {"external", "external"},
                {"remembered", "remembered"}, {"scavenges", "minor"},     {"majors", "major"}};
    enum { MOST = sizeof most / sizeof *most };
    struct canvas *c = scene->canvas;
    const char *value[MOST] = {NULL};
    int width[MOST] = {0}, x = rect.x + 1, end = rect.x + rect.w, all = 0;
    for (size_t k = 0; k < MOST; k++) {
        for (size_t i = 0; i < f->n && !value[k]; i++)
            if (strcmp(f->list[i].name, most[k].name) == 0)
                value[k] = f->list[i].value;
        width[k] = value[k] ? (int)(strlen(most[k].shown) + strlen(value[k])) + 1 : 0;
        all += width[k];
    }
    int gap = x + all + 3 * (MOST - 1) < end ? 3 : 2;
    for (size_t k = 0; k < MOST && value[k] && x + width[k] < end; k++) {
        x = canvas_string(c, rect, x, rect.y, STYLE_DIM, most[k].shown) + 1;
        x = canvas_string(c, rect, x, rect.y, STYLE_NORMAL, value[k]) + gap;
    }
}

/* ---- in a panel ---- */

/* Draws the table of spaces from row y on. Returns the row after it. */
static int draw_spaces(struct scene *scene, struct rect room, int y)
{
    struct canvas *c = scene->canvas;
    enum era era = scene->heap->config.era;
    bool wide = room.w >= 72;
    canvas_format(c, room, room.x + 2, y++, STYLE_DIM, "%-14s%8s%8s%6s%6s%s", "space", "used", "size", "occ", "frag",
                  wide ? "   wasted  objects  pages" : "");
    for (enum space_id id = 0; id < SPACE_COUNT; id++) {
        char text[5][WORDS_ROOM];
        if (!era_has_space(era, id))
            continue;
        struct space_figures f = heap_space_figures(scene->heap, id);
        words_size(text[0], f.used);
        words_size(text[1], f.size);
        words_size(text[2], f.wasted);
        words_count(text[3], f.objects);
        words_count(text[4], f.pages);
        enum style style = f.size > 0 ? STYLE_NORMAL : STYLE_FAINT;
        canvas_format(c, room, room.x + 2, y, style, "%-14s%8s%8s%4u %%%4u %%", space_name(era, id), text[0], text[1],
                      words_percent(f.occupancy, 1000000), words_percent(f.fragmentation, 1000000));
        if (wide)
            canvas_format(c, room, room.x + 44, y, style, "%9s%9s%7s", text[2], text[3], text[4]);
        y++;
    }
    return y;
}

/* Objects by the number of scavenges that they survived, living and dead. */
static int draw_survival(struct scene *scene, struct rect room, int y)
{
    struct canvas *c = scene->canvas;
    struct survival_list list = {0};
    uint64_t most = 1;
    if (heap_survival(scene->heap, &list))
        c->failed = true;
    for (size_t i = 0; i < list.counts.len; i++)
        most = list.counts.data[i] > most ? list.counts.data[i] : most;
    canvas_string(c, room, room.x + 2, y++, STYLE_DIM, "scavenges survived, and by how many objects");
    for (size_t i = 0; i < list.counts.len; i++, y++) {
        char count[WORDS_ROOM];
        words_count(count, list.counts.data[i]);
        canvas_format(c, room, room.x + 2, y, STYLE_NORMAL, "%4zu%12s", i, count);
        words_bar(c, room, room.x + 20, y, room.w - 24, STYLE_USED, list.counts.data[i], most);
    }
    vec_free(&list.counts);
    return y;
}

static int survival_rows(const struct heap *heap)
{
    return 1 + (int)heap->survival.len + 1;
}

void view_figures_draw(struct scene *scene, struct rect rect)
{
    struct figures f = {.n = 0};
    struct canvas *c = scene->canvas;
    if (scene->heap)
        take_figures(scene, &f);
    if (rect.h < 3) {
        draw_line(scene, rect, &f);
        return;
    }
    int across = rect.w >= 104 ? 4 : rect.w >= 72 ? 3 : rect.w >= 40 ? 2 : 1, width = (rect.w - 2) / across;
    int rows = (int)((f.n + (size_t)across - 1) / (size_t)across), all = rows, spaces = 0;
    for (enum space_id id = 0; scene->heap && id < SPACE_COUNT; id++)
        spaces += era_has_space(scene->heap->config.era, id);
    all += scene->heap ? 2 + spaces + 1 + survival_rows(scene->heap) : 0;
    int first = scene_first_row(scene, VIEW_FIGURES, all, rect.h - 1);
    char *right = all > rect.h - 1 ? view_text(scene, "%d of %d rows", rect.h - 1, all) : NULL;
    struct rect room = view_title(scene, VIEW_FIGURES, rect, "figures", right);
    free(right);
    for (size_t i = 0; i < f.n; i++) {
        int x = room.x + 2 + (int)(i % (size_t)across) * width, y = room.y + (int)(i / (size_t)across) - first;
        const char *name = f.list[i].name;
        int value = canvas_columns(c, f.list[i].value, strlen(f.list[i].value));
        canvas_fit(c, room, x, y, width - 4 - value, STYLE_DIM, name, strlen(name));
        canvas_string(c, room, x + width - 3 - value, y, STYLE_NORMAL, f.list[i].value);
    }
    if (scene->heap) {
        int y = draw_spaces(scene, room, room.y + rows + 1 - first);
        draw_survival(scene, room, y + 1);
    }
}
