/*
 * incremental.h - marking in slices between the program's steps (heap model, section 7;
 * V8 3.14 and 5.1 incremental-marking.cc, V8 11.3 incremental-marking.cc and incremental-marking-schedule).
 */
#ifndef HEAPREEL_GC_INCREMENTAL_H
#define HEAPREEL_GC_INCREMENTAL_H

#include "heap/heap.h"

/* Starts a cycle: the roots go grey. None may be running. 0, or -1 without memory. */
int marking_start(struct heap *heap, bool forced);

/* One step that scans up to bytes; a pause of its own. 0, or -1 without memory. */
int marking_step(struct heap *heap, uint64_t bytes);

/* After an event: starts a cycle if the era's test says so, and pays the steps that allocation has made due. 0 or -1. */
int marking_after_event(struct heap *heap);

/* In idle time of ns: starts a cycle that is due, marks for that long. 0 or -1. */
int marking_idle(struct heap *heap, uint64_t ns);

/* External bytes have grown: starts a cycle, or pushes the one that runs on. 0 or -1. */
int marking_external(struct heap *heap);

/* Begins the atomic pause that finishes the cycle; go on with gc_step. */
void marking_finish(struct heap *heap, enum reason reason, bool forced);

/* Forgets all progress: no cycle is running, nothing is grey. */
void marking_clear(struct heap *heap);

/* The program has allocated an object: counts its bytes, and makes it black where the era allocates black. */
static inline void marking_allocated(struct heap *h, uint32_t object)
{
    struct object *o = &h->objects.data[object];
    h->marking.allocated += object_bytes(o);
    if (o->bits & OBJECT_YOUNG)
        return;
    h->marking.old_allocated += object_bytes(o);
    if (h->config.era != ERA_BOOK)
        o->bits = (o->bits & ~OBJECT_COLOR) | (uint32_t)COLOR_BLACK << OBJECT_COLOR_SHIFT;
}

#endif
