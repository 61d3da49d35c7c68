/* view_top.c - the frame around the panels: top line, help. */
#include "gc/gc.h"
#include "tui/panels/views.h"
#include "tui/term/keys.h"
#include "tui/term/words.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* ---- top line ---- */

/* The bytes that marking has scanned, in percent of all bytes in the heap. */
static unsigned marked_percent(const struct heap *heap)
{
    return words_percent(heap->marking.scanned, heap_memory_usage(heap).heap_used);
}

/* What the collector is doing or has just done; NULL: nothing. */
static char *collecting_words(struct scene *scene)
{
    static const char *const done[COLLECTION_TYPES] = {"SCAVENGE", "MARK-SWEEP", "MARK-COMPACT"};
    const struct player *p = scene->player;
    switch (gc_activity(scene->heap)) {
    case GC_SCAVENGING: return view_text(scene, " SCAVENGE ");
    case GC_MARKING: return view_text(scene, " MARKING %u %% ", marked_percent(scene->heap));
    case GC_SWEEPING: return view_text(scene, " SWEEPING ");
    case GC_PROMOTING: return view_text(scene, " PROMOTING ");
    case GC_EVACUATING: return view_text(scene, " EVACUATING ");
    case GC_MUTATOR: break;
    }
    if (p->collection_event > 0 && p->collection_event == run_events(p->run))
        return view_text(scene, " %s ", done[p->collection_type < COLLECTION_TYPES ? p->collection_type : 0]);
    return NULL;
}

/* What the machine is doing, or has just done: new, or NULL without memory. */
static char *doing(struct scene *scene, enum style *style)
{
    const struct player *p = scene->player;
    *style = STYLE_ALARM;
    if (p->state == RUN_FAILED)
        return view_text(scene, " ERROR ");
    if (player_shown(p)->ready && player_shown(p)->heap.out_of_memory)
        return view_text(scene, " OUT OF MEMORY ");
    *style = STYLE_STATE;
    char *words = scene->heap ? collecting_words(scene) : NULL;
    if (words)
        return words;
    *style = STYLE_DIM;
    if (p->state == RUN_ENDED || p->waiting)
        return view_text(scene, p->waiting ? "waiting" : "end");
    if (!scene->heap)
        return view_text(scene, "mutator");
    uint64_t unswept = 0;
    for (enum space_id id = 0; id < SPACE_COUNT; id++)
        unswept += scene->heap->spaces[id].unswept_pages;
    if (scene->heap->marking.active) {
        *style = STYLE_ACCENT;
        return view_text(scene, "marking %u %%", marked_percent(scene->heap));
    }
    if (unswept > 0)
        return view_text(scene, "%" PRIu64 " unswept", unswept);
    return view_text(scene, player_shown(p) == p->run->current ? "mutator" : "not running");
}

/* Draws text that ends at column end, if more than least columns are left of it. Returns where the next text ends. */
static int draw_left_of(struct scene *scene, struct rect rect, int end, int width, int least, enum style style,
                        const char *text)
{
    struct canvas *c = scene->canvas;
    int columns = canvas_columns(c, text, strlen(text));
    width = columns > width ? columns : width;
    if (end - width < least)
        return end;
    canvas_string(c, rect, end - columns, rect.y, style, text);
    return end - width - 2;
}

/* How far a collection has been walked through. */
static void words_walk(char out[WORDS_ROOM], const struct walk *walk)
{
    if (walk->at == walk->of)
        snprintf(out, WORDS_ROOM, "%" PRIu64, walk->at);
    else if (walk->of < 1000)
        snprintf(out, WORDS_ROOM, "%" PRIu64 "/%" PRIu64, walk->at, walk->of);
    else
        snprintf(out, WORDS_ROOM, "%u %%", words_percent(walk->at, walk->of));
}

static void draw_play(struct scene *scene, struct rect rect, int *end, int least, bool words)
{
    const struct player *p = scene->player;
    struct canvas *c = scene->canvas;
    char speed[WORDS_ROOM];
    bool seeking = p->going;
    enum glyph glyph = player_ended(p) ? GLYPH_STOPPED : p->playing || seeking ? GLYPH_ARROW : GLYPH_PAUSED;
    if (p->walk.of > 0 && p->playing)
        words_walk(speed, &p->walk);
    else if (p->automatic && !p->playing && !seeking)
        snprintf(speed, sizeof speed, "auto");
    else
        words_speed(speed, seeking ? 0 : player_speed(p));
    int at = *end - (words ? 8 : 1);
    if (at < least)
        return;
    canvas_glyph(c, rect, at, rect.y, p->playing || seeking ? STYLE_ACCENT : STYLE_DIM, glyph);
    if (words)
        canvas_string(c, rect, at + 2, rect.y, p->playing || seeking ? STYLE_NORMAL : STYLE_DIM, speed);
    *end = at - 2;
}

static const char *title_of(const struct player *p)
{
    return p->run->title ? p->run->title : "heapreel";
}

/*
 * Whose heap is shown, to precede the title: new; NULL without memory, or if the trace has no worker yet. Includes the
 * running worker, and the one the user has selected, if they differ.
 */
static char *worker_words(struct scene *scene)
{
    const struct player *p = scene->player;
    const char *shown = worker_name(player_shown(p)), *runs = worker_name(p->run->current);
    const char *dot = glyph_text(GLYPH_DOT, scene->canvas->ascii);
    if (p->stay && !player_stays(p))
        return view_text(scene, "%s (no %s yet) %s ", shown, p->stay, dot);
    if (p->stay && player_shown(p) != p->run->current)
        return view_text(scene, "%s (%s runs) %s ", shown, runs, dot);
    if (p->stay)
        return view_text(scene, "%s (kept) %s ", shown, dot);
    return run_has_workers(p->run) ? view_text(scene, "%s %s ", shown, dot) : NULL;
}

char *profile_words(struct scene *scene)
{
    const char *profile = profile_word(scene->heap->config.profile), *era = era_word(scene->heap->config.era);
    if (strcmp(profile, era) == 0)
        return view_text(scene, "%s", profile);
    return view_text(scene, "%s %s %s", profile, glyph_text(GLYPH_DOT, scene->canvas->ascii), era);
}

#define TOP_REST 76 /* columns of the top line besides the title */

bool profile_in_top(struct scene *scene, int width)
{
    const char *title = title_of(scene->player);
    char *worker = worker_words(scene);
    int columns = canvas_columns(scene->canvas, title, strlen(title));
    columns += worker ? canvas_columns(scene->canvas, worker, strlen(worker)) : 0;
    free(worker);
    return scene->heap && columns + TOP_REST <= width;
}

/* What the top line leaves out so that the title fits, in this order. */
struct brevity {
    bool speed, words, time; /* left out: the speed, "event" and "of", the time */
};

/* The position in events, of so many; narrow: only the numbers. */
static void words_position(char out[2 * WORDS_ROOM + 16], uint64_t at, const struct player *p, bool narrow)
{
    char number[WORDS_ROOM], count[WORDS_ROOM];
    bool all;
    words_count(number, at);
    words_count(count, player_events(p, &all));
    snprintf(out, 2 * WORDS_ROOM + 16, narrow ? "%s/%s%s" : "event %s of %s%s", number, count, all ? "" : "+");
}

static int state_width(struct rect rect)
{
    return rect.w >= 100 ? 15 : rect.w >= 76 ? 14 : 12;
}

/* The columns that the line takes besides the title, at the end of the trace, so that they do not change on the way. */
static int rest_width(const struct player *p, struct rect rect, struct brevity b)
{
    char text[2 * WORDS_ROOM + 16];
    bool all;
    words_position(text, player_events(p, &all), p, b.words);
    return 1 + state_width(rect) + 2 + (b.speed ? 1 : 8) + 2 + (b.time ? 0 : 10) + (int)strlen(text) + 2 + 1;
}

static struct brevity brevity_of(struct scene *scene, struct rect rect)
{
    const char *title = title_of(scene->player);
    char *worker = worker_words(scene);
    int columns = canvas_columns(scene->canvas, title, strlen(title));
    columns += worker ? canvas_columns(scene->canvas, worker, strlen(worker)) : 0;
    free(worker);
    columns = scene->face ? columns / 2 + canvas_columns(scene->canvas, scene->face, strlen(scene->face)) : columns;
    static const struct brevity steps[] = {{0}, {.speed = true}, {.speed = true, .words = true}};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        if (columns + rest_width(scene->player, rect, steps[i]) <= rect.w)
            return steps[i];
    return (struct brevity){true, true, true};
}

void view_top_draw(struct scene *scene, struct rect rect)
{
    const struct player *p = scene->player;
    struct canvas *c = scene->canvas;
    struct brevity brief = brevity_of(scene, rect);
    char text[2 * WORDS_ROOM + 16];
    enum style style;
    char *state = doing(scene, &style);
    int least = rect.x + 14, end = rect.x + rect.w - 1;
    if (state)
        end = draw_left_of(scene, rect, end, state_width(rect), least, style, state);
    free(state);
    draw_play(scene, rect, &end, least, !brief.speed);
    if (scene->heap && !brief.time) {
        words_time(text, heap_now(scene->heap), c->ascii);
        end = draw_left_of(scene, rect, end, 8, least, STYLE_NORMAL, text);
    }
    words_position(text, run_events(p->run), p, brief.words);
    end = draw_left_of(scene, rect, end, brief.words ? 0 : 10, least, STYLE_NORMAL, text);
    const char *title = title_of(p);
    char *profile = profile_in_top(scene, rect.w) ? profile_words(scene) : NULL;
    if (profile)
        end = draw_left_of(scene, rect, end, 16, least, STYLE_DIM, profile);
    free(profile);
    char *worker = worker_words(scene);
    int x = rect.x + 1;
    if (scene->face) {
        x = canvas_fit(c, rect, x, rect.y, end - x, STYLE_STATE, scene->face, strlen(scene->face)) + 1;
        end = end - x > 4 ? end : x; /* no scrap of the title */
    }
    if (worker)
        x = canvas_fit(c, rect, x, rect.y, end - x, STYLE_ACCENT, worker, strlen(worker));
    free(worker);
    canvas_fit(c, rect, x, rect.y, end - x, STYLE_TITLE, title, strlen(title));
}
