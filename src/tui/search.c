/* search.c - finds objects by name and lines of the trace by text, and shows why an object is alive. */
#include "tui/dashboard.h"

#include "heap/figures.h"
#include "heap/retainers.h"
#include "report/labels.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define AHEAD 512 /* lines of the trace that are searched at a time */

/* ---- objects ---- */

uint32_t search_object(struct dashboard *dashboard, const char *name, size_t len)
{
    const struct player *p = dashboard->player;
    const struct heap *heap = player_heap(p);
    uint32_t id = names_find(&p->run->names, name, len);
    uint32_t object = heap && id != NAME_NONE ? heap_find(heap, id) : NONE;
    if (object != NONE)
        return object;
    const struct dead_name *dead = heap && id != NAME_NONE ? heap_find_dead(heap, id) : NULL;
    if (dead)
        dashboard_say(dashboard, false, "%.*s is no more: collected in event %" PRIu64, (int)len, name,
                      heap_collection_event(heap, dead->collection));
    else
        dashboard_say(dashboard, false, "no object \"%.*s\" in the heap here", (int)len, name);
    return NONE;
}

/* ---- lines ---- */

static bool contains(const char *text, size_t len, const char *what, size_t n)
{
    for (size_t i = 0; i + n <= len; i++)
        if (memcmp(text + i, what, n) == 0)
            return true;
    return false;
}

/* The first line from first to last that contains the text, or 0; *end: the file ends there. */
static uint64_t find_line(struct player *p, uint64_t first, uint64_t last, const char *text, size_t len, bool *end)
{
    *end = false;
    while (first <= last && !*end) {
        unsigned n = last - first >= AHEAD ? AHEAD : (unsigned)(last - first + 1);
        if (listing_read(&p->listing, first, 1, n - 1))
            return 0;
        for (size_t i = 0; i < p->listing.lines.len; i++) {
            const struct listing_line *line = &p->listing.lines.data[i];
            if (line->line >= first && contains(p->listing.text.data + line->at, line->len, text, len))
                return line->line;
        }
        *end = p->listing.lines.len < n;
        first += n;
    }
    return 0;
}

void search_find(struct dashboard *dashboard, const char *text, size_t len)
{
    struct player *p = dashboard->player;
    const struct heap *heap = player_heap(p);
    if (len == 0)
        return;
    uint32_t id = names_find(&p->run->names, text, len);
    if (heap && id != NAME_NONE && (heap_find(heap, id) != NONE || heap_find_dead(heap, id))) {
        uint32_t object = search_object(dashboard, text, len);
        if (object != NONE && scene_choose(&dashboard->scene, object))
            dashboard_say(dashboard, true, "out of memory");
        return;
    }
    bool end = false;
    uint64_t here = p->run->line, line = find_line(p, here + 1, UINT64_MAX - AHEAD, text, len, &end);
    if (line == 0)
        line = find_line(p, 1, here, text, len, &end);
    if (line == 0) {
        dashboard_say(dashboard, false, "neither an object nor a line \"%.*s\"", (int)len, text);
        return;
    }
    dashboard_go_line(dashboard, line);
}

/* ---- why ---- */

/* Writes one link of a path: what holds the next object. */
static void put_link(struct out *out, const struct heap *heap, const struct path_step *step)
{
    if (step->edge.link == PATH_SLOT) {
        uint32_t count;
        const struct slot *slots = object_slots(heap, step->edge.from, &count);
        if (step->edge.place < count)
            label_slot(out, heap, slots[step->edge.place].key);
    }
    out_words(out, step->edge.link == PATH_ROOT    ? "a root holds "
                   : step->edge.link == PATH_ENTRY ? " maps to "
                                                   : " → ");
    label_object(out, heap, step->object);
}

/* A path in words: new, or NULL without memory. */
static char *path_words(const struct heap *heap, const struct heap_path *path)
{
    struct out out;
    out_to_memory(&out);
    if (path->steps.len == 0)
        out_words(&out, "no root leads to it: it is garbage, and stays until a collection finds out");
    for (size_t i = 0; i < path->steps.len; i++)
        put_link(&out, heap, &path->steps.data[i]);
    return out_take(&out);
}

void search_tell_path(struct dashboard *dashboard, uint32_t object)
{
    const struct heap *heap = player_heap(dashboard->player);
    struct heap_path path = {0};
    char *text = NULL;
    if (heap->gc.running) {
        dashboard_say(dashboard, false, "in the middle of a collection pointers are in disorder: step out of it first");
        return;
    }
    if (heap_path(heap, object, &path) == 0)
        text = path_words(heap, &path);
    if (text)
        dashboard_say(dashboard, false, "%s", text);
    else
        dashboard_say(dashboard, true, "out of memory");
    free(text);
    vec_free(&path.steps);
}
