/* breakpoint_watch.c - breakpoints during motion: which happening, or which line, a breakpoint waits for. */
#include "travel/internal.h"

#include "gc/gc.h"

#define OBJECT_KINDS_HEARD                                                                                             \
    (BIT(ALLOC) | BIT(STORE) | BIT(CLEAR) | BIT(ENTRY) | BIT(UNENTRY) | BIT(MOVE) | BIT(PROMOTE) | BIT(SCAN) |         \
     BIT(MARK) | BIT(EVACUATE) | BIT(DEAD) | BIT(EXTERNAL))

/* The happenings that a breakpoint needs. */
static uint64_t mask_of(enum breakpoint_kind kind)
{
    switch (kind) {
    case BREAKPOINT_MINOR:
    case BREAKPOINT_MAJOR:
    case BREAKPOINT_FINISH: return BIT(GC_BEGIN);
    case BREAKPOINT_COMPACT: return BIT(EVACUATE);
    case BREAKPOINT_STEP: return BIT(STEP);
    case BREAKPOINT_MARKING: return BIT(MARKING_START);
    case BREAKPOINT_PROMOTION: return BIT(PROMOTE);
    case BREAKPOINT_OOM: return BIT(OOM) | BIT(OOM_COLLECTION);
    case BREAKPOINT_OBJECT: return OBJECT_KINDS_HEARD;
    default: return 0;
    }
}

static bool looks_at_lines(enum breakpoint_kind kind)
{
    return kind == BREAKPOINT_LINE || kind == BREAKPOINT_CONDITION || kind == BREAKPOINT_EVENT;
}

/* Does the condition hold? One that cannot be evaluated (an object does not exist yet) does not. */
static bool holds(struct travel *t, const struct breakpoint *b)
{
    return t->run.current->ready && expect_holds(&t->run, b->text, strlen(b->text));
}

int watch_begin(struct travel *t, bool forward)
{
    struct watch *w = &t->watch;
    w->listener.mask = 0;
    w->on = true;
    w->forward = forward;
    w->for_line = t->seek.goal == TRAVEL_LINE || t->seek.goal == TRAVEL_LINE_BACK;
    w->lines = w->for_line;
    w->hit = w->hit_before = false;
    /* Within a line conditions are not evaluated: their result at its beginning still holds. */
    bool known = t->run.stage != 0 && w->looked == t->run.steps && w->held.len == t->breakpoints.list.len;
    w->looked = t->run.steps;
    w->held.len = known ? w->held.len : 0;
    w->event = run_events(&t->run) - (t->run.stage != 0);
    for (size_t i = 0; i < t->breakpoints.list.len; i++) {
        const struct breakpoint *b = &t->breakpoints.list.data[i];
        bool counts = !b->off && !w->for_line;
        bool held = !known && counts && b->kind == BREAKPOINT_CONDITION && holds(t, b);
        if (counts) {
            w->listener.mask |= mask_of(b->kind);
            w->lines |= looks_at_lines(b->kind);
        }
        if (!known && vec_push(&w->held, held))
            return -1;
    }
    return 0;
}

void watch_end(struct travel *t)
{
    if (t->watch.for_line)
        t->watch.held.len = 0;          /* nothing is known about the breakpoints */
    t->watch.on = t->watch.hit = false; /* a later motion, which may watch nothing, must not find this hit */
}

/* The place of a happening: after the current micro-step, or at the end of the line. */
static struct travel_position place(const struct travel *t, const struct heap *heap)
{
    const struct run *run = &t->run;
    if (!gc_working(heap))
        return (struct travel_position){run->steps + 1, 0};
    return (struct travel_position){run->steps, run_all_micro_steps(run) - run->micro_steps + 1};
}

static void hit(struct travel *t, struct breakpoint_hit what, struct travel_position at)
{
    struct watch *w = &t->watch;
    if (w->hit && travel_order(w->at, at) == 0)
        return; /* the first one at a place is reported */
    w->hit_before = w->hit;
    w->what_before = w->what;
    w->at_before = w->at;
    w->hit = true;
    w->at = at;
    w->what = what;
    if (w->forward)
        run_interrupt(&t->run);
}

/* Is it the object of that name? */
static bool is_named(const struct heap *heap, uint32_t object, const char *name)
{
    if (object == NONE)
        return false;
    uint32_t number = names_find(heap->names, name, strlen(name));
    return number != NAME_NONE && heap->objects.data[object].name == number;
}

static bool matches(const struct travel *t, const struct breakpoint *b, const struct heap *heap,
                    const struct happening *happening)
{
    (void)t;
    switch (b->kind) {
    case BREAKPOINT_MINOR: return happening->value[GC_BEGIN_type] == COLLECTION_SCAVENGE;
    case BREAKPOINT_MAJOR: return happening->value[GC_BEGIN_type] != COLLECTION_SCAVENGE;
    case BREAKPOINT_FINISH: return happening->value[GC_BEGIN_type] != COLLECTION_SCAVENGE && heap->gc.finishing;
    case BREAKPOINT_PROMOTION:
    case BREAKPOINT_OBJECT: return !b->name || is_named(heap, happening->object, b->name);
    default: return true;
    }
}

void watch_hear(void *self, const struct heap *heap, const struct happening *happening)
{
    struct travel *t = self;
    for (size_t i = 0; i < t->breakpoints.list.len; i++) {
        const struct breakpoint *b = &t->breakpoints.list.data[i];
        bool heard = (mask_of(b->kind) & UINT64_C(1) << happening->kind) != 0;
        if (heard && !b->off && matches(t, b, heap, happening))
            hit(t, (struct breakpoint_hit){b->id, b->kind, true, *happening}, place(t, heap));
    }
}

int watch_line(struct travel *t)
{
    struct watch *w = &t->watch;
    const struct run *run = &t->run;
    struct travel_position here = {run->steps, 0};
    if (w->for_line) {
        if (w->forward ? run->line >= t->seek.number : run->line == t->seek.number)
            hit(t, (struct breakpoint_hit){.kind = BREAKPOINT_LINE}, here);
        return 0;
    }
    for (size_t i = 0; w->lines && i < t->breakpoints.list.len && i < w->held.len; i++) {
        const struct breakpoint *b = &t->breakpoints.list.data[i];
        bool at = false;
        if (b->off || !looks_at_lines(b->kind))
            continue;
        if (b->kind == BREAKPOINT_LINE) {
            at = run->line == b->number;
        } else if (b->kind == BREAKPOINT_EVENT) {
            at = run_events(run) == b->number && w->event != b->number;
        } else {
            bool held = holds(t, b);
            at = held && !w->held.data[i];
            w->held.data[i] = held;
        }
        if (at)
            hit(t, (struct breakpoint_hit){.id = b->id, .kind = b->kind}, here);
    }
    w->event = run_events(run);
    w->looked = run->steps;
    return 0;
}
