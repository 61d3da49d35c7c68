/* strict.c - "check --strict": finds lines that name an object which is unreachable but not yet collected. */
#include "run/internal.h"

#include "heap/figures.h"
#include "heap/ids.h"
#include "heap/slots.h"
#include "run/reach.h"

/*
 * Does a name name an object that is in the heap but unreachable? An object that does not exist is reported when the
 * event acts.
 */
static int check_name(struct run *run, const struct trace_event *ev, uint32_t name, unsigned field, struct error *error)
{
    uint32_t object = name == NAME_NONE ? NONE : ids_find(&run->current->heap, name);
    if (object == NONE)
        return 0;
    int is = reach_finds(run->current->reach, &run->current->heap, object);
    if (is < 0)
        return error_memory(error);
    if (is)
        return 0;
    struct text_quoted quoted;
    fail_at(ev, field, error, "object \"%s\" is unreachable: a program could not name it any more",
            quote_name(run, name, &quoted));
    return -1;
}

static int check_names(struct run *run, const struct trace_event *ev, struct error *error)
{
    switch ((enum trace_op)ev->op) {
    case TRACE_ALLOC: return ev->flags & EVENT_IN ? check_name(run, ev, ev->b, holder_field(ev), error) : 0;
    case TRACE_REF:
    case TRACE_WEAK:
    case TRACE_UNENTRY: return check_name(run, ev, ev->a, 1, error) || check_name(run, ev, ev->b, 2, error) ? -1 : 0;
    case TRACE_UNREF:
        if (check_name(run, ev, ev->a, 1, error))
            return -1;
        return ev->flags & EVENT_SLOT ? 0 : check_name(run, ev, ev->b, 2, error);
    case TRACE_ENTRY:
        if (check_name(run, ev, ev->a, 1, error) || check_name(run, ev, ev->b, 2, error))
            return -1;
        return ev->flags & EVENT_VALUE ? check_name(run, ev, ev->c, 3, error) : 0;
    case TRACE_ROOT:
    case TRACE_EXTERNAL:
    case TRACE_FINALIZE:
    case TRACE_USE: return check_name(run, ev, ev->a, 1, error);
    default: return 0;
    }
}

/* ---- what an event changes ---- */

/* The object that a slot holds strongly, or NONE. */
static uint32_t strong_target(const struct heap *h, uint32_t holder, uint32_t key)
{
    uint32_t count, at = slots_find(h, holder, key);
    const struct slot *slots = object_slots(h, holder, &count);
    return at == NONE || slots[at].key & SLOT_WEAK ? NONE : slots[at].target;
}

/* Before the event, which names only reachable objects: reports what it releases. */
static void let_go(struct worker *w, const struct trace_event *ev)
{
    const struct heap *h = &w->heap;
    uint32_t holder, other = NONE;
    switch ((enum trace_op)ev->op) {
    case TRACE_ALLOC:
        if (!(ev->flags & EVENT_IN))
            return;
        /* fall through */
    case TRACE_REF:
    case TRACE_WEAK:
    case TRACE_UNREF:
        w->strict_holder = holder = ids_find(h, ev->op == TRACE_ALLOC ? ev->b : ev->a);
        if (holder == NONE)
            return;
        if (ev->flags & EVENT_SLOT)
            other = strong_target(h, holder, ev->slot);
        else if (ev->op == TRACE_UNREF)
            other = ids_find(h, ev->b);
        if (other != NONE)
            reach_unlink(w->reach, holder, other);
        return;
    case TRACE_ENTRY:
    case TRACE_UNENTRY:
    case TRACE_RELEASE:
    case TRACE_LEAVE: reach_drop(w->reach); return;
    default: return;
    }
}

int strict_before(struct run *run, const struct trace_event *ev, struct error *error)
{
    struct worker *w = run->current;
    if (!w->reach && !(w->reach = reach_new()))
        return error_memory(error);
    if (check_names(run, ev, error))
        return -1;
    let_go(w, ev);
    return 0;
}

int strict_after(struct run *run, const struct trace_event *ev, struct error *error)
{
    struct worker *w = run->current;
    struct heap *h = &w->heap;
    uint32_t key = ev->flags & EVENT_SLOT ? ev->slot : SLOT_ANONYMOUS, object;
    int failed = 0;
    switch ((enum trace_op)ev->op) {
    case TRACE_ALLOC:
        object = ids_find(h, ev->a);
        failed = reach_add(w->reach, object) ||
                 (ev->flags & EVENT_IN && reach_link(w->reach, h, w->strict_holder, key, object));
        break;
    case TRACE_REF: failed = reach_link(w->reach, h, w->strict_holder, key, ids_find(h, ev->b)); break;
    case TRACE_ROOT: reach_root(w->reach, ids_find(h, ev->a)); break;
    case TRACE_ENTRY:
        if (ev->flags & EVENT_VALUE)
            failed = reach_enter(w->reach, ids_find(h, ev->a), ids_find(h, ev->b), ids_find(h, ev->c));
        break;
    default: break;
    }
    return failed || reach_tidy(w->reach, h) ? error_memory(error) : 0;
}
