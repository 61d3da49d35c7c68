/*
 * history.c - the life of an object up to here.
 *
 * Going back from checkpoint to checkpoint, each stretch is replayed and the object's moments in it are noted, until
 * the stretch in which it was made. A record may have belonged to another object before: the last allocation counts. An
 * unreachable object stays so (a trace must not name it any more), so the step at which it became unreachable is found
 * by bisection: first over the checkpoints, whose heaps can be examined directly, then by replay.
 */
#include "heap/retainers.h"
#include "travel/internal.h"

#include <stdlib.h>

void travel_history_free(struct travel_history *history)
{
    vec_free(&history->moments);
}

const char *travel_moment_word(enum travel_moment_kind kind)
{
    static const char *const words[] = {
#define X(symbol, word) word,
        TRAVEL_MOMENTS(X)
#undef X
    };
    return words[kind];
}

/* Is the object of a heap unreachable? -1 without memory. */
static int unreachable(const struct heap *h, uint32_t object)
{
    const struct object *o = &h->objects.data[object];
    if (object_rooted(o))
        return 0;
    struct path_tree tree;
    int result = path_tree_make(h, false, &tree) ? -1 : !path_tree_reaches(&tree, object);
    path_tree_free(&tree);
    return result;
}

static bool kind_of(const struct happening *happening, enum travel_moment_kind *kind)
{
    switch (happening->kind) {
    case HAPPENING_ALLOC: *kind = TRAVEL_MOMENT_ALLOCATED; return true;
    case HAPPENING_MOVE: *kind = TRAVEL_MOMENT_COPIED; return true;
    case HAPPENING_PROMOTE: *kind = TRAVEL_MOMENT_PROMOTED; return true;
    case HAPPENING_EVACUATE: *kind = TRAVEL_MOMENT_EVACUATED; return true;
    default: return false;
    }
}

void history_hear(void *self, const struct heap *heap, const struct happening *happening)
{
    struct travel *t = self;
    struct life *life = &t->life;
    struct travel_moment moment = {.step = t->run.steps + 1, .event = heap->event, .line = heap->line};
    if (heap->worker.index != life->worker || happening->object != life->object || !kind_of(happening, &moment.kind))
        return;
    memcpy(moment.value, happening->value, sizeof moment.value);
    if (moment.kind == TRAVEL_MOMENT_ALLOCATED) {
        life->part.moments.len = 0;
        life->born = true;
    }
    if (vec_push(&life->part.moments, moment))
        t->no_memory = true;
}

/* Puts the moments of an interval before the known ones. 0, or -1 without memory. */
static int prepend(struct life *life)
{
    size_t more = life->part.moments.len, have = life->history->moments.len;
    if (more == 0)
        return 0;
    if (vec_reserve(&life->history->moments, more))
        return -1;
    struct travel_moment *moments = life->history->moments.data;
    memmove(moments + more, moments, have * sizeof *moments);
    memcpy(moments, life->part.moments.data, more * sizeof *moments);
    life->history->moments.len += more;
    life->part.moments.len = 0;
    return 0;
}

/* The life is known; continues if the object is garbage. */
static enum travel_state found(struct travel *t)
{
    struct seek *s = &t->seek;
    const struct travel_history *history = t->life.history;
    if (t->life.garbage && t->life.born && history->moments.len > 0) {
        s->phase = PHASE_GARBAGE;
        s->low = history->moments.data[0].step;
        s->high = s->origin.step + (s->origin.micro > 0);
        return SEEK_ON;
    }
    seek_turn_back(t, TRAVEL_THERE);
    return SEEK_ON;
}

static enum travel_state out_of_memory(struct travel *t, struct error *error)
{
    error_memory(error);
    return seek_finish(t, TRAVEL_FAILED);
}

static enum travel_state go_life(struct travel *t, uint64_t *work, struct error *error)
{
    struct seek *s = &t->seek;
    bool failed = false;
    if (s->interval == 0) {
        int garbage = unreachable(&t->run.workers.data[t->life.worker]->heap, t->life.object);
        if (garbage < 0)
            return out_of_memory(t, error);
        t->life.garbage = garbage;
    }
    if (!s->in_interval) {
        if (t->life.born)
            return found(t);
        if (!seek_interval(t, error, &failed))
            return failed ? seek_finish(t, TRAVEL_FAILED) : found(t);
        s->in_interval = true;
    }
    enum travel_state state = seek_through(t, work, error);
    if (state != TRAVEL_THERE)
        return state == TRAVEL_MORE ? state : seek_finish(t, state);
    s->in_interval = false;
    return prepend(&t->life) ? out_of_memory(t, error) : SEEK_ON;
}

/* Narrows low and high by the checkpoints between them. 0, or -1 without memory. */
static int bisect_checkpoints(struct travel *t)
{
    struct seek *s = &t->seek;
    for (;;) {
        size_t first = motion_checkpoint(t, COUNT_STEPS, s->low) + 1;
        size_t last = motion_checkpoint(t, COUNT_STEPS, s->high - 1);
        if (first > last)
            return 0;
        const struct checkpoint *c = t->checkpoints.data[first + (last - first) / 2];
        int garbage = unreachable(&c->workers.data[t->life.worker].heap, t->life.object);
        if (garbage < 0)
            return -1;
        *(garbage ? &s->high : &s->low) = c->steps;
    }
}

static int add_garbage(struct travel *t)
{
    struct travel_moment moment = {
        .kind = TRAVEL_MOMENT_UNREACHABLE, .step = t->run.steps, .event = run_events(&t->run), .line = t->run.line};
    struct travel_history *history = t->life.history;
    if (vec_reserve(&history->moments, 1))
        return -1;
    size_t at = history->moments.len;
    while (at > 0 && history->moments.data[at - 1].step > moment.step)
        at--;
    memmove(history->moments.data + at + 1, history->moments.data + at, (history->moments.len - at) * sizeof moment);
    history->moments.data[at] = moment;
    history->moments.len++;
    return 0;
}

static enum travel_state go_garbage(struct travel *t, uint64_t *work, struct error *error)
{
    struct seek *s = &t->seek;
    if (!s->in_interval) {
        s->in_interval = true;
        if (bisect_checkpoints(t))
            return out_of_memory(t, error);
    }
    while (s->high - s->low > 1) {
        uint64_t middle = s->low + (s->high - s->low) / 2;
        enum travel_state state = motion_walk(t, (struct travel_position){middle, 0}, work, error);
        if (state != TRAVEL_THERE)
            return state == TRAVEL_MORE ? state : seek_finish(t, state);
        int garbage = unreachable(&t->run.workers.data[t->life.worker]->heap, t->life.object);
        if (garbage < 0)
            return out_of_memory(t, error);
        *(garbage ? &s->high : &s->low) = middle;
    }
    enum travel_state state = motion_walk(t, (struct travel_position){s->high, 0}, work, error);
    if (state == TRAVEL_MORE || (state == TRAVEL_FAILED && !t->at_end))
        return state == TRAVEL_MORE ? state : seek_finish(t, state);
    if (add_garbage(t))
        return out_of_memory(t, error);
    seek_turn_back(t, TRAVEL_THERE);
    return SEEK_ON;
}

enum travel_state history_go(struct travel *t, uint64_t *work, struct error *error)
{
    return t->seek.phase == PHASE_LIFE ? go_life(t, work, error) : go_garbage(t, work, error);
}
