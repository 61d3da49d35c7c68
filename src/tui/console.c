/* console.c - what the parts of the dashboard say, ask, and set out for. */
#include "tui/dashboard.h"

#include "base/text.h"
#include "gc/gc.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>

/* ---- messages ---- */

void dashboard_hush(struct dashboard *dashboard)
{
    free(dashboard->message);
    dashboard->message = NULL;
}

void dashboard_say(struct dashboard *dashboard, bool alarm, const char *format, ...)
{
    va_list args;
    size_t len;
    va_start(args, format);
    char *text = text_format(&len, format, args);
    va_end(args);
    dashboard_hush(dashboard);
    dashboard->alarm = alarm;
    dashboard->message = text;
    dashboard->scene.prompt_first = 0;
}

void dashboard_complain(struct dashboard *dashboard, struct error *error)
{
    if (error->line > 0)
        dashboard_say(dashboard, true, "line %llu: %s", (unsigned long long)error->line, error_text(error));
    else
        dashboard_say(dashboard, true, "%s", error_text(error));
    error_clear(error);
}

int dashboard_output(struct dashboard *dashboard, struct output *out, const char *path, struct error *error)
{
    if (output_same(dashboard->player->options.path, path))
        return error_set(error, ERROR_USAGE, 0, 0, "%s is the trace that is played, and would be replaced", path);
    return output_start(out, dashboard->outputs, path, error);
}

/* ---- going ---- */

void dashboard_report_arrival(struct dashboard *d)
{
    struct player *p = d->player;
    if (p->hit) {
        dashboard_say(d, false, "%s", p->hit);
        return;
    }
    if (p->going)
        return;
    bool line = p->goal == TRAVEL_LINE || p->goal == TRAVEL_LINE_BACK;
    if (line && p->arrived == TRAVEL_THERE && p->run->line != p->line)
        dashboard_say(d, false, "nothing happens in line %" PRIu64 ": this is the next that is applied", p->line);
    if (p->arrived == TRAVEL_ENDED && p->goal == TRAVEL_BREAK_FORWARD)
        dashboard_say(d, false, "no breakpoint is hit from here on");
    if (p->arrived != TRAVEL_NOT_FOUND)
        return;
    switch (p->goal) {
    case TRAVEL_PREVIOUS_COLLECTION: dashboard_say(d, false, "no collection before here"); break;
    case TRAVEL_PREVIOUS_CHAPTER: dashboard_say(d, false, "no chapter before here"); break;
    case TRAVEL_NEXT_CHAPTER: dashboard_say(d, false, "no chapter after this one"); break;
    case TRAVEL_BREAK_BACK: dashboard_say(d, false, "no breakpoint was hit before here"); break;
    case TRAVEL_LINE: dashboard_say(d, false, "the trace ends before line %" PRIu64 " comes", p->line); break;
    case TRAVEL_LINE_BACK: dashboard_say(d, false, "line %" PRIu64 " has not come before here", p->line); break;
    default: break;
    }
}

/* Does a goal lie ahead of here? */
static bool ahead(const struct player *p, enum travel_goal goal, uint64_t number)
{
    switch (goal) {
    case TRAVEL_STEP: return number > travel_here(p->travel).step;
    case TRAVEL_EVENT: return number > player_event(p);
    case TRAVEL_TIME: return number > run_now(p->run);
    case TRAVEL_FORWARD:
    case TRAVEL_MICRO_FORWARD:
    case TRAVEL_NEXT_COLLECTION:
    case TRAVEL_NEXT_CHAPTER:
    case TRAVEL_END:
    case TRAVEL_BREAK_FORWARD: return true;
    default: return false;
    }
}

/* The way ahead leads over the answer: shows it if the question here is open. */
static bool answer_first(struct dashboard *d, bool forward)
{
    return forward && player_rest(d->player) == PLAYER_ASKS && player_reveal(d->player);
}

/* Sets out, with what a motion changes on the screen. */
static void set_out(struct dashboard *d)
{
    d->scene.note_page = 0; /* the note will be another one */
    d->going_since = player_now(d->player);
}

/* What follows after a motion has begun, and perhaps ended. */
static void on_the_way(struct dashboard *d)
{
    if (d->player->waiting) { /* within a line: it is impossible to go anywhere */
        dashboard_say(d, false, "waiting for more of the trace: it can be gone through when that has come");
        return;
    }
    compare_follow(d);
    dashboard_report_arrival(d);
}

void dashboard_forward(struct dashboard *dashboard)
{
    if (answer_first(dashboard, true))
        return;
    set_out(dashboard);
    player_forward(dashboard->player);
    on_the_way(dashboard);
}

#define NEXT_MOST 100000 /* steps of a press: a longer stretch takes another one */

void dashboard_next(struct dashboard *dashboard)
{
    struct player *p = dashboard->player;
    const struct heap *heap = NULL;
    set_out(dashboard);
    for (int i = 0; i < NEXT_MOST; i++) {
        uint64_t lines = p->recent_events.count;
        player_go(p, TRAVEL_MICRO_FORWARD, 1);
        heap = player_heap(p);
        /* a step of a collection is worth a press if it is told, or seen: in marking, a color changes */
        bool seen = heap && gc_running(heap) && (p->recent_events.count != lines || gc_activity(heap) == GC_MARKING);
        if (seen || p->going || p->told || p->arrived != TRAVEL_THERE || player_ended(p))
            break;
    }
    on_the_way(dashboard);
}

void dashboard_go_line(struct dashboard *dashboard, uint64_t line)
{
    if (answer_first(dashboard, line > dashboard->player->run->line))
        return;
    set_out(dashboard);
    player_go_line(dashboard->player, line);
    on_the_way(dashboard);
}

void dashboard_go(struct dashboard *dashboard, enum travel_goal goal, uint64_t number)
{
    if (answer_first(dashboard, ahead(dashboard->player, goal, number)))
        return;
    set_out(dashboard);
    player_go(dashboard->player, goal, number);
    on_the_way(dashboard);
}

bool dashboard_going(const struct dashboard *dashboard)
{
    return dashboard->player->going || dashboard->next || (dashboard->other && dashboard->other->going);
}

/* ---- what is typed ---- */

void dashboard_ask(struct dashboard *dashboard, enum asking asking)
{
    static const char *const labels[] = {
#define X(symbol, label) label,
        ASKINGS(X)
#undef X
    };
    dashboard->asking = asking;
    prompt_begin(&dashboard->prompts[asking], labels[asking]);
}
