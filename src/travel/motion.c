/*
 * motion.c - moving through a trace, forward and by checkpoints; and which checkpoints are kept.
 *
 * Checkpoints are spaced by the work between them, not by lines. When they exceed their budget, the one whose loss
 * costs least is removed: the one with the closest neighbours, relative to its distance from here. So their spacing
 * grows in proportion to the distance.
 */
#include "travel/internal.h"

#include "gc/gc.h"

#include <stdlib.h>

#define PIECE 256     /* steps between two checks of the frontier and the checkpoints */
#define SHARE 1024    /* at the frontier the check comes after each step at first, then after such a share of them */
#define SPACING 20000 /* minimum of work between two checkpoints */
#define SPACING_BYTES 256 /* bytes of a checkpoint per unit of work to the next: copying them adds a sixth */
#define CHECKPOINTS 4096  /* at most */

/* ---- the list of checkpoints ---- */

/* The index of the first checkpoint after that many steps. */
static size_t behind(const struct travel *t, uint64_t steps)
{
    size_t i;
    vec_count_while(&t->checkpoints, i, t->checkpoints.data[i]->steps <= steps);
    return i;
}

static void drop(struct travel *t, size_t index)
{
    struct checkpoint *c = t->checkpoints.data[index];
    t->bytes -= c->bytes;
    checkpoint_free(c);
    free(c);
    memmove(t->checkpoints.data + index, t->checkpoints.data + index + 1,
            (t->checkpoints.len - index - 1) * sizeof *t->checkpoints.data);
    t->checkpoints.len--;
}

/* The cost of losing a checkpoint: the gap that it leaves, relative to the distance from here. */
static double cost_of(const struct travel *t, size_t index, uint64_t here)
{
    struct checkpoint *const *c = t->checkpoints.data;
    uint64_t before = c[index - 1]->work, at = c[index]->work;
    uint64_t next = index + 1 < t->checkpoints.len ? c[index + 1]->work : here > at ? here : at;
    uint64_t distance = at > here ? at - here : here - at;
    return (double)(next - before) / (double)(distance + SPACING);
}

/*
 * Makes the checkpoints fit in their budget. The first one, the beginning, stays, and so does that of `spare` steps.
 */
static void thin(struct travel *t, uint64_t spare)
{
    uint64_t here = t->away ? t->home_work : run_work(&t->run);
    while (t->checkpoints.len > 2 && (t->bytes > t->budget || t->checkpoints.len > CHECKPOINTS)) {
        size_t cheapest = 0;
        double least = 0;
        for (size_t i = 1; i < t->checkpoints.len; i++) {
            double cost = cost_of(t, i, here);
            bool frontier = t->away && i + 1 == t->checkpoints.len; /* the next slice begins there */
            if (t->checkpoints.data[i]->steps == spare || frontier || (cheapest && cost >= least))
                continue;
            cheapest = i;
            least = cost;
        }
        if (!cheapest)
            return;
        drop(t, cheapest);
    }
}

bool motion_can_keep(const struct travel *t)
{
    return t->run.stage == 0 && t->run.batch_next == t->run.batch_len && !t->at_end && !t->lost;
}

void motion_keep(struct travel *t)
{
    size_t index = behind(t, t->run.steps);
    if (index > 0 && t->checkpoints.data[index - 1]->steps == t->run.steps)
        return;
    struct checkpoint *c = malloc(sizeof *c);
    if (!c || vec_reserve(&t->checkpoints, 1) || checkpoint_take(c, &t->run, &t->archive)) {
        free(c);
        return;
    }
    memmove(t->checkpoints.data + index + 1, t->checkpoints.data + index,
            (t->checkpoints.len - index) * sizeof *t->checkpoints.data);
    t->checkpoints.data[index] = c;
    t->checkpoints.len++;
    t->bytes += c->bytes;
    thin(t, c->steps);
}

void motion_free(struct travel *t)
{
    while (t->checkpoints.len > 0)
        drop(t, t->checkpoints.len - 1);
    vec_free(&t->checkpoints);
}

/* Is another checkpoint due here, between two lines? At the frontier, in play, and in history near the goal. */
static bool due(const struct travel *t, uint64_t limit)
{
    if (!motion_can_keep(t))
        return false;
    const struct checkpoint *last = t->checkpoints.data[behind(t, t->run.steps) - 1];
    uint64_t spacing = last->bytes / SPACING_BYTES > SPACING ? last->bytes / SPACING_BYTES : SPACING;
    if (run_work(&t->run) - last->work < spacing)
        return false;
    bool near = t->seek.phase == PHASE_COUNT && limit - t->run.steps < 4 * spacing;
    return t->first || near || t->seek.phase == PHASE_NONE;
}

/* ---- where we are ---- */

uint64_t motion_count(const struct travel *t, enum counter counter)
{
    switch (counter) {
    case COUNT_STEPS: return t->at_end ? t->end_step : t->run.steps;
    case COUNT_EVENTS: /* the one that is being applied is already counted */
        return run_events(&t->run) - (t->run.stage != 0);
    case COUNT_STOPS: break;
    }
    return t->run.stops;
}

static uint64_t checkpoint_count(const struct checkpoint *c, enum counter counter)
{
    return counter == COUNT_STEPS ? c->steps : counter == COUNT_EVENTS ? c->event : c->stops;
}

size_t motion_checkpoint(const struct travel *t, enum counter counter, uint64_t value)
{
    size_t i;
    vec_count_while(&t->checkpoints, i, checkpoint_count(t->checkpoints.data[i], counter) <= value);
    return i > 0 ? i - 1 : 0;
}

/* ---- forward ---- */

/* The end has been reached. */
static enum travel_state end(struct travel *t, enum run_state state, const struct error *error)
{
    if (state == RUN_FAILED && error->kind == ERROR_MEMORY)
        return TRAVEL_FAILED; /* it can continue when more has arrived */
    t->at_end = t->end_known = true;
    t->end_step = t->run.steps + 1;
    t->end_events = run_events(&t->run);
    return state == RUN_FAILED ? TRAVEL_FAILED : TRAVEL_ENDED;
}

/*
 * How far the run can go until the frontier must be checked: *steps, and *micro in the line after them. First sets
 * whether what follows is new.
 */
static void to_frontier(struct travel *t, uint64_t *steps, uint64_t *micro)
{
    const struct run *run = &t->run;
    uint64_t ahead = t->frontier.step - run->steps;
    t->first = false;
    if (t->frontier.step > run->steps) {
        *steps = *steps < ahead ? *steps : ahead;
    } else if (t->frontier.step == run->steps && t->frontier.micro > run_micro(run)) {
        uint64_t left = t->frontier.micro - run_micro(run);
        *steps = 1;
        *micro = *micro < left ? *micro : left;
    } else {
        uint64_t fine = run->steps / SHARE + 1;
        *steps = *steps < fine ? *steps : fine;
        t->first = true;
    }
}

/* Moves a piece: up to that many steps and units of work. */
static enum travel_state piece(struct travel *t, uint64_t steps, uint64_t units, uint64_t *work, struct error *error)
{
    struct run *run = &t->run;
    uint64_t before = run->steps + run_all_micro_steps(run);
    to_frontier(t, &steps, &units);
    travel_attend(t);
    enum run_state state = run_go(run, steps, &units, error);
    uint64_t used = run->steps + run_all_micro_steps(run) - before;
    *work -= used < *work ? used : *work;
    enum travel_state result = state == RUN_MORE ? TRAVEL_THERE : end(t, state, error);
    if (!t->telling)
        t->contiguous = false;
    if (run->preamble > t->preamble)
        t->preamble = run->preamble;
    travel_note_frontier(t);
    if (t->no_memory && result != TRAVEL_FAILED) {
        error_memory(error);
        result = TRAVEL_FAILED;
    }
    return result;
}

enum travel_state motion_advance(struct travel *t, uint64_t limit, uint64_t *work, struct error *error)
{
    struct run *run = &t->run;
    run->interrupted = false;
    if (t->lost && motion_restore(t, 0, error))
        return TRAVEL_FAILED;
    while (!run->interrupted && !t->at_end) {
        if (run->steps >= limit && run_micro(run) == 0)
            return TRAVEL_THERE;
        if (*work == 0)
            return TRAVEL_MORE;
        uint64_t steps = limit - run->steps < PIECE ? limit - run->steps : PIECE;
        if (t->watch.on && t->watch.lines)
            steps = 1;
        enum travel_state state = piece(t, steps, *work, work, error);
        if (state != TRAVEL_THERE)
            return state;
        if (t->watch.on && run_micro(run) == 0 && watch_line(t)) {
            error_memory(error);
            return TRAVEL_FAILED;
        }
        if (due(t, limit))
            motion_keep(t);
    }
    return t->at_end ? TRAVEL_ENDED : TRAVEL_THERE;
}

enum travel_state motion_micro(struct travel *t, uint64_t count, uint64_t *work, struct error *error)
{
    struct run *run = &t->run;
    uint64_t line = run->steps, goal = run_micro(run) + count;
    enum travel_state state = TRAVEL_THERE;
    while (state == TRAVEL_THERE && !t->at_end && run->steps == line && run_micro(run) < goal) {
        if (*work == 0)
            return TRAVEL_MORE;
        uint64_t left = goal - run_micro(run);
        state = piece(t, 1, left < *work ? left : *work, work, error);
    }
    if (state == TRAVEL_THERE && due(t, run->steps))
        motion_keep(t);
    return state;
}

/* ---- going back ---- */

int motion_restore(struct travel *t, size_t index, struct error *error)
{
    t->at_end = false;
    t->contiguous = false;
    t->lost = checkpoint_restore(t->checkpoints.data[index], &t->run, &t->archive, error) != 0;
    return t->lost ? -1 : 0;
}

enum travel_state motion_near(struct travel *t, enum counter counter, uint64_t value, struct error *error)
{
    size_t index = motion_checkpoint(t, counter, value);
    const struct checkpoint *c = t->checkpoints.data[index];
    bool over = motion_count(t, counter) > value || t->at_end || t->lost;
    bool helps = c->work > run_work(&t->run) + c->bytes / RESTORE_BYTES;
    if ((over || helps) && motion_restore(t, index, error))
        return TRAVEL_FAILED;
    return TRAVEL_THERE;
}

enum travel_state motion_walk(struct travel *t, struct travel_position to, uint64_t *work, struct error *error)
{
    struct travel_position here = travel_here(t);
    bool telling = t->telling;
    enum travel_state state = TRAVEL_THERE;
    t->telling = false;
    if (here.step == to.step && here.micro > to.micro)
        state = motion_restore(t, motion_checkpoint(t, COUNT_STEPS, to.step), error) ? TRAVEL_FAILED : TRAVEL_THERE;
    else if (here.step != to.step)
        state = motion_near(t, COUNT_STEPS, to.step, error);
    if (state == TRAVEL_THERE && travel_here(t).step < to.step)
        state = motion_advance(t, to.step, work, error);
    if (state == TRAVEL_THERE && !t->at_end && run_micro(&t->run) < to.micro)
        state = motion_micro(t, to.micro - run_micro(&t->run), work, error);
    t->telling = telling;
    return state;
}
