/*
 * incremental.h - the collector's work between events: incremental marking and sweeping (heapreel-model(7),
 * "Incremental marking" and "Sweeping"; V8 3.14 and 5.1 incremental-marking.cc, V8 11.3 incremental-marking.cc and
 * incremental-marking-schedule). A step machine like the collections: a job is begun, and continued in micro-steps.
 */
#ifndef HEAPREEL_GC_INCREMENTAL_H
#define HEAPREEL_GC_INCREMENTAL_H

#include "gc/gc.h"

/*
 * Begin a job, which marking_go continues. start: a cycle, if none is running: sweeps pages, chooses candidates, makes
 * the roots grey. step: scans up to bytes, in a pause of its own.
 */
void marking_start(struct heap *heap, bool forced);
void marking_step(struct heap *heap, uint64_t bytes);

/* Continues the job by at most *budget micro-steps, which are taken off *budget. */
enum gc_result marking_go(struct heap *heap, uint64_t *budget);

/*
 * After an event: continues the job that was begun, and does what is due: starts a cycle if the era's test says so,
 * makes the steps that allocation has paid for, sweeps a page in the background.
 */
enum gc_result marking_after_event(struct heap *heap, uint64_t *budget);

/* In idle time of ns: sweeps for that long; in the rest, begins to start a cycle that is due, or to mark. */
void marking_idle(struct heap *heap, uint64_t ns);

/* External bytes have grown: begins to start a cycle, or makes a step of the one that runs. */
void marking_external(struct heap *heap);

/* Begins the atomic pause that finishes the cycle; gc_step continues it. */
void marking_finish(struct heap *heap, enum reason reason, bool forced);

/* The program has allocated an object in the old generation: colors it black if the era allocates black. */
static inline void marking_allocated_old(struct heap *h, uint32_t object)
{
    struct object *o = &h->objects.data[object];
    h->marking.old_allocated += object_bytes(o);
    if (h->config.allocate_black)
        o->bits = (o->bits & ~OBJECT_COLOR) | (uint32_t)COLOR_BLACK << OBJECT_COLOR_SHIFT;
}

/*
 * While marking the program has allocated bytes in a space other than new space. Where each space counts for itself
 * (node20), they bring a step of that space nearer, and none of new space.
 */
void marking_allocated_beside(struct heap *heap, enum space_id space, uint64_t bytes);

/* ---- schedule.c ---- */

/* Forgets all progress: no cycle is running, and nothing is grey. */
void marking_clear(struct heap *heap);

/* At the end of a major collection: schedules the background sweeper if pages wait for it. */
void sweep_begin_background(struct heap *heap);

#endif
