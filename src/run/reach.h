/*
 * reach.h - which objects of a heap are reachable, kept up to date event by event.
 *
 * It holds while no event names an unreachable object, which is what it is there to find out: then what has become
 * unreachable stays so, and a store between reachable objects changes nothing. So a proof is kept for the others: a
 * forest in which an object's parent is one that holds it. An object is reachable if the top of its tree has a handle.
 * Where a top has none any more, another holder is looked for when the answer is needed, among all that were ever
 * stored to; and now and then everything is made anew from the heap, so that memory follows the heap. An event costs
 * O(log n), amortized, as long as what loses its parent has another proof nearby.
 */
#ifndef HEAPREEL_RUN_REACH_H
#define HEAPREEL_RUN_REACH_H

#include "heap/heap.h"

struct reach;

/* Of an empty heap: new, or NULL without memory; reach_free it. */
struct reach *reach_new(void);
void reach_free(struct reach *reach);

/* Is the object reachable? 1 or 0; -1 without memory. */
int reach_finds(struct reach *reach, struct heap *heap, uint32_t object);

/* Before target is taken out of a slot of holder. */
void reach_unlink(struct reach *reach, uint32_t holder, uint32_t target);
/* Before anything else is let go of: handles, entries. */
void reach_drop(struct reach *reach);

/* After the object, which is reachable, has got a handle: such objects are tops. */
void reach_root(struct reach *reach, uint32_t object);

/* What follows returns 0, or -1 without memory. The object has been allocated. */
int reach_add(struct reach *reach, uint32_t object);
/* The slot key (SLOT_ANONYMOUS: one of them) of holder, which is reachable, has been stored target. */
int reach_link(struct reach *reach, struct heap *heap, uint32_t holder, uint32_t key, uint32_t target);
/* The entry of key in collection has been stored value. */
int reach_enter(struct reach *reach, uint32_t collection, uint32_t key, uint32_t value);
/* After each event. */
int reach_tidy(struct reach *reach, struct heap *heap);

#endif
