/*
 * happened.c - happenings put into words, gathered, counted and forgotten.
 */
#include "tui/happened.h"

#include "report/labels.h"
#include "report/report.h"
#include "tui/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void happened_free(struct happened *happened)
{
    for (size_t i = 0; i < HAPPENED_LINES; i++)
        free(happened->lines[i].text);
    vec_free(&happened->trails);
    vec_free(&happened->names);
    *happened = (struct happened){0};
}

/* Takes over text, which must be from malloc. */
static void take_line(struct happened *happened, uint64_t event, enum happening_kind kind, char *text)
{
    struct happened_line *line = &happened->lines[happened->count++ % HAPPENED_LINES];
    free(line->text);
    line->event = event;
    line->kind = kind;
    line->text = text;
}

int happened_say(struct happened *happened, uint64_t event, const char *text, size_t len)
{
    char *copy = malloc(len + 1);
    if (!copy)
        return -1;
    memcpy(copy, text, len);
    copy[len] = '\0';
    take_line(happened, event, HAPPENING_COUNT, copy);
    return 0;
}

/* ---- the dead: one line for all that one collection found ---- */

static int gather_dead(struct happened *happened, const struct heap *heap, const struct happening *happening)
{
    char buffer[NAME_DIGITS];
    size_t len;
    uint32_t name = heap->objects.data[happening->object].name;
    happened->dead++;
    happened->dead_bytes += happening->value[0];
    happened->dead_event = heap->event;
    if (happened->named >= HAPPENED_NAMES || name == NAME_NONE)
        return 0;
    const char *text = names_text(heap->names, name, buffer, &len);
    if (vec_reserve(&happened->names, len + 1))
        return -1;
    if (happened->names.len > 0)
        happened->names.data[happened->names.len++] = ' ';
    memcpy(happened->names.data + happened->names.len, text, len);
    happened->names.len += len;
    happened->named++;
    return 0;
}

static int flush_dead(struct happened *happened)
{
    if (happened->dead == 0)
        return 0;
    char size[WORDS_ROOM], more[WORDS_ROOM + 16] = "";
    uint64_t rest = happened->dead - happened->named;
    words_size(size, happened->dead_bytes);
    if (rest > 0 && happened->named > 0) {
        char count[WORDS_ROOM];
        words_count(count, rest);
        snprintf(more, sizeof more, " and %s more", count);
    }
    int len, names = (int)happened->names.len;
    const char *who = names > 0 ? happened->names.data : "";
    const char *format = happened->named == 0 ? "%llu dead, %s%.*s%s" : "%llu dead, %s: %.*s%s";
    len = snprintf(NULL, 0, format, (unsigned long long)happened->dead, size, names, who, more);
    char *text = len < 0 ? NULL : malloc((size_t)len + 1);
    if (!text)
        return -1;
    snprintf(text, (size_t)len + 1, format, (unsigned long long)happened->dead, size, names, who, more);
    take_line(happened, happened->dead_event, HAPPENING_DEAD, text);
    happened->dead = happened->dead_bytes = happened->named = 0;
    happened->names.len = 0;
    return 0;
}

static int flush_untold(struct happened *happened)
{
    if (happened->untold == 0)
        return 0;
    char count[WORDS_ROOM], text[WORDS_ROOM + 32];
    words_count(count, happened->untold);
    int len = snprintf(text, sizeof text, "and %s more happening%s", count, happened->untold == 1 ? "" : "s");
    happened->untold = 0;
    return happened_say(happened, happened->untold_event, text, (size_t)len);
}

/* ---- trails ---- */

static struct moment now(const struct happened *happened, const struct heap *heap)
{
    return (struct moment){heap->event, heap->micro_steps, happened->slice};
}

static int leave_trail(struct happened *happened, const struct heap *heap, const struct happening *happening)
{
    const uint64_t *value = happening->value;
    struct trail trail = {.when = now(happened, heap),
                          .kind = happening->kind,
                          .object = happening->object,
                          .parity = heap->young_space.parity ^ OBJECT_PARITY,
                          .size = value[0]};
    if (happening->kind == HAPPENING_PROMOTE && value[PROMOTE_RULE] == PROMOTION_LARGE)
        return 0; /* it becomes old where it is */
    if (happening->kind == HAPPENING_MOVE || happening->kind == HAPPENING_PROMOTE) {
        trail.from_page = value[1];
        trail.from_offset = value[2];
    } else if (happening->kind == HAPPENING_EVACUATE) {
        trail.from_page = value[2];
        trail.from_offset = value[3];
    } else {
        return 0;
    }
    if (happened->trails.len >= HAPPENED_TRAILS)
        return 0;
    return vec_push(&happened->trails, trail);
}

/* ---- hearing ---- */

void happened_begin(struct happened *happened)
{
    happened->told = 0;
    happened->slice++;
    happened->since.slice = 0;
}

void happened_last(struct happened *happened, uint64_t event, uint64_t micro)
{
    happened->since = (struct moment){event, micro, happened->slice};
}

bool happened_fresh(const struct happened *happened, const struct moment *moment)
{
    const struct moment *since = &happened->since;
    if (moment->slice != happened->slice)
        return false;
    return since->slice == 0 || (moment->event == since->event && moment->micro >= since->micro);
}

int happened_end(struct happened *happened)
{
    return flush_dead(happened) || flush_untold(happened) ? -1 : 0;
}

int happened_hear(struct happened *happened, const struct heap *heap, const struct happening *happening)
{
    enum happening_kind kind = happening->kind;
    if (kind == HAPPENING_FLIP)
        happened->flip = now(happened, heap);
    if (kind == HAPPENING_GC_BEGIN)
        happened->trails.len = 0;
    if (leave_trail(happened, heap, happening))
        return -1;
    if (kind == HAPPENING_DEAD)
        return gather_dead(happened, heap, happening);
    bool always = HEAR_GC >> kind & 1;
    if (!always && happened->told >= HAPPENED_FLOOD) {
        happened->untold++;
        happened->untold_event = heap->event;
        return 0;
    }
    if (flush_dead(happened) || (always && flush_untold(happened)))
        return -1;
    char *text = happening_narrate(heap, happening);
    if (!text)
        return -1;
    happened->told++;
    take_line(happened, heap->event, kind, text);
    return 0;
}

const struct happened_line *happened_line(const struct happened *happened, uint64_t i)
{
    uint64_t have = happened->count < HAPPENED_LINES ? happened->count : HAPPENED_LINES;
    return i < have ? &happened->lines[(happened->count - 1 - i) % HAPPENED_LINES] : NULL;
}
