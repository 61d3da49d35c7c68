/*
 * incremental.h - what the collector does between the program's steps: marking in slices
 * and sweeping (heap model, sections 7 and 8; V8 3.14 and 5.1 incremental-marking.cc, V8 11.3
 * incremental-marking.cc and incremental-marking-schedule). A step machine like the collections: a job is begun, and
 * gone on with in micro-steps.
 */
#ifndef HEAPREEL_GC_INCREMENTAL_H
#define HEAPREEL_GC_INCREMENTAL_H

#include "gc/gc.h"

/*
 * Begin a job; go on with marking_go. start: a cycle, none may be running: pages are swept, candidates chosen, the
 * roots go grey. step: one slice that scans up to bytes, a pause of its own.
 */
void marking_start(struct heap *heap, bool forced);
void marking_step(struct heap *heap, uint64_t bytes);

/* Goes on with the job that was begun, by at most *budget micro-steps, which are taken off *budget. */
enum gc_result marking_go(struct heap *heap, uint64_t *budget);

/*
 * After an event: goes on with the job that was begun, and does what has become due: starts a cycle if the
 * era's test says so, pays the steps that allocation asks for, sweeps a page in the background.
 */
enum gc_result marking_after_event(struct heap *heap, uint64_t *budget);

/*
 * In idle time of ns: sweeps for that long, then begins to start a cycle that is due, or to mark for what is left of
 * it.
 */
void marking_idle(struct heap *heap, uint64_t ns);

/* External bytes have grown: begins to start a cycle, or to push the one that runs on. */
void marking_external(struct heap *heap);

/* Begins the atomic pause that finishes the cycle; go on with gc_step. */
void marking_finish(struct heap *heap, enum reason reason, bool forced);

/* The program has allocated an object in the old generation: it is black where the era allocates black. */
static inline void marking_allocated_old(struct heap *h, uint32_t object)
{
    struct object *o = &h->objects.data[object];
    h->marking.old_allocated += object_bytes(o);
    if (h->config.era != ERA_BOOK)
        o->bits = (o->bits & ~OBJECT_COLOR) | (uint32_t)COLOR_BLACK << OBJECT_COLOR_SHIFT;
}

/* ---- schedule.c ---- */

/* Forgets all progress: no cycle is running, nothing is grey. */
void marking_clear(struct heap *heap);

/* At the end of a major collection: pages may wait for the background sweeper. */
void sweep_begin_background(struct heap *heap);

#endif
