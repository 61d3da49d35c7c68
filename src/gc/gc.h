/*
 * gc.h - the collectors as step machines.
 *
 * A collection keeps its whole progress in the heap (struct gc_state). Beginning
 * one and stepping it until it is done is the atomic pause; a budget of one is a micro-step
 * of the screen. It is the same code.
 *
 * The tri-color invariant. Marking colors objects: white ones have not been reached, grey ones have been reached and
 * wait on a worklist, black ones have been reached and scanned. No strong slot of a black object holds a white object.
 * So, when nothing is grey and the roots have been visited, no white object can be reached from a root, and all white
 * objects are garbage. Within a pause the invariant holds by itself: an object becomes black when everything in its
 * slots is at least grey. Between the slices of incremental marking the program stores pointers, and could put a white
 * object in a black one; the marking barrier (barrier.c) then makes either of the two grey. The program's handles are
 * not watched: the finishing pause visits them again. Weak slots and the entries of weak collections are no part of the
 * invariant; the finishing pause looks through them at the end.
 *
 * The files in the order to read them, which is also the order of calls: each uses only files before it.
 *   dead, mark, weak, staleness, remember         what happens to single objects: freed, colored, aged, recorded
 *   decide, policy                                when to collect, and how far the old generation may grow
 *   sweep, schedule                               free blocks of pages; when the next step between events is due
 *   oldspace, promote, compact                    room in the old generation; survivors of new space; evacuation
 *   collection                                    the record of a collection: its beginning and end
 *   scavenge, major, incremental                  the three step machines
 *   gc, allocate, barrier                         what the rest of the program calls
 */
#ifndef HEAPREEL_GC_GC_H
#define HEAPREEL_GC_GC_H

#include "heap/heap.h"

#define GC_UNLIMITED UINT64_MAX

enum gc_result {
    GC_DONE,  /* the collection is over, or none was running */
    GC_MORE,  /* the budget is used up; go on with another step */
    GC_FAILED /* the host has no memory left */
};

/* ---- gc.c ---- */

/*
 * Continues the collection that is running, by at most *budget micro-steps (growth and flip, one object copied,
 * promoted, scanned, marked or evacuated, one page swept, one batch of weak processing), which are taken off *budget.
 * If the simulated heap runs out of memory, heap->out_of_memory is set and the collection ends.
 */
enum gc_result gc_step(struct heap *heap, uint64_t *budget);

/* Is a collection running? */
static inline bool gc_running(const struct heap *h)
{
    return h->gc.running != 0;
}

/* Is the collector in the middle of something that takes micro-steps, in a pause or between events? */
static inline bool gc_working(const struct heap *h)
{
    return gc_running(h) || h->marking.job != 0 || h->search.phase != 0;
}

/* What the machine is doing, for messages and screens. */
enum gc_activity { GC_MUTATOR, GC_SCAVENGING, GC_MARKING, GC_SWEEPING, GC_PROMOTING, GC_EVACUATING };
enum gc_activity gc_activity(const struct heap *heap);

/* ---- collection.c ---- */

/* Begins a collection; none may be running. compact: evacuate every fragmented page (mark-compact only). */
void gc_begin(struct heap *heap, enum collection_type type, enum reason reason, bool forced, bool compact);

/* Updates the peaks with the current figures; called before they may fall. */
void gc_note_peaks(struct heap *heap);

/* ---- decide.c ---- */

/* Decides to begin a collection or cycle of that type: reports the decision, and keeps it until then. */
void gc_decide(struct heap *heap, enum decision rule, uint64_t left, uint64_t right, enum collection_type type);

/* Returns why the next collection begins, and forgets it. */
struct decision_record gc_take_decision(struct heap *heap);

#endif
