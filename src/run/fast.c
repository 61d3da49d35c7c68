/*
 * fast.c - the three events that traces are made of, when nothing is unusual: no listener, no
 * collection, no error. Whatever is unusual is left, untouched, to apply.c. What is done
 * is the same, by the same inline functions of the heap; only the detours are missing.
 */
#include "run/internal.h"

#include "gc/allocate.h"
#include "gc/barrier.h"
#include "gc/incremental.h"
#include "heap/ids.h"
#include "heap/roots.h"
#include "heap/sites.h"

/* An object of the program's, plain, with a fresh ID and a handle. */
static inline bool fast_alloc(struct heap *h, const struct trace_event *ev, uint32_t *newest)
{
    /* An allocation that makes a marking step or the sweeper's next page due is left to apply.c. */
    if (h->counters.allocated_bytes + ev->number + UNIT > h->due_at)
        return false;
    if ((ev->flags & EVENT_IN) || !ids_lacks(h, ev->a) || ids_reserve(h) || roots_reserve(h))
        return false;
    if (sites_enter(h, ev->site))
        return false;
    uint32_t object = allocate_fast(h, ev->kind, ev->number);
    if (object == NONE)
        return false;
    h->objects.data[object].name = ev->a;
    ids_insert(h, ev->a, object);
    h->cold.data[object].site = h->site_run.name;
    roots_add(h, object);
    *newest = object;
    return true;
}

/* The object that a name names: programs mostly store what they have just made, so that is looked at first. */
static inline uint32_t find(const struct heap *h, uint32_t name, uint32_t newest)
{
    return h->objects.data[newest].name == name ? newest : ids_find(h, name);
}

static inline bool fast_ref(struct heap *h, const struct trace_event *ev, uint32_t newest)
{
    uint32_t src = find(h, ev->a, newest), dst = find(h, ev->b, newest);
    if (src == NONE || dst == NONE || !(h->objects.data[src].bits & OBJECT_POINTERS))
        return false;
    object_named(&h->objects.data[src]);
    object_named(&h->objects.data[dst]);
    return store_slot(h, src, ev->flags & EVENT_SLOT ? ev->slot : SLOT_ANONYMOUS, dst, false) == 0;
}

static inline bool fast_release(struct heap *h, const struct trace_event *ev)
{
    uint32_t object = ids_find(h, ev->a);
    if (object == NONE || h->objects.data[object].handle == NONE)
        return false;
    object_named(&h->objects.data[object]);
    roots_drop(h, object);
    return true;
}

int fast_events(struct run *run, const struct trace_event *events, int count)
{
    struct heap *h = &run->current->heap;
    uint64_t allocs = 0, refs = 0;
    uint32_t newest = 0;
    int done = 0;
    for (; done < count; done++) {
        const struct trace_event *ev = &events[done];
        if (ev->op == TRACE_REF) {
            if (!fast_ref(h, ev, newest))
                break;
            refs++;
        } else if (ev->op == TRACE_ALLOC) {
            if (!fast_alloc(h, ev, &newest))
                break;
            allocs++;
        } else if (ev->op != TRACE_RELEASE || !fast_release(h, ev)) {
            break;
        }
    }
    run->current->counts[TRACE_ALLOC] += allocs;
    run->current->counts[TRACE_REF] += refs;
    run->current->counts[TRACE_RELEASE] += (uint64_t)done - allocs - refs;
    h->event += (uint64_t)done;
    h->counters.events += (uint64_t)done;
    return done;
}
