/*
 * seek.c - going to a goal, piece by piece: the phases.
 *
 * A goal that can be counted (steps, events, stops) is approached directly; its last `tail` units are reported. Others
 * are first searched for silently: by the index of collections and chapters, by the clocks of checkpoints, or by going
 * forward until they occur. The result is a step, which is then approached.
 */
#include "travel/internal.h"

enum travel_state seek_finish(struct travel *t, enum travel_state state)
{
    t->seek.phase = PHASE_NONE;
    t->telling = t->scanning = false;
    watch_end(t);
    t->life.history = NULL;
    travel_attend(t);
    return state;
}

void seek_count(struct travel *t, enum counter counter, uint64_t value, uint64_t micro, enum travel_state result)
{
    struct seek *s = &t->seek;
    s->phase = PHASE_COUNT;
    s->counter = counter;
    s->value = value;
    s->micro = micro;
    s->result = result;
    s->from = motion_count(t, counter);
}

/*
 * What has been reported so far does not lead here, or the goal is far: goes silently to where the tail begins, and has
 * it reported from there.
 */
static enum travel_state approach(struct travel *t, uint64_t *work, struct error *error)
{
    const struct seek *s = &t->seek;
    uint64_t tail = subtract(s->value, t->tail);
    enum travel_state state = TRAVEL_THERE;
    if (tail == 0 && run_micro(&t->run) > 0 && motion_count(t, s->counter) == 0)
        state = motion_restore(t, 0, error) ? TRAVEL_FAILED : TRAVEL_THERE;
    else
        state = motion_near(t, s->counter, tail, error);
    while (state == TRAVEL_THERE && motion_count(t, s->counter) < tail) {
        uint64_t left = tail - motion_count(t, s->counter);
        state = motion_advance(t, t->run.steps + left, work, error);
        if (state == TRAVEL_MORE)
            return state;
    }
    if (state == TRAVEL_THERE && run_micro(&t->run) > 0) /* from within a line: to its end */
        state = motion_advance(t, t->run.steps + 1, work, error);
    if (state != TRAVEL_THERE)
        return state;
    if (t->options.hooks.forget)
        t->options.hooks.forget(t->options.hooks.self, &t->run);
    t->telling = t->contiguous = true;
    return TRAVEL_THERE;
}

/* Is the goal ahead and near, and does what has been reported lead here? */
static bool near_ahead(const struct travel *t)
{
    const struct seek *s = &t->seek;
    uint64_t now = motion_count(t, s->counter), micro = run_micro(&t->run);
    if (!t->contiguous || t->at_end || now > s->value || s->value - now > t->tail)
        return false;
    return now < s->value || (micro <= s->micro && (s->counter == COUNT_STEPS || micro == 0));
}

static enum travel_state go_count(struct travel *t, uint64_t *work, struct error *error)
{
    const struct seek *s = &t->seek;
    enum travel_state state = TRAVEL_THERE;
    if (!t->telling && t->contiguous && t->at_end && motion_count(t, s->counter) <= s->value)
        return seek_finish(t, TRAVEL_ENDED); /* there already */
    if (!t->telling && near_ahead(t))
        t->telling = true;
    if (!t->telling)
        state = approach(t, work, error);
    if (t->at_end && !t->telling) { /* the end came first: its tail must be reported */
        seek_count(t, COUNT_STEPS, t->end_step, 0, TRAVEL_ENDED);
        error_clear(error);
        return SEEK_ON;
    }
    while (state == TRAVEL_THERE && motion_count(t, s->counter) < s->value) {
        uint64_t left = s->value - motion_count(t, s->counter);
        state = motion_advance(t, t->run.steps + left, work, error);
    }
    if (state == TRAVEL_THERE && s->micro > run_micro(&t->run))
        state = motion_micro(t, s->micro - run_micro(&t->run), work, error);
    return state == TRAVEL_MORE ? state : seek_finish(t, state == TRAVEL_THERE ? s->result : state);
}

/* Searches for the last checkpoint before the time, and goes on from there until the time has come. */
static enum travel_state go_time(struct travel *t, uint64_t *work, struct error *error)
{
    struct seek *s = &t->seek;
    if (s->phase == PHASE_TIME) {
        size_t i;
        vec_count_while(&t->checkpoints, i, t->checkpoints.data[i]->now_ns < s->number);
        if (motion_restore(t, i > 0 ? i - 1 : 0, error))
            return seek_finish(t, TRAVEL_FAILED);
        s->phase = PHASE_TIME_STEPS;
        s->low = t->run.steps;
    }
    enum travel_state state = TRAVEL_THERE;
    while (state == TRAVEL_THERE && (run_now(&t->run) < s->number || run_micro(&t->run) > 0))
        state = motion_advance(t, t->run.steps + 1, work, error);
    if (state != TRAVEL_THERE)
        return state == TRAVEL_MORE ? state : seek_finish(t, state);
    seek_count(t, COUNT_STEPS, t->run.steps, 0, TRAVEL_THERE);
    t->contiguous = false;
    return SEEK_ON;
}

/* Goes on from the frontier until the goal's kind of happening occurs, or the trace ends. */
static enum travel_state go_scan(struct travel *t, uint64_t *work, struct error *error)
{
    struct seek *s = &t->seek;
    enum travel_state state = TRAVEL_THERE;
    t->scanning = s->goal != TRAVEL_END;
    if (travel_order(travel_here(t), t->frontier) < 0) {
        t->scanning = false;
        state = motion_walk(t, t->frontier, work, error);
    } else {
        state = motion_advance(t, UINT64_MAX, work, error);
    }
    if (state == TRAVEL_MORE || (state == TRAVEL_FAILED && !t->at_end))
        return state == TRAVEL_MORE ? state : seek_finish(t, state);
    bool found = t->scanning && t->run.interrupted;
    t->scanning = false;
    if (t->at_end) { /* going there once more reports the tail, and any failure */
        seek_count(t, COUNT_STEPS, t->end_step, 0, TRAVEL_ENDED);
        error_clear(error);
        t->contiguous = false;
    } else if (found) {
        seek_count(t, COUNT_STEPS, t->run.steps + (run_micro(&t->run) > 0), 0, TRAVEL_THERE);
    }
    return SEEK_ON;
}

static enum travel_state go_micro(struct travel *t, uint64_t *work, struct error *error)
{
    struct seek *s = &t->seek;
    enum travel_state state = t->at_end ? TRAVEL_ENDED : TRAVEL_THERE;
    if (!t->contiguous && t->options.hooks.forget)
        t->options.hooks.forget(t->options.hooks.self, &t->run);
    t->telling = t->contiguous = true;
    while (state == TRAVEL_THERE && s->number > 0) {
        uint64_t steps = t->run.steps, stops = t->run.stops;
        state = motion_micro(t, 1, work, error);
        /* A line at which nobody stops, and that collects nothing, is passed over. */
        bool passed = t->run.steps > steps && t->run.stops == stops && t->run.last_micro == 0;
        if (state == TRAVEL_THERE && !passed)
            s->number--;
    }
    return state == TRAVEL_MORE ? state : seek_finish(t, state);
}

static enum travel_state go_watch(struct travel *t, uint64_t *work, struct error *error)
{
    if (!t->watch.on && watch_begin(t, true)) {
        error_memory(error);
        return seek_finish(t, TRAVEL_FAILED);
    }
    enum travel_state state = motion_advance(t, UINT64_MAX, work, error);
    if (state == TRAVEL_MORE || (state == TRAVEL_FAILED && !t->at_end))
        return state == TRAVEL_MORE ? state : seek_finish(t, state);
    bool hit = t->watch.hit, line = t->watch.for_line;
    watch_end(t);
    if (hit)
        seek_count(t, COUNT_STEPS, t->run.steps, run_micro(&t->run), line ? TRAVEL_THERE : TRAVEL_STOPPED);
    else if (line)
        seek_turn_back(t, TRAVEL_NOT_FOUND);
    else
        seek_count(t, COUNT_STEPS, t->end_step, 0, TRAVEL_ENDED);
    error_clear(error);
    t->contiguous = false;
    return SEEK_ON;
}

/* The end of the interval after checkpoint `index`: the next checkpoint, or where the seek began. */
static struct travel_position interval_end(const struct travel *t, size_t index)
{
    struct travel_position end = t->seek.origin;
    if (index + 1 < t->checkpoints.len && t->checkpoints.data[index + 1]->steps < end.step)
        end = (struct travel_position){t->checkpoints.data[index + 1]->steps, 0};
    return end;
}

bool seek_interval(struct travel *t, struct error *error, bool *failed)
{
    struct seek *s = &t->seek;
    *failed = false;
    if (s->interval == 0)
        s->interval = motion_checkpoint(t, COUNT_STEPS, s->origin.step) + 1;
    else if (--s->interval == 0)
        return false;
    s->end = interval_end(t, s->interval - 1);
    *failed = motion_restore(t, s->interval - 1, error) != 0;
    return !*failed;
}

void seek_turn_back(struct travel *t, enum travel_state result)
{
    t->seek.phase = PHASE_RETURN;
    t->seek.result = result;
}

enum travel_state seek_through(struct travel *t, uint64_t *work, struct error *error)
{
    const struct seek *s = &t->seek;
    enum travel_state state = TRAVEL_THERE;
    if (t->run.steps < s->end.step && !t->at_end)
        state = motion_advance(t, s->end.step, work, error);
    if (state == TRAVEL_THERE && run_micro(&t->run) < s->end.micro)
        state = motion_micro(t, s->end.micro - run_micro(&t->run), work, error);
    if (state == TRAVEL_MORE || (state == TRAVEL_FAILED && !t->at_end))
        return state;
    error_clear(error); /* the trace has failed where it ends */
    return TRAVEL_THERE;
}

/* Is the last hit where the seek began? The last micro-step of a line can be known as that, or as the line's end. */
static bool hit_here(const struct travel *t)
{
    const struct travel_position *at = &t->watch.at, *origin = &t->seek.origin;
    if (travel_order(*at, *origin) == 0)
        return true;
    return origin->micro == 0 && at->step + 1 == origin->step && at->micro > 0 && at->micro == t->run.last_micro &&
           t->run.steps == origin->step;
}

static enum travel_state go_watch_back(struct travel *t, uint64_t *work, struct error *error)
{
    struct seek *s = &t->seek;
    struct watch *w = &t->watch;
    bool failed = false;
    if (!s->in_interval) {
        if (!seek_interval(t, error, &failed)) {
            if (failed)
                return seek_finish(t, TRAVEL_FAILED);
            seek_turn_back(t, TRAVEL_NOT_FOUND);
            return SEEK_ON;
        }
        s->in_interval = true;
        if (watch_begin(t, false)) {
            error_memory(error);
            return seek_finish(t, TRAVEL_FAILED);
        }
    }
    enum travel_state state = seek_through(t, work, error);
    if (state != TRAVEL_THERE)
        return state == TRAVEL_MORE ? state : seek_finish(t, state);
    s->in_interval = false;
    if (w->hit && hit_here(t)) {
        w->hit = w->hit_before;
        w->what = w->what_before;
        w->at = w->at_before;
    }
    bool hit = w->hit, line = w->for_line;
    watch_end(t);
    if (hit)
        seek_count(t, COUNT_STEPS, w->at.step, w->at.micro, line ? TRAVEL_THERE : TRAVEL_STOPPED);
    return SEEK_ON;
}

static enum travel_state go_return(struct travel *t, uint64_t *work, struct error *error)
{
    struct seek *s = &t->seek;
    enum travel_state state = motion_walk(t, s->origin, work, error);
    if (state == TRAVEL_MORE)
        return state;
    bool there = travel_order(travel_here(t), s->origin) == 0;
    if (there) {
        t->contiguous = s->was_told;
        error_clear(error);
    }
    return seek_finish(t, there ? s->result : state);
}

enum travel_state seek_go(struct travel *t, uint64_t *work, struct error *error)
{
    switch (t->seek.phase) {
    case PHASE_COUNT: return go_count(t, work, error);
    case PHASE_TIME:
    case PHASE_TIME_STEPS: return go_time(t, work, error);
    case PHASE_SCAN: return go_scan(t, work, error);
    case PHASE_MICRO: return go_micro(t, work, error);
    case PHASE_WATCH: return go_watch(t, work, error);
    case PHASE_WATCH_BACK: return go_watch_back(t, work, error);
    case PHASE_RETURN: return go_return(t, work, error);
    case PHASE_NONE:
    case PHASE_LIFE:
    case PHASE_GARBAGE: break;
    }
    return TRAVEL_THERE;
}
