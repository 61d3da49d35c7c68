/*
 * policy.h - when to collect, what, and how far the old generation may grow (heapreel-model(7), "Choosing a collection"
 * and "Limits"; V8 3.14 heap.cc SelectGarbageCollector, V8 5.1 and 11.3 heap.cc and heap-controller.cc).
 */
#ifndef HEAPREEL_GC_POLICY_H
#define HEAPREEL_GC_POLICY_H

#include "heap/heap.h"

/* Bytes of objects in the old generation. */
uint64_t policy_old_bytes(const struct heap *heap);
/* Usable bytes of the old generation's pages plus its large objects' bytes: "capacity". */
uint64_t policy_old_capacity(const struct heap *heap);
/* Committed bytes of the old generation. */
uint64_t policy_old_committed(const struct heap *heap);
/* External bytes above their lowest since the last major. */
uint64_t policy_external_growth(const struct heap *heap);

/*
 * Can bytes be committed for the old generation, of which capacity bytes are for objects? For the program, or for the
 * collector.
 */
bool policy_may_commit(const struct heap *heap, uint64_t bytes, uint64_t capacity, bool collector);
/*
 * Does the allocation limit refuse bytes more to the program? Where the limit yields while marking (node20), it lets
 * the space grow, and marking starts, unless the old generation is small, or marking is complete and the limit far
 * exceeded.
 */
bool policy_limit_refuses(struct heap *heap, uint64_t bytes);
/*
 * node20: would bytes more bring the old generation past its maximum, or all that is committed past the bound of what
 * the collector may promote?
 */
bool policy_near_maximum(const struct heap *heap, uint64_t bytes);
/* A size of V8's; with pages under 64 KiB the maximum divided by part. */
uint64_t policy_scaled(const struct heap *heap, uint64_t size, uint64_t part);

/*
 * The program was refused bytes more in the old generation, of which capacity bytes are for objects. A major is due;
 * reports which test refused. limited: the allocation limit was one of them.
 */
void policy_old_failed(struct heap *heap, uint64_t bytes, uint64_t capacity, bool limited);

/* What to do about an allocation that failed in new space, and why; reports the decision. */
enum collection_type policy_choose(struct heap *heap, enum reason *reason);

/*
 * node20: is a scavenge due before a new-large allocation of bytes; before external bytes; in idle time? Reports it if
 * so.
 */
bool policy_new_large_full(struct heap *heap, uint64_t bytes);
bool policy_young_external_full(struct heap *heap);
bool policy_idle_scavenge(struct heap *heap);
/* node20: have external bytes grown so far that a major is due? */
bool policy_external_major(struct heap *heap);

/* Does the era's test say that incremental marking starts now; in idle time? Reports it if so. */
bool policy_start_marking(struct heap *heap, bool idle);

/*
 * At the start of incremental marking; after a scavenge; after a major: updates the limits. After a major
 * heap->out_of_memory can be set (node20).
 */
void policy_cycle_begins(struct heap *heap);
void policy_scavenge_ended(struct heap *heap);
void policy_major_ended(struct heap *heap);

/* What the growing factor of node6 and node20 is computed from: sums over the last ten major collections' cycles. */
struct speeds {
    uint64_t gc_bytes, gc_ns; /* marked, in so much time of the collector */
    uint64_t allocated_bytes, mutator_ns;
};
struct speeds policy_speeds(const struct heap *heap);

/* heap.oom_words */
enum { OOM_HEAP_LIMIT, OOM_INEFFECTIVE };

#endif
