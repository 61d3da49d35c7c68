/*
 * strict.c - "check --strict": an object that is unreachable but not yet collected may not be brought back.
 *
 * Reachability is computed exactly, but only when an event names an object that
 * no scope holds.
 */
#include "run/internal.h"

#include "heap/ids.h"

#include <stdlib.h>

/* Is the object reachable now? -1 without memory. */
static int reachable(const struct heap *h, uint32_t object)
{
    if (h->objects.data[object].handle != NONE)
        return 1;
    uint8_t *map = calloc(h->objects.len + 1, 1);
    if (!map)
        return -1;
    int result = heap_reachable(h, map) ? -1 : map[object];
    free(map);
    return result;
}

/* Is there such an object that is in the heap but unreachable? What is not there at all is told when the event acts. */
static int check_name(struct run *run, const struct trace_event *ev, uint32_t name, unsigned field, struct error *error)
{
    uint32_t object = name == NAME_NONE ? NONE : ids_find(&run->current->heap, name);
    if (object == NONE)
        return 0;
    int is = reachable(&run->current->heap, object);
    if (is < 0)
        return error_memory(error);
    if (is)
        return 0;
    struct text_quoted quoted;
    fail_at(ev, field, error, "object \"%s\" is unreachable: a program could not name it any more",
            quote_name(run, name, &quoted));
    return -1;
}

int strict_check(struct run *run, const struct trace_event *ev, struct error *error)
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
