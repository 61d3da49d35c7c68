/* goals.c - setting out for a goal, and going there or playing. */
#include "travel/internal.h"

/* ---- setting out ---- */

/* Not before the lines that a trace begins with, title and settings. */
static void to_start(struct travel *t)
{
    seek_count(t, COUNT_STEPS, t->run.preamble > t->preamble ? t->run.preamble : t->preamble, 0, TRAVEL_THERE);
}

static void back(struct travel *t, uint64_t stops)
{
    bool inside = run_micro(&t->run) > 0;
    uint64_t now = t->run.stops;
    if (inside && stops > 0)
        stops--;
    if (inside && stops == 0)
        seek_count(t, COUNT_STEPS, t->run.steps, 0, TRAVEL_THERE);
    else if (now <= stops)
        to_start(t);
    else
        seek_count(t, COUNT_STOPS, now - stops, 0, TRAVEL_THERE);
}

/* One micro-step back; at the beginning of a line, to the last but one of the line before. */
static void micro_back(struct travel *t)
{
    uint64_t micro = run_micro(&t->run), last = t->run.last_micro;
    if (t->at_end)
        seek_count(t, COUNT_STEPS, t->run.steps, 0, TRAVEL_THERE);
    else if (micro > 0)
        seek_count(t, COUNT_STEPS, t->run.steps, micro - 1, TRAVEL_THERE);
    else if (last > 1)
        seek_count(t, COUNT_STEPS, t->run.steps - 1, last - 1, TRAVEL_THERE);
    else
        back(t, 1);
}

/* The number of chapters, or of collections, whose step is at most so many. */
static size_t count_until(const struct travel *t, bool chapter, uint64_t steps)
{
    size_t i;
    if (chapter)
        vec_count_while(&t->chapters, i, t->chapters.data[i].step <= steps);
    else
        vec_count_while(&t->collections, i, t->collections.data[i].step <= steps);
    return i;
}

/* The step of the next chapter or collection in the index; UINT64_MAX: there is none up to the frontier. */
static uint64_t next_known(const struct travel *t, bool chapter, uint64_t here)
{
    size_t i = count_until(t, chapter, here);
    if (chapter)
        return i < t->chapters.len ? t->chapters.data[i].step : UINT64_MAX;
    return i < t->collections.len ? t->collections.data[i].step : UINT64_MAX;
}

/* To the next one in the index, or a question before it; else forward from the frontier until there is one. */
static void next(struct travel *t, bool chapter)
{
    uint64_t here = travel_here(t).step, step = next_known(t, chapter, here);
    size_t i;
    vec_count_while(&t->questions, i, t->questions.data[i] <= here);
    if (i < t->questions.len && t->questions.data[i] < step)
        step = t->questions.data[i];
    if (step != UINT64_MAX)
        seek_count(t, COUNT_STEPS, step, 0, TRAVEL_THERE);
    else
        t->seek.phase = PHASE_SCAN;
}

/* To the last one that ended before here; if there is none, to the beginning. */
static void previous(struct travel *t, bool chapter)
{
    struct travel_position here = travel_here(t);
    uint64_t most = here.micro > 0 || t->at_end ? here.step : subtract(here.step, 1);
    size_t i = count_until(t, chapter, most);
    if (i == 0)
        to_start(t);
    else
        seek_count(t, COUNT_STEPS, chapter ? t->chapters.data[i - 1].step : t->collections.data[i - 1].step, 0,
                   TRAVEL_THERE);
}

static void set_out(struct travel *t, enum travel_goal goal, uint64_t number)
{
    struct seek *s = &t->seek;
    switch (goal) {
    case TRAVEL_STEP: seek_count(t, COUNT_STEPS, number, 0, TRAVEL_THERE); break;
    case TRAVEL_EVENT:
        if (number == 0)
            to_start(t);
        else
            seek_count(t, COUNT_EVENTS, number, 0, TRAVEL_THERE);
        break;
    case TRAVEL_TIME: s->phase = PHASE_TIME; break;
    case TRAVEL_FORWARD: seek_count(t, COUNT_STOPS, t->run.stops + number, 0, TRAVEL_THERE); break;
    case TRAVEL_BACK: back(t, number); break;
    case TRAVEL_MICRO_FORWARD: s->phase = PHASE_MICRO; break;
    case TRAVEL_MICRO_BACK: micro_back(t); break;
    case TRAVEL_NEXT_COLLECTION:
    case TRAVEL_NEXT_CHAPTER: next(t, goal == TRAVEL_NEXT_CHAPTER); break;
    case TRAVEL_PREVIOUS_COLLECTION:
    case TRAVEL_PREVIOUS_CHAPTER: previous(t, goal == TRAVEL_PREVIOUS_CHAPTER); break;
    case TRAVEL_START: to_start(t); break;
    case TRAVEL_END:
        if (t->end_known)
            seek_count(t, COUNT_STEPS, t->end_step, 0, TRAVEL_ENDED);
        else
            s->phase = PHASE_SCAN;
        break;
    case TRAVEL_LINE:
    case TRAVEL_BREAK_FORWARD: s->phase = PHASE_WATCH; break;
    case TRAVEL_LINE_BACK:
    case TRAVEL_BREAK_BACK: s->phase = PHASE_WATCH_BACK; break;
    case TRAVEL_HISTORY:
    case TRAVEL_GOAL_COUNT: break;
    }
}

void travel_begin(struct travel *t, enum travel_goal goal, uint64_t number)
{
    seek_finish(t, TRAVEL_THERE);
    t->seek = (struct seek){
        .goal = goal, .number = number, .origin = travel_here(t), .from = t->run.steps, .was_told = t->contiguous};
    set_out(t, goal, number);
}

void travel_begin_history(struct travel *t, uint32_t worker, uint32_t object, struct travel_history *history)
{
    travel_begin(t, TRAVEL_HISTORY, 0);
    history->moments.len = 0;
    t->life.part.moments.len = 0;
    t->life.history = history;
    t->life.object = object;
    t->life.worker = worker;
    t->life.born = false;
    t->seek.phase = PHASE_LIFE;
}

/* ---- going ---- */

enum travel_state travel_go(struct travel *t, uint64_t work, struct error *error)
{
    enum travel_state state = SEEK_ON;
    if (work == 0)
        work = UINT64_MAX;
    while (state == SEEK_ON) {
        bool history = t->seek.phase == PHASE_LIFE || t->seek.phase == PHASE_GARBAGE;
        state = history ? history_go(t, &work, error) : seek_go(t, &work, error);
    }
    return state;
}

void travel_progress(const struct travel *t, uint64_t *done, uint64_t *total)
{
    const struct seek *s = &t->seek;
    *done = *total = 0;
    if (s->phase == PHASE_COUNT) {
        uint64_t now = motion_count(t, s->counter);
        *total = s->value > s->from ? s->value - s->from : s->value;
        *done = now > s->from ? now - s->from : now;
    } else if (s->phase == PHASE_SCAN || s->phase == PHASE_WATCH) {
        *done = subtract(t->run.steps, s->from);
        *total = t->end_known ? subtract(t->end_step, s->from) : 0;
    } else if (s->phase == PHASE_WATCH_BACK || s->phase == PHASE_LIFE) {
        *total = s->origin.step;
        *done = s->interval > 0 ? subtract(s->origin.step, t->checkpoints.data[s->interval - 1]->steps) : 0;
    }
}

enum travel_state travel_play(struct travel *t, uint64_t stops, uint64_t work, struct error *error)
{
    uint64_t goal = t->run.stops + stops;
    enum travel_state state = TRAVEL_THERE;
    seek_finish(t, TRAVEL_THERE);
    if (work == 0)
        work = UINT64_MAX;
    if (!t->contiguous && t->options.hooks.forget)
        t->options.hooks.forget(t->options.hooks.self, &t->run);
    t->telling = t->contiguous = true;
    t->seek.goal = TRAVEL_FORWARD; /* which watches for breakpoints */
    if (t->breakpoints.list.len > 0 && watch_begin(t, true)) {
        error_memory(error);
        return seek_finish(t, TRAVEL_FAILED);
    }
    while (state == TRAVEL_THERE && !t->watch.hit && t->run.stops < goal)
        state = motion_advance(t, t->run.steps + (goal - t->run.stops), &work, error);
    if (t->watch.on && t->watch.hit && state != TRAVEL_FAILED)
        state = TRAVEL_STOPPED;
    return seek_finish(t, state);
}
