/*
 * ahead.c - running ahead: the frontier moves on while the place that is shown stays.
 *
 * What is first heard of the rest of the trace, its length, chapters, questions and collections, is so known before
 * anyone gets there, and the checkpoints are made on which later jumps rely. A slice goes to the frontier, on by some
 * work, and back; the way back is short since checkpoints are dense around the place that is shown.
 */
#include "travel/internal.h"

#define ROUND_TRIP 2                /* a slice does at least so many times the work of going there and back */
#define MICRO_MOST UINT64_C(100000) /* micro-steps that are repeated on the way back, at most */

/* How much work a slice has to do: more if the way there and back is long. */
static uint64_t slice(const struct travel *t, uint64_t work)
{
    uint64_t there = t->checkpoints.data[t->checkpoints.len - 1]->bytes / RESTORE_BYTES;
    return work > ROUND_TRIP * there ? work : ROUND_TRIP * there;
}

/* Moves the frontier on, at least to where the next slice can begin. */
static enum travel_state move_on(struct travel *t, uint64_t work, struct error *error)
{
    uint64_t all = UINT64_MAX;
    enum travel_state state = motion_walk(t, t->frontier, &all, error);
    if (state == TRAVEL_THERE)
        state = motion_advance(t, UINT64_MAX, &work, error);
    while (state != TRAVEL_FAILED && !t->at_end && !motion_can_keep(t))
        state = motion_advance(t, t->run.steps + 1, &all, error);
    if (motion_can_keep(t))
        motion_keep(t);
    return state;
}

enum travel_state travel_ahead(struct travel *t, uint64_t work, struct error *error)
{
    struct travel_position here = travel_here(t);
    bool contiguous = t->contiguous;
    if (t->end_known)
        return TRAVEL_ENDED;
    if (t->lost || here.micro > MICRO_MOST)
        return TRAVEL_NOT_FOUND;
    seek_finish(t, TRAVEL_THERE);
    if (motion_can_keep(t))
        motion_keep(t);
    t->away = true;
    t->home_work = run_work(&t->run);
    enum travel_state state = move_on(t, slice(t, work), error);
    bool no_memory = state == TRAVEL_FAILED && !t->at_end;
    if (!no_memory)
        error_clear(error); /* who goes there finds the error in the trace */
    uint64_t all = UINT64_MAX;
    if (motion_walk(t, here, &all, error) == TRAVEL_FAILED)
        no_memory = true;
    t->away = t->first = false;
    t->contiguous = contiguous;
    seek_finish(t, TRAVEL_THERE);
    return no_memory ? TRAVEL_FAILED : t->end_known ? TRAVEL_ENDED : TRAVEL_MORE;
}
