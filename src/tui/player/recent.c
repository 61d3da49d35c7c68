/* recent.c - puts happenings into words, gathers, counts and forgets them. */
#include "tui/player/recent.h"

#include "report/labels.h"
#include "report/report.h"
#include "tui/term/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void recent_free(struct recent_events *recent_events)
{
    for (size_t i = 0; i < HAPPENED_LINES; i++)
        free(recent_events->lines[i].text);
    vec_free(&recent_events->trails);
    vec_free(&recent_events->names);
    *recent_events = (struct recent_events){0};
}

/* Takes over text, which must be from malloc. */
static void take_line(struct recent_events *recent_events, uint64_t event, enum happening_kind kind, char *text)
{
    struct recent_line *line = &recent_events->lines[recent_events->count++ % HAPPENED_LINES];
    free(line->text);
    line->event = event;
    line->kind = kind;
    line->text = text;
}

int recent_say(struct recent_events *recent_events, uint64_t event, const char *text, size_t len)
{
    char *copy = malloc(len + 1);
    if (!copy)
        return -1;
    memcpy(copy, text, len);
    copy[len] = '\0';
    take_line(recent_events, event, HAPPENING_COUNT, copy);
    return 0;
}

/* ---- the dead: one line for all that one collection found ---- */

static int gather_dead(struct recent_events *recent_events, const struct heap *heap, const struct happening *happening)
{
    char buffer[NAME_DIGITS];
    size_t len;
    uint32_t name = heap->objects.data[happening->object].name;
    recent_events->dead++;
    recent_events->dead_bytes += happening->value[DEAD_size];
    recent_events->dead_event = heap->event;
    if (recent_events->named >= HAPPENED_NAMES || name == NAME_NONE)
        return 0;
    const char *text = names_text(heap->names, name, buffer, &len);
    if (vec_reserve(&recent_events->names, len + 1))
        return -1;
    if (recent_events->names.len > 0)
        recent_events->names.data[recent_events->names.len++] = ' ';
    memcpy(recent_events->names.data + recent_events->names.len, text, len);
    recent_events->names.len += len;
    recent_events->named++;
    return 0;
}

static int flush_dead(struct recent_events *recent_events)
{
    if (recent_events->dead == 0)
        return 0;
    char size[WORDS_ROOM], more[WORDS_ROOM + 16] = "";
    uint64_t rest = recent_events->dead - recent_events->named;
    words_size(size, recent_events->dead_bytes);
    if (rest > 0 && recent_events->named > 0) {
        char count[WORDS_ROOM];
        words_count(count, rest);
        snprintf(more, sizeof more, " and %s more", count);
    }
    int len, names = (int)recent_events->names.len;
    const char *who = names > 0 ? recent_events->names.data : "";
    const char *format = recent_events->named == 0 ? "%llu dead, %s%.*s%s" : "%llu dead, %s: %.*s%s";
    len = snprintf(NULL, 0, format, (unsigned long long)recent_events->dead, size, names, who, more);
    char *text = len < 0 ? NULL : malloc((size_t)len + 1);
    if (!text)
        return -1;
    snprintf(text, (size_t)len + 1, format, (unsigned long long)recent_events->dead, size, names, who, more);
    take_line(recent_events, recent_events->dead_event, HAPPENING_DEAD, text);
    recent_events->dead = recent_events->dead_bytes = recent_events->named = 0;
    recent_events->names.len = 0;
    return 0;
}

static int flush_untold(struct recent_events *recent_events)
{
    if (recent_events->untold == 0)
        return 0;
    char count[WORDS_ROOM], text[WORDS_ROOM + 32];
    words_count(count, recent_events->untold);
    int len = snprintf(text, sizeof text, "and %s more happening%s", count, recent_events->untold == 1 ? "" : "s");
    recent_events->untold = 0;
    return recent_say(recent_events, recent_events->untold_event, text, (size_t)len);
}

/* ---- trails ---- */

static struct instant now(const struct recent_events *recent_events, const struct heap *heap)
{
    return (struct instant){heap->event, heap->micro_steps, recent_events->slice};
}

static int leave_trail(struct recent_events *recent_events, const struct heap *heap, const struct happening *happening)
{
    const uint64_t *value = happening->value;
    struct trail trail = {.when = now(recent_events, heap),
                          .kind = happening->kind,
                          .object = happening->object,
                          .parity = heap->young_space.parity ^ OBJECT_PARITY};
    switch (happening->kind) {
    case HAPPENING_MOVE:
        trail.size = value[MOVE_size];
        trail.from_page = value[MOVE_from_page];
        trail.from_offset = value[MOVE_from_offset];
        break;
    case HAPPENING_PROMOTE:
        if (value[PROMOTE_rule] == PROMOTION_LARGE)
            return 0; /* it becomes old without moving */
        trail.size = value[PROMOTE_size];
        trail.from_page = value[PROMOTE_from_page];
        trail.from_offset = value[PROMOTE_from_offset];
        break;
    case HAPPENING_EVACUATE:
        trail.size = value[EVACUATE_size];
        trail.from_page = value[EVACUATE_from_page];
        trail.from_offset = value[EVACUATE_from_offset];
        break;
    default: return 0;
    }
    if (recent_events->trails.len >= HAPPENED_TRAILS)
        return 0;
    return vec_push(&recent_events->trails, trail);
}

/* ---- hearing ---- */

void recent_begin(struct recent_events *recent_events)
{
    recent_events->told = 0;
    recent_events->slice++;
    recent_events->since.slice = 0;
}

void recent_last(struct recent_events *recent_events, uint64_t event, uint64_t micro)
{
    recent_events->since = (struct instant){event, micro, recent_events->slice};
}

bool recent_fresh(const struct recent_events *recent_events, const struct instant *instant)
{
    const struct instant *since = &recent_events->since;
    if (instant->slice != recent_events->slice)
        return false;
    return since->slice == 0 || (instant->event == since->event && instant->micro >= since->micro);
}

int recent_end(struct recent_events *recent_events)
{
    return flush_dead(recent_events) || flush_untold(recent_events) ? -1 : 0;
}

int recent_hear(struct recent_events *recent_events, const struct heap *heap, const struct happening *happening)
{
    enum happening_kind kind = happening->kind;
    if (kind == HAPPENING_FLIP)
        recent_events->flip = now(recent_events, heap);
    if (kind == HAPPENING_GC_BEGIN)
        recent_events->trails.len = 0;
    if (leave_trail(recent_events, heap, happening))
        return -1;
    if (kind == HAPPENING_DEAD)
        return gather_dead(recent_events, heap, happening);
    bool always = HEAR_GC >> kind & 1;
    if (!always && recent_events->told >= HAPPENED_FLOOD) {
        recent_events->untold++;
        recent_events->untold_event = heap->event;
        return 0;
    }
    if (flush_dead(recent_events) || (always && flush_untold(recent_events)))
        return -1;
    char *text = happening_narrate(heap, happening);
    if (!text)
        return -1;
    recent_events->told++;
    take_line(recent_events, heap->event, kind, text);
    return 0;
}

const struct recent_line *recent_line(const struct recent_events *recent_events, uint64_t i)
{
    uint64_t have = recent_events->count < HAPPENED_LINES ? recent_events->count : HAPPENED_LINES;
    return i < have ? &recent_events->lines[(recent_events->count - 1 - i) % HAPPENED_LINES] : NULL;
}
