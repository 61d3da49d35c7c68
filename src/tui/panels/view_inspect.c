/* view_inspect.c - one object: what it is, where it lies, why it is alive, what points to it, and its life so far. */
#include "tui/panels/views.h"
#include "tui/term/words.h"

#include "heap/leaks.h"
#include "heap/objects.h"
#include "heap/retainers.h"
#include "heap/slots.h"
#include "report/labels.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define CHOOSE "click an object, or Tab, arrows, Enter"
#define LABEL 9              /* columns of the labels */
#define HOLDERS_MOST 64      /* holders that are named */
#define SEARCH_MOST 2000000u /* object records up to which holders and paths are searched for */

/* ---- what is known of it ---- */

/* Adds a holder of the object. 0, or -1 without memory. */
static int add_holder(struct inspection *in, uint32_t from, uint32_t key, uint8_t link)
{
    in->holder_count++;
    if (in->holders.len >= HOLDERS_MOST)
        return 0;
    return vec_push(&in->holders, ((struct holder){from, key, link}));
}

static int find_holders(const struct heap *heap, struct inspection *in)
{
    in->holders.len = 0;
    in->holder_count = 0;
    for (uint32_t i = 0; i < heap->objects.len; i++) {
        uint32_t count;
        if (heap->objects.data[i].bits & OBJECT_FREE)
            continue;
        const struct slot *slots = object_slots(heap, i, &count);
        for (uint32_t s = 0; s < count; s++)
            if (slots[s].target == in->object && add_holder(in, i, slots[s].key, PATH_SLOT))
                return -1;
        const struct entry *entries = object_entries(heap, i, &count);
        for (uint32_t e = 0; e < count; e++)
            if (entry_value(&entries[e]) == in->object && add_holder(in, i, 0, PATH_ENTRY))
                return -1;
    }
    return 0;
}

/* Asks leak analysis about the object. 0, or -1 without memory. */
static int analyse(const struct heap *heap, struct inspection *in)
{
    struct leaks leaks;
    if (leaks_find(heap, &leaks))
        return -1;
    in->site = *leaks_site_of(&leaks, heap, in->object);
    in->stale = leaks_stale(&leaks, heap, in->object);
    in->verdict = leaks.verdict;
    leaks_free(&leaks);
    return 0;
}

/* Computes what takes a walk through the heap, once for each state of it. */
static void inspect(struct scene *scene, uint32_t object)
{
    const struct heap *heap = scene->heap;
    struct inspection *in = &scene->inspection;
    if (in->fresh && in->at == scene->player->moved && in->object == object)
        return;
    in->fresh = true;
    in->at = scene->player->moved;
    in->object = object;
    in->searched = heap->objects.len <= SEARCH_MOST;
    in->path.steps.len = 0;
    in->analysed = in->searched && heap->growth.majors >= STALE_AFTER;
    if (in->searched && (find_holders(heap, in) || heap_path(heap, object, &in->path)))
        scene->canvas->failed = true;
    if (in->analysed && analyse(heap, in))
        scene->canvas->failed = true;
}

/* ---- words that wrap ---- */

/* A paragraph after a label: words that wrap to the next row. */
struct flow {
    struct scene *scene;
    struct rect room; /* clips */
    int x, y;
};

static void flow_begin(struct flow *flow, const char *label)
{
    canvas_string(flow->scene->canvas, flow->room, flow->room.x + 2, flow->y, STYLE_DIM, label);
    flow->x = flow->room.x + 2 + LABEL;
}

static void flow_end(struct flow *flow)
{
    flow->y++;
}

/*
 * Adds a word, and what it refers to: an object, an event, or (both NONE and 0) nothing. It is cut if it is longer than
 * a row.
 */
static void flow_word(struct flow *flow, const char *word, enum style style, uint32_t object, uint64_t event)
{
    struct canvas *c = flow->scene->canvas;
    int left = flow->room.x + 2 + LABEL, end = flow->room.x + flow->room.w - 1;
    int columns = canvas_columns(c, word, strlen(word));
    if (flow->x > left && flow->x + columns > end) {
        flow->x = left;
        flow->y++;
    }
    int x = canvas_fit(c, flow->room, flow->x, flow->y, end - flow->x, style, word, strlen(word));
    bool seen = flow->y >= flow->room.y && flow->y < flow->room.y + flow->room.h;
    if (seen && object != NONE)
        scene_mark_object(flow->scene, flow->x, flow->y, x - flow->x, object);
    else if (seen && event > 0)
        scene_mark_event(flow->scene, flow->x, flow->y, x - flow->x, event);
    flow->x = x + 2;
}

/* Adds the words in out, and frees them. */
static void flow_out(struct flow *flow, struct out *out, enum style style, uint32_t object, uint64_t event)
{
    char *text = out_take(out);
    if (text)
        flow_word(flow, text, style, object, event);
    else
        flow->scene->canvas->failed = true;
    free(text);
}

/* ---- the paragraphs ---- */

static void draw_where(struct flow *flow, uint32_t object)
{
    const struct heap *heap = flow->scene->heap;
    const struct object *o = &heap->objects.data[object];
    enum space_id space = object_space(o);
    struct out out;
    flow_begin(flow, "where");
    out_to_memory(&out);
    out_words(&out, space_name(heap->config.era, space));
    flow_out(flow, &out, STYLE_NORMAL, NONE, 0);
    out_to_memory(&out);
    if (!space_large(space))
        out_format(&out, "page %u:%" PRIu64, (unsigned)o->page, (uint64_t)o->offset * UNIT);
    else
        out_words(&out, "a region of its own");
    flow_out(flow, &out, STYLE_NORMAL, NONE, 0);
    out_to_memory(&out);
    out_format(&out, "0x%" PRIx64, object_address(heap, object));
    flow_out(flow, &out, STYLE_DIM, NONE, 0);
    flow_end(flow);
}

static void draw_state(struct flow *flow, uint32_t object)
{
    struct scene *scene = flow->scene;
    const struct heap *heap = scene->heap;
    const struct object *o = &heap->objects.data[object];
    const struct inspection *in = &scene->inspection;
    struct out out;
    flow_begin(flow, "state");
    if (object_rooted(o))
        flow_word(flow, "rooted", STYLE_NORMAL, NONE, 0);
    else if (in->searched)
        flow_word(flow, in->path.steps.len > 0 ? "reachable" : "garbage", STYLE_NORMAL, NONE, 0);
    out_to_memory(&out);
    out_format(&out, "age %u", (unsigned)object_age(heap, object));
    flow_out(flow, &out, STYLE_NORMAL, NONE, 0);
    if (scene_marking(scene))
        flow_word(flow, color_word(object_color(o)), STYLE_NORMAL, NONE, 0);
    if (o->bits & OBJECT_REMEMBERED)
        flow_word(flow, "in the remembered set", STYLE_NORMAL, NONE, 0);
    if (o->bits & OBJECT_FINALIZE)
        flow_word(flow, "to be finalized", STYLE_NORMAL, NONE, 0);
    uint64_t external = object_external(heap, object);
    if (external > 0) {
        char size[WORDS_ROOM];
        out_to_memory(&out);
        out_format(&out, "external %s", words_size(size, external));
        flow_out(flow, &out, STYLE_NORMAL, NONE, 0);
    }
    flow_end(flow);
}

/* Where it was allocated, and whether it is forgotten (heap/leaks.h). */
static void draw_site(struct flow *flow, uint32_t object)
{
    const struct heap *heap = flow->scene->heap;
    const struct inspection *in = &flow->scene->inspection;
    uint32_t name = heap->cold.data[object].site, idle = object_idle(&heap->objects.data[object]);
    struct out out;
    flow_begin(flow, "site");
    out_to_memory(&out);
    if (name == NAME_NONE)
        out_words(&out, leak_site_word(SITE_TOP));
    else
        label_name(&out, heap, name);
    flow_out(flow, &out, STYLE_NORMAL, NONE, 0);
    if (idle > 0) {
        out_to_memory(&out);
        out_format(&out, "not named for %s%u major%s", idle == 7 ? "at least " : "", (unsigned)idle,
                   idle == 1 ? "" : "s");
        out_words(&out, in->analysed && in->stale ? ": stale" : "");
        flow_out(flow, &out, STYLE_NORMAL, NONE, 0);
    }
    if (in->analysed && in->site.class != LEAK_NONE) {
        out_to_memory(&out);
        out_format(&out, "%s: %" PRIu64 " of %" PRIu64 " stale", leak_class_word(in->site.class), in->site.stale,
                   in->site.allocations);
        flow_out(flow, &out, STYLE_NORMAL, NONE, 0);
    }
    if (in->analysed && in->verdict == VERDICT_GROWING)
        flow_word(flow, "the heap is growing", STYLE_NORMAL, NONE, 0);
    flow_end(flow);
}

/* "list.next": a holder and its slot. */
static void put_holder(struct out *out, const struct heap *heap, const struct holder *holder)
{
    label_object(out, heap, holder->from);
    if (holder->link == PATH_SLOT)
        label_slot(out, heap, holder->key);
    else
        out_words(out, " (entry)");
    if (holder->link == PATH_SLOT && (holder->key & SLOT_WEAK))
        out_words(out, " (weak)");
}

static void draw_holders(struct flow *flow)
{
    const struct scene *scene = flow->scene;
    const struct inspection *in = &scene->inspection;
    struct out out;
    flow_begin(flow, "held by");
    if (!in->searched)
        flow_word(flow, "the heap is too large to look", STYLE_DIM, NONE, 0);
    else if (in->holder_count == 0)
        flow_word(flow, "no object", STYLE_DIM, NONE, 0);
    for (size_t i = 0; in->searched && i < in->holders.len; i++) {
        out_to_memory(&out);
        put_holder(&out, scene->heap, &in->holders.data[i]);
        flow_out(flow, &out, STYLE_NORMAL, in->holders.data[i].from, 0);
    }
    if (in->searched && in->holder_count > in->holders.len) {
        out_to_memory(&out);
        out_format(&out, "and %" PRIu64 " more", in->holder_count - in->holders.len);
        flow_out(flow, &out, STYLE_DIM, NONE, 0);
    }
    flow_end(flow);
}

/* One reference of the object: slot, arrow, target. */
static void draw_reference(struct flow *flow, uint32_t slot, uint32_t key, uint32_t target)
{
    const struct heap *heap = flow->scene->heap;
    struct out out;
    out_to_memory(&out);
    if (key != NONE)
        label_object(&out, heap, key);
    else
        label_slot(&out, heap, slot);
    out_format(&out, "%s%s ", out.len > 0 ? " " : "", glyph_text(GLYPH_TO, flow->scene->canvas->ascii));
    label_object(&out, heap, target);
    if (key == NONE && (slot & SLOT_WEAK))
        out_words(&out, " (weak)");
    flow_out(flow, &out, STYLE_NORMAL, target, 0);
}

static void draw_references(struct flow *flow, uint32_t object)
{
    const struct heap *heap = flow->scene->heap;
    uint32_t count, shown = 0;
    flow_begin(flow, "holds");
    const struct slot *slots = object_slots(heap, object, &count);
    for (uint32_t i = 0; i < count && shown < HOLDERS_MOST; i++)
        if (slots[i].target != NONE) {
            draw_reference(flow, slots[i].key, NONE, slots[i].target);
            shown++;
        }
    const struct entry *entries = object_entries(heap, object, &count);
    for (uint32_t i = 0; i < count && shown < HOLDERS_MOST; i++)
        if (entry_key(&entries[i]) != NONE) {
            draw_reference(flow, 0, entry_key(&entries[i]), entry_value(&entries[i]));
            shown++;
        }
    if (shown == 0)
        flow_word(flow, "nothing", STYLE_DIM, NONE, 0);
    else if (shown == HOLDERS_MOST)
        flow_word(flow, "and more", STYLE_DIM, NONE, 0);
    flow_end(flow);
}

/* The name of the scope that a root's handle belongs to, or "". */
static void put_scope(struct out *out, const struct heap *heap, uint32_t handle)
{
    size_t i = heap->scopes.len;
    while (i > 1 && heap->scopes.data[i - 1].base > handle)
        i--;
    uint32_t name = i > 0 ? heap->scopes.data[i - 1].name : NAME_NONE;
    if (i > 1 && name != NAME_NONE) {
        out_words(out, "scope ");
        label_name(out, heap, name);
    } else {
        out_words(out, i > 1 ? "a scope" : "root");
    }
}

static void draw_path(struct flow *flow)
{
    const struct scene *scene = flow->scene;
    const struct heap *heap = scene->heap;
    const struct inspection *in = &scene->inspection;
    if (!in->searched)
        return;
    flow_begin(flow, "alive by");
    if (in->path.steps.len == 0)
        flow_word(flow, "nothing: the program cannot reach it", STYLE_NORMAL, NONE, 0);
    for (size_t i = 0; i < in->path.steps.len; i++) {
        const struct path_step *step = &in->path.steps.data[i];
        struct out out;
        uint32_t count;
        out_to_memory(&out);
        if (step->edge.link == PATH_ROOT) {
            put_scope(&out, heap, step->edge.place);
        } else if (step->edge.link == PATH_SLOT) {
            const struct slot *slots = object_slots(heap, step->edge.from, &count);
            label_slot(&out, heap, slots[step->edge.place].key);
        } else {
            out_words(&out, " entry");
        }
        out_format(&out, "%s%s ", out.len > 0 ? " " : "", glyph_text(GLYPH_TO, scene->canvas->ascii));
        label_object(&out, heap, step->object);
        flow_out(flow, &out, STYLE_NORMAL, step->object, 0);
    }
    flow_end(flow);
}

/* "promoted 41": what happened to it at which events. */
static void draw_life(struct flow *flow)
{
    const struct scene *scene = flow->scene;
    const struct travel_history *life = scene->life;
    flow_begin(flow, "life");
    if (!life)
        flow_word(flow, scene->player->playing ? "not while playing" : glyph_text(GLYPH_ELLIPSIS, scene->canvas->ascii),
                  STYLE_DIM, NONE, 0);
    for (size_t i = 0; life && i < life->moments.len; i++) {
        const struct travel_moment *m = &life->moments.data[i];
        struct out out;
        char event[WORDS_ROOM];
        out_to_memory(&out);
        out_format(&out, "%s %s", travel_moment_word(m->kind), words_count(event, m->event));
        flow_out(flow, &out, m->event == player_event(scene->player) ? STYLE_ACCENT : STYLE_NORMAL, NONE, m->event);
    }
    flow_end(flow);
}

/* ---- the panel ---- */

static char *heading_of(struct scene *scene, uint32_t object)
{
    char size[WORDS_ROOM];
    const struct object *o = &scene->heap->objects.data[object];
    words_size(size, object_bytes(o));
    return view_text(scene, "%s, %s", object_kind_word(object_kind(o)), size);
}

/* For an object that is dead, or in a heap that is not shown. */
static void draw_gone(struct scene *scene, struct rect room)
{
    const struct heap *heap = scene->heap;
    const struct dead_name *dead = NULL;
    struct flow flow = {scene, room, room.x, room.y};
    bool elsewhere = scene_elsewhere(scene);
    if (heap && scene->object_name && !elsewhere) {
        uint32_t name = names_find(heap->names, scene->object_name, strlen(scene->object_name));
        dead = name == NAME_NONE ? NULL : heap_find_dead(heap, name);
    }
    flow_begin(&flow, "state");
    if (!dead) {
        flow_word(&flow, elsewhere ? "it is in the heap of another worker" : "it is not in the heap here", STYLE_NORMAL,
                  NONE, 0);
        return;
    }
    uint64_t event = heap_collection_event(heap, dead->collection);
    char *text = view_text(scene, "dead: collection %u took it, at event %" PRIu64, (unsigned)dead->collection, event);
    if (text)
        flow_word(&flow, text, STYLE_NORMAL, NONE, event);
    free(text);
}

void view_inspect_draw(struct scene *scene, struct rect rect)
{
    uint32_t object = scene_chosen(scene);
    const char *name = scene->object_name ? scene->object_name : "an unnamed object";
    if (!scene->chosen || object == NONE) {
        bool none = !scene->chosen;
        struct rect room = view_title(scene, VIEW_INSPECT, rect, none ? "inspector" : name, NULL);
        if (none)
            canvas_fit(scene->canvas, room, room.x + 2, room.y, room.w - 2, STYLE_DIM, CHOOSE, strlen(CHOOSE));
        else
            draw_gone(scene, room);
        return;
    }
    inspect(scene, object);
    char *right = heading_of(scene, object);
    struct rect room = view_title(scene, VIEW_INSPECT, rect, name, right);
    free(right);
    int *first = &scene->scroll[VIEW_INSPECT];
    *first = *first < 0 ? 0 : *first > scene->inspection.rows - room.h ? scene->inspection.rows - room.h : *first;
    *first = *first < 0 ? 0 : *first;
    struct flow flow = {scene, room, room.x, room.y - *first};
    draw_where(&flow, object);
    draw_state(&flow, object);
    draw_life(&flow);
    draw_path(&flow);
    draw_site(&flow, object);
    draw_holders(&flow);
    draw_references(&flow, object);
    scene->inspection.rows = flow.y + *first - room.y;
}
