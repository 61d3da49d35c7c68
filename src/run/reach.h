/*
 * reach.h - which objects of a heap are reachable, kept up to date event by event.
 *
 * This works as long as no event names an unreachable object, which is what it must find out: then an object that has
 * become unreachable stays so, and a store between reachable objects changes nothing. So it keeps a proof for the
 * reachable ones: a forest in which the parent of an object is one that holds it. An object is reachable if the top of
 * its tree has a handle. If a top has lost its handle, another holder is searched for when the answer is needed, among
 * all that were ever stored to; from time to time the proof is made again from the heap, so that its memory follows the
 * heap. An event costs O(log n), amortized, as long as objects that lose their parent have another proof nearby.
 */
#ifndef HEAPREEL_RUN_REACH_H
#define HEAPREEL_RUN_REACH_H

#include "heap/heap.h"

struct reach;

/* For an empty heap: new, or NULL without memory; free it with reach_free. */
struct reach *reach_new(void);
void reach_free(struct reach *reach);

/* Is the object reachable? 1 or 0; -1 without memory. */
int reach_finds(struct reach *reach, struct heap *heap, uint32_t object);

/* Call it before target is removed from a slot of holder. */
void reach_unlink(struct reach *reach, uint32_t holder, uint32_t target);
/* Call it before anything else is released: handles, entries. */
void reach_drop(struct reach *reach);

/* Call it after the object, which is reachable, has got a handle: such objects are tops. */
void reach_root(struct reach *reach, uint32_t object);

/* The following return 0, or -1 without memory. The object has been allocated. */
int reach_add(struct reach *reach, uint32_t object);
/* A pointer to target has been stored in the slot key (SLOT_ANONYMOUS: one of them) of holder, which is reachable. */
int reach_link(struct reach *reach, struct heap *heap, uint32_t holder, uint32_t key, uint32_t target);
/* value has been stored in the entry of key in collection. */
int reach_enter(struct reach *reach, uint32_t collection, uint32_t key, uint32_t value);
/* Call it after each event. */
int reach_tidy(struct reach *reach, struct heap *heap);

#endif
