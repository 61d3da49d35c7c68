/*
 * apply.h - applying one event: what apply.c and apply_slow.c share. Private to src/run.
 *
 * An event is applied quickly if nothing is unusual. Whatever cannot be done at once, and every error, is left, with
 * nothing done (APPLY_LATER), to a second attempt that is not quick, and has time for collections, in micro-steps, and
 * for messages.
 */
#ifndef HEAPREEL_RUN_APPLY_H
#define HEAPREEL_RUN_APPLY_H

#include "run/internal.h"

#include "heap/ids.h"
#include "heap/objects.h"

/*
 * run.stage, the state of the event. FINISHING: in the pause that finishes an incremental cycle, before the event;
 * AGAIN: a second collection, or a marking job, follows or is running; AFTER: the event is done, and what it has made
 * due between events follows.
 */
enum stage { BEGIN, FINISHING, COLLECTING, AGAIN, AFTER };

/* Used for functions that must be compiled twice, quick and not. */
#define INLINE static inline __attribute__((always_inline))

/* An event being applied. */
struct act {
    struct run *run;
    struct heap *heap; /* the current one */
    const struct trace_event *ev;
    struct hint hint;
    bool quick;
    uint32_t *newest; /* quick: the last object allocated, or 0: record 0 always exists */
    uint64_t *budget; /* not quick: micro-steps */
    struct error *error;
};

/* A field of the event's line is wrong: reports it, unless this is the quick attempt. */
#define REFUSE(act, field, ...) ((act)->quick ? APPLY_LATER : fail_at((act)->ev, (field), (act)->error, __VA_ARGS__))

/* Instead of a field's number: the place of an alloc's holder, which is only searched for after an error. */
enum { FIELD_HOLDER = 0 };

/* Fills error with the reason why a name names nothing. */
void explain_unknown(struct run *run, const struct trace_event *event, uint32_t name, unsigned field,
                     struct error *error);

/*
 * The object that a name in that field names; likely is a guess. NONE after filling error (unless quick): never
 * allocated, or collected.
 */
INLINE uint32_t resolve(const struct act *x, uint32_t name, uint32_t likely, unsigned field)
{
    struct object *objects = x->heap->objects.data;
    if (__builtin_expect(objects[likely].name != name, 0) && (likely = ids_use(x->heap, name)) == NONE) {
        if (!x->quick)
            explain_unknown(x->run, x->ev, name, field, x->error);
        return NONE;
    }
    object_named(&objects[likely]);
    return likely;
}

/* The result if resolve has found nothing. */
INLINE enum apply_result unresolved(const struct act *x)
{
    return x->quick ? APPLY_LATER : APPLY_FAILED;
}

INLINE enum apply_result no_memory(const struct act *x)
{
    error_memory(x->error);
    return APPLY_FAILED;
}

/* ---- apply_slow.c: events that take time, or collect ---- */

/* Continues the collection that runs. APPLY_DONE when it is over. */
enum apply_result collect(const struct act *act);

/* Lets simulated time pass, as long as it can be counted. */
enum apply_result let_pass(const struct act *act, uint64_t ns);

enum apply_result apply_external(const struct act *act);
enum apply_result apply_idle(const struct act *act);
enum apply_result apply_gc(const struct act *act);

#endif
