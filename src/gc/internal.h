/* internal.h - what the collectors share. Private to src/gc. */
#ifndef HEAPREEL_GC_INTERNAL_H
#define HEAPREEL_GC_INTERNAL_H

#include "gc/gc.h"
#include "heap/figures.h"
#include "heap/objects.h"
#include "heap/pages.h"
#include "heap/slots.h"

/* ---- every step machine ---- */

/* Takes one micro-step off the budget, which a listener may have set to 0 meanwhile. */
static inline void spend(struct heap *h, uint64_t *budget)
{
    h->micro_steps++;
    if (*budget)
        --*budget;
}

/* ---- dead.c ---- */

/* Frees a dead object of any space and counts it in the record. The caller updates the page's figures. */
void free_dead(struct heap *heap, uint32_t object);

/* ---- mark.c ---- */

/* Makes a white object grey. 0, or -1 without memory. */
static inline int mark_grey(struct heap *h, uint32_t object)
{
    struct object *o = &h->objects.data[object];
    object_set_color(o, COLOR_GREY);
    tell(h, MARK, object, object_space(o), object_bytes(o), COLOR_GREY);
    return vec_push(&h->worklist, object);
}
/* Makes an object grey unless it is marked. 0, or -1 without memory. */
int mark_object(struct heap *heap, uint32_t object);
static inline bool marked(const struct heap *h, uint32_t object)
{
    return (h->objects.data[object].bits & OBJECT_COLOR) != 0;
}
/* Takes the next grey object, or NONE. */
uint32_t mark_next(struct heap *heap);
static inline bool mark_any(const struct heap *h)
{
    return h->worklist.len > 0 || h->marking.again_next < h->again.len;
}
/* Scans a grey object: it becomes black, and what it holds strongly grey. 0, or -1 without memory. */
int mark_scan(struct heap *heap, uint32_t object);
/*
 * Takes objects off the worklist and scans them, each a micro-step off *budget, while the budget of bytes covers the
 * next one completely: *used, to which its bytes are added, comes to pay at most. 0, or -1 without
 * memory.
 */
int mark_scan_paid(struct heap *heap, uint64_t pay, uint64_t *used, uint64_t *budget);
/* Drops the objects that a scavenge has freed from the lists of marking. */
void marking_drop_dead(struct heap *heap);
/* Stores list a black object with weak slots or entries again each time: keeps only the first place of each. */
void marking_keep_once(struct heap *heap);
/*
 * Looks through the entries of weak collections that have not been looked through yet. *found: was something marked? 0
 * or -1.
 */
int mark_ephemerons(struct heap *heap, bool *found);
/* Removes the chains that wait for keys that are dead. */
void mark_ephemerons_finish(struct heap *heap);

/* ---- weak.c ---- */
void weak_clear(struct heap *heap);
int weak_finalizers(struct heap *heap);

/* ---- staleness.c ---- */

/* Counts one more major that the marked objects survive without being named. After marking. */
void staleness_count(struct heap *heap);
/* Notes how many bytes of objects a major has left. */
void idle_note_growth(struct heap *heap, uint64_t heap_used);

/* ---- remember.c: records of the remembered set, at and after a collection ---- */

/* Records the slot or entry word if it holds a young pointer. 0 or -1. */
int record_promoted_slot(struct heap *heap, uint32_t host, uint32_t position);
int record_promoted_entry(struct heap *heap, uint32_t host, uint32_t position);
/*
 * Drops the records that hold no young pointer, keeping the order; with dead_hosts also those of dead hosts (while
 * colors are valid).
 */
void records_prune(struct heap *heap, bool dead_hosts);
/* Drops the records whose entry is gone. */
void records_prune_gone(struct heap *heap);
/* Keeps only young keys whose entry exists and whose key is young. */
void young_keys_prune(struct heap *heap, bool dead_hosts);

/* ---- sweep.c ---- */

/*
 * Prefetches the objects of pages that are about to be settled, at most SWEEP_FETCH. Each page has a list of objects
 * that jumps about in memory: one page after another would wait for each access, side by side the accesses overlap.
 */
enum { SWEEP_FETCH = 8 };
void sweep_fetch(const struct heap *heap, const uint32_t *pages, unsigned count);
/*
 * After marking: frees the dead objects of a page; the living become white. Pages of code and of equal cells are swept
 * at once; other pages wait. 0, or -1 without memory.
 */
int sweep_settle(struct heap *heap, uint32_t page);
/* Makes the free blocks of a page from the places of its objects, on the sweeper's time. 0, or -1 without memory. */
int sweep_page(struct heap *heap, uint32_t page, enum sweeper sweeper);
/*
 * Sweeps the first waiting page of the space and adds the bytes that the free list gained to *freed. 1; 0 if none
 * waits; -1 without memory.
 */
int sweep_one(struct heap *heap, enum space_id space, enum sweeper sweeper, uint64_t *freed);
/* The same in any space that has a waiting page. */
int sweep_any(struct heap *heap, enum sweeper sweeper);
/* Does a page wait to be swept? */
bool sweep_pending(const struct heap *heap);
/* Sweeps the large object spaces, completely. */
void sweep_large(struct heap *heap);
/* Releases the empty pages of a space, except one. */
void sweep_release(struct heap *heap, enum space_id space);

/* ---- schedule.c (and incremental.h) ---- */

/* node20: the bytes allocated in a space other than new space that make a step due. */
static inline uint64_t marking_space_step(const struct heap *h)
{
    return 4 * h->config.marking_step_allocated;
}
/* Sets when the program's allocation makes the next step or page due. */
void marking_set_due(struct heap *heap);
/* The background sweeper sweeps a page for each of this many bytes that the program allocates. */
uint64_t sweeper_pace(const struct heap *heap);

/* ---- oldspace.c ---- */

/* The space that an object of that kind is promoted to. */
enum space_id promotion_space(const struct heap *heap, const struct object *o);
/*
 * Gives up an allocation area that is too small for units before other room is sought: its rest goes back to the free
 * list, below what is swept next. 1 if there is no area any more, 0, or -1 without memory.
 */
int old_leave_area(struct heap *heap, enum space_id space, uint64_t units);
/* Is an allocation suspended after sweeping a page? */
static inline bool old_searching(const struct heap *h)
{
    return h->search.phase != 0;
}
/*
 * Allocates in the old generation. OLD_FOUND with *place filled; OLD_FULL if there is no room; OLD_SWEPT when a page
 * has been swept, which is a micro-step (call again); OLD_FAILED without host memory.
 */
enum old_result { OLD_FAILED = -1, OLD_FULL, OLD_FOUND, OLD_SWEPT };
enum old_asker { ASK_PROGRAM, ASK_PROGRAM_AT_LAST /* past the limit */, ASK_COLLECTOR };
enum old_result old_allocate(struct heap *heap, enum space_id space, uint64_t units, enum old_asker asker,
                             struct place *place);
/* The same for a large object, never OLD_SWEPT. */
enum old_result large_allocate(struct heap *heap, enum space_id space, uint64_t units, enum old_asker asker,
                               struct place *place);

/* ---- promote.c: moving the survivors of new space ---- */

enum moved {
    MOVED_NOT,
    MOVED,
    MOVED_SWEPT,  /* not yet: a page has been swept for it; make the same call again */
    MOVED_FAILED, /* no host memory */
    MOVED_OOM     /* no simulated memory */
};

/* Visits an object during a scavenge: copies or promotes it if it is in from-space or is unvisited new-large. */
enum moved young_visit(struct heap *heap, uint32_t object);
/*
 * Moves a survivor of a major collection. promote: to the old generation if possible, else to to-space; otherwise the
 * reverse.
 */
enum moved young_move(struct heap *heap, uint32_t object, bool promote);
/* Makes a new-large object large, without moving it. */
enum moved young_large(struct heap *heap, uint32_t object);
/* Makes room in the lists for everything that can survive. 0, or -1 without memory. */
int young_reserve(struct heap *heap);
/* Gives back the rest of the copy buffer, sets the age mark, puts heap.young in address order. 0 or -1. */
int young_finish(struct heap *heap);
/* Frees and counts the dead of from-space and of new-large. 0, or -1 without memory. */
int young_free_dead(struct heap *heap);

/* ---- compact.c ---- */

/* Chooses evacuation candidates, at the start of every marking. 0, or -1 without memory. */
int marking_choose(struct heap *heap);
/* Chooses what "gc compact" evacuates in a space, by the liveness just found. 0, or -1 without memory. */
int compact_choose_all(struct heap *heap, enum space_id space);
/*
 * Moves the next object of the candidate page heap.gc.page, or sweeps a page to find room for it: 1. The page is
 * released, or given up for lack of room: 0. Without memory: -1.
 */
int compact_step(struct heap *heap);
/* Counts the slots that pointed to evacuated objects. */
void compact_update_slots(struct heap *heap);

/* ---- collection.c ---- */

/* Ends the collection that is running and completes its record. 0, or -1 without memory. */
int gc_end(struct heap *heap);

/* ---- scavenge.c, major.c, incremental.c ---- */

enum gc_result scavenge_step(struct heap *heap, uint64_t *budget);
enum gc_result major_step(struct heap *heap, uint64_t *budget);
/* The current activity of the major collection that is running. */
enum gc_activity major_activity(const struct heap *heap);
/* The current activity between two events. */
enum gc_activity marking_activity(const struct heap *heap);

#endif
