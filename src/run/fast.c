/*
 * fast.c - the three events that traces are made of, when nothing is unusual: no listener, no
 * collection, no error. Whatever is unusual is left, untouched, to apply.c. What is done
 * is the same, by the same inline functions of the heap; only the detours are missing.
 */
#include "run/internal.h"

#include "gc/allocate.h"
#include "gc/barrier.h"
#include "heap/ids.h"
#include "heap/roots.h"

/* An object of the program's, plain, with a fresh ID and a handle. */
static inline bool fast_alloc(struct heap *h, const struct trace_event *ev)
{
    if (ev->flags || ids_find(h, ev->a) != NONE || ids_reserve(h) || roots_reserve(h))
        return false;
    uint32_t object = allocate_fast(h, ev->kind, ev->number);
    if (object == NONE)
        return false;
    h->objects.data[object].name = ev->a;
    ids_insert(h, ev->a, object);
    h->cold.data[object].site = ev->site != NAME_NONE ? ev->site : h->scopes.data[h->scopes.len - 1].name;
    roots_add(h, object);
    return true;
}

/* The object that a name names: the guess made when the batch was scanned, if it still holds. */
static inline uint32_t find(const struct heap *h, uint32_t name, uint32_t guess)
{
    if (__builtin_expect(guess != NONE && h->objects.data[guess].name == name, 1))
        return guess;
    return ids_find(h, name);
}

static inline bool fast_ref(struct heap *h, const struct trace_event *ev, const struct guess *guess)
{
    uint32_t src = find(h, ev->a, guess->a), dst = find(h, ev->b, guess->b);
    if (src == NONE || dst == NONE || !(h->objects.data[src].bits & OBJECT_POINTERS))
        return false;
    object_named(&h->objects.data[src]);
    object_named(&h->objects.data[dst]);
    return store_slot(h, src, ev->flags & EVENT_SLOT ? ev->slot : SLOT_ANONYMOUS, dst, false) == 0;
}

static inline bool fast_release(struct heap *h, const struct trace_event *ev, const struct guess *guess)
{
    uint32_t object = find(h, ev->a, guess->a);
    if (object == NONE || h->objects.data[object].handle == NONE)
        return false;
    object_named(&h->objects.data[object]);
    roots_drop(h, object);
    return true;
}

void fast_guess(const struct heap *h, const struct trace_event *events, int count, struct guess *guesses)
{
    /* No test of what the events are: it would cost more than what is fetched in vain. */
    for (int i = 0; i < count; i++) {
        __builtin_prefetch(ids_bucket(h, events[i].a), 1);
        __builtin_prefetch(ids_bucket(h, events[i].b), 1);
    }
    for (int i = 0; i < count; i++) {
        struct guess *guess = &guesses[i];
        guess->a = ids_guess(h, events[i].a);
        guess->b = ids_guess(h, events[i].b);
        __builtin_prefetch(&h->objects.data[guess->a == NONE ? 0 : guess->a], 1);
        __builtin_prefetch(&h->objects.data[guess->b == NONE ? 0 : guess->b], 1);
    }
}

/* Fetches what an event a little later will store to, whose object has arrived by now. */
static inline void prefetch_later(const struct heap *h, const struct trace_event *ev, const struct guess *guess)
{
    if (guess->a == NONE)
        return;
    const struct object *o = &h->objects.data[guess->a];
    if (ev->op == TRACE_RELEASE) {
        if (o->handle != NONE)
            __builtin_prefetch(&h->handles.data[o->handle], 1);
    } else if (o->nslots > 0 && o->nslots <= SLOTS_SMALL) {
        __builtin_prefetch(&h->arena.data[o->slots], 1);
    }
}

int fast_events(struct run *run, const struct trace_event *events, const struct guess *guesses, int count)
{
    const int ahead = 6;
    struct heap *h = &run->heap;
    uint64_t allocs = 0, refs = 0;
    int done = 0;
    for (; done < count; done++) {
        const struct trace_event *ev = &events[done];
        if (done + ahead < count)
            prefetch_later(h, ev + ahead, &guesses[done + ahead]);
        if (ev->op == TRACE_REF) {
            if (!fast_ref(h, ev, &guesses[done]))
                break;
            refs++;
        } else if (ev->op == TRACE_ALLOC) {
            if (!fast_alloc(h, ev))
                break;
            allocs++;
        } else if (ev->op != TRACE_RELEASE || !fast_release(h, ev, &guesses[done])) {
            break;
        }
    }
    run->counts[TRACE_ALLOC] += allocs;
    run->counts[TRACE_REF] += refs;
    run->counts[TRACE_RELEASE] += (uint64_t)done - allocs - refs;
    h->event += (uint64_t)done;
    h->counters.events += (uint64_t)done;
    return done;
}
